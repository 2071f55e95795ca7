"""Holds the stored sort keys of names against the names, and makes them anew where they are old."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, bindparam, select, text, update

from ioms_desktop.domain.search.search_terms import name_sort_key
from ioms_desktop.storage.schema.tables import people

PEOPLE_AT_ONCE = 1_000


def count_wrong_sort_keys(connection: Connection) -> int:
    """Count the people whose sort key is not what their name makes."""
    return sum(len(wrong) for wrong in _wrong_keys(connection))


def rebuild_sort_keys(connection: Connection) -> int:
    """Make the sort keys anew where they are wrong; return the number of people for whom they were.

    A sort key is no part of what is recorded of a person: revision, former versions and audit stay as they are. On a
    server whoever saves a person meanwhile waits.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE"))
    found = [key for wrong in _wrong_keys(connection) for key in wrong]
    if found:
        changed = update(people).where(people.c.id == bindparam("of")).values(name_key=bindparam("key"))
        with _without_triggers(connection):
            connection.execute(changed, [{"of": number, "key": key} for number, key in found])
    return len(found)


def _wrong_keys(connection: Connection) -> Iterator[list[tuple[int, str]]]:
    """Return the ids of people with a wrong sort key, each with the right one, some people at a time."""
    columns = (people.c.id, people.c.family_name, people.c.given_names, people.c.name_key)
    last = 0
    while True:
        query = select(*columns).where(people.c.id > last).order_by(people.c.id).limit(PEOPLE_AT_ONCE)
        rows = connection.execute(query).all()
        if not rows:
            return
        last = rows[-1].id
        wanted = ((row, name_sort_key(row.family_name, row.given_names)) for row in rows)
        yield [(row.id, key) for row, key in wanted if key != row.name_key]


@contextmanager
def _without_triggers(connection: Connection) -> Iterator[None]:
    """Let people be changed without a new revision and without an entry, in this transaction."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("ALTER TABLE people DISABLE TRIGGER USER"))
        yield
        connection.execute(text("ALTER TABLE people ENABLE TRIGGER USER"))
        return
    stored = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'people'"
    triggers = connection.execute(text(stored)).all()
    for name, _ in triggers:
        connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    yield
    for _, sql in triggers:
        connection.exec_driver_sql(sql)
