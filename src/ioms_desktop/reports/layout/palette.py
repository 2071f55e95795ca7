"""The colours of paper: calm in colour, told apart in greyscale."""

from functools import cache

from reportlab.lib.colors import Color, HexColor

from ioms_desktop.charts.shapes import Role

PAPER = {
    Role.SURFACE: "#FFFFFF",
    Role.LINE: "#D8DDE4",
    Role.TEXT: "#1B2430",
    Role.QUIET: "#55606F",
    Role.ACCENT: "#1F5FA8",
    Role.ACCENT_SOFT: "#E7EFF8",
    Role.RED: "#B3261E",
    Role.RED_FILL: "#FBE9E7",
    Role.RED_TEXT: "#8C1D18",
    Role.AMBER: "#A86400",
    Role.AMBER_FILL: "#FDF0D5",
    Role.AMBER_TEXT: "#6E4300",
    Role.GREEN: "#1D7A42",
    Role.GREEN_FILL: "#E4F3E9",
    Role.GREEN_TEXT: "#14552E",
    Role.BLUE: "#1F5FA8",
    Role.BLUE_FILL: "#E3EEFA",
    Role.BLUE_TEXT: "#174A84",
    Role.NEUTRAL: "#5F6B7A",
    Role.NEUTRAL_FILL: "#EDF0F4",
    Role.NEUTRAL_TEXT: "#3D4856",
}


@cache
def colour(role: Role) -> Color:
    """Give a role's colour on white paper."""
    return HexColor(PAPER[role])
