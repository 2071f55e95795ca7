"""Create, migrate and check a database."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.backups import Backup
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.errors import MissingValue, NotPossibleNow, Refused
from ioms_desktop.domain.text_format import pluralise
from ioms_desktop.services.accounts.passwords import (
    PASSWORD_REQUIRED_MESSAGE,
    StrengthRequirement,
    refuse_weak_password,
)
from ioms_desktop.services.audit.audit import find_audit_fault
from ioms_desktop.services.database.result_check import (
    KEEPER_REBUILDS,
    REBUILD_SENTENCE,
    describe_wrong_results,
    forget_all_results,
)
from ioms_desktop.services.session import utc_now
from ioms_desktop.services.sign_in.password_change import generate_recovery_code
from ioms_desktop.services.sign_in.sign_in import authenticate, workstation_name
from ioms_desktop.services.user_paths import without_password
from ioms_desktop.storage import users
from ioms_desktop.storage.database.backup_notes import last_backup
from ioms_desktop.storage.database.demo_marker import mark_as_demo
from ioms_desktop.storage.database.integrity_check import IntegrityFault, check_integrity
from ioms_desktop.storage.database.migrate import (
    MigrationReport,
    create_empty_database,
    remove_database,
    upgrade_database,
)
from ioms_desktop.storage.engine import open_store, refuse_missing_file
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """What a check found.

    Attributes:
        checked: What was looked at, in words.
        faults: What is wrong; nothing where the database is whole.
        backup: The last proved backup of a local file; None where there is none, and for a shared database, whose
            server keeps its copies.
        audit_broken: Whether the one thing wrong is that the audit was changed: no case for a restore.
        records_unread: Whether the records and the audit were not looked at, because a server shows them to whoever
            keeps it only.
        wrong_results: What is kept that the rules do not find, in a sentence; empty where all agree.
    """

    checked: tuple[str, ...]
    faults: tuple[IntegrityFault, ...]
    backup: Backup | None
    audit_broken: bool
    records_unread: bool
    wrong_results: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong with what the database holds, however its server is set up."""
        return all(fault.of_setup for fault in self.faults)

    @property
    def verdict(self) -> str:
        """What was found, and what to do, in a sentence or two."""
        if self.audit_broken:
            return "The audit is not whole. Keep this database as it is; tell the auditor."
        if not self.is_whole:
            return "The database is not whole; restore a backup."
        if self.faults:
            return (
                "The server's settings, or some older rows, are not as they should be. Nothing was found wrong with "
                "the database, and no backup has to be restored. Put right what is named above, and run check again."
            )
        if self.wrong_results:
            return f"Nothing is wrong with the records. {REBUILD_SENTENCE}"
        if self.records_unread:
            return (
                "Nothing is wrong with what was looked at. The records and the audit are shown to whoever keeps the "
                "server only: run check on it, as its account postgres."
            )
        return "The database is whole."


@dataclass(frozen=True, slots=True)
class DatabaseResult:
    """The result of creating or encrypting a database.

    Attributes:
        sentence: What was done.
        recovery_code: The recovery code of a local file, said once; empty for a shared database.
    """

    sentence: str
    recovery_code: str


@dataclass(frozen=True, slots=True)
class NewUser:
    """A user of a new database; without a password where a server identifies them by other means."""

    name: str
    role: Role
    password: str
    display_name: str = ""


def create_database(
    location: str,
    admin: str,
    password: str | None,
    *,
    strength: StrengthRequirement = StrengthRequirement.FULL,
    clock: Callable[[], datetime] = utc_now,
    lenient: bool = False,
) -> DatabaseResult:
    """Create a database at the newest schema with its first administrator.

    A shared database that was brought up from before its server kept logins is given the administrator alone.

    Args:
        location: A path, or the URL of an empty database on a server, or of one that nobody may sign in to.
        admin: The first administrator.
        password: Their password, never kept; None where a server knows them by a Kerberos ticket or a certificate.
        strength: What is asked of it.
        clock: What the time is, in UTC.
        lenient: For trying only: take a server that is not set up to keep records.

    Raises:
        Refused: Something is there already, the place cannot be written, or the password is too weak.
    """
    name = admin.strip()
    if not name:
        raise MissingValue("The first administrator needs a name. Nothing was created.")
    if password is not None:
        refuse_weak_password(password, strength, (name,))
    elif not is_shared(location):
        raise MissingValue(PASSWORD_REQUIRED_MESSAGE)
    people = (NewUser(name, Role.ADMINISTRATOR, password or ""),)
    if is_shared(location) and _lacks_administrator(location):
        _add_logins(location, people, fictional=False)
        return DatabaseResult(f"{name} may sign in as the first administrator. Nothing else was changed.", "")
    code = initialise_database(location, people, clock(), lenient=lenient)
    return DatabaseResult(f"Created {without_password(location)} with {name} as its administrator.", code)


def initialise_database(
    location: str,
    people: Sequence[NewUser],
    at: datetime,
    *,
    fictional: bool = False,
    lenient: bool = False,
    fill: Callable[[Store], None] | None = None,
) -> str:
    """Create a database and its users; a half-made one is removed again.

    Args:
        location: A path, or the URL of an empty database on a server.
        people: Who may sign in.
        at: When.
        fictional: Whether nobody in it is real; written into the key file for good.
        lenient: For trying only: take a server that is not set up to keep records.
        fill: Puts into a local file what it is made with, before anybody can sign in.

    Returns:
        The recovery code of a local file; nothing for a shared database.

    Raises:
        Refused: Something is there already, or the place cannot be written.
    """
    if is_shared(location):
        create_empty_database(location, allow_unsafe_server=lenient)
        _add_logins(location, people, fictional=fictional)
        return ""
    from ioms_desktop.storage.envelope import KEY_BYTES  # noqa: PLC0415 - only where a local file is made
    from ioms_desktop.storage.sqlite import key_file  # noqa: PLC0415 - as above

    key_file.refuse_existing_key_file(location)
    key, code = secrets.token_bytes(KEY_BYTES), generate_recovery_code()
    file = key_file.KeyFile(str(uuid4()), is_demo=fictional)
    create_empty_database(location, key, database_id=file.database_id)
    try:
        if fill is not None:
            _fill_store(open_store(location, key), fill)
        for person in people:
            file = key_file.with_slot(file, key_file.PERSON, person.name, person.password, {1: key})
        key_file.save(location, key_file.with_slot(file, key_file.RECOVERY, "", code, {1: key}))
        _add_users(open_store(location, key), people, at, fictional=fictional)
    except BaseException:
        remove_database(location)
        raise
    return code


def _lacks_administrator(location: str) -> bool:
    """Whether a shared database is at the newest schema but has no administrator yet."""
    try:
        store = open_store(location)
    except Refused:
        return False  # creating one there says why not
    try:
        with store.read() as reading:
            return users.lacks_administrator(reading)
    finally:
        store.close()


def _fill_store(store: Store, fill: Callable[[Store], None]) -> None:
    try:
        fill(store)
    finally:
        store.close()


def _add_logins(location: str, people: Sequence[NewUser], *, fictional: bool) -> None:
    """Close a new shared database to strangers, and give its first users their logins."""
    from ioms_desktop.storage.postgres import logins  # noqa: PLC0415 - only where a server is used

    store = open_store(location)
    try:
        logins.restrict_connections(store.engine)
        with store.engine.begin() as connection:
            if fictional:
                mark_as_demo(connection)
            for person in people:
                logins.add_login(connection, person.name, person.role, person.password)
                if person.display_name:
                    logins.set_login_display_name(connection, person.name, person.display_name)
    finally:
        store.close()


def _add_users(store: Store, people: Sequence[NewUser], at: datetime, *, fictional: bool) -> None:
    """Add users while nobody can sign in yet."""
    try:
        for person in people:
            act = CommandContext(request="", user=person.name, role=person.role, at=at, workstation=workstation_name())
            with store.begin(act, "init") as tx:
                users.add_user(tx, person.name, person.role, "", at=at)
                if person.display_name:
                    users.set_display_name(tx, person.name, person.display_name)
        if fictional:
            with store.begin(act, "init") as tx:
                mark_as_demo(tx.connection)
    finally:
        store.close()


def needs_password(location: str) -> bool:
    """Whether migrating or checking a database takes a user and a password, as a local file does.

    Raises:
        Refused: There is none.
    """
    if not is_shared(location):
        refuse_missing_file(location)
    return not is_shared(location)


def migrate_database(
    location: str, name: str = "", password: str = "", *, clock: Callable[[], datetime] = utc_now
) -> DatabaseResult:
    """Bring a database to the newest schema after a backup; a file that is not encrypted yet is encrypted.

    Args:
        location: A path, or the URL of a shared database.
        name: Who opens a local file; one that is not encrypted yet only an administrator.
        password: Their password.
        clock: What the time is, in UTC.

    Returns:
        What was done, and the recovery code where the file was encrypted just now.

    Raises:
        Refused: It is not there, newer than this version, or cannot be written, or the password is wrong.
    """
    if is_shared(location):
        return DatabaseResult(
            f"{_describe_migration(upgrade_database(location))}{_describe_users_without_login(location)}", ""
        )
    from ioms_desktop.services.database.encrypting import encrypt_file, is_plain, record_encryption  # noqa: PLC0415 - only for files of the first version
    from ioms_desktop.services.sign_in.sign_in import get_file_key  # noqa: PLC0415 - as above

    if not is_plain(location):
        return DatabaseResult(
            _describe_migration(upgrade_database(location, get_file_key(location, name, password, clock()))), ""
        )
    made = encrypt_file(location, name, password)
    report = upgrade_database(location, made.key)
    record_encryption(location, made.key, name, clock())
    return DatabaseResult(
        made.sentence if report.backup is None else f"{made.sentence} {_describe_migration(report)}", made.recovery_code
    )


def _describe_users_without_login(location: str) -> str:
    """List who cannot sign in yet to a shared database from before its server kept logins."""
    from ioms_desktop.storage.postgres import logins  # noqa: PLC0415 - only where a server is used

    store = open_store(location)
    try:
        with store.read() as reading:
            waiting = logins.users_without_login(reading.connection)
            headless = users.lacks_administrator(reading)
    finally:
        store.close()
    first = (
        " Nobody administers it yet: let a first administrator in with init --admin NAME, on this same database."
        if headless
        else ""
    )
    if not waiting:
        return first
    return (
        f"{first} Who could sign in before has no login yet; what they did keeps their names. An administrator lets "
        f"each in again with user add NAME --role ROLE: {', '.join(f'{name} ({role})' for name, role in waiting)}."
    )


def _describe_migration(report: MigrationReport) -> str:
    changed = report.words_made_anew
    words = f" Search words were made again for {pluralise(changed, 'record')}." if changed else ""
    if report.names_in_new_order:
        words += f" In lists by name {pluralise(report.names_in_new_order, 'person', 'people')} stand elsewhere now."
    if report.before == report.after:
        unchanged = "" if words else "; nothing was changed"
        return f"The database is at the newest schema ({report.after}) already{unchanged}.{words}"
    copy = f" A backup lies at {report.backup}." if report.backup else ""
    return f"The database was brought from schema {report.before} to {report.after}.{words}{copy}"


def check_database(
    location: str, name: str = "", password: str = "", *, clock: Callable[[], datetime] = utc_now, rebuild: bool = False
) -> CheckReport:
    """Check that a database is whole: file, schema, links, versions, search terms, audit, and what the rules found.

    Args:
        location: A path, or the URL of a shared database.
        name: Who opens it; empty for a shared database as whoever keeps it.
        rebuild: Throw away what the rules found, where everything can be read; it is then worked out anew.

    Raises:
        Refused: It cannot be opened at all, or may not be rebuilt.
    """
    as_keeper = is_shared(location) and not name
    if rebuild and is_shared(location) and not as_keeper:
        raise NotPossibleNow(KEEPER_REBUILDS)
    store = (
        open_store(location) if as_keeper else authenticate(location, name, password, clock(), workstation_name()).store
    )
    reads_everything = as_keeper or not is_shared(location)
    try:
        with store.read() as reading:
            checked, faults = check_integrity(reading, reads_everything=reads_everything)
            # What lacks a table or a page cannot be walked through.
            walk = reads_everything and all(fault.of_setup for fault in faults)
            broken = find_audit_fault(reading) if walk else ""
            if walk:
                checked = (*checked, "every entry and every seal of the audit")
            backup = None if is_shared(location) else last_backup(reading)
        if rebuild and walk:
            forget_all_results(store, name, clock)
        wrong_results = describe_wrong_results(store, name, clock) if walk else ""
        if walk:
            checked = (*checked, "what is kept of what the rules found")
    finally:
        store.close()
    faults = (*faults, *([IntegrityFault(broken)] if broken else ()))
    return CheckReport(
        checked=checked,
        faults=faults,
        backup=backup,
        audit_broken=bool(broken),
        records_unread=not reads_everything,
        wrong_results=wrong_results,
    )


def names_nobody(location: str) -> bool:
    """Whether the address of another machine does not say who signs in there, so that somebody has to be named.

    Raises:
        Refused: It is no valid address.
    """
    if not is_shared(location):
        return False
    from ioms_desktop.storage.postgres.connection import names_nobody as is_unnamed  # noqa: PLC0415 - only for a server
    from ioms_desktop.storage.postgres.engine import url_for  # noqa: PLC0415 - as above

    return is_unnamed(url_for(location))
