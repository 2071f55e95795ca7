"""How often a participant is visited before the letter is left, and which letter tells a nominal of IOM."""

from collections.abc import Iterable

from ioms_desktop.domain.records.cases import Notification

IOM_LETTER = "IOM_LETTER"
"""The kind of the letter that tells somebody adopted for IOM; every other kind is a notification of Phoenix."""
SERVED = "SERVED"
DELIVERED_PREFIX = "DELIVERED_"
MOST_ATTEMPTS = 3
"""Attempts in person before the letter is left (practice notes 2.5, a default of the trial)."""


def is_delivered(outcome: str | None) -> bool:
    """Whether a notification of this outcome was delivered."""
    return (outcome or "").startswith(DELIVERED_PREFIX)


def is_served_letter(told: Notification | None) -> bool:
    """Whether a record is of an IOM letter that was served."""
    return told is not None and told.kind == IOM_LETTER and told.outcome == SERVED


def attempts_of(told: Iterable[Notification]) -> tuple[Notification, ...]:
    """Return the attempts at a notification of Phoenix, the earliest first."""
    return tuple(
        sorted((each for each in told if each.kind != IOM_LETTER), key=lambda each: (each.attempted_on, each.attempt))
    )


def next_attempt(told: Iterable[Notification]) -> int:
    """Return the number of the next attempt."""
    return max((each.attempt for each in told), default=0) + 1


def fruitless_attempts(told: Iterable[Notification]) -> tuple[Notification, ...]:
    """Return the attempts since the notification was last delivered, or a letter left."""
    since: list[Notification] = []
    for each in attempts_of(told):
        since.append(each)
        if each.letter_left_on is not None or is_delivered(each.outcome):
            since.clear()
    return tuple(since)


def waits_for_letter(told: Iterable[Notification]) -> bool:
    """Whether the person was visited often enough, so that the letter is to be left now."""
    return len(fruitless_attempts(told)) >= MOST_ATTEMPTS
