"""The lane of triggers: each is drawn as a comb whose teeth point to the evidence that raised it."""

from collections.abc import Sequence

from ioms_desktop.charts.alt_text import describe_empty_lane
from ioms_desktop.charts.drawing_area import DrawingArea
from ioms_desktop.charts.marks import trigger_mark
from ioms_desktop.charts.shapes import Box, ColourRole, Point, Shape, Strokes, Text
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.timeline import RecordRef, TimelineFacts, TriggerMark

MAX_TRIGGER_ROWS = 6
MANY_WITHDRAWN = 3  # from so many on, they share a row and have no teeth: what still counts is to be seen


def draw_triggers(area: DrawingArea, facts: TimelineFacts, top: float) -> float:
    """Draw the triggers of the period, each in a row of its own where possible; gives the lower end of the lane."""
    u = area.unit
    row = 11 * u
    area.name_lane("Alerts", top + 8 * u)
    shown = sorted(
        (each for each in facts.triggers if area.scale.shows(each.raised_on)),
        key=lambda each: (each.raised_on, each.ref),
    )
    if not shown:
        area.write_in_lane(describe_empty_lane(facts, "triggers", "raised"), top + 8 * u)
        return top + row
    folded = [each for each in shown if each.withdrawn]
    if len(folded) < MANY_WITHDRAWN:
        folded = []
    used = 0 if folded else 1
    for trigger in shown:
        if trigger not in folded:
            number = _draw_trigger(area, trigger, top)
            used = max(used, number + 1)
    if folded:
        _draw_withdrawn(area, folded, top + (5 + 11 * used) * u)
        used += 1
    return top + used * row


def _draw_withdrawn(area: DrawingArea, triggers: Sequence[TriggerMark], middle: float) -> None:
    """Draw the triggers that were withdrawn, earliest first, as marks in one row with their number in words."""
    u = area.unit
    places = [area.scale.x_at(each.raised_on, 0.5) for each in triggers]
    for x in places:
        area.labels.block(Box(x - 4 * u, middle - 3.5 * u, x + 4 * u, middle + 3.5 * u))
    words, baseline = f"{len(triggers)} withdrawn", middle + 3 * u
    text = area.labels.place([words], [(places[-1] + 6 * u, baseline)], area.size)
    text = text or area.labels.place([words], [(places[0] - 6 * u, baseline)], area.size, anchor="right")
    for number, (trigger, x) in enumerate(zip(triggers, places, strict=True)):
        said = area.with_background(text) if text is not None and number == 0 else []
        _draw_comb(area, trigger, Point(x, middle), [], said)


def _draw_trigger(area: DrawingArea, trigger: TriggerMark, top: float) -> int:
    """Draw one trigger in the first row where it overlaps nothing; gives the row's number."""
    u = area.unit
    x = area.scale.x_at(trigger.raised_on, 0.5)
    teeth = [area.anchors[ref] for ref in trigger.evidence if ref in area.anchors]
    first = min([x, *(tooth.x for tooth in teeth)])
    last = max([x, *(tooth.x for tooth in teeth)])
    words = f"{trigger.label}: {trigger.status}"
    for place, rows in ((_place_beside, 0), (_place_below, 1)):
        for number in range(MAX_TRIGGER_ROWS - rows):
            middle = top + (5 + 11 * number) * u
            span = Box(first - u, middle - 3.5 * u, last + 4 * u, middle + 3.5 * u)
            text = place(area, words, Point(x, middle), span) if area.labels.is_free(span) else None
            if text is not None:
                area.labels.block(span)
                _draw_comb(area, trigger, Point(x, middle), teeth, area.with_background(text))
                return number + rows
    # Too many to label: the last row has marks only.
    _draw_comb(area, trigger, Point(x, top + (5 + 11 * MAX_TRIGGER_ROWS) * u), teeth, [])
    return MAX_TRIGGER_ROWS


def _place_beside(area: DrawingArea, words: str, at: Point, span: Box) -> Text | None:
    """Place words at the right of a comb, or else at its left."""
    u, first, baseline = area.unit, span.left + area.unit, at.y + 3 * area.unit
    text = area.labels.place([words], [(span.right + 2 * u, baseline)], area.size)
    return text or area.labels.place(
        [words], [(first - 4 * u, baseline)], area.size, anchor="right", within=(area.scale.left, first)
    )


def _place_below(area: DrawingArea, words: str, at: Point, _span: Box) -> Text | None:
    """Place words in the row below a comb, as near to its mark as the plot allows."""
    baseline, plot = at.y + 14 * area.unit, (area.scale.left, area.scale.right)
    said = [words, area.labels.shorten(words, plot[1] - plot[0], area.size)]
    for anchor, x in (("middle", at.x), ("right", plot[1]), ("left", plot[0])):
        text = area.labels.place(said, [(x, baseline)], area.size, anchor=anchor, within=plot)
        if text is not None:
            return text
    return None


def _draw_comb(
    area: DrawingArea, trigger: TriggerMark, at: Point, teeth: Sequence[Point], words: "list[Shape]"
) -> None:
    u = area.unit
    upright = tuple((tooth.x, tooth.y, tooth.x, at.y) for tooth in teeth)
    across = tuple((min(tooth.x, at.x), at.y, max(tooth.x, at.x), at.y) for tooth in teeth if tooth.x != at.x)
    if upright + across:
        area.lower_layer.append(Strokes(upright + across, ColourRole.ACCENT, 0.5 * u))
    mark = trigger_mark(at.x, at.y, 3.4 * u, hollow=trigger.open)
    title = f"{trigger.label}, raised {format_day(trigger.raised_on)}: {trigger.status}."
    detail = f" {trigger.explanation}" if trigger.explanation else ""
    area.add_mark(RecordRef("trigger", trigger.ref), title + detail, [*words, mark], at)


def connect_decisions(area: DrawingArea, triggers: Sequence[TriggerMark]) -> None:
    """Connect each trigger to the decision on it, once both are drawn; the length shows the time the decision took."""
    ties: list[tuple[float, float, float, float]] = []
    for trigger in triggers:
        start = area.anchors.get(RecordRef("trigger", trigger.ref))
        end = area.anchors.get(RecordRef("decision", trigger.decision_ref))
        if start is not None and end is not None:
            ties += [(start.x, start.y, end.x, start.y), (end.x, start.y, end.x, end.y)]
    if ties:
        area.lower_layer.append(Strokes(tuple(ties), ColourRole.ACCENT, 0.6 * area.unit, (1.6, 1.4)))
