"""A database of fictional data says so of itself, so that only such a one is ever built anew."""

from pathlib import Path

from sqlalchemy import insert, select

from ioms_desktop.domain.errors import Refused
from ioms_desktop.storage.engine import is_shared, open_store
from ioms_desktop.storage.store import Act, Reading, Store
from ioms_desktop.storage.tables import meta

FICTION = "fiction"


def mark(store: Store, act: Act) -> None:
    """Write into a database that its people are fictional."""
    with store.begin(act, "demo") as tx:
        tx.connection.execute(insert(meta).values(name=FICTION, value="yes"))


def is_fiction(reading: Reading) -> bool:
    """Whether a database says that its people are fictional."""
    return reading.connection.scalar(select(meta.c.value).where(meta.c.name == FICTION)) == "yes"


def clear_away(location: str) -> None:
    """Remove an earlier demo's file so that a new one can be built.

    Raises:
        Refused: There is something there that is no demo.
    """
    path = Path(location)
    if is_shared(location) or not path.exists():
        return
    store = open_store(location)
    try:
        with store.read() as reading:
            if not is_fiction(reading):
                raise Refused(f"There is a database at {location} that is no demo. Nothing was changed; name another.")
    finally:
        store.close()
    for name in (path, Path(f"{location}-wal"), Path(f"{location}-shm")):
        name.unlink(missing_ok=True)
