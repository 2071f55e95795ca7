"""The caseload of one worker, and handing it over when they leave: all of it or some, in one act."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.access.roles import Right, sees_programme
from ioms_desktop.domain.errors import MissingReason, MissingValue, NothingToDo
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.records.cases import has_ended
from ioms_desktop.domain.text_format import format_day, format_name, pluralise
from ioms_desktop.services.commands import run_command
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.services.workers.assigning import (
    WORKER_TOPICS,
    AssignWorker,
    WorkerDetails,
    hand_over,
    undo_of,
)
from ioms_desktop.storage.queries.today import today_case_headers
from ioms_desktop.storage.queries.workers import count_cases_of, current_terms, named_workers
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction
from ioms_desktop.storage.users import login_named


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A role that somebody holds on an open case."""

    case_ref: str
    name: str
    programme: str
    worker_role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """A worker's cases, or some of them, to others from a day on.

    Attributes:
        worker: Who leaves.
        roles: The cases and roles that pass to somebody else.
        takers: Who takes over, by role.
    """

    request: str
    worker: str
    roles: tuple[tuple[str, str], ...]
    takers: Mapping[str, WorkerDetails]
    on: date
    reason: str


def list_known_workers(session: Session) -> tuple[str, ...]:
    """List the names a form suggests: users who work on cases, and whoever is named on a case now.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    with session.store.read(facts_only=True) as reading:
        found = {session.names.of(name) for name in named_workers(reading)}
    return tuple(sorted(found, key=str.casefold))


def list_held_roles(session: Session, worker: str) -> tuple[HeldRole, ...]:
    """List the roles that somebody holds on open cases, by the name of the person.

    Args:
        worker: A login, a display name, or the name of somebody outside.

    Raises:
        NotAllowed: The user may not read cases.
        UnknownUser: The name may be one of several users'.
    """
    session.require(Right.READ_CASES)
    today = session.today()
    with session.store.read(facts_only=True) as reading:
        terms = current_terms(reading, _names_of(session, reading, worker))
        heads = today_case_headers(reading, (case_ref for case_ref, _ in terms))
    found = [
        HeldRole(case_ref, format_name(head.family_name, head.given_names), head.programme, role)
        for case_ref, role in terms
        if (head := heads.get(case_ref)) is not None
        and sees_programme(session.role, head.programme)
        and not has_ended(head.closed_on, today)
    ]
    return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.case_ref, each.worker_role)))


def _names_of(session: Session, reading: Reading, worker: str) -> tuple[str, ...]:
    """Return what somebody may be recorded as, by a login, a display name, or the name of somebody outside."""
    return session.names.all_of(login_named(reading, worker))


def describe_held_roles(session: Session, worker: str) -> str:
    """Say on how many open cases somebody still works, for whoever disables their account; empty for none.

    Raises:
        NotAllowed: The user is not an administrator.
    """
    session.require(Right.ADMINISTER)
    with session.store.read() as reading:
        cases = count_cases_of(reading, session.names.all_of(worker), session.today())
    if not cases:
        return ""
    shown = session.names.of(worker)
    return f"{shown} still works on {pluralise(cases, 'case')}; a supervisor or co-ordinator hands them over."


def hand_over_caseload(session: Session, entry: HandOver, *, progress: ProgressCallback = no_progress) -> Outcome:
    """Let others take over a worker's cases, all at once or not at all.

    Args:
        progress: Called with the number of roles done; if it raises, nothing is written.

    Raises:
        NotAllowed: The user may not say who takes over.
        InvalidEntry: The reason or somebody who takes over is missing, and the refusal names its field; or a name may
            be one of several users'.
        NothingToDo: No case is chosen.
        Stale: The worker no longer holds one of the roles.
        Refused: As `assign_worker`; the sentence names the case.
    """
    if not entry.roles:
        raise NothingToDo("No case is chosen. Nothing was changed.")
    if not entry.reason.strip():
        raise MissingReason("Say why somebody takes over. Your entry is kept.", field="reason")
    for role in dict.fromkeys(role for _, role in entry.roles):
        if role not in entry.takers or not entry.takers[role].name.strip():
            label = session.lists.of("worker_role").label(role)
            raise MissingValue(f"Say who takes over as {label}. Your entry is kept.", field=f"taker_{role}")

    def do(tx: Transaction) -> Outcome:
        pairs = []
        leaver = _names_of(session, tx, entry.worker)
        for number, (case_ref, role) in enumerate(entry.roles, 1):
            each = AssignWorker(
                request="",
                case_ref=case_ref,
                worker_role=role,
                worker=entry.takers[role],
                on=entry.on,
                reason=entry.reason,
            )
            began, ended = hand_over(session, tx, each, held_by=leaver)
            if began is not None:
                pairs.append((began, ended))
            progress(number, len(entry.roles), "roles handed over")
        cases = pluralise(len({case_ref for case_ref, _ in entry.roles}), "case")
        notice = f"{cases.capitalize()} of {session.names.of(entry.worker)} handed over from {format_day(entry.on)}."
        return Outcome(notice=notice, changed=WORKER_TOPICS, undo=undo_of(pairs))

    right = Right.ASSIGN_WORKERS
    return run_command(session, "hand_over", right, entry.request, do, reason_text=entry.reason.strip())
