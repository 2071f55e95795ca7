"""Reads and writes the users of a database."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, insert, select, update

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import UnknownUser
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import to_json_value
from ioms_desktop.storage.schema.tables import users as table
from ioms_desktop.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user.

    Attributes:
        failed: Wrong passwords since the last correct one.
        locked_until: The instant until which sign-in is refused.
        team: The team whose cases they may see; None for those of every team.
        expires_on: The last day, included, on which they may sign in; None for no end.
        display_name: How their name reads wherever somebody sees who did something; None for the login itself.
    """

    name: str
    role: str
    active: bool
    created_at: datetime
    id: int = 0
    password_hash: str = ""
    failed: int = 0
    locked_until: datetime | None = None
    team: str | None = None
    expires_on: date | None = None
    display_name: str | None = None

    def may_sign_in(self, today: date) -> bool:
        """Whether the account is neither disabled nor expired on a day."""
        return self.active and (self.expires_on is None or self.expires_on >= today)


PUBLIC_COLUMNS = tuple(
    table.c[name] for name in ("id", "name", "role", "active", "created_at", "team", "expires_on", "display_name")
)
"""The columns that users of a server may read; the server checks passwords itself."""
ACCOUNT_COLUMNS = tuple(table.c[name] for name in User.__dataclass_fields__)


def find_user(reading: Reading, name: str) -> User | None:
    """Get a user by name; None where there is none."""
    row = reading.connection.execute(_users_query(reading).where(table.c.name == name)).first()
    return None if row is None else User(**row._asdict())


def find_named_user(reading: Reading, named: str) -> User | None:
    """Get a user by login or as people read them; None where that is nobody.

    Raises:
        UnknownUser: It may be one of several.
    """
    found = list_named_users(reading, named)
    if len(found) > 1:
        raise UnknownUser(
            f"{named.strip()} may be the user {' or '.join(each.name for each in found)}. Nothing was changed; write a "
            "login as it is spelt, or ask an administrator to change how one of them reads."
        )
    return found[0] if found else None


def login_named(reading: Reading, named: str) -> str:
    """Return the login of a user by login or as people read them; of anybody else the name as it is.

    Raises:
        UnknownUser: It may be one of several.
    """
    user = find_named_user(reading, named)
    return named if user is None else user.name


def list_named_users(reading: Reading, named: str) -> list[User]:
    """List whom somebody may mean by a login or a name as people read it, in capitals or not.

    Of logins that differ in capitals alone, the one that is spelt so is meant.
    """
    name = named.strip()
    if not name:
        return []
    everybody, wanted = list_users(reading), name.casefold()
    logins = [each for each in everybody if each.name.casefold() == wanted]
    meant = [each for each in logins if each.name == name] or logins
    return [each for each in everybody if each in meant or (each.display_name or "").casefold() == wanted]


def require_active_user(reading: Reading, name: str) -> User:
    """Get a user whose account is not disabled; it may have expired.

    Raises:
        UnknownUser: There is none of that name.
    """
    user = find_user(reading, name)
    if user is None or not user.active:
        raise UnknownUser(
            f"There is no user {name} who may sign in. Nothing was changed; check the name.", field="name"
        )
    return user


def active_role(reading: Reading, name: str) -> str | None:
    """Return an active user's role; it reads only columns that exist since the first schema."""
    return reading.connection.scalar(select(table.c.role).where(table.c.name == name, table.c.active))


def list_users(reading: Reading) -> list[User]:
    """List every user by name."""
    found = [User(**row._asdict()) for row in reading.connection.execute(_users_query(reading))]
    return sorted(found, key=lambda user: (fold(user.name), user.name))


def display_names(reading: Reading) -> dict[str, str]:
    """Return the display names by login, of former users as well."""
    query = select(table.c.name, table.c.display_name).where(table.c.display_name.is_not(None))
    return {row.name: row.display_name for row in reading.connection.execute(query)}


def lacks_administrator(reading: Reading) -> bool:
    """Whether no user who may sign in is an administrator."""
    query = select(table.c.name).where(table.c.role == Role.ADMINISTRATOR, table.c.active).limit(1)
    return reading.connection.scalar(query) is None


def _users_query(reading: Reading) -> Select[Any]:
    return select(*PUBLIC_COLUMNS) if reading.server_enforces_access else select(*ACCOUNT_COLUMNS)


def add_user(
    tx: Transaction,
    name: str,
    role: str,
    password_hash: str,
    *,
    at: datetime,
    team: str = "",
    until: date | None = None,
) -> None:
    """Add a user; only the hash of the password is stored."""
    account = {"team": team or None, "expires_on": until}
    tx.connection.execute(
        insert(table).values(
            name=name, role=role, password_hash=password_hash, active=True, created_at=at, failed=0, **account
        )
    )
    tx.log(
        "COLLECTION",
        object_type="users",
        object_ref=name,
        subject_ref=None,
        detail={"role": role, **_present_values(account)},
    )


def set_account(tx: Transaction, name: str, team: str, until: date | None) -> None:
    """Set a user's team and the last day, included, on which they may sign in."""
    account = {"team": team or None, "expires_on": until}
    tx.connection.execute(update(table).where(table.c.name == name).values(**account))
    detail = {key: to_json_value(value) for key, value in account.items()}
    tx.log("ALTERATION", object_type="users", object_ref=name, subject_ref=None, detail=detail)


def set_display_name(tx: Transaction, name: str, display_name: str) -> None:
    """Set how a user's name reads; empty for the login itself."""
    shown = display_name or None
    tx.connection.execute(update(table).where(table.c.name == name).values(display_name=shown))
    tx.log("ALTERATION", object_type="users", object_ref=name, subject_ref=None, detail={"display_name": shown})


def _present_values(account: dict[str, Any]) -> dict[str, Any]:
    return {key: to_json_value(value) for key, value in account.items() if value is not None}


def set_active(tx: Transaction, name: str, *, active: bool) -> None:
    """Enable or disable a user."""
    tx.connection.execute(update(table).where(table.c.name == name).values(active=active))
    tx.log("ALTERATION", object_type="users", object_ref=name, subject_ref=None, detail={"active": active})


def set_password(tx: Transaction, name: str, password_hash: str, how: str) -> None:
    """Record a user's new password.

    Args:
        tx: The transaction.
        name: The user.
        password_hash: The hash of the new one; empty for a local file, where the key file verifies the password.
        how: Who changed it and by what right, for the audit.
    """
    tx.connection.execute(
        update(table).where(table.c.name == name).values(password_hash=password_hash, failed=0, locked_until=None)
    )
    tx.log("ALTERATION", object_type="users", object_ref=name, subject_ref=None, detail={"password": how})


def log_failed_sign_ins(tx: Transaction, name: str, failed: int) -> None:
    """Log how often the password was wrong, which could not be logged while the database was closed."""
    detail = {"signed_in": False, "times": failed}
    tx.log("CONSULTATION", object_type="users", object_ref=name, subject_ref=None, detail=detail)
