"""The same work by programs of the same kind, where they are installed: Tryton's server for a list, a save, an import.

Tryton is not installed with this program. In an environment apart, `pip install trytond trytond-party`; then name its
Python: `IOMS_PEER_PYTHON=.../bin/python python benchmarks/peers.py --people 10000`. Both use SQLite, one process and no
network, and what is compared is processor time: of ours from the call that a screen makes, and of Tryton's from the
request that its client sends, each until the answer is there. Both check the rights of whoever asks. Ours encrypts the
file, keeps former versions and an audit with hashes, checks each cell, makes names searchable and, before it saves
somebody, asks about others of the name who were born that day. Tryton numbers each party. So the ratio says where the
two stand, and not that one does the other's work.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from books import open_book
from floors import Figure
from import_floor import write_file
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.cases.case_lists import first_person_rows
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.intake.people import AddPerson, add_person
from ioms_desktop.services.list_query import ListQuery

if TYPE_CHECKING:
    from collections.abc import Callable

PEER, ROUNDS, TARGET = "IOMS_PEER_PYTHON", 9, 1 / 8
ONE_MORE = Person(
    person_ref="", family_name="Fictional", given_names="One More", date_of_birth=date(1950, 1, 1), postcode="LE1 1ZZ"
)
NO_PEER = f"Tryton is not installed here: name the Python that has it in {PEER} (see the first lines of this file)."


def ours(folder: Path, people: int) -> dict[str, float]:
    """Return the seconds of processor time of our import, list and save."""
    write_file(folder / "people.csv", people)
    session, numbers = open_book(folder / "ours.ioms", 0), count()
    asking = replace(session, confirmed=frozenset())  # as a form does

    def save() -> None:
        number = next(numbers)
        born = date(1950, 1, 1) + timedelta(days=400 * number)
        person = replace(ONE_MORE, date_of_birth=born)
        add_person(asking, AddPerson(request=f"peer {number}", person=person))

    works: dict[str, tuple[Callable[[], object], int]] = {
        "import": (lambda: run_import(session, folder / "people.csv"), 1),
        "list": (lambda: first_person_rows(session, ListQuery()), ROUNDS),
        "save": (save, ROUNDS),
    }
    taken = {}
    for name, (work, rounds) in works.items():
        times = []
        for _ in range(rounds):
            begun = time.process_time()
            work()
            times.append(time.process_time() - begun)
        taken[name] = statistics.median(times)
    session.store.close()
    return taken


def theirs(folder: Path, people: int, python: str) -> dict[str, float]:
    """Return those of Tryton."""
    done = subprocess.run(  # noqa: S603 - the Python that was named
        [python, str(Path(__file__).with_name("peer_tryton.py")), str(folder), str(people)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    taken: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return taken


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description="The same work by programs of the same kind.")
    parser.add_argument("--people", type=int, default=100_000)
    people, python = parser.parse_args().people, os.environ.get(PEER)
    if python is None:
        sys.exit(NO_PEER)
    with TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "tryton").mkdir()
        mine, other = ours(place, people), theirs(place / "tryton", people, python)
    names = {
        "import": f"Import of {people:,} people",
        "list": f"First 200 of {people:,} people by name",
        "save": "One person saved",
    }
    for work, name in names.items():
        figure = Figure(
            name=f"{name} (CPU time)", floor_name="Tryton", ours=mine[work], floor=other[work], target=1 / 8
        )
        print(figure.row())


if __name__ == "__main__":
    main()
