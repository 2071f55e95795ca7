"""Keys for local files in tests: a fixed key, and users with passwords for tests that sign in."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from uuid import uuid4

from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.storage import users
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.postgres import logins
from ioms_desktop.storage.sqlite import key_file
from ioms_desktop.storage.sqlite.key_file import PERSON, RECOVERY, KeyFile
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext

TEST_KEY = bytes(range(32))
CODE = "0000-0000-0000-0000-0000-0000-0000"
AT = datetime(2026, 9, 1, 9, tzinfo=UTC)


def key_of(location: str) -> bytes | None:
    """Return the key of a test's database: the fixed one for a local file."""
    return None if is_shared(location) else TEST_KEY


def opened(location: str) -> Store:
    """Open a test's database."""
    return open_store(location, key_of(location))


def with_users(location: str, roles: Mapping[str, str], password: str, at: datetime = AT) -> None:
    """Add fictional users, all with one password."""
    store = opened(location)
    if is_shared(location):
        with store.engine.begin() as connection:
            for name, role in roles.items():
                logins.add_login(connection, name, role, password)
        store.close()
        return
    act = CommandContext(request="", user="admin", role="administrator", at=at, workstation="session 0")
    with store.begin(act) as tx:
        for name, role in roles.items():
            users.add_user(tx, name, role, "", at=at)
    store.close()
    key_file.save(location, _key_file(tuple(roles), password))


@cache
def _key_file(names: tuple[str, ...], password: str) -> KeyFile:
    """Build a key file once for the same users: to derive the key of each password takes a tenth of a second."""
    file = KeyFile(str(uuid4()), is_demo=False)
    for name in names:
        file = key_file.with_slot(file, PERSON, name, password, {1: TEST_KEY})
    return key_file.with_slot(file, RECOVERY, "", CODE, {1: TEST_KEY})
