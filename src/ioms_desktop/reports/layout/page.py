"""The page of every document: A4, with its marking, band, running head and foot around the content."""

from reportlab.lib.pagesizes import A4

from ioms_desktop.charts.shapes import ColourRole
from ioms_desktop.reports.document.description import PageFrame
from ioms_desktop.reports.layout.band import draw_band
from ioms_desktop.reports.layout.canvas import PaperCanvas
from ioms_desktop.reports.layout.palette import paper_colour
from ioms_desktop.reports.layout.styles import SMALL_LEADING_PT, SMALL_SIZE_PT, TextStyle
from ioms_desktop.reports.layout.text_lines import Line, cut_to_width, line_width, set_line, wrap_words

PAGE_WIDTH, PAGE_HEIGHT = A4
LEFT, RIGHT = 42.0, PAGE_WIDTH - 30.0
TOP = PAGE_HEIGHT - 42.0
CONTENT_WIDTH_PT = RIGHT - LEFT
MARKING = TextStyle(9.0, 9.0, bold=True)
WARNING = TextStyle(8.0, 8.0, bold=True)
SMALL = TextStyle(SMALL_SIZE_PT, SMALL_LEADING_PT, fill=ColourRole.QUIET)
SMALL_STRONG = TextStyle(SMALL_SIZE_PT, SMALL_LEADING_PT, bold=True)
MARKING_BOTTOM = 15.0
FOOT_BOTTOM = 29.0
FOOT_RULE_PT = 11.0  # from the rule to the first line of the foot
GAP_ABOVE_FOOT_PT = 5.0
PAGE_NUMBER_WIDTH_PT = 112.0  # a print code of the widest digits is whole
MAX_FOOT_LINES = 20  # what is longer is said to go on


class FramedPage:
    """What stands around the content of each page, measured once for a document."""

    def __init__(self, frame: PageFrame, further_foot_line: str = "", *, is_in_pack: bool = False) -> None:
        """Measure a frame.

        Args:
            frame: What it says.
            further_foot_line: A line that the content calls for, at the end of the foot.
            is_in_pack: Whether the pages of the whole file are counted besides.
        """
        self._frame = frame
        texts = [*frame.foot_lines, *([further_foot_line] if further_foot_line else [])]
        room = CONTENT_WIDTH_PT - PAGE_NUMBER_WIDTH_PT
        lines: list[Line] = [line for text in texts for line in wrap_words(text, room, SMALL)]
        if len(lines) > MAX_FOOT_LINES:
            lines = [*lines[: MAX_FOOT_LINES - 1], "… The rest of this foot has no room; the record has it."]
        self._foot = lines
        beside = 3 if is_in_pack else 2
        self._rule = FOOT_BOTTOM + max(beside, len(lines)) * SMALL_LEADING_PT + FOOT_RULE_PT - SMALL_LEADING_PT

    @property
    def bottom(self) -> float:
        """The lower end of the content."""
        return self._rule + GAP_ABOVE_FOOT_PT

    @property
    def room(self) -> float:
        """How high the content of a page may be."""
        return TOP - self.bottom

    def draw(self, canvas: PaperCanvas, number: int, pages: int, continued: str, of_pack: str = "") -> None:
        """Draw it as an artefact.

        Args:
            canvas: Where to.
            number: The number of the page, from 1.
            pages: How many there are.
            continued: The section that goes on at the top of the page; empty for none.
            of_pack: Where the page is in the whole file: `Pack page 7 of 40`; empty where it is the whole.
        """
        frame = self._frame
        canvas.tags.begin_artefact("Header")
        canvas.saveState()
        if frame.band is not None:
            draw_band(canvas, frame.band)
        self._draw_marking(canvas, PAGE_HEIGHT - 24)
        if frame.warning:
            _write_at_right(canvas, PAGE_HEIGHT - 24, frame.warning, WARNING)
        if number > 1:
            ahead = f"{frame.running_head} · {continued}, continued" if continued else frame.running_head
            canvas.writer.write(LEFT, PAGE_HEIGHT - 36, [cut_to_width(ahead, CONTENT_WIDTH_PT, SMALL)], SMALL)
        canvas.restoreState()
        canvas.tags.end()
        canvas.tags.begin_artefact("Footer")
        canvas.saveState()
        self._draw_foot(canvas, f"Page {number} of {pages}, {frame.copy_label}".rstrip(", "), of_pack)
        self._draw_marking(canvas, MARKING_BOTTOM)
        canvas.restoreState()
        canvas.tags.end()

    def _draw_marking(self, canvas: PaperCanvas, y: float) -> None:
        line = set_line(self._frame.marking, MARKING)
        x = (LEFT + RIGHT - line_width(line, MARKING)) / 2
        canvas.writer.write(x, y, [line], MARKING)

    def _draw_foot(self, canvas: PaperCanvas, page: str, of_pack: str) -> None:
        canvas.setStrokeColor(paper_colour(ColourRole.LINE))
        canvas.setLineWidth(0.5)
        canvas.line(LEFT, self._rule, RIGHT, self._rule)
        y = self._rule - FOOT_RULE_PT
        _write_at_right(canvas, y, page, SMALL_STRONG)
        _write_at_right(canvas, y - SMALL_LEADING_PT, self._frame.print_id, SMALL)
        _write_at_right(canvas, y - 2 * SMALL_LEADING_PT, of_pack, SMALL)
        canvas.writer.write(LEFT, y, self._foot, SMALL)


def _write_at_right(canvas: PaperCanvas, y: float, words: str, style: TextStyle) -> None:
    if words:
        canvas.writer.write(LEFT, y, [cut_to_width(words, PAGE_NUMBER_WIDTH_PT, style)], style, RIGHT)
