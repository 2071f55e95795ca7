"""A sample retention review, disposal and certificate, for pictures of their dialogs."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from ioms_desktop.domain.retention import Disposal, RetentionFacts, RetentionGroups, months_after, next_review_due
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.retention.copies import DRAFTS_NOTE, OTHER_COPIES_NOTE
from ioms_desktop.services.retention.due_reviews import DueReview
from ioms_desktop.services.session import Session
from ioms_desktop.ui.actions import loaders
from ioms_desktop.ui.actions.launcher import Given
from ioms_desktop.ui.labels import formal_name

DISPOSAL_REF, AUTHORITY = "DS-7K3QF9XB2M", "RRD panel 2026/14"
DISPOSAL_REASON = "Six clear years, no further contact, no safeguarding flag; the panel agreed."


def sample_review(session: Session, view: CaseView) -> DueReview:
    """Return a record whose retention period has ended."""
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
    """Return the certificate of a disposal."""
    return {
        "certificate": DISPOSAL_REF,
        "disposed_on": session.today().isoformat(),
        "authority": AUTHORITY,
        "reason": DISPOSAL_REASON,
        "proposed_by": "A. SHAH",
        "authorised_by": session.user,
        "removed": {"people": 1, "cases": 1, "contacts": 48, "ratings": 26, "offers": 5, "former_version": 31},
        "audit_entries_emptied": 214,
        "tasks_to_redact": [f"{DISPOSAL_REF}-1"],
        "copies": [OTHER_COPIES_NOTE, DRAFTS_NOTE],
    }


def sample_disposal(session: Session, person_ref: str) -> Disposal:
    """Return a disposal proposed by another user."""
    return Disposal(
        disposal_ref=DISPOSAL_REF,
        person_ref=person_ref,
        proposed_by="A. SHAH",
        proposed_at=session.clock() - timedelta(days=2),
        authority=AUTHORITY,
        reason=DISPOSAL_REASON,
        status="PROPOSED",
        answered_by=None,
        answered_at=None,
        certificate=None,
    )


def given_review(session: Session, view: CaseView) -> Given:
    """Return a review that is due."""
    return {loaders.REVIEW: sample_review(session, view)}


def given_disposal(session: Session, view: CaseView) -> Given:
    """Return a review whose disposal another user proposed."""
    review = sample_review(session, view)
    return {loaders.REVIEW: replace(review, proposed_disposal=sample_disposal(session, review.person_ref))}


def given_certificates(session: Session, _: CaseView) -> Given:
    """Return a disposal that was carried out, for the dialog that prints its certificate."""
    proposed = sample_disposal(session, "")
    done = replace(proposed, person_ref=None, status="DONE", answered_by=session.user, answered_at=session.clock())
    return {loaders.CERTIFICATES: [done]}
