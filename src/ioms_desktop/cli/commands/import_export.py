"""`import`, `export` and `reconcile`: read and write the exchange files, and compare with another system's list."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ioms_desktop.cli.command import FORMAT, CommandGroup, option
from ioms_desktop.cli.output import write_message, write_result
from ioms_desktop.cli.session import open_session
from ioms_desktop.domain.text_format import format_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ioms_desktop.services.exchange.import_report import ImportReport
    from ioms_desktop.services.exchange.reconciliation import Reconciliation

COMMANDS = CommandGroup()


@COMMANDS.command(
    "import",
    "a CSV or XLSX file, or a folder of them",
    FORMAT,
    option("path", type=Path, metavar="PATH"),
    option("--dry-run", action="store_true", help="say what would happen, write nothing"),
    option("--accept-partial", action="store_true", help="write the good rows though others are rejected"),
    option("--rejects", type=Path, metavar="FILE", help="where rejected rows go (a folder for a folder)"),
)
def import_files(options: argparse.Namespace) -> int:
    """Import a file or folder, or preview what that would do."""
    from ioms_desktop.services.exchange.imports import run_import

    with open_session(options) as at:
        report = run_import(
            at,
            options.path,
            dry_run=options.dry_run,
            accept_partial=options.accept_partial,
            rejects_path=options.rejects,
        )
    write_result(options, report.to_dict(), _report_text(report))
    write_message(_report_verdict(report))
    refused = report.has_rejects and not (report.written or (options.dry_run and options.accept_partial))
    return 1 if refused else 0


@COMMANDS.command(
    "export",
    "write the same files again",
    option("path", type=Path, metavar="PATH"),
    option("--case", action="extend", nargs="+", metavar="REF", dest="cases", help="only these cases"),
    option("--reason", required=True, metavar="CODE", help="why, as a reason code"),
)
def export_files(options: argparse.Namespace) -> int:
    """Export every table, or some cases."""
    from ioms_desktop.services.exchange.exports import export_records

    with open_session(options) as at:
        report = export_records(at, options.path, options.cases or (), reason=options.reason)
    for table, rows in report.records.items():
        print(f"{table}: {rows}")
    write_message(f"Exported to {report.path}.")
    return 0


@COMMANDS.command(
    "reconcile",
    "compare the open cases with the list of another system, both ways; records whom it names",
    FORMAT,
    option("path", type=Path, metavar="FILE", help="a CSV file of references, numbers, or names and dates of birth"),
    option("--programme", choices=("IOM", "PHOENIX"), help="one programme only"),
)
def reconcile(options: argparse.Namespace) -> int:
    """Print who is missing here, who there, and what is said differently."""
    from ioms_desktop.services.exchange.reconciliation import reconcile_list

    with open_session(options) as at:
        found = reconcile_list(at, options.path, options.programme or "")
    return write_result(options, found.to_dict(), _reconciliation_text(found))


def _reconciliation_text(found: Reconciliation) -> str:
    lines = [f"{found.file}: {found.matched} of {found.rows} rows match an open case."]
    parts = (
        ("In the file and not open here", [f"line {row.line}: {_cells(row.cells)}" for row in found.not_here]),
        (
            "Open here and not in the file",
            [f"{each.case_ref}  {each.name}, born {format_day(each.date_of_birth)}" for each in found.not_listed],
        ),
        (
            "Said differently",
            [
                f"line {each.line}: {each.case_ref}  {each.column}  file {each.listed}, here {each.recorded}"
                for each in found.differences
            ],
        ),
        (
            "Matched by name and date of birth alone; compare the number",
            [f"line {line}: {case_ref}" for line, case_ref in found.by_name],
        ),
        ("Fit several people", [f"line {line}: {', '.join(refs)}" for line, refs in found.unclear]),
        ("Not read", [f"line {line}: {reason}" for line, reason in found.unreadable]),
        ("Columns left aside", list(found.ignored)),
    )
    for title, each in parts:
        if each:
            lines += [f"{title} ({len(each)}):", *(f"  {line}" for line in each)]
    return "\n".join(lines)


def _cells(cells: Mapping[str, str]) -> str:
    return ", ".join(f"{column} {text}" for column, text in cells.items())


def _report_text(report: ImportReport) -> str:
    from ioms_desktop.services.exchange.import_report import RowOutcome

    lines = [
        f"{file.file}: read {file.read}, created {file.count(RowOutcome.CREATED)}, updated "
        f"{file.count(RowOutcome.UPDATED)}, "
        f"unchanged {file.count(RowOutcome.UNCHANGED)}, rejected {file.count(RowOutcome.REJECTED)}"
        for file in report.files
    ]
    for word, problems in (("rejected", report.rejects()), ("warning", report.warnings())):
        lines += [f"{p.file}, line {p.line}, {p.column or 'row'}: {p.value!r} {word}: {p.reason}" for p in problems]
    return "\n".join(lines)


def _report_verdict(report: ImportReport) -> str:
    if report.written:
        return "Imported." if not report.has_rejects else "Imported what was right; the rejected rows were not written."
    if report.has_rejects:
        return "Nothing was written, because rows are rejected. Correct them and import again, or use --accept-partial."
    return "Nothing was written: this was a dry run." if report.dry_run else "Nothing was new; nothing was written."
