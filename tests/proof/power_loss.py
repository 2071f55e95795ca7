"""Simulates power cuts: a file system that records every request can produce any state that a power cut may leave.

What a program wrote is certain to be on the disk only after a sync (xSync); until then any part of it may be there, in
sectors of 512 bytes, in any order. The statements are those that real commands send, recorded once and replayed through
this file system with the settings of `storage/sqlite/engine.py`.
"""

import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
from sqlalchemy import Connection, event, text
from typing_extensions import override

from ioms_desktop.services.recording.contacts import record_contact
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.session import Session
from ioms_desktop.storage.sqlite import audit_hash
from ioms_desktop.storage.sqlite.engine import CONNECTION_PRAGMAS, JOURNAL_PRAGMA
from proof.books import contact
from sessions import TODAY

SECTOR = 512
CHECKPOINT = "PRAGMA wal_autocheckpoint=100"
"""A tenth of the usual pages, so that a short run has many of the moments at which the journal moves into the file."""

Statement = tuple[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was there at first, and the statements of each command after it, by the command's request."""

    start: tuple[Statement, ...]
    commands: tuple[tuple[str, tuple[Statement, ...]], ...]


def record(session: Session, commands: int) -> Recorded:
    """Run real commands in a session and record the statements they send to the database."""
    with session.store.read() as reading:
        start = tuple(_dump(reading.connection))
    sent: list[Statement] = []

    def keep(_c: object, _cursor: object, statement: str, parameters: Any, _x: object, many: bool) -> None:  # noqa: ANN401 - as the driver takes them
        if not statement.startswith(("BEGIN", "PRAGMA", "SELECT")):
            sent.extend((statement, tuple(each)) for each in (parameters if many else [parameters]))

    event.listen(session.store.engine, "before_cursor_execute", keep)
    done: list[tuple[str, tuple[Statement, ...]]] = []
    for number in range(commands):
        request = f"power-{number}"
        if number % 3:
            record_contact(session, contact(request))
        else:
            set_rag(session, SetRag(request=request, case_ref="IOM-1", rag="RED", set_on=TODAY, reason=request))
        done.append((request, tuple(sent)))
        sent.clear()
    event.remove(session.store.engine, "before_cursor_execute", keep)
    return Recorded(start, tuple(done))


def _dump(connection: Connection) -> Iterator[Statement]:
    """Return the statements that make an equal database: tables, rows, then what watches over them."""
    made = connection.execute(text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
    tables = [row for row in made if row.type == "table" and not row.name.startswith("sqlite_")]
    for row in tables:
        yield row.sql, ()
    for row in tables:
        for values in connection.exec_driver_sql(f'SELECT * FROM "{row.name}"'):  # noqa: S608 - our own tables
            marks = ", ".join("?" * len(values))
            yield f'INSERT INTO "{row.name}" VALUES ({marks})', tuple(values)  # noqa: S608 - as above
    for row in made:
        if row.type != "table":
            yield row.sql, ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing asked of the file system: write, truncate, delete or sync; or the word that a command is saved.

    Attributes:
        file: The end of the file's name; the request where a command was acknowledged.
    """

    what: str
    file: str
    offset: int = 0
    data: bytes = b""


class _File(apsw.VFSFile):
    def __init__(self, base: str, name: str | apsw.URIFilename | None, flags: list[int], log: list[Asked]) -> None:
        super().__init__(base, name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else str(name)
        self._end = path.rpartition(".ioms")[2]
        self._log = log

    @override
    def xWrite(self, data: bytes, offset: int) -> None:
        self._log.append(Asked("write", self._end, offset, bytes(data)))
        super().xWrite(data, offset)

    @override
    def xTruncate(self, newsize: int) -> None:
        self._log.append(Asked("truncate", self._end, newsize))
        super().xTruncate(newsize)

    @override
    def xSync(self, flags: int) -> None:
        self._log.append(Asked("sync", self._end))
        super().xSync(flags)


class _Disk(apsw.VFS):
    """The usual file system, with every request written down."""

    def __init__(self, name: str, log: list[Asked]) -> None:
        self._log = log
        super().__init__(name, "")

    @override
    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        return _File("", name, flags, self._log)

    @override
    def xDelete(self, filename: str, syncdir: bool) -> None:
        self._log.append(Asked("delete", filename.rpartition(".ioms")[2]))
        super().xDelete(filename, syncdir)


class _Pupil:
    """A connection of the other library that can be taught as ours are: what the schema's triggers ask for."""

    def __init__(self, db: apsw.Connection) -> None:
        self._db = db

    def create_function(self, name: str, arguments: int, work: Callable[..., str], *, deterministic: bool) -> None:
        self._db.create_scalar_function(name, work, arguments, deterministic=deterministic)


def plain_file(path: Path, recorded: Recorded) -> None:
    """Make a plain file of what was there at first."""
    with closing(sqlite3.connect(path, isolation_level=None)) as plain:
        plain.execute("BEGIN")
        for statement, values in recorded.start:
            plain.execute(statement, values)
        plain.execute("COMMIT")


def replay(recorded: Recorded, folder: Path, synchronous: str | None = None) -> tuple[dict[str, bytes], list[Asked]]:
    """Send the commands again over the remembering file system.

    Args:
        recorded: What to send.
        folder: Where the database is made.
        synchronous: Another setting than ours, for a control.

    Returns:
        What was safely on the disk before the first command, and everything asked of the file system from then on.
    """
    path = folder / "power.ioms"
    plain_file(path, recorded)
    log: list[Asked] = []
    disk = _Disk(f"remembering {folder}", log)
    db = apsw.Connection(str(path), vfs=f"remembering {folder}")
    # In exclusive mode the journal's index lies in memory, so that no file is missed by being mapped into it.
    other = (f"PRAGMA synchronous={synchronous}",) if synchronous else ()
    for pragma in ("PRAGMA locking_mode=EXCLUSIVE", JOURNAL_PRAGMA, *CONNECTION_PRAGMAS, *other, CHECKPOINT):
        db.execute(pragma)
    audit_hash.register_hash_functions(_Pupil(db))
    # The office's file has been in this state since long ago; without this the cuts would find it half converted.
    durable = {"": path.read_bytes()}
    log.clear()
    for request, statements in recorded.commands:
        db.execute("BEGIN IMMEDIATE")
        for statement, values in statements:
            db.execute(statement, values)
        db.execute("COMMIT")
        log.append(Asked("saved", request))
    happened = list(log)  # what closing asks is no part of it
    db.close()
    disk.unregister()
    return durable, happened


@dataclass
class Verdict:
    """The results of the power cuts.

    Attributes:
        points: The number of power cuts.
        lost: After how many a command was missing that had been reported as saved.
        corrupt: After how many the file was damaged, or contained half a command.
        saved: How many commands were acknowledged before the last one.
    """

    points: int = 0
    lost: int = 0
    corrupt: int = 0
    saved: int = 0

    @override
    def __str__(self) -> str:
        """Format the results in a line."""
        return f"{self.points} power cuts, {self.lost} with something lost, {self.corrupt} with damage"


@dataclass
class _Platter:
    """What is on the disk for certain, and what was written since and may be there or not."""

    durable: dict[str, bytearray]
    waiting: dict[str, list[Asked]] = field(default_factory=dict)

    def take(self, asked: Asked) -> None:
        if asked.what == "sync":
            for earlier in self.waiting.pop(asked.file, []):
                _apply(self.durable, earlier)
        else:
            self.waiting.setdefault(asked.file, []).extend(_sectors(asked))

    def after_a_cut(self, chance: random.Random) -> dict[str, bytearray]:
        """Choose one of the states in which the disk may be found."""
        files = {name: bytearray(data) for name, data in self.durable.items()}
        for waiting in self.waiting.values():
            kind = chance.choice(("some", "first", "all", "none"))
            length = {"all": len(waiting), "none": 0}.get(kind, chance.randint(0, len(waiting)))
            for asked in waiting if kind == "some" else waiting[:length]:
                if kind != "some" or chance.random() < 0.5:
                    _apply(files, asked)
        return files


def _sectors(asked: Asked) -> Iterator[Asked]:
    """Cut a write where sectors end: a disk writes each of them whole or not at all."""
    if asked.what != "write":
        yield asked
        return
    place = 0
    while place < len(asked.data):
        at = asked.offset + place
        length = min(SECTOR - at % SECTOR, len(asked.data) - place)
        yield Asked("write", asked.file, at, asked.data[place : place + length])
        place += length


def _apply(files: dict[str, bytearray], asked: Asked) -> None:
    if asked.what == "delete":
        files.pop(asked.file, None)
        return
    data = files.setdefault(asked.file, bytearray())
    if asked.what == "truncate":
        del data[asked.offset :]
        return
    if len(data) < asked.offset:
        data.extend(bytes(asked.offset - len(data)))
    data[asked.offset : asked.offset + len(asked.data)] = asked.data


def pull_the_plug(
    durable: Mapping[str, bytes], log: Sequence[Asked], folder: Path, *, points: int, seed: int
) -> Verdict:
    """Cut the power at random moments and examine what is left each time."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    cuts = sorted(chance.choices(range(1, len(log) + 1), k=points))
    platter = _Platter({name: bytearray(data) for name, data in durable.items()})
    saved: list[str] = []
    verdict = Verdict()
    seen = 0
    for cut in cuts:
        for asked in log[seen:cut]:
            if asked.what == "saved":
                saved.append(asked.file)
            else:
                platter.take(asked)
        seen = cut
        _judge(verdict, platter.after_a_cut(chance), saved, folder)
    verdict.saved = len(saved)
    return verdict


def _judge(verdict: Verdict, files: Mapping[str, bytes | bytearray], saved: Sequence[str], folder: Path) -> None:
    path = folder / "found.ioms"
    for end in ("", "-wal", "-shm", "-journal"):
        found = files.get(end)
        if found is None:
            path.with_name(path.name + end).unlink(missing_ok=True)
        else:
            path.with_name(path.name + end).write_bytes(found)
    verdict.points += 1
    try:
        with closing(sqlite3.connect(path)) as db:
            whole = db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            there = {row[0] for row in db.execute("SELECT id FROM request")}
            halves = db.execute(HALVES).fetchone()[0]
    except sqlite3.DatabaseError:
        verdict.corrupt += 1
        return
    verdict.corrupt += not whole or halves > 0
    verdict.lost += not there.issuperset(saved)


HALVES = """
SELECT count(*) FROM (SELECT id FROM request WHERE id LIKE 'power-%') AS r
WHERE NOT EXISTS (SELECT 1 FROM audit WHERE audit.request = r.id)
   OR (SELECT count(*) FROM contacts WHERE note = r.id) + (SELECT count(*) FROM rag WHERE reason = r.id)
    + (SELECT count(*) FROM former_version WHERE table_name = 'rag' AND json_extract(data, '$.reason') = r.id) <> 1
"""
"""A command is there whole: its request, its entry in the audit, and its record once."""
