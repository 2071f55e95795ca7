"""The actions that record something about a case, in the order of the menu Case."""

from typing import TYPE_CHECKING

from ioms_desktop.domain.access.case_access import REVIEW_REF_PREFIX
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.domain.records.cases import Action, RagEntry
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.ui.actions.actions import CASE_MENU
from ioms_desktop.ui.actions.dialog_action import (
    CHANGE_KEY,
    CaseButton,
    DialogAction,
    DialogContext,
    DutyButton,
    Gathered,
    ListButton,
    Menu,
    OwnControl,
    RecordButton,
    Scope,
    SectionButton,
)
from ioms_desktop.ui.actions.loaders import (
    ACTION,
    BREAK_GLASS_USE,
    CHOSEN_CASES,
    CONCERN,
    DECISION,
    DECISION_PAGE,
    OFFER,
    PROPOSAL,
    RAG_ENTRY,
    SUBJECT,
    SUBJECT_IF_ANY,
    VIEW,
    find_cases,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from ioms_desktop.services.cases.cases import CaseView


def _contact(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.recording.record_contact import RecordContactDialog

    dialog = RecordContactDialog(
        context.session,
        context.tasks,
        gathered[SUBJECT_IF_ANY],
        find=find_cases(context.session),
        parent=context.parent,
    )
    chosen = gathered[CHOSEN_CASES]
    for choice in chosen:
        if dialog.who is not None:
            dialog.who.choose(choice)
    if chosen:
        dialog.form.mark_clean()  # what the list chose was not typed, and is not asked about on closing
    return dialog


def _make_offer(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.recording.offer import MakeOfferDialog

    return MakeOfferDialog(context.session, context.tasks, gathered[SUBJECT], context.parent)


def _answer_offer(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.recording.offer import AnswerOfferDialog

    return AnswerOfferDialog(context.session, context.tasks, gathered[SUBJECT], gathered[OFFER], context.parent)


def _end_offer(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.recording.offer import EndOfferDialog

    return EndOfferDialog(context.session, context.tasks, gathered[SUBJECT], gathered[OFFER], context.parent)


def _concern(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.recording.concern import ConcernDialog

    return ConcernDialog(context.session, context.tasks, gathered[SUBJECT], context.parent)


def _rating(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.recording.rating import RatingDialog

    return RatingDialog(context.session, context.tasks, gathered[SUBJECT], context.parent)


def _rag(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.recording.rag import RagDialog

    # Correcting an entry and setting the colour of its day are one act, which tells whose colour was replaced.
    about, view = gathered.target.about, gathered[VIEW]
    entry = next((each for each in view.rag if each.key_text == about), None)
    return RagDialog(context.session, context.tasks, view, context.parent, entry=entry)


def _propose_decision(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.recording.decision import DecisionDialog

    return DecisionDialog(context.session, context.tasks, gathered[VIEW], gathered[DECISION_PAGE], context.parent)


def _answer_proposal(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.recording.answer_proposal import AnswerProposalDialog

    return AnswerProposalDialog(context.session, context.tasks, gathered[VIEW], gathered[PROPOSAL], context.parent)


def _decision_served(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.recording.answer_proposal import DecisionServedDialog

    return DecisionServedDialog(context.session, context.tasks, gathered[VIEW], gathered[DECISION], context.parent)


def _concern_end(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.recording.concern import ConcernEndDialog

    return ConcernEndDialog(context.session, context.tasks, gathered[SUBJECT], gathered[CONCERN], context.parent)


def _finish_action(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.recording.finish_action import FinishActionDialog

    return FinishActionDialog(
        context.session,
        context.tasks,
        gathered[SUBJECT_IF_ANY],
        gathered[ACTION],
        context.parent,
        use=gathered[BREAK_GLASS_USE],
    )


def _notice_served(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.recording.notice import NoticeServedDialog

    return NoticeServedDialog(context.session, context.tasks, gathered[VIEW], context.parent)


def _can_be_answered(offer: Offer, view: "CaseView") -> bool:
    from ioms_desktop.ui.recording.case_subject import is_offer_open

    return is_offer_open(offer, view.as_of)


def _is_open(action: Action) -> bool:
    return action.done_on is None and action.cancelled_on is None


RECORD_CONTACT = DialogAction(
    name="contact.record",
    title="Record &contact",
    right=Right.RECORD_ENGAGEMENT,
    offered_in=(
        Menu(CASE_MENU, Scope.CASE_IF_SHOWN),
        CaseButton("&Record contact", "calendar-plus", "primary"),
        DutyButton(Duty.CONTACT, "&Record contact"),
        ListButton("caseload", "&Record contact", "calendar-plus", on_closed=False),
        SectionButton(Contact, "Record contact…"),
    ),
    make=_contact,
    needs=(SUBJECT_IF_ANY,),
    drafts={"record_contact": "Contact"},
    icon="calendar-plus",
    shortcut="Ctrl+Shift+C",
    keywords="visit session appointment missed meeting call met",
)
MAKE_OFFER = DialogAction(
    name="case.offer",
    title="Make an &offer",
    right=Right.RECORD_ENGAGEMENT,
    offered_in=(Menu(CASE_MENU), CaseButton("&Offer", "hand-heart"), SectionButton(Offer, "Make an offer…")),
    make=_make_offer,
    needs=(SUBJECT,),
    drafts={"make_offer": "Support offer"},
    icon="hand-heart",
    shortcut="Ctrl+Shift+O",
    keywords="support provider pathway help intervention",
)
ANSWER_OFFER = DialogAction(
    name="offer.answer",
    title="Record &answer",
    right=Right.RECORD_ENGAGEMENT,
    offered_in=(
        RecordButton(Offer, OFFER, "Record &answer", _can_be_answered),
        DutyButton(Duty.OFFER, "Record ans&wer"),
    ),
    make=_answer_offer,
    needs=(OFFER,),
    drafts={"answer_offer": "Answer to an offer"},
)
END_OFFER = DialogAction(
    name="offer.end",
    title="&End offer",
    right=Right.RECORD_ENGAGEMENT,
    offered_in=(RecordButton(Offer, OFFER, "&End offer", _can_be_answered),),
    make=_end_offer,
    needs=(OFFER,),
    drafts={"end_offer": "End of an offer"},
)
RECORD_CONCERN = DialogAction(
    name="case.concern",
    title="Record a co&ncern",
    right=Right.RECORD_CONCERN,
    offered_in=(Menu(CASE_MENU), CaseButton("Co&ncern", "triangle-alert"), SectionButton(Concern, "Record a concern…")),
    make=_concern,
    needs=(SUBJECT,),
    drafts={"concern": "Concern"},
    icon="triangle-alert",
    shortcut="Ctrl+Shift+N",
    keywords="arrest breach intelligence missing incident worry",
)
RATE_WEEK = DialogAction(
    name="case.rate",
    title="Rate a wee&k",
    right=Right.RECORD_ENGAGEMENT,
    offered_in=(Menu(CASE_MENU), CaseButton("Ra&ting", "star"), SectionButton(Rating, "Rate a week…")),
    make=_rating,
    needs=(SUBJECT,),
    drafts={"rating": "Weekly rating"},
    icon="star",
    shortcut="Ctrl+Shift+W",
    keywords="engagement rating level score",
)
SET_RAG = DialogAction(
    name="case.rag",
    title="Set &RAG",
    right=Right.SET_RAG,
    offered_in=(
        Menu(CASE_MENU),
        CaseButton("RA&G", "circle"),
        DutyButton(Duty.REVIEW, "Review RA&G"),
        SectionButton(RagEntry, "Set RAG…"),
        RecordButton(RagEntry, RAG_ENTRY, "Chan&ge…", lambda _entry, _view: True, CHANGE_KEY),
    ),
    make=_rag,
    needs=(VIEW,),
    drafts={"rag": "RAG"},
    icon="octagon",
    shortcut="Ctrl+Shift+R",
    keywords="red amber green blue review colour",
    applies=lambda view: view.case.has_rag,
)
PROPOSE_DECISION = DialogAction(
    name="case.decide",
    title="Propose a &decision",
    right=Right.PROPOSE,
    offered_in=(
        Menu(CASE_MENU),
        DutyButton(Duty.DECISION, "&Decide"),
        OwnControl("cases.case_actions"),
        OwnControl("actions.launcher"),
        SectionButton(Decision, "Propose a decision…"),
        SectionButton(Proposal, "Propose a decision…"),
    ),
    make=_propose_decision,
    needs=(VIEW, DECISION_PAGE),
    drafts={"decision": "Proposed decision"},
    icon="gavel",
    shortcut="Ctrl+Shift+D",
    keywords="alert escalate no further action nfa review offer step enforcement",
)
ANSWER_PROPOSAL = DialogAction(
    name="proposal.answer",
    title="A&nswer",
    right=Right.PROPOSE,
    offered_in=(
        RecordButton(Proposal, PROPOSAL, "A&nswer", lambda proposal, _: proposal.status == "PROPOSED"),
        DutyButton(Duty.PROPOSAL, "Ans&wer proposal"),
        OwnControl("cases.case_actions"),
    ),
    make=_answer_proposal,
    needs=(PROPOSAL,),
    drafts={"answer_proposal": "Answer to a proposal"},
)
RECORD_SERVED = DialogAction(
    name="decision.serve",
    title="Record as &served",
    right=Right.AUTHORISE,
    offered_in=(
        RecordButton(Decision, DECISION, "Record as &served", lambda decision, _: decision.actioned_on is None),
    ),
    make=_decision_served,
    needs=(DECISION,),
    drafts={"served": "Decision served"},
)
END_CONCERN = DialogAction(
    name="concern.end",
    title="&How it ended…",
    right=Right.RECORD_CONCERN,
    offered_in=(RecordButton(Concern, CONCERN, "&How it ended…", lambda _concern, _view: True),),
    make=_concern_end,
    needs=(SUBJECT, CONCERN),
    drafts={"concern_end": "How a concern ended"},
)
FINISH_ACTION = DialogAction(
    name="action.finish",
    title="&Done…",
    right=Right.RECORD_ACTIONS,
    offered_in=(
        RecordButton(Action, ACTION, "&Done…", lambda action, _: _is_open(action) and not action.is_access_review),
        DutyButton(Duty.ACTION, "&Done…", lambda row: not row.ref.startswith(REVIEW_REF_PREFIX)),
    ),
    make=_finish_action,
    needs=(SUBJECT_IF_ANY, ACTION, BREAK_GLASS_USE),
    drafts={"finish_action": "Action finished"},
)
REVIEW_BREAK_GLASS = DialogAction(
    name="access_review.finish",
    title="&Done…",
    right=Right.SET_CASE_ACCESS,
    offered_in=(
        RecordButton(Action, ACTION, "&Done…", lambda action, _: _is_open(action) and action.is_access_review),
        DutyButton(Duty.ACTION, "&Done…", lambda row: row.ref.startswith(REVIEW_REF_PREFIX)),
    ),
    make=_finish_action,
    needs=(SUBJECT_IF_ANY, ACTION, BREAK_GLASS_USE),
)
"""The same dialog as for any action, for those who decide on access; its drafts are those of ``FINISH_ACTION``."""
NOTICE_SERVED = DialogAction(
    name="notice.serve",
    title="&IOM letter served…",
    right=Right.SET_RAG,
    offered_in=(DutyButton(Duty.NOTICE, "&IOM letter served…"),),
    make=_notice_served,
    needs=(VIEW,),
    drafts={"notice_served": "IOM letter served"},
)
RECORDING_ACTIONS = (
    RECORD_CONTACT,
    MAKE_OFFER,
    ANSWER_OFFER,
    END_OFFER,
    RECORD_CONCERN,
    RATE_WEEK,
    SET_RAG,
    PROPOSE_DECISION,
    ANSWER_PROPOSAL,
    RECORD_SERVED,
    END_CONCERN,
    FINISH_ACTION,
    REVIEW_BREAK_GLASS,
    NOTICE_SERVED,
)
