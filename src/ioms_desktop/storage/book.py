"""The whole book for the rules: rows of every case in order, streamed, only the columns that can matter."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Row, Select, select

from ioms_desktop.domain.calendar import Spell
from ioms_desktop.domain.chronology import (
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
from ioms_desktop.domain.record import Record
from ioms_desktop.storage import tables
from ioms_desktop.storage.store import Reading

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
    "rag": ("set_on", "rag", "reason"),
    "notifications": ("attempted_on", "outcome"),
    "actions": ("action_ref", "due_on", "done_on", "cancelled_on"),
    "custody": ("received_on", "released_on"),
    "orders": ("order_type", "made_on", "ends_on"),
}

T = TypeVar("T")
Rows = list[tuple[Any, ...]]


class Streams:
    """One ordered stream of rows for each table; asked for the rows of one case after the other."""

    def __init__(self, reading: Reading, names: Sequence[str], programme: str | None) -> None:
        """Open the streams of the tables named."""
        self._streams = {name: self._groups(reading, name, programme) for name in names}
        self._heads: dict[str, tuple[str, Rows] | None] = {n: next(s, None) for n, s in self._streams.items()}

    def _groups(self, reading: Reading, name: str, programme: str | None) -> Iterator[tuple[str, Rows]]:
        for case_ref, rows in groupby(_stream(reading, _query(name, programme)), key=itemgetter(0)):
            yield case_ref, [tuple(row)[1:] for row in rows]

    def take(self, name: str, case_ref: str) -> Rows:
        """Give the rows of a case; cases are asked for in the order of their references."""
        head = self._heads[name]
        if head is None or head[0] != case_ref:
            return []
        self._heads[name] = next(self._streams[name], None)
        return head[1]


def chronologies(reading: Reading, programme: str | None = None) -> Iterator[Chronology]:
    """Give the present state of every case, in the order of the case references, byte by byte.

    Args:
        reading: Where to read; rows are streamed, one case at a time stands in memory.
        programme: One programme only; None for both.
    """
    cases = tables.cases
    query: Select[Any] = select(*(cases.c[name] for name in NAMES["cases"])).order_by(cases.c.case_ref)
    if programme is not None:
        query = query.where(cases.c.programme == programme)
    streams = Streams(reading, [name for name in NAMES if name != "cases"], programme)
    for row in _stream(reading, query):
        yield _chronology(row, streams)


def _chronology(row: Row[Any], streams: Streams) -> Chronology:
    def facts(name: str, make: Callable[[Iterable[Any]], T]) -> tuple[T, ...]:
        return tuple(map(make, streams.take(name, row.case_ref)))

    return Chronology(
        case_ref=row.case_ref,
        programme=row.programme,
        starts_on=row.adopted_on if row.programme == "IOM" else row.notified_on,
        closed_on=row.closed_on,
        trial_arm=row.trial_arm,
        statutory_status=row.statutory_status,
        iom_licence_condition=bool(row.iom_licence_condition),
        notice_served_on=row.notice_served_on,
        release_plan_on=row.release_plan_on,
        expected_release_on=row.expected_release_on,
        custody=facts("custody", Spell._make),
        orders=facts("orders", OrderFact._make),
        contacts=facts("contacts", ContactFact._make),
        ratings=facts("ratings", RatingFact._make),
        offers=facts("offers", OfferFact._make),
        concerns=facts("concerns", ConcernFact._make),
        decisions=facts("decisions", DecisionFact._make),
        rag=facts("rag", RagFact._make),
        actions=facts("actions", ActionFact._make),
        delivered_on=tuple(
            on for on, outcome in streams.take("notifications", row.case_ref) if outcome.startswith(DELIVERED)
        ),
    )


def corrected_cases(reading: Reading, nouns: Iterable[type[Record]]) -> set[str]:
    """Name the cases of which some record of these nouns has a former version."""
    former = tables.former_version
    query = select(former.c.case_ref).where(former.c.table_name.in_([noun.table for noun in nouns])).distinct()
    return {ref for ref in reading.connection.scalars(query) if ref is not None}


def _query(name: str, programme: str | None) -> Select[Any]:
    table, cases = tables.metadata.tables[name], tables.cases
    read = [table.c[column] for column in NAMES[name]]
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


def _stream(reading: Reading, query: Select[Any]) -> Iterator[Row[Any]]:
    yield from reading.connection.execute(query, execution_options={"yield_per": STREAM})
