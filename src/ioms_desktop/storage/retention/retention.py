"""What reviews of what is held go by and what they came to, and how a disposal is carried out.

On a server its own functions write all of it, and hold two people to two parts; in a file it is written here.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, Select, Text, func, insert, select, text, type_coerce

from ioms_desktop.domain.dates.calendar import DAY, LONDON
from ioms_desktop.domain.retention import CaseFact, Disposal, Held, OffenceFact, ReviewFact
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import cases, retention_review
from ioms_desktop.storage.schema.tables import people as everybody
from ioms_desktop.storage.schema.views import known, known_beginnings, known_offences
from ioms_desktop.storage.transaction import Transaction

PEOPLE = known["people"]
_OF_CASE = (
    ("contacts", "occurred_at", "the last contact"),
    ("concerns", "occurred_on", "the last concern"),
    ("decisions", "decided_on", "the last decision"),
    ("notifications", "attempted_on", "the last notice"),
)
_OF_PERSON = (
    ("custody", "received_on", "going into custody"),
    ("custody", "released_on", "release from custody"),
    ("orders", "made_on", "the last order"),
    ("orders", "ends_on", "the end of the last order"),
)


@dataclass(frozen=True, slots=True)
class Named:
    """A person as a list names them.

    Attributes:
        case_refs: Their cases, those referred first before the others.
    """

    person_ref: str
    family_name: str
    given_names: str
    case_refs: tuple[str, ...]


def held(reading: Reading, on: date, person_ref: str | None = None) -> list[tuple[Named, Held]]:
    """Give what counts of everybody's record up to a day, or of one person's, in the order of their references.

    Of what happened often only the last of each kind is read: no more counts.
    """
    theirs, events, offences = (defaultdict[str, list[Any]](list) for _ in range(3))
    for ref, case_ref, referred, closed in reading.connection.execute(_of(person_ref, _cases())):
        theirs[ref].append((case_ref, CaseFact(referred, closed)))
    for ref, day, what in _events(reading, on, person_ref):
        events[ref].append((day, what))
    for ref, *offence in reading.connection.execute(_of(person_ref, _offences(on))):
        offences[ref].append(OffenceFact(*offence))
    reviews, first = _reviews(reading, person_ref), _beginnings(reading, person_ref)
    names = ("person_ref", "family_name", "given_names", "date_of_birth")
    people = select(*(PEOPLE.c[name] for name in names)).order_by(PEOPLE.c.person_ref)
    return [
        (
            Named(ref, family, given, tuple(case for case, _ in theirs[ref])),
            Held(
                born_on=born,
                recorded_on=first[ref],
                cases=tuple(fact for _, fact in theirs[ref]),
                offences=tuple(offences[ref]),
                events=tuple(events[ref]),
                reviews=tuple(reviews[ref]),
            ),
        )
        for ref, family, given, born in reading.connection.execute(_of(person_ref, people))
    ]


def _of(person_ref: str | None, query: Select[Any]) -> Select[Any]:
    return query if person_ref is None else query.where(query.selected_columns["person_ref"] == person_ref)


def _cases() -> Select[Any]:
    chosen = (cases.c[name] for name in ("person_ref", "case_ref", "referred_on", "closed_on"))
    return select(*chosen).order_by(cases.c.referred_on, cases.c.case_ref)


def _offences(on: date) -> Select[Any]:
    """Ask for the last offence of each group and part in it."""
    table = known_offences
    who = (table.c.person_ref, table.c.offence_group, table.c.role)
    last = func.max(table.c.offence_on, type_=table.c.offence_on.type)
    return select(table.c.person_ref, last, *who[1:]).where(table.c.offence_on <= on).group_by(*who)


def _events(reading: Reading, on: date, person_ref: str | None) -> Iterator[tuple[str, date, str]]:
    """Give the last day of each kind of thing that happened, by person."""
    for name, column, what in (*_OF_CASE, *_OF_PERSON):
        table = known[name]
        of_case = "person_ref" not in table.c
        who = cases.c.person_ref if of_case else table.c.person_ref
        day = table.c[column]
        # A moment is text that sorts as it happened, in any language; one with a time sorts before the next day.
        until = day <= on if isinstance(day.type, Date) else type_coerce(day, Text) < (on + DAY).isoformat()
        last: Select[Any] = select(who, func.max(day, type_=day.type)).where(until).group_by(who)
        if of_case:
            last = last.join_from(cases, table, cases.c.case_ref == table.c.case_ref)
        for ref, found in reading.connection.execute(_of(person_ref, last)):
            yield ref, found if isinstance(found, date) else found.on, what


def _reviews(reading: Reading, person_ref: str | None) -> defaultdict[str, list[ReviewFact]]:
    names = ("person_ref", "reviewed_on", "result", "retention_group", "next_on")
    query = select(*(retention_review.c[name] for name in names)).order_by(retention_review.c.id)
    found = defaultdict[str, list[ReviewFact]](list)
    for ref, *review in reading.connection.execute(_of(person_ref, query)):
        found[ref].append(ReviewFact(*review))
    return found


def _beginnings(reading: Reading, person_ref: str | None) -> dict[str, date]:
    query = _of(person_ref, select(known_beginnings.c.person_ref, known_beginnings.c.begun_at))
    return {ref: at.astimezone(LONDON).date() for ref, at in reading.connection.execute(query)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A review as it is recorded."""

    person_ref: str
    result: str
    group: str
    reason: str
    next_on: date


def add_review(tx: Transaction, review: Review) -> bool:
    """Record a review, in the name of whoever acts; false where a server refuses it."""
    if tx.connection.dialect.name == "postgresql":
        asked = text("SELECT record_review(:ref, :result, :group, :reason, :next_on)")
        values = {"ref": review.person_ref, "result": review.result, "group": review.group}
        return bool(tx.connection.scalar(asked, {**values, "reason": review.reason, "next_on": review.next_on}))
    said = {"result": review.result, "retention_group": review.group, "reason": review.reason}
    tx.connection.execute(
        insert(retention_review).values(
            person_ref=review.person_ref,
            reviewed_on=tx.act.at.astimezone(LONDON).date(),
            reviewed_by=tx.act.user,
            next_on=review.next_on,
            recorded_at=tx.act.at,
            **said,
        )
    )
    detail = {**said, "next_on": review.next_on.isoformat()}
    who = review.person_ref
    tx.log("COLLECTION", object_type=retention_review.name, object_ref=who, subject_ref=who, detail=detail)
    return True


def dispose(tx: Transaction, job: Disposal, redact_by: date) -> dict[str, Any] | None:
    """Carry a disposal out, in the name of whoever authorises it.

    Args:
        tx: Where to write.
        job: What was proposed.
        redact_by: By when a person redacts what others' records say of them.

    Returns:
        The certificate; None where a server refuses.
    """
    if tx.connection.dialect.name == "postgresql":
        tx.patiently()
        asked = text("SELECT CAST(dispose(:ref, :redact_by) AS jsonb)")
        found: dict[str, Any] | None = tx.connection.scalar(asked, {"ref": job.disposal_ref, "redact_by": redact_by})
        return found
    from ioms_desktop.storage.retention.file_disposal import dispose_of  # noqa: PLC0415 - only where a local file is open

    return dispose_of(tx, job, redact_by)


NUMBERS = ("pnc_id", "cro_number", "crn", "prison_number", "niche_id")
"""The numbers by which others know a person; a server shows the first alone, and looks for all of them itself."""


def identity_of(reading: Reading, person_ref: str) -> dict[str, str | None] | None:
    """Give the names of a person and the numbers of their cases, by which nobody may be called in what stays."""
    shared = reading.connection.dialect.name == "postgresql"
    table, numbers = (PEOPLE, NUMBERS[:1]) if shared else (everybody, NUMBERS)
    names = ("person_ref", "family_name", "given_names", "known_as", *numbers)
    row = reading.connection.execute(
        select(*(table.c[name] for name in names)).where(table.c.person_ref == person_ref)
    ).first()
    return None if row is None else dict(row._asdict())
