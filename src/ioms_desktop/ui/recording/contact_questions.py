"""From what one knows of a contact to its outcome: three plain questions instead of a list of codes."""

from dataclasses import dataclass
from enum import StrEnum

AT_A_DISTANCE = frozenset({"PHONE", "TEXT"})


class Why(StrEnum):
    """Why a contact did not go ahead; the three are kept apart, for only some of them count."""

    THEIRS = "theirs"
    NONE = "none"
    OURS = "ours"
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What was answered so far; None is not answered.

    Attributes:
        happened: Whether the contact took place.
        came: Whether the person was there.
        why: Whose reason it was that it did not take place.
        acceptable: Whether the person's reason is accepted.
        arranged: Whether the contact had been arranged.
        contact_type: How it was to take place.
    """

    happened: bool | None = None
    came: bool | None = None
    why: Why | None = None
    acceptable: bool | None = None
    arranged: bool | None = None
    contact_type: str | None = None


def outcome_of(answers: Answers) -> str | None:
    """Give the outcome the answers lead to; None while a question is open.

    What we could not deliver is CANCELLED_BY_US, whatever else is answered.
    """
    if answers.happened is None:
        return None
    if answers.happened:
        return "SEEN"
    if answers.why is Why.OURS:
        return "CANCELLED_BY_US"
    return None if answers.came is None else _not_ours(answers)


def _not_ours(answers: Answers) -> str | None:
    if answers.why is Why.MOVED:
        return "MOVED"
    if answers.why is Why.THEIRS:
        return _their_reason(answers)
    return None if answers.why is None else _no_reason(answers)


def _their_reason(answers: Answers) -> str | None:
    if answers.acceptable is None:
        return None
    if answers.acceptable:
        return "CANCELLED_BY_PERSON_ACCEPTABLE"
    return "REFUSED_ENTRY" if answers.came else "UNACCEPTABLE_ABSENCE"


def _no_reason(answers: Answers) -> str | None:
    if answers.came:
        return "REFUSED_ENTRY"
    if answers.contact_type in AT_A_DISTANCE:
        return "NO_REPLY"
    if answers.arranged is None:
        return None
    return "FAILED_TO_ATTEND" if answers.arranged else "NOT_SEEN"


def note_of(*, done: str, response: str = "", reason: str = "") -> str:
    """Put what was written into one note, each part under its own word."""
    parts = [done.strip()]
    parts += [f"How they responded: {response.strip()}"] if response.strip() else []
    parts += [f"Their reason: {reason.strip()}"] if reason.strip() else []
    return "\n".join(part for part in parts if part)
