"""What every test may ask for."""

from __future__ import annotations

import os
from itertools import count
from typing import TYPE_CHECKING

import pytest

# Before anything imports Qt: without a display Qt ends the process instead of raising.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from postgres_cluster import Server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Give a PostgreSQL server of this worker's own; fails, rather than skips, where there is none."""
    from postgres_cluster import start_server  # noqa: PLC0415  slow to import: only some tests need it

    server = start_server()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _postgres_numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def postgres_database(postgres_server: Server, _postgres_numbers: Iterator[int]) -> Iterator[Callable[..., str]]:
    """Make databases that live as long as the test: `postgres_database(template=None) -> url`.

    The template is the name of a database made before with `postgres_server.create(name)`.
    """
    made: list[str] = []

    def make(template: str | None = None) -> str:
        name = str(next(_postgres_numbers))
        url = postgres_server.create(name, template)
        made.append(name)
        return url

    yield make
    for name in made:
        postgres_server.drop(name)
