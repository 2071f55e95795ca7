"""What the workers of the caseload have arranged: meetings to come, meetings just past, and what became of them.

Each worker sees two people a day from the Monday after the fictional year: every third weekly, one moved to another
day, and one that begins while another is still going on. Those who can sign in have not yet said what came of one.
"""

from collections import Counter
from datetime import date, time, timedelta
from typing import NamedTuple

from ioms_desktop.demo.book import LAST_DAY, NAVIGATORS, OFFICERS, SUPERVISORS, DemoWriter, Row, workday
from ioms_desktop.domain.dates.calendar import DAY, working_days_after

SEEN_WITHIN = timedelta(days=21)
"""Somebody seen within so many days before the end of the year has a next appointment."""
FIRST_MINUTES = (9 * 60, 13 * 60 + 30)
"""When the first worker sees the people of a day, in minutes after midnight; each other half an hour later."""
APART_MINUTES = 30
MINUTES = (45, 60, 30)
WEEKS = 4
"""How many weekly appointments there are where they repeat."""
ARRANGED = {"HOME_VISIT_UNANNOUNCED": "HOME_VISIT_ANNOUNCED", "STREET_STOP": "OFFICE", "OTHER": "COMMUNITY_VENUE"}
"""What is arranged with somebody who was last seen in a way that nobody arranges, or that says little."""
PLACES = {"OFFICE": "Mansfield House, room 2", "COMMUNITY_VENUE": "St Matthew's Centre", "JOINT_VISIT": "Home address"}
SIGNING_IN = (OFFICERS[0], NAVIGATORS[0])
"""The workers who are users of the demo."""
MOVED, CLASHING = 1, 3
"""Which of a worker's people, counted from 0, has the meeting that is moved, and which the one that clashes."""
PURPOSES = {"IOM": "SUPERVISION", "PHOENIX": "SUPPORT"}


class _PlannedMeeting(NamedTuple):
    """A meeting: with whose case, on which day, at what time and for how long."""

    case: Row
    last: Row
    on: date
    at: time
    minutes: int


def write_appointments(writer: DemoWriter) -> None:
    """Write the appointments of everybody who was seen of late."""
    numbers: Counter[str] = Counter()
    for case in writer.tables["cases"]:
        last = _last_contact(writer, case)
        if last is not None and not case.get("closed_on"):
            number = numbers[last["worker"]]
            numbers[last["worker"]] += 1
            _write_past(writer, case, last, number)
            _write_next(writer, case, last, number)


def _last_contact(writer: DemoWriter, case: Row) -> Row | None:
    """Return the last contact of a case in which its worker saw somebody of late; None where there was none."""
    seen = [
        row
        for row in writer.tables["contacts"]
        if row["case_ref"] == case["case_ref"] and row["outcome"] == "SEEN" and row["contact_type"] != "PRISON_VISIT"
    ]
    last = max(seen, key=lambda row: row["occurred_at"], default=None)
    recent = (LAST_DAY - SEEN_WITHIN).isoformat()
    return last if last is not None and last["occurred_at"] >= recent else None


def _write_past(writer: DemoWriter, case: Row, last: Row, number: int) -> None:
    """Write what was arranged before: a meeting that was kept, or one of which nobody has said what came."""
    if number == 0 and last["worker"] in SIGNING_IN:
        friday = workday(LAST_DAY - DAY * 2)
        _add(writer, _PlannedMeeting(case, last, friday, time(15, 30), 45))
        return
    on, _, at = last["occurred_at"].partition("T")
    if last.get("planned") == "yes" and at and on <= LAST_DAY.isoformat():
        kept = _PlannedMeeting(
            case, last, date.fromisoformat(on), time.fromisoformat(at), int(last.get("minutes") or 30)
        )
        _add(writer, kept, contact_type=last["contact_type"], contact_ref=last["contact_ref"])


def _write_next(writer: DemoWriter, case: Row, last: Row, number: int) -> None:
    """Write what is to come for one of a worker's people."""
    days, half = divmod(number, len(FIRST_MINUTES))
    latest = date.fromisoformat(last["occurred_at"][:10])
    on = working_days_after(max(latest, LAST_DAY), days + 1)
    meeting = _PlannedMeeting(case, last, on, _time_for(last["worker"], half, number), MINUTES[number % len(MINUTES)])
    if number == MOVED:
        reason = "Has to sign on at the job centre that day"
        first = _add(writer, meeting, cancelled_on=LAST_DAY, cancelled_by="THEIRS", cancel_reason=reason)
        _add(writer, meeting._replace(on=workday(meeting.on + DAY)), replaces_ref=first["appointment_ref"])
        return
    for week in range(WEEKS if number % 3 == 0 else 1):
        _add(writer, meeting._replace(on=workday(meeting.on + timedelta(weeks=week))))
    if number == 0 and last["worker"] in SIGNING_IN:
        joint = meeting._replace(on=workday(meeting.on + DAY), at=time(10))
        place = PLACES["JOINT_VISIT"]
        _add(writer, joint, contact_type="JOINT_VISIT", location=place, worker=SUPERVISORS[0])


def _time_for(worker: str, half: int, number: int) -> time:
    """Return when a worker sees one of their people, in the first or the second half of a day."""
    later = APART_MINUTES * (OFFICERS + NAVIGATORS).index(worker) if worker in OFFICERS + NAVIGATORS else 0
    minutes = FIRST_MINUTES[0] + 20 if number == CLASHING else FIRST_MINUTES[half]
    return time(*divmod(minutes + later, 60))


def _add(writer: DemoWriter, meeting: _PlannedMeeting, **cells: object) -> Row:
    last = meeting.last
    kind = ARRANGED.get(last["contact_type"], last["contact_type"])
    usual: dict[str, object] = {
        "contact_type": kind,
        "location": PLACES.get(kind),
        "worker": last["worker"],
        "agency": last.get("agency"),
        "purpose": PURPOSES[meeting.case["programme"]],
    }
    return writer.add(
        "appointments",
        appointment_ref=writer.next_ref("AP"),
        case_ref=meeting.case["case_ref"],
        starts_at=f"{meeting.on.isoformat()}T{meeting.at:%H:%M}",
        minutes=meeting.minutes,
        **{**usual, **cells},
    )
