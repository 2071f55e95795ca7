"""The verification of the audit.

An entry's hash covers all that it says. A seal covers the hashes of all entries in a range, the previous seal and, from
version 2 on, every epoch, so that no sealed entry can be changed, removed, added or reordered without invalidating
every later seal. Rebuilding the whole chain, or removing its newest seals, is detected by comparison with a head that
was kept outside the database.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from ioms_desktop.domain.audit.entries import AuditEntry, Redaction, find_entry_fault
from ioms_desktop.domain.audit.evidence import AuditEvidence
from ioms_desktop.domain.audit.seals import Epoch, Seal, epochs_digest, seal_hash


class ChainFault(NamedTuple):
    """The first difference from what was sealed.

    Attributes:
        seal: The seal's number; None after the last seal.
        entry: The entry's number; None if no single entry can be named.
        reason: What is wrong, in a sentence.
    """

    seal: int | None
    entry: str | None
    reason: str

    @property
    def location(self) -> str:
        """The location in words: `seal 3, entry 57`."""
        parts = (f"seal {self.seal}" if self.seal else "", f"entry {self.entry}" if self.entry else "")
        return ", ".join(part for part in parts if part)


@dataclass(slots=True)
class ChainCheck:
    """The result of a verification.

    Attributes:
        entries: How many entries were read.
        sealed: How many of them are sealed.
        last: The newest seal that verifies; None if there is none.
        fault: The first fault; None if everything verifies.
        hashes: The hashes of the requested seals, by number.
        former_epochs: The last epoch that was opened under version 1.
        disposals: The disposals that emptied entries, each with the two people.
    """

    entries: int = 0
    sealed: int = 0
    last: Seal | None = None
    fault: ChainFault | None = None
    hashes: dict[int, str] = field(default_factory=dict)
    former_epochs: int = 1
    disposals: tuple[str, ...] = ()


def verify_chain(
    entries: Iterable[AuditEntry],
    seals: Iterable[Seal],
    *,
    database_id: str,
    epochs: Sequence[Epoch],
    redactions: Sequence[Redaction] | None = None,
    wanted: Container[int] = (),
) -> ChainCheck:
    """Recompute every hash and every seal, up to the first fault.

    Args:
        entries: Every entry, in the order of mark and id.
        seals: Every seal, in the order of their numbers.
        database_id: The database's identifier.
        epochs: Every epoch, in the order of their numbers.
        redactions: Every redaction, in the order in which they were made; None where it is not asked by whose decision
            entries were emptied and epochs opened, as of an audit that was imported.
        wanted: The numbers of the seals whose hashes to return.
    """
    found = ChainCheck()
    evidence = AuditEvidence()
    coming = _EntryReader(entries, evidence)
    superseded = {head for epoch in epochs for head in epoch.superseded_heads}
    for seal in seals:
        found.fault = (
            _seal_fault(seal, found.last, database_id, epochs, superseded)
            or _entries_fault(seal, coming)
            or _version_fault(seal, coming)
        )
        found.entries = coming.count
        if found.fault is not None:
            return found
        found.last = seal
        evidence.note_seal(seal.to_mark)
        found.sealed += seal.rows
        if seal.n in wanted:
            found.hashes[seal.n] = seal.hash
    for _ in coming.hashes_below(None):
        pass
    found.entries = coming.count
    found.fault = coming.fault
    found.former_epochs = evidence.former_epochs
    if found.fault is None and redactions is not None:
        reason = evidence.find_fault(redactions, epochs)
        found.fault = ChainFault(None, None, reason) if reason else None
        found.disposals = evidence.describe_disposals(redactions)
    return found


def verify_seal(seal: Seal, entries: Iterable[AuditEntry], database_id: str) -> ChainFault | None:
    """Recompute one seal and the entries it covers.

    Args:
        seal: The seal.
        entries: The entries from the first that it covers, in order of mark and id; those after the range are ignored.
        database_id: The database's identifier.
    """
    if seal_hash(seal, database_id) != seal.hash:
        return ChainFault(seal.n, None, f"Seal {seal.n} was changed after it was made.")
    return _entries_fault(seal, _EntryReader(entries, AuditEvidence()))


class _EntryReader:
    """Reads the entries one at a time and recomputes each hash, so that memory does not grow with the audit."""

    def __init__(self, entries: Iterable[AuditEntry], evidence: AuditEvidence) -> None:
        self._entries = iter(entries)
        self._evidence = evidence
        self._pending: tuple[int, str, bool] | None = None
        self.count = 0
        self.fault: ChainFault | None = None
        self.is_second_version = False

    def hashes_below(self, mark: int | None) -> Iterator[str]:
        """Yield the verified hashes of the entries below a mark, or of all others if it is None; stop at a fault."""
        while self._advance() and self._pending is not None and (mark is None or self._pending[0] < mark):
            _, row_hash, is_second_version = self._pending
            self.is_second_version = self.is_second_version or is_second_version
            yield row_hash
            self._pending = None

    def _advance(self) -> bool:
        if self._pending is not None or self.fault is not None:
            return self.fault is None
        entry = next(self._entries, None)
        if entry is None:
            return False
        self.count += 1
        mark = _parse_int(entry.get("mark"))
        reason = find_entry_fault(entry) or self._evidence.note(entry)
        if reason or mark is None or entry.row_hash is None:
            number = entry.fields[0]
            self.fault = ChainFault(None, number, reason or f"Entry {number} was changed after it was written.")
            return False
        # The seal was made over the entry as it was before its redaction, so it is checked against the original hash.
        self._pending = (mark, entry.row_hash, not entry.is_first_version)
        return True


def _parse_int(text: str) -> int | None:
    try:
        return int(text)
    except ValueError:
        return None


def _seal_fault(
    seal: Seal, last: Seal | None, database_id: str, epochs: Sequence[Epoch], superseded: Container[tuple[int, str]]
) -> ChainFault | None:
    """Find a fault in a seal itself, or in its position after the previous one."""
    number, mark, epoch, prev = (last.n, last.to_mark, last.epoch, last.hash) if last else (0, 0, 1, "")
    if seal.n != number + 1:
        return ChainFault(number + 1, None, f"Seal {number + 1} is missing.")
    if seal_hash(seal, database_id) != seal.hash:
        return ChainFault(seal.n, None, f"Seal {seal.n} was changed after it was made.")
    known = any(each.number == seal.epoch for each in epochs)
    if (seal.prev, seal.from_mark) != (prev, mark) or seal.epoch < epoch or not known:
        return ChainFault(seal.n, None, f"Seal {seal.n} does not follow the one before.")
    if (seal.n, seal.hash) in superseded:
        return ChainFault(
            seal.n, None, f"Seal {seal.n} is in the chain, and an epoch says that a restore discarded it."
        )
    if seal.epochs is not None and seal.epochs != epochs_digest(epochs, seal.epoch):
        return ChainFault(seal.n, None, f"An epoch is not as it was when seal {seal.n} was made.")
    return None


def _entries_fault(seal: Seal, coming: _EntryReader) -> ChainFault | None:
    """Find how the entries that a seal covers differ from those that were sealed."""
    root, rows = sha256(), 0
    for right in coming.hashes_below(seal.to_mark):
        root.update(right.encode())
        rows += 1
    if coming.fault is not None:
        return coming.fault._replace(seal=seal.n)
    if rows != seal.rows:
        return ChainFault(seal.n, None, f"Seal {seal.n} covers {seal.rows} entries but {rows} were found.")
    if root.hexdigest() != seal.root:
        return ChainFault(seal.n, None, f"Seal {seal.n} was put on other entries than those that are there now.")
    return None


def _version_fault(seal: Seal, coming: _EntryReader) -> ChainFault | None:
    """Find a seal that covers an entry of version 2 and not the epochs, or the other way round."""
    if coming.is_second_version and seal.epochs is None:
        return ChainFault(seal.n, None, f"Seal {seal.n} does not cover the epochs, as every seal of its time does.")
    return None
