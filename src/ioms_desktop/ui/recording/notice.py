"""The day on which the notice was served to the person, and the day on which a release was planned."""

from collections.abc import Callable
from datetime import date

from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.recording.notices import PlanRelease, ServeNotice, plan_release, serve_notice
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks


class NoticeServedDialog(AutoHeightDialog):
    """Collects the day on which the notice was served."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        """Fill the form.

        Args:
            session: Who records it.
            tasks: Where it is saved.
            view: The case as it stands.
            parent: The window it belongs to.
        """
        super().__init__(
            tasks,
            title="Notice served",
            verb="&Save",
            discard="&Discard this entry",
            intro=f"{subject_of(session, view).summary} {_describe_adoption(view.case.adopted_on)}",
            parent=parent,
        )
        self.session, self.view = session, view
        self.enable_autosave(session, Origin("notice_served", view.case.case_ref, revision=view.case.revision))
        self.on = self.form.add(
            _served_day_field(session, "Served &on", "The notice says why, what is shared and how to complain.")
        )
        self.finish_layout()

    @override
    def build_command(self) -> Callable[[], Outcome]:
        on, case_ref = self.on.value(), self.view.case.case_ref
        if on is None:
            raise MissingValue("Say on which day the notice was served. Your entry is kept.")
        entry = ServeNotice(request=self.request, case_ref=case_ref, revision=self.revision, on=on)
        return PendingEdit(serve_notice, self.session, entry)


class ReleasePlanDialog(AutoHeightDialog):
    """Collects the day on which the plan for a release was made."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        """Fill the form.

        Args:
            session: Who records it.
            tasks: Where it is saved.
            view: The case as it stands.
            parent: The window it belongs to.
        """
        release = view.case.expected_release_on
        expected = "No release is expected." if release is None else f"Release is expected on {format_day(release)}."
        super().__init__(
            tasks,
            title="Release planned",
            verb="&Save",
            discard="&Discard this entry",
            intro=f"{subject_of(session, view).summary} {expected}",
            parent=parent,
        )
        self.session, self.view = session, view
        self.enable_autosave(session, Origin("release_plan", view.case.case_ref, revision=view.case.revision))
        self.on = self.form.add(
            _served_day_field(session, "Plan made &on", "The plan itself is kept where your team keeps it.")
        )
        self.finish_layout()

    @override
    def build_command(self) -> Callable[[], Outcome]:
        on, case_ref = self.on.value(), self.view.case.case_ref
        if on is None:
            raise MissingValue("Say on which day the plan was made. Your entry is kept.")
        entry = PlanRelease(request=self.request, case_ref=case_ref, revision=self.revision, on=on)
        return PendingEdit(plan_release, self.session, entry)


def _served_day_field(session: Session, title: str, words: str) -> DateField:
    field = DateField("on", title, today=session.today(), bias=DateBias.BACK, required=True, help=words)
    field.set_value(session.today())
    return field


def _describe_adoption(on: date | None) -> str:
    return "Not adopted yet." if on is None else f"Adopted on {format_day(on)}."
