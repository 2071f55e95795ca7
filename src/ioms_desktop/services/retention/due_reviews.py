"""Whose record is or will be due for review, and the review groups of a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.retention import (
    Disposal,
    RetentionFacts,
    RetentionGroups,
    ReviewDue,
    due_bounds,
    next_review_due,
    review_turns_on,
)
from ioms_desktop.domain.text_format import format_name
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.retention import disposals
from ioms_desktop.storage.retention import retention as stored
from ioms_desktop.storage.retention.retention import NamedPerson


@dataclass(frozen=True, slots=True, kw_only=True)
class DueReview:
    """A person whose record is or will be due for review.

    Attributes:
        born_on: When they were born.
        due: When and why.
        turns_on: The first later day as of which that may be otherwise although nothing is recorded; None for never.
        proposed_disposal: The disposal that waits for a second person; None where none is proposed.
    """

    person_ref: str
    name: str
    born_on: date
    case_refs: tuple[str, ...]
    due: ReviewDue
    turns_on: date | None = None
    proposed_disposal: Disposal | None = None


def review_groups(session: Session, on: date) -> RetentionGroups:
    """Return the review groups in force on a day."""
    return RetentionGroups.in_force_on(session.lists.of("retention_group"), on)


def have_other_groups(session: Session, before: date, on: date) -> bool:
    """Whether records are in other review groups on a later day, so that any review may be due on another day."""
    return review_groups(session, before) != review_groups(session, on)


def list_due_reviews(session: Session, on: date | None = None) -> tuple[DueReview, ...]:
    """List the records whose review is due on a day, the longest overdue first.

    Args:
        on: The day; None for today.

    Raises:
        NotAllowed: The user may not review records.
    """
    day = on or session.today()
    return tuple(each for each in list_reviews(session, day, only_due=True) if each.due.on <= day)


def list_reviews(session: Session, on: date, *, only_due: bool = False) -> list[DueReview]:
    """List when each record is due for review, as of a day, the first due first; of who can be due by then, if asked.

    Raises:
        NotAllowed: The user may not review records.
    """
    with session.store.read() as reading:
        reading.extend_timeouts()
        return read_reviews(session, reading, on, until=on if only_due else None)


def read_reviews(
    session: Session, reading: Reading, on: date, refs: Sequence[str] | None = None, *, until: date | None = None
) -> list[DueReview]:
    """List the same in a reading that is under way, of all people or of some.

    Args:
        session: Who asks.
        reading: Where to read.
        on: The day as of which.
        refs: Only these people; None for all.
        until: Only of who can be due on any day up to this one; None for all.
    """
    session.require(Right.MANAGE_RETENTION)
    groups = review_groups(session, on)
    bounds = None if until is None else due_bounds(groups, until)
    held_of = stored.retention_facts(reading, on, refs, bounds)
    waiting = {job.person_ref: job for job in disposals.list_proposed_disposals(reading)} if held_of else {}
    found = [build_review(groups, named, held, on, waiting.get(named.person_ref)) for named, held in held_of]
    return sorted(found, key=lambda each: (each.due.on, each.person_ref))


def build_review(
    groups: RetentionGroups, named: NamedPerson, held: RetentionFacts, on: date, waiting: Disposal | None
) -> DueReview:
    """Build the review of a person.

    Args:
        groups: The review groups in force on the day.
        named: The person.
        held: What the review rests on.
        on: The day as of which.
        waiting: The disposal that is proposed.
    """
    due = next_review_due(groups, held, on)
    return DueReview(
        person_ref=named.person_ref,
        name=format_name(named.family_name, named.given_names),
        born_on=held.born_on,
        case_refs=named.case_refs,
        due=due,
        turns_on=review_turns_on(held, due, on),
        proposed_disposal=waiting,
    )
