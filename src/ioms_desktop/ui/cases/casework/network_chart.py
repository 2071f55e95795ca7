"""The diagram of a network, with its filters: the kind of link, whether it stands, and the grade of its source."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout
from typing_extensions import override

from ioms_desktop.domain.timeline import RecordRef
from ioms_desktop.services.network.standing import Standing
from ioms_desktop.ui.cases.case_section import SectionChart, ShownCase
from ioms_desktop.ui.cases.casework.network_lines import GROUP, UNGRADED, NetworkLine, network_lines
from ioms_desktop.ui.charts.network_chart_view import NetworkChartView
from ioms_desktop.ui.labels import formal_name
from ioms_desktop.ui.lists.filter_bar import FilterBar
from ioms_desktop.ui.lists.register import Filter
from ioms_desktop.ui.widgets.widgets import announce, label

KIND, STANDING, GRADE = "kind", "standing", "grade"
STANDING_WORDS = ((Standing.CURRENT, "Current"), (Standing.EXPIRED, "Expired"), (Standing.FORMER, "Former"))
HINT = (
    "A broken line leads to what is former or expired; a shape with six corners is a group. Arrow keys go from one to "
    "the next, and Enter opens the case of somebody who has one that you may open."
)
NO_CASE = "{} has no case that you may open. Enter in the list above opens what is on record of the link."
NO_CASE_OF_GROUP = "{} is a group, which has no case. Enter in the list above opens what is on record of it."
NOTHING_FITS = "Nothing in the network fits the filters."


class NetworkChart(SectionChart):
    """The diagram and its filters, which stay as they were chosen when the case is read again."""

    def __init__(self, title: str) -> None:
        """Make an empty diagram of a name."""
        super().__init__()
        self._lines: tuple[NetworkLine, ...] = ()
        self._centre = ""
        self.filters = FilterBar(())
        self.view = NetworkChartView(title)
        self.hint = label(HINT, "quiet", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.addWidget(self.filters)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.view)
        column.addWidget(self.hint)
        self.filters.changed.connect(self._draw)
        self.view.chosen.connect(self._open)
        self.view.reached.connect(self._say)

    @override
    def show_case(self, case: ShownCase) -> bool:
        self._lines = tuple(network_lines(case))
        self._centre = formal_name(case.view.person)
        self.filters.offer(_filters(case, self._lines))
        for before, after in pairwise((*self.filters.chips, self.view)):
            self.setTabOrder(before, after)
        self._draw()
        return bool(self._lines)

    @property
    def shown(self) -> tuple[NetworkLine, ...]:
        """What passes the filters."""
        return tuple(line for line in self._lines if _passes(line, self.filters.chosen))

    @Slot()
    def _draw(self) -> None:
        shown = self.shown
        self.view.show_network(self._centre, [line.node for line in shown])
        self._say("" if shown or not self._lines else NOTHING_FITS)

    @Slot()
    def _say(self, sentence: str = "") -> None:
        """Put a sentence before the hint below the diagram; empty takes it away."""
        self.hint.setText(f"{sentence} {HINT}".strip())
        self.height_changed.emit()

    @Slot(object)
    def _open(self, ref: RecordRef) -> None:
        line = next(each for each in self._lines if each.ref == ref)
        if line.case_ref:
            self.case_requested.emit(line.case_ref)
        else:
            sentence = (NO_CASE_OF_GROUP if line.kind == GROUP else NO_CASE).format(line.name)
            self._say(sentence)
            announce(sentence, self.view)


def _passes(line: NetworkLine, chosen: Iterable[tuple[str, str]]) -> bool:
    """Whether a line is among the choices of each filter that has any."""
    wanted: dict[str, set[str]] = {}
    for name, code in chosen:
        wanted.setdefault(name, set()).add(code)
    values = {KIND: line.kind, STANDING: line.standing.value, GRADE: line.source_grade}
    return all(values[name] in codes for name, codes in wanted.items())


def _filters(case: ShownCase, lines: Sequence[NetworkLine]) -> tuple[Filter, ...]:
    """Return the filters, each with the choices that something in the network has."""
    lists = case.session.lists
    kinds = [(code.code, code.label) for code in lists.of("associate_kind")]
    grades = [(code.code, f"{code.code} {code.label}") for code in lists.of("source_grade")]
    offered = (
        (KIND, "Kind of link", [*kinds, (GROUP, "Groups")], {line.kind for line in lines}),
        (STANDING, "State", [(each.value, word) for each, word in STANDING_WORDS], {line.standing for line in lines}),
        (GRADE, "Source grade", [*grades, (UNGRADED, "Not graded")], {line.source_grade for line in lines}),
    )
    made = (
        Filter(name, title, tuple(choice for choice in choices if choice[0] in there))
        for name, title, choices, there in offered
    )
    return tuple(each for each in made if len(each.choices) > 1)
