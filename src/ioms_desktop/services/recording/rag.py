"""Set a RAG: a person's decision, with a date and a reason, that also counts as a review."""

from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import MissingReason
from ioms_desktop.domain.records.cases import RagEntry
from ioms_desktop.services.commands import get_writable_case, refuse_future_date, run_command
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.recording.edits import Edit, add_or_edit
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.transaction import Transaction

RAG_TOPICS = frozenset({Topic.RAG})


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRag:
    """A colour from a day on, with its reason.

    Attributes:
        revision: That of the entry of that day as it was read; 0 where there was none; None to replace any version.
    """

    request: str
    case_ref: str
    rag: str
    set_on: date
    reason: str
    revision: int | None = None
    resolution: ConflictResolution | None = None


def set_rag(session: Session, entry: SetRag) -> Outcome:
    """Set or confirm a RAG; a second entry on one day replaces the first, which is kept as history.

    Raises:
        EditConflict: Someone else set or changed that day's RAG since it was read.
        NotAllowed: The user may not set a RAG.
        Missing: The case is not there for this user.
        Refused: There is no reason, the day lies in the future, or the case is closed.
    """
    refuse_future_date(session, entry.set_on, "A RAG")
    if not entry.reason.strip():
        raise MissingReason("A RAG needs its reason. Your entry is kept; write why.", field="reason")

    def do(tx: Transaction) -> Outcome:
        case = get_writable_case(session, tx, entry.case_ref, entry.set_on)
        edit: Edit[RagEntry] = Edit(
            change=lambda read: replace(read, rag=entry.rag, reason=entry.reason.strip(), set_by=session.user),
            notice=lambda _: f"RAG set to {entry.rag}.",
            topics=RAG_TOPICS,
            ref=case.case_ref,
        )
        wanted = RagEntry(
            case_ref=case.case_ref, set_on=entry.set_on, rag=entry.rag, reason=entry.reason.strip(), set_by=session.user
        )
        return add_or_edit(session, tx, entry, wanted, edit)

    return run_command(session, "set_rag", Right.SET_RAG, entry.request, do)
