"""What the wording of a letter may not say, and where it speaks of enforcement.

A letter tells what may happen and by whose decision. It never says that something will happen that only a court or a
power with conditions can do, and never threatens with what the law does not carry at all.
"""

import re
from dataclasses import dataclass

_BY_COURTS = (
    r"(?:arrested|charged|prosecuted|convicted|fined|punished|locked up|jailed|recalled|searched|evicted|deported)"
)
_COMES = r"(?:(?:will|shall|must|can only)\b|\w+'ll\b|\b(?:is|are|am) going to\b)"
_WHAT_PEOPLE_NEED = r"(?:home|house|flat|tenancy|benefits?|licence|job|child|children|kids)"
_SOME = r"(?:\W+\w+){0,3}?\W+"


@dataclass(frozen=True, slots=True)
class ForbiddenPhrase:
    """What no letter says.

    Attributes:
        pattern: How it is found, in small letters and with single spaces.
        why: Why it is not said, as the end of a sentence.
    """

    pattern: re.Pattern[str]
    why: str


FORBIDDEN = tuple(
    ForbiddenPhrase(re.compile(pattern), why)
    for pattern, why in (
        (rf"{_COMES}{_SOME}{_BY_COURTS}\b", "only a court or a power with conditions of its own decides that"),
        (rf"{_COMES}{_SOME}(?:to|into|in) (?:prison|jail|custody|court|a cell)\b", "only a court decides that"),
        (
            rf"\b(?:lose|losing|take away|taking away)\b(?:\W+\w+){{0,2}}?\W+{_WHAT_PEOPLE_NEED}\b",
            "no letter of ours decides that",
        ),
        (r"\b(?:excluded|expelled|removed|suspended) from school\b", "school exclusion is never used to press anybody"),
        (
            r"\b(?:tell|inform|contact|write to) your (?:employer|boss|landlord|school|college|family|neighbours?)\b",
            "what is known of a person is not spread to press them",
        ),
        (
            r"\b(?:stopped|stop) (?:you )?and search",
            "a search needs grounds of its own, and being on a programme is none",
        ),
        (
            r"\bif you (?:do not|don't|refuse to|fail to|won't) (?:accept|agree|sign|say yes|take part|join|engage)",
            "taking part is a choice, and nothing follows from saying no",
        ),
        (r"\bmust (?:accept|agree|sign|take part|join|engage)\b", "taking part is a choice"),
        (
            r"\bbreak(?:ing)? (?:this|the|your) (?:agreement|contract|promises?) (?:is|will be) an? (?:crime|offence)",
            "an agreement can be broken without a crime",
        ),
        (
            r"\b(?:last|final|only) (?:chance|warning)\b|\bzero tolerance\b|\bno more chances\b",
            "the offer stays open, so that nothing is the last chance",
        ),
        (
            r"\b(?:offer|help|support)\b(?:\W+\w+){0,3}?\W+(?:withdrawn|taken back|stopped|ends? if|closes? if)\b",
            "no enforcement closes an offer",
        ),
        (
            r"\b(?:watching you|be watched|know where you live|come for you|make your life|regret)\b",
            "it frightens and says nothing that the law carries",
        ),
    )
)
"""The checked list: every one stands in `tests/domain/test_letter_templates.py` with an instance of it."""

ENFORCEMENT = re.compile(
    r"\b(?:warn\w*|arrest\w*|courts?|charge[ds]?|prosecut\w*|prison|police may|breach\w*|recall\w*|injunctions?"
    r"|enforcement|licen[cs]e|community protection)\b"
)


def forbidden_in(text: str) -> tuple[str, str] | None:
    """Return what a text says that no letter may say and why, or None."""
    said = _plain(text)
    for each in FORBIDDEN:
        found = each.pattern.search(said)
        if found:
            return found.group(), each.why
    return None


def mentions_enforcement(text: str) -> bool:
    """Whether a text speaks of warnings, police powers or courts."""
    return ENFORCEMENT.search(_plain(text)) is not None


def _plain(text: str) -> str:
    return " ".join(text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").casefold().split())
