"""What was struck out: on a case, of its person, of a whole table; and who recorded a record first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Row, and_, or_, select, text

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.dates.local_time import format_offset
from ioms_desktop.domain.dates.offset_text import with_offset
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.records.bulk_read import batches
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import field_values, from_json_fields, to_json_fields
from ioms_desktop.storage.schema.read_functions import opened_former_versions
from ioms_desktop.storage.schema.tables import audit, former_version

MINUTE = timedelta(minutes=1)
RECORDED_BY_ME_SQL = text("SELECT recorded_by_me(:table_name, :record_key)")
STRUCK_OUT_OF = text("SELECT * FROM struck_out_of(:case_ref)").columns(*former_version.columns)
"""A server leaves out what the user may not read."""


class StruckOutRow(NamedTuple):
    """A record that an import brings struck out: when, as its file has it, by whom and why."""

    record: Record
    on: str
    by: str
    reason: str

    def server_values(self) -> dict[str, Any]:
        """Return it as the server's function takes it."""
        record = self.record
        return {
            "table_name": record.table,
            "record_key": record.key_text,
            "case_ref": getattr(record, "case_ref", None),
            "person_ref": getattr(record, "person_ref", None),
            "struck_out_on": self.on,
            "struck_out_by": self.by,
            "reason": self.reason,
            "data": to_json_fields(record),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class StruckOutVersion:
    """The last version of a record that was struck out.

    Attributes:
        number: The number of the version.
        record: What the record said, with the number it had.
        by: Who struck it out.
        at: When it ended here (UTC).
        on: When, as the file it was imported from has it; empty for one struck out here.
        reason: Why.
    """

    number: int
    record: Record
    by: str
    at: datetime
    on: str
    reason: str


def struck_out_of(reading: Reading, case: Case) -> Iterator[StruckOutVersion]:
    """List what was struck out on a case or of its person, the newest first; on a server, what the user may read."""
    former = former_version
    if reading.server_enforces_access:
        rows = reading.connection.execute(STRUCK_OUT_OF, {"case_ref": case.case_ref})
    else:
        of_person = and_(former.c.case_ref.is_(None), former.c.person_ref == case.person_ref)
        query = select(former).where(
            former.c.struck_out_by.is_not(None), or_(former.c.case_ref == case.case_ref, of_person)
        )
        rows = reading.connection.execute(query.order_by(former.c.id.desc()))
    return (_read(row) for row in rows)


def was_recorded_first_by(reading: Reading, record: Record, user: str) -> bool:
    """Whether a user recorded the first revision of a record."""
    if record.revision == 1 and record.recorded_by:
        return record.recorded_by == user
    if reading.server_enforces_access:
        values = {"table_name": record.table, "record_key": record.key_text}
        return bool(reading.connection.scalar(RECORDED_BY_ME_SQL, values))
    first = select(audit.c.actor).where(
        audit.c.object_type == record.table, audit.c.object_ref == record.key_text, audit.c.kind == "COLLECTION"
    )
    return reading.connection.scalar(first.order_by(audit.c.id.desc()).limit(1)) == user


class KnownStrikeOuts:
    """What was struck out in one table, looked up by keys."""

    def __init__(self, reading: Reading, record_type: type[Record]) -> None:
        """Find out whether there is anything at all."""
        self._reading = reading
        self._table = record_type.table
        former = _former_versions(reading, of_table=record_type.table)
        any_of_it = select(former.c.id).where(_struck_out(former, record_type.table)).limit(1)
        self._is_empty = reading.connection.execute(any_of_it).first() is None
        self._versions: dict[str, list[dict[str, Any]]] = {}
        self._known: set[tuple[str, str]] = set()

    def look_up(self, keys: Iterable[Sequence[Any]]) -> None:
        """Look up what was struck out under these keys, and what stood there before."""
        if self._is_empty:
            return
        for part in batches(sorted(set(map(key_text, keys)) - self._versions.keys())):
            self._versions.update({key: [] for key in part})
            former = _former_versions(self._reading, keys=list(part), of_table=self._table)
            theirs = former.c.table_name == self._table, former.c.record_key.in_(part)
            struck_out = select(former.c.record_key).where(*theirs, former.c.struck_out_by.is_not(None))
            query = select(former).where(*theirs, former.c.record_key.in_(struck_out))
            rows = self._reading.connection.execute(query).all()
            for row in rows:
                self._versions[row.record_key].append(row.data)
            gone = [row for row in rows if row.struck_out_by is not None]
            self._known.update(zip((row.record_key for row in gone), _instants(gone), strict=True))

    def versions(self, key: Sequence[Any]) -> list[dict[str, Any]]:
        """Return what stood under a key, where something under it was struck out."""
        return [] if self._is_empty else self._versions.get(key_text(key), [])

    def has(self, key: Sequence[Any], on: str) -> bool:
        """Whether something of this key was struck out at this instant, as a file says it."""
        return (key_text(key), on) in self._known


def key_text(key: Sequence[Any]) -> str:
    """Write a key as one text, as `Record.key_text` does."""
    return "/".join("" if part is None else str(part) for part in key)


def struck_out_rows(
    reading: Reading, record_type: type[Record], owner: str = "", refs: Iterable[str] = ()
) -> Iterator[tuple[Any, ...]]:
    """List what was struck out of a type, sorted by key and instant: its exchange columns, then when, by whom and why.

    Args:
        reading: Where to read.
        record_type: The record type.
        owner: The column that must name one of `refs`; empty for every record.
        refs: The owners.
    """
    rows = _struck_out_of_type(reading, record_type.table, owner, refs)
    found = [(row.record_key, on, row) for row, on in zip(rows, _instants(rows), strict=True)]
    for _, on, row in sorted(found, key=lambda each: each[:2]):
        record = from_json_fields(record_type, row.data)
        yield (*field_values(record).values(), on, row.struck_out_by or None, row.reason)


def _struck_out_of_type(reading: Reading, table: str, owner: str, refs: Iterable[str]) -> list[Row[Any]]:
    if not owner:
        former = _former_versions(reading, of_table=table)
        return list(reading.connection.execute(select(former).where(_struck_out(former, table))))
    rows: list[Row[Any]] = []
    for part in batches(sorted(set(refs))):
        former = _former_versions(reading, owners=list(part), of_table=table)
        query = select(former).where(_struck_out(former, table), former.c[owner].in_(part))
        rows += reading.connection.execute(query)
    return rows


def _former_versions(reading: Reading, **asked: Any) -> FromClause:  # noqa: ANN401 - as `opened_former_versions` takes them
    """Return the previous versions with what is said of those struck out, which lists and rules do not read."""
    return opened_former_versions(**asked) if reading.server_enforces_access else former_version


def _struck_out(former: FromClause, table: str) -> ColumnElement[bool]:
    return and_(former.c.table_name == table, former.c.struck_out_by.is_not(None))


def _instants(rows: Sequence[Row[Any]]) -> list[str]:
    """Write when each version was struck out: as its file had it, or the local minute of the act.

    A file knows what was struck out by its key and this minute, so that of two of one key in one minute the later has
    the next minute.
    """
    taken = {(row.record_key, str(row.struck_out_on)) for row in rows if row.struck_out_on}
    found: dict[int, str] = {row.id: str(row.struck_out_on) for row in rows if row.struck_out_on}
    for row in sorted((row for row in rows if not row.struck_out_on), key=lambda row: int(row.id)):
        at = row.current_to
        while (row.record_key, _local_minute(at)) in taken:
            at += MINUTE
        found[row.id] = _local_minute(at)
        taken.add((row.record_key, found[row.id]))
    return [found[row.id] for row in rows]


def _local_minute(at: datetime) -> str:
    local = at.astimezone(LONDON)
    moment = DayTime(local.date(), local.time().replace(second=0, microsecond=0, tzinfo=None))
    return with_offset(moment, format_offset(local.utcoffset() or timedelta()))


def _read(row: Row[Any]) -> StruckOutVersion:
    return StruckOutVersion(
        number=row.id,
        record=from_json_fields(
            RECORD_TYPE_BY_TABLE[row.table_name], row.data, id=row.record_id, revision=row.revision
        ),
        by=row.struck_out_by,
        at=row.current_to,
        on=row.struck_out_on or "",
        reason=row.reason or "",
    )
