"""Dialogs for a step on compliance with what belongs to it, and for the supervision of a case."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.records.compliance.steps import (
    CONCERN_OF_STEP,
    RECALL_STEPS,
    RECALLED,
    WARNING,
    ComplianceStep,
)
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.compliance.steps import RecordComplianceStep, record_compliance_step
from ioms_desktop.services.compliance.supervision import SetSupervision, describe_status, set_supervision
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog
from ioms_desktop.ui.forms.choice_fields import ChoiceField, CodeField, code_options
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.forms.record_form import read_form, record_fields
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks

DISCARD_LABEL = "&Discard this entry"


class ComplianceStepDialog(AutoHeightDialog):
    """Asks for a warning, a breach or a recall, and whether it is a concern too."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        subject = subject_of(session, view)
        super().__init__(
            tasks,
            title="Warning, breach or recall",
            verb="&Save step",
            discard=DISCARD_LABEL,
            about=subject.summary,
            intro=f"Statutory status: {describe_status(session, view)}.",
            parent=parent,
        )
        self.session, self.case = session, view.case
        self.enable_autosave(session, Origin("add_compliance_steps", view.case.case_ref))
        for field in record_fields(ComplianceStep, session.lists, session.local_now, named=subject.named()):
            field.required = field.required or field.name == "warning_level"  # where it is asked: of a warning
            self.form.add(field)
        self.step = self.form.field("step")
        self.form.field("taken_on").set_value(session.today())
        self._is_inside = bool(view.open_custody)
        self._ask_what_follows()
        self.form.changed.connect(self._show_what_applies)
        self._show_what_applies()
        self.finish_layout()

    def _ask_what_follows(self) -> None:
        said = "A concern calls for a decision; a warning never does."
        self.concern = self.form.add(ChoiceField("as_concern", "A &concern too", required=True, help=said))
        self.at_large = self.form.add(
            DateField(
                "at_large_from",
                "Unlawfully at &large from",
                today=self.session.today,
                bias=DateBias.BACK,
                help="Left empty where they are in custody or give themselves up.",
            )
        )

    @Slot()
    def _show_what_applies(self) -> None:
        step = self.step.value()
        shown = {
            "warning_level": step == WARNING,
            "recall_type": step in RECALL_STEPS,
            "as_concern": step in CONCERN_OF_STEP and may(self.session.role, Right.RECORD_CONCERN),
            "at_large_from": step == RECALLED and not self._is_inside,
        }
        for name, wanted in shown.items():
            self.form.set_field_visible(name, shown=wanted)

    @override
    def build_command(self) -> Callable[[], Outcome]:
        values = self.form.values()
        entry = RecordComplianceStep(
            request=self.request,
            case_ref=self.case.case_ref,
            step=ComplianceStep(compliance_ref="", case_ref="", **read_form(self.form, ComplianceStep)),
            as_concern=values["as_concern"] == "yes",
            at_large_from=values["at_large_from"],
        )
        return partial(record_compliance_step, self.session, entry)


class SupervisionDialog(SimpleCommandDialog):
    """Asks for the statutory status where it is not that of the orders, the IOM condition and the final third."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        case, lists = view.case, session.lists
        by_hand = bool(case.statutory_reason)
        status = CodeField(
            "statutory_status",
            "S&tatutory status",
            code_options(lists.of("statutory_status"), session.today()),
            help="Left empty, it follows from the orders and licences of the day.",
        )
        status.set_value(case.statutory_status if by_hand else None)
        reason = TextField("reason", "Wh&y not that of the orders", limit=2000)
        reason.set_value(case.statutory_reason)
        condition = ChoiceField("condition", "&IOM condition", help="Whether the licence or order has it.")
        condition.set_value({True: "yes", False: "no", None: None}[case.iom_licence_condition])
        third = DateField(
            "final_third_from", "&Final third from", today=session.today, bias=DateBias.NEAR, help="As probation says."
        )
        third.set_value(case.final_third_from)

        def command() -> Callable[[], Outcome]:
            typed = status.value()
            # The status shown may only be left as it was; with a reason it would be stored as if set by hand.
            leaves_it = typed is None and not by_hand and not reason.value()
            entry = SetSupervision(
                request=self.request,
                case_ref=case.case_ref,
                revision=self.revision,
                statutory_status=case.statutory_status if leaves_it else typed,
                statutory_reason=reason.value() or "",
                iom_licence_condition={"yes": True, "no": False}.get(condition.value() or ""),
                final_third_from=third.value(),
            )
            return PendingEdit(set_supervision, session, entry)

        spec = SimpleCommand(
            title="Supervision",
            discard=DISCARD_LABEL,
            about=subject_of(session, view).summary,
            intro=f"Statutory status: {describe_status(session, view)}.",
            origin=Origin("supervision", case.case_ref, revision=case.revision),
            fields=(status, reason, condition, third),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)
