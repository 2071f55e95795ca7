"""The list of unsaved entries, from which each can be reopened in its form."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QPlainTextEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
)

from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.text_format import capitalise, pluralise
from ioms_desktop.services.drafts import UnsavedEntry, delete_draft, save_draft
from ioms_desktop.services.labels import format_instant
from ioms_desktop.ui.actions.registry import DRAFT_TITLES
from ioms_desktop.ui.dialogs.autosave import draft_notifier
from ioms_desktop.ui.screen import WindowServices
from ioms_desktop.ui.widgets.floating import FloatingArea
from ioms_desktop.ui.widgets.layouts import fit_to_screen
from ioms_desktop.ui.widgets.page_area import PageArea
from ioms_desktop.ui.widgets.widgets import MessageBar, button, label

DIALOG_SIZE_PX = (680, 440)
CONTENTS = QHeaderView.ResizeMode.ResizeToContents
WORDS_ONLY_MESSAGE = (
    "The case was closed to you, so its form cannot be opened. These words are yours: copy them, or tell them to "
    "whoever works on the case now."
)
CLOSED_LETTER_MESSAGE = (
    "The case was closed to you, so this cannot be answered here. It can once the case is open to you again; until "
    "then tell whoever works on the case now whether the letter came out."
)
KEPT_TYPED = "Kept encrypted on this computer for 14 days. Nothing of it is in the record until you save it."
KEPT_LETTERS = "What was to be printed is on record as given; it is asked about until you say what came out."
TYPED, ASKED = "What was typed", "What is asked"
OPEN_AGAIN, ANSWER = "&Open it again", "&Answer it"


class UnsavedDialog(QDialog):
    """Lists unsaved entries.

    Signals:
        reopen_requested: An entry is to be reopened; carries the entry.
    """

    reopen_requested = Signal(object)

    def __init__(self, services: WindowServices, entries: Sequence[UnsavedEntry]) -> None:
        """Show the entries.

        Args:
            entries: The most recent first.
        """
        super().__init__(services.window)
        self._services = services
        self._entries = {each.draft.id: each for each in entries}
        self.setWindowTitle("Unsaved entries")
        self.setAccessibleName("Unsaved entries")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit_to_screen(self, *DIALOG_SIZE_PX)
        self.message = MessageBar()
        self.entry_list = QTreeWidget()
        self.entry_list.setAccessibleName("Unsaved entries")
        self.entry_list.setHeaderLabels(["What", "Case", "Kept"])
        self.entry_list.setRootIsDecorated(False)
        self.entry_list.setStyleSheet("QTreeWidget::item { padding: 4px 6px; }")
        self.entry_list.setAllColumnsShowFocus(True)
        head = self.entry_list.header()
        head.setStretchLastSection(False)
        for column, mode in enumerate((CONTENTS, QHeaderView.ResizeMode.Stretch, CONTENTS)):
            head.setSectionResizeMode(column, mode)
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setTabChangesFocus(True)
        self.preview_title = label(TYPED, "small")
        self.words_note = label(WORDS_ONLY_MESSAGE, "small", wrap=True)
        self.open_button = button(OPEN_AGAIN, self._open, kind="primary")
        self.delete_button = button("&Throw away", self._delete)
        self._lay_out()
        self.entry_list.itemActivated.connect(self._open)
        self.entry_list.currentItemChanged.connect(self._show_preview)
        self._fill()
        self.entry_list.setFocus()

    def _lay_out(self) -> None:
        head = label("Unsaved entries", "title")
        asking = [each.asks_of_print for each in self._entries.values()]
        note = " ".join(filter(None, (KEPT_TYPED * (not asking or not all(asking)), KEPT_LETTERS * any(asking))))
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.delete_button)
        foot.addStretch(1)
        foot.addWidget(button("&Close", self.reject))
        foot.addWidget(self.open_button)
        self.open_button.setDefault(True)
        foot.setContentsMargins(24, 4, 24, 16)
        page = PageArea()
        page.column.setSpacing(10)
        for part in (head, label(note, "quiet", wrap=True), FloatingArea(self.message)):
            page.column.addWidget(part)
        page.column.addWidget(self.entry_list, 3)
        page.column.addWidget(self.preview_title)
        page.column.addWidget(self.preview, 2)
        page.column.addWidget(self.words_note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(page)
        column.addLayout(foot)

    def _fill(self) -> None:
        self.entry_list.clear()
        for each in self._entries.values():
            case = ", ".join(filter(None, (each.name, each.draft.case_ref)))
            case = case or (capitalise(pluralise(len(each.draft.cases), "case")) if each.draft.cases else "No case")
            if each.is_closed:
                case = f"{each.draft.case_ref}, closed to you"
            row = QTreeWidgetItem(
                [DRAFT_TITLES.get(each.draft.form, "Entry"), case, format_instant(each.draft.saved_at)]
            )
            row.setData(0, Qt.ItemDataRole.UserRole, each.draft.id)
            row.setToolTip(1, case)
            self.entry_list.addTopLevelItem(row)
        first = self.entry_list.topLevelItem(0)
        if first is not None:
            self.entry_list.setCurrentItem(first)
        self._show_preview()

    @property
    def current_entry(self) -> UnsavedEntry | None:
        """The selected entry."""
        item = self.entry_list.currentItem()
        return None if item is None else self._entries.get(str(item.data(0, Qt.ItemDataRole.UserRole)))

    @Slot()
    def _show_preview(self) -> None:
        current = self.current_entry
        self.delete_button.setEnabled(current is not None)
        self.open_button.setEnabled(current is not None and current.can_reopen)
        self.words_note.setVisible(current is not None and not current.can_reopen)
        is_asked = current is not None and current.asks_of_print
        self.words_note.setText(CLOSED_LETTER_MESSAGE if is_asked else WORDS_ONLY_MESSAGE)
        self.preview_title.setText(ASKED if is_asked else TYPED)
        self.open_button.setText(ANSWER if is_asked else OPEN_AGAIN)
        self.preview.setAccessibleName(self.preview_title.text())
        self.preview.setPlainText("There is none left." if current is None else current.draft.words)

    @Slot()
    def _open(self) -> None:
        current = self.current_entry
        if (
            current is not None and current.can_reopen and self.isVisible()
        ):  # Enter can trigger both the row and the default button
            self.accept()
            self.reopen_requested.emit(current.draft)

    @Slot()
    def _delete(self) -> None:
        current = self.current_entry
        if current is not None:
            session, gone = self._services.session, partial(self._deleted, current)
            work = partial(delete_draft, session, current.draft.id)
            self._services.tasks.run(self, work, lambda _: gone(), self.message.problem)

    def _deleted(self, entry: UnsavedEntry) -> None:
        self._entries.pop(entry.draft.id, None)
        self._fill()
        said = "Thrown away; it stays on record as given." if entry.asks_of_print else "Thrown away."
        self.message.notice(said, "&Undo", partial(self._undo_delete, entry))
        draft_notifier().changed.emit()

    def _undo_delete(self, entry: UnsavedEntry) -> None:
        work = partial(save_draft, self._services.session, entry.draft)
        self._services.tasks.run(self, work, partial(self._delete_undone, entry), self.message.problem)

    def _delete_undone(self, entry: UnsavedEntry, draft: Draft) -> None:
        self._entries[draft.id] = replace(entry, draft=draft)
        self._fill()
        draft_notifier().changed.emit()
