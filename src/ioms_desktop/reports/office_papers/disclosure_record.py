"""The disclosure record of a case: every copy that left, to whom, why, by whom, and what became of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from ioms_desktop.domain.printing.packs.office_papers import DisclosedLine, DisclosureRecord
from ioms_desktop.domain.text_format import format_day, pluralise
from ioms_desktop.reports.case_summary.page_frame import page_frame
from ioms_desktop.reports.document.description import (
    Block,
    Heading,
    Masthead,
    PaperDocument,
    Paragraph,
    Table,
    TableColumn,
    TextTone,
)

TITLE = "Disclosure record"
NOTHING_GIVEN = "Nothing is on record as given to somebody else."
NOTHING_KEPT = "No copy is on record as kept by who printed it."
SOURCE = (
    "From the register of papers and the audit, in which nobody changes or removes an entry. What was said by word of "
    "mouth is in the contacts and decisions of the case."
)
GIVEN = (
    TableColumn("When, by whom", 3.6),
    TableColumn("What", 3.8),
    TableColumn("To whom", 3.2),
    TableColumn("Why, under which power", 3.8),
    TableColumn("Code, what became of it", 4.2),
)
KEPT = (
    TableColumn("When, by whom", 3.6),
    TableColumn("What", 5.4),
    TableColumn("Why", 5.4),
    TableColumn("Code, what became of it", 4.2),
)


def describe_disclosure_record(record: DisclosureRecord) -> PaperDocument:
    """Return the record as a document."""
    name = ", ".join(filter(None, (record.name, record.case_ref)))
    return PaperDocument(
        title=f"{TITLE}: {name}" if name else TITLE,
        frame=page_frame(record.about, f"{TITLE}, {name}", record.as_of, child=record.child),
        blocks=tuple(_blocks(record)),
    )


def _blocks(record: DisclosureRecord) -> Iterator[Block]:
    given = [each for each in record.lines if each.is_given]
    kept = [each for each in record.lines if not each.is_given]
    out, held = (sum(each.has_left for each in lines) for lines in (given, kept))
    counted = f"{pluralise(out, 'disclosure')}, {pluralise(held, 'copy', 'copies')} kept"
    as_of = "" if record.as_of is None else f"to {format_day(record.as_of)}"
    yield Masthead(record.name or TITLE, TITLE, " · ".join(filter(None, (record.case_ref, counted, as_of))))
    yield Heading("Given to others")
    yield from _table(GIVEN, given, NOTHING_GIVEN)
    yield Heading("Kept by who printed it")
    yield from _table(KEPT, kept, NOTHING_KEPT)
    yield Heading("Where this is from")
    yield Paragraph(SOURCE, TextTone.QUIET)


def _table(columns: tuple[TableColumn, ...], lines: Sequence[DisclosedLine], none: str) -> Iterator[Block]:
    if not lines:
        yield Paragraph(none)
        return
    with_recipient = columns is GIVEN
    yield Table(columns, tuple(_row(each, with_recipient=with_recipient) for each in lines))


def _row(line: DisclosedLine, *, with_recipient: bool) -> tuple[str, ...]:
    copy = f"copy {line.copy}" if line.copy else ""
    what = ", ".join(filter(None, (line.what, copy)))
    why = "\n".join(filter(None, (line.reason, line.power)))
    became = "\n".join(filter(None, (line.print_id, line.became)))
    when = "\n".join(filter(None, (_instant(line.at), line.by)))
    return (when, what, line.recipient, why, became) if with_recipient else (when, what, why, became)


def _instant(at: datetime | None) -> str:
    return "" if at is None else f"{format_day(at.date())}, {at:%H:%M}"
