"""Break-glass access as its reviewer reads it: who took it, why, and what they looked at."""

from typing import Any

from sqlalchemy import Row, or_, select, text

from ioms_desktop.domain.access.case_access import (
    REVIEW_REF_PREFIX,
    REVIEW_TEXT,
    AccessList,
    BreakGlassRead,
    BreakGlassUse,
)
from ioms_desktop.domain.errors import NeedsAnotherPerson
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import access_entry, audit, cases
from ioms_desktop.storage.schema.views import VIEWING_KINDS, audit_trail

OWN_REVIEW_MESSAGE = "Nobody reviews their own restricted record access. Nothing was changed; ask another supervisor."
UNKNOWN_REASON = "The reason was not kept with this access; an auditor finds it in the audit."


def break_glass_user(reading: Reading, review: Action) -> str:
    """Name who took the access that an action reviews, whoever has saved the action since."""
    entry = _entry(reading, review.action_ref)
    if entry is not None:
        return str(entry.user_name)
    actor = None
    if not reading.server_enforces_access:
        # An access from before its review was linked to it.
        first = select(audit.c.actor).where(
            audit.c.kind == "COLLECTION", audit.c.object_type == Action.table, audit.c.object_ref == review.action_ref
        )
        actor = reading.connection.scalar(first.order_by(audit.c.id).limit(1))
    return str(_named_in_text(review.text) or actor or review.recorded_by)


def refuse_own_review(reading: Reading, changed: Record, user: str) -> None:
    """Refuse any change of the review of a user's own break-glass access, in whatever way it is made.

    A server refuses it itself.

    Raises:
        NeedsAnotherPerson: It is their own.
    """
    if not isinstance(changed, Action) or not changed.action_ref.startswith(REVIEW_REF_PREFIX):
        return
    if break_glass_user(reading, changed) == user:
        raise NeedsAnotherPerson(OWN_REVIEW_MESSAGE)


def break_glass_use(reading: Reading, review: Action) -> BreakGlassUse:
    """Read an access for its reviewer; on a server what was looked at is empty for everybody else."""
    entry = _entry(reading, review.action_ref)
    if entry is None:
        return BreakGlassUse(
            user_name=break_glass_user(reading, review),
            begins_at=review.recorded_at,
            ends_at=None,
            reason=UNKNOWN_REASON,
        )
    if reading.server_enforces_access:
        found = reading.connection.execute(text("SELECT * FROM glass_reads(:review)"), {"review": review.action_ref})
    else:
        found = reading.connection.execute(_reads_in_file(entry))
    return BreakGlassUse(
        user_name=entry.user_name,
        begins_at=entry.begins_at,
        ends_at=entry.ends_at,
        reason=entry.message or UNKNOWN_REASON,
        reads=tuple(BreakGlassRead(**row._asdict()) for row in found),
    )


def _entry(reading: Reading, review_ref: str) -> Row[Any] | None:
    query = select(access_entry).where(
        access_entry.c.kind == AccessList.BREAK_GLASS, access_entry.c.review_ref == review_ref
    )
    return reading.connection.execute(query.order_by(access_entry.c.id).limit(1)).first()


def _reads_in_file(entry: Row[Any]) -> Any:  # noqa: ANN401 - a query
    trail = audit_trail.c
    person = select(cases.c.person_ref).where(cases.c.case_ref == entry.case_ref).scalar_subquery()
    return (
        select(trail.at, trail.kind, trail.object_type, trail.object_ref, trail.workstation)
        .where(
            trail.actor == entry.user_name,
            trail.at.between(entry.begins_at, entry.ends_at),
            trail.object_type != "break_glass",
            trail.kind.in_(VIEWING_KINDS),
            or_(trail.object_ref == entry.case_ref, trail.subject_ref == person),
            trail.refused.is_not(True),
        )
        .order_by(trail.at, trail.id)
    )


def _named_in_text(words: str) -> str:
    found = REVIEW_TEXT.match(words)
    return "" if found is None else found["user"]
