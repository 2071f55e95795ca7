"""`settings`: what the office decides about how the program works."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ioms_desktop.cli.command import FORMAT, CommandGroup, option
from ioms_desktop.cli.output import write_result
from ioms_desktop.cli.session import open_session
from ioms_desktop.domain.text_format import iso_date

if TYPE_CHECKING:
    from ioms_desktop.services.database.office_settings import AuthorPeriod

COMMANDS = CommandGroup("settings", "what the office decides about how the program works")


@COMMANDS.command("show", "how long authors change their entries without a reason", FORMAT)
def settings_show(options: argparse.Namespace) -> int:
    """Print the settings as they stand."""
    from ioms_desktop.services.database.office_settings import read_author_period

    with open_session(options) as at:
        period = read_author_period(at)
    by = f", decided by {period.decided_by}: {period.reason}" if period.decided_by else ", the default"
    return write_result(options, _period_json(period), f"author_hours  {period.hours}{by}")


@COMMANDS.command(
    "author-hours",
    "decide how many hours an author changes an entry without a reason; a supervisor's or an administrator's",
    FORMAT,
    option("hours", type=int, metavar="HOURS", help="from 0, always with a reason, to 336"),
    option("--reason", required=True, metavar="TEXT", help="why it is changed; it stays on record"),
)
def settings_author_hours(options: argparse.Namespace) -> int:
    """Decide how long the period is."""
    from uuid import uuid4

    from ioms_desktop.services.database.office_settings import DecideAuthorPeriod, decide_author_period

    entry = DecideAuthorPeriod(request=str(uuid4()), hours=options.hours, reason=options.reason)
    with open_session(options) as at:
        outcome = decide_author_period(at, entry)
    return write_result(options, {"ref": outcome.ref, "notice": outcome.notice}, outcome.notice)


def _period_json(period: AuthorPeriod) -> dict[str, Any]:
    return {
        "author_hours": period.hours,
        "decided_by": period.decided_by or None,
        "decided_at": iso_date(period.decided_at),
        "reason": period.reason or None,
        "default_since": iso_date(period.default_since),
    }
