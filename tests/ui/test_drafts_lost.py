"""What is typed outlives a lost connection and a killed program; and what is said about it is true."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.errors import Unreachable
from ioms_desktop.services import drafts
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.entries import KEY, WORDS, answered, contact, files, keeping_session, on_record
from ui.hands import click
from ui.window_at_work import at_work


@pytest.fixture
def session(local_location: str, theme: Theme) -> Iterator[Session]:
    assert theme.name == "light"
    kept = keeping_session(local_location)
    yield kept
    kept.store.close()


def cut(work: Callable[[], Outcome], *, after: bool) -> Outcome:
    """Lose the connection while a command is sent, before or after it was done."""
    if after:
        work()
    raise Unreachable("The database server cannot be reached.")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_lost_connection_ends_in_saved_or_not_saved(
    qtbot: QtBot, tasks: Tasks, session: Session, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    dialog = contact(session, tasks, qtbot)
    answered(dialog)
    work = dialog.build_command()
    told: list[Outcome] = []
    dialog.completed.connect(told.append)
    with monkeypatch.context() as patched:
        patched.setattr(dialog, "build_command", lambda: partial(cut, work, after=after))
        dialog.accept()
        qtbot.waitUntil(lambda: dialog.save_check is not None)
    assert "asked as soon as the database answers" in dialog.banner.text_label.text()
    assert not dialog.form.isEnabled()
    assert not dialog.primary.isEnabled()
    assert len(files()) == 1
    click(dialog.banner.action_button)
    qtbot.waitUntil(lambda: dialog.save_check is None and not tasks.is_busy)
    assert on_record(session) == int(after)
    if after:
        assert [each.notice for each in told] == ["It was saved. Contact recorded."]
        assert not dialog.isVisible()
    else:
        assert dialog.banner.text_label.text().startswith("Not saved. The database answers again")
        assert dialog.form.isEnabled()
        with qtbot.waitSignal(dialog.completed):
            dialog.accept()
        assert on_record(session) == 1
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert files() == []


def test_until_the_database_answers_it_asks_again_and_claims_nothing(
    qtbot: QtBot, tasks: Tasks, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = contact(session, tasks, qtbot)
    answered(dialog)
    monkeypatch.setattr(dialog, "build_command", lambda: partial(cut, lambda: Outcome(notice=""), after=False))
    dialog.accept()
    qtbot.waitUntil(lambda: dialog.save_check is not None)
    landing = dialog.save_check
    assert landing is not None
    assert landing.timer.isActive()  # by itself, without a press
    asked: list[int] = []

    def away() -> Outcome | None:
        asked.append(1)
        raise Unreachable("The database server cannot be reached.")

    landing.query_outcome = away
    for times in (1, 2):
        landing.timer.timeout.emit()
        qtbot.waitUntil(lambda: not tasks.is_busy)
        assert len(asked) == times
        assert landing.timer.isActive()
        assert dialog.banner.text_label.text().endswith(
            "Whether this was saved is asked as soon as the database answers."
        )
    dialog.reject()  # closing is no answer either: it is kept, and asked after before it is offered
    qtbot.waitUntil(lambda: not dialog.isVisible() and not tasks.is_busy)
    assert len(drafts.list_drafts(session).entries) == 1


TYPIST = """
import sys
from dataclasses import replace
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.services.cases.cases import open_case
from keys import opened
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.tasks import Tasks
from ui.case_sessions import MARLOW, session_of
from datetime import date

app = QApplication([])
key = bytes.fromhex(sys.argv[2]) or None
session = replace(session_of(opened(sys.argv[1]), Role.SUPERVISOR, today=date(2026, 10, 14)), draft_key=key)
dialog = RecordContactDialog(session, Tasks(), subject_of(session, open_case(session, MARLOW)))
dialog.show()
words = iter(sys.argv[3] * 1000)

def type_on():
    QTest.keyClicks(dialog.what.edit, next(words))
    print(len(dialog.what.edit.toPlainText()), flush=True)

timer = QTimer()
timer.timeout.connect(type_on)
timer.start(20)
if dialog.autosave.can_save:
    dialog.autosave.max_delay_timer.setInterval(200)
app.exec()
"""


def typed_until_killed(location: str, key: bytes) -> int:
    """Type without a pause in another process and kill it; give how many letters had been typed."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", TYPIST, location, key.hex(), WORDS]
    typed = 0
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as typist:
        assert typist.stdout is not None
        for line in typist.stdout:
            typed = int(line)
            if typed >= 150:
                break
        typist.send_signal(signal.SIGKILL)
    assert typist.returncode == -signal.SIGKILL
    return typed


def test_a_killed_program_loses_no_more_than_it_had_not_yet_written(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    """Keys come without a rest, so that only the longer of the two waits ever writes; it is shortened fifty times."""
    session.store.close()
    typed = typed_until_killed(session.store.location, KEY)
    with at_work(qtbot, session, tmp_path) as window:
        assert window.unsaved_banner.message.text() == "You have one unsaved entry."
        (entry,) = window.unsaved_banner.unsaved.entries
        kept = entry.draft.fields["done"]
        assert (WORDS * 1000).startswith(kept)
        assert on_record(session) == 0  # nothing was acknowledged, and nothing is claimed
        sys.stdout.write(f"killed after {typed} keys: {len(kept)} kept\n")
        assert 0 < len(kept) <= typed + 1


def test_with_drafts_switched_off_the_same_death_loses_all(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    session.store.close()
    typed_until_killed(session.store.location, b"")
    with at_work(qtbot, session, tmp_path) as window:
        assert window.unsaved_banner.unsaved.entries == ()
        assert not window.unsaved_banner.isVisible()
    assert files() == []
