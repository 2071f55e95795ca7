"""Many users save the same few records at once, each based on what they read some moments before.

Each reads a record, adds one to the value, and saves it with the revision read, as a form does; if somebody else was
quicker, they read again. The naive writer, which is the control, saves without comparing revisions.
"""

import json
import multiprocessing
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import update
from typing_extensions import override

from ioms_desktop.domain.access.roles import Right, Role
from ioms_desktop.domain.errors import Refused, Stale
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.commands import run_command, save_record
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext, Transaction
from proof.books import NOW, Book
from sessions import PEOPLE, Clock, session_of

ACT = CommandContext(request="", user="holt", role=Role.COORDINATOR, at=NOW, workstation="session 0")
LONGEST_WAIT_S = 60
"""For the others to have begun; a test that waits longer has failed."""


@dataclass
class WritersReport:
    """The results.

    Attributes:
        writers: The number of users.
        saved: The number of saves reported as done.
        counted: The sum of the records' values afterwards.
        versions: The number of their previous versions.
        again: The number of saves refused because somebody else had saved first.
        raised: Other exceptions.
    """

    writers: int
    saved: int = 0
    counted: int = 0
    versions: int = 0
    again: int = 0
    raised: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        """Saves that another user's save overwrote."""
        return self.saved - self.counted

    @override
    def __str__(self) -> str:
        """Format the results in a line."""
        return (
            f"{self.writers} writers, {self.saved} saved, {self.lost} lost, {self.again} told that another was quicker"
        )


def set_out(store: Store, records: int) -> None:
    """Add the records that the users count up."""
    with store.begin(ACT) as tx:
        for each in range(records):
            tx.add(replace(PEOPLE[0], person_ref=f"COUNT-{each}", gender_identity="0"))


def one_more(session: Session, ref: str, request: str) -> int:
    """Add one to a record; give how often somebody else was quicker."""
    again = 0
    while True:
        with session.store.read() as reading:
            person = reading.get(Person, ref)

        def do(tx: Transaction, read: Person = person) -> Outcome:
            save_record(tx, replace(read, gender_identity=str(int(read.gender_identity or 0) + 1)))
            return Outcome(notice="Saved.")

        try:
            run_command(session, "count", Right.RECORD_ENGAGEMENT, request, do)
        except Stale:
            again += 1
        else:
            return again


def naively_one_more(session: Session, ref: str, meet: Callable[[], object]) -> None:
    """Read, meet the others, add one and write without comparing the revision, which is only incremented."""
    table = tables.people
    with session.store.read() as reading:
        known = int(reading.get(Person, ref).gender_identity or 0)
    meet()
    with session.store.begin(ACT) as tx:
        newer = {"gender_identity": str(known + 1), "revision": table.c.revision + 1}
        tx.connection.execute(update(table).where(table.c.person_ref == ref).values(newer))


def write(
    session: Session, writer: int, rounds: int, records: int, meet: Callable[[], object], *, naive: bool = False
) -> int:
    """Do one user's share of the saves; return how often somebody else was quicker.

    All begin together; the naive ones once they have read, so that they lose some on any machine.
    """
    refs = [f"COUNT-{(writer + each) % records}" for each in range(rounds)]
    if naive:
        for each, ref in enumerate(refs):
            naively_one_more(session, ref, meet if each == 0 else lambda: None)
        return 0
    meet()
    return sum(one_more(session, ref, f"count-{writer}-{each}") for each, ref in enumerate(refs))


def count(store: Store, report: WritersReport) -> WritersReport:
    """Add up what is there."""
    with store.read() as reading:
        people = [person for person in reading.list_records(Person) if person.person_ref.startswith("COUNT-")]
        report.counted = sum(int(person.gender_identity or 0) for person in people)
        report.versions = sum(
            len(reading.list_former_versions(Person, person_ref=person.person_ref)) for person in people
        )
    return report


def on_a_server(
    open_one: Callable[[], Store], *, writers: int, rounds: int, records: int, naive: bool = False
) -> WritersReport:
    """Let many workstations write, each over a connection of its own."""
    report = WritersReport(writers)
    stores = [open_one() for _ in range(writers)]
    set_out(stores[0], records)
    gate, lock = threading.Barrier(writers), threading.Lock()

    def work(writer: int) -> None:
        session = session_of(stores[writer], f"writer {writer}", Role.SUPERVISOR, Clock())
        try:
            again = write(session, writer, rounds, records, gate.wait, naive=naive)
        except Exception as error:  # noqa: BLE001 - handed to the test
            report.raised.append(repr(error))
            return
        with lock:
            report.again += again
            report.saved += rounds

    threads = [threading.Thread(target=work, args=(writer,)) for writer in range(writers)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    count(stores[0], report)
    for store in stores:
        store.close()
    return report


def in_processes(book: Book, *, writers: int, rounds: int, records: int, naive: bool = False) -> WritersReport:
    """Let several programs write one local file."""
    session = book.session()
    set_out(session.store, records)
    asked = json.dumps({"folder": str(book.folder), "rounds": rounds, "records": records, "naive": naive})
    done = subprocess.run(
        [sys.executable, "-m", "proof.many_writers", str(writers), asked],
        check=True,
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[1],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    report = WritersReport(writers)
    for line in done.stdout.splitlines():
        told = json.loads(line)
        report.saved += told["saved"]
        report.again += told["again"]
        report.raised += told["raised"]
    count(session.store, report)
    session.store.close()
    return report


def _one_of_many(
    writer: int, meet: Callable[[], object], folder: str, rounds: int, records: int, *, naive: bool
) -> None:
    """Be one of the programs: its own connection, its own sign-in."""
    told: dict[str, object] = {"saved": 0, "again": 0, "raised": []}
    try:
        session = Book(Path(folder)).session()
        told["again"] = write(session, writer, rounds, records, meet, naive=naive)
        told["saved"] = rounds
    except Refused as refused:
        told["raised"] = [refused.sentence]
    except Exception as error:  # noqa: BLE001 - handed to the test
        told["raised"] = [repr(error)]
    os.write(sys.stdout.fileno(), (json.dumps(told) + "\n").encode())


def _main(arguments: Sequence[str]) -> None:
    """Fork the programs, after everything is imported once, and wait for them."""
    started, writers = [], int(arguments[0])
    gate = multiprocessing.Barrier(writers, timeout=LONGEST_WAIT_S)
    for writer in range(writers):
        child = os.fork()
        if child == 0:
            _one_of_many(writer, gate.wait, **json.loads(arguments[1]))
            os._exit(0)
        started.append(child)
    for child in started:
        os.waitpid(child, 0)


if __name__ == "__main__":
    _main(sys.argv[1:])
