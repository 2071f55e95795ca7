"""Local files filled once: whoever fills the same file in the same way is given a copy of what came of it."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from ioms_desktop.domain.database_location import is_shared
from keys import opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from ioms_desktop.storage.store import Store


def fill_once(location: str, fill: Callable[[Store], None]) -> Store:
    """Open a test's database and fill it.

    A local file with exactly the bytes of one that was filled before is replaced by what that became. One that a test
    changed has bytes of its own, because every page is encrypted anew, and so does a shared database.
    """
    file, log = Path(location), Path(f"{location}-wal")
    if is_shared(location) or log.exists():
        return _filled(location, fill)
    became = _filled_files()
    key = fill, sha256(file.read_bytes()).digest()
    if key in became:
        file.write_bytes(became[key])
        return opened(location)
    _filled(location, fill).close()
    if not log.exists():
        became[key] = file.read_bytes()
    return opened(location)


def _filled(location: str, fill: Callable[[Store], None]) -> Store:
    store = opened(location)
    fill(store)
    return store


@cache
def _filled_files() -> dict[tuple[Callable[[Store], None], bytes], bytes]:
    return {}
