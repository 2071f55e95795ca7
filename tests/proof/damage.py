"""Damages a closed local file and checks that the user is warned before working with it."""

import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from typing_extensions import override

from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.recording.contacts import record_contact
from ioms_desktop.storage.database.integrity_check import check_integrity
from proof.books import Book, contact

PAGE = 4096
BACKUP = "backup"
"""The word that every message about damage must contain, because the backup is the way to recover."""


@dataclass
class DamageReport:
    """The results for damaged files.

    Attributes:
        tried: The number of damaged files.
        at_opening: Those refused with a message before anything was shown.
        by_check: Those opened, and reported by the check.
        missed: Those opened, and reported as intact.
        raw: Exceptions without a message for the user.
        without_way_out: Messages that do not name the backup.
    """

    tried: int = 0
    at_opening: int = 0
    by_check: int = 0
    missed: int = 0
    raw: list[str] = field(default_factory=list)
    without_way_out: Counter[str] = field(default_factory=Counter)

    @override
    def __str__(self) -> str:
        """Format the results in a line."""
        return (
            f"{self.tried} damaged, {self.at_opening} refused at opening, {self.by_check} found by check, "
            f"{self.missed} missed, {len(self.raw)} without a sentence"
        )


Damage = Callable[[Path, random.Random], None]


def flip_a_bit(path: Path, chance: random.Random) -> None:
    """Turn one bit anywhere in a file."""
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def cut_short(path: Path, chance: random.Random) -> None:
    """Truncate a file."""
    data = path.read_bytes()
    path.write_bytes(data[: chance.randrange(1, len(data))])


def swap_pages(path: Path, chance: random.Random) -> None:
    """Swap two pages, each of which is intact in itself."""
    data = bytearray(path.read_bytes())
    first, second = (PAGE * number for number in chance.sample(range(len(data) // PAGE), 2))
    data[first : first + PAGE], data[second : second + PAGE] = (
        data[second : second + PAGE],
        data[first : first + PAGE],
    )
    path.write_bytes(data)


def try_damage(book: Book, folder: Path, damage: Damage, *, times: int, seed: int) -> DamageReport:
    """Damage a copy of a book, open it as a user would, and check it where it opens."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    report = DamageReport()
    for number in range(times):
        copy = book.copied(folder / f"{damage.__name__} {number}")
        damage(Path(copy.location), chance)
        look(report, copy)
    return report


def look(report: DamageReport, book: Book) -> None:
    """Open a database file, and check it if it opens."""
    report.tried += 1
    try:
        session = book.session()
        try:
            with session.store.read() as reading:
                faults = check_integrity(reading)[1]
        finally:
            session.store.close()
    except Refused as refused:
        report.at_opening += 1
        if BACKUP not in refused.sentence:
            report.without_way_out[refused.sentence] += 1
    except Exception as error:  # noqa: BLE001 - what a user would meet as a fault of the program
        report.raw.append(repr(error))
    else:
        report.by_check += bool(faults)
        report.missed += not faults


def with_an_old_log(book: Book, folder: Path, *, before: int, after: int) -> Book:
    """Return a copy of a book, closed, with a log beside it that was written some commands ago.

    Args:
        book: The book.
        folder: Where to put it.
        before: Commands that are in the log.
        after: Commands done since.
    """
    copy = book.copied(folder)
    log = Path(f"{copy.location}-wal")
    session = copy.session()
    for number in range(before):
        record_contact(session, contact(f"old {number}"))
    old = log.read_bytes()
    for number in range(after):
        record_contact(session, contact(f"new {number}"))
    session.store.close()
    log.write_bytes(old)
    return copy


def plainly_missed(plain: Path, *, times: int, seed: int) -> int:
    """Count the bit flips that the usual check of a plain file does not detect."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    whole, missed = plain.read_bytes(), 0
    for _ in range(times):
        plain.write_bytes(whole)
        flip_a_bit(plain, chance)
        try:
            with closing(sqlite3.connect(plain)) as db:
                missed += db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        except (sqlite3.DatabaseError, UnicodeDecodeError):
            continue
    plain.write_bytes(whole)
    return missed
