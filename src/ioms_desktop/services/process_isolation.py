"""Keeping the memory of a signed-in process private, restarting in a fresh process, and other ones that serve this."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, Self

from ioms_desktop.secret_variables import SECRET_VARIABLES
from ioms_desktop.services.user_paths import without_password

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from multiprocessing.connection import Connection
    from types import TracebackType

PR_SET_DUMPABLE = 4
LOCK_REASON_VARIABLE = "IOMS_LOCKED"
STOP_WAIT_S = 5


def keep_memory_private() -> None:
    """Disable core dumps, and keep other processes of the user from reading this one's memory.

    On Linux; elsewhere the system's own protection applies. Where the system refuses, the process goes on without.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes  # noqa: PLC0415 - only once, where somebody signs in
    import resource  # noqa: PLC0415 - not there on every system

    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def begin_as_child() -> None:
    """Prepare a process that this program began to work for another of its processes.

    Its memory is private too, and the key that stops a command is for the other to answer, which ends this one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    keep_memory_private()


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def restart_process(location: str, user: str, lock_reason: str) -> int:
    """Start the program in a new process that asks for the password; it is never handed over.

    Args:
        user: Whose name is filled in.
        lock_reason: Why the former process ended, for the sign-in window to say.

    Returns:
        The number of the new process.

    Raises:
        OSError: It cannot be started.
    """
    named = location if "://" in location else str(Path(location).resolve())
    given = {"IOMS_DATABASE": without_password(named), "IOMS_USER": user, LOCK_REASON_VARIABLE: lock_reason}
    # What a frozen program's loader told the former process is no longer true for the next.
    environment = {**os.environ, **given, "PYINSTALLER_RESET_ENVIRONMENT": "1"}
    for name in SECRET_VARIABLES:
        environment.pop(name, None)
    command = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "ioms_desktop"]
    flags = getattr(subprocess, "DETACHED_PROCESS", 0) | getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    nothing = subprocess.DEVNULL
    started = subprocess.Popen(  # noqa: S603 - this program itself
        command,
        env=environment,
        stdin=nothing,
        stdout=nothing,
        stderr=nothing,
        start_new_session=True,
        creationflags=flags,
    )
    return started.pid


class ServingProcess:
    """Another process that serves this one through a pipe; used in a `with` block, or ended at the end.

    The first thing it gives says that it has begun, and nothing is sent to it before. On Windows a pipe stays open
    whose other end a process was to take over and did not, because it ended before: what is sent goes nowhere then.

    Attributes:
        pipe: What leads to it.
    """

    pipe: Connection
    process: Any = None

    def __init__(self, serve: Callable[[Connection], None]) -> None:
        """Begin nothing yet.

        Args:
            serve: What it does with its end of the pipe; a function of a module.
        """
        self._serve = serve

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End it, whatever it is doing."""
        self.end()

    def begin(self) -> None:
        """Begin it.

        Raises:
            OSError: None can be had.
        """
        from multiprocessing import get_context  # noqa: PLC0415 - most of those who sign in begin none

        context = get_context("spawn")  # a fork would have the keys of this process in its memory
        pipe, theirs = context.Pipe()
        process = context.Process(target=self._serve, args=(theirs,), daemon=True)
        with theirs:
            process.start()
        self.pipe, self.process = pipe, process

    def has_given(self, wait_s: float = 0) -> bool:
        """Whether it has given something that was not taken yet.

        Args:
            wait_s: How long to wait for it.

        Raises:
            EOFError: It has ended, and everything that it gave was taken.
        """
        has_ended = not self.process.is_alive()  # asked first: what it gave before is taken
        if self.pipe.poll(wait_s):
            return True
        if has_ended:
            raise EOFError
        return False

    @contextmanager
    def in_time(self, wait_s: float) -> Iterator[None]:
        """End it where a message takes longer to come or to go: it may have been stopped in the middle of one.

        Raises:
            OSError: No thread can be had that would end it.
        """
        limit = Timer(wait_s, self.process.kill)
        try:
            limit.start()
        except RuntimeError as error:
            raise OSError(*error.args) from error
        try:
            yield
        finally:
            limit.cancel()

    def end(self) -> None:
        """End it, whatever it is doing, if it has begun."""
        if self.process is not None:
            with suppress(OSError):
                self.pipe.close()
            self.process.kill()
            self.process.join(STOP_WAIT_S)
