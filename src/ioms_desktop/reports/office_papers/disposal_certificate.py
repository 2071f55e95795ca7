"""The certificate of a disposal: what was removed by kind and number, by whom, and where copies may remain."""

from collections.abc import Iterator
from dataclasses import replace

from ioms_desktop.domain.printing.packs.certificates import DisposalCertificate
from ioms_desktop.domain.text_format import format_day, join_words, pluralise
from ioms_desktop.reports.case_summary.page_frame import page_frame
from ioms_desktop.reports.document.description import (
    Block,
    BulletList,
    Heading,
    LabelledValues,
    Masthead,
    PaperDocument,
    Paragraph,
    Table,
    TableColumn,
    TextTone,
)

TITLE = "Certificate of disposal"
NAMES_NOBODY = (
    "This certificate names nobody whose record was removed. It is kept in the database under its number, from which "
    "it can be printed again and compared."
)
NOTHING = "Nothing is on record as removed."
NO_COPIES = "No copy is known."
REMOVED = (TableColumn("Kind of record", 6), TableColumn("How many", 2, is_number=True))
SIGNED = (
    TableColumn("Role", 3),
    TableColumn("Name", 4),
    TableColumn("Signed", 5, is_written_in=True),
    TableColumn("Date", 3, is_written_in=True),
)
LINES_TO_WRITE = 3


def describe_disposal_certificate(certificate: DisposalCertificate) -> PaperDocument:
    """Return the certificate as a document."""
    frame = page_frame(certificate.about, f"{TITLE} {certificate.number}", None, child=False)
    return PaperDocument(
        title=f"{TITLE} {certificate.number}".strip(),
        frame=replace(frame, band=None, print_id=certificate.number),
        blocks=tuple(_blocks(certificate)),
    )


def _blocks(certificate: DisposalCertificate) -> Iterator[Block]:
    on = certificate.disposed_on
    yield Masthead(TITLE, certificate.number, "" if on is None else f"Carried out on {format_day(on)}")
    pairs = (("Authority", certificate.authority), ("Reason", certificate.reason))
    known = tuple(pair for pair in pairs if pair[1])
    if known:
        yield LabelledValues(known, side_by_side=False)
    yield Heading("What was removed")
    rows = tuple((kind, f"{count:,}") for kind, count in certificate.removed)
    total = sum(count for _, count in certificate.removed)
    yield Table(REMOVED, (*rows, ("Together", f"{total:,}"))) if rows else Paragraph(NOTHING)
    emptied = pluralise(certificate.emptied, "entry of the audit was", "entries of the audit were")
    yield Paragraph(f"{emptied} emptied; who did what and when stays, and the trail still proves whole.".capitalize())
    if certificate.tasks:
        yield Heading("Redaction elsewhere")
        tasks = pluralise(len(certificate.tasks), "task")
        yield Paragraph(f"Others' records mention the person; {tasks} to redact: {join_words(certificate.tasks)}.")
    yield Heading("Copies that may remain")
    yield BulletList(certificate.copies) if certificate.copies else Paragraph(NO_COPIES)
    yield Heading("Who decided")
    people = (("Proposed by", certificate.proposed_by, "", ""), ("Authorised by", certificate.authorised_by, "", ""))
    yield Table(SIGNED, people, room=LINES_TO_WRITE)
    yield Paragraph(NAMES_NOBODY, TextTone.QUIET)
