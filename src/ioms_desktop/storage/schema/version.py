"""The schema that this version of the program works with, and refusing a database that was brought to another.

A window may stay open for days while somebody migrates its database with a newer program.
"""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InvalidatePoolError

from ioms_desktop.domain.errors import SchemaMismatch
from ioms_desktop.paths import migrations
from ioms_desktop.storage.schema.plain_text import ask_driver

SCHEMA_HEAD = max(path.name[:4] for path in (migrations() / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))
"""The newest schema, from the names of the migrations: Alembic is imported only if there is something to migrate."""
NEWER = (
    "This database was brought to a newer version of IOMS Desktop while it was open here. Nothing was saved, and what "
    "you typed is kept; close the program, install that version and sign in again."
)
OLDER = (
    "This database was brought back to an older version while it was open here, from a backup perhaps. Nothing was "
    "saved, and what you typed is kept; close the program, and sign in again when an administrator has run migrate."
)
SCHEMA_SQL = "SELECT value FROM meta WHERE name = 'schema'"


def other_schema(found: str | None) -> SchemaMismatch:
    """Return the refusal of a database whose schema became another while it was open.

    Args:
        found: Its schema. None if it does not say, as a server of before migration 0090 does in its refusal.
    """
    return SchemaMismatch(NEWER if (found or "") > SCHEMA_HEAD else OLDER)


def refuse_other_schema(connection: Connection) -> None:
    """Refuse to read or write a local file that another program migrated since it was opened here.

    A server is asked with each connection (`check_schema_of_connections`), and asks with each command.

    Raises:
        SchemaMismatch: It was migrated.
    """
    if connection.dialect.name == "sqlite":
        found = next((row[0] for row in ask_driver(connection, SCHEMA_SQL, {})), None)
        if found != SCHEMA_HEAD:
            raise other_schema(found)


def check_schema_of_connections(engine: Engine) -> None:
    """Ask a server for its schema with each connection that is taken out of the pool.

    This takes the place of the statement by which a pool finds out whether a connection still stands. If the schema
    cannot be read, the next statement says why.
    """
    driver = engine.dialect.loaded_dbapi

    @event.listens_for(engine, "checkout")
    def _refuse_other(raw: Any, _record: object, _proxy: object) -> None:  # noqa: ANN401 - the driver's own connection
        found = None
        try:
            raw.autocommit = True
            found = raw.execute(SCHEMA_SQL).fetchone()
            raw.autocommit = False
        except driver.Error as error:
            if raw.closed:
                raise InvalidatePoolError from error
            raw.autocommit = False
        if found is not None and found[0] != SCHEMA_HEAD:
            raise other_schema(found[0])
