"""Checks of PDF files: nothing in one may run, open something else or carry another file.

Names are read as a PDF program reads them, with `#4a` for a letter, and in object streams too, where they are packed.
What a stream is called before it begins can be made to look otherwise (by comments, by strings, by its length), so
every place where one may begin is looked into by itself, and what unpacks to objects is searched whatever it is called.
"""

import re
import zlib
from collections.abc import Iterator

from ioms_desktop.domain.documents.file_types import MAX_UNPACKED_BYTES, refuse_content, refuse_damaged
from ioms_desktop.domain.documents.pdf_actions import NAME, names_in, opens_web_page, plain_name
from ioms_desktop.domain.errors import UnsafeFile

PDF_START = b"%PDF-"
END_WITHIN_BYTES = 2_048
LOCKED = "is locked with a password or with rights"
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
    b"Encrypt": LOCKED,
}
SHORT_NAMES = {b"JS": "holds a script", b"XFA": "is a form with a program in it", b"Movie": "carries a film"}
"""Names so short that packed data may hold them by chance; they are looked for outside of it."""
ADVICE = "print it to a new PDF and add that"
FORM_NAME = re.compile(rb"/(?:X|#58)(?:F|#46)(?:A|#41)[\0\t\n\f\r ]*[\[0-9]")
STREAM = re.compile(rb"(?<!end)stream[ \t]*(?:\r\n|\n|\r)")
STREAM_END = b"endstream"
OBJECT_STREAM = b"ObjStm"
OPAQUE_NAMES = frozenset({b"LZW", b"AHx", b"A85", b"RL", b"DecodeParms", b"DP", b"Crypt"})
OPAQUE_FILTERS = frozenset({b"LZWDecode", b"ASCIIHexDecode", b"ASCII85Decode", b"RunLengthDecode"})
"""Ways to pack that are not undone here."""
PASSED_OVER = re.compile(rb"(?:[\0\t\n\f\r ]++|%[^\r\n]*+[\r\n])*+")
"""Spaces and whole comments."""
FIRST_NUMBERS = re.compile(rb"[+-]?[0-9]++(?:\Z|(?:[\0\t\n\f\r ]++|%[^\r\n]*+)++(?:\Z|[+-]?[0-9]))|\Z|%")
"""How an object stream begins: with the number of an object and its place."""
HEAD_BYTES = 64
PIECE_BYTES = 65_536


def check_pdf(name: str, content: bytes) -> None:
    """Refuse a PDF that is damaged, locked, or holds anything that runs, opens or carries something else.

    Raises:
        Refused: It does; the sentence says what.
    """
    if b"%%EOF" not in content[-END_WITHIN_BYTES:]:
        raise refuse_damaged(name)
    unpacked = _ObjectStreams(name, content).unpack()
    packed = set[bytes]().union(*(names_in(each) for each in unpacked))
    everywhere = names_in(content) | packed
    plain = names_in(_outside_of_streams(content)) | packed
    if FORM_NAME.search(content):
        plain.add(b"XFA")
    for found, words in ((everywhere, ACTIVE_NAMES), (plain, SHORT_NAMES)):
        for active, wrong in words.items():
            if active in found:
                raise refuse_content(name, wrong, ADVICE if wrong != LOCKED else "save it without them")
    if opens_web_page(content, unpacked):
        raise refuse_content(name, "opens a web page by itself", ADVICE)


def _outside_of_streams(content: bytes) -> bytes:
    outside, at = [], 0
    while (begin := STREAM.search(content, at)) is not None:
        outside.append(content[at : begin.start()])
        end = content.find(STREAM_END, begin.end())
        at = len(content) if end < 0 else end + len(STREAM_END)
    outside.append(content[at:])
    return b" ".join(outside)


class _ObjectStreams:
    """Finds the object streams of a PDF and looks into them."""

    def __init__(self, name: str, content: bytes) -> None:
        """Look at a file.

        Args:
            name: Its name, for the refusal.
            content: All of it.
        """
        self._name, self._content, self._left = name, content, MAX_UNPACKED_BYTES
        self._has_opaque_filters = bool(names_in(content) & OPAQUE_FILTERS)

    def unpack(self) -> list[bytes]:
        """Return what all object streams hold; one that cannot be looked into is refused."""
        found, at = list[bytes](), 0
        begins = [(each.start(), each.end()) for each in STREAM.finditer(self._content)]
        for start, end in begins:
            called = sum(1 for each in NAME.findall(self._content[at:start]) if plain_name(each) == OBJECT_STREAM)
            self._refuse_opaque(at, start, called)
            inside = self._objects(end)
            if called and inside is None:
                raise self._hidden()
            if inside:
                found.append(inside)
            at = end
        if OBJECT_STREAM in names_in(self._content[at:]):
            raise self._hidden()
        return found

    def _refuse_opaque(self, at: int, start: int, called: int) -> None:
        """Refuse an object stream that is packed in other ways, or that shares its words with another."""
        if not called:
            return
        before = self._content[at:start]
        declared = names_in(before[max(0, before.rfind(STREAM_END)) :])
        if called > 1 or declared & OPAQUE_NAMES or self._has_opaque_filters:
            raise self._hidden()

    def _objects(self, at: int) -> bytes | None:
        """Return what the stream holds that begins at a place; None where it holds no objects."""
        for pieces in (self._unpacked(at), self._as_it_is(at)):
            try:
                head = _head(pieces)
            except zlib.error:
                continue
            if FIRST_NUMBERS.match(head) is None:
                return None
            try:
                return b"".join((head, *pieces))
            except zlib.error as error:
                raise self._hidden() from error
        return None

    def _unpacked(self, at: int) -> Iterator[bytes]:
        reader, given, size = zlib.decompressobj(), b"", HEAD_BYTES
        while not reader.eof:
            if not given:
                given, at = self._content[at : at + size], at + size
            if not given:
                return
            # The first piece is short: what a stream is must be known even where it is damaged further on.
            piece = reader.decompress(given, size)
            given = reader.unconsumed_tail
            self._left -= len(piece)
            if self._left < 0:
                raise refuse_content(self._name, "unpacks to far more than its size", ADVICE)
            yield piece
            size = PIECE_BYTES

    def _as_it_is(self, at: int) -> Iterator[bytes]:
        end = self._content.find(STREAM_END, at)
        following = STREAM.search(self._content, at)
        ends = [each for each in (end, following.start() if following else -1) if each >= 0]
        yield self._content[at : min(ends, default=len(self._content))]

    def _hidden(self) -> UnsafeFile:
        return refuse_content(self._name, "is packed in a way that cannot be looked into", ADVICE)


def _head(pieces: Iterator[bytes]) -> bytes:
    """Return the beginning of a content, without spaces and comments."""
    head = b""
    for piece in pieces:
        head = PASSED_OVER.sub(b"", head + piece, 1)
        if len(head) >= HEAD_BYTES and not head.startswith(b"%"):
            break
        if head.startswith(b"%"):
            head = b"%"
    return head
