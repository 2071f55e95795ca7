"""Dialogs for the release that a prison expects, for the plan of it, and for somebody unlawfully at large."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.policy.case_figures import UNLAWFULLY_AT_LARGE
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.custody.release_dates import ExpectRelease, PlanRelease, expect_release, plan_release
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.recording.concerns import RecordConcern, record_concern
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.custody.first_meetings import FirstMeetings
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import SimpleCommand, SimpleCommandDialog, past_day_field
from ioms_desktop.ui.forms.date_fields import DateField
from ioms_desktop.ui.forms.date_parsing import DateBias
from ioms_desktop.ui.forms.fields import LongTextField
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks

DISCARD_LABEL = "&Discard this entry"
EXPECTED_HELP = "As the prison gives it; it is never worked out here."
MAX_SUMMARY_CHARS = 100_000


class ExpectedReleaseDialog(SimpleCommandDialog):
    """Asks for the day of release that the prison expects."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        case = view.case
        on = _expected_field(session, view, required=False, help_text=f"{EXPECTED_HELP} Empty: none is expected.")

        def command() -> Callable[[], Outcome]:
            entry = ExpectRelease(request=self.request, case_ref=case.case_ref, revision=self.revision, on=on.value())
            return PendingEdit(expect_release, session, entry)

        spec = SimpleCommand(
            title="Release expected",
            discard=DISCARD_LABEL,
            about=subject_of(session, view).summary,
            intro=_describe_expected(view),
            origin=Origin("expected_release", case.case_ref, revision=case.revision),
            fields=(on,),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)


class ReleasePlanDialog(AutoHeightDialog):
    """Asks for the day on which the plan for a release was made, and for the first appointments that it names."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        super().__init__(
            tasks,
            title="Release planned",
            verb="&Save plan",
            discard=DISCARD_LABEL,
            about=subject_of(session, view).summary,
            intro=_describe_expected(view),
            parent=parent,
        )
        self.session, self.case = session, view.case
        self.enable_autosave(session, Origin("release_plan", view.case.case_ref, revision=view.case.revision))
        self.on = self.form.add(
            past_day_field(session, "on", "Plan made &on", "The plan itself is kept where your team keeps it.")
        )
        self.expected = self.form.add(_expected_field(session, view, required=True, help_text=EXPECTED_HELP))
        self.meetings = FirstMeetings(session, view.case)
        for field in self.meetings.fields:
            self.form.add(field)
        self.form.changed.connect(self._show_what_applies)
        self._show_what_applies()
        self.finish_layout()

    @Slot()
    def _show_what_applies(self) -> None:
        self.meetings.show_asked(self.form, self.expected.value())

    @override
    def build_command(self) -> Callable[[], Outcome]:
        entry = PlanRelease(
            request=self.request,
            case_ref=self.case.case_ref,
            revision=self.revision,
            on=self.on.filled(),
            expected_on=self.expected.filled(),
            meetings=self.meetings.read(),
        )
        return PendingEdit(plan_release, self.session, entry)


class AtLargeDialog(SimpleCommandDialog):
    """Asks since when somebody is unlawfully at large; their next reception ends it."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        case_ref = view.case.case_ref
        on = past_day_field(session, "on", "Unlawfully at large &from")
        summary = LongTextField("summary", "What is &known", lines=3, limit=MAX_SUMMARY_CHARS)

        def command() -> Callable[[], Outcome]:
            entry = RecordConcern(
                request=self.request,
                case_ref=case_ref,
                occurred_on=on.filled(),
                concern_type=UNLAWFULLY_AT_LARGE,
                summary=summary.value() or "",
            )
            return partial(record_concern, session, entry)

        spec = SimpleCommand(
            title="Unlawfully at large",
            discard=DISCARD_LABEL,
            about=subject_of(session, view).summary,
            intro="It is recorded as a concern and lasts until the next reception into custody.",
            origin=Origin("at_large", case_ref),
            fields=(on, summary),
            command=command,
        )
        super().__init__(session, tasks, spec, parent)


def _expected_field(session: Session, view: CaseView, *, required: bool, help_text: str) -> DateField:
    field = DateField(
        "expected_on",
        "Release e&xpected",
        today=session.today,
        bias=DateBias.AHEAD,
        required=required,
        help=help_text,
    )
    field.set_value(view.case.expected_release_on)
    return field


def _describe_expected(view: CaseView) -> str:
    release = view.case.expected_release_on
    return "No release is expected." if release is None else f"Release is expected on {format_day(release)}."
