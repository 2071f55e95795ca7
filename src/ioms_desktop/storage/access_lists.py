"""The access lists of cases. A server enforces them itself; for a local file the services enforce them."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Interval,
    Select,
    String,
    and_,
    bindparam,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    text,
    update,
)

from ioms_desktop.domain.access.case_access import (
    BREAK_GLASS_DURATION,
    BREAK_GLASS_REVIEW_WORKING_DAYS,
    REVIEW_OWNER,
    REVIEW_REF_PREFIX,
    AccessEntry,
    AccessList,
    CaseRestriction,
)
from ioms_desktop.domain.dates.calendar import LONDON, working_days_after
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.storage.clock import recently
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.plain_text import ask_file
from ioms_desktop.storage.schema.tables import access_entry, case_standing, cases, users
from ioms_desktop.storage.schema.types import Instant, instant_of_file
from ioms_desktop.storage.schema.views import FACT_VIEWS, audit_trail
from ioms_desktop.storage.transaction import Transaction

ENTRY_COLUMNS = tuple(access_entry.c[name] for name in AccessEntry.__dataclass_fields__)
DENIED_DETAIL = {"denied": True}


def current_time(reading: Reading, at: datetime) -> datetime:
    """Return the time by which the lists are read: on a server, the server's clock."""
    if not reading.server_enforces_access:
        return at
    moment: datetime = reading.connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def access_entries(reading: Reading, case_ref: str) -> list[AccessEntry]:
    """List the current and former entries of a case's lists, the latest first; on a server, those the user may see."""
    query = select(*ENTRY_COLUMNS).where(access_entry.c.case_ref == case_ref)
    ordered = query.order_by(access_entry.c.begins_at.desc(), access_entry.c.id.desc())
    return [access_entry_of(row) for row in reading.connection.execute(ordered)]


def case_restriction(reading: Reading, case_ref: str) -> CaseRestriction:
    """Return the restriction on a case."""
    query = select(case_standing.c.restricted, case_standing.c.team, case_standing.c.message)
    row = reading.connection.execute(query.where(case_standing.c.case_ref == case_ref)).first()
    return CaseRestriction() if row is None else CaseRestriction(*row)


def teams(reading: Reading, *, include_case_teams: bool) -> list[str]:
    """List the teams of all users, and those of restricted cases if the user may read these."""
    named = [users.c.team, *([case_standing.c.team] if include_case_teams else [])]
    found = {name for column in named for name in reading.connection.scalars(select(column)) if name}
    return sorted(found, key=fold)


def no_access_message(reading: Reading, case_ref: str) -> str | None:
    """Return the message that a user reads in place of a case they may not open; None where there is none."""
    told: str | None = reading.connection.scalar(text("SELECT told_instead(:ref)"), {"ref": case_ref})
    return told


def assigned_cases(reading: Reading, user: str, at: datetime) -> list[str]:
    """List the cases assigned to a user, without those that the lists of a local file hide from them.

    A server hides these itself.
    """
    mine = select(access_entry.c.case_ref).where(access_entry.c.user_name == user, is_current(reading, at))
    query = mine.where(access_entry.c.kind == AccessList.ASSIGNED)
    kept = set() if reading.server_enforces_access else set(cases_hidden_from(reading.connection, user, at))
    return sorted(set(reading.connection.scalars(query)) - kept)


def cases_open_by_break_glass(reading: Reading, user: str, at: datetime) -> list[str]:
    """List the cases that a user sees only by break-glass access."""
    mine = select(access_entry.c.case_ref).where(access_entry.c.user_name == user, is_current(reading, at))
    return sorted(set(reading.connection.scalars(mine.where(access_entry.c.kind == AccessList.BREAK_GLASS))))


def break_glass_ends(reading: Reading, user: str, at: datetime) -> dict[int, datetime]:
    """Return when each break-glass access of a user that is not over will be, by its number."""
    given = {"user": user, "at": at, "latest_end": at + BREAK_GLASS_DURATION}
    query = _break_glass_query(on_server=reading.server_enforces_access)
    if reading.is_local:
        return {number: instant_of_file(ends) for number, ends in ask_file(reading.connection, query, given)}
    return {row.id: row.ends_at for row in reading.connection.execute(query, given)}


@cache
def _break_glass_query(*, on_server: bool) -> Select[Any]:
    """Build the query once, because Today asks it at each reading."""
    return select(access_entry.c.id, access_entry.c.ends_at).where(
        access_entry.c.user_name == bindparam("user", type_=String()),
        access_entry.c.kind == AccessList.BREAK_GLASS.value,
        access_entry.c.ends_at.is_not(None),
        _is_current_now() if on_server else _is_current_when_given(),
    )


def open_break_glass_reviews(reading: Reading, now: datetime, period: timedelta) -> list[tuple[str, str, str]]:
    """List the break-glass accesses of the period that await review: the review action, its case, and the user.

    An action that merely looks like a review, and belongs to no access, is none.
    """
    actions = FACT_VIEWS["actions"]
    query = (
        select(actions.c.action_ref, actions.c.case_ref, access_entry.c.user_name)
        .join(access_entry, access_entry.c.review_ref == actions.c.action_ref)
        .where(
            access_entry.c.kind == AccessList.BREAK_GLASS,
            recently(access_entry.c.begins_at, now, period),
            actions.c.done_on.is_(None),
        )
        .order_by(access_entry.c.id)
    )
    return [(row.action_ref, row.case_ref, row.user_name) for row in reading.connection.execute(query)]


def break_glass_events(reading: Reading, now: datetime, period: timedelta) -> list[tuple[datetime, str, str]]:
    """List the break-glass accesses of the period in the audit, the latest last: time, user, case."""
    query = select(audit_trail.c.at, audit_trail.c.actor, audit_trail.c.object_ref, audit_trail.c.detail).where(
        audit_trail.c.object_type == "break_glass",
        audit_trail.c.kind == "CONSULTATION",
        recently(audit_trail.c.at, now, period),
    )
    found = reading.connection.execute(query.order_by(audit_trail.c.id))
    return [(row.at, row.actor, row.object_ref) for row in found if not (row.detail or {}).get("denied")]


def is_current(reading: Reading, at: datetime) -> ColumnElement[bool]:
    """Select the entries that have not ended at an instant; on a server, now."""
    if reading.server_enforces_access:
        return _is_current_now()
    return is_current_at(literal(at, Instant()), literal(at + BREAK_GLASS_DURATION, Instant()))


def _is_current_now() -> ColumnElement[bool]:
    now = func.clock_timestamp()
    return is_current_at(now, now + literal(BREAK_GLASS_DURATION, Interval()))


def _is_current_when_given() -> ColumnElement[bool]:
    """Build the same condition for a query that is built once: the instant and the latest end are its parameters."""
    return is_current_at(bindparam("at", type_=Instant()), bindparam("latest_end", type_=Instant()))


def is_current_at(now: ColumnElement[datetime], latest_end: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Select as `AccessEntry.is_current_at` does; break-glass access ends within its duration from now."""
    ends_at = access_entry.c.ends_at
    broken: ColumnElement[str] = literal_column(f"'{AccessList.BREAK_GLASS.value}'")
    within = or_(access_entry.c.kind != broken, ends_at <= latest_end)
    return or_(ends_at.is_(None), and_(ends_at > now, within))


def access_entry_of(row: Sequence[Any]) -> AccessEntry:
    """Return the entry of a row of `ENTRY_COLUMNS`."""
    fields = dict(zip(AccessEntry.__dataclass_fields__, row, strict=True))
    return AccessEntry(**{**fields, "kind": AccessList(fields["kind"])})


def cases_hidden_from(reading: Connection, user: str, at: datetime) -> list[str]:
    """List the cases that the lists of a local file hide from a user."""
    moments = {"at": at, "latest_end": at + BREAK_GLASS_DURATION}
    return [ref for (ref,) in ask_file(reading, _hidden_cases_query(), {"user": user, **moments})]


def entries_end_after(reading: Connection, at: datetime) -> bool:
    """Whether any entry of a local file ends after an instant, so that the lists then change by themselves."""
    return bool(ask_file(reading, _later_ends_query(), {"at": at})[0][0])


@cache
def _later_ends_query() -> Select[Any]:
    return select(exists().where(access_entry.c.ends_at > bindparam("at", type_=Instant())))


@cache
def _hidden_cases_query() -> CompoundSelect[Any]:
    """Build the query once, because it runs before every other; it mirrors `domain.access.case_access.is_hidden`."""
    user = bindparam("user", type_=String())
    mine = select(access_entry.c.case_ref).where(access_entry.c.user_name == user, _is_current_when_given())
    named = mine.where(access_entry.c.kind.in_(_written(AccessList.ADMITTED, AccessList.BREAK_GLASS)))
    known_to = mine.where(access_entry.c.kind.not_in(_written(AccessList.EXCLUDED, AccessList.TAKEOVER)))
    team = select(users.c.team).where(users.c.name == user).scalar_subquery()
    kept = select(case_standing.c.case_ref)
    return mine.where(access_entry.c.kind == AccessList.EXCLUDED).union(
        kept.where(case_standing.c.restricted, case_standing.c.case_ref.not_in(named)),
        kept.where(case_standing.c.team != team, case_standing.c.case_ref.not_in(known_to)),
    )


def _written(*kinds: AccessList) -> list[ColumnElement[str]]:
    """Return kinds as they stand in a statement: a list of parameters is put into it anew each time it runs."""
    return [literal_column(f"'{each.value}'") for each in kinds]


def set_access_entry(
    tx: Transaction, case_ref: str, name: str, kind: AccessList, *, listed: bool, message: str | None = None
) -> bool:
    """Add a user to a list of a case, or remove them; False where a server refuses, which it then logs.

    Args:
        tx: The transaction; it must be committed even after a refusal, or the log entry is lost.
        case_ref: The case.
        name: The user.
        kind: The list.
        listed: Whether to add or remove the user.
        message: The message that the user reads in place of the case.
    """
    if tx.server_enforces_access:
        statement = "SELECT set_access(:ref, :who, :entry, :standing, :told)"
        values = {"ref": case_ref, "who": name, "entry": kind.value, "standing": listed, "told": message}
        return bool(tx.connection.scalar(text(statement), values))
    now = tx.command.at
    there = access_entry.c.case_ref == case_ref, access_entry.c.user_name == name, access_entry.c.kind == kind.value
    tx.connection.execute(update(access_entry).where(*there, is_current(tx, now)).values(ends_at=now))
    if listed:
        insert_entry(tx, case_ref, name, kind, message)
    detail = {"standing": listed, "message": message}
    log_access(tx, "ALTERATION", "access_entry", f"{case_ref}/{kind}/{name}", case_ref, detail)
    return True


def set_case_restriction(tx: Transaction, case_ref: str, restriction: CaseRestriction) -> bool:
    """Restrict a case, or lift its restriction; False where a server refuses."""
    if tx.server_enforces_access:
        statement = "SELECT set_standing(:ref, :restricted, :team, :told)"
        values = {
            "ref": case_ref,
            "restricted": restriction.restricted,
            "team": restriction.team,
            "told": restriction.message,
        }
        return bool(tx.connection.scalar(text(statement), values))
    written = {"restricted": restriction.restricted, "team": restriction.team, "message": restriction.message}
    there = case_standing.c.case_ref == case_ref
    if not tx.connection.execute(update(case_standing).where(there).values(**written)).rowcount:
        tx.connection.execute(insert(case_standing).values(case_ref=case_ref, **written))
    log_access(tx, "ALTERATION", "case_standing", case_ref, case_ref, written)
    return True


def break_glass(tx: Transaction, case_ref: str, why: str) -> bool:
    """Open a case by break-glass access for an hour, with a review action for a supervisor; False where refused."""
    if tx.server_enforces_access:
        return bool(tx.connection.scalar(text("SELECT break_glass(:ref, :why)"), {"ref": case_ref, "why": why}))
    review_ref = f"{REVIEW_REF_PREFIX}{secrets.token_hex(5).upper()}"
    ends_at = tx.command.at + BREAK_GLASS_DURATION
    insert_entry(tx, case_ref, tx.command.user, AccessList.BREAK_GLASS, why, ends_at=ends_at, review_ref=review_ref)
    log_access(
        tx,
        "CONSULTATION",
        "break_glass",
        case_ref,
        case_ref,
        {"minutes": int(BREAK_GLASS_DURATION.total_seconds() // 60)},
    )
    today = tx.command.at.astimezone(LONDON).date()
    tx.add(
        Action(
            action_ref=review_ref,
            case_ref=case_ref,
            text=f"Review: {tx.command.user} opened this case by restricted record access",
            owner=REVIEW_OWNER,
            due_on=working_days_after(today, BREAK_GLASS_REVIEW_WORKING_DAYS),
        )
    )
    return True


def log_denial(tx: Transaction, kind: str, object_type: str, object_ref: str) -> None:
    """Log an attempt that a local file's lists deny; a server logs it itself."""
    if not tx.server_enforces_access:
        tx.log(kind, object_type=object_type, object_ref=object_ref, subject_ref=None, detail=DENIED_DETAIL)


def insert_entry(
    tx: Transaction,
    case_ref: str,
    name: str,
    kind: AccessList,
    message: str | None,
    *,
    ends_at: datetime | None = None,
    set_by: str | None = None,
    review_ref: str | None = None,
) -> None:
    """Add a user to a list of a case in a local file, in the name of the current user unless another is given."""
    tx.connection.execute(
        insert(access_entry).values(
            case_ref=case_ref,
            user_name=name,
            kind=kind.value,
            begins_at=tx.command.at,
            ends_at=ends_at,
            message=message,
            set_by=set_by or tx.command.user,
            review_ref=review_ref,
        )
    )


def log_access(
    tx: Transaction, kind: str, object_type: str, object_ref: str, case_ref: str, detail: dict[str, Any]
) -> None:
    """Log a change of a local file's access lists."""
    subject = tx.connection.scalar(select(cases.c.person_ref).where(cases.c.case_ref == case_ref))
    tx.log(kind, object_type=object_type, object_ref=object_ref, subject_ref=subject, detail=detail)
