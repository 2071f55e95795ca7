"""The last three columns of every exchange file: when, by whom and why a row was struck out as entered in error."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.dates.offset_text import offset_problem, split_offset, with_offset
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.record import Column, ColumnKind
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.exchange.cells import ColumnReader

ON, BY, REASON = STRUCK_OUT_NAMES = ("struck_out_on", "struck_out_by", "struck_out_reason")
_COLUMNS = (
    Column(ON, ColumnKind.DAY_TIME, ON, "Entered in error on", future=True),
    Column(BY, ColumnKind.TEXT, BY, "Entered in error, said by"),
    Column(REASON, ColumnKind.TEXT, REASON, "Why it is an error"),
)
NOT_HERE = "An import cannot take out people or cases. Leave the row out, or empty its last three cells."


class StruckOutCells(NamedTuple):
    """What a file says of a row that was struck out: when, as it is stored, by whom and why."""

    on: str
    by: str
    reason: str


class StruckOutReader:
    """Reads the three cells of each row."""

    def __init__(self, lists: CodeLists, now: DayTime) -> None:
        """Prepare for one file."""
        self._readers = [ColumnReader(column, lists, now) for column in _COLUMNS]

    def read(
        self, cells: Mapping[str, Sequence[str]], wrong: dict[int, list[Finding]], *, allowed: bool
    ) -> dict[int, StruckOutCells]:
        """Return what is said of the struck-out rows, by their place; what is wrong is added to `wrong`.

        Args:
            cells: The cells of each column of the file.
            wrong: What is wrong with each row.
            allowed: Whether rows of this table may be struck out.
        """
        there = {name: cells[name] for name in STRUCK_OUT_NAMES if name in cells}
        marked = [
            place
            for place, row in enumerate(zip(*there.values(), strict=True))
            if any(text and text.strip() for text in row)
        ]
        return {place: found for place in marked if (found := self._one(there, place, wrong, allowed=allowed))}

    def _one(
        self, there: Mapping[str, Sequence[str]], place: int, wrong: dict[int, list[Finding]], *, allowed: bool
    ) -> StruckOutCells | None:
        texts = {name: there[name][place] if name in there else "" for name in STRUCK_OUT_NAMES}
        plain, offset = split_offset(texts[ON])
        values = []
        for reader, text in zip(self._readers, (plain, texts[BY], texts[REASON]), strict=True):
            read = reader.read([text])
            name = reader.column.exchange_name
            wrong.setdefault(place, []).extend(Finding(name, texts[name], reason) for reason in read.errors.values())
            values.append(read.values[0])
        moment, by, reason = values
        finding = _problem(texts, moment, offset, reason, allowed=allowed)
        if finding is not None:
            wrong.setdefault(place, []).append(finding)
        if moment is None or wrong.get(place):
            return StruckOutCells("", "", "")
        return StruckOutCells(with_offset(moment, offset), by or "", reason or "")


def _problem(
    texts: Mapping[str, str], moment: DayTime | None, offset: str | None, reason: str | None, *, allowed: bool
) -> Finding | None:
    """Find what is wrong with the three cells together."""
    if not allowed:
        return Finding(ON, texts[ON], NOT_HERE)
    if not texts[ON].strip():
        return Finding(ON, "", "A row entered in error needs its day and time as well. Give it, or empty all three.")
    if not reason:
        return Finding(REASON, "", "A row entered in error needs its reason. Give it, or empty all three cells.")
    odd = "" if moment is None or offset is None else offset_problem(moment, offset)
    return Finding(ON, texts[ON], odd) if odd else None
