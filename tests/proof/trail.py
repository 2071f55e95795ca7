"""Verifying a long audit needs no more memory than a short one, because it is read entry by entry."""

import time
import tracemalloc
from dataclasses import dataclass

from sqlalchemy import Connection, text
from typing_extensions import override

from ioms_desktop.domain.audit.chain import ChainCheck
from ioms_desktop.domain.audit.seals import ChainHead
from ioms_desktop.storage.audit import sealing
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.store import Store
from stored_samples import act


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What proving took.

    Attributes:
        entries: How many were proved.
        few: The most memory held while the first few of them were proved, in bytes.
        many: The same of all of them.
        held: What they take when they are all held at once: the control.
        seconds: How long all of them took.
    """

    entries: int
    few: int
    many: int
    held: int
    seconds: float

    @override
    def __str__(self) -> str:
        return (
            f"{self.entries:,} entries proved in {self.seconds:.1f} s and {self.many / 1e6:.1f} MB, a few of them in "
            f"{self.few / 1e6:.1f} MB; held all at once {self.held / 1e6:.1f} MB"
        )


def prove(store: Store, entries: int, few_entries: int = 5_000) -> Proof:
    """Fill an empty database with entries, a few of them first, and prove them."""
    few, _ = _peak(store, few_entries)
    many, seconds = _peak(store, entries - few_entries)
    tracemalloc.start()
    with store.read() as reading:
        held = len(list(sealing.audit_entries(reading)))
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Proof(entries=held, few=few, many=many, held=used, seconds=seconds)


def _peak(store: Store, count: int) -> tuple[int, float]:
    with store.begin(act()) as tx:
        add_entries(tx.connection, count)
    with store.begin(act()) as tx:
        sealing.seal_now(tx)
    began = time.perf_counter()
    assert _proved(store).fault is None
    seconds = time.perf_counter() - began
    tracemalloc.start()
    assert _proved(store).fault is None
    used = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return used, seconds


def _proved(store: Store) -> ChainCheck:
    with store.read() as reading:
        return walked(reading)


def walked(reading: Reading, head: ChainHead | None = None) -> ChainCheck:
    """Verify the whole audit, and look for a seal that was recorded elsewhere."""
    return sealing.verify_stored_audit(reading, {head.n} if head else ())


def add_entries(connection: Connection, count: int) -> None:
    """Write so many entries, all alike."""
    numbers = "WITH RECURSIVE g (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM g WHERE n < :count)"
    at = "timestamp '2026-11-23 09:00'" if connection.dialect.name == "postgresql" else "'2026-11-23 09:00:00.000000'"
    insertion = (
        "INSERT INTO audit (at, kind, actor, actor_role, workstation, object_type, object_ref, subject_ref) "  # noqa: S608 - our own
        f"{numbers} SELECT {at}, 'CONSULTATION', 'okoro', 'navigator', 'session', 'cases', CAST(n AS TEXT), 'P1' FROM g"
    )
    connection.execute(text(insertion), {"count": count})
