"""Adding and changing records by the generated form: the actions of each record type, made from its declaration."""

from functools import partial
from typing import TYPE_CHECKING

from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.records.compliance.steps import ComplianceStep
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.record import Record, record_label
from ioms_desktop.domain.records.record_types import ADD_FORM_TYPES, CHANGE_FORM_TYPES
from ioms_desktop.ui.actions.dialog_action import (
    CHANGE_KEY,
    DialogAction,
    DialogContext,
    Gathered,
    Loader,
    RecordButton,
    SectionButton,
    TargetGone,
    is_of_case,
)
from ioms_desktop.ui.actions.loaders import SUBJECT, VIEW

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from ioms_desktop.services.cases.cases import CaseView
    from ioms_desktop.services.entries.authors import KnownAuthor

GUIDED_TYPES: frozenset[type[Record]] = frozenset({CustodySpell, ComplianceStep, Action})
"""The record types whose generated form is part of a dialog that asks for what follows as well."""
RECORD_GONE = "This record is no longer there. Reload the case; someone may have removed it."


def add_action(record_type: type[Record]) -> DialogAction:
    """Declare the action that adds a record of a type."""
    return DialogAction(
        name=f"{record_type.table}.add",
        title=f"Add {record_label(record_type)}",
        right=record_type.rights.add,
        offered_in=(SectionButton(record_type, f"Add {record_label(record_type)}…"),),
        make=partial(_add, record_type),
        needs=(SUBJECT,),
        drafts={f"add_{record_type.table}": record_type.label},
    )


def change_action(record_type: type[Record]) -> DialogAction:
    """Declare the action that changes a record of a type."""
    loader = Loader[Record](partial(_find_record, record_type), _has_view)
    known = Loader["KnownAuthor"](partial(_known_author, loader))
    return DialogAction(
        name=f"{record_type.table}.change",
        title=f"Change {record_label(record_type)}",
        right=record_type.rights.change_right,
        offered_in=(RecordButton(record_type, loader, "Chan&ge…", _is_changeable, CHANGE_KEY),),
        make=partial(_change, record_type, loader, known),
        needs=(SUBJECT, known, loader),
        drafts={f"change_{record_type.table}": f"{record_type.label} changed"},
    )


def _add(record_type: type[Record], context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.recording.record_dialog import RecordDialog

    return RecordDialog(context.session, context.tasks, gathered[SUBJECT], record_type, parent=context.parent)


def _change(
    record_type: type[Record],
    loader: Loader[Record],
    known: "Loader[KnownAuthor]",
    context: DialogContext,
    gathered: Gathered,
) -> "QDialog":
    from ioms_desktop.ui.recording.record_dialog import RecordDialog

    return RecordDialog(
        context.session,
        context.tasks,
        gathered[SUBJECT],
        record_type,
        gathered[loader],
        gathered[known],
        context.parent,
    )


def _known_author(record: Loader[Record], gathered: Gathered) -> "KnownAuthor":
    from ioms_desktop.services.entries.authors import find_known_author

    return find_known_author(gathered.session, gathered[record])


def _find_record(record_type: type[Record], gathered: Gathered) -> Record:
    for record in gathered[VIEW].of(record_type):
        if record.key_text == gathered.target.about:
            return record
    raise TargetGone(RECORD_GONE)


def _is_changeable(record: Record, view: "CaseView") -> bool:
    is_review = isinstance(record, Action) and record.is_access_review
    return is_of_case(record, view) and not is_review


def _has_view(gathered: Gathered) -> bool:
    return VIEW in gathered


RECORD_ACTIONS: tuple[DialogAction, ...] = (
    *(add_action(record_type) for record_type in ADD_FORM_TYPES if record_type not in GUIDED_TYPES),
    *(change_action(record_type) for record_type in CHANGE_FORM_TYPES),
)
