"""Signing in: from a location, a name and a password to a session."""

import getpass
import platform
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from ioms_desktop.domain.access.case_access import describe_orphaned_cases
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.instants import is_running
from ioms_desktop.domain.errors import AccountExpired, Refused, TooManyAttempts, WrongPassword
from ioms_desktop.domain.records.workers.names import WorkerNames
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.audit.clock import clock_warnings
from ioms_desktop.services.session import Session, utc_now
from ioms_desktop.services.sign_in.reference_data import load_rulebook
from ioms_desktop.storage import users
from ioms_desktop.storage.db_errors import SERVER_SIGN_IN_FAILED, translate_db_errors
from ioms_desktop.storage.db_errors import SIGN_IN_FAILED as WRONG
from ioms_desktop.storage.engine import open_as_user, open_store
from ioms_desktop.storage.envelope import DerivedKey, WrongKey, hkdf
from ioms_desktop.storage.offline.checkout import find_checkout
from ioms_desktop.storage.orphaned_cases import orphaned_cases
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from ioms_desktop.storage.users import User

ACCOUNT_EXPIRED_MESSAGE = "This account expired on {}. Nothing was opened; ask an administrator to extend it."
TOO_MANY_ATTEMPTS_MESSAGE = "Too many wrong passwords. Wait a minute and try again; nothing was opened."
MAX_FAILED_SIGN_INS = 5
SIGN_IN_PAUSE = timedelta(minutes=1)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AuthenticatedUser:
    """A user who has proved who they are.

    Attributes:
        store: The database, opened.
        personal_secret: What is theirs alone, and outlasts a change of a file's key and of their password: in a local
            file their half of it, on a server what it keeps for them; None where there is none.
        warnings: What should be put right, a sentence each.
    """

    store: Store
    user: User
    personal_secret: bytes | None
    warnings: tuple[str, ...] = ()


def sign_in(
    location: str,
    name: str,
    password: str,
    *,
    clock: Callable[[], datetime] = utc_now,
    workstation: str | None = None,
    derived: DerivedKey | None = None,
) -> Session:
    """Open a database and sign a user in.

    Args:
        location: A path, or the URL of a shared database.
        password: Their password, never kept; empty where a server knows them by Kerberos or a certificate.
        clock: What the time is, in UTC.
        workstation: The machine's name for the audit; None for this machine's own.
        derived: The key of the local file's password, where `early_key` derived it already.

    Raises:
        Refused: The database cannot be opened, or name and password do not belong together.
    """
    where = workstation or workstation_name()
    proven = authenticate(location, name, password, clock(), where, derived)
    try:
        return replace(_build_session(proven, clock, where), is_passwordless=not password)
    except BaseException:
        proven.store.close()
        raise


def sign_in_as_owner(location: str, name: str, password: str, clock: Callable[[], datetime]) -> Session:
    """Open a database to fill it with fictional data, as of past days.

    A server writes its own time into what its people record; whoever keeps it may say another.

    Args:
        location: A path, or the URL with which the server is kept.
        name: In whose name; a supervisor.
        password: Their password, for a file.
        clock: What the time is, in UTC.

    Raises:
        Refused: The database cannot be opened.
    """
    if not is_shared(location):
        return sign_in(location, name, password, clock=clock)
    user = User(name=name, role=Role.SUPERVISOR, active=True, created_at=clock())
    return _build_session(AuthenticatedUser(open_store(location), user, None), clock, workstation_name())


def workstation_name() -> str:
    """Name this machine and the account on it, for the audit."""
    try:
        account = getpass.getuser()
    except OSError:
        account = "unknown"
    return f"{platform.node() or 'unknown'}/{account}"


def authenticate(
    location: str, name: str, password: str, at: datetime, workstation: str, derived: DerivedKey | None = None
) -> AuthenticatedUser:
    """Open a database for a user who proves who they are.

    Raises:
        Refused: The database cannot be opened, or name and password do not belong together.
    """
    act = CommandContext(request="", user=name, role="", at=at, workstation=workstation)
    if not is_shared(location):
        return _authenticate_by_key_file(location, password, act, derived)
    store = open_as_user(location, name, password)
    try:
        with store.read() as reading:
            user = users.find_user(reading, name)
        if user is None:
            raise WrongPassword(SERVER_SIGN_IN_FAILED)  # noqa: TRY301 - the store is closed in one place
        return AuthenticatedUser(store, user, *_fetch_server_secret(store, at))
    except BaseException:
        store.close()
        raise


def _fetch_server_secret(store: Store, at: datetime) -> tuple[bytes | None, tuple[str, ...]]:
    """Ask the server for the key it keeps for the user, and whether the clocks agree."""
    from ioms_desktop.storage.postgres import logins, server_checks  # noqa: PLC0415 - only where a server is used

    with store.read() as reading:
        warnings = server_checks.server_warnings(reading.connection, at)
    try:
        with translate_db_errors():
            return logins.draft_secret(store.engine), warnings
    except Refused:
        return None, warnings  # as on a copy, which can only be read: what is typed is kept while its window is open


def _build_session(proven: AuthenticatedUser, clock: Callable[[], datetime], workstation: str) -> Session:
    with proven.store.read() as reading:
        rulebook = load_rulebook(reading)
        names = WorkerNames(users.display_names(reading))
        taken = None if reading.server_enforces_access else find_checkout(reading)
        warnings = (*proven.warnings, *clock_warnings(reading, clock()))
        if proven.user.role == Role.SUPERVISOR and reading.server_enforces_access:
            warnings += describe_orphaned_cases(orphaned_cases(reading, proven.user.name, clock()))
    name, secret = proven.user.name, proven.personal_secret
    if not is_shared(proven.store.location):
        from ioms_desktop.storage.sqlite.hidden_cases import HiddenCases  # noqa: PLC0415 - only where a local file is open

        proven.store.case_filter = HiddenCases(name, clock)
    return Session(
        store=proven.store,
        user=name,
        role=Role(proven.user.role),
        lists=rulebook.lists,
        policies=rulebook.policies,
        ladder=rulebook.ladder,
        names=names,
        clock=clock,
        workstation=workstation,
        checkout=taken,
        # From the user's own key, not the file's: drafts outlast a change of that, and no colleague can read them.
        draft_key=None if secret is None else hkdf(secret, b"drafts|" + name.encode("utf-8", "surrogatepass")),
        warnings=warnings,
    )


def get_file_key(location: str, name: str, password: str, at: datetime) -> bytes:
    """Return the data key of a local file to a user who may sign in, whatever its schema.

    Raises:
        Refused: It cannot be opened, or name and password do not belong together.
    """
    from ioms_desktop.storage.database import unlocking  # noqa: PLC0415 - only where a local file is opened

    return _unlock_with_pause(location, name, at, lambda: unlocking.unlock_data_key(location, name, password))


def _authenticate_by_key_file(
    location: str, password: str, context: CommandContext, derived: DerivedKey | None
) -> AuthenticatedUser:
    """Unlock a local file: the password opens the key, so there is no hash to compare."""
    from ioms_desktop.storage.database import unlocking  # noqa: PLC0415 - only where a local file is opened
    from ioms_desktop.storage.sqlite import failed_logins  # noqa: PLC0415 - as above

    unlocking.refuse_missing_key(location)
    failed = failed_logins.read_failed_logins(location, context.user).failed
    unlock = partial(unlocking.open_with_password, location, context.user, password, derived=derived)
    opened = _unlock_with_pause(location, context.user, context.at, unlock)
    try:
        user = _require_active_user(opened.store, context, failed)
    except BaseException:
        opened.store.close()
        raise
    if failed:
        failed_logins.clear_failed_logins(location, context.user)
    return AuthenticatedUser(opened.store, user, opened.unlocked.private_key)


def _unlock_with_pause(location: str, name: str, at: datetime, unlock: Callable[[], T]) -> T:
    """Unlock a local file, with a pause after repeated wrong passwords."""
    from ioms_desktop.storage.sqlite import failed_logins  # noqa: PLC0415 - only where a local file is opened

    earlier = failed_logins.read_failed_logins(location, name)
    if is_running(earlier.locked_until, at, SIGN_IN_PAUSE):
        raise TooManyAttempts(TOO_MANY_ATTEMPTS_MESSAGE)
    try:
        return unlock()
    except WrongKey:
        failed = earlier.failed + 1
        failed_logins.save_failed_logins(
            location,
            name,
            failed_logins.FailedLogins(failed, at + SIGN_IN_PAUSE if failed >= MAX_FAILED_SIGN_INS else None),
        )
        raise WrongPassword(WRONG) from None


def _require_active_user(store: Store, context: CommandContext, failed: int) -> User:
    """Check that the user may still sign in; earlier wrong passwords are audited now."""
    with store.read() as reading:
        user = users.find_user(reading, context.user)
    if user is None or not user.active:
        raise WrongPassword(WRONG)
    if user.expires_on is not None and not user.may_sign_in(context.at.astimezone(LONDON).date()):
        raise AccountExpired(ACCOUNT_EXPIRED_MESSAGE.format(format_day(user.expires_on)))
    if failed:
        with store.begin(replace(context, role=user.role), "sign_in") as tx:
            users.log_failed_sign_ins(tx, user.name, failed)
    return user
