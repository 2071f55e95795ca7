"""Checks of DOCX and XLSX files, and the text in them.

Such a file is an archive of XML parts. It may hold neither a program, another file, nor a link that the program opening
it follows by itself; a link that somebody has to click is only words here, because what is shown is the text.
"""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from xml.parsers import expat

from ioms_desktop.domain.documents.file_types import (
    MAX_UNPACKED_BYTES,
    MIB,
    FileType,
    refuse_content,
    refuse_damaged,
)
from ioms_desktop.domain.text_format import format_day

MAX_PARTS = 1_000
MAX_RATIO, MAX_LARGE_RATIO = 100, 50
LARGE_BYTES, SMALL_BYTES = 10 * MIB, MIB
BLOCK_BYTES = 64 * 1024
MAIN_TYPES = {
    FileType.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    FileType.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}
CONTENT_TYPES = "[Content_Types].xml"
MACRO_PARTS = ("vbaproject", "vbadata", "macrosheets/", "dialogsheets/")
OLE_PARTS = ("embeddings/", "oleobject", "activex/", "ctrlprops/", "externallinks/", "customui/", "webextensions/")
HARMLESS_LINKS = ("http://", "https://", "mailto:", "#")
NESTED_ENDINGS = (".zip", ".docx", ".xlsx", ".docm", ".xlsm", ".rar", ".7z", ".gz", ".bin", ".exe", ".js", ".vbs")
PRINTER_SETTINGS = re.compile(r"(xl|word)/printersettings/[^/]*\.bin")
SAVE_AGAIN = "save it without that, or as PDF"
FIRST_DAY, FIRST_DAY_1904 = date(1899, 12, 30), date(1904, 1, 1)
FICTITIOUS_DAY, MAX_SERIAL = 60, 2_900_000
BUILT_IN_FORMATS = {
    **dict.fromkeys(("14", "15", "16", "17", *map(str, range(27, 37)), *map(str, range(50, 59))), "d"),
    **dict.fromkeys(("18", "19", "20", "21", "45", "46", "47"), "t"),
    "22": "dt",
}
"""The formats of numbers that a workbook need not describe, which are days and times."""
WORDS_IN_FORMAT = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]')
MAX_EMPTY_CELLS = 200
"""The most empty cells that are written before a filled one; a cell further away is written with its reference."""


def office_type(content: bytes) -> FileType | None:
    """Return which of the two an archive is, by the type that it declares; None for any other archive.

    One with macros counts as well: what it holds is told when it is checked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {part.filename for part in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return None
    if CONTENT_TYPES not in parts:
        return None
    if "word/document.xml" in parts:
        return FileType.DOCX
    return FileType.XLSX if "xl/workbook.xml" in parts else None


def check_docx(name: str, content: bytes) -> None:
    """Refuse a DOCX that is damaged or holds what runs, opens or carries something else."""
    _check(name, content, FileType.DOCX)


def check_xlsx(name: str, content: bytes) -> None:
    """Refuse an XLSX that is damaged or holds what runs, opens or carries something else."""
    _check(name, content, FileType.XLSX)


def _check(name: str, content: bytes, file_type: FileType) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_parts(name, archive.infolist())
            _check_main_type(name, archive, file_type)
            for part in archive.infolist():
                lower = part.filename.lower()
                if lower.endswith(".rels"):
                    _check_links(name, archive, part)
                elif lower.endswith(".xml"):
                    for _ in _events(_inflate(name, archive, part)):
                        pass  # an XML part with a document type of its own, or one that is damaged, is refused
                else:
                    _inflate(name, archive, part)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, ValueError, NotImplementedError) as error:
        raise refuse_damaged(name) from error


def _check_parts(name: str, parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename.lower().replace("\\", "/") for part in parts]
    if any(part.flag_bits & 1 for part in parts):
        raise refuse_content(name, "is locked with a password", "save it without one")
    if any(mark in each for each in names for mark in MACRO_PARTS):
        raise refuse_content(name, "holds macros", "save it without macros, or as PDF")
    if any(mark in each for each in names for mark in OLE_PARTS):
        raise refuse_content(name, "holds another file or program inside", SAVE_AGAIN)
    if any(each.endswith(NESTED_ENDINGS) and not PRINTER_SETTINGS.fullmatch(each) for each in names):
        raise refuse_content(name, "holds another file or program inside", SAVE_AGAIN)
    if len(set(names)) < len(names) or any(".." in each.split("/") or each.startswith("/") for each in names):
        raise refuse_damaged(name)
    total = sum(part.file_size for part in parts)
    dense = any(_is_dense(part) for part in parts)
    if len(parts) > MAX_PARTS or total > MAX_UNPACKED_BYTES or dense:
        raise refuse_content(name, "unpacks to far more than its size", SAVE_AGAIN)


def _is_dense(part: zipfile.ZipInfo) -> bool:
    ratio = MAX_LARGE_RATIO if part.file_size > LARGE_BYTES else MAX_RATIO
    return part.file_size > max(SMALL_BYTES, ratio * part.compress_size)


def _check_main_type(name: str, archive: zipfile.ZipFile, file_type: FileType) -> None:
    declared = set[str]()
    for _, attributes, _ in _events(_inflate(name, archive, archive.getinfo(CONTENT_TYPES))):
        declared.add(attributes.get("ContentType", "").lower())
    if any("macroenabled" in each or "vbaproject" in each for each in declared):
        raise refuse_content(name, "holds macros", "save it without macros, or as PDF")
    if MAIN_TYPES[file_type] not in declared:
        raise refuse_damaged(name)


def _check_links(name: str, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    for tag, attributes, _ in _events(_inflate(name, archive, part)):
        if tag != "Relationship":
            continue
        kind = posixpath.basename(attributes.get("Type", "")).lower()
        target = attributes.get("Target", "").strip().lower()
        if attributes.get("TargetMode", "").strip().lower() == "external":
            if kind != "hyperlink" or not target.startswith(HARMLESS_LINKS):
                raise refuse_content(name, "fetches something from outside when it is opened", SAVE_AGAIN)
        elif "://" in target or target.startswith(("\\\\", "//", "file:")):
            raise refuse_content(name, "fetches something from outside when it is opened", SAVE_AGAIN)


def _inflate(name: str, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """Unpack a part, never to more than it declares: what an archive declares may be untrue."""
    blocks, size = [], 0
    with archive.open(part) as stream:
        while block := stream.read(BLOCK_BYTES):
            size += len(block)
            if size > part.file_size:
                raise refuse_content(name, "unpacks to far more than its size", SAVE_AGAIN)
            blocks.append(block)
    return b"".join(blocks)


def _events(xml: bytes) -> Iterator[tuple[str, dict[str, str], str]]:
    """Read the elements of an XML part: the local name, its attributes, and for an ended one its text.

    Raises:
        ValueError: It declares a document type, by which it could refer to other files or grow without end.
    """
    found: list[tuple[str, dict[str, str], str]] = []
    texts: list[str] = []

    def begin(tag: str, attributes: dict[str, str]) -> None:
        texts.clear()
        found.append((_local(tag), {_local(key): value for key, value in attributes.items()}, ""))

    def end(tag: str) -> None:
        found.append((f"/{_local(tag)}", {}, "".join(texts)))
        texts.clear()

    def refuse(*_: object) -> None:
        raise ValueError("document type")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.CharacterDataHandler = texts.append
    parser.StartDoctypeDeclHandler = refuse
    for at in range(0, len(xml), BLOCK_BYTES):
        parser.Parse(xml[at : at + BLOCK_BYTES], False)
        yield from found
        found.clear()
    parser.Parse(b"", True)
    yield from found


def _local(name: str) -> str:
    return name.rpartition(" ")[2]


def docx_text(content: bytes) -> str:
    """Return the text of a DOCX that was checked: a line for each paragraph."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        lines, line = [], list[str]()
        for tag, _, text in _events(archive.read("word/document.xml")):
            if tag == "/t":
                line.append(text)
            elif tag in {"tab", "/tc"}:
                line.append("\t")
            elif tag in {"br", "cr", "/p"}:
                lines.append("".join(line))
                line.clear()
        return "\n".join((*lines, "".join(line))).strip()


def xlsx_text(content: bytes) -> str:
    """Return the text of an XLSX that was checked: a line for each row of each sheet, its cells apart by tabs.

    Each cell stands in its column, and a number that is shown as a date or a time is written as one.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = set(archive.namelist())

        def part(name: str) -> bytes:
            return archive.read(name) if name in names else b"<none/>"

        shared = _shared_strings(part("xl/sharedStrings.xml"))
        styles, first = _number_styles(part("xl/styles.xml")), _first_day(part("xl/workbook.xml"))
        sheets = sorted((each for each in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", each)), key=_number)
        return "\n\n".join("\n".join(_rows(archive.read(each), shared, styles, first)) for each in sheets).strip()


def _first_day(workbook: bytes) -> date:
    """Return the day from which a workbook counts days; each kept since 1904 counts so until it is told otherwise."""
    told = (attributes.get("date1904", "") for tag, attributes, _ in _events(workbook) if tag == "workbookPr")
    return FIRST_DAY_1904 if next(told, "") in {"1", "true"} else FIRST_DAY


def _number_styles(styles: bytes) -> list[str]:
    """Return how each style of a cell shows a number: with `d` as a day, with `t` as a time."""
    codes, found, is_cell_style = dict[str, str](), list[str](), False
    for tag, attributes, _ in _events(styles):
        if tag in {"cellXfs", "/cellXfs"}:
            is_cell_style = tag == "cellXfs"
        elif tag == "numFmt":
            plain = re.sub(
                r'"[^"]*"|\\.|_.|\*.|\[(?!(?:h+|m+|s+)\])[^\]]*\]', "", attributes.get("formatCode", "").lower()
            )
            codes[attributes.get("numFmtId", "")] = _shows(plain)
        elif tag == "xf" and is_cell_style:
            number = attributes.get("numFmtId", "")
            found.append(codes.get(number) or BUILT_IN_FORMATS.get(number, ""))
    return found


def _shows(code: str) -> str:
    """Say what a number format shows, its quoted words apart; a month alone looks like minutes without hours."""
    plain = WORDS_IN_FORMAT.sub("", code)
    if "general" in plain:
        return ""
    has_time = "h" in plain or "s" in plain
    has_day = "y" in plain or "d" in plain or ("m" in plain and not has_time)
    return ("d" if has_day else "") + ("t" if has_time else "")


def _shown_number(value: str, shows: str, first: date) -> str:
    """Write a number as the day or the time as which it is shown; any other as it is."""
    try:
        days = float(value) if shows else -1.0
        if not 0 <= days < MAX_SERIAL:
            return value
        if "d" not in shows and days >= 1:  # a length of time in hours
            return value
        # The first of March 1900 is day 61, because day 60 was taken for a day that there was not.
        early = first == FIRST_DAY and 0 < days < FICTITIOUS_DAY
        moment = datetime.combine(first, time()) + timedelta(days=days + early, microseconds=500_000)
    except (ValueError, OverflowError):
        return value
    parts = (format_day(moment.date()) if "d" in shows else "", f"{moment:%H:%M}" if "t" in shows else "")
    return " ".join(filter(None, parts))


def _number(part: str) -> tuple[int, str]:
    digits = re.sub(r"\D", "", posixpath.basename(part))
    return int(digits or 0), part


def _shared_strings(xml: bytes) -> list[str]:
    strings, parts = [], list[str]()
    for tag, _, text in _events(xml):
        if tag == "/t":
            parts.append(text)
        elif tag == "/si":
            strings.append("".join(parts))
            parts.clear()
    return strings


@dataclass(slots=True)
class _Cell:
    """A cell while it is read: where it is, of which kind, and its style."""

    place: str = ""
    kind: str = ""
    style: str = ""
    value: str = ""


def _rows(xml: bytes, shared: list[str], styles: list[str], first: date) -> Iterator[str]:
    cells, cell = list[str](), _Cell()
    for tag, attributes, text in _events(xml):
        if tag == "c":
            cell = _Cell(attributes.get("r", ""), attributes.get("t", ""), attributes.get("s", ""))
        elif tag in {"/v", "/t"}:
            cell.value += text
        elif tag == "/c":
            _place(cells, cell.place, _shown_value(cell, shared, styles, first))
        elif tag == "/row":
            yield "\t".join(cells).rstrip("\t")
            cells.clear()


def _shown_value(cell: _Cell, shared: list[str], styles: list[str], first: date) -> str:
    value = cell.value
    if cell.kind == "s" and value.isdigit() and int(value) < len(shared):
        return shared[int(value)]
    if cell.kind == "b":
        return {"1": "TRUE", "0": "FALSE"}.get(value, value)
    if cell.kind in {"", "n"} and cell.style.isdigit() and int(cell.style) < len(styles):
        return _shown_number(value, styles[int(cell.style)], first)
    return value


def _place(cells: list[str], place: str, value: str) -> None:
    """Write a value in its column; one that does not say where it is follows the one before."""
    column = _column(place) if place else len(cells)
    if value and column - len(cells) > MAX_EMPTY_CELLS:
        value = f"{place}: {value}"
    elif value:
        cells += [""] * (column - len(cells))
    if value or column == len(cells):
        cells.append(value)


def _column(reference: str) -> int:
    """Return the column of a cell, counted from 0, by its reference: 2 for C7; 0 where it cannot be told."""
    letters = re.match(r"[A-Z]{1,3}", reference)
    number = 0
    for letter in letters[0] if letters else "":
        number = number * 26 + ord(letter) - ord("A") + 1
    return max(number - 1, 0)
