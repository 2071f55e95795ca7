"""The conflicts between a file and the database: for each record, the three versions with a question for each."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.services.offline.check_in_records import CheckInQuestion
from ioms_desktop.ui.dialogs.merge_page import add_versions, question_row, version_grid
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField
from ioms_desktop.ui.widgets.layouts import horizontal_rule
from ioms_desktop.ui.widgets.widgets import SectionHeading, label

VERSION_HEADINGS = ("When it was taken", "In the file")
MAX_QUESTIONS = 200
TOO_MANY_MESSAGE = (
    "Only the first {shown} of {all} questions are shown here. Answer them all in a file: ioms-desktop promote "
    "--conflicts writes it, --answers reads it."
)


class CheckInQuestionField(ChoiceField):
    """One question: which version to keep."""

    def __init__(self, question: CheckInQuestion) -> None:
        by = question.last_saved.split(",", 1)[0]
        whole = not question.lines
        words = {
            MergeChoice.MINE: Choice(MergeChoice.MINE, "Import it" if whole else "As in the file", "f"),
            MergeChoice.THEIRS: Choice(
                MergeChoice.THEIRS, "Leave it out" if whole else f"As {by or 'the database'} saved it", "d"
            ),
            MergeChoice.BOTH: Choice(MergeChoice.BOTH, "Both together", "b"),
        }
        super().__init__(
            question.id,
            f"{question.record}, {question.title}",
            [words[pick] for pick in question.picks],
            required=True,
            help=question.sentence,
        )
        self.question = question
        self.make()

    @override
    def required_message(self) -> str:
        return f"Choose what is kept of: {self.question.record}."


class CheckInReview(QWidget):
    """Lists the questions of an import.

    Signals:
        answered: An answer was given or changed.
    """

    answered = Signal()

    def __init__(self, questions: Sequence[CheckInQuestion], picks: Mapping[str, MergeChoice]) -> None:
        """Show the questions.

        Args:
            questions: The questions to be answered.
            picks: The answers given before, by question name.
        """
        super().__init__()
        self.setProperty("kind", "page")
        self.fields: list[CheckInQuestionField] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 12)
        column.setSpacing(12)
        if len(questions) > MAX_QUESTIONS:
            column.addWidget(
                label(TOO_MANY_MESSAGE.format(shown=MAX_QUESTIONS, all=len(questions)), "quiet", wrap=True)
            )
        for _, group in groupby(questions[:MAX_QUESTIONS], key=lambda each: (each.table, each.key)):
            column.addWidget(self._record_widget(list(group)))
        column.addStretch(1)
        for field in self.fields:
            field.set_value(picks.get(field.name))
            field.changed.connect(self.answered)

    def _record_widget(self, questions: list[CheckInQuestion]) -> QWidget:
        """Return a widget with the questions about one record."""
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(horizontal_rule())
        column.addWidget(SectionHeading(questions[0].record))
        for question in questions:
            field = CheckInQuestionField(question)
            self.fields.append(field)
            column.addWidget(label(question.sentence, "quiet", wrap=True))
            if question.lines:
                column.addWidget(_version_table(question))
            column.addWidget(question_row(field))
        return box

    def picks(self) -> dict[str, MergeChoice]:
        """Return the answers given so far, by question name."""
        return {field.name: MergeChoice(answer) for field in self.fields if (answer := field.value()) is not None}

    def first_unanswered(self) -> CheckInQuestionField | None:
        """Return the first question without an answer; None if all are answered."""
        return next((field for field in self.fields if field.value() is None), None)


def _version_table(question: CheckInQuestion) -> QWidget:
    grid = version_grid((*VERSION_HEADINGS, f"In the database, saved by {question.last_saved}"))
    add_versions(grid, question.lines)
    table = QWidget()
    table.setLayout(grid)
    return table
