"""The network of a person: the person in the middle, people on one side and groups on the other, joined by lines.

Where something is depends on the order it is given in and on nothing else, so that a picture looks the same each time.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from ioms_desktop.charts.labels import LabelPlacer
from ioms_desktop.charts.shapes import (
    Box,
    ColourRole,
    FontMetrics,
    Picture,
    Point,
    Polygon,
    Rect,
    Shape,
    ShapeGroup,
    Strokes,
    Text,
)
from ioms_desktop.domain.timeline import RecordRef

SCREEN_TEXT_SIZE_PT = 11.0
ROW_HEIGHT_EM = 3.6  # in units of the letter size
BOX_HEIGHT_EM = 2.9
SIDE_SHARE, MIDDLE_SHARE = 0.36, 0.18  # of the width
CORNER_EM = 0.5
MARGIN_PT = 6.0  # for the ring around what has the keyboard
DASH = (4.0, 3.0)


@dataclass(frozen=True, slots=True)
class NetworkNode:
    """A person or group that somebody is linked to.

    Attributes:
        ref: The record of the link.
        name: Who or what it is.
        relation: How it is linked, with its grade.
        is_group: Whether it is a group.
        is_current: Whether the link stands; a line of dashes leads to what is former or expired.
        description: All of it in one sentence.
    """

    ref: RecordRef
    name: str
    relation: str
    is_group: bool
    is_current: bool
    description: str


def split_sides(nodes: Sequence[NetworkNode]) -> tuple[tuple[NetworkNode, ...], tuple[NetworkNode, ...]]:
    """Return what stands on the left and on the right: people and groups, or people in two halves without groups."""
    people = tuple(node for node in nodes if not node.is_group)
    groups = tuple(node for node in nodes if node.is_group)
    if groups and people:
        return people, groups
    half = (len(nodes) + 1) // 2
    return tuple(nodes[:half]), tuple(nodes[half:])


def layout_network(
    centre: str,
    nodes: Sequence[NetworkNode],
    width: float,
    *,
    metrics: FontMetrics,
    text: float = SCREEN_TEXT_SIZE_PT,
) -> Picture:
    """Lay a network out; the height follows from the longer side.

    Args:
        centre: The name of the person.
        nodes: Whom and what they are linked to, in the order shown on each side.
        width: The picture's width in points (on screen: pixels at 100 %).
        metrics: Text widths in the painter's typeface.
        text: The letter size.
    """
    sides = split_sides(nodes)
    rows = max(1, *(len(side) for side in sides))
    height = (rows * ROW_HEIGHT_EM + 1.0) * text
    labels = LabelPlacer(metrics, width, height)
    middle = _middle_box(width, height, text)
    lefts = (0.0, width * (1 - SIDE_SHARE))
    lines: list[Shape] = []
    boxes: list[Shape] = []
    for side, (left, listed) in enumerate(zip(lefts, sides, strict=True)):
        for place, node in enumerate(listed):
            centre_y = height * (place + 0.5) / len(listed)
            box = Box(left + MARGIN_PT, centre_y - BOX_HEIGHT_EM * text / 2, left + width * SIDE_SHARE - MARGIN_PT, 0)
            box = box._replace(bottom=box.top + BOX_HEIGHT_EM * text)
            lines.append(_line(node, box, middle, is_left=side == 0))
            boxes.append(_node(node, labels, box, text))
    shapes = (*lines, *boxes, *_person(centre, labels, middle, text))
    return Picture(width, height, shapes, _describe(centre, nodes))


def _middle_box(width: float, height: float, text: float) -> Box:
    left = width * (0.5 - MIDDLE_SHARE / 2)
    top = (height - BOX_HEIGHT_EM * text) / 2
    return Box(left, top, left + width * MIDDLE_SHARE, top + BOX_HEIGHT_EM * text)


def _line(node: NetworkNode, box: Box, middle: Box, *, is_left: bool) -> Strokes:
    """Join a box to the side of the person that it stands on."""
    begin = (box.right, middle.left) if is_left else (box.left, middle.right)
    y = (box.top + box.bottom) / 2
    segment = (begin[0], y, begin[1], (middle.top + middle.bottom) / 2)
    role = ColourRole.ACCENT if node.is_current else ColourRole.QUIET
    return Strokes((segment,), role, 1.4, () if node.is_current else DASH)


def _node(node: NetworkNode, labels: LabelPlacer, box: Box, text: float) -> ShapeGroup:
    stroke = ColourRole.ACCENT if node.is_current else ColourRole.QUIET
    outline: Shape = _six_corners(box, stroke, text) if node.is_group else _rounded(box, stroke, text)
    return ShapeGroup((outline, *_words(labels, box, node.name, node.relation, text)), node.ref, node.description)


def _rounded(box: Box, stroke: ColourRole, text: float) -> Rect:
    width, height = box.right - box.left, box.bottom - box.top
    return Rect(box.left, box.top, width, height, ColourRole.SURFACE, stroke, 1.2, CORNER_EM * text)


def _six_corners(box: Box, stroke: ColourRole, text: float) -> Polygon:
    """Outline a group: a shape of its own, so that nothing depends on colour."""
    y, cut = (box.top + box.bottom) / 2, 0.8 * text
    corners = (
        Point(box.left, y),
        Point(box.left + cut, box.top),
        Point(box.right - cut, box.top),
        Point(box.right, y),
        Point(box.right - cut, box.bottom),
        Point(box.left + cut, box.bottom),
    )
    return Polygon(corners, ColourRole.SURFACE, stroke, 1.2)


def _words(labels: LabelPlacer, box: Box, name: str, relation: str, text: float) -> list[Text]:
    """Write a name, and below it the relation, as far as they have room."""
    room, x = box.right - box.left - 2.2 * text, (box.left + box.right) / 2
    upper = labels.shorten(name, room, text, bold=True)
    lower = labels.shorten(relation, room, 0.9 * text)
    placed = (
        labels.place([upper], [(x, box.top + 1.25 * text)], text, anchor="middle", bold=True),
        labels.place([lower], [(x, box.top + 2.35 * text)], 0.9 * text, anchor="middle", fill=ColourRole.QUIET),
    )
    return [each for each in placed if each is not None]


def _person(name: str, labels: LabelPlacer, box: Box, text: float) -> list[Shape]:
    outline = Rect(
        box.left, box.top, box.right - box.left, box.bottom - box.top, ColourRole.ACCENT_SOFT, ColourRole.ACCENT, 1.6,
        CORNER_EM * text,
    )  # fmt: skip
    room, x = box.right - box.left - 0.8 * text, (box.left + box.right) / 2
    whole = labels.shorten(name, room, text, bold=True)
    family, comma, given = name.partition(", ")
    # A name that is too long for a line stands in two, before any of it is left out.
    lines = [(whole, 1.75)] if whole == name or not comma else [(f"{family},", 1.15), (given, 2.45)]
    placed = [
        labels.place(
            [labels.shorten(words, room, text, bold=True)], [(x, box.top + down * text)], text,
            anchor="middle", bold=True,
        )
        for words, down in lines
    ]  # fmt: skip
    return [outline, *(each for each in placed if each is not None)]


def _describe(centre: str, nodes: Sequence[NetworkNode]) -> str:
    if not nodes:
        return f"The network of {centre}. Nothing that fits the filters."
    return f"The network of {centre}. {' '.join(node.description for node in nodes)}"
