"""What is new on a case since its reader last looked: said on the head, on the sections and on the rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.ui.cases.sections import SECTIONS
from ioms_desktop.ui.lists.register_model import MARK_ROLE
from ui.case_sessions import MARLOW, TODAY, at, filled, session_of
from ui.hands import focused, press
from ui.window_at_work import at_work, idle

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from ioms_desktop.services.session import Session
    from ioms_desktop.ui.cases.case_screen import CaseScreen

pytestmark = pytest.mark.usefixtures("theme")
ACCESSIBLE = Qt.ItemDataRole.AccessibleTextRole


def later(session: Session, hours: int) -> Session:
    return replace(session, clock=lambda: at(TODAY) + timedelta(hours=hours))


def marked(case: CaseScreen) -> dict[str, str]:
    """Return what a screen reader says of the sections with something new."""
    lines = (case.section_list.line(number) for number in range(len(SECTIONS)))
    return {line.text(): str(line.data(ACCESSIBLE)) for line in lines if "new" in str(line.data(ACCESSIBLE))}


def test_what_others_changed_is_marked_until_the_case_is_looked_at_again(
    qtbot: QtBot, local_location: str, tmp_path: Path
) -> None:
    session = session_of(filled(local_location))
    colleague = later(session_of(session.store, Role.OFFICER), 1)
    open_case(session, MARLOW)
    view = open_case(colleague, MARLOW)
    contact, offer = view.contacts[0], view.offers[0]
    with session.store.begin(colleague.command_context()) as tx:
        tx.save(replace(contact, note="He came with his mother"))
        tx.add(replace(contact, id=0, revision=0, contact_ref="C-NEW"))
        tx.save(replace(offer, provider="Another provider"))
        tx.save(replace(view.case, referred_by="Youth justice"))
    with session.store.begin(session.command_context()) as tx:
        tx.save(replace(view.contacts[1], note="My own words"))
    with at_work(qtbot, later(session, 2), tmp_path) as window:
        case = window.open_case(MARLOW)
        idle(qtbot, window)
        assert case.header.news_button.isVisible()
        assert case.header.news_button.accessibleName() == "4 changes since 10:00"
        said = marked(case)
        assert sorted(words.rpartition(", ")[2] for words in said.values()) == ["1 new", "1 new", "2 new"]
        assert [text.partition(" (")[0] for text in said] == ["Contacts", "Offers", "About"]
        reached = []
        for _ in range(3):
            press(focused(), Qt.Key.Key_F8)
            QApplication.processEvents()
            reached.append(SECTIONS[case.section_list.chosen].title)
        assert reached == ["Offers", "About", "Contacts"], "from one to the next, and round"
        model = case.tables[0].model
        qtbot.waitUntil(lambda: model.rowCount() == len(view.contacts) + 1)
        words = {str(model.index(row, 0).data(MARK_ROLE)) for row in range(model.rowCount())}
        assert words == {"", "new since you looked", "changed since you looked"}
        read = [str(model.index(row, 0).data(ACCESSIBLE)) for row in range(model.rowCount())]
        assert sum(text.startswith(("new since you looked; ", "changed since you looked; ")) for text in read) == 2
        assert "since you looked" in case.sections.pane.heading.full_text
        case.show_as_of(TODAY - timedelta(days=3))
        idle(qtbot, window)
        assert (marked(case), case.header.news_button.isVisible()) == ({}, False), "a past day has no news"
        case.show_as_of(None)
        idle(qtbot, window)
        assert len(marked(case)) == 3, "they stay while it is looked at"
        window.tabs.close_current()
        again = window.open_case(MARLOW)
        idle(qtbot, window)
        assert (marked(again), again.header.news_button.isVisible()) == ({}, False)
