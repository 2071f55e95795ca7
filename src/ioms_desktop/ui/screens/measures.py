"""Measures: the figures of a quarter as tables and bars, published or, for those who may, counted now."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
)
from typing_extensions import override

from ioms_desktop.charts.bars import Bar
from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.figures.publication import Edition
from ioms_desktop.domain.text_format import format_day, join_words
from ioms_desktop.services.exchange.copied_rows import copy_rows
from ioms_desktop.services.figures.read_figures import (
    PublishedLine,
    PublishedTables,
    SavedTable,
    count_current_quarter,
    get_figure_history,
    get_publication,
    list_published_quarters,
    save_tables,
)
from ioms_desktop.services.session import Session, Topic
from ioms_desktop.ui.actions.launcher import DialogLauncher
from ioms_desktop.ui.actions.supervision_actions import PUBLISH_FIGURES
from ioms_desktop.ui.charts.bar_chart_view import BarChartView
from ioms_desktop.ui.lists.list_source import ListSource
from ioms_desktop.ui.lists.register import ColumnStyle, ListColumn, Register
from ioms_desktop.ui.lists.register_view import RegisterView
from ioms_desktop.ui.screen import Screen, WindowServices
from ioms_desktop.ui.widgets.widgets import MessageBar, button, label

CURRENT_QUARTER = "now"
NOTHING_PUBLISHED_MESSAGE = (
    "No quarter is published yet. A supervisor publishes one under Measures when it is over; its figures are then "
    "shown here, and they name nobody."
)
NOTHING_COUNTED_MESSAGE = (
    "Nothing is counted for this quarter yet. Record contacts, offers and decisions; published quarters can be chosen "
    "above."
)


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One line of a table."""

    id: int
    line: PublishedLine


@dataclass(frozen=True, slots=True)
class ShownFigures:
    """The figures shown.

    Attributes:
        note: The period of the figures, and what is suppressed.
        tables: The tables.
    """

    note: str
    tables: PublishedTables


class MeasuresScreen(Screen):
    """Shows a table of a quarter, as text and as bars, and saves it."""

    title: ClassVar[str] = "Measures"
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
        self.trend_lines: tuple[str, list[PublishedLine]] = ("", [])
        self.quarter_chooser = _combo_box("Quarter", 330)
        self.table_chooser = _combo_box("Table", 300)
        self.table_chooser.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.save_button = button("&Save picture…", self.choose_file, icon="save")
        self.publish_button = button("&Publish a quarter…", self.publish, kind="primary", icon="send")
        self.publish_button.setVisible(may(services.session.role, Right.PUBLISH))
        self.message = MessageBar()
        self.note = label("", "quiet", wrap=True)
        self.view = RegisterView(self.register(), services.tasks)
        self.bar_chart = BarChartView("Picture of the table")
        self.trend_chart = BarChartView("The chosen figure, quarter by quarter")
        self._lay_out()
        self.quarter_chooser.currentIndexChanged.connect(self._read)
        self.table_chooser.currentIndexChanged.connect(self._show_table)
        self.view.selection_changed.connect(self._load_trend)
        self.refresh()

    def _lay_out(self) -> None:
        chooser = QHBoxLayout()
        chooser.setSpacing(8)
        chooser.addWidget(self.quarter_chooser)
        chooser.addWidget(self.table_chooser, 1)
        chooser.addWidget(self.save_button)
        chooser.addWidget(self.publish_button)
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
        body = QHBoxLayout()
        body.setSpacing(16)
        body.addWidget(self.view, 1)
        body.addWidget(self.scroll_area, 1)
        self.main_layout.addWidget(self.heading)
        self.main_layout.addLayout(chooser)
        self.main_layout.addWidget(self.message)
        self.main_layout.addWidget(self.note)
        self.main_layout.addLayout(body, 1)

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
            query_ids=self.source.query_ids,
            fetch_rows=self.source.fetch_rows,
            placeholder="Search the table",
            empty_message=NOTHING_COUNTED_MESSAGE if self._may_count else NOTHING_PUBLISHED_MESSAGE,
            copy=partial(copy_rows, self.services.session),
        )

    @override
    @Slot()
    def refresh(self) -> None:
        """Read again which quarters are published; the choices made are kept."""
        self.services.tasks.latest(
            self,
            "published",
            partial(list_published_quarters, self.services.session),
            self._fill_quarters,
            self._show_problem,
        )

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
        name = self.quarter_chooser.currentData()
        if name is None:
            self._show_figures(ShownFigures("", {}))
            return
        session = self.services.session
        work = (
            partial(_count_current, session)
            if name == CURRENT_QUARTER
            else partial(_load_published, session, Quarter.parse(name))
        )
        self.services.tasks.latest(self, "figures", work, self._show_figures, self._show_problem)

    def _show_problem(self, sentence: str) -> None:
        self.message.problem(sentence)

    def _show_figures(self, shown: ShownFigures) -> None:
        self.message.clear()
        self.shown = shown
        self.note.setText(shown.note)
        self.note.setVisible(bool(shown.note))
        chosen = self.table_chooser.currentData()
        self.table_chooser.blockSignals(True)
        self.table_chooser.clear()
        for name, (title, _) in shown.tables.items():
            self.table_chooser.addItem(title, name)
        self.table_chooser.setCurrentIndex(max(self.table_chooser.findData(chosen), 0 if shown.tables else -1))
        self.table_chooser.blockSignals(False)
        self.table_chooser.setEnabled(len(shown.tables) > 1)
        self._show_table()

    @Slot()
    def _show_table(self) -> None:
        title, lines = self.shown.tables.get(self.table_chooser.currentData() or "", ("", ()))
        self.source.replace_rows(FigureRow(number, line) for number, line in enumerate(lines))
        self.view.refresh()
        counts = [line for line in lines if line.days is None and line.cell.cube != "days"]
        self.bar_chart.show_bars(title, [_bar(line) for line in counts])
        self.trend_chart.hide()
        self.scroll_area.setVisible(bool(counts))
        self.save_button.setEnabled(bool(counts))

    @Slot()
    def _load_trend(self) -> None:
        """Show the selected figure over the published quarters."""
        chosen = [row.line for row in self.source.rows if (row.id,) == self.view.selected_ids]
        if not chosen:
            self.trend_chart.hide()
            return
        work = partial(get_figure_history, self.services.session, chosen[0].cell)
        self.services.tasks.latest(self, "course", work, partial(self._show_trend, chosen[0].label), self._show_problem)

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


def _combo_box(name: str, width: int) -> QComboBox:
    made = QComboBox()
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


def _load_published(session: Session, quarter: Quarter) -> ShownFigures:
    found = get_publication(session, quarter)
    edition, least = found.edition, found.edition.thresholds
    when = format_day(edition.published_at.astimezone(LONDON).date())
    which = f", edition {edition.edition}: {edition.reason}" if edition.reason else ""
    note = (
        f"{quarter.period_text}, published on {when} by {edition.published_by}{which}. Too few to say: fewer than "
        f"{least.min_count}, by age, sex or ethnicity fewer than {least.min_protected_count}, or what "
        "would give such a figure away. "
        f"Shares and medians of at least {least.min_share_base}. Restricted cases are not counted."
    )
    return ShownFigures(note, found.tables)


def _count_current(session: Session) -> ShownFigures:
    today = session.today()
    note = (
        f"{format_day(Quarter.containing(today).first)} to {format_day(today)}, counted now from the "
        "cases you may know of. Not "
        "for passing on: small figures may say who somebody is."
    )
    return ShownFigures(note, count_current_quarter(session))
