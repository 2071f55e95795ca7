"""The lower lanes: contacts, weekly engagement, concerns, triggers and decisions, which happen on a day."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from ioms_desktop.charts.drawing_area import Sheet
from ioms_desktop.charts.marks import contact_mark, diamond
from ioms_desktop.charts.shapes import Box, Circle, Point, Rect, Role, Shape, Strokes, Text
from ioms_desktop.domain.text_format import day_words
from ioms_desktop.domain.timeline import (
    Came,
    ConcernMark,
    ContactMark,
    DecisionMark,
    RatingPoint,
    Ref,
)

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
HIGHEST = 5
LABEL_ROWS = 3
NUMBERED = 12  # points between weeks from which their levels are written out


def draw_contacts(sheet: Sheet, contacts: Sequence[ContactMark], top: float) -> float:
    """Draw contacts, those completed above the rest; give where the lane ends."""
    u = sheet.unit
    sheet.name_lane("Contacts", top + 8 * u)
    shown = [contact for contact in contacts if sheet.scale.shows(contact.on)]
    if not shown:
        sheet.say("No contact recorded" if not contacts else "No contact in this period", top + 8 * u)
        return top + 11 * u
    other = any(contact.came is not Came.SEEN for contact in shown)
    before: dict[tuple[int, object], int] = {}
    for contact in sorted(shown, key=lambda each: (each.on, each.share or 0.5, each.ref)):
        row = 0 if contact.came is Came.SEEN else 1
        same_day = before.get((row, contact.on), 0)
        before[row, contact.on] = same_day + 1
        share = contact.share if contact.share is not None and not same_day else 0.5 + 0.3 * same_day
        x, y = sheet.scale.clipped(contact.on, min(share, 0.95)), top + (5 + 10 * row) * u
        title = f"{day_words(contact.on)}: {contact.label}"
        sheet.add(Ref("contact", contact.ref), title, contact_mark(contact.came, x, y, 3.3 * u), Point(x, y))
    return top + (20 if other else 11) * u


def draw_engagement(sheet: Sheet, ratings: Sequence[RatingPoint], top: float) -> float:
    """Draw the weekly ratings as a line from 0 to 5, the police's own as squares; give where the lane ends."""
    u = sheet.unit
    height = 36 * u
    low, high = top + height - 4 * u, top + 8 * u
    sheet.name_lane("Engagement", top + 8 * u)
    for level in (0, HIGHEST):
        y = _height(level, low, high)
        text = sheet.labels.place(
            [str(level)], [(sheet.scale.left - 3 * u, y + 2.6 * u)], sheet.size * 0.9, anchor="right", fill=Role.QUIET
        )
        sheet.over += [text] if text is not None else []
    lines = tuple((sheet.scale.left, y, sheet.scale.right, y) for y in (low, high))
    sheet.over.append(Strokes(lines, Role.LINE, 0.5, (1.5, 2.0)))
    for by_police in (True, False):
        points = [
            (rating, _place(sheet, rating, low, high))
            for rating in ratings
            if rating.by_police is by_police and _in_sight(sheet, rating)
        ]
        points.sort(key=lambda pair: pair[0].week)
        _line(sheet, points, by_police=by_police)
    return top + height


def _in_sight(sheet: Sheet, rating: RatingPoint) -> bool:
    return sheet.scale.from_on <= rating.week + 3 * DAY <= sheet.scale.to_on


def _height(level: int, low: float, high: float) -> float:
    return low + (high - low) * level / HIGHEST


def _place(sheet: Sheet, rating: RatingPoint, low: float, high: float) -> Point:
    return Point(sheet.scale.clipped(rating.week + 3 * DAY, 0.5), _height(rating.level, low, high))


def _line(sheet: Sheet, points: "list[tuple[RatingPoint, Point]]", *, by_police: bool) -> None:
    u = sheet.unit
    colour = Role.QUIET if by_police else Role.ACCENT
    runs = list(pairwise(points))
    joined = tuple((*a, *b) for (one, a), (two, b) in runs if two.week - one.week <= WEEK)
    gaps = tuple((*a, *b) for (one, a), (two, b) in runs if two.week - one.week > WEEK)
    if joined:
        sheet.over.append(Strokes(joined, colour, 0.7 * u if by_police else 1.1 * u))
    if gaps:
        sheet.over.append(Strokes(gaps, colour, 0.5 * u, (1.2, 2.2)))
    for _, at in points:
        sheet.labels.block(Box(at.x - 2 * u, at.y - 2 * u, at.x + 2 * u, at.y + 2 * u))
    for rating, at in points:
        if by_police:
            mark: Shape = Rect(
                at.x - 1.7 * u, at.y - 1.7 * u, 3.4 * u, 3.4 * u, fill=Role.SURFACE, stroke=colour, thickness=0.7 * u
            )
        else:
            radius = min(1.9 * u, max(2.4 * sheet.scale.day, 0.7 * u))
            mark = Circle(at.x, at.y, radius, fill=colour, stroke=Role.SURFACE, thickness=0.2 * radius)
        shapes: list[Shape] = [mark]
        if not by_police and 7 * sheet.scale.day >= NUMBERED * u:
            spots = [(at.x, at.y - 3 * u), (at.x, at.y + 9 * u)]
            text = sheet.labels.place([str(rating.level)], spots, sheet.size * 0.9, anchor="middle", fill=Role.QUIET)
            shapes += [text] if text is not None else []
        who = "police" if by_police else "navigator"
        words = f" ({rating.label})" if rating.label else ""
        title = f"Engagement {rating.level}{words}, week of {day_words(rating.week)}, rated by the {who}"
        sheet.add(Ref("rating", rating.ref), title, shapes, at)


def draw_concerns(sheet: Sheet, concerns: Sequence[ConcernMark], top: float) -> float:
    """Draw concerns as diamonds with their names; give where the lane ends."""
    u = sheet.unit
    sheet.name_lane("Concerns", top + 8 * u)
    shown = sorted((each for each in concerns if sheet.scale.shows(each.on)), key=lambda each: (each.on, each.ref))
    if not shown:
        sheet.say("None recorded" if not concerns else "None in this period", top + 8 * u)
        return top + 11 * u
    y = top + 5 * u
    places = _spread(sheet, [each.on for each in shown])
    for x in places:
        sheet.labels.block(Box(x - 3 * u, y - 3 * u, x + 3 * u, y + 3 * u))
    rows = 1
    # From the right, so that a leader passes left of the words already below.
    for concern, x in reversed(list(zip(shown, places, strict=True))):
        text, row, leader = _label(sheet, concern.label, x, top, (4.5 * u, 8.5 * u))
        rows = max(rows, row)
        detail = f". {concern.detail}" if concern.detail else ""
        title = f"{day_words(concern.on)}: {concern.label}{detail}"
        sheet.add(Ref("concern", concern.ref), title, [*leader, *text, diamond(x, y, 3.6 * u)], Point(x, y))
    return top + rows * 11 * u


def draw_decisions(sheet: Sheet, decisions: Sequence[DecisionMark], top: float) -> float:
    """Draw decisions as flags with the code of their step; give where the lane ends."""
    u = sheet.unit
    sheet.name_lane("Decisions", top + 8 * u)
    shown = sorted((each for each in decisions if sheet.scale.shows(each.on)), key=lambda each: (each.on, each.ref))
    if not shown:
        sheet.say("None recorded" if not decisions else "None in this period", top + 8 * u)
        return top + 11 * u
    places = _spread(sheet, [each.on for each in shown])
    cloths = [_cloth(sheet, decision, x, top) for decision, x in zip(shown, places, strict=True)]
    rows = 1
    for decision, x, cloth in reversed(list(zip(shown, places, cloths, strict=True))):
        words, row, leader = _label(sheet, decision.label, x, top, (cloth[0].box.right - x + 3 * u, 10.7 * u))
        rows = max(rows, row)
        detail = f". {decision.detail}" if decision.detail else ""
        pole = Strokes(((x, top, x, top + 10.5 * u),), Role.TEXT, 0.9 * u)
        sheet.add(
            Ref("decision", decision.ref),
            f"{day_words(decision.on)}: {decision.label}{detail}",
            [*leader, *words, pole, *cloth],
            Point(x, top),
        )
    return top + rows * 11 * u


def _cloth(sheet: Sheet, decision: DecisionMark, x: float, top: float) -> tuple[Rect, *tuple[Text, ...]]:
    """Make a flag's cloth with its step, or a small plain one where another flag flies already."""
    u, size = sheet.unit, sheet.size * 0.85
    width = sheet.labels.width(decision.step, size, bold=True) if decision.step else 0.0
    length = width + 4 * u
    left = x if x + length <= sheet.scale.right + 6 * u else x - length  # it flies towards the middle at the edge
    room = Box(left, top, left + length, top + 10.5 * u)
    small = Rect(x, top, 2.4 * u, 8.5 * u, fill=Role.TEXT)
    if not decision.step or not sheet.labels.free(room):
        sheet.labels.block(Box(x, top, x + 2.4 * u, top + 10.5 * u))
        return (small,)
    sheet.labels.block(room)
    text = sheet.labels.inside(decision.step, left + 2 * u, top + 6.9 * u, size, width)
    return (Rect(left, top, length, 8.5 * u, fill=Role.TEXT), *([] if text is None else [text]))


def _spread(sheet: Sheet, days: Sequence[date]) -> list[float]:
    """Give the x of each day, those of one day side by side."""
    places: list[float] = []
    for number, on in enumerate(days):
        same = sum(1 for other in days[:number] if other == on)
        places.append(min(sheet.scale.at(on, 0.5) + same * 3.2 * sheet.unit, sheet.scale.right))
    return places


def _label(
    sheet: Sheet, words: str, x: float, top: float, clear: tuple[float, float]
) -> tuple[list[Shape], int, list[Shape]]:
    """Write a mark's name beside it, else in a row below with a leader, else not at all.

    `clear` is how far right of the mark words may begin, and how far down a leader.
    """
    u = sheet.unit
    beside = [(x + clear[0], top + 8 * u)]
    text = sheet.labels.place([words], beside, sheet.size)
    if text is not None:
        return sheet.beside(text), 1, []
    for row in range(1, LABEL_ROWS):
        line = Box(x - 0.6 * u, top + clear[1], x + 0.6 * u, top + 11 * row * u)
        if not sheet.labels.free(line):
            break
        baseline = top + (8 + 11 * row) * u
        for anchor, start in (("left", x - 2 * u), ("right", x + 2 * u)):
            limits = (sheet.scale.left, sheet.scale.right + 2 * u)
            text = sheet.labels.place([words], [(start, baseline)], sheet.size, anchor=anchor, within=limits)
            if text is not None:
                sheet.labels.block(line)
                leader = Strokes(((x, top + clear[1], x, text.box.top),), Role.QUIET, 0.4)
                return sheet.beside(text), row + 1, [leader]
    return [], 1, []
