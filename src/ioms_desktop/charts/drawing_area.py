"""The drawing area of a timeline: its measures, its layers, and the positions of the marks."""

from dataclasses import dataclass, field
from datetime import date

from ioms_desktop.charts.axis import TimeScale
from ioms_desktop.charts.labels import LabelPlacer
from ioms_desktop.charts.marks import text_background
from ioms_desktop.charts.shapes import ColourRole, Point, Shape, ShapeGroup, Text
from ioms_desktop.domain.timeline import RecordRef


@dataclass(slots=True)
class DrawingArea:
    """A timeline under construction.

    Attributes:
        scale: The scale of days.
        labels: Places labels without overlap.
        size: The letter size in points, from which all other measures follow.
        today: Today, drawn as a thin line; nothing that is still open is drawn beyond it.
        lower_layer: Painted first: connectors.
        upper_layer: Painted next, in order.
        anchors: The position of each record's mark, for connectors.
    """

    scale: TimeScale
    labels: LabelPlacer
    size: float
    today: date
    lower_layer: list[Shape] = field(default_factory=list)
    upper_layer: list[Shape] = field(default_factory=list)
    anchors: dict[RecordRef, Point] = field(default_factory=dict)

    @property
    def unit(self) -> float:
        """An eighth of the letter size: 1 point at a letter size of 8 points."""
        return self.size / 8

    def add_mark(self, ref: RecordRef, title: str, shapes: "list[Shape]", anchor: Point | None = None) -> None:
        """Draw the mark of a record."""
        self.upper_layer.append(ShapeGroup(tuple(shapes), ref, title))
        if anchor is not None:
            self.anchors[ref] = anchor

    def name_lane(self, words: str, baseline: float) -> None:
        """Write a lane's name at the left."""
        text = self.labels.place([words], [(0.0, baseline)], self.size, fill=ColourRole.QUIET)
        if text is not None:
            self.upper_layer.append(text)

    def write_in_lane(self, words: str, baseline: float) -> None:
        """Write into an empty lane that it is empty."""
        place = (self.scale.left + 3 * self.unit, baseline)
        text = self.labels.place([words], [place], self.size, fill=ColourRole.QUIET)
        if text is not None:
            self.upper_layer.append(text)

    def with_background(self, text: Text | None) -> "list[Shape]":
        """Return a text with a background, so that lines do not cross it; nothing for None."""
        return [] if text is None else [text_background(text), text]
