"""The history of a record, or of every record of a section: who saved which version when, and what it changed."""

from collections.abc import Iterator, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from ioms_desktop.domain.records.record import Record, plural_label
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.recording.corrections import StruckOutEntry
from ioms_desktop.services.records.history import RecordHistory, SavedVersion
from ioms_desktop.services.session import Session
from ioms_desktop.ui.labels import record_lines
from ioms_desktop.ui.recording.record_dialog import describe_key
from ioms_desktop.ui.widgets.layouts import fit_to_screen
from ioms_desktop.ui.widgets.widgets import button, label

DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX = 680, 560
HEADING = "heading"
MAX_SHOWN = 200
"""The most versions shown at once; the history of one record has fewer."""
EMPTY_MESSAGE = "Nothing is listed here, so there is no history yet."
PARTIAL_MESSAGE = "Earlier versions are read by officers and supervisors; ask one of them where you need one."


class RecordHistoryDialog(QDialog):
    """Shows versions, the newest first, and above them what was entered in error, struck through.

    Signals:
        put_back_requested: Something that was entered in error is to be put back; with its entry.
    """

    put_back_requested = Signal(object)

    def __init__(
        self,
        session: Session,
        record_type: type[Record],
        record: Record | None,
        history: RecordHistory,
        parent: QWidget | None = None,
        *,
        struck_out: Sequence[StruckOutEntry] = (),
        live: bool = True,
    ) -> None:
        """Show a history.

        Args:
            session: Who reads it.
            record_type: The type of the records.
            record: The record it is of; None for all of a section.
            history: What was read.
            parent: The Qt parent.
            struck_out: What was entered in error of a section, the newest first.
            live: Whether what is shown may be put back.
        """
        super().__init__(parent)
        self.history, self.struck_out = history, tuple(struck_out)
        self.put_back_buttons: list[QPushButton] = []
        title = f"History: {record_type.label if record is not None else plural_label(record_type)}"
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        fit_to_screen(self, DIALOG_WIDTH_PX, DIALOG_HEIGHT_PX)
        self.words = tuple(self._describe(session, record is None))
        pane = QScrollArea()
        pane.setWidgetResizable(True)
        pane.setFrameShape(QFrame.Shape.NoFrame)
        wrong = [line for entry in self.struck_out for line in describe_struck_out(session, entry)]
        pane.setAccessibleName(". ".join([*wrong, *(text for _, text in self.words)]))
        pane.setWidget(self._page(session, live=live))
        self.close_button = button("&Close", self.accept, kind="primary")
        self._lay_out(title, "" if record is None else describe_key(session, record), pane)
        self.close_button.setDefault(True)
        pane.setFocus()

    def _lay_out(self, title: str, about: str, pane: QScrollArea) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 16)
        column.setSpacing(8)
        for words, kind in ((title, "title"), (about, "quiet")):
            if words:
                head = label(words, kind, wrap=True)
                head.setContentsMargins(24, 0, 24, 0)
                column.addWidget(head)
        column.addWidget(pane, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 0, 24, 0)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        column.addLayout(foot)

    def _page(self, session: Session, *, live: bool) -> QWidget:
        page = QWidget()
        page.setProperty("kind", "page")
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 4, 24, 12)
        column.setSpacing(4)
        for entry in self.struck_out:
            self._add_struck_out(column, session, entry, live=live)
        for kind, text in self.words:
            line = label(text, kind if kind == "quiet" else "", wrap=True)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if kind == HEADING:
                line.setContentsMargins(0, 8, 0, 0)
                font = line.font()
                font.setBold(True)
                line.setFont(font)
            column.addWidget(line)
        column.addStretch(1)
        return page

    def _add_struck_out(self, column: QVBoxLayout, session: Session, entry: StruckOutEntry, *, live: bool) -> None:
        """Show an entry struck through, with who took it out, when and why, and a button that puts it back."""
        head, *lines = describe_struck_out(session, entry)
        told = label(head, wrap=True)
        font = told.font()
        font.setBold(True)
        told.setFont(font)
        told.setContentsMargins(0, 8, 0, 0)
        column.addWidget(told)
        for text in lines:
            line = label(text, "quiet", wrap=True)
            crossed = line.font()
            crossed.setStrikeOut(True)
            line.setFont(crossed)
            line.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(line)
        if live and not entry.is_moved:
            back = button("&Put back", partial(self._put_back, entry))
            back.setAccessibleName(f"Put back: {head}")
            self.put_back_buttons.append(back)
            column.addWidget(back, 0, Qt.AlignmentFlag.AlignLeft)

    def _put_back(self, entry: StruckOutEntry) -> None:
        self.accept()
        self.put_back_requested.emit(entry)

    def _describe(self, session: Session, of_section: bool) -> Iterator[tuple[str, str]]:
        """Return the lines, each with its kind."""
        if not self.history.versions and not self.history.is_partial and not self.struck_out:
            yield "quiet", EMPTY_MESSAGE
        for version in self.history.versions[:MAX_SHOWN]:
            yield from describe_version(session, version, named=of_section)
        more = len(self.history.versions) - MAX_SHOWN
        if more > 0:
            yield (
                "quiet",
                f"{more:,} older versions are not listed here. Open the history of one entry to see all of its own.",
            )
        if self.history.is_partial:
            yield "quiet", PARTIAL_MESSAGE


def describe_struck_out(session: Session, entry: StruckOutEntry) -> tuple[str, ...]:
    """Return the lines of an entry that was in error: who took it out, when and why; then what it said."""
    lines = () if entry.is_withheld else record_lines(session, entry.record)
    said = tuple(f"{name}: {words}" for name, words in lines)
    by = session.names.of(entry.by)
    return f"Entered in error, taken out {format_instant(entry.at)} by {by}: {entry.reason}", *said


def describe_version(session: Session, version: SavedVersion, *, named: bool) -> Iterator[tuple[str, str]]:
    """Return the lines of one version, each with its kind: a heading, and what was changed.

    Args:
        session: Who reads it.
        version: The version.
        named: Whether to say which record it is of.
    """
    by = f" by {version.by}" if version.by else ""
    which = f" {describe_key(session, version.record)}" if named else ""
    yield HEADING, f"{version.act.capitalize()} {format_instant(version.at)}{by}.{which}".rstrip()
    for change in version.changes:
        was = f"{change.was} → " if change.was else ""
        now = change.now or "nothing"
        yield "", f"{change.label}: {was}{now}"
    if version.reason:
        yield "quiet", f"Why: {version.reason}"
