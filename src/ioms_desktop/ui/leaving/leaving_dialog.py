"""The dialog by which a case is suspended, resumed, transferred, de-selected, completed or withdrawn."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.dates.calendar import ADULT_AGE
from ioms_desktop.domain.records.leaving.exits import PLANNED, SUSPENDED, CaseExit
from ioms_desktop.domain.records.person_sets.care import WarningMarker
from ioms_desktop.domain.records.protection import VictimContact, victim_to_tell
from ioms_desktop.domain.records.status_table import LEAVING_NEEDS, NextStatus, StatusNeed, describe_needs
from ioms_desktop.domain.text_format import capitalise, join_words
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.intake.steps import RECORD_FIRST, describe_roles, way_to_record
from ioms_desktop.services.leaving.leaving import (
    ADOPT_IT,
    REMOVAL_PERIOD,
    RESUMED,
    FlagRemoval,
    LeaveCase,
    ResumeCase,
    leave_case,
    resume_case,
    was_adopted,
)
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import past_day_field
from ioms_desktop.ui.forms.choice_fields import CodeField, Option, code_options
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.fields import LongTextField, TextField
from ioms_desktop.ui.forms.tick_field import TickField
from ioms_desktop.ui.intake.step_dialog import steps_of
from ioms_desktop.ui.leaving.agencies_field import AgenciesField, agencies_on
from ioms_desktop.ui.leaving.need_fields import NeedFields
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.workers.worker_field import WorkerField

SYSTEMS = {"PNC": "PNC", "RECORDS": "the force's record system", "IDIOM": "IDIOM"}
"""The systems on which somebody is marked as managed (practice notes 2.3)."""
CLOSED = "This case is closed, so it cannot leave again."
COMES_BACK = "Reopen it in the menu Case for somebody who comes back."
NOT_YET_ON = (
    "This case is not on the programme yet, so it does not leave it. Panel decision or Next step in the menu Case "
    "closes it."
)
TOLD_PEOPLE = ("person_told_on", "carer_told_on", "victim_told_on")
TOLD = ("person_told_on", "told_by", "carer_told_on", "victim_told_on", "agencies_told", "agencies_told_on", "not_told")


class LeavingDialog(AutoHeightDialog):
    """Asks for the step and for what belongs to it: reason, needs, exit plan, notices and markers."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        view: CaseView,
        review: str,
        known_workers: Sequence[str] = (),
        *,
        parent: QWidget | None = None,
    ) -> None:
        """Ask.

        Args:
            review: When the record is reviewed next if the case closes today, and why.
            known_workers: The names on record, of which one is completed as it is typed.
        """
        statuses = session.lists.of("case_status")
        super().__init__(
            tasks,
            title="Leaving",
            verb="&Save",
            discard="&Discard this entry",
            about=subject_of(session, view).summary,
            intro=f"Status: {statuses.label(view.case.status)}.",
            parent=parent,
        )
        self.session, self.view, self.case = session, view, view.case
        self._known_workers = known_workers
        self.enable_autosave(session, Origin("leave_case", view.case.case_ref, revision=view.case.revision))
        exits = {code.code for code in session.lists.of("exit_kind")}
        steps = [each for each in steps_of(session, view) if each.status in exits or self._resumes(each.status)]
        waits = [each for each in steps if self._resumes(each.status) and not was_adopted(self.case)]
        self._steps = {each.status: each for each in steps if _is_possible(each) and each not in waits}
        self.kind = self.form.add(CodeField("kind", "Ho&w they leave", self._options(), required=True))
        self.on = self.form.add(past_day_field(session, "left_on", "&On"))
        self.form.add(TextField("reason", "&Reason", required=True))
        self.needs = NeedFields(session, view)
        self._add_leaving_fields()
        self._add_notices()
        self._add_markers()
        self.review = Card("Next retention review", (review,))
        self.form.place(self.review)
        later = [each for each in steps if not _is_possible(each)]
        why = (*(f"Resume: {capitalise(ADOPT_IT)}" for _ in waits), *self._describe(later))
        if why or not steps:
            self.form.place(Card("Not possible yet" if steps else "", why or (self._nothing_left(),)))
        self.primary.setEnabled(bool(self._steps))
        self.kind.changed.connect(self._show_asked)
        for name in ("removals", "agencies_told_on"):
            self.form.field(name).changed.connect(self._show_asked)
        self._show_asked()
        self.finish_layout()

    def _nothing_left(self) -> str:
        """Say why no way to leave is offered."""
        if self.case.closed_on is None:
            return NOT_YET_ON
        return CLOSED if self.case.closed_by_death else f"{CLOSED} {COMES_BACK}"

    def _resumes(self, status: str) -> bool:
        return status == RESUMED and self.case.status == SUSPENDED

    def _options(self) -> list[Option]:
        statuses = self.session.lists.of("case_status")
        return [Option(status, "Resume" if self._resumes(status) else statuses.label(status)) for status in self._steps]

    def _add_leaving_fields(self) -> None:
        listed = self.session.lists.of("close_reason")
        reasons = code_options(listed, self.session.today(), self.case.programme)
        self.form.add(CodeField("close_reason", "Reason for clos&ing", reasons, required=True))
        self.form.add(
            TextField("goes_to", "&Passed on to", required=True, help="The area, team or service that takes over.")
        )
        self.needs.add_to(self.form)
        self.form.add(
            LongTextField("plan", "E&xit plan", lines=3, required=True, help="Who does what afterwards, and by when.")
        )
        self.form.add(
            LongTextField(
                "services",
                "&Help afterwards",
                lines=2,
                help="Services that go on, each with a name and a phone or address.",
            )
        )

    def _add_notices(self) -> None:
        def told(name: str, title: str) -> None:
            self.form.add(DateField(name, title, today=self.session.today, bias=DateBias.BACK))

        told("person_told_on", "Person &told on")
        by = self.form.add(WorkerField("told_by", "Told &by", self._known_workers))
        by.set_value(self.session.names.of(self.session.user))
        told("carer_told_on", "Parent or &carer told on")
        told("victim_told_on", "&Victim told on")
        agencies = code_options(self.session.lists.of("agency"), self.session.today())
        self.form.add(AgenciesField("agencies_told", "&Agencies told", agencies, agencies_on(self.view)))
        told("agencies_told_on", "Agencies told o&n")
        self.form.add(TextField("not_told", "Who was not told, and wh&y"))

    def _add_markers(self) -> None:
        listed = self.session.lists.of("warning_marker")
        self._markers = [each for each in self.view.of(WarningMarker) if each.to_on is None]
        marked = [Option(each.warning_ref, listed.label(each.marker)) for each in self._markers]
        self.form.add(TickField("ended_markers", "&Markers that end", marked, help="Warnings that no longer stand."))
        systems = [Option(code, capitalise(name)) for code, name in SYSTEMS.items()]
        self.form.add(
            TickField("removals", "To be removed &from", systems, help="Each becomes an action, due in a week.")
        )
        owner = self.form.add(WorkerField("removal_owner", "R&emoved by whom", self._known_workers, required=True))
        owner.set_value(self.session.names.of(self.case.police_om or self.session.user))

    @Slot()
    def _show_asked(self) -> None:
        kind = self.kind.value() or ""
        leaves, planned = bool(kind) and kind != RESUMED, kind in PLANNED
        closes = kind in self._steps and StatusNeed.CLOSE_REASON in self._steps[kind].asks
        asked: Mapping[str, bool] = {
            "close_reason": closes,
            "goes_to": kind == "TRANSFERRED_OUT",
            "plan": planned,
            "services": planned,
            **dict.fromkeys(TOLD, leaves),
            "carer_told_on": leaves and self.view.age < ADULT_AGE,
            "victim_told_on": leaves and self._has_victim(),
            "ended_markers": closes and bool(self._markers),
            "removals": closes,
            "removal_owner": closes and bool(self.form.field("removals").value()),
        }
        for name, shown in asked.items():
            self.form.set_field_visible(name, shown=shown)
        self.form.field("agencies_told").required = leaves and bool(self.form.field("agencies_told_on").raw_text())
        self.needs.show(self.form, shown=planned)
        self.review.setVisible(closes)

    def _has_victim(self) -> bool:
        """Whether there is a victim whom to tell; who may not know of victims has no such record."""
        return victim_to_tell(self.view.of(VictimContact)) is not None

    def _describe(self, later: Sequence[NextStatus]) -> tuple[str, ...]:
        """Say of each step that is not possible yet what is missing, or whose it is."""
        statuses = self.session.lists.of("case_status")
        said = []
        for step in later:
            missing = [need for need in step.missing if need not in LEAVING_NEEDS]
            needs = f"needs {join_words(describe_needs(missing))}. " if missing else ""
            who = describe_roles(step.by) if step.by else ""
            said.append(f"{statuses.label(step.status)}: {needs}{who}".strip())
        way = way_to_record(need for step in later for need in step.missing if need not in LEAVING_NEEDS)
        return (*said, way) if said and way != RECORD_FIRST else tuple(said)

    @override
    def build_command(self) -> Callable[[], Outcome]:
        kind, values = self.kind.filled(), self.form.values()
        known: dict[str, Any] = {"request": self.request, "case_ref": self.case.case_ref, "revision": self.revision}
        if kind == RESUMED:
            resumed = ResumeCase(**known, on=self.on.filled(), reason=values["reason"])
            return PendingEdit(resume_case, self.session, resumed)
        entry = LeaveCase(
            **known,
            left=self._exit(kind, values),
            close_reason=values["close_reason"],
            needs=self.needs.values(self.form) if kind in PLANNED else (),
            ended_markers=tuple(values["ended_markers"] or ()),
            removals=self._removals(values),
            victim_told_on=values["victim_told_on"],
        )
        return PendingEdit(leave_case, self.session, entry)

    def _exit(self, kind: str, values: Mapping[str, Any]) -> CaseExit:
        given = ("goes_to", "plan", "services", "person_told_on", "carer_told_on", "agencies_told_on", "not_told")
        return CaseExit(
            exit_ref="",
            case_ref=self.case.case_ref,
            kind=kind,
            left_on=self.on.filled(),
            reason=values["reason"],
            told_by=values["told_by"] if any(values[name] is not None for name in TOLD_PEOPLE) else None,
            agencies_told=";".join(values["agencies_told"] or ()) or None,
            **{name: values[name] for name in given},
        )

    def _removals(self, values: Mapping[str, Any]) -> tuple[FlagRemoval, ...]:
        return tuple(
            FlagRemoval(
                system=SYSTEMS[code], owner=values["removal_owner"], due_on=self.session.today() + REMOVAL_PERIOD
            )
            for code in values["removals"] or ()
        )


def _is_possible(step: NextStatus) -> bool:
    """Whether the user may take a step now; what is recorded together with leaving is no longer missing then."""
    return not step.by and not set(step.missing) - LEAVING_NEEDS
