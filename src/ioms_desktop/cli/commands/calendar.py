"""`calendar`: one's own appointments as a file for another calendar program."""

from __future__ import annotations

import argparse
from pathlib import Path

from ioms_desktop.cli.command import CommandGroup, option, parse_day
from ioms_desktop.cli.output import write_message
from ioms_desktop.cli.session import open_session

COMMANDS = CommandGroup("calendar", "one's own appointments")
DEFAULT_DAYS = 28


@COMMANDS.command(
    "export",
    "write one's own appointments as a calendar file (.ics), with initials in place of names",
    option("path", type=Path, metavar="FILE"),
    option("--from", type=parse_day, metavar="YYYY-MM-DD", dest="first", help="the first day (default today)"),
    option("--to", type=parse_day, metavar="YYYY-MM-DD", dest="last", help="the last day (default four weeks on)"),
    option("--reason", required=True, metavar="CODE", help="why, as a reason code"),
)
def calendar_export(options: argparse.Namespace) -> int:
    """Write a calendar file."""
    from datetime import timedelta

    from ioms_desktop.services.appointments.calendar_export import export_calendar

    with open_session(options) as at:
        first = options.first or at.today()
        last = options.last or first + timedelta(days=DEFAULT_DAYS - 1)
        report = export_calendar(at, options.path, first, last, reason=options.reason)
    print(f"appointments: {report.appointments}")
    write_message(f"Exported to {report.path}. It is OFFICIAL-SENSITIVE; delete it when your calendar has it.")
    return 0
