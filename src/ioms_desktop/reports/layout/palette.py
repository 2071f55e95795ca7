"""The colours for print, which remain distinct in greyscale."""

from functools import cache

from reportlab.lib.colors import Color, HexColor

from ioms_desktop.charts.shapes import ColourRole

PAPER_COLOURS = {
    ColourRole.SURFACE: "#FFFFFF",
    ColourRole.LINE: "#D8DDE4",
    ColourRole.TEXT: "#1B2430",
    ColourRole.QUIET: "#55606F",
    ColourRole.ACCENT: "#1F5FA8",
    ColourRole.ACCENT_SOFT: "#E7EFF8",
    ColourRole.RED: "#B3261E",
    ColourRole.RED_FILL: "#FBE9E7",
    ColourRole.RED_TEXT: "#8C1D18",
    ColourRole.AMBER: "#A86400",
    ColourRole.AMBER_FILL: "#FDF0D5",
    ColourRole.AMBER_TEXT: "#6E4300",
    ColourRole.GREEN: "#1D7A42",
    ColourRole.GREEN_FILL: "#E4F3E9",
    ColourRole.GREEN_TEXT: "#14552E",
    ColourRole.BLUE: "#1F5FA8",
    ColourRole.BLUE_FILL: "#E3EEFA",
    ColourRole.BLUE_TEXT: "#174A84",
    ColourRole.NEUTRAL: "#5F6B7A",
    ColourRole.NEUTRAL_FILL: "#EDF0F4",
    ColourRole.NEUTRAL_TEXT: "#3D4856",
}


@cache
def paper_colour(role: ColourRole) -> Color:
    """Return a role's colour on white paper."""
    return HexColor(PAPER_COLOURS[role])
