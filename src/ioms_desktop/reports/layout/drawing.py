"""Draws charts in a PDF, as vectors, from the same shapes that the screen paints."""

from collections.abc import Callable, Sequence

from reportlab.pdfgen.canvas import Canvas

from ioms_desktop.charts.shapes import Circle, ColourRole, Picture, Polygon, Rect, Strokes, Text
from ioms_desktop.reports.layout.palette import paper_colour
from ioms_desktop.reports.layout.styles import TextStyle
from ioms_desktop.reports.layout.text_lines import Line, set_line

WriteLines = Callable[[float, float, Sequence[Line], TextStyle], None]
"""Writes lines of a style with their left end and the baseline of the first at a place."""


def draw_picture(canvas: Canvas, picture: Picture, left: float, top: float, write: WriteLines) -> None:
    """Draw a picture with its top left corner at a position on the page (PDF coordinates, y upwards)."""
    canvas.saveState()
    canvas.setLineCap(0)
    for shape in picture.flat_shapes():
        match shape:
            case Strokes():
                _strokes(canvas, shape, left, top)
            case Rect():
                _paint(canvas, shape.fill, shape.stroke, shape.thickness)
                _rect(canvas, shape, left, top)
            case Circle():
                _paint(canvas, shape.fill, shape.stroke, shape.thickness)
                painted = {"fill": int(shape.fill is not None), "stroke": int(shape.stroke is not None)}
                canvas.circle(left + shape.x, top - shape.y, shape.radius, **painted)
            case Polygon():
                _paint(canvas, shape.fill, shape.stroke, shape.thickness)
                _polygon(canvas, shape, left, top)
            case Text():
                style = TextStyle(shape.size, shape.size, bold=shape.bold, fill=shape.fill)
                write(left + shape.x, top - shape.y, [set_line(shape.text, style)], style)
    canvas.restoreState()


def _paint(canvas: Canvas, fill: ColourRole | None, stroke: ColourRole | None, thickness: float) -> None:
    if fill is not None:
        canvas.setFillColor(paper_colour(fill))
    if stroke is not None:
        canvas.setStrokeColor(paper_colour(stroke))
        canvas.setLineWidth(thickness)


def _strokes(canvas: Canvas, shape: Strokes, left: float, top: float) -> None:
    canvas.setStrokeColor(paper_colour(shape.stroke))
    canvas.setLineWidth(shape.thickness)
    canvas.setDash(list(shape.dash))
    canvas.lines([(left + a, top - b, left + c, top - d) for a, b, c, d in shape.segments])
    if shape.dash:
        canvas.setDash([])


def _rect(canvas: Canvas, shape: Rect, left: float, top: float) -> None:
    painted = {"fill": int(shape.fill is not None), "stroke": int(shape.stroke is not None)}
    x, y = left + shape.x, top - shape.y - shape.height
    if shape.radius:
        canvas.roundRect(x, y, shape.width, shape.height, shape.radius, **painted)
    else:
        canvas.rect(x, y, shape.width, shape.height, **painted)


def _polygon(canvas: Canvas, shape: Polygon, left: float, top: float) -> None:
    path = canvas.beginPath()
    first, *rest = shape.points
    path.moveTo(left + first.x, top - first.y)
    for point in rest:
        path.lineTo(left + point.x, top - point.y)
    if shape.closed:
        path.close()
    canvas.drawPath(path, fill=int(shape.fill is not None), stroke=int(shape.stroke is not None))
