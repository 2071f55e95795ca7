"""`retention`: reviews that are due, and disposal by two people, each under their own login."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ioms_desktop.cli.command import AS_OF, FORMAT, CommandGroup, option
from ioms_desktop.cli.commands.decision_file import DECISION_FILE_HELP, DisposalDecision, read_decision
from ioms_desktop.cli.output import write_message, write_result
from ioms_desktop.cli.session import open_session
from ioms_desktop.domain.errors import FileExists, FileUnwritable, FutureDate, NeedsAnotherPerson, NotProposed
from ioms_desktop.domain.text_format import format_day, iso_date

if TYPE_CHECKING:
    from ioms_desktop.domain.records.workers.names import WorkerNames
    from ioms_desktop.services.retention.due_reviews import DueReview
    from ioms_desktop.services.session import Session

COMMANDS = CommandGroup("retention", "reviews that are due, and disposal")


@COMMANDS.command("due", "records whose review is due; a supervisor's", AS_OF, FORMAT)
def retention_due(options: argparse.Namespace) -> int:
    """List the records whose review is due."""
    from ioms_desktop.services.retention.due_reviews import list_due_reviews

    with open_session(options) as at:
        on = options.as_of or at.today()
        found = list_due_reviews(at, on)
    rows = [_due_json(each) for each in found]
    text = "\n".join(_due_line(at.names, each) for each in found) or f"No record is due for review on {format_day(on)}."
    return write_result(options, {"as_of": on.isoformat(), "due": rows}, text)


@COMMANDS.command(
    "dispose",
    "disposal of a person's record, by two supervisors",
    FORMAT,
    option("ref", metavar="REF", help="the person"),
    option("--decision", required=True, type=Path, metavar="FILE", help="who decided what, and why"),
    option("--certificate", type=Path, metavar="PATH", help="write the certificate into a new file too"),
    description=DECISION_FILE_HELP,
)
def retention_dispose(options: argparse.Namespace) -> int:
    """Do the user's own part of a disposal: propose it, or authorise the other's proposal."""
    decision = read_decision(options.decision)
    with open_session(options) as at:
        if decision.date > at.today():
            raise FutureDate(
                f"The decision is dated {format_day(decision.date)}, which is still to come. Nothing was removed."
            )
        if at.user == decision.proposed_by:
            return _propose(at, options.ref, decision)
        if at.user != decision.authorised_by:
            raise NeedsAnotherPerson(
                f"The decision names {decision.proposed_by} and {decision.authorised_by}, and you are {at.user}. "
                "Nothing was removed; each of the two runs this under their own login."
            )
        return _authorise(at, options, decision)


@COMMANDS.command(
    "certificate",
    "the certificate of a disposal that was carried out, again: as text, or as a PDF with --out",
    FORMAT,
    option("disposal", metavar="DISPOSAL", help="its number"),
    option("--out", type=Path, metavar="PATH", help="a PDF file"),
    option("--overwrite", action="store_true", help="replace a file that is there"),
)
def retention_certificate(options: argparse.Namespace) -> int:
    """Print the certificate of a disposal again."""
    from ioms_desktop.services.printing.packs.certificate import print_certificate
    from ioms_desktop.services.retention.labels import certificate_text
    from ioms_desktop.services.retention.retention import get_certificate

    with open_session(options) as at:
        if options.out is not None:
            outcome = print_certificate(at, options.disposal, options.out, overwrite=options.overwrite)
            return write_result(options, {"path": str(options.out), "notice": outcome.notice}, str(options.out))
        told = get_certificate(at, options.disposal)
    return write_result(options, told, certificate_text(told, at.names))


def _propose(at: Session, ref: str, decision: DisposalDecision) -> int:
    from ioms_desktop.services.retention.retention import ProposeDisposal, propose_disposal

    entry = ProposeDisposal(request="", person_ref=ref, authority=decision.authority, reason=decision.reason)
    print(propose_disposal(at, entry).notice)
    write_message(f"{decision.authorised_by} runs the same command next; only then is anything removed.")
    return 0


def _authorise(at: Session, options: argparse.Namespace, decision: DisposalDecision) -> int:
    from ioms_desktop.services.retention.labels import certificate_text
    from ioms_desktop.services.retention.retention import AnswerDisposal, dispose_of_record, get_certificate, get_review

    if options.certificate is not None and options.certificate.exists():
        raise FileExists(f"There is a file at {options.certificate} already. Nothing was removed; name another.")
    if options.certificate is not None and not os.access(options.certificate.parent, os.W_OK | os.X_OK):
        raise FileUnwritable(
            f"No file can be written in {options.certificate.parent}. Nothing was removed; name another place for the "
            "certificate."
        )
    waiting = get_review(at, options.ref).proposed_disposal
    if waiting is None:
        raise NotProposed(
            f"Nobody has proposed the disposal of {options.ref} yet. Nothing was removed; {decision.proposed_by} runs "
            "this command first, under their own login."
        )
    differing = [
        name for name in ("proposed_by", "authority", "reason") if getattr(waiting, name) != getattr(decision, name)
    ]
    if differing:
        raise NotProposed(
            f"What was proposed as {waiting.disposal_ref} differs from the decision in {' and '.join(differing)}. "
            "Nothing was removed; both decide on the same."
        )
    done = dispose_of_record(at, AnswerDisposal(request="", disposal_ref=waiting.disposal_ref))
    told = get_certificate(at, waiting.disposal_ref)
    words = certificate_text(told, at.names)
    write_result(options, told, words)
    write_message(done.notice)
    return 0 if options.certificate is None else _write_certificate(options.certificate, words)


def _write_certificate(path: Path, text: str) -> int:
    from ioms_desktop.atomic_file import write_file

    try:
        write_file(path, text + "\n", overwrite=False)
    except OSError as failed:
        write_message(
            f"The disposal was carried out, but its certificate could not be written to {path}: {failed.strerror}. It "
            "stands above and is kept in the database."
        )
        return 1
    return 0


def _due_json(each: DueReview) -> dict[str, Any]:
    return {
        "person_ref": each.person_ref,
        "name": each.name,
        "case_refs": list(each.case_refs),
        "due_on": each.due.on.isoformat(),
        "group": each.due.group.code,
        "reason": each.due.reason,
        "open_case": each.due.has_open_case,
        "legal_hold": each.due.on_legal_hold,
        "kept_until": iso_date(each.due.kept_until),
        "disposal_proposed": each.proposed_disposal.disposal_ref if each.proposed_disposal else None,
    }


def _due_line(names: WorkerNames, each: DueReview) -> str:
    from ioms_desktop.services.retention.labels import describe_obstacles

    told = "".join(f"  [{words}]" for words in describe_obstacles(each, names))
    return f"{format_day(each.due.on)}  {each.person_ref}  {each.name}  {each.due.reason}{told}"
