"""The kinds of paper that the office has of its cases, beside the summary."""

from enum import StrEnum


class OfficePaper(StrEnum):
    """A kind of paper beside the summary, as its entry in the register names it under `form`."""

    ACTION_SHEET = "action-sheet"
    REVIEW = "supervisor-review"
    DISCLOSURES = "disclosure-record"

    @property
    def label(self) -> str:
        """Its name for people."""
        return _LABELS[self]

    @property
    def is_for_police_alone(self) -> bool:
        """Whether it has what no partner may have, so that only the police's own copy is made."""
        return self is not OfficePaper.ACTION_SHEET

    @property
    def part(self) -> str:
        """The field of the summary that alone is printed of it for a reader outside; empty where none is."""
        return "actions" if self is OfficePaper.ACTION_SHEET else ""


_LABELS = {
    OfficePaper.ACTION_SHEET: "Action sheet",
    OfficePaper.REVIEW: "Supervisor's review",
    OfficePaper.DISCLOSURES: "Disclosure record",
}
