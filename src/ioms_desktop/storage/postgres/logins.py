"""The logins of a shared database: one for each user, made by an administrator, authenticated by the server."""

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
    "begins with a letter, ends with a letter, a digit or a dot, and has Latin letters, digits, single spaces, dots, "
    "hyphens, apostrophes, _ or @, at most 63 in all"
)

DISPLAY_NAME_RULE = "A name to be read has one line of at most 80 characters. Nothing was changed; write it again."


def role_of(engine: Engine) -> str:
    """Return the role of the user of a connection.

    Raises:
        Refused: The login has no account in this database, or the account was disabled or has expired.
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
    """Whether the server asked this login for a password rather than a Kerberos ticket or a certificate."""
    with engine.connect() as connection:
        raw = cast("psycopg.Connection", connection.connection.dbapi_connection)
        return bool(raw.pgconn.used_password)


def draft_secret(engine: Engine) -> bytes | None:
    """Return the random 32 bytes that the server keeps to encrypt a user's drafts; None without an account."""
    with engine.begin() as connection:
        secret: bytes | None = connection.scalar(text("SELECT draft_secret()"))
    return None if secret is None else bytes(secret)


def users_without_login(connection: Connection) -> tuple[tuple[str, str], ...]:
    """List the users from before logins who still have none, each with their former role.

    Args:
        connection: An administrator's or the server owner's.
    """
    found = connection.execute(text("SELECT name, role FROM users_without_login()"))
    return tuple((row.name, row.role) for row in found)


def restrict_connections(engine: Engine) -> None:
    """Let only users of this database connect, and nobody create temporary tables, which could shadow real ones."""
    with engine.begin() as connection:
        quote = connection.dialect.identifier_preparer.quote
        name = quote(str(connection.scalar(text("SELECT current_database()"))))
        connection.exec_driver_sql(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
        connection.exec_driver_sql(f"GRANT CONNECT ON DATABASE {name} TO ioms_people")


def add_login(
    connection: Connection, name: str, role: str, password: str, team: str = "", until: date | None = None
) -> None:
    """Add a user's login and account; only a verifier of the password leaves this computer.

    Args:
        connection: An administrator's or the server owner's, in a transaction.
        name: The login.
        role: The user's role.
        password: Their password; empty if they sign in by Kerberos or a certificate.
        team: The team whose cases they share; empty for every team.
        until: The last day on which they may sign in, inclusive; None for no end.

    Raises:
        Refused: The name cannot be used or is taken, or the current user may not add logins.
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
    """Set the team whose cases a user shares, and the last day on which they may sign in.

    Args:
        connection: An administrator's, in a transaction.
        name: The login.
        team: The team; empty for every team.
        until: The last day, inclusive; None for no end. A day in the past closes what the user has open.

    Raises:
        Refused: There is no such user, or no administrator would be left.
    """
    if not _call(connection, "SELECT set_account(:who, :team, :until)", name, who=name, team=team or None, until=until):
        raise UnknownUser(f"There is no user {name} whom you may change. Nothing was changed; check the name.")


def set_login_display_name(connection: Connection, name: str, display_name: str) -> None:
    """Set how a user's name reads.

    Args:
        connection: An administrator's or the server owner's, in a transaction.
        name: The login.
        display_name: The name; empty for the login itself.

    Raises:
        Refused: There is no such user, or the name cannot be used or is another user's.
    """
    values = {"who": name, "shown": display_name or None}
    if not _call(connection, "SELECT set_display_name(:who, :shown)", name, **values):
        raise UnknownUser(f"There is no user {name} whom you may change. Nothing was changed; check the name.")


def set_login_password(connection: Connection, name: str, password: str) -> None:
    """Change the password of a login.

    Raises:
        Refused: There is no such user, or the current user may not change it.
    """
    verifier = _password_verifier(connection, name, password)
    if not _call(connection, "SELECT set_login_password(:who, :verifier)", name, who=name, verifier=verifier):
        raise UnknownUser(
            f"There is no user {name} whose password you may change. Nothing was changed; check the name."
        )


def disable_login(connection: Connection, name: str) -> None:
    """Stop a user from signing in, and close what they have open.

    Raises:
        Refused: There is no such user, or they are the last administrator.
    """
    if not _call(connection, "SELECT disable_login(:who)", name, who=name):
        raise UnknownUser(f"There is no user {name} whom you may disable. Nothing was changed; check the name.")


def enable_login(connection: Connection, name: str) -> None:
    """Let a disabled user sign in again, with the same role and credentials as before.

    Raises:
        Refused: There is no disabled user of this name, or the login was removed from the server.
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
        "permission denied to alter role": ServerRefused(  # see migrations/sql/0100_logins.sql
            f"The server does not let the program look after the login {name}. Nothing was changed; ask whoever keeps "
            f'the server to enter there: GRANT "{name}" TO ioms_accounts WITH ADMIN TRUE, INHERIT FALSE, SET FALSE.'
        ),
        "another role": Duplicate(
            f"{name} has another role on this server already. Nothing was changed; choose another name."
        ),
        "last administrator": LastAdministrator(f"{name} is the last administrator. Add another one first."),
        "no login of this name": UnknownUser(
            f"The login {name} was removed from the server. Nothing was changed; add another."
        ),
        "unusable display name": InvalidText(DISPLAY_NAME_RULE, field="display_name"),
        "a display name of another user": Duplicate(
            "Another user reads so already. Nothing was changed; add a number or a first name.", field="display_name"
        ),
        "a name like that of another user": Duplicate(
            f"{name} reads like the name of another user. Nothing was changed; choose another that does not."
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
    """Compute the SCRAM verifier that the server stores, so that the server never sees the password."""
    if not password:
        return None
    raw = cast("psycopg.Connection", connection.connection.dbapi_connection)
    return raw.pgconn.encrypt_password(password.encode(), name.encode(), SCRAM).decode()
