"""The audit's hash chain: entries with the texts that were hashed, seals and epochs."""

from collections.abc import Container, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Text, case, cast, func, insert, select, text

from ioms_desktop.domain.audit.chain import ChainCheck, ChainFault, verify_chain, verify_seal
from ioms_desktop.domain.audit.entries import ENTRY_FIELDS, AuditEntry, Redaction
from ioms_desktop.domain.audit.evidence import CHANGES, OWN_OBJECT_TYPES, PROMOTION_OBJECT_TYPE, epoch_ref
from ioms_desktop.domain.audit.seals import ChainHead, Epoch, Seal, epochs_digest, format_heads, parse_heads, seal_hash
from ioms_desktop.domain.dates.instants import is_ahead
from ioms_desktop.storage.clock import log_clock_moved_back
from ioms_desktop.storage.db_errors import describe_holders, parse_holders
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.tables import audit, epoch, redaction, seal
from ioms_desktop.storage.schema.views import audit_trail
from ioms_desktop.storage.transaction import Transaction

ROWS_PER_FETCH = 2_000
INSTANT_FORMAT = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
OTHER_MARK = select(audit.c.id).where(audit.c.mark != audit.c.id).limit(1)


class ProposedEpoch(NamedTuple):
    """The proposal of an epoch.

    Attributes:
        entry: The number of its entry in the audit.
        proposed_by: Who proposed it.
        proposed_at: When (UTC).
        reason: Why.
        lost: The heads that it would declare superseded, as `format_heads` writes them.
    """

    entry: int
    proposed_by: str
    proposed_at: datetime
    reason: str
    lost: str


def audit_entries(reading: Reading, from_mark: int | None = None) -> Generator[AuditEntry, None, None]:
    """Iterate over the entries in sealing order, in batches.

    Args:
        reading: Where to read.
        from_mark: The lowest mark to include; None for all.
    """
    mark = mark_of(reading, audit_trail)
    query = select(*_verified_texts(reading)).order_by(mark, audit_trail.c.id)
    if from_mark is not None:
        query = query.where(mark >= from_mark)
    # The latest of each: a search entry may name two people who were both disposed of.
    emptied = {str(each.entry): each for each in redactions(reading)}
    with reading.connection.execute(query, execution_options={"yield_per": ROWS_PER_FETCH}) as rows:
        for row in rows:
            *fields, row_hash, about_salt, words_hash, words_salt, detail = row
            yield AuditEntry(
                tuple(fields), row_hash, about_salt, words_hash, emptied.get(fields[0]), detail, words_salt
            )


def mark_of(reading: Reading, entries: FromClause) -> ColumnElement[int]:
    """Return the column in whose order entries are sealed, by an index of it.

    In a file that is the number of an entry, which is its mark too, unless somebody gave one another mark past this
    program: an index of a file holds these alone.
    """
    is_of_server = reading.connection.dialect.name == "postgresql"
    return entries.c.mark if is_of_server or reading.connection.scalar(OTHER_MARK) is not None else entries.c.id


def audit_entries_by_id(reading: Reading, ids: Sequence[int]) -> Iterator[AuditEntry]:
    """Return entries by their numbers, in the order of these, with the latest redaction of each."""
    emptied = {str(each.entry): each for each in redactions(reading)}
    for start in range(0, len(ids), ROWS_PER_FETCH // 4):
        some = audit_trail.c.id.in_(ids[start : start + ROWS_PER_FETCH // 4])
        query = select(*_verified_texts(reading)).where(some).order_by(audit_trail.c.id)
        for *fields, row_hash, about_salt, words_hash, _, _ in reading.connection.execute(query):
            yield AuditEntry(tuple(fields), row_hash, about_salt, words_hash, emptied.get(fields[0]))


def redactions(reading: Reading) -> list[Redaction]:
    """List the redactions in the order in which they were made."""
    query = select(*(redaction.c[name] for name in Redaction._fields)).order_by(redaction.c.id)
    return [Redaction(*row) for row in reading.connection.execute(query)]


def verify_stored_audit(reading: Reading, wanted: Container[int] = ()) -> ChainCheck:
    """Verify the audit of a database whole.

    Args:
        reading: Where to read.
        wanted: The numbers of the seals whose hashes to return.
    """
    return verify_chain(
        audit_entries(reading),
        seals(reading),
        database_id=database_id(reading),
        epochs=epochs(reading),
        redactions=redactions(reading),
        wanted=wanted,
    )


def _verified_texts(reading: Reading) -> list[Any]:
    """What is verified of an entry, as expressions: its fields, its hash, its salts and digests, what it recorded."""
    trail = audit_trail.c
    of_itself = trail.kind.in_(CHANGES) & trail.object_type.in_(OWN_OBJECT_TYPES)
    of_an_import = (trail.kind == "COMBINATION") & (trail.object_type == PROMOTION_OBJECT_TYPE)
    told = case((of_itself | of_an_import, cast(trail.detail, Text)))
    fields = (_hashed_text(reading, name) for name in ENTRY_FIELDS)
    return [*fields, trail.row_hash, trail.about_salt, trail.words_hash, trail.words_salt, told]


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
    return [Epoch(**row._mapping) for row in reading.connection.execute(select(epoch).order_by(epoch.c.number))]  # noqa: SLF001 - as above


def newest_seal_fault(reading: Reading) -> ChainFault | None:
    """Find a fault in the newest seal or its entries; verifying the whole chain is an auditor's task."""
    last = last_seal(reading)
    return None if last is None else verify_seal(last, audit_entries(reading, last.from_mark), database_id(reading))


def sealing_held_up_by(reading: Reading) -> str:
    """Say whose transactions keep a server from sealing the newest entries, in a sentence; empty for nobody's."""
    if not reading.server_enforces_access:
        return ""
    return describe_holders(parse_holders(reading.connection.scalar(text("SELECT sealing_held_up_by()"))))


def has_unsealed_entries(reading: Reading) -> bool:
    """Whether there are entries after the newest seal."""
    last = last_seal(reading)
    query = select(audit.c.id).where(mark_of(reading, audit) >= (last.to_mark if last else 0)).limit(1)
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
    marked = mark_of(tx, audit)
    query = select(marked, audit.c.row_hash, audit.c.at).where(marked >= start).order_by(marked, audit.c.id)
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
    known = epochs(tx)
    fresh = Seal(
        n=(last.n if last else 0) + 1,
        at=tx.command.at,
        epoch=known[-1].number,
        from_mark=start,
        to_mark=mark + 1,
        rows=rows,
        root=root.hexdigest(),
        prev=last.hash if last else "",
        epochs=epochs_digest(known, known[-1].number),
    )
    fresh = replace(fresh, hash=seal_hash(fresh, database_id(tx)))
    tx.connection.execute(insert(seal).values({name: getattr(fresh, name) for name in seal.c.keys()}))  # noqa: SIM118 - columns by name
    return fresh.n


def seals_in_chain(reading: Reading, heads: Iterable[tuple[int, str]]) -> set[tuple[int, str]]:
    """Return those of some numbers and hashes that are seals of the chain."""
    numbers = {n for n, _ in heads}
    query = select(seal.c.n, seal.c.hash).where(seal.c.n.in_(numbers))
    return {(n, hash_) for n, hash_ in reading.connection.execute(query)} & set(heads)


def open_epoch_of_file(tx: Transaction, reason: str, lost_heads: Iterable[tuple[int, str]]) -> int:
    """Begin a new epoch of a local file, as after a restore; it is logged in the audit like any other change.

    Args:
        tx: The transaction; its context has the reason too.
        reason: Why, in words.
        lost_heads: The numbers and hashes of the seals that are known to be lost by the restore.

    Returns:
        Its number.
    """
    lost = format_heads(lost_heads)
    numbers = [n for n, _ in parse_heads(lost)]
    fresh = Epoch(
        number=epochs(tx)[-1].number + 1,
        opened_at=tx.command.at,
        opened_by=tx.command.user,
        reason=reason,
        superseded_from=min(numbers, default=None),
        superseded_to=max(numbers, default=None),
        superseded=lost,
    )
    tx.connection.execute(insert(epoch).values({name: getattr(fresh, name) for name in epoch.c.keys()}))  # noqa: SIM118 - columns by name
    detail = {"superseded_from": fresh.superseded_from, "superseded_to": fresh.superseded_to, "epoch": fresh.hash}
    place = epoch_ref(fresh.number)
    tx.log("ALTERATION", object_type=tables.audit.name, object_ref=place, subject_ref=None, detail=detail)
    return fresh.number


def propose_epoch(tx: Transaction, reason: str, lost_heads: Iterable[tuple[int, str]]) -> None:
    """Propose a new epoch of a shared database, which another administrator opens."""
    values = {"why": reason, "lost": format_heads(lost_heads)}
    tx.connection.execute(text("SELECT propose_epoch(:why, :lost)"), values)


def find_proposed_epoch(reading: Reading) -> ProposedEpoch | None:
    """Get the proposal of the next epoch of a shared database; None where there is none."""
    row = reading.connection.execute(text("SELECT * FROM proposed_epoch()")).first()
    return None if row is None else ProposedEpoch(row.entry, row.proposed_by, row.proposed_at, row.reason, row.lost)


def withdraw_epoch(tx: Transaction, entry: int, reason: str) -> None:
    """Withdraw the proposal of an epoch."""
    tx.connection.execute(text("SELECT withdraw_epoch(:entry, :why)"), {"entry": entry, "why": reason})


def confirm_epoch(tx: Transaction, entry: int) -> int:
    """Open the epoch that somebody else proposed; return its number."""
    number: int = tx.connection.scalar(text("SELECT confirm_epoch(:entry)"), {"entry": entry}) or 0
    return number
