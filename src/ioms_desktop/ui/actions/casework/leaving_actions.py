"""The actions by which a case leaves its programme, after the steps in the menu Case."""

from typing import TYPE_CHECKING

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.duties.case_duties import TRANSITION_OPEN_REF, TRANSITION_WAITS_REF, Duty
from ioms_desktop.domain.records.leaving.exits import CaseExit
from ioms_desktop.services.session import Outcome
from ioms_desktop.ui.actions.actions import CASE_MENU
from ioms_desktop.ui.actions.dialog_action import (
    DialogAction,
    DialogContext,
    DutyButton,
    Gathered,
    Menu,
    SectionButton,
)
from ioms_desktop.ui.actions.loaders import KNOWN_WORKERS, NEXT_REVIEW, VIEW

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from ioms_desktop.services.cases.cases import CaseView


def _leave(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.leaving.leaving_dialog import LeavingDialog

    return LeavingDialog(
        context.session,
        context.tasks,
        gathered[VIEW],
        gathered[NEXT_REVIEW],
        gathered[KNOWN_WORKERS],
        parent=context.parent,
    )


def _reopen(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.leaving.reopen_dialog import ReopenDialog

    return ReopenDialog(context.session, context.tasks, gathered[VIEW], context.parent)


def _open_new_case(context: DialogContext, outcome: Outcome) -> None:
    context.open_case(outcome.ref)


def _propose_transition(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.leaving.transition_dialogs import ProposeTransitionDialog

    return ProposeTransitionDialog(context.session, context.tasks, gathered[VIEW], context.parent)


def _confirm_transition(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.leaving.transition_dialogs import ConfirmTransitionDialog

    return ConfirmTransitionDialog(context.session, context.tasks, gathered[VIEW], context.parent)


def _is_open_on_phoenix(view: "CaseView") -> bool:
    case = view.case
    return case.programme == "PHOENIX" and case.closed_on is None and case.transition_confirmed_on is None


LEAVE = DialogAction(
    name="case.leave",
    title="Leaving the progra&mme…",
    right=CaseExit.rights.add,
    offered_in=(Menu(CASE_MENU), SectionButton(CaseExit, "Leaving the programme…")),
    make=_leave,
    needs=(VIEW, NEXT_REVIEW, KNOWN_WORKERS),
    drafts={"leave_case": "Leaving the programme"},
    icon="log-out",
    shortcut="Ctrl+Shift+L",
    keywords="suspend resume transfer de-select complete withdraw exit plan notices markers retention close end",
    help="Suspended, resumed or ended: the reason, what changed, the exit plan, who was told, what is to be removed.",
)
REOPEN = DialogAction(
    name="case.reopen",
    title="Reopen the case…",
    right=Right.INTAKE,
    offered_in=(Menu(CASE_MENU),),
    make=_reopen,
    needs=(VIEW,),
    drafts={"reopen_case": "Case reopened"},
    icon="folder-open",
    keywords="come back again closed refer new case follows",
    help="A case that closed goes on as a new one, and both name each other.",
    applies=lambda view: view.case.closed_on is not None and not view.case.closed_by_death,
    completed=_open_new_case,
)
PROPOSE_TRANSITION = DialogAction(
    name="case.transition",
    title="Transition to adult services…",
    right=Right.INTAKE,
    offered_in=(
        Menu(CASE_MENU),
        DutyButton(Duty.TRANSITION, "&Propose what follows", lambda row: row.ref == TRANSITION_OPEN_REF),
    ),
    make=_propose_transition,
    needs=(VIEW,),
    drafts={"propose_transition": "Transition to adult services"},
    icon="handshake",
    keywords="transition 18 eighteen adult youth Y2A turns",
    help="For a participant who turns 18: the adult service or case, the plan, and who was told.",
    applies=_is_open_on_phoenix,
)
CONFIRM_TRANSITION = DialogAction(
    name="case.transition_confirmed",
    title="Confirm transition to adult services…",
    right=Right.SET_CASE_ACCESS,
    offered_in=(
        Menu(CASE_MENU),
        DutyButton(Duty.TRANSITION, "Confir&m", lambda row: row.ref == TRANSITION_WAITS_REF),
    ),
    make=_confirm_transition,
    needs=(VIEW,),
    drafts={"confirm_transition": "Transition to adult services confirmed"},
    icon="badge-check",
    keywords="transition 18 eighteen adult supervisor",
    help="A supervisor who did not propose it confirms it.",
    applies=lambda view: _is_open_on_phoenix(view) and view.case.transition_proposed_on is not None,
)
LEAVING_ACTIONS = (LEAVE, REOPEN, PROPOSE_TRANSITION, CONFIRM_TRANSITION)
