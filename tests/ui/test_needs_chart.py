"""The chart of needs then and now beside the list of needs: what it draws, what is read of it, and as of which day."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Need
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.recording.records import AddRecord, add_record_by_form
from ioms_desktop.services.session import Session
from ioms_desktop.ui.cases.case_section import ShownCase
from ioms_desktop.ui.cases.casework.need_sections import NEEDS, NeedsChart, needs_chart
from ioms_desktop.ui.cases.section_table import SectionTable
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from ui.case_sessions import HARKER, TODAY, filled, session_of
from ui.hands import press, show

BEFORE = TODAY - timedelta(days=40)


@pytest.fixture
def session(local_location: str, theme: Theme) -> Iterator[Session]:
    assert theme
    store = filled(local_location)
    officer = session_of(store, Role.OFFICER)
    for number, (on, level) in enumerate(((BEFORE, 3), (TODAY - timedelta(days=9), 2), (TODAY, 1))):
        need = Need(case_ref="", pathway="HEALTH", assessed_on=on, level=level)
        add_record_by_form(officer, AddRecord(request=str(number), case_ref=HARKER, record=need))
    yield officer
    store.close()


def test_the_chart_says_what_the_list_says_and_is_read_by_key(qtbot: QtBot, tasks: Tasks, session: Session) -> None:
    table = SectionTable(NEEDS, session, tasks)
    qtbot.addWidget(table)
    table.resize(730, 600)
    show(qtbot, table)
    shown = ShownCase(session, open_case(session, HARKER))
    table.show_rows(NEEDS.rows(shown))
    table.show_chart(shown)
    assert isinstance(table.chart, NeedsChart)
    chart = table.chart.view
    whole = chart.accessibleDescription()
    health = next(row for row in needs_chart(shown).rows if row.ref == "HEALTH")
    assert (health.levels, health.label) == ((3, 2, 1), "2 lower")
    assert health.description in whole
    for need in shown.view.needs:
        assert session.lists.of("pathway").label(need.pathway) in whole
    assert chart.isVisible()
    chart.setFocus()
    press(chart, Qt.Key.Key_Down)
    assert chart.accessibleDescription() == needs_chart(shown).rows[0].description
    earlier = ShownCase(session, open_case(session, HARKER, as_of=BEFORE))
    table.show_chart(earlier)
    told = next(row for row in needs_chart(earlier).rows if row.ref == "HEALTH")
    assert (told.levels, told.label) == ((3,), "assessed once")
    never = ShownCase(session, open_case(session, HARKER, as_of=BEFORE - timedelta(days=900)))
    table.show_chart(never)
    assert not chart.isVisible()
