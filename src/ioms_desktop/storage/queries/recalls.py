"""What was entered in error on the cases a user may know of, and which copies of these cases went out."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select, text

from ioms_desktop.domain.records.documents.document import OF_PERSON, Document
from ioms_desktop.storage.queries.today import among_given, among_parameters
from ioms_desktop.storage.records.bulk_read import batches
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import audit, cases, former_version

KNOWN_STRIKE_OUTS_SQL = text("SELECT * FROM known_strike_outs()")
ELSEWHERE_SQL = text("SELECT * FROM known_strike_outs_elsewhere()")
KNOWN_COPIES_SQL = text("SELECT * FROM known_copies(CAST(:refs AS text[]))")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownStrikeOut:
    """An entry that was on record for a time and is in error.

    Attributes:
        data: What it said; None where a server does not tell this user.
        began: When it was recorded first (UTC).
        ended: When it was taken out or moved (UTC).
        reason: Why; None where a server does not tell this user.
        is_elsewhere: Whether it is a document of the person that was on another case: copies of it alone may hold it.
    """

    case_ref: str
    table_name: str
    record_key: str
    data: dict[str, Any] | None
    began: datetime
    ended: datetime
    by_whom: str
    reason: str | None
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureEntry:
    """A copy that went out, or what was done about one.

    Attributes:
        detail: What the audit has of it; None once it was emptied by a disposal.
        is_supervisors: Whether a supervisor did it.
    """

    id: int
    at: datetime
    actor: str
    recipient: str | None
    case_ref: str
    detail: dict[str, Any] | None
    reason_text: str | None
    is_supervisors: bool


def known_strike_outs(reading: Reading, refs: Collection[str] | None = None) -> Iterator[KnownStrikeOut]:
    """List what is in error on the cases that the user may know of, or on some of them."""
    if reading.server_enforces_access:
        rows = reading.connection.execute(KNOWN_STRIKE_OUTS_SQL)
        found = (KnownStrikeOut(**row._mapping) for row in rows)  # noqa: SLF001 - SQLAlchemy's public name
        return (each for each in found if refs is None or each.case_ref in refs)
    rows = reading.connection.execute(_strike_outs_of_a_file(of_some=refs is not None), among_parameters(refs))
    return (KnownStrikeOut(**row._mapping) for row in rows)  # noqa: SLF001 - as above


@cache
def _strike_outs_of_a_file(*, of_some: bool) -> Select[Any]:
    former, earlier = former_version, former_version.alias()
    began = (
        select(func.min(earlier.c.current_from))
        .where(earlier.c.table_name == former.c.table_name, earlier.c.record_id == former.c.record_id)
        .where(or_(earlier.c.case_ref == former.c.case_ref, earlier.c.person_ref == former.c.person_ref))
        .scalar_subquery()
    )
    of_person = and_(former.c.case_ref.is_(None), cases.c.person_ref == former.c.person_ref)
    return (
        select(
            cases.c.case_ref,
            *(former.c[name] for name in ("table_name", "record_key", "data")),
            began.label("began"),
            former.c.current_to.label("ended"),
            former.c.struck_out_by.label("by_whom"),
            former.c.reason,
        )
        .join(cases, or_(cases.c.case_ref == former.c.case_ref, of_person))
        .where(former.c.struck_out_by.is_not(None), former.c.current_from < former.c.current_to)
        .where(*among_given(cases.c.case_ref, of_some=of_some))
    )


def known_strike_outs_elsewhere(reading: Reading, refs: Collection[str] | None = None) -> Iterator[KnownStrikeOut]:
    """List the documents of people that were entered in error, at each other case of theirs, or at some of them.

    Their words are left out.
    """
    told: dict[str, Any] = {"data": None, "reason": None, "is_elsewhere": True}
    if reading.server_enforces_access:
        rows = reading.connection.execute(ELSEWHERE_SQL)
        found = (KnownStrikeOut(**row._mapping, **told) for row in rows)  # noqa: SLF001 - as above
        return (each for each in found if refs is None or each.case_ref in refs)
    rows = reading.connection.execute(_elsewhere_in_a_file(of_some=refs is not None), among_parameters(refs))
    return (KnownStrikeOut(**row._mapping, **told) for row in rows)  # noqa: SLF001 - as above


@cache
def _elsewhere_in_a_file(*, of_some: bool) -> Select[Any]:
    former, own, earlier = former_version, cases.alias(), former_version.alias()
    versions = and_(
        *(earlier.c[name] == former.c[name] for name in ("table_name", "record_id", "case_ref")),
    )
    began = select(func.min(earlier.c.current_from)).where(versions).scalar_subquery()
    was_persons = exists().where(versions, earlier.c.data["belongs_to"].as_string() == OF_PERSON)
    return (
        select(
            cases.c.case_ref,
            *(former.c[name] for name in ("table_name", "record_key")),
            began.label("began"),
            former.c.current_to.label("ended"),
            former.c.struck_out_by.label("by_whom"),
        )
        .join(own, own.c.case_ref == former.c.case_ref)
        .join(cases, and_(cases.c.person_ref == own.c.person_ref, cases.c.case_ref != own.c.case_ref))
        .where(former.c.table_name == Document.table, former.c.struck_out_by.is_not(None), was_persons)
        .where(former.c.current_from < former.c.current_to, *among_given(cases.c.case_ref, of_some=of_some))
    )


def known_copies(reading: Reading, case_refs: Iterable[str], user: str, *, everybodys: bool) -> list[DisclosureEntry]:
    """List the copies of some cases that went out and what was done about them, oldest first.

    Args:
        reading: Where to read; a server asks itself who the user is.
        case_refs: The cases.
        user: Whose copies.
        everybodys: Whether others' copies as well.
    """
    refs = sorted(set(case_refs))
    if reading.server_enforces_access:
        rows = reading.connection.execute(KNOWN_COPIES_SQL, {"refs": refs}) if refs else ()
        return [DisclosureEntry(**row._mapping) for row in rows]  # noqa: SLF001 - as above
    found: list[DisclosureEntry] = []
    for part in batches(refs):
        query = (
            select(
                *(audit.c[name] for name in ("id", "at", "actor", "recipient", "reason_text")),
                audit.c.object_ref.label("case_ref"),
                audit.c.after.label("detail"),
                (audit.c.actor_role == "supervisor").label("is_supervisors"),
            )
            .where(audit.c.object_type == cases.name, audit.c.object_ref.in_(part), audit.c.kind == "DISCLOSURE")
            .order_by(audit.c.id)
        )
        rows = reading.connection.execute(query)
        found += (DisclosureEntry(**row._mapping) for row in rows)  # noqa: SLF001 - as above
    return [
        each for each in found if everybodys or each.actor == user or (each.detail or {}).get("recall_of") is not None
    ]
