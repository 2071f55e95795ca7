"""Name a worker of a case, let somebody take over, and take that back."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.access.roles import Right, require
from ioms_desktop.domain.errors import (
    AlreadyDone,
    DatesOutOfOrder,
    MissingReason,
    MissingValue,
    Stale,
    UnknownCode,
)
from ioms_desktop.domain.records.workers.case_workers import CaseWorker, free_ref
from ioms_desktop.domain.records.workers.names import is_same_user
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import (
    add_record,
    get_writable_case,
    refuse_future_date,
    run_command,
    save_record,
)
from ioms_desktop.services.session import Outcome, Session, Topic, Undo, UndoneAct
from ioms_desktop.storage.transaction import Transaction
from ioms_desktop.storage.users import find_named_user

WORKER_TOPICS = frozenset({Topic.CASES, Topic.PEOPLE})
TAKEN_BACK = "Undone at once"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerDetails:
    """Who is named: a user, by display name or login, or somebody outside.

    Attributes:
        name: With rank or number; empty where nobody takes over.
    """

    name: str
    agency: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignWorker:
    """A worker for one role of a case from a day on.

    Attributes:
        reason: Why somebody takes over; not needed where nobody held the role.
    """

    request: str
    case_ref: str
    worker_role: str
    worker: WorkerDetails
    on: date
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeBack:
    """What an assignment did, to be undone: who began, and who ended then."""

    request: str
    pairs: tuple[tuple[CaseWorker, CaseWorker | None], ...]


def assign_worker(session: Session, entry: AssignWorker) -> Outcome:
    """Name who holds a role of a case from a day on; whoever held it ends on that day.

    Raises:
        NotAllowed: Somebody holds the role, and the user may not say who takes over.
        Missing: The case is not there for this user.
        InvalidEntry: A value is missing or not accepted; the refusal names its field.
        AlreadyDone: They hold it already.
        CaseClosed: The case had closed by then.
    """
    role = session.lists.of("worker_role").label(entry.worker_role)

    def do(tx: Transaction) -> Outcome:
        began, ended = hand_over(session, tx, entry)
        who = "Nobody" if began is None else session.names.of(began.worker)
        former = "" if ended is None else f" in place of {session.names.of(ended.worker)}"
        notice = f"{role} from {format_day(entry.on)}: {who}{former}."
        undo = None if began is None else undo_of([(began, ended)])
        return Outcome(notice=notice, changed=WORKER_TOPICS, ref=entry.case_ref, undo=undo)

    return run_command(session, "assign_worker", Right.INTAKE, entry.request, do, reason_text=entry.reason.strip())


def hand_over(
    session: Session, tx: Transaction, entry: AssignWorker, *, held_by: Collection[str] = ()
) -> tuple[CaseWorker | None, CaseWorker | None]:
    """Let a role of a case pass to somebody, within a command.

    Args:
        held_by: What they may be recorded as who alone are to be replaced; none for whoever holds the role.

    Returns:
        Who began, None where nobody did; and who ended, as they were before, None where nobody held it.

    Raises:
        Stale: Somebody else holds it by now, or nobody.
        Refused: As `assign_worker`.
    """
    refuse_future_date(session, entry.on, "Taking over")
    if session.lists.of("worker_role").get(entry.worker_role) is None:
        raise UnknownCode("Choose the role. Your entry is kept.", field="worker_role")
    case = get_writable_case(session, tx, entry.case_ref, entry.on)
    held = [
        each for each in tx.list_records(CaseWorker, case_ref=case.case_ref) if each.worker_role == entry.worker_role
    ]
    holder = next((each for each in held if each.is_current), None)
    if held_by and not _is_recorded_as(holder, held_by):
        role = session.lists.of("worker_role").label(entry.worker_role)
        raise Stale(
            f"{session.names.of(next(iter(held_by)))} is no longer {role} of {entry.case_ref}: somebody changed that "
            "since. Nothing was handed over. Untick that case."
        )
    name = session.names.of(entry.worker.name.strip())
    if holder is None and not name:
        raise MissingValue("Say who it is. Your entry is kept.", field="worker")
    if holder is not None:
        _refuse_take_over(session, entry, holder, name)
        save_record(tx, replace(holder, ended_on=entry.on, change_reason=entry.reason.strip()))
    if not name:
        return None, holder
    user = find_named_user(tx, entry.worker.name)
    new = CaseWorker(
        case_worker_ref=free_ref(case.case_ref, entry.worker_role, held),
        case_ref=case.case_ref,
        worker_role=entry.worker_role,
        worker=name,
        user_name=None if user is None else user.name,
        agency=entry.worker.agency.strip() or None,
        phone=entry.worker.phone.strip() or None,
        email=entry.worker.email.strip() or None,
        started_on=entry.on,
    )
    return add_record(tx, new), holder


def _is_recorded_as(holder: CaseWorker | None, names: Collection[str]) -> bool:
    """Whether somebody holds a role as their user or by one of their names, as `current_terms` finds it."""
    if holder is None:
        return False
    held_as = {holder.worker.strip().casefold(), (holder.user_name or "").casefold()}
    if any(name.strip().casefold() in held_as for name in names):
        return True
    return holder.user_name is None and any(is_same_user(holder.worker, name) for name in names)


def _refuse_take_over(session: Session, entry: AssignWorker, holder: CaseWorker, name: str) -> None:
    require(session.role, Right.ASSIGN_WORKERS)
    held_by = session.names.of(holder.worker)
    if held_by.casefold() == name.casefold():
        raise AlreadyDone(f"{held_by} holds this role already. Nothing was changed.")
    if not entry.reason.strip():
        raise MissingReason("Say why somebody takes over. Your entry is kept.", field="reason")
    if holder.started_on is not None and entry.on < holder.started_on:
        raise DatesOutOfOrder(
            f"{held_by} began on {format_day(holder.started_on)}, so nobody takes over before. Your entry is kept.",
            field="on",
        )


def take_back(session: Session, entry: TakeBack) -> Outcome:
    """Undo an assignment: whoever began is taken out as an error, and whoever ended then goes on.

    Raises:
        NotAllowed: The user may not say who takes over.
        Stale: Somebody else changed it since.
    """

    def do(tx: Transaction) -> Outcome:
        for began, before in entry.pairs:
            get_writable_case(session, tx, began.case_ref, session.today())
            stored = tx.find(CaseWorker, began.case_worker_ref)
            former = None if before is None else tx.find(CaseWorker, before.case_worker_ref)
            if stored is None or stored.revision != began.revision or (before is not None and former is None):
                raise Stale("Somebody changed this since. Nothing was undone; open the case to see what it says now.")
            tx.strike_out(stored, TAKEN_BACK)
            if former is not None and before is not None:
                tx.save(replace(former, ended_on=None, change_reason=before.change_reason))
        return Outcome(notice="Undone.", changed=WORKER_TOPICS)

    return run_command(session, "take_back_worker", Right.ASSIGN_WORKERS, entry.request, do, reason_text=TAKEN_BACK)


def assignments_of(done: Undo) -> tuple[tuple[CaseWorker, CaseWorker | None], ...]:
    """Return who began and who ended by an act that is to be undone."""
    acts = [(each.record, each.before) for each in (done, *done.also)]
    return tuple(
        (began, before if isinstance(before, CaseWorker) else None)
        for began, before in acts
        if isinstance(began, CaseWorker)
    )


def undo_of(pairs: Iterable[tuple[CaseWorker, CaseWorker | None]]) -> Undo | None:
    """Say how assignments are undone; None where none took over, so that the records themselves are undone."""
    done = [Undo(UndoneAct.ASSIGNED, began, before) for began, before in pairs if before is not None]
    return replace(done[0], also=tuple(done[1:])) if done else None
