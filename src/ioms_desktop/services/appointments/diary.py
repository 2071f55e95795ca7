"""The calendar of a worker: their appointments, and the days on which a release is expected or an order ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.access.roles import Right, sees_programme
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.text_format import format_name
from ioms_desktop.services.session import Session
from ioms_desktop.storage.queries.appointments import appointments_between, order_ends_between, releases_between
from ioms_desktop.storage.queries.today import TodayCaseHeader, today_case_headers
from ioms_desktop.storage.records.read import Reading

EVERYBODY = ""
"""In place of a worker: the calendar of all whose appointments the user may know of."""


@dataclass(frozen=True, slots=True)
class DiaryEntry:
    """An appointment in a calendar.

    Attributes:
        name: Who comes, in the form of a header.
        person_ref: Who comes.
        how: How they will meet.
        worker: Whom they will meet.
        state: What came of it, in words.
    """

    appointment: Appointment
    name: str
    person_ref: str
    how: str
    worker: str
    state: str

    @property
    def words(self) -> str:
        """All of it in one sentence, for a tooltip and a screen reader."""
        at = self.appointment
        length = f", {at.minutes} minutes" if at.minutes else ""
        return (
            f"{at.starts_at.words}{length}: {self.name}, {self.how}, with {self.worker or 'nobody named'}. {self.state}"
        )


@dataclass(frozen=True, slots=True)
class DayMark:
    """Something that is on a day and has no time."""

    on: date
    case_ref: str
    words: str


@dataclass(frozen=True, slots=True)
class Diary:
    """A calendar for some days.

    Attributes:
        workers: Whose calendars there are in these days, by how they read; the user first.
    """

    entries: tuple[DiaryEntry, ...]
    marks: tuple[DayMark, ...]
    workers: tuple[str, ...]


def read_diary(session: Session, first: date, last: date, worker: str | None = None) -> Diary:
    """Read the calendar of a worker for some days, both included; cancelled appointments are left out.

    Args:
        session: Who reads; cases and programmes they may not know of are left out.
        first: The first day.
        last: The last day.
        worker: Whose, by login or by how they read; None for the user's own, `EVERYBODY` for all.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    whose = session.user if worker is None else worker
    with session.store.read(facts_only=True) as reading:
        found = [each for each in appointments_between(reading, first, last) if each.cancelled_on is None]
        days = [
            *((on, ref, "Release expected") for ref, on in releases_between(reading, first, last)),
            *(
                (on, ref, f"{session.lists.of('statutory_status').label(order_type)} ends")
                for ref, order_type, on in order_ends_between(reading, first, last)
            ),
        ]
        heads = _visible_heads(session, reading, [*(each.case_ref for each in found), *(ref for _, ref, _ in days)])
    known = [each for each in found if each.case_ref in heads]
    shown = [each for each in known if whose == EVERYBODY or session.names.matches(each.worker, whose)]
    return Diary(
        entries=tuple(_entry(session, each, heads[each.case_ref]) for each in shown),
        marks=tuple(
            DayMark(on, ref, f"{what}: {_name(heads[ref])}")
            for on, ref, what in days
            if ref in heads
            if whose == EVERYBODY or _works_on(session, heads[ref], whose)
        ),
        workers=_workers(session, known),
    )


def own_appointments(session: Session, first: date, last: date) -> tuple[tuple[Appointment, TodayCaseHeader], ...]:
    """Return the user's own appointments of some days with their cases, those that are cancelled among them."""
    session.require(Right.READ_CASES)
    with session.store.read(facts_only=True) as reading:
        found = appointments_between(reading, first, last)
        mine = [each for each in found if session.names.matches(each.worker, session.user)]
        heads = _visible_heads(session, reading, (each.case_ref for each in mine))
    return tuple((each, heads[each.case_ref]) for each in mine if each.case_ref in heads)


def _visible_heads(session: Session, reading: Reading, refs: Iterable[str]) -> dict[str, TodayCaseHeader]:
    found = today_case_headers(reading, refs)
    return {ref: head for ref, head in found.items() if sees_programme(session.role, head.programme)}


def _entry(session: Session, each: Appointment, head: TodayCaseHeader) -> DiaryEntry:
    how = session.lists.of("contact_type").label(each.contact_type)
    return DiaryEntry(each, _name(head), head.person_ref, how, session.names.of(each.worker), _state(session, each))


def _state(session: Session, each: Appointment) -> str:
    if each.contact_ref is not None:
        return "Outcome recorded"
    return "To come" if each.starts_at.on >= session.today() else "Outcome to record"


def _name(head: TodayCaseHeader) -> str:
    return format_name(head.family_name, head.given_names)


def _works_on(session: Session, head: TodayCaseHeader, worker: str) -> bool:
    named = (head.police_om, head.probation_practitioner, head.navigator)
    return any(session.names.matches(each, worker) for each in named)


def _workers(session: Session, known: Iterable[Appointment]) -> tuple[str, ...]:
    me = session.names.of(session.user)
    others = {session.names.of(each.worker) for each in known if each.worker}
    return (me, *sorted(others - {me}, key=str.casefold))
