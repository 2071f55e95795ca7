"""A local database file as in real use: created by the real services, opened by password, copied as a whole."""

import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zlib import crc32

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.services.accounts.users import add_user
from ioms_desktop.services.database.database_admin import create_database
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from sessions import CASES as FICTIONAL
from sessions import TODAY, fill, session_of

ADMIN, SUPERVISOR = "root holt", "wright"
PASSWORD = "seven pale herons wade at dusk"
NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)
CASES = 40
"""Cases over which the contacts are spread: evaluating a case with thousands would slow down every further one."""


@dataclass(frozen=True, slots=True)
class Book:
    """A local database file and the files that belong to it, in a folder of its own."""

    folder: Path

    @property
    def location(self) -> str:
        """Where the database is."""
        return str(self.folder / "cases.ioms")

    def copied(self, folder: Path) -> "Book":
        """Copy the closed database file with the files that belong to it."""
        shutil.copytree(self.folder, folder)
        return Book(folder)

    def session(self, user: str = SUPERVISOR) -> Session:
        """Sign a user in."""
        return sign_in(self.location, user, PASSWORD, clock=lambda: NOW, workstation="session 1")

    def session_by_key(self, key: bytes | None, user: str = SUPERVISOR) -> Session:
        """Return a session opened with the file's key, for tests in which a password would only take time."""
        role = Role.ADMINISTRATOR if user == ADMIN else Role.SUPERVISOR
        return session_of(open_store(self.location, key), user, role, lambda: NOW)


def new_book(folder: Path) -> Book:
    """Create a database file with an administrator, a supervisor and a few fictional cases."""
    folder.mkdir(parents=True)
    book = Book(folder)
    create_database(book.location, ADMIN, PASSWORD, clock=lambda: NOW)
    session = book.session(ADMIN)
    try:
        add_user(session, SUPERVISOR, Role.SUPERVISOR, PASSWORD)
        fill_widely(session.store)
    finally:
        session.store.close()
    return book


def fill_widely(store: Store) -> None:
    """Add the fictional people, and enough cases for thousands of contacts."""
    fill(store)
    act = CommandContext(request="", user="holt", role=Role.COORDINATOR, at=NOW, workstation="session 0")
    with store.begin(act) as tx:
        for each in range(CASES):
            tx.add(replace(FICTIONAL[0], case_ref=f"WIDE-{each}"))


def contact(request: str) -> RecordContact:
    """Write a contact whose note is its request, so that it can be counted afterwards."""
    case_ref = f"WIDE-{crc32(request.encode()) % CASES}"
    return RecordContact(
        request=request,
        entries=(ContactEntry(case_ref=case_ref, outcome="SEEN", note=request),),
        occurred_at=DayTime(TODAY),
        planned=True,
        contact_type="OTHER",
        minutes=20,
    )
