"""From what one knows of a contact to its outcome: three plain questions instead of a list of codes."""

from dataclasses import dataclass
from enum import StrEnum

REMOTE_CONTACT_TYPES = frozenset({"PHONE", "TEXT"})


class MissedReason(StrEnum):
    """Why a contact did not go ahead; the three are kept apart, for only some of them count."""

    THEIRS = "theirs"
    NONE = "none"
    OURS = "ours"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAnswers:
    """What was answered so far; None is not answered.

    Attributes:
        happened: Whether the contact took place.
        came: Whether the person was there.
        missed_reason: Whose reason it was that it did not take place.
        acceptable: Whether the person's reason is accepted.
        arranged: Whether the contact had been arranged.
        contact_type: How it was to take place.
    """

    happened: bool | None = None
    came: bool | None = None
    missed_reason: MissedReason | None = None
    acceptable: bool | None = None
    arranged: bool | None = None
    contact_type: str | None = None


def outcome_of(answers: ContactAnswers) -> str | None:
    """Give the outcome the answers lead to; None while a question is open.

    What we could not deliver is CANCELLED_BY_US, whatever else is answered.
    """
    if answers.happened is None:
        return None
    if answers.happened:
        return "SEEN"
    if answers.missed_reason is MissedReason.OURS:
        return "CANCELLED_BY_US"
    return None if answers.came is None else _outcome_not_ours(answers)


def _outcome_not_ours(answers: ContactAnswers) -> str | None:
    if answers.missed_reason is MissedReason.MOVED:
        return "MOVED"
    if answers.missed_reason is MissedReason.THEIRS:
        return _outcome_of_their_reason(answers)
    return None if answers.missed_reason is None else _outcome_without_reason(answers)


def _outcome_of_their_reason(answers: ContactAnswers) -> str | None:
    if answers.acceptable is None:
        return None
    if answers.acceptable:
        return "CANCELLED_BY_PERSON_ACCEPTABLE"
    return "REFUSED_ENTRY" if answers.came else "UNACCEPTABLE_ABSENCE"


def _outcome_without_reason(answers: ContactAnswers) -> str | None:
    if answers.came:
        return "REFUSED_ENTRY"
    if answers.contact_type in REMOTE_CONTACT_TYPES:
        return "NO_REPLY"
    if answers.arranged is None:
        return None
    return "FAILED_TO_ATTEND" if answers.arranged else "NOT_SEEN"


def compose_note(*, done: str, response: str = "", reason: str = "") -> str:
    """Put what was written into one note, each part under its own word."""
    parts = [done.strip()]
    parts += [f"How they responded: {response.strip()}"] if response.strip() else []
    parts += [f"Their reason: {reason.strip()}"] if reason.strip() else []
    return "\n".join(part for part in parts if part)
