"""A record whose review is or will be due, and the review groups of a day."""

from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.retention import Disposal, RetentionGroups, ReviewDue
from ioms_desktop.services.session import Session


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
