"""The upper lanes: RAG ratings, custody and support offers, which have a duration."""

from collections.abc import Sequence
from datetime import date

from ioms_desktop.charts.alt_text import describe_empty_lane
from ioms_desktop.charts.drawing_area import DrawingArea
from ioms_desktop.charts.marks import NEUTRAL_ROLES, RAG_ROLES, answer_mark, hatching, rag_sign
from ioms_desktop.charts.shapes import ColourRole, Point, Polygon, Rect, Shape, Strokes, Text
from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.timeline import CustodyBand, OfferAnswer, OfferBar, RagBand, RecordRef, TimelineFacts

MAX_OFFER_ROWS = 8
HATCH_GAP_BY_RAG = {"RED": 3.0, "AMBER": 7.0}


def draw_rag(area: DrawingArea, bands: Sequence[RagBand], top: float) -> float:
    """Draw the RAG ratings by word, shape, hatching and colour; gives the lower end of the lane."""
    u = area.unit
    height = 13 * u
    area.name_lane("RAG", top + 9 * u)
    for band in bands:
        last = min(band.to_on or area.today, area.scale.to_on)
        if last < area.scale.from_on or band.from_on > area.scale.to_on:
            continue
        left, right = area.scale.clipped_x_at(band.from_on), area.scale.clipped_x_at(last + DAY)
        title = f"{band.rag} {_format_period(band.from_on, band.to_on)}" + (f": {band.reason}" if band.reason else "")
        area.add_mark(
            RecordRef("rag", band.ref), title, _rag_shapes(area, band.rag, Rect(left, top, right - left, height))
        )
    return top + height


def _rag_shapes(area: DrawingArea, rag: str, box: Rect) -> list[Shape]:
    u = area.unit
    sign, fill, ink = RAG_ROLES.get(rag, NEUTRAL_ROLES)
    shapes: list[Shape] = [Rect(box.x, box.y, box.width, box.height, fill=fill)]
    gap = HATCH_GAP_BY_RAG.get(rag)
    lines = hatching(box, sign, gap * u, rising=rag == "RED") if gap else None
    if lines is not None:
        shapes.append(lines)
    shapes.append(Rect(box.x, box.y + box.height - 2 * u, box.width, 2 * u, fill=sign))
    shapes.append(Strokes(((box.x, box.y, box.x, box.y + box.height),), sign, 0.7))
    middle = box.y + (box.height - 2 * u) / 2
    room = 12 * u
    baseline = middle + 0.36 * area.size
    right = box.x + box.width - 2 * u
    text = area.labels.place([rag], [(box.x + room, baseline)], area.size, fill=ink, bold=True, within=(box.x, right))
    if text is None:
        place = [(box.x + box.width / 2, baseline)]
        limits = (box.x + 0.5, box.x + box.width - 0.5)
        text = area.labels.place([rag[:1]], place, area.size, anchor="middle", fill=ink, bold=True, within=limits)
        if text is not None:
            shapes += _clear_hatching(text.box.left - 1, text.box.right + 1, box, fill, u)
    else:
        shapes += _clear_hatching(box.x + 1, text.box.right + 2 * u, box, fill, u)
        shapes += rag_sign(rag, box.x + 6.5 * u, middle, 3.4 * u)
    if text is not None:
        shapes.append(text)
    return shapes


def _clear_hatching(left: float, right: float, box: Rect, fill: ColourRole, u: float) -> list[Shape]:
    """Keep the hatching clear of the label."""
    return [Rect(left, box.y, right - left, box.height - 2 * u, fill=fill)]


def draw_custody(area: DrawingArea, bands: Sequence[CustodyBand], top: float) -> float:
    """Draw the periods in custody; gives the lower end of the lane."""
    u = area.unit
    height = 11 * u
    area.name_lane("Custody", top + 8 * u)
    for band in bands:
        last = min(band.to_on or area.today, area.scale.to_on)
        if last < area.scale.from_on or band.from_on > area.scale.to_on:
            continue
        left, right = area.scale.clipped_x_at(band.from_on), area.scale.clipped_x_at(last + DAY)
        box = Rect(
            left, top, right - left, height, fill=ColourRole.NEUTRAL_FILL, stroke=ColourRole.NEUTRAL, thickness=0.5
        )
        shapes: list[Shape] = [box]
        lines = hatching(box, ColourRole.NEUTRAL, 4.0 * u, rising=False)
        shapes += [lines] if lines is not None else []
        words = [band.label, area.labels.shorten(band.label, right - left - 8 * u, area.size)]
        limits = (left + 2 * u, right - 2 * u)
        text = area.labels.place(
            words, [(left + 4 * u, top + 8 * u)], area.size, fill=ColourRole.NEUTRAL_TEXT, within=limits
        )
        if text is not None:
            inside = Rect(text.box.left - 2, top + 0.5, text.width + 4, height - 1, fill=ColourRole.NEUTRAL_FILL)
            shapes += [inside, text]
        label = band.label or "In custody"
        area.add_mark(RecordRef("custody", band.ref), f"{label} {_format_period(band.from_on, band.to_on)}", shapes)
    return top + height


def draw_offers(area: DrawingArea, facts: TimelineFacts, top: float) -> float:
    """Draw the support offers as bars, open ones with an arrow; gives the lower end of the lane."""
    u = area.unit
    row = 11 * u
    area.name_lane("Support offers", top + 8 * u)
    shown = [offer for offer in facts.offers if _is_visible(area, offer)]
    if not shown:
        area.write_in_lane(describe_empty_lane(facts, "offers"), top + 8 * u)
        return top + row
    ends: list[float] = []
    for offer in sorted(shown, key=lambda each: (each.offered_on, each.ref)):
        left, right = _extent(area, offer)
        wanted = right + area.labels.width(offer.label, area.size) + 8 * u
        number = next((k for k, end in enumerate(ends) if end + 3 * u <= left), len(ends))
        if number >= MAX_OFFER_ROWS:
            number = min(range(MAX_OFFER_ROWS), key=lambda k: ends[k])
        ends[number : number + 1] = [max(wanted, right)]
        _draw_offer(area, offer, top + number * row, (left, right))
    return top + len(ends) * row


def _is_visible(area: DrawingArea, offer: OfferBar) -> bool:
    closed = offer.closed_on
    return offer.offered_on <= area.scale.to_on and (closed is None or closed >= area.scale.from_on)


def _extent(area: DrawingArea, offer: OfferBar) -> tuple[float, float]:
    left = area.scale.clipped_x_at(offer.offered_on)
    last = offer.closed_on or min(area.today, area.scale.to_on)
    return left, max(area.scale.clipped_x_at(last + DAY), left + 4 * area.unit)


def _draw_offer(area: DrawingArea, offer: OfferBar, top: float, extent: tuple[float, float]) -> None:
    u = area.unit
    left, right = extent
    middle, half = top + 5 * u, 2.4 * u
    bar = Rect(
        left,
        middle - half,
        right - left,
        2 * half,
        fill=ColourRole.ACCENT_SOFT,
        stroke=ColourRole.ACCENT,
        thickness=0.5,
    )
    shapes: list[Shape] = [bar]
    if offer.closed_on is None:
        tip = (Point(right, middle - 1.6 * half), Point(right + 5 * u, middle), Point(right, middle + 1.6 * half))
        shapes.append(Polygon(tip, fill=ColourRole.ACCENT))
    shapes += _answer_shapes(area, offer, middle)
    right += 5 * u if offer.closed_on is None else 0
    baseline = top + 7.8 * u
    after = right + 3 * u
    text = area.labels.place([offer.label], [(after, baseline)], area.size)
    if text is None:
        text = area.labels.place(
            [offer.label], [(left - 3 * u, baseline)], area.size, anchor="right", within=(area.scale.left, left)
        )
    if text is None:
        text = _label_inside_bar(area, offer, (left, right), baseline)
    shapes += area.with_background(text)
    area.add_mark(RecordRef("offer", offer.ref), _describe_offer(offer), shapes, Point(left + u, middle + half))


def _label_inside_bar(area: DrawingArea, offer: OfferBar, extent: tuple[float, float], baseline: float) -> Text | None:
    left, right = extent
    start = left + 4 * area.unit
    if offer.answered_on is not None and area.scale.shows(offer.answered_on):
        start = max(start, area.scale.x_at(offer.answered_on, 0.5) + 6 * area.unit)
    room = right - start - 6 * area.unit
    words = area.labels.shorten(offer.label, room, area.size)
    return area.labels.place([words], [(start, baseline)], area.size)


def _answer_shapes(area: DrawingArea, offer: OfferBar, middle: float) -> list[Shape]:
    on = offer.answered_on
    if offer.answer is OfferAnswer.NONE or on is None or not area.scale.shows(on):
        return []
    x = area.scale.x_at(on, 0.5)
    area.labels.block(Rect(x - 4, middle - 4, 8, 8).box)
    return answer_mark(offer.answer, x, middle, 3.6 * area.unit)


def _describe_offer(offer: OfferBar) -> str:
    said = {
        OfferAnswer.NONE: "no answer yet",
        OfferAnswer.ACCEPTED: "accepted",
        OfferAnswer.PARTLY: "accepted in part",
        OfferAnswer.DECLINED: "declined",
    }
    answer = said[offer.answer] + (f" {format_day(offer.answered_on)}" if offer.answered_on else "")
    if offer.closed_on is None:
        state = "open"
    else:
        state = f"ended {format_day(offer.closed_on)}" if offer.answer is not OfferAnswer.DECLINED else "closed"
    detail = f" {offer.detail}." if offer.detail else ""
    return f"Offer of {offer.label}, made {format_day(offer.offered_on)}, {answer}, {state}.{detail}"


def _format_period(first: date, last: date | None) -> str:
    return f"from {format_day(first)}" + (f" to {format_day(last)}" if last is not None else "")
