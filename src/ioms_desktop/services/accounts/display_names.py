"""How users read in the window and on paper: rank or role, number and surname, set by an administrator."""

import unicodedata
from threading import Lock

from ioms_desktop.domain.errors import Duplicate, InvalidText
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.services.change_feed import notify_others
from ioms_desktop.services.session import Session, Topic
from ioms_desktop.storage import users
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction

MAX_DISPLAY_NAME_CHARS = 80
FORBIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Zl", "Zp"})
"""The Unicode categories of control and formatting characters and line breaks, which no name to be read has."""
_ONE_AT_A_TIME = Lock()
"""Held while names are read and replaced: or the result of an older reading could replace that of a newer one."""


def refresh_names(session: Session) -> None:
    """Read again how users are named, for this session."""
    with _ONE_AT_A_TIME, session.store.read() as reading:
        session.names.replace(users.display_names(reading))


def refuse_name_of_another(reading: Reading, login: str) -> None:
    """Refuse a new login that a user reads as already: who is meant by it would be a guess.

    Raises:
        Duplicate: Another user reads so.
    """
    for other in users.list_users(reading):
        if other.name != login and other.display_name and fold(other.display_name) == fold(login):
            raise Duplicate(f"{other.name} reads as {login} already. Nothing was changed; choose another name.")


def set_display_name(session: Session, tx: Transaction, user: users.User, display_name: str) -> str:
    """Set how a user's name reads, within a command of an administrator.

    Args:
        session: The session of the administrator.
        tx: The transaction.
        user: The user.
        display_name: The name; empty for the login.

    Returns:
        What was done, in a sentence that begins with a space; empty where it reads so already.

    Raises:
        InvalidText: The name cannot be used.
        Duplicate: Another user reads so, or signs in by that name.
    """
    shown = " ".join(unicodedata.normalize("NFC", display_name).split())
    if shown == (user.display_name or ""):
        return ""
    if len(shown) > MAX_DISPLAY_NAME_CHARS or any(unicodedata.category(each) in FORBIDDEN_CATEGORIES for each in shown):
        raise InvalidText(
            f"A name to be read has one line of at most {MAX_DISPLAY_NAME_CHARS} characters. Nothing was changed; "
            "write it again.",
            field="display_name",
        )
    for other in users.list_users(tx):
        if other.name != user.name and fold(shown) in {fold(other.name), fold(other.display_name or other.name)}:
            raise Duplicate(
                f"{other.name} reads as {shown} already. Nothing was changed; add a number or a first name.",
                field="display_name",
            )
    if tx.server_enforces_access:
        from ioms_desktop.storage.postgres import logins  # noqa: PLC0415 - only where a server is used

        logins.set_login_display_name(tx.connection, user.name, shown)
        notify_others(session, tx, frozenset({Topic.USERS}))
    else:
        users.set_display_name(tx, user.name, shown)
    return f" They read as {shown}." if shown else " They read by their login."
