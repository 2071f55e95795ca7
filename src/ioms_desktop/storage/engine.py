"""Open a database: a local file or a shared one, checked before the first screen."""

from pathlib import Path

from sqlalchemy import Engine, inspect, select

from ioms_desktop.domain.errors import Refused
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.tables import meta
from ioms_desktop.storage.translation import translated

HEAD = "0001"
"""The newest schema; a constant, so that Alembic is imported only when there is something to migrate."""


def is_shared(location: str) -> bool:
    """Whether a location names a shared database."""
    return location.startswith(("postgresql://", "postgres://", "postgresql+psycopg://"))


def engine_for(location: str) -> Engine:
    """Make the engine for a location.

    Raises:
        Refused: The location cannot hold a database.
    """
    if is_shared(location):
        from ioms_desktop.storage.postgres import engine as postgres  # noqa: PLC0415 - only where one is used

        return postgres.engine_for(location)
    from ioms_desktop.storage.sqlite import engine as sqlite  # noqa: PLC0415 - only where one is used

    return sqlite.engine_for(Path(location))


def open_store(location: str) -> Store:
    """Open a database at the newest schema.

    Args:
        location: A path, or a `postgresql://` URL.

    Raises:
        Refused: It is not there, not ours, damaged, unreachable, or at another schema; the sentence says which.
    """
    if not is_shared(location):
        _readable(Path(location))
    engine = engine_for(location)
    try:
        with translated():
            _check_schema(engine)
    except BaseException:
        engine.dispose()
        raise
    return Store(engine, location)


def _readable(path: Path) -> None:
    if not path.exists():
        raise Refused(f"There is no database at {path}. Check the path, or create one with init.")
    if path.is_dir():
        raise Refused(f"{path} is a folder. Name the database file.")
    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise Refused(f"The file {path} cannot be read. Check its rights.") from error
    if head and not head.startswith(b"SQLite format 3\0"):
        raise Refused(f"{path} is no IOMS database, or it is damaged. Nothing was changed; choose another file.")


def schema_of(engine: Engine) -> str | None:
    """Give the schema a database is at; None where it is empty or another program's."""
    with engine.connect() as connection, connection.begin():
        if not inspect(connection).has_table(meta.name):
            return None
        found: str | None = connection.scalar(select(meta.c.value).where(meta.c.name == "schema"))
        return found


def _check_schema(engine: Engine) -> None:
    found = schema_of(engine)
    if found is None:
        raise Refused("This is no IOMS database. Nothing was changed; choose another, or create one with init.")
    if found > HEAD:
        raise Refused(
            f"This database was made by a newer version of IOMS Desktop (schema {found}). Nothing was changed; "
            "install the newer version."
        )
    if found < HEAD:
        raise Refused(f"This database is at an older schema ({found}). Run migrate first; a backup is made by itself.")
