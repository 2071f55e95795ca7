"""The timeline: support and enforcement on one time axis, laid out once for screen and print."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from itertools import product

from ioms_desktop.charts.alt_text import NOT_SHOWN, NOTHING_TO_DRAW, timeline_alt_text
from ioms_desktop.charts.axis import TimeScale, draw_axis
from ioms_desktop.charts.bands import draw_custody, draw_offers, draw_rag
from ioms_desktop.charts.drawing_area import DrawingArea
from ioms_desktop.charts.events import draw_concerns, draw_contacts, draw_decisions, draw_engagement
from ioms_desktop.charts.labels import LabelPlacer
from ioms_desktop.charts.marks import answer_mark, concern_mark, contact_mark, trigger_mark
from ioms_desktop.charts.shapes import ColourRole, FontMetrics, Picture, Shape, Strokes
from ioms_desktop.charts.triggers import connect_decisions, draw_triggers
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.timeline import ContactResult, OfferAnswer, TimelineFacts

PAPER_TEXT_SIZE_PT = 7.0
SCREEN_TEXT_SIZE_PT = 11.0
WIDEST_LANE_NAME = "Support offers"
MIN_PLOT_WIDTH_PT = 40.0
CONTACT_KEY_LABELS = {
    ContactResult.SEEN: "seen",
    ContactResult.MISSED: "missed",
    ContactResult.ATTEMPT: "attempt",
    ContactResult.CANCELLED: "cancelled",
}
MarkDrawer = Callable[[float, float, float], list[Shape]]


def layout_timeline(
    facts: TimelineFacts,
    width: float,
    *,
    from_on: date,
    to_on: date,
    today: date,
    metrics: FontMetrics,
    text: float = PAPER_TEXT_SIZE_PT,
    today_label: str = "today",
) -> Picture:
    """Lay out a case's timeline; its height follows from the content.

    Args:
        facts: The facts to show.
        width: The picture's width in points (on screen: pixels at 100 %).
        from_on: The first day shown.
        to_on: The last day shown, included; a single day is shown where it is not after the first.
        today: Today, drawn as a thin line where it is shown; nothing that is still open is drawn beyond it.
        metrics: Text widths in the painter's typeface.
        text: The letter size, from which every other measure follows.
        today_label: The label of today's line.
    """
    labels = LabelPlacer(metrics, width)
    unit = text / 8
    left = labels.width(WIDEST_LANE_NAME, text) + 8 * unit
    scale = TimeScale(from_on, max(from_on, to_on), left, max(width - 6 * unit, left + MIN_PLOT_WIDTH_PT))
    sheet = DrawingArea(scale, labels, text, today)
    head = 2.9 * text
    bottom = _draw_lanes(sheet, facts, head + 6 * unit)
    under = draw_axis(scale, labels, 0.0, bottom, text)
    end = _draw_foot(sheet, facts, bottom + 3 * unit, today_label)
    shapes = (*under, *_today_line(sheet, head, bottom), *sheet.lower_layer, *sheet.upper_layer)
    return Picture(width, end, shapes, timeline_alt_text(facts, scale.from_on, scale.to_on), (scale.left, scale.right))


def whole_period(facts: TimelineFacts, today: date, *, least_days: int = 84) -> tuple[date, date]:
    """Return the first and last day of a period that shows everything, today included, in twelve weeks or more."""
    days = [today, *_dated_days(facts)]
    first, last = min(days), max(days)
    return min(first, last - timedelta(days=least_days - 1)), last


def _dated_days(facts: TimelineFacts) -> list[date]:
    spans = [*(band.from_on for band in facts.rag), *(offer.offered_on for offer in facts.offers)]
    # A long sentence is no reason to show the years before the case: custody is cut at the start of the period.
    marks = [*(each.on for each in facts.contacts), *(each.on for each in facts.concerns)]
    marks += [each.on for each in facts.decisions]
    return [*spans, *marks, *(rating.week for rating in facts.ratings), *(each.raised_on for each in facts.triggers)]


def _draw_lanes(area: DrawingArea, facts: TimelineFacts, top: float) -> float:
    gap = 5 * area.unit
    if facts.is_empty:
        area.write_in_lane(_nothing_recorded_text(area, facts), top + 8 * area.unit)
        return top + 16 * area.unit
    if facts.rag:
        top = draw_rag(area, facts.rag, top) + gap
    if facts.custody:
        top = draw_custody(area, facts.custody, top) + gap
    lanes = {"offers": draw_offers, "contacts": draw_contacts, "ratings": _draw_ratings, "concerns": draw_concerns}
    for name, draw in {**lanes, "triggers": draw_triggers, "decisions": draw_decisions}.items():
        if name not in facts.left_out and (name != "ratings" or facts.ratings):
            top = draw(area, facts, top) + gap
    connect_decisions(area, facts.triggers)
    return top


def _draw_ratings(area: DrawingArea, facts: TimelineFacts, top: float) -> float:
    return draw_engagement(area, facts.ratings, top)


def _nothing_recorded_text(area: DrawingArea, facts: TimelineFacts) -> str:
    nothing = f"Nothing {NOT_SHOWN}" if facts.partly_shown else NOTHING_TO_DRAW
    return f"{nothing} from {format_day(area.scale.from_on)} to {format_day(area.scale.to_on)}."


def _today_line(area: DrawingArea, top: float, bottom: float) -> list[Shape]:
    if not area.scale.shows(area.today):
        return []
    x = area.scale.x_at(area.today, 0.5)
    return [Strokes(((x, top, x, bottom),), ColourRole.TEXT, 0.6 * area.unit)]


def _draw_foot(area: DrawingArea, facts: TimelineFacts, top: float, today_label: str) -> float:
    """Draw the legend, and today's date below its line; gives the lower end of the picture."""
    u, size = area.unit, area.size * 0.9
    baseline = top + 8 * u
    if area.scale.shows(area.today):
        place = [(area.scale.x_at(area.today, 0.5), baseline)]
        wordings = f"{today_label} {format_day(area.today)}", today_label
        for words, anchor in product(wordings, ("middle", "right")):
            text = area.labels.place([words], place, size, anchor=anchor, bold=True)
            if text is not None:
                area.upper_layer.append(text)
                break
    x = area.scale.left
    for shapes_at, words in _key_entries(facts):
        text = area.labels.place([words], [(x + 8 * u, baseline)], size, fill=ColourRole.QUIET)
        if text is None:
            break
        area.upper_layer += [*shapes_at(x + 3.5 * u, baseline - 2.6 * u, 3 * u), text]
        x = text.box.right + 8 * u
    return baseline + 4 * u


def _key_entries(facts: TimelineFacts) -> list[tuple[MarkDrawer, str]]:
    came = {contact.came for contact in facts.contacts}
    key: list[tuple[MarkDrawer, str]] = [
        (partial(contact_mark, each), words) for each, words in CONTACT_KEY_LABELS.items() if each in came
    ]
    if any(offer.answer in {OfferAnswer.ACCEPTED, OfferAnswer.PARTLY} for offer in facts.offers):
        key.append((partial(answer_mark, OfferAnswer.ACCEPTED), "accepted"))
    if facts.concerns:
        key.append((lambda x, y, r: [concern_mark(x, y, r)], "concern"))
    if facts.triggers:
        key.append((lambda x, y, r: [trigger_mark(x, y, r, hollow=False)], "alert"))
    if any(trigger.open for trigger in facts.triggers):
        key.append((lambda x, y, r: [trigger_mark(x, y, r, hollow=True)], "awaits a decision"))
    return key
