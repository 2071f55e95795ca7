"""The hash chain of the audit: the hash of an entry, the seal over a range of entries, and their verification.

An entry's hash covers all its fields. A seal covers the hashes of all entries in a range and the previous seal, so no
sealed entry can be changed, removed, added or reordered without invalidating every later seal. Rebuilding the whole
chain, or removing its newest seals, is detected by comparison with a head that was kept outside the database.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

ENTRY_FIELDS = (
    "id",
    "at",
    "kind",
    "actor",
    "actor_role",
    "workstation",
    "request",
    "object_type",
    "object_ref",
    "subject_ref",
    "recipient",
    "reason_code",
    "reason_text",
    "before",
    "after",
    "mark",
)
"""The fields that the hash of an entry covers, in this order.

`before` and `after` are covered by their digests, so that verifying the audit does not require reading the records."""
SPOKEN_DIGITS = 24


class AuditEntry(NamedTuple):
    """An audit entry in the form in which it is verified.

    Attributes:
        fields: The values its hash covers, as text, in the order of `ENTRY_FIELDS`.
        row_hash: The hash with which it was written and sealed.
        kept_hash: The hash of its content since a disposal redacted it; None if it was never redacted.
    """

    fields: tuple[str | None, ...]
    row_hash: str | None
    kept_hash: str | None = None


class Redaction(NamedTuple):
    """An entry that a disposal redacted.

    Attributes:
        disposal_ref: The disposal.
        entry: The entry's number.
        kept_hash: The hash of the entry's redacted content.
    """

    disposal_ref: str
    entry: int
    kept_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """A seal over a range of entries.

    Attributes:
        n: Its number; the first is 1.
        at: When it was made (UTC).
        epoch: The epoch it was made in.
        from_mark: The lowest mark it covers.
        to_mark: The first mark it does not cover.
        rows: How many entries it covers.
        root: The hash over their hashes, in order of mark and id.
        prev: The hash of the previous seal; empty for the first.
        hash: Its own hash.
    """

    n: int
    at: datetime
    epoch: int
    from_mark: int
    to_mark: int
    rows: int
    root: str
    prev: str
    hash: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """A period of the audit on one server or file; a restore begins a new one.

    Attributes:
        number: Its number; the first is 1.
        opened_at: When it was opened (UTC).
        opened_by: Who opened it; empty for the first.
        reason: Why.
        superseded_from: The first seal that the restore discarded; None if none is known.
        superseded_to: The last such seal.
    """

    number: int
    opened_at: datetime
    opened_by: str
    reason: str
    superseded_from: int | None = None
    superseded_to: int | None = None

    def supersedes(self, head: "ChainHead") -> bool:
        """Whether this epoch declares that a head is no longer part of the chain."""
        if self.superseded_from is None or self.superseded_to is None:
            return False
        return head.epoch < self.number and self.superseded_from <= head.n <= self.superseded_to


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """The newest seal, as kept outside the database.

    Attributes:
        database_id: The database's identifier.
        n: The seal's number.
        hash: Its hash.
        at: When it was made (UTC).
        epoch: The epoch it was made in.
        rows: How many entries are covered by all seals up to it.
    """

    database_id: str
    n: int
    hash: str
    at: datetime
    epoch: int
    rows: int


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
    """

    entries: int = 0
    sealed: int = 0
    last: Seal | None = None
    fault: ChainFault | None = None
    hashes: dict[int, str] = field(default_factory=dict)


def canonical_bytes(fields: Iterable[str | None]) -> bytes:
    """Serialise texts unambiguously, as netstrings: the number of bytes, a colon, the text.

    Args:
        fields: The texts; None is written as a dash.
    """
    parts: list[bytes] = []
    for text in fields:
        if text is None:
            parts.append(b"-")
        else:
            octets = text.encode("utf-8", "surrogatepass")
            parts.append(b"%d:" % len(octets))
            parts.append(octets)
    return b"".join(parts)


def entry_hash(fields: Sequence[str | None]) -> str:
    """Hash an entry.

    Args:
        fields: The values of `ENTRY_FIELDS` as text; `at` in UTC as `2026-11-23T09:00:00.000000Z`.
    """
    return sha256(canonical_bytes(fields)).hexdigest()


def text_digest(text: str) -> str:
    """Return the digest by which an entry's hash covers a recorded text."""
    return sha256(text.encode()).hexdigest()


def redaction_digests(redactions: Iterable[Redaction]) -> dict[str, str]:
    """Return one hash per disposal over all the entries that it redacted, as the audit records it.

    Args:
        redactions: In the order of their entries.
    """
    parts: dict[str, list[str]] = {}
    for each in redactions:
        parts.setdefault(each.disposal_ref, []).extend((str(each.entry), each.kept_hash))
    return {ref: sha256(canonical_bytes((ref, *said))).hexdigest() for ref, said in parts.items()}


def find_redaction_fault(digests: Mapping[str, str], recorded: Mapping[str, str]) -> ChainFault | None:
    """Find entries that were redacted without a recorded disposal.

    Args:
        digests: The hashes computed from the redacted entries, by disposal.
        recorded: The hashes that the audit records, by disposal.
    """
    for ref in sorted({*digests, *recorded}):
        if digests.get(ref) != recorded.get(ref):
            return ChainFault(
                None, None, f"The entries emptied under {ref} are not those that its disposal put on record."
            )
    return None


def format_instant(at: datetime) -> str:
    """Write an instant as it is hashed: `2026-11-23T09:00:00.000000Z`."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def seal_hash(seal: Seal, database_id: str) -> str:
    """Hash a seal of a database."""
    numbers = (seal.epoch, seal.from_mark, seal.to_mark, seal.rows)
    fields = (str(seal.n), format_instant(seal.at), *map(str, numbers), seal.root, seal.prev, database_id)
    return sha256(canonical_bytes(fields)).hexdigest()


def spoken_digits(hash_: str) -> str:
    """Return 24 digits in groups of four, by which two people can compare a head over the telephone."""
    digits = f"{int(hash_, 16) % 10**SPOKEN_DIGITS:0{SPOKEN_DIGITS}}"
    return " ".join(digits[start : start + 4] for start in range(0, SPOKEN_DIGITS, 4))


def verify_chain(
    entries: Iterable[AuditEntry],
    seals: Iterable[Seal],
    *,
    database_id: str,
    epochs: Container[int],
    wanted: Container[int] = (),
) -> ChainCheck:
    """Recompute every hash and every seal, up to the first fault.

    Args:
        entries: Every entry, in the order of mark and id.
        seals: Every seal, in the order of their numbers.
        database_id: The database's identifier.
        epochs: The numbers of all epochs.
        wanted: The numbers of the seals whose hashes to return.
    """
    found = ChainCheck()
    coming = _EntryReader(entries)
    for seal in seals:
        found.fault = _seal_fault(seal, found.last, database_id, epochs) or _entries_fault(seal, coming)
        found.entries = coming.count
        if found.fault is not None:
            return found
        found.last = seal
        found.sealed += seal.rows
        if seal.n in wanted:
            found.hashes[seal.n] = seal.hash
    for _ in coming.hashes_below(None):
        pass
    found.entries = coming.count
    found.fault = coming.fault
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
    return _entries_fault(seal, _EntryReader(entries))


class _EntryReader:
    """Reads the entries one at a time and recomputes each hash, so that memory does not grow with the audit."""

    def __init__(self, entries: Iterable[AuditEntry]) -> None:
        self._entries = iter(entries)
        self._pending: tuple[int, str] | None = None
        self.count = 0
        self.fault: ChainFault | None = None

    def hashes_below(self, mark: int | None) -> Iterator[str]:
        """Yield the verified hashes of the entries below a mark, or of all others if it is None; stop at a fault."""
        while self._advance() and self._pending is not None and (mark is None or self._pending[0] < mark):
            yield self._pending[1]
            self._pending = None

    def _advance(self) -> bool:
        if self._pending is not None or self.fault is not None:
            return self.fault is None
        entry = next(self._entries, None)
        if entry is None:
            return False
        self.count += 1
        fields = entry.fields
        said = entry_hash(fields)
        mark = _parse_int(fields[-1])
        if said != (entry.kept_hash or entry.row_hash) or mark is None or entry.row_hash is None:
            self.fault = ChainFault(None, fields[0], f"Entry {fields[0]} was changed after it was written.")
            return False
        # The seal was made over the entry as it was before its redaction, so it is checked against the original hash.
        self._pending = (mark, entry.row_hash)
        return True


def _parse_int(text: str | None) -> int | None:
    try:
        return int(text or "")
    except ValueError:
        return None


def _seal_fault(seal: Seal, last: Seal | None, database_id: str, epochs: Container[int]) -> ChainFault | None:
    """Find a fault in a seal itself, or in its position after the previous one."""
    number, mark, epoch, prev = (last.n, last.to_mark, last.epoch, last.hash) if last else (0, 0, 1, "")
    if seal.n != number + 1:
        return ChainFault(number + 1, None, f"Seal {number + 1} is missing.")
    if seal_hash(seal, database_id) != seal.hash:
        return ChainFault(seal.n, None, f"Seal {seal.n} was changed after it was made.")
    follows = (seal.prev, seal.from_mark) == (prev, mark) and seal.epoch >= epoch and seal.epoch in epochs
    return None if follows else ChainFault(seal.n, None, f"Seal {seal.n} does not follow the one before.")


def _entries_fault(seal: Seal, coming: _EntryReader) -> ChainFault | None:
    """Find how the entries that a seal covers differ from those that were sealed."""
    root, rows = sha256(), 0
    for right in coming.hashes_below(seal.to_mark):
        root.update(right.encode())
        rows += 1
    if coming.fault is not None:
        return coming.fault._replace(seal=seal.n)
    if rows != seal.rows:
        return ChainFault(seal.n, None, f"Seal {seal.n} was put on {seal.rows} entries, and {rows} are there.")
    if root.hexdigest() != seal.root:
        return ChainFault(seal.n, None, f"Seal {seal.n} was put on other entries than those that are there now.")
    return None
