"""The page of every document: A4, with its marking, band, running head and foot around the content."""

from reportlab.lib.pagesizes import A4

from ioms_desktop.charts.shapes import ColourRole
from ioms_desktop.reports.document.description import PageFrame
from ioms_desktop.reports.layout.band import draw_band
from ioms_desktop.reports.layout.canvas import PaperCanvas
from ioms_desktop.reports.layout.fonts import BOLD_FONT, REGULAR_FONT, text_width, to_one_line
from ioms_desktop.reports.layout.palette import paper_colour
from ioms_desktop.reports.layout.styles import SMALL_LEADING_PT, SMALL_SIZE_PT
from ioms_desktop.reports.layout.text_lines import cut_to_width, wrap_text

PAGE_WIDTH, PAGE_HEIGHT = A4
LEFT, RIGHT = 42.0, PAGE_WIDTH - 30.0
TOP = PAGE_HEIGHT - 42.0
CONTENT_WIDTH_PT = RIGHT - LEFT
MARKING_SIZE_PT = 9.0
MARKING_BOTTOM = 15.0
FOOT_BOTTOM = 29.0
FOOT_RULE_PT = 11.0  # from the rule to the first line of the foot
GAP_ABOVE_FOOT_PT = 5.0
PAGE_NUMBER_WIDTH_PT = 96.0
MAX_FOOT_LINES = 20  # what is longer is said to go on


class FramedPage:
    """What stands around the content of each page, measured once for a document."""

    def __init__(self, frame: PageFrame, further_foot_line: str = "") -> None:
        """Measure a frame.

        Args:
            frame: What it says.
            further_foot_line: A line that the content calls for, at the end of the foot.
        """
        self._frame = frame
        texts = [*frame.foot_lines, *([further_foot_line] if further_foot_line else [])]
        room = CONTENT_WIDTH_PT - PAGE_NUMBER_WIDTH_PT
        lines = [line for text in texts for line in wrap_text(text, room, SMALL_SIZE_PT)]
        if len(lines) > MAX_FOOT_LINES:
            lines = [*lines[: MAX_FOOT_LINES - 1], "… The rest of this foot has no room; the record has it."]
        self._foot = lines
        self._rule = FOOT_BOTTOM + max(2, len(lines)) * SMALL_LEADING_PT + FOOT_RULE_PT - SMALL_LEADING_PT

    @property
    def bottom(self) -> float:
        """The lower end of the content."""
        return self._rule + GAP_ABOVE_FOOT_PT

    def draw(self, canvas: PaperCanvas, number: int, pages: int, continued: str) -> None:
        """Draw it as an artefact.

        Args:
            canvas: Where to.
            number: The number of the page, from 1.
            pages: How many there are.
            continued: The section that goes on at the top of the page; empty for none.
        """
        frame = self._frame
        canvas.tags.begin_artefact()
        canvas.saveState()
        if frame.band is not None:
            draw_band(canvas, frame.band)
        self._draw_marking(canvas, PAGE_HEIGHT - 24)
        if frame.warning:
            _draw_text(canvas, RIGHT, PAGE_HEIGHT - 24, frame.warning, 8.0, BOLD_FONT, right=True)
        if number > 1:
            ahead = f"{frame.running_head} · {continued}, continued" if continued else frame.running_head
            shown = cut_to_width(ahead, CONTENT_WIDTH_PT, SMALL_SIZE_PT)
            _draw_text(canvas, LEFT, PAGE_HEIGHT - 36, shown, SMALL_SIZE_PT)
        self._draw_foot(canvas, f"Page {number} of {pages}, {frame.copy_label}".rstrip(", "))
        self._draw_marking(canvas, MARKING_BOTTOM)
        canvas.restoreState()
        canvas.tags.end()

    def _draw_marking(self, canvas: PaperCanvas, y: float) -> None:
        words = self._frame.marking
        x = (LEFT + RIGHT - text_width(words, MARKING_SIZE_PT, bold=True)) / 2
        _draw_text(canvas, x, y, words, MARKING_SIZE_PT, BOLD_FONT)

    def _draw_foot(self, canvas: PaperCanvas, page: str) -> None:
        canvas.setStrokeColor(paper_colour(ColourRole.LINE))
        canvas.setLineWidth(0.5)
        canvas.line(LEFT, self._rule, RIGHT, self._rule)
        y = self._rule - FOOT_RULE_PT
        _draw_text(canvas, RIGHT, y, page, SMALL_SIZE_PT, BOLD_FONT, right=True)
        _draw_text(canvas, RIGHT, y - SMALL_LEADING_PT, self._frame.print_id, SMALL_SIZE_PT, right=True)
        for number, line in enumerate(self._foot):
            _draw_text(canvas, LEFT, y - number * SMALL_LEADING_PT, line, SMALL_SIZE_PT)


def _draw_text(
    canvas: PaperCanvas, x: float, y: float, words: str, size: float, font: str = REGULAR_FONT, *, right: bool = False
) -> None:
    canvas.setFillColor(paper_colour(ColourRole.TEXT if font == BOLD_FONT else ColourRole.QUIET))
    canvas.setFont(font, size)
    shown = to_one_line(words)
    canvas.drawRightString(x, y, shown) if right else canvas.drawString(x, y, shown)
