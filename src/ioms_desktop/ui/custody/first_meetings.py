"""The first appointments after a release: ticked where they are wanted, with usual values that may be changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.services.recording.appointments import MakeAppointment
from ioms_desktop.services.session import Session
from ioms_desktop.ui.appointments.appointment_dialogs import when_field
from ioms_desktop.ui.forms.choice_fields import CodeField, Option, code_options
from ioms_desktop.ui.forms.date_time_field import DateTimeField, DayTimeSpan
from ioms_desktop.ui.forms.field import Field
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.form import Form
from ioms_desktop.ui.forms.tick_field import TickField

MEETINGS_HELP = "Space ticks one; the usual day and name are then filled in."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Meeting:
    """One usual appointment after a release.

    Attributes:
        name: How its fields begin.
        title: Its words beside the box.
        when: The title of its time.
        contact_type: How it usually takes place.
        agency: Whose it is; None for that of whoever records it.
        usual_name: Whom they usually meet, from the case.
    """

    name: str
    title: str
    when: str
    how: str
    whom: str
    contact_type: str
    agency: str | None
    usual_name: Callable[[Case], str | None]


_MEETINGS = (
    _Meeting(
        name="gate",
        title="Contact on the day of release",
        when="Contact, whe&n",
        how="Contact, &how",
        whom="Contact, w&ith whom",
        contact_type="GATE_PICKUP",
        agency=None,
        usual_name=lambda case: case.police_om,
    ),
    _Meeting(
        name="probation",
        title="First probation appointment",
        when="Probation, &when",
        how="&Probation, how",
        whom="Probation, wi&th whom",
        contact_type="OFFICE",
        agency="HMPPS_PROBATION",
        usual_name=lambda case: case.probation_practitioner,
    ),
)


class FirstMeetings:
    """The fields of the first appointments after a release, within the form of a dialog."""

    def __init__(self, session: Session, case: Case) -> None:
        """Make the fields, none ticked.

        Args:
            session: Who makes the appointments.
            case: Whose they are.
        """
        self._session, self._case = session, case
        options = [Option(each.name, each.title) for each in _MEETINGS]
        self.ticks = TickField("first_meetings", "Appoint&ments", options, help=MEETINGS_HELP)
        self.when: dict[str, DateTimeField] = {}
        self.how: dict[str, CodeField] = {}
        self.whom: dict[str, TextField] = {}
        self._proposed: dict[str, str] = {}  # what each time was filled in with
        kinds = code_options(session.lists.of("contact_type"), session.today())
        for each in _MEETINGS:
            self.when[each.name] = when_field(session, required=True, name=f"{each.name}_at", title=each.when)
            self.how[each.name] = CodeField(f"{each.name}_type", each.how, kinds, required=True)
            self.how[each.name].set_value(each.contact_type)
            self.whom[each.name] = TextField(f"{each.name}_worker", each.whom, limit=200)
            self.whom[each.name].set_value(each.usual_name(case) or "")

    @property
    def fields(self) -> Iterator[Field[Any]]:
        """The fields, in their order."""
        yield self.ticks
        for each in _MEETINGS:
            yield from (self.when[each.name], self.how[each.name], self.whom[each.name])

    def show_asked(self, form: Form, release_on: date | None) -> None:
        """Show the fields of what is ticked, and propose the day of release where nothing was typed.

        A day that is past is not proposed: no appointment can be made then.
        """
        ticked = self.ticks.value() or ()
        for each in _MEETINGS:
            wanted = each.name in ticked
            for name in (f"{each.name}_at", f"{each.name}_type", f"{each.name}_worker"):
                form.set_field_visible(name, shown=wanted)
            is_to_come = release_on is not None and release_on >= self._session.today()
            self._propose(each.name, release_on if wanted and is_to_come else None)

    def _propose(self, name: str, day: date | None) -> None:
        """Put a day in place of what was proposed before; what somebody typed, or emptied, stays."""
        when = self.when[name]
        if when.raw_text() == self._proposed.get(name, ""):
            when.set_value(None if day is None else DayTimeSpan(DayTime(day)))
            self._proposed[name] = when.raw_text()

    def read(self) -> tuple[MakeAppointment, ...]:
        """Return what is to be made.

        Raises:
            MissingValue: One has no day or no kind.
        """
        ticked = self.ticks.value() or ()
        return tuple(self._read(each) for each in _MEETINGS if each.name in ticked)

    def _read(self, meeting: _Meeting) -> MakeAppointment:
        when, kind = self.when[meeting.name].value(), self.how[meeting.name].value()
        if when is None or kind is None:
            raise MissingValue("An appointment needs its day and how you will meet. Your entry is kept.")
        return MakeAppointment(
            request="",
            case_refs=(self._case.case_ref,),
            starts_at=when.moment,
            minutes=when.minutes,
            contact_type=kind,
            worker=self.whom[meeting.name].value() or "",
            agency=meeting.agency,
        )
