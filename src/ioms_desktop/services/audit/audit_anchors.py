"""Audit heads seen by this workstation: kept outside the database, so that nobody can rewrite both."""

import json
import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from ioms_desktop.atomic_file import write_file
from ioms_desktop.domain.audit.seals import ChainHead
from ioms_desktop.domain.errors import FileUnreadable, WrongDatabase, WrongFile
from ioms_desktop.domain.file_names import safe_file_name
from ioms_desktop.file_access import make_private_folder
from ioms_desktop.services.user_paths import data_folder

MAX_HEADS_KEPT = 1_000
NOT_AN_ANCHOR_MESSAGE = "is not an audit anchor. Name the file that audit anchor wrote."


def head_to_json(head: ChainHead) -> dict[str, Any]:
    """Write a head as JSON."""
    return {
        "database_id": head.database_id,
        "n": head.n,
        "hash": head.hash,
        "at": head.at.isoformat(),
        "epoch": head.epoch,
        "rows": head.rows,
    }


def head_from_json(kept: dict[str, Any]) -> ChainHead:
    """Read a head from JSON.

    Raises:
        ValueError, KeyError, TypeError: It is none.
    """
    return ChainHead(
        database_id=str(kept["database_id"]),
        n=int(kept["n"]),
        hash=str(kept["hash"]),
        at=datetime.fromisoformat(kept["at"]),
        epoch=int(kept["epoch"]),
        rows=int(kept["rows"]),
    )


def _read_anchor(path: Path) -> tuple[ChainHead, ...]:
    """Read the heads of an anchor.

    Raises:
        Refused: The file cannot be read, or is none.
    """
    try:
        heads = tuple(head_from_json(each) for each in json.loads(path.read_text(encoding="utf-8"))["heads"])
    except OSError as error:
        raise FileUnreadable(
            f"The anchor {path} cannot be read. Nothing was verified; check its name and rights."
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise WrongFile(f"The file {path} {NOT_AN_ANCHOR_MESSAGE}") from error
    if not heads:
        raise WrongFile(f"The file {path} {NOT_AN_ANCHOR_MESSAGE}")
    return heads


def anchor_of(path: Path, number: str) -> tuple[ChainHead, ...]:
    """Read the heads of one database's anchor.

    Raises:
        Refused: The file cannot be read, or is another database's.
    """
    kept = tuple(head for head in _read_anchor(path) if head.database_id == number)
    if not kept:
        raise WrongDatabase(
            f"The anchor {path} is of another database. Nothing was verified; name this database's anchor."
        )
    return kept


def read_local_heads(database_id: str) -> tuple[ChainHead, ...]:
    """List the heads of a database that this workstation has seen, the newest last; none where unreadable."""
    try:
        kept = json.loads(_heads_path(database_id).read_text(encoding="utf-8"))
        return tuple(head_from_json(each) for each in kept["heads"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def save_local_head(head: ChainHead) -> None:
    """Keep a head beside those seen before; a folder that cannot be written is not an error."""
    seen = read_local_heads(head.database_id)
    if any((each.n, each.hash) == (head.n, head.hash) for each in seen):
        return
    heads = [head_to_json(each) for each in (*seen, head)[-MAX_HEADS_KEPT:]]
    with suppress(OSError):
        file = _heads_path(head.database_id)
        make_private_folder(file.parent)
        write_file(file, json.dumps({"heads": heads}))


def _heads_path(database_id: str) -> Path:
    # The program's own identifiers stay as they are; anything else is what somebody wrote into a file.
    name = f"{database_id}.json" if _IDENTIFIER.fullmatch(database_id) else safe_file_name(database_id, ".json")
    return data_folder() / "witness" / name


_IDENTIFIER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
