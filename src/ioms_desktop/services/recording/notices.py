"""A dated duty on the case itself: serving the notice."""

from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import DatesOutOfOrder, NotAdopted
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import get_writable_case, refuse_future_date
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.recording.edits import Edit, run_edit
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.transaction import Transaction

CASE_TOPICS = frozenset({Topic.CASES})


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeNotice:
    """The notice to the person, served on a day; `revision` is that of the case as read."""

    request: str
    case_ref: str
    revision: int
    on: date
    resolution: ConflictResolution | None = None


def serve_notice(session: Session, entry: ServeNotice) -> Outcome:
    """Record the day on which the notice was served to the person.

    Raises:
        NotAllowed: The user may not set a RAG.
        Missing: The case is not there for this user.
        EditConflict: Someone else saved the case since it was read.
        RecordRemoved: Someone else removed it.
        Refused: The day lies in the future, before adoption or after the case closed.
    """
    refuse_future_date(session, entry.on, "An IOM letter")
    edit: Edit[Case] = Edit(
        before=lambda tx, _: _require_adopted_case(session, tx, entry),
        change=lambda read: replace(read, notice_served_on=entry.on),
        notice=lambda _: f"IOM letter recorded as served on {format_day(entry.on)}.",
        topics=CASE_TOPICS,
        ref=entry.case_ref,
    )
    return run_edit(session, "serve_notice", Right.SET_RAG, entry, (Case, entry.case_ref), edit)


def _require_adopted_case(session: Session, tx: Transaction, entry: ServeNotice) -> None:
    case = get_writable_case(session, tx, entry.case_ref, entry.on)
    adopted = case.adopted_on
    if case.programme != "IOM" or adopted is None:
        raise NotAdopted(
            "An IOM letter is served after adoption, and this case has not been adopted. Nothing was saved."
        )
    if entry.on < adopted:
        raise DatesOutOfOrder(
            f"An IOM letter is served after adoption, which was on {format_day(adopted)}. Your entry is kept; correct "
            "the date."
        )
