"""What a review of a record looks like, for pictures: asked, answered by a second person, and certified."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QDialog

from ioms_desktop.domain.retention import Disposal, RetentionFacts, RetentionGroups, months_after, next_review_due
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.retention.copies import DRAFTS_NOTE, OTHER_COPIES_NOTE
from ioms_desktop.services.retention.retention import DueReview
from ioms_desktop.services.session import Session
from ioms_desktop.ui.labels import formal_name
from ioms_desktop.ui.retention.retention import (
    AUTHORISE,
    PROPOSE,
    AnswerDisposalDialog,
    DisposalCertificateDialog,
    RetentionReviewDialog,
)

if TYPE_CHECKING:
    from ioms_desktop.ui.main_window.window import MainWindow

NUMBER, AUTHORITY = "DS-7K3QF9XB2M", "RRD panel 2026/14"
WHY = "Six clear years, no further contact, no safeguarding flag; the panel agreed."


def sample_reviews(
    window: "MainWindow", session: Session, view: CaseView
) -> Iterator[tuple[str, Callable[[], QDialog]]]:
    """Name every picture and give what makes it."""
    review = sample_review(session, view)
    yield "review_record", partial(_kept, window, session, review)
    yield "propose_disposal", partial(_proposed, window, session, review)
    yield "answer_disposal", partial(_answered, window, session, review)
    yield "certificate_of_disposal", lambda: DisposalCertificateDialog(sample_certificate(session), window)


def sample_review(session: Session, view: CaseView) -> DueReview:
    """Give a record whose clear years are over."""
    today = session.today()
    groups = RetentionGroups.in_force_on(session.lists.of("retention_group"), today)
    closed = months_after(today, -6 * 12)
    held = RetentionFacts(
        born_on=today - timedelta(days=31 * 365), recorded_on=closed, events=((closed, "the last contact"),)
    )
    return DueReview(
        person_ref=view.person.person_ref,
        name=formal_name(view.person),
        born_on=held.born_on,
        case_refs=(view.case.case_ref,),
        due=next_review_due(groups, held, today),
    )


def sample_certificate(session: Session) -> Mapping[str, Any]:
    """Give the certificate of a disposal."""
    return {
        "certificate": NUMBER,
        "disposed_on": session.today().isoformat(),
        "authority": AUTHORITY,
        "reason": WHY,
        "proposed_by": "A. SHAH",
        "authorised_by": session.user,
        "removed": {"people": 1, "cases": 1, "contacts": 48, "ratings": 26, "offers": 5, "former_version": 31},
        "audit_entries_emptied": 214,
        "tasks_to_redact": [f"{NUMBER}-1"],
        "copies": [OTHER_COPIES_NOTE, DRAFTS_NOTE],
    }


def _kept(window: "MainWindow", session: Session, review: DueReview) -> QDialog:
    dialog = RetentionReviewDialog(session, window.tasks, review, window)
    dialog.outcome.set_value("RETAIN")
    return dialog


def _proposed(window: "MainWindow", session: Session, review: DueReview) -> QDialog:
    dialog = RetentionReviewDialog(session, window.tasks, review, window)
    dialog.outcome.set_value(PROPOSE)
    dialog.authority.set_value(AUTHORITY)
    dialog.reason.set_value(WHY)
    return dialog


def _answered(window: "MainWindow", session: Session, review: DueReview) -> QDialog:
    waiting = Disposal(
        disposal_ref=NUMBER,
        person_ref=review.person_ref,
        proposed_by="A. SHAH",
        proposed_at=session.clock() - timedelta(days=2),
        authority=AUTHORITY,
        reason=WHY,
        status="PROPOSED",
        answered_by=None,
        answered_at=None,
        certificate=None,
    )
    dialog = AnswerDisposalDialog(session, window.tasks, replace(review, proposed_disposal=waiting), window)
    dialog.answer.set_value(AUTHORISE)
    return dialog
