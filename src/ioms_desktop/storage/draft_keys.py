"""The key of a user's unsaved entries where the database is a server's: random, in a small file beside the entries.

It lies under the password of the sign-in. Whoever takes the folder away has to guess that, at the cost of the envelope.
"""

import json
import secrets
from pathlib import Path

from ioms_desktop.domain.errors import Refused
from ioms_desktop.storage import drafts
from ioms_desktop.storage.envelope import KEY_BYTES, WrongKey, stated, unwrap, wrap

NAME = "key.json"


def key_for(data_folder: Path, database: str, user: str, password: str) -> bytes:
    """Give the key, making one where there is none that this password opens.

    Args:
        data_folder: The folder of this program's data on this workstation.
        database: The database's own number.
        user: Who has just signed in.
        password: With what.

    Raises:
        Refused: The folder cannot be written.
    """
    path = drafts.folder_of(data_folder, database, user) / NAME
    try:
        return unwrap(json.loads(path.read_bytes()), password, _about(database, user))
    except (OSError, ValueError, WrongKey, Refused):
        # Given another password by somebody else, or damaged: what lies there cannot be opened, what comes can.
        key = secrets.token_bytes(KEY_BYTES)
        protect(data_folder, database, user, password, key)
        return key


def protect(data_folder: Path, database: str, user: str, password: str, key: bytes) -> None:
    """Put a key under a password, instead of the one it lay under.

    Raises:
        Refused: The folder cannot be written.
    """
    slot = wrap(key, password, _about(database, user))
    folder = drafts.folder_of(data_folder, database, user)
    drafts.write_private(folder / NAME, json.dumps(slot).encode())


def _about(database: str, user: str) -> bytes:
    return stated("drafts", database, user)
