"""What proves the audit whole: the hash of an entry, the seal over many, and the walk that recomputes them all.

An entry's hash covers every field of it. A seal covers the hashes of all entries of a range and the seal before, so
that nothing sealed can be changed, removed, added or put in another order without every later seal being wrong. Who
rebuilds them all, or takes the newest away, is found by a head that was kept elsewhere.
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
"""What the hash of an entry covers, in this order.

Of `before` and `after` it is the digest, so that who proves the audit need not read what was recorded."""
SPOKEN_DIGITS = 24


class AuditEntry(NamedTuple):
    """An entry of the audit as it is proved.

    Attributes:
        fields: What its hash covers, as text, in the order of `ENTRY_FIELDS`.
        row_hash: The hash it was written and sealed with.
        kept_hash: The hash of what it says since a disposal emptied it; None where it says what it always said.
    """

    fields: tuple[str | None, ...]
    row_hash: str | None
    kept_hash: str | None = None


class Redaction(NamedTuple):
    """An entry that a disposal emptied of a person's words.

    Attributes:
        disposal_ref: The disposal.
        entry: The entry's number.
        kept_hash: The hash of what the entry says since.
    """

    disposal_ref: str
    entry: int
    kept_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What closes a range of entries.

    Attributes:
        n: Its number; the first is 1.
        at: When it was made (UTC).
        epoch: The epoch it was made in.
        from_mark: The least mark it covers.
        to_mark: The first mark it does not cover.
        rows: How many entries it covers.
        root: The hash of their hashes, in the order of mark and id.
        prev: The hash of the seal before; empty for the first.
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
    """A stretch of the audit on one server or file; a restore begins another.

    Attributes:
        number: Its number; the first is 1.
        opened_at: When it was opened (UTC).
        opened_by: By whom; empty for the first.
        reason: Why.
        superseded_from: The first seal that was lost with what was restored over; None where none is known.
        superseded_to: The last such seal.
    """

    number: int
    opened_at: datetime
    opened_by: str
    reason: str
    superseded_from: int | None = None
    superseded_to: int | None = None

    def supersedes(self, head: "ChainHead") -> bool:
        """Whether this epoch says by number that a head is no longer part of the chain."""
        if self.superseded_from is None or self.superseded_to is None:
            return False
        return head.epoch < self.number and self.superseded_from <= head.n <= self.superseded_to


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """The newest seal as somebody outside the database keeps it.

    Attributes:
        database_id: Of which database.
        n: The seal's number.
        hash: Its hash.
        at: When it was made (UTC).
        epoch: In which epoch.
        rows: How many entries all seals up to it cover.
    """

    database_id: str
    n: int
    hash: str
    at: datetime
    epoch: int
    rows: int


class ChainFault(NamedTuple):
    """The first thing that is not as it was sealed.

    Attributes:
        seal: The seal's number; None where it is beyond every seal.
        entry: The entry's number; None where no single one can be named.
        reason: What is wrong, in a sentence.
    """

    seal: int | None
    entry: str | None
    reason: str

    @property
    def location(self) -> str:
        """The place in words: `seal 3, entry 57`."""
        parts = (f"seal {self.seal}" if self.seal else "", f"entry {self.entry}" if self.entry else "")
        return ", ".join(part for part in parts if part)


@dataclass(slots=True)
class ChainCheck:
    """What a walk found.

    Attributes:
        entries: How many entries were read.
        sealed: How many of them are sealed.
        last: The newest seal that is right; None before the first.
        fault: The first fault; None where everything is as it was sealed.
        hashes: The hashes of the seals that were asked for, by number.
    """

    entries: int = 0
    sealed: int = 0
    last: Seal | None = None
    fault: ChainFault | None = None
    hashes: dict[int, str] = field(default_factory=dict)


def canonical_bytes(fields: Iterable[str | None]) -> bytes:
    """Write texts so that no two lists of them are written alike: the number of octets, a colon, the text.

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
    """Give the hash of an entry: its `ENTRY_FIELDS`, each as text.

    Args:
        fields: Their values; `at` in UTC as `2026-11-23T09:00:00.000000Z`.
    """
    return sha256(canonical_bytes(fields)).hexdigest()


def text_digest(text: str) -> str:
    """Give what the hash of an entry covers of what was recorded."""
    return sha256(text.encode()).hexdigest()


def redaction_digests(redactions: Iterable[Redaction]) -> dict[str, str]:
    """Give what the audit says of each disposal, by its reference: one hash over all the entries that it emptied.

    Args:
        redactions: In the order of their entries.
    """
    parts: dict[str, list[str]] = {}
    for each in redactions:
        parts.setdefault(each.disposal_ref, []).extend((str(each.entry), each.kept_hash))
    return {ref: sha256(canonical_bytes((ref, *said))).hexdigest() for ref, said in parts.items()}


def find_redaction_fault(digests: Mapping[str, str], recorded: Mapping[str, str]) -> ChainFault | None:
    """Find entries that were emptied by no disposal on record.

    Args:
        digests: What the emptied entries give, by disposal.
        recorded: What the audit says of each disposal.
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
    """Give the hash of a seal in a database."""
    numbers = (seal.epoch, seal.from_mark, seal.to_mark, seal.rows)
    fields = (str(seal.n), format_instant(seal.at), *map(str, numbers), seal.root, seal.prev, database_id)
    return sha256(canonical_bytes(fields)).hexdigest()


def spoken_digits(hash_: str) -> str:
    """Give the 24 digits, in groups of four, by which a head is read out and compared."""
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
    """Recompute every hash and every seal; stops at the first fault.

    Args:
        entries: Every entry, in the order of mark and id.
        seals: Every seal, in the order of their numbers.
        database_id: What the database calls itself.
        epochs: The numbers of the epochs there are.
        wanted: The numbers of the seals whose hashes are asked for.
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
        entries: The entries from its first on, in the order of mark and id; those beyond it are left alone.
        database_id: What the database calls itself.
    """
    if seal_hash(seal, database_id) != seal.hash:
        return ChainFault(seal.n, None, f"Seal {seal.n} was changed after it was made.")
    return _entries_fault(seal, _EntryReader(entries))


class _EntryReader:
    """The entries, one after the other, each recomputed as it comes."""

    def __init__(self, entries: Iterable[AuditEntry]) -> None:
        self._entries = iter(entries)
        self._pending: tuple[int, str] | None = None
        self.count = 0
        self.fault: ChainFault | None = None

    def hashes_below(self, mark: int | None) -> Iterator[str]:
        """Give the proved hashes of the entries below a mark, or of all that are left; ends at a fault."""
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
        # A seal was put on what the entry said before it was emptied.
        self._pending = (mark, entry.row_hash)
        return True


def _parse_int(text: str | None) -> int | None:
    try:
        return int(text or "")
    except ValueError:
        return None


def _seal_fault(seal: Seal, last: Seal | None, database_id: str, epochs: Container[int]) -> ChainFault | None:
    """Say what is wrong with a seal itself, or with its place after the last one."""
    number, mark, epoch, prev = (last.n, last.to_mark, last.epoch, last.hash) if last else (0, 0, 1, "")
    if seal.n != number + 1:
        return ChainFault(number + 1, None, f"Seal {number + 1} is missing.")
    if seal_hash(seal, database_id) != seal.hash:
        return ChainFault(seal.n, None, f"Seal {seal.n} was changed after it was made.")
    follows = (seal.prev, seal.from_mark) == (prev, mark) and seal.epoch >= epoch and seal.epoch in epochs
    return None if follows else ChainFault(seal.n, None, f"Seal {seal.n} does not follow the one before.")


def _entries_fault(seal: Seal, coming: _EntryReader) -> ChainFault | None:
    """Say how the entries differ from those that a seal was put on."""
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
