"""The kinds of letter that the office writes."""

from enum import StrEnum


class LetterKind(StrEnum):
    """What a letter is; the value is its name on the command line and in the register."""

    IOM_NOTICE = "iom-notice"
    PHOENIX_NOTIFICATION = "phoenix-notification"
    VERBAL_WARNING = "verbal-warning"
    WRITTEN_WARNING = "written-warning"
    ABC = "abc"
    OFFER = "offer"
    APPOINTMENT = "appointment"
    CLOSING = "closing"
    PARENT = "parent"

    @property
    def label(self) -> str:
        """Its name for people."""
        return _LABELS[self]


_LABELS = {
    LetterKind.IOM_NOTICE: "IOM letter",
    LetterKind.PHOENIX_NOTIFICATION: "Phoenix notification",
    LetterKind.VERBAL_WARNING: "Verbal warning, confirmed",
    LetterKind.WRITTEN_WARNING: "Written warning",
    LetterKind.ABC: "Acceptable behaviour contract",
    LetterKind.OFFER: "Offer of support",
    LetterKind.APPOINTMENT: "Appointment",
    LetterKind.CLOSING: "Closing",
    LetterKind.PARENT: "To a parent or carer",
}
