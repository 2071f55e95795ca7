"""The unsaved entries: what, on which case, from when; each opens again as it was left."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout

from ioms_desktop.domain.drafts import Draft
from ioms_desktop.services.drafts import UnsavedEntry, delete_draft, save_draft
from ioms_desktop.ui.dialogs.autosave import watch
from ioms_desktop.ui.dialogs.restore_prompt import kept_words
from ioms_desktop.ui.screen import Shell
from ioms_desktop.ui.widgets.widgets import MessageBar, button, label

SIZE = (680, 440)
WIDTHS = (190, 260)
TITLES = {
    "record_contact": "Contact",
    "make_offer": "Support offer",
    "answer_offer": "Answer to an offer",
    "end_offer": "End of an offer",
    "concern": "Concern",
    "rating": "Weekly rating",
    "rag": "RAG",
    "notice_served": "Notice served",
    "release_plan": "Release planned",
    "finish_action": "Action finished",
    "decision": "Proposed decision",
    "answer_proposal": "Answer to a proposal",
    "served": "Decision served",
    "retention_review": "Retention review",
    "answer_disposal": "Answer to a disposal",
    "publish_figures": "Figures to publish",
    "name_somebody": "Name on a list of a case",
    "keep_case": "How a case is kept",
    "declare_conflict": "Conflict of interest",
    "break_glass": "Breaking the glass",
}


class UnsavedDialog(QDialog):
    """Lists unsaved entries.

    Signals:
        wanted: One is to be opened again; with the entry.
    """

    wanted = Signal(object)

    def __init__(self, shell: Shell, entries: Sequence[UnsavedEntry]) -> None:
        """Show some entries.

        Args:
            shell: The window.
            entries: The latest first.
        """
        super().__init__(shell.window)
        self._shell = shell
        self._entries = {each.draft.id: each for each in entries}
        self.setWindowTitle("Unsaved entries")
        self.setAccessibleName("Unsaved entries")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*SIZE)
        self.message = MessageBar()
        self.listed = QTreeWidget()
        self.listed.setAccessibleName("Unsaved entries")
        self.listed.setHeaderLabels(["What", "Case", "Typed"])
        self.listed.setRootIsDecorated(False)
        self.listed.setStyleSheet("QTreeWidget::item { padding: 4px 6px; }")
        self.listed.setAllColumnsShowFocus(True)
        for column, width in enumerate(WIDTHS):
            self.listed.setColumnWidth(column, width)
        self.words = QPlainTextEdit()
        self.words.setReadOnly(True)
        self.words.setTabChangesFocus(True)
        self.words.setAccessibleName("What was typed")
        self.opening = button("&Open it again", self._open, kind="primary")
        self.throwing = button("&Throw away", self._throw_away)
        self._lay_out()
        self.listed.itemActivated.connect(self._open)
        self.listed.currentItemChanged.connect(self._show_words)
        self._fill()
        self.listed.setFocus()

    def _lay_out(self) -> None:
        head = label("Unsaved entries", "title")
        note = "Kept encrypted on this computer for 14 days. Nothing of it is in the record until you save it."
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.throwing)
        foot.addStretch(1)
        foot.addWidget(button("&Close", self.reject))
        foot.addWidget(self.opening)
        self.opening.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(10)
        for part in (head, label(note, "quiet", wrap=True), self.message):
            column.addWidget(part)
        column.addWidget(self.listed, 3)
        column.addWidget(label("What was typed", "small"))
        column.addWidget(self.words, 2)
        column.addLayout(foot)

    def _fill(self) -> None:
        self.listed.clear()
        for each in self._entries.values():
            case = ", ".join(filter(None, (each.name, each.draft.case_ref))) or "No case"
            row = QTreeWidgetItem([TITLES.get(each.draft.form, "Entry"), case, kept_words(each.draft)])
            row.setData(0, Qt.ItemDataRole.UserRole, each.draft.id)
            self.listed.addTopLevelItem(row)
        first = self.listed.topLevelItem(0)
        if first is not None:
            self.listed.setCurrentItem(first)
        self._show_words()

    @property
    def current(self) -> UnsavedEntry | None:
        """The entry chosen."""
        item = self.listed.currentItem()
        return None if item is None else self._entries.get(str(item.data(0, Qt.ItemDataRole.UserRole)))

    @Slot()
    def _show_words(self) -> None:
        current = self.current
        for act in (self.opening, self.throwing):
            act.setEnabled(current is not None)
        self.words.setPlainText("There is none left." if current is None else current.draft.words)

    @Slot()
    def _open(self) -> None:
        current = self.current
        if current is not None and self.isVisible():  # Enter may reach the line and the button both
            self.accept()
            self.wanted.emit(current.draft)

    @Slot()
    def _throw_away(self) -> None:
        current = self.current
        if current is not None:
            desk, gone = self._shell.desk, partial(self._thrown, current)
            work = partial(delete_draft, desk, current.draft.id)
            self._shell.tasks.run(self, work, lambda _: gone(), self.message.problem)

    def _thrown(self, entry: UnsavedEntry) -> None:
        self._entries.pop(entry.draft.id, None)
        self._fill()
        self.message.notice("Thrown away.", "&Undo", partial(self._take_back, entry))
        watch().changed.emit()

    def _take_back(self, entry: UnsavedEntry) -> None:
        work = partial(save_draft, self._shell.desk, entry.draft)
        self._shell.tasks.run(self, work, partial(self._back, entry), self.message.problem)

    def _back(self, entry: UnsavedEntry, draft: Draft) -> None:
        self._entries[draft.id] = UnsavedEntry(draft=draft, name=entry.name)
        self._fill()
        watch().changed.emit()
