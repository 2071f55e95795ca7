"""The same work by programs of the same kind, where they are installed: Tryton's server, and Gramps.

Neither is installed with this program. Each has an environment of its own: `pip install trytond trytond-party`, and for
Gramps, whose Python needs PyGObject, `pip install gramps orjson`. Then name their Pythons, or one of them:
`IOMS_PEER_TRYTON=.../bin/python IOMS_PEER_GRAMPS=.../bin/python python benchmarks/peers.py --people 10000`.

All use SQLite, one process and no network, and what is compared is processor time: of ours from the call that a screen
makes, and of Tryton's from the request that its client sends, each until the answer is there. Both check the rights of
whoever asks. Ours encrypts the file, keeps former versions and an audit with hashes, checks each cell, makes names
searchable and, before it saves somebody, asks about others of the name who were born that day; Tryton numbers each
party. Gramps keeps a family tree of its user alone: it asks for no rights and puts nothing on record, where ours puts
on record that a case was opened, evaluates the rules and says what is owed. Its report is plain text, where ours is a
tagged PDF with a register. So a ratio says where the two stand, and not that one does the other's work.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from itertools import count, cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from books import open_book
from contact_floor import open_cases
from floors import Figure
from import_floor import write_file
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.cases.case_lists import first_person_rows
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.intake.people import AddPerson, add_person
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.printing.many_summaries import SummaryTarget, print_summaries
from printing_floor import ASKED

ROUNDS, TARGET = 9, 1 / 8
ONE_MORE = Person(
    person_ref="", family_name="Fictional", given_names="One More", date_of_birth=date(1950, 1, 1), postcode="LE1 1ZZ"
)
CASES, CONTACTS = 50, 40
NO_PEER = "Neither Tryton nor Gramps is named: see the first lines of this file."
Works = Mapping[str, tuple[Callable[[], object], int]]
"""What is done, by its name, and how often."""


def lists_and_saves(folder: Path, people: int) -> dict[str, float]:
    """Return the seconds of processor time of our import, list and save."""
    write_file(folder / "people.csv", people)
    session, numbers = open_book(folder / "ours.ioms", 0), count()
    asking = replace(session, confirmed=frozenset())  # as a form does

    def save() -> None:
        number = next(numbers)
        born = date(1950, 1, 1) + timedelta(days=400 * number)
        add_person(asking, AddPerson(request=f"peer {number}", person=replace(ONE_MORE, date_of_birth=born)))

    taken = _taken(
        {
            f"Import of {people:,} people": (lambda: run_import(session, folder / "people.csv"), 1),
            f"First 200 of {people:,} people by name": (lambda: first_person_rows(session, ListQuery()), ROUNDS),
            "One person saved": (save, ROUNDS),
        }
    )
    session.store.close()
    return taken


def looks_and_papers(folder: Path) -> dict[str, float]:
    """Return those of opening a case and of printing its summary."""
    session = open_book(folder / "looks.ioms", 2 * CASES, CONTACTS)
    refs = cycle(open_cases(2 * CASES))

    def look() -> None:
        open_case(session, next(refs))

    def paper() -> None:
        target = SummaryTarget(case_ref=next(refs), paths=(folder / f"{next(numbers)}.pdf",))
        assert all(done.error is None for done in print_summaries(session, [target], processes=0, **ASKED))

    numbers = count()
    works: Works = {
        f"Opening somebody with {CONTACTS} contacts, or events, not painted": (look, 3 * ROUNDS),
        "A paper on them (ours a PDF, theirs plain text)": (paper, 3 * ROUNDS),
    }
    taken = _taken(works)
    session.store.close()
    return taken


def _taken(works: Works) -> dict[str, float]:
    taken = {}
    for name, (work, rounds) in works.items():
        times = []
        for _ in range(rounds):
            begun = time.process_time()
            work()
            times.append(time.process_time() - begun)
        taken[name] = statistics.median(times)
    return taken


def theirs(script: str, python: str, *given: object) -> list[float]:
    """Return those of a peer, in the same order."""
    done = subprocess.run(  # noqa: S603 - the Python that was named
        [python, str(Path(__file__).with_name(script)), *map(str, given)],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return list(json.loads(done.stdout.splitlines()[-1]).values())


def main() -> None:
    """Measure as the command line says."""
    parser = argparse.ArgumentParser(description="The same work by programs of the same kind.")
    parser.add_argument("--people", type=int, default=100_000)
    people = parser.parse_args().people
    tryton, gramps = (os.environ.get(f"IOMS_PEER_{name}") for name in ("TRYTON", "GRAMPS"))
    if tryton is None and gramps is None:
        sys.exit(NO_PEER)
    with TemporaryDirectory() as folder:
        place = Path(folder)
        for name in ("tryton", "gramps"):
            (place / name).mkdir()
        if tryton is not None:
            other = theirs("peer_tryton.py", tryton, place / "tryton", people)
            _print("Tryton", lists_and_saves(place, people), other, TARGET)
        if gramps is not None:
            other = theirs("peer_gramps.py", gramps, place / "gramps", CASES, CONTACTS)
            _print("Gramps", looks_and_papers(place), other, None)


def _print(peer: str, mine: Mapping[str, float], other: Iterable[float], target: float | None) -> None:
    for (name, own), its in zip(mine.items(), other, strict=True):
        print(Figure(name=f"{name} (CPU time)", floor_name=peer, ours=own, floor=its, target=target).row(), flush=True)


if __name__ == "__main__":
    main()
