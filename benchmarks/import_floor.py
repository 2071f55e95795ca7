"""A file of people and one of contacts through the real import, against executemany of every row that it leaves.

The floor has those rows ready: records, the entries that they bring of dated sets, search words, audit entries with
their hashes. It writes them into a file with the same tables and indexes, without triggers, in one durable transaction.
What the import does besides (reading the file, checking it, making words and hashes) is ours. Taken in processor time.
"""

import csv
import statistics
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from typing import Any

from books import AT, OFFICER, PASSWORD, contact_rows, open_book, person, raw
from floors import Figure
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage.records.row_mapping import field_names
from ioms_desktop.storage.sqlite.engine import CONNECTION_PRAGMAS

ROUNDS = 3
TARGET = 3.0
CONTACTS_EACH = 20
CONTACTS_A_PERSON = 10
"""So many contacts are imported for each of the people: a million beside 100,000."""
ROWS_AT_ONCE = 20_000
LEFT: Mapping[type[Record], tuple[str, ...]] = {
    Person: ("people", "addresses", "search_key", "audit"),
    Contact: ("contacts", "audit"),
}
"""The tables in which an import of a type leaves rows."""
ASKED = {
    "audit": "SELECT * FROM audit WHERE object_type IN ('people', 'addresses', 'contacts')",
    "search_key": "SELECT * FROM search_key ORDER BY word, person_ref",
}
"""How the rows of a table are read that are not all an import's, or better written in another order."""


def write_file(path: Path, people: int) -> None:
    """Write an exchange file of so many people."""
    _write(path, Person, map(person, range(people)))


def write_contacts(path: Path, contacts: int) -> None:
    """Write an exchange file of so many contacts."""
    _write(path, Contact, contact_rows(contacts // CONTACTS_EACH, CONTACTS_EACH))


def _write(path: Path, record_type: type[Record], rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, field_names(record_type))
        writer.writeheader()
        writer.writerows(rows)


def ours(path: Path, book: Path) -> tuple[float, bytes]:
    """Import a file into a book; returns the seconds that it took, and the book's key."""
    session = sign_in(str(book), OFFICER, PASSWORD, clock=lambda: AT, workstation="benchmark")
    start = time.process_time()
    report = run_import(session, path)
    took = time.process_time() - start
    session.store.close()
    assert report.written, next(report.rejects())
    assert session.store.key is not None
    return took, session.store.key


def bare(imported: Path, key: bytes, book: Path, tables: Iterable[str]) -> float:
    """Write by executemany what an import left into another copy of its book; returns the seconds that writing took."""
    with closing(raw(imported, key)) as source, closing(raw(book, key)) as db:
        db.isolation_level = None
        for pragma in CONNECTION_PRAGMAS:
            db.execute(pragma)
        db.execute("BEGIN IMMEDIATE")
        for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f'DROP TRIGGER "{trigger}"')
        took = 0.0
        for table in tables:
            found = source.execute(ASKED.get(table, f"SELECT * FROM {table}"))  # noqa: S608 - ours
            statement = f"INSERT INTO {table} VALUES ({', '.join('?' * len(found.description))})"  # noqa: S608 - ours
            for rows in _portions(found):
                start = time.process_time()
                db.executemany(statement, rows)
                took += time.process_time() - start
        start = time.process_time()
        db.execute("COMMIT")
        return took + time.process_time() - start


def _portions(found: Any) -> Iterator[list[tuple[Any, ...]]]:  # noqa: ANN401 - the driver's own cursor
    while rows := found.fetchmany(ROWS_AT_ONCE):
        yield rows


def measure(people: int, rounds: int = ROUNDS) -> list[Figure]:
    """Measure the import of so many people, and of ten times as many contacts."""
    contacts = max(people * CONTACTS_A_PERSON, CONTACTS_EACH)
    with TemporaryDirectory() as folder:
        place = Path(folder)
        write_file(place / "people.csv", people)
        write_contacts(place / "contacts.csv", contacts)
        return [
            _figure(f"{people:,} people, searchable", *_in_turns(place, Person, 0, rounds)),
            _figure(f"{contacts:,} contacts", *_in_turns(place, Contact, contacts // CONTACTS_EACH, rounds)),
        ]


def _figure(what: str, own: float, floor: float) -> Figure:
    name = f"Import of {what}, checked, in one transaction (CPU time)"
    return Figure(name=name, floor_name="executemany of every row that it leaves", ours=own, floor=floor, target=TARGET)


def _in_turns(place: Path, record_type: type[Record], cases: int, rounds: int) -> tuple[float, float]:
    """Return the median seconds of ours and of the floor, each time with a copy of a book of so many cases."""
    before = place / f"{record_type.table}.ioms"
    open_book(before, cases, 0).store.close()
    taken = []
    for number in range(rounds):
        imported, other = (place / f"{record_type.table}{number}{which}.ioms" for which in "ab")
        copy_book(before, imported)
        copy_book(before, other)
        own, key = ours(place / f"{record_type.table}.csv", imported)
        taken.append((own, bare(imported, key, other, LEFT[record_type])))
        for path in place.glob(f"{record_type.table}{number}*"):
            path.unlink()
    imports, floors = zip(*taken, strict=True)
    return statistics.median(imports), statistics.median(floors)


def copy_book(book: Path, to: Path) -> None:
    """Copy a book that nobody has open, with its keys."""
    for path in book.parent.glob(f"{book.name}*"):
        copy(path, to.parent / path.name.replace(book.name, to.name))
