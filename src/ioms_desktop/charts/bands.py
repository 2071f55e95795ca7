"""The upper lanes: RAG, custody and support offers, which last for a time."""

from collections.abc import Sequence
from datetime import date, timedelta

from ioms_desktop.charts.drawing_area import Sheet
from ioms_desktop.charts.marks import NEUTRAL, SIGNS, answer_mark, hatch, rag_sign
from ioms_desktop.charts.shapes import Point, Polygon, Rect, Role, Shape, Strokes, Text
from ioms_desktop.domain.text_format import day_words
from ioms_desktop.domain.timeline import Answer, CustodyBand, OfferBar, RagBand, Ref

DAY = timedelta(days=1)
MOST_ROWS = 8
HATCH_GAP = {"RED": 3.0, "AMBER": 7.0}


def draw_rag(sheet: Sheet, bands: Sequence[RagBand], top: float) -> float:
    """Draw the colours, each by word, shape, hatching and colour; give where the lane ends."""
    u = sheet.unit
    height = 13 * u
    sheet.name_lane("RAG", top + 9 * u)
    for band in bands:
        last = min(band.to_on or sheet.today, sheet.scale.to_on)
        if last < sheet.scale.from_on or band.from_on > sheet.scale.to_on:
            continue
        left, right = sheet.scale.clipped(band.from_on), sheet.scale.clipped(last + DAY)
        title = f"{band.rag} {_period(band.from_on, band.to_on)}" + (f": {band.reason}" if band.reason else "")
        sheet.add(Ref("rag", band.ref), title, _coloured(sheet, band.rag, Rect(left, top, right - left, height)))
    return top + height


def _coloured(sheet: Sheet, rag: str, box: Rect) -> list[Shape]:
    u = sheet.unit
    sign, fill, ink = SIGNS.get(rag, NEUTRAL)
    shapes: list[Shape] = [Rect(box.x, box.y, box.width, box.height, fill=fill)]
    gap = HATCH_GAP.get(rag)
    lines = hatch(box, sign, gap * u, rising=rag == "RED") if gap else None
    if lines is not None:
        shapes.append(lines)
    shapes.append(Rect(box.x, box.y + box.height - 2 * u, box.width, 2 * u, fill=sign))
    shapes.append(Strokes(((box.x, box.y, box.x, box.y + box.height),), sign, 0.7))
    middle = box.y + (box.height - 2 * u) / 2
    room = 12 * u
    baseline = middle + 0.36 * sheet.size
    right = box.x + box.width - 2 * u
    text = sheet.labels.place([rag], [(box.x + room, baseline)], sheet.size, fill=ink, bold=True, within=(box.x, right))
    if text is None:
        place = [(box.x + box.width / 2, baseline)]
        limits = (box.x + 0.5, box.x + box.width - 0.5)
        text = sheet.labels.place([rag[:1]], place, sheet.size, anchor="middle", fill=ink, bold=True, within=limits)
        if text is not None:
            shapes += _on_patch(text.box.left - 1, text.box.right + 1, box, fill, u)
    else:
        shapes += _on_patch(box.x + 1, text.box.right + 2 * u, box, fill, u)
        shapes += rag_sign(rag, box.x + 6.5 * u, middle, 3.4 * u)
    if text is not None:
        shapes.append(text)
    return shapes


def _on_patch(left: float, right: float, box: Rect, fill: Role, u: float) -> list[Shape]:
    """Keep the hatching off the word."""
    return [Rect(left, box.y, right - left, box.height - 2 * u, fill=fill)]


def draw_custody(sheet: Sheet, bands: Sequence[CustodyBand], top: float) -> float:
    """Draw the spells in custody; give where the lane ends."""
    u = sheet.unit
    height = 11 * u
    sheet.name_lane("Custody", top + 8 * u)
    for band in bands:
        last = min(band.to_on or sheet.today, sheet.scale.to_on)
        if last < sheet.scale.from_on or band.from_on > sheet.scale.to_on:
            continue
        left, right = sheet.scale.clipped(band.from_on), sheet.scale.clipped(last + DAY)
        box = Rect(left, top, right - left, height, fill=Role.NEUTRAL_FILL, stroke=Role.NEUTRAL, thickness=0.5)
        shapes: list[Shape] = [box]
        lines = hatch(box, Role.NEUTRAL, 4.0 * u, rising=False)
        shapes += [lines] if lines is not None else []
        words = [band.label, sheet.labels.shortened(band.label, right - left - 8 * u, sheet.size)]
        limits = (left + 2 * u, right - 2 * u)
        text = sheet.labels.place(
            words, [(left + 4 * u, top + 8 * u)], sheet.size, fill=Role.NEUTRAL_TEXT, within=limits
        )
        if text is not None:
            inside = Rect(text.box.left - 2, top + 0.5, text.width + 4, height - 1, fill=Role.NEUTRAL_FILL)
            shapes += [inside, text]
        label = band.label or "In custody"
        sheet.add(Ref("custody", band.ref), f"{label} {_period(band.from_on, band.to_on)}", shapes)
    return top + height


def draw_offers(sheet: Sheet, offers: Sequence[OfferBar], top: float) -> float:
    """Draw the support offers as bars, open ones with an arrow; give where the lane ends."""
    u = sheet.unit
    row = 11 * u
    sheet.name_lane("Support offers", top + 8 * u)
    shown = [offer for offer in offers if _on_sheet(sheet, offer)]
    if not shown:
        sheet.say("No offer recorded" if not offers else "No offer in this period", top + 8 * u)
        return top + row
    ends: list[float] = []
    for offer in sorted(shown, key=lambda each: (each.offered_on, each.ref)):
        left, right = _extent(sheet, offer)
        wanted = right + sheet.labels.width(offer.label, sheet.size) + 8 * u
        number = next((k for k, end in enumerate(ends) if end + 3 * u <= left), len(ends))
        if number >= MOST_ROWS:
            number = min(range(MOST_ROWS), key=lambda k: ends[k])
        ends[number : number + 1] = [max(wanted, right)]
        _offer(sheet, offer, top + number * row, (left, right))
    return top + len(ends) * row


def _on_sheet(sheet: Sheet, offer: OfferBar) -> bool:
    closed = offer.closed_on
    return offer.offered_on <= sheet.scale.to_on and (closed is None or closed >= sheet.scale.from_on)


def _extent(sheet: Sheet, offer: OfferBar) -> tuple[float, float]:
    left = sheet.scale.clipped(offer.offered_on)
    last = offer.closed_on or min(sheet.today, sheet.scale.to_on)
    return left, max(sheet.scale.clipped(last + DAY), left + 4 * sheet.unit)


def _offer(sheet: Sheet, offer: OfferBar, top: float, extent: tuple[float, float]) -> None:
    u = sheet.unit
    left, right = extent
    middle, half = top + 5 * u, 2.4 * u
    bar = Rect(left, middle - half, right - left, 2 * half, fill=Role.ACCENT_SOFT, stroke=Role.ACCENT, thickness=0.5)
    shapes: list[Shape] = [bar]
    if offer.closed_on is None:
        tip = (Point(right, middle - 1.6 * half), Point(right + 5 * u, middle), Point(right, middle + 1.6 * half))
        shapes.append(Polygon(tip, fill=Role.ACCENT))
    shapes += _answer(sheet, offer, middle)
    right += 5 * u if offer.closed_on is None else 0
    baseline = top + 7.8 * u
    after = right + 3 * u
    text = sheet.labels.place([offer.label], [(after, baseline)], sheet.size)
    if text is None:
        text = sheet.labels.place(
            [offer.label], [(left - 3 * u, baseline)], sheet.size, anchor="right", within=(sheet.scale.left, left)
        )
    if text is None:
        text = _inside(sheet, offer, (left, right), baseline)
    shapes += sheet.beside(text)
    sheet.add(Ref("offer", offer.ref), _told(offer), shapes, Point(left + u, middle + half))


def _inside(sheet: Sheet, offer: OfferBar, extent: tuple[float, float], baseline: float) -> Text | None:
    left, right = extent
    start = left + 4 * sheet.unit
    if offer.answered_on is not None and sheet.scale.shows(offer.answered_on):
        start = max(start, sheet.scale.at(offer.answered_on, 0.5) + 6 * sheet.unit)
    room = right - start - 6 * sheet.unit
    words = sheet.labels.shortened(offer.label, room, sheet.size)
    return sheet.labels.place([words], [(start, baseline)], sheet.size)


def _answer(sheet: Sheet, offer: OfferBar, middle: float) -> list[Shape]:
    on = offer.answered_on
    if offer.answer is Answer.NONE or on is None or not sheet.scale.shows(on):
        return []
    x = sheet.scale.at(on, 0.5)
    sheet.labels.block(Rect(x - 4, middle - 4, 8, 8).box)
    return answer_mark(offer.answer, x, middle, 3.6 * sheet.unit)


def _told(offer: OfferBar) -> str:
    said = {
        Answer.NONE: "no answer yet",
        Answer.ACCEPTED: "accepted",
        Answer.PARTLY: "accepted in part",
        Answer.DECLINED: "declined",
    }
    answer = said[offer.answer] + (f" {day_words(offer.answered_on)}" if offer.answered_on else "")
    if offer.closed_on is None:
        state = "open"
    else:
        state = f"ended {day_words(offer.closed_on)}" if offer.answer is not Answer.DECLINED else "closed"
    detail = f" {offer.detail}." if offer.detail else ""
    return f"Offer of {offer.label}, made {day_words(offer.offered_on)}, {answer}, {state}.{detail}"


def _period(first: date, last: date | None) -> str:
    return f"from {day_words(first)}" + (f" to {day_words(last)}" if last is not None else "")
