"""The statements of every command that writes, each built once and in a file carried out past SQLAlchemy.

Building one, and what SQLAlchemy does around it, takes longer than carrying it out.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Connection,
    Insert,
    Table,
    Update,
    UpdateBase,
    bindparam,
    insert,
    select,
    update,
)

from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.plain_text import write_file, write_file_rows
from ioms_desktop.storage.schema.types import text_parameter

SAVE_ANSWER = update(tables.request).where(tables.request.c.id == bindparam("number")).values(answer=bindparam("said"))
ANSWER_AND_NOTIFY = (
    "WITH answered AS (UPDATE request SET answer = CAST(%(said)s AS json) WHERE id = %(number)s) "
    "SELECT announce(%(channel)s, CAST(%(payload)s AS jsonb))"
)
"""The same with a notice, as a server's driver takes it: its part that changes data is carried out whether or not it is
read."""
AUDIT_OF_A_CASE = insert(tables.audit).values(
    subject_ref=select(tables.cases.c.person_ref)
    .where(tables.cases.c.case_ref == text_parameter("case_of_subject"))
    .scalar_subquery()
)
"""An entry about the person of a case, whoever that is by now."""


def insert_row(connection: Connection, table: Table, values: Mapping[str, Any], *, is_read_back: bool = True) -> int:
    """Insert a row; returns its number, and 0 where it is not read back, as a server may refuse to show it."""
    statement = _insertion(table)
    if connection.dialect.name == "sqlite":
        return int(write_file(connection, statement, values).lastrowid)
    done = connection.execute(statement if is_read_back else statement.inline(), values)
    key = done.inserted_primary_key if is_read_back else None
    return 0 if key is None else int(key[0])


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows with values in the same columns."""
    if connection.dialect.name == "sqlite":
        write_file_rows(connection, _insertion(table), rows)
    elif rows:
        connection.execute(_insertion(table), rows)


def update_row(connection: Connection, table: Table, number: int, revision: int, values: Mapping[str, Any]) -> bool:
    """Change columns of a row at a revision; False where it is not there, or at another."""
    return carry_out(connection, _change(table), {"this_id": number, "this_revision": revision, **values}) == 1


def carry_out(connection: Connection, statement: UpdateBase, values: Mapping[str, Any]) -> int:
    """Carry out a statement of this module; returns how many rows it wrote."""
    if connection.dialect.name == "sqlite":
        return int(write_file(connection, statement, values).rowcount)
    return connection.execute(statement, values).rowcount


@cache
def _insertion(table: Table) -> Insert:
    """Return the statement that inserts a row of a table, whichever of its columns are given then."""
    return insert(table)


@cache
def _change(table: Table) -> Update:
    """Return the statement that changes a row at a revision, whichever of its columns are changed then."""
    return update(table).where(table.c.id == bindparam("this_id"), table.c.revision == bindparam("this_revision"))
