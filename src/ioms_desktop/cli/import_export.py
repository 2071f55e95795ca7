"""`import` and `export`: the exchange files in and out."""

import argparse

from ioms_desktop.cli.session import answer, desk, note
from ioms_desktop.services.exchange.exports import export
from ioms_desktop.services.exchange.import_report import Fate, ImportReport
from ioms_desktop.services.exchange.imports import run_import


def take(options: argparse.Namespace) -> int:
    """Import a file or folder, or say what it would do."""
    with desk(options) as at:
        report = run_import(
            at,
            options.path,
            dry_run=options.dry_run,
            accept_partial=options.accept_partial,
            rejects_path=options.rejects,
        )
    answer(options, report.as_answer(), _text(report))
    note(_verdict(report))
    refused = report.rejected and not (report.written or (options.dry_run and options.accept_partial))
    return 1 if refused else 0


def give(options: argparse.Namespace) -> int:
    """Export every table, or some cases."""
    with desk(options) as at:
        report = export(at, options.path, options.cases or (), reason=options.reason)
    for table, rows in report.records.items():
        print(f"{table}: {rows}")
    note(f"Exported to {report.path}.")
    return 0


def _text(report: ImportReport) -> str:
    lines = [
        f"{file.file}: read {file.read}, created {file.count(Fate.CREATED)}, updated {file.count(Fate.UPDATED)}, "
        f"unchanged {file.count(Fate.UNCHANGED)}, rejected {file.count(Fate.REJECTED)}"
        for file in report.files
    ]
    for word, problems in (("rejected", report.rejects()), ("warning", report.warnings())):
        lines += [f"{p.file}, line {p.line}, {p.column or 'row'}: {p.value!r} {word}: {p.reason}" for p in problems]
    return "\n".join(lines)


def _verdict(report: ImportReport) -> str:
    if report.written:
        return "Imported." if not report.rejected else "Imported what was right; the rejected rows were not written."
    if report.rejected:
        return "Nothing was written, because rows are rejected. Mend them and import again, or use --accept-partial."
    return "Nothing was written: this was a dry run." if report.dry_run else "Nothing was new; nothing was written."
