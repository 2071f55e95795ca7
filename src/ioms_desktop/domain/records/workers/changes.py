"""What a transaction wrote of the workers of cases, so that column and history can be made equal at its end."""

from collections.abc import Iterable, Sequence
from typing import Any

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.workers.case_workers import CASE_COLUMNS, CaseWorker


class WorkerChanges:
    """What was written so far.

    Attributes:
        named: What a column of a case came to say, by case and role.
        created: The cases that were added.
        touched: The cases whose history of workers was written.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.named: dict[tuple[str, str], str | None] = {}
        self.created: set[str] = set()
        self.touched: set[str] = set()

    @property
    def cases(self) -> set[str]:
        """The cases to be settled."""
        return {case_ref for case_ref, _ in self.named} | self.touched

    def note(self, before: Record | None, after: Record | None) -> None:
        """Note a record that was written: before and after, None for none."""
        if isinstance(after, Case):
            old = before if isinstance(before, Case) else None
            if old is None:
                self.created.add(after.case_ref)
            for role, column in CASE_COLUMNS.items():
                value = getattr(after, column)
                if value != (None if old is None else getattr(old, column)):
                    self.named[after.case_ref, role] = value
        for each in (before, after):
            if isinstance(each, CaseWorker):
                self.touched.add(each.case_ref)

    def note_added(self, record_type: type[Record], names: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Note records that were added, each as its values in the order of the names."""
        if record_type is CaseWorker:
            place = names.index("case_ref")
            self.touched.update(row[place] for row in rows)
        elif record_type is Case:
            own = names.index("case_ref")
            columns = [(role, names.index(column)) for role, column in CASE_COLUMNS.items()]
            for row in rows:
                said = {(row[own], role): row[place] for role, place in columns if row[place] is not None}
                if said:
                    self.created.add(row[own])
                    self.named.update(said)
