"""Unsaved entries on this workstation: one encrypted file each, written whole or not at all.

A file is a mark, a nonce and what AES-256-GCM makes of the entry under a key of the user's. Database, user and file
name are bound in, so that a file moved to another place opens nowhere. No file name says anything about anybody.
"""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from ioms_desktop.domain.drafts import Draft, Place
from ioms_desktop.domain.errors import Refused

T = TypeVar("T")
MARK = b"IOMSDRAFT1"
NONCE = 12
ENDING = ".draft"
PLACE = "place.session"
LARGEST = 4_000_000
"""More than the longest form holds; what is larger was not written here."""
NOT_KEPT = (
    "What you type cannot be kept on this computer ({why}). Save often: it is kept only while the window is open."
)

NOT_REMOVED = "An unsaved entry could not be removed from this computer ({why}). It goes by itself after 14 days."


@dataclass(frozen=True, slots=True)
class Drawer:
    """Where one user's unsaved entries of one database lie, and the key that opens them.

    Attributes:
        folder: The folder; made when something is first kept.
        database: The database's own number.
        user: Whose they are.
        key: 32 bytes.
    """

    folder: Path
    database: str
    user: str
    key: bytes = field(repr=False)

    def bound(self, name: str) -> bytes:
        """Give what is bound to a file, so that it opens in its own place only."""
        return json.dumps([self.database, self.user, name]).encode()


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in a drawer: the entries that open, and how many files do not."""

    drafts: tuple[Draft, ...]
    unreadable: int


def drawer(data_folder: Path, database: str, user: str, key: bytes) -> Drawer:
    """Give the place of a user's unsaved entries of one database.

    Args:
        data_folder: The folder of this program's data on this workstation.
        database: The database's own number.
        user: Whose they are.
        key: 32 bytes.
    """
    return Drawer(folder_of(data_folder, database, user), database, user, key)


def folder_of(data_folder: Path, database: str, user: str) -> Path:
    """Give the folder of a user's unsaved entries of one database."""
    return data_folder / "drafts" / _named(database) / _named(user)


def _named(text: str) -> str:
    # A name may hold what no folder may; a dot alone would name the folder itself.
    return quote(text, safe="").replace(".", "%2E")


def keep(place: Drawer, draft: Draft) -> None:
    """Write an entry; the former file of the same entry is replaced only when the new one is on the disk.

    Raises:
        Refused: The folder cannot be written.
    """
    told: dict[str, Any] = asdict(draft)
    told |= {"saved_at": draft.saved_at.isoformat(), "fields": dict(draft.fields)}
    _write(place, f"{draft.id}{ENDING}", told)


def kept(place: Drawer) -> Found:
    """Read every entry, oldest first; what is damaged or another's stays where it is and is counted."""
    drafts: list[Draft] = []
    unreadable = 0
    for path in sorted(place.folder.glob(f"*{ENDING}")):
        draft = _opened(place, path, _draft)
        if draft is None or f"{draft.id}{ENDING}" != path.name:
            unreadable += 1
        else:
            drafts.append(draft)
    return Found(tuple(sorted(drafts, key=lambda draft: (draft.saved_at, draft.id))), unreadable)


def forget(place: Drawer, draft_id: str) -> None:
    """Take an entry away; one that is not there is as well.

    Raises:
        Refused: The folder cannot be written.
    """
    if draft_id.replace("-", "").isalnum():
        _remove(place.folder / f"{draft_id}{ENDING}")


def clear_old(place: Drawer, before: datetime) -> None:
    """Take away what was last written before an instant and opens nowhere, and what a killed program left half-made.

    So does what others left in their drawers of this account: whoever is let in no more never comes to clear them.

    Raises:
        Refused: The folder cannot be written.
    """
    for path in place.folder.parent.parent.glob(f"*/*/*{ENDING}*"):
        with suppress(OSError):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                _remove(path)


def keep_place(place: Drawer, left: Place) -> None:
    """Write what was open.

    Raises:
        Refused: The folder cannot be written.
    """
    _write(place, PLACE, asdict(left) | {"saved_at": left.saved_at.isoformat()})


def take_place(place: Drawer) -> Place | None:
    """Give what was open when the window was locked, once; None where there is nothing that opens.

    Raises:
        Refused: The folder cannot be written.
    """
    path = place.folder / PLACE
    left = _opened(place, path, _place)
    _remove(path)
    return left


def _write(place: Drawer, name: str, told: dict[str, Any]) -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - slow to import: first needed here

    nonce = os.urandom(NONCE)
    sealed = AESGCM(place.key).encrypt(nonce, json.dumps(told).encode(), place.bound(name))
    write_private(place.folder / name, MARK + nonce + sealed)


def write_private(path: Path, content: bytes) -> None:
    """Write a file for its owner only, whole or not at all.

    Raises:
        Refused: The folder cannot be written.
    """
    try:
        _private(path.parent)
        _replace(path, content)
    except OSError as error:
        raise Refused(NOT_KEPT.format(why=error.strerror or "its folder cannot be written")) from error


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise Refused(NOT_REMOVED.format(why=error.strerror or "its folder cannot be written")) from error


def _private(folder: Path) -> None:
    """Make the folder, and those above it up to the one of all drafts, for their owner only."""
    for each in (folder.parent.parent, folder.parent, folder):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
        each.chmod(0o700)


def _replace(path: Path, content: bytes) -> None:
    written = path.with_name(f".{path.name}.{os.urandom(4).hex()}")
    try:
        with open(os.open(written, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:  # noqa: PTH123 - a descriptor
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        written.replace(path)
    except OSError:
        written.unlink(missing_ok=True)
        raise
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Put the new name on the disk too, where a folder can be opened for that."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _opened(place: Drawer, path: Path, read: Callable[[dict[str, Any]], T]) -> T | None:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - slow to import: first needed here
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above

    try:
        with path.open("rb") as file:
            content = file.read(LARGEST)
        if not content.startswith(MARK):
            return None
        nonce, sealed = content[len(MARK) : len(MARK) + NONCE], content[len(MARK) + NONCE :]
        return read(json.loads(AESGCM(place.key).decrypt(nonce, sealed, place.bound(path.name))))
    except (OSError, InvalidTag, ValueError, KeyError, TypeError):
        return None


def _draft(told: dict[str, Any]) -> Draft:
    return Draft(**told | {"saved_at": datetime.fromisoformat(told["saved_at"])})


def _place(told: dict[str, Any]) -> Place:
    return Place(**told | {"saved_at": datetime.fromisoformat(told["saved_at"]), "cases": tuple(told["cases"])})
