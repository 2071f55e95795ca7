"""`print` and `screenshots`: case summaries as PDF, and pictures of the screens."""

from __future__ import annotations

import argparse
from pathlib import Path

from ioms_desktop.cli.command import AS_OF, CommandGroup, option
from ioms_desktop.cli.output import write_message
from ioms_desktop.cli.session import open_session, printing_time
from ioms_desktop.domain.errors import WrongFile
from ioms_desktop.domain.file_names import safe_file_name
from ioms_desktop.domain.printing.audiences import Audience

COMMANDS = CommandGroup("print", "case summaries as PDF", metavar="WHAT")
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
