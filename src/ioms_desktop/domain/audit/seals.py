"""Seals and epochs: what closes a range of entries, and what begins anew after a restore."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from ioms_desktop.domain.audit.entries import canonical_bytes, digest, format_instant

SPOKEN_DIGITS = 24


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
        epochs: The digest of every epoch up to its own; None for a seal of version 1.
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
    epochs: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """A period of the audit on one server or file; a restore begins a new one.

    Attributes:
        number: Its number; the first is 1.
        opened_at: When it was opened (UTC).
        opened_by: Who opened it; empty for the first.
        reason: Why.
        system_id: The number of the server; empty for a file.
        base: What marks of entries are counted from.
        superseded_from: The first seal that the restore discarded; None if none is known.
        superseded_to: The last such seal.
        proposed_by: Who proposed it; None where one person, or the server itself, opened it.
        superseded: The heads that the restore discarded, as `format_heads` writes them; None before version 2.
    """

    number: int
    opened_at: datetime
    opened_by: str
    reason: str
    system_id: str = ""
    base: int = 0
    superseded_from: int | None = None
    superseded_to: int | None = None
    proposed_by: str | None = None
    superseded: str | None = None

    @property
    def hash(self) -> str:
        """Its digest, of all that it says."""
        counts = (self.superseded_from, self.superseded_to)
        return digest(
            (
                str(self.number),
                format_instant(self.opened_at),
                self.opened_by,
                self.reason,
                self.system_id,
                str(self.base),
                *(None if count is None else str(count) for count in counts),
                self.proposed_by,
                self.superseded,
            )
        )

    @property
    def superseded_heads(self) -> Sequence[tuple[int, str]]:
        """The numbers and hashes of the seals that it declares superseded by name."""
        return parse_heads(self.superseded or "")

    @property
    def people(self) -> str:
        """Who opened it, in words."""
        return f"{self.proposed_by} and {self.opened_by}" if self.proposed_by else self.opened_by

    def supersedes(self, head: "ChainHead", former_epochs: int) -> bool:
        """Whether this epoch declares that a head is no longer part of the chain.

        Args:
            head: The head.
            former_epochs: The last epoch that was opened under version 1, which named seals by their numbers alone.
        """
        if self.superseded is not None:
            # Whatever its epoch: a second restore, to a state before the first, gives the same number once more.
            return (head.n, head.hash) in self.superseded_heads
        if self.superseded_from is None or self.superseded_to is None:
            return False
        is_former = head.epoch < self.number <= former_epochs
        return is_former and self.superseded_from <= head.n <= self.superseded_to


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


def seal_hash(seal: Seal, database_id: str) -> str:
    """Hash a seal of a database."""
    numbers = (seal.epoch, seal.from_mark, seal.to_mark, seal.rows)
    fields = (str(seal.n), format_instant(seal.at), *map(str, numbers), seal.root, seal.prev, database_id)
    epochs = () if seal.epochs is None else (seal.epochs,)
    return sha256(canonical_bytes((*fields, *epochs))).hexdigest()


def epochs_digest(epochs: Iterable[Epoch], last: int) -> str:
    """Return the digest by which a seal covers every epoch up to one."""
    return sha256("".join(epoch.hash for epoch in epochs if epoch.number <= last).encode()).hexdigest()


def format_heads(heads: Iterable[tuple[int, str]]) -> str:
    """Write the numbers and hashes of seals as an epoch keeps them: `7:ab12 8:cd34`."""
    return " ".join(f"{n}:{hash_}" for n, hash_ in sorted(set(heads)))


def parse_heads(text: str) -> Sequence[tuple[int, str]]:
    """Read the numbers and hashes of seals from what `format_heads` wrote; what is none of them is left out."""
    parts = (part.partition(":") for part in text.split())
    return [(int(n), hash_) for n, _, hash_ in parts if n.isdecimal()]


def spoken_digits(hash_: str) -> str:
    """Return 24 digits in groups of four, by which two people can compare a head over the telephone."""
    digits = f"{int(hash_, 16) % 10**SPOKEN_DIGITS:0{SPOKEN_DIGITS}}"
    return " ".join(digits[start : start + 4] for start in range(0, SPOKEN_DIGITS, 4))
