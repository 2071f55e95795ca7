"""The logins of a shared database: one for each person, made by an administrator, proved by the server itself."""

from datetime import date
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from ioms_desktop.domain.errors import (
    Duplicate,
    InvalidText,
    LastAdministrator,
    Refused,
    ServerRefused,
    SignInRefused,
    UnknownUser,
)

if TYPE_CHECKING:
    import psycopg

SCRAM = b"scram-sha-256"
LOGIN_NAME_RULE = (
    "begins with a letter and has letters, digits, spaces, dots, hyphens, apostrophes, _ or @, at most 63 in all"
)


def role_of(engine: Engine) -> str:
    """Name the role of the person whose login a connection has.

    Raises:
        Refused: The login is nobody's here, or their account was disabled or has run out.
    """
    with engine.connect() as connection:
        role: str | None = connection.scalar(text("SELECT my_role()"))
    if role is None:
        raise SignInRefused(
            "This login has no account in this database, or it was disabled or has run out. Nothing was opened; ask an "
            "administrator."
        )
    return role


def uses_password(engine: Engine) -> bool:
    """Whether the server asks this login for a password, and takes neither a ticket nor a certificate for it."""
    with engine.connect() as connection:
        raw = cast("psycopg.Connection", connection.connection.dbapi_connection)
        return bool(raw.pgconn.used_password)


def draft_secret(engine: Engine) -> bytes | None:
    """Give what the server keeps for a person's unsaved entries, 32 bytes of chance; None for who is nobody here."""
    with engine.begin() as connection:
        secret: bytes | None = connection.scalar(text("SELECT draft_secret()"))
    return None if secret is None else bytes(secret)


def users_without_login(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Name those who worked here before logins and wait for one, with the role they had.

    Args:
        connection: An administrator's, or that of whoever keeps the server.
    """
    found = connection.execute(text("SELECT name, role FROM users_without_login()"))
    return tuple((row.name, row.role) for row in found)


def restrict_connections(engine: Engine) -> None:
    """Let only people of this database connect, and nobody make temporary tables, in which a trap could be laid."""
    with engine.begin() as connection:
        quote = connection.dialect.identifier_preparer.quote
        name = quote(str(connection.scalar(text("SELECT current_database()"))))
        connection.exec_driver_sql(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        connection.exec_driver_sql(f"GRANT CONNECT ON DATABASE {name} TO ioms_people")


def add_login(
    connection: Connection, name: str, role: str, password: str, team: str = "", until: date | None = None
) -> None:
    """Add a person's login and account; the password leaves this computer only as what proves it.

    Args:
        connection: An administrator's, or that of whoever keeps the server; in a transaction.
        name: The login.
        role: The person's role.
        password: Their password; empty where they sign in by Kerberos or a certificate.
        team: Whose cases they share; empty for every team's.
        until: The last day on which they may sign in; None for no end.

    Raises:
        Refused: The name cannot be used or is taken, or the person may not add logins.
    """
    values = {
        "who": name,
        "role": role,
        "verifier": _password_verifier(connection, name, password),
        "team": team or None,
    }
    done = _call(connection, "SELECT add_login(:who, :role, :verifier, :team, :until)", name, **values, until=until)
    if not done:
        raise ServerRefused("Only an administrator may add people. Nothing was changed.")


def set_login_account(connection: Connection, name: str, team: str, until: date | None) -> None:
    """Say whose cases a person shares, and until when they may sign in.

    Args:
        connection: An administrator's, in a transaction.
        name: The login.
        team: Whose cases they share; empty for every team's.
        until: The last day on which they may sign in; None for no end. A day that has passed ends what they have open.

    Raises:
        Refused: There is no such person, or no administrator would be left.
    """
    if not _call(connection, "SELECT set_account(:who, :team, :until)", name, who=name, team=team or None, until=until):
        raise UnknownUser(f"There is no user {name} whom you may change. Nothing was changed; check the name.")


def set_login_password(connection: Connection, name: str, password: str) -> None:
    """Give a login another password.

    Raises:
        Refused: There is no such person, or the user may not.
    """
    verifier = _password_verifier(connection, name, password)
    if not _call(connection, "SELECT set_login_password(:who, :verifier)", name, who=name, verifier=verifier):
        raise UnknownUser(
            f"There is no user {name} whose password you may change. Nothing was changed; check the name."
        )


def disable_login(connection: Connection, name: str) -> None:
    """Let a person no longer sign in, and end what they have open.

    Raises:
        Refused: There is no such person, or it is the last administrator.
    """
    if not _call(connection, "SELECT disable_login(:who)", name, who=name):
        raise UnknownUser(f"There is no user {name} whom you may disable. Nothing was changed; check the name.")


def enable_login(connection: Connection, name: str) -> None:
    """Let a person who was disabled sign in again, in their former role and as they proved who they are before.

    Raises:
        Refused: There is nobody of this name who was disabled, or their login has gone from the server.
    """
    if not _call(connection, "SELECT enable_login(:who)", name, who=name):
        raise UnknownUser(f"There is no user {name} whom you may let in again. Nothing was changed; check the name.")


def _call(connection: Connection, statement: str, name: str, **values: Any) -> bool:  # noqa: ANN401 - as bound
    refusals: dict[str, Refused] = {
        "unusable name": InvalidText(
            f"{name} cannot be a login: it {LOGIN_NAME_RULE}. Nothing was changed; choose another."
        ),
        "more than a person": ServerRefused(
            f"{name} is a login that may do more than a person. Nothing was changed; choose another."
        ),
        "another role": Duplicate(
            f"{name} has another role on this server already. Nothing was changed; choose another name."
        ),
        "last administrator": LastAdministrator(f"{name} is the last administrator. Add another one first."),
        "no login of this name": UnknownUser(
            f"The login {name} was removed from the server. Nothing was changed; add another."
        ),
        "a user of this name": Duplicate(f"There is a user {name} already. Nothing was changed; choose another name."),
    }
    try:
        return bool(connection.scalar(text(statement), values))
    except DBAPIError as error:
        refusal = next((each for part, each in refusals.items() if part in str(error.orig)), None)
        if refusal is None:
            raise
        raise refusal from error


def _password_verifier(connection: Connection, name: str, password: str) -> str | None:
    """Give what the server keeps of a password: the server itself never sees it."""
    if not password:
        return None
    raw = cast("psycopg.Connection", connection.connection.dbapi_connection)
    return raw.pgconn.encrypt_password(password.encode(), name.encode(), SCRAM).decode()
