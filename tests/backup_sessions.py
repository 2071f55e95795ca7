"""A real local file with a key file and an administrator, for tests of backups."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.progress import ProgressCallback
from ioms_desktop.services.recording.contacts import record_contact
from ioms_desktop.services.session import Session
from ioms_desktop.storage.engine import open_store
from proof.books import ADMIN, SUPERVISOR, Book, contact
from sessions import Clock, session_of

AUDITOR = "shah"


@dataclass
class Kept:
    """A database file with its key, and a folder for backups beside it.

    Attributes:
        book: The database file.
        key: Its key.
        clock: The clock of every session on it.
    """

    book: Book
    key: bytes
    clock: Clock = field(default_factory=Clock)
    sessions: list[Session] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        """Where its backups go."""
        place = self.book.folder.parent / "backups"
        place.mkdir(exist_ok=True)
        return place

    def session(self, role: Role = Role.ADMINISTRATOR) -> Session:
        """Return a user's session."""
        return self.session_at(self.book.location, role)

    def session_at(self, location: str | Path, role: Role) -> Session:
        """Return a user's session on a copy of the file."""
        user = {Role.ADMINISTRATOR: ADMIN, Role.AUDITOR: AUDITOR}.get(role, SUPERVISOR)
        self.sessions.append(session_of(open_store(str(location), self.key), user, role, self.clock))
        return self.sessions[-1]

    def record(self, *names: str) -> None:
        """Record contacts, each under a name of its own."""
        session = self.session(Role.SUPERVISOR)
        for name in names:
            record_contact(session, contact(name))
        session.store.close()

    def close(self) -> None:
        """Close what was opened."""
        for session in self.sessions:
            session.store.close()


def left_in(folder: Path) -> list[str]:
    """List the names of the files in a folder."""
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def no_room(most: int) -> Iterator[None]:
    """Limit the size of files, as a full disk would."""
    if sys.platform == "win32":
        pytest.skip("not on Windows: a limit to the size of files")
    import resource  # noqa: PLC0415  not there on Windows

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


class Unwanted(Exception):  # noqa: N818 - the wish of whoever cancels
    """Raised when the user cancels the work."""


def stopping_at(words: str) -> ProgressCallback:
    """Cancel work from its progress callback, at the step whose name contains the words."""

    def tell(_done: int, _total: int, text: str = "") -> None:
        if words in text:
            raise Unwanted

    return tell
