"""A pack: a cover with its contents, and behind it each case on pages of its own, which can be taken out."""

from collections.abc import Iterator

from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.packs.pack import Pack
from ioms_desktop.domain.printing.print_facts import PaperForm
from ioms_desktop.domain.printing.summary import CaseSummary
from ioms_desktop.domain.text_format import format_day, pluralise
from ioms_desktop.reports.case_summary.case_summary import describe_case_summary, masthead_of
from ioms_desktop.reports.case_summary.page_frame import page_frame
from ioms_desktop.reports.document.description import (
    Block,
    Contents,
    Heading,
    LabelledValues,
    Masthead,
    PaperDocument,
    Paragraph,
    TableColumn,
    TextTone,
)

TITLE = "Case summaries"
LOOSE_PAGES = (
    "Each case begins on a page of its own and can be taken out. The pages of a case bear the print code of that case, "
    "by which they are checked and recalled one by one; the code of the whole pack is on this cover."
)
COLUMNS = (
    TableColumn("No.", 1.2, is_number=True),
    TableColumn("Case", 4.8),
    TableColumn("Who", 5),
    TableColumn("Standing", 4.5),
    TableColumn("To decide", 2.5, is_number=True),
    TableColumn("Print code", 5.5),
)


def describe_pack(pack: Pack) -> PaperDocument:
    """Return a pack as a document; its cover names each case as its reader may know it."""
    child = any(each.identity.child for each in pack.papers)
    return PaperDocument(
        title=f"{TITLE}: {pluralise(len(pack.papers), 'case')}",
        frame=page_frame(pack.about, TITLE, pack.as_of, child=child),
        blocks=tuple(_cover(pack)),
        parts=tuple(describe_case_summary(each) for each in pack.papers),
    )


def _cover(pack: Pack) -> Iterator[Block]:
    about = pack.about
    audience = f"{about.audience} summaries".capitalize()
    if about.audience is Audience.PARTNER:
        audience += f" for {about.agency_name}" if about.agency_name else ", agency not named"
    if about.form is PaperForm.ONE_PAGE:
        audience += ", each on one page"
    as_of = "" if pack.as_of is None else f"as of {format_day(pack.as_of)}"
    yield Masthead(TITLE, pluralise(len(pack.papers), "case").capitalize(), " · ".join(filter(None, (audience, as_of))))
    pairs = (("For", about.recipient), ("Why", about.reason), ("Printed by", about.printed_by))
    known = tuple(pair for pair in pairs if pair[1])
    if known:
        yield LabelledValues(known, side_by_side=False)
    yield Heading("Contents")
    if pack.papers:
        yield Contents(COLUMNS, tuple(_row(number, each) for number, each in enumerate(pack.papers, 1)))
        yield Paragraph(LOOSE_PAGES, TextTone.QUIET)


def _row(number: int, summary: CaseSummary) -> tuple[str, ...]:
    head = masthead_of(summary)
    case = "\n".join(filter(None, (head.title, summary.programme.case_ref)))
    return (
        str(number),
        case,
        head.subtitle,
        head.standing.word if head.standing is not None else "",
        str(len(summary.to_decide or ()) or ""),
        summary.about.print_id,
    )
