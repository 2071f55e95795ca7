"""`init`, `demo`, `migrate`, `check` and `settings`: the database itself, and what its office decides."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from ioms_desktop.cli.command import FORMAT, WITHOUT_PASSWORD, CommandGroup, option, parse_day
from ioms_desktop.cli.output import print_recovery_code, write_message, write_result
from ioms_desktop.cli.session import (
    get_check_credentials,
    get_file_credentials,
    get_location,
    get_new_password,
    open_session,
)
from ioms_desktop.domain.text_format import iso_date

if TYPE_CHECKING:
    from ioms_desktop.services.database.office_settings import AuthorPeriod

COMMANDS = CommandGroup()
SETTING_COMMANDS = CommandGroup("settings", "what the office decides about how the program works")


@COMMANDS.command(
    "init",
    "create a database with its first administrator",
    option("--admin", metavar="NAME", required=True, help="the first administrator"),
    WITHOUT_PASSWORD,
    option("--trial", action="store_true", help="for trying only: on a server that could lose records"),
)
def init(options: argparse.Namespace) -> int:
    """Create a database with its first administrator."""
    from ioms_desktop.services.accounts.passwords import StrengthRequirement
    from ioms_desktop.services.database.database_admin import create_database

    where = get_location(options)
    if options.trial:
        write_message("For trying only: the server's set-up is not checked. Keep no real records in this database.")
    known = options.without_password
    chosen, strength = (None, StrengthRequirement.FULL) if known else get_new_password(options.admin, fallback=True)
    made = create_database(where, options.admin, chosen, strength=strength, lenient=options.trial)
    print(made.sentence)
    print_recovery_code(made.recovery_code)
    return 0


@COMMANDS.command(
    "demo",
    "build fictional data of both programmes",
    option("--cases", type=int, default=60, help="how many cases (default 60)"),
    option("--seed", type=int, default=1, help="same seed, same data (default 1)"),
    option("--no-window", action="store_true", help="build only"),
)
def demo(options: argparse.Namespace) -> int:
    """Build fictional data, print how to sign in, and open the window."""
    from ioms_desktop.demo.build import build_demo
    from ioms_desktop.services.user_paths import data_folder

    folder = data_folder()
    where = options.database or str(folder / "demo.ioms")
    if not options.database:
        folder.mkdir(parents=True, exist_ok=True)
    for line in build_demo(where, cases=options.cases, seed=options.seed):
        print(line)
    return 0 if options.no_window else int(options.pictures.open_window(where, None))


@COMMANDS.command("migrate", "bring a database to the newest schema, after a backup")
def migrate(options: argparse.Namespace) -> int:
    """Bring a database to the newest schema."""
    from ioms_desktop.services.database.database_admin import migrate_database

    where = get_location(options)
    made = migrate_database(where, *get_file_credentials(options, where))
    print(made.sentence)
    print_recovery_code(made.recovery_code)
    return 0


@COMMANDS.command("check", "check that a database is whole", FORMAT)
def check(options: argparse.Namespace) -> int:
    """Check that a database is whole."""
    from ioms_desktop.services.database.database_admin import check_database
    from ioms_desktop.services.labels import format_instant

    where = get_location(options)
    report = check_database(where, *get_check_credentials(options, where))
    faults = [fault.description for fault in report.faults]
    last = report.backup
    kept = None if last is None else {"at": last.at.isoformat(), "path": last.path}
    payload = {
        "ok": not faults,
        "whole": report.is_whole,
        "checked": list(report.checked),
        "faults": faults,
        "last_backup": kept,
    }
    lines = [*(f"Looked at {what}." for what in report.checked), *faults]
    lines += [] if last is None else [f"Last backup: {format_instant(last.at)}, {last.path}"]
    write_result(options, payload, "\n".join(lines))
    write_message(report.verdict)
    return 1 if faults else 0


@SETTING_COMMANDS.command("show", "how long authors change their entries without a reason", FORMAT)
def settings_show(options: argparse.Namespace) -> int:
    """Print the settings as they stand."""
    from ioms_desktop.services.database.office_settings import read_author_period

    with open_session(options) as at:
        period = read_author_period(at)
    by = f", decided by {period.decided_by}: {period.reason}" if period.decided_by else ", the default"
    return write_result(options, _period_json(period), f"author_hours  {period.hours}{by}")


@SETTING_COMMANDS.command(
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


@SETTING_COMMANDS.command(
    "harm-weights",
    "load a published table of harm weights; a supervisor's or an administrator's",
    FORMAT,
    option("path", metavar="FILE", help="a CSV file with the columns offence and weight"),
    option("--scheme", required=True, metavar="NAME", help="the name of the table, as CHI"),
    option("--table-version", required=True, metavar="TEXT", help="its version, as 2023"),
    option(
        "--from",
        dest="valid_from",
        type=parse_day,
        required=True,
        metavar="YYYY-MM-DD",
        help="the first day of offences for which it holds",
    ),
    option("--source", required=True, metavar="TEXT", help="where it was published"),
)
def settings_harm_weights(options: argparse.Namespace) -> int:
    """Load a table."""
    from pathlib import Path
    from uuid import uuid4

    from ioms_desktop.services.database.harm_weights import LoadHarmWeights, load_harm_weights

    entry = LoadHarmWeights(
        request=str(uuid4()),
        path=Path(options.path),
        scheme=options.scheme,
        version=options.table_version,
        valid_from=options.valid_from,
        source=options.source,
    )
    with open_session(options) as at:
        outcome = load_harm_weights(at, entry)
    return write_result(options, {"ref": outcome.ref, "notice": outcome.notice}, outcome.notice)


def _period_json(period: AuthorPeriod) -> dict[str, Any]:
    return {
        "author_hours": period.hours,
        "decided_by": period.decided_by or None,
        "decided_at": iso_date(period.decided_at),
        "reason": period.reason or None,
        "default_since": iso_date(period.default_since),
    }
