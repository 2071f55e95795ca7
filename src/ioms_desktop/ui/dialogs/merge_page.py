"""Somebody else saved the record meanwhile: what it was, what one typed, what stands now; and what is to be saved.

What the two changed apart from each other is merged and listed quietly. What both changed, and whatever concerns
enforcement, RAG or safeguarding, is asked, and no answer is given beforehand. Escape goes back to the form, where
everything typed still stands.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget
from typing_extensions import override

from ioms_desktop.domain.edit_merge import MergeChoice, Verdict
from ioms_desktop.domain.text_format import begin_at_left
from ioms_desktop.services.edit_conflicts import EditComparison, FieldComparison, GroupComparison
from ioms_desktop.services.labels import format_instant
from ioms_desktop.ui.dialogs.send_keys import SendKeys
from ioms_desktop.ui.forms.choice_fields import Choice, ChoiceField
from ioms_desktop.ui.opening_guard import OpeningGuard
from ioms_desktop.ui.widgets.layouts import (
    FocusScrollArea,
    fit_to_screen,
    height_at,
    horizontal_rule,
    largest_size,
    reveal,
)
from ioms_desktop.ui.widgets.widgets import BusyIndicator, MessageBar, announce, button, label

DIALOG_WIDTH_PX = 860
SIDE_MARGIN_PX = 24
VERSION_HEADINGS = ("When you opened it", "Yours")
NAME_COLUMN_WIDTH_PX = 96  # the column of the fields' names
EMPTY_VALUE = "Not filled"


class MergeQuestionField(ChoiceField):
    """One question of the page: whose words are saved."""

    def __init__(self, item: GroupComparison, saved_by: str) -> None:
        """Ask without an answer.

        Args:
            item: What is asked.
            saved_by: Who saved the other words.
        """
        words = {
            MergeChoice.MINE: Choice(MergeChoice.MINE, "Yours", "y"),
            MergeChoice.THEIRS: Choice(MergeChoice.THEIRS, f"What {saved_by} saved", "t"),
            MergeChoice.BOTH: Choice(MergeChoice.BOTH, "Both together", "b"),
        }
        told = " ".join(f"{line.title}: {describe_line(line, saved_by)}" for line in item.lines)
        super().__init__(item.name, item.title, [words[pick] for pick in item.picks], required=True, help=told)
        self.item = item
        self.make()

    @override
    def required_message(self) -> str:
        return f"Choose what is saved as {self.plain_title}."


class MergeDialog(QDialog):
    """Shows three versions of a record and asks what cannot be merged.

    Signals:
        resolved: The user wants it saved; with the answers by the name of the group.
    """

    resolved = Signal(object)

    def __init__(self, comparison: EditComparison, parent: QWidget | None = None, *, about: str = "") -> None:
        """Show a comparison.

        Args:
            comparison: What was read, typed and saved meanwhile.
            parent: The dialog in which it was typed.
            about: Whom it is about, in one line.
        """
        super().__init__(parent)
        self.setWindowTitle("Saved by two people")
        self.setAccessibleName("Saved by two people")
        self.comparison = comparison
        self.fields: tuple[MergeQuestionField, ...] = ()
        self.banner = MessageBar()
        self.banner.close_button.hide()
        self.title_label = label("", "title", wrap=True)
        self.title_label.setContentsMargins(SIDE_MARGIN_PX, 16, SIDE_MARGIN_PX, 0)
        self.about_label = label(begin_at_left(about), wrap=True)
        self.setAccessibleDescription(about)
        self.about_label.setContentsMargins(SIDE_MARGIN_PX, 0, SIDE_MARGIN_PX, 0)
        self.about_label.setHidden(not about)
        self.intro = label("", "quiet", wrap=True)
        self.intro.setContentsMargins(SIDE_MARGIN_PX, 0, SIDE_MARGIN_PX, 4)
        self.scroll_area = FocusScrollArea()
        self.busy = BusyIndicator("Saving…")
        self.hint = label("Ctrl+Enter", "small")
        self.back_button = button("Back to the &form", self.reject)
        self.primary = button("&Save", self.accept, kind="primary")
        self.primary.setDefault(True)
        self._lay_out()
        SendKeys(self, self.accept, lambda: bool(self.picks()))
        self._fill({})
        OpeningGuard(self)

    def _lay_out(self) -> None:
        foot = QHBoxLayout()
        foot.setContentsMargins(SIDE_MARGIN_PX, 12, SIDE_MARGIN_PX, 16)
        foot.setSpacing(8)
        foot.addWidget(self.hint)
        foot.addWidget(self.busy)
        foot.addStretch(1)
        foot.addWidget(self.back_button)
        foot.addWidget(self.primary)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for part in (self.title_label, self.about_label, self.intro, self.scroll_area, self.banner, horizontal_rule()):
            layout.addWidget(part)
        layout.setStretchFactor(self.scroll_area, 1)
        layout.addLayout(foot)

    def show_comparison(self, comparison: EditComparison) -> None:
        """Show a later comparison; an answer stays where what was asked is still the same."""
        same = {field.name: field.item for field in self.fields}
        picks = {name: pick for name, pick in self.picks().items() if same.get(name) in comparison.items}
        again = comparison.current_revision != self.comparison.current_revision
        self.comparison = comparison
        self._fill(picks)
        if again:
            self.banner.caution(f"Saved again by {comparison.last_saved}. Look once more; nothing of yours is lost.")

    def _fill(self, picks: Mapping[str, MergeChoice]) -> None:
        told = self.comparison
        self.title_label.setText(f"{told.record_label}: saved by {told.saved_by} while you were editing it")
        self.intro.setText(_intro(told))
        self.fields = tuple(MergeQuestionField(item, told.saved_by) for item in told.unresolved)
        inside = QWidget()
        inside.setProperty("kind", "page")
        column = QVBoxLayout(inside)
        column.setContentsMargins(SIDE_MARGIN_PX, 4, SIDE_MARGIN_PX - self.scroll_area.bar_width, 12)
        column.setSpacing(12)
        shown = told.items if told.refusal else told.unresolved
        if shown:
            column.addWidget(self._table(shown))
        quiet = [item for item in told.items if item not in shown]
        if quiet:
            column.addWidget(_merged_list(quiet, told.saved_by))
        column.addStretch(1)
        self.scroll_area.setWidget(inside)
        for field in self.fields:
            field.set_value(picks.get(field.name))
            field.changed.connect(self.banner.clear)
        self.primary.setVisible(not told.refusal)
        self.hint.setVisible(not told.refusal)
        self._fit_height(inside)
        self._focus_next()

    def _table(self, items: tuple[GroupComparison, ...]) -> QWidget:
        """Put what is asked in columns, each question below what it asks about."""
        grid = version_grid((*VERSION_HEADINGS, f"Saved by {self.comparison.last_saved}"))
        fields = {field.item.name: field for field in self.fields}
        for item in items:
            grid.addWidget(horizontal_rule(), grid.rowCount(), 0, 1, 4)
            add_versions(grid, item.lines)
            if item.name in fields:
                grid.addWidget(question_row(fields[item.name]), grid.rowCount(), 0, 1, 4)
        table = QWidget()
        table.setLayout(grid)
        return table

    def _fit_height(self, inside: QWidget) -> None:
        width = min(DIALOG_WIDTH_PX, largest_size(self).width())
        layout = inside.layout()
        wanted = 0 if layout is None else height_at(layout, width)
        head = (self.title_label, self.about_label, self.intro)
        around = sum(each.heightForWidth(width) for each in head if each.text()) + self.primary.sizeHint().height()
        fit_to_screen(self, width, wanted + around + 80)

    def _focus_next(self) -> None:
        waiting = next((field for field in self.fields if field.value() is None), None)
        if waiting is not None:
            waiting.setFocus()
        else:
            (self.back_button if self.comparison.refusal else self.primary).setFocus()

    def picks(self) -> dict[str, MergeChoice]:
        """Return the answers there are, by the name of the group."""
        return {field.name: MergeChoice(answer) for field in self.fields if (answer := field.value()) is not None}

    @override
    @Slot()
    def accept(self) -> None:
        if self.comparison.refusal or not self.primary.isEnabled():
            return
        waiting = next((field for field in self.fields if field.value() is None), None)
        if waiting is not None:
            self.banner.problem(waiting.required_message())
            self.banner.close_button.hide()
            waiting.setFocus(Qt.FocusReason.OtherFocusReason)
            reveal(waiting)
            announce(waiting.required_message(), waiting.control)
            return
        self.banner.clear()
        self.resolved.emit(self.picks())

    def set_sending(self, sending: bool) -> None:
        """Take no other answer while one is under way."""
        for part in (self.primary, self.back_button, *self.fields):
            part.setEnabled(not sending)
        if sending:
            self.busy.start()
        else:
            self.busy.stop()
            self._focus_next()

    def show_refusal(self, sentence: str) -> None:
        """Say why it was not saved; the answers stay."""
        self.banner.problem(sentence)
        self.banner.close_button.hide()

    @override
    @Slot()
    def reject(self) -> None:
        if self.back_button.isEnabled():
            super().reject()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Enter on a question is no wish to save; Ctrl+Enter and the button are.
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.focusWidget() not in (self.primary, self.back_button):
            event.accept()
            return
        super().keyPressEvent(event)


def describe_line(line: FieldComparison, saved_by: str) -> str:
    """Say a line in a sentence, for who does not see the columns."""
    was, mine, theirs = (words or EMPTY_VALUE.lower() for words in (line.was, line.mine, line.theirs))
    return f"it was {was}; yours is {mine}; {saved_by} saved {theirs}."


def _intro(told: EditComparison) -> str:
    saved = f"Saved {format_instant(told.saved_at)}. Nothing of yours is saved yet, and nothing you typed is lost."
    if told.refusal:
        return f"{saved} {told.refusal}"
    if told.unresolved:
        return f"{saved} Choose what is to be saved."
    if any(item.verdict is Verdict.MINE for item in told.items):
        return f"{saved} The two of you changed different things, so both can be saved."
    return f"{saved} What you typed is already there; there is nothing left to save."


def _merged_list(items: list[GroupComparison], saved_by: str) -> QWidget:
    """List what needs no question, one line a field."""
    whose = {Verdict.MINE: "yours", Verdict.THEIRS: f"saved by {saved_by}", Verdict.SAME: "the same from both of you"}
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(label("Merged without a question", "small"))
    for item in items:
        for line in item.lines:
            now = line.mine if item.verdict is Verdict.MINE else line.theirs
            column.addWidget(
                value_label(f"{line.title}: {now or EMPTY_VALUE.lower()} ({whose[item.verdict]})", "quiet")
            )
    return box


def version_grid(heads: Sequence[str]) -> QGridLayout:
    """Begin a table of the versions of fields: a column for their names, and one under each head."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(6)
    grid.setColumnMinimumWidth(0, NAME_COLUMN_WIDTH_PX)
    for number, head in enumerate(heads, 1):
        grid.setColumnStretch(number, 1)
        grid.addWidget(label(head, "small", wrap=True), 0, number, Qt.AlignmentFlag.AlignBottom)
    return grid


def add_versions(grid: QGridLayout, lines: Sequence[FieldComparison]) -> None:
    """Add what each version says of some fields."""
    for line in lines:
        row = grid.rowCount()
        grid.addWidget(label(line.title, "quiet", wrap=True), row, 0, Qt.AlignmentFlag.AlignTop)
        for number, words in enumerate((line.was, line.mine, line.theirs), 1):
            grid.addWidget(value_label(words), row, number, Qt.AlignmentFlag.AlignTop)


def question_row(field: ChoiceField) -> QWidget:
    """Put a question below what it asks about."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 4)
    row.setSpacing(16)
    row.addWidget(label("To be saved", "quiet"))
    row.addWidget(field, 1)
    return box


def value_label(words: str, kind: str = "") -> QWidget:
    """Show one version of a field, or that it is not filled."""
    made = label(words or EMPTY_VALUE, kind or ("" if words else "quiet"), wrap=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
