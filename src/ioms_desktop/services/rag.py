"""Set a RAG: a person's decision, with a date and a reason, that also counts as a review."""

from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.access import Right
from ioms_desktop.domain.cases import RagEntry
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.commands import add, not_in_future, once, open_case_at_hand, save
from ioms_desktop.services.desk import Desk, Outcome, Topic
from ioms_desktop.storage.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRag:
    """A colour from a day on, with its reason."""

    request: str
    case_ref: str
    rag: str
    set_on: date
    reason: str


def set_rag(desk: Desk, entry: SetRag) -> Outcome:
    """Set or confirm a RAG; a second entry on one day replaces the first, which is kept as history.

    Raises:
        NotAllowed: The user may not set a RAG.
        Missing: The case is not there for this user.
        Refused: There is no reason, the day lies in the future, or the case is closed.
    """
    not_in_future(desk, entry.set_on, "A RAG")
    if not entry.reason.strip():
        raise Refused("A RAG needs its reason. Your entry is kept; write why.", code="reason")

    def do(tx: Transaction) -> Outcome:
        case = open_case_at_hand(desk, tx, entry.case_ref, entry.set_on)
        same_day = tx.seek(RagEntry, case.case_ref, entry.set_on)
        reason = entry.reason.strip()
        if same_day is None:
            add(
                tx,
                RagEntry(case_ref=case.case_ref, set_on=entry.set_on, rag=entry.rag, reason=reason, set_by=desk.user),
            )
        else:
            save(tx, replace(same_day, rag=entry.rag, reason=reason, set_by=desk.user))
        return Outcome(notice=f"RAG set to {entry.rag}.", changed=frozenset({Topic.RAG}), ref=case.case_ref)

    return once(desk, "set_rag", Right.SET_RAG, entry.request, do)
