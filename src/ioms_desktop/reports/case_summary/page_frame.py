"""What is on every page about a case: the marking, who printed it for whom and why, and the band of its reader."""

from datetime import date

from ioms_desktop.charts.shapes import ColourRole
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.reports.document.description import Band, BandPattern, BandShape, PageFrame

BANDS = {
    Audience.FULL: Band("FULL", BandShape.OCTAGON, ColourRole.RED_TEXT, BandPattern.SOLID),
    Audience.PARTNER: Band("PARTNER", BandShape.TRIANGLE, ColourRole.BLUE_TEXT, BandPattern.STRIPES),
    Audience.PARTICIPANT: Band("PARTICIPANT", BandShape.CIRCLE, ColourRole.GREEN_TEXT, BandPattern.OUTLINE),
    Audience.PARENT: Band("PARENT OR CARER", BandShape.WEDGE, ColourRole.GREEN_TEXT, BandPattern.CROSSED),
    Audience.BOARD: Band("BOARD", BandShape.SQUARE, ColourRole.NEUTRAL_TEXT, BandPattern.FALLING),
    Audience.PANEL: Band("PANEL", BandShape.DIAMOND, ColourRole.AMBER_TEXT, BandPattern.BARS),
}
"""The band of each audience; no two have the same word, shape or pattern."""


def page_frame(about: PrintFacts, name: str, as_of: date | None, *, child: bool) -> PageFrame:
    """Return what is on every page.

    Args:
        about: What the document says about itself.
        name: Who it is about, as its reader may know them; empty for nobody by name.
        as_of: The day whose facts it shows.
        child: Whether it is about a child, whose identity is restricted.
    """
    when = f"{format_day(about.printed_at.date())}, {about.printed_at:%H:%M}" if about.printed_at else "no time given"
    by = f"{about.printed_by} ({about.role})" if about.role else about.printed_by
    whom = f" for {about.recipient}" if about.recipient else ""
    printed = f"Printed by {by}, {when}{whom}. Reason: {about.reason}."
    day = f"as of {format_day(as_of)}" if as_of else ""
    return PageFrame(
        marking=about.marking,
        running_head=", ".join(filter(None, (name, day))),
        warning="Identity restricted" if child else "",
        foot_lines=(printed, about.handling),
        copy_label=f"copy {about.copy_number} of {about.copies}",
        print_id=f"Print {about.print_id}" if about.print_id else "",
        printed_at=about.printed_at,
        author=about.printed_by,
        band=BANDS[about.audience],
    )
