"""The marks of a timeline: each is told from the others by its shape, without colour."""

from math import cos, pi, sin

from ioms_desktop.charts.shapes import Circle, Point, Polygon, Rect, Role, Shape, Strokes, Text
from ioms_desktop.domain.timeline import Answer, Came

SIGNS = {
    "RED": (Role.RED, Role.RED_FILL, Role.RED_TEXT),
    "AMBER": (Role.AMBER, Role.AMBER_FILL, Role.AMBER_TEXT),
    "GREEN": (Role.GREEN, Role.GREEN_FILL, Role.GREEN_TEXT),
    "BLUE": (Role.BLUE, Role.BLUE_FILL, Role.BLUE_TEXT),
}
NEUTRAL = (Role.NEUTRAL, Role.NEUTRAL_FILL, Role.NEUTRAL_TEXT)


def rag_sign(rag: str, x: float, y: float, radius: float) -> list[Shape]:
    """Draw the shape of a colour: octagon, triangle, circle, or a square with a lock."""
    role = SIGNS.get(rag, NEUTRAL)[0]
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


def hatch(box: Rect, role: Role, gap: float, *, rising: bool) -> Strokes | None:
    """Draw slanting lines that fill a rectangle and end at its edges."""
    lines: list[tuple[float, float, float, float]] = []
    reach = box.width + box.height
    offset = gap
    while offset < reach:
        x1, y1 = min(offset, box.width), max(0.0, offset - box.width)
        x2, y2 = max(0.0, offset - box.height), min(offset, box.height)
        if rising:
            lines.append((box.x + x1, box.y + y1, box.x + x2, box.y + y2))
        else:
            lines.append((box.x + box.width - x1, box.y + y1, box.x + box.width - x2, box.y + y2))
        offset += gap
    return Strokes(tuple(lines), role, 0.25) if lines else None


def contact_mark(came: Came, x: float, y: float, radius: float) -> list[Shape]:
    """Draw what came of a contact: a disc, a cross, a ring or a short dash."""
    if came is Came.SEEN:
        return [Circle(x, y, radius, fill=Role.ACCENT, stroke=Role.SURFACE, thickness=radius * 0.25)]
    if came is Came.MISSED:
        arm = radius * 0.82
        cross = ((x - arm, y - arm, x + arm, y + arm), (x - arm, y + arm, x + arm, y - arm))
        return [Strokes(cross, Role.TEXT, radius * 0.5)]
    if came is Came.ATTEMPT:
        return [Circle(x, y, radius * 0.82, fill=Role.SURFACE, stroke=Role.TEXT, thickness=radius * 0.32)]
    return [Strokes(((x - radius * 0.8, y, x + radius * 0.8, y),), Role.QUIET, radius * 0.45)]


def answer_mark(answer: Answer, x: float, y: float, radius: float) -> list[Shape]:
    """Draw an answer to an offer: a tick, half a tick for partly, a cross for declined."""
    disc = Circle(x, y, radius, fill=Role.SURFACE, stroke=Role.ACCENT, thickness=radius * 0.25)
    arm = radius * 0.5
    sign: tuple[tuple[float, float, float, float], ...]
    thick = radius * 0.32
    if answer is Answer.DECLINED:
        sign = ((x - arm, y - arm, x + arm, y + arm), (x - arm, y + arm, x + arm, y - arm))
    elif answer is Answer.PARTLY:
        sign = ((x - arm, y, x + arm, y),)
    else:
        sign = ((x - arm, y, x - arm * 0.2, y + arm * 0.8), (x - arm * 0.2, y + arm * 0.8, x + arm, y - arm * 0.8))
    return [disc, Strokes(sign, Role.ACCENT, thick)]


def diamond(x: float, y: float, radius: float) -> Polygon:
    """Draw a concern."""
    corners = (Point(x, y - radius), Point(x + radius, y), Point(x, y + radius), Point(x - radius, y))
    return Polygon(corners, fill=Role.TEXT, stroke=Role.SURFACE, thickness=radius * 0.2)


def pointer(x: float, y: float, radius: float, *, hollow: bool) -> Polygon:
    """Draw a trigger: a triangle that points down to the decision it asks for; hollow while there is none."""
    corners = (Point(x - radius, y - radius * 0.8), Point(x + radius, y - radius * 0.8), Point(x, y + radius))
    fill = Role.SURFACE if hollow else Role.ACCENT
    return Polygon(corners, fill=fill, stroke=Role.ACCENT, thickness=radius * 0.3)


def patch(text: Text) -> Rect:
    """Draw what keeps passing lines off a text."""
    box = text.box
    return Rect(box.left - 1, box.top, box.right - box.left + 2, box.bottom - box.top, fill=Role.SURFACE)
