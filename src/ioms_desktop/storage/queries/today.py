"""Queries for the Today list besides the rules: headers of cases, proposals to answer, open actions."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import cache
from json import dumps
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Row,
    Select,
    Text,
    bindparam,
    exists,
    func,
    literal_column,
    or_,
    select,
    union_all,
)

from ioms_desktop.domain.dates.calendar import ADULT_AGE, MONTHS_PER_YEAR, months_before
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.domain.records.network.associates import Associate
from ioms_desktop.domain.records.network.memberships import GroupMembership
from ioms_desktop.domain.records.protection import GroupResponse
from ioms_desktop.storage.queries.caseload import is_action_open
from ioms_desktop.storage.queries.people import read_columns_of_people
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.read_scope import ReadScope
from ioms_desktop.storage.records.row_mapping import record_columns, row_mapper
from ioms_desktop.storage.schema.join_hints import day_parameter
from ioms_desktop.storage.schema.plain_text import ask_file
from ioms_desktop.storage.schema.tables import cases, former_version, metadata
from ioms_desktop.storage.schema.types import is_in_list
from ioms_desktop.storage.schema.views import FACT_VIEWS

actions = FACT_VIEWS["actions"]
REFS_PER_QUERY = 5_000


class TodayCaseHeader(NamedTuple):
    """The case of a line in the list."""

    id: int
    case_ref: str
    person_ref: str
    family_name: str
    given_names: str
    date_of_birth: date
    programme: str
    status: str
    closed_on: date | None
    adopted_on: date | None
    notified_on: date | None
    expected_release_on: date | None
    release_plan_on: date | None
    police_om: str | None
    probation_practitioner: str | None
    navigator: str | None

    @property
    def worker(self) -> str | None:
        """The person's worker: the navigator on Phoenix, else the police offender manager."""
        return first_worker(self)


class LineHeader(NamedTuple):
    """What stands beside the lines of a case, and when it closes."""

    case_ref: str
    person_ref: str
    programme: str
    closed_on: date | None
    police_om: str | None
    probation_practitioner: str | None
    navigator: str | None
    family_name: str
    given_names: str
    name_key: str


def first_worker(head: TodayCaseHeader | LineHeader) -> str | None:
    """Return whom a case names first: the navigator on Phoenix, else the police offender manager."""
    first = head.navigator if head.programme == "PHOENIX" else head.police_om
    return first or head.probation_practitioner or head.police_om or head.navigator


class OpenAction(NamedTuple):
    """An action neither done nor cancelled by the day; if it is on record that it will be, that is on a later one."""

    action_ref: str
    case_ref: str | None
    text: str
    owner: str
    due_on: date
    revision: int
    agency: str | None
    given_by: str | None
    first_due_on: date | None
    due_moves: int | None
    done_on: date | None
    cancelled_on: date | None


_PERSON_COLUMNS = ("family_name", "given_names", "date_of_birth")
_CASE_COLUMNS = tuple(name for name in TodayCaseHeader._fields if name not in _PERSON_COLUMNS)


def today_case_headers(reading: Reading, refs: Iterable[str]) -> dict[str, TodayCaseHeader]:
    """Return the headers of some cases by reference."""
    wanted = sorted(set(refs))
    rows: list[Row[Any]] = []
    query: Select[Any] = select(*(cases.c[name] for name in _CASE_COLUMNS))
    for begin in range(0, len(wanted), REFS_PER_QUERY):
        rows += reading.connection.execute(query.where(cases.c.case_ref.in_(wanted[begin : begin + REFS_PER_QUERY])))
    persons = read_columns_of_people(reading, [row.person_ref for row in rows], _PERSON_COLUMNS)
    return {
        row.case_ref: TodayCaseHeader(
            **row._mapping,  # noqa: SLF001 - SQLAlchemy's public name
            **dict(zip(_PERSON_COLUMNS, persons[row.person_ref], strict=True)),
        )
        for row in rows
        if row.person_ref in persons
    }


def line_headers(reading: Reading, refs: Collection[str]) -> list[LineHeader]:
    """Return what stands beside the lines of some cases; of many, all are read in one go."""
    many = len(refs) > REFS_PER_QUERY
    query = _headers_query(of_some=not many, with_names=not reading.server_enforces_access)
    found = reading.connection.execute(query, among_parameters(None if many else refs)).all()
    heads = [row for row in found if row[0] in refs] if many else found
    if not reading.server_enforces_access:
        return [LineHeader._make(row) for row in heads]
    persons = read_columns_of_people(reading, {row.person_ref for row in heads}, LineHeader._fields[-3:])
    return [LineHeader(*row, *persons[row.person_ref]) for row in heads if row.person_ref in persons]


@cache
def _headers_query(*, of_some: bool, with_names: bool) -> Select[Any]:
    query: Select[Any] = select(*(cases.c[name] for name in LineHeader._fields[:-3]))
    query = query.where(*among_given(cases.c.case_ref, of_some=of_some))
    if not with_names:
        return query
    people = FACT_VIEWS["people"]
    named = query.join(people, people.c.person_ref == cases.c.person_ref)
    return named.add_columns(*(people.c[name] for name in LineHeader._fields[-3:]))


def among_given(column: ColumnElement[Any], *, of_some: bool) -> tuple[ColumnElement[bool], ...]:
    """Build the condition that a row is of some cases or people, for a query that is built once: they are parameters.

    Args:
        column: What names the case or the person.
        of_some: Whether only some are asked for; there is no condition where any will do.
    """
    return (column.in_(bindparam("refs", expanding=True)),) if of_some else ()


def among_parameters(refs: Collection[str] | None) -> dict[str, list[str]]:
    """Return the parameters of such a query."""
    return {} if refs is None else {"refs": sorted(refs)}


def count_cases(reading: Reading) -> int:
    """Count all cases, closed ones included."""
    return int(reading.connection.scalar(select(func.count()).select_from(cases)) or 0)


def tables_with_given_work(reading: Reading, heads: Collection[LineHeader] | None) -> frozenset[str]:
    """Name the tables with what people give each other that have to be asked: of a few cases in a file, few have any.

    Args:
        reading: Where to read.
        heads: The only cases, of which one statement finds out; None for all.
    """
    if heads is None or not reading.is_local:
        return frozenset(_GIVEN_IN)
    given = {"refs": dumps([each.case_ref for each in heads]), "persons": dumps([each.person_ref for each in heads])}
    return frozenset(name for (name,) in ask_file(reading.connection, _tables_query(), given))


_GIVEN_IN = (
    *(each.table for each in (Action, Appointment, Proposal, GroupResponse, GroupMembership, Associate)),
    former_version.name,
)


@cache
def _tables_query() -> CompoundSelect[Any]:
    refs, persons = bindparam("refs", type_=Text()), bindparam("persons", type_=Text())
    theirs = select(cases.c.case_ref).where(is_in_list(cases.c.person_ref, persons))  # a document may be on any
    parts: list[Select[Any]] = []
    for name in _GIVEN_IN:
        table = metadata.tables[name]
        owned = [is_in_list(table.c.person_ref, persons)] if "person_ref" in table.c else []
        if table is former_version:
            owned.append(table.c.case_ref.in_(theirs))
        elif not owned:
            owned.append(is_in_list(table.c.case_ref, refs))
        parts += [select(literal_column(f"'{name}'")).where(exists().where(each)) for each in owned]
    return union_all(*parts)


def waiting_proposals(reading: Reading, refs: Collection[str] | None = None) -> Sequence[Proposal]:
    """List the proposals to be answered, the oldest first, without their texts, which are read when one is answered.

    Args:
        reading: Where to read.
        refs: Only those of some cases; None for all.
    """
    given = among_parameters(refs)
    owners = {"owners": given["refs"]} if given else {}
    query = _waiting_query(reading.scope, of_some=refs is not None)
    return [row_mapper(Proposal)(row) for row in reading.connection.execute(query, {**given, **owners})]


@cache
def _waiting_query(scope: ReadScope, *, of_some: bool) -> Select[Any]:
    proposals = scope.facts_table(Proposal.table, bindparam("owners") if of_some else None)
    query: Select[Any] = select(*record_columns(Proposal, proposals)).where(proposals.c.status == "PROPOSED")
    query = query.where(*among_given(proposals.c.case_ref, of_some=of_some))
    return query.order_by(proposals.c.proposed_on)


def open_actions(reading: Reading, on: date, until: date, refs: Collection[str] | None = None) -> list[OpenAction]:
    """List the actions due by one day that are neither done nor cancelled on another, in order of their due dates.

    Args:
        reading: Where to read.
        on: The day on which they are open.
        until: The day by which they are due, included.
        refs: Only those of some cases; None for all.
    """
    given = {"its_day": on, "until": until, **among_parameters(refs)}
    rows = reading.connection.execute(_open_actions_query(of_some=refs is not None), given).all()
    return [OpenAction(*row) for row in rows]


@cache
def _open_actions_query(*, of_some: bool) -> Select[Any]:
    query: Select[Any] = select(*(actions.c[name] for name in OpenAction._fields))
    due = (*is_action_open(day_parameter("its_day")), actions.c.due_on <= day_parameter("until"))
    return query.where(*due, *among_given(actions.c.case_ref, of_some=of_some)).order_by(actions.c.due_on)


def cases_without_worker(reading: Reading, on: date, refs: Collection[str] | None = None) -> list[str]:
    """Return the references of the cases, or of some of them, that are open on a day and name no worker."""
    query = _without_worker_query(of_some=refs is not None)
    return list(reading.connection.scalars(query, {"its_day": on, **among_parameters(refs)}))


@cache
def _without_worker_query(*, of_some: bool) -> Select[Any]:
    nobody = (cases.c.police_om.is_(None), cases.c.probation_practitioner.is_(None), cases.c.navigator.is_(None))
    return select(cases.c.case_ref).where(*nobody, is_case_open(), *among_given(cases.c.case_ref, of_some=of_some))


def is_case_open() -> ColumnElement[bool]:
    """Build the condition that a case is open on the day that is the parameter `its_day`."""
    return or_(cases.c.closed_on.is_(None), cases.c.closed_on > day_parameter("its_day"))


class GrowingUp(NamedTuple):
    """A participant for whom nobody has confirmed what follows at 18.

    Attributes:
        proposed_on: When a transition to adult services was proposed; None where nobody has.
    """

    case_ref: str
    born_on: date
    referred_on: date
    proposed_on: date | None
    proposed_by: str | None


def growing_up(reading: Reading, on: date, refs: Collection[str] | None = None) -> list[GrowingUp]:
    """List the Phoenix cases open on a day of those who came as children, until what follows at 18 is confirmed.

    Args:
        reading: Where to read.
        on: The day.
        refs: Only those of some cases; None for all.
    """
    given = {"its_day": on, **among_parameters(refs)}
    rows = reading.connection.execute(_growing_up_query(of_some=refs is not None), given).all()
    persons = [row.person_ref for row in rows]
    if reading.server_enforces_access or refs is not None:
        born = {ref: on for ref, (on,) in read_columns_of_people(reading, persons, ["date_of_birth"]).items()}
    else:
        born = _born_late_enough(reading, [row.referred_on for row in rows])
    return [GrowingUp(ref, born[person], *rest) for person, ref, *rest in rows if person in born]


@cache
def _growing_up_query(*, of_some: bool) -> Select[Any]:
    columns = ("person_ref", "case_ref", "referred_on", "transition_proposed_on", "transition_proposed_by")
    query: Select[Any] = select(*(cases.c[name] for name in columns))
    waiting = (cases.c.programme == "PHOENIX", is_case_open(), cases.c.transition_confirmed_on.is_(None))
    return query.where(*waiting, *among_given(cases.c.case_ref, of_some=of_some))


def _born_late_enough(reading: Reading, referred: Sequence[date]) -> dict[str, date]:
    """Return the dates of birth of all in a file who may have been children on the earliest of some days."""
    if not referred:
        return {}
    people = FACT_VIEWS["people"]
    since = months_before(min(referred), MONTHS_PER_YEAR * (ADULT_AGE + 1))
    query = select(people.c.person_ref, people.c.date_of_birth).where(people.c.date_of_birth > since)
    return dict(iter(reading.connection.execute(query).all()))
