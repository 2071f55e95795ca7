"""What several sections of a case summary share: small phrases, and how much of each the reader may have."""

from datetime import date

from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.redaction import withholds_fields, withholds_rows
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.reports.case_summary.summary_section import Sharing


def format_optional_day(on: date | None) -> str:
    """Write a day, or nothing where there is none."""
    return "" if on is None else format_day(on)


def end_sentence(words: str) -> str:
    """End a text as a sentence."""
    words = words.strip()
    return words if not words or words[-1] in ".!?" else f"{words}."


def sharing_of(audience: Audience, kind: type) -> Sharing:
    """How much an audience may have of a section that is made from facts of a kind."""
    if withholds_rows(audience, kind):
        return Sharing.SOME_ROWS
    return Sharing.SOME_FIELDS if withholds_fields(audience, kind) else Sharing.WHOLE
