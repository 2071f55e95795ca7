"""Translates database errors into refusals with a sentence for the user."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import (
    AccessEnded,
    ConstraintViolated,
    DatabaseDamaged,
    DatabaseInUse,
    DatabaseNotFound,
    DatabaseUnwritable,
    Duplicate,
    InvalidText,
    NotADatabase,
    OutOfRange,
    Refused,
    SchemaMismatch,
    ServerRefused,
    SignInRefused,
    Stale,
    Unreachable,
    UnsafeDatabase,
    WrongPassword,
)
from ioms_desktop.domain.records.documents.document import NO_ROOM
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.storage.login_errors import LOGIN_ERROR_MESSAGES
from ioms_desktop.storage.schema.version import other_schema

STALE_MESSAGE = "Someone else saved this record while you were editing it. Your text is still here; reload to compare."
SERIALIZATION_SQLSTATE = "40001"

ANOTHER_PAPER = (
    "Another paper already has this code. Nothing was printed or put on record; try again, and this paper gets a new "
    "code."
)
_WANTS_PASSWORD = (
    "The server wants the password itself, or no proof at all. No password was sent; check the address, or ask an "
    "administrator to set scram-sha-256 in pg_hba.conf."
)
_UNTRUSTED = (
    "The server's certificate is not signed by the authority trusted here. Nothing was sent; check sslrootcert."
)
SIGN_IN_FAILED = "The name or the password is wrong. Nothing was opened; try again, or ask an administrator."
SERVER_SIGN_IN_FAILED = (
    "The name or the password is wrong, the account has expired, or the server does not let you in from this computer. "
    "Nothing was opened; try again, or ask an administrator to add you, or to add this network in pg_hba.conf."
)
"""One sentence for every reason not to let somebody in, so that none tells which names the server knows."""
ACCESS_ENDED = (
    "Your access to this database has ended. Nothing more was read or saved; if it should not have, ask an "
    "administrator."
)
_ACCESS_ENDED_TEXTS = ("is not permitted to log in", "permission denied for database")
_ROLE_MISSING = re.compile(r'role ".*" does not exist', re.DOTALL)
_DATABASE_MISSING = re.compile(r'database ".*" does not exist', re.DOTALL)
INCOMPLETE = (
    "The database lacks a table, a column or a function that this version of the program needs. Nothing was saved; "
    "run check, or ask an administrator to run it."
)
UNDEFINED_SQLSTATES = frozenset({"42P01", "42703", "42883", "42704", "3F000"})
"""What a statement names is not there: table, column, function, type or role, schema."""
NOT_SEALED_YET = (
    "What was proposed is not sealed in this database's audit, because another save that began before the "
    "proposal is still in progress, or because it was proposed elsewhere. Nothing was removed; try "
    "again in a moment, or refuse it and propose it again."
)
SESSIONS_ENDED = "The sessions that were open under this login were ended, but the login itself is unchanged."
_OTHER_VERSION = "of another version than the program"
HOLDER = re.compile(r"(?:^|, )(.+?) since (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)Z")
_ON_SOCKET = 'host "[local]"'
_ATTEMPT = re.compile(r"(?=connection to server (?:at|on) )")
_REFUSALS_BY_DRIVER_TEXT: tuple[tuple[str, type[Refused], str], ...] = (
    *((words, SignInRefused, sentence) for words, sentence in LOGIN_ERROR_MESSAGES),
    ("database is locked", Unreachable, "Another computer is saving. Your entry is still here; try again in a moment."),
    (
        "disk is full",
        DatabaseUnwritable,
        "The disk is full. Nothing was saved and nothing was lost; free some space and try again.",
    ),
    (
        "no space left",
        DatabaseUnwritable,
        "The disk is full. Nothing was saved and nothing was lost; free some space and try again.",
    ),
    (
        "readonly database",
        DatabaseUnwritable,
        "This database cannot be written. Nothing was saved; check the permissions of its file and folder.",
    ),
    (
        "read-only",
        DatabaseUnwritable,
        "This database cannot be written. Nothing was saved; check the permissions of its file and folder.",
    ),
    (
        "malformed",
        DatabaseDamaged,
        "The database file is damaged. Nothing was changed; restore a backup, or ask an administrator to run check.",
    ),
    (
        "not a database",
        NotADatabase,
        "This file is not an IOMS database, or it is damaged. Nothing was changed; choose another file.",
    ),
    (
        "disk i/o error",
        DatabaseUnwritable,
        "The disk could not be read or written. Nothing was saved; check the disk and try again.",
    ),
    (
        "unable to open database",
        DatabaseNotFound,
        "The database cannot be opened. Check that its folder exists and may be written.",
    ),
    (
        "does not match host name",
        UnsafeDatabase,
        "The server is not the one that was asked for. Nothing was sent; check its name, or ask an administrator.",
    ),
    ("certificate verify failed", UnsafeDatabase, _UNTRUSTED),
    ("signature failure", UnsafeDatabase, _UNTRUSTED),
    (
        "root certificate file",
        UnsafeDatabase,
        "The certificate of the server's authority is not on this computer. Nothing was sent; name it by sslrootcert.",
    ),
    (
        "does not support ssl",
        UnsafeDatabase,
        "The server offers no encrypted connection. Nothing was sent; ask an administrator to set ssl = on there.",
    ),
    (
        "no encryption",
        UnsafeDatabase,
        "The server takes no unencrypted connection. Nothing was sent; use sslmode=verify-full in the address.",
    ),
    (
        "authentication method requirement",
        UnsafeDatabase,
        _WANTS_PASSWORD,
    ),
    ("pg_hba.conf", WrongPassword, SERVER_SIGN_IN_FAILED),
    ("documents of a case have at most", OutOfRange, NO_ROOM),
    (
        "proposal of this disposal is not sealed",
        DatabaseInUse,
        NOT_SEALED_YET,
    ),
    ("registered under a code of its own", Duplicate, ANOTHER_PAPER),
    ("this code is that of another paper", Duplicate, ANOTHER_PAPER),
    *(
        (
            words,
            Unreachable,
            "Too many people or programs are connected. Your entry is kept; try again in a moment.",
        )
        for words in ("too many connections", "too many clients", "connection slots")
    ),
    (
        "unrecognized configuration parameter",
        SchemaMismatch,
        "The server is too old for IOMS Desktop. Nothing was changed; ask an administrator to upgrade PostgreSQL.",
    ),
    (
        "during recovery",
        DatabaseUnwritable,
        "This server is a copy, which can only be read. Nothing was saved; sign in to the first server.",
    ),
    (
        "being brought to a newer version",
        DatabaseInUse,
        "This database is being brought to a newer version. Nothing was saved and your entry is kept; try again later.",
    ),
    (
        "deadlock detected",
        DatabaseInUse,
        "Someone else is saving the same record. Your entry is still here; try again in a moment.",
    ),
    (
        "lock timeout",
        DatabaseInUse,
        "Someone else is saving the same record. Your entry is still here; try again in a moment.",
    ),
    (
        "statement timeout",
        DatabaseInUse,
        "The server took too long to answer. Nothing was saved; try again, and tell an administrator if it goes on.",
    ),
    ("authentication failed for user", WrongPassword, SERVER_SIGN_IN_FAILED),
    *((words, AccessEnded, ACCESS_ENDED) for words in _ACCESS_ENDED_TEXTS),
    (
        "permission denied",
        ServerRefused,
        "The server does not let your role do this. Nothing was read or changed; ask a supervisor who may do it.",
    ),
    (
        "row-level security",
        ServerRefused,
        "The server does not let you write this. Nothing was changed; open the case and try again.",
    ),
    (
        "a number that was not asked for",
        ServerRefused,
        "The server could not check whether somebody else has this number. Nothing was saved; save your entry again.",
    ),
    (
        "number of another person",
        Duplicate,
        "A number belongs to another person on record. Nothing was saved and your entry is kept; save again to see it.",
    ),
    (
        "second open case",
        Duplicate,
        (
            "This person already has an open case on this programme. Nothing was saved; ask a supervisor if you cannot "
            "find it."
        ),
    ),
    (
        "differs from its dated set",
        ConstraintViolated,
        "A person's details and the dated entries behind them would disagree. Nothing was saved; try again.",
    ),
    (
        "index row",
        InvalidText,
        "A name or a key is longer than the shared database can order. Nothing was saved; shorten it.",
    ),
    ("append-only", ServerRefused, "The audit is append-only. Nothing was changed."),
    ("no such table", DatabaseDamaged, INCOMPLETE),
)
"""Texts of driver errors, with the refusal and the sentence for each; the first that matches counts.

A temporary condition (a lock, too many connections) is `Unreachable`: the caller may try again, after checking whether
the command was done.
"""
SERVER_UNREACHABLE = "The database server cannot be reached. Your entry is kept; check the network and try again."


@contextmanager
def translate_db_errors() -> Iterator[None]:
    """Translate database errors into refusals.

    Raises:
        Stale: The record was saved by someone else since it was read.
        AccessEnded: The server no longer accepts this login.
        Refused: Any other error that is recognised.
    """
    try:
        yield
    except IntegrityError as error:
        raise _to_integrity_refused(error) from error
    except DBAPIError as error:
        raise _to_refused(error) from error


def is_access_withdrawn(error: BaseException) -> bool:
    """Whether a server withdrew access, rather than that a connection was lost."""
    message = _decisive_attempt(str(error).lower())
    # A user in no group matches no line of pg_hba.conf; one who was removed does not exist; where the password was
    # changed, they can sign in again with the new one.
    gone = "pg_hba.conf" in message or _ROLE_MISSING.search(message) or "password authentication failed" in message
    return bool(gone) or any(words in message for words in _ACCESS_ENDED_TEXTS)


def _decisive_attempt(driver_text: str) -> str:
    """Return what the server said to the first attempt that it answered in a way known here; else the whole text.

    The driver tries every address of a name, and on this computer again without encryption, and reports each failure.
    What counts is the answer to the encrypted attempt, which comes first, not that the other one is not taken.
    """
    attempts = [each for each in _ATTEMPT.split(driver_text) if each.startswith("connection to server")]
    return next((each for each in attempts if _find_error(each) is not None), driver_text)


def parse_holders(told: str | None) -> list[tuple[str, datetime]]:
    """Read what the server's function `held_up_by` tells: each login, and since when (UTC)."""
    found = HOLDER.findall(told or "")
    return [(login, datetime.fromisoformat(since).replace(tzinfo=UTC)) for login, since in found]


def describe_holders(holders: Iterable[tuple[str, datetime]]) -> str:
    """Say in a sentence who holds something up; empty for nobody."""
    local = [(login, since.astimezone(LONDON)) for login, since in holders]
    named = [(login, f"since {at:%H:%M} on {at.day} {at:%b}") for login, at in local]
    if not named:
        return ""
    if len(named) == 1:
        ((asked, since),) = named
        said, connections = f"{asked} has had unfinished work open {since}", "connection"
    else:
        said = f"{join_words([f'{login} ({since})' for login, since in named])} have had unfinished work open"
        asked, connections = "them", "connections"
    return (
        f"{said}, and this has to wait for it. Ask {asked} to close the program, or ask an administrator of the server "
        f"to end the {connections}."
    )


def _known_error(error: DBAPIError) -> Refused | None:
    found = _find_error(_decisive_attempt(str(error.orig).lower()))
    if isinstance(found, DatabaseInUse):
        hint = getattr(getattr(error.orig, "diag", None), "message_hint", None)
        ended = SESSIONS_ENDED if hint == "sessions were ended" else ""
        holders = describe_holders(parse_holders(_detail(error)))
        return DatabaseInUse(" ".join(filter(None, (found.sentence, ended, holders))))
    return found


def _detail(error: DBAPIError) -> str | None:
    """Return what a server told beside its refusal."""
    detail: str | None = getattr(getattr(error.orig, "diag", None), "message_detail", None)
    return detail


def _find_error(text: str) -> Refused | None:
    if _ON_SOCKET in text:
        text = text.replace("no encryption", "")  # a socket never leaves the machine: that is not why it was refused
    if _ROLE_MISSING.search(text):
        return WrongPassword(SERVER_SIGN_IN_FAILED)
    if _DATABASE_MISSING.search(text):
        return DatabaseNotFound("The server has no such database. Check the address and try again.")
    return next((kind(sentence) for words, kind, sentence in _REFUSALS_BY_DRIVER_TEXT if words in text), None)


def _to_refused(error: DBAPIError) -> Refused:
    message = str(error.orig).lower()
    if getattr(error.orig, "sqlstate", "") == SERIALIZATION_SQLSTATE or "stale revision" in message:
        return Stale(STALE_MESSAGE)
    if _OTHER_VERSION in message:
        return other_schema(_detail(error))
    if getattr(error.orig, "sqlstate", "") in UNDEFINED_SQLSTATES:
        return DatabaseDamaged(INCOMPLETE)
    understood = _known_error(error)
    if understood is not None:
        return understood
    # A local file has no server to be unreachable: an unrecognised error is a fault of ours, and stays one.
    on_a_server = hasattr(error.orig, "sqlstate")
    if on_a_server and (error.connection_invalidated or isinstance(error, OperationalError)):
        return Unreachable(SERVER_UNREACHABLE)
    raise error


def _to_integrity_refused(error: IntegrityError) -> Refused:
    message = str(error.orig).lower()
    if getattr(error.orig, "sqlstate", "") == SERIALIZATION_SQLSTATE or "stale revision" in message:
        return Stale(STALE_MESSAGE)
    if "foreign key" in message:
        return ConstraintViolated(
            "This record refers to one that does not exist, or other records still refer to it. Nothing was saved."
        )
    if "unique" in message or "duplicate" in message:
        return Duplicate(
            "A record with this reference already exists. Nothing was saved; open that record, or choose another "
            "reference."
        )
    return _known_error(error) or ConstraintViolated(
        "The database does not accept these values. Nothing was saved; check the entry."
    )
