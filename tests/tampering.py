"""Ways to tamper with the audit for somebody with every right over the database, bypassing the application."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, text

from ioms_desktop.domain.audit.entries import AuditEntry
from ioms_desktop.domain.audit.seals import Seal, seal_hash
from ioms_desktop.storage.audit.sealing import audit_entries, seals
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.store import Store

Tamper = Callable[[Connection, random.Random], None]
COPIED = "kind, actor, actor_role, workstation, object_type, object_ref, subject_ref, before, after"


@contextmanager
def unguarded(store: Store, *, kept: bool = False) -> Iterator[Reading]:
    """Write with every trigger off, as a superuser or the holder of a file can.

    Args:
        store: The database to tamper with.
        kept: Whether the changes are committed, with the triggers restored; otherwise everything is rolled back.
    """
    with store.engine.connect() as connection:
        doing = connection.execution_options(ioms_command=True).begin()
        guards = _taken_off(connection)
        yield Reading(connection)
        if not kept:
            doing.rollback()
            return
        for guard in guards:
            connection.exec_driver_sql(guard)
        doing.commit()


def _taken_off(connection: Connection) -> list[str]:
    """Disable the triggers; return the statements that restore them where a commit does not."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        return []
    tables = "'audit', 'seal', 'epoch', 'redaction', 'kept_trail'"
    query = f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ({tables})"  # noqa: S608 - ours
    found = connection.execute(text(query)).all()
    for name, _ in found:
        connection.execute(text(f"DROP TRIGGER {name}"))
    return [sql for _, sql in found]


def chosen(connection: Connection, chance: random.Random, count: int = 1) -> list[int]:
    """Choose sealed entries."""
    last = connection.scalar(text("SELECT max(to_mark) FROM seal"))
    ids = connection.scalars(text("SELECT id FROM audit WHERE mark < :last ORDER BY id"), {"last": last}).all()
    return chance.sample(list(ids), count)


def set_field(connection: Connection, number: int, name: str, value: Any) -> None:  # noqa: ANN401 - of any column
    """Change a field of an entry, and nothing else of it."""
    statement = text(f"UPDATE audit SET {name} = :value WHERE id = :id")  # noqa: S608 - our own names
    connection.execute(statement, {"value": value, "id": number})


def rehash(connection: Connection, number: int) -> None:
    """Recompute an entry's hash from its present content."""
    found = {entry.fields[0]: entry for entry in audit_entries(Reading(connection))}
    set_field(connection, number, "row_hash", found[str(number)].present_hash)


def payload(connection: Connection, chance: random.Random) -> None:
    """Change the recorded values of an entry."""
    (number,) = chosen(connection, chance)
    set_field(connection, number, "after", '{"changed": true}')


def actor(connection: Connection, chance: random.Random) -> None:
    """Attribute an entry to another user, with its hash recomputed."""
    (number,) = chosen(connection, chance)
    set_field(connection, number, "actor", "nobody")
    rehash(connection, number)


def delete(connection: Connection, chance: random.Random) -> None:
    """Remove an entry."""
    (number,) = chosen(connection, chance)
    connection.execute(text("DELETE FROM audit WHERE id = :id"), {"id": number})


def swap(connection: Connection, chance: random.Random) -> None:
    """Swap two entries, with their hashes recomputed."""
    one, other = chosen(connection, chance, 2)
    query = "SELECT object_ref FROM audit WHERE id = :id"
    first, second = (connection.scalar(text(query), {"id": number}) for number in (one, other))
    set_field(connection, one, "object_ref", second)
    set_field(connection, other, "object_ref", first)
    rehash(connection, one)
    rehash(connection, other)


def insert(connection: Connection, chance: random.Random) -> None:
    """Insert a forged entry among sealed ones, with a correct hash."""
    (number,) = chosen(connection, chance)
    fresh = (connection.scalar(text("SELECT max(id) FROM audit")) or 0) + 1
    copied = f"SELECT {fresh}, at, mark, row_hash, salt, {COPIED} FROM audit WHERE id = :id"  # noqa: S608 - our own names
    statement = f"INSERT INTO audit (id, at, mark, row_hash, salt, {COPIED}) {copied}"
    connection.execute(text(statement), {"id": number})
    rehash(connection, fresh)


def seal_away(connection: Connection, chance: random.Random) -> None:
    """Remove a seal and leave its entries."""
    last = connection.scalar(text("SELECT max(n) FROM seal")) or 0
    connection.execute(text("DELETE FROM seal WHERE n = :n"), {"n": chance.randrange(1, last)})


FOUND_INSIDE: tuple[Tamper, ...] = (payload, actor, delete, swap, insert, seal_away)
"""Tampering that can be detected from the database alone."""


def cut(connection: Connection, chance: random.Random) -> None:
    """Remove the newest seals with all entries that they cover and all later ones."""
    last = connection.scalar(text("SELECT max(n) FROM seal")) or 0
    first = chance.randrange(2, last + 1)
    mark = connection.scalar(text("SELECT from_mark FROM seal WHERE n = :n"), {"n": first})
    connection.execute(text("DELETE FROM seal WHERE n >= :n"), {"n": first})
    connection.execute(text("DELETE FROM audit WHERE mark >= :mark"), {"mark": mark})


def rebuild(connection: Connection, chance: random.Random) -> None:
    """Change an entry, and recompute every hash and every seal."""
    actor(connection, chance)
    rebuild_seals(connection)


def rebuild_seals(connection: Connection) -> None:
    """Recompute every seal over the entries and epochs that are there."""
    reading = Reading(connection)
    name, rows, last = database_id(reading), list(audit_entries(reading)), None
    for seal in list(seals(reading)):
        last = remade(seal, last, rows, name)
        connection.execute(
            text("UPDATE seal SET root = :root, prev = :prev, hash = :hash WHERE n = :n"),
            {"n": last.n, "root": last.root, "prev": last.prev, "hash": last.hash},
        )


def remade(seal: Seal, last: Seal | None, rows: list[AuditEntry], name: str) -> Seal:
    """Recompute a seal over the entries that are there."""
    covered = [row.row_hash or "" for row in rows if seal.from_mark <= int(row.fields[-1] or 0) < seal.to_mark]
    fresh = replace(seal, root=sha256("".join(covered).encode()).hexdigest(), prev=last.hash if last else "")
    return replace(fresh, hash=seal_hash(fresh, name))


FOUND_BY_ANCHOR: tuple[Tamper, ...] = (cut, rebuild)
"""Tampering that can be detected only by comparison with a head kept outside the database."""
