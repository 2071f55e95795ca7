"""Checks of PDF files: nothing in one may run, open something else or carry another file.

Names are read as a PDF program reads them, with `#4a` for a letter, and in object streams too, where they are packed.
"""

import re
import zlib

from ioms_desktop.domain.documents.file_types import MAX_UNPACKED_BYTES, refuse_content, refuse_damaged

PDF_START = b"%PDF-"
END_WITHIN_BYTES = 2_048
ACTIVE_NAMES = {
    b"JavaScript": "holds a script",
    b"Launch": "starts another program",
    b"EmbeddedFile": "carries another file inside",
    b"EmbeddedFiles": "carries another file inside",
    b"RichMedia": "carries a film or a program",
    b"ImportData": "fetches data from another file",
    b"SubmitForm": "sends what is filled in to somewhere else",
    b"GoToE": "carries another file inside",
    b"GoToR": "opens another file",
    b"Rendition": "carries a film or a program",
}
SHORT_NAMES = {b"JS": "holds a script", b"XFA": "is a form with a program in it", b"Movie": "carries a film"}
"""Names so short that packed data may hold them by chance; they are looked for outside of it."""
ADVICE = "print it to a new PDF and add that"
NAME = re.compile(rb"/([A-Za-z#][A-Za-z0-9#]*)")
ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
STREAM = re.compile(rb"stream\r?\n")
OBJECT_END = re.compile(rb"endstream")
DICTIONARY_BYTES = 4_096
LOCKED_NAME, OBJECT_STREAM = b"Encrypt", b"ObjStm"
FLATE = (b"FlateDecode", b"Fl")
OTHER_FILTERS = (b"LZWDecode", b"LZW", b"ASCIIHexDecode", b"AHx", b"ASCII85Decode", b"A85", b"RunLengthDecode", b"RL")


def check_pdf(name: str, content: bytes) -> None:
    """Refuse a PDF that is damaged, locked, or holds anything that runs, opens or carries something else.

    Raises:
        Refused: It does; the sentence says what.
    """
    if b"%%EOF" not in content[-END_WITHIN_BYTES:]:
        raise refuse_damaged(name)
    outside, packed = _split(name, content)
    everywhere = _names(content) | packed
    plain = _names(outside) | packed
    for found, words in ((everywhere, ACTIVE_NAMES), (plain, SHORT_NAMES)):
        for active, wrong in words.items():
            if active in found:
                raise refuse_content(name, wrong, ADVICE)
    if LOCKED_NAME in plain:
        raise refuse_content(name, "is locked with a password or with rights", "save it without them")


def _names(content: bytes) -> set[bytes]:
    return {_plain_name(found) for found in NAME.findall(content)}


def _plain_name(found: bytes) -> bytes:
    return ESCAPED.sub(lambda code: bytes([int(code[1], 16)]), found) if b"#" in found else found


def _split(name: str, content: bytes) -> tuple[bytes, set[bytes]]:
    """Return what stands outside of streams, and the names inside of object streams."""
    outside, inside, at, left = [], set[bytes](), 0, MAX_UNPACKED_BYTES
    while (begin := STREAM.search(content, at)) is not None:
        outside.append(content[at : begin.start()])
        end = OBJECT_END.search(content, begin.end())
        stop = len(content) if end is None else end.start()
        declared = _names(_dictionary_before(content, begin.start()))
        if OBJECT_STREAM in declared:
            unpacked = _unpack(name, content[begin.end() : stop], declared, left)
            left -= len(unpacked)
            inside |= _names(unpacked)
        at = len(content) if end is None else end.end()
    outside.append(content[at:])
    return b" ".join(outside), inside


def _dictionary_before(content: bytes, at: int) -> bytes:
    """Return the dictionary of the stream that begins at a place."""
    before = content[max(0, at - DICTIONARY_BYTES) : at]
    return before[max(0, before.rfind(b" obj")) :]


def _unpack(name: str, packed: bytes, declared: set[bytes], limit: int) -> bytes:
    """Unpack an object stream; one that cannot be looked into is refused."""
    hidden = refuse_content(name, "is packed in a way that cannot be looked into", ADVICE)
    if declared & set(OTHER_FILTERS) or b"DecodeParms" in declared or b"Crypt" in declared:
        raise hidden
    if not declared & set(FLATE):
        return packed
    reader = zlib.decompressobj()
    try:
        unpacked = reader.decompress(packed, max(1, limit))
    except zlib.error as error:
        raise hidden from error
    if reader.unconsumed_tail:
        raise refuse_content(name, "unpacks to far more than its size", ADVICE)
    return unpacked
