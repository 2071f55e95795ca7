"""Reads what the rules ask of one case in one question, however many tables it is in."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Select,
    Text,
    cast,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.types import NullType, TypeEngine

from ioms_desktop.domain.policy.build_facts import WaitingTimes
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.case_history import RecordVersion, history_of_present, recorded_statuses
from ioms_desktop.domain.policy.in_force import StatusFact
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision
from ioms_desktop.domain.records.record import require_recorded_at
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.records.case_stream import (
    FACT_BUILDERS,
    FACT_COLUMNS,
    FIELD_BY_TABLE,
    RECORDED_AT,
    TABLES_NOT_USED_BY_TRIGGERS,
    facts_of_row,
)
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.read_scope import ReadScope
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.plain_text import as_text, ask_driver
from ioms_desktop.storage.schema.types import Instant, text_parameter

TRIGGER_TABLES = tuple(name for name in FACT_BUILDERS if name not in TABLES_NOT_USED_BY_TRIGGERS)
_FORMER = tables.former_version.name
FORMER_THAT_MATTER = {Decision.table, Concern.table}
"""A former decision decided on something; a concern that was intelligence is told to nobody who may not read any."""
_SLOT_TYPES: dict[type, TypeEngine[Any]] = {
    str: Text(),
    date: Date(),
    int: Integer(),
    bool: Boolean(),
    datetime: Instant(),
}
"""The types of the columns of the one question, in their order; a server joins only columns of one type."""
ON_SERVER = "SELECT its_table, fields FROM read_trigger_facts(%(case_ref)s)"
"""The question of a user of a server, which reads the same tables and columns: a test compares them."""

Row = tuple[Any, ...]


class _Question(NamedTuple):
    """The question, and how a row of each table is taken from its answer."""

    statement: CompoundSelect[Any] | str
    readers: dict[str, Callable[[Row], Row]]


def read_open_triggers_history(reading: Reading, case: Case, waits: WaitingTimes) -> tuple[CaseFacts, ...] | None:
    """Read the history of a case as far as it tells which triggers are open.

    What no rule that raises one looks at is left out. Where nothing was ever decided earlier states are too: what stood
    in them and fell is withdrawn, and only evidence that was decided on cannot raise another trigger.

    Args:
        reading: Where to read; the case is open there.
        case: The case as it stands in this transaction.
        waits: The waiting times of the policy.

    Returns:
        The states of its record, oldest first; None where former versions tell of earlier ones that matter, which are
        to be read record by record.
    """
    rows: dict[str, list[Row]] = {name: [] for name in (*TRIGGER_TABLES, _FORMER)}
    for row in _rows(reading, case):
        rows[row[0]].append(row)
    corrected = {row[1] for row in rows.pop(_FORMER)}
    if corrected & FORMER_THAT_MATTER or (corrected and rows[Decision.table]):
        return None
    facts = {name: FACT_BUILDERS[name](found) for name, found in rows.items()}
    own = tuple(getattr(case, name) for name in (*FACT_COLUMNS[Case.table], RECORDED_AT))
    state, recorded_at = facts_of_row(own, facts), own[-1]
    if not state.decisions:
        return (state._replace(statuses=_statuses(reading, case)) if Case.table in corrected else state,)
    versions = {
        FIELD_BY_TABLE[name]: [
            (fact, _instant(row[-1])) for fact, row in zip(found, rows[name], strict=True) if fact is not None
        ]
        for name, found in facts.items()
    }
    return history_of_present(state, recorded_at, versions, waits)


def _rows(reading: Reading, case: Case) -> Iterable[Row]:
    """Read the rows of a case as the driver gives them, each behind the name of its table."""
    if reading.scope.is_opened and not reading.scope.facts_only:
        found = ask_driver(reading.connection, ON_SERVER, {"case_ref": case.case_ref})
        return ((name, *fields) for name, fields in found)
    question = _question(reading.scope, is_local=reading.is_local)
    owners = {"case_ref": case.case_ref, "person_ref": case.person_ref}
    if isinstance(question.statement, str):
        answer = ask_driver(reading.connection, question.statement, owners)
    else:
        answer = reading.connection.execute(question.statement, owners).all()
    return (question.readers[row[0]](row) for row in answer)


def _statuses(reading: Reading, case: Case) -> tuple[StatusFact, ...]:
    former = reading.list_former_versions(Case, case_ref=case.case_ref)
    versions = [RecordVersion(each.record, each.current_from, each.current_to) for each in former]
    return recorded_statuses([*versions, RecordVersion(case, require_recorded_at(case), None)])


def _instant(given: str | datetime) -> datetime:
    at = given if isinstance(given, datetime) else datetime.fromisoformat(given)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


@cache
def _question(scope: ReadScope, *, is_local: bool) -> _Question:
    types = {name: RECORD_TYPE_BY_TABLE[name] for name in TRIGGER_TABLES}
    sources = {name: scope.source_table(each, each.subject) for name, each in types.items()}
    columns = {name: (*FACT_COLUMNS[name], RECORDED_AT) for name in TRIGGER_TABLES}
    slots = {name: [_slot_type(source.c[each].type) for each in columns[name]] for name, source in sources.items()}
    most = [(kind, max(used.count(kind) for used in slots.values())) for kind in _SLOT_TYPES]
    places = [(kind, number) for kind, count in most for number in range(count)]
    parts: list[Select[Any]] = []
    readers: dict[str, Callable[[Row], Row]] = {}
    for name, source in sources.items():
        numbered = [(kind, slots[name][:at].count(kind)) for at, kind in enumerate(slots[name])]
        given = {at: scope.column(source, column) for at, column in zip(numbered, columns[name], strict=True)}
        owner = types[name].subject
        parts.append(_part(name, places, given).where(source.c[owner] == text_parameter(owner)))
        readers[name] = itemgetter(0, *(places.index(at) + 1 for at in numbered))
    parts.append(_former_part(places, scope))
    readers[_FORMER] = itemgetter(0, 1)
    statement = union_all(*parts)
    return _Question(as_text(statement) if is_local else statement, readers)


def _part(
    name: str, places: Sequence[tuple[type, int]], given: dict[tuple[type, int], ColumnElement[Any]]
) -> Select[Any]:
    """Select the name of a table and the columns given, each in its place; what is left is empty."""
    # As the driver gives them, like the rows of the whole caseload: what makes facts of them takes both forms.
    values = [
        type_coerce(cast(null(), _SLOT_TYPES[at[0]]) if (value := given.get(at)) is None else value, NullType())
        for at in places
    ]
    named: list[ColumnElement[Any]] = [literal_column(f"'{name}'"), *(v.label(f"c{n}") for n, v in enumerate(values))]
    return select(*named)


def _former_part(places: Sequence[tuple[type, int]], scope: ReadScope) -> Select[Any]:
    """Select a row for each table that has a former version a trigger may have stood on."""
    owners = ("case_ref", "person_ref")
    former = scope.former_version_table(*owners)
    names = [*TRIGGER_TABLES, Case.table]
    owned = or_(*(former.c[owner] == text_parameter(owner) for owner in owners))
    listed = former.c.table_name.in_([literal_column(f"'{name}'") for name in names])
    return _part(_FORMER, places, {places[0]: former.c.table_name}).where(owned, listed).distinct()


def _slot_type(stored: TypeEngine[Any]) -> type:
    if isinstance(stored, Instant):
        return datetime
    found = stored.python_type
    return found if found in _SLOT_TYPES else str
