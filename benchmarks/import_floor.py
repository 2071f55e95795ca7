"""A file of people through the real import against executemany of the same rows."""

import csv
from contextlib import closing
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from books import MADE, OWN, open_book, person, raw
from floors import Figure, in_turns
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.storage.database.migrate import create_empty_database
from ioms_desktop.storage.records.row_mapping import field_names

ROUNDS = 3
KEY = bytes(range(32))
NAMES = field_names(Person)


def write_file(path: Path, people: int) -> list[tuple[Any, ...]]:
    """Write an exchange file of so many people; gives the same rows for the floor."""
    rows = [tuple(person(n).get(name) for name in NAMES) for n in range(people)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(NAMES)
        writer.writerows(rows)
    return rows


class Ours:
    """The application's import, each time into an empty database made beforehand."""

    def __init__(self, path: Path, empty: list[Path]) -> None:
        """Sign in to every database, which is not part of an import."""
        self.path = path
        self.sessions = [open_book(location, 0) for location in empty]
        self.turn = count()

    def __call__(self) -> None:
        """Import the file into the next database."""
        session = self.sessions[next(self.turn)]
        report = run_import(session, self.path)
        session.store.close()
        assert report.written


class Bare:
    """executemany in one durable transaction, each time into an empty database made beforehand."""

    def __init__(self, rows: list[tuple[Any, ...]], empty: list[Path]) -> None:
        """Make the databases."""
        self.rows, self.empty = rows, empty
        for location in empty:
            create_empty_database(str(location), KEY)
        self.turn = count()

    def __call__(self) -> None:
        """Insert the rows into the next database."""
        columns = (*NAMES, *OWN)
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO people ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - ours
        with closing(raw(self.empty[next(self.turn)], KEY)) as db:
            db.execute("PRAGMA synchronous=FULL")
            db.executemany(statement, ((*row, *MADE) for row in self.rows))
            db.commit()


def measure(people: int, rounds: int = ROUNDS) -> list[Figure]:
    """Measure the import of so many people, a database for every round."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        rows = write_file(place / "people.csv", people)
        ours = Ours(place / "people.csv", [place / f"ours{n}.ioms" for n in range(rounds)])
        bare = Bare(rows, [place / f"bare{n}.ioms" for n in range(rounds)])
        took, floor = in_turns([ours, bare], rounds, warm=0)
        assert {held(session.store.location, session.store.key) for session in ours.sessions} == {people}
        assert {held(path, KEY) for path in bare.empty} == {people}
    name = f"Import of {people:,} people, checked, searchable, in one transaction"
    return [Figure(name=name, floor_name="executemany of the same rows", ours=took, floor=floor, target=None)]


def held(location: str | Path, key: bytes | None) -> int:
    """Count the people of a database."""
    with closing(raw(location, key)) as db:
        number: int = db.execute("SELECT count(*) FROM people").fetchone()[0]
    return number
