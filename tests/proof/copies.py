"""Backing up, restoring and rehearsing, killed at any moment: files named as copies are complete, and a retry works."""

import atexit
import shutil
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import select

from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.database.backups import back_up
from ioms_desktop.services.database.restore import restore_database
from ioms_desktop.services.database.restore_rehearsal import rehearse_restore
from ioms_desktop.services.recording.contacts import record_contact
from ioms_desktop.storage.database.backup import copy_file
from ioms_desktop.storage.database.integrity_check import check_integrity
from ioms_desktop.storage.engine import open_immutable, open_store
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.sqlite import key_file
from ioms_desktop.storage.store import Store
from proof.books import ADMIN, NOW, PASSWORD, Book, contact, new_book

RECORDS = 3


def with_records(folder: Path) -> Book:
    """Return a database file with records to count afterwards, and a backup of it."""
    return _made().copied(folder)


@cache
def _made() -> Book:
    """Make it, once for all the acts that are killed."""
    place = Path(mkdtemp(prefix="ioms-copies-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    book = new_book(place / "book")
    session = book.session()
    for each in range(RECORDS):
        record_contact(session, contact(f"kept {each}"))
    session.store.close()
    _copies(book).mkdir()
    session = book.session(ADMIN)
    back_up(session, _copies(book) / "earlier.ioms")
    session.store.close()
    return book


def begin_backup(book: Book) -> Callable[[], object]:
    """Back it up into a folder that already contains a backup."""
    session = book.session(ADMIN)
    return lambda: back_up(session, _copies(book) / "new.ioms")


def backed_up(book: Book, key: bytes | None, said: bool) -> list[str]:
    """Check the file and every copy, and back up again under the same name if that was not done."""
    wrong = _whole(Path(book.location), key) + _all_copies_whole(book, key)
    new = _copies(book) / "new.ioms"
    if said and not new.exists():
        wrong.append("said to be backed up, and there is no backup")
    if not new.exists():
        session = book.session_by_key(key, ADMIN)
        try:
            back_up(session, new)
        except Refused as refused:
            wrong.append(f"the name is not free any more: {refused.sentence}")
        session.store.close()
        wrong += _all_copies_whole(book, key)
    return wrong


def begin_naive_backup(book: Book) -> Callable[[], object]:
    """The control: write the copy under its final name from the start."""
    session = book.session(ADMIN)
    source = Path(book.location)
    session.store.close()

    def copy() -> None:
        for _ in range(5):
            copy_file(source, _copies(book) / "new.ioms", session.store.key)
            if (_copies(book) / "new.ioms.keys").exists():
                for file in ("new.ioms", "new.ioms.keys"):
                    (_copies(book) / file).unlink()
        copy_file(source, _copies(book) / "new.ioms", session.store.key)

    return copy


def naively_backed_up(book: Book, key: bytes | None, _said: bool) -> list[str]:
    """Check every copy."""
    return _all_copies_whole(book, key)


def begin_restore(book: Book) -> Callable[[], object]:
    """Restore the backup beside the original file."""
    return lambda: restore_database(
        _copies(book) / "earlier.ioms", str(book.folder / "again.ioms"), ADMIN, PASSWORD, clock=lambda: NOW
    )


def restored(book: Book, key: bytes | None, said: bool) -> list[str]:
    """Check the file, the backup and what was restored, and restore again if that was not done."""
    wrong = _whole(Path(book.location), key) + _all_copies_whole(book, key)
    again = book.folder / "again.ioms"
    if said and not again.exists():
        wrong.append("said to be restored, and there is no database")
    if not again.exists():
        try:
            begin_restore(book)()
        except Refused as refused:
            wrong.append(f"the name is not free any more: {refused.sentence}")
    return wrong + _whole(again, key)


def begin_rehearsal(book: Book) -> Callable[[], object]:
    """Rehearse the restore of the backup."""
    session = book.session(ADMIN)
    return lambda: rehearse_restore(session, PASSWORD)


def rehearsed(book: Book, key: bytes | None, _said: bool) -> list[str]:
    """Check the file and the backup, and rehearse again."""
    wrong = _whole(Path(book.location), key) + _all_copies_whole(book, key)
    session = book.session_by_key(key, ADMIN)
    rehearse_restore(session, PASSWORD)
    session.store.close()
    return wrong


def _copies(book: Book) -> Path:
    return book.folder / "copies"


def _all_copies_whole(book: Book, key: bytes | None) -> list[str]:
    """Check every file with a backup's name, as it is."""
    return [said for path in sorted(_copies(book).glob("*.ioms")) for said in _whole(path, key, open_immutable)]


def _whole(path: Path, key: bytes | None, opening: Callable[[str, bytes], Store] = open_store) -> list[str]:
    """Open a database with the key that everybody's password gives, check it, and count the records."""
    try:
        key_file.key_number(key_file.load(path), key or b"")
        store = opening(str(path), key or b"")
    except Refused as refused:
        return [f"{path.name}: {refused.sentence}"]
    with store.read() as reading:
        wrong = [fault.description for fault in check_integrity(reading)[1]]
        notes = Counter(reading.connection.scalars(select(tables.contacts.c.note)))
    store.close()
    found = sum(notes[f"kept {each}"] for each in range(RECORDS))
    return wrong if found == RECORDS else [*wrong, f"{path.name}: {found} of {RECORDS} records are there"]
