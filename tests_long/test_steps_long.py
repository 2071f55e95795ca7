"""Every pair of statuses by every role through the services, on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ioms_desktop.domain.access.roles import Right, roles_with
from ioms_desktop.storage.database.migrate import create_empty_database
from keys import TEST_KEY
from postgres_cluster import Cluster
from services.access_bureau import Bureau, furnish_file, open_bureau
from shared_people import furnish
from status_cases import every_pair, wrong_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(params=["sqlite", "postgres"])
def bureau(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bureau]:
    """Return a database with people of every role, and end its server after the test."""
    if request.param == "sqlite":
        path = str(tmp_path / "steps.ioms")
        create_empty_database(path, TEST_KEY)
        furnish_file(path)
        with open_bureau(path) as made:
            yield made
        return
    cluster = Cluster.start(in_memory=True)
    shared = cluster.create("steps")
    create_empty_database(shared, allow_unsafe_server=True)
    furnish(shared).close()
    with open_bureau(shared) as made:
        yield made
    cluster.stop()


def test_every_step_goes_by_the_table(bureau: Bureau, measured: Callable[[object], None]) -> None:
    pairs = list(every_pair())
    wrong = {role: found for role in roles_with(Right.INTAKE) if (found := wrong_steps(bureau, role, pairs))}
    measured(f"{len(pairs)} pairs by {len(roles_with(Right.INTAKE))} roles, {sum(map(len, wrong.values()))} otherwise")
    assert wrong == {}
