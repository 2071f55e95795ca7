"""The sheet a picture is drawn on: its measures, what lies under and over, and where each thing of the record is."""

from dataclasses import dataclass, field
from datetime import date

from ioms_desktop.charts.axis import Scale
from ioms_desktop.charts.labels import Labels
from ioms_desktop.charts.marks import patch
from ioms_desktop.charts.shapes import Group, Point, Role, Shape, Text
from ioms_desktop.domain.timeline import Ref


@dataclass(slots=True)
class Sheet:
    """A timeline being drawn.

    Attributes:
        scale: The days across.
        labels: Where words may stand.
        size: The size of words, in points; all other measures follow from it.
        today: The day drawn as a thin line; nothing open is drawn beyond it.
        under: Painted first: connectors.
        over: Painted next, in order.
        anchors: Where the mark of each thing is, for connectors.
    """

    scale: Scale
    labels: Labels
    size: float
    today: date
    under: list[Shape] = field(default_factory=list)
    over: list[Shape] = field(default_factory=list)
    anchors: dict[Ref, Point] = field(default_factory=dict)

    @property
    def unit(self) -> float:
        """An eighth of the letter size: 1 point where words are 8 points."""
        return self.size / 8

    def add(self, ref: Ref, title: str, shapes: "list[Shape]", anchor: Point | None = None) -> None:
        """Draw what stands for one thing of the record."""
        self.over.append(Group(tuple(shapes), ref, title))
        if anchor is not None:
            self.anchors[ref] = anchor

    def name_lane(self, words: str, baseline: float) -> None:
        """Write a lane's name at the left."""
        text = self.labels.place([words], [(0.0, baseline)], self.size, fill=Role.QUIET)
        if text is not None:
            self.over.append(text)

    def say(self, words: str, baseline: float) -> None:
        """Say in a lane's own room that there is nothing in it."""
        place = (self.scale.left + 3 * self.unit, baseline)
        text = self.labels.place([words], [place], self.size, fill=Role.QUIET)
        if text is not None:
            self.over.append(text)

    def beside(self, text: Text | None) -> "list[Shape]":
        """Give a text with a patch behind it, so that lines that pass do not strike it through; nothing for none."""
        return [] if text is None else [patch(text), text]
