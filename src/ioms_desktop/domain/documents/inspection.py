"""Says of a file which kind it is, by its content, and refuses what is not kept as a document."""

import re
import zipfile
from io import BytesIO
from math import ceil
from pathlib import PurePath

from ioms_desktop.domain.documents.file_types import (
    ACCEPTED_WORDS,
    MAX_FILE_BYTES,
    MIB,
    TYPE_BY_ENDING,
    FileType,
    refuse_content,
    refuse_kind,
)
from ioms_desktop.domain.documents.images import JPEG_START, PNG_START, check_jpeg, check_png
from ioms_desktop.domain.documents.office import check_docx, check_xlsx, docx_text, office_type, xlsx_text
from ioms_desktop.domain.documents.pdf import PDF_START, check_pdf
from ioms_desktop.domain.documents.text import (
    attachments,
    check_text,
    decode,
    is_harmless_beside_words,
    is_mail,
    mail_text,
    parse_mail,
)
from ioms_desktop.domain.errors import Refused

ARCHIVE, PROGRAM, OLD_OFFICE = (
    "a compressed file, such as a ZIP",
    "a program",
    "an older Office file or an Outlook message",
)
SHORTCUT, DISC, MARKED_UP = "a shortcut", "a disc image", "a web page or a drawing with code in it"
SIGNATURES: dict[bytes, str] = {
    b"PK\x03\x04": ARCHIVE,
    b"PK\x05\x06": ARCHIVE,
    b"Rar!\x1a\x07": ARCHIVE,
    b"7z\xbc\xaf\x27\x1c": ARCHIVE,
    b"\x1f\x8b": ARCHIVE,
    b"BZh": ARCHIVE,
    b"\xfd7zXZ\x00": ARCHIVE,
    b"MSCF": ARCHIVE,
    b"\x28\xb5\x2f\xfd": ARCHIVE,
    b"MZ": PROGRAM,
    b"\x7fELF": PROGRAM,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": OLD_OFFICE,
    b"L\x00\x00\x00\x01\x14\x02\x00": SHORTCUT,
}
"""What content begins with that is no text; the shortest are also words that a text may begin with."""
PLACED_SIGNATURES = ((257, b"ustar", ARCHIVE), (0x8001, b"CD001", DISC), (0x8801, b"CD001", DISC))
MARKUP = re.compile(
    r"\s*<(?:!doctype|!--|\?xml|(?P<tag>html|svg|script|head|body|iframe|img|a|table|div|style|meta|math|object|form)"
    r"(?:(?P<acts>\s*/?>|[\s/][^<>]*=)|[\s/]))",
    re.IGNORECASE,
)
"""How marked-up text begins: with a tag that is closed at once or says something, or else one closed further on."""
SCRIPT_TEXT = re.compile(r"#!\s*/")
RICH_TEXT = "{\\rtf"
SHORTCUT_TEXT = re.compile(r"\s*\[(InternetShortcut|Desktop Entry)\]", re.IGNORECASE)
CHECKS = {
    FileType.PDF: check_pdf,
    FileType.PNG: check_png,
    FileType.JPEG: check_jpeg,
    FileType.DOCX: check_docx,
    FileType.XLSX: check_xlsx,
    FileType.TXT: check_text,
}
SEND_OTHERWISE = f"add a {ACCEPTED_WORDS}"


def inspect_file(name: str, content: bytes) -> FileType:
    """Return the kind of a file, after checking that its content is what its name says and holds nothing that acts.

    Args:
        name: The name of the file, without a folder.
        content: All of it.

    Raises:
        WrongFile: It is empty, too large, damaged, of another kind, or not what its name says.
        UnsafeFile: It holds a program, a script, another file, or what unpacks without end.
    """
    named = _type_by_name(name)
    _refuse_size(name, len(content))
    found = content_type(content)
    if not isinstance(found, FileType):
        raise refuse_kind(name, f"is {found}", SEND_OTHERWISE)
    if found is not named and (named, found) != (FileType.TXT, FileType.EML):
        raise refuse_kind(
            name,
            f"is named like a {named} file and is a {found} file",
            "find out where it comes from, and give it its right file extension",
        )
    if named is FileType.EML:
        _check_mail(name, content)
    else:
        CHECKS[named](name, content)
        _refuse_hidden_archive(name, named, content)
    return named


def _type_by_name(name: str) -> FileType:
    ending = PurePath(name).suffix.lower()
    found = TYPE_BY_ENDING.get(ending)
    if found is None:
        wrong = f"ends in {ending}, which is not kept" if ending else "has no file extension that says what it is"
        raise refuse_kind(name, wrong, SEND_OTHERWISE)
    return found


def _refuse_size(name: str, size: int) -> None:
    if not size:
        raise refuse_kind(name, "is empty", "choose the file that holds something")
    if size > MAX_FILE_BYTES:
        raise refuse_kind(
            name,
            f"is {ceil(size / MIB * 10) / 10:.1f} MiB, and at most {MAX_FILE_BYTES // MIB} MiB is kept",
            "scan it at a lower resolution, or split it",
        )


def content_type(content: bytes) -> FileType | str:
    """Return the kind of a content that is kept, or else words for what it is."""
    for start, found in ((PDF_START, FileType.PDF), (PNG_START, FileType.PNG), (JPEG_START, FileType.JPEG)):
        if content.startswith(start):
            return found
    office = office_type(content) if content.startswith(b"PK\x03\x04") else None
    if office is not None:
        return office
    text = decode(content)
    if text is not None:
        return _text_type(text.lstrip("\ufeff"))
    refused = next((words for start, words in SIGNATURES.items() if content.startswith(start)), None)
    placed = next((words for at, mark, words in PLACED_SIGNATURES if content.startswith(mark, at)), None)
    return refused or placed or "of a kind that is not known here"


def _text_type(text: str) -> FileType | str:
    if _is_marked_up(text):
        return MARKED_UP
    if SHORTCUT_TEXT.match(text):
        return SHORTCUT
    if SCRIPT_TEXT.match(text):
        return "a script"
    if text.startswith(RICH_TEXT):
        return "a rich-text file"
    return FileType.EML if is_mail(text) else FileType.TXT


def _is_marked_up(text: str) -> bool:
    found = MARKUP.match(text)
    if found is None:
        return False
    return not found["tag"] or bool(found["acts"]) or f"</{found['tag']}".lower() in text.lower()


def _refuse_hidden_archive(name: str, named: FileType, content: bytes) -> None:
    """Refuse a file that is an archive as well: what comes behind a picture or a page is never seen."""
    if named not in {FileType.DOCX, FileType.XLSX} and zipfile.is_zipfile(BytesIO(content)):
        raise refuse_content(name, f"is {ARCHIVE}, as well", "scan or print it again")


def _check_mail(name: str, content: bytes) -> None:
    for attached, inner in attachments(name, parse_mail(name, content)):
        if inner is None:
            raise refuse_content(name, f"carries {attached}, which cannot be looked into", "save it without that")
        inner_name = PurePath(attached.replace("\\", "/")).name
        try:
            if is_harmless_beside_words(PurePath(inner_name).suffix.lower(), inner):
                _refuse_hidden_archive(inner_name, FileType.EML, inner)
            else:
                inspect_file(inner_name, inner)
        except Refused as refused:
            reason = refused.sentence.partition(". ")[0]
            raise refuse_content(
                name, f"carries an attachment that is not kept: {reason}", "save the e-mail without it"
            ) from refused
    mail_text(name, content)  # what cannot be shown is not taken


def document_text(name: str, file_type: FileType, content: bytes) -> str:
    """Return the text of a document that was checked when it was added; empty for a picture and for a PDF."""
    match file_type:
        case FileType.DOCX:
            return docx_text(content)
        case FileType.XLSX:
            return xlsx_text(content)
        case FileType.EML:
            return mail_text(name, content)
        case FileType.TXT:
            return decode(content) or ""
        case _:
            return ""
