"""The facts and results of retention reviews, and the execution of disposals.

On a server, its own functions write all of it and require two people; in a local file it is written here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache, partial
from json import dumps
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Date,
    FromClause,
    Select,
    Text,
    and_,
    bindparam,
    case,
    extract,
    func,
    insert,
    not_,
    or_,
    select,
    text,
    type_coerce,
)

from ioms_desktop.domain.dates.calendar import ADULT_AGE, DAY, LONDON
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.retention import (
    CasePeriod,
    Disposal,
    DueBounds,
    OffenceFact,
    RetentionFacts,
    ReviewFact,
    may_be_due,
)
from ioms_desktop.storage.queries.search import is_one_of, people_among
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.retention.name_mentions import other_names, other_numbers
from ioms_desktop.storage.schema.plain_text import ask_file
from ioms_desktop.storage.schema.tables import cases, retention_review
from ioms_desktop.storage.schema.tables import people as everybody
from ioms_desktop.storage.schema.types import is_in_list
from ioms_desktop.storage.schema.views import FACT_VIEWS, known_beginnings, known_mappa, known_offences
from ioms_desktop.storage.transaction import Transaction

_CASE_EVENTS = (
    ("contacts", "occurred_at", "the last contact"),
    ("concerns", "occurred_on", "the last concern"),
    ("decisions", "decided_on", "the last decision"),
    ("notifications", "attempted_on", "the last notice"),
)
_PERSON_EVENTS = (
    ("custody", "received_on", "going into custody"),
    ("custody", "released_on", "release from custody"),
    ("orders", "made_on", "the last order"),
    ("orders", "ends_on", "the end of the last order"),
)


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """A person as lists name them.

    Attributes:
        case_refs: Their cases, in order of referral.
    """

    person_ref: str
    family_name: str
    given_names: str
    case_refs: tuple[str, ...]


FEW_NAMED = 100
NAMED_AT_ONCE = 5_000
"""Of so many people the facts are read at once."""


def _people_who_may_be_due(
    reading: Reading, bounds: DueBounds, on: date, person_refs: Sequence[str] | None
) -> list[str]:
    """Name the people, all or some, who can be due by what little an index or one pass over each table says."""
    midnight = datetime.combine(bounds.begun_by + DAY, time(), LONDON)
    given: dict[str, Any] = {**bounds._asdict(), "midnight": midnight, "on": on}
    if reading.is_local and person_refs is not None and len(person_refs) <= FEW_NAMED:
        given["refs"] = dumps(list(person_refs))
        return [ref for (ref,) in ask_file(reading.connection, _may_be_due_of_few(), given)]
    people, narrowed = people_among(reading, refs=person_refs), partial(_of_people, reading, person_refs)

    def is_among(found: Select[Any]) -> ColumnElement[bool]:
        # Lists, each made once: a question of its own for each person takes twice as long.
        return people.c.person_ref.in_(narrowed(found))

    return list(reading.connection.scalars(narrowed(_may_be_due_query(people, is_among)), given))


@cache
def _may_be_due_of_few() -> Select[Any]:
    """Build the query for a few people in a file once, because Today asks it after each act."""
    people = FACT_VIEWS["people"]
    query = _may_be_due_query(
        people, lambda found: found.where(found.selected_columns[0] == people.c.person_ref).exists()
    )
    return query.where(is_in_list(people.c.person_ref, bindparam("refs", type_=Text())))


def _may_be_due_query(people: FromClause, is_among: Callable[[Select[Any]], ColumnElement[bool]]) -> Select[Any]:
    """Build the query for who may be due.

    Args:
        people: The people.
        is_among: Builds the condition that a person is among those whom a query names in its only column.
    """
    ref, born = people.c.person_ref, people.c.date_of_birth
    begun, reviews, later = known_beginnings.c, retention_review.c, retention_review.alias().c
    on, its_cases = _day("on"), select(cases.c.person_ref)
    of_person = later.person_ref == reviews.person_ref
    superseded = select(later.id).where(of_person, later.id > reviews.id, later.reviewed_on <= on).exists()
    latest = select(reviews.person_ref).where(~superseded)  # with those of later days, which may be the latest by then
    last_closed = func.max(func.coalesce(cases.c.closed_on, date.max))
    closed_since = its_cases.group_by(cases.c.person_ref)
    closed_since = closed_since.having(last_closed > _day("closed_by"), last_closed <= on)
    begun_before = begun.begun_at < bindparam("midnight", type_=begun.begun_at.type)

    def as_child(day: ColumnElement[Any]) -> ColumnElement[bool]:
        # By years, and one to spare: an instant may be in another year elsewhere.
        return extract("year", day) - extract("year", born) <= ADULT_AGE + 1

    was_child = or_(
        its_cases.where(cases.c.person_ref == ref, as_child(cases.c.referred_on)).exists(),
        select(begun.person_ref).where(begun.person_ref == ref, as_child(begun.begun_at)).exists(),
    )
    began = or_(
        is_among(its_cases.where(cases.c.referred_on <= _day("begun_by"))),
        is_among(select(begun.person_ref).where(begun_before)),
    )
    query = select(ref).where(
        or_(
            born > _day("born_after"),
            born <= _day("born_by"),
            ~is_among(its_cases.where(cases.c.referred_on <= on)),
            is_among(latest.where(reviews.next_on <= _day("until"))),
            latest.where(reviews.person_ref == ref, as_child(reviews.reviewed_on)).exists(),
            and_(began, ~is_among(latest.where(reviews.reviewed_on <= on)), or_(~is_among(closed_since), was_child)),
        )
    )
    return query.order_by(ref)


def _day(name: str) -> BindParameter[date]:
    return bindparam(name, type_=Date())


def retention_facts(
    reading: Reading,
    on: date,
    person_refs: Sequence[str] | None = None,
    bounds: DueBounds | None = None,
) -> list[tuple[NamedPerson, RetentionFacts]]:
    """List the retention facts of everybody, or of some people, as of a day, in order of their references.

    Only the last event of each kind is read, and the day of the next: earlier ones do not count.

    Args:
        reading: Where to read.
        on: The day.
        person_refs: Only those of these people; None for everybody.
        bounds: Only those of people who can be due by these, on the day or later; None for all.
    """
    if bounds is not None:
        person_refs = _people_who_may_be_due(reading, bounds, on, person_refs)
    if person_refs is None:
        return _facts_of(reading, on, None, bounds)
    parts = (person_refs[begin : begin + NAMED_AT_ONCE] for begin in range(0, len(person_refs), NAMED_AT_ONCE))
    return [each for part in parts for each in _facts_of(reading, on, part, bounds)]


def _facts_of(
    reading: Reading, on: date, person_refs: Sequence[str] | None, bounds: DueBounds | None
) -> list[tuple[NamedPerson, RetentionFacts]]:
    found = [each for each in _beginnings(reading, person_refs) if bounds is None or may_be_due(bounds, each[1], on)]
    left = [named.person_ref for named, _ in found]
    asked = None if person_refs is None else left
    if not left:
        return []
    events, offences = defaultdict[str, list[Any]](list), defaultdict[str, list[OffenceFact]](list)
    later = defaultdict[str, list[date]](list)
    for ref, last, following, what in _events(reading, on, asked):
        if last is not None:
            events[ref].append((last, what))
        if following is not None:
            later[ref].append(following)
    for ref, *offence in _rows(reading, asked, _last_offences_query(on)):
        offences[ref].append(OffenceFact(*offence))
    managed = select(known_mappa.c.person_ref).where(known_mappa.c.from_on <= on)
    in_mappa = set(reading.connection.scalars(_of_people(reading, asked, managed)))
    for owner, day in (
        (known_offences.c.person_ref, known_offences.c.offence_on),
        (known_mappa.c.person_ref, known_mappa.c.from_on),
    ):
        for ref, dated in _rows(reading, asked, select(owner, day).where(day > on)):
            later[ref].append(dated)

    def whole(ref: str, facts: RetentionFacts) -> RetentionFacts:
        known = replace(facts, offences=tuple(offences[ref]), events=tuple(events[ref]))
        return replace(known, in_mappa=ref in in_mappa, later_on=min(later[ref], default=None))

    return [(named, whole(named.person_ref, facts)) for named, facts in found]


def _beginnings(reading: Reading, person_refs: Sequence[str] | None) -> Iterator[tuple[NamedPerson, RetentionFacts]]:
    """Give who they are, their cases, when they were first recorded, and their reviews: little beside the rest."""
    theirs = defaultdict[str, list[tuple[str, CasePeriod]]](list)
    for ref, case_ref, referred, closed in _rows(reading, person_refs, _cases_query()):
        theirs[ref].append((case_ref, CasePeriod(referred, closed)))
    reviews, first = _reviews_by_person(reading, person_refs), _recorded_since(reading, person_refs)
    names = ("person_ref", "family_name", "given_names", "date_of_birth")
    source = people_among(reading, refs=person_refs)
    people = select(*(source.c[name] for name in names)).order_by(source.c.person_ref)
    for ref, family, given, born in _rows(reading, person_refs, people):
        own = theirs.get(ref, ())
        yield (
            NamedPerson(ref, family, given, tuple(case for case, _ in own)),
            RetentionFacts(
                born_on=born,
                recorded_on=first[ref],
                cases=tuple(period for _, period in own),
                reviews=tuple(reviews.get(ref, ())),
            ),
        )


def _rows(reading: Reading, person_refs: Sequence[str] | None, query: Select[Any]) -> Sequence[Any]:
    """Return the rows of some people: one by one, they take SQLAlchemy half as long as the file takes."""
    return reading.connection.execute(_of_people(reading, person_refs, query)).all()


def _of_people(reading: Reading, person_refs: Sequence[str] | None, query: Select[Any]) -> Select[Any]:
    """Ask for some people only: of many the references are one parameter, which takes a fraction of the time."""
    if person_refs is None:
        return query
    column = query.selected_columns["person_ref"]
    if len(person_refs) <= FEW_NAMED:
        return query.where(column.in_(person_refs))
    if reading.connection.dialect.name == "postgresql":
        return query.where(is_one_of(column, person_refs))
    return query.where(is_in_list(column, dumps(list(person_refs))))


def _cases_query() -> Select[Any]:
    chosen = (cases.c[name] for name in ("person_ref", "case_ref", "referred_on", "closed_on"))
    return select(*chosen).order_by(cases.c.referred_on, cases.c.case_ref)


def _last_offences_query(on: date) -> Select[Any]:
    """Build the query for the last offence of each group and role."""
    table = known_offences
    who = (table.c.person_ref, table.c.offence_group, table.c.role)
    last = func.max(table.c.offence_on, type_=table.c.offence_on.type)
    return select(table.c.person_ref, last, *who[1:]).where(table.c.offence_on <= on).group_by(*who)


def _events(
    reading: Reading, on: date, person_refs: Sequence[str] | None
) -> Iterator[tuple[str, date | None, date | None, str]]:
    """Return the last day of each kind of event up to a day, and the first day after it, by person."""
    for name, column, what in (*_CASE_EVENTS, *_PERSON_EVENTS):
        table = reading.scope.facts_table(name)
        of_case = "person_ref" not in table.c
        who = cases.c.person_ref if of_case else table.c.person_ref
        day = table.c[column]
        # A moment is text that sorts chronologically under any collation; one with a time sorts before the next day.
        until = day <= on if isinstance(day.type, Date) else type_coerce(day, Text) < (on + DAY).isoformat()
        last = func.max(case((until, day)), type_=day.type)
        following = func.min(case((not_(until), day)), type_=day.type)
        query: Select[Any] = select(who, last, following).group_by(who)
        if of_case:
            query = query.join_from(cases, table, cases.c.case_ref == table.c.case_ref)
        for ref, *found in _rows(reading, person_refs, query):
            before, after = (each.on if isinstance(each, DayTime) else each for each in found)
            yield ref, before, after, what


def _reviews_by_person(reading: Reading, person_refs: Sequence[str] | None) -> defaultdict[str, list[ReviewFact]]:
    names = ("person_ref", "reviewed_on", "result", "retention_group", "next_on")
    query = select(*(retention_review.c[name] for name in names)).order_by(retention_review.c.id)
    found = defaultdict[str, list[ReviewFact]](list)
    for ref, *review in _rows(reading, person_refs, query):
        found[ref].append(ReviewFact(*review))
    return found


def _recorded_since(reading: Reading, person_refs: Sequence[str] | None) -> dict[str, date]:
    begun = _rows(reading, person_refs, select(known_beginnings.c.person_ref, known_beginnings.c.begun_at))
    return {ref: at.astimezone(LONDON).date() for ref, at in begun}


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionReview:
    """A review, as recorded."""

    person_ref: str
    result: str
    group: str
    reason: str
    next_on: date


def add_retention_review(tx: Transaction, review: RetentionReview) -> bool:
    """Record a review by the acting user; False where a server refuses it."""
    if tx.connection.dialect.name == "postgresql":
        query_text = text("SELECT record_review(:ref, :result, :group, :reason, :next_on)")
        values = {"ref": review.person_ref, "result": review.result, "group": review.group}
        return bool(tx.connection.scalar(query_text, {**values, "reason": review.reason, "next_on": review.next_on}))
    answer = {"result": review.result, "retention_group": review.group, "reason": review.reason}
    tx.connection.execute(
        insert(retention_review).values(
            person_ref=review.person_ref,
            reviewed_on=tx.command.at.astimezone(LONDON).date(),
            reviewed_by=tx.command.user,
            next_on=review.next_on,
            recorded_at=tx.command.at,
            **answer,
        )
    )
    detail = {**answer, "next_on": review.next_on.isoformat()}
    who = review.person_ref
    tx.log("COLLECTION", object_type=retention_review.name, object_ref=who, subject_ref=who, detail=detail)
    return True


def carry_out_disposal(tx: Transaction, job: Disposal, redact_by: date) -> dict[str, Any] | None:
    """Carry out a disposal, authorised by the acting user.

    Args:
        tx: Where to write.
        job: The proposal.
        redact_by: The due date for redacting mentions in others' records.

    Returns:
        The certificate; None where a server refuses.
    """
    if tx.connection.dialect.name == "postgresql":
        tx.extend_timeouts()
        query_text = text("SELECT CAST(dispose(:ref, :redact_by) AS jsonb)")
        found: dict[str, Any] | None = tx.connection.scalar(
            query_text, {"ref": job.disposal_ref, "redact_by": redact_by}
        )
        return found
    from ioms_desktop.storage.retention.file_disposal import dispose_in_file  # noqa: PLC0415 - only where a local file is open

    return dispose_in_file(tx, job, redact_by)


def list_identifiers(reading: Reading, person_ref: str) -> tuple[list[str | None], list[str | None]]:
    """List a person's names and their numbers, which texts that outlive the record may not contain.

    Of a record that is not open a server shows only some, and checks for all of them itself.
    """
    shared = reading.connection.dialect.name == "postgresql"
    shown = people_among(reading, refs=[person_ref]) if shared else everybody
    numbers = Person.identifiers[:1] if shared else Person.identifiers
    called = [shown.c[name] for name in ("family_name", "given_names", "known_as")]
    known = [shown.c[name] for name in ("person_ref", *numbers)]
    row = reading.connection.execute(select(*called, *known).where(shown.c.person_ref == person_ref)).one()
    return (
        [*row[: len(called)], *other_names(reading, person_ref)],
        [*row[len(called) :], *other_numbers(reading, person_ref)],
    )
