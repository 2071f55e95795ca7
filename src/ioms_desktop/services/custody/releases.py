"""Record a release: the end of the custody spell, the colour that follows, and the first appointments."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.errors import AlreadyDone, MissingReason, MissingValue
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import run_command
from ioms_desktop.services.custody.release_dates import end_expectation
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.recording.appointments import MakeAppointment, make_in_command
from ioms_desktop.services.recording.rag import SetRag, set_rag_in_command
from ioms_desktop.services.recording.records import ChangeRecord, change_in_command
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRelease:
    """Somebody released from custody.

    Attributes:
        spell: The custody spell as it was read.
        revision: The revision that was read.
        released_on: The day, which is one at liberty.
        rag: The colour from that day; empty to leave RAG as it is.
        rag_reason: Why.
        meetings: The first appointments, each a command of its own kind.
    """

    request: str
    case_ref: str
    spell: CustodySpell
    revision: int
    released_on: date
    rag: str = ""
    rag_reason: str = ""
    meetings: Sequence[MakeAppointment] = ()
    resolution: ConflictResolution | None = None


def record_release(session: Session, entry: RecordRelease) -> Outcome:
    """Record a release from custody and what follows it, in one act.

    Raises:
        NotAllowed: The user may not record custody.
        Missing: The case or the spell is not there for this user.
        EditConflict: Someone else saved the spell since it was read.
        RecordRemoved: Someone else removed it.
        InvalidRecord: The day is not accepted; the refusal names its field.
        Refused: The release is recorded already, a colour has no reason, or an appointment cannot be made.
    """
    if bool(entry.rag) != bool(entry.rag_reason.strip()):
        if entry.rag:
            raise MissingReason("A RAG needs its reason. Your entry is kept; write why.", field="rag_reason")
        raise MissingValue("Choose the colour that the reason is for. Your entry is kept.", field="rag")

    def do(tx: Transaction) -> Outcome:
        _refuse_released(tx, entry)
        spell = replace(entry.spell, released_on=entry.released_on)
        change = ChangeRecord(
            request="",
            case_ref=entry.case_ref,
            record=spell,
            revision=entry.revision,
            resolution=entry.resolution,
        )
        outcome = change_in_command(session, tx, change)
        more = [end_expectation(tx, spell, entry.case_ref)]
        if entry.rag:
            more.append(_set_colour(session, tx, entry))
        more.extend(make_in_command(session, tx, meeting) for meeting in entry.meetings)
        notice = f"Released on {format_day(entry.released_on)}.{outcome.notice.partition('.')[2]}"
        return replace(outcome, notice=notice).joined(*more)

    return run_command(session, "record_release", CustodySpell.rights.change_right, entry.request, do)


def _refuse_released(tx: Transaction, entry: RecordRelease) -> None:
    stored = tx.find(CustodySpell, *entry.spell.identity)
    if entry.resolution is None and stored is not None and stored.released_on is not None:
        raise AlreadyDone(
            f"The release on {format_day(stored.released_on)} is recorded already. Nothing was changed; change the "
            "custody spell where that is wrong.",
            field="released_on",
        )


def _set_colour(session: Session, tx: Transaction, entry: RecordRelease) -> Outcome:
    rag = SetRag(request="", case_ref=entry.case_ref, rag=entry.rag, set_on=entry.released_on, reason=entry.rag_reason)
    return set_rag_in_command(session, tx, rag)
