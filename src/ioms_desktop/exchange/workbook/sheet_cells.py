"""Converts the cells of a workbook to the texts they show, and notes what the texts do not say."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from ioms_desktop.exchange.sources import CellNote, CellType
from ioms_desktop.exchange.workbook.number_format import (
    GENERAL,
    MAX_EXACT_NUMBER,
    plain_number,
    shown_number,
    stored_number,
)
from ioms_desktop.exchange.workbook.parts import WorkbookParts
from ioms_desktop.exchange.workbook.sheet_xml import SheetCell, unescaped

MIDNIGHT = time(0)
HALF_SECOND = timedelta(microseconds=500_000)
MAX_PLAIN_DIGITS = 11
MAX_SHOWN_IN_FULL = 10**MAX_PLAIN_DIGITS  # longer numbers without a format are shown as 4.47701E+11
NO_SUCH_DATE = "#####"  # as a spreadsheet shows it

ShownCell = tuple[str, CellNote | None]
CellReader = Callable[[int, str], ShownCell]


class CellConverter:
    """Converts the cells of one workbook."""

    def __init__(self, parts: WorkbookParts) -> None:
        """Prepare the formats."""
        from openpyxl.styles.numbers import is_date_format  # noqa: PLC0415 - slow to import: loads when first needed
        from openpyxl.utils import datetime as dates  # noqa: PLC0415 - as above

        self._readers: dict[str, CellReader] = {
            "s": self._read_shared,
            "str": _read_text,
            "inlineStr": _read_text,
            "b": _read_answer,
            "e": _read_error,
            "d": _read_iso_date,
        }
        self._strings = parts.strings
        self._has_stale_results = parts.has_stale_results
        self._formats = parts.formats
        self._date_styles = {style for style, code in parts.formats.items() if is_date_format(code)}
        self._from_serial: Callable[..., date | time] = dates.from_excel
        self._epoch = dates.CALENDAR_MAC_1904 if parts.counts_from_1904 else dates.CALENDAR_WINDOWS_1900

    def read(self, cell: SheetCell) -> ShownCell:
        """Return the text that a cell shows, and what it does not say; None where it says all."""
        if cell.has_formula and self._has_no_result(cell):
            return f"={cell.formula}", CellNote(CellType.NO_RESULT)
        if not cell.value:
            return "", None
        reader = self._readers.get(cell.type, self._read_number)
        return reader(cell.style, cell.value)

    def _has_no_result(self, cell: SheetCell) -> bool:
        """Whether a formula was never computed: programs that do not compute leave its result out, or write 0."""
        return cell.type == "n" and (not cell.value or (self._has_stale_results and cell.value == "0"))

    def _read_shared(self, _style: int, value: str) -> ShownCell:
        return self._strings[int(value)], None

    def _read_date(self, value: str) -> ShownCell:
        serial = float(value)
        try:
            found = self._from_serial(serial, epoch=self._epoch)
        except (OverflowError, ValueError):
            return NO_SUCH_DATE, CellNote(CellType.ERROR)
        return _format_moment(found), CellNote(CellType.DATE)

    def _read_number(self, style: int, value: str) -> ShownCell:
        if style in self._date_styles:
            return self._read_date(value)
        number_format = self._formats.get(style, "")
        if number_format in GENERAL and value.isdigit() and len(value) <= MAX_PLAIN_DIGITS:
            return value, None
        stored = plain_number(value)
        shown = shown_number(value, number_format)
        if shown is None:
            detail = (
                f"The workbook shows this number in the format {number_format}, which is not followed here; it is read "
                f"as {stored}."
            )
            return stored, CellNote(CellType.NUMBER, stored, detail)
        detail = ""
        if abs(stored_number(value)) >= MAX_EXACT_NUMBER:
            detail = f"{shown} has more digits than a spreadsheet keeps of a number, so the last ones may be others."
        elif number_format in GENERAL and abs(stored_number(value)) >= MAX_SHOWN_IN_FULL:
            detail = f"The workbook shows this number shortened; it is read in full as {stored}."
        return shown, CellNote(CellType.NUMBER, stored, detail) if shown != stored or detail else None


def _read_text(_style: int, value: str) -> ShownCell:
    return unescaped(value), None


def _read_answer(_style: int, value: str) -> ShownCell:
    truth = value.strip().lower() in {"1", "true"}
    return "TRUE" if truth else "FALSE", CellNote(CellType.TRUE_OR_FALSE, stored="yes" if truth else "no")


def _read_error(_style: int, value: str) -> ShownCell:
    return value, CellNote(CellType.ERROR)


def _read_iso_date(_style: int, value: str) -> ShownCell:
    return _format_moment(datetime.fromisoformat(value)), CellNote(CellType.DATE)


def _format_moment(value: date | time | timedelta) -> str:
    """Write a date, a time or both as a CSV file would have them."""
    if isinstance(value, datetime):
        # Spreadsheets store times as fractions of a day, so that seconds are slightly off.
        near = (value + HALF_SECOND).replace(microsecond=0)
        if near.time() == MIDNIGHT:
            return near.date().isoformat()
        return near.isoformat(timespec="minutes" if near.second == 0 else "seconds")
    if isinstance(value, time):
        return value.isoformat("minutes" if value.second == 0 else "seconds")
    return str(value)
