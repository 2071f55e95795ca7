"""The dialog for one criterion of a programme; scores and offences on record are offered, and nothing is computed."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.records.people import Assessment, Offence
from ioms_desktop.domain.records.selection.eligibility import GRADES, INTELLIGENCE, EligibilityCriterion
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.recording.records import AddRecord, add_record_by_form
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.forms.choice_fields import CodeField, Option, code_options
from ioms_desktop.ui.forms.record_form import read_form, record_fields
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks

OF_IOM = ("tool", "tool_version", "score", "scored_on", "index_offence", "index_offence_on")
"""What a criterion of IOM rests on besides its evidence."""


class EligibilityDialog(AutoHeightDialog):
    """Asks for one criterion, whether it is met, and on what that rests."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        super().__init__(
            tasks,
            title="Eligibility",
            verb="&Save",
            discard="&Discard this entry",
            about=subject_of(session, view).summary,
            intro=describe_found(session, view),
            parent=parent,
        )
        self.session, self.view = session, view
        self.enable_autosave(session, Origin("eligibility", view.case.case_ref))
        self._assessments = {each.key_text: each for each in view.assessments}
        self._offences = {each.key_text: each for each in view.offences}
        self._add_fields()
        self.form.field("basis").changed.connect(self._show_asked)
        self._show_asked()
        self.finish_layout()

    def _add_fields(self) -> None:
        lists, today, programme = self.session.lists, self.session.today(), self.view.case.programme
        for field in record_fields(EligibilityCriterion, lists, self.session.local_now):
            if field.name in OF_IOM and programme != "IOM":
                continue
            if field.name == "tool":
                self._offer_what_is_on_record()
            self.form.add(field)
            if field.name == "criterion" and isinstance(field, CodeField):
                field.set_options(code_options(lists.of("eligibility_criterion"), today, programme))
            if field.name == "basis" and isinstance(field, CodeField) and not self._sees:
                field.set_options([each for each in field.options if each.code != INTELLIGENCE])
        self.form.field("assessed_on").set_value(today)

    @property
    def _sees(self) -> bool:
        return may(self.session.role, Right.READ_INTELLIGENCE)

    def _offer_what_is_on_record(self) -> None:
        """Offer the scores and offences of the person; choosing one fills the fields below it."""
        scores = [Option(ref, _describe_score(self.session, each)) for ref, each in self._assessments.items()]
        self.score_picked = self.form.add(
            CodeField("score_picked", "Score on &record", scores, help="Fills in tool, version, score and day.")
        )
        offences = [Option(ref, _describe_offence(each)) for ref, each in self._offences.items()]
        self.offence_picked = self.form.add(
            CodeField("offence_picked", "Offence o&n record", offences, help="Fills in the index offence and its day.")
        )
        self.score_picked.changed.connect(self._take_score)
        self.offence_picked.changed.connect(self._take_offence)
        self.form.set_field_visible("score_picked", shown=bool(scores))
        self.form.set_field_visible("offence_picked", shown=bool(offences))

    @Slot()
    def _take_score(self) -> None:
        picked = self._assessments.get(self.score_picked.value() or "")
        if picked is not None:
            self._fill(tool=picked.tool, tool_version=picked.version, score=picked.value, scored_on=picked.assessed_on)

    @Slot()
    def _take_offence(self) -> None:
        picked = self._offences.get(self.offence_picked.value() or "")
        if picked is not None:
            self._fill(index_offence=picked.offence, index_offence_on=picked.offence_on)

    def _fill(self, **values: Any) -> None:  # noqa: ANN401 - of the fields' own types
        for name, value in values.items():
            self.form.field(name).set_value(value)

    @Slot()
    def _show_asked(self) -> None:
        for name in GRADES:
            self.form.set_field_visible(name, shown=self.form.field("basis").value() == INTELLIGENCE)

    @override
    def build_command(self) -> Callable[[], Outcome]:
        values = read_form(self.form, EligibilityCriterion)
        found = EligibilityCriterion(eligibility_ref="", case_ref="", **values)
        entry = AddRecord(request=self.request, case_ref=self.view.case.case_ref, record=found)
        return partial(add_record_by_form, self.session, entry)


def describe_found(session: Session, view: CaseView) -> str:
    """Say which criteria are on record already."""
    listed = session.lists.of("eligibility_criterion")
    found = [
        f"{listed.label(each.criterion)}: {'met' if each.met else 'not met'}" for each in view.of(EligibilityCriterion)
    ]
    return f"On record: {'; '.join(found)}." if found else "No criterion is on record yet."


def _describe_score(session: Session, assessment: Assessment) -> str:
    tool = session.lists.of("risk_tool").label(assessment.tool, assessment.assessed_on)
    version = f" {assessment.version}" if assessment.version else ""
    return f"{tool}{version}: {assessment.value or 'no value'}, {format_day(assessment.assessed_on)}"


def _describe_offence(offence: Offence) -> str:
    return f"{offence.offence or 'Offence'}, {format_day(offence.offence_on)}"
