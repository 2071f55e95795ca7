"""The dialog for the notice to the person: how it was served, or why it was not."""

from collections.abc import Callable

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.records.selection.notification import IOM_LETTER, SERVED, is_delivered
from ioms_desktop.domain.text_format import format_day, pluralise
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.edit_conflicts import PendingEdit
from ioms_desktop.services.recording.notices import ServeNotice, letter_due_on, serve_notice
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import past_day_field
from ioms_desktop.ui.forms.choice_fields import YES_NO, ChoiceField, CodeField, code_options, letter_choices
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks

DISCARD_LABEL = "&Discard this entry"
OF_A_PARENT = frozenset({"PARENT_REFUSED"})
"""Outcomes of a child's notification alone."""


class NoticeServedDialog(AutoHeightDialog):
    """Asks how the notice was served, or why it was not."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        super().__init__(
            tasks,
            title="IOM letter",
            verb="&Save",
            discard=DISCARD_LABEL,
            about=subject_of(session, view).summary,
            intro=_describe_letter(session, view),
            parent=parent,
        )
        self.session, self.case = session, view.case
        self.enable_autosave(session, Origin("notice_served", view.case.case_ref, revision=view.case.revision))
        self._add_fields()
        self.outcome.changed.connect(self._show_asked)
        self._show_asked()
        self.finish_layout()

    def _add_fields(self) -> None:
        session, today = self.session, self.session.today()
        outcomes = code_options(session.lists.of("notification_outcome"), today, "IOM")
        ways = [each for each in outcomes if not is_delivered(each.code) and each.code not in OF_A_PARENT]
        ordered = sorted(ways, key=lambda each: each.code != SERVED)
        letter = "The letter says why, what is shared and how to complain."
        self.on = self.form.add(past_day_field(session, "on", "O&n", letter))
        self.outcome = self.form.add(CodeField("outcome", "How it &went", ordered, required=True))
        self.outcome.set_value(SERVED)
        methods = letter_choices(session.lists.of("notice_method").offered(today))
        self.method = self.form.add(ChoiceField("method", "Served &how", methods, required=True))
        self.copy = self.form.add(ChoiceField("copy_given", "Co&py given?", YES_NO, required=True))
        self.by = self.form.add(TextField("served_by", "&By", help="Rank, number and name, or name and agency."))
        self.by.set_value(session.names.of(session.user))
        self.interpreter = self.form.add(ChoiceField("interpreter", "&Interpreter?", YES_NO))
        self.language = self.form.add(TextField("language", "&Language", help="Where it was not English."))
        self.note = self.form.add(TextField("note", "Wh&y not served", required=True))

    @Slot()
    def _show_asked(self) -> None:
        served = self.outcome.value() == SERVED
        for name in ("method", "copy_given", "interpreter", "language"):
            self.form.set_field_visible(name, shown=served)
        self.form.set_field_visible("note", shown=not served)

    @override
    def build_command(self) -> Callable[[], Outcome]:
        values = self.form.values()
        entry = ServeNotice(
            request=self.request,
            case_ref=self.case.case_ref,
            revision=self.revision,
            on=self.on.filled(),
            outcome=self.outcome.filled(),
            served_by=values["served_by"],
            method=values["method"],
            language=values["language"],
            interpreter=None if values["interpreter"] is None else values["interpreter"] == "yes",
            copy_given=None if values["copy_given"] is None else values["copy_given"] == "yes",
            note=values["note"],
        )
        return PendingEdit(serve_notice, self.session, entry)


def _describe_letter(session: Session, view: CaseView) -> str:
    """Say since when the person is adopted, until when the letter is due, and how often it was tried."""
    case, adopted = view.case, view.case.adopted_on
    if adopted is None:
        return "Not adopted yet."
    tried = sum(each.kind == IOM_LETTER for each in view.notifications)
    often = f" {pluralise(tried, 'attempt').capitalize()} so far." if tried else ""
    if case.notice_served_on is not None:
        return f"Adopted on {format_day(adopted)}; served on {format_day(case.notice_served_on)}.{often}"
    due = letter_due_on(session, adopted)
    return f"Adopted on {format_day(adopted)}; due by {format_day(due)}.{often}"
