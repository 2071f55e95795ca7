"""`print pack`: several case summaries as one file, in the order in which they are named."""

from __future__ import annotations

import argparse
from pathlib import Path

from ioms_desktop.cli.command import AS_OF, FORMAT, option
from ioms_desktop.cli.commands.print import COMMANDS, RECIPIENT, RECIPIENT_PARTS, refuse_agency_for_another
from ioms_desktop.cli.output import write_result
from ioms_desktop.cli.reviewed_texts import REVIEW, review_asked
from ioms_desktop.cli.session import get_new_password, open_session, printing_time
from ioms_desktop.domain.errors import OutOfRange
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import Recipient
from ioms_desktop.domain.printing.print_facts import PaperForm

IN_PLAIN_ENGLISH = frozenset({Audience.PARTICIPANT, Audience.PARENT})


@COMMANDS.command(
    "pack",
    "case summaries as one file, in the order named: a cover with contents, bookmarks, and each case on its own pages",
    AS_OF,
    FORMAT,
    option("refs", nargs="+", metavar="REF"),
    option("--audience", required=True, choices=[each.value for each in Audience if each not in IN_PLAIN_ENGLISH]),
    option("--agency", default="", metavar="CODE", help="the partner's; without it, the copy says the least"),
    option("--form", choices=[each.value for each in PaperForm], default="full", help="everything, or one page a case"),
    option("--reason", required=True, metavar="CODE", help="why, as a reason code"),
    *RECIPIENT,
    *REVIEW,
    option("--copies", default=1, type=int, metavar="N", help="how many numbered copies of the whole; default 1"),
    option("--out", required=True, type=Path, metavar="PATH", help="the PDF file; copies get -copy-1 and so on"),
    option("--overwrite", action="store_true", help="replace a file that is there"),
    option("--encrypt", action="store_true", help="AES-256; the passphrase comes from IOMS_NEW_PASSWORD or a prompt"),
)
def print_pack_of_cases(options: argparse.Namespace) -> int:
    """Print a pack."""
    from ioms_desktop.services.printing.packs.leaving_file import Places
    from ioms_desktop.services.printing.packs.pack import print_pack

    audience = Audience(options.audience)
    refuse_agency_for_another(audience, options.agency)
    paths = copy_paths(options.out, options.copies)
    at_time = printing_time()
    with open_session(options) as at:
        passphrase = get_new_password(at.user)[0] if options.encrypt else ""
        done = print_pack(
            at,
            list(dict.fromkeys(options.refs)),
            Places(paths=paths, overwrite=options.overwrite, passphrase=passphrase),
            copies=options.copies,
            audience=audience,
            agency=options.agency,
            form=PaperForm(options.form),
            reason_code=options.reason,
            as_of=options.as_of,
            printed_at=at_time,
            given_to=Recipient.of(*(getattr(options, name) for name in RECIPIENT_PARTS)),
            power=options.power,
            **review_asked(options),
        )
    said = {"cases": list(done.case_refs), "paths": [str(path) for path in paths]}
    return write_result(options, said, "\n".join(said["paths"]))


def copy_paths(out: Path, copies: int) -> tuple[Path, ...]:
    """Return the file of each numbered copy; the one that was named where there is one copy.

    Raises:
        OutOfRange: There is no copy at all.
    """
    if copies < 1:
        raise OutOfRange("A print has at least one copy. Nothing was printed; give a number from 1.", field="copies")
    if copies == 1:
        return (out,)
    return tuple(out.with_name(f"{out.stem}-copy-{number}{out.suffix}") for number in range(1, copies + 1))
