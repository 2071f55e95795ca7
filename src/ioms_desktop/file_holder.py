"""Replacing a file that another program has open: on Windows that fails, and the user has to know which program."""

import errno
import sys
import time
from pathlib import Path

PATIENCE_S = 2.0
"""How long a file that is in use is waited for: a virus scanner lets go in a moment, a person does not."""
PAUSE_S = 0.05
IN_USE_ERRORS = frozenset({5, 32, 33})
"""Windows' "access denied", which it also says of a file that is open, "sharing violation" and "lock violation"."""
LIKELY_PROGRAMS = {
    ".csv": "Excel",
    ".xlsx": "Excel",
    ".pdf": "a PDF reader",
    ".json": "an editor",
    ".txt": "an editor",
}
"""By the file's ending, where neither the system nor a lock file says."""


def rename_when_free(source: Path, target: Path) -> None:
    """Give a file the name of another, which it replaces; one that is in use is waited for.

    Raises:
        PermissionError: Another program has one of them open; the message names it, or the program it is likely to be.
        OSError: The folder cannot be written.
    """
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            source.replace(target)
        except OSError as error:
            if getattr(error, "winerror", None) not in IN_USE_ERRORS or not target.is_file():
                raise
            if time.monotonic() >= until:
                raise PermissionError(
                    errno.EACCES, f"{likely_holder(target)} has it open; close it there and try again", str(target)
                ) from error
        else:
            return
        time.sleep(PAUSE_S)


def likely_holder(path: Path) -> str:
    """Name the program that has a file open: as the system or a lock file beside it says, else the likely one."""
    if sys.platform == "win32":
        from ioms_desktop.windows_api import programs_using  # noqa: PLC0415 - Windows only

        named = programs_using(path)
        if named:
            return " or ".join(named)
    if path.with_name(f".~lock.{path.name}#").exists():
        return "LibreOffice"
    # Word shortens the name of the document by its first two letters.
    if any(path.with_name(f"~${name}").exists() for name in (path.name, path.name[2:])):
        return "Microsoft Office"
    likely = LIKELY_PROGRAMS.get(path.suffix.lower())
    return f"another program, probably {likely}," if likely else "another program, such as a backup or virus scanner,"
