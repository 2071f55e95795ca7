"""The parts of an XLSX workbook that its sheets refer to; refuses workbooks that are unsafe to open."""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers.expat import ExpatError

from ioms_desktop.domain.errors import FileUnreadable, Refused, UnsafeFile
from ioms_desktop.exchange.workbook.sheet_xml import StringsTooLongError, UnsafeXmlError, read_strings

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_UNPACKED_BYTES = 400_000_000
MAX_SHARED_STRINGS_BYTES = 30_000_000
MAX_SMALL_PART_BYTES = 10_000_000
MAX_ARCHIVE_PARTS = 1_000
MAX_COMPRESSION_RATIO = 100
SMALL_PART_BYTES = 1_000_000  # a part below this size may have any compression ratio

WORKBOOK_TYPE, SHEET_TYPE, STRINGS_TYPE, STYLES_TYPE = "officeDocument", "worksheet", "sharedStrings", "styles"
TEXT_FORMAT = 49
# How a workbook with a password begins, and one of before 2007.
ENCRYPTED_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class Sheet(NamedTuple):
    """A sheet of a workbook that holds a table.

    Attributes:
        name: Its name.
        part: Where it lies in the archive.
        is_hidden: Whether the program that shows the workbook leaves it out.
    """

    name: str
    part: str
    is_hidden: bool


class WorkbookParts:
    """What a workbook says beside its sheets' cells: its sheets, the texts they share, the formats of their cells.

    Attributes:
        sheets: Its sheets with cells, in their order; charts are none.
        formats: The number format of each style, by the style's number.
        counts_from_1904: Whether its dates count from 1904 instead of 1900.
        has_stale_results: Whether the results of its formulas must be computed anew, so that a 0 may be none.
        strings: The texts that cells refer to by number.
    """

    def __init__(self, archive: zipfile.ZipFile) -> None:
        """Read everything but the sheets."""
        self._archive = archive
        self._names = {name.lower(): name for name in archive.namelist()}
        (book_part, *_) = [part for kind, part in self._related("").values() if kind == WORKBOOK_TYPE]
        book = self._parse(book_part)
        self._parts = self._related(book_part)
        self.counts_from_1904 = _is_true(_attribute(_child(book, "workbookPr"), "date1904"))
        self.has_stale_results = _is_true(_attribute(_child(book, "calcPr"), "fullCalcOnLoad"))
        self.sheets = tuple(self._sheets(book))
        self.formats = self._formats()
        self.strings = self._shared_strings()

    def _shared_strings(self) -> Sequence[str]:
        part = self._part_of(STRINGS_TYPE)
        if part is None:
            return ()
        with self._archive.open(part) as stream:
            return read_strings(stream)

    def _sheets(self, book: "Element") -> Iterator[Sheet]:
        for element in _child(book, "sheets") or ():
            kind, part = self._parts.get(_attribute(element, "id"), ("", ""))
            if kind == SHEET_TYPE:
                name, state = _attribute(element, "name"), _attribute(element, "state")
                yield Sheet(name.strip(), part, state in {"hidden", "veryHidden"})

    def _formats(self) -> Mapping[int, str]:
        from openpyxl.styles.numbers import BUILTIN_FORMATS  # noqa: PLC0415 - slow to import: loads when first needed

        part = self._part_of(STYLES_TYPE)
        if part is None:
            return {}
        styles = self._parse(part)
        codes: dict[int, str] = {**BUILTIN_FORMATS, TEXT_FORMAT: "@"}
        for element in _child(styles, "numFmts") or ():
            codes[int(_attribute(element, "numFmtId"))] = _attribute(element, "formatCode")
        numbers = [int(_attribute(element, "numFmtId") or 0) for element in _child(styles, "cellXfs") or ()]
        return {style: codes.get(number, "") for style, number in enumerate(numbers)}

    def _part_of(self, wanted: str) -> str | None:
        return next((part for kind, part in self._parts.values() if kind == wanted), None)

    def _related(self, part: str) -> dict[str, tuple[str, str]]:
        """Return what a part refers to: by its name in that part, the kind and the place in the archive."""
        folder, name = posixpath.split(part)
        found = {}
        for element in self._parse(posixpath.join(folder, "_rels", f"{name}.rels")):
            if _attribute(element, "TargetMode") != "External":
                target = posixpath.join("/", folder, _attribute(element, "Target"))
                kind = posixpath.basename(_attribute(element, "Type"))
                found[_attribute(element, "Id")] = kind, self._stored_name(posixpath.normpath(target).lstrip("/"))
        return found

    def _stored_name(self, part: str) -> str:
        """Find a part whatever the case of its letters: some programs write names otherwise than they refer to them."""
        return self._names.get(part.lower(), part)

    def _parse(self, part: str) -> "Element":
        from defusedxml.ElementTree import fromstring  # noqa: PLC0415 - slow to import: loads when first needed

        info = self._archive.getinfo(self._stored_name(part))
        if info.file_size > MAX_SMALL_PART_BYTES:
            raise StringsTooLongError
        root: Element = fromstring(self._archive.read(info), forbid_dtd=True)
        return root


@contextmanager
def open_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open a workbook's archive after checking that it is safe.

    Raises:
        Refused: It is damaged, encrypted, or unpacks to an unreasonable size; also what goes wrong while it is open.
        OSError: It cannot be read.
    """
    import defusedxml  # noqa: PLC0415 - slow to import: loads when first needed

    with path.open("rb") as stream:
        if stream.read(len(ENCRYPTED_START)) == ENCRYPTED_START:
            raise UnsafeFile(
                f"{path.name} is protected by a password, or written by a program of before 2007. Nothing was read; "
                "save it as .xlsx without a password."
            )
    try:
        with zipfile.ZipFile(path) as archive:
            _check_is_safe(path, archive.infolist())
            yield archive
    except StringsTooLongError as too_long:
        raise UnsafeFile(
            f"{path.name} holds more text than is read from a workbook. Nothing was read; save the sheets as CSV files "
            "and send those."
        ) from too_long
    # What is damaged may be missing, cut off, or anything but what it is said to be.
    except (
        defusedxml.DefusedXmlException,
        UnsafeXmlError,
        ExpatError,
        SyntaxError,
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        LookupError,
        ValueError,
        ArithmeticError,
    ) as damaged:
        raise _damaged_error(path) from damaged


def _check_is_safe(path: Path, parts: Sequence[zipfile.ZipInfo]) -> None:
    total = sum(part.file_size for part in parts)
    dense = any(part.file_size > max(SMALL_PART_BYTES, MAX_COMPRESSION_RATIO * part.compress_size) for part in parts)
    strings = sum(part.file_size for part in parts if part.filename.lower().endswith("sharedstrings.xml"))
    nested = any(part.filename.lower().endswith((".zip", ".xlsx", ".xlsm")) for part in parts)
    if any(part.flag_bits & 1 for part in parts):
        raise UnsafeFile(f"{path.name} is protected by a password. Nothing was read; save it without one.")
    if total > MAX_UNPACKED_BYTES or dense or nested or len(parts) > MAX_ARCHIVE_PARTS:
        raise UnsafeFile(
            f"{path.name} unpacks to far more than its size, which no caseload does. Nothing was read; save the sheets "
            "as CSV files and send those."
        )
    if strings > MAX_SHARED_STRINGS_BYTES:
        raise StringsTooLongError


def _damaged_error(path: Path) -> Refused:
    return FileUnreadable(f"{path.name} is damaged or no workbook. Nothing was read; save it again as .xlsx or as CSV.")


def _local(name: str) -> str:
    """A name without its namespace: Strict Open XML has other namespaces for the same things."""
    return name.rpartition("}")[2]


def _child(element: "Element | None", name: str) -> "Element | None":
    return next((child for child in element or () if _local(child.tag) == name), None)


def _attribute(element: "Element | None", name: str) -> str:
    if element is None:
        return ""
    return next((value for key, value in element.items() if _local(key) == name), "")


def _is_true(text: str) -> bool:
    return text.strip().lower() in {"1", "true", "on"}
