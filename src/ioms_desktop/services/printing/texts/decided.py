"""What was decided of the texts of a copy: for which reader, and what is on record of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ioms_desktop.domain.errors import ConflictingValues, NotPossibleNow
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.texts.marks import NOBODY_REVIEWED, Span, TextReview, TextsState

NOT_REVIEWED_SENTENCE = (
    "The copy of case {case_ref} has texts that people wrote in their own words, and not every one was reviewed for "
    "this reader. It was not printed; review the texts, or leave them out."
)


class NotReviewed(NotPossibleNow):
    """A copy for a reader outside has a text that nobody reviewed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewForReader:
    """Which spans of which texts are removed for one reader.

    Attributes:
        agency: The code of the partner agency; empty where none was named.
        marks: The spans by text, also of those from which nothing is removed.
    """

    audience: Audience
    agency: str
    marks: Mapping[str, tuple[Span, ...]]


def checked_review(
    audience: Audience, agency: str, review: ReviewForReader | None, *, without_texts: bool
) -> TextReview:
    """Return what was decided of the texts, for this reader.

    Raises:
        ConflictingValues: It was decided for another, or does not go together.
    """
    if audience.shows_intelligence:
        if without_texts or review is not None:
            raise ConflictingValues(
                "The full copy has every text as it was written. Nothing was printed; leave the review out, or choose "
                "another copy.",
                field="texts",
            )
        return NOBODY_REVIEWED
    if review is None:
        return TextReview({}, left_out=without_texts)
    if without_texts or (review.audience, review.agency) != (audience, agency):
        raise ConflictingValues(
            "The texts were reviewed for another reader, or are to be left out. Nothing was printed; review them "
            "again.",
            field="texts",
        )
    return TextReview(review.marks)


def refuse_not_reviewed(about: PrintFacts, case_ref: str) -> None:
    """Refuse a copy with a text that nobody reviewed.

    Raises:
        NotReviewed: It has one.
    """
    if about.texts.state is TextsState.PENDING:
        raise NotReviewed(NOT_REVIEWED_SENTENCE.format(case_ref=case_ref), field="texts")


def texts_on_record(about: PrintFacts) -> dict[str, Any]:
    """Return what became of the texts in people's own words: what was removed from which, without a word of them."""
    if about.audience.shows_intelligence:
        return {}
    removed = [
        {
            "text": each.text,
            **({} if each.on is None else {"on": each.on.isoformat()}),
            "spans": [list(span) for span in each.spans],
        }
        for each in about.texts.removed
    ]
    return {"texts": about.texts.state.value, **({"removed": removed} if removed else {})}
