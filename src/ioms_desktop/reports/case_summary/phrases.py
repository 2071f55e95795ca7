"""Small phrases that several sections of a case summary share."""

from datetime import date

from ioms_desktop.domain.printing.summary import Programme
from ioms_desktop.domain.text_format import format_day


def format_optional_day(on: date | None) -> str:
    """Write a day, or nothing where there is none."""
    return "" if on is None else format_day(on)


def end_sentence(words: str) -> str:
    """End a text as a sentence."""
    words = words.strip()
    return words if not words or words[-1] in ".!?" else f"{words}."


def describe_review(due: date, clock: str) -> str:
    """Say when the next review is due, or that it was due and how late it is."""
    if clock.endswith("late"):
        return f"The review was due on {format_day(due)} and is {clock}."
    return f"Next review {format_day(due)}" + (f", {clock}." if clock else ".")


def describe_stage(programme: Programme) -> str:
    """Say at which stage a case is, and why it was closed, for whoever may have that."""
    return programme.status + (f" ({programme.close_reason})" if programme.close_reason else "")
