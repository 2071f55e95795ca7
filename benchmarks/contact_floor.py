"""Recording a contact, with its rights, history, audit and triggers, against the bare durable insert of its row."""

import itertools
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from books import ON, open_book, raw
from floors import Figure, in_turns
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.session import Outcome, Session

ROUNDS = 150
CASES = 2_000
CONTACTS = 40
WARM = 10
COLUMNS = (
    *("contact_ref", "case_ref", "occurred_at", "planned", "contact_type", "outcome", "worker", "direction"),
    *("revision", "recorded_at", "recorded_by"),
)


class Ours:
    """The application's own act, each time on the next case."""

    def __init__(self, session: Session, refs: Iterable[str]) -> None:
        """Take the session and the cases to record contacts on, one after the other."""
        self.session = session
        self.refs = itertools.cycle(refs)
        self.done = itertools.count()

    def __call__(self) -> str:
        """Record one missed contact; gives its reference."""
        return self.record().ref

    def record(self) -> Outcome:
        """Record one missed contact; gives what the act changed."""
        entry = RecordContact(
            request=f"{self.session.user} {next(self.done)}",
            entries=(ContactEntry(case_ref=next(self.refs), outcome="FAILED_TO_ATTEND"),),
            occurred_at=DayTime(ON),
            planned=True,
            contact_type="OFFICE",
        )
        return record_contact(self.session, entry)


def open_cases(cases: int) -> list[str]:
    """Return the references of the cases of a book of so many that have not closed."""
    return [f"C{n:07}" for n in range(cases) if n % 5 != 4]


class Bare:
    """One insert and one durable commit, on the same kind of file and each time on the next case, as ours."""

    def __init__(self, db: Any, refs: Iterable[str]) -> None:  # noqa: ANN401 - the driver's own connection
        """Prepare the connection as a durable one, and take the cases."""
        self.db, self.refs = db, itertools.cycle(refs)
        db.isolation_level = None
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        db.execute("PRAGMA foreign_keys=ON")
        self.done = itertools.count()
        self.statement = f"INSERT INTO contacts ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - ours

    def __call__(self) -> str:
        """Insert one contact; gives its reference."""
        ref = f"BARE{next(self.done)}"
        made = (1, "2026-11-23 12:00:00.000000", "ADEYEMI")
        row = (ref, next(self.refs), ON.isoformat(), 1, "OFFICE", "FAILED_TO_ATTEND", "ADEYEMI", "OURS", *made)
        self.db.execute("BEGIN IMMEDIATE")
        self.db.execute(self.statement, row)
        self.db.execute("COMMIT")
        return ref


def measure(_size: int, cases: int = CASES, contacts: int = CONTACTS, rounds: int = ROUNDS) -> list[Figure]:
    """Measure one contact at a time on cases of so many contacts; the size of the book matters little."""
    with TemporaryDirectory() as folder:
        session = open_book(Path(folder) / "ours.ioms", cases, contacts)
        floor_session = open_book(Path(folder) / "bare.ioms", cases, contacts)
        floor_session.store.close()
        try:
            with closing(raw(floor_session.store.location, floor_session.store.key)) as db:
                refs = open_cases(cases)
                ours, floor = in_turns([Ours(session, refs), Bare(db, refs)], rounds, WARM)
        finally:
            session.store.close()
    name = f"Recording a contact on a case of {contacts}, with rights, audit and alerts"
    return [Figure(name=name, floor_name="the bare durable insert", ours=ours, floor=floor, target=4)]
