"""`init`, `demo`, `migrate`, `check`, `settings` and `wording`: the database itself, and what its office decides."""

from __future__ import annotations

import argparse
from pathlib import Path
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
from ioms_desktop.domain.errors import FileUnreadable, Missing
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.text_format import iso_date

if TYPE_CHECKING:
    from ioms_desktop.domain.letters.template import LetterTemplate
    from ioms_desktop.services.database.office_settings import AuthorPeriod
    from ioms_desktop.services.letters.wordings import WordingRow

COMMANDS = CommandGroup()
SETTING_COMMANDS = CommandGroup("settings", "what the office decides about how the program works")
WORDING_COMMANDS = CommandGroup("wording", "how letters are worded")


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


@COMMANDS.command(
    "check",
    "check that a database is whole",
    option("--rebuild", action="store_true", help="have what the rules found on each case worked out again"),
    FORMAT,
)
def check(options: argparse.Namespace) -> int:
    """Check that a database is whole."""
    from ioms_desktop.services.database.database_admin import check_database
    from ioms_desktop.services.labels import format_instant

    where = get_location(options)
    report = check_database(where, *get_check_credentials(options, where), rebuild=options.rebuild)
    faults = [fault.description for fault in report.faults]
    faults += [report.wrong_results] if report.wrong_results else []
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
    by = f", decided by {at.names.of(period.decided_by)}: {period.reason}" if period.decided_by else ", the default"
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


@WORDING_COMMANDS.command("list", "every version of every letter, who decided it, when and why", FORMAT)
def wording_list(options: argparse.Namespace) -> int:
    """List the versions."""
    from ioms_desktop.services.letters.wordings import read_wordings

    with open_session(options) as at:
        rows = read_wordings(at)
    text = "\n".join(_line(row) for row in rows)
    return write_result(options, {"wordings": [_row_json(row) for row in rows]}, text)


@WORDING_COMMANDS.command(
    "show",
    "what a letter says: the wording in force, or a version by its number",
    FORMAT,
    option("template", choices=[each.value for each in LetterKind], help="which letter"),
    option("--number", type=int, metavar="N", help="the version, as listed; without it the one in force"),
)
def wording_show(options: argparse.Namespace) -> int:
    """Print a wording."""
    from ioms_desktop.services.letters.wordings import WordingState, read_wordings

    with open_session(options) as at:
        rows = [each for each in read_wordings(at) if each.kind == options.template]
    wanted = options.number
    found = next(
        (row for row in rows if (row.id == wanted if wanted is not None else row.state is WordingState.IN_FORCE)), None
    )
    if found is None:
        raise Missing("There is no such wording of this letter. List them with: wording list.")
    return write_result(options, _row_json(found), "\n\n".join((_line(found), found.title, *found.paragraphs)))


@WORDING_COMMANDS.command(
    "add",
    "another wording of a letter, in force from today or a later day; an administrator's",
    FORMAT,
    option("path", type=Path, metavar="FILE", help="TOML with kind, valid_from, title, enforcement and paragraphs"),
    option("--reason", required=True, metavar="TEXT", help="why it is changed; it stays on record"),
)
def wording_add(options: argparse.Namespace) -> int:
    """Add a wording."""
    from uuid import uuid4

    from ioms_desktop.services.letters.wordings import AddWording, add_letter_wording

    template = _read(options.path)
    entry = AddWording(
        request=str(uuid4()),
        kind=template.kind.value,
        title=template.title,
        paragraphs="\n".join(template.paragraphs),
        valid_from=template.valid_from,
        reason=options.reason,
    )
    with open_session(options) as at:
        outcome = add_letter_wording(at, entry)
    return write_result(options, {"number": int(outcome.ref), "notice": outcome.notice}, outcome.notice)


def _read(path: Path) -> LetterTemplate:
    from ioms_desktop.services.letters.templates import load_template

    try:
        return load_template(path)
    except OSError as failed:
        raise FileUnreadable(f"{path} cannot be read. Nothing was saved; check the name.") from failed


def _line(row: WordingRow) -> str:
    number = "shipped" if row.is_shipped else str(row.id)
    told = f"  {row.decided_by}: {row.reason}" if row.decided_by else ""
    return f"{row.kind}  {number}  from {row.valid_from}  {row.state}{told}"


def _row_json(row: WordingRow) -> dict[str, Any]:
    return {
        "kind": row.kind,
        "number": None if row.is_shipped else row.id,
        "valid_from": iso_date(row.valid_from),
        "state": row.state.value,
        "title": row.title,
        "paragraphs": list(row.paragraphs),
        "decided_by": row.decided_by or None,
        "decided_at": iso_date(row.decided_at),
        "reason": row.reason or None,
        "problem": row.problem or None,
    }
