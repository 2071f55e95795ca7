"""The actions about who may know of a case."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ioms_desktop.domain.access.case_access import AccessList
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.actions.actions import CASE_MENU
from ioms_desktop.ui.actions.dialog_action import (
    DialogAction,
    DialogContext,
    Gathered,
    Menu,
    OwnControl,
    Scope,
    Target,
)
from ioms_desktop.ui.actions.launcher import DialogLauncher
from ioms_desktop.ui.actions.loaders import CASE_ACCESS, ORPHANED_CASES, PEOPLE, SUMMARY, TEAMS

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog


def _case_access(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.access.case_access import CaseAccessDialog

    known = gathered[CASE_ACCESS]
    dialog = CaseAccessDialog(context.session, context.tasks, known, gathered[SUMMARY], context.parent)
    dialog.access_changed.connect(context.handle_outcome)
    over_it = replace(context, parent=dialog, handle_outcome=dialog.handle_outcome, show_problem=dialog.message.problem)
    launcher = DialogLauncher(over_it)

    def name_somebody(kind: AccessList) -> None:
        launcher.launch(NAME_SOMEBODY, Target(case_ref=known.case_ref, about=kind.value))

    def change_restriction() -> None:
        target = Target(case_ref=known.case_ref)
        launcher.launch(CHANGE_RESTRICTION, target, given={CASE_ACCESS: dialog.case_access})

    dialog.entry_requested.connect(name_somebody)
    dialog.restriction_requested.connect(change_restriction)
    return dialog


def _name_somebody(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.access.access_entry import AccessEntryDialog

    target = gathered.target
    kind = AccessList(target.about)
    return AccessEntryDialog(context.session, context.tasks, target.case_ref, kind, gathered[PEOPLE], context.parent)


def _restriction(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.access.access_entry import CaseRestrictionDialog

    known = gathered[CASE_ACCESS]
    return CaseRestrictionDialog(
        context.session,
        context.tasks,
        known.case_ref,
        known.restriction,
        gathered[TEAMS],
        shared=known.shared,
        parent=context.parent,
    )


def _declare_conflict(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.access.access_entry import DeclareConflictDialog

    case_ref = gathered.target.case_ref
    return DeclareConflictDialog(context.session, context.tasks, case_ref, gathered[SUMMARY], context.parent)


def _break_glass(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.access.break_glass import BreakGlassDialog

    return BreakGlassDialog(context.session, context.tasks, gathered.target.case_ref, context.parent)


def _take_over(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.access.take_over import TakeOverCaseDialog

    return TakeOverCaseDialog(context.session, context.tasks, gathered[ORPHANED_CASES], context.parent)


def _is_shared(session: Session) -> bool:
    return is_shared(session.store.location)


def _open_case(context: DialogContext, outcome: Outcome) -> None:
    context.open_case(outcome.ref)


SHOW_CASE_ACCESS = DialogAction(
    name="case.show_knowing",
    title="Who may know of this case…",
    right=Right.SET_CASE_ACCESS,
    offered_in=(Menu(CASE_MENU),),
    make=_case_access,
    needs=(CASE_ACCESS, SUMMARY),
    icon="eye",
    keywords="access restrict exclude admit assign team need-to-know",
)
NAME_SOMEBODY = DialogAction(
    name="access.name",
    title="Name somebody on a list of the case",
    right=Right.SET_CASE_ACCESS,
    offered_in=(OwnControl("actions.access_actions"),),
    make=_name_somebody,
    needs=(PEOPLE,),
    drafts={"name_somebody": "Name on a list of a case"},
)
"""Which list it is follows from what the target is about."""
CHANGE_RESTRICTION = DialogAction(
    name="access.restrict",
    title="How the case is kept",
    right=Right.SET_CASE_ACCESS,
    offered_in=(OwnControl("actions.access_actions"),),
    make=_restriction,
    needs=(CASE_ACCESS, TEAMS),
    drafts={"keep_case": "How a case is kept"},
)
DECLARE_CONFLICT = DialogAction(
    name="case.declare_conflict",
    title="Declare a conflict of interest…",
    right=Right.READ_CASES,
    offered_in=(Menu(CASE_MENU),),
    make=_declare_conflict,
    needs=(SUMMARY,),
    drafts={"declare_conflict": "Conflict of interest"},
    icon="split",
    keywords="cousin recuse",
    on_past_day=True,
    under_break_glass=True,
)
DECLARE_CONFLICT_AS_PARTNER = DialogAction(
    name="assigned.declare_conflict",
    title="Declare a conflict of interest…",
    right=Right.READ_ASSIGNED,
    offered_in=(OwnControl("screens.partner_cases"),),
    make=_declare_conflict,
    needs=(SUMMARY,),
)
"""The same dialog for a partner, who may not open the case; its drafts are those of ``DECLARE_CONFLICT``."""
BREAK_GLASS = DialogAction(
    name="glass.break",
    title="Restricted record access…",
    right=Right.BREAK_GLASS,
    offered_in=(Menu(CASE_MENU, Scope.WINDOW), OwnControl("cases.case_screen"), OwnControl("main_window.frame")),
    make=_break_glass,
    drafts={"break_glass": "Restricted record access"},
    icon="shield-check",
    keywords="emergency closed hidden restricted case open",
    help="Opens a case that is kept from you: for an hour, for reading, and on record.",
    on_past_day=True,
    under_break_glass=True,
    completed=_open_case,
)
TAKE_OVER = DialogAction(
    name="access.take_over",
    title="Take over a case…",
    right=Right.SET_CASE_ACCESS,
    offered_in=(Menu(CASE_MENU, Scope.WINDOW),),
    make=_take_over,
    needs=(ORPHANED_CASES,),
    drafts={"take_over": "Taking over a case"},
    icon="users",
    keywords="orphaned restricted supervisor left",
    help="Restricted cases whose last supervisor has left: two others take one over together.",
    on_past_day=True,
    under_break_glass=True,
    condition=_is_shared,
)
"""Only a shared database restricts cases."""
ACCESS_ACTIONS = (
    SHOW_CASE_ACCESS,
    NAME_SOMEBODY,
    CHANGE_RESTRICTION,
    DECLARE_CONFLICT,
    DECLARE_CONFLICT_AS_PARTNER,
    BREAK_GLASS,
    TAKE_OVER,
)
