"""Appointments: make one for one or several people, once or weekly; move one; cancel one."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.domain.records.appointments import MAX_MINUTES, Appointment
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.recording.appointments import (
    MAX_WEEKS,
    CancelAppointment,
    MakeAppointment,
    MoveAppointment,
    cancel_appointment,
    list_clashes,
    make_appointment,
    move_appointment,
)
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField, CodeField, code_options
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.date_time_field import DateTimeField, DayTimeSpan
from ioms_desktop.ui.forms.fields import LongTextField, NumberField, TextField
from ioms_desktop.ui.forms.picker import PickerField, PickerMatch
from ioms_desktop.ui.recording.case_subject import (
    CaseFinder,
    CaseSubject,
    describe_appointment,
    describe_whom,
    find_others,
    markers_to_meet,
)
from ioms_desktop.ui.tasks import Tasks, ignore
from ioms_desktop.ui.widgets.caution_bar import CautionBar

MAX_REASON_CHARS = 1000
WHEN_HELP = "Like fri 1430-1515, 3 Nov 2pm 45m, tomorrow 9.30. A day without a time will do."


class MakeAppointmentDialog(AutoHeightDialog):
    """Asks for an appointment and shows, while it is typed, what stands against it."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        subject: CaseSubject | None,
        *,
        find: CaseFinder | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Create the form.

        Args:
            session: The session of the user who makes it.
            tasks: Runs the command and the searches.
            subject: The case for which it is opened; None if the person is still to be chosen.
            find: Finds further cases by the typed text; None if no others may be added.
            parent: The Qt parent.
        """
        super().__init__(
            tasks,
            title="Make an appointment",
            verb="&Save appointment",
            discard="&Discard this appointment",
            about="" if subject is None else subject.summary_to_meet,
            parent=parent,
        )
        self.session, self.subject, self._find, self._search_tasks = session, subject, find, tasks
        self.enable_autosave(session, Origin("make_appointment", "" if subject is None else subject.case_ref))
        self.who: PickerField | None = None
        self._clashes_of: tuple[object, ...] = ()
        self._marked: tuple[PickerMatch, ...] = ()
        if subject is None:
            self._ask_who("&For whom", required=True)
        self._ask_when()
        self._ask_the_rest()
        if subject is not None and find is not None:
            self._ask_who("A&lso for", required=False)
        self.markers_bar, self.clash_bar = CautionBar(), CautionBar()
        for bar in (self.clash_bar, self.markers_bar):
            self.show_below_form(bar)
        self.form.changed.connect(self._show_what_applies)
        self.finish_layout()

    def suggest(self, at: DayTime | None, worker: str) -> None:
        """Fill in a time and a worker chosen in a calendar, where there are any."""
        if at is not None:
            self.when.set_value(DayTimeSpan(at))
        if worker:
            self.worker.set_value(worker)
        self.form.mark_clean()  # what the calendar chose was not typed, and is not asked about on closing

    def _ask_who(self, title: str, *, required: bool) -> None:
        find = find_others(self._find, self.subject)
        self.who = self.form.add(
            PickerField("who", title, find=find, tasks=self._search_tasks, many=True, required=required)
        )

    def _ask_when(self) -> None:
        add, lists, today = self.form.add, self.session.lists, self.session.today()
        self.when = add(when_field(self.session, required=True))
        self.kind = add(CodeField("contact_type", "&How", code_options(lists.of("contact_type"), today), required=True))
        if self.subject is not None:
            self.kind.set_value(self.subject.usual_type)
        self.location = add(TextField("location", "&Place", limit=200))
        self.worker = add(TextField("worker", "&With whom", limit=200))
        self.worker.set_value(self.session.names.of(self.session.user))

    def _ask_the_rest(self) -> None:
        add, lists = self.form.add, self.session.lists
        self.form.section("If it applies")
        self.minutes = add(NumberField("minutes", "Len&gth", unit="minutes", maximum=MAX_MINUTES))
        self.purpose = add(CodeField("purpose", "P&urpose", code_options(lists.of("contact_purpose"))))
        self.offer = add(CodeField("offer", "Part &of offer", self.subject.offers if self.subject else ()))
        self.form.set_field_visible("offer", bool(self.subject and self.subject.offers))
        weekly = "One a week at the same time, this one included."
        self.weeks = add(NumberField("weeks", "For how &many weeks", unit="weeks", maximum=MAX_WEEKS, help=weekly))

    @property
    def case_refs(self) -> tuple[str, ...]:
        """The cases of everybody it is for."""
        return (*(() if self.subject is None else (self.subject.case_ref,)), *(each.ref for each in self.chosen))

    @property
    def chosen(self) -> tuple[PickerMatch, ...]:
        """Those who were chosen, without the one for whom the dialog was opened."""
        return () if self.who is None else self.who.chosen

    @Slot()
    def _show_what_applies(self) -> None:
        when = self.when.value()
        if when is not None and when.minutes is not None and self.minutes.value() != when.minutes:
            self.minutes.set_value(when.minutes)
        if self.chosen != self._marked:
            self._marked = self.chosen
            summary = "" if self.subject is None else self.subject.summary_to_meet
            self.show_about(describe_whom(summary, self.chosen))
            self.markers_bar.tell(())
            work = partial(markers_to_meet, self.session, self._marked)
            self._search_tasks.latest(self, "markers", work, self.markers_bar.tell, refused=ignore)
        asked = (self.case_refs, self.worker.value() or "", None if when is None else when.moment, self.minutes.value())
        if asked == self._clashes_of:
            return
        self._clashes_of = asked
        if when is None:
            self._show_clashes(())
            return
        work = partial(list_clashes, self.session, asked[0], asked[1], when.moment, asked[3])
        # A warning that cannot be had is no reason to interrupt: saving says what is wrong.
        self._search_tasks.latest(self, "clashes", work, self._show_clashes, refused=ignore)

    def _show_clashes(self, found: tuple[str, ...]) -> None:
        self.clash_bar.tell(() if self.when.value() is None else found)  # the day may have been emptied meanwhile

    @override
    def build_command(self) -> Callable[[], Outcome]:
        when, kind = self.when.value(), self.kind.value()
        if when is None or kind is None:
            raise MissingValue("An appointment needs its day and how you will meet. Your entry is kept.")
        entry = MakeAppointment(
            request=self.request,
            case_refs=self.case_refs,
            starts_at=when.moment,
            contact_type=kind,
            minutes=self.minutes.value(),
            location=self.location.value() or "",
            worker=self.worker.value() or "",
            purpose=self.purpose.value(),
            offer_ref=self.offer.value(),
            weeks=self.weeks.value() or 1,
        )
        return partial(make_appointment, self.session, entry)


class MoveAppointmentDialog(SimpleCommandDialog):
    """Asks for another time of an appointment, and who asked for it."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        subject: CaseSubject,
        appointment: Appointment,
        parent: QWidget | None = None,
    ) -> None:
        self.when = when_field(session, required=True)
        self.location = TextField("location", "&Place", limit=200)
        self.location.set_value(appointment.location)
        self.asked_by, self.reason = asked_by_field(), reason_field()

        def command() -> Callable[[], Outcome]:
            when = self.when.filled()
            entry = MoveAppointment(
                request=self.request,
                appointment_ref=appointment.appointment_ref,
                revision=self.revision,
                starts_at=when.moment,
                minutes=when.minutes or appointment.minutes,
                location=self.location.value() or "",
                asked_by=self.asked_by.filled(),
                reason=self.reason.filled(),
            )
            return PendingEdit(move_appointment, session, entry)

        spec = SimpleCommand(
            title="Move an appointment",
            verb="&Move it",
            discard="&Discard this entry",
            about=subject.summary_to_meet,
            intro=f"{describe_appointment(session, appointment)}.",
            origin=Origin("move_appointment", subject.case_ref, appointment.appointment_ref, appointment.revision),
            fields=(self.when, self.location, self.asked_by, self.reason),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)


class CancelAppointmentDialog(SimpleCommandDialog):
    """Asks who cancelled an appointment, and why."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        subject: CaseSubject,
        appointment: Appointment,
        parent: QWidget | None = None,
    ) -> None:
        self.asked_by, self.reason = asked_by_field(), reason_field()

        def command() -> Callable[[], Outcome]:
            entry = CancelAppointment(
                request=self.request,
                appointment_ref=appointment.appointment_ref,
                revision=self.revision,
                asked_by=self.asked_by.filled(),
                reason=self.reason.filled(),
            )
            return PendingEdit(cancel_appointment, session, entry)

        spec = SimpleCommand(
            title="Appointment cancelled",
            verb="&Record as cancelled",
            discard="&Discard this entry",
            about=subject.summary,
            intro=f"{describe_appointment(session, appointment)}. Cancelled, it counts neither for nor against them.",
            origin=Origin("cancel_appointment", subject.case_ref, appointment.appointment_ref, appointment.revision),
            fields=(self.asked_by, self.reason),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)


def when_field(session: Session, *, required: bool, name: str = "starts_at", title: str = "Whe&n") -> DateTimeField:
    """Make a field for a time to come."""

    def check(when: DayTimeSpan) -> str:
        past = when.moment.on < session.today()
        return "This day is past. For what has happened, record a contact." if past else ""

    return DateTimeField(
        name,
        title,
        now=session.local_now,
        bias=DateBias.AHEAD,
        required=required,
        rule=check,
        help=WHEN_HELP,
    )


def asked_by_field() -> ChoiceField:
    """Make the question who asked for the change."""
    choices = (Choice("THEIRS", "They did", "t"), Choice("OURS", "We did", "w"))
    return ChoiceField("asked_by", "Wh&o asked", choices, required=True)


def reason_field() -> LongTextField:
    """Make the question why."""
    return LongTextField("reason", "Wh&y", lines=2, limit=MAX_REASON_CHARS, required=True)
