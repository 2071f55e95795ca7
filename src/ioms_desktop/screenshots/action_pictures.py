"""Pictures of the dialog of every action as it opens on a case; some are filled in."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from ioms_desktop.demo.build import FICTIONAL_WEIGHTS
from ioms_desktop.domain.access.case_access import AccessList
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Action, Need, Referral
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.leaving.exits import TRANSITION, CaseExit
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.screenshots import document_samples as kept
from ioms_desktop.screenshots import retention_samples as retention
from ioms_desktop.screenshots.access_samples import (
    BREAK_GLASS_REASON,
    NAMEABLE_PEOPLE,
    TEAM_NAMES,
    sample_break_glass_use,
    sample_case_access,
    sample_orphaned_cases,
    sample_review_task,
)
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.session import Session
from ioms_desktop.ui.actions import access_actions as access
from ioms_desktop.ui.actions import appointment_actions as appointments
from ioms_desktop.ui.actions import file_actions as files
from ioms_desktop.ui.actions import intake_actions as intake
from ioms_desktop.ui.actions import loaders
from ioms_desktop.ui.actions import recording_actions as recording
from ioms_desktop.ui.actions import supervision_actions as supervision
from ioms_desktop.ui.actions.casework import compliance_actions as compliance
from ioms_desktop.ui.actions.casework import custody_actions as custody
from ioms_desktop.ui.actions.casework import document_actions as documents
from ioms_desktop.ui.actions.casework import given_actions as given
from ioms_desktop.ui.actions.casework import leaving_actions as leaving
from ioms_desktop.ui.actions.casework import letter_actions as letters
from ioms_desktop.ui.actions.casework import support_actions as support
from ioms_desktop.ui.actions.correction_actions import move_action, strike_out_action
from ioms_desktop.ui.actions.dialog_action import DialogAction, Gathered, Target, TargetGone
from ioms_desktop.ui.actions.launcher import Given
from ioms_desktop.ui.actions.record_actions import add_action, change_action
from ioms_desktop.ui.dialogs.command_dialog import CommandDialog
from ioms_desktop.ui.printing.check_paper import CheckPaperDialog
from ioms_desktop.ui.printing.print_cases import PrintCasesDialog
from ioms_desktop.ui.printing.recall_copy import NEVER_MADE
from ioms_desktop.ui.retention.retention import AUTHORISE, PROPOSE

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from ioms_desktop.ui.main_window.window import MainWindow

LEFT_BECAUSE = "No offence since March, and college four days a week"
PLAN = "Youth justice sees him until the order ends on 12 January; J. Reid rings in March."
PRINTED = {"audience": "full", "reason": "CASE_CONFERENCE"}
SEVERAL_CASES = ("PHX-MARLOW", "IOM-HARKER", "PHX-9001")
CHECKOUT_FILE = "/home/okoro/away-2026-11-23.ioms"


def _nothing_else(_session: Session, _view: CaseView) -> Given:
    return {}


@dataclass(frozen=True, slots=True)
class ActionPicture:
    """One picture of the dialog of an action.

    Attributes:
        name: The start of the file name.
        given: Sample records that the action needs besides the case.
        about: The part of the case that the action is about.
        cases: Several cases, for an action on several at once.
        values: The values to fill in, by field name.
    """

    name: str
    action: DialogAction
    given: Callable[[Session, CaseView], Given] = _nothing_else
    about: Callable[[CaseView], str] = lambda _: ""
    cases: tuple[str, ...] = ()
    values: Callable[[Session], dict[str, Any]] = lambda _: {}


def action_pictures(window: "MainWindow", view: CaseView) -> "Iterator[tuple[str, Callable[[], QDialog]]]":
    """Yield the name of each picture and a function that makes its dialog; omit those whose record the case lacks."""
    session = window.session
    for picture in ACTION_PICTURES:
        target = Target(case_ref=view.case.case_ref, about=picture.about(view), cases=picture.cases)
        gathered = Gathered(session, target, {loaders.VIEW: view, **picture.given(session, view)})
        try:
            gathered.load(picture.action.needs)
        except TargetGone:
            continue
        yield picture.name, partial(_filled, picture, window, gathered)


def _filled(picture: ActionPicture, window: "MainWindow", gathered: Gathered) -> "QDialog":
    dialog = picture.action.make(window.services.dialogs.context, gathered)
    if isinstance(dialog, CommandDialog | PrintCasesDialog | CheckPaperDialog):
        for name, value in picture.values(window.session).items():
            dialog.form.field(name).set_value(value)
    return dialog


def _closed(_: Session, view: CaseView) -> Given:
    left = replace(view.case, status="COMPLETED", closed_on=view.as_of, close_reason="COMPLETED")
    return {loaders.VIEW: replace(view, case=left)}


def _proposed_transition(_: Session, view: CaseView) -> Given:
    plan = CaseExit(
        exit_ref="EX-EXAMPLE",
        case_ref=view.case.case_ref,
        kind=TRANSITION,
        left_on=view.as_of,
        reason="Turned 18 in October",
        goes_to="Turning Point, J. Reid, 0116 496 0000",
        plan="J. Reid meets him with his navigator on 2 December; boxing goes on to March.",
        person_told_on=view.as_of,
    )
    case = replace(view.case, transition_proposed_on=view.as_of, transition_proposed_by="N. OKORO")
    return {loaders.VIEW: replace(view, case=case, plain_records={**view.plain_records, CaseExit: (plan,)})}


def _offer(_: Session, view: CaseView) -> Given:
    return {loaders.OFFER: view.offers[0]} if view.offers else {}


def _referral(session: Session, view: CaseView) -> Given:
    sent = Referral(
        referral_ref="RF-EXAMPLE",
        case_ref=view.case.case_ref,
        direction="OUT",
        unit="SUBSTANCE_MISUSE_TEAM",
        sent_on=session.today(),
        status="SENT",
    )
    return {loaders.REFERRAL: sent}


def _appointment(session: Session, view: CaseView) -> Given:
    made = Appointment(
        appointment_ref="AP-EXAMPLE",
        case_ref=view.case.case_ref,
        starts_at=DayTime(session.today(), time(14, 30)),
        minutes=45,
        contact_type="HOME_VISIT_ANNOUNCED",
        location="At home",
        worker="PC 4411 ADEYEMI",
        revision=1,
    )
    shown = replace(view, appointments=(*view.appointments, made))
    return {loaders.VIEW: shown, loaders.APPOINTMENT: made}


def _held(_: Session, view: CaseView) -> Given:
    spell = CustodySpell(person_ref=view.person.person_ref, received_on=view.as_of, establishment="HMP Leicester")
    return {loaders.VIEW: replace(view, custody=(spell,)), custody.SPELL: spell}


def _served_decision(_: Session, view: CaseView) -> Given:
    with_step = [decision for decision in view.decisions if decision.step]
    return {loaders.DECISION: with_step[0]} if with_step else {}


def _rule(view: CaseView) -> str:
    return view.triggers[0].trigger.rule if view.triggers else ""


def _proposal(session: Session, view: CaseView) -> Given:
    proposal = Proposal(
        proposal_ref="PR-EXAMPLE",
        case_ref=view.case.case_ref,
        rule=_rule(view) or None,
        proposed_on=session.today(),
        decision="ALTERNATIVE",
        reason="The sessions clash with college; an evening offer has been found.",
        proposed_by="PC 4411 ADEYEMI",
        status="PROPOSED",
    )
    return {loaders.PROPOSAL: proposal}


def _orphaned(session: Session, _: CaseView) -> Given:
    return {loaders.ORPHANED_CASES: sample_orphaned_cases(session)}


def _newest_concern(view: CaseView) -> str:
    return view.concerns[-1].concern_ref if view.concerns else ""


def _newest_contact(view: CaseView) -> str:
    return view.contacts[-1].key_text if view.contacts else ""


def _need(view: CaseView) -> str:
    return view.needs[-1].key_text if view.needs else ""


def _task(session: Session, view: CaseView) -> Given:
    task = Action(
        action_ref="AC-EXAMPLE",
        case_ref=view.case.case_ref,
        text="Ring the college about the evening course",
        owner="PC 4411 ADEYEMI",
        due_on=session.today(),
        revision=1,
    )
    return {loaders.ACTION: task}


def _review_task(session: Session, view: CaseView) -> Given:
    task = sample_review_task(session, view.case.case_ref)
    return {loaders.ACTION: task, loaders.BREAK_GLASS_USE: sample_break_glass_use(session, view.case.case_ref)}


def _access(session: Session, view: CaseView) -> Given:
    return {
        loaders.CASE_ACCESS: sample_case_access(session, view.case.case_ref),
        loaders.PEOPLE: NAMEABLE_PEOPLE,
        loaders.TEAMS: TEAM_NAMES,
    }


def _person(_: Session, view: CaseView) -> Given:
    return {loaders.PERSON: view.person}


ACTION_PICTURES = (
    ActionPicture("new_person", intake.NEW_PERSON, lambda _session, _view: {loaders.TYPED_NAME: "Jaydon Marlowe"}),
    ActionPicture("change_person", intake.CHANGE_PERSON, _person),
    ActionPicture(
        "refer_person",
        intake.REFER_PERSON,
        _person,
        values=lambda _: {"programme": "IOM", "reason": "Four burglaries charged since June"},
    ),
    ActionPicture("screening", intake.SCREENING),
    ActionPicture("panel_decision", intake.PANEL_DECISION, values=lambda _: {"decision": "DEFER", "dissents": "no"}),
    ActionPicture("eligibility", intake.ELIGIBILITY),
    ActionPicture("notification", intake.NOTIFY, values=lambda _: {"outcome": "NOT_FOUND"}),
    ActionPicture("leave_letter", intake.LEAVE_LETTER),
    ActionPicture("next_step", intake.NEXT_STEP),
    ActionPicture("reopen_case", leaving.REOPEN, _closed),
    ActionPicture("propose_transition", leaving.PROPOSE_TRANSITION, values=lambda _: {"goes_to": "Turning Point"}),
    ActionPicture("confirm_transition", leaving.CONFIRM_TRANSITION, _proposed_transition),
    ActionPicture(
        "leaving", leaving.LEAVE, values=lambda _: {"kind": "COMPLETED", "reason": LEFT_BECAUSE, "plan": PLAN}
    ),
    ActionPicture(
        "assign_worker", intake.ASSIGN_WORKER, values=lambda _: {"worker": "PC 3150 RAI", "phone": "0116 496 0000"}
    ),
    ActionPicture("hand_over", intake.HAND_OVER),
    ActionPicture("record_contact", recording.RECORD_CONTACT),
    ActionPicture(
        "make_appointment", appointments.MAKE_APPOINTMENT, values=lambda _: {"location": "Youth centre", "weeks": 6}
    ),
    ActionPicture("appointment_outcome", appointments.RECORD_OUTCOME, _appointment),
    ActionPicture("move_appointment", appointments.MOVE_APPOINTMENT, _appointment),
    ActionPicture("cancel_appointment", appointments.CANCEL_APPOINTMENT, _appointment),
    ActionPicture("export_calendar", appointments.EXPORT_CALENDAR),
    ActionPicture("make_offer", recording.MAKE_OFFER),
    ActionPicture("answer_offer", recording.ANSWER_OFFER, _offer),
    ActionPicture("end_offer", recording.END_OFFER, _offer),
    ActionPicture("fund_offer", support.FUND_OFFER, _offer, values=lambda _: {"funding_amount": "82.50"}),
    ActionPicture(
        "answer_referral",
        intake.ANSWER_REFERRAL,
        _referral,
        values=lambda _: {"status": "ACCEPTED", "answer_note": "First appointment on Tuesday"},
    ),
    ActionPicture("record_concern", recording.RECORD_CONCERN),
    ActionPicture("how_it_ended", recording.END_CONCERN, about=_newest_concern),
    ActionPicture("rate_week", recording.RATE_WEEK),
    ActionPicture("set_rag", recording.SET_RAG),
    ActionPicture("add_document", documents.ADD_DOCUMENT, values=lambda _: {"title": "Letter of the court"}),
    ActionPicture("write_letter", letters.WRITE_LETTER, values=lambda _: {"kind": "offer", "phone": "0116 496 0000"}),
    ActionPicture("letter_printed", letters.WHAT_CAME_OUT, kept.given_printed_letter),
    ActionPicture("word_letter", supervision.WORD_LETTER, values=lambda _: {"kind": "offer"}),
    ActionPicture("show_wording", supervision.SHOW_WORDING, about=lambda _: "-1"),
    ActionPicture("open_document", documents.OPEN_DOCUMENT, kept.given_document),
    ActionPicture(
        "deliver_letter", documents.DELIVER_LETTER, kept.given_letter, values=lambda _: {"method": "READ_OUT"}
    ),
    ActionPicture("copy_document", documents.SAVE_COPY, kept.given_document, values=lambda _: {"reason": "CASE_WORK"}),
    ActionPicture("propose_decision", recording.PROPOSE_DECISION, about=_rule),
    ActionPicture("answer_proposal", recording.ANSWER_PROPOSAL, _proposal),
    ActionPicture("record_as_served", recording.RECORD_SERVED, _served_decision),
    ActionPicture("add_need", add_action(Need)),
    ActionPicture("change_need", change_action(Need), about=_need),
    ActionPicture("add_custody", custody.RECEPTION, values=lambda _: {"blue": "yes"}),
    ActionPicture(
        "release_custody",
        custody.RELEASE,
        _held,
        values=lambda _: {"rag": "AMBER", "first_meetings": ("gate", "probation")},
    ),
    ActionPicture("expected_release", custody.EXPECTED_RELEASE),
    ActionPicture("at_large", custody.AT_LARGE),
    ActionPicture("compliance_step", compliance.COMPLIANCE_STEP, values=lambda _: {"step": "RECALLED"}),
    ActionPicture("supervision", compliance.SUPERVISION),
    ActionPicture(
        "entered_in_error",
        strike_out_action(Contact),
        about=_newest_contact,
        values=lambda _: {"reason": "Recorded on the wrong person"},
    ),
    ActionPicture("move_record", move_action(Contact), about=_newest_contact),
    ActionPicture("give_action", given.GIVE_ACTION, values=lambda _: {"owner": "J. SHAH", "agency": "INGEUS"}),
    ActionPicture("action_from_contact", given.ACTION_FROM_CONTACT, about=_newest_contact),
    ActionPicture("move_action", given.MOVE_ACTION, _task),
    ActionPicture("finish_action", recording.FINISH_ACTION, _task),
    ActionPicture("review_glass", recording.REVIEW_BREAK_GLASS, _review_task),
    ActionPicture("notice_served", recording.NOTICE_SERVED),
    ActionPicture("release_planned", custody.RELEASE_PLANNED),
    ActionPicture("who_may_know", access.SHOW_CASE_ACCESS, _access),
    ActionPicture("exclude_somebody", access.NAME_SOMEBODY, _access, about=lambda _: AccessList.EXCLUDED.value),
    ActionPicture("how_it_is_kept", access.CHANGE_RESTRICTION, _access),
    ActionPicture("declare_conflict", access.DECLARE_CONFLICT),
    ActionPicture("take_over", access.TAKE_OVER, _orphaned, values=lambda _: {"case_ref": "IOM-0042"}),
    ActionPicture("break_glass", access.BREAK_GLASS, values=lambda _: {"reason": BREAK_GLASS_REASON}),
    ActionPicture(
        "harm_weights",
        supervision.HARM_WEIGHTS,
        values=lambda _: {
            "path": str(FICTIONAL_WEIGHTS),
            "scheme": "FICTIONAL",
            "version": "2027",
            "source": "Invented for the demonstration",
        },
    ),
    ActionPicture(
        "review_record", supervision.REVIEW_RECORD, retention.given_review, values=lambda _: {"result": "RETAIN"}
    ),
    ActionPicture(
        "propose_disposal",
        supervision.REVIEW_RECORD,
        retention.given_review,
        values=lambda _: {"result": PROPOSE, "authority": retention.AUTHORITY, "reason": retention.DISPOSAL_REASON},
    ),
    ActionPicture(
        "answer_disposal", supervision.REVIEW_RECORD, retention.given_disposal, values=lambda _: {"answer": AUTHORISE}
    ),
    ActionPicture("publish_figures", supervision.PUBLISH_FIGURES),
    ActionPicture("papers_printed", files.WERE_PRINTED, kept.given_printed_papers, values=lambda _: {"came_out": "1"}),
    ActionPicture("check_paper", files.CHECK_PAPER, values=lambda _: {"code": "P-000000000000-00"}),
    ActionPicture("recall_copy", files.RECALL_COPY, kept.given_copy, values=lambda _: {"result": "TOLD"}),
    ActionPicture(
        "copy_never_made",
        files.RECALL_COPY,
        kept.given_own_copy,
        values=lambda _: {"result": NEVER_MADE, "reason": "The printer was out of paper; nothing came out."},
    ),
    ActionPicture("print_certificate", supervision.PRINT_CERTIFICATE, retention.given_certificates),
    ActionPicture("audit_report", supervision.AUDIT_REPORT),
    ActionPicture("author_period", supervision.AUTHOR_PERIOD, values=lambda _: {"hours": 48}),
    ActionPicture("print_case_summary", files.PRINT_CASES, values=lambda _: PRINTED),
    ActionPicture("print_pack", files.PRINT_PACK, cases=SEVERAL_CASES, values=lambda _: PRINTED),
    ActionPicture(
        "take_cases_away",
        files.TAKE_CASES_AWAY,
        cases=SEVERAL_CASES,
        values=lambda session: {
            "reason": "CASE_WORK",
            "until": session.today() + timedelta(days=7),
            "where": CHECKOUT_FILE,
        },
    ),
    ActionPicture("bring_a_file_in", files.BRING_FILE_IN),
)
"""At least one picture for every dialog of an action; a test fails for an action without one."""
