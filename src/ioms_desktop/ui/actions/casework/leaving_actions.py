"""The actions by which a case leaves its programme, after the steps in the menu Case."""

from typing import TYPE_CHECKING

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.leaving.exits import CaseExit
from ioms_desktop.services.session import Outcome
from ioms_desktop.ui.actions.actions import CASE_MENU
from ioms_desktop.ui.actions.dialog_action import DialogAction, DialogContext, Gathered, Menu, SectionButton
from ioms_desktop.ui.actions.loaders import NEXT_REVIEW, VIEW

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog


def _leave(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.leaving.leaving_dialog import LeavingDialog

    return LeavingDialog(context.session, context.tasks, gathered[VIEW], gathered[NEXT_REVIEW], context.parent)


def _reopen(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.leaving.reopen_dialog import ReopenDialog

    return ReopenDialog(context.session, context.tasks, gathered[VIEW], context.parent)


def _open_new_case(context: DialogContext, outcome: Outcome) -> None:
    context.open_case(outcome.ref)


LEAVE = DialogAction(
    name="case.leave",
    title="Leaving the programme…",
    right=CaseExit.rights.add,
    offered_in=(Menu(CASE_MENU), SectionButton(CaseExit, "Leaving the programme…")),
    make=_leave,
    needs=(VIEW, NEXT_REVIEW),
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
    applies=lambda view: view.case.closed_on is not None,
    completed=_open_new_case,
)
LEAVING_ACTIONS = (LEAVE, REOPEN)
