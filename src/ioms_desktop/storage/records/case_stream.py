"""The whole book for the rules: rows of every case in order, streamed, only the columns that can matter."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, time
from itertools import chain, groupby
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Table, and_, or_, select, type_coerce
from sqlalchemy.types import NullType

from ioms_desktop.domain.dates.calendar import Spell
from ioms_desktop.domain.dates.day_time import Moment
from ioms_desktop.domain.policy.case_facts import (
    DELIVERED,
    ActionFact,
    Chronology,
    ConcernFact,
    ContactFact,
    DecisionFact,
    OfferFact,
    OrderFact,
    RagFact,
    RatingFact,
)
from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import tables, views

STREAM = 5_000
NAMES: dict[str, tuple[str, ...]] = {
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
    ),
    "contacts": ("contact_ref", "occurred_at", "planned", "outcome", "minutes"),
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
    ),
    "decisions": ("decision_ref", "decided_on", "rule", "decision", "step", "actioned_on"),
    "rag": ("set_on", "rag"),
    "notifications": ("attempted_on", "outcome"),
    "actions": ("action_ref", "due_on", "done_on", "cancelled_on"),
    "custody": ("received_on", "released_on"),
    "orders": ("order_type", "made_on", "ends_on"),
}

Rows = Iterable[tuple[Any, ...]]


class _Days(dict[str | date | None, Any]):
    """The day of what a driver gives for one; a book has few days, and each is read once."""

    def __missing__(self, given: str | date) -> date:
        self[given] = day = given if isinstance(given, date) else date.fromisoformat(given)
        return day


class _Times(dict[str, time | None]):
    """The time of what follows the day in the text of a moment."""

    def __missing__(self, given: str) -> time | None:
        return self.setdefault(given, time.fromisoformat(given))


DAYS = _Days({None: None})
TIMES = _Times({"": None})


def _moment(text: str) -> Moment:
    return Moment(DAYS[text[:10]], TIMES[text[10:]])


# The rows come as the driver gives them, the case first: converting a million of them one by one would take longer than
# the rules themselves.
FACTS: dict[str, Callable[[Rows], list[Any]]] = {
    "contacts": lambda rows: [
        ContactFact(ref, _moment(at), bool(planned), outcome, minutes) for _, ref, at, planned, outcome, minutes in rows
    ],
    "ratings": lambda rows: [RatingFact(DAYS[week], DAYS[on], level, role) for _, week, on, level, role in rows],
    "offers": lambda rows: [
        OfferFact(ref, DAYS[offered], response, DAYS[responded], DAYS[ended])
        for _, ref, offered, response, responded, ended in rows
    ],
    "concerns": lambda rows: [ConcernFact(ref, DAYS[on], *graded) for _, ref, on, *graded in rows],
    "decisions": lambda rows: [
        DecisionFact(ref, DAYS[on], rule, decision, step, DAYS[actioned])
        for _, ref, on, rule, decision, step, actioned in rows
    ],
    "rag": lambda rows: [RagFact(DAYS[on], rag, "") for _, on, rag in rows],
    "notifications": lambda rows: [DAYS[on] for _, on, outcome in rows if outcome.startswith(DELIVERED)],
    "actions": lambda rows: [
        ActionFact(ref, DAYS[due], DAYS[done], DAYS[cancelled]) for _, ref, due, done, cancelled in rows
    ],
    "custody": lambda rows: [Spell(DAYS[received], DAYS[released]) for _, received, released in rows],
    "orders": lambda rows: [OrderFact(kind, DAYS[made], DAYS[ends]) for _, kind, made, ends in rows],
}


UNRULED = frozenset({"rag", "actions"})


class Stream:
    """The rows of one table in the order of the cases; asked for the facts of one case after the other."""

    def __init__(self, rows: Rows, facts: Callable[[Rows], list[Any]]) -> None:
        """Take the rows, and what makes facts of those of one case."""
        self._groups = groupby(rows, key=itemgetter(0))
        self._facts = facts
        self._head: tuple[str, Rows] | None = next(self._groups, None)

    def take(self, case_ref: str) -> tuple[Any, ...]:
        """Give the facts of a case; cases are asked for in the order of their references."""
        if self._head is None or self._head[0] != case_ref:
            return ()
        facts = tuple(self._facts(self._head[1]))
        self._head = next(self._groups, None)
        return facts


def chronologies(
    reading: Reading, programme: str | None = None, counted: Mapping[str, Collection[str]] | None = None
) -> Iterator[Chronology]:
    """Give the present state of every case, in the order of the case references, byte by byte.

    Args:
        reading: Where to read; rows are streamed, one case at a time stands in memory.
        programme: One programme only; None for both.
        counted: For triggers alone: the contact outcomes that count, by programme. Other contacts, RAG and actions
            are left out, which no rule looks at. None for everything.
    """
    reading.patiently()
    cases = tables.cases
    read: list[ColumnElement[Any]] = [
        type_coerce(reading.sight.column(cases, name), NullType()) for name in NAMES["cases"]
    ]
    query: Select[Any] = select(*read).order_by(cases.c.case_ref)
    if programme is not None:
        query = query.where(cases.c.programme == programme)
    names = [name for name in FACTS if counted is None or name not in UNRULED]
    queries = {name: _query(name, programme) for name in names}
    if counted is not None:
        queries["contacts"] = _counted_contacts(counted, programme)
    streams = {name: Stream(_rows(reading, each), FACTS[name]) for name, each in queries.items()}
    return (_chronology(row, streams) for row in _rows(reading, query))


def _chronology(row: tuple[Any, ...], streams: dict[str, Stream]) -> Chronology:
    ref, _, programme, adopted, notified, closed, arm, statutory, condition, notice, plan, release = row
    return Chronology(
        case_ref=ref,
        programme=programme,
        starts_on=DAYS[adopted if programme == "IOM" else notified],
        closed_on=DAYS[closed],
        trial_arm=arm,
        statutory_status=statutory,
        iom_licence_condition=bool(condition),
        notice_served_on=DAYS[notice],
        release_plan_on=DAYS[plan],
        expected_release_on=DAYS[release],
        custody=streams["custody"].take(ref),
        orders=streams["orders"].take(ref),
        contacts=streams["contacts"].take(ref),
        ratings=streams["ratings"].take(ref),
        offers=streams["offers"].take(ref),
        concerns=streams["concerns"].take(ref),
        decisions=streams["decisions"].take(ref),
        rag=streams["rag"].take(ref) if "rag" in streams else (),
        actions=streams["actions"].take(ref) if "actions" in streams else (),
        delivered_on=streams["notifications"].take(ref),
    )


def corrected_cases(reading: Reading, nouns: Iterable[type[Record]]) -> set[str]:
    """Name the cases of which some record of these nouns has a former version."""
    former = views.known["former_version"]
    query = select(former.c.case_ref).where(former.c.table_name.in_([noun.table for noun in nouns])).distinct()
    return {ref for ref in reading.connection.scalars(query) if ref is not None}


def _query(name: str, programme: str | None) -> Select[Any]:
    table, cases = views.known[name], tables.cases
    read = _plain(table, NAMES[name])
    if "person_ref" in table.c:
        query: Select[Any] = select(cases.c.case_ref, *read).join_from(
            cases, table, cases.c.person_ref == table.c.person_ref
        )
        ordered = cases.c.case_ref
    else:
        query = select(table.c.case_ref, *read).where(table.c.case_ref.is_not(None))
        ordered = table.c.case_ref
        if programme is not None:
            query = query.join(cases, cases.c.case_ref == table.c.case_ref)
    if programme is not None:
        query = query.where(cases.c.programme == programme)
    return query.order_by(ordered)


def _counted_contacts(counted: Mapping[str, Collection[str]], programme: str | None) -> Select[Any]:
    contacts, cases = views.known["contacts"], tables.cases
    wanted = {name: sorted(each) for name, each in counted.items() if programme in {None, name}}
    return (
        select(*_plain(contacts, ("case_ref", *NAMES["contacts"])))
        .join_from(cases, contacts, cases.c.case_ref == contacts.c.case_ref)
        .where(or_(*(and_(cases.c.programme == name, contacts.c.outcome.in_(each)) for name, each in wanted.items())))
        .order_by(cases.c.case_ref)
    )


def _plain(table: Table, names: Iterable[str]) -> list[ColumnElement[Any]]:
    return [type_coerce(table.c[name], NullType()) for name in names]


def _rows(reading: Reading, query: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """Stream the rows as the driver gives them; a server sends them in portions, a file as they are asked for."""
    if reading.connection.dialect.name == "postgresql":
        found = reading.connection.execute(query, execution_options={"yield_per": STREAM})
        return chain.from_iterable(found.partitions())
    cursor = reading.connection.execute(query).cursor
    return iter(()) if cursor is None else cast("Iterator[tuple[Any, ...]]", cursor)
