"""The lower lanes: contacts, weekly engagement, concerns and decisions, which happen on a day."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from ioms_desktop.charts.alt_text import describe_empty_lane
from ioms_desktop.charts.drawing_area import DrawingArea
from ioms_desktop.charts.marks import concern_mark, contact_mark
from ioms_desktop.charts.shapes import Box, Circle, ColourRole, Point, Rect, Shape, Strokes
from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.timeline import (
    ContactResult,
    RatingPoint,
    RecordRef,
    TimelineFacts,
)

WEEK = timedelta(days=7)
MAX_RATING_LEVEL = 5
MAX_LABEL_ROWS = 3
MIN_WEEK_WIDTH_FOR_LEVELS = 12  # points between weeks from which levels are labelled


def draw_contacts(area: DrawingArea, facts: TimelineFacts, top: float) -> float:
    """Draw the contacts, completed ones above the others; gives the lower end of the lane."""
    u = area.unit
    area.name_lane("Contacts", top + 8 * u)
    shown = [contact for contact in facts.contacts if area.scale.shows(contact.on)]
    if not shown:
        area.write_in_lane(describe_empty_lane(facts, "contacts"), top + 8 * u)
        return top + 11 * u
    radius, rows = 3.3 * u, (top + 5 * u, top + 15 * u)
    other = any(contact.came is not ContactResult.SEEN for contact in shown)
    before: dict[tuple[int, object], int] = {}
    for contact in sorted(shown, key=lambda each: (each.on, 0.5 if each.share is None else each.share, each.ref)):
        row = 0 if contact.came is ContactResult.SEEN else 1
        same_day = before.get((row, contact.on), 0)
        before[row, contact.on] = same_day + 1
        share = contact.share if contact.share is not None and not same_day else 0.5 + 0.3 * same_day
        at = Point(area.scale.clipped_x_at(contact.on, min(share, 0.95)), rows[row])
        title = f"{format_day(contact.on)}: {contact.label}"
        area.add_mark(RecordRef("contact", contact.ref), title, contact_mark(contact.came, *at, radius), at)
    return top + (20 if other else 11) * u


def draw_engagement(area: DrawingArea, ratings: Sequence[RatingPoint], top: float) -> float:
    """Draw the weekly ratings as a line from 0 to 5, police ratings as squares; gives the lower end of the lane."""
    u = area.unit
    height = 36 * u
    low, high = top + height - 4 * u, top + 8 * u
    area.name_lane("Engagement", top + 8 * u)
    for level in (0, MAX_RATING_LEVEL):
        y = _level_y(level, low, high)
        text = area.labels.place(
            [str(level)],
            [(area.scale.left - 3 * u, y + 2.6 * u)],
            area.size * 0.9,
            anchor="right",
            fill=ColourRole.QUIET,
        )
        area.upper_layer += [text] if text is not None else []
    lines = tuple((area.scale.left, y, area.scale.right, y) for y in (low, high))
    area.upper_layer.append(Strokes(lines, ColourRole.LINE, 0.5, (1.5, 2.0)))
    for by_police in (True, False):
        points = [
            (rating, _rating_position(area, rating, low, high))
            for rating in ratings
            if rating.by_police is by_police and _is_visible(area, rating)
        ]
        points.sort(key=lambda pair: pair[0].week)
        _draw_rating_line(area, points, by_police=by_police)
    return top + height


def _is_visible(area: DrawingArea, rating: RatingPoint) -> bool:
    return rating.week <= area.scale.to_on and rating.week + WEEK > area.scale.from_on


def _level_y(level: int, low: float, high: float) -> float:
    return low + (high - low) * level / MAX_RATING_LEVEL


def _rating_position(area: DrawingArea, rating: RatingPoint, low: float, high: float) -> Point:
    return Point(area.scale.clipped_x_at(rating.week + 3 * DAY, 0.5), _level_y(rating.level, low, high))


def _draw_rating_line(area: DrawingArea, points: "list[tuple[RatingPoint, Point]]", *, by_police: bool) -> None:
    u = area.unit
    colour = ColourRole.QUIET if by_police else ColourRole.ACCENT
    runs = list(pairwise(points))
    joined = tuple((*a, *b) for (one, a), (two, b) in runs if two.week - one.week <= WEEK)
    gaps = tuple((*a, *b) for (one, a), (two, b) in runs if two.week - one.week > WEEK)
    if joined:
        area.upper_layer.append(Strokes(joined, colour, 0.7 * u if by_police else 1.1 * u))
    if gaps:
        area.upper_layer.append(Strokes(gaps, colour, 0.5 * u, (1.2, 2.2)))
    for _, at in points:
        area.labels.block(Box(at.x - 2 * u, at.y - 2 * u, at.x + 2 * u, at.y + 2 * u))
    for rating, at in points:
        if by_police:
            mark: Shape = Rect(
                at.x - 1.7 * u,
                at.y - 1.7 * u,
                3.4 * u,
                3.4 * u,
                fill=ColourRole.SURFACE,
                stroke=colour,
                thickness=0.7 * u,
            )
        else:
            radius = min(1.9 * u, max(2.4 * area.scale.day_width, 0.7 * u))
            mark = Circle(at.x, at.y, radius, fill=colour, stroke=ColourRole.SURFACE, thickness=0.2 * radius)
        shapes: list[Shape] = [mark]
        if not by_police and 7 * area.scale.day_width >= MIN_WEEK_WIDTH_FOR_LEVELS * u:
            spots = [(at.x, at.y - 3 * u), (at.x, at.y + 9 * u)]
            text = area.labels.place(
                [str(rating.level)], spots, area.size * 0.9, anchor="middle", fill=ColourRole.QUIET
            )
            shapes += [text] if text is not None else []
        who = "police" if by_police else "navigator"
        words = f" ({rating.label})" if rating.label else ""
        title = f"Engagement {rating.level}{words}, week of {format_day(rating.week)}, rated by the {who}"
        area.add_mark(RecordRef("rating", rating.ref), title, shapes, at)


def draw_concerns(area: DrawingArea, facts: TimelineFacts, top: float) -> float:
    """Draw the concerns as diamonds with labels; gives the lower end of the lane."""
    u = area.unit
    area.name_lane("Concerns", top + 8 * u)
    shown = sorted((each for each in facts.concerns if area.scale.shows(each.on)), key=lambda each: (each.on, each.ref))
    if not shown:
        area.write_in_lane(describe_empty_lane(facts, "concerns"), top + 8 * u)
        return top + 11 * u
    y = top + 5 * u
    places = _mark_positions(area, [each.on for each in shown])
    for x in places:
        area.labels.block(Box(x - 3 * u, y - 3 * u, x + 3 * u, y + 3 * u))
    rows = 1
    # From the right, so that leaders pass to the left of labels already placed below.
    for concern, x in reversed(list(zip(shown, places, strict=True))):
        text, row, leader = _label_mark(area, concern.label, x, top, (4.5 * u, 8.5 * u))
        rows = max(rows, row)
        detail = f". {concern.detail}" if concern.detail else ""
        title = f"{format_day(concern.on)}: {concern.label}{detail}"
        area.add_mark(
            RecordRef("concern", concern.ref), title, [*leader, *text, concern_mark(x, y, 3.6 * u)], Point(x, y)
        )
    return top + rows * 11 * u


def draw_decisions(area: DrawingArea, facts: TimelineFacts, top: float) -> float:
    """Draw the decisions as flags, each with its step or kind beside it; gives the lower end of the lane."""
    u = area.unit
    area.name_lane("Decisions", top + 8 * u)
    shown = sorted(
        (each for each in facts.decisions if area.scale.shows(each.on)), key=lambda each: (each.on, each.ref)
    )
    if not shown:
        area.write_in_lane(describe_empty_lane(facts, "decisions"), top + 8 * u)
        return top + 11 * u
    places = _mark_positions(area, [each.on for each in shown])
    cloths = [_flag(area, x, top) for x in places]
    rows = 1
    for decision, x, cloth in reversed(list(zip(shown, places, cloths, strict=True))):
        words, row, leader = _label_mark(area, decision.label, x, top, (5.4 * u, 10.7 * u))
        rows = max(rows, row)
        detail = f". {decision.detail}" if decision.detail else ""
        pole = Strokes(((x, top, x, top + 10.5 * u),), ColourRole.TEXT, 0.9 * u)
        area.add_mark(
            RecordRef("decision", decision.ref),
            f"{format_day(decision.on)}: {decision.label}{detail}",
            [*leader, *words, pole, cloth],
            Point(x, top),
        )
    return top + rows * 11 * u


def _flag(area: DrawingArea, x: float, top: float) -> Rect:
    """Make the cloth of a flag, and keep its room free of words."""
    u = area.unit
    area.labels.block(Box(x, top, x + 2.4 * u, top + 10.5 * u))
    return Rect(x, top, 2.4 * u, 8.5 * u, fill=ColourRole.TEXT)


def _mark_positions(area: DrawingArea, days: Sequence[date]) -> list[float]:
    """Return the x coordinate of each day, with marks of the same day side by side."""
    places: list[float] = []
    before: Counter[date] = Counter()
    for on in days:
        places.append(min(area.scale.x_at(on, 0.5) + before[on] * 3.2 * area.unit, area.scale.right))
        before[on] += 1
    return places


def _label_mark(
    area: DrawingArea, words: str, x: float, top: float, clear: tuple[float, float]
) -> tuple[list[Shape], int, list[Shape]]:
    """Label a mark beside it, else in a row below with a leader, else not at all.

    `clear` is the distance from the mark to the label on its right, and to the start of a leader below.
    """
    u = area.unit
    beside = [(x + clear[0], top + 8 * u)]
    text = area.labels.place([words], beside, area.size)
    if text is not None:
        return area.with_background(text), 1, []
    for row in range(1, MAX_LABEL_ROWS):
        line = Box(x - 0.6 * u, top + clear[1], x + 0.6 * u, top + 11 * row * u)
        if not area.labels.is_free(line):
            break
        baseline = top + (8 + 11 * row) * u
        for anchor, start in (("left", x - 2 * u), ("right", x + 2 * u)):
            limits = (area.scale.left, area.scale.right + 2 * u)
            text = area.labels.place([words], [(start, baseline)], area.size, anchor=anchor, within=limits)
            if text is not None:
                area.labels.block(line)
                leader = Strokes(((x, top + clear[1], x, text.box.top),), ColourRole.QUIET, 0.4)
                return area.with_background(text), row + 1, [leader]
    return [], 1, []
