"""`print action-sheet`, `print review` and `print disclosures`: papers beside the case summary."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ioms_desktop.cli.command import AS_OF, FORMAT, option
from ioms_desktop.cli.commands.papers.packs import IN_PLAIN_ENGLISH, copy_paths
from ioms_desktop.cli.commands.print import COMMANDS, RECIPIENT, RECIPIENT_PARTS, refuse_agency_for_another
from ioms_desktop.cli.output import write_result
from ioms_desktop.cli.reviewed_texts import REVIEW, review_asked
from ioms_desktop.cli.session import get_new_password, open_session, printing_time
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import Recipient

if TYPE_CHECKING:
    from ioms_desktop.domain.printing.packs.paper_kinds import OfficePaper

LEAVING = (
    option("--reason", required=True, metavar="CODE", help="why, as a reason code"),
    *RECIPIENT,
    option("--copies", default=1, type=int, metavar="N", help="how many numbered copies; default 1"),
    option("--out", required=True, type=Path, metavar="PATH", help="the PDF file; copies get -copy-1 and so on"),
    option("--overwrite", action="store_true", help="replace a file that is there"),
    option("--encrypt", action="store_true", help="AES-256; the passphrase comes from IOMS_NEW_PASSWORD or a prompt"),
)


@COMMANDS.command(
    "action-sheet",
    "open actions of some cases by agency, the earliest due first, with room for what came of them",
    AS_OF,
    FORMAT,
    option("refs", nargs="+", metavar="REF"),
    option("--audience", required=True, choices=[each.value for each in Audience if each not in IN_PLAIN_ENGLISH]),
    option("--agency", default="", metavar="CODE", help="the partner's; without it, the sheet says the least"),
    *REVIEW,
    *LEAVING,
)
def action_sheet(options: argparse.Namespace) -> int:
    """Print an action sheet."""
    from ioms_desktop.domain.printing.packs.paper_kinds import OfficePaper

    audience = Audience(options.audience)
    refuse_agency_for_another(audience, options.agency)
    return _print(options, OfficePaper.ACTION_SHEET, options.refs, audience, options.agency, **review_asked(options))


@COMMANDS.command(
    "review",
    "what a supervisor looks at on a case: what is to be decided, standards, clocks, what the record lacks",
    AS_OF,
    FORMAT,
    option("ref", metavar="REF"),
    *LEAVING,
)
def review(options: argparse.Namespace) -> int:
    """Print a supervisor's review."""
    from ioms_desktop.domain.printing.packs.paper_kinds import OfficePaper

    return _print(options, OfficePaper.REVIEW, [options.ref])


@COMMANDS.command(
    "disclosures",
    "every copy that left about a case: what, to whom, why, under which power, by whom, and what became of it",
    AS_OF,
    FORMAT,
    option("ref", metavar="REF"),
    *LEAVING,
)
def disclosures(options: argparse.Namespace) -> int:
    """Print the disclosure record of a case."""
    from ioms_desktop.domain.printing.packs.paper_kinds import OfficePaper

    return _print(options, OfficePaper.DISCLOSURES, [options.ref])


def _print(
    options: argparse.Namespace,
    kind: OfficePaper,
    refs: list[str],
    audience: Audience = Audience.FULL,
    agency: str = "",
    **texts: Any,  # noqa: ANN401 - passed on unchanged
) -> int:
    from ioms_desktop.services.printing.packs.leaving_file import Places
    from ioms_desktop.services.printing.packs.office_paper import print_office_paper

    paths = copy_paths(options.out, options.copies)
    at_time = printing_time()
    with open_session(options) as at:
        passphrase = get_new_password(at.user)[0] if options.encrypt else ""
        done = print_office_paper(
            at,
            kind,
            list(dict.fromkeys(refs)),
            Places(paths=paths, overwrite=options.overwrite, passphrase=passphrase),
            copies=options.copies,
            audience=audience,
            agency=agency,
            reason_code=options.reason,
            as_of=options.as_of,
            printed_at=at_time,
            given_to=Recipient.of(*(getattr(options, name) for name in RECIPIENT_PARTS)),
            power=options.power,
            **texts,
        )
    said = {"cases": list(done.case_refs), "paths": [str(path) for path in paths]}
    return write_result(options, said, "\n".join(said["paths"]))
