"""The audit's hash chain: entries with the texts that were hashed, seals and epochs."""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Text, cast, func, insert, select, text

from ioms_desktop.domain.audit_chain import (
    ENTRY_FIELDS,
    AuditEntry,
    ChainFault,
    ChainHead,
    Epoch,
    Redaction,
    Seal,
    find_redaction_fault,
    redaction_digests,
    seal_hash,
    verify_seal,
)
from ioms_desktop.domain.dates.instants import is_ahead
from ioms_desktop.storage.clock import log_clock_moved_back
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.tables import audit, epoch, redaction, seal
from ioms_desktop.storage.schema.views import audit_trail
from ioms_desktop.storage.transaction import Transaction

ROWS_PER_FETCH = 2_000
INSTANT_FORMAT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'


def audit_entries(reading: Reading, from_mark: int | None = None) -> Generator[AuditEntry, None, None]:
    """Iterate over the entries in sealing order, in batches.

    Args:
        reading: Where to read.
        from_mark: The lowest mark to include; None for all.
    """
    texts = [_hashed_text(reading, name) for name in ENTRY_FIELDS]
    query = select(*texts, audit_trail.c.row_hash).order_by(audit_trail.c.mark, audit_trail.c.id)
    if from_mark is not None:
        query = query.where(audit_trail.c.mark >= from_mark)
    # The latest of each: a search entry may name two people who were both disposed of.
    kept = {str(each.entry): each.kept_hash for each in _redactions(reading)}
    with reading.connection.execute(query, execution_options={"yield_per": ROWS_PER_FETCH}) as rows:
        for row in rows:
            *fields, row_hash = row
            yield AuditEntry(tuple(fields), row_hash, kept.get(fields[0]))


def audit_entries_by_id(reading: Reading, ids: Sequence[int]) -> Iterator[AuditEntry]:
    """Return entries by their numbers, in the order given."""
    texts = [_hashed_text(reading, name) for name in ENTRY_FIELDS]
    for start in range(0, len(ids), ROWS_PER_FETCH // 4):
        some = audit_trail.c.id.in_(ids[start : start + ROWS_PER_FETCH // 4])
        for *fields, row_hash in reading.connection.execute(
            select(*texts, audit_trail.c.row_hash).where(some).order_by(audit_trail.c.id)
        ):
            yield AuditEntry(tuple(fields), row_hash)


def _redactions(reading: Reading) -> list[Redaction]:
    query = select(redaction.c.disposal_ref, redaction.c.entry, redaction.c.kept_hash).order_by(redaction.c.id)
    return [Redaction(*row) for row in reading.connection.execute(query)]


def redaction_fault(reading: Reading) -> ChainFault | None:
    """Find entries that were redacted without a recorded disposal; the entries' content must have been verified."""
    trail = audit_trail
    query = select(trail.c.subject_ref, trail.c.object_ref).where(
        trail.c.kind == "ERASURE", trail.c.object_type == redaction.name
    )
    said: dict[str, str] = {row.subject_ref: row.object_ref for row in reading.connection.execute(query)}
    emptied = sorted(_redactions(reading), key=lambda each: each.entry)
    return find_redaction_fault(redaction_digests(emptied), said)


def _hashed_text(reading: Reading, name: str) -> Any:  # noqa: ANN401 - an expression
    """The text of a column as it was hashed; each database stores instants in its own form."""
    if name in {"before", "after"}:
        return audit_trail.c[f"{name}_hash"]
    column = audit_trail.c[name]
    if name != "at":
        return cast(column, Text)
    if reading.connection.dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", column), INSTANT_FORMAT)
    return func.replace(cast(column, Text), " ", "T").concat("Z")


def seals(reading: Reading) -> Generator[Seal, None, None]:
    """Iterate over the seals in order of their numbers, in batches."""
    query = select(seal).order_by(seal.c.n)
    with reading.connection.execute(query, execution_options={"yield_per": ROWS_PER_FETCH}) as rows:
        for row in rows:
            yield Seal(**row._mapping)  # noqa: SLF001 - SQLAlchemy names it so


def last_seal(reading: Reading) -> Seal | None:
    """Return the newest seal."""
    row = reading.connection.execute(select(seal).order_by(seal.c.n.desc()).limit(1)).first()
    return None if row is None else Seal(**row._mapping)  # noqa: SLF001 - as above


def chain_head(reading: Reading) -> ChainHead | None:
    """Return the head of the chain, the newest seal; None before the first."""
    last = last_seal(reading)
    if last is None:
        return None
    rows = reading.connection.scalar(select(func.sum(seal.c.rows))) or 0
    return ChainHead(
        database_id=database_id(reading), n=last.n, hash=last.hash, at=last.at, epoch=last.epoch, rows=int(rows)
    )


def epochs(reading: Reading) -> list[Epoch]:
    """List the epochs, the first one first."""
    columns = [c for c in epoch.c if c.name not in {"system_id", "base"}]
    return [Epoch(**row._mapping) for row in reading.connection.execute(select(*columns).order_by(epoch.c.number))]  # noqa: SLF001 - as above


def newest_seal_fault(reading: Reading) -> ChainFault | None:
    """Find a fault in the newest seal or its entries; verifying the whole chain is an auditor's task."""
    last = last_seal(reading)
    return None if last is None else verify_seal(last, audit_entries(reading, last.from_mark), database_id(reading))


def has_unsealed_entries(reading: Reading) -> bool:
    """Whether there are entries after the newest seal."""
    last = last_seal(reading)
    query = select(audit.c.id).where(audit.c.mark >= (last.to_mark if last else 0)).limit(1)
    return reading.connection.execute(query).first() is not None


def seal_now(tx: Transaction) -> int | None:
    """Seal the entries of finished transactions.

    Returns:
        Its number; None where there is nothing new, or somebody else is sealing.
    """
    if tx.connection.dialect.name == "postgresql":
        done: int | None = tx.connection.scalar(text("SELECT seal_audit()"))
        return done
    last = last_seal(tx)
    start = last.to_mark if last else 0
    root, rows, mark = sha256(), 0, start - 1
    marked = select(audit.c.mark, audit.c.row_hash, audit.c.at).where(audit.c.mark >= start)
    query = marked.order_by(audit.c.mark, audit.c.id)
    latest = last.at if last else tx.command.at
    with tx.connection.execute(query, execution_options={"yield_per": ROWS_PER_FETCH}) as found:
        for mark, row_hash, at in found:  # noqa: B007 - the last mark is where the seal ends
            root.update((row_hash or "").encode())
            rows += 1
            latest = max(latest, at)
    if not rows:
        return None
    if is_ahead(latest, tx.command.at):
        log_clock_moved_back(tx, latest)  # once: the seal made below is dated by the clock as it is now
    fresh = Seal(
        n=(last.n if last else 0) + 1,
        at=tx.command.at,
        epoch=epochs(tx)[-1].number,
        from_mark=start,
        to_mark=mark + 1,
        rows=rows,
        root=root.hexdigest(),
        prev=last.hash if last else "",
    )
    fresh = replace(fresh, hash=seal_hash(fresh, database_id(tx)))
    tx.connection.execute(insert(seal).values({name: getattr(fresh, name) for name in seal.c.keys()}))  # noqa: SIM118 - columns by name
    return fresh.n


def open_epoch(tx: Transaction, reason: str, lost_seals: tuple[int, int] | None) -> int:
    """Begin a new epoch, as after a restore; it is logged in the audit like any other change.

    Args:
        tx: The transaction; its context has the reason too.
        reason: Why, in words.
        lost_seals: The first and the last seal that the restore discarded; None where none is known.

    Returns:
        Its number.
    """
    first, last = lost_seals or (None, None)
    if tx.connection.dialect.name == "postgresql":
        values = {"why": reason, "first": first, "last": last}
        number: int = tx.connection.scalar(text("SELECT open_epoch(:why, :first, :last)"), values) or 0
        return number
    number = epochs(tx)[-1].number + 1
    tx.connection.execute(
        insert(epoch).values(
            number=number,
            opened_at=tx.command.at,
            opened_by=tx.command.user,
            reason=reason,
            system_id="",
            base=0,
            superseded_from=first,
            superseded_to=last,
        )
    )
    detail = {"superseded_from": first, "superseded_to": last}
    tx.log("ALTERATION", object_type=tables.audit.name, object_ref=f"epoch {number}", subject_ref=None, detail=detail)
    return number
