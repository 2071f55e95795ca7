"""The section of needs, and its chart: each need as it was when the case was selected, and as it is now."""

from typing import NamedTuple

from PySide6.QtWidgets import QVBoxLayout
from typing_extensions import override

from ioms_desktop.charts.levels import LevelRow
from ioms_desktop.domain.figures.need_change import NeedChange, need_at_selection, need_changes
from ioms_desktop.domain.records.cases import Need
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.session import Session
from ioms_desktop.ui.cases.case_section import (
    CaseSection,
    SectionChart,
    SectionRow,
    ShownCase,
    field_column,
    text_column,
)
from ioms_desktop.ui.charts.level_chart_view import LevelChartView

LEVELS = "need_level"


def _level_at_selection(row: SectionRow[Need]) -> str:
    then = need_at_selection(row.case.view.case, row.case.view.needs, row.record.pathway)
    if then is None or then == row.record:
        return ""
    change = row.record.level - then.level
    said = f"{abs(change)} {'lower' if change < 0 else 'higher'} since" if change else "same"
    return f"{then.level}, {said}"


def _describe_change(change: NeedChange) -> str:
    if len(change.assessed) == 1:
        return "assessed once"
    size = change.change
    return f"{abs(size)} {'lower' if size < 0 else 'higher'}" if size else "no change"


def _level_row(session: Session, change: NeedChange) -> LevelRow:
    name, levels = session.lists.of("pathway").label(change.pathway), session.lists.of(LEVELS)
    told = (
        f"{each.level} {levels.label(str(each.level))} on {format_day(each.assessed_on)}" for each in change.assessed
    )
    return LevelRow(
        ref=change.pathway,
        name=name,
        levels=tuple(each.level for each in change.assessed),
        label=_describe_change(change),
        description=f"{name}: {', then '.join(told)}; {_describe_change(change)}.",
    )


class DrawnNeeds(NamedTuple):
    """What the chart of needs draws.

    Attributes:
        rows: A row for each need.
        scale: The names of the levels, from the lowest.
    """

    rows: tuple[LevelRow, ...]
    scale: tuple[str, ...]


def needs_chart(case: ShownCase) -> DrawnNeeds:
    """Return what the chart draws of a case, as of the day that is shown."""
    changes = need_changes(case.view.case, case.view.needs)
    scale = tuple(code.label for code in case.session.lists.of(LEVELS))
    return DrawnNeeds(tuple(_level_row(case.session, each) for each in changes), scale)


class NeedsChart(SectionChart):
    """The needs then and now."""

    def __init__(self, title: str) -> None:
        """Make an empty chart under its title."""
        super().__init__()
        self.view = LevelChartView(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)

    @override
    def show_case(self, case: ShownCase) -> bool:
        drawn = needs_chart(case)
        self.view.show_levels(*drawn)
        return bool(drawn.rows)


NEEDS: CaseSection[Need] = CaseSection(
    "Needs",
    key="D",
    records=lambda case: case.view.needs,
    order=lambda need: (need.assessed_on, need.pathway),
    record_type=Need,
    columns=(
        field_column(Need, "pathway", "Pathway", 260),
        text_column("Need", lambda row: f"{row.record.level} {row.label(LEVELS, str(row.record.level))}", 200),
        text_column("Then", _level_at_selection, 150),
        field_column(Need, "status", "Status", 220),
        field_column(Need, "agency", "Leads", 180),
        field_column(Need, "assessed_on", "Assessed"),
    ),
    chart=NeedsChart,
    chart_title="Needs then and now",
)
