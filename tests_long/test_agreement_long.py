"""Three thousand recorded histories, judged by the rules on both databases and by the second reading."""

from __future__ import annotations

import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from ioms_desktop.storage.database.migrate import create_empty_database
from keys import TEST_KEY, opened
from policy_histories.agreement import compare, fill, questions
from policy_histories.recordings import recorded_histories
from postgres_cluster import start_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from postgres_cluster import Server

BOOKS, CASES, QUESTIONS = 30, 100, 6


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    made = start_server()
    create_empty_database(
        made.create("empty"), allow_unsafe_server=True
    )  # the cluster of tests gives up safety for speed
    yield made
    made.stop()


def test_both_databases_and_the_second_reading_agree_on_every_history(
    server: Server, tmp_path: Path, measured: Callable[[object], None]
) -> None:
    create_empty_database(str(tmp_path / "empty.ioms"), TEST_KEY)
    seen: Counter[str] = Counter()
    differences: list[str] = []
    answers = 0
    for book in range(1, BOOKS + 1):
        local = str(shutil.copy(tmp_path / "empty.ioms", tmp_path / f"{book}.ioms"))
        stores = [opened(local), opened(server.create(f"book{book}", "empty"))]
        histories = recorded_histories(book, CASES)
        for number, store in enumerate(stores):
            fill(store, histories, tmp_path / f"{book}-{number}")
        found = compare(stores, histories, list(questions(book, QUESTIONS)))
        for store in stores:
            store.close()
        server.drop(f"book{book}")
        differences += found.differences
        answers += found.cases
        for (_, state, _), count in found.seen.items():
            seen[state] += count
    measured(f"{BOOKS * CASES} histories, {answers} answers compared, {dict(seen)}, {len(differences)} differences")
    assert differences[:20] == []
    assert {"OPEN", "DECIDED", "WITHDRAWN", "FLAGGED"} <= seen.keys()
