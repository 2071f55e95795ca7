"""Sample unsaved entries, for pictures: listed, offered again, confirmed, and after a lost connection."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog

from ioms_desktop.domain.drafts import Draft
from ioms_desktop.services.drafts import UnsavedEntries, UnsavedEntry
from ioms_desktop.services.session import Session
from ioms_desktop.ui.dialogs.restore_prompt import describe_left_draft
from ioms_desktop.ui.main_window.draft_dialog import UnsavedDialog
from ioms_desktop.ui.recording.case_subject import CaseSubject
from ioms_desktop.ui.recording.record_contact import RecordContactDialog

if TYPE_CHECKING:
    from ioms_desktop.ui.main_window.window import MainWindow

WORDS = "Seen at home with his mother. College starts on Monday; he asked for help with the fare."
AWAY = "The database server cannot be reached. Your entry is kept; check the network and try again."


def sample_waiting(session: Session, subject: CaseSubject) -> UnsavedEntries:
    """Return two unsaved entries."""
    words = f"Did it take place?: yes\nWhat was done: {WORDS}"
    contact = Draft(
        id=uuid4().hex,
        form="record_contact",
        request=str(uuid4()),
        saved_at=session.clock() - timedelta(hours=2),
        case_ref=subject.case_ref,
        fields={"done": WORDS},
        words=words,
    )
    earlier = session.clock() - timedelta(days=3)
    concern = replace(contact, id=uuid4().hex, form="concern", saved_at=earlier, case_ref="", words=WORDS)
    return UnsavedEntries(entries=(UnsavedEntry(draft=contact, name=subject.name), UnsavedEntry(draft=concern)))


def sample_drafts(
    window: "MainWindow", session: Session, subject: CaseSubject
) -> Iterator[tuple[str, Callable[[], QDialog]]]:
    """Yield the name of each picture and a function that makes its dialog."""
    yield "unsaved_entries", lambda: UnsavedDialog(window.services, sample_waiting(session, subject).entries)
    yield "unsaved_offered", partial(_offered, window, session, subject)
    yield "keep_for_later", partial(_asked, window, session, subject)
    yield "connection_lost", partial(_lost, window, session, subject)


def _typed(window: "MainWindow", session: Session, subject: CaseSubject) -> RecordContactDialog:
    dialog = RecordContactDialog(session, window.tasks, subject, parent=window)
    dialog.happened.set_value("yes")
    dialog.what.set_value(WORDS)
    return dialog


def _offered(window: "MainWindow", session: Session, subject: CaseSubject) -> QDialog:
    dialog = RecordContactDialog(session, window.tasks, subject, parent=window)
    draft = sample_waiting(session, subject).entries[0].draft
    dialog.banner.caution(describe_left_draft(draft), "Restore it")
    return dialog


def _asked(window: "MainWindow", session: Session, subject: CaseSubject) -> QDialog:
    dialog = _typed(window, session, subject)
    QTimer.singleShot(0, dialog, dialog.reject)
    return dialog


def _lost(window: "MainWindow", session: Session, subject: CaseSubject) -> QDialog:
    dialog = _typed(window, session, subject)
    dialog.begin_save_check(AWAY)
    return dialog
