"""Rows of an import that were struck out, and rows that an old file brings back although they were."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.leaving.exits import CaseExit
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.exchange.struck_out_cells import ON, StruckOutCells
from ioms_desktop.exchange.tables import RowChunk, TableReader
from ioms_desktop.services.exchange.import_report import FileReport, RowOutcome
from ioms_desktop.services.exchange.row_index import RowIndex
from ioms_desktop.services.recording.released_names import refuse_proposed_plan, release_names
from ioms_desktop.storage.records.bulk_read import find_by_keys
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import from_json_fields, to_json_value
from ioms_desktop.storage.records.struck_out import KnownStrikeOuts, StruckOutRow
from ioms_desktop.storage.transaction import Transaction

NOT_REVIVED = Finding(
    ON,
    "",
    "This was marked as entered in error here after the file was written. It stays marked; record it again if it is "
    "right.",
)
Key = tuple[Any, ...]


class PendingStrikeOut(NamedTuple):
    """A struck-out row that can be judged only once every row of its table is known."""

    report: FileReport
    place: int
    key: Key
    on: str


class StruckOutCheck:
    """The check of one table's struck-out rows."""

    def __init__(self, reading: Reading, record_type: type[Record]) -> None:
        """Begin without a row."""
        self._reading = reading
        self._record_type = record_type
        self._names = tuple(column.name for column in columns_of(record_type))
        self._known = KnownStrikeOuts(reading, record_type)
        self._pending: list[PendingStrikeOut] = []

    def note(self, pending: PendingStrikeOut) -> None:
        """Note a row with valid cells and references."""
        self._pending.append(pending)

    def look_up(self, keys: Iterable[Key]) -> None:
        """Look up what was struck out under these keys, in one query."""
        self._known.look_up(keys)

    def brings_back(self, key: Key, values: Sequence[Any], absent: Sequence[int]) -> bool:
        """Whether a row says again what stood under its key and was struck out, as far as its file says anything."""
        stood = self._known.versions(key)
        if not stood:
            return False
        said = {
            name: to_json_value(value)
            for place, (name, value) in enumerate(zip(self._names, values, strict=True))
            if place not in absent
        }
        return any(all(each.get(name) == value for name, value in said.items()) for each in stood)

    def last_version(self, key: Key) -> Record | None:
        """Return what stood under a key and was struck out; None where nothing was."""
        stood = self._known.versions(key)
        return from_json_fields(self._record_type, stood[-1]) if stood else None

    def finish(self, index: RowIndex) -> None:
        """Say what becomes of each row: known already, taking out what stands here, or new."""
        waiting = [each for each in self._pending if each.report.outcomes[each.place] != RowOutcome.REJECTED]
        if not waiting:
            return
        self.look_up(each.key for each in waiting)
        standing = find_by_keys(self._reading, self._record_type, (each.key for each in waiting))
        taken: set[Key] = set()
        for each in sorted(waiting, key=lambda each: each.on, reverse=True):
            outcome = RowOutcome.CREATED
            if self._known.has(each.key, each.on):
                outcome = RowOutcome.UNCHANGED
            elif each.key in standing and each.key not in taken and not _is_sent(index, each.key):
                outcome = RowOutcome.UPDATED
                taken.add(each.key)
            each.report.outcomes[each.place] = outcome


class StrikeOutWriter:
    """Writes the struck-out rows of an import, once all other rows are written."""

    def __init__(self, tx: Transaction) -> None:
        """Begin without a row."""
        self._tx = tx
        self._rows: list[StruckOutRow] = []
        self._standing: list[tuple[type[Record], dict[Key, StruckOutCells]]] = []

    def add(self, reader: TableReader, rows: RowChunk, fates: Sequence[int]) -> None:
        """Take the accepted struck-out rows of a chunk."""
        names = tuple(column.name for column in columns_of(reader.record_type))
        standing: dict[Key, StruckOutCells] = {}
        for place, cells in rows.struck_out.items():
            if fates[place] == RowOutcome.CREATED:
                record = reader.record_type(**dict(zip(names, rows.values[place], strict=True)))
                self._rows.append(StruckOutRow(record, cells.on, cells.by, cells.reason))
            elif fates[place] == RowOutcome.UPDATED:
                key = tuple(rows.values[place][names.index(name)] for name in reader.record_type.key)
                standing[key] = cells
        if standing:
            self._standing.append((reader.record_type, standing))

    def finish(self) -> None:
        """Strike out what stands here, what names others first, and keep what never stood here.

        Raises:
            Refused: What is to be struck out is named by something that stays.
        """
        for record_type, cells_by_key in reversed(self._standing):
            for key, record in find_by_keys(self._tx, record_type, cells_by_key).items():
                cells = cells_by_key[key]
                if isinstance(record, CaseExit):
                    refuse_proposed_plan(self._tx.get(Case, record.case_ref), record)
                release_names(self._tx, record)
                self._tx.strike_out(record, cells.reason, by=cells.by, on=cells.on)
        self._tx.keep_struck_out(self._rows)


def _is_sent(index: RowIndex, key: Key) -> bool:
    return index.first(key if len(key) > 1 else key[0]) is not None
