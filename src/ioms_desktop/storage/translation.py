"""What goes wrong in a database, once, in words for the user."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from ioms_desktop.domain.errors import Refused, Stale

STALE = "Someone else saved this record while you were editing it. Your text is still here; reload to compare."
SERIALIZATION = "40001"

_WORDS = (
    ("database is locked", "Another computer is saving. Your entry is still here; try again in a moment."),
    ("disk is full", "The disk is full. Nothing was saved and nothing was lost; make room and try again."),
    ("no space left", "The disk is full. Nothing was saved and nothing was lost; make room and try again."),
    (
        "readonly database",
        "This database cannot be written. Nothing was saved; check the rights of its file and folder.",
    ),
    ("read-only", "This database cannot be written. Nothing was saved; check the rights of its file and folder."),
    (
        "malformed",
        "The database file is damaged. Nothing was changed; restore a backup, or ask an administrator to run check.",
    ),
    ("not a database", "This file is no IOMS database, or it is damaged. Nothing was changed; choose another file."),
    ("disk i/o error", "The disk could not be read or written. Nothing was saved; check the disk and try again."),
    ("unable to open database", "The database cannot be opened. Check that its folder exists and may be written."),
    ("password authentication failed", "The server refused the name or the password. Check them and try again."),
    ("does not exist", "The server has no such database or user. Check the address and try again."),
    ("index row", "A name or a key is longer than the shared database can order. Nothing was saved; shorten it."),
    ("append-only", "The audit is append-only. Nothing was changed."),
    ("no such table", "This file is no IOMS database. Nothing was changed; choose another file."),
)
UNREACHABLE = "The database server cannot be reached. Your entry is kept; check the network and try again."


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the database says into a sentence.

    Raises:
        Stale: The record was saved by someone else since it was read.
        Refused: Anything else that is understood.
    """
    try:
        yield
    except IntegrityError as error:
        raise _integrity(error) from error
    except DBAPIError as error:
        raise _refused(error) from error


def _understood(said: str) -> Refused | None:
    return next((Refused(sentence) for words, sentence in _WORDS if words in said), None)


def _refused(error: DBAPIError) -> Refused:
    said = str(error.orig).lower()
    if getattr(error.orig, "sqlstate", "") == SERIALIZATION or "stale revision" in said:
        return Stale(STALE)
    understood = _understood(said)
    if understood is not None:
        return understood
    if error.connection_invalidated or isinstance(error, OperationalError):
        return Refused(UNREACHABLE)
    raise error


def _integrity(error: IntegrityError) -> Refused:
    said = str(error.orig).lower()
    if getattr(error.orig, "sqlstate", "") == SERIALIZATION or "stale revision" in said:
        return Stale(STALE)
    if "foreign key" in said:
        return Refused(
            "The record refers to another that is not there, or one that others still refer to. Nothing was saved."
        )
    if "unique" in said or "duplicate" in said:
        return Refused("A record with this reference exists already. Nothing was saved; open it, or choose another.")
    return _understood(said) or Refused(
        "The database does not accept these values. Nothing was saved; check the entry."
    )
