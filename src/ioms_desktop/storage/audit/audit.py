"""Queries on the audit."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from json import dumps
from typing import Any

from sqlalchemy import Row, Select, Text, bindparam, cast, literal_column, or_, select

from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.plain_text import ask_driver
from ioms_desktop.storage.schema.tables import audit
from ioms_desktop.storage.schema.types import Instant, instant_in_file, text_parameter
from ioms_desktop.storage.schema.views import VIEWING_KINDS, audit_trail, disclosures_told
from ioms_desktop.storage.transaction import Transaction


def list_disclosures(reading: Reading, case_ref: str, until: datetime) -> list[Row[Any]]:
    """List the disclosures of a case before an instant, oldest first: id, at, recipient, reason_code, after, actor."""
    return list(reading.connection.execute(_disclosures_query(), {"case": case_ref, "until": until}))


@cache
def _disclosures_query() -> Select[Any]:
    """Build the query once, because it runs for every paper about a case."""
    told = disclosures_told.c
    return (
        select(told.id, told.at, told.recipient, told.reason_code, told.after, told.actor)
        .where(told.case_ref == text_parameter("case"), told.at < bindparam("until", type_=Instant()))
        .order_by(told.id)
    )


LOOK_IN_FILE_SQL = """
INSERT INTO audit (
  at, kind, actor, actor_role, workstation, object_type, object_ref, subject_ref, reason_code, reason_text
)
SELECT :at, 'CONSULTATION', :actor, :role, :workstation, 'cases', :case, :subject, :code, :words
WHERE NOT EXISTS (
  SELECT 1 FROM audit
  WHERE subject_ref = CAST(:subject AS TEXT) AND kind = 'CONSULTATION' AND object_type = 'cases'
    AND object_ref = CAST(:case AS TEXT) AND actor = CAST(:actor AS TEXT)
    AND at BETWEEN CAST(:first AS TEXT) AND CAST(:at AS TEXT)
)
"""
"""What `log_look` asks and writes, in one statement because it is done at each opening.

Every parameter that is compared is cast, as by `text_parameter`: this is planned with all triggers of the audit."""


def log_look(tx: Transaction, case_ref: str, subject_ref: str, period: timedelta) -> None:
    """Write that a case is looked at, unless a viewing by the same user was logged in the period that ends now."""
    command = tx.command
    if tx.is_local:
        values = {
            "at": instant_in_file(command.at),
            "first": instant_in_file(command.at - period),
            "actor": command.user,
            "role": command.role,
            "workstation": command.workstation,
            "case": case_ref,
            "subject": subject_ref,
            "code": command.reason_code or None,
            "words": command.reason_text or None,
        }
        ask_driver(tx.connection, LOOK_IN_FILE_SQL, values)
    elif not has_viewed_recently(tx, command.user, case_ref, subject_ref, command.at, period):
        tx.log("CONSULTATION", object_type="cases", object_ref=case_ref, subject_ref=subject_ref)


def has_viewed_recently(
    reading: Reading, actor: str, case_ref: str, subject_ref: str, now: datetime, period: timedelta
) -> bool:
    """Whether a user's viewing of a case was logged in the period that ends now, so that a refresh logs it once."""
    said = {"subject": subject_ref, "case": case_ref, "who": actor, "first": now - period, "last": now}
    return reading.connection.execute(_viewed_query(), said).first() is not None


@cache
def _viewed_query() -> Select[Any]:
    """Build the query once, because it runs whenever a case is opened or shown again."""
    return (
        select(audit.c.id)
        .where(
            audit.c.subject_ref == text_parameter("subject"),
            audit.c.kind == literal_column("'CONSULTATION'"),
            audit.c.object_type == literal_column("'cases'"),
            audit.c.object_ref == text_parameter("case"),
            audit.c.actor == text_parameter("who"),
            # As `clock.recently`.
            audit.c.at.between(bindparam("first", type_=Instant()), bindparam("last", type_=Instant())),
        )
        .limit(1)
    )


VIEWING_COLUMNS = (
    audit_trail.c.at,
    audit_trail.c.actor,
    audit_trail.c.actor_role,
    audit_trail.c.workstation,
    audit_trail.c.kind,
    audit_trail.c.object_type,
    audit_trail.c.object_ref,
    audit_trail.c.recipient,
    audit_trail.c.reason_code,
    audit_trail.c.reason_text,
)


def find_subject(reading: Reading, ref: str) -> tuple[str, bool] | None:
    """Find the person of a reference from the audit alone, because its reader may not read cases.

    Returns:
        The person's reference, and whether the given one is a case's; None where the audit has neither.
    """
    of_case = select(audit_trail.c.subject_ref).where(
        audit_trail.c.object_type == "cases", audit_trail.c.object_ref == ref
    )
    person = reading.connection.scalar(
        of_case.where(audit_trail.c.subject_ref.is_not(None)).order_by(audit_trail.c.id).limit(1)
    )
    if person is not None:
        return str(person), True
    known = reading.connection.execute(
        select(audit_trail.c.id).where(audit_trail.c.subject_ref == ref).limit(1)
    ).first()
    return None if known is None else (ref, False)


OF_ONE_CASE = ("cases", "break_glass", "access_entry", "audit")
"""The object types whose entries name the case they are about; every other entry about a person is about them."""


def viewing_log(reading: Reading, person_ref: str, case_ref: str = "") -> list[Row[Any]]:
    """List who viewed a person or one of their cases, or received a disclosure about them, oldest first.

    An attempt that was refused is none of these: `refusal_log` has them.

    Args:
        reading: Where to read.
        person_ref: The person.
        case_ref: Only what touches this case or the person as a whole; empty for everything about the person.
    """
    about = audit_trail.c.subject_ref == person_ref
    shown = (audit_trail.c.object_type == "search") & cast(audit_trail.c.detail, Text).contains(
        dumps(person_ref), autoescape=True
    )
    if case_ref:
        this = (audit_trail.c.object_ref == case_ref) & (audit_trail.c.object_type != "audit")
        touched = or_(this, about & audit_trail.c.object_type.not_in(OF_ONE_CASE))
    else:
        touched = or_(about, shown)
    query = select(*VIEWING_COLUMNS).where(
        audit_trail.c.kind.in_(VIEWING_KINDS), touched, audit_trail.c.refused.is_not(True)
    )
    return list(reading.connection.execute(query.order_by(audit_trail.c.id)))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportScope:
    """Which entries a report has.

    Attributes:
        person_ref: Only those about this person; empty for everybody's.
        case_ref: Of that person's, only those that touch this case or the person as a whole.
        since: From this instant on; None for from the beginning.
        until: Before this instant; None for to the end.
    """

    person_ref: str = ""
    case_ref: str = ""
    since: datetime | None = None
    until: datetime | None = None


def report_log(reading: Reading, scope: ReportScope, limit: int) -> list[Row[Any]]:
    """List what was done and looked at, changes and refused attempts included, oldest first."""
    query = select(audit_trail.c.id, *VIEWING_COLUMNS, audit_trail.c.refused)
    if scope.person_ref:
        about = audit_trail.c.subject_ref == scope.person_ref
        if scope.case_ref:
            about = or_(
                audit_trail.c.object_ref == scope.case_ref,
                about & audit_trail.c.object_type.not_in(OF_ONE_CASE),
            )
        else:
            about = or_(about, audit_trail.c.object_ref.in_(_cases_of(reading, scope.person_ref)))
        query = query.where(about)
    if scope.since is not None:
        query = query.where(audit_trail.c.at >= scope.since)
    if scope.until is not None:
        query = query.where(audit_trail.c.at < scope.until)
    return list(reading.connection.execute(query.order_by(audit_trail.c.id).limit(limit)))


def refusal_log(reading: Reading, ref: str = "") -> list[Row[Any]]:
    """List the attempts that were refused, oldest first.

    Args:
        reading: Where to read.
        ref: Only those on this case, person or account; empty for all. What is refused names no person, so that
            nothing is told of whoever may not know of them: a person's are those on their cases.
    """
    query = select(*VIEWING_COLUMNS).where(audit_trail.c.refused.is_(True))
    if ref:
        refs = [ref, *_cases_of(reading, ref)]
        on_lists = [audit_trail.c.object_ref.startswith(f"{each}/", autoescape=True) for each in refs]
        query = query.where(or_(audit_trail.c.object_ref.in_(refs), *on_lists))
    return list(reading.connection.execute(query.order_by(audit_trail.c.id)))


def _cases_of(reading: Reading, person_ref: str) -> list[str]:
    query = select(audit_trail.c.object_ref).where(
        audit_trail.c.subject_ref == person_ref, audit_trail.c.object_type == "cases"
    )
    return list(reading.connection.scalars(query.distinct()))
