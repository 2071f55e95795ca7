"""Every picture of the window is laid out when it is seen, and not before."""

from collections.abc import Callable

import pytest
from PySide6.QtGui import QFont
from pytestqt.qtbot import QtBot
from typing_extensions import override

from ioms_desktop.charts.bars import Bar
from ioms_desktop.charts.levels import LevelRow
from ioms_desktop.charts.shapes import Picture
from ioms_desktop.domain.timeline import TimelineFacts
from ioms_desktop.ui.charts.bar_chart_view import BarChartView
from ioms_desktop.ui.charts.drawing_view import ChartView
from ioms_desktop.ui.charts.level_chart_view import LevelChartView
from ioms_desktop.ui.charts.network_chart_view import NetworkChartView
from ioms_desktop.ui.charts.row_chart_view import RowChartView
from ioms_desktop.ui.charts.timeline_view import TimelineView
from ui.case_sessions import TODAY
from ui.hands import show

pytestmark = pytest.mark.usefixtures("theme")


def fill_bars(view: ChartView) -> None:
    assert isinstance(view, BarChartView)
    view.show_bars("Contacts", [Bar("KEPT", "Kept", 3.0, "3")])


def fill_levels(view: ChartView) -> None:
    assert isinstance(view, LevelChartView)
    view.show_levels([LevelRow("HEALTH", "Health", (3, 1), "2 lower", "Health: from 3 to 1")], ("0", "1", "2", "3"))


def fill_network(view: ChartView) -> None:
    assert isinstance(view, NetworkChartView)
    view.show_network("HARKER, Callum", ())


def fill_timeline(view: ChartView) -> None:
    assert isinstance(view, TimelineView)
    view.show_facts(TimelineFacts(), from_on=TODAY, to_on=TODAY, today=TODAY)


VIEWS: dict[type[ChartView], tuple[Callable[[], ChartView], Callable[[ChartView], None]]] = {
    BarChartView: (lambda: BarChartView("Bars"), fill_bars),
    LevelChartView: (lambda: LevelChartView("Levels"), fill_levels),
    NetworkChartView: (lambda: NetworkChartView("Network"), fill_network),
    TimelineView: (TimelineView, fill_timeline),
}


def test_no_picture_is_laid_out_before_it_is_seen(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = {*ChartView.__subclasses__(), *RowChartView.__subclasses__()} - {RowChartView}
    assert {each for each in kinds if each.__module__.startswith("ioms_desktop")} == set(VIEWS)
    for kind, (make, fill) in VIEWS.items():
        laid_out: list[int] = []
        build = kind.build_picture

        def count(view: ChartView, build: Callable[..., Picture] = build, laid_out: list[int] = laid_out) -> Picture:
            laid_out.append(view.width())
            return build(view)

        monkeypatch.setattr(kind, "build_picture", count)
        view = make()
        qtbot.addWidget(view)
        for width in (700, 500):
            fill(view)
            view.resize(width, 300)
            view.setFont(QFont(view.font().family(), 7 + width // 100))
        assert not laid_out, kind
        show(qtbot, view)
        assert laid_out, kind
        assert set(laid_out) == {500}, kind
        assert view.accessibleDescription() == view.picture.description, kind
        assert view.height() == view.minimumHeight() > 0, kind
        laid_out.clear()
        fill(view)  # in sight it is laid out at once
        assert laid_out, kind


class EagerView(NetworkChartView):
    """The control: it lays out whenever it is filled."""

    @override
    def _invalidate_picture(self) -> None:
        self._rebuild_picture()


def test_a_view_that_lays_out_unseen_is_found(qtbot: QtBot) -> None:
    view = EagerView("Network")
    qtbot.addWidget(view)
    fill_network(view)
    assert view._picture is not None  # noqa: SLF001 - asking for the picture would lay it out
