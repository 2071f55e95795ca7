"""What an office decides about how the program works: how long authors change their entries without a reason."""

from dataclasses import dataclass
from datetime import date, datetime

from ioms_desktop.domain.access.authorship import DEFAULT_AUTHOR_HOURS, DEFAULT_SINCE, MAX_AUTHOR_HOURS
from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.errors import MissingReason, NotAllowed, NothingToDo, OutOfRange
from ioms_desktop.domain.text_format import pluralise
from ioms_desktop.services.commands import run_command
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.database.office_settings import (
    AUTHOR_HOURS,
    SettingDecision,
    decide_setting,
    read_setting,
    setting_decisions,
)
from ioms_desktop.storage.transaction import Transaction

SETTING_TOPICS = frozenset({Topic.USERS})


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorPeriod:
    """The period as it stands.

    Attributes:
        hours: How long an author changes an entry without a reason; 0 for not at all.
        decided_by: Who decided it; empty where it is the default.
        decided_at: When (UTC); None where it is the default.
        default_since: Since which day the default is what it is.
    """

    hours: int
    decided_by: str
    decided_at: datetime | None
    reason: str
    default_since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideAuthorPeriod:
    """How long authors are to change their entries without a reason, in hours, and why."""

    request: str
    hours: int
    reason: str


def read_author_period(session: Session) -> AuthorPeriod:
    """Return the period as it stands.

    Raises:
        NotAllowed: The user neither reads cases nor changes the settings of the office.
    """
    if not may(session.role, Right.READ_CASES) and not may(session.role, Right.SET_OFFICE):
        raise NotAllowed("Only people who may read cases can read the settings of the office.")
    with session.store.read() as reading:
        decided = setting_decisions(reading, AUTHOR_HOURS)
    last = decided[0] if decided else None
    return AuthorPeriod(
        hours=DEFAULT_AUTHOR_HOURS if last is None else last.value,
        decided_by="" if last is None else last.decided_by,
        decided_at=None if last is None else last.decided_at,
        reason="" if last is None else last.reason,
        default_since=DEFAULT_SINCE,
    )


def decide_author_period(session: Session, entry: DecideAuthorPeriod) -> Outcome:
    """Decide how long authors change their entries without a reason, from now on and for every record type.

    Raises:
        NotAllowed: The user is neither a supervisor nor an administrator.
        OutOfRange: It is longer than two weeks.
        MissingReason: Nothing was said of why.
        NothingToDo: It is so already.
    """
    if not 0 <= entry.hours <= MAX_AUTHOR_HOURS:
        raise OutOfRange(f"Choose from 0 to {MAX_AUTHOR_HOURS} hours. Your entry is kept.", field="hours")
    if not entry.reason.strip():
        raise MissingReason("Say why the period is changed. Your entry is kept.", field="reason")

    def do(tx: Transaction) -> Outcome:
        if read_setting(tx, AUTHOR_HOURS) == entry.hours:
            raise NothingToDo(f"The period is {pluralise(entry.hours, 'hour')} already. Nothing was changed.")
        decide_setting(
            tx,
            SettingDecision(
                name=AUTHOR_HOURS,
                value=entry.hours,
                reason=entry.reason.strip(),
                decided_by=session.user,
                decided_at=session.clock(),
            ),
        )
        period = f"for {pluralise(entry.hours, 'hour')}" if entry.hours else "at no time"
        notice = f"From now on an entry can be changed without a reason {period} after it was recorded."
        return Outcome(notice=notice, changed=SETTING_TOPICS, ref=AUTHOR_HOURS)

    return run_command(session, "decide_author_period", Right.SET_OFFICE, entry.request, do)
