"""Fixtures for all tests."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from functools import cache
from itertools import count, cycle
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis.internal.conjecture import providers

from postgres_template import FOLDER_VARIABLE

# Collecting the tests makes a million objects and no garbage: the collector would look at all of them again and again.
gc.disable()

# Before anything imports Qt: without a display Qt ends the process instead of raising.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if os.environ["QT_QPA_PLATFORM"] == "offscreen" and sys.platform != "win32":  # Qt would split a path at its colon
    os.environ["QT_QPA_PLATFORM"] += f":configfile={Path(__file__).parent}/ui/screens.json"

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ioms_desktop.storage.store import Store
    from postgres_cluster import Server
    from shared_people import FurnishedTemplate, Office
    from storage.personal_certificates import CertifiedOffice


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what only a POSIX system has; the mark says what that is."""
    mark = item.get_closest_marker("posix")
    if mark is not None and sys.platform == "win32":
        pytest.skip(f"not on Windows: {mark.args[0]}")


LONGEST_FIRST = (
    "test_worked_marlow.py",
    "test_worked_harker.py",
    "test_story_pyke.py",
    "test_story_beckles.py",
    "test_narrow_windows.py",
    "test_messages_in_place.py",
    "test_every_dialog.py",
    "test_new_record_type.py",
    "test_drafts.py",
    "test_disposal.py",
    "test_killing.py",
    "test_servers.py",
)
"""Modules with a test of more than ten seconds: begun last, it would keep one process busy while the others idle."""


OBJECTS_BETWEEN_COLLECTIONS = 10_000
"""More than the 700 of Python: a test makes little garbage, and most of what it makes lives until its end."""


def pytest_collection_finish() -> None:
    """Let the collector pass over what was made until now, which lives until the end."""
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS, *gc.get_threshold()[1:])
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Bring the longest tests to the front; what tests share stays together, because the order is otherwise kept."""
    items.sort(key=lambda item: item.path.name not in LONGEST_FIRST)


# How long an example takes says how busy the machine is, and nothing about what is tested.
settings.register_profile("ioms", deadline=None, derandomize=True)
settings.load_profile("ioms")
# Hypothesis reads every module that is loaded for numbers and words to try. That takes seconds, and makes the examples
# of a test depend on the tests that ran before it.
providers._get_local_constants = lambda: providers._local_constants  # noqa: SLF001 - no setting turns it off


@pytest.fixture(scope="session", autouse=True)
def _user_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Iterator[Path]]:
    """Name a new folder for each test; what is made for many tests uses one of its own."""
    root = tmp_path_factory.mktemp("users")
    folders = (root / str(number) for number in count())
    with pytest.MonkeyPatch.context() as patched:
        _use_folder(patched, next(folders))
        yield folders


@pytest.fixture(autouse=True)
def _isolated_user_data(_user_folders: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep drafts, heads of the audit, local databases and settings apart from other tests and from the user's own.

    `services.user_paths` names the folders.
    """
    _use_folder(monkeypatch, next(_user_folders))


def _use_folder(patch: pytest.MonkeyPatch, folder: Path) -> None:
    for name in ("data", "settings"):
        patch.setenv(f"IOMS_{name.upper()}", str(folder / name))


RECOVERY_CODES, RECOVERY_SECRET_BYTES = 5, 16


@pytest.fixture(scope="session", autouse=True)
def _nothing_is_made_twice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep what would be made again for many tests; one fixture, because pytest looks at each for every test."""
    own = tmp_path_factory.getbasetemp()
    with pytest.MonkeyPatch.context() as patched:
        # The processes of a run have folders of their own in one that they share.
        patched.setenv(FOLDER_VARIABLE, str((own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "postgres"))
        _work_on_no_password_twice(patched)
        _share_what_is_built(patched)
        _wait_for_no_window_that_is_ready(patched)
        yield


def _work_on_no_password_twice(patched: pytest.MonkeyPatch) -> None:
    """Cache the key derived from each password and salt: deriving it again proves nothing and takes long.

    Envelopes of one run have one salt, so that one password has one key in all files; `tests/storage/test_envelope.py`
    sees to it that outside the tests each has its own. Recovery codes are passwords too: a run has a few, which differ
    from one to the next.
    """
    from ioms_desktop.services.sign_in import password_change  # noqa: PLC0415  after what it needs of the environment is set
    from ioms_desktop.storage import envelope  # noqa: PLC0415  as above

    salt, few = envelope.new_salt(), cycle(os.urandom(RECOVERY_SECRET_BYTES) for _ in range(RECOVERY_CODES))
    patched.setattr(envelope, "derive_key", cache(envelope.derive_key))
    patched.setattr(envelope, "new_salt", lambda: salt)
    patched.setattr(password_change, "secrets", SimpleNamespace(token_bytes=lambda _: next(few)))


def _share_what_is_built(patched: pytest.MonkeyPatch) -> None:
    """Share what the databases of most tests have in common.

    - What is built of a database's code lists and policies: nearly every test opens the same ones.
    - Compiled statements: to compile them takes longer than to run them.
    - What the migrations made of the first local file: they take ten times as long.
    - That the pages of a file were verified, for its copies: this takes longest of all.
    """
    from page_cache import share_verified_pages  # noqa: PLC0415  after what it needs of the environment is set
    from reference_cache import cache_by_content  # noqa: PLC0415  as above
    from schema_cache import share_new_schemas  # noqa: PLC0415  as above
    from statement_cache import share_compiled_statements  # noqa: PLC0415  as above

    for share in (cache_by_content, share_compiled_statements, share_new_schemas, share_verified_pages):
        share(patched)


POLL_MS, SHORT_POLL_MS = 10, 1
"""How often pytest-qt's `waitUntil` asks, and how often it asks here: a window is mostly ready in between."""


def _wait_for_no_window_that_is_ready(patched: pytest.MonkeyPatch) -> None:
    from pytestqt.qtbot import QtBot  # noqa: PLC0415  after the platform is chosen

    wait = QtBot.wait
    patched.setattr(QtBot, "wait", lambda bot, ms: wait(bot, SHORT_POLL_MS if ms == POLL_MS else ms))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """Return a PostgreSQL server of this worker's own; fails, rather than skips, where there is none."""
    from postgres_cluster import start_server  # noqa: PLC0415  slow to import: only some tests need it

    server = start_server()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def _postgres_numbers() -> Iterator[int]:
    return count(1)


@pytest.fixture
def postgres_database(postgres_server: Server, _postgres_numbers: Iterator[int]) -> Iterator[Callable[..., str]]:
    """Make databases that live as long as the test: `postgres_database(template=None) -> url`.

    The template is the name of a database made before with `postgres_server.create(name)`.
    """
    made: list[str] = []

    def make(template: str | None = None) -> str:
        name = str(next(_postgres_numbers))
        url = postgres_server.borrow(name, template) if template else postgres_server.create(name)
        made.append(url)
        return url

    yield make
    for url in made:
        postgres_server.give_back(url)
    if made:
        postgres_server.forget_logins()


@pytest.fixture(scope="session")
def _local_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from ioms_desktop.storage.database.migrate import create_empty_database  # noqa: PLC0415  slow to import: only some tests need it
    from keys import TEST_KEY  # noqa: PLC0415  as above

    path = tmp_path_factory.mktemp("template") / "empty.ioms"
    create_empty_database(str(path), TEST_KEY)
    return path


@pytest.fixture(scope="session")
def _shared_template(postgres_server: Server) -> str:
    postgres_server.create_migrated("empty")
    return "empty"


@pytest.fixture(params=["sqlite", "postgres"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return an empty database at the newest schema: every test that asks for it runs on both kinds.

    A local one is encrypted with the key in `keys`, which `keys.opened` knows.
    """
    if request.param == "sqlite":
        return str(shutil.copy(request.getfixturevalue("_local_template"), tmp_path / "cases.ioms"))
    template: str = request.getfixturevalue("_shared_template")
    url: str = request.getfixturevalue("postgres_database")(template)
    return url


@pytest.fixture
def shared_location(_shared_template: str, postgres_database: Callable[..., str]) -> str:
    """Return an empty shared database at the newest schema, opened as the server's administrator."""
    url: str = postgres_database(_shared_template)
    return url


@pytest.fixture
def local_location(_local_template: Path, tmp_path: Path) -> str:
    """Return an empty local database at the newest schema, encrypted as `location`, for tests of the window."""
    return str(shutil.copy(_local_template, tmp_path / "cases.ioms"))


@pytest.fixture
def store(location: str) -> Iterator[Store]:
    """Return an open store on an empty database, on each kind."""
    from keys import opened  # noqa: PLC0415  slow to import: only some tests need it

    made = opened(location)
    yield made
    made.close()


@pytest.fixture(scope="session")
def certified(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CertifiedOffice]:
    """Return a shared database with sign-in by certificate; a test must restore the authority it trusts."""
    from storage.personal_certificates import CertifiedOffice  # noqa: PLC0415  slow to import: only some tests need it
    from storage.tls_cluster import WITHOUT, has_tls  # noqa: PLC0415  as above

    if not has_tls():
        pytest.skip(WITHOUT)
    made = CertifiedOffice(tmp_path_factory.mktemp("people"))
    yield made
    made.cluster.stop()


@pytest.fixture(scope="session")
def _furnished_template(postgres_server: Server, _shared_template: str) -> FurnishedTemplate:
    from shared_people import FurnishedTemplate  # noqa: PLC0415  slow to import: only some tests need it

    return FurnishedTemplate(postgres_server, _shared_template)


@pytest.fixture
def office(_furnished_template: FurnishedTemplate, postgres_database: Callable[..., str]) -> Iterator[Office]:
    """Return a shared database with one user of every role, each with a login of their own."""
    made = _furnished_template.copied(postgres_database)
    yield made
    made.close()
