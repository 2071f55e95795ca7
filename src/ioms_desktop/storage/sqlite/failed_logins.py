"""Wrong passwords at a local file: a pause for whoever tries at this computer, and the count for the audit.

Nothing can be noted in a database that did not open, so it stands beside it until somebody signs in. It is no
protection against whoever has a copy of the files and another program; only the password is.
"""

import contextlib
import json
import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ioms_desktop.domain.errors import Refused
from ioms_desktop.storage.sqlite import key_file

NOBODY = ""
"""Under which all names are counted that nobody here has: one of them may be a password typed into the wrong field."""


@dataclass(frozen=True, slots=True)
class Tries:
    """What was tried since the last sign-in.

    Attributes:
        failed: Wrong passwords.
        until: Until when no sign-in is taken.
    """

    failed: int = 0
    until: datetime | None = None


def read(location: str, name: str) -> Tries:
    """Say how often somebody's password was wrong."""
    found = _load(location).get(_label(location, name))
    if not isinstance(found, dict) or type(found.get("failed")) is not int:
        return Tries()
    try:
        until = datetime.fromisoformat(found["until"]) if found.get("until") else None
    except (TypeError, ValueError):
        until = None
    return Tries(found["failed"], until if until is None or until.tzinfo else None)


def note(location: str, name: str, tries: Tries) -> None:
    """Keep how often somebody's password was wrong; a folder that cannot be written keeps nothing."""
    kept = _load(location)
    kept[_label(location, name)] = {"failed": tries.failed, "until": tries.until.isoformat() if tries.until else None}
    _save(location, kept)


def clear(location: str, name: str) -> None:
    """Forget somebody's wrong passwords."""
    kept = _load(location)
    if kept.pop(_label(location, name), None) is not None:
        _save(location, kept)


def path_of(location: str) -> Path:
    """Name the file beside a database in which wrong passwords are counted."""
    return Path(f"{location}.tries")


def _label(location: str, name: str) -> str:
    try:
        known = {slot.name for slot in key_file.load(location).slots if slot.kind == key_file.PERSON}
    except Refused:
        return NOBODY
    return name if name in known else NOBODY


def _load(location: str) -> dict[str, object]:
    try:
        kept = json.loads(path_of(location).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _save(location: str, kept: dict[str, object]) -> None:
    path = path_of(location)
    with contextlib.suppress(OSError):
        if not kept:
            path.unlink(missing_ok=True)
            return
        new = Path(f"{path}.new")
        new.unlink(missing_ok=True)
        handle = os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR)
        with open(handle, "w", encoding="utf-8") as out:  # noqa: PTH123 - a handle, not a path
            json.dump(kept, out)
        new.replace(path)
