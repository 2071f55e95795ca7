"""Which users may see a case: the access lists of a case and how they combine. Source: security brief 1.6 and 3h."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ioms_desktop.domain.dates.instants import is_running
from ioms_desktop.domain.text_format import join_words

BREAK_GLASS_DURATION = timedelta(minutes=60)
MIN_REASON_CHARS = 20
"""The minimum length of a reason for break-glass access and for a takeover, without leading and trailing spaces."""
BREAK_GLASS_REVIEW_WORKING_DAYS = 2
REVIEW_REF_PREFIX = "AC-GLASS-"
"""The prefix of references of actions that ask a supervisor to review break-glass access."""
REVIEW_OWNER = "supervisor"
"""The owner of such an action: any user with this role."""
REVIEW_TEXT = re.compile(r"Review: (?P<user>.+?) opened this case by [^.]*(?:\. (?P<reviewer>[^:\n]+): )?")
"""What such an action says: which user opened the case and, before what it came to, which user reviewed that."""

TAKEOVER_REQUEST_DURATION = timedelta(days=14)
"""For how long a request to take over an orphaned case waits for a second supervisor."""


class AccessList(StrEnum):
    """The access lists of a case. A request to take the case over is kept with them, and gives no access."""

    ASSIGNED = "ASSIGNED"
    EXCLUDED = "EXCLUDED"
    ADMITTED = "ADMITTED"
    BREAK_GLASS = "GLASS"
    TAKEOVER = "TAKEOVER"


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

        Break-glass access that begins later was taken while a clock was ahead, and is over; so is a request to take a
        case over.
        """
        if self.kind is AccessList.BREAK_GLASS:
            return is_running(self.ends_at, moment, BREAK_GLASS_DURATION)
        if self.kind is AccessList.TAKEOVER:
            return is_running(self.ends_at, moment, TAKEOVER_REQUEST_DURATION)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanedCase:
    """A restricted case to which no supervisor who may sign in is admitted.

    Attributes:
        asked_by: The supervisor who has asked to take it over; None for nobody.
        asked_at: When (UTC).
        reason: Why.
    """

    case_ref: str
    asked_by: str | None = None
    asked_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlassRead:
    """One look at a case or its person during break-glass access, from the audit."""

    at: datetime
    kind: str
    object_type: str
    object_ref: str
    workstation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlassUse:
    """A break-glass access as its reviewer reads it.

    Attributes:
        begins_at: When it began (UTC); None where only its review is left.
        reason: Why, in the words of whoever took it.
        reads: What they looked at meanwhile, oldest first.
    """

    user_name: str
    begins_at: datetime | None
    ends_at: datetime | None
    reason: str
    reads: tuple[BreakGlassRead, ...] = ()


def describe_orphans(case_refs: Sequence[str]) -> str:
    """Say which cases have no supervisor without somebody, and what to do; empty for none."""
    if not case_refs:
        return ""
    one = len(case_refs) == 1
    named = f"Restricted case {case_refs[0]} has" if one else f"Restricted cases {join_words(case_refs)} have"
    return (
        f"{named} no other supervisor: nobody could say any more who may know of {'it' if one else 'them'}. Tell two "
        f"supervisors, who can take {'it' if one else 'them'} over together (access take-over, or the menu Case)."
    )


def describe_unsupervised_teams(teams: Sequence[str]) -> str:
    """Say which teams have no supervisor without somebody, and what to do; empty for none."""
    if not teams:
        return ""
    named = f"Team {teams[0]} has" if len(teams) == 1 else f"Teams {join_words(teams)} have"
    return f"{named} no other supervisor: let another one share the cases with user account NAME --team TEAM."


def describe_orphaned_cases(cases: Sequence[OrphanedCase]) -> tuple[str, ...]:
    """Tell a supervisor which cases they may take over with another one, a sentence each."""
    return tuple(
        f"Restricted case {case.case_ref} has no supervisor any more."
        + (
            " Two supervisors can take it over together (Case, Take over a case)."
            if case.asked_by is None
            else f" {case.asked_by} has asked to take it over; another one completes it (Case, Take over a case)."
        )
        for case in cases
    )
