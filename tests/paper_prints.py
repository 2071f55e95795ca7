"""Prints case summaries as the window and the commands do, and ends where they would say that one was not printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import PrintOfCase
from ioms_desktop.services.labels import agency_code
from ioms_desktop.services.printing.many_summaries import SummaryTarget, print_summaries
from ioms_desktop.services.printing.sharing_log import record_unfinished_prints
from ioms_desktop.services.printing.text_review import list_texts_to_review
from ioms_desktop.services.printing.texts.decided import NotReviewed, ReviewForReader
from ioms_desktop.storage.printing.papers import PAPER, papers_of_cases

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ioms_desktop.domain.printing.packs.paper_kinds import OfficePaper
    from ioms_desktop.services.session import Session


def printed_pdf(session: Session, case_ref: str, **asked: Any) -> bytes:  # noqa: ANN401 - passed on unchanged
    """Print one copy, and return its bytes; what it has of people's own words was read, and nothing removed."""
    try:
        return printed_as_it_is(session, case_ref, **asked)
    except NotReviewed:
        return printed_as_it_is(session, case_ref, **asked, review=read_through(session, [case_ref], **asked))


def read_through(
    session: Session,
    case_refs: Sequence[str],
    paper: OfficePaper | None = None,
    **asked: Any,  # noqa: ANN401 - as above
) -> ReviewForReader:
    """Return the review of who reads every text and removes nothing."""
    texts = list_texts_to_review(session, case_refs, paper, **{**asked, "review": None})
    audience = asked["audience"]
    agency = agency_code(session.lists, asked.get("agency", "")) if audience is Audience.PARTNER else ""
    return ReviewForReader(audience=audience, agency=agency, marks={each: () for text in texts for each in text.ids})


def printed_as_it_is(session: Session, case_ref: str, **asked: Any) -> bytes:  # noqa: ANN401 - as above
    """Print one copy with what is said of its texts, and return its bytes."""
    (done,) = print_summaries(session, [SummaryTarget(case_ref=case_ref)], **asked)
    if done.error is not None:
        raise done.error
    return done.pdfs[0]


def save_papers(session: Session, targets: Sequence[tuple[str, Path]], **asked: Any) -> None:  # noqa: ANN401 - as above
    """Print a copy of each case into a file, which replaces what is there."""
    wanted = [SummaryTarget(case_ref=ref, paths=(path,)) for ref, path in targets]
    for done in print_summaries(session, wanted, overwrite=True, **asked):
        if done.error is not None:
            raise done.error


def printer_stopped(session: Session, *case_refs: str, reason_code: str = "CASE_CONFERENCE") -> None:
    """Say of the last print that the user made of each case that the printer stopped."""
    with session.store.read() as reading:
        mine = [each for each in papers_of_cases(reading, case_refs) if (each.actor, each.act) == (session.user, PAPER)]
    last = {each.case_ref: PrintOfCase(each.case_ref, each.print_id) for each in mine}
    record_unfinished_prints(session, [last[ref] for ref in case_refs], reason_code=reason_code)
