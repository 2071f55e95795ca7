"""Texts and tables of the import dialog: outstanding checkouts, what the file is, and the changes to be made."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.text_format import format_day, join_words
from ioms_desktop.services.offline.check_in_records import CheckInOutcome
from ioms_desktop.services.offline.check_in_report import CheckInReport
from ioms_desktop.services.offline.checkout import RegisteredCheckout
from ioms_desktop.services.session import Session
from ioms_desktop.ui.widgets.widgets import label

MAX_LISTED_CHECKOUTS = 4
INTRO = (
    "Imports a file of cases that you worked on offline; a supervisor can also import a file that an office "
    "started with. Nothing is written until you have seen the changes and answered every question. An import is all or "
    "nothing."
)
FATE_HEADINGS = {
    CheckInOutcome.ADDED: "New",
    CheckInOutcome.UPDATED: "Changed",
    CheckInOutcome.MERGED: "Merged",
    CheckInOutcome.CONFLICTS: "To decide",
    CheckInOutcome.UNCHANGED: "Unchanged",
}
CHANGED_FATES = tuple(fate for fate in FATE_HEADINGS if fate is not CheckInOutcome.UNCHANGED)


def describe_outstanding(found: list[RegisteredCheckout], session: Session) -> list[str]:
    """Describe the outstanding checkouts: by whom, since when, until when, and which cases."""
    lines = ["Not yet returned:"]
    for each in found[:MAX_LISTED_CHECKOUTS]:
        late = each.until is not None and each.until < session.today()
        back = "" if each.until is None else f", {'was due' if late else 'due'} back by {format_day(each.until)}"
        since = format_day(each.taken_at.astimezone(LONDON).date())
        lines.append(
            f"{join_words(each.cases[:MAX_LISTED_CHECKOUTS])}: {session.names.of(each.taken_by)} since {since}{back}"
        )
    if len(found) > MAX_LISTED_CHECKOUTS:
        lines.append(f"and {len(found) - MAX_LISTED_CHECKOUTS:,} more")
    return lines if found else []


def describe_file(report: CheckInReport, session: Session) -> str:
    """Describe a file and what must be done with it."""
    taken = report.checkout
    said = (
        "This file was not created from this database."
        if taken is None
        else f"{taken.describe(session.today(), session.names)}."
    )
    if report.questions:
        return f"{said} Nothing is written yet. Answer the questions below, then import it."
    if not any(report.count(fate) for fate in (CheckInOutcome.ADDED, CheckInOutcome.UPDATED, CheckInOutcome.MERGED)):
        back = "" if taken is None else "; importing it only records that it is back"
        return f"{said} Nothing in it is new{back}."
    return f"{said} Nothing is written yet, and there are no questions."


def counts_table(report: CheckInReport) -> QWidget:
    """Return a table that counts the changes for each record type."""
    table = QWidget()
    grid = QGridLayout(table)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(len(FATE_HEADINGS) + 1, 1)
    for number, head in enumerate(FATE_HEADINGS.values(), 1):
        grid.addWidget(label(head, "small"), 0, number, Qt.AlignmentFlag.AlignRight)
    rows = [
        (RECORD_TYPE_BY_TABLE[name].label, counts) for name, counts in report.counts.items() if any(counts.values())
    ]
    moved = [(noun, counts) for noun, counts in rows if any(counts.get(fate, 0) for fate in CHANGED_FATES)]
    rest = sum(counts.get(CheckInOutcome.UNCHANGED, 0) for _, counts in rows) - sum(
        counts.get(CheckInOutcome.UNCHANGED, 0) for _, counts in moved
    )
    for noun, counts in (*moved, ("All others", {CheckInOutcome.UNCHANGED: rest})):
        row = grid.rowCount()
        grid.addWidget(label(noun, "quiet"), row, 0)
        for number, fate in enumerate(FATE_HEADINGS, 1):
            count = counts.get(fate, 0)
            grid.addWidget(label(f"{count:,}" if count else "", ""), row, number, Qt.AlignmentFlag.AlignRight)
    return table
