"""Opens a database, a local file or a shared one, after checking it."""

from pathlib import Path

from sqlalchemy import Connection, Engine, column, inspect, select, table
from sqlalchemy.exc import DBAPIError

from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.errors import (
    AccessEnded,
    DatabaseNotFound,
    FileUnreadable,
    NotADatabase,
    NotEncrypted,
    SchemaMismatch,
    Unreachable,
    WrongFile,
    WrongPassword,
)
from ioms_desktop.storage.db_errors import SERVER_SIGN_IN_FAILED, translate_db_errors
from ioms_desktop.storage.schema.tables import meta
from ioms_desktop.storage.schema.version import SCHEMA_HEAD, check_schema_of_connections
from ioms_desktop.storage.store import Store

ALEMBIC_TABLE = "alembic_version"
FILE_IN_USE = (
    "Another program is using this file, and nobody else can open it until that program has finished. Nothing was "
    "opened; try again in a moment."
)


def engine_for(location: str, key: bytes | None = None) -> Engine:
    """Create the engine for a location.

    Args:
        location: A path, or a `postgresql://` URL.
        key: The key of a local file; None for a plain file or a shared database.

    Raises:
        Refused: The location cannot hold a database.
    """
    if is_shared(location):
        from ioms_desktop.storage.postgres import engine as postgres  # noqa: PLC0415 - only where one is used

        return postgres.server_engine(location)
    from ioms_desktop.storage.sqlite import engine as sqlite  # noqa: PLC0415 - only where one is used

    return sqlite.file_engine(Path(location), key)


def open_store(location: str, key: bytes | None = None) -> Store:
    """Open a database at the newest schema.

    Args:
        location: A path, or a `postgresql://` URL.
        key: The key of a local file; None for a shared database. A plain file opens without one, for its
            encryption and for tests only.

    Raises:
        Refused: It is missing, damaged, unreachable, no IOMS database, or at another schema; the sentence says which.
    """
    if not is_shared(location):
        from ioms_desktop.storage.sqlite.stale_wal import refuse_stale_wal  # noqa: PLC0415 - only where one is used

        refuse_unsuitable_file(Path(location), encrypted=key is not None)
        refuse_stale_wal(Path(location), key)
    engine = engine_for(location, key)
    try:
        with translate_db_errors():
            _check_schema(engine)
            if key is not None:
                from ioms_desktop.storage.sqlite.page_check import refuse_damaged_pages  # noqa: PLC0415 - only where one is used

                refuse_damaged_pages(engine, Path(location))
    except BaseException as failed:
        engine.dispose()
        if isinstance(failed, Unreachable) and not is_shared(location):
            raise Unreachable(FILE_IN_USE) from failed
        raise
    return Store(engine, location, key)


def open_immutable(location: str | Path, key: bytes) -> Store:
    """Open a local file that nobody writes, such as a backup, read-only; its folder need not be writable.

    Args:
        location: A path.
        key: Its key.

    Raises:
        Refused: It is damaged, no IOMS database, or at another schema; the sentence says which.
    """
    from ioms_desktop.storage.sqlite.engine import immutable_engine  # noqa: PLC0415 - only where a copy is looked at

    engine = immutable_engine(Path(location), key)
    with translate_db_errors():
        _check_schema(engine)
    return Store(engine, str(location), key)


def open_as_user(location: str, name: str, password: str) -> Store:
    """Open a shared database as a person: the server authenticates them and enforces their rights.

    Args:
        location: A `postgresql://` URL; a name and a password in it are ignored.
        name: The person's login.
        password: Their password, never kept in the location; empty for Kerberos or a certificate.

    Raises:
        Refused: The server is unreachable or refuses them, or it is not an IOMS database or at another schema.
    """
    from ioms_desktop.storage.postgres import gate, logins  # noqa: PLC0415 - only for a server
    from ioms_desktop.storage.postgres.engine import personal_engine, without_credentials  # noqa: PLC0415 - as above

    engine = personal_engine(location, name, password)
    try:
        with translate_db_errors():
            _check_schema(engine)
            role = logins.role_of(engine)
            check_schema_of_connections(engine)
    except BaseException as failed:
        engine.dispose()
        if isinstance(failed, AccessEnded):
            # The same answer as for an unknown name, which must not reveal former users.
            raise WrongPassword(SERVER_SIGN_IN_FAILED) from None
        raise
    address = without_credentials(location).set(drivername="postgresql")
    return Store(engine, address.render_as_string(), case_gate=gate.ServerCaseGate(engine, role))


def refuse_missing_file(place: str | Path) -> None:
    """Refuse a path where there is no file.

    Raises:
        Refused: There is no file, or it is a folder.
    """
    path = Path(place)
    if not path.exists():
        raise DatabaseNotFound(
            f"There is no database at {path}. Nothing was opened; check the path, choose another database, or create "
            "one."
        )
    if path.is_dir():
        raise WrongFile(f"{path} is a folder. Name the database file.")


def refuse_unsuitable_file(path: Path, *, encrypted: bool) -> None:
    """Check a local file before it is opened.

    Args:
        path: The file.
        encrypted: Whether it must be encrypted. A plain file in its place is refused, because somebody else must have
            put it there.

    Raises:
        Refused: It is missing, readable by other accounts, or not encrypted as it should be.
    """
    from ioms_desktop.storage.sqlite.engine import is_plain  # noqa: PLC0415 - only where one is used
    from ioms_desktop.storage.sqlite.key_file import refuse_readable_by_others  # noqa: PLC0415 - as above

    refuse_missing_file(path)
    try:
        plain = is_plain(path)
        empty = not path.stat().st_size
        if encrypted:
            refuse_readable_by_others(path, "database")
    except OSError as error:
        raise FileUnreadable(f"The file {path} cannot be read. Check its permissions.") from error
    if encrypted and plain:
        raise NotEncrypted(
            f"{path} is not encrypted, though its key file says that it is: somebody may have put another file in its "
            "place. Nothing was opened; restore a backup, and ask who could write to this folder."
        )
    if not encrypted and not plain and not empty:
        raise NotADatabase(
            f"{path} is not an IOMS database, or it is damaged. Nothing was changed; choose another file."
        )


def schema_of(engine: Engine) -> str | None:
    """Return the schema of a database; None if it is empty or belongs to another program."""
    with engine.connect() as connection:
        try:
            with connection.begin():
                found: str | None = connection.scalar(select(meta.c.value).where(meta.c.name == "schema"))
                return found
        except DBAPIError:
            # Asked only now, because that takes longer than all else that opening a database asks.
            if inspect(connection).has_table(meta.name):
                raise
            return None


def alembic_schema(connection: Connection) -> tuple[str, ...]:
    """Return the schemas that Alembic recorded: in an intact database one, the same as `schema_of`."""
    if not inspect(connection).has_table(ALEMBIC_TABLE):
        return ()
    return tuple(connection.scalars(select(column("version_num")).select_from(table(ALEMBIC_TABLE))))


def _check_schema(engine: Engine) -> None:
    found = schema_of(engine)
    if found is None:
        raise NotADatabase("This is not an IOMS database. Nothing was changed; choose another, or create one.")
    if found > SCHEMA_HEAD:
        raise SchemaMismatch(
            f"This database was made by a newer version of IOMS Desktop (schema {found}). Nothing was changed; "
            "install the newer version."
        )
    if found < SCHEMA_HEAD:
        raise SchemaMismatch(
            f"This database is at an older schema ({found}). Nothing was changed; ask the person who looks after it "
            "to run migrate on the command line, which makes a backup first."
        )
