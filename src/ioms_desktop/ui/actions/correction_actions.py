"""Taking out what was entered in error, and moving it to the case it belongs to: actions of each record type."""

from functools import partial
from typing import TYPE_CHECKING

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import NotAllowed
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.records.record import Record, record_label
from ioms_desktop.domain.records.record_types import MOVABLE_PREFIXES, NOT_STRUCK_OUT, RECORD_TYPE_BY_TABLE
from ioms_desktop.ui.actions.dialog_action import (
    STRIKE_OUT_KEY,
    DialogAction,
    DialogContext,
    Gathered,
    Loader,
    RecordButton,
    TargetGone,
    is_of_case,
)
from ioms_desktop.ui.actions.loaders import SUBJECT, VIEW, find_cases
from ioms_desktop.ui.actions.record_actions import RECORD_GONE

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog

    from ioms_desktop.services.cases.cases import CaseView

NOT_YOURS = "{who} recorded this, and only they or a supervisor can take it out or move it; ask one of them."
STRIKE_OUT_TYPES: tuple[type[Record], ...] = tuple(
    record_type for record_type in RECORD_TYPE_BY_TABLE.values() if record_type not in NOT_STRUCK_OUT
)


def strike_out_action(record_type: type[Record]) -> DialogAction:
    """Declare the action that takes out a record of a type as entered in error."""
    record = Loader[Record](partial(_find_record, record_type), _has_view)
    own = Loader[Record](partial(_own_record, record), partial(_is_surely_own, record))
    return DialogAction(
        name=f"{record_type.table}.strike_out",
        title=f"Take out {record_label(record_type)}",
        right=record_type.rights.add,
        offered_in=(RecordButton(record_type, record, "En&tered in error…", _may_be_wrong, STRIKE_OUT_KEY),),
        make=partial(_strike_out, own),
        needs=(SUBJECT, record, own),
        drafts={f"strike_out_{record_type.table}": f"{record_type.label} entered in error"},
    )


def move_action(record_type: type[Record]) -> DialogAction:
    """Declare the action that moves a record of a type to another case."""
    record = Loader[Record](partial(_find_record, record_type), _has_view)
    own = Loader[Record](partial(_own_record, record), partial(_is_surely_own, record))
    return DialogAction(
        name=f"{record_type.table}.move",
        title=f"Move {record_label(record_type)}",
        right=record_type.rights.add,
        offered_in=(RecordButton(record_type, record, "Mo&ve to another case…", _may_be_wrong),),
        make=partial(_move, own),
        needs=(SUBJECT, record, own),
        drafts={f"move_{record_type.table}": f"{record_type.label} to be moved"},
    )


def _strike_out(own: Loader[Record], context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.records.entered_in_error import StrikeOutDialog

    return StrikeOutDialog(context.session, context.tasks, gathered[SUBJECT], gathered[own], context.parent)


def _move(own: Loader[Record], context: DialogContext, gathered: Gathered) -> "QDialog":
    from ioms_desktop.ui.records.entered_in_error import MoveRecordDialog

    subject, find = gathered[SUBJECT], find_cases(context.session)
    return MoveRecordDialog(context.session, context.tasks, subject, gathered[own], find, context.parent)


def _may_be_wrong(record: Record, view: "CaseView") -> bool:
    is_review = isinstance(record, Action) and record.is_access_review
    return is_of_case(record, view) and not is_review


def _find_record(record_type: type[Record], gathered: Gathered) -> Record:
    for record in gathered[VIEW].of(record_type):
        if record.key_text == gathered.target.about:
            return record
    raise TargetGone(RECORD_GONE)


def _own_record(record: Loader[Record], gathered: Gathered) -> Record:
    """Return the record, where it is this user's to correct; who recorded it first may have to be looked up."""
    from ioms_desktop.services.recording.corrections import may_correct

    found = gathered[record]
    if not may_correct(gathered.session, found):
        by = gathered.session.names.of(found.recorded_by)
        raise NotAllowed(NOT_YOURS.format(who=by if found.revision == 1 else "Somebody else"))
    return found


def _is_surely_own(record: Loader[Record], gathered: Gathered) -> bool:
    """Whether that takes no look-up."""
    return record in gathered and (gathered.session.role is Role.SUPERVISOR or gathered[record].revision == 1)


def _has_view(gathered: Gathered) -> bool:
    return VIEW in gathered


CORRECTION_ACTIONS: tuple[DialogAction, ...] = (
    *(strike_out_action(record_type) for record_type in STRIKE_OUT_TYPES),
    *(move_action(record_type) for record_type in MOVABLE_PREFIXES),
)
