"""Prints case summaries as the window and the commands do, and ends where they would say that one was not printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ioms_desktop.services.printing.many_summaries import SummaryTarget, print_summaries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ioms_desktop.services.session import Session


def printed_pdf(session: Session, case_ref: str, **asked: Any) -> bytes:  # noqa: ANN401 - passed on unchanged
    """Print one copy, and return its bytes."""
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
