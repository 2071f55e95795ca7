"""Lists of cases and people: the ids that match a query, and finished rows for some of them; headers only."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from ioms_desktop.domain.access.roles import Right, visible_programmes
from ioms_desktop.domain.duties.row_figures import RowFigures
from ioms_desktop.domain.errors import Stopped
from ioms_desktop.domain.policy.case_facts import NO_STEP
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.records.cases import has_ended
from ioms_desktop.domain.search.search_query import parse_search
from ioms_desktop.domain.text_format import format_name
from ioms_desktop.services.cases.results import evaluate_due, result_scope
from ioms_desktop.services.cases.standing import read_rows
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Session
from ioms_desktop.storage.cases.results import DueCase, ResultScope
from ioms_desktop.storage.cases.standing_rows import list_not_standing
from ioms_desktop.storage.queries import caseload as cases
from ioms_desktop.storage.queries import people
from ioms_desktop.storage.queries.caseload import CaseConditions
from ioms_desktop.storage.queries.caseload_order import KEPT_ORDERS, index_by_results
from ioms_desktop.storage.queries.caseload_rows import CaseloadFacts, case_page, case_window
from ioms_desktop.storage.queries.people import PeopleConditions
from ioms_desktop.storage.queries.search import FoundCase, FoundPerson, list_cases_of
from ioms_desktop.storage.records.read import Reading

if TYPE_CHECKING:
    from array import array

FIRST_PAGE_ROWS = 200
"""Rows of the first screen, asked for before all are counted."""
NEWER_QUERY_MESSAGE = "Something newer was asked for. The list shows that."
Due = Mapping[str, DueCase]
"""Cases of which no result stands."""
Evaluate = Callable[[Session, Reading, ResultScope, Due], Mapping[str, RowFigures]]
"""Finds what an order needs of cases of which no result stands."""


class CaseRow(NamedTuple):
    """One case in the caseload, as of today.

    Attributes:
        last_contact: The day of the last completed contact.
        next_due: When the next contact keeps the standard, or the next action is due, whichever is first.
        worker: Who works with the person: the navigator on Phoenix, else the police offender manager.
        in_custody: Whether the person is in custody.
    """

    id: int
    case_ref: str
    person_ref: str
    family_name: str
    given_names: str
    born_on: date
    programme: str
    cohort: str | None
    status: str
    closed: bool
    rag: str | None
    engagement: int | None
    step: str
    last_contact: date | None
    next_due: date | None
    worker: str | None
    in_custody: bool

    @property
    def name(self) -> str:
        """Family name first."""
        return format_name(self.family_name, self.given_names)


class PersonRow(NamedTuple):
    """One person, with the cases the user may see."""

    id: int
    person_ref: str
    family_name: str
    given_names: str
    known_as: str | None
    born_on: date
    pnc_id: str | None
    cases: tuple[FoundCase, ...]

    @property
    def name(self) -> str:
        """Family name first."""
        return format_name(self.family_name, self.given_names)


def _evaluate(
    session: Session, reading: Reading, scope: ResultScope, due: Due, progress: ProgressCallback = no_progress
) -> dict[str, RowFigures]:
    found = evaluate_due(session, reading, scope, due, progress)
    return {each.due.case_ref: each.row for each in found if each.row is not None}


def case_ids(session: Session, query: ListQuery, evaluate: Evaluate = _evaluate) -> "array[int]":
    """Return the ids of the cases that match a query, in order.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    session = session.at_one_instant()
    with session.store.read(facts_only=True) as reading:
        conditions = _case_filter(session, query)
        if conditions.sort in KEPT_ORDERS:
            return _ids_by_results(session, reading, conditions, evaluate)
        return cases.case_index(reading, conditions)


def first_case_rows(session: Session, query: ListQuery, evaluate: Evaluate = _evaluate) -> list[CaseRow]:
    """Return only the rows of the first screen, in order, quickly.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    session = session.at_one_instant()
    scope, conditions = result_scope(session), _case_filter(session, query)
    with session.store.read(facts_only=True) as reading:
        if conditions.sort in KEPT_ORDERS:
            ids = _ids_by_results(session, reading, conditions, evaluate, FIRST_PAGE_ROWS)
            rows = {each.id: each for each in case_window(reading, ids, scope)}
            found = [rows[number] for number in ids if number in rows]
        else:
            found = case_page(reading, conditions, scope, FIRST_PAGE_ROWS)
        return _shown_rows(session, reading, scope, found)


class CaseQueries:
    """The queries of one list of cases, of which only the newest counts: the first rows, and then the id of every case.

    The evaluation of many cases for an older query ends when a newer one begins. What the first rows needed is handed
    to the query that follows, because a copy that can only be read keeps nothing of it.
    """

    def __init__(self, session: Session) -> None:
        """Query as a user."""
        self._session = session
        self._newest = object()
        self._handed: tuple[ResultScope, Due, Mapping[str, RowFigures]] | None = None

    def first_rows(self, query: ListQuery) -> list[CaseRow]:
        """Return what `first_case_rows` does.

        Raises:
            Stopped: A newer query began.
        """
        self._handed, self._newest = None, (newest := object())

        def evaluate(session: Session, reading: Reading, scope: ResultScope, due: Due) -> Mapping[str, RowFigures]:
            found = _evaluate(session, reading, scope, due, partial(self._go_on, newest))
            self._handed = scope, due, found
            return found

        return first_case_rows(self._session, query, evaluate)

    def ids(self, query: ListQuery) -> "array[int]":
        """Return what `case_ids` does.

        Raises:
            Stopped: A newer query began.
        """
        handed, self._handed, self._newest = self._handed, None, (newest := object())

        def evaluate(session: Session, reading: Reading, scope: ResultScope, due: Due) -> Mapping[str, RowFigures]:
            known: dict[str, RowFigures] = {}
            if handed is not None and handed[0] == scope:
                _, former, found = handed
                known = {ref: figures for ref, figures in found.items() if ref in due and due[ref] == former[ref]}
            rest = {ref: each for ref, each in due.items() if ref not in known}
            return {**known, **_evaluate(session, reading, scope, rest, partial(self._go_on, newest))}

        return case_ids(self._session, query, evaluate)

    def _go_on(self, asked: object, _done: int, _total: int, _step: str = "", /) -> None:
        if asked is not self._newest:
            raise Stopped(NEWER_QUERY_MESSAGE)


def _ids_by_results(
    session: Session, reading: Reading, conditions: CaseConditions, evaluate: Evaluate, limit: int | None = None
) -> "array[int]":
    """Return the ids in an order of kept results, after the cases of which none stands were evaluated."""
    scope = result_scope(session)
    due = list_not_standing(reading, scope, conditions.programmes, is_counted=limit is None)
    found = evaluate(session, reading, scope, due)
    return index_by_results(reading, conditions, scope, found, limit)


def _case_filter(session: Session, query: ListQuery) -> CaseConditions:
    today = session.today()
    seen, chosen = visible_programmes(session.role), query.chosen("programme")
    standing = query.chosen("open")
    return CaseConditions(
        on=today,
        terms=parse_search(query.text, today.year),
        programmes=seen if not chosen else chosen if seen is None else chosen & seen,
        cohorts=session.lists.of("cohort").spellings(query.chosen("cohort")),
        rags=session.lists.of("rag").spellings(query.chosen("rag")),
        is_open=None if len(standing) != 1 else "open" in standing,
        workers=session.names.all_of(session.user) if query.chosen("mine") else (),
        in_custody=bool(query.chosen("custody")),
        unchanged_since=_drifting_from(session, today) if query.chosen("drift") else None,
        pathways=tuple((each.code, each.synonym_of) for each in session.lists.of("pathway") if each.synonym_of),
        sort=query.sort if query.sort in {*cases.SORT_ORDERS, *KEPT_ORDERS} else "name",
        descending=query.descending,
        steps=tuple(step.code for step in session.ladder if step.code != NO_STEP),
    )


def _drifting_from(session: Session, today: date) -> date:
    """Return the latest day of the last change at which a case counts as drifting."""
    return today - timedelta(days=session.policy(today).standards.drift_days)


def case_rows(session: Session, ids: Sequence[int]) -> list[CaseRow]:
    """Return the rows of some cases; cases that have been removed are left out.

    What a row says besides its header is from the kept result of its case, which is brought up to date first.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    session = session.at_one_instant()
    scope, seen = result_scope(session), visible_programmes(session.role)
    with session.store.read(facts_only=True) as reading:
        found = case_window(reading, ids, scope)
        if seen is not None:
            found = [each for each in found if each.programme in seen]
        return _shown_rows(session, reading, scope, found)


def _shown_rows(session: Session, reading: Reading, scope: ResultScope, found: list[CaseloadFacts]) -> list[CaseRow]:
    """Turn what was read into rows, after the cases of which no result stands were evaluated."""
    waiting = [each.case_ref for each in found if not each.stands]
    if waiting:
        rows = read_rows(session, reading, waiting)
        found = [
            each if each.stands else each.with_figures(rows[each.case_ref])
            for each in found
            if each.stands or each.case_ref in rows
        ]
    return [_case_row(session, each, scope.today) for each in found]


def _case_row(session: Session, facts: CaseloadFacts, today: date) -> CaseRow:
    closed = has_ended(facts.closed_on, today)
    next_due, contact_due = (None, None) if closed else (facts.next_action_on, facts.contact_due_on)
    if contact_due is not None and (next_due is None or contact_due < next_due):
        next_due = contact_due
    worker = facts.navigator if facts.programme == "PHOENIX" else facts.police_om
    # In the order of its fields: by name, a screen of rows takes twice as long to make.
    return CaseRow(
        facts.id,
        facts.case_ref,
        facts.person_ref,
        facts.family_name,
        facts.given_names,
        facts.date_of_birth,
        facts.programme,
        facts.cohort,
        facts.status,
        closed,
        facts.rag,
        facts.engagement,
        facts.step,
        facts.last_contact_on,
        next_due,
        session.names.of(worker or facts.probation_practitioner or facts.police_om or facts.navigator) or None,
        facts.in_custody,
    )


def person_ids(session: Session, query: ListQuery) -> "array[int]":
    """Return the ids of the people that match, in order; where roles differ only those with a case the user may see.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    with session.store.read() as reading:
        return people.person_index(reading, _people_listed(session, reading, query))


def first_person_rows(session: Session, query: ListQuery) -> list[PersonRow]:
    """Return only the rows of the first screen, in order, quickly.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    with session.store.read() as reading:
        listed = _people_listed(session, reading, query)
        return _person_rows(session, reading, people.person_page(reading, listed, FIRST_PAGE_ROWS))


def _people_listed(session: Session, reading: Reading, query: ListQuery) -> PeopleConditions:
    return PeopleConditions(
        terms=parse_search(query.text, session.today().year),
        # A server shows each person the people of their cases and no others.
        programmes=None if reading.server_enforces_access else visible_programmes(session.role),
        recorder=session.user,
        sort=query.sort if query.sort in people.SORT_COLUMNS else "name",
        descending=query.descending,
    )


def person_rows(session: Session, ids: Sequence[int]) -> list[PersonRow]:
    """Return the rows of some people; people who have been removed are left out.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    with session.store.read() as reading:
        return _person_rows(session, reading, people.person_window(reading, ids))


def _person_rows(session: Session, reading: Reading, found: Sequence[FoundPerson]) -> list[PersonRow]:
    theirs: dict[str, list[FoundCase]] = {}
    for case in list_cases_of(reading, [person.person_ref for person in found], visible_programmes(session.role)):
        theirs.setdefault(case.person_ref, []).append(case)
    return [PersonRow(*person, tuple(theirs.get(person.person_ref, ()))) for person in found]
