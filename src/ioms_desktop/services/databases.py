"""Create, migrate and check a database."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ioms_desktop.domain.access import Role
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.desk import now
from ioms_desktop.services.passwords import protect
from ioms_desktop.services.session import machine
from ioms_desktop.storage import users
from ioms_desktop.storage.checking import Fault, check_store
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.migrate import create, upgrade
from ioms_desktop.storage.store import Act


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What a check found.

    Attributes:
        checked: What was looked at, in words.
        faults: What is wrong; nothing where the database is whole.
    """

    checked: tuple[str, ...]
    faults: tuple[Fault, ...]


def create_database(location: str, admin: str, password: str, *, clock: Callable[[], datetime] = now) -> str:
    """Create a database at the newest schema with its first administrator.

    Returns:
        What was done, in one sentence.

    Raises:
        Refused: Something is there already, the place cannot be written, or the password is too weak.
    """
    if not admin.strip():
        raise Refused("The first administrator needs a name. Nothing was created.")
    protected = protect(password)
    create(location)
    add_first_user(location, admin.strip(), Role.ADMINISTRATOR, protected, clock())
    return f"Created {location} with {admin.strip()} as its administrator."


def add_first_user(location: str, name: str, role: Role, protected: str, at: datetime) -> None:
    """Add a user while nobody can sign in yet."""
    store = open_store(location)
    try:
        act = Act(request="", user=name, role=role, at=at, workstation=machine())
        with store.begin(act, "init") as tx:
            users.add_user(tx, name, role, protected, at=at)
    finally:
        store.close()


def migrate_database(location: str) -> str:
    """Bring a database to the newest schema after an automatic backup.

    Returns:
        What was done, in one sentence.

    Raises:
        Refused: It is not there, newer than this version, or cannot be written.
    """
    report = upgrade(location)
    if report.before == report.after:
        return f"The database is at the newest schema ({report.after}) already; nothing was changed."
    copy = f" A backup lies at {report.backup}." if report.backup else ""
    return f"The database was brought from schema {report.before} to {report.after}.{copy}"


def check_database(location: str) -> CheckReport:
    """Prove a database whole: its file, its schema, its links, its versions and its search words.

    Raises:
        Refused: It cannot be opened at all.
    """
    store = open_store(location)
    try:
        with store.read() as reading:
            checked, faults = check_store(reading)
    finally:
        store.close()
    return CheckReport(checked=checked, faults=faults)
