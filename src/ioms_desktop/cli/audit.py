"""`audit`: the trail proved whole, anchored outside, asked who looked at whom, and told of a restore."""

import argparse
from typing import Any

from ioms_desktop.cli.session import answer, desk, note
from ioms_desktop.domain.audit_chain import Epoch, spoken_digits
from ioms_desktop.services.audit.audit import Look, VerifyReport, anchor, open_epoch, verify, who_looked
from ioms_desktop.services.labels import instant_words


def audit_verify(options: argparse.Namespace) -> int:
    """Prove the audit whole, or say where it breaks."""
    with desk(options) as at:
        report = verify(at, options.anchor)
    answer(options, _verify_answer(report), _verify_text(report))
    note(
        "The audit is whole." if report.ok else "The audit is not whole. Keep this database as it is; tell the auditor."
    )
    return 0 if report.ok else 1


def audit_anchor(options: argparse.Namespace) -> int:
    """Write the newest head into a file."""
    with desk(options) as at:
        head = anchor(at, options.out)
    print(f"Anchored seal {head.n} over {head.rows} entries in {options.out}.")
    print(f"To read out: {spoken_digits(head.hash)}")
    note("Keep the file where no administrator of the database can change it.")
    return 0


def audit_who_looked(options: argparse.Namespace) -> int:
    """Say who looked at a person or a case."""
    with desk(options) as at:
        found = who_looked(at, options.ref)
    rows = [_look_answer(look) for look in found]
    text = "\n".join(_look_line(look) for look in found) or f"Nobody is on record as having looked at {options.ref}."
    return answer(options, {"ref": options.ref, "looks": rows}, text)


def audit_restored(options: argparse.Namespace) -> int:
    """Begin another epoch of the audit after a restore."""
    with desk(options) as at:
        print(open_epoch(at, options.reason))
    return 0


def _verify_answer(report: VerifyReport) -> dict[str, Any]:
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
        "witnesses": report.witnesses,
        "epochs": [_epoch_answer(epoch) for epoch in report.epochs],
        "kept": [each._asdict() for each in report.kept],
    }


def _epoch_answer(epoch: Epoch) -> dict[str, Any]:
    return {
        "number": epoch.number,
        "opened_at": epoch.opened_at.isoformat(),
        "opened_by": epoch.opened_by,
        "reason": epoch.reason,
        "superseded_from": epoch.superseded_from,
        "superseded_to": epoch.superseded_to,
    }


def _verify_text(report: VerifyReport) -> str:
    head = report.head
    lines = [f"Entries: {report.entries}, of them sealed: {report.sealed}"]
    if head is not None:
        lines += [f"Newest seal: {head.n}, made {instant_words(head.at)}"]
        lines += [f"To compare with what was read out: {spoken_digits(head.hash)}"]
    if report.anchored is not None:
        lines.append(f"Anchor: {'in the chain' if report.anchored else 'not in the chain'}")
    lines.append(f"Heads this workstation saw: {report.witnesses}")
    for epoch in report.epochs:
        when = instant_words(epoch.opened_at)
        lines.append(f"Epoch {epoch.number}, opened {when} by {epoch.opened_by}: {epoch.reason}")
    for each in report.kept:
        said = f"{each.entries} entries" if not each.reason else each.reason
        lines.append(f"Kept of another database ({each.database_id}, by {each.kept_by}): {said}")
    if report.broken_at:
        lines.append(f"Broken at {report.broken_at}.")
    if report.reason:
        lines.append(report.reason)
    return "\n".join(lines)


def _look_answer(look: Look) -> dict[str, Any]:
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


def _look_line(look: Look) -> str:
    told = f"  to {look.recipient}" if look.recipient else ""
    why = f"  {look.reason}" if look.reason else ""
    when = instant_words(look.at)
    return f"{when}  {look.who} ({look.role})  {look.workstation}  {look.kind}  {look.what}{told}{why}"
