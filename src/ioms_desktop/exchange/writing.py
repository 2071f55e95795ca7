"""Writes the exchange files: a folder of CSV files, or one workbook."""

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import IO, Any, Protocol

from ioms_desktop.atomic_file import NewFiles
from ioms_desktop.domain.dates.offset_text import with_offset
from ioms_desktop.domain.errors import TooLargeForSheet
from ioms_desktop.domain.records.record import Column, ColumnKind, Record, columns_of
from ioms_desktop.exchange.struck_out_cells import STRUCK_OUT_NAMES
from ioms_desktop.exchange.tables import OFFSET_CODES
from ioms_desktop.exchange.text import guard_formula

MAX_CELL_CHARS = 32_767  # the limit of a cell in a spreadsheet
MAX_DATA_ROWS = 1_048_575  # the limit of a sheet, without its header

RowValues = Sequence[Any]
TableRows = tuple[type[Record], Iterable[RowValues]]


class XlsxSheet(Protocol):
    """A sheet of a workbook being written, as declared by XlsxWriter."""

    name: str
    row_data_fh: IO[str]

    def write_string(self, row: int, column: int, text: str, form: object = None, /) -> int:
        """Write a text."""

    def write_number(self, row: int, column: int, number: float, /) -> int:
        """Write a number."""

    def write_datetime(self, row: int, column: int, day: date, form: object = None, /) -> int:
        """Write a date."""

    def freeze_panes(self, row: int, column: int, /) -> None:
        """Keep the first rows and columns in view."""


class XlsxWorkbook(Protocol):
    """A workbook being written, as declared by XlsxWriter."""

    def add_worksheet(self, name: str, /) -> XlsxSheet:
        """Add a sheet."""

    def add_format(self, properties: Mapping[str, object], /) -> object:
        """Define a cell format."""

    def worksheets(self) -> Sequence[XlsxSheet]:
        """List the sheets."""

    def close(self) -> None:
        """Write the file."""


def create_workbook(new: NewFiles, path: Path) -> XlsxWorkbook:
    """Begin a workbook that uses little memory and turns no text into a formula or a link.

    Args:
        new: Puts the file in place, when the caller says so.
        path: The file.

    Raises:
        OSError: It cannot be written.
    """
    # XlsxWriter has no type stubs; XlsxWorkbook declares what is used.
    import xlsxwriter  # type: ignore[import-untyped]  # noqa: PLC0415 - slow to import: loads when first needed

    # Its temporary files lie in a folder of their own: others may not read it, and it goes even if the disk is full.
    options = {"constant_memory": True, "tmpdir": str(new.scratch_folder(path))}
    part = new.add(path)
    book: XlsxWorkbook = xlsxwriter.Workbook(part, {**options, "strings_to_formulas": False, "strings_to_urls": False})
    return book


def save_workbook(book: XlsxWorkbook) -> None:
    """Write a workbook's file.

    Raises:
        OSError: It cannot be written.
    """
    import xlsxwriter.exceptions  # type: ignore[import-untyped]  # noqa: PLC0415 - as above

    try:
        book.close()
    except xlsxwriter.exceptions.FileCreateError as failed:
        cause = failed.args[0]
        raise OSError(getattr(cause, "errno", None), getattr(cause, "strerror", None) or str(failed)) from failed
    finally:
        for sheet in book.worksheets():  # on a full disk it leaves them open, and Windows then removes none
            with suppress(OSError):
                sheet.row_data_fh.close()


def cell_writer(column: Column) -> Callable[[Any], str]:
    """Return the function that writes a column's values as text."""
    return _WRITERS.get(column.kind, _format_text)


def _format_text(value: str | None) -> str:
    return "" if value is None else guard_formula(value)


def _format_yes_no(value: bool | None) -> str:
    return "" if value is None else "yes" if value else "no"


_WRITERS: Mapping[ColumnKind, Callable[[Any], str]] = {
    ColumnKind.DATE: lambda value: "" if value is None else value.isoformat(),
    ColumnKind.DAY_TIME: lambda value: "" if value is None else value if isinstance(value, str) else value.iso_text,
    ColumnKind.YES_NO: _format_yes_no,
    ColumnKind.WHOLE: lambda value: "" if value is None else str(value),
    ColumnKind.NUMBER: lambda value: value or "",
}


def write_folder(new: NewFiles, folder: Path, tables: Iterable[TableRows]) -> None:
    """Write each table into a CSV file of its name: UTF-8, commas, one row for each record, in the order given.

    Args:
        new: Puts the files in place, when the caller says so.
        folder: Where; it is made.
        tables: The tables with their rows.

    Raises:
        OSError: A file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for noun, rows in tables:
        with new.add(folder / f"{noun.table}.csv").open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow([*(column.exchange_name for column in columns_of(noun)), *STRUCK_OUT_NAMES])
            writer.writerows(_text_rows(noun, rows))


def _text_rows(record_type: type[Record], rows: Iterable[RowValues]) -> Iterator[list[str]]:
    writers = [cell_writer(column) for column in columns_of(record_type)]
    writers += [_format_text] * len(STRUCK_OUT_NAMES)
    stands = [""] * len(STRUCK_OUT_NAMES)
    for row in _with_offsets(record_type, rows):
        cells = [write(value) for write, value in zip(writers, row, strict=False)]
        yield cells if len(cells) == len(writers) else cells + stands  # only of a struck-out row it says more


def _with_offsets(record_type: type[Record], rows: Iterable[RowValues]) -> Iterable[RowValues]:
    """Write the offset from UTC with a date-time that is given twice that night, so that the cell alone says which."""
    columns = columns_of(record_type)
    kept = next((place for place, each in enumerate(columns) if each.codes == OFFSET_CODES), None)
    moment = next((place for place, each in enumerate(columns) if each.kind is ColumnKind.DAY_TIME), None)
    if kept is None or moment is None:
        return rows
    return (
        row if row[kept] is None else (*row[:moment], with_offset(row[moment], row[kept]), *row[moment + 1 :])
        for row in rows
    )


def write_workbook(new: NewFiles, path: Path, tables: Iterable[TableRows]) -> None:
    """Write each table to a sheet of its name; texts stay texts, whatever they begin with.

    Args:
        new: Puts the file in place, when the caller says so.
        path: The file; its folder is made.
        tables: The tables with their rows.

    Raises:
        Refused: A text or a table is longer than a workbook holds.
        OSError: The file cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    book = create_workbook(new, path)
    try:
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for noun, rows in tables:
            sheet = book.add_worksheet(noun.table)
            sheet.freeze_panes(1, 1)
            for place, column in enumerate(columns_of(noun)):
                sheet.write_string(0, place, column.exchange_name, bold)
            for place, name in enumerate(STRUCK_OUT_NAMES, start=len(columns_of(noun))):
                sheet.write_string(0, place, name, bold)
            _write_sheet(sheet, noun, rows, day)
    finally:
        save_workbook(book)


def _write_sheet(sheet: XlsxSheet, record_type: type[Record], rows: Iterable[RowValues], day: object) -> None:
    described = [(place, column.kind, cell_writer(column)) for place, column in enumerate(columns_of(record_type))]
    more = [(len(described) + place, ColumnKind.TEXT, _format_text) for place in range(len(STRUCK_OUT_NAMES))]
    for line, row in enumerate(_with_offsets(record_type, rows), start=1):
        if line > MAX_DATA_ROWS:
            raise TooLargeForSheet(
                f"{record_type.table} has more rows than a sheet holds. Nothing was written; export a folder."
            )
        for place, kind, write in described if len(row) == len(described) else (*described, *more):
            value = row[place]
            if value is None:
                continue
            if isinstance(value, date):
                sheet.write_datetime(line, place, value, day)
            elif kind is ColumnKind.WHOLE:
                sheet.write_number(line, place, value)
            else:
                _write_text(sheet, line, place, write(value))


def _write_text(sheet: XlsxSheet, line: int, place: int, text: str) -> None:
    if len(text) > MAX_CELL_CHARS:
        raise TooLargeForSheet(
            f"A text on line {line + 1} of {sheet.name} has {len(text):,} characters, more than a cell of a workbook "
            "holds. Nothing was written; export a folder of CSV files."
        )
    sheet.write_string(line, place, text)
