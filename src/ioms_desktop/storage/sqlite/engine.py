"""Engines and connections for local files, all with the same durability settings.

Plain and encrypted files are opened by the same library, so that there is one SQLite version; a plain file is opened
only to encrypt it, and in tests.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event

from ioms_desktop.domain.errors import EncryptionFailed
from ioms_desktop.storage.schema.plain_text import ask_driver
from ioms_desktop.storage.sqlite import audit_hash
from ioms_desktop.storage.sqlite.network_share import refuse_network_share
from ioms_desktop.storage.store import COMMAND_OPTION

BUSY_TIMEOUT_S = 10
EXCLUSIVE_LOCK_TIMEOUT_MS = 300
"""Short, because other programs keep the file open for hours: it only covers one that is just closing it."""
RETRY_PAUSE_S = 0.1
PLAIN_FILE_HEADER = b"SQLite format 3\0"
"""The first bytes of a file that is not encrypted."""
JOURNAL_PRAGMA = "PRAGMA journal_mode=WAL"
CACHE_PRAGMA = "PRAGMA cache_size=-32768"
"""KiB of pages kept decrypted by a connection: with the library's 2 MiB, searching 100,000 cases as one types takes
528 ms instead of 144, because the same pages are decrypted again and again."""
CONNECTION_PRAGMAS = ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON", "PRAGMA temp_store=MEMORY", CACHE_PRAGMA)
"""Set on every connection after the journal mode; the power-loss test uses the same on its own connection."""


def file_engine(path: Path, key: bytes | None = None) -> Engine:
    """Create the engine of a local file.

    Args:
        path: The file.
        key: The key, 32 bytes; None for a plain file.

    Raises:
        Refused: The file is on a network share, or this installation cannot encrypt.
    """
    refuse_network_share(path)
    driver = _driver()
    place = URL.create("sqlite+pysqlite", database=str(path))
    engine = create_engine(place, module=driver, connect_args={"timeout": BUSY_TIMEOUT_S}, hide_parameters=True)
    event.listen(
        engine, "connect", _connect_listener(key), insert=True
    )  # before SQLAlchemy's own listeners: the key must be set first
    event.listen(engine, "begin", _begin_transaction)
    return engine


def immutable_engine(path: Path, key: bytes) -> Engine:
    """Create the engine of a file that nobody writes, such as a backup: nothing is written to it or beside it.

    Args:
        path: The file, which nobody may be writing.
        key: The key.

    Raises:
        Refused: This installation cannot encrypt.
    """

    def look() -> Any:  # noqa: ANN401 - the driver's own connection
        connection = connect_read_only(path, key, "immutable=1")
        connection.execute("PRAGMA temp_store=MEMORY")
        audit_hash.register_hash_functions(connection)
        return connection

    engine = create_engine(
        "sqlite+pysqlite://", module=_driver(), creator=look, poolclass=NullPool, hide_parameters=True
    )
    event.listen(engine, "begin", _begin_transaction)
    return engine


def connect_read_only(path: Path, key: bytes | None, mode: str) -> Any:  # noqa: ANN401 - the driver's own connection
    """Connect to a file in a read-only mode, outside any engine.

    Args:
        path: The file.
        key: The key; None for a plain file.
        mode: SQLite's URI parameter: `mode=ro`, or `immutable=1` for a file that nobody writes.

    Raises:
        Refused: This installation cannot encrypt.
    """
    address = f"file:{quote(str(path.resolve()))}?{mode}"
    connection = _driver().connect(address, uri=True, isolation_level=None)
    try:
        set_key(connection, key)
    except BaseException:
        connection.close()
        raise
    return connection


def connect(path: Path, key: bytes | None = None) -> Any:  # noqa: ANN401 - the driver's own connection
    """Connect outside any engine: for copies, encryption and key changes.

    Raises:
        Refused: This installation cannot encrypt.
    """
    connection = _driver().connect(str(path), isolation_level=None, timeout=BUSY_TIMEOUT_S)
    set_key(connection, key)
    return connection


def key_literal(key: bytes) -> str:
    """Write a key as an SQLCipher literal: it cannot be a bound parameter, and hexadecimal digits cannot inject SQL."""
    return f"\"x'{key.hex()}'\""


def set_key(connection: Any, key: bytes | None) -> None:  # noqa: ANN401 - the driver's own connection
    """Set the key of a new connection, before any other statement.

    Raises:
        Refused: This installation cannot encrypt.
    """
    if key is not None:
        connection.execute(f"PRAGMA key={key_literal(key)}")
    connection.execute("PRAGMA cipher_log=off")  # errors become sentences; SQLCipher would also print them
    if not connection.execute("PRAGMA cipher_version").fetchone():
        raise EncryptionFailed(
            "This installation cannot encrypt: its database library is not SQLCipher. Nothing was opened; install IOMS "
            "Desktop again."
        )


def _driver() -> Any:  # noqa: ANN401 - a module without types
    from sqlcipher3 import dbapi2  # noqa: PLC0415 - only where a local file is opened

    return dbapi2


def driver_error() -> type[Exception]:
    """Return the driver's exception class, for connections outside an engine."""
    error: type[Exception] = _driver().Error
    return error


@contextmanager
def exclusive_connection(path: Path, key: bytes | None = None) -> Iterator[Any]:
    """Lock a file exclusively, without a log beside it.

    Yields:
        A connection; None where another program has the file open.
    """
    connection = connect(path, key)
    try:
        connection.execute(f"PRAGMA busy_timeout={EXCLUSIVE_LOCK_TIMEOUT_MS}")
        try:
            connection.execute("PRAGMA locking_mode=EXCLUSIVE")
            # EXTRA: in journal mode, deleting the journal is the commit, which must survive a power cut.
            connection.execute("PRAGMA synchronous=EXTRA")
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
            connection.execute("BEGIN EXCLUSIVE")  # takes the lock, which exclusive mode keeps
            connection.execute("COMMIT")
        except driver_error() as error:
            if "locked" not in str(error):
                raise
            mode = ""
        yield connection if mode == "delete" else None
    finally:
        connection.close()


def _connect_listener(key: bytes | None) -> Callable[[Any, Any], None]:
    def prepare(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own connection
        set_key(connection, key)
        _prepare_connection(connection)

    return prepare


def _prepare_connection(connection: Any) -> None:  # noqa: ANN401 - the driver's own connection
    connection.isolation_level = None  # the begin event starts transactions itself
    cursor = connection.cursor()
    until = time.monotonic() + BUSY_TIMEOUT_S
    try:
        while True:
            try:
                cursor.execute(JOURNAL_PRAGMA)
                break
            except Exception as error:
                # With two programs opening a new file at once, this statement ignores the busy timeout.
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(RETRY_PAUSE_S)
        for pragma in CONNECTION_PRAGMAS:
            cursor.execute(pragma)
    finally:
        cursor.close()
    audit_hash.register_hash_functions(connection)


def _begin_transaction(connection: Connection) -> None:
    command = connection.get_execution_options().get(COMMAND_OPTION, False)
    # IMMEDIATE takes the write lock before the first read; without it a command that reads first loses updates.
    ask_driver(connection, "BEGIN IMMEDIATE" if command else "BEGIN", {})


def is_plain(path: Path) -> bool:
    """Whether a file is a plain SQLite file.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return file.read(len(PLAIN_FILE_HEADER)) == PLAIN_FILE_HEADER
