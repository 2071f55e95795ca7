"""Weekly engagement ratings, the navigator's and the police's kept apart."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from ioms_desktop.domain.access.roles import Right, Role
from ioms_desktop.domain.dates.calendar import monday_of
from ioms_desktop.domain.records.engagement import Rating
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import (
    get_raised_triggers,
    get_writable_case,
    refuse_future_date,
    run_command,
)
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.recording.edits import Edit, add_or_edit
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.transaction import Transaction

RATING_TOPICS = frozenset({Topic.RATINGS})


@dataclass(frozen=True, slots=True, kw_only=True)
class RateWeek:
    """How the person engaged in the week of `on` (0 not yet contacted, 1 refuses, ... 5 changing).

    Attributes:
        revision: That of the week's rating as it was read; 0 where there was none; None to replace any version.
    """

    request: str
    case_ref: str
    on: date
    level: int
    revision: int | None = None
    resolution: ConflictResolution | None = None


def rating_role(role: Role) -> str:
    """Whose rating it is: the navigator's from a navigator, else the police's."""
    return "NAVIGATOR" if role is Role.NAVIGATOR else "POLICE"


def rate_week(session: Session, entry: RateWeek) -> Outcome:
    """Record the rating of a week; a second one for the same week corrects the first, which is kept as history.

    Raises:
        EditConflict: Someone else rated that week since it was read.
        NotAllowed: The user may not rate.
        Missing: The case is not there for this user.
        Refused: The week lies in the future or the case is closed.
    """
    week, role = monday_of(entry.on), rating_role(session.role)
    refuse_future_date(session, week, "A rating")
    rated_on = min(session.today(), week + timedelta(days=6)) if entry.on > session.today() else entry.on

    ref = f"{entry.case_ref}/{week.isoformat()}"
    edit: Edit[Rating] = Edit(
        change=lambda read: replace(read, rated_on=rated_on, level=entry.level, rated_by=session.user),
        notice=lambda _: f"Rating {entry.level} recorded for the week of {format_day(week)}.",
        topics=RATING_TOPICS,
        ref=ref,
    )
    wanted = Rating(
        case_ref=entry.case_ref,
        week_commencing=week,
        rated_on=rated_on,
        level=entry.level,
        rated_by=session.user,
        role=role,
    )

    def do(tx: Transaction) -> Outcome:
        case = get_writable_case(session, tx, entry.case_ref, week)
        outcome = add_or_edit(session, tx, entry, wanted, edit)
        return replace(outcome, raised=get_raised_triggers(session, tx, case, [ref]))

    return run_command(session, "rate_week", Right.RECORD_ENGAGEMENT, entry.request, do)
