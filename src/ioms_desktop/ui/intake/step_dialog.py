"""The dialog that takes a case to its next status: what may follow, what it needs, and what is missing for the rest."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.records.status_table import ASKED, NextStatus, describe_needs, next_statuses
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.intake.steps import (
    RECORD_FIRST,
    ChangeStatus,
    change_status,
    describe_roles,
    status_records,
    way_to_record,
)
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import past_day_field
from ioms_desktop.ui.forms.choice_fields import CodeField, Option, code_options
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.field import Field
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks

NOTHING_FOLLOWS = "This case is closed, so no step follows. For somebody who comes back, reopen it in the menu Case."


def steps_of(session: Session, view: CaseView) -> tuple[NextStatus, ...]:
    """Return what may follow the present status of a case, with what is missing."""
    records = status_records(session.role, view.of)
    return next_statuses(view.case, records, session.role)


class NextStepDialog(AutoHeightDialog):
    """Asks for the next status and what it needs."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        statuses = session.lists.of("case_status")
        super().__init__(
            tasks,
            title="Next step of the case",
            verb="&Save step",
            discard="&Discard this entry",
            about=subject_of(session, view).summary,
            intro=f"Status: {statuses.label(view.case.status)}.",
            parent=parent,
        )
        self.session, self.case = session, view.case
        self.enable_autosave(session, Origin("next_step", view.case.case_ref, revision=view.case.revision))
        steps = steps_of(session, view)
        self._steps = {step.status: step for step in steps if step.is_possible}
        later = [step for step in steps if not step.is_possible]
        options = [Option(status, statuses.label(status)) for status in self._steps]
        self.status = self.form.add(CodeField("status", "Next s&tep", options, required=True))
        for field in self._asked_fields():
            self.form.add(field)
        if later or not steps:
            self.form.place(Card("Not possible yet" if steps else "", self._describe(later) or (NOTHING_FOLLOWS,)))
        self.primary.setEnabled(bool(options))
        self.status.changed.connect(self._show_asked)
        self._show_asked()
        self.finish_layout()

    def _asked_fields(self) -> Sequence[Field[Any]]:
        case, lists, today = self.case, self.session.lists, self.session.today()

        def day(name: str, title: str, held: date | None) -> DateField:
            field = past_day_field(self.session, name, title)
            field.set_value(held or today)
            return field

        cohort = CodeField("cohort", "&Cohort", code_options(lists.of("cohort"), today), required=True)
        cohort.set_value(case.cohort)
        reasons = code_options(lists.of("close_reason"), today, case.programme)
        reason = CodeField("close_reason", "Reason for clos&ing", reasons, required=True)
        return (
            day("adopted_on", "Adopte&d on", case.adopted_on),
            cohort,
            day("notified_on", "&Notified on", case.notified_on),
            day("closed_on", "C&losed on", case.closed_on),
            reason,
        )

    def _describe(self, later: Sequence[NextStatus]) -> tuple[str, ...]:
        """Say of each step that is not possible yet what is missing, or whose it is."""
        statuses = self.session.lists.of("case_status")
        said = []
        for step in later:
            needs = f"needs {join_words(describe_needs(step.missing))}. " if step.missing else ""
            who = describe_roles(step.by) if step.by else ""
            said.append(f"{statuses.label(step.status)}: {needs}{who}".strip())
        way = way_to_record(need for step in later for need in step.missing)
        return (*said, way) if way != RECORD_FIRST else tuple(said)

    @Slot()
    def _show_asked(self) -> None:
        step = self._steps.get(self.status.value() or "")
        asked = set() if step is None else {ASKED[need] for need in step.asks}
        for name in ASKED.values():
            self.form.set_field_visible(name, shown=name in asked)

    @override
    def build_command(self) -> Callable[[], Outcome]:
        values = {name: self.form.values()[name] for name in ASKED.values()}
        entry = ChangeStatus(
            request=self.request,
            case_ref=self.case.case_ref,
            revision=self.revision,
            status=self.status.filled(),
            **values,
        )
        return PendingEdit(change_status, self.session, entry)
