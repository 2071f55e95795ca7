"""People who save the same records at once do not overwrite each other; the naive way would."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from keys import opened
from proof.books import Book, new_book
from proof.many_writers import in_processes, on_a_server

WRITERS, PROGRAMS, ROUNDS, RECORDS = 10, 4, 6, 2


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return new_book(tmp_path_factory.mktemp("many") / "book")


@pytest.fixture
def shared(postgres_database: Callable[..., str], request: pytest.FixtureRequest) -> str:
    return postgres_database(request.getfixturevalue("_shared_template"))


def test_workstations_on_a_server_lose_nothing(shared: str) -> None:
    report = on_a_server(partial(opened, shared), writers=WRITERS, rounds=ROUNDS, records=RECORDS)
    assert (report.raised, report.saved, report.lost) == ([], WRITERS * ROUNDS, 0)
    assert report.versions == report.saved
    assert report.again > 0, "they did meet"


def test_naive_workstations_on_a_server_would_lose_some(shared: str) -> None:
    report = on_a_server(partial(opened, shared), writers=WRITERS, rounds=ROUNDS, records=RECORDS, naive=True)
    assert (report.raised, report.saved) == ([], WRITERS * ROUNDS)
    assert report.lost > 0


def test_programs_on_one_file_lose_nothing(made: Book, tmp_path: Path) -> None:
    book = made.copied(tmp_path / "book")
    report = in_processes(book, writers=PROGRAMS, rounds=ROUNDS, records=RECORDS)
    assert (report.raised, report.saved, report.lost) == ([], PROGRAMS * ROUNDS, 0)
    assert report.versions == report.saved


def test_naive_programs_on_one_file_would_lose_some(made: Book, tmp_path: Path) -> None:
    book = made.copied(tmp_path / "book")
    report = in_processes(book, writers=PROGRAMS, rounds=4 * ROUNDS, records=1, naive=True)
    assert report.saved == PROGRAMS * 4 * ROUNDS
    assert report.lost > 0
