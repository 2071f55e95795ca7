"""Every dialog as it opens on a case, for pictures of them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog

from ioms_desktop.domain.records.concerns_and_decisions import Decision, Proposal
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.screenshots.access_samples import sample_access
from ioms_desktop.screenshots.backup_samples import sample_backups
from ioms_desktop.screenshots.draft_samples import sample_drafts
from ioms_desktop.screenshots.offline_samples import sample_files
from ioms_desktop.screenshots.retention_samples import sample_reviews
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.edit_conflicts import EditComparison, compare_versions
from ioms_desktop.services.figures.read_figures import list_editions
from ioms_desktop.services.recording.decisions import decision_page
from ioms_desktop.services.session import RaisedTrigger, Session
from ioms_desktop.ui.actions.open_dialogs import find_cases
from ioms_desktop.ui.dialogs.merge_page import MergeDialog
from ioms_desktop.ui.figures.publish_figures import PublishFiguresDialog
from ioms_desktop.ui.main_window.help import HelpDialog
from ioms_desktop.ui.printing.print_cases import PrintCasesDialog
from ioms_desktop.ui.recording.answer_proposal import AnswerProposalDialog, DecisionServedDialog
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.recording.concern import ConcernDialog
from ioms_desktop.ui.recording.decision import DecisionDialog
from ioms_desktop.ui.recording.offer import AnswerOfferDialog, EndOfferDialog, MakeOfferDialog
from ioms_desktop.ui.recording.rag import RagDialog
from ioms_desktop.ui.recording.rating import RatingDialog
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from ioms_desktop.ui.recording.trigger_raised import TriggersRaisedDialog

if TYPE_CHECKING:
    from ioms_desktop.ui.main_window.window import MainWindow

Sample = tuple[str, Callable[[], QDialog]]


def sample_dialogs(window: "MainWindow", session: Session, case_ref: str) -> Iterator[Sample]:
    """Name every dialog and give what makes it.

    Args:
        window: What it belongs to.
        session: Who works.
        case_ref: The case it is about.
    """
    view = open_case(session, case_ref)
    subject, tasks = subject_of(session, view), window.tasks
    search = find_cases(session)
    yield "record_contact", lambda: RecordContactDialog(session, tasks, subject, find=search, parent=window)
    yield "make_offer", partial(MakeOfferDialog, session, tasks, subject, window)
    for name, dialog in (("answer_offer", AnswerOfferDialog), ("end_offer", EndOfferDialog)):
        if view.offers:
            yield name, partial(dialog, session, tasks, subject, view.offers[0], window)
    if view.offers:
        yield "merge", lambda: MergeDialog(sample_comparison(session, view.offers[0]), window)
    yield "record_concern", partial(ConcernDialog, session, tasks, subject, window)
    yield "rate_week", partial(RatingDialog, session, tasks, subject, window)
    yield "set_rag", partial(RagDialog, session, tasks, view, window)
    yield from _of_decisions(window, session, view)
    yield from sample_access(window, session, subject)
    yield from sample_drafts(window, session, subject)
    yield from sample_reviews(window, session, view)
    yield "print_case_summary", partial(_print, window, session, case_ref)
    yield from sample_backups(window, session)
    yield "publish_figures", lambda: PublishFiguresDialog(session, tasks, list_editions(session), window)
    yield from sample_files(window, session, view)
    yield "help", partial(_help, window)


def sample_comparison(session: Session, offer: Offer) -> EditComparison:
    """Give an offer that two people changed at once: one thing apart, one the same, one that must be asked."""
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


def _of_decisions(window: "MainWindow", session: Session, view: CaseView) -> Iterator[Sample]:
    case_ref, tasks = view.case.case_ref, window.tasks
    told = next(iter(view.triggers), None)
    rule = told.trigger.rule if told is not None else None
    yield (
        "propose_decision",
        lambda: DecisionDialog(session, tasks, view, decision_page(session, case_ref, rule), window),
    )
    proposal = Proposal(
        proposal_ref="PR-EXAMPLE",
        case_ref=case_ref,
        rule=rule,
        proposed_on=session.today(),
        decision="ALTERNATIVE",
        reason="The sessions clash with college; an evening offer has been found.",
        proposed_by="PC 4411 ADEYEMI",
        status="PROPOSED",
    )
    yield "answer_proposal", partial(AnswerProposalDialog, session, tasks, view, proposal, window)
    served = next((decision for decision in view.decisions if decision.step), None)
    if isinstance(served, Decision):
        yield "record_as_served", partial(DecisionServedDialog, session, tasks, view, served, window)
    if told is not None:
        raised = RaisedTrigger(told.trigger.rule, told.sentence, told.trigger.decision_due)
        yield "raised", lambda: TriggersRaisedDialog(session, (raised,), may_decide=True, parent=window)


def _print(window: "MainWindow", session: Session, case_ref: str) -> QDialog:
    dialog = PrintCasesDialog(session, window.tasks, (case_ref,), window)
    dialog.audience.set_value("full")
    dialog.reason.set_value("CASE_CONFERENCE")
    return dialog


def _help(window: "MainWindow") -> QDialog:
    screen = window.screens["caseload"]
    return HelpDialog(screen.title, screen.explanation, window.user_actions.actions, window)
