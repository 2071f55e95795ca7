"""Somebody with a record is found by typing in the form of an associate, and the link is kept by their reference."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.network.associates import Associate
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.session import Session
from ioms_desktop.ui.network.person_field import PersonField, find_people
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.recording.record_dialog import RecordDialog
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from services.test_network import SEEN_WITH, add
from ui.case_sessions import MARLOW, filled, session_of
from ui.hands import press, show, write


@pytest.fixture
def session(local_location: str, theme: Theme) -> Iterator[Session]:
    assert theme
    store = filled(local_location)
    yield session_of(store, Role.OFFICER)
    store.close()


def dialog_of(qtbot: QtBot, tasks: Tasks, session: Session, record: Associate | None = None) -> RecordDialog:
    subject = subject_of(session, open_case(session, MARLOW))
    dialog = RecordDialog(session, tasks, subject, Associate, record)
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    return dialog


def test_a_person_is_found_by_typing_and_kept_by_reference(qtbot: QtBot, tasks: Tasks, session: Session) -> None:
    dialog = dialog_of(qtbot, tasks, session)
    person = dialog.form.field("other_person_ref")
    assert isinstance(person, PersonField)
    write(person.edit, "harker")
    assert "has not been picked" in person.parse_problem()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    press(person.edit, Qt.Key.Key_Return)
    assert person.value() == "P-HARKER"
    assert person.edit.text().startswith("HARKER, Callum · born")
    again = dialog_of(qtbot, tasks, session).form.field("other_person_ref")
    again.set_raw_text(person.raw_text())  # as a draft does
    assert again.value() == "P-HARKER"
    for name, value in (("kind", "ASSOCIATE"), ("basis", "FACT"), ("source", "Custody record")):
        dialog.form.field(name).set_value(value)
    with qtbot.waitSignal(dialog.accepted):
        dialog.accept()
    (link,) = open_case(session, MARLOW).of(Associate)
    assert (link.other_person_ref, link.name) == ("P-HARKER", None)


def test_a_change_shows_who_it_is_and_keeps_them(qtbot: QtBot, tasks: Tasks, session: Session) -> None:
    add(session, replace(SEEN_WITH, other_person_ref="P-HARKER"), MARLOW)
    (link,) = open_case(session, MARLOW).of(Associate)
    person = dialog_of(qtbot, tasks, session, link).form.field("other_person_ref")
    assert isinstance(person, PersonField)
    assert person.edit.text() == "HARKER, Callum · P-HARKER"
    assert person.value() == "P-HARKER"
    navigator = session_of(session.store, Role.NAVIGATOR)
    assert [each.title for each in find_people(session, "harker")] == ["HARKER, Callum"]
    assert find_people(navigator, "harker") == ()  # who may not know of somebody does not find them
