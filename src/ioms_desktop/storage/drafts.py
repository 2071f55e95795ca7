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

from ioms_desktop.atomic_file import write_file
from ioms_desktop.domain.drafts import Draft, WindowState
from ioms_desktop.domain.errors import FileUnwritable

T = TypeVar("T")
FILE_MAGIC = b"IOMSDRAFT1"
NONCE_BYTES = 12
DRAFT_SUFFIX = ".draft"
WINDOW_STATE_FILE_NAME = "place.session"
MAX_DRAFT_BYTES = 4_000_000
"""More than the longest form holds; what is larger was not written here."""
DRAFT_NOT_SAVED = (
    "What you type cannot be kept on this computer ({why}). Save often: it is kept only while the window is open."
)

DRAFT_NOT_REMOVED = "An unsaved entry could not be removed from this computer ({why}). It goes by itself after 14 days."


@dataclass(frozen=True, slots=True)
class DraftStore:
    """Where one user's unsaved entries of one database lie, and the key that opens them.

    Attributes:
        folder: The folder; made when something is first kept.
        database_id: The database's own number.
        user: Whose they are.
        key: 32 bytes.
    """

    folder: Path
    database_id: str
    user: str
    key: bytes = field(repr=False)

    def associated_data(self, name: str) -> bytes:
        """Give what is bound to a file, so that it opens in its own place only."""
        return json.dumps([self.database_id, self.user, name]).encode()


@dataclass(frozen=True, slots=True)
class LoadedDrafts:
    """What lies in a drawer: the entries that open, and how many files do not."""

    drafts: tuple[Draft, ...]
    unreadable_count: int


def draft_store(data_folder: Path, database_id: str, user: str, key: bytes) -> DraftStore:
    """Give the place of a user's unsaved entries of one database.

    Args:
        data_folder: The folder of this program's data on this workstation.
        database_id: The database's own number.
        user: Whose they are.
        key: 32 bytes.
    """
    return DraftStore(draft_folder(data_folder, database_id, user), database_id, user, key)


def draft_folder(data_folder: Path, database_id: str, user: str) -> Path:
    """Give the folder of a user's unsaved entries of one database."""
    return data_folder / "drafts" / _folder_name(database_id) / _folder_name(user)


def _folder_name(text: str) -> str:
    # A name may hold what no folder may; a dot alone would name the folder itself.
    return quote(text, safe="").replace(".", "%2E")


def save_draft(store: DraftStore, draft: Draft) -> None:
    """Write an entry; the former file of the same entry is replaced only when the new one is on the disk.

    Raises:
        Refused: The folder cannot be written.
    """
    told: dict[str, Any] = asdict(draft)
    told |= {"saved_at": draft.saved_at.isoformat(), "fields": dict(draft.fields)}
    _write_encrypted(store, f"{draft.id}{DRAFT_SUFFIX}", told)


def load_drafts(store: DraftStore) -> LoadedDrafts:
    """Read every entry, oldest first; what is damaged or another's stays where it is and is counted."""
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
    """Take an entry away; one that is not there is as well.

    Raises:
        Refused: The folder cannot be written.
    """
    if draft_id.replace("-", "").isalnum():
        _remove(store.folder / f"{draft_id}{DRAFT_SUFFIX}")


def delete_expired_drafts(store: DraftStore, before: datetime) -> None:
    """Take away what was last written before an instant and opens nowhere, and what a killed program left half-made.

    So does what others left in their drawers of this account: whoever is let in no more never comes to clear them.

    Raises:
        Refused: The folder cannot be written.
    """
    for path in store.folder.parent.parent.glob(f"*/*/*{DRAFT_SUFFIX}*"):
        with suppress(OSError):
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                _remove(path)


def save_window_state(store: DraftStore, state: WindowState) -> None:
    """Write what was open.

    Raises:
        Refused: The folder cannot be written.
    """
    _write_encrypted(store, WINDOW_STATE_FILE_NAME, asdict(state) | {"saved_at": state.saved_at.isoformat()})


def pop_window_state(store: DraftStore) -> WindowState | None:
    """Give what was open when the window was locked, once; None where there is nothing that opens.

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
        write_file(store.folder / name, FILE_MAGIC + nonce + sealed, private=True)
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
    """Make the folder, and those above it up to the one of all drafts, for their owner only."""
    for each in (folder.parent.parent, folder.parent, folder):
        each.mkdir(mode=0o700, parents=True, exist_ok=True)
        each.chmod(0o700)


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
    return Draft(**document | {"saved_at": datetime.fromisoformat(document["saved_at"])})


def _window_state_from_json(document: dict[str, Any]) -> WindowState:
    return WindowState(
        **document | {"saved_at": datetime.fromisoformat(document["saved_at"]), "cases": tuple(document["cases"])}
    )
