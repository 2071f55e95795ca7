"""Pictures of every dialog as it opens on a case of the demonstration database."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog

from ioms_desktop.domain.printing.texts.names import find_names
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.screenshots.access_samples import account_pictures
from ioms_desktop.screenshots.action_pictures import action_pictures
from ioms_desktop.screenshots.backup_samples import sample_backups
from ioms_desktop.screenshots.draft_samples import sample_drafts
from ioms_desktop.screenshots.offline_samples import file_pictures
from ioms_desktop.screenshots.retention_samples import sample_certificate
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.edit_conflicts import EditComparison, compare_versions
from ioms_desktop.services.printing.text_review import TextToReview
from ioms_desktop.services.session import RaisedTrigger, Session
from ioms_desktop.ui.dialogs.merge_page import MergeDialog
from ioms_desktop.ui.main_window.help import HelpDialog
from ioms_desktop.ui.printing.review_texts import ReviewTextsDialog
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.recording.trigger_raised import TriggersRaisedDialog
from ioms_desktop.ui.retention.retention import DisposalCertificateDialog

if TYPE_CHECKING:
    from ioms_desktop.ui.main_window.window import MainWindow

Sample = tuple[str, Callable[[], QDialog]]


def sample_dialogs(window: "MainWindow", session: Session, case_ref: str) -> Iterator[Sample]:
    """Yield the name of each picture of a dialog about a case, and a function that makes the dialog."""
    view = open_case(session, case_ref)
    subject = subject_of(session, view)
    yield from action_pictures(window, view)
    if view.offers:
        yield "merge", lambda: MergeDialog(sample_comparison(session, view.offers[0]), window, about=subject.summary)
    told = next(iter(view.triggers), None)
    if told is not None:
        whom = f"{subject.name}, born {subject.born}"
        raised = RaisedTrigger(told.trigger.rule, told.sentence, told.trigger.decision_due, case_ref, whom)
        yield "raised", lambda: TriggersRaisedDialog(session, (raised,), may_decide=True, parent=window)
    yield from account_pictures(window, session)
    yield from sample_drafts(window, session, subject)
    tasks, told_of = window.services.tasks, sample_certificate(session)
    yield "certificate_of_disposal", lambda: DisposalCertificateDialog(session, tasks, told_of, window)
    yield from sample_backups(window, session)
    yield from file_pictures(window, session, view)
    yield "review_texts", lambda: ReviewTextsDialog((sample_text(session, case_ref),), {}, window)
    yield "help", partial(_help, window)


def sample_text(session: Session, case_ref: str) -> TextToReview:
    """Return a note that names somebody else twice; the second name was removed for the same reader before."""
    text = "He came with Kim OLDROYD, who lives at the flat. Kim will not be there on Friday."
    return TextToReview(
        case_ref=case_ref,
        ids=("contacts:1:1:note",),
        what="Contact, note",
        on=session.today() - timedelta(days=4),
        text=text,
        suggested=find_names(text, ("Kim", "OLDROYD")),
        earlier=find_names(text, ("OLDROYD",)),
    )


def sample_comparison(session: Session, offer: Offer) -> EditComparison:
    """Return an offer that two users changed at once: some fields merge, one is equal, and one must be chosen."""
    read = replace(offer, response=None, responded_on=None, started_on=None, ended_on=None, end_reason=None)
    day = offer.offered_on
    mine = replace(
        read,
        response="PARTLY",
        responded_on=day + timedelta(days=3),
        ended_on=day + timedelta(days=12),
        end_reason="The family moved to Coalville; the club there has a place for him from next week.",
    )
    theirs = replace(
        read,
        revision=offer.revision + 1,
        recorded_by="L. HOLT",
        recorded_at=session.clock(),
        response="ACCEPTED",
        responded_on=day + timedelta(days=2),
        started_on=day + timedelta(days=5),
        provider="Saffron Lane Boxing Club",
    )
    return compare_versions(session, read, mine, theirs)


def _help(window: "MainWindow") -> QDialog:
    screen = window.screens["caseload"]
    return HelpDialog(screen.title, screen.explanation, window.user_actions.actions, window)
