"""`print` and `screenshots`: case summaries as PDF, and pictures of the screens."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ioms_desktop.cli.command import AS_OF, FORMAT, CommandGroup, option
from ioms_desktop.cli.output import write_message, write_result
from ioms_desktop.cli.session import open_session, printing_time
from ioms_desktop.domain.errors import WrongFile
from ioms_desktop.domain.file_names import safe_file_name
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.text_format import iso_date

if TYPE_CHECKING:
    from ioms_desktop.services.records.recalls import CopyToRecall

COMMANDS = CommandGroup("print", "case summaries as PDF", metavar="WHAT")
COPY_COMMANDS = CommandGroup("copies", "copies that went out with an entry that was found to be in error")
SCREENSHOT_COMMANDS = CommandGroup()


@COMMANDS.command(
    "case-summary",
    "one file, or a folder for many cases",
    AS_OF,
    option("refs", nargs="+", metavar="REF"),
    option("--audience", required=True, choices=[each.value for each in Audience], help="for whom"),
    option("--reason", required=True, metavar="CODE", help="why, as a reason code"),
    option("--out", required=True, type=Path, metavar="PATH", help="a PDF file, or a folder for many"),
)
def case_summary(options: argparse.Namespace) -> int:
    """Print case summaries: one file, or a folder with one PDF a case."""
    from ioms_desktop.atomic_file import is_device
    from ioms_desktop.services.printing.summaries import require_visible_cases, save_case_summaries

    refs: list[str] = list(dict.fromkeys(options.refs))
    at_time = printing_time()
    with open_session(options) as at:
        require_visible_cases(at, refs)
        for path in save_case_summaries(
            at,
            list(zip(refs, _target_paths(options.out, refs), strict=True)),
            audience=Audience(options.audience),
            reason_code=options.reason,
            as_of=options.as_of,
            printed_at=at_time,
        ):
            if not is_device(path):  # its name would stand in the middle of what was written to it
                print(path)
    write_message(f"Printed {len(refs)} case summar{'y' if len(refs) == 1 else 'ies'}.")
    return 0


@COPY_COMMANDS.command("list", "what is to be recalled: one's own prints, and a supervisor's all", FORMAT)
def copies_list(options: argparse.Namespace) -> int:
    """Print the copies to recall."""
    from ioms_desktop.services.records.recalls import list_copies_to_recall

    with open_session(options) as at:
        found = list_copies_to_recall(at)
    text = "\n".join(f"{each.case_ref}  {each.name}  {each.describe()}" for each in found)
    return write_result(options, {"copies": [_copy_json(each) for each in found]}, text or "Nothing is to be recalled.")


@COPY_COMMANDS.command(
    "recalled",
    "record that a copy is back or destroyed, or that its recipient was told; it is then no longer listed",
    FORMAT,
    option("print_id", metavar="PRINT"),
    option("--result", required=True, choices=("RECALLED", "TOLD"), help="what was done"),
    option("--reason", required=True, metavar="TEXT", help="how, and with whom"),
)
def copies_recalled(options: argparse.Namespace) -> int:
    """Record what was done about a copy."""
    from uuid import uuid4

    from ioms_desktop.services.records.recalls import MarkRecalled, RecallResult, get_copy_to_recall, mark_recalled

    with open_session(options) as at:
        copy = get_copy_to_recall(at, options.print_id)
        entry = MarkRecalled(
            request=str(uuid4()),
            case_ref=copy.case_ref,
            print_id=copy.print_id,
            result=RecallResult(options.result),
            reason=options.reason,
        )
        outcome = mark_recalled(at, entry)
    return write_result(options, {"ref": outcome.ref, "notice": outcome.notice}, outcome.notice)


def _copy_json(copy: CopyToRecall) -> dict[str, Any]:
    return {
        "print_id": copy.print_id,
        "case_ref": copy.case_ref,
        "name": copy.name,
        "audience": copy.audience,
        "copy": copy.copy,
        "recipient": copy.recipient,
        "printed_by": copy.printed_by,
        "printed_at": iso_date(copy.printed_at),
        "errors": [
            {
                "table": each.table,
                "key": each.key_text,
                "what": each.what,
                "moved": each.is_moved,
                "at": iso_date(each.at),
                "by": each.by,
                "reason": each.reason or None,
            }
            for each in copy.errors
        ],
    }


def _target_paths(out: Path, refs: list[str]) -> list[Path]:
    """Where each PDF goes: the file named, or a folder.

    Raises:
        Refused: Several cases are to go into one file.
    """
    if len(refs) == 1 and not out.is_dir():
        out.parent.mkdir(parents=True, exist_ok=True)
        return [out]
    if out.exists() and not out.is_dir():
        raise WrongFile(f"Several cases go into a folder, and {out} is a file. Name a folder.")
    out.mkdir(parents=True, exist_ok=True)
    return [out / safe_file_name(ref, ".pdf") for ref in refs]


@SCREENSHOT_COMMANDS.command(
    "screenshots", "draw every screen with demo data", option("folder", type=Path, metavar="FOLDER")
)
def screenshots(options: argparse.Namespace) -> int:
    """Draw every screen and dialog with demo data, light and dark."""
    for path in options.pictures.draw_screens(options.folder):
        print(path)
    return 0
