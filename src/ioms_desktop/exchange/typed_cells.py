"""Judges the cells of a workbook by what they are: a date or TRUE is no name, a formula without a result no value."""

from typing import NamedTuple

from ioms_desktop.domain.records.record import Column, ColumnKind
from ioms_desktop.exchange.sources import CellNote, CellType

_NUMERIC = frozenset({ColumnKind.WHOLE, ColumnKind.NUMBER})
_DATED = frozenset({ColumnKind.DATE, ColumnKind.DAY_TIME})


class JudgedCell(NamedTuple):
    """A cell of a workbook as its column takes it.

    Attributes:
        text: What is read.
        error: Why it is not accepted; empty where it is.
        warning: What is unusual about it; empty where nothing is.
    """

    text: str
    error: str = ""
    warning: str = ""


def judge_cell(note: CellNote, text: str, column: Column) -> JudgedCell:
    """Judge a cell.

    Args:
        note: What it is.
        text: What it shows.
        column: The column it stands in.
    """
    if note.type is CellType.NUMBER:
        return _judge_number(note, text, column)
    is_answer = note.type is CellType.TRUE_OR_FALSE and column.kind is ColumnKind.YES_NO
    return JudgedCell(note.stored if is_answer else text, error=_error(note, text, column))


def _error(note: CellNote, text: str, column: Column) -> str:
    if note.type is CellType.ERROR:
        return f"This cell shows the error {text}. Correct it in the workbook."
    if note.type is CellType.NO_RESULT:
        return (
            "This cell holds a formula whose result is not stored. Open the workbook in a spreadsheet program, save it "
            "there, and import it again."
        )
    if note.type is CellType.MERGED:
        return (
            f"This cell is merged with {note.detail}, so it has no value of its own. Unmerge the cells and fill in "
            "every one."
        )
    if note.type is CellType.DATE and column.kind not in _DATED:
        return (
            f"This cell is a date or time ({text}), but {column.exchange_name} is not. Format the cell as text and "
            "type it again."
        )
    if note.type is CellType.TRUE_OR_FALSE and column.kind is not ColumnKind.YES_NO:
        return (
            f"This cell is the spreadsheet's TRUE or FALSE, but {column.exchange_name} is not. Format the cell as "
            "text and type it again."
        )
    return ""


def _judge_number(note: CellNote, text: str, column: Column) -> JudgedCell:
    """Take a number as it is shown where a text is wanted, and as it is stored where a number is."""
    if column.kind in _DATED:
        return JudgedCell(note.stored or text)
    if column.kind in _NUMERIC:
        differs = bool(note.stored) and note.stored != text
        shown = f"The workbook shows {text} here; the number behind it, {note.stored}, is taken."
        return JudgedCell(note.stored or text, warning=shown if differs else "")
    return JudgedCell(text, warning=note.detail)
