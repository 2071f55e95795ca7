"""One's own appointments as a file for another calendar program: initials alone, and on record as a disclosure."""

from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import NamedTuple

from ioms_desktop.atomic_file import NewFiles
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import FileUnwritable, OutOfRange
from ioms_desktop.domain.records.appointments import DEFAULT_MINUTES, Appointment
from ioms_desktop.exchange.calendar_file import CalendarEvent, write_calendar
from ioms_desktop.services.appointments.diary import own_appointments
from ioms_desktop.services.exchange.copied_rows import log_disclosed_rows, refuse_rows_under_break_glass
from ioms_desktop.services.reason_codes import refuse_training_reason, refuse_unknown_reason
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.files_on_record import put_on_record, record_unmade_file
from ioms_desktop.storage.queries.today import TodayCaseHeader

CALENDAR_NAME = "IOMS appointments (OFFICIAL-SENSITIVE)"
DESCRIPTION = "OFFICIAL-SENSITIVE. Who comes, where and why is in IOMS Desktop, and is not to be written here."
SUFFIX = ".ics"
MAX_DAYS = 366


class CalendarReport(NamedTuple):
    """What was written: where, and how many appointments."""

    path: Path
    appointments: int


def export_calendar(session: Session, path: Path, first: date, last: date, *, reason: str) -> CalendarReport:
    """Write the user's own appointments of some days, both included, as a calendar file.

    It holds the time, how they meet and the person's initials; no name, address or reference. What is cancelled is
    written as cancelled, so that a calendar that had it takes it out.

    Args:
        session: Whose appointments.
        path: The file, which ends in .ics.
        first: The first day.
        last: The last day.
        reason: Why, as a reason code; kept with the entry each person's audit gets.

    Raises:
        NotAllowed: The user may not read cases, or sees one of the cases by break-glass access only.
        NotInPlace: The file was on record, and could not be put in place.
        Refused: The reason is no code or not one for live records, the days are not in order or too many, or the
            place cannot be written.
    """
    session.require(Right.READ_CASES)
    refuse_unknown_reason(session, reason, "a calendar file", "Nothing was written")
    if path.suffix.lower() != SUFFIX:
        raise FileUnwritable(f"{path} is not a calendar file. Nothing was written; give a name that ends in {SUFFIX}.")
    if not timedelta() <= last - first < timedelta(days=MAX_DAYS):
        raise OutOfRange(f"Choose from 1 to {MAX_DAYS} days, the first one first. Nothing was written.", field="last")
    with session.store.read() as reading:
        refuse_training_reason(session, reading, reason)
    found = own_appointments(session, first, last)
    refuse_rows_under_break_glass(session, {head.case_ref for _, head in found})
    detail = {"calendar": path.name, "appointments": len(found), "from": first.isoformat(), "to": last.isoformat()}
    subjects = {(head.person_ref, head.case_ref) for _, head in found}
    act = session.command_context(reason_code=reason)
    try:
        with NewFiles() as new:
            events = [_event(session, each, head) for each, head in found]
            write_calendar(new.add(path), CALENDAR_NAME, events, session.clock())
            unmade = partial(record_unmade_file, session, act, path.name)
            with put_on_record(session, new, act, "export_calendar", unmade) as tx:
                log_disclosed_rows(tx, CALENDAR_NAME, detail, subjects)
    except OSError as failed:
        why = failed.strerror or "the place does not take it"
        raise FileUnwritable(
            f"{path} cannot be written: {why}. Nothing was exported; choose another place."
        ) from failed
    return CalendarReport(path, len(found))


def _event(session: Session, each: Appointment, head: TodayCaseHeader) -> CalendarEvent:
    at = each.starts_at
    how = session.lists.of("contact_type").label(each.contact_type)
    return CalendarEvent(
        uid=f"{each.appointment_ref}@ioms-desktop",
        sequence=max(each.revision - 1, 0),
        starts=at.on if at.local_time is None else datetime.combine(at.on, at.local_time),
        minutes=each.minutes or DEFAULT_MINUTES,
        summary=f"{how}: {initials_of(head)}",
        description=DESCRIPTION,
        is_cancelled=each.cancelled_on is not None,
    )


def initials_of(head: TodayCaseHeader) -> str:
    """Return the initials of a person, given names first: `C.H.`."""
    words = f"{head.given_names} {head.family_name}".split()
    return "".join(f"{word[0].upper()}." for word in words)
