"""The sizes and weights of text on paper. Nothing that is read is smaller than the body."""

from dataclasses import dataclass

from ioms_desktop.charts.shapes import ColourRole
from ioms_desktop.reports.document.description import TextTone


@dataclass(frozen=True, slots=True)
class TextStyle:
    """The style of a text: size and leading in points."""

    size: float
    leading: float
    bold: bool = False
    fill: ColourRole = ColourRole.TEXT


BODY_SIZE_PT = 9.5
BODY_LEADING_PT = 11.8
SMALL_SIZE_PT = 7.5
SMALL_LEADING_PT = 9.2
BODY = TextStyle(BODY_SIZE_PT, BODY_LEADING_PT)
STRONG = TextStyle(BODY_SIZE_PT, BODY_LEADING_PT, bold=True)
QUIET = TextStyle(BODY_SIZE_PT, BODY_LEADING_PT, fill=ColourRole.QUIET)
BY_TONE = {TextTone.PLAIN: BODY, TextTone.STRONG: STRONG, TextTone.QUIET: QUIET}
SECTION = TextStyle(10.8, 13.2, bold=True)
SUBSECTION = TextStyle(BODY_SIZE_PT, BODY_LEADING_PT, bold=True, fill=ColourRole.QUIET)
TITLE = TextStyle(17.0, 21.0, bold=True)
SUBTITLE = TextStyle(10.5, 13.6, bold=True)
STANDING = TextStyle(13.0, 21.0, bold=True)
URGENT = TextStyle(13.0, 18.0, bold=True, fill=ColourRole.RED)
"""Styles of the blocks; `BY_TONE` gives those of the body."""
