"""Logs that several windows and commands write at once: no entry is lost or torn, and no log grows for ever.

The file is open only while an entry is written, under a lock that all programs take: Windows renames no file that
another program has open, and elsewhere that program would go on writing into the one that was put aside.
"""

import errno
import logging
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

from typing_extensions import override

from ioms_desktop.file_access import create_private_file

MAX_LOG_BYTES = 500_000
FORMER_LOGS = 2
"""How many full logs are kept, the newest under the name that ends with 1."""
PATIENCE_S = 10.0
"""How long another program is waited for that has the lock: it needs it for one entry, but may have been stopped."""
PAUSE_S = 0.01
HELD = frozenset({0, errno.EACCES, errno.EAGAIN, errno.EDEADLK})
"""What a system says of a lock that another program has (Wine says 0); anything else says that the disk has none."""


class SharedLogHandler(logging.Handler):
    """Writes each entry of Python's logging to a shared log; one that cannot be written is dropped."""

    def __init__(self, path: Path) -> None:
        """Write to a log, which is created with its first entry."""
        super().__init__()
        self.path = path

    @override
    def emit(self, record: logging.LogRecord) -> None:
        try:
            append_entry(self.path, self.format(record))
        except OSError:
            return


def append_entry(path: Path, entry: str) -> None:
    """Add an entry to a log, and put the log aside first where it is full.

    Raises:
        OSError: It cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    content = f"{entry.rstrip()}\n".encode(errors="backslashreplace")
    with locked(path.with_name(f"{path.name}.lock")) as is_alone:
        with suppress(FileExistsError):
            create_private_file(path)
        # Two that put it aside at once would lose what the first had put there.
        if is_alone and path.stat().st_size + len(content) > MAX_LOG_BYTES:
            # Another program, such as an editor, may have one of them open: the log then goes on growing.
            with suppress(OSError):
                _put_aside(path)
        with path.open("ab") as log:
            log.write(content)


def _put_aside(path: Path) -> None:
    names = [path, *(path.with_name(f"{path.name}.{number}") for number in range(1, FORMER_LOGS + 1))]
    for newer, older in reversed(list(pairwise(names))):
        if newer.exists():
            newer.replace(older)
    create_private_file(path)


@contextmanager
def locked(path: Path) -> Iterator[bool]:
    """Keep other programs out of a log, by a file beside it.

    Yields:
        Whether they are out; where the disk has no locks, they are taken to be.
    """
    with suppress(FileExistsError):
        create_private_file(path)
    descriptor = os.open(path, os.O_RDWR)
    try:
        until = time.monotonic() + PATIENCE_S
        while not (is_alone := _lock(descriptor)) and time.monotonic() < until:
            time.sleep(PAUSE_S)
        yield is_alone
    finally:
        os.close(descriptor)  # which gives the lock back


def _lock(descriptor: int) -> bool:
    """Take the lock; False where another program has it."""
    try:
        if sys.platform == "win32":
            import msvcrt  # noqa: PLC0415 - Windows only

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - not there on Windows

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as refused:
        return refused.errno not in HELD
    return True
