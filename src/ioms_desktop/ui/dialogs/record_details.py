"""One record whole, in words: a contact, an offer, a concern, a decision; with what may be done about it."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFormLayout, QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ioms_desktop.domain.calendar import LONDON
from ioms_desktop.domain.moments import Moment
from ioms_desktop.domain.record import Column, Kind, Record, columns
from ioms_desktop.domain.wording import day_words
from ioms_desktop.services.desk import Desk
from ioms_desktop.ui import wording
from ioms_desktop.ui.widgets import button, label

WIDTH, HEIGHT = 600, 520
NOUNS = {
    "contacts": "Contact",
    "offers": "Support offer",
    "concerns": "Concern",
    "ratings": "Weekly rating",
    "decisions": "Decision",
    "proposals": "Proposal",
    "notifications": "Notification",
    "rag": "RAG",
    "custody": "Custody",
    "orders": "Order or licence",
    "assessments": "Assessment",
    "needs": "Need",
    "offences": "Offence",
    "referrals": "Referral",
    "actions": "Action",
}
TITLES = {
    "occurred_at": "When",
    "occurred_on": "When it happened",
    "recorded_on": "Put on record",
    "contact_type": "How",
    "offer_type": "What",
    "order_type": "What",
    "concern_type": "What",
    "rule": "On the trigger",
    "actioned_on": "Served on",
    "told_participant": "The person was told",
    "due_on": "Due on",
    "text": "What",
    "case_ref": "Case",
    "offer_ref": "Offer",
    "week_commencing": "Week from",
    "rag": "RAG",
    "received_on": "Received on",
    "statement_basis": "The note is",
    "direction": "Who made contact",
}
SHORT_CODES = frozenset({"enforcement_step", "source_grade", "information_grade", "handling"})
LEFT_OUT = frozenset({"person_ref"})


class RecordDetailsDialog(QDialog):
    """Shows a record; Escape closes it."""

    def __init__(
        self,
        desk: Desk,
        record: Record,
        acts: Sequence[tuple[str, Callable[[], object]]] = (),
        parent: QWidget | None = None,
    ) -> None:
        """Show a record.

        Args:
            desk: Who looks.
            record: What is shown.
            acts: Verbs and what they do; each closes the dialog first.
            parent: The window it belongs to.
        """
        super().__init__(parent)
        title = NOUNS.get(type(record).table, "Record")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(WIDTH, HEIGHT)
        inside = QWidget()
        inside.setProperty("kind", "page")
        form = QFormLayout(inside)
        form.setContentsMargins(24, 4, 24, 12)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for name, words in record_lines(desk, record):
            told = label(words, wrap=True)
            told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            told.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
            form.addRow(label(name, "quiet"), told)
        pane = QScrollArea()
        pane.setWidget(inside)
        pane.setWidgetResizable(True)
        pane.setFrameShape(QFrame.Shape.NoFrame)
        pane.setAccessibleName(". ".join(f"{name}: {words}" for name, words in record_lines(desk, record)))
        self.pane = pane
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 16, 0, 16)
        column.setSpacing(8)
        head = label(title, "title")
        head.setContentsMargins(24, 0, 24, 0)
        column.addWidget(head)
        column.addWidget(pane, 1)
        foot = QHBoxLayout()
        foot.setContentsMargins(24, 0, 24, 0)
        foot.setSpacing(8)
        for verb, act in acts:
            foot.addWidget(button(verb, partial(self._do, act)))
        foot.addStretch(1)
        self.closing = button("&Close", self.accept, kind="primary")
        foot.addWidget(self.closing)
        column.addLayout(foot)
        self.closing.setDefault(True)
        self.closing.setFocus()

    def _do(self, act: Callable[[], object]) -> None:
        self.accept()
        act()


def record_lines(desk: Desk, record: Record) -> tuple[tuple[str, str], ...]:
    """Give every filled field of a record in words, and who recorded it when."""
    lines = [
        (_title(type(record), column), words)
        for column in columns(type(record))
        if column.name not in LEFT_OUT and (words := _words(desk, column, getattr(record, column.name)))
    ]
    if record.recorded_at is not None:
        at = record.recorded_at.astimezone(LONDON)
        lines.append(("Recorded", f"{day_words(at.date())}, {at:%H:%M} by {record.recorded_by}"))
    return tuple(lines)


def _title(noun: type[Record], column: Column) -> str:
    if column.name == noun.key[-1] and column.kind is Kind.REF:
        return "Reference"
    return TITLES.get(column.name, column.name.replace("_", " ").capitalize())


def _words(desk: Desk, column: Column, value: Any) -> str:  # noqa: ANN401 - one of the column's own types
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return wording.yes_no(value)
    if isinstance(value, Moment):
        return day_words(value.on) + ("" if value.at is None else f", {value.at:%H:%M}")
    if isinstance(value, date):
        return day_words(value)
    codes = "agency" if column.name == "agency" else column.codes
    if not codes:
        return str(value)
    shown = desk.lists.of(codes).label(value)
    return f"{value} {shown}" if codes in SHORT_CODES else shown
