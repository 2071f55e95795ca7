"""A form with an unsaved entry in a session that keeps drafts, and the draft's file."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.session import Session
from ioms_desktop.services.user_paths import data_folder
from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from ioms_desktop.ui.tasks import Tasks
from ui.case_sessions import MARLOW, filled, session_of
from ui.hands import show

DAY = date(2026, 10, 14)
KEY = bytes(range(32))
WORDS = "Seen at home with his mother; college starts on Monday."


def keeping_session(location: str) -> Session:
    """Return a session with a key for drafts, on a database with cases."""
    return replace(session_of(filled(location), Role.SUPERVISOR, today=DAY), draft_key=KEY)


def contact(session: Session, tasks: Tasks, qtbot: QtBot, case_ref: str = MARLOW) -> RecordContactDialog:
    """Open the form for a contact."""
    made = RecordContactDialog(session, tasks, subject_of(session, open_case(session, case_ref)), find=lambda _: [])
    qtbot.addWidget(made)
    show(qtbot, made)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    return made


def answered(dialog: RecordContactDialog) -> None:
    """Fill it in."""
    dialog.happened.set_value("yes")
    dialog.when.edit.setText("yesterday 1430-1515")
    dialog.kind.set_value("HOME_VISIT_ANNOUNCED")
    dialog.behaviour.set_value("no")
    dialog.worry.set_value("no")
    dialog.what.set_value(WORDS)


def typed_here(dialog: CommandDialog, qtbot: QtBot, tasks: Tasks) -> None:
    """Save the draft now."""
    assert dialog.autosave is not None
    dialog.autosave.flush()
    qtbot.waitUntil(lambda: not tasks.is_busy)


def files() -> list[Path]:
    """List the draft files."""
    return sorted(data_folder().rglob("*.draft"))


def on_record(session: Session, words: str = WORDS) -> int:
    """Count the recorded contacts with these words in the note."""
    with session.store.read() as reading:
        return sum(words in (each.note or "") for each in reading.list_records(Contact, case_ref=MARLOW))
