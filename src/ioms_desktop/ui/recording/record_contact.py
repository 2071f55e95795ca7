"""Record a contact: whether it took place, or why not; what was done; and whether anything gave cause for concern."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.validation.column_rules import is_future
from ioms_desktop.services.recording.contacts import ContactEntry, FollowUp, RecordContact, record_contact
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField, CodeField, Option, code_options
from ioms_desktop.ui.forms.date_fields import DateField
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
from ioms_desktop.ui.recording.contact_questions import ContactAnswers, MissedReason, compose_note, outcome_of
from ioms_desktop.ui.tasks import Tasks, ignore
from ioms_desktop.ui.widgets.caution_bar import CautionBar
from ioms_desktop.ui.widgets.widgets import announce, label

MISSED_REASON_CHOICES = (
    Choice(MissedReason.THEIRS, "Their reason", "t"),
    Choice(MissedReason.NONE, "No reason given", "n"),
    Choice(MissedReason.OURS, "Ours", "o"),
    Choice(MissedReason.MOVED, "They moved", "m"),
    Choice(MissedReason.NO_REPLY, "No reply", "r"),
)
SAME_AS_FIRST = "as the first"


class RecordContactDialog(AutoHeightDialog):
    """Asks for one contact, for one or several people. It only adds records, so there is nothing to merge."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        subject: CaseSubject | None,
        *,
        find: CaseFinder | None = None,
        appointment: Appointment | None = None,
        parent: QWidget | None = None,
    ) -> None:
        """Create the form.

        Args:
            session: The session of the user who records it.
            tasks: Runs the command and the search.
            subject: The case for which it is opened; None if the person is still to be chosen.
            find: Finds further cases by the typed text; None if no others may be added.
            appointment: The one whose outcome is recorded, of the subject's; what it says is filled in.
            parent: The Qt parent.
        """
        super().__init__(
            tasks,
            title="Record contact",
            verb="&Save contact",
            discard="&Discard this contact",
            about="" if subject is None else subject.summary,
            intro="" if appointment is None else f"Appointment of {describe_appointment(session, appointment)}.",
            parent=parent,
        )
        self.session, self.subject, self._search_tasks = session, subject, tasks
        self.find_cases = find
        self.enable_autosave(session, Origin("record_contact", "" if subject is None else subject.case_ref))
        self.fields_by_case: dict[str, tuple[CodeField, LongTextField]] = {}
        self.who: PickerField | None = None
        self._marked: tuple[PickerMatch, ...] = ()
        self._preset_kind: str | None = None
        self._has_appointment = appointment is not None
        self._is_restoring = False
        if subject is None:
            self._ask_who("&For whom", required=True)
        self._ask_what_happened()
        self._ask_what_was_done()
        self._ask_what_worries()
        self._ask_the_rest()
        self._add_outcome_bar()
        self.markers_bar = CautionBar()
        self.show_below_form(self.markers_bar)
        self._preset_arranged()
        if appointment is not None:
            self.appointment.set_value(appointment.appointment_ref)
            self.form.mark_clean()  # what the appointment says was not typed, and is not asked about on closing
        self._show_what_applies()
        self.form.changed.connect(self._show_what_applies)
        self.finish_layout()

    def _ask_who(self, title: str, *, required: bool) -> None:
        find = find_others(self.find_cases, self.subject)
        self.who = self.form.add(
            PickerField("who", title, find=find, tasks=self._search_tasks, many=True, required=required)
        )
        self.who.changed.connect(self._ask_for_each)
        self.who.changed.connect(self._show_markers)

    def _ask_what_happened(self) -> None:
        add, today = self.form.add, self.session.today()
        self.happened = add(ChoiceField("happened", "Did it take &place?", required=True))
        self.came = add(ChoiceField("came", "Were they &there?", required=True), shown=False)
        ours = "Ours means that we could not deliver: it never counts against the person."
        self.why = add(ChoiceField("why", "&Why not?", MISSED_REASON_CHOICES, required=True, help=ours), shown=False)
        self.acceptable = add(ChoiceField("acceptable", "Is it &acceptable?", required=True), shown=False)
        self.reason = add(TextField("reason", "Their r&eason"), shown=False)
        self.arranged = add(ChoiceField("arranged", "Was it a&rranged?", required=True), shown=False)
        waiting = self.subject.appointments if self.subject else ()
        options = [Option(each.appointment_ref, describe_appointment(self.session, each)) for each in waiting]
        self.appointment = add(CodeField("appointment", "B&y appointment", options), shown=False)
        self.appointment.changed.connect(self._fill_from_appointment)
        like = "Like 1430, 1430-1515, yesterday 9.30, fri 2pm 45m. A time alone is today's or last night's."
        self.when = add(
            DateTimeField(
                "when", "Whe&n", now=self.session.local_now, required=True, rule=self._check_not_future, help=like
            )
        )
        self.when.set_value(DayTimeSpan(DayTime(today)))
        self.kind = add(
            CodeField("kind", "&How", code_options(self.session.lists.of("contact_type"), today), required=True)
        )
        if self.subject is not None:
            self.kind.set_value(self.subject.usual_type)
        self.kind.changed.connect(self._preset_arranged)

    @Slot()
    def _preset_arranged(self) -> None:
        """Answer whether it was arranged where the type of contact says so; the answer can be changed."""
        kind = self.kind.value()
        code = None if kind is None else self.session.lists.of("contact_type").get(kind)
        arranged = None if code is None else code.more.get("arranged")
        if kind != self._preset_kind and isinstance(arranged, bool) and not self._is_restoring:
            for question in (self.arranged, self.planned):
                question.set_value("yes" if arranged else "no")
        self._preset_kind = kind

    @Slot()
    def _fill_from_appointment(self) -> None:
        """Fill in what the chosen appointment says; all of it can be changed."""
        known = self.subject.appointments if self.subject else ()
        chosen = next((each for each in known if each.appointment_ref == self.appointment.value()), None)
        if chosen is None or self._is_restoring:
            return
        self.when.set_value(DayTimeSpan(chosen.starts_at, chosen.minutes))
        self.kind.set_value(chosen.contact_type)
        for question in (self.arranged, self.planned):
            question.set_value("yes")
        self.minutes.set_value(chosen.minutes)
        self.purpose.set_value(chosen.purpose)
        self.offer.set_value(chosen.offer_ref)

    def _ask_what_was_done(self) -> None:
        self.what = self.form.add(LongTextField("done", "What was &done", lines=3))
        self.response = self.form.add(LongTextField("response", "How they resp&onded", lines=2))

    def _ask_what_worries(self) -> None:
        add = self.form.add
        asked_apart = "In how they behaved. Other worries are asked next."
        self.behaviour = add(
            ChoiceField("behaviour", "Any ris&k or safeguarding concern?", required=True, help=asked_apart)
        )
        self.behaviour_words = add(
            LongTextField("behaviour_words", "What they did", lines=2, required=True), shown=False
        )
        self.behaviour_whom = add(TextField("behaviour_whom", "Whom to tell of it", required=True), shown=False)
        for_them = "Anything about their safety, their family or others."
        self.worry = add(ChoiceField("worry", "Anything else of &concern?", required=True, help=for_them))
        self.worry_words = add(LongTextField("worry_words", "What concerns you", lines=2, required=True), shown=False)
        self.worry_whom = add(TextField("worry_whom", "Whom to tell of that", required=True), shown=False)
        for whom in (self.behaviour_whom, self.worry_whom):
            whom.set_value("the supervisor")

    def _ask_the_rest(self) -> None:
        add, lists = self.form.add, self.session.lists
        self.form.section("If it applies")
        self.minutes = add(NumberField("minutes", "Len&gth", unit="minutes", maximum=1440))
        self.planned = add(ChoiceField("planned", "Arranged beforehand?"))
        self.planned.set_value("yes")
        self.purpose = add(CodeField("purpose", "P&urpose", code_options(lists.of("contact_purpose"))))
        unsaid = "For the case summary, which tells facts from opinion. Left open, the note is printed as opinion."
        self.basis = add(
            CodeField("basis", "The note &is", code_options(lists.of("statement_basis")), help=unsaid), shown=False
        )
        self.direction = add(CodeField("direction", "Who &made contact", code_options(lists.of("contact_direction"))))
        self.direction.set_value("OURS")
        whose = "Whose contact it was. Left open, it is that of your role on each case."
        agencies = code_options(lists.of("agency"), self.session.today())
        self.agency = add(CodeField("agency", "Agency", agencies, help=whose))
        self.agency.set_value(None if self.subject is None else self.subject.agency)
        self.offer = add(CodeField("offer", "Part o&f offer", self.subject.offers if self.subject else ()), shown=False)
        ahead = "Becomes an action of yours with this date."
        self.next_on = add(
            DateField("next_on", "Ne&xt contact", today=self.session.today, bias=DateBias.AHEAD, help=ahead)
        )
        self.next_what = add(TextField("next_what", "What it will be"), shown=False)
        self.next_what.set_value("Next contact")
        if self.subject is not None and self.find_cases is not None:
            self._ask_who("A&lso for", required=False)

    def _add_outcome_bar(self) -> None:
        self.outcome = label("", wrap=True)
        self.outcome_bar = QFrame()
        self.outcome_bar.setProperty("kind", "bar-notice")
        row = QHBoxLayout(self.outcome_bar)
        row.setContentsMargins(24, 6, 24, 6)
        row.addWidget(self.outcome)
        self.show_below_form(self.outcome_bar)

    @property
    def chosen(self) -> tuple[PickerMatch, ...]:
        """The chosen cases, without the one for which the dialog was opened."""
        return () if self.who is None else self.who.chosen

    @Slot()
    def _ask_for_each(self) -> None:
        chosen = {choice.ref: choice for choice in self.chosen}
        first = next(iter(chosen), None) if self.subject is None else None
        for ref, choice in chosen.items():
            if ref not in self.fields_by_case and ref != first:
                self._add_person(choice)
        for ref in self.fields_by_case:
            shown = ref in chosen and ref != first
            self.form.set_field_visible(f"outcome {ref}", shown)
            self.form.set_field_visible(f"note {ref}", shown)

    @Slot()
    def _show_markers(self) -> None:
        """Say which warning markers those have who were added, read off the interface thread."""
        if self.chosen != self._marked:
            self._marked = self.chosen
            self.show_about(describe_whom("" if self.subject is None else self.subject.summary, self._marked))
            self.markers_bar.tell(())
            work = partial(markers_to_meet, self.session, self._marked)
            self._search_tasks.latest(self, "markers", work, self.markers_bar.tell, refused=ignore)

    def _add_person(self, choice: PickerMatch) -> None:
        codes = [
            Option(SAME_AS_FIRST, "As for the first person"),
            *code_options(self.session.lists.of("contact_outcome")),
        ]
        outcome = self.form.add(CodeField(f"outcome {choice.ref}", choice.title, codes, required=True))
        outcome.set_value(SAME_AS_FIRST)
        own = "On this person's record alone. Left empty, what was done is copied: name nobody else there."
        note = self.form.add(LongTextField(f"note {choice.ref}", "Their own note", lines=2, help=own))
        self.fields_by_case[choice.ref] = (outcome, note)

    @override
    def restore(self, draft: Draft) -> None:
        self._is_restoring = True  # the answers of the draft stand, whatever the type of contact says
        super().restore(draft)
        self._is_restoring = False

    def answers(self) -> ContactAnswers:
        """Return the answers so far."""
        happened = _yes(self.happened.value())
        why = self.why.value()
        return ContactAnswers(
            happened=happened,
            came=_yes(self.came.value()),
            missed_reason=None if why is None else MissedReason(why),
            acceptable=_yes(self.acceptable.value()),
            arranged=_yes((self.planned if happened else self.arranged).value()),
            contact_type=self.kind.value(),
        )

    @Slot()
    def _show_what_applies(self) -> None:
        now = self.answers()
        missed = now.happened is False
        theirs = missed and now.missed_reason is MissedReason.THEIRS
        met = now.happened is True or (missed and now.came is True)
        flags = (self.behaviour.value() == "yes", self.worry.value() == "yes")
        shown = {
            "appointment": bool(self.subject and self.subject.appointments) and not self._has_appointment,
            "came": missed,
            "why": missed,
            "acceptable": theirs,
            "reason": theirs,
            "arranged": missed,
            "response": now.happened is not False,
            "behaviour": met or now.happened is None,
            "behaviour_words": met and flags[0],
            "behaviour_whom": met and flags[0],
            "worry_words": flags[1],
            "worry_whom": flags[1],
            "minutes": not missed,
            "planned": not missed,
            "offer": bool(self.subject and self.subject.offers),
            "next_what": self.next_on.value() is not None,
            "basis": bool((self.what.value() or "").strip() or (self.response.value() or "").strip()),
        }
        for name, applies in shown.items():
            self.form.set_field_visible(name, applies)
        self._copy_length()
        self._show_outcome(now)

    def _copy_length(self) -> None:
        when = self.when.value()
        if when is not None and when.minutes is not None and self.minutes.value() != when.minutes:
            self.minutes.set_value(when.minutes)

    def _show_outcome(self, now: ContactAnswers) -> None:
        outcome = outcome_of(now)
        if outcome is None:
            words = "Answer the questions above; the outcome is shown here before it is saved."
        else:
            name = self.session.lists.of("contact_outcome").label(outcome)
            when, kind = self.when.value(), self.kind.value()
            on = self.session.today() if when is None else when.moment.on
            completes = kind not in self.session.policy(on).never_completed
            counting = labels.describe_counting(outcome, planned=bool(now.arranged), completes=completes)
            words = f"Will be recorded as: {name}. {counting}"
        if words != self.outcome.text():
            self.outcome.setText(words)
            self.outcome_bar.setAccessibleName(words)
            announce(words, self.outcome_bar)

    def _check_not_future(self, when: DayTimeSpan) -> str:
        if is_future(when.moment, self.session.day_time()):
            return "A contact is recorded once it has happened. For one to come, fill in Next contact."
        return ""

    @override
    def build_command(self) -> Callable[[], Outcome]:
        now, when, kind = self.answers(), self.when.value(), self.kind.value()
        outcome = outcome_of(now)
        if outcome is None or when is None or kind is None:
            raise MissingValue("Some questions are still open. Your entry is kept; answer those marked.")
        entry = RecordContact(
            request=self.request,
            entries=self._entries(outcome),
            occurred_at=when.moment,
            planned=bool(now.arranged),
            contact_type=kind,
            utc_offset=when.utc_offset,
            minutes=self.minutes.value() if now.happened else None,
            agency=self.agency.value(),
            direction=self.direction.value(),
            statement_basis=self.basis.value(),
            behaviour=self._report("behaviour"),
            worry=self._report("worry"),
            next_on=self.next_on.value(),
            next_what=self.next_what.value() or "Next contact",
            purpose=self.purpose.value(),
        )
        return partial(record_contact, self.session, entry)

    def _entries(self, outcome: str) -> tuple[ContactEntry, ...]:
        values = self.form.values()
        done = values["done"] or ""
        own = compose_note(done=done, response=values["response"] or "", reason=values["reason"] or "")
        refs = [self.subject.case_ref] if self.subject else []
        refs += [choice.ref for choice in self.chosen]
        first = partial(ContactEntry, offer_ref=values["offer"], appointment_ref=self.appointment.value())
        entries = [first(case_ref=refs[0], outcome=outcome, note=own)] if refs else []
        for ref in refs[1:]:
            theirs, note = self.fields_by_case[ref]
            given = theirs.value()
            theirs_is = outcome if given in (None, SAME_AS_FIRST) else str(given)
            entries.append(ContactEntry(case_ref=ref, outcome=theirs_is, note=note.value() or done))
        return tuple(entries)

    def _report(self, name: str) -> FollowUp | None:
        values = self.form.values()
        if values[name] != "yes":
            return None
        return FollowUp(observation=values[f"{name}_words"] or "", recipient=values[f"{name}_whom"] or "")


def _yes(answer: str | None) -> bool | None:
    return None if answer is None else answer == "yes"
