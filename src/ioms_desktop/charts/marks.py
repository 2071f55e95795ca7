"""The marks of a timeline, which differ in shape, not only in colour."""

from math import cos, pi, sin

from ioms_desktop.charts.shapes import Circle, ColourRole, Point, Polygon, Rect, Shape, Strokes, Text
from ioms_desktop.domain.timeline import ContactResult, OfferAnswer

RAG_ROLES = {
    "RED": (ColourRole.RED, ColourRole.RED_FILL, ColourRole.RED_TEXT),
    "AMBER": (ColourRole.AMBER, ColourRole.AMBER_FILL, ColourRole.AMBER_TEXT),
    "GREEN": (ColourRole.GREEN, ColourRole.GREEN_FILL, ColourRole.GREEN_TEXT),
    "BLUE": (ColourRole.BLUE, ColourRole.BLUE_FILL, ColourRole.BLUE_TEXT),
}
NEUTRAL_ROLES = (ColourRole.NEUTRAL, ColourRole.NEUTRAL_FILL, ColourRole.NEUTRAL_TEXT)


def rag_sign(rag: str, x: float, y: float, radius: float) -> list[Shape]:
    """Draw the shape of a RAG rating: octagon, triangle, circle, or a square with a lock."""
    role = RAG_ROLES.get(rag, NEUTRAL_ROLES)[0]
    if rag == "RED":
        corners = tuple(
            Point(x + radius * 1.05 * cos(pi / 8 + k * pi / 4), y + radius * 1.05 * sin(pi / 8 + k * pi / 4))
            for k in range(8)
        )
        return [Polygon(corners, fill=role)]
    if rag == "AMBER":
        return [
            Polygon(
                (
                    Point(x, y - radius),
                    Point(x + radius * 1.1, y + radius * 0.9),
                    Point(x - radius * 1.1, y + radius * 0.9),
                ),
                fill=role,
            )
        ]
    if rag == "BLUE":
        side = radius * 0.95
        body = Rect(x - side, y - side * 0.15, 2 * side, side * 1.15, fill=role, radius=radius * 0.2)
        arch = side * 0.55
        shackle = (
            (x - arch, y, x - arch, y - side),
            (x - arch, y - side, x + arch, y - side),
            (x + arch, y - side, x + arch, y),
        )
        return [Strokes(shackle, role, radius * 0.32), body]
    return [Circle(x, y, radius * 0.95, fill=role)]


def hatching(box: Rect, role: ColourRole, gap: float, *, rising: bool) -> Strokes | None:
    """Draw slanted lines that fill a rectangle."""
    lines: list[tuple[float, float, float, float]] = []
    left, top, width, height = box[:4]
    right = left + width
    offset = gap
    while offset < width + height:
        x1, y1 = min(offset, width), max(0.0, offset - width)
        x2, y2 = max(0.0, offset - height), min(offset, height)
        if rising:
            lines.append((left + x1, top + y1, left + x2, top + y2))
        else:
            lines.append((right - x1, top + y1, right - x2, top + y2))
        offset += gap
    return Strokes(tuple(lines), role, 0.25) if lines else None


def contact_mark(came: ContactResult, x: float, y: float, radius: float) -> list[Shape]:
    """Draw the result of a contact: a disc, a cross, a ring or a short dash."""
    if came is ContactResult.SEEN:
        return [Circle(x, y, radius, ColourRole.ACCENT, ColourRole.SURFACE, radius * 0.25)]
    if came is ContactResult.MISSED:
        arm = radius * 0.82
        cross = ((x - arm, y - arm, x + arm, y + arm), (x - arm, y + arm, x + arm, y - arm))
        return [Strokes(cross, ColourRole.TEXT, radius * 0.5)]
    if came is ContactResult.ATTEMPT:
        return [Circle(x, y, radius * 0.82, fill=ColourRole.SURFACE, stroke=ColourRole.TEXT, thickness=radius * 0.32)]
    return [Strokes(((x - radius * 0.8, y, x + radius * 0.8, y),), ColourRole.QUIET, radius * 0.45)]


def answer_mark(answer: OfferAnswer, x: float, y: float, radius: float) -> list[Shape]:
    """Draw an answer to an offer: a tick, half a tick for partly, a cross for declined."""
    disc = Circle(x, y, radius, fill=ColourRole.SURFACE, stroke=ColourRole.ACCENT, thickness=radius * 0.25)
    arm = radius * 0.5
    sign: tuple[tuple[float, float, float, float], ...]
    thick = radius * 0.32
    if answer is OfferAnswer.DECLINED:
        sign = ((x - arm, y - arm, x + arm, y + arm), (x - arm, y + arm, x + arm, y - arm))
    elif answer is OfferAnswer.PARTLY:
        sign = ((x - arm, y, x + arm, y),)
    else:
        sign = ((x - arm, y, x - arm * 0.2, y + arm * 0.8), (x - arm * 0.2, y + arm * 0.8, x + arm, y - arm * 0.8))
    return [disc, Strokes(sign, ColourRole.ACCENT, thick)]


def concern_mark(x: float, y: float, radius: float) -> Polygon:
    """Draw a concern."""
    corners = (Point(x, y - radius), Point(x + radius, y), Point(x, y + radius), Point(x - radius, y))
    return Polygon(corners, fill=ColourRole.TEXT, stroke=ColourRole.SURFACE, thickness=radius * 0.2)


def trigger_mark(x: float, y: float, radius: float, *, hollow: bool) -> Polygon:
    """Draw a trigger: a triangle that points down to the decision it asks for; hollow while there is none."""
    corners = (Point(x - radius, y - radius * 0.8), Point(x + radius, y - radius * 0.8), Point(x, y + radius))
    fill = ColourRole.SURFACE if hollow else ColourRole.ACCENT
    return Polygon(corners, fill=fill, stroke=ColourRole.ACCENT, thickness=radius * 0.3)


def text_background(text: Text) -> Rect:
    """Draw the background of a text, which hides lines that would cross it."""
    box = text.box
    return Rect(box.left - 1, box.top, box.right - box.left + 2, box.bottom - box.top, fill=ColourRole.SURFACE)
