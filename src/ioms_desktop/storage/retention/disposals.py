"""Disposals: proposed, refused and carried out; on a server, its own functions write them."""

from typing import Any

from sqlalchemy import Select, insert, null, select, text, update

from ioms_desktop.domain.retention import Disposal
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import conditions
from ioms_desktop.storage.schema.tables import disposal
from ioms_desktop.storage.transaction import Transaction

PROPOSED, REFUSED, WITHDRAWN, DONE = conditions.DISPOSAL_STATUSES


def find_disposal(reading: Reading, disposal_ref: str) -> Disposal | None:
    """Get a disposal by its reference."""
    return _find(reading, select(*_COLUMNS).where(disposal.c.disposal_ref == disposal_ref))


def find_proposed_disposal(reading: Reading, person_ref: str) -> Disposal | None:
    """Get a person's disposal that awaits authorisation."""
    waiting = (disposal.c.person_ref == person_ref) & (disposal.c.status == PROPOSED)
    return _find(reading, select(*_COLUMNS).where(waiting))


def list_proposed_disposals(reading: Reading) -> list[Disposal]:
    """List the disposals that await authorisation, the oldest first."""
    query = select(*_COLUMNS).where(disposal.c.status == PROPOSED).order_by(disposal.c.id)
    return [Disposal(**row._asdict()) for row in reading.connection.execute(query)]


def list_done_disposals(reading: Reading) -> list[Disposal]:
    """List the disposals that were carried out, the latest first."""
    query = select(*_COLUMNS).where(disposal.c.status == DONE).order_by(disposal.c.id.desc())
    return [Disposal(**row._asdict()) for row in reading.connection.execute(query)]


_COLUMNS = tuple(disposal.c[name] for name in Disposal.__dataclass_fields__)


def _find(reading: Reading, query: Select[Any]) -> Disposal | None:
    row = reading.connection.execute(query).first()
    return None if row is None else Disposal(**row._asdict())


def propose_disposal(tx: Transaction, disposal_ref: str, person_ref: str, authority: str, reason: str) -> bool:
    """Record a proposal by the acting user; False where a server refuses it."""
    values = {"ref": disposal_ref, "person": person_ref, "authority": authority, "reason": reason}
    if tx.connection.dialect.name == "postgresql":
        return bool(tx.connection.scalar(text("SELECT propose_disposal(:ref, :person, :authority, :reason)"), values))
    tx.connection.execute(
        insert(disposal).values(
            disposal_ref=disposal_ref,
            person_ref=person_ref,
            proposed_by=tx.command.user,
            proposed_at=tx.command.at,
            authority=authority,
            reason=reason,
            status=PROPOSED,
            # None would be stored as a JSON null.
            certificate=null(),
        )
    )
    detail = {"status": PROPOSED, "authority": authority}
    tx.log("ALTERATION", object_type=disposal.name, object_ref=disposal_ref, subject_ref=person_ref, detail=detail)
    return True


def refuse_disposal(tx: Transaction, job: Disposal) -> bool:
    """Refuse a proposal, or withdraw one's own; False where a server does not allow it."""
    if tx.connection.dialect.name == "postgresql":
        return bool(tx.connection.scalar(text("SELECT refuse_disposal(:ref)"), {"ref": job.disposal_ref}))
    becomes = WITHDRAWN if job.proposed_by == tx.command.user else REFUSED
    tx.connection.execute(
        update(disposal)
        .where(disposal.c.disposal_ref == job.disposal_ref)
        .values(status=becomes, answered_by=tx.command.user, answered_at=tx.command.at)
    )
    tx.log(
        "ALTERATION",
        object_type=disposal.name,
        object_ref=job.disposal_ref,
        subject_ref=job.person_ref,
        detail={"status": becomes},
    )
    return True
