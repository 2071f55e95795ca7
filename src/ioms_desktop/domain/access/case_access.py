"""Which users may see a case: the access lists of a case and how they combine. Source: security brief 1.6 and 3h."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ioms_desktop.domain.dates.instants import is_running

BREAK_GLASS_DURATION = timedelta(minutes=60)
MIN_REASON_CHARS = 20
"""The minimum length of a reason for break-glass access, without leading and trailing spaces."""
BREAK_GLASS_REVIEW_WORKING_DAYS = 2
REVIEW_REF_PREFIX = "AC-GLASS-"
"""The prefix of references of actions that ask a supervisor to review break-glass access."""
REVIEW_OWNER = "supervisor"
"""The owner of such an action: any user with this role."""


class AccessList(StrEnum):
    """The access lists of a case."""

    ASSIGNED = "ASSIGNED"
    EXCLUDED = "EXCLUDED"
    ADMITTED = "ADMITTED"
    BREAK_GLASS = "GLASS"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEntry:
    """A user on one of the access lists of a case.

    Attributes:
        begins_at: When the entry begins (UTC), included.
        ends_at: When it ends (UTC), excluded; None for no end.
        message: What the user is shown instead of the case, or the reason for break-glass access.
        set_by: Who added the entry.
    """

    id: int
    case_ref: str
    user_name: str
    kind: AccessList
    begins_at: datetime
    ends_at: datetime | None
    message: str | None
    set_by: str

    def is_current_at(self, moment: datetime) -> bool:
        """Whether the entry has not ended at an instant.

        Break-glass access that begins later was taken while a clock was ahead, and is over.
        """
        if self.kind is AccessList.BREAK_GLASS:
            return is_running(self.ends_at, moment, BREAK_GLASS_DURATION)
        return self.ends_at is None or self.ends_at > moment


@dataclass(frozen=True, slots=True)
class CaseRestriction:
    """The restrictions on a case as a whole.

    Attributes:
        restricted: Whether only admitted users may see it.
        team: The team it belongs to; None if it belongs to all teams.
        message: What a user who enters its reference is shown in place of a restricted case.
    """

    restricted: bool = False
    team: str | None = None
    message: str | None = None


def is_hidden(lists: Collection[AccessList], restriction: CaseRestriction, team: str | None) -> bool:
    """Whether a case is hidden from a user. Exclusion takes precedence over every other list.

    Only admitted users see a restricted case, and only assigned or admitted users see another team's case. Break-glass
    access reveals either kind.

    Args:
        lists: The access lists on which the user is now.
        restriction: The restrictions on the case.
        team: The user's team; None if they may see the cases of every team.
    """
    if AccessList.EXCLUDED in lists:
        return True
    named = {AccessList.ADMITTED, AccessList.BREAK_GLASS} & set(lists)
    if restriction.restricted and not named:
        return True
    others = restriction.team is not None and team is not None and restriction.team != team
    return others and not named and AccessList.ASSIGNED not in lists
