"""What a process that looks at foreign files may use: little memory and time, and no file at all."""

import os
import sys
from contextlib import suppress

from ioms_desktop.secret_variables import SECRET_VARIABLES
from ioms_desktop.services.process_isolation import begin_as_child

MAX_MEMORY_BYTES = 1536 * 1024 * 1024
MAX_CPU_S = 60


def limit_this_process() -> None:
    """Limit the memory and time of this process, and let it write no file; a system without such limits has none.

    What it shows of a document is as private as in the process of the window.
    """
    sys.dont_write_bytecode = True
    for secret in SECRET_VARIABLES:
        os.environ.pop(secret, None)
    begin_as_child()
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - not there on every system

    limits = {
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CPU: MAX_CPU_S,
        resource.RLIMIT_AS: MAX_MEMORY_BYTES,
    }
    for name, most in limits.items():
        with suppress(OSError, ValueError):
            resource.setrlimit(name, (most, most))
