"""What the access lists say of one user and one case, read with the case itself: it is asked in every command.

A server says it of a case through a function of its own (migration 0110).
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Interval,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    null,
    select,
)

from ioms_desktop.domain.access.case_access import BREAK_GLASS_DURATION, AccessEntry, CaseRestriction
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.storage.access_lists import ENTRY_COLUMNS, access_entry_of, is_current_at
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.read_scope import ReadScope
from ioms_desktop.storage.records.row_mapping import file_row_mapper, json_mapper, row_mapper
from ioms_desktop.storage.schema.plain_text import as_text, ask_driver
from ioms_desktop.storage.schema.tables import access_entry, case_standing, cases, users
from ioms_desktop.storage.schema.types import Instant, instant_in_file, instant_of_file, instant_of_json, text_parameter

_LISTS_WIDTH = len(ENTRY_COLUMNS) + 4
"""The columns of the lists in a row: an entry, the restriction in three, and the team of the user."""
_INSTANTS_OF_ENTRY = [
    place - _LISTS_WIDTH for place, column in enumerate(ENTRY_COLUMNS) if isinstance(column.type, Instant)
]
"""Their places in a row, from its end."""
_NONE = CaseRestriction()
_CASE_AND_OTHERS = "SELECT its_case, entries, is_open FROM case_and_others(%(case_ref)s)"
_OPEN_CASE_AND_OTHERS = (
    "SELECT its_case, entries, is_open FROM open_case_and_others(%(case_ref)s, %(purpose)s, %(workstation)s)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseLists:
    """What the lists say of one user and one case.

    Attributes:
        entries: The user's current entries, the latest first.
        restriction: The restriction on the case; none on a server, which decides for itself.
        user_team: The user's team; None where they share every team's cases, and on a server.
    """

    entries: tuple[AccessEntry, ...]
    restriction: CaseRestriction
    user_team: str | None


def current_access_entries(reading: Reading, user: str, case_ref: str, at: datetime) -> tuple[AccessEntry, ...]:
    """List a user's current entries on a case's lists, the latest first."""
    return read_case_lists(reading, user, case_ref, at).entries


def read_case_lists(reading: Reading, user: str, case_ref: str, at: datetime) -> CaseLists:
    """Read what the lists say of a user and a case, whether or not there is such a case."""
    query = _lists_query(is_server=reading.server_enforces_access)
    return _case_lists(reading.connection.execute(query, _values(user, case_ref, at)).all())


class CaseWithLists(NamedTuple):
    """A case with what the lists say of the user and it.

    Attributes:
        is_open: Whether its records can be read; on a server the case must have been opened before.
    """

    case: Case
    lists: CaseLists
    is_open: bool


def find_case_with_lists(reading: Reading, user: str, case_ref: str, at: datetime) -> CaseWithLists | None:
    """Get a case with what the lists say of the user and it; None where there is no such case for them."""
    if reading.server_enforces_access:
        return find_cases_of_its_person(reading, user, case_ref, at)[0]
    rows, read = _answer(reading, _case_query, _values(user, case_ref, at))
    if not rows:
        return None
    lists = _case_lists([row[-_LISTS_WIDTH:] for row in rows])
    return CaseWithLists(read(rows[0][:-_LISTS_WIDTH]), lists, is_open=True)


def find_cases_of_its_person(
    reading: Reading, user: str, case_ref: str, at: datetime
) -> tuple[CaseWithLists | None, list[tuple[Case, CaseLists]]]:
    """Get a case as `find_case_with_lists` does, and list it and the others of its person in the same statement."""
    if reading.server_enforces_access:
        return _of_server(ask_driver(reading.connection, _CASE_AND_OTHERS, {"case_ref": case_ref}))
    rows, read = _answer(reading, _its_persons_cases_query, _values(user, case_ref, at))
    found = _with_what_is_said(rows, read)
    own = next((each for each in found if each[0].case_ref == case_ref), None)
    return None if own is None else CaseWithLists(*own, is_open=True), found


def open_and_find_cases_of_its_person(
    reading: Reading, case_ref: str, purpose: str, workstation: str
) -> tuple[CaseWithLists | None, list[tuple[Case, CaseLists]]]:
    """Open a case on a server that commits each statement, and find it as `find_cases_of_its_person` does, in one."""
    asked = {"case_ref": case_ref, "purpose": purpose, "workstation": workstation}
    return _of_server(ask_driver(reading.connection, _OPEN_CASE_AND_OTHERS, asked))


def _of_server(rows: Sequence[Sequence[Any]]) -> tuple[CaseWithLists | None, list[tuple[Case, CaseLists]]]:
    """Return what a server gives of a case and the others of its person: the case first, or nothing."""
    read = json_mapper(Case)
    found: list[tuple[Any, CaseLists]] = []
    for its_case, entries, _ in rows:
        lists = CaseLists(entries=tuple(map(_entry_of_server, entries or ())), restriction=_NONE, user_team=None)
        found.append((read(its_case), lists))
    return CaseWithLists(*found[0], is_open=rows[0][2]) if found else None, found


def _entry_of_server(entry: dict[str, Any]) -> AccessEntry:
    row = [entry[column.name] for column in ENTRY_COLUMNS]
    for place, column in enumerate(ENTRY_COLUMNS):
        if isinstance(column.type, Instant) and row[place] is not None:
            row[place] = instant_of_json(row[place])
    return access_entry_of(row)


def cases_with_lists(
    reading: Reading, user: str, person_refs: Collection[str], at: datetime
) -> list[tuple[Case, CaseLists]]:
    """List the cases of some people with what the lists say of a user and each, in one statement."""
    is_one = len(person_refs) == 1  # as for every case that is opened
    query = _cases_of_people_query(reading.scope, is_server=reading.server_enforces_access, is_one=is_one)
    asked: Any = next(iter(person_refs)) if is_one else sorted(person_refs)
    values = {"user": user, "asked": asked, "at": at, "latest_end": at + BREAK_GLASS_DURATION}
    return _with_what_is_said(reading.connection.execute(query, values).all(), row_mapper(Case))


def _answer(
    reading: Reading, query: Callable[..., Select[Any]], asked: dict[str, Any]
) -> tuple[Sequence[Sequence[Any]], Callable[[Sequence[Any]], Any]]:
    """Return the rows of a query, and what makes a case of the columns of one; past SQLAlchemy in a file."""
    if not reading.is_local:
        statement = query(reading.scope)
        return reading.connection.execute(statement, asked).all(), row_mapper(Case)
    moments = {name: instant_in_file(asked[name]) for name in ("at", "latest_end")}
    rows = list(map(list, ask_driver(reading.connection, _text(query, reading.scope), asked | moments)))
    for row in rows:
        for place in _INSTANTS_OF_ENTRY:
            if row[place] is not None:
                row[place] = instant_of_file(row[place])
    return rows, file_row_mapper(Case)


@cache
def _text(query: Callable[..., Select[Any]], scope: ReadScope) -> str:
    return as_text(query(scope))


def _with_what_is_said(
    rows: Iterable[Sequence[Any]], read: Callable[[Sequence[Any]], Any]
) -> list[tuple[Case, CaseLists]]:
    """Bring together what the rows of each case say beside it, which `read` makes a record."""
    found: dict[str, tuple[Case, list[Sequence[Any]]]] = {}
    for row in rows:
        case = read(row[:-_LISTS_WIDTH])
        found.setdefault(case.case_ref, (case, []))[1].append(row[-_LISTS_WIDTH:])
    return [(case, _case_lists(said)) for case, said in found.values()]


def _values(user: str, case_ref: str, at: datetime) -> dict[str, Any]:
    return {"user": user, "case_ref": case_ref, "at": at, "latest_end": at + BREAK_GLASS_DURATION}


def _case_lists(rows: Sequence[Sequence[Any]]) -> CaseLists:
    restricted, case_team, message, user_team = rows[0][-4:]
    return CaseLists(
        entries=tuple(access_entry_of(row[:-4]) for row in rows if row[0] is not None),
        restriction=CaseRestriction(bool(restricted), case_team, message),
        user_team=user_team,
    )


@cache
def _lists_query(*, is_server: bool) -> Select[Any]:
    one = select(literal_column("1").label("one")).subquery()
    return _with_lists(select(), one, text_parameter("case_ref"), is_server=is_server)


@cache
def _case_query(scope: ReadScope) -> Select[Any]:
    case_ref = text_parameter("case_ref")
    asked = select(*scope.columns(Case, cases)).where(cases.c.case_ref == case_ref)
    return _with_lists(asked, cases, case_ref, is_server=False)


@cache
def _its_persons_cases_query(scope: ReadScope) -> Select[Any]:
    its = cases.alias("its")
    case_ref = text_parameter("case_ref")
    person = select(its.c.person_ref).where(its.c.case_ref == case_ref).scalar_subquery()
    asked = select(*scope.columns(Case, cases)).where(cases.c.person_ref == person)
    return _with_lists(asked, cases, cases.c.case_ref, is_server=False)


@cache
def _cases_of_people_query(scope: ReadScope, *, is_server: bool, is_one: bool) -> Select[Any]:
    owner = (source := scope.source_table(Case)).c.person_ref
    several = bindparam("asked", type_=String(), expanding=True)
    theirs = owner == text_parameter("asked") if is_one else owner.in_(several)
    asked = select(*scope.columns(Case, source)).where(theirs)
    return _with_lists(asked, source, source.c.case_ref, is_server=is_server)


def _with_lists(
    asked: Select[Any],
    source: Any,  # noqa: ANN401 - a table or a subquery
    case_ref: ColumnElement[Any],
    *,
    is_server: bool,
) -> Select[Any]:
    """Add the lists to a query of cases: as many rows of each as the user has entries, and one where they have none."""
    user = text_parameter("user")
    now: ColumnElement[datetime] = func.clock_timestamp() if is_server else bindparam("at", type_=Instant())
    latest_end = (
        now + literal(BREAK_GLASS_DURATION, Interval()) if is_server else bindparam("latest_end", type_=Instant())
    )
    mine = and_(access_entry.c.case_ref == case_ref, access_entry.c.user_name == user, is_current_at(now, latest_end))
    joined = source.outerjoin(access_entry, mine)
    said: tuple[ColumnElement[Any], ...] = (null(), null(), null(), null())
    if not is_server:
        joined = joined.outerjoin(case_standing, case_standing.c.case_ref == case_ref)
        joined = joined.outerjoin(users, users.c.name == user)
        said = (case_standing.c.restricted, case_standing.c.team, case_standing.c.message, users.c.team)
    labelled = (each.label(f"list_{n}") for n, each in enumerate((*ENTRY_COLUMNS, *said)))
    return asked.add_columns(*labelled).select_from(joined).order_by(access_entry.c.id.desc())
