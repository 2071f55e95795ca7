"""`print` and `screenshots`: case summaries and letters as PDF, and pictures of the screens."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ioms_desktop.cli.command import AS_OF, FORMAT, CommandGroup, option, parse_day
from ioms_desktop.cli.output import write_message, write_result
from ioms_desktop.cli.reviewed_texts import REVIEW, review_asked
from ioms_desktop.cli.session import get_new_password, open_session, printing_time
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import ConflictingValues, MalformedValue, OutOfRange, WrongFile
from ioms_desktop.domain.file_names import safe_file_name
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import Recipient
from ioms_desktop.domain.printing.print_facts import PaperForm
from ioms_desktop.domain.text_format import iso_date

if TYPE_CHECKING:
    from ioms_desktop.services.printing.many_summaries import SummaryTarget
    from ioms_desktop.services.printing.papers import PaperRow
    from ioms_desktop.services.records.recalls import CopyToRecall

RECIPIENT_PARTS = ("recipient", "recipient_role", "recipient_organisation")
RECIPIENT = (
    option("--recipient", default="", metavar="NAME", help="who is given the copy; without it you keep it yourself"),
    option("--recipient-role", default="", metavar="ROLE", help="what they do there, as in housing officer"),
    option("--recipient-organisation", default="", metavar="NAME", help="for whom they receive it"),
    option("--power", default="", metavar="CODE", help="the legal power under which it is given, of sharing_power"),
)
COMMANDS = CommandGroup("print", "case summaries and letters as PDF", metavar="WHAT")
COPY_COMMANDS = CommandGroup("copies", "copies that went out: which are to be recalled, and which were")
PAPER_COMMANDS = CommandGroup("papers", "the register of every copy that left")
SCREENSHOT_COMMANDS = CommandGroup()


@COMMANDS.command(
    "case-summary",
    "one file, or a folder for many cases",
    AS_OF,
    option("refs", nargs="+", metavar="REF"),
    option("--audience", required=True, choices=[each.value for each in Audience], help="for whom"),
    option("--agency", default="", metavar="CODE", help="the partner's; without it, the copy says the least"),
    option("--form", choices=[each.value for each in PaperForm], default="full", help="everything, or one page"),
    option("--reason", required=True, metavar="CODE", help="why, as a reason code"),
    *RECIPIENT,
    *REVIEW,
    option("--copies", default=1, type=int, metavar="N", help="how many numbered copies of each; default 1"),
    option("--out", required=True, type=Path, metavar="PATH", help="a PDF file, or a folder for many"),
    option("--overwrite", action="store_true", help="replace a file that is there"),
    option("--encrypt", action="store_true", help="AES-256; the passphrase comes from IOMS_NEW_PASSWORD or a prompt"),
)
def case_summary(options: argparse.Namespace) -> int:
    """Print case summaries: one file, or a folder with one PDF a case and copy."""
    from ioms_desktop.atomic_file import is_device
    from ioms_desktop.services.printing.many_summaries import print_summaries
    from ioms_desktop.services.printing.summaries import require_visible_cases

    refs: list[str] = list(dict.fromkeys(options.refs))
    audience = Audience(options.audience)
    refuse_agency_for_another(audience, options.agency)
    at_time = printing_time()
    failed = 0
    with open_session(options) as at:
        require_visible_cases(at, refs)
        if audience is Audience.PARTNER and not options.agency:
            write_message("No agency was named: a copy says who it is about and whom to ask, and no more.")
        for done in print_summaries(
            at,
            _targets(options.out, refs, audience, options.copies, overwrite=options.overwrite),
            copies=options.copies,
            overwrite=options.overwrite,
            passphrase=get_new_password(at.user)[0] if options.encrypt else "",
            audience=audience,
            agency=options.agency,
            form=PaperForm(options.form),
            reason_code=options.reason,
            as_of=options.as_of,
            printed_at=at_time,
            given_to=Recipient.of(*(getattr(options, name) for name in RECIPIENT_PARTS)),
            power=options.power,
            **review_asked(options),
        ):
            if done.error is not None:
                failed += 1
                write_message(f"{done.case_ref}: {done.sentence}")
                continue
            for path in done.paths:
                if not is_device(path):  # its name would stand in the middle of what was written to it
                    print(path)
    made = len(refs) - failed
    write_message(f"Printed {made} case summar{'y' if made == 1 else 'ies'}.")
    return 1 if failed else 0


def refuse_agency_for_another(audience: Audience, agency: str) -> None:
    """Refuse an agency where the copy is not for a partner.

    Raises:
        ConflictingValues: One was named.
    """
    if agency and audience is not Audience.PARTNER:
        raise ConflictingValues(
            "Only a copy for a partner is made for an agency. Nothing was printed; leave --agency out, or let "
            "--audience be partner.",
            field="agency",
        )


@COMMANDS.command(
    "letter",
    "a letter to the person, or to a parent or carer; what the case does not say is given by --set",
    FORMAT,
    option("template", choices=[each.value for each in LetterKind], help="which letter"),
    option("ref", metavar="REF"),
    option("--set", action="append", default=[], metavar="FIELD=TEXT", help="a field of the letter, in other words"),
    option("--address", default="", metavar="TEXT", help="where to, with commas between lines; default as recorded"),
    option("--parent", default="", metavar="NAME", help="the parent or carer; default as recorded"),
    option("--no-copy", default="", metavar="WHY", help="why the parent or carer of a child has no copy"),
    option("--power", default="COMMON_LAW_POLICING_PURPOSE", metavar="CODE", help="the power, of sharing_power"),
    option("--reason", default="CASE_WORK", metavar="CODE", help="why, as a reason code"),
    option("--out", required=True, type=Path, metavar="PATH", help="the PDF file"),
    option("--overwrite", action="store_true", help="replace a file that is there"),
)
def letter(options: argparse.Namespace) -> int:
    """Write a letter."""
    from uuid import uuid4

    from ioms_desktop.services.cases.cases import open_case
    from ioms_desktop.services.letters.letters import WriteLetter, read_letter_facts, write_letter

    kind = LetterKind(options.template)
    given = dict(_pair(each) for each in options.set)
    day = printing_time().astimezone(LONDON).date()
    with open_session(options) as at:
        facts = read_letter_facts(at, open_case(at, options.ref), kind)
        entry = WriteLetter(
            request=str(uuid4()),
            case_ref=options.ref,
            kind=kind,
            values={**facts.values, **given},
            address="\n".join(options.address.split(",")) or facts.address,
            parent="" if options.no_copy else options.parent or facts.parent,
            no_copy=options.no_copy or facts.not_told,
            power=options.power,
            reason=options.reason,
            dated_on=day,
        )
        outcome = write_letter(at, entry, options.out, overwrite=options.overwrite).outcome
    said = {"document": outcome.ref, "path": str(options.out), "notice": outcome.notice}
    return write_result(options, said, f"{options.out}\n{outcome.notice}")


@COMMANDS.command("audiences", "who receives which part of a case summary, by audience and agency", FORMAT)
def audiences(options: argparse.Namespace) -> int:
    """Print the allow-lists; they are the program's own, and no database is opened."""
    from ioms_desktop.domain.printing.list_table import (
        ONLY_FULL,
        OTHER_PAPERS,
        PLAIN_COPIES,
        UNTIL_TOLD,
        agency_rows,
        describe_own_words,
        part_rows,
    )

    parts = "\n".join(f"{row.part}: {', '.join(row.lists) or 'the full copy alone'}" for row in part_rows())
    agencies = "\n".join(f"{code}: {iom} on IOM, {phoenix} on Phoenix" for code, iom, phoenix in agency_rows())
    said = {
        "parts": [{"part": row.part, "lists": list(row.lists)} for row in part_rows()],
        "agencies": [{"agency": code, "IOM": iom, "PHOENIX": phoenix} for code, iom, phoenix in agency_rows()],
    }
    words = (ONLY_FULL, UNTIL_TOLD, PLAIN_COPIES, OTHER_PAPERS, describe_own_words(), parts, agencies)
    return write_result(options, said, "\n\n".join(words))


@PAPER_COMMANDS.command(
    "list",
    "every copy that left: a supervisor's of the cases they may know of, an auditor's all, others' their own",
    FORMAT,
    option("--search", default="", metavar="TEXT", help="a recipient, a case, a name, a day or a code"),
    option("--from", dest="first", type=parse_day, metavar="YYYY-MM-DD", help="printed on this day or later"),
    option("--to", dest="last", type=parse_day, metavar="YYYY-MM-DD", help="printed on this day or before"),
)
def papers_list(options: argparse.Namespace) -> int:
    """Print the register of papers."""
    from ioms_desktop.services.labels import format_instant
    from ioms_desktop.services.printing.papers import list_papers

    with open_session(options) as at:
        found = list_papers(at, options.search, options.first, options.last)
    text = "\n".join(
        f"{each.print_id}  {format_instant(each.at)}  {each.case_ref}  {each.what}, copy {each.copy}  "
        f"{each.recipient}  {each.state_words}"
        for each in found
    )
    return write_result(options, {"papers": [paper_json(each) for each in found]}, text or "No copy has left.")


@PAPER_COMMANDS.command(
    "check",
    "whether a paper is genuine: what was printed under the code at its foot, or whether a file is what left",
    FORMAT,
    option("code", nargs="?", default="", metavar="CODE", help="the print code at the foot of a page"),
    option("--file", type=Path, metavar="PATH", help="a PDF file to compare instead"),
)
def papers_check(options: argparse.Namespace) -> int:
    """Say whether a paper is genuine."""
    from ioms_desktop.services.printing.genuine import check_code, check_file, lines_of

    with open_session(options) as at:
        found = check_code(at, options.code) if options.file is None else check_file(at, options.file)
    text = "\n".join([*found.sentences, *("\n" + "\n".join(lines_of(each)) for each in found.papers)])
    said = {"genuine": found.is_genuine, "same_file": found.is_same_file, "notes": list(found.sentences)}
    write_result(options, {**said, "papers": [paper_json(each) for each in found.papers]}, text)
    return 0 if found.is_genuine else 1


def paper_json(row: PaperRow) -> dict[str, Any]:
    """Return a copy as JSON."""
    return {
        "print_id": row.print_id,
        "printed_at": iso_date(row.at),
        "case_ref": row.case_ref,
        "name": row.name or None,
        "what": row.what,
        "audience": row.audience,
        "copy": row.copy,
        "recipient": row.recipient,
        "given_out": row.is_given,
        "power": row.power or None,
        "reason": row.reason,
        "printed_by": row.printed_by,
        "workstation": row.workstation,
        "sha256": row.digest or None,
        "state": row.state.value,
        "state_on": iso_date(row.state_on),
        "replaced_by": row.replaced_by or None,
    }


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
    option(
        "print_id",
        metavar="PRINT",
        help="the code of the paper, or of a pack with all of its papers; or the ref of one copy",
    ),
    option("--result", required=True, choices=("RECALLED", "TOLD"), help="what was done"),
    option("--reason", required=True, metavar="TEXT", help="how, and with whom"),
)
def copies_recalled(options: argparse.Namespace) -> int:
    """Record what was done about a copy."""
    from uuid import uuid4

    from ioms_desktop.services.records.recalls import MarkRecalled, RecallResult, get_copies_to_recall, mark_recalled

    with open_session(options) as at:
        outcomes = [
            mark_recalled(
                at,
                MarkRecalled(
                    request=str(uuid4()),
                    case_ref=copy.case_ref,
                    print_id=copy.ref if "/" in options.print_id else copy.print_id,
                    result=RecallResult(options.result),
                    reason=options.reason,
                ),
            )
            for copy in get_copies_to_recall(at, options.print_id)
        ]
    notices = "\n".join(outcome.notice for outcome in outcomes)
    return write_result(options, {"ref": outcomes[0].ref, "notice": notices}, notices)


def _copy_json(copy: CopyToRecall) -> dict[str, Any]:
    return {
        "ref": copy.ref,
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


def _pair(text: str) -> tuple[str, str]:
    name, is_given, value = text.partition("=")
    if not is_given:
        raise MalformedValue(f"{text} sets no field. Nothing was written; write it as place=the centre.", field="set")
    return name.strip(), value


def _targets(out: Path, refs: list[str], audience: Audience, copies: int, *, overwrite: bool) -> list[SummaryTarget]:
    """Say where each PDF goes: the file named, or a folder, in which a name that is taken gets a number.

    Raises:
        Refused: Several papers are to go into one file.
    """
    from ioms_desktop.services.printing.many_summaries import SummaryTarget, paper_stem, unused_path

    if copies < 1:
        raise OutOfRange("A print has at least one copy. Nothing was printed; give a number from 1.", field="copies")
    if len(refs) * copies == 1 and not out.is_dir():
        out.parent.mkdir(parents=True, exist_ok=True)
        return [SummaryTarget(case_ref=refs[0], paths=(out,))]
    if out.exists() and not out.is_dir():
        raise WrongFile(f"Several papers go into a folder, and {out} is a file. Name a folder.")
    out.mkdir(parents=True, exist_ok=True)
    taken: set[Path] = set()
    made = []
    for position, ref in enumerate(refs, 1):
        endings = [".pdf"] if copies == 1 else [f"-copy-{number}.pdf" for number in range(1, copies + 1)]
        wanted = [out / safe_file_name(paper_stem(audience, ref, position), ending) for ending in endings]
        paths = tuple(path if overwrite else unused_path(path, taken) for path in wanted)
        made.append(SummaryTarget(case_ref=ref, paths=paths))
    return made


@SCREENSHOT_COMMANDS.command(
    "screenshots", "draw every screen with demo data", option("folder", type=Path, metavar="FOLDER")
)
def screenshots(options: argparse.Namespace) -> int:
    """Draw every screen and dialog with demo data, light and dark."""
    for path in options.pictures.draw_screens(options.folder):
        print(path)
    return 0
