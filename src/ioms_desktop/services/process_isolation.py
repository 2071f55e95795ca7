"""Keeping the memory of a signed-in process private, restarting in a fresh process, and how many there may be."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from ioms_desktop.secret_variables import SECRET_VARIABLES
from ioms_desktop.services.user_paths import without_password

PR_SET_DUMPABLE = 4
LOCK_REASON_VARIABLE = "IOMS_LOCKED"


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
