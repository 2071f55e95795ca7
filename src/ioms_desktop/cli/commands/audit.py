"""`audit`: verify it, anchor it outside the database, list who looked at whom and who was refused, record a restore."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ioms_desktop.cli.command import FORMAT, CommandGroup, option, parse_day
from ioms_desktop.cli.output import write_message, write_result
from ioms_desktop.cli.session import open_session
from ioms_desktop.domain.errors import ConflictingValues

if TYPE_CHECKING:
    from ioms_desktop.domain.audit.seals import Epoch
    from ioms_desktop.domain.records.workers.names import WorkerNames
    from ioms_desktop.services.audit.audit import Look, VerifyReport

COMMANDS = CommandGroup("audit", "the integrity of the audit, and who looked at what")


@COMMANDS.command(
    "verify",
    "verify the audit, or say where it breaks",
    FORMAT,
    option("--anchor", type=Path, metavar="FILE", help="what audit anchor wrote earlier"),
    option(
        "--accept-epoch",
        type=int,
        action="append",
        default=[],
        metavar="N",
        help="a restore that you know of: its epoch may supersede the anchor (again for another)",
    ),
)
def audit_verify(options: argparse.Namespace) -> int:
    """Verify the audit, or say where it breaks."""
    from ioms_desktop.services.audit.audit import verify_audit

    with open_session(options) as at:
        report = verify_audit(at, options.anchor, accepted_epochs=options.accept_epoch)
    write_result(options, _report_json(report), _report_text(report))
    write_message(
        "The audit is whole." if report.ok else "The audit is not whole. Keep this database as it is; tell the auditor."
    )
    return 0 if report.ok else 1


@COMMANDS.command(
    "anchor",
    "write the newest seal into a file to be kept elsewhere",
    option("--out", required=True, type=Path, metavar="FILE", help="a new file"),
)
def audit_anchor(options: argparse.Namespace) -> int:
    """Write the newest head to a file."""
    from ioms_desktop.domain.audit.seals import spoken_digits
    from ioms_desktop.services.audit.audit import write_anchor

    with open_session(options) as at:
        head = write_anchor(at, options.out)
    print(f"Anchored seal {head.n} over {head.rows} entries in {options.out}.")
    print(f"To read out: {spoken_digits(head.hash)}")
    write_message("Keep the file where no administrator of the database can change it.")
    return 0


@COMMANDS.command(
    "export",
    "write the whole audit with a checker of its own, for an auditor without this program",
    option("--out", required=True, type=Path, metavar="FOLDER", help="an empty folder"),
)
def audit_export(options: argparse.Namespace) -> int:
    """Export the audit and its checker."""
    from ioms_desktop.services.audit.export_audit import AUDIT_FILE, CHECKER, export_audit

    with open_session(options) as at:
        lines = export_audit(at, options.out)
    print(f"Exported {lines:,} lines of the audit into {options.out / AUDIT_FILE}.")
    write_message(f"To check it: python {CHECKER.name} {AUDIT_FILE} --anchor FILE, an anchor kept elsewhere.")
    return 0


@COMMANDS.command("who-looked", "who looked at a person or a case", FORMAT, option("ref", metavar="REF"))
def audit_who_looked(options: argparse.Namespace) -> int:
    """List who looked at a person or a case."""
    from ioms_desktop.services.audit.audit import who_looked

    with open_session(options) as at:
        found = who_looked(at, options.ref)
    rows = [_look_json(look) for look in found]
    lines = [_look_line(at.names, look) for look in found]
    text = "\n".join(lines) or f"Nobody is on record as having looked at {options.ref}."
    return write_result(options, {"ref": options.ref, "looks": rows}, text)


@COMMANDS.command(
    "refusals",
    "what was refused, of one case, person or account or of all: nobody looked at anything then",
    FORMAT,
    option("ref", metavar="REF", nargs="?", default="", help="the case, the person or the account (default: all)"),
)
def audit_refusals(options: argparse.Namespace) -> int:
    """List the attempts that were refused."""
    from ioms_desktop.services.audit.audit import list_refusals

    with open_session(options) as at:
        found = list_refusals(at, options.ref)
    of = f" of {options.ref}" if options.ref else ""
    text = "\n".join(_look_line(at.names, look) for look in found) or f"No refusal{of} is on record."
    return write_result(options, {"ref": options.ref or None, "refusals": [_look_json(look) for look in found]}, text)


@COMMANDS.command(
    "report",
    "who did and looked at what about a case, a person, or in a period, as a PDF",
    option("ref", metavar="REF", nargs="?", default="", help="the case or person (default: every entry of the days)"),
    option("--from", dest="first", type=parse_day, metavar="YYYY-MM-DD", help="from this day on"),
    option("--to", dest="last", type=parse_day, metavar="YYYY-MM-DD", help="to this day, included"),
    option("--out", required=True, type=Path, metavar="PATH", help="the PDF file"),
    option("--overwrite", action="store_true", help="replace a file that is there"),
)
def audit_report(options: argparse.Namespace) -> int:
    """Print a report from the audit."""
    from ioms_desktop.services.printing.packs.audit_report import WantedReport, print_audit_report

    wanted = WantedReport(ref=options.ref, first=options.first, last=options.last)
    with open_session(options) as at:
        outcome = print_audit_report(at, wanted, options.out, overwrite=options.overwrite)
    print(options.out)
    write_message(outcome.notice)
    return 0


@COMMANDS.command(
    "restored",
    "say that the database was restored, and why; on a server another administrator confirms it",
    option("--reason", metavar="TEXT", help="what happened, in a sentence (default: show what waits)"),
    option("--anchor", type=Path, metavar="FILE", help="an anchor whose seals were lost as well"),
    option("--confirm", type=int, metavar="N", help="confirm what another administrator recorded"),
    option("--withdraw", type=int, metavar="N", help="withdraw what was recorded by mistake; --reason says why"),
)
def audit_restored(options: argparse.Namespace) -> int:
    """Record a restore, which opens a new epoch of the audit, show what waits, confirm or withdraw it."""
    from ioms_desktop.domain.audit.seals import parse_heads
    from ioms_desktop.services.audit.epochs import (
        confirm_restore,
        get_proposed_restore,
        record_restore,
        withdraw_restore,
    )
    from ioms_desktop.services.labels import format_instant

    if options.confirm is not None and (options.withdraw is not None or options.reason is not None):
        raise ConflictingValues(
            "A restore is confirmed, withdrawn or recorded. Nothing was changed; give --confirm by itself.",
            field="confirm",
        )
    with open_session(options) as at:
        if options.confirm is not None:
            print(confirm_restore(at, options.confirm))
        elif options.withdraw is not None:
            print(withdraw_restore(at, options.withdraw, options.reason or ""))
        elif options.reason is not None:
            print(record_restore(at, options.reason, options.anchor))
        else:
            waiting = get_proposed_restore(at)
            when = format_instant(waiting.proposed_at)
            print(f"{waiting.entry}  {when}  {at.names.of(waiting.proposed_by)}: {waiting.reason}")
            for n, hash_ in parse_heads(waiting.lost):
                print(f"  seal {n}, {hash_}")
            write_message(f"If this is what happened, confirm it with --confirm {waiting.entry}.")
    return 0


def _report_json(report: VerifyReport) -> dict[str, Any]:
    from ioms_desktop.domain.audit.seals import spoken_digits

    head = report.head
    return {
        "ok": report.ok,
        "entries": report.entries,
        "head": head.hash if head else None,
        "anchored": report.anchored,
        "broken_at": report.broken_at,
        "reason": report.reason or None,
        "sealed": report.sealed,
        "seals": head.n if head else 0,
        "code": spoken_digits(head.hash) if head else None,
        "witnesses": report.local_heads,
        "epochs": [_epoch_json(epoch) for epoch in report.epochs],
        "disposals": list(report.disposals),
        "kept": [each._asdict() for each in report.imported_audits],
    }


def _epoch_json(epoch: Epoch) -> dict[str, Any]:
    return {
        "number": epoch.number,
        "opened_at": epoch.opened_at.isoformat(),
        "opened_by": epoch.opened_by,
        "proposed_by": epoch.proposed_by,
        "reason": epoch.reason,
        "superseded_from": epoch.superseded_from,
        "superseded_to": epoch.superseded_to,
    }


def _report_text(report: VerifyReport) -> str:
    from ioms_desktop.domain.audit.seals import spoken_digits
    from ioms_desktop.services.audit.audit import NO_ENTRY
    from ioms_desktop.services.labels import format_instant

    head = report.head
    lines = [f"Entries: {report.entries}, of them sealed: {report.sealed}"]
    lines += [f"The others are not sealed yet. {report.held_up}"] if report.held_up else []
    if head is not None:
        lines += [f"Newest seal: {head.n}, made {format_instant(head.at)}"]
        lines += [f"To compare with what was read out: {spoken_digits(head.hash)}"]
    if report.anchored is not None:
        lines.append(f"Anchor: {'in the chain' if report.anchored else 'not in the chain'}")
    lines.append(f"Heads this workstation saw: {report.local_heads}")
    for epoch in report.epochs:
        when = format_instant(epoch.opened_at)
        lines.append(f"Epoch {epoch.number}, opened {when} by {epoch.people}: {epoch.reason}")
    lines += [f"Disposal {each}" for each in report.disposals]
    for each in report.imported_audits:
        result = f"{each.entries} entries" if not each.reason else each.reason
        lines.append(f"Kept of another database ({each.database_id}, by {each.kept_by}): {result}")
    if report.broken_at:
        place = f"Broken at {report.broken_at}."
        lines.append(f"The fault is in {NO_ENTRY}." if report.broken_at == NO_ENTRY else place)
    if report.reason:
        lines.append(report.reason)
    return "\n".join(lines)


def _look_json(look: Look) -> dict[str, Any]:
    return {
        "at": look.at.isoformat(),
        "who": look.who,
        "role": look.role,
        "workstation": look.workstation,
        "kind": look.kind,
        "what": look.what,
        "recipient": look.recipient or None,
        "reason": look.reason or None,
    }


def _look_line(names: WorkerNames, look: Look) -> str:
    from ioms_desktop.services.labels import format_instant

    suffix = f"  to {look.recipient}" if look.recipient else ""
    why = f"  {look.reason}" if look.reason else ""
    when = format_instant(look.at)
    who = f"{names.with_login(look.who)} ({look.role})"
    return f"{when}  {who}  {look.workstation}  {look.kind}  {look.what}{suffix}{why}"
