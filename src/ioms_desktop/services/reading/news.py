"""What has changed on a case since a user last looked at it, leaving out what they did themselves."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.recording.corrections import StruckOutEntry, list_struck_out
from ioms_desktop.services.session import Session
from ioms_desktop.storage.audit.last_look import find_last_look

NEW, CHANGED = "new", "changed"


@dataclass(frozen=True, slots=True)
class News:
    """What is new on a case to a user.

    Attributes:
        since: When they last looked (UTC); None where they never did, or where nothing is to be marked.
        user: The user, whose own entries are not new to them.
        gone: What others took out as entered in error since.
    """

    since: datetime | None
    user: str
    gone: tuple[StruckOutEntry, ...] = ()

    def of(self, record: Record) -> str:
        """Return whether a record is new or changed to the user; empty for neither."""
        if self.since is None or record.recorded_at is None or record.recorded_by == self.user:
            return ""
        if record.recorded_at <= self.since:
            return ""
        return NEW if record.revision <= 1 else CHANGED

    def count(self, records: Iterable[Record]) -> int:
        """Count the records that are new or changed."""
        return sum(1 for record in records if self.of(record))

    def count_gone(self, record_type: type[Record]) -> int:
        """Count the records of a type that were taken out."""
        return sum(1 for entry in self.gone if type(entry.record) is record_type)

    def describe(self, number: int, now: datetime) -> str:
        """Say how many changes there are since the last look; empty where there are none."""
        if self.since is None or not number:
            return ""
        at, today = self.since.astimezone(LONDON), now.astimezone(LONDON).date()
        when = f"{at:%H:%M}" if at.date() == today else format_day(at.date())
        return f"{number} {'change' if number == 1 else 'changes'} since {when}"


NO_NEWS = News(None, "")


def last_look(session: Session, case_ref: str) -> datetime | None:
    """Return when this user last looked at a case, by the audit; to be asked before it is opened again.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    with session.store.read() as reading:
        return find_last_look(reading, session.user, case_ref)


def read_news(session: Session, case_ref: str, since: datetime | None) -> News:
    """Read what of a case, which the user has opened, was taken out since they last looked.

    Raises:
        NotAllowed: The user may not read cases.
        Missing: The case is not there for this user.
    """
    if since is None:
        return News(None, session.user)
    gone = (entry for entry in list_struck_out(session, case_ref) if entry.at > since and entry.by != session.user)
    return News(since, session.user, tuple(gone))
