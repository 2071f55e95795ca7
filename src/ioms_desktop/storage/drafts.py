"""Drafts on this workstation: one encrypted file each, written whole or not at all.

A file is a magic number, a nonce and the draft, encrypted with AES-256-GCM under the user's key. Database, user and
file name are its associated data, so that a file that was moved does not decrypt. File names say nothing about anybody.
"""

import json
import os
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from ioms_desktop.atomic_file import write_file
from ioms_desktop.domain.dates.instants import is_ahead
from ioms_desktop.domain.drafts import Draft, WindowState
from ioms_desktop.domain.errors import FileUnwritable
from ioms_desktop.domain.file_names import safe_file_name
from ioms_desktop.file_access import make_private_folder

T = TypeVar("T")
FILE_MAGIC = b"IOMSDRAFT1"
NONCE_BYTES = 12
DRAFT_SUFFIX = ".draft"
WINDOW_STATE_FILE_NAME = "place.session"
MAX_DRAFT_BYTES = 4_000_000
"""More than the longest form holds: a larger file is not a draft."""
DRAFT_NOT_SAVED = (
    "What you type cannot be kept on this computer ({why}). Save often: it is kept only while the window is open."
)

DRAFT_NOT_REMOVED = "An unsaved entry could not be removed from this computer ({why}). It is deleted after 14 days."


@dataclass(frozen=True, slots=True)
class DraftStore:
    """The folder of one user's drafts for one database, and the key that decrypts them.

    Attributes:
        folder: The folder; made when the first draft is saved.
        database_id: The database's identifier.
        user: The user.
        key: 32 bytes.
    """

    folder: Path
    database_id: str
    user: str
    key: bytes = field(repr=False)

    def associated_data(self, name: str) -> bytes:
        """Return the associated data of a file, so that it decrypts only in its own place."""
        return json.dumps([self.database_id, self.user, name]).encode()


@dataclass(frozen=True, slots=True)
class LoadedDrafts:
    """The drafts that decrypt, and the number of files that do not."""

    drafts: tuple[Draft, ...]
    unreadable_count: int


def draft_store(data_folder: Path, database_id: str, user: str, key: bytes) -> DraftStore:
    """Return a user's draft store for a database.

    Args:
        data_folder: The program's data folder on this workstation.
        database_id: The database's identifier.
        user: The user.
        key: 32 bytes.
    """
    return DraftStore(draft_folder(data_folder, database_id, user), database_id, user, key)


def draft_folder(data_folder: Path, database_id: str, user: str) -> Path:
    """Return the folder of a user's drafts for a database: one kept under a name of earlier versions stays theirs."""
    earlier = data_folder / "drafts" / _earlier_folder_name(database_id) / _earlier_folder_name(user)
    with suppress(OSError):
        if earlier.is_dir():
            return earlier
    return data_folder / "drafts" / safe_file_name(database_id) / safe_file_name(user)


def _earlier_folder_name(text: str) -> str:
    # A user name may hold characters that a folder name may not; a dot alone would be the folder itself.
    return quote(text, safe="").replace(".", "%2E")


def save_draft(store: DraftStore, draft: Draft) -> None:
    """Save a draft; the former file is replaced only when the new one is on the disk.

    Raises:
        Refused: The folder cannot be written.
    """
    payload: dict[str, Any] = asdict(draft)
    payload |= {"saved_at": draft.saved_at.isoformat(), "fields": dict(draft.fields)}
    _write_encrypted(store, f"{draft.id}{DRAFT_SUFFIX}", payload)


def load_drafts(store: DraftStore) -> LoadedDrafts:
    """Read every draft, oldest first; a file that is damaged or belongs to another user is left alone and counted."""
    drafts: list[Draft] = []
    unreadable = 0
    for path in sorted(store.folder.glob(f"*{DRAFT_SUFFIX}")):
        draft = _read_encrypted(store, path, _draft_from_json)
        if draft is None or f"{draft.id}{DRAFT_SUFFIX}" != path.name:
            unreadable += 1
        else:
            drafts.append(draft)
    return LoadedDrafts(tuple(sorted(drafts, key=lambda draft: (draft.saved_at, draft.id))), unreadable)


def delete_draft(store: DraftStore, draft_id: str) -> None:
    """Delete a draft, if it is there.

    Raises:
        Refused: The folder cannot be written.
    """
    if draft_id.replace("-", "").isalnum():
        _remove(store.folder / f"{draft_id}{DRAFT_SUFFIX}")


def delete_expired_drafts(store: DraftStore, now: datetime, lifetime: timedelta, waiting: Collection[str] = ()) -> None:
    """Delete drafts last written longer ago than their lifetime, and temporary files that a stopped program left.

    This includes other users' drafts under this operating-system account: a user whose access ended never returns. One
    that was written while the clock was ahead is dated now, or it would be kept that much longer.

    Args:
        store: Whose drafts were read.
        now: The instant.
        lifetime: For how long a draft is kept.
        waiting: The ids of those of this user that wait for an answer: they are dated now, however old they are.

    Raises:
        Refused: The folder cannot be written.
    """
    kept = {store.folder / f"{each}{DRAFT_SUFFIX}" for each in waiting}
    for path in store.folder.parent.parent.glob(f"*/*/*{DRAFT_SUFFIX}*"):
        with suppress(OSError):
            written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            if is_ahead(written, now) or path in kept:
                os.utime(path, (now.timestamp(), now.timestamp()))
            elif written < now - lifetime:
                _remove(path)


def save_window_state(store: DraftStore, state: WindowState) -> None:
    """Save what was open.

    Raises:
        Refused: The folder cannot be written.
    """
    _write_encrypted(store, WINDOW_STATE_FILE_NAME, asdict(state) | {"saved_at": state.saved_at.isoformat()})


def pop_window_state(store: DraftStore) -> WindowState | None:
    """Read and delete what was open when the window was locked; None where nothing decrypts.

    Raises:
        Refused: The folder cannot be written.
    """
    path = store.folder / WINDOW_STATE_FILE_NAME
    left = _read_encrypted(store, path, _window_state_from_json)
    _remove(path)
    return left


def _write_encrypted(store: DraftStore, name: str, document: dict[str, Any]) -> None:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - slow to import: first needed here

    nonce = os.urandom(NONCE_BYTES)
    sealed = AESGCM(store.key).encrypt(nonce, json.dumps(document).encode(), store.associated_data(name))
    try:
        _make_private_folders(store.folder)
        write_file(store.folder / name, FILE_MAGIC + nonce + sealed)
    except OSError as error:
        raise FileUnwritable(DRAFT_NOT_SAVED.format(why=error.strerror or "its folder cannot be written")) from error


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise FileUnwritable(DRAFT_NOT_REMOVED.format(why=error.strerror or "its folder cannot be written")) from error


def _make_private_folders(folder: Path) -> None:
    """Make the folder, and its parents up to the one of all drafts, readable by their owner only."""
    for each in (folder.parent.parent, folder.parent, folder):
        make_private_folder(each)


def _read_encrypted(store: DraftStore, path: Path, read: Callable[[dict[str, Any]], T]) -> T | None:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - slow to import: first needed here
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above

    try:
        with path.open("rb") as file:
            content = file.read(MAX_DRAFT_BYTES)
        if not content.startswith(FILE_MAGIC):
            return None
        nonce, sealed = (
            content[len(FILE_MAGIC) : len(FILE_MAGIC) + NONCE_BYTES],
            content[len(FILE_MAGIC) + NONCE_BYTES :],
        )
        return read(json.loads(AESGCM(store.key).decrypt(nonce, sealed, store.associated_data(path.name))))
    except (OSError, InvalidTag, ValueError, KeyError, TypeError):
        return None


def _draft_from_json(document: dict[str, Any]) -> Draft:
    cases = tuple(document.get("cases", ()))
    return Draft(**document | {"saved_at": datetime.fromisoformat(document["saved_at"]), "cases": cases})


def _window_state_from_json(document: dict[str, Any]) -> WindowState:
    return WindowState(
        **document | {"saved_at": datetime.fromisoformat(document["saved_at"]), "cases": tuple(document["cases"])}
    )
