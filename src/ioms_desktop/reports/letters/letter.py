"""A letter on A4: the address, date and reference, the sentences, and room to sign."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from ioms_desktop.domain.letters.letter import Letter
from ioms_desktop.domain.policy.decisions import OFFER_STAYS_OPEN_NOTICE
from ioms_desktop.domain.text_format import plain_day
from ioms_desktop.reports.case_summary.page_frame import page_frame
from ioms_desktop.reports.document.description import (
    Block,
    Masthead,
    PaperDocument,
    Paragraph,
    Table,
    TableColumn,
    TextTone,
)

TO_WINDOW = "\n" * 4
"""Empty lines that bring the address behind the window of an envelope."""
ROOM_TO_SIGN = "\n" * 3
"""Empty lines above a name: as much as a signature needs."""
ROOM_BESIDE_NAME = "\n" * 2
"""The same where the name stands in a table, whose rows have room above and below the line."""


def describe_letter(letter: Letter) -> PaperDocument:
    """Return the letter as a document."""
    frame = page_frame(letter.about, letter.subject, letter.dated_on, child=letter.child)
    # A letter has no band: its reader sees by the address whose it is, and keeps it as a letter.
    return PaperDocument(
        title=f"{letter.title}: {letter.subject}" if letter.subject else letter.title,
        frame=replace(frame, band=None, foot_lines=(letter.about.handling,)),
        blocks=tuple(_blocks(letter)),
    )


def _blocks(letter: Letter) -> Iterator[Block]:
    yield Masthead(letter.title)
    yield Paragraph(TO_WINDOW + "\n".join(letter.address))
    dated = "" if letter.dated_on is None else plain_day(letter.dated_on, date.min)
    yield Paragraph(f"\n\n{dated}\nOur reference: {letter.reference}")
    if letter.greeting:
        yield Paragraph(f"\nDear {letter.greeting},")
    for text in letter.paragraphs:
        yield Paragraph(f"\n{text}", TextTone.STRONG if text == OFFER_STAYS_OPEN_NOTICE else TextTone.PLAIN)
    yield Paragraph(f"\n\nYours sincerely\n{ROOM_TO_SIGN}{letter.signed_by}\n{letter.phone}")
    if letter.copy_to:  # above who agrees: below, it would be alone on a page of its own
        yield Paragraph(f"\nCopy to: {letter.copy_to}", TextTone.QUIET)
    if letter.signers:
        yield Paragraph("\nWe have read this and agree to it.")
        columns = (
            TableColumn("Name", 3),
            TableColumn("Signed", 4, is_written_in=True),
            TableColumn("Date", 2, is_written_in=True),
        )
        rows = tuple((f"{ROOM_BESIDE_NAME}{name}", "", "") for name in letter.signers)
        yield Table(columns, rows, room=len(ROOM_BESIDE_NAME) + 1)
