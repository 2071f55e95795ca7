"""What a list paints of its rows: pixels, because nothing else says whether anybody can read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ioms_desktop.ui.lists.list_source import ListSource
from ioms_desktop.ui.lists.register import ColumnStyle, ListColumn, Register
from ioms_desktop.ui.lists.register_model import RegisterModel
from ioms_desktop.ui.lists.register_table import RegisterTable
from ioms_desktop.ui.lists.row_painter import MARK_WIDTH_PX
from ioms_desktop.ui.theme.active import active_theme
from ioms_desktop.ui.theme.apply import apply_theme
from ioms_desktop.ui.theme.tokens import Theme, Tone
from ioms_desktop.ui.widgets.chips import rag_chip
from ui.hands import show
from ui.light_theme import light_theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from ioms_desktop.ui.tasks import Tasks

NAME, RAG, COUNT, REFERENCE = range(4)
PLAIN, EMPTY, MARKED, RIGHT_TO_LEFT, GONE = range(5)


@dataclass(frozen=True, slots=True)
class Listed:
    """One row."""

    id: int
    name: str = ""
    rag: str = ""
    count: str = ""
    reference: str = ""
    mark: str = ""


ROWS = (
    Listed(1, "Ada Bello", "RED", "12", "C000001"),
    Listed(2),
    Listed(3, "Ada Bello", mark="New"),
    Listed(4, "ليلى حداد"),
    Listed(5, "Ada Bello", "RED", "12", "C000005"),
)


def listed(qtbot: QtBot, tasks: Tasks) -> RegisterTable:
    """Show a list of the rows, of which the last is gone since the ids were read."""
    columns: tuple[ListColumn[Listed], ...] = (
        ListColumn("Name", text=lambda row: row.name, width=140),
        ListColumn("RAG", text=lambda row: row.rag, chip=lambda row: rag_chip(row.rag), width=90),
        ListColumn("Contacts", text=lambda row: row.count, style=ColumnStyle.NUMBER, width=90),
        ListColumn("Reference", text=lambda row: row.reference, style=ColumnStyle.QUIET, stretch=True),
    )
    source = ListSource[Listed](lambda row: row.name)
    source.replace_rows(ROWS)
    model = RegisterModel(
        Register(
            title="People",
            columns=columns,
            query_ids=source.query_ids,
            fetch_rows=lambda ids: source.fetch_rows([each for each in ids if each != GONE + 1]),
            mark=lambda row: row.mark,
        ),
        tasks,
    )
    table = RegisterTable(model)
    qtbot.addWidget(table)
    table.resize(480, 260)
    with qtbot.waitSignal(model.loaded, check_params_cb=lambda complete: complete):
        model.run_query(model.query)
    show(qtbot, table)
    table.clearFocus()
    return table


class Picture:
    """What a list has painted, in as many pixels as its screen has."""

    def __init__(self, table: RegisterTable, scale: int) -> None:
        self._table, self._scale = table, scale
        self.image = QImage(table.viewport().size() * scale, QImage.Format.Format_RGB32)
        self.image.setDevicePixelRatio(scale)
        table.viewport().render(self.image)

    def shades(self, row: int, column: int) -> dict[str, list[int]]:
        """Return the colours in a cell, its hairline left out, each with how far from the cell's left it was met."""
        cell = self._table.visualRect(self._table.register_model.index(row, column)).adjusted(0, 0, 0, -2)
        found: dict[int, list[int]] = {}
        for x in range(cell.left() * self._scale, cell.right() * self._scale):
            for y in range(cell.top() * self._scale, cell.bottom() * self._scale):
                found.setdefault(self.image.pixel(x, y), []).append(x // self._scale - cell.left())
        return {QColor(pixel).name(): places for pixel, places in found.items()}

    def fill(self, row: int) -> str:
        """Return the colour that most of a row has."""
        shades = self.shades(row, REFERENCE)
        return max(shades, key=lambda shade: len(shades[shade]))

    def hairline(self, row: int) -> str:
        """Return the colour of the last pixel of a row, between two columns."""
        cell = self._table.visualRect(self._table.register_model.index(row, COUNT))
        return self.image.pixelColor(cell.left() * self._scale, cell.bottom() * self._scale).name()


def coloured(name: str) -> str:
    return active_theme().colour(name).name()


@pytest.mark.parametrize(("dark", "scale"), [(False, 1), (True, 2)])
def test_texts_chips_marks_and_what_is_selected_or_under_the_pointer_are_painted(
    qtbot: QtBot, tasks: Tasks, qapp: QApplication, *, dark: bool, scale: int
) -> None:
    apply_theme(qapp, Theme.dark()) if dark else light_theme(qapp)
    table = listed(qtbot, tasks)
    at_rest = Picture(table, scale)
    nothing = {coloured("surface")}
    assert [set(at_rest.shades(EMPTY, column)) for column in range(4)] == [nothing] * 4, "the control"
    assert at_rest.hairline(PLAIN) == at_rest.hairline(EMPTY) == coloured("line")
    for row in (PLAIN, MARKED, RIGHT_TO_LEFT):
        assert coloured("text") in at_rest.shades(row, NAME)
    assert coloured("quiet") in at_rest.shades(PLAIN, REFERENCE)
    assert coloured("quiet") in at_rest.shades(GONE, NAME), "a word for what is gone"
    assert coloured("text") not in {**at_rest.shades(GONE, NAME), **at_rest.shades(PLAIN, REFERENCE)}
    count = at_rest.shades(PLAIN, COUNT)
    assert min(count[coloured("text")]) > table.columnWidth(COUNT) // 2, "a number stands on the right"
    tone = active_theme().tones[Tone.RED]
    chip = {QColor(each).name() for each in (tone.fill, tone.sign, tone.text)}
    assert chip <= set(at_rest.shades(PLAIN, RAG)), "a chip, its shape and its word"
    plain, marked = at_rest.shades(PLAIN, NAME), at_rest.shades(MARKED, NAME)
    assert set(marked[coloured("accent")]) == set(range(MARK_WIDTH_PX))
    assert coloured("accent") not in plain
    assert len(marked[coloured("text")]) > 2 * len(plain[coloured("text")]), "the same name in bold"
    for row in (PLAIN, EMPTY):
        QTest.mouseMove(table.viewport(), table.visualRect(table.register_model.index(row, NAME)).center())
    pointed = Picture(table, scale)
    assert [pointed.fill(row) for row in (PLAIN, EMPTY, MARKED)] == [*nothing, coloured("hover"), *nothing]
    with qtbot.waitSignal(table.register_model.loaded, check_params_cb=lambda complete: complete):
        table.register_model.refresh()
    assert Picture(table, scale).fill(EMPTY) in nothing, "after a refresh another row may be under the pointer"
    QTest.mouseMove(table.viewport(), table.visualRect(table.register_model.index(EMPTY, NAME)).center() + QPoint(1, 1))
    assert Picture(table, scale).image == pointed.image
    QApplication.sendEvent(table, QEvent(QEvent.Type.Leave))
    assert Picture(table, scale).image == at_rest.image
    table.select_ids([ROWS[PLAIN].id, ROWS[EMPTY].id])
    chosen = Picture(table, scale)
    assert [chosen.fill(row) for row in (PLAIN, EMPTY, MARKED)] == [coloured("selected")] * 2 + [*nothing]
    for column in (NAME, COUNT, REFERENCE):
        assert coloured("selected_text") in chosen.shades(PLAIN, column)
    assert chip <= set(chosen.shades(PLAIN, RAG)), "a chip keeps its colours"


def test_the_mark_of_the_keyboard_leaves_nothing_behind_on_the_row_before(qtbot: QtBot, tasks: Tasks) -> None:
    table = listed(qtbot, tasks)
    show(qtbot, table)
    table.setFocus()
    table.setCurrentIndex(table.register_model.index(PLAIN, NAME))
    table.clearSelection()
    QApplication.processEvents()
    QTest.keyClick(table, Qt.Key.Key_Down)
    QApplication.processEvents()
    painted = table.screen().grabWindow(table.winId()).toImage()
    assert painted.size() == table.size()
    assert painted == table.grab().toImage().convertToFormat(painted.format()), "the same as when all is painted anew"
