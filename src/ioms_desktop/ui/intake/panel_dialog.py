"""The dialog for what the panel decided about one case, and for the status that follows from it."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.records.selection.panel import ACCEPT, STATUS_OF_DECISION, PanelDecision
from ioms_desktop.domain.records.selection.screening import KNOWN, NEEDED_CHECKS, ScreeningCheck, answered_checks
from ioms_desktop.domain.records.status_table import NextStatus, StatusNeed, describe_needs
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.intake.panel import ADOPTED, RecordPanelDecision, record_panel_decision
from ioms_desktop.services.intake.steps import describe_roles, way_to_record
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import past_day_field
from ioms_desktop.ui.forms.choice_fields import (
    YES_NO,
    ChoiceField,
    CodeField,
    code_options,
    letter_choices,
)
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.tick_field import TickField
from ioms_desktop.ui.intake.eligibility_dialog import describe_found
from ioms_desktop.ui.intake.step_dialog import steps_of
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.widgets.widgets import label

DEFER = "DEFER"
PANEL_NEEDS = frozenset({StatusNeed.PANEL_ACCEPTED, StatusNeed.PANEL_ELIGIBLE, StatusNeed.PANEL_DESELECTED})
"""What this dialog itself records."""


class PanelDecisionDialog(AutoHeightDialog):
    """Asks for who was there, what was decided and why, who dissents, and what the next status needs."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        statuses = session.lists.of("case_status")
        super().__init__(
            tasks,
            title="Decision of the panel",
            verb="&Save decision",
            discard="&Discard this decision",
            about=subject_of(session, view).summary,
            intro=f"Status: {statuses.label(view.case.status)}.",
            parent=parent,
        )
        self.session, self.case = session, view.case
        self.enable_autosave(session, Origin("panel_decision", view.case.case_ref, revision=view.case.revision))
        self._steps = {step.status: step for step in steps_of(session, view)}
        self.form.place(Card("Before the panel", (_describe_screening(session, view), describe_found(session, view))))
        self._add_decision()
        self._add_what_follows()
        self._add_dissent()
        self.on = self.form.add(past_day_field(session, "decided_on", "Decided &on"))
        self.then = self.form.add(ChoiceField("takes_step", "Change the status?", YES_NO))
        self.then.set_value("yes")
        self.follows = label("", "quiet", wrap=True)
        self.form.place(self.follows)
        self.form.changed.connect(self._show_asked)
        self._show_asked()
        self.finish_layout()

    def _add_decision(self) -> None:
        lists, today = self.session.lists, self.session.today()
        decisions = letter_choices(lists.of("panel_decision").offered(today, self.case.programme))
        keys = ", ".join(f"{each.letter.upper()} {each.label.lower()}" for each in decisions)
        self.decision = self.form.add(
            ChoiceField("decision", "&Decision", decisions, required=True, help=f"Keys: {keys}.")
        )
        self.agencies = self.form.add(
            TickField(
                "agencies",
                "&Agencies present",
                code_options(lists.of("agency"), today),
                required=True,
                help="A letter goes to the next agency that begins with it, the space bar ticks it.",
            )
        )
        self.reason = self.form.add(
            TextField("reason", "&Reason", required=True, help="What the panel went by; opinion as opinion.")
        )

    def _add_what_follows(self) -> None:
        lists, today, programme = self.session.lists, self.session.today(), self.case.programme
        cohort = CodeField("cohort", "&Cohort", code_options(lists.of("cohort"), today), required=True)
        cohort.set_value(self.case.cohort)
        self.form.add(cohort, shown=False)
        self.adopted = self.form.add(
            DateField(
                "adopted_on",
                "Adop&ted on",
                today=self.session.today,
                bias=DateBias.BACK,
                help="Where the person is on the programme from now on; leave it empty where that follows later.",
            )
        )
        reasons = code_options(lists.of("close_reason"), today, programme)
        self.form.add(CodeField("close_reason", "Reason for clos&ing", reasons, required=True), shown=False)
        review = DateField("review_on", "Back to the &panel on", today=self.session.today, bias=DateBias.NEAR)
        self.form.add(review, shown=False)

    def _add_dissent(self) -> None:
        agencies = code_options(self.session.lists.of("agency"), self.session.today())
        self.dissents = self.form.add(ChoiceField("dissents", "Any dissent?", YES_NO, required=True))
        self.dissenting = self.form.add(TickField("dissenting", "Who dissents", agencies, required=True), shown=False)
        self.form.add(TextField("dissent", "&Why they dissent", required=True), shown=False)

    def _next_step(self) -> NextStatus | None:
        """Return the step that the decision leads to; None where it leads to none or none may follow."""
        status = STATUS_OF_DECISION.get((self.case.programme, self.decision.value() or ""), "")
        if self.decision.value() == ACCEPT and self.adopted.value() is not None:
            status = ADOPTED
        return self._steps.get(status)

    def _is_possible(self, step: NextStatus | None) -> bool:
        return step is not None and not step.by and not set(step.missing) - PANEL_NEEDS

    @Slot()
    def _show_asked(self) -> None:
        decision, step = self.decision.value(), self._next_step()
        is_possible = self._is_possible(step)
        takes = is_possible and self.then.value() != "no"
        closes = step is not None and StatusNeed.CLOSE_REASON in step.asks
        is_accepted = decision == ACCEPT
        dissents = self.dissents.value() == "yes"
        for name, shown in (
            ("cohort", is_accepted and self.case.programme == "IOM"),
            ("adopted_on", is_accepted and ADOPTED in self._steps),
            ("close_reason", closes and takes),
            ("review_on", decision == DEFER),
            ("dissenting", dissents),
            ("dissent", dissents),
            ("takes_step", is_possible),
        ):
            self.form.set_field_visible(name, shown=shown)
        if dissents:
            self.dissenting.set_offered(self.agencies.value() or ())
        self.follows.setText(self._describe_next(step, takes=takes))

    def _describe_next(self, step: NextStatus | None, *, takes: bool) -> str:
        """Say what becomes of the case, and why it stays as it is where it does."""
        statuses = self.session.lists.of("case_status")
        stays = f"The case stays: {statuses.label(self.case.status)}."
        if self.decision.value() is None:
            return ""
        if step is None:
            return f"{stays} No other status follows from this."
        wanted = statuses.label(step.status)
        missing = [need for need in step.missing if need not in PANEL_NEEDS]
        if missing:
            return f"{stays} {wanted} needs {join_words(describe_needs(missing))}; {way_to_record(missing)}"
        if step.by:
            return f"{stays} {wanted}: {describe_roles(step.by)}"
        return f"The case becomes: {wanted}." if takes else stays

    @override
    def build_command(self) -> Callable[[], Outcome]:
        values = self.form.values()
        made = PanelDecision(
            panel_decision_ref="",
            case_ref=self.case.case_ref,
            decided_on=self.on.filled(),
            decision=self.decision.filled(),
            agencies=";".join(self.agencies.filled()),
            reason=self.reason.filled(),
            cohort=values["cohort"],
            dissenting=";".join(values["dissenting"] or ()) or None,
            dissent=values["dissent"],
            review_on=values["review_on"],
        )
        entry = RecordPanelDecision(
            request=self.request,
            made=made,
            takes_step=values["takes_step"] == "yes",
            adopted_on=values["adopted_on"],
            close_reason=values["close_reason"],
        )
        return partial(record_panel_decision, self.session, entry)


def _describe_screening(session: Session, view: CaseView) -> str:
    """Say how many checks are answered, and what is known."""
    checks, listed = view.of(ScreeningCheck), session.lists.of("screening_check")
    known = [f"{listed.label(each.check_type)}: {each.note}" for each in checks if each.answer == KNOWN and each.note]
    answered = len(answered_checks(checks) & set(NEEDED_CHECKS))
    return " ".join([f"{answered} of {len(NEEDED_CHECKS)} checks answered.", *(f"{each}." for each in known)])
