"""The same work by programs of the same kind, where they are installed: Tryton's server, and Gramps.

Neither is installed with this program. Each has an environment of its own: `pip install trytond trytond-party`, and for
Gramps, whose Python needs PyGObject, `pip install gramps orjson`. Then name their Pythons, or one of them:
`IOMS_PEER_TRYTON=.../bin/python IOMS_PEER_GRAMPS=.../bin/python python benchmarks/peers.py --people 10000`.

All use SQLite, one process and no network, and what is saved is on the disk at every commit. What is compared is
processor time: of ours from the call that a screen makes, and of Tryton's from the request that its client sends, each
until the answer is there. The two do each job in turns, with as many people on record, and their medians are compared.
Both check the rights of whoever asks. Ours encrypts the file, keeps former versions and an audit with hashes, checks
each cell, makes names searchable and, before it saves somebody, asks about others of the name who were born that day;
Tryton numbers each party. Gramps keeps a family tree of its user alone: it asks for no rights and puts nothing on
record, where ours puts on record that a case was opened, evaluates the rules and says what is owed. Its report is plain
text, where ours is a tagged PDF with a register. So a ratio says where the two stand, and not that one does the other's
work.
"""

import argparse
import os
import statistics
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count, cycle
from pathlib import Path
from tempfile import TemporaryDirectory

from books import open_book
from contact_floor import open_cases
from floors import Figure, Work
from import_floor import write_file
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.cases.case_lists import first_person_rows
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.intake.people import AddPerson, add_person
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.printing.many_summaries import SummaryTarget, print_summaries
from peer_turns import Peer
from printing_floor import ASKED

ROUNDS, SAVES, WARM = 25, 105, 5
TARGET = 1 / 8
ONE_MORE = Person(
    person_ref="", family_name="Fictional", given_names="One More", date_of_birth=date(1950, 1, 1), postcode="LE1 1ZZ"
)
CASES, CONTACTS = 50, 40
NO_PEER = "Neither Tryton nor Gramps is named: see the first lines of this file."


def lists_and_saves(folder: Path, people: int) -> Iterator[tuple[str, str, int, Work]]:
    """Give what is compared with Tryton: what it is, Tryton's job, how often it is done, and ours."""
    write_file(folder / "people.csv", people)
    session, numbers = open_book(folder / "ours.ioms", 0), count()
    asking = replace(session, confirmed=frozenset())  # as a form does

    def save(born: date) -> None:
        number = next(numbers)
        own = replace(ONE_MORE, date_of_birth=born + timedelta(days=37 * number))
        add_person(asking, AddPerson(request=f"peer {number}", person=own))

    yield f"Import of {people:,} people", "import", 1, lambda: run_import(session, folder / "people.csv")
    yield f"First 200 of {people:,} people by name", "list", ROUNDS, lambda: first_person_rows(session, ListQuery())
    yield "One person saved, born on a day of nobody else", "save", SAVES, lambda: save(date(1950, 1, 1))
    yield "One person saved, born on a day of others", "save", SAVES, lambda: save(date(1970, 1, 1))
    session.store.close()


def looks_and_papers(folder: Path) -> Iterator[tuple[str, str, int, Work]]:
    """Give what is compared with Gramps: opening a case and printing its summary."""
    session, numbers = open_book(folder / "looks.ioms", 2 * CASES, CONTACTS), count()
    refs = cycle(open_cases(2 * CASES))

    def paper() -> None:
        target = SummaryTarget(case_ref=next(refs), paths=(folder / f"{next(numbers)}.pdf",))
        assert all(done.error is None for done in print_summaries(session, [target], processes=0, **ASKED))

    name = f"Opening somebody with {CONTACTS} contacts, or events, not painted"
    yield name, "open", ROUNDS, lambda: open_case(session, next(refs))
    yield "A paper on them (ours a PDF, theirs plain text)", "report", ROUNDS, paper
    session.store.close()


def compare(peer: Peer, name: str, works: Iterable[tuple[str, str, int, Work]], target: float | None) -> None:
    """Do each job in turns with a peer, and print a row for each."""
    for what, job, rounds, work in works:
        pairs = [(_own_seconds(work), peer.take(job)) for _ in range(rounds)]
        warm = WARM if rounds > 1 else 0
        ours, its = (statistics.median(times) for times in zip(*pairs[warm:], strict=True))
        print(Figure(name=f"{what} (CPU time)", floor_name=name, ours=ours, floor=its, target=target).row(), flush=True)


def _own_seconds(work: Work) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


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
            with Peer("peer_tryton.py", tryton, place / "tryton", people) as peer:
                compare(peer, "Tryton", lists_and_saves(place, people), TARGET)
        if gramps is not None:
            with Peer("peer_gramps.py", gramps, place / "gramps", CASES, CONTACTS) as peer:
                compare(peer, "Gramps", looks_and_papers(place), None)


if __name__ == "__main__":
    main()
