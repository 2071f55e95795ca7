"""The band in the margin by which a copy is known at arm's length: word, shape and pattern, besides its colour."""

from math import cos, pi, sin
from typing import Any

from ioms_desktop.charts.shapes import ColourRole
from ioms_desktop.reports.document.description import Band, BandPattern, BandShape
from ioms_desktop.reports.layout.canvas import PaperCanvas
from ioms_desktop.reports.layout.palette import paper_colour
from ioms_desktop.reports.layout.styles import TextStyle
from ioms_desktop.reports.layout.text_lines import Line, line_width, set_line

BAND_LEFT, BAND_WIDTH = 13.0, 19.0
BAND_BOTTOM, BAND_TOP = 42.0, 800.0
CENTRE = BAND_LEFT + BAND_WIDTH / 2
SIGN_RADIUS_PT = 6.6
WORD_SIZE_PT = 12.0
STRIPE_STEP_PT, STRIPE_THICKNESS_PT = 9.0, 3.2
LINE_PT = 1.2
PLATE_MARGIN_PT = 7.0
CORNERS = {BandShape.OCTAGON: (8, pi / 8), BandShape.TRIANGLE: (3, pi / 2), BandShape.DIAMOND: (4, 0.0),
           BandShape.SQUARE: (4, pi / 4), BandShape.WEDGE: (3, -pi / 2)}  # fmt: skip
RISES = {
    BandPattern.STRIPES: (BAND_WIDTH,),
    BandPattern.FALLING: (-BAND_WIDTH,),
    BandPattern.CROSSED: (BAND_WIDTH, -BAND_WIDTH),
    BandPattern.BARS: (0.0,),
}
"""By how much the stripes of a pattern rise across the band, from left to right."""


def draw_band(canvas: PaperCanvas, band: Band) -> None:
    """Draw a band along the left margin, with its sign and word at either end and in the middle."""
    canvas.saveState()
    canvas.setFillColor(paper_colour(band.role))
    canvas.setStrokeColor(paper_colour(band.role))
    canvas.setLineWidth(LINE_PT)
    canvas.rect(BAND_LEFT, BAND_BOTTOM, BAND_WIDTH, BAND_TOP - BAND_BOTTOM, fill=int(band.pattern is BandPattern.SOLID))
    for rise in RISES.get(band.pattern, ()):
        _draw_stripes(canvas, rise)
    solid = band.pattern is BandPattern.SOLID
    style = TextStyle(WORD_SIZE_PT, WORD_SIZE_PT, bold=True, fill=ColourRole.SURFACE if solid else band.role)
    word = set_line(band.word, style)
    needed = line_width(word, style) + 2 * SIGN_RADIUS_PT + 3 * PLATE_MARGIN_PT
    middle = (BAND_TOP + BAND_BOTTOM) / 2
    for top in (BAND_TOP - 26, middle + needed / 2, BAND_BOTTOM + 26 + needed):
        _draw_plate(canvas, band, word, style, top, needed)
    canvas.restoreState()


def _draw_plate(canvas: PaperCanvas, band: Band, word: Line, style: TextStyle, top: float, length: float) -> None:
    """Draw a sign with the word beneath it, read from below, on white unless the band is solid."""
    solid = band.pattern is BandPattern.SOLID
    if not solid:
        canvas.setFillColor(paper_colour(ColourRole.SURFACE))
        canvas.rect(BAND_LEFT + LINE_PT, top - length, BAND_WIDTH - 2 * LINE_PT, length, fill=1, stroke=0)
    canvas.setFillColor(paper_colour(style.fill))
    sign = top - PLATE_MARGIN_PT - SIGN_RADIUS_PT
    if band.shape is BandShape.CIRCLE:
        canvas.circle(CENTRE, sign, SIGN_RADIUS_PT, fill=1, stroke=0)
    else:
        corners, turn = CORNERS[band.shape]
        _fill_polygon(canvas, corners, turn, sign)
    canvas.saveState()
    canvas.translate(CENTRE + WORD_SIZE_PT * 0.36, top - length + PLATE_MARGIN_PT)
    canvas.rotate(90)
    canvas.writer.write(0, 0, [word], style)
    canvas.restoreState()


def _fill_polygon(canvas: PaperCanvas, corners: int, turn: float, y: float) -> None:
    path: Any = canvas.beginPath()
    for number in range(corners):
        angle = turn + 2 * pi * number / corners
        place = (CENTRE + SIGN_RADIUS_PT * cos(angle), y + SIGN_RADIUS_PT * sin(angle))
        path.lineTo(*place) if number else path.moveTo(*place)
    path.close()
    canvas.drawPath(path, fill=1, stroke=0)


def _draw_stripes(canvas: PaperCanvas, rise: float) -> None:
    """Draw stripes across the band, which rise from left to right by a height, or fall where it is negative."""
    canvas.saveState()
    path: Any = canvas.beginPath()
    path.rect(BAND_LEFT, BAND_BOTTOM, BAND_WIDTH, BAND_TOP - BAND_BOTTOM)
    canvas.clipPath(path, stroke=0)
    canvas.setLineWidth(STRIPE_THICKNESS_PT)
    count = int((BAND_TOP - BAND_BOTTOM + abs(rise)) / STRIPE_STEP_PT)
    bottoms = [BAND_BOTTOM - max(rise, 0.0) + STRIPE_STEP_PT * number for number in range(count + 1)]
    canvas.lines([(BAND_LEFT, y, BAND_LEFT + BAND_WIDTH, y + rise) for y in bottoms])
    canvas.restoreState()
