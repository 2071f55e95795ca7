"""The actions on appointments, after those that record something in the menu Case."""

from typing import TYPE_CHECKING

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.ui.actions.actions import CASE_MENU, FILE_MENU
from ioms_desktop.ui.actions.dialog_action import (
    CaseButton,
    DialogAction,
    DialogContext,
    DutyButton,
    Gathered,
    Menu,
    OwnControl,
    RecordButton,
    Scope,
    SectionButton,
)
from ioms_desktop.ui.actions.loaders import (
    APPOINTMENT,
    CHOSEN_TIME,
    CHOSEN_WORKER,
    SUBJECT,
    SUBJECT_IF_ANY,
    find_cases,
)

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog


def _make_appointment(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.appointments.appointment_dialogs import MakeAppointmentDialog

    dialog = MakeAppointmentDialog(
        context.session,
        context.tasks,
        gathered[SUBJECT_IF_ANY],
        find=find_cases(context.session),
        parent=context.parent,
    )
    dialog.suggest(gathered[CHOSEN_TIME], gathered[CHOSEN_WORKER])
    return dialog


def _appointment_outcome(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.recording.record_contact import RecordContactDialog

    return RecordContactDialog(
        context.session,
        context.tasks,
        gathered[SUBJECT],
        find=find_cases(context.session),
        appointment=gathered[APPOINTMENT],
        parent=context.parent,
    )


def _move_appointment(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.appointments.appointment_dialogs import MoveAppointmentDialog

    return MoveAppointmentDialog(
        context.session, context.tasks, gathered[SUBJECT], gathered[APPOINTMENT], context.parent
    )


def _cancel_appointment(context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.appointments.appointment_dialogs import CancelAppointmentDialog

    return CancelAppointmentDialog(
        context.session, context.tasks, gathered[SUBJECT], gathered[APPOINTMENT], context.parent
    )


def _export_calendar(context: DialogContext, _: Gathered) -> "QDialog":
    from ioms_desktop.ui.appointments.export_calendar import ExportCalendarDialog

    return ExportCalendarDialog(context.session, context.tasks, context.parent)


MAKE_APPOINTMENT = DialogAction(
    name="appointment.make",
    title="Make an appoin&tment",
    right=Right.RECORD_ENGAGEMENT,
    offered_in=(
        Menu(CASE_MENU, Scope.CASE_IF_SHOWN),
        CaseButton("Appoint&ment", "calendar-days"),
        SectionButton(Appointment, "Make an appointment…"),
        OwnControl("screens.calendar"),
    ),
    make=_make_appointment,
    needs=(SUBJECT_IF_ANY, CHOSEN_TIME, CHOSEN_WORKER),
    drafts={"make_appointment": "Appointment"},
    icon="calendar-days",
    shortcut="Ctrl+Shift+A",
    keywords="arrange plan visit session next contact diary",
)
RECORD_OUTCOME = DialogAction(
    name="appointment.outcome",
    title="Record &outcome",
    right=Right.RECORD_ENGAGEMENT,
    offered_in=(
        RecordButton(Appointment, APPOINTMENT, "Record &outcome", lambda each, _: each.is_waiting),
        DutyButton(Duty.OUTCOME, "Record o&utcome"),
    ),
    make=_appointment_outcome,
    needs=(SUBJECT, APPOINTMENT),
    keywords="visit session attended missed",
)
"""The dialog of any contact with what the appointment says filled in; its drafts are those of ``RECORD_CONTACT``."""
MOVE_APPOINTMENT = DialogAction(
    name="appointment.move",
    title="&Move…",
    right=Right.RECORD_ENGAGEMENT,
    offered_in=(
        RecordButton(Appointment, APPOINTMENT, "&Move…", lambda each, _: each.is_waiting),
        DutyButton(Duty.APPOINTMENT, "&Move…"),
    ),
    make=_move_appointment,
    needs=(SUBJECT, APPOINTMENT),
    drafts={"move_appointment": "Appointment moved"},
)
CANCEL_APPOINTMENT = DialogAction(
    name="appointment.cancel",
    title="Ca&ncel…",
    right=Right.RECORD_ENGAGEMENT,
    offered_in=(RecordButton(Appointment, APPOINTMENT, "Ca&ncel…", lambda each, _: each.is_waiting),),
    make=_cancel_appointment,
    needs=(SUBJECT, APPOINTMENT),
    drafts={"cancel_appointment": "Appointment cancelled"},
)
EXPORT_CALENDAR = DialogAction(
    name="calendar.export",
    title="Save m&y appointments as a file…",
    right=Right.READ_CASES,
    offered_in=(Menu(FILE_MENU, Scope.WINDOW), OwnControl("screens.calendar")),
    make=_export_calendar,
    drafts={"export_calendar": "Appointments as a file"},
    icon="download",
    keywords="calendar ics diary outlook export",
    help="For another calendar program, with initials in place of names; on record as a disclosure.",
)
APPOINTMENT_ACTIONS = (MAKE_APPOINTMENT, RECORD_OUTCOME, MOVE_APPOINTMENT, CANCEL_APPOINTMENT, EXPORT_CALENDAR)
