"""The kinds of file that are kept as documents, and the limits that hold for all of them."""

from enum import StrEnum

from ioms_desktop.domain.errors import UnsafeFile, WrongFile

MIB = 1024 * 1024
MAX_FILE_BYTES = 10 * MIB
MAX_CASE_BYTES = 100 * MIB
CHUNK_BYTES = 256 * 1024
MAX_PIXELS = 40_000_000
MAX_UNPACKED_BYTES = 100 * MIB


class FileType(StrEnum):
    """The kinds of file that are accepted; the value is also the code that is stored."""

    PDF = "PDF"
    PNG = "PNG"
    JPEG = "JPEG"
    DOCX = "DOCX"
    XLSX = "XLSX"
    TXT = "TXT"
    EML = "EML"


TYPE_BY_ENDING = {
    **{f".{each.lower()}": each for each in FileType},
    ".jpg": FileType.JPEG,
}
ENDINGS = tuple(TYPE_BY_ENDING)
ACCEPTED_WORDS = "PDF, PNG, JPEG, DOCX, XLSX, TXT or EML"
IMAGE_TYPES = frozenset({FileType.PNG, FileType.JPEG})
PAGE_TYPES = IMAGE_TYPES | {FileType.PDF}
"""The kinds that are shown as pictures; the others are shown as their text."""
FILE_FIELD = "file"
"""The field that a refusal of a file names."""


def chunk_count(size: int) -> int:
    """Return how many chunks a content of so many bytes is kept in."""
    return -(-size // CHUNK_BYTES)


def refuse_content(name: str, wrong: str, advice: str) -> UnsafeFile:
    """Return the refusal of a file for what it contains.

    Args:
        name: The name of the file.
        wrong: What is wrong with it, as it continues the name: `holds macros`.
        advice: What to do.
    """
    return UnsafeFile(f"{name} {wrong}. Nothing was added; {advice}.", field=FILE_FIELD)


def refuse_kind(name: str, wrong: str, advice: str) -> WrongFile:
    """Return the refusal of a file for its kind or size; the arguments are those of `refuse_content`."""
    return WrongFile(f"{name} {wrong}. Nothing was added; {advice}.", field=FILE_FIELD)


def refuse_damaged(name: str) -> WrongFile:
    """Return the refusal of a file that cannot be read as what it says it is."""
    return refuse_kind(name, "is damaged or only partly there", "save or scan it again")
