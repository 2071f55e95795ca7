"""Wrong passwords for a local file: delays further attempts on this computer, and counts them for the audit.

They cannot be recorded in a database that did not open, so they are kept beside it until somebody signs in. This does
not protect against an attacker with a copy of the files and another program; only the password does.
"""

import contextlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ioms_desktop.atomic_file import write_file
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.text_format import iso_date
from ioms_desktop.storage.sqlite import key_file

UNKNOWN_NAME = ""
"""Unknown names are counted under this one: a name may be a password typed into the wrong field."""


@dataclass(frozen=True, slots=True)
class FailedLogins:
    """The failed attempts since the last sign-in.

    Attributes:
        failed: Wrong passwords.
        locked_until: Until when sign-in is refused.
    """

    failed: int = 0
    locked_until: datetime | None = None


def read_failed_logins(location: str, name: str) -> FailedLogins:
    """Read how often a user's password was wrong."""
    found = _load(location).get(_counted_name(location, name))
    if not isinstance(found, dict) or type(found.get("failed")) is not int:
        return FailedLogins()
    try:
        until = datetime.fromisoformat(found["until"]) if found.get("until") else None
    except (TypeError, ValueError):
        until = None
    return FailedLogins(found["failed"], until if until is None or until.tzinfo else None)


def save_failed_logins(location: str, name: str, failed_logins: FailedLogins) -> None:
    """Save how often a user's password was wrong; does nothing where the folder cannot be written."""
    kept = _load(location)
    kept[_counted_name(location, name)] = {
        "failed": failed_logins.failed,
        "until": iso_date(failed_logins.locked_until),
    }
    _save(location, kept)


def clear_failed_logins(location: str, name: str) -> None:
    """Delete a user's failed attempts."""
    kept = _load(location)
    if kept.pop(_counted_name(location, name), None) is not None:
        _save(location, kept)


def failed_logins_path(location: str) -> Path:
    """Name the file beside a database in which wrong passwords are counted."""
    return Path(f"{location}.tries")


def _counted_name(location: str, name: str) -> str:
    try:
        known = {slot.name for slot in key_file.load(location).slots if slot.kind == key_file.PERSON}
    except Refused:
        return UNKNOWN_NAME
    return name if name in known else UNKNOWN_NAME


def _load(location: str) -> dict[str, object]:
    try:
        kept = json.loads(failed_logins_path(location).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _save(location: str, kept: dict[str, object]) -> None:
    path = failed_logins_path(location)
    with contextlib.suppress(OSError):
        if not kept:
            path.unlink(missing_ok=True)
            return
        write_file(path, json.dumps(kept))
