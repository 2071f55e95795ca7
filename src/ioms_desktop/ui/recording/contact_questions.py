"""Derive the outcome of a contact from three plain questions, so that the user need not know the codes."""

from dataclasses import dataclass
from enum import StrEnum

REMOTE_CONTACT_TYPES = frozenset({"PHONE", "TEXT"})


class MissedReason(StrEnum):
    """Why a contact did not take place; the reasons are kept apart because only some of them count."""

    THEIRS = "theirs"
    NONE = "none"
    OURS = "ours"
    MOVED = "moved"
    NO_REPLY = "no reply"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAnswers:
    """The answers so far; None means not answered.

    Attributes:
        happened: Whether the contact took place.
        came: Whether the person attended.
        missed_reason: Who caused the contact not to take place.
        acceptable: Whether the person's reason is accepted.
        arranged: Whether the contact had been arranged.
        contact_type: The planned type of contact.
    """

    happened: bool | None = None
    came: bool | None = None
    missed_reason: MissedReason | None = None
    acceptable: bool | None = None
    arranged: bool | None = None
    contact_type: str | None = None


def outcome_of(answers: ContactAnswers) -> str | None:
    """Return the outcome that follows from the answers; None while an answer is missing.

    A contact that the service could not provide is CANCELLED_BY_US, whatever the other answers are.
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
    unanswered = answers.missed_reason is MissedReason.NO_REPLY
    if answers.came:
        return "NO_REPLY" if unanswered else "REFUSED_ENTRY"
    if answers.contact_type in REMOTE_CONTACT_TYPES:
        return "NO_REPLY"
    if answers.arranged is None:
        return None
    if answers.arranged:
        return "FAILED_TO_ATTEND"
    return "NO_REPLY" if unanswered else "NOT_SEEN"


def compose_note(*, done: str, response: str = "", reason: str = "") -> str:
    """Combine the texts into one note, each part under its own label."""
    parts = [done.strip()]
    parts += [f"How they responded: {response.strip()}"] if response.strip() else []
    parts += [f"Their reason: {reason.strip()}"] if reason.strip() else []
    return "\n".join(part for part in parts if part)
