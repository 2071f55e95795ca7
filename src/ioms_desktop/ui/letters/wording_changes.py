"""What a wording of a letter changes against another: each paragraph, with the word for what becomes of it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from ioms_desktop.domain.letters.comparison import Fate, compare_texts
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.letters.wordings import WordingRow
from ioms_desktop.ui.widgets.layouts import FocusScrollArea, clear_layout, fit_to_screen
from ioms_desktop.ui.widgets.widgets import button, label

TITLE = "Wording of a letter"
WIDTH_PX, HEIGHT_PX, WORD_WIDTH_PX = 760, 640, 76
MARKS = {Fate.STAYS: "", Fate.GOES: "\N{MINUS SIGN} removed", Fate.COMES: "+ added"}
KINDS = {Fate.STAYS: "quiet", Fate.GOES: "quiet", Fate.COMES: ""}


class WordingChanges(FocusScrollArea):
    """Shows each paragraph of two wordings, and which goes and which comes."""

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self._rows = 0
        self._inside = QWidget()
        self._inside.setProperty("kind", "page")  # or it would cover the mark of the keyboard
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(16, 12, 16, 12)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(1, 1)
        self.setWidget(self._inside)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("What the wording changes")
        self.lines: tuple[str, ...] = ()

    def show_changes(self, before: Sequence[str], after: Sequence[str]) -> None:
        """Show what becomes of each paragraph."""
        clear_layout(self._grid)
        self._grid.setRowStretch(self._rows, 0)  # a row keeps it otherwise, and would take all the room there is
        found = tuple(compare_texts(before, after))
        differs = any(each.fate is not Fate.STAYS for each in found)
        self._grid.setColumnMinimumWidth(0, WORD_WIDTH_PX if differs else 0)
        for row, each in enumerate(found):
            self._grid.addWidget(label(MARKS[each.fate], "small"), row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(label(each.text, KINDS[each.fate], wrap=True), row, 1)
        self._rows = len(found)
        self._grid.setRowStretch(self._rows, 1)
        self.lines = tuple(f"{each.fate}: {each.text}" for each in found)
        self.setAccessibleDescription(" ".join(self.lines))


class WordingDialog(QDialog):
    """A version of the wording of a letter, compared with the one in force."""

    def __init__(self, shown: WordingRow, standing: WordingRow | None, parent: QWidget | None = None) -> None:
        """Show a version.

        Args:
            shown: The version.
            standing: The one in force; None where there is none.
            parent: The Qt parent.
        """
        super().__init__(parent)
        self.setWindowTitle(TITLE)
        self.setAccessibleName(TITLE)
        fit_to_screen(self, WIDTH_PX, HEIGHT_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(8)
        column.addWidget(label(f"{shown.label}, from {format_day(shown.valid_from)}", "title", wrap=True))
        column.addWidget(label(describe_version(shown), "quiet", wrap=True))
        if shown.problem:
            column.addWidget(label(f"This wording is not in use. {shown.problem}", "problem", wrap=True))
        before = shown if standing is None else standing
        other = before.id != shown.id
        against = f"Compared with the one in force since {format_day(before.valid_from)}." if other else ""
        column.addWidget(label(against or "It is in force.", "small", wrap=True))
        self.changes = WordingChanges()
        self.changes.show_changes((before.title, *before.paragraphs), (shown.title, *shown.paragraphs))
        column.addWidget(self.changes, 1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        self.close_button = button("&Close", self.accept, kind="primary")
        foot.addWidget(self.close_button)
        column.addLayout(foot)


def describe_version(row: WordingRow) -> str:
    """Say who decided a version, when and why."""
    if row.decided_at is None:
        return "Supplied with the program."
    return f"Decided by {row.decided_by} on {format_instant(row.decided_at)}: {row.reason}"
