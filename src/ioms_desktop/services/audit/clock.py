"""What is told where the clock moved back: what was recorded meanwhile is dated later than now."""

from datetime import datetime

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.session import Session
from ioms_desktop.storage.clock import instant_ahead
from ioms_desktop.storage.records.read import Reading

CLOCK_MOVED_BACK_MESSAGE = (
    "The clock of {whose} moved back: something here was recorded on {when}, later than now. Everything is kept, the "
    "audit records the move, and nothing dated ahead counts as recent. Check the clock; tell an administrator."
)


def clock_warnings(reading: Reading, now: datetime) -> tuple[str, ...]:
    """Warn of entries dated later than now, as a sentence for the user; none where the clock never moved back."""
    latest = instant_ahead(reading, now)
    if latest is None:
        return ()
    local = latest.astimezone(LONDON)
    whose = "the server" if reading.server_enforces_access else "this computer"
    return (CLOCK_MOVED_BACK_MESSAGE.format(whose=whose, when=f"{format_day(local.date())} at {local:%H:%M}"),)


def check_clock(session: Session) -> str:
    """Warn of a clock that moved back since the user signed in; empty where it did not, or nobody can tell now."""
    try:
        with session.store.read() as reading:
            return " ".join(clock_warnings(reading, session.clock()))
    except Refused:
        return ""
