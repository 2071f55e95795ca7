"""How far the record of a case had come when it was read for a paper: what is corrected later is not on the paper."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select, text

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.read_scope import ReadScope
from ioms_desktop.storage.schema.types import text_parameter

SERVER_TIME = "transaction_timestamp()"


class RecordState(NamedTuple):
    """How far the record of a case had come.

    Attributes:
        at: When it was read, by the clock that dates what is recorded (UTC).
        corrections: How many versions of the entries of the case and its person are no longer current: one more with
            each that is changed, moved or taken out, however its transaction and that of the reader overlap.
    """

    at: datetime
    corrections: int


NOT_READ = RecordState(datetime.min.replace(tzinfo=UTC), 0)
"""The state of what was not read: nothing of it leaves."""


def state_of(reading: Reading, case: Case, clock: Callable[[], datetime]) -> RecordState:
    """Return how far the record of an opened case has come, in one question that an index answers."""
    owners = {"case_ref": case.case_ref, "person_ref": case.person_ref}
    if not reading.server_enforces_access:
        return RecordState(clock(), reading.count_former_versions(**owners))
    row = reading.connection.execute(_state_query(reading.scope), owners).one()
    return RecordState(_instant(row[1]), row[0])


def time_of_reading(reading: Reading, clock: Callable[[], datetime]) -> datetime:
    """Return the time by the clock that dates what is recorded: the server's, or for a local file this computer's."""
    if not reading.server_enforces_access:
        return clock()
    return _instant(reading.connection.execute(text(f"SELECT {SERVER_TIME}")).scalar_one())


@cache
def _state_query(scope: ReadScope) -> Select[Any]:
    names = ("case_ref", "person_ref")
    former = scope.former_version_table(*names)
    owned = or_(*(former.c[name] == text_parameter(name) for name in names))
    said: tuple[ColumnElement[Any], ...] = (func.count(), literal_column(SERVER_TIME))
    return select(*said).where(owned)


def _instant(at: datetime) -> datetime:
    return at.astimezone(UTC)
