"""Kept results, held to the full evaluation over long sequences of acts and days, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.services.cases.today import OwedWork
from ioms_desktop.storage.database.migrate import create_empty_database
from keys import TEST_KEY, opened
from policy_histories.exchange_columns import write_folder
from policy_histories.generate import corrected, histories, seeded
from postgres_cluster import Cluster
from services.exchange_session import session_at, taken
from services.test_case_results import act, assert_alike, unnumbered, whole
from services.test_today_apart import BEGUN, Seat, added

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ioms_desktop.storage.store import Store

SEEDS, CASES, ACTS = range(1, 7), 5, 60
ROLES = (Role.OFFICER, Role.COORDINATOR)
"""With what rests on intelligence, and without. A server shows none of it to a role without it, and its change marks
no result of theirs. The owner, as whom these tests read there, is shown all: so only an officer is held to it there."""
ALIKE_EVERY = 6


@pytest.fixture(params=["sqlite", "postgres"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[int], Store]]:
    """Return what makes an empty database of a number."""
    if request.param == "sqlite":

        def in_a_file(number: int) -> Store:
            create_empty_database(str(tmp_path / f"{number}.ioms"), TEST_KEY)
            return opened(str(tmp_path / f"{number}.ioms"))

        yield in_a_file
        return
    cluster = Cluster.start(in_memory=True)
    create_empty_database(cluster.create("empty"), allow_unsafe_server=True)
    yield lambda number: opened(cluster.create(f"results{number}", "empty"))
    cluster.stop()


@pytest.mark.parametrize("seed", SEEDS)
def test_kept_results_say_what_a_full_evaluation_says_after_every_act(
    seed: int, make_store: Callable[[int], Store], tmp_path: Path, measured: Callable[[object], None]
) -> None:
    store, rng, clock = make_store(seed), seeded(f"long/{seed}"), [BEGUN]
    tables = histories(seed, CASES)
    for number, rows in enumerate((tables, corrected(tables, seed))):
        taken(session_at(store, at=clock[0]), write_folder(rows, tmp_path / str(number)))
        clock[0] += timedelta(days=1)
    roles = ROLES[:1] if is_shared(store.location) else ROLES
    sessions = [replace(session_at(store, role, BEGUN), clock=lambda: clock[0]) for role in roles]
    told, asking = [Seat(session) for session in sessions], [OwedWork(session) for session in sessions]
    refs = sorted({line.case_ref for line in whole(sessions[0]) if line.case_ref})
    compared = 0
    for number in range(ACTS):
        clock[0] += timedelta(days=rng.choice((0, 0, 0, 1, 1, 6)), minutes=rng.randint(1, 5))
        if number % 4:
            changed = act(store, number, clock[0], seed=seed)
        else:
            record = added(number // 4, rng.choice(refs), clock[0])
            with store.begin(session_at(store, Role.SUPERVISOR, clock[0]).command_context()) as tx:
                tx.add(record)
                changed = tx.only_cases
        for session, seat, work in zip(sessions, told, asking, strict=True):
            full = whole(session)
            assert seat.told(changed) == full, (session.role, number, clock[0], changed)
            assert unnumbered(work) == full, (session.role, number, clock[0])
            compared += 2 * len(full)
        if number % ALIKE_EVERY == 0:
            assert_alike(sessions[number // ALIKE_EVERY % len(sessions)], number // ALIKE_EVERY)
    store.close()
    measured(f"{ACTS} acts on {len(refs)} cases, {compared} lines compared, 0 differed")
