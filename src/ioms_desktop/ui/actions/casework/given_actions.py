"""Giving an action to anyone, from a case or from a contact, and moving its day."""

from typing import TYPE_CHECKING

from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.ui.actions.actions import CASE_MENU
from ioms_desktop.ui.actions.dialog_action import (
    DialogAction,
    DialogContext,
    Gathered,
    Loader,
    Menu,
    RecordButton,
    SectionButton,
    TargetGone,
)
from ioms_desktop.ui.actions.loaders import ACTION, KNOWN_WORKERS, SUBJECT, SUBJECT_IF_ANY, VIEW

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

CONTACT_GONE = "This contact is no longer there. Reload the case; someone may have changed it."


def _contact(gathered: Gathered) -> Contact:
    for contact in gathered[VIEW].contacts:
        if contact.contact_ref == gathered.target.about:
            return contact
    raise TargetGone(CONTACT_GONE)


CONTACT = Loader[Contact](_contact, lambda gathered: VIEW in gathered)


def _give(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.casework.action_dialogs import GiveActionDialog

    return GiveActionDialog(
        context.session, context.tasks, gathered[SUBJECT], gathered[KNOWN_WORKERS], parent=context.parent
    )


def _give_from_contact(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.casework.action_dialogs import GiveActionDialog

    return GiveActionDialog(
        context.session,
        context.tasks,
        gathered[SUBJECT],
        gathered[KNOWN_WORKERS],
        gathered[CONTACT],
        context.parent,
    )


def _move(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.casework.action_dialogs import MoveActionDialog

    return MoveActionDialog(context.session, context.tasks, gathered[SUBJECT_IF_ANY], gathered[ACTION], context.parent)


def _can_be_moved(action: Action) -> bool:
    return action.done_on is None and action.cancelled_on is None and not action.is_access_review


GIVE_ACTION = DialogAction(
    name="actions.add",
    title="Give &an action…",
    right=Action.rights.add,
    offered_in=(Menu(CASE_MENU), SectionButton(Action, "Give an action…")),
    make=_give,
    needs=(SUBJECT, KNOWN_WORKERS),
    drafts={"add_actions": Action.label},
    icon="clipboard-list",
    keywords="add task agency due partner outside",
)
ACTION_FROM_CONTACT = DialogAction(
    name="actions.add_from_contact",
    title="New &action from this contact…",
    right=Action.rights.add,
    offered_in=(RecordButton(Contact, CONTACT, "New &action…", lambda _contact, _view: True),),
    make=_give_from_contact,
    needs=(SUBJECT, KNOWN_WORKERS, CONTACT),
    keywords="follow up",
)
"""The form of any action with the contact filled in; its drafts are those of ``GIVE_ACTION``."""
MOVE_ACTION = DialogAction(
    name="actions.move",
    title="&Move the day…",
    right=Action.rights.change_right,
    offered_in=(RecordButton(Action, ACTION, "&Move the day…", lambda action, _view: _can_be_moved(action)),),
    make=_move,
    needs=(SUBJECT_IF_ANY, ACTION),
    drafts={"action_day": "Day of an action moved"},
    keywords="postpone later due date",
)
GIVEN_ACTIONS = (GIVE_ACTION, ACTION_FROM_CONTACT, MOVE_ACTION)
