"""`take-away`, `taken-away` and `promote`: cases into an offline file, and a file into a database."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ioms_desktop.cli.command import FORMAT, CommandGroup, option, parse_day
from ioms_desktop.cli.output import print_recovery_code, write_message, write_result
from ioms_desktop.cli.session import clock, get_location, get_new_password, get_password, get_user, open_session
from ioms_desktop.domain.errors import MissingValue
from ioms_desktop.domain.text_format import iso_date

if TYPE_CHECKING:
    from ioms_desktop.services.offline.check_in_report import CheckInReport
    from ioms_desktop.services.offline.server_migration import ServerMigrationResult
    from ioms_desktop.services.session import Session

COMMANDS = CommandGroup()


FILE_PASSWORD_VARIABLE = "IOMS_FILE_PASSWORD"


@COMMANDS.command(
    "take-away",
    "take cases offline in an encrypted file of their own",
    option("path", type=Path, metavar="PATH", help="the new file; its password comes from IOMS_NEW_PASSWORD"),
    option("--case", action="extend", nargs="+", metavar="REF", dest="cases", required=True, help="which"),
    option("--reason", required=True, metavar="CODE", help="why, as a reason code"),
    option("--until", type=parse_day, metavar="YYYY-MM-DD", help="the day by which it is back"),
)
def check_out(options: argparse.Namespace) -> int:
    """Check cases out into a new encrypted file."""
    from ioms_desktop.services.offline.checkout import CheckOutCases
    from ioms_desktop.services.offline.checkout import check_out_cases as take

    with open_session(options) as at:
        chosen, strength = get_new_password(at.user)
        done = take(
            at,
            CheckOutCases(
                path=options.path,
                cases=tuple(dict.fromkeys(options.cases)),
                reason=options.reason,
                password=chosen,
                until=options.until,
                strength=strength,
            ),
        )
    print(done.sentence)
    print(f"SHA-256 of the file as handed over: {done.file_hash}")
    print_recovery_code(done.recovery_code)
    return 0


@COMMANDS.command("taken-away", "what is offline, with whom and until when", FORMAT)
def list_checkouts(options: argparse.Namespace) -> int:
    """Print what is checked out, by whom and until when."""
    from ioms_desktop.domain.dates.calendar import LONDON
    from ioms_desktop.services.offline.checkout import list_open_checkouts

    with open_session(options) as at:
        found = list_open_checkouts(at)
        today = at.today()
    rows = [
        {
            "number": each.number,
            "by": each.taken_by,
            "at": each.taken_at.isoformat(),
            "until": iso_date(each.until),
            "overdue": each.until is not None and each.until < today,
            "cases": list(each.cases),
        }
        for each in found
    ]
    lines = [
        f"{at.names.of(each.taken_by)}  since {each.taken_at.astimezone(LONDON):%Y-%m-%d}  "
        f"back by {each.until or 'no day'}"
        f"{'  overdue' if each.until is not None and each.until < today else ''}  {', '.join(each.cases)}"
        for each in found
    ]
    return write_result(options, {"out": rows}, "\n".join(lines) or "No case is offline.")


@COMMANDS.command(
    "promote",
    "bring offline work back: a file of cases worked on offline, or one an office began with",
    FORMAT,
    option("file", type=Path, metavar="FILE", help="its password comes from IOMS_FILE_PASSWORD or a prompt"),
    option("--file-user", metavar="NAME", help="who opens the file (default: who signs in)"),
    option("--dry-run", action="store_true", help="say what would happen, write nothing"),
    option("--conflicts", type=Path, metavar="FILE", help="write what must be answered (.json or .csv)"),
    option("--answers", type=Path, metavar="FILE", help="the same file with its answers: mine, theirs, both"),
)
def check_in_file(options: argparse.Namespace) -> int:
    """Check a file in; one that was not checked out is moved into the database."""
    from ioms_desktop.services.offline.check_in import check_in as bring_in
    from ioms_desktop.services.offline.check_in_answers import read_answers, write_questions
    from ioms_desktop.services.process_isolation import keep_memory_private

    keep_memory_private()
    picks = read_answers(options.answers) if options.answers else {}
    where = get_location(options)
    if not (options.user or os.environ.get("IOMS_USER")):
        if not options.file_user:
            raise MissingValue(
                "No user is named. Give --user for whoever imports the file or, with the address by which an empty "
                "shared database was created, --file-user for an administrator of the file."
            )
        return _migrate_to_server(options, where)
    file = _open_file_session(options, options.file_user or get_user(options))
    try:
        with open_session(options) as at:
            report = bring_in(at, file, picks, dry_run=options.dry_run)
            if options.conflicts and report.questions:
                write_questions(at, options.conflicts, report.questions)
    finally:
        file.store.close()
    if options.conflicts and report.questions:
        write_message(
            f"The questions to be answered are in {options.conflicts}. It holds text of the record; delete it "
            "afterwards."
        )
    write_result(options, _report_json(report), _report_text(report))
    write_message(report.sentence)
    return 1 if report.questions and not options.dry_run else 0


def _migrate_to_server(options: argparse.Namespace, location: str) -> int:
    from ioms_desktop.services.offline.server_migration import migrate_to_server

    file = _open_file_session(options, options.file_user)
    try:
        done = migrate_to_server(file, location, dry_run=options.dry_run, clock=clock)
    finally:
        file.store.close()
    write_result(options, _migration_json(done), "\n".join(_migration_lines(done)))
    write_message(done.sentence)
    return 0


def _open_file_session(options: argparse.Namespace, user: str) -> Session:
    from ioms_desktop.services.sign_in.sign_in import sign_in

    return sign_in(
        str(options.file),
        user,
        get_password(FILE_PASSWORD_VARIABLE, user=f"{user} on {options.file.name}"),
        clock=clock,
    )


def _report_json(report: CheckInReport) -> dict[str, Any]:
    from ioms_desktop.services.offline.check_in_answers import question_rows
    from ioms_desktop.services.offline.check_in_records import CheckInOutcome

    return {
        "written": report.written,
        "taken_away": None if report.checkout is None else report.checkout.number,
        "tables": [
            {"table": table, **{fate.value: counts.get(fate, 0) for fate in CheckInOutcome}}
            for table, counts in report.counts.items()
        ],
        "conflicts": question_rows(report.questions),
        "sentence": report.sentence,
    }


def _report_text(report: CheckInReport) -> str:
    from ioms_desktop.services.offline.check_in_records import CheckInOutcome

    lines = [
        f"{table}: " + ", ".join(f"{fate.value} {counts.get(fate, 0)}" for fate in CheckInOutcome)
        for table, counts in report.counts.items()
    ]
    for each in report.questions:
        about = "" if each.title == each.record else f", {each.title}"
        lines.append(f"{each.id}\n  {each.record}{about}: {each.sentence} Answers: {', '.join(each.picks)}.")
    return "\n".join(lines)


def _migration_json(done: ServerMigrationResult) -> dict[str, Any]:
    return {
        "written": done.written,
        "tables": [{"table": table, "rows": rows} for table, rows in done.counts.items()],
        "invite": [{"name": name, "role": role} for name, role in done.users_to_invite],
        "audit_entries": done.audit_entries,
        "sentence": done.sentence,
    }


def _migration_lines(done: ServerMigrationResult) -> list[str]:
    people = [f"{name}  {role}  to be invited" for name, role in done.users_to_invite]
    return [*(f"{table}: {rows}" for table, rows in done.counts.items() if rows), *people]
