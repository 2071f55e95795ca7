"""Screening: the checks that precede a panel, those without an answer first, each answered with one key."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget
from typing_extensions import override

from ioms_desktop.domain.records.code_lists import CodeList
from ioms_desktop.domain.records.selection.screening import ASKED, KNOWN, ScreeningCheck, answered_checks
from ioms_desktop.domain.records.status_table import status_rule
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.intake.screening import (
    SCREENED,
    RecordScreening,
    ScreeningAnswer,
    missing_checks,
    record_screening,
)
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.dialogs.auto_height import AutoHeightDialog, Card
from ioms_desktop.ui.dialogs.autosave import Origin
from ioms_desktop.ui.dialogs.simple_command import past_day_field
from ioms_desktop.ui.forms.choice_fields import YES_NO, Choice, ChoiceField
from ioms_desktop.ui.forms.fields import TextField
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks

ALL_ANSWERED = "Every check is answered. A new answer to any of them is recorded with the day on which it was given."
STILL_NEEDED = "No case goes before the panel until each of these is answered."


class ScreeningDialog(AutoHeightDialog):
    """Asks for the answers to the checks that have none; where all have one, for another answer to any of them."""

    def __init__(self, session: Session, tasks: Tasks, view: CaseView, parent: QWidget | None = None) -> None:
        super().__init__(
            tasks,
            title="Screening",
            verb="&Save answers",
            discard="&Discard these answers",
            about=subject_of(session, view).summary,
            intro=ALL_ANSWERED if _is_complete(view) else STILL_NEEDED,
            parent=parent,
        )
        self.session, self.case = session, view.case
        self.enable_autosave(session, Origin("screening", view.case.case_ref))
        listed = session.lists.of("screening_check")
        answered = answered_checks(view.of(ScreeningCheck))
        offered = [code.code for code in listed.offered(session.today())]
        self.asked = [name for name in offered if name not in answered] or offered
        if answered:
            self.form.place(Card("Answered", _describe_answers(session, view)))
        for name in self.asked:
            self._ask(name, listed)
        self.by = self.form.add(
            TextField("answered_by", "Answered &by", required=True, help="Rank, number and name, or name and agency.")
        )
        self.by.set_value(session.names.of(session.user))
        self.on = self.form.add(past_day_field(session, "answered_on", "Answered &on"))
        self.then = self.form.add(ChoiceField("take_step", "Move the case to &Screened?", YES_NO))
        self.then.set_value("yes")
        self._show_notes()
        self.finish_layout()

    def _ask(self, name: str, listed: CodeList) -> None:
        answers = self.session.lists.of("screening_answer").offered(self.session.today())
        title = listed.label(name)
        code = listed.get(name)
        field = ChoiceField(
            name,
            title,
            [Choice(answer.code, answer.label) for answer in answers],
            help="" if code is None else code.description,
        )
        self.form.add(field)
        field.changed.connect(self._show_notes)
        self.form.add(TextField(f"note_{name}", "What is known", required=True), shown=False)

    @Slot()
    def _show_notes(self) -> None:
        """Show the note of a check where something is known, and the step where every check will be answered."""
        given = {name: self.form.field(name).value() for name in self.asked}
        for name, answer in given.items():
            self.form.set_field_visible(f"note_{name}", shown=answer == KNOWN)
        follows = status_rule(self.case.programme, self.case.status, SCREENED) is not None
        self.form.set_field_visible("take_step", shown=follows and not {None, ASKED} & set(given.values()))

    @override
    def build_command(self) -> Callable[[], Outcome]:
        values = self.form.values()
        answers = tuple(
            ScreeningAnswer(check_type=name, answer=values[name], note=values[f"note_{name}"])
            for name in self.asked
            if values[name] is not None
        )
        entry = RecordScreening(
            request=self.request,
            case_ref=self.case.case_ref,
            answered_on=self.on.filled(),
            answered_by=self.by.filled(),
            answers=answers,
            take_step=values["take_step"] == "yes",
        )
        return partial(record_screening, self.session, entry)


def _is_complete(view: CaseView) -> bool:
    return not missing_checks(view.of(ScreeningCheck))


def _describe_answers(session: Session, view: CaseView) -> tuple[str, ...]:
    """Say what was answered to each check last."""
    checks, answers = session.lists.of("screening_check"), session.lists.of("screening_answer")
    latest = {each.check_type: each for each in sorted(view.of(ScreeningCheck), key=lambda each: each.answered_on)}
    return tuple(
        f"{checks.label(name)}: {answers.label(each.answer)}{f' ({each.note})' if each.note else ''}, "
        f"{session.names.of(each.answered_by)}, {format_day(each.answered_on)}"
        for name, each in latest.items()
    )
