"""A form asks why an entry that stands is changed, beside its fields and only when that is needed; by real keys."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.database.office_settings import read_author_period
from ioms_desktop.services.recording.ratings import RateWeek, rate_week
from ioms_desktop.services.records.history import read_history
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.database.author_period import AuthorPeriodDialog
from ioms_desktop.ui.database.harm_weights import NO_FILE, NOT_THERE, LoadWeightsDialog
from ioms_desktop.ui.dialogs.change_reason import REASON_TITLE
from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.recording.rating import RatingDialog
from ioms_desktop.ui.recording.record_dialog import RecordDialog
from ioms_desktop.ui.records.record_history import describe_version
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import HARKER, MARLOW, TODAY, filled, session_of
from ui.hands import CTRL, focused, press, show, write
from ui.test_section_acts import dialog_now, section_of, shown

WHY = "misread the notebook"
FIELD = "why_changed"


@pytest.fixture
def store(local_location: str, theme: Theme) -> Iterator[Store]:
    assert theme.name == "light"
    made = filled(local_location)
    yield made
    made.close()


def asks(dialog: CommandDialog) -> bool:
    return any(field.name == FIELD and field.isVisible() for field in dialog.form.fields)


def save(qtbot: QtBot, tasks: Tasks) -> None:
    press(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: not tasks.is_busy)


def test_the_reason_is_asked_once_something_is_changed_that_needs_one(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    session = session_of(store)
    screen = shown(qtbot, tasks, session)
    table = section_of(qtbot, screen, Contact)
    press(table.table, Qt.Key.Key_F2)
    dialog = dialog_now(qtbot, RecordDialog)
    assert isinstance(dialog, RecordDialog)
    assert not asks(dialog)
    minutes = dialog.form.field("minutes")
    before = minutes.raw_text()
    minutes.set_raw_text("77")
    assert asks(dialog)
    assert "recorded more than 24 hours ago" in dialog.form.field(FIELD).help
    minutes.set_raw_text(before)
    assert not asks(dialog), "what is as it was needs no reason"
    minutes.set_raw_text("77")
    save(qtbot, tasks)
    assert list(dialog.form.problems) == [FIELD]
    write(focused(), WHY)
    with qtbot.waitSignal(screen.outcome_received):
        save(qtbot, tasks)
    newest = read_history(session, HARKER, Contact).versions[0]
    assert (newest.reason, newest.record.revision) == (WHY, 2)
    assert ("quiet", f"Why: {WHY}") in list(describe_version(session, newest, named=False))


def test_a_dialog_that_cannot_know_asks_once_it_was_refused_and_keeps_what_was_typed(
    qtbot: QtBot, tasks: Tasks, store: Store
) -> None:
    monday = TODAY - timedelta(days=2)
    first = session_of(store, Role.OFFICER, today=monday)
    rate_week(first, RateWeek(request="first", case_ref=MARLOW, on=monday, level=1))
    session = session_of(store, Role.OFFICER)
    dialog = RatingDialog(session, tasks, subject_of(session, open_case(session, MARLOW)))
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    dialog.level.set_value("4")
    save(qtbot, tasks)
    assert asks(dialog)
    assert list(dialog.form.problems) == [FIELD]
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    assert focused().accessibleName() == REASON_TITLE
    write(focused(), WHY)
    with qtbot.waitSignal(dialog.completed):
        save(qtbot, tasks)
    rating = next(each for each in open_case(session, MARLOW).of(Rating) if each.recorded_at == session.clock())
    assert read_history(session, MARLOW, Rating, rating).versions[0].reason == WHY


def test_a_colleague_changes_only_what_carries_anothers_entry_on(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    colleague = session_of(store, Role.OFFICER, user="PC 9 SHAH")
    screen = shown(qtbot, tasks, colleague, MARLOW)
    table = section_of(qtbot, screen, Contact)
    press(table.table, Qt.Key.Key_F2)
    qtbot.waitUntil(lambda: "recorded this" in screen.message.text_label.text())
    table = section_of(qtbot, screen, Offer)
    press(table.table, Qt.Key.Key_F2)
    dialog = dialog_now(qtbot, RecordDialog)
    assert isinstance(dialog, RecordDialog)
    assert {field.name for field in dialog.form.fields} == set(Offer.rights.carried_on)
    dialog.reject()


def test_the_period_is_changed_in_a_window_with_its_reason(qtbot: QtBot, tasks: Tasks, store: Store) -> None:
    session = session_of(store)
    dialog = AuthorPeriodDialog(session, tasks, read_author_period(session))
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    assert date(2026, 11, 30) == read_author_period(session).default_since
    press(focused(), Qt.Key.Key_A, CTRL)
    write(focused(), "48")
    save(qtbot, tasks)
    assert list(dialog.form.problems) == ["reason"]
    write(focused(), "Long shifts")
    with qtbot.waitSignal(dialog.completed):
        save(qtbot, tasks)
    assert (read_author_period(session).hours, read_author_period(session).reason) == (48, "Long shifts")


def test_a_table_of_harm_weights_is_looked_at_and_loaded_in_a_window(
    qtbot: QtBot, tasks: Tasks, store: Store, tmp_path: Path
) -> None:
    session = session_of(store)
    path = tmp_path / "weights.csv"
    path.write_text("offence,weight\nRobbery,much\n", encoding="utf-8")
    dialog = LoadWeightsDialog(session, tasks)
    qtbot.addWidget(dialog)
    show(qtbot, dialog)

    def said() -> str:
        return dialog.preview.accessibleName()

    save(qtbot, tasks)
    assert set(dialog.form.problems) == {"path", "scheme", "version", "valid_from", "source"}
    dialog.file.setFocus()
    write(focused(), str(path.with_name("nowhere.csv")))
    qtbot.waitUntil(lambda: said().endswith(NOT_THERE))
    press(focused(), Qt.Key.Key_A, CTRL)
    write(focused(), str(path))
    qtbot.waitUntil(lambda: "must be a number" in said())
    path.write_text("offence,weight\nRobbery,365\nTheft,2\n", encoding="utf-8")
    dialog.file.set_value("")
    write(focused(), str(path))
    qtbot.waitUntil(lambda: "Two weights; the heaviest: Robbery (365) and Theft (2). No table" in said())
    dialog.file.set_value("")
    assert said().endswith(NO_FILE)
    dialog.file.set_value(str(path))
    qtbot.waitUntil(lambda: dialog.reading is not None)  # what was begun is not shown beside another file
    dialog.file.set_value("")
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert said().endswith(NO_FILE)
    dialog.file.set_value(str(path))
    for field, text in (("scheme", "CHI"), ("version", "2023"), ("valid_from", "1/5/2023"), ("source", "Published")):
        dialog.form.field(field).setFocus()
        write(focused(), text)
    with qtbot.waitSignal(dialog.completed) as done:
        save(qtbot, tasks)
    assert done.args is not None
    assert done.args[0].notice.startswith("Loaded two weights of CHI 2023, for offences from 1 May 2023.")
