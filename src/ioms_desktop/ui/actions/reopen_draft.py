"""Unsaved entries open again in the form they were typed into, on the case as it stands now."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from ioms_desktop.domain.access.case_access import AccessList
from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.figures.publication import Edition
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.services.access.case_access_admin import CaseAccess, get_case_access, list_teams
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.figures.read_figures import list_editions
from ioms_desktop.services.recording.actions import get_visible_action
from ioms_desktop.services.recording.decisions import DecisionPage, decision_page
from ioms_desktop.services.retention.retention import DueReview, get_review
from ioms_desktop.services.session import Session
from ioms_desktop.ui.access.access_entry import AccessEntryDialog, CaseRestrictionDialog, DeclareConflictDialog
from ioms_desktop.ui.access.break_glass import BreakGlassDialog
from ioms_desktop.ui.access.case_access import people_options
from ioms_desktop.ui.actions import open_dialogs
from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.figures.publish_figures import PublishFiguresDialog
from ioms_desktop.ui.forms.choice_fields import Option
from ioms_desktop.ui.recording.answer_proposal import AnswerProposalDialog, DecisionServedDialog
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.recording.concern import ConcernDialog
from ioms_desktop.ui.recording.decision import DecisionDialog
from ioms_desktop.ui.recording.finish_action import FinishActionDialog
from ioms_desktop.ui.recording.notice import NoticeServedDialog, ReleasePlanDialog
from ioms_desktop.ui.recording.offer import AnswerOfferDialog, EndOfferDialog, MakeOfferDialog
from ioms_desktop.ui.recording.rag import RagDialog
from ioms_desktop.ui.recording.rating import RatingDialog
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from ioms_desktop.ui.retention.retention import AnswerDisposalDialog, RetentionReviewDialog
from ioms_desktop.ui.screen import WindowServices

T = TypeVar("T")
FORM_UNAVAILABLE_MESSAGE = (
    "What this entry was about has changed meanwhile, so its form cannot be opened again. Your words are kept: read "
    "and copy them under File, Unsaved entries."
)


@dataclass(frozen=True, slots=True)
class DraftContext:
    """What a form is opened on, read off the interface thread."""

    draft: Draft
    view: CaseView | None = None
    page: DecisionPage | None = None
    action: Action | None = None
    review: DueReview | None = None
    editions: tuple[Edition, ...] = ()
    known: CaseAccess | None = None
    people: Sequence[Option] = ()
    teams: Sequence[str] = ()


def reopen(shell: WindowServices, draft: Draft) -> None:
    """Open the form of an entry with everything that was typed; where it cannot be opened, say so."""

    def then(ground: DraftContext) -> None:
        make = FORMS.get(draft.form)
        dialog = None if make is None else make(shell, ground)
        if dialog is None:
            shell.show_problem(FORM_UNAVAILABLE_MESSAGE)
            return
        dialog.restore(draft)
        open_dialogs.show(shell, dialog, draft.case_ref)

    shell.tasks.run(shell.window, partial(_gather, shell.session, draft), then, shell.show_problem)


def _gather(session: Session, draft: Draft) -> DraftContext:
    view = open_case(session, draft.case_ref) if draft.case_ref else None
    page = decision_page(session, draft.case_ref, draft.about or None) if draft.form == "decision" else None
    action = get_visible_action(session, draft.about) if draft.form == "finish_action" else None
    review = get_review(session, draft.about) if draft.form in {"retention_review", "answer_disposal"} else None
    editions = list_editions(session) if draft.form == "publish_figures" else ()
    known = get_case_access(session, draft.case_ref) if draft.form == "keep_case" else None
    people = people_options(session) if draft.form == "name_somebody" else ()
    there = list_teams(session) if known is not None else ()
    return DraftContext(draft, view, page, action, review, editions, known, people, there)


Made = Callable[[WindowServices, DraftContext], CommandDialog | None]


def _contact(shell: WindowServices, ground: DraftContext) -> CommandDialog:
    subject = None if ground.view is None else subject_of(shell.session, ground.view)
    find = open_dialogs.find_cases(shell.session)
    return RecordContactDialog(shell.session, shell.tasks, subject, find=find, parent=shell.window)


def _of_subject(kind: type[MakeOfferDialog] | type[ConcernDialog] | type[RatingDialog]) -> Made:
    def made(shell: WindowServices, ground: DraftContext) -> CommandDialog | None:
        if ground.view is None:
            return None
        return kind(shell.session, shell.tasks, subject_of(shell.session, ground.view), shell.window)

    return made


def _of_view(kind: type[RagDialog] | type[NoticeServedDialog] | type[ReleasePlanDialog]) -> Made:
    def made(shell: WindowServices, ground: DraftContext) -> CommandDialog | None:
        return None if ground.view is None else kind(shell.session, shell.tasks, ground.view, shell.window)

    return made


def _of_offer(kind: type[AnswerOfferDialog] | type[EndOfferDialog]) -> Made:
    def made(shell: WindowServices, ground: DraftContext) -> CommandDialog | None:
        view = ground.view
        offer = None if view is None else _named(view.offers, lambda each: each.offer_ref, ground)
        if view is None or offer is None:
            return None
        return kind(shell.session, shell.tasks, subject_of(shell.session, view), offer, shell.window)

    return made


def _action(shell: WindowServices, ground: DraftContext) -> CommandDialog | None:
    action = ground.action
    if action is None or action.done_on is not None or action.cancelled_on is not None:
        return None
    subject = None if ground.view is None else subject_of(shell.session, ground.view)
    return FinishActionDialog(shell.session, shell.tasks, subject, action, shell.window)


def _figures(shell: WindowServices, ground: DraftContext) -> CommandDialog:
    return PublishFiguresDialog(shell.session, shell.tasks, ground.editions, shell.window)


def _decision(shell: WindowServices, ground: DraftContext) -> CommandDialog | None:
    if ground.view is None or ground.page is None:
        return None
    return DecisionDialog(shell.session, shell.tasks, ground.view, ground.page, shell.window)


def _proposal(shell: WindowServices, ground: DraftContext) -> CommandDialog | None:
    view = ground.view
    proposal = None if view is None else _named(view.proposals, lambda each: each.proposal_ref, ground)
    if view is None or proposal is None or proposal.status != "PROPOSED":
        return None
    return AnswerProposalDialog(shell.session, shell.tasks, view, proposal, shell.window)


def _review(shell: WindowServices, ground: DraftContext) -> CommandDialog | None:
    if ground.review is None or ground.review.proposed_disposal is not None:
        return None
    return RetentionReviewDialog(shell.session, shell.tasks, ground.review, shell.window)


def _disposal(shell: WindowServices, ground: DraftContext) -> CommandDialog | None:
    if ground.review is None or ground.review.proposed_disposal is None:
        return None
    return AnswerDisposalDialog(shell.session, shell.tasks, ground.review, shell.window)


def _served(shell: WindowServices, ground: DraftContext) -> CommandDialog | None:
    view = ground.view
    decision = None if view is None else _named(view.decisions, lambda each: each.decision_ref, ground)
    if view is None or decision is None or decision.actioned_on is not None:
        return None
    return DecisionServedDialog(shell.session, shell.tasks, view, decision, shell.window)


def _naming(shell: WindowServices, ground: DraftContext) -> CommandDialog:
    kind, ref = AccessList(ground.draft.about), ground.draft.case_ref
    return AccessEntryDialog(shell.session, shell.tasks, ref, kind, ground.people, shell.window)


def _keeping(shell: WindowServices, ground: DraftContext) -> CommandDialog | None:
    known = ground.known
    if known is None:
        return None
    return CaseRestrictionDialog(
        shell.session,
        shell.tasks,
        known.case_ref,
        known.restriction,
        ground.teams,
        shared=known.shared,
        parent=shell.window,
    )


def _conflict(shell: WindowServices, ground: DraftContext) -> CommandDialog | None:
    if ground.view is None:
        return None
    line = subject_of(shell.session, ground.view).summary
    return DeclareConflictDialog(shell.session, shell.tasks, ground.draft.case_ref, line, shell.window)


def _glass(shell: WindowServices, _ground: DraftContext) -> CommandDialog:
    return BreakGlassDialog(shell.session, shell.tasks, parent=shell.window)


def _named(records: Sequence[T], ref: Callable[[T], str], ground: DraftContext) -> T | None:
    return next((each for each in records if ref(each) == ground.draft.about), None)


FORMS: dict[str, Made] = {
    "record_contact": _contact,
    "make_offer": _of_subject(MakeOfferDialog),
    "answer_offer": _of_offer(AnswerOfferDialog),
    "end_offer": _of_offer(EndOfferDialog),
    "concern": _of_subject(ConcernDialog),
    "rating": _of_subject(RatingDialog),
    "rag": _of_view(RagDialog),
    "notice_served": _of_view(NoticeServedDialog),
    "release_plan": _of_view(ReleasePlanDialog),
    "finish_action": _action,
    "decision": _decision,
    "answer_proposal": _proposal,
    "served": _served,
    "retention_review": _review,
    "answer_disposal": _disposal,
    "publish_figures": _figures,
    "name_somebody": _naming,
    "keep_case": _keeping,
    "declare_conflict": _conflict,
    "break_glass": _glass,
}
"""How each form is opened, by the name its entries are kept under."""
