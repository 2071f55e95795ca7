"""The fields of letters: what a template may leave open, and invented facts to fill them for a look at the page."""

from dataclasses import dataclass
from enum import Enum


class FieldKind(Enum):
    """How a field of a letter is asked for."""

    LINE = "line"
    LINES = "lines"
    DAY = "day"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class LetterField:
    """A named field of a template.

    Attributes:
        name: Its name between braces.
        label: Its name for people.
        kind: How it is asked for.
        help: What belongs into it.
    """

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    help: str = ""


LETTER_FIELDS = {
    each.name: each
    for each in (
        LetterField("name", "Name", help="What the person is called."),
        LetterField("om", "Signed by", help="Who signs the letter and takes the call."),
        LetterField("phone", "Telephone", help="Their number."),
        LetterField("day", "Day", FieldKind.DAY, "The day the letter is about."),
        LetterField("until", "Last day", FieldKind.DAY, "The day it ends."),
        LetterField("time", "Time", FieldKind.TIME, "Such as 14:30."),
        LetterField("place", "Place"),
        LetterField("offer", "What is offered", help="In plain words, to follow “offer you”."),
        LetterField("conduct", "What it is about", FieldKind.LINES, "In plain words: what was done, when and where."),
        LetterField("promises", "What is agreed", FieldKind.LINES, "What the person agrees to, one thing to a line."),
        LetterField("support", "What we do", FieldKind.LINES, "The help we give with it."),
        LetterField("why", "Reason given", help="In plain words, as a whole sentence."),
    )
}
"""Every field that a template may use; a template with another one is refused."""

SAMPLE_PERSON, SAMPLE_PARENT, SAMPLE_SIGNER = "Alex Example", "Kim Example", "Sam Example"
SAMPLE_ADDRESS = ("1 High Street", "Leicester")
SAMPLE_VALUES = {
    "name": "Alex",
    "om": SAMPLE_SIGNER,
    "phone": "0116 496 0000",
    "day": "2026-11-29",
    "until": "2027-05-29",
    "time": "14:30",
    "place": "the youth centre",
    "offer": "help with work or learning",
    "conduct": "On 18 July you had a knife at the park.",
    "promises": "I come to the gym.\nI stay away from the park.",
    "support": "You can have a mentor.",
    "why": "You asked us to stop.",
}
"""Invented, and as easy to read as what people fill in should be."""
SAMPLE_NAMES = ("Alex", SAMPLE_SIGNER)
"""What a measure of the words leaves out."""
