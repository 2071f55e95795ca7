"""A case is closed to somebody who has a form open on it: the case is gone at once, and their own words are kept."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget
from sqlalchemy import insert

from ioms_desktop.domain.access.case_access import AccessList
from ioms_desktop.services import drafts
from ioms_desktop.services.access.case_access_admin import ChangeCaseAccess, exclude_user
from ioms_desktop.services.change_feed import ChangeNotice
from ioms_desktop.services.session import Topic
from ioms_desktop.storage import access_lists
from ioms_desktop.storage.schema import tables
from ioms_desktop.ui.actions.file_actions import PRINT_CASES
from ioms_desktop.ui.actions.recording_actions import RECORD_CONTACT, SET_RAG
from ioms_desktop.ui.cases.case_dialogs import WORDS_KEPT_MESSAGE
from ioms_desktop.ui.dialogs.left_words import LeftWordsDialog
from ioms_desktop.ui.dialogs.merge_page import MergeDialog
from ioms_desktop.ui.main_window.draft_dialog import UnsavedDialog
from ioms_desktop.ui.recording.rag import RagDialog
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from keys import opened
from sessions import request
from ui.case_sessions import HARKER, MARLOW, TODAY, at, filled, session_of
from ui.entries import KEY, files
from ui.hands import click
from ui.window_at_work import at_work, idle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.services.session import Session
    from ioms_desktop.ui.cases.case_screen import CaseScreen
    from ioms_desktop.ui.main_window.window import MainWindow

pytestmark = pytest.mark.usefixtures("theme")
OWN_WORDS = "He has found a room with his aunt"


@pytest.fixture
def shared_window(
    qtbot: QtBot, postgres_database: Callable[[str], str], _shared_template: str, tmp_path: Path
) -> Iterator[tuple[MainWindow, Session]]:
    """Return a window on a shared database that keeps drafts, and a colleague's session."""
    location = postgres_database(_shared_template)
    colleague = session_of(opened(location), user="A. Shah")
    with at_work(qtbot, replace(session_of(filled(location)), draft_key=KEY), tmp_path) as window:
        account = {"name": window.session.user, "role": "supervisor", "password_hash": "", "active": True}
        with colleague.store.engine.begin() as connection:
            connection.execute(insert(tables.users).values(**account, created_at=at(TODAY)))
        yield window, colleague
    colleague.store.close()


def case_of(qtbot: QtBot, window: MainWindow, ref: str = HARKER) -> CaseScreen:
    shown = window.open_case(ref)
    qtbot.waitUntil(lambda: shown.view is not None)
    idle(qtbot, window)
    return shown


def typing(qtbot: QtBot, window: MainWindow, case: CaseScreen) -> RecordContactDialog:
    """Open a form on the case and type in it."""
    case.case_actions.launch(RECORD_CONTACT)
    idle(qtbot, window)
    dialog = case.findChild(RecordContactDialog)
    assert dialog is not None
    dialog.what.set_value(OWN_WORDS)
    return dialog


def words_on_screen(widget: QWidget) -> str:
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_the_case_and_its_form_are_gone_and_the_words_are_kept(
    qtbot: QtBot, shared_window: tuple[MainWindow, Session]
) -> None:
    window, colleague = shared_window
    case = case_of(qtbot, window)
    typing(qtbot, window, case)
    assert "Harker" in words_on_screen(window).title()
    exclude_user(colleague, ChangeCaseAccess(request=request(), case_ref=HARKER, name=window.session.user))
    qtbot.waitUntil(lambda: case.view is None)
    assert not case.has_dialogs
    idle(qtbot, window)
    assert "Harker" not in words_on_screen(window).title().replace(HARKER.title(), "")
    assert WORDS_KEPT_MESSAGE in case.unavailable.text_label.text()
    (file,) = files()
    assert OWN_WORDS.encode() not in file.read_bytes()
    (entry,) = drafts.list_drafts(window.session).entries
    assert f"What was done: {OWN_WORDS}" in entry.draft.words
    assert (entry.name, entry.draft.fields) == ("", {})
    listed = UnsavedDialog(window.services, [entry])
    qtbot.addWidget(listed)
    listed.show()
    assert OWN_WORDS in listed.preview.toPlainText()
    assert not listed.open_button.isEnabled()
    assert "closed to you" in listed.entry_list.topLevelItem(0).text(1)  # type: ignore[union-attr]  # there is one


def test_a_tab_that_is_not_shown_loses_the_name_too(qtbot: QtBot, shared_window: tuple[MainWindow, Session]) -> None:
    window, colleague = shared_window
    case_of(qtbot, window, HARKER)
    case_of(qtbot, window, MARLOW)
    assert "HARKER" in window.tabs.tabText(1)
    assert window.tabs.tabText(1) != HARKER
    exclude_user(colleague, ChangeCaseAccess(request=request(), case_ref=HARKER, name=window.session.user))
    qtbot.waitUntil(lambda: window.tabs.tabText(1) == HARKER)


def test_changed_is_said_only_where_something_changed(qtbot: QtBot, shared_window: tuple[MainWindow, Session]) -> None:
    window, _ = shared_window
    case = case_of(qtbot, window)
    case.case_actions.launch(SET_RAG)
    idle(qtbot, window)
    for notice in (
        ChangeNotice(frozenset(Topic), None),  # what follows a lost connection: anything may have changed
        ChangeNotice(frozenset({Topic.FIGURES}), None),
        ChangeNotice(frozenset({Topic.RAG}), None),
    ):
        window.live_updates._mark_stale(notice)  # noqa: SLF001 - what the listener hears
        qtbot.waitUntil(lambda: case not in window.live_updates._unchecked)  # noqa: SLF001 - as above
        idle(qtbot, window)
        assert not case.header.changed_label.isVisible()


def exclude(session: Session, ref: str = HARKER) -> None:
    """Close a case of a local file to its user, as a colleague does in another window."""
    colleague = replace(session, user="A. Shah")
    with colleague.store.begin(colleague.command_context(), "test") as tx:
        access_lists.set_access_entry(tx, ref, session.user, AccessList.EXCLUDED, listed=True)


def filled_in(dialog: RecordContactDialog) -> None:
    for field, answer in ((dialog.happened, "yes"), (dialog.behaviour, "no"), (dialog.worry, "no")):
        field.set_value(answer)
    dialog.kind.set_value("OTHER")


def test_a_save_that_is_refused_because_the_case_was_closed_closes_it(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with at_work(qtbot, replace(session_of(filled(local_location)), draft_key=KEY), tmp_path) as window:
        case = case_of(qtbot, window)
        dialog = typing(qtbot, window, case)
        filled_in(dialog)
        exclude(window.session)
        click(dialog.primary)
        qtbot.waitUntil(lambda: case.view is None)
        idle(qtbot, window)
        assert not [each for each in case.findChildren(QDialog) if each.isVisible()]
        assert [each.is_closed for each in window.unsaved_banner.unsaved.entries] == [True]


def test_kept_for_later_is_kept_although_the_case_was_closed_meanwhile(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with at_work(qtbot, replace(session_of(filled(local_location)), draft_key=KEY), tmp_path) as window:
        case = case_of(qtbot, window)
        dialog = typing(qtbot, window, case)
        exclude(window.session)
        dialog.reject()
        click(dialog.unsaved_prompt.keep_for_later_button)
        idle(qtbot, window)
        assert not case.has_dialogs
        assert case.view is None, "nor is the case left open behind it"
        (entry,) = window.unsaved_banner.unsaved.entries
        assert OWN_WORDS in entry.draft.words
        assert len(files()) == 1


def test_kept_for_later_closes_nothing_before_it_is_on_the_disk(
    qtbot: QtBot, local_location: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with at_work(qtbot, replace(session_of(filled(local_location)), draft_key=KEY), tmp_path) as window:
        dialog = typing(qtbot, window, case_of(qtbot, window))
        blocked = tmp_path / "blocked"
        blocked.write_text("a file where a folder is wanted")
        monkeypatch.setenv("IOMS_DATA", str(blocked))
        dialog.reject()
        click(dialog.unsaved_prompt.keep_for_later_button)
        idle(qtbot, window)
        assert dialog.isVisible()
        assert dialog.what.value() == OWN_WORDS
        assert "cannot be kept on this computer" in dialog.banner.text_label.text()
        dialog.discard()
        idle(qtbot, window)


def test_where_nothing_can_be_kept_the_words_are_shown_once_more_without_the_case(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        case = case_of(qtbot, window)
        typing(qtbot, window, case)
        exclude(window.session)
        case.refresh()
        qtbot.waitUntil(lambda: case.view is None)
        left = window.findChild(LeftWordsDialog)
        assert left is not None
        assert OWN_WORDS in left.text_box.toPlainText()
        assert "Harker" not in words_on_screen(left).title()
        left.close()


def test_other_dialogs_over_the_case_close_with_it(qtbot: QtBot, local_location: str, tmp_path: Path) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        case = case_of(qtbot, window)
        case.case_actions.launch(PRINT_CASES)
        idle(qtbot, window)
        assert case.findChildren(QDialog)
        exclude(window.session)
        case.refresh()
        qtbot.waitUntil(lambda: case.view is None)
        assert not case.has_dialogs
        assert WORDS_KEPT_MESSAGE not in case.unavailable.text_label.text()


def test_ones_own_save_of_a_moment_ago_is_not_met_as_another_persons(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    with at_work(qtbot, session_of(filled(local_location)), tmp_path) as window:
        case = case_of(qtbot, window)
        for colour in ("RED", "AMBER"):
            case.case_actions.launch(SET_RAG)
            qtbot.waitUntil(lambda: bool(case.findChildren(RagDialog)))
            dialog = case.findChildren(RagDialog)[-1]
            dialog.rag.set_value(colour)
            dialog.form.field("reason").set_value(f"It is {colour} now")
            with qtbot.waitSignal(dialog.completed):
                dialog.accept()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        idle(qtbot, window)
        assert not window.findChildren(MergeDialog)
        assert case.view is not None
        assert case.view.rag_in_force is not None
        assert case.view.rag_in_force.reason == "It is AMBER now"
