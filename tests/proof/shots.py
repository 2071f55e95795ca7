"""One-off acts that write several files: killed at any moment, they are done, not done, or can be finished later."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from argon2 import PasswordHasher
from typing_extensions import override

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.accounts.users import add_user, disable_user
from ioms_desktop.services.database.database_admin import create_database, migrate_database
from ioms_desktop.services.recording.contacts import record_contact
from ioms_desktop.storage import users
from ioms_desktop.storage.database.integrity_check import check_integrity
from ioms_desktop.storage.database.migrate import create_empty_database
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.sqlite import key_file
from proof import copies
from proof.books import ADMIN, NOW, PASSWORD, SUPERVISOR, Book, contact, fill_widely, new_book
from proof.many_writers import ACT
from proof.writing import recorded

LEAVER = "leaver"
RECORDS = 5


@dataclass(frozen=True, slots=True)
class Shot:
    """One act.

    Attributes:
        prepare: Creates a database file on which it can be done.
        begin: Does what comes before it, and returns the act itself.
        settled: Finishes as a user would, and returns what is wrong then; told whether the act was reported done.
    """

    prepare: Callable[[Path], Book]
    begin: Callable[[Book], Callable[[], object]]
    settled: Callable[[Book, bytes | None, bool], list[str]]


@dataclass
class ShotReport:
    """The results of the kills.

    Attributes:
        kills: The number of kills.
        done: After how many of them the act had been reported done.
        faults: What was wrong after it was finished.
    """

    kills: int = 0
    done: int = 0
    faults: list[str] = field(default_factory=list)

    @override
    def __str__(self) -> str:
        """Format the results in a line."""
        return f"{self.kills} kills, {self.done} after it was done, {len(self.faults)} books not whole afterwards"


def _with_leaver(folder: Path) -> Book:
    book = new_book(folder)
    session = book.session(ADMIN)
    add_user(session, LEAVER, Role.OFFICER, PASSWORD)
    session.store.close()
    session = book.session()
    for each in range(RECORDS):
        record_contact(session, contact(f"kept {each}"))
    session.store.close()
    return book


def _let_go(book: Book) -> Callable[[], object]:
    session = book.session(ADMIN)
    return lambda: disable_user(session, LEAVER)


def _let_go_for_good(book: Book, old: bytes | None, said: bool) -> list[str]:
    """Let the leaver go where that was not done, and see that neither password nor old key opens the file."""
    wrong = [f"said to be let go and signed in: {LEAVER}"] if said and _signs_in(book, LEAVER) else []
    wrong += _whole(book, SUPERVISOR)
    session = book.session(ADMIN)
    disable_user(session, LEAVER)
    session.store.close()
    wrong += _whole(book, SUPERVISOR)
    if _signs_in(book, LEAVER):
        wrong.append("the leaver still signs in")
    with suppress(Refused):
        open_store(book.location, old).close()
        wrong.append("the old key still opens the file")
    if len(key_file.load(book.location).key_numbers()) != 1:
        wrong.append("the key file still holds two keys")
    return wrong


def _nothing(folder: Path) -> Book:
    folder.mkdir(parents=True)
    return Book(folder)


def _create(book: Book) -> Callable[[], object]:
    return lambda: create_database(book.location, ADMIN, PASSWORD, clock=lambda: NOW)


def _created(book: Book, _old: bytes | None, said: bool) -> list[str]:
    """Create it where it cannot be signed in to; what a killed try left is kept, so that takes another name."""
    if _signs_in(book, ADMIN):
        return _sound(book, ADMIN)
    if said:
        return ["said to be created and cannot be signed in to"]
    try:
        _create(book)()
    except Refused as refused:
        if "another" not in refused.sentence:
            return [f"refused without a way out: {refused.sentence}"]
        book = _nothing(book.folder / "another")
        _create(book)()
    return _sound(book, ADMIN)


def _plain(folder: Path) -> Book:
    """Make a book of the first version: not encrypted, its passwords as hashes in a table."""
    folder.mkdir(parents=True)
    book = Book(folder)
    create_empty_database(book.location)
    store = open_store(book.location)
    with store.begin(ACT) as tx:
        users.add_user(tx, ADMIN, Role.ADMINISTRATOR, PasswordHasher().hash(PASSWORD), at=NOW)
    fill_widely(store)
    store.close()
    return book


def _encrypt(book: Book) -> Callable[[], object]:
    return lambda: migrate_database(book.location, ADMIN, PASSWORD, clock=lambda: NOW)


def _encrypted(book: Book, _old: bytes | None, said: bool) -> list[str]:
    """Encrypt it where that was not done; nothing readable may stay behind but the backup it names."""
    if said and not _signs_in(book, ADMIN):
        return ["said to be encrypted and cannot be signed in to"]
    try:
        migrate_database(book.location, ADMIN, PASSWORD, clock=lambda: NOW)
    except Refused as refused:
        return [f"cannot be encrypted any more: {refused.sentence}"]
    readable = [path.name for path in book.folder.iterdir() if b"Marlow" in path.read_bytes()]
    return _sound(book, ADMIN) + [f"readable: {name}" for name in readable if "before" not in name]


def _signs_in(book: Book, user: str) -> bool:
    try:
        book.session(user).store.close()
    except Refused:
        return False
    return True


def _sound(book: Book, user: str) -> list[str]:
    """Sign in and check."""
    try:
        session = book.session(user)
    except Refused as refused:
        return [f"{user} cannot sign in: {refused.sentence}"]
    try:
        with session.store.read() as reading:
            return [fault.description for fault in check_integrity(reading)[1]]
    finally:
        session.store.close()


def _whole(book: Book, user: str) -> list[str]:
    """Sign in, check, and count the records."""
    wrong = _sound(book, user)
    if not wrong:
        session = book.session(user)
        found = sum(recorded(session)[f"kept {each}"] for each in range(RECORDS))
        session.store.close()
        wrong = [] if found == RECORDS else [f"{found} of {RECORDS} records are there"]
    return wrong


SHOTS = {
    "create": Shot(_nothing, _create, _created),
    "change the key": Shot(_with_leaver, _let_go, _let_go_for_good),
    "encrypt": Shot(_plain, _encrypt, _encrypted),
    "back up": Shot(copies.with_records, copies.begin_backup, copies.backed_up),
    "restore": Shot(copies.with_records, copies.begin_restore, copies.restored),
    "rehearse": Shot(copies.with_records, copies.begin_rehearsal, copies.rehearsed),
}
NAIVE = "copy under its name"
"""The control of backing up: a copy that has its name from the first byte on."""
CONTROLS = {NAIVE: Shot(copies.with_records, copies.begin_naive_backup, copies.naively_backed_up)}


def shoot_often(
    kill: Callable[[str, Book, float], tuple[bool, float]],
    name: str,
    folder: Path,
    *,
    kills: int,
    seed: int,
    until: Callable[[ShotReport], object] = lambda _: False,
) -> ShotReport:
    """Kill an act at moments spread over the time it takes, each on a copy of one book.

    Args:
        kill: Starts the act on a book, kills it after some seconds, and says whether it was said done and after how
            many seconds; an infinite time lets it finish.
        name: Which of the SHOTS, or of the CONTROLS.
        folder: Where the books go.
        kills: How many.
        seed: Of the moments.
        until: Says that enough was found: a control ends with the first kill that shows what it is to show.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    shot, report = (SHOTS | CONTROLS)[name], ShotReport()
    book = shot.prepare(folder / "made")
    old = _key(book)
    _, whole = kill(name, book.copied(folder / "timed"), float("inf"))
    for number in range(kills):
        copy = book.copied(folder / f"killed {number}")
        said, _ = kill(name, copy, chance.uniform(0, 1.1 * whole))
        report.kills += 1
        report.done += said
        wrong = shot.settled(copy, old, said)
        report.faults += ["; ".join(wrong)] if wrong else []
        if until(report):
            break
    return report


def _key(book: Book) -> bytes | None:
    if not key_file.key_file_path(book.location).exists():
        return None
    session = book.session(ADMIN)
    session.store.close()
    return session.store.key
