"""The mark of a database with fictional data: only a database that has it may be rebuilt."""

from pathlib import Path

from sqlalchemy import Connection, insert, select

from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.errors import DatabaseExists, Refused
from ioms_desktop.storage.database.migrate import remove_database
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import meta

DEMO_META_KEY = "fiction"


def mark_as_demo(connection: Connection) -> None:
    """Mark a database as fictional."""
    connection.execute(insert(meta).values(name=DEMO_META_KEY, value="yes"))


def is_demo(reading: Reading) -> bool:
    """Whether a database is marked as fictional."""
    return reading.connection.scalar(select(meta.c.value).where(meta.c.name == DEMO_META_KEY)) == "yes"


def has_demo_key_file(location: str) -> bool:
    """Whether the key file of a local database is marked as fictional."""
    from ioms_desktop.storage.sqlite import key_file  # noqa: PLC0415 - only where a local file is looked at

    try:
        return not is_shared(location) and key_file.load(location).is_demo
    except Refused:
        return False


def remove_demo(location: str, name: str, password: str) -> None:
    """Remove an earlier demo database so that a new one can be built.

    Args:
        location: Where.
        name: A user of every demo.
        password: The password of every demo.

    Raises:
        Refused: The file is not a demo database.
    """
    from ioms_desktop.storage.sqlite import key_file  # noqa: PLC0415 - only where a local file is cleared away

    if is_shared(location):
        return
    keys = key_file.key_file_path(location)
    if (Path(location).exists() or keys.exists()) and not _opens_as_demo(location, name, password):
        raise DatabaseExists(
            f"There is a database at {location} that is not a demo. Nothing was changed; name another."
        )
    remove_database(location)


def _opens_as_demo(location: str, name: str, password: str) -> bool:
    """Whether a file opens with the demo password or, made before files were encrypted, is marked as fictional."""
    from ioms_desktop.storage.envelope import WrongKey  # noqa: PLC0415 - only where a local file is cleared away
    from ioms_desktop.storage.sqlite import key_file  # noqa: PLC0415 - as above

    if key_file.key_file_path(location).exists():
        file = key_file.load(location)
        try:
            # The mark is bound into every slot of the key file: after forging it, a real database no longer opens.
            key_file.unlock(file, key_file.PERSON, name, password)
        except WrongKey:
            return False
        return file.is_demo
    store = open_store(location)
    try:
        with store.read() as reading:
            return is_demo(reading)
    finally:
        store.close()
