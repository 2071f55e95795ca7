"""Undo what was just done: each undoing is a command of its own, recorded like any other."""

from dataclasses import dataclass, replace
from typing import Any

from ioms_desktop.domain.errors import Stale
from ioms_desktop.services.edit_conflicts import EditConflict, RecordRemoved
from ioms_desktop.services.recording.corrections import RestoreStruckOut, StrikeOut, restore_struck_out, strike_out
from ioms_desktop.services.recording.records import ChangeRecord, change_record_by_form
from ioms_desktop.services.session import Outcome, Session, Undo, UndoneAct

UNDONE_REASON = "Undone at once"
CHANGED_SINCE = "{by} changed this since. Nothing was undone; open it to see what it says now."


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoAct:
    """What is to be undone.

    Attributes:
        case_ref: The case on which it was done.
        done: What was done, as its answer told it.
    """

    request: str
    case_ref: str
    done: Undo


def undo_act(session: Session, entry: UndoAct) -> Outcome:
    """Undo an act: take out what was added, change back what was changed, put back what was taken out.

    Raises:
        Stale: Someone else changed or removed the record since.
        Refused: As the command that undoes it.
    """
    done = entry.done
    if done.act is UndoneAct.STRUCK_OUT:
        return restore_struck_out(
            session,
            RestoreStruckOut(
                request=entry.request, case_ref=entry.case_ref, table=done.record.table, record_id=done.record.id
            ),
        )
    outcome = _take_out(session, entry) if done.before is None else _change_back(session, entry)
    return replace(outcome, notice=f"Undone. {outcome.notice}", undo=None)


def _take_out(session: Session, entry: UndoAct) -> Outcome:
    record = entry.done.record
    return strike_out(
        session,
        StrikeOut(
            request=entry.request,
            case_ref=entry.case_ref,
            table=record.table,
            key_text=record.key_text,
            revision=record.revision,
            reason=UNDONE_REASON,
        ),
    )


def _change_back(session: Session, entry: UndoAct) -> Outcome:
    before: Any = entry.done.before
    back = ChangeRecord(
        request=entry.request, case_ref=entry.case_ref, record=before, revision=entry.done.record.revision
    )
    try:
        return change_record_by_form(replace(session, change_reason=UNDONE_REASON), back)
    except RecordRemoved:
        raise
    except EditConflict as conflict:
        raise Stale(CHANGED_SINCE.format(by=conflict.comparison.saved_by)) from conflict
