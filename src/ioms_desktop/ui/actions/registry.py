"""Every action that opens a dialog, and what the parts of the window ask about them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ioms_desktop.domain.duties.case_duties import WorklistItem
from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.session import Session
from ioms_desktop.ui.actions.access_actions import ACCESS_ACTIONS
from ioms_desktop.ui.actions.appointment_actions import APPOINTMENT_ACTIONS
from ioms_desktop.ui.actions.casework.compliance_actions import COMPLIANCE_ACTIONS
from ioms_desktop.ui.actions.casework.custody_actions import CUSTODY_ACTIONS
from ioms_desktop.ui.actions.casework.document_actions import DOCUMENT_ACTIONS
from ioms_desktop.ui.actions.casework.given_actions import GIVEN_ACTIONS
from ioms_desktop.ui.actions.casework.leaving_actions import LEAVING_ACTIONS
from ioms_desktop.ui.actions.casework.letter_actions import LETTER_ACTIONS
from ioms_desktop.ui.actions.casework.support_actions import SUPPORT_ACTIONS
from ioms_desktop.ui.actions.correction_actions import CORRECTION_ACTIONS
from ioms_desktop.ui.actions.dialog_action import (
    CaseButton,
    DialogAction,
    DutyButton,
    ListButton,
    Menu,
    RecordButton,
    SectionButton,
)
from ioms_desktop.ui.actions.file_actions import FILE_ACTIONS
from ioms_desktop.ui.actions.intake_actions import INTAKE_ACTIONS
from ioms_desktop.ui.actions.record_actions import RECORD_ACTIONS
from ioms_desktop.ui.actions.recording_actions import RECORDING_ACTIONS
from ioms_desktop.ui.actions.supervision_actions import SUPERVISION_ACTIONS

if TYPE_CHECKING:
    from ioms_desktop.services.cases.cases import CaseView

DIALOG_ACTIONS: tuple[DialogAction, ...] = (
    *INTAKE_ACTIONS,
    *LEAVING_ACTIONS,
    *RECORDING_ACTIONS,
    *APPOINTMENT_ACTIONS,
    *GIVEN_ACTIONS,
    *SUPPORT_ACTIONS,
    *CUSTODY_ACTIONS,
    *COMPLIANCE_ACTIONS,
    *DOCUMENT_ACTIONS,
    *LETTER_ACTIONS,
    *RECORD_ACTIONS,
    *CORRECTION_ACTIONS,
    *FILE_ACTIONS,
    *ACCESS_ACTIONS,
    *SUPERVISION_ACTIONS,
)
"""In the order of the menus."""
DRAFT_TITLES = {form: title for action in DIALOG_ACTIONS for form, title in action.drafts.items()}
"""What the list of unsaved entries calls each form."""


def action_for_draft(form: str) -> DialogAction | None:
    """Return the action that restores the unsaved entries of a form; None for a form of another version."""
    return next((action for action in DIALOG_ACTIONS if form in action.drafts), None)


def menu_actions(name: str) -> Iterator[tuple[DialogAction, Menu]]:
    """Return the actions of a menu, in its order."""
    for action in DIALOG_ACTIONS:
        for place in action.offers(Menu):
            if place.name == name:
                yield action, place


def section_actions() -> Iterator[DialogAction]:
    """Return the actions of the sections of a case that no menu lists."""
    for action in DIALOG_ACTIONS:
        if action.offers(SectionButton) and not action.offers(Menu):
            yield action


def case_buttons(session: Session) -> Iterator[tuple[DialogAction, CaseButton]]:
    """Return the buttons at the head of a case that this user may use."""
    for action in DIALOG_ACTIONS:
        if action.is_allowed(session):
            for place in action.offers(CaseButton):
                yield action, place


def record_buttons(
    session: Session, record: Record, view: "CaseView"
) -> Iterator[tuple[DialogAction, RecordButton[Record]]]:
    """Return what this user may do about a record of a case as it stands."""
    for action in DIALOG_ACTIONS:
        if action.is_allowed(session):
            for place in action.offers(RecordButton):
                if isinstance(record, place.record_type) and place.applies(record, view):
                    yield action, place


def section_button(session: Session, record_type: type[Record] | None) -> tuple[DialogAction, SectionButton] | None:
    """Return the action with which this user adds a record to the section of a type; None where there is none."""
    for action in DIALOG_ACTIONS:
        for place in action.offers(SectionButton):
            if place.record_type is record_type and action.is_allowed(session):
                return action, place
    return None


def duty_button(session: Session, row: WorklistItem) -> tuple[DialogAction, DutyButton] | None:
    """Return the job of a line of Today; None where there is none, or this user may not do it."""
    for action in DIALOG_ACTIONS:
        if action.is_allowed(session):
            for place in action.offers(DutyButton):
                if place.duty is row.duty and place.applies(row):
                    return action, place
    return None


def list_buttons(session: Session, screen: str) -> Iterator[tuple[DialogAction, ListButton]]:
    """Return the buttons below the list of a screen that this user may use."""
    for action in DIALOG_ACTIONS:
        if action.is_allowed(session):
            for place in action.offers(ListButton):
                if place.screen == screen:
                    yield action, place
