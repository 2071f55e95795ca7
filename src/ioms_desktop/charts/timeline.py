"""The timeline: both halves of the promise on one time axis, laid out once for the screen and for paper."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from ioms_desktop.charts.alt_text import told
from ioms_desktop.charts.axis import Scale, draw_axis
from ioms_desktop.charts.bands import draw_custody, draw_offers, draw_rag
from ioms_desktop.charts.drawing_area import Sheet
from ioms_desktop.charts.events import draw_concerns, draw_contacts, draw_decisions, draw_engagement
from ioms_desktop.charts.labels import Labels
from ioms_desktop.charts.marks import answer_mark, contact_mark, diamond, pointer
from ioms_desktop.charts.shapes import FontMetrics, Picture, Role, Shape, Strokes
from ioms_desktop.charts.triggers import draw_triggers, tie_decisions
from ioms_desktop.domain.text_format import day_words
from ioms_desktop.domain.timeline import Answer, Came, TimelineFacts

PAPER_TEXT = 7.0
SCREEN_TEXT = 11.0
GUTTER = "Support offers"
LEAST_PLOT = 40.0
KEY_OF_CONTACTS = {
    Came.SEEN: "seen",
    Came.MISSED: "missed",
    Came.ATTEMPT: "attempt",
    Came.CANCELLED: "cancelled",
}
Mark = Callable[[float, float, float], list[Shape]]


def layout(
    facts: TimelineFacts,
    width: float,
    *,
    from_on: date,
    to_on: date,
    today: date,
    metrics: FontMetrics,
    text: float = PAPER_TEXT,
    today_words: str = "today",
) -> Picture:
    """Lay out a case's timeline; its height follows from what there is.

    Args:
        facts: What happened.
        width: The picture's width in points (on screen: pixels at 100 %).
        from_on: The first day shown.
        to_on: The last day shown, included; one day is shown when it is not after the first.
        today: Drawn as a thin line where it is in sight; nothing open is drawn beyond it.
        metrics: How wide words are in the painter's typeface.
        text: The size of words; every other measure follows from it.
        today_words: What the line of today is called.
    """
    labels = Labels(metrics, width)
    unit = text / 8
    left = labels.width(GUTTER, text) + 8 * unit
    scale = Scale(from_on, max(from_on, to_on), left, max(width - 6 * unit, left + LEAST_PLOT))
    sheet = Sheet(scale, labels, text, today)
    head = 2.9 * text
    bottom = _lanes(sheet, facts, head + 6 * unit)
    under = draw_axis(scale, labels, 0.0, bottom, text)
    end = _foot(sheet, facts, bottom + 3 * unit, today_words)
    shapes = (*under, *_today(sheet, head, bottom), *sheet.under, *sheet.over)
    return Picture(width, end, shapes, told(facts, scale.from_on, scale.to_on), (scale.left, scale.right))


def whole_period(facts: TimelineFacts, today: date, *, least_days: int = 84) -> tuple[date, date]:
    """Give the first and last day that show everything, today included, and no less than twelve weeks."""
    days = [today, *_days(facts)]
    first, last = min(days), max(days)
    return min(first, last - timedelta(days=least_days - 1)), last


def _days(facts: TimelineFacts) -> list[date]:
    spans = [*(band.from_on for band in facts.rag), *(offer.offered_on for offer in facts.offers)]
    # A long-standing sentence is no reason to show the years before the case: custody begins where it is drawn.
    marks = [*(each.on for each in facts.contacts), *(each.on for each in facts.concerns)]
    marks += [each.on for each in facts.decisions]
    return [*spans, *marks, *(rating.week for rating in facts.ratings), *(each.raised_on for each in facts.triggers)]


def _lanes(sheet: Sheet, facts: TimelineFacts, top: float) -> float:
    gap = 5 * sheet.unit
    if facts.empty:
        sheet.say(_nothing(sheet), top + 8 * sheet.unit)
        return top + 16 * sheet.unit
    if facts.rag:
        top = draw_rag(sheet, facts.rag, top) + gap
    if facts.custody:
        top = draw_custody(sheet, facts.custody, top) + gap
    top = draw_offers(sheet, facts.offers, top) + gap
    top = draw_contacts(sheet, facts.contacts, top) + gap
    if facts.ratings:
        top = draw_engagement(sheet, facts.ratings, top) + gap
    top = draw_concerns(sheet, facts.concerns, top) + gap
    top = draw_triggers(sheet, facts.triggers, top) + gap
    top = draw_decisions(sheet, facts.decisions, top) + gap
    tie_decisions(sheet, facts.triggers)
    return top


def _nothing(sheet: Sheet) -> str:
    return f"Nothing recorded from {day_words(sheet.scale.from_on)} to {day_words(sheet.scale.to_on)}."


def _today(sheet: Sheet, top: float, bottom: float) -> list[Shape]:
    if not sheet.scale.shows(sheet.today):
        return []
    x = sheet.scale.at(sheet.today, 0.5)
    return [Strokes(((x, top, x, bottom),), Role.TEXT, 0.6 * sheet.unit)]


def _foot(sheet: Sheet, facts: TimelineFacts, top: float, today_words: str) -> float:
    """Write what the marks mean, and today's date under its line; give where the picture ends."""
    u, size = sheet.unit, sheet.size * 0.9
    baseline = top + 8 * u
    if sheet.scale.shows(sheet.today):
        place = [(sheet.scale.at(sheet.today, 0.5), baseline)]
        wordings = [f"{today_words} {day_words(sheet.today)}", today_words]
        for anchor in ("middle", "right"):
            text = sheet.labels.place(wordings, place, size, anchor=anchor, bold=True)
            if text is not None:
                sheet.over.append(text)
                break
    x = sheet.scale.left
    for shapes_at, words in _key(facts):
        text = sheet.labels.place([words], [(x + 8 * u, baseline)], size, fill=Role.QUIET)
        if text is None:
            break
        sheet.over += [*shapes_at(x + 3.5 * u, baseline - 2.6 * u, 3 * u), text]
        x = text.box.right + 8 * u
    return baseline + 4 * u


def _key(facts: TimelineFacts) -> list[tuple[Mark, str]]:
    came = {contact.came for contact in facts.contacts}
    key: list[tuple[Mark, str]] = [
        (partial(contact_mark, each), words) for each, words in KEY_OF_CONTACTS.items() if each in came
    ]
    if any(offer.answer in {Answer.ACCEPTED, Answer.PARTLY} for offer in facts.offers):
        key.append((partial(answer_mark, Answer.ACCEPTED), "accepted"))
    if facts.concerns:
        key.append((lambda x, y, r: [diamond(x, y, r)], "concern"))
    if facts.triggers:
        key.append((lambda x, y, r: [pointer(x, y, r, hollow=False)], "trigger"))
    if any(trigger.open for trigger in facts.triggers):
        key.append((lambda x, y, r: [pointer(x, y, r, hollow=True)], "awaits a decision"))
    return key
