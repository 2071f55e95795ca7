"""The diagram of a network: it says what the list says, its filters narrow it, and keys walk it and open a case."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.session import Session
from ioms_desktop.ui.cases.case_section import ShownCase
from ioms_desktop.ui.cases.casework.network_chart import GRADE, KIND, STANDING, NetworkChart
from ioms_desktop.ui.cases.casework.network_lines import GROUP, UNGRADED
from ioms_desktop.ui.cases.casework.network_sections import NETWORK
from ioms_desktop.ui.cases.section_table import SectionTable
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from services.test_network import MEMBER, MOTHER, SEEN_WITH, add
from ui.case_sessions import HARKER, MARLOW, filled, session_of
from ui.hands import press, show

LINKED = (
    MOTHER,
    replace(SEEN_WITH, other_person_ref="P-HARKER", from_on=date(2026, 5, 1)),
    replace(SEEN_WITH, other_person_ref=None, name="Leon Pratt", kind="CO_DEFENDANT", to_on=date(2026, 9, 1)),
    MEMBER,
    replace(MEMBER, group_name="GRP-02", evidence_on=date(2026, 1, 3)),
)


@pytest.fixture
def session(local_location: str, theme: Theme) -> Iterator[Session]:
    assert theme
    store = filled(local_location)
    officer = session_of(store, Role.OFFICER)
    for record in LINKED:
        add(officer, record, MARLOW)
    yield officer
    store.close()


def drawn(qtbot: QtBot, tasks: Tasks, session: Session) -> tuple[SectionTable, NetworkChart]:
    table = SectionTable(NETWORK, session, tasks)
    qtbot.addWidget(table)
    table.resize(730, 700)
    show(qtbot, table)
    shown = ShownCase(session, open_case(session, MARLOW))
    table.show_rows(NETWORK.rows(shown))
    table.show_chart(shown)
    assert isinstance(table.chart, NetworkChart)
    return table, table.chart


def test_the_diagram_says_what_the_list_says_and_its_filters_narrow_it(
    qtbot: QtBot, tasks: Tasks, session: Session
) -> None:
    table, chart = drawn(qtbot, tasks, session)
    assert [row.record.name for row in table.source.rows] == [line.name for line in chart.shown]
    assert [line.name for line in chart.shown] == ["HARKER, Callum", "Kim Marlow", "Leon Pratt", "GRP-07", "GRP-02"]
    for line in chart.shown:
        assert line.description in chart.view.accessibleDescription()
    narrowed = {
        (KIND, GROUP): ["GRP-07", "GRP-02"],
        (STANDING, "expired"): ["GRP-02"],
        (GRADE, UNGRADED): ["Kim Marlow"],
        (GRADE, "1"): ["GRP-07", "GRP-02"],
    }
    for (name, code), kept in narrowed.items():
        chart.filters.choose(name, frozenset({code}))
        assert [line.name for line in chart.shown] == kept
        assert len(chart.view.picture.targets) == len(kept)
        table.show_chart(ShownCase(session, open_case(session, MARLOW)))  # read again, as after a change
        assert [line.name for line in chart.shown] == kept
        chart.filters.clear()
    chart.filters.choose(KIND, frozenset({"PARENT"}))
    chart.filters.choose(STANDING, frozenset({"former"}))
    assert "Nothing that fits the filters" in chart.view.accessibleDescription()
    press(chart.view, Qt.Key.Key_Down)  # nobody is there to go to
    nobody = ShownCase(session, open_case(session, HARKER))
    table.show_chart(nobody)
    assert not chart.isVisible()


def test_keys_walk_the_diagram_and_enter_opens_the_case_of_who_has_one(
    qtbot: QtBot, tasks: Tasks, session: Session
) -> None:
    _, chart = drawn(qtbot, tasks, session)
    asked: list[str] = []
    chart.case_requested.connect(asked.append)
    chart.view.setFocus()
    walk = (
        (Qt.Key.Key_Down, "HARKER, Callum"),
        (Qt.Key.Key_Up, "HARKER, Callum"),
        (Qt.Key.Key_Down, "Kim Marlow"),
        (Qt.Key.Key_Down, "Leon Pratt"),
        (Qt.Key.Key_Right, "GRP-02"),
        (Qt.Key.Key_Right, "GRP-02"),
        (Qt.Key.Key_Up, "GRP-07"),
        (Qt.Key.Key_Left, "HARKER, Callum"),
    )
    for key, name in walk:
        press(chart.view, key)
        assert chart.view.accessibleDescription().startswith(name)
    press(chart.view, Qt.Key.Key_Return)
    assert asked == [HARKER]
    press(chart.view, Qt.Key.Key_Down)
    press(chart.view, Qt.Key.Key_Return)  # somebody without a record: nothing opens
    assert asked == [HARKER]


def test_who_may_not_read_groups_is_drawn_none(qtbot: QtBot, tasks: Tasks, session: Session) -> None:
    _, chart = drawn(qtbot, tasks, replace(session, role=Role.NAVIGATOR, user="N. OKORO"))
    assert [line.name for line in chart.shown] == ["Kim Marlow"]
    assert "GRP" not in chart.view.accessibleDescription()
    assert not chart.filters.chips  # nothing to choose between
