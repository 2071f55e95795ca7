"""Restricted cases to which no supervisor is admitted any more, and their taking over by two supervisors.

A server decides all of this itself, in functions of its own; for a local file the same is decided here.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, literal, or_, select, text, update

from ioms_desktop.domain.access.case_access import TAKEOVER_REQUEST_DURATION, AccessList, OrphanedCase
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.storage.access_lists import DENIED_DETAIL, insert_entry, is_current, log_access
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import access_entry, case_standing, users
from ioms_desktop.storage.schema.types import Instant
from ioms_desktop.storage.transaction import Transaction


class TakeoverStep(StrEnum):
    """What a request to take over a case did: it was the first one, or the second one, which completes it."""

    ASKED = "ASKED"
    DONE = "DONE"


def orphaned_cases(reading: Reading, user: str, at: datetime) -> list[OrphanedCase]:
    """List the orphaned cases that a supervisor may take over, each with a request that waits."""
    if reading.server_enforces_access:
        rows = reading.connection.execute(text("SELECT * FROM orphaned_cases()"))
        return [OrphanedCase(**row._asdict()) for row in rows]
    excluded = _names_on(reading, AccessList.EXCLUDED, at).where(access_entry.c.user_name == user)
    hidden = set(reading.connection.scalars(excluded.with_only_columns(access_entry.c.case_ref)))
    refs = reading.connection.scalars(select(case_standing.c.case_ref).where(case_standing.c.restricted))
    return [
        _with_request(reading, ref, at)
        for ref in sorted(refs)
        if ref not in hidden and not _supervisors_of(reading, ref, at)
    ]


def cases_depending_on(reading: Reading, name: str, at: datetime) -> list[str]:
    """List the restricted cases that would be orphaned without one user, by reference; nobody is named."""
    if reading.server_enforces_access:
        return list(reading.connection.scalars(text("SELECT cases_depending_on(:who)"), {"who": name}))
    refs = reading.connection.scalars(select(case_standing.c.case_ref).where(case_standing.c.restricted))
    return [ref for ref in sorted(refs) if _supervisors_of(reading, ref, at) == [name]]


def take_over_case(tx: Transaction, case_ref: str, reason: str) -> TakeoverStep | None:
    """Ask to take over an orphaned case, or complete the request of another supervisor; None where it is refused.

    Args:
        tx: The transaction; it must be committed even after a refusal, or the log entry is lost.
        case_ref: The case.
        reason: Why.
    """
    if tx.server_enforces_access:
        statement = text("SELECT take_over_case(:ref, :why)")
        done: str | None = tx.connection.scalar(statement, {"ref": case_ref, "why": reason})
        return None if done is None else TakeoverStep(done)
    me, now = tx.command.user, tx.command.at
    found = next((each for each in orphaned_cases(tx, me, now) if each.case_ref == case_ref), None)
    if found is None:
        reference = f"{case_ref}/{AccessList.TAKEOVER}/{me}"
        tx.log("ALTERATION", object_type="access_entry", object_ref=reference, subject_ref=None, detail=DENIED_DETAIL)
        return None
    asker = found.asked_by if found.asked_by != me else None
    waiting = access_entry.c.case_ref == case_ref, access_entry.c.kind == AccessList.TAKEOVER, is_current(tx, now)
    tx.connection.execute(update(access_entry).where(*waiting).values(ends_at=now))
    if asker is None:
        insert_entry(tx, case_ref, me, AccessList.TAKEOVER, reason, ends_at=now + TAKEOVER_REQUEST_DURATION)
        _log_entry(tx, case_ref, AccessList.TAKEOVER, me, {"standing": True, "message": reason})
        return TakeoverStep.ASKED
    for name, by in ((asker, me), (me, asker)):
        insert_entry(tx, case_ref, name, AccessList.ADMITTED, reason, set_by=by)
        detail = {"standing": True, "message": reason, "taken_over_by": [asker, me]}
        _log_entry(tx, case_ref, AccessList.ADMITTED, name, detail)
    return TakeoverStep.DONE


def _log_entry(tx: Transaction, case_ref: str, kind: AccessList, name: str, detail: dict[str, object]) -> None:
    log_access(tx, "ALTERATION", "access_entry", f"{case_ref}/{kind}/{name}", case_ref, detail)


def _with_request(reading: Reading, case_ref: str, at: datetime) -> OrphanedCase:
    asked = (
        select(access_entry.c.user_name, access_entry.c.begins_at, access_entry.c.message)
        .join(users, users.c.name == access_entry.c.user_name)
        .where(access_entry.c.case_ref == case_ref, access_entry.c.kind == AccessList.TAKEOVER)
        .where(is_current(reading, at), *_may_supervise(at))
        .where(access_entry.c.ends_at <= literal(at + TAKEOVER_REQUEST_DURATION, Instant()))
        .where(access_entry.c.user_name.not_in(_names_on(reading, AccessList.EXCLUDED, at, case_ref)))
        .order_by(access_entry.c.id.desc())
        .limit(1)
    )
    row = reading.connection.execute(asked).first()
    return (
        OrphanedCase(case_ref=case_ref)
        if row is None
        else OrphanedCase(case_ref=case_ref, asked_by=row.user_name, asked_at=row.begins_at, reason=row.message)
    )


def _supervisors_of(reading: Reading, case_ref: str, at: datetime) -> Sequence[str]:
    """Name the supervisors who may sign in and are admitted to a case, and not excluded from it."""
    admitted = _names_on(reading, AccessList.ADMITTED, at, case_ref)
    query = select(users.c.name).where(
        users.c.name.in_(admitted),
        users.c.name.not_in(_names_on(reading, AccessList.EXCLUDED, at, case_ref)),
        *_may_supervise(at),
    )
    return reading.connection.scalars(query.order_by(users.c.name)).all()


def _names_on(reading: Reading, kind: AccessList, at: datetime, case_ref: str | None = None) -> Select[tuple[str]]:
    query = select(access_entry.c.user_name).where(access_entry.c.kind == kind, is_current(reading, at))
    return query if case_ref is None else query.where(access_entry.c.case_ref == case_ref)


def _may_supervise(at: datetime) -> tuple[ColumnElement[bool], ...]:
    today = at.astimezone(LONDON).date()
    return (
        users.c.role == Role.SUPERVISOR,
        users.c.active,
        or_(users.c.expires_on.is_(None), users.c.expires_on >= today),
    )
