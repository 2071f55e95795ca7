"""A file of 40 MB that opens a quotation mark and never closes it, against a bare pass over its lines."""

import csv
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from books import open_book
from floors import Figure, in_turns
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.session import Session

FULL_PEOPLE, FULL_BYTES = 100_000, 40_000_000
ROUNDS = 3
HEADER = "person_ref,family_name,given_names,date_of_birth,address\n"
OPENED = 'P,Open,Quote,2001-03-14,"1 Test Street\n'


def write_file(path: Path, size: int) -> int:
    """Write a file of so many bytes whose first row opens a quotation mark; gives the number of rows after it."""
    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        written = file.write(HEADER) + file.write(OPENED)
        while written < size:
            written += file.write(f"P{rows:07},Harker,Callum,2001-03-14,{rows} Test Street in a town of that name\n")
            rows += 1
    return rows


class Ours:
    """The application's import, which refuses the row and writes nothing."""

    def __init__(self, session: Session, path: Path) -> None:
        """Name the file."""
        self.session, self.path = session, path
        self.rows = 0

    def __call__(self) -> None:
        """Import it."""
        report = run_import(self.session, self.path)
        assert not report.written
        assert [problem.line for problem in report.rejects()] == [2]
        self.rows = report.files[0].read


class Bare:
    """The lines of the file, each read as one row, with nothing checked and nothing kept."""

    def __init__(self, path: Path) -> None:
        """Name the file."""
        self.path = path
        self.rows = 0

    def __call__(self) -> None:
        """Read it."""
        with self.path.open(encoding="utf-8", newline="") as file:
            self.rows = sum(1 for _ in csv.reader(file, quoting=csv.QUOTE_NONE))


def measure(people: int, rounds: int = ROUNDS) -> list[Figure]:
    """Measure a file of 40 MB, or of as much less as fewer people than 100,000 are asked for."""
    size = FULL_BYTES * people // FULL_PEOPLE
    with TemporaryDirectory() as folder:
        place = Path(folder)
        rows = write_file(place / "people.csv", size)
        session = open_book(place / "book.ioms", 0)
        with closing(session.store):
            ours, bare = Ours(session, place / "people.csv"), Bare(place / "people.csv")
            took, floor = in_turns([ours, bare], rounds, warm=0)
        assert ours.rows == rows + 1 == bare.rows - 1
    name = f"Import of {size // 1_000_000} MB with a quotation mark that is never closed, refused"
    return [Figure(name=name, floor_name="csv over its lines, nothing checked", ours=took, floor=floor, target=None)]
