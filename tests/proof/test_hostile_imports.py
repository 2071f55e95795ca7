"""A file made to fill the memory is refused by its rows; the whole size is tried by the long tests."""

from pathlib import Path

import pytest

from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.services.exchange import import_report
from ioms_desktop.services.exchange.import_report import FileReport, RowOutcome
from proof.books import Book, new_book
from proof.hostile_imports import MEMORY_LIMIT, SHAPES, import_apart, write_shape

SMALL_SIZE = 1_000_000


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return new_book(tmp_path_factory.mktemp("hostile") / "book")


@pytest.mark.posix("tells how much memory a process took")
@pytest.mark.parametrize("shape", [*SHAPES][:1])
def test_an_import_in_a_hostile_shape_writes_nothing(shape: str, book: Book, tmp_path: Path) -> None:
    path = write_shape(tmp_path / "people.csv", shape, SMALL_SIZE)
    found = import_apart(book, path, tmp_path / "said")
    assert found.status == 1, found.said
    assert "Nothing was written" in found.said
    assert found.peak < MEMORY_LIMIT


def test_of_a_file_wrong_throughout_some_rows_are_listed_and_all_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_report, "MAX_LISTED_ROWS", 10)
    report = FileReport(file="people.csv", table="people", format_label="", header_line=1)
    report.lines.extend(range(2, 102))
    report.outcomes.extend(bytes(100))
    for place in range(100):
        report.warn(place, Finding("phone", "1", "odd"))
        report.reject(place, Finding("sex", "2", "wrong"))
        report.reject(place, Finding("crn", "3", "wrong too"))
    assert report.count(RowOutcome.REJECTED) == 100
    listed = [problem.reason for problem in report.rejects()]
    assert len(listed) == 21
    assert listed[-1] == "90 more rows are rejected and not listed. Correct those listed here first."
    assert report.unlisted_warnings == 90
