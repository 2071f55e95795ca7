"""The lane of triggers: each drawn as a comb whose teeth reach up to the evidence that raised it."""

from collections.abc import Sequence
from datetime import timedelta

from ioms_desktop.charts.drawing_area import Sheet
from ioms_desktop.charts.marks import pointer
from ioms_desktop.charts.shapes import Box, Point, Role, Shape, Strokes
from ioms_desktop.domain.text_format import day_words
from ioms_desktop.domain.timeline import Ref, TriggerMark

DAY = timedelta(days=1)
MOST_ROWS = 6


def draw_triggers(sheet: Sheet, triggers: Sequence[TriggerMark], top: float) -> float:
    """Draw the triggers of the period, each in a row of its own where rows allow; give where the lane ends."""
    u = sheet.unit
    row = 11 * u
    sheet.name_lane("Triggers", top + 8 * u)
    shown = sorted(
        (each for each in triggers if sheet.scale.shows(each.raised_on)), key=lambda each: (each.raised_on, each.ref)
    )
    if not shown:
        sheet.say("None raised" if not triggers else "None raised in this period", top + 8 * u)
        return top + row
    used = 1
    for trigger in shown:
        number = _trigger(sheet, trigger, top)
        used = max(used, number + 1)
    return top + used * row


def _trigger(sheet: Sheet, trigger: TriggerMark, top: float) -> int:
    """Draw one trigger in the first row where it meets nothing; give the row's number."""
    u = sheet.unit
    x = sheet.scale.at(trigger.raised_on, 0.5)
    teeth = [sheet.anchors[ref] for ref in trigger.evidence if ref in sheet.anchors]
    first = min([x, *(tooth.x for tooth in teeth)])
    last = max([x, *(tooth.x for tooth in teeth)])
    words = f"{trigger.label}: {trigger.status}"
    for number in range(MOST_ROWS):
        middle = top + (5 + 11 * number) * u
        span = Box(first - u, middle - 3.5 * u, last + 4 * u, middle + 3.5 * u)
        if not sheet.labels.free(span):
            continue
        baseline = middle + 3 * u
        text = sheet.labels.place([words], [(last + 6 * u, baseline)], sheet.size)
        text = text or sheet.labels.place(
            [words], [(first - 4 * u, baseline)], sheet.size, anchor="right", within=(sheet.scale.left, first)
        )
        if text is None:
            continue
        sheet.labels.block(span)
        _draw(sheet, trigger, Point(x, middle), teeth, sheet.beside(text))
        return number
    # Too many to name: the last row holds marks alone.
    _draw(sheet, trigger, Point(x, top + (5 + 11 * MOST_ROWS) * u), teeth, [])
    return MOST_ROWS


def _draw(sheet: Sheet, trigger: TriggerMark, at: Point, teeth: Sequence[Point], words: "list[Shape]") -> None:
    u = sheet.unit
    upright = tuple((tooth.x, tooth.y, tooth.x, at.y) for tooth in teeth)
    across = tuple((min(tooth.x, at.x), at.y, max(tooth.x, at.x), at.y) for tooth in teeth if tooth.x != at.x)
    if upright + across:
        sheet.under.append(Strokes(upright + across, Role.ACCENT, 0.5 * u))
    mark = pointer(at.x, at.y, 3.4 * u, hollow=trigger.open)
    title = f"{trigger.label}, raised {day_words(trigger.raised_on)}: {trigger.status}."
    detail = f" {trigger.explanation}" if trigger.explanation else ""
    sheet.add(Ref("trigger", trigger.ref), title + detail, [*words, mark], at)


def tie_decisions(sheet: Sheet, triggers: Sequence[TriggerMark]) -> None:
    """Tie each trigger to the decision on it, once both are drawn; its length is the time the answer took."""
    ties: list[tuple[float, float, float, float]] = []
    for trigger in triggers:
        start = sheet.anchors.get(Ref("trigger", trigger.ref))
        end = sheet.anchors.get(Ref("decision", trigger.decision_ref))
        if start is not None and end is not None:
            ties += [(start.x, start.y, end.x, start.y), (end.x, start.y, end.x, end.y)]
    if ties:
        sheet.under.append(Strokes(tuple(ties), Role.ACCENT, 0.6 * sheet.unit, (1.6, 1.4)))
