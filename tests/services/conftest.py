"""Fixtures: a real local file with an administrator, created once and copied for each test; a database tests share."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from backup_sessions import AUDITOR, Kept
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.services.database.backups import back_up
from ioms_desktop.storage import users
from keys import opened
from proof.books import ADMIN, Book, new_book
from services.access_bureau import Bureau, furnish_file, open_bureau
from services.fresh_cases import Ledger
from sessions import NOW

Made = tuple[Book, Book, bytes]


@pytest.fixture(scope="session")
def _books(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Create a database file, and a copy of it with a backup that was made while nobody was working."""
    book = new_book(tmp_path_factory.mktemp("books") / "book")
    session = book.session(ADMIN)
    key = session.store.key
    assert key is not None
    with session.store.begin(session.command_context()) as tx:
        users.add_user(tx, AUDITOR, Role.AUDITOR, "", at=NOW)
    session.store.close()
    backed = book.copied(book.folder.parent / "backed")
    session = backed.session_by_key(key, ADMIN)
    back_up(session, backed.folder / "backup.ioms")
    session.store.close()
    return book, backed, key


@pytest.fixture
def kept(_books: Made, tmp_path: Path) -> Iterator[Kept]:
    """Return a database file that has never been backed up."""
    office = Kept(_books[0].copied(tmp_path / "book"), _books[2])
    yield office
    office.close()


@pytest.fixture
def backed(_books: Made, tmp_path: Path) -> Iterator[Kept]:
    """Return a database file with `backup.ioms` in its backup folder."""
    office = Kept(_books[1].copied(tmp_path / "book"), _books[2])
    for file in ("backup.ioms", "backup.ioms.keys"):
        shutil.move(office.book.folder / file, office.folder / file)
    yield office
    office.close()


@pytest.fixture(scope="session", params=["sqlite", "postgres"])
def ledger(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """Return the database, of each kind, shared by tests that use only cases of their own."""
    # pytest may end and make it again when files of one kind and the other take turns: a new place each time.
    place = tmp_path_factory.mktemp("ledger")
    if request.param == "sqlite":
        empty = request.getfixturevalue("_local_template")
        location = str(shutil.copy(empty, place / "cases.ioms"))
    else:
        empty = request.getfixturevalue("_shared_template")
        location = request.getfixturevalue("postgres_server").create(place.name, empty)
    store = opened(location)
    yield Ledger(store)
    store.close()


@pytest.fixture(scope="session")
def _furnished_file(_local_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copy(_local_template, tmp_path_factory.mktemp("furnished") / "cases.ioms"))
    furnish_file(str(path))
    return path


@pytest.fixture(params=["sqlite", "postgres"])
def bureau(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bureau]:
    """Return a database with people of every role, each in a session of their own, on each kind."""
    if request.param == "sqlite":
        location = str(shutil.copy(request.getfixturevalue("_furnished_file"), tmp_path / "cases.ioms"))
    else:
        location = request.getfixturevalue("office").location
    with open_bureau(location) as made:
        yield made
