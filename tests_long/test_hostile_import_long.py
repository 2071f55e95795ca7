"""Forty megabytes made to fill the memory, in every shape we thought of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from proof.books import Book, new_book
from proof.hostile_imports import (
    FULL_SIZE,
    MEMORY_LIMIT,
    RIGHT_ROWS,
    SHAPES,
    hold_apart,
    import_apart,
    write_people_with_entries,
    write_shape,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return new_book(tmp_path_factory.mktemp("hostile") / "book")


@pytest.mark.parametrize("shape", SHAPES)
def test_an_import_is_refused_within_its_memory_in_the_shape_of(
    shape: str, book: Book, tmp_path: Path, measured: Callable[[object], None]
) -> None:
    path = write_shape(tmp_path / "people.csv", shape, FULL_SIZE)
    found = import_apart(book, path, tmp_path / "said")
    measured(f"{found.peak >> 20} MiB")
    assert found.status == 1, found.said
    assert "Nothing was written" in found.said
    assert found.peak < MEMORY_LIMIT


def test_an_import_of_right_rows_is_written_within_its_memory(
    book: Book, tmp_path: Path, measured: Callable[[object], None]
) -> None:
    path = write_shape(tmp_path / "people.csv", RIGHT_ROWS, FULL_SIZE // 2)
    found = import_apart(book, path, tmp_path / "said")
    measured(f"{found.peak >> 20} MiB")
    assert found.status == 0, found.said
    assert found.peak < MEMORY_LIMIT


def test_an_import_of_people_with_their_entries_is_written_within_its_memory(
    book: Book, tmp_path: Path, measured: Callable[[object], None]
) -> None:
    found = import_apart(book, write_people_with_entries(tmp_path / "folder", 100_000), tmp_path / "said")
    measured(f"{found.peak >> 20} MiB")
    assert found.status == 0, found.said
    assert found.peak < MEMORY_LIMIT


def test_the_control_that_holds_every_row_takes_more(tmp_path: Path, measured: Callable[[object], None]) -> None:
    path = write_shape(tmp_path / "people.csv", "nothing but wrong rows", FULL_SIZE)
    found = hold_apart(path, tmp_path / "said")
    measured(f"{found.peak >> 20} MiB")
    assert (found.status, found.peak > MEMORY_LIMIT) == (0, True), found.said
