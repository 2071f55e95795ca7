"""A server is brought to a newer version while a window is open: it says so by itself, and what was typed is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel
from sqlalchemy import text

from ioms_desktop.services import drafts
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage.database.migrate import have_windows_read_again
from ioms_desktop.storage.engine import engine_for
from ioms_desktop.storage.schema.version import SCHEMA_HEAD
from ioms_desktop.ui.actions.recording_actions import RECORD_CONTACT
from ioms_desktop.ui.main_window.live_updates import OTHER_VERSION_MESSAGE, RECONNECTED_MESSAGE
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from shared_people import PASSWORD, login_of
from ui.window_at_work import at_work, idle, screen

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget
    from pytestqt.qtbot import QtBot

    from shared_people import Office

pytestmark = pytest.mark.usefixtures("theme")
OWN_WORDS = "He has found a room with his aunt"
TOLD = "brought to a newer version of IOMS Desktop"


def moved_to(office: Office, schema: str) -> None:
    """Do what a migration does at its end."""
    engine = engine_for(office.location)
    with engine.begin() as connection:
        connection.execute(text("UPDATE meta SET value = :schema WHERE name = 'schema'"), {"schema": schema})
        have_windows_read_again(connection)
    engine.dispose()


def is_told(widget: QWidget) -> bool:
    return any(TOLD in each.text() for each in widget.findChildren(QLabel) if each.isVisible())


def test_a_window_says_by_itself_to_update_and_keeps_what_was_typed(
    qtbot: QtBot, office: Office, tmp_path: Path
) -> None:
    session = sign_in(office.location, login_of("officer"), PASSWORD)
    with at_work(qtbot, session, tmp_path) as window:
        case = window.open_case("PHX-1")
        qtbot.waitUntil(lambda: case.view is not None)
        case.case_actions.launch(RECORD_CONTACT)
        idle(qtbot, window)
        dialog = case.findChild(RecordContactDialog)
        assert dialog is not None
        for field, answer in ((dialog.happened, "yes"), (dialog.behaviour, "no"), (dialog.worry, "no")):
            field.set_value(answer)
        dialog.kind.set_value("OTHER")
        dialog.what.set_value(OWN_WORDS)
        assert not is_told(window)
        moved_to(office, "9999")
        dialog.accept()
        idle(qtbot, window)
        assert is_told(dialog)
        assert dialog.what.value() == OWN_WORDS
        dialog.keep_for_later()
        idle(qtbot, window)
        screen(window, qtbot, "today")
        qtbot.waitUntil(lambda: is_told(window))
        window.messages.clear()
        with office.owner() as owner:  # as when the server is started anew after it
            owner.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s", [session.user])
        state = window.live_updates.connection_label
        qtbot.waitUntil(lambda: state.text() == OTHER_VERSION_MESSAGE)
        assert window.messages.isVisible()
        assert TOLD in window.messages.text_label.text()
        moved_to(office, SCHEMA_HEAD)
        qtbot.waitUntil(lambda: state.text() == RECONNECTED_MESSAGE)
    again = sign_in(office.location, login_of("officer"), PASSWORD)
    (entry,) = drafts.list_drafts(again).entries
    assert entry.draft.fields["done"] == OWN_WORDS
    again.store.close()
