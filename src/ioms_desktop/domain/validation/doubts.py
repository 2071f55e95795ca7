"""What is odd about a record though it may be true: screens ask about it, and an import warns of it, in the same words.

Each check is a pure function of the record and of what is known beside it. A check that is added to `CHECKS` is asked
on every form and warned of in every import.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol

from ioms_desktop.domain.dates.calendar import CustodyPeriod, age_on, in_custody
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.dates.local_time import NIGHT_ENDS
from ioms_desktop.domain.dates.offset_text import offset_problem
from ioms_desktop.domain.policy.case_facts import CANCELLED_OUTCOMES
from ioms_desktop.domain.records.cases import Case, RagEntry
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.domain.records.custody.transfers import CustodyTransfer
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.people import Assessment, CustodySpell, Order
from ioms_desktop.domain.records.record import Column, ColumnKind, Record, columns_of
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.domain.validation.score_rules import check_band

LONG_CONTACT_MINUTES = 8 * 60
MINUTES_A_DAY = 24 * 60
MIN_AGE, MAX_AGE = 10, 100
AT_LIBERTY_TYPES = frozenset(
    {
        "HOME_VISIT_ANNOUNCED",
        "HOME_VISIT_UNANNOUNCED",
        "OFFICE",
        "JOINT_VISIT",
        "STREET_STOP",
        "GATE_PICKUP",
        "CURFEW_CHECK",
    }
)
"""The types of contact that nobody in custody can have."""
IN_CUSTODY_TYPES = frozenset({"PRISON_VISIT"})
NEVER_HELD_OUTCOMES = CANCELLED_OUTCOMES | {"MOVED"}
DECLINED = "DECLINED"
_WORD = re.compile(r"\w+")


class OfferDates(NamedTuple):
    """What the checks need of an offer: its days, and its answer."""

    offered_on: date
    response: str | None = None
    responded_on: date | None = None
    ended_on: date | None = None

    @classmethod
    def of(cls, offer: Offer) -> "OfferDates":
        """Take them from an offer."""
        return cls(offer.offered_on, offer.response, offer.responded_on, offer.ended_on)


class RagReason(NamedTuple):
    """What the checks need of a RAG entry: its day, and why it was set."""

    set_on: date
    reason: str

    def is_repeated_by(self, reason: str) -> bool:
        """Whether a reason has the same words, whatever their case, spacing and punctuation."""
        return _WORD.findall(self.reason.casefold()) == _WORD.findall(reason.casefold())


class DoubtFacts(Protocol):
    """What the checks may look up about a record."""

    @property
    def lists(self) -> CodeLists:
        """The code lists."""

    def owner(self, case_ref: str) -> str | None:
        """The person a case is about."""

    def born_on(self, person_ref: str) -> date | None:
        """A person's date of birth."""

    def custody(self, person_ref: str) -> Sequence[CustodyPeriod]:
        """A person's periods in custody."""

    def offer(self, offer_ref: str) -> OfferDates | None:
        """An offer."""

    def rag_before(self, case_ref: str, on: date) -> RagReason | None:
        """The latest RAG entry of a case before a day; None before the first."""


def find_doubts(record: Record, facts: DoubtFacts) -> list[Finding]:
    """Find what should be asked about a record before it is stored; none where nothing is odd."""
    return [found for check in CHECKS.get(type(record), ()) for found in check(record, facts)]


def has_doubts(record_type: type[Record]) -> bool:
    """Whether anything is asked about records of a type."""
    return record_type in CHECKS


def _person_of(record: Record, facts: DoubtFacts) -> str | None:
    person_ref: str | None = getattr(record, "person_ref", None)
    case_ref: str | None = getattr(record, "case_ref", None)
    return person_ref if person_ref or not case_ref else facts.owner(case_ref)


def _check_age(record: Record, facts: DoubtFacts) -> Iterator[Finding]:
    person_ref = _person_of(record, facts)
    born_on = None if person_ref is None else facts.born_on(person_ref)
    if born_on is None:
        return
    for column in _past_days_of(type(record)):
        value = getattr(record, column.name)
        if value is None:
            continue
        on = value.on if isinstance(value, DayTime) else value
        problem = _age_problem(on, born_on)
        if problem:
            yield Finding(column.name, _text_of(value), f"{column.label}: {problem}")
            return


def _past_days_of(record_type: type[Record]) -> tuple[Column, ...]:
    """Return the columns of a record type that hold a day which is over."""
    if record_type not in _PAST_DAYS:
        dated = {ColumnKind.DATE, ColumnKind.DAY_TIME}
        found = (column for column in columns_of(record_type) if column.kind in dated and not column.future)
        _PAST_DAYS[record_type] = tuple(found)
    return _PAST_DAYS[record_type]


_PAST_DAYS: dict[type[Record], tuple[Column, ...]] = {}


def _age_problem(on: date, born_on: date) -> str:
    if on < born_on:
        return f"{format_day(on)} is before the birth of this person on {format_day(born_on)}."
    age = age_on(born_on, on)
    if MIN_AGE <= age <= MAX_AGE:
        return ""
    usual = f"nobody under {MIN_AGE} is on a programme" if age < MIN_AGE else "that is very old"
    return f"this person was {age} on {format_day(on)}, and {usual}."


def _check_custody(contact: Contact, facts: DoubtFacts) -> Iterator[Finding]:
    person_ref = facts.owner(contact.case_ref)
    if person_ref is None or contact.outcome in NEVER_HELD_OUTCOMES:
        return
    on = contact.occurred_at.on
    if contact.contact_type in AT_LIBERTY_TYPES and in_custody(facts.custody(person_ref), on):
        yield Finding(
            "contact_type", contact.contact_type, f"This person was in custody on {format_day(on)}; check day and how."
        )
    elif contact.contact_type in IN_CUSTODY_TYPES and not in_custody(facts.custody(person_ref), on):
        yield Finding(
            "contact_type",
            contact.contact_type,
            f"No custody of this person on {format_day(on)} is on record; check the day, or record the custody.",
        )


def _check_transfer(transfer: CustodyTransfer, facts: DoubtFacts) -> Iterator[Finding]:
    if not in_custody(facts.custody(transfer.person_ref), transfer.moved_on):
        yield Finding(
            "moved_on",
            transfer.moved_on.isoformat(),
            f"No custody of this person on {format_day(transfer.moved_on)} is on record; check the day, or record the "
            "reception.",
        )


def _check_offer_of_contact(contact: Contact, facts: DoubtFacts) -> Iterator[Finding]:
    offer = None if contact.offer_ref is None else facts.offer(contact.offer_ref)
    if offer is None:
        return
    on = contact.occurred_at.on
    reason = ""
    if on < offer.offered_on:
        reason = f"The offer was made on {format_day(offer.offered_on)}, after this contact."
    elif offer.ended_on is not None and offer.ended_on < on:
        reason = f"The offer ended on {format_day(offer.ended_on)}, before this contact."
    elif offer.response == DECLINED and offer.responded_on is not None and offer.responded_on < on:
        reason = f"The offer was declined on {format_day(offer.responded_on)}, before this contact."
    if reason:
        yield Finding("offer_ref", contact.offer_ref or "", reason)


def _check_time_of_contact(contact: Contact, _facts: DoubtFacts) -> Iterator[Finding]:
    begins, minutes = contact.occurred_at.local_time, contact.minutes or 0
    if begins is not None and begins < NIGHT_ENDS:
        yield Finding(
            "occurred_at", contact.occurred_at.iso_text, f"{begins:%H:%M} is at night; check the time of the contact."
        )
    if minutes > LONG_CONTACT_MINUTES:
        hours = f"{minutes // 60} hours" + (f" {minutes % 60} minutes" if minutes % 60 else "")
        yield Finding("minutes", str(minutes), f"A contact of {hours} is long; check when it began and ended.")
    if begins is not None and begins.hour * 60 + begins.minute + minutes >= MINUTES_A_DAY:
        ends = datetime.combine(contact.occurred_at.on, begins) + timedelta(minutes=minutes)
        yield Finding(
            "minutes",
            str(minutes),
            f"It began at {begins:%H:%M} and ended at {ends:%H:%M} the next day; check when it ended.",
        )


def _check_offset(contact: Contact, _facts: DoubtFacts) -> Iterator[Finding]:
    """Find an offset that does not belong to the time, as where a file brings another time and no offset."""
    reason = "" if contact.utc_offset is None else offset_problem(contact.occurred_at, contact.utc_offset)
    if reason:
        yield Finding("utc_offset", contact.utc_offset or "", reason)


def _check_rag_reason(entry: RagEntry, facts: DoubtFacts) -> Iterator[Finding]:
    """Find a reason copied from the entry before, which does not say what was looked at this time."""
    before = facts.rag_before(entry.case_ref, entry.set_on)
    if before is not None and before.is_repeated_by(entry.reason):
        yield Finding(
            "reason",
            entry.reason,
            f"The reason is that of {format_day(before.set_on)}, word for word; write what is known now.",
        )


def _check_score(assessment: Assessment, facts: DoubtFacts) -> Iterator[Finding]:
    yield from check_band(assessment, facts.lists)


def _check_order_of_dates(record: Record, _facts: DoubtFacts) -> Iterator[Finding]:
    labels = {column.name: column.label for column in columns_of(type(record))}
    for later, earlier in ORDERED_DATES[type(record)]:
        late, early = getattr(record, later), getattr(record, earlier)
        if late is not None and early is not None and late < early:
            yield Finding(
                later,
                late.isoformat(),
                f"{labels[later]} ({format_day(late)}) is before {labels[earlier]} ({format_day(early)}).",
            )


def _text_of(value: date | DayTime) -> str:
    return value.iso_text if isinstance(value, DayTime) else value.isoformat()


ORDERED_DATES: Mapping[type[Record], tuple[tuple[str, str], ...]] = {
    Case: (
        ("adopted_on", "referred_on"),
        ("notified_on", "referred_on"),
        ("notice_served_on", "adopted_on"),
        ("closed_on", "adopted_on"),
    ),
    Offer: (("started_on", "offered_on"), ("ended_on", "offered_on")),
    Concern: (("recorded_on", "occurred_on"),),
    Rating: (("rated_on", "week_commencing"),),
}
"""Dates that usually follow each other, the later one first; an order that no record may break is a rule."""

Check = Callable[[Any, DoubtFacts], Iterator[Finding]]
CHECKS: Mapping[type[Record], tuple[Check, ...]] = {
    Case: (_check_age, _check_order_of_dates),
    Offer: (_check_age, _check_order_of_dates),
    Contact: (_check_age, _check_custody, _check_offer_of_contact, _check_time_of_contact, _check_offset),
    Rating: (_check_age, _check_order_of_dates),
    Concern: (_check_age, _check_order_of_dates),
    RagEntry: (_check_age, _check_rag_reason),
    CustodySpell: (_check_age,),
    CustodyTransfer: (_check_age, _check_transfer),
    Order: (_check_age,),
    Assessment: (_check_age, _check_score),
}
