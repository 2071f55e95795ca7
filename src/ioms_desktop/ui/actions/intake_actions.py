"""The actions about a person and their way into a case, in the order of the menu Person."""

from typing import TYPE_CHECKING

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.duties.case_duties import WITHOUT_WORKER_REF, Duty
from ioms_desktop.domain.records.cases import Notification, Referral
from ioms_desktop.domain.records.selection.eligibility import EligibilityCriterion
from ioms_desktop.domain.records.selection.panel import PanelDecision
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.services.session import Outcome
from ioms_desktop.ui.actions.actions import CASE_MENU, PERSON_MENU
from ioms_desktop.ui.actions.dialog_action import (
    DialogAction,
    DialogContext,
    DutyButton,
    Gathered,
    Menu,
    OwnControl,
    RecordButton,
    Scope,
    SectionButton,
    Target,
)
from ioms_desktop.ui.actions.launcher import DialogLauncher
from ioms_desktop.ui.actions.loaders import KNOWN_WORKERS, PERSON, REFERRAL, SUBJECT, TYPED_NAME, VIEW

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from ioms_desktop.services.intake.near_people import NearPerson


def _new_person(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.intake.person_dialog import PersonDialog

    dialog = PersonDialog(context.session, context.tasks, typed=gathered[TYPED_NAME], parent=context.parent)
    dialog.person_chosen.connect(lambda found: _open_known(context, found))
    return dialog


def _change_person(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.intake.person_dialog import PersonDialog

    dialog = PersonDialog(context.session, context.tasks, gathered[PERSON], parent=context.parent)
    dialog.person_chosen.connect(lambda found: _open_known(context, found))
    return dialog


def _open_known(context: DialogContext, found: "NearPerson") -> None:
    """Open the latest case of somebody on record; without one, refer them to a programme."""
    if found.cases:
        context.open_case(found.cases[0].case_ref)
    else:
        DialogLauncher(context).launch(REFER_PERSON, Target(about=found.person.person_ref))


def _refer_person(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.intake.referral_dialog import ReferralDialog

    return ReferralDialog(context.session, context.tasks, gathered[PERSON], context.parent)


def _next_step(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.intake.step_dialog import NextStepDialog

    return NextStepDialog(context.session, context.tasks, gathered[VIEW], context.parent)


def _screening(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.intake.screening_dialog import ScreeningDialog

    return ScreeningDialog(context.session, context.tasks, gathered[VIEW], context.parent)


def _eligibility(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.intake.eligibility_dialog import EligibilityDialog

    return EligibilityDialog(context.session, context.tasks, gathered[VIEW], context.parent)


def _panel_decision(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.intake.panel_dialog import PanelDecisionDialog

    return PanelDecisionDialog(context.session, context.tasks, gathered[VIEW], context.parent)


def _answer_referral(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.intake.referral_answer import AnswerReferralDialog

    return AnswerReferralDialog(
        context.session, context.tasks, gathered[SUBJECT], gathered[REFERRAL], gathered[KNOWN_WORKERS], context.parent
    )


def _notify(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.intake.notification_dialog import NotificationDialog
    from ioms_desktop.ui.recording.notice import NoticeServedDialog

    view = gathered[VIEW]
    dialog = NoticeServedDialog if view.case.programme == "IOM" else NotificationDialog
    return dialog(context.session, context.tasks, view, context.parent)


def _leave_letter(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.intake.notification_dialog import LeaveLetterDialog

    return LeaveLetterDialog(context.session, context.tasks, gathered[VIEW], context.parent)


def _assign_worker(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.workers.assign_worker import AssignWorkerDialog

    return AssignWorkerDialog(context.session, context.tasks, gathered[VIEW], gathered[KNOWN_WORKERS], context.parent)


def _hand_over(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.workers.hand_over import HandOverDialog

    return HandOverDialog(
        context.session,
        context.tasks,
        gathered[KNOWN_WORKERS],
        context.handle_outcome,
        context.parent,
        worker=gathered.target.about,
    )


def _refer_next(context: DialogContext, outcome: Outcome) -> None:
    DialogLauncher(context, takes_keys=False).launch(REFER_PERSON, Target(about=outcome.ref))


def _open_new_case(context: DialogContext, outcome: Outcome) -> None:
    context.open_case(outcome.ref)


NEW_PERSON = DialogAction(
    name="person.add",
    title="&New person",
    right=Right.INTAKE,
    offered_in=(
        Menu(PERSON_MENU, Scope.WINDOW),
        OwnControl("screens.people"),
        OwnControl("main_window.window"),
    ),
    make=_new_person,
    drafts={"add_people": "New person"},
    icon="user-plus",
    shortcut="Ctrl+N",
    keywords="create add participant nominal",
    help="People already on record are shown while you type.",
    completed=_refer_next,
)
REFER_PERSON = DialogAction(
    name="person.refer",
    title="&Refer to a programme",
    right=Right.INTAKE,
    offered_in=(
        Menu(PERSON_MENU),
        OwnControl("screens.people"),
        OwnControl("actions.intake_actions"),
    ),
    make=_refer_person,
    needs=(PERSON,),
    drafts={"refer_person": "Referral to a programme"},
    icon="folder-open",
    keywords="referral new case selection",
    help="Opens a new case for the person of the case that is shown.",
    completed=_open_new_case,
)
CHANGE_PERSON = DialogAction(
    name="person.change",
    title="&Change person details",
    right=Right.INTAKE,
    offered_in=(Menu(PERSON_MENU),),
    make=_change_person,
    needs=(PERSON,),
    drafts={"change_people": "Person details changed"},
    icon="pencil",
    keywords="edit name address phone identifiers",
)
NEXT_STEP = DialogAction(
    name="case.step",
    title="Next &step of the case",
    right=Right.INTAKE,
    offered_in=(Menu(CASE_MENU),),
    make=_next_step,
    needs=(VIEW,),
    drafts={"next_step": "Next step of a case"},
    icon="footprints",
    shortcut="Ctrl+Shift+S",
    keywords="status adopt adoption accept panel close suspend withdraw complete deselect transfer",
    help="What may follow, and what is missing for the rest.",
)
SCREENING = DialogAction(
    name="case.screening",
    title="Screenin&g",
    right=Right.SCREEN,
    offered_in=(Menu(CASE_MENU),),
    make=_screening,
    needs=(VIEW,),
    drafts={"screening": "Screening"},
    icon="clipboard-list",
    shortcut="Ctrl+Shift+G",
    keywords="checks MAPPA MARAC exploitation NRM safeguarding managed elsewhere panel referral",
    help="The checks that precede a panel; those without an answer are asked.",
)
ELIGIBILITY = DialogAction(
    name="case.eligibility",
    title="&Eligibility",
    right=Right.SCREEN,
    offered_in=(Menu(CASE_MENU), SectionButton(EligibilityCriterion, "Eligibility…")),
    make=_eligibility,
    needs=(VIEW,),
    drafts={"eligibility": "Eligibility"},
    icon="badge-check",
    shortcut="Ctrl+Shift+E",
    keywords="criterion fixed flex free score OGRS index offence group violence weapons drugs evidence source",
    help="One criterion of the programme, with its evidence; scores and offences on record are offered.",
)
PANEL_DECISION = DialogAction(
    name="case.panel",
    title="&Panel decision",
    right=Right.DECIDE_PANEL,
    offered_in=(Menu(CASE_MENU), SectionButton(PanelDecision, "Panel decision…")),
    make=_panel_decision,
    needs=(VIEW,),
    drafts={"panel_decision": "Panel decision"},
    icon="gavel",
    shortcut="Ctrl+Shift+P",
    keywords="selection accept eligible defer de-select dissent agencies meeting",
    help="Who was there, what was decided and why, and the status that follows.",
)
ANSWER_REFERRAL = DialogAction(
    name="referral.answer",
    title="&Answer to a referral…",
    right=Referral.rights.change_right,
    offered_in=(
        RecordButton(Referral, REFERRAL, "Record &answer…", lambda referral, _view: bool(referral.possible_answers)),
    ),
    make=_answer_referral,
    needs=(SUBJECT, KNOWN_WORKERS, REFERRAL),
    drafts={"answer_referral": "Answer to a referral"},
    keywords="accepted declined acknowledged withdrawn completed reply unit status",
)
NOTIFY = DialogAction(
    name="case.notify",
    title="Noti&fication or IOM letter",
    right=Right.RECORD_ENGAGEMENT,
    offered_in=(Menu(CASE_MENU), SectionButton(Notification, "Notification or IOM letter…")),
    make=_notify,
    needs=(VIEW,),
    drafts={"notification": "Notification"},
    icon="send",
    shortcut="Ctrl+Shift+M",
    keywords="notify custom call-in attempt message consent Gillick served adopted",
    help="An attempt to notify a participant of Phoenix, or the letter to a person adopted for IOM.",
)
LEAVE_LETTER = DialogAction(
    name="case.letter",
    title="Leave the letter",
    right=Right.RECORD_ENGAGEMENT,
    offered_in=(Menu(CASE_MENU),),
    make=_leave_letter,
    needs=(VIEW,),
    drafts={"leave_letter": "Letter left"},
    icon="file-text",
    keywords="notification attempts left not found",
    help="After the last attempt to notify a participant in person.",
    applies=lambda view: view.case.programme == "PHOENIX",
)
ASSIGN_WORKER = DialogAction(
    name="worker.assign",
    title="Say &who is responsible",
    right=Right.INTAKE,
    offered_in=(
        Menu(CASE_MENU),
        SectionButton(CaseWorker, "Say who is responsible…"),
        DutyButton(Duty.MISSING, "Say &who is responsible", lambda row: row.ref == WITHOUT_WORKER_REF),
    ),
    make=_assign_worker,
    needs=(VIEW, KNOWN_WORKERS),
    drafts={"assign_worker": "Who is responsible"},
    icon="user-plus",
    shortcut="Ctrl+Shift+H",
    keywords="assign reassign take over officer navigator probation OM PP neighbourhood social YJS allocate",
    help="Who holds a role now, and who holds it from a day on.",
)
HAND_OVER = DialogAction(
    name="worker.hand_over",
    title="&Hand over a caseload",
    right=Right.ASSIGN_WORKERS,
    offered_in=(Menu(CASE_MENU, Scope.WINDOW),),
    make=_hand_over,
    needs=(KNOWN_WORKERS,),
    icon="users",
    keywords="leaver leaving reassign cases transfer",
    help="All or some cases of somebody who leaves, to others, in one act.",
)
INTAKE_ACTIONS = (
    *(NEW_PERSON, REFER_PERSON, CHANGE_PERSON),
    *(SCREENING, ELIGIBILITY, PANEL_DECISION, ANSWER_REFERRAL, NOTIFY, LEAVE_LETTER, NEXT_STEP),
    *(ASSIGN_WORKER, HAND_OVER),
)
