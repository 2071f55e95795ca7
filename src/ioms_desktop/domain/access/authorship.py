"""Who may change what an entry says: its author for a period, and afterwards the author or a supervisor with a reason.

What a team keeps together, custody say, is changed by whoever may change such records, and once the period is over with
a reason. Filling in what was empty carries a record on and is no change of what it said; nor is a step of what the
record tells of, the answer to a referral, say. What somebody authorised is
changed with another authorisation, or corrected by its author or a supervisor, who always say why. The period is
counted from the first recording, by the clock of whoever keeps the record: the server's on a server, this computer's in
a local file.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from ioms_desktop.domain.access.record_rights import Keeper, RecordRights
from ioms_desktop.domain.dates.instants import is_running

DEFAULT_AUTHOR_HOURS = 24
DEFAULT_SINCE = date(2026, 11, 30)
"""How long an author changes an entry without a reason where no office decided otherwise, and since when."""
MAX_AUTHOR_HOURS = 336
"""Two weeks: whoever corrects later can say why."""


class ChangeRule(StrEnum):
    """What a change asks for."""

    FREE = "free"
    WITH_REASON = "with a reason"
    REFUSED = "refused"


class ColumnChange(NamedTuple):
    """A column that a change gives another value.

    Attributes:
        was_empty: Whether it had no value.
        is_step: Whether what the record tells of goes on with it.
    """

    name: str
    was_empty: bool
    is_step: bool = False


@dataclass(frozen=True, slots=True)
class Authorship:
    """What is known of who recorded an entry, as far as a change of it depends on that.

    Attributes:
        is_own: Whether the user recorded it.
        is_recent: Whether the period is still running.
    """

    is_own: bool
    is_recent: bool


def authorship(author: str, recorded_at: datetime | None, user: str, now: datetime, hours: int) -> Authorship:
    """Return what is known of an entry; one that the clock has not reached yet was recorded while the clock was ahead.

    Args:
        author: Who recorded it; empty if that is not known.
        recorded_at: When it was first recorded (UTC); None if that is not known.
        user: Who would change it.
        now: The time (UTC).
        hours: The length of the period.
    """
    period = timedelta(hours=hours)
    is_recent = recorded_at is not None and is_running(recorded_at + period, now, period)
    return Authorship(author == user != "", is_recent)


def contested_changes(rights: RecordRights, changes: Iterable[ColumnChange]) -> tuple[ColumnChange, ...]:
    """Return the changes that depend on who recorded the entry and when; the others only carry it on."""
    return tuple(each for each in changes if not ((each.was_empty or each.is_step) and _is_teams(rights, each.name)))


def goes_beyond_authorised(rights: RecordRights, changes: Iterable[ColumnChange]) -> bool:
    """Whether a change leaves who authorised what it changes, and when, as they were."""
    changed = {each.name for each in changes if not each.was_empty}
    return not changed.isdisjoint(rights.authorised) and changed.isdisjoint(rights.authorised_by)


def rule_of_change(
    rights: RecordRights, changes: Iterable[ColumnChange], known: Authorship, *, is_supervisor: bool
) -> ChangeRule:
    """Say what a change of an entry asks for.

    Args:
        rights: Those of its record type.
        changes: The columns that are given another value.
        known: Who recorded the entry, and how long ago.
        is_supervisor: Whether a supervisor changes it.
    """
    contested = contested_changes(rights, changes)
    if not contested:
        return ChangeRule.FREE
    is_beyond = goes_beyond_authorised(rights, contested)
    of_author = is_beyond or any(not _is_teams(rights, each.name) for each in contested)
    if of_author and not (known.is_own or is_supervisor):
        return ChangeRule.REFUSED
    if is_beyond:
        return ChangeRule.WITH_REASON
    if known.is_recent and (known.is_own or not of_author):
        return ChangeRule.FREE
    return ChangeRule.WITH_REASON


def _is_teams(rights: RecordRights, column: str) -> bool:
    return rights.kept_by is Keeper.TEAM or column in rights.carried_on
