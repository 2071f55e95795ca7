"""A local file: one engine that keeps its promises at every connection."""

import os
import stat
import time
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event

from ioms_desktop.domain.errors import Refused
from ioms_desktop.storage.store import COMMAND

BUSY_SECONDS = 10
NETWORK = frozenset({"cifs", "smb3", "smbfs", "nfs", "nfs4", "9p", "afs", "ncpfs", "fuse.sshfs", "fuse.rclone"})
ATTEMPTS = 50
PAUSE = 0.1
JOURNAL = "PRAGMA journal_mode=WAL"
PRAGMAS = ("PRAGMA synchronous=FULL", "PRAGMA foreign_keys=ON")
"""What every connection is told after the journal; the test that pulls the plug tells its own connection the same."""


def engine_for(path: Path) -> Engine:
    """Make the engine of a local file; encryption takes its place here.

    Raises:
        Refused: The file lies on a network share.
    """
    refuse_network_share(path)
    engine = create_engine(f"sqlite+pysqlite:///{path}", connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own connection
    connection.isolation_level = None  # the begin event says how a transaction begins
    cursor = connection.cursor()
    try:
        for attempt in range(ATTEMPTS):
            try:
                cursor.execute(JOURNAL)
                break
            except Exception as error:
                # Two programs opening one new file at once: this one statement ignores the busy timeout.
                if "locked" not in str(error) or attempt == ATTEMPTS - 1:
                    raise
                time.sleep(PAUSE)
        for pragma in PRAGMAS:
            cursor.execute(pragma)
    finally:
        cursor.close()


def _begin(connection: Connection) -> None:
    command = connection.get_execution_options().get(COMMAND, False)
    # IMMEDIATE takes the write lock before the first read; without it a command that reads first loses updates.
    connection.exec_driver_sql("BEGIN IMMEDIATE" if command else "BEGIN")


def make_private(path: Path) -> None:
    """Create the file readable by its owner only, so that no other account sees it for a moment."""
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR))


def refuse_network_share(path: Path) -> None:
    """Refuse a file on a network share, where two computers' locks do not see each other.

    Raises:
        Refused: It lies on one.
    """
    if str(path).startswith(("\\\\", "//")) or _filesystem(path) in NETWORK:
        raise Refused(
            "A local database cannot live on a network share: two computers could damage it. Choose a folder on this "
            "computer, or use a shared database on a server."
        )


def _filesystem(path: Path) -> str:
    """Name the filesystem a path lies on, where the system says."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return ""
    target = str(path.resolve())
    found = ("", "")
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, point, kind = line.split(" ")[:3]
        point = point.replace("\\040", " ")
        inside = target == point or target.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(found[0]):
            found = (point, kind)
    return found[1]
