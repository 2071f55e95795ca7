"""Who may know of a case: the lists kept of it, and what they mean together. Source: security brief 1.6 and 3h."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

BREAK_GLASS_DURATION = timedelta(minutes=60)
MIN_REASON_CHARS = 20
"""Characters of a reason for breaking the glass, outer spaces not counted."""
BREAK_GLASS_REVIEW_WORKING_DAYS = 2
REVIEW_REF_PREFIX = "AC-GLASS-"
"""How the reference of an action begins that asks a supervisor to review a broken glass."""
REVIEW_OWNER = "supervisor"
"""The owner of such an action: whoever has the role."""


class AccessList(StrEnum):
    """The lists on which somebody can stand for a case."""

    ASSIGNED = "ASSIGNED"
    EXCLUDED = "EXCLUDED"
    ADMITTED = "ADMITTED"
    BREAK_GLASS = "GLASS"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEntry:
    """Somebody on one of the lists of a case.

    Attributes:
        begins_at: Since when (UTC).
        ends_at: Until when, not included; None while it stands without an end.
        message: What the person reads in place of the case, or the reason for breaking the glass.
        set_by: Who put them there.
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
        """Whether it stood at an instant."""
        return self.ends_at is None or self.ends_at > moment


@dataclass(frozen=True, slots=True)
class CaseRestriction:
    """How a case as a whole is kept.

    Attributes:
        restricted: Whether only those admitted may know of it.
        team: Whose case it is; None for everybody's.
        message: What somebody who knows the reference reads in place of a restricted case.
    """

    restricted: bool = False
    team: str | None = None
    message: str | None = None


def is_hidden(lists: Collection[AccessList], restriction: CaseRestriction, team: str | None) -> bool:
    """Say whether a case is kept from somebody. Exclusion wins.

    A restricted case is for those admitted, another team's for those assigned or admitted; a broken glass opens either.

    Args:
        lists: On which lists they stand now.
        restriction: How the case is kept.
        team: Their own team; None for whoever shares every team's cases.
    """
    if AccessList.EXCLUDED in lists:
        return True
    named = {AccessList.ADMITTED, AccessList.BREAK_GLASS} & set(lists)
    if restriction.restricted and not named:
        return True
    others = restriction.team is not None and team is not None and restriction.team != team
    return others and not named and AccessList.ASSIGNED not in lists
