"""The matrix of attacks on a shared database, each with its control."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING

from attack_matrix import Ring, every_attack, fill
from ioms_desktop.storage.database.migrate import create_empty_database
from postgres_cluster import Cluster
from shared_people import furnish

if TYPE_CHECKING:
    from collections.abc import Callable

AT_LEAST = 300


def test_no_attack_gets_through_and_each_can_be_done_by_whoever_may(measured: Callable[[object], None]) -> None:
    cluster = Cluster.start(in_memory=True)
    location = cluster.create("attacked")
    create_empty_database(location, allow_unsafe_server=True)
    office = furnish(location)
    fill(office)
    attacks = list(every_attack())
    with ExitStack() as stack:
        ring = Ring(office, stack)
        through = [each for each in attacks if ring.gets_through(each)]
        vain = [each for each in attacks if not ring.gets_through(each, as_control=True)]
    office.close()
    cluster.stop()
    kinds = Counter(each.kind for each in attacks)
    measured(f"{len(attacks)} attacks of {len(kinds)} kinds, {len(through)} got through, {len(vain)} without a control")
    assert through == []
    assert vain == []
    assert len(attacks) >= AT_LEAST
