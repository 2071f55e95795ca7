"""Streams the rows of every case for the rules, in order, with only the columns that can matter."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import partial
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import ColumnElement, FromClause, Select, Table, Text, and_, or_, select, type_coerce
from sqlalchemy.types import NullType

from ioms_desktop.domain.dates.calendar import DAY, CustodyPeriod
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.policy.build_facts import CountedFacts, WaitingTimes
from ioms_desktop.domain.policy.case_facts import (
    CONTROL_ARM,
    DELIVERED_PREFIX,
    ActionFact,
    CaseFacts,
    ConcernFact,
    ContactFact,
    DecisionFact,
    OfferFact,
    RagFact,
    RatingFact,
)
from ioms_desktop.domain.policy.case_history import history_of_present
from ioms_desktop.domain.policy.in_force import OrderFact
from ioms_desktop.storage.records.cases_asked import EVERY_CASE, CasesAsked
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import tables

ROWS_PER_FETCH = 5_000
MOST_MOMENTS_KEPT = 20_000
FACT_COLUMNS: dict[str, tuple[str, ...]] = {
    "cases": (
        "case_ref",
        "person_ref",
        "programme",
        "adopted_on",
        "notified_on",
        "closed_on",
        "trial_arm",
        "statutory_status",
        "iom_licence_condition",
        "notice_served_on",
        "release_plan_on",
        "expected_release_on",
        "cohort",
    ),
    "contacts": ("contact_ref", "occurred_at", "planned", "outcome", "minutes", "contact_type"),
    "ratings": ("week_commencing", "rated_on", "level", "role"),
    "offers": ("offer_ref", "offered_on", "response", "responded_on", "ended_on"),
    "concerns": (
        "concern_ref",
        "occurred_on",
        "concern_type",
        "offence_group",
        "source_grade",
        "information_grade",
        "handling",
        "outcome",
        "outcome_on",
    ),
    "decisions": ("decision_ref", "decided_on", "rule", "decision", "step", "actioned_on"),
    "rag": ("set_on", "rag"),
    "notifications": ("attempted_on", "outcome"),
    "actions": ("action_ref", "due_on", "done_on", "cancelled_on"),
    "custody": ("received_on", "released_on"),
    "orders": ("order_ref", "order_type", "made_on", "ends_on", "ended_on"),
}
RECORDED_AT = "recorded_at"
"""Read last of every record, to tell what was recorded after the case was."""

Rows = Iterable[tuple[Any, ...]]


class _DateCache(dict[str | date | None, Any]):
    """A cache from a driver's value to its date: a database has few distinct days."""

    def __missing__(self, given: str | date) -> date:
        self[given] = day = given if isinstance(given, date) else date.fromisoformat(given)
        return day


class _TimeCache(dict[str, time | None]):
    """A cache from the time part of a stored moment to its time."""

    def __missing__(self, given: str) -> time | None:
        return self.setdefault(given, time.fromisoformat(given))


class _MomentCache(dict[str, DayTime]):
    """A cache from a stored moment to its day and time: people meet on the hour, so that many recur."""

    def __missing__(self, given: str) -> DayTime:
        if len(self) >= MOST_MOMENTS_KEPT:
            self.clear()
        self[given] = at = DayTime(DATE_CACHE[given[:10]], TIME_CACHE[given[10:]])
        return at


class _InstantCache(dict[str | datetime, datetime]):
    """A cache from a driver's value to its instant (UTC)."""

    def __missing__(self, given: str | datetime) -> datetime:
        at = given if isinstance(given, datetime) else datetime.fromisoformat(given)
        self[given] = at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        return at


DATE_CACHE = _DateCache({None: None})
INSTANT_CACHE = _InstantCache()
TIME_CACHE = _TimeCache({"": None})
MOMENT_CACHE = _MomentCache()


# A fact of each row is made from a tuple at once: by the names of its fields it takes three times as long.
_contact: Callable[[tuple[Any, ...]], ContactFact] = partial(tuple.__new__, ContactFact)
_rating: Callable[[tuple[Any, ...]], RatingFact] = partial(tuple.__new__, RatingFact)

# Rows are used as the driver gives them, the case first: converting a million of them one by one would take longer than
# the rules themselves.
FACT_BUILDERS: dict[str, Callable[[Rows], list[Any]]] = {
    "contacts": lambda rows: [
        _contact((ref, MOMENT_CACHE[at], planned != 0, outcome, minutes, kind))
        for _, ref, at, planned, outcome, minutes, kind, _ in rows
    ],
    "ratings": lambda rows: [
        _rating((DATE_CACHE[week], DATE_CACHE[on], level, role)) for _, week, on, level, role, _ in rows
    ],
    "offers": lambda rows: [
        OfferFact(ref, DATE_CACHE[offered], response, DATE_CACHE[responded], DATE_CACHE[ended])
        for _, ref, offered, response, responded, ended, _ in rows
    ],
    "concerns": lambda rows: [
        ConcernFact(ref, DATE_CACHE[on], kind, group, source, information, handling, outcome, DATE_CACHE[ended])
        for _, ref, on, kind, group, source, information, handling, outcome, ended, _ in rows
    ],
    "decisions": lambda rows: [
        DecisionFact(ref, DATE_CACHE[on], rule, decision, step, DATE_CACHE[actioned])
        for _, ref, on, rule, decision, step, actioned, _ in rows
    ],
    "rag": lambda rows: [RagFact(DATE_CACHE[on], rag, "") for _, on, rag, _ in rows],
    "notifications": lambda rows: [
        DATE_CACHE[on] if outcome.startswith(DELIVERED_PREFIX) else None for _, on, outcome, _ in rows
    ],
    "actions": lambda rows: [
        ActionFact(ref, DATE_CACHE[due], DATE_CACHE[done], DATE_CACHE[cancelled])
        for _, ref, due, done, cancelled, _ in rows
    ],
    "custody": lambda rows: [
        CustodyPeriod(DATE_CACHE[received], DATE_CACHE[released]) for _, received, released, _ in rows
    ],
    "orders": lambda rows: [
        OrderFact(kind, DATE_CACHE[made], DATE_CACHE[ends], ref, DATE_CACHE[ended])
        for _, ref, kind, made, ends, ended, _ in rows
    ],
}


FIELD_BY_TABLE = {name: "delivered_on" if name == "notifications" else name for name in FACT_BUILDERS}
"""The field of `CaseFacts` that holds the facts of a table."""
TABLES_NOT_USED_BY_TRIGGERS = frozenset({"rag", "actions"})


_PROGRAMME, _TRIAL_ARM = (FACT_COLUMNS["cases"].index(name) for name in ("programme", "trial_arm"))
_NO_CASE: tuple[str, Rows] = ("", ())
_RECORDED = itemgetter(-1)


class CaseRowStream:
    """The rows of one table in order of cases, read one case after the other.

    Attributes:
        case_ref: The next case that has any; empty after the last.
    """

    def __init__(self, rows: Rows) -> None:
        """Wrap the rows."""
        self._groups: Iterator[tuple[str, Rows]] = groupby(rows, key=itemgetter(0))
        self.case_ref, self._rows = next(self._groups, _NO_CASE)

    def pop_rows(self) -> list[tuple[Any, ...]]:
        """Return the rows of the next case that has any, and go on to the one after it."""
        rows = list(self._rows)
        self.case_ref, self._rows = next(self._groups, _NO_CASE)
        return rows


def stream_case_facts(reading: Reading, asked: CasesAsked = EVERY_CASE) -> Iterator[CaseFacts]:
    """Iterate over the current state of every case, as `stream_cases` does."""
    return (history[-1] for history in stream_cases(reading, WaitingTimes(), asked))


def stream_cases(
    reading: Reading, waits: WaitingTimes, asked: CasesAsked = EVERY_CASE, *, left_out: Collection[str] = ()
) -> Iterator[tuple[CaseFacts, ...]]:
    """Iterate over the history of every case, in bytewise order of references, as far as its present records tell.

    Args:
        reading: The database; rows are streamed, so that only one case at a time is in memory.
        waits: The waiting times of the policy.
        asked: Which cases. As known at an instant this is the whole history only of a case of which nothing was
            corrected.
        left_out: The references of cases that are not to be returned.
    """
    reading.extend_timeouts()
    cases = tables.cases
    read: list[ColumnElement[Any]] = [
        type_coerce(reading.scope.column(cases, name), NullType()) for name in (*FACT_COLUMNS["cases"], RECORDED_AT)
    ]
    query: Select[Any] = select(*read).order_by(cases.c.case_ref)
    if asked.programme is not None:
        query = query.where(cases.c.programme == asked.programme)
    queries = {"": query, **_queries_of_facts(reading, asked)}
    queries = {name: asked.narrow(each, is_local=reading.is_local) for name, each in queries.items()}
    streams = {name: CaseRowStream(_stream_rows(reading, each)) for name, each in queries.items() if name}
    rows = _stream_rows(reading, queries[""])
    histories = _streamed_cases(rows, streams, asked.known_at, left_out, asked.counted)
    return (_streamed_case(*each, waits) for each in histories)


def _queries_of_facts(reading: Reading, asked: CasesAsked) -> dict[str, Select[Any]]:
    """Build the query of each table, whose first column is the reference of the case."""
    programme, counted = asked.programme, asked.counted
    names = [name for name in FACT_BUILDERS if counted is None or name not in TABLES_NOT_USED_BY_TRIGGERS]
    sources = {name: reading.scope.facts_table(name, asked.among) for name in names}
    if not reading.is_local:
        sources = {name: _by_case(name, source, programme, counted) for name, source in sources.items()}
    queries = {name: _facts_query(name, source, programme) for name, source in sources.items()}
    if counted is not None:
        queries["contacts"] = _counted_contacts_query(reading, sources["contacts"], counted, programme, asked.as_of)
        ratings = sources["ratings"].c
        levels = frozenset[int]().union(*(each.levels for each in counted.values()))
        queries["ratings"] = queries["ratings"].where(ratings.role == "NAVIGATOR", ratings.level.in_(sorted(levels)))
    elif asked.as_of is not None:
        at = type_coerce(sources["contacts"].c.occurred_at, Text)
        queries["contacts"] = queries["contacts"].where(at < (asked.as_of + DAY).isoformat())
    if asked.known_at is None:
        return queries
    return {name: each.where(sources[name].c[RECORDED_AT] <= asked.known_at) for name, each in queries.items()}


def _streamed_cases(
    cases: Rows,
    streams: Mapping[str, CaseRowStream],
    known_at: datetime | None,
    left_out: Collection[str],
    counted: Mapping[str, CountedFacts] | None,
) -> Iterator[tuple[tuple[Any, ...], dict[str, list[tuple[Any, ...]]]]]:
    """Iterate over the row of each case and its rows of each table that can matter."""
    not_counted = {
        programme: [name for name in streams if FIELD_BY_TABLE[name] not in each.fields]
        for programme, each in ({} if counted is None else counted).items()
    }
    for case in cases:
        case_ref = case[0]
        rows = {name: stream.pop_rows() for name, stream in streams.items() if stream.case_ref == case_ref}
        if case_ref in left_out or (known_at is not None and INSTANT_CACHE[case[-1]] > known_at):
            continue
        if counted is not None:
            if case[_TRIAL_ARM] == CONTROL_ARM:
                continue
            for name in not_counted[case[_PROGRAMME]]:
                rows.pop(name, None)
        yield case, rows


def _streamed_case(
    row: tuple[Any, ...], rows: Mapping[str, Sequence[tuple[Any, ...]]], waits: WaitingTimes
) -> tuple[CaseFacts, ...]:
    facts = {name: FACT_BUILDERS[name](found) for name, found in rows.items()}
    case = facts_of_row(row, facts)
    # What was recorded as a whole has one state; only the other cases are looked at record by record.
    at = row[-1]
    if all(max(map(_RECORDED, found)) <= at for found in rows.values()):
        return (case,)
    versions = {
        FIELD_BY_TABLE[name]: [
            (fact, INSTANT_CACHE[each[-1]]) for fact, each in zip(found, rows[name], strict=True) if fact is not None
        ]
        for name, found in facts.items()
        if name not in TABLES_NOT_USED_BY_TRIGGERS
    }
    return history_of_present(case, INSTANT_CACHE[at], versions, waits)


def facts_of_row(row: tuple[Any, ...], facts: Mapping[str, Sequence[Any]]) -> CaseFacts:
    """Return the facts of a case: its own from the values of `FACT_COLUMNS` and when it was recorded, and the others.

    Args:
        row: The values, as the driver gives them or as a record has them.
        facts: The facts of each table; a table without any may be missing.
    """
    held: dict[str, Any] = {name: tuple(found) for name, found in facts.items()}
    attempts = held.pop("notifications", ())
    ref, _, programme, adopted, notified, closed, arm, statutory, condition, notice, plan, release, cohort, _ = row
    return CaseFacts(
        case_ref=ref,
        programme=programme,
        starts_on=DATE_CACHE[adopted if programme == "IOM" else notified],
        closed_on=DATE_CACHE[closed],
        trial_arm=arm,
        statutory_status=statutory,
        iom_licence_condition=bool(condition),
        notice_served_on=DATE_CACHE[notice],
        release_plan_on=DATE_CACHE[plan],
        expected_release_on=DATE_CACHE[release],
        cohort=cohort,
        delivered_on=tuple([on for on in attempts if on is not None]),
        **held,
    )


def _by_case(
    name: str, table: FromClause, programme: str | None, counted: Mapping[str, CountedFacts] | None
) -> FromClause:
    """Have a server look up the rows of each case where a query joins them to the cases.

    A join to a view with a barrier cannot be asked by an index: expecting few rows, as it does before statistics are
    there, a server compared every case with every row. This is one look-up by an index a case, whatever is expected.
    """
    is_counted = name == "contacts" and counted is not None
    of_person = "person_ref" in table.c
    if not isinstance(table, Table) or not (is_counted or of_person or programme is not None):
        return table
    owner = "person_ref" if of_person else "case_ref"
    read = dict.fromkeys((owner, *FACT_COLUMNS[name], RECORDED_AT))
    of_case = select(*(table.c[each] for each in read)).where(table.c[owner] == tables.cases.c[owner])
    # Because it is sorted it stays a query of its own; else it would be taken for a join after all.
    return of_case.order_by(table.c.id).lateral(table.name)


def _facts_query(name: str, table: FromClause, programme: str | None) -> Select[Any]:
    cases = tables.cases
    owner = "person_ref" if "person_ref" in table.c else "case_ref"
    ordered = cases.c.case_ref if owner == "person_ref" else table.c.case_ref
    query: Select[Any] = select(ordered, *_untyped_columns(table, (*FACT_COLUMNS[name], RECORDED_AT)))
    if owner == "person_ref" or programme is not None:
        query = query.join_from(cases, table, cases.c[owner] == table.c[owner])
    if owner == "case_ref":
        query = query.where(table.c.case_ref.is_not(None))
    if programme is not None:
        query = query.where(cases.c.programme == programme)
    return query.order_by(ordered)


def _counted_contacts_query(
    reading: Reading,
    contacts: FromClause,
    counted: Mapping[str, CountedFacts],
    programme: str | None,
    as_of: date | None,
) -> Select[Any]:
    cases = tables.cases
    wanted = {name: sorted(each.outcomes) for name, each in counted.items() if programme in {None, name}}
    begun = {name: cases.c.adopted_on if name == "IOM" else cases.c.notified_on for name in wanted}
    of_programmes = (
        and_(
            cases.c.programme == name,
            contacts.c.outcome.in_(each),
            *(() if as_of is None else (begun[name] <= as_of,)),
        )
        for name, each in wanted.items()
    )
    return (
        select(*_untyped_columns(contacts, ("case_ref", *FACT_COLUMNS["contacts"], RECORDED_AT)))
        .join_from(cases, contacts, cases.c.case_ref == contacts.c.case_ref)
        .where(or_(*of_programmes))
        .where(reading.scope.column(cases, "trial_arm").is_distinct_from(CONTROL_ARM))
        .order_by(cases.c.case_ref)
    )


def _untyped_columns(table: FromClause, names: Iterable[str]) -> list[ColumnElement[Any]]:
    return [type_coerce(table.c[name], NullType()) for name in names]


def _stream_rows(reading: Reading, query: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """Stream the rows as the driver gives them; a server sends them in batches, a file on demand."""
    if reading.connection.dialect.name == "postgresql":
        found = reading.connection.execute(query, execution_options={"yield_per": ROWS_PER_FETCH})
        return chain.from_iterable(found.partitions())
    cursor = reading.connection.execute(query).cursor
    return iter(()) if cursor is None else cast("Iterator[tuple[Any, ...]]", cursor)
