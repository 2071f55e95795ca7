"""Measures: the figures of a quarter as tables and bars, published or, for those who may, counted now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QBoxLayout,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
)
from typing_extensions import override

from ioms_desktop.charts.bars import Bar
from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.errors import NotReadYet
from ioms_desktop.domain.figures.figure_tables import FigureCell
from ioms_desktop.domain.figures.publication import Edition
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.services.exchange.copied_rows import copy_rows
from ioms_desktop.services.figures.read_figures import (
    PublishedLine,
    SavedTable,
    get_figure_history,
    save_tables,
)
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Topic
from ioms_desktop.ui.actions.launcher import DialogLauncher
from ioms_desktop.ui.actions.supervision_actions import PUBLISH_FIGURES
from ioms_desktop.ui.charts.bar_chart_view import BarChartView
from ioms_desktop.ui.figures.figure_reads import ShownFigures, count_current, list_quarters, load_published
from ioms_desktop.ui.lists.list_source import ListSource
from ioms_desktop.ui.lists.register import ColumnStyle, ListColumn, Register
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.screen import Screen, WindowServices
from ioms_desktop.ui.widgets.drop_down import DropDown
from ioms_desktop.ui.widgets.floating import FloatingArea
from ioms_desktop.ui.widgets.flow_layout import FlowLayout
from ioms_desktop.ui.widgets.long_read import LongRead
from ioms_desktop.ui.widgets.progress_bar import ProgressStrip
from ioms_desktop.ui.widgets.widgets import MessageBar, button, label

CURRENT_QUARTER = "now"
NOTHING_PUBLISHED_MESSAGE = (
    "No quarter is published yet. A supervisor publishes one under Performance when it is over; its figures are then "
    "shown here, and they name nobody."
)
NOT_READ_YET_MESSAGE = "The figures have not been read yet. They are shown here when everything has been counted."
STOPPED_MESSAGE = "Stopped. Nothing new was counted."
NOTHING_COUNTED_MESSAGE = (
    "Nothing is counted for this quarter yet. Record contacts, offers and decisions; published quarters can be chosen "
    "above."
)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One line of a table."""

    id: int
    line: PublishedLine


class MeasuresScreen(Screen):
    """Shows a table of a quarter, as text and as bars, and saves it."""

    title: ClassVar[str] = "Performance"
    explanation: ClassVar[str] = (
        "Whether the promise is kept: swift and certain decisions, support in balance with enforcement, contact "
        "standards, and who came and went, quarter by quarter.\n\n"
        "Published figures name nobody. A figure below its threshold is “too few to say”, and so is another that would "
        "give it away: a total from which it could be taken, or the same figure of the quarter before. A bar that is "
        "hatched says nothing of how long it would be. A share is given where it is of enough.\n\n"
        "Supervisors publish a quarter when it is over; analysts read nothing else. Officers, co-ordinators and "
        "supervisors also see the quarter that runs, counted now from the cases they may know of.\n\n"
        "Choose a line of the table to see it quarter by quarter. Save picture writes the bars of the table and, "
        "beside them, a spreadsheet with their numbers."
    )
    topics: ClassVar[frozenset[Topic]] = frozenset({Topic.FIGURES})

    def __init__(self, services: WindowServices) -> None:
        super().__init__(services)
        self._may_count = may(services.session.role, Right.COUNT_MEASURES)
        self.shown = ShownFigures("", {})
        self.source: ListSource[FigureRow] = ListSource(lambda row: row.line.label)
        self._numbers: dict[FigureCell, int] = {}
        self.trend_lines: tuple[str, list[PublishedLine]] = ("", [])
        self.quarter_chooser = _drop_down("Quarter", 330)
        self.table_chooser = _drop_down("Table", 300)
        self.save_button = button("&Save picture…", self.choose_file, icon="save")
        self.publish_button = button("&Publish a quarter…", self.publish, kind="primary", icon="send")
        if not may(services.session.role, Right.PUBLISH):
            self.publish_button.hide()  # to show it here, without a parent, would open it as a window
        self.message = MessageBar()
        self.note = label("", "quiet", wrap=True)
        self._shown_name: str | None = None  # the quarter whose figures are shown
        self._was_read = False
        self.view = RegisterView(self.register(), services.tasks, defers_first_query=True)
        self.progress = ProgressStrip("cases")
        self.reading = LongRead(
            services.tasks, self.progress, stopped=STOPPED_MESSAGE, failed="The figures could not be read.", parent=self
        )
        self.bar_chart = BarChartView("Picture of the table")
        self.trend_chart = BarChartView("The chosen figure, quarter by quarter")
        self._lay_out()
        self.quarter_chooser.currentIndexChanged.connect(self._read)
        self.table_chooser.currentIndexChanged.connect(self._show_table)
        self.view.selection_changed.connect(self._load_trend)
        self.view.empty_state.action_triggered.connect(self._try_again)
        self.reading.interrupted.connect(self._show_interrupted)
        self.progress.retry_requested.connect(self.refresh)
        self.refresh()

    def _lay_out(self) -> None:
        chooser = FlowLayout(8)
        for part in (self.quarter_chooser, self.table_chooser, self.save_button, self.publish_button):
            chooser.addWidget(part)
        inside = QFrame()
        inside.setProperty("kind", "card")
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(12)
        column.addWidget(self.trend_chart)
        column.addWidget(self.bar_chart)
        column.addStretch(1)
        self.scroll_area = QScrollArea()
        self.scroll_area.setWidget(inside)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setAccessibleName("Pictures")
        self._body = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._body.setSpacing(16)
        self._body.addWidget(self.view, 1)
        self._body.addWidget(self.scroll_area, 1)
        head = QHBoxLayout()
        head.setSpacing(14)
        head.addWidget(self.heading)
        head.addStretch(1)
        head.addWidget(self.progress)
        self.main_layout.addLayout(head)
        self.main_layout.addLayout(chooser)
        self.main_layout.addWidget(FloatingArea(self.message))
        self.main_layout.addWidget(self.note)
        self.main_layout.addLayout(self._body, 1)

    @override
    def set_narrow(self, *, narrow: bool) -> None:
        self._body.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)

    def register(self) -> Register[FigureRow]:
        """Declare the table."""
        return Register(
            title="Figures",
            noun=("figure", "figures"),
            columns=(
                ListColumn(
                    "What is counted", text=lambda row: row.line.label, tooltip=_tooltip, width=300, stretch=True
                ),
                ListColumn("Figure", text=lambda row: row.line.display_text, style=ColumnStyle.NUMBER, width=120),
                ListColumn("Share", text=_share, style=ColumnStyle.NUMBER, width=64),
            ),
            query_ids=self._query_ids,
            fetch_rows=self.source.fetch_rows,
            placeholder="Search the table",
            empty_message=NOTHING_COUNTED_MESSAGE if self._may_count else NOTHING_PUBLISHED_MESSAGE,
            copy=partial(copy_rows, self.services.session),
        )

    @override
    @Slot()
    def refresh(self) -> None:
        """Read again which quarters are published; the choices made are kept."""
        self.reading.start(partial(list_quarters, self.services.session), self._fill_quarters)

    def _query_ids(self, query: ListQuery) -> list[int]:
        if not self._was_read:
            raise NotReadYet(NOT_READ_YET_MESSAGE)
        return self.source.query_ids(query)

    def _fill_quarters(self, found: tuple[Edition, ...]) -> None:
        chosen = self.quarter_chooser.currentData()
        self.quarter_chooser.blockSignals(True)
        self.quarter_chooser.clear()
        if self._may_count:
            quarter = Quarter.containing(self.services.session.today())
            self.quarter_chooser.addItem(f"{quarter.name} so far, counted now", CURRENT_QUARTER)
        for each in found:
            self.quarter_chooser.addItem(f"{each.quarter.name}: {each.quarter.period_text}", each.quarter.name)
        place = self.quarter_chooser.findData(chosen)
        first = 1 if self._may_count and found else 0
        self.quarter_chooser.setCurrentIndex(place if place >= 0 else min(first, self.quarter_chooser.count() - 1))
        self.quarter_chooser.blockSignals(False)
        self._read()

    @Slot()
    def _read(self) -> None:
        name, session = self.quarter_chooser.currentData(), self.services.session
        if name != self._shown_name:
            self._put_away()  # no figure may stand under the name of another quarter
        if name is None:
            self.reading.forget()
            self._show_figures(name, ShownFigures("", {}))
        elif name == CURRENT_QUARTER:
            self.reading.start(partial(count_current, session), partial(self._show_figures, name))
        else:
            work = partial(load_published, session, Quarter.parse(name))
            self.reading.start(work, partial(self._show_figures, name))

    def _put_away(self) -> None:
        """Show no figures until others have been read."""
        self._was_read, self._shown_name, self.shown = False, None, ShownFigures("", {})
        self.source.replace_rows(())
        self.note.hide()
        self._hide_trend()
        self.scroll_area.hide()
        self.save_button.setEnabled(False)
        self.table_chooser.setEnabled(False)
        self.view.show_loading()

    @Slot()
    def _show_interrupted(self) -> None:
        if not self._was_read:
            self.view.refresh()  # shows that nothing has been counted yet, with a button to try again

    @Slot()
    def _try_again(self) -> None:
        if not self._was_read and not self.reading.is_running:
            self.refresh()

    def _show_problem(self, sentence: str) -> None:
        self.message.problem(sentence)

    def _show_figures(self, name: str | None, shown: ShownFigures) -> None:
        self.message.clear_problem()
        self.shown, self._shown_name, self._was_read = shown, name, True
        self.note.setText(shown.note)
        self.note.setVisible(bool(shown.note))
        chosen = self.table_chooser.currentData()
        self.table_chooser.blockSignals(True)
        self.table_chooser.clear()
        for table, (title, _) in shown.tables.items():
            self.table_chooser.addItem(title, table)
        self.table_chooser.setCurrentIndex(max(self.table_chooser.findData(chosen), 0 if shown.tables else -1))
        self.table_chooser.blockSignals(False)
        self.table_chooser.setEnabled(len(shown.tables) > 1)
        self._show_table()

    @Slot()
    def _show_table(self) -> None:
        title, lines = self.shown.tables.get(self.table_chooser.currentData() or "", ("", ()))
        self.source.replace_rows(FigureRow(self._number_of(line.cell), line) for line in lines)
        self.view.refresh()
        counts = [line for line in lines if line.days is None and line.cell.cube != "days"]
        self.bar_chart.show_bars(title, [_bar(line) for line in counts])
        self._hide_trend()
        self.scroll_area.setVisible(bool(counts))
        self.save_button.setEnabled(bool(counts))

    def _number_of(self, cell: FigureCell) -> int:
        """Return what a figure is known by in the list, in every quarter, and no other figure of any table is."""
        return self._numbers.setdefault(cell, len(self._numbers) + 1)

    @Slot()
    def _load_trend(self) -> None:
        """Show the selected figure over the published quarters."""
        chosen = [row.line for row in self.source.rows if (row.id,) == self.view.selected_ids]
        if not chosen:
            self._hide_trend()
            return
        work = partial(get_figure_history, self.services.session, chosen[0].cell)
        self.services.tasks.latest(self, "course", work, partial(self._show_trend, chosen[0].label), self._show_problem)

    def _hide_trend(self) -> None:
        self.services.tasks.drop(self, "course")
        self.trend_chart.hide()

    def _show_trend(self, words: str, found: tuple[tuple[Quarter, PublishedLine], ...]) -> None:
        bars = [
            Bar(quarter.name, quarter.name, line.days if line.count is None else line.count, line.display_text)
            for quarter, line in found
        ]
        self.trend_lines = (words, [replace(line, label=quarter.name) for quarter, line in found])
        self.trend_chart.show_bars(f"{words}, quarter by quarter", bars)
        self.trend_chart.setVisible(bool(bars))

    @Slot()
    def choose_file(self) -> None:
        """Ask where the picture is saved."""
        name, _ = QFileDialog.getSaveFileName(self, "Save picture and numbers", "figures.png", "Picture (*.png)")
        if name:
            self.save(Path(name))

    def save(self, path: Path) -> None:
        """Save the bars as a picture with their numbers beside it; the quarters of a selected figure likewise."""
        table = (
            path.with_suffix(".png"),
            self.bar_chart,
            self.table_chooser.currentText(),
            [row.line for row in self.source.rows],
        )
        wanted = [table]
        if self.trend_chart.isVisible():
            beside = path.with_name(f"{path.stem}-by-quarter.png")
            wanted.append((beside, self.trend_chart, self.trend_lines[0], self.trend_lines[1]))
        there = _overwritten_files(path, [picture for picture, _, _, _ in wanted])
        if there:
            self._show_problem(
                f"{join_words(there)} would be overwritten. Nothing was saved; choose another name or remove them."
            )
            return
        said = join_words([f"{picture.name} with its numbers in {picture.stem}.csv" for picture, _, _, _ in wanted])
        tables = [SavedTable(picture, view.png(), title, lines) for picture, view, title, lines in wanted]
        self.services.tasks.run(
            self,
            partial(save_tables, tables),
            lambda _: self.message.notice(f"Saved in {path.parent}: {said}."),
            self._show_problem,
        )

    @Slot()
    def publish(self) -> None:
        """Open the dialog that publishes a quarter."""
        over_screen = replace(self.services.dialogs.context, show_problem=self._show_problem)
        DialogLauncher(over_screen).launch(PUBLISH_FIGURES)

    @override
    def take_focus(self) -> None:
        self.quarter_chooser.setFocus()


def _overwritten_files(chosen: Path, pictures: Sequence[Path]) -> list[str]:
    """Name the files that saving would overwrite, except the chosen one, which the file dialog has asked about."""
    files = [each for picture in pictures for each in (picture, picture.with_suffix(".csv"))]
    return [each.name for each in files if each != chosen and each.exists()]


def _drop_down(name: str, width: int) -> DropDown:
    made = DropDown()
    made.setAccessibleName(name)
    made.view().setAccessibleName(f"Choices of {name}")
    made.setMinimumWidth(width)
    made.setMaxVisibleItems(14)
    return made


def _tooltip(row: FigureRow) -> str:
    return f"{row.line.label}: {row.line.display_text}"


def _share(row: FigureRow) -> str:
    return "" if row.line.share is None else f"{row.line.share:.0%}"


def _bar(line: PublishedLine) -> Bar:
    share = f" ({line.share:.0%})" if line.share and line.count else ""
    return Bar(line.cell.name, line.label, line.count, f"{line.display_text}{share}")
