"""Sign in and sign out, from a location, a name and a password to a desk; and who may."""

import getpass
import platform
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from ioms_desktop.domain.access import Right, Role, require
from ioms_desktop.domain.calendar import LONDON
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.wording import day_words
from ioms_desktop.services.desk import Desk, Topic, now
from ioms_desktop.services.live import tell_others
from ioms_desktop.services.passwords import Strength, refuse_weak
from ioms_desktop.services.rulebook import load_rulebook
from ioms_desktop.storage import users
from ioms_desktop.storage.engine import is_shared, open_personal, open_store
from ioms_desktop.storage.reading import Reading
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.taking import mark_of
from ioms_desktop.storage.transaction import Act
from ioms_desktop.storage.translation import NOT_LET_IN as WRONG
from ioms_desktop.storage.translation import translated
from ioms_desktop.storage.users import User

RUN_OUT = "This account ran out on {}. Nothing was opened; an administrator can let you sign in for longer."
WAIT = "Too many wrong passwords. Wait a minute and try again; nothing was opened."
BY_OTHER_MEANS = " They have no password here: the server must know them by a Kerberos ticket or a certificate."
PATIENCE = 5
PAUSE = timedelta(minutes=1)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Proven:
    """Somebody who has proved who they are.

    Attributes:
        store: The database, opened.
        user: Who they are.
        secret: What is theirs alone, and outlasts a change of a file's key and of their password: in a local file their
            half of it, on a server what it keeps for them; None where there is none.
        warnings: What should be put right, a sentence each.
    """

    store: Store
    user: User
    secret: bytes | None
    warnings: tuple[str, ...] = ()


def sign_in(
    location: str,
    name: str,
    password: str,
    *,
    clock: Callable[[], datetime] = now,
    workstation: str | None = None,
) -> Desk:
    """Open a database and sign a user in.

    Args:
        location: A path, or the URL of a shared database.
        name: The user.
        password: Their password, never kept; empty where a server knows them by Kerberos or a certificate.
        clock: What the time is, in UTC.
        workstation: The machine's name for the audit; None for this machine's own.

    Raises:
        Refused: The database cannot be opened, or name and password do not belong together.
    """
    where = workstation or machine()
    proven = prove(location, name, password, clock(), where)
    try:
        return _desk(proven, clock, where)
    except BaseException:
        proven.store.close()
        raise


def as_keeper(location: str, name: str, password: str, clock: Callable[[], datetime]) -> Desk:
    """Open a database for filling it with what is invented, as of days long past.

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
    return _desk(Proven(open_store(location), user, None), clock, machine())


def machine() -> str:
    """Name this machine and the account on it, for the audit."""
    try:
        account = getpass.getuser()
    except OSError:
        account = "unknown"
    return f"{platform.node() or 'unknown'}/{account}"


def prove(location: str, name: str, password: str, at: datetime, workstation: str) -> Proven:
    """Open a database for whoever proves who they are.

    Raises:
        Refused: The database cannot be opened, or name and password do not belong together.
    """
    act = Act(request="", user=name, role="", at=at, workstation=workstation)
    if not is_shared(location):
        return _proven_by_slot(location, password, act)
    store = open_personal(location, name, password)
    try:
        with store.read() as reading:
            user = users.user(reading, name)
        if user is None:
            raise Refused(WRONG)  # noqa: TRY301 - the store is closed in one place
        return Proven(store, user, *_told_by_server(store, at))
    except BaseException:
        store.close()
        raise


def _told_by_server(store: Store, at: datetime) -> tuple[bytes | None, tuple[str, ...]]:
    """Ask a server what it keeps for whoever signed in, and whether the clocks agree."""
    from ioms_desktop.storage.postgres import logins, server_checks  # noqa: PLC0415 - only where a server is used

    with store.read() as reading:
        warnings = server_checks.server_warnings(reading.connection, at)
    try:
        with translated():
            return logins.draft_secret(store.engine), warnings
    except Refused:
        return None, warnings  # as on a copy, which can only be read: what is typed is kept while its window is open


def _desk(proven: Proven, clock: Callable[[], datetime], workstation: str) -> Desk:
    from ioms_desktop.storage.envelope import hkdf  # noqa: PLC0415 - loaded already where a file was opened

    with proven.store.read() as reading:
        rulebook = load_rulebook(reading)
        taken = None if reading.guarded else mark_of(reading)
    name, secret = proven.user.name, proven.secret
    if not is_shared(proven.store.location):
        from ioms_desktop.storage.sqlite.knowing import FileKnower  # noqa: PLC0415 - only where a local file is open

        proven.store.knower = FileKnower(name, clock)
    return Desk(
        store=proven.store,
        user=name,
        role=Role(proven.user.role),
        lists=rulebook.lists,
        policies=rulebook.policies,
        ladder=rulebook.ladder,
        clock=clock,
        workstation=workstation,
        taken=taken,
        # From the user's own key, not the file's: drafts outlast a change of that, and no colleague can read them.
        draft_key=None if secret is None else hkdf(secret, b"drafts|" + name.encode("utf-8", "surrogatepass")),
        warnings=proven.warnings,
    )


def key_of(location: str, name: str, password: str, at: datetime) -> bytes:
    """Give the key of a local file to whoever may sign in, whatever schema it is at.

    Raises:
        Refused: It cannot be opened, or name and password do not belong together.
    """
    from ioms_desktop.storage import unlocking  # noqa: PLC0415 - only where a local file is opened

    return _unlocked(location, name, at, lambda: unlocking.key_with(location, name, password))


def _proven_by_slot(location: str, password: str, act: Act) -> Proven:
    """Open a local file: its key lies under the password, so that nothing is to be compared."""
    from ioms_desktop.storage import unlocking  # noqa: PLC0415 - only where a local file is opened
    from ioms_desktop.storage.sqlite import tries  # noqa: PLC0415 - as above

    unlocking.refuse_missing_key(location)
    failed = tries.read(location, act.user).failed
    opened = _unlocked(location, act.user, act.at, lambda: unlocking.open_with(location, act.user, password))
    try:
        user = _let_in(opened.store, act, failed)
    except BaseException:
        opened.store.close()
        raise
    if failed:
        tries.clear(location, act.user)
    return Proven(opened.store, user, opened.unlocked.secret)


def _unlocked(location: str, name: str, at: datetime, unlock: Callable[[], T]) -> T:
    """Unlock a local file, with a pause for whoever keeps guessing."""
    from ioms_desktop.storage.envelope import WrongKey  # noqa: PLC0415 - only where a local file is opened
    from ioms_desktop.storage.sqlite import tries  # noqa: PLC0415 - as above

    earlier = tries.read(location, name)
    if earlier.until is not None and earlier.until > at:
        raise Refused(WAIT)
    try:
        return unlock()
    except WrongKey:
        failed = earlier.failed + 1
        tries.note(location, name, tries.Tries(failed, at + PAUSE if failed >= PATIENCE else None))
        raise Refused(WRONG) from None


def _let_in(store: Store, act: Act, failed: int) -> User:
    """Let in whoever opened a file, where they still may; earlier wrong passwords go on record now."""
    with store.read() as reading:
        user = users.user(reading, act.user)
    if user is None or not user.active:
        raise Refused(WRONG)
    if user.expires_on is not None and not user.may_sign_in(act.at.astimezone(LONDON).date()):
        raise Refused(RUN_OUT.format(day_words(user.expires_on)))
    if failed:
        with store.begin(replace(act, role=user.role), "sign_in") as tx:
            users.note_earlier_failures(tx, user.name, failed)
    return user


def add_user(
    desk: Desk,
    name: str,
    role: str,
    password: str | None,
    *,
    strength: Strength = Strength.OWN,
    team: str = "",
    until: date | None = None,
) -> str:
    """Add someone who may sign in.

    Args:
        desk: An administrator's.
        name: The user.
        role: Their role.
        password: Their first password; None where a server knows them by a Kerberos ticket or a certificate.
        strength: What is asked of it.
        team: Whose cases they share; empty for every team's.
        until: The last day on which they may sign in; None for no end.

    Returns:
        What was done, in one sentence.

    Raises:
        NotAllowed: The user is no administrator.
        Refused: The name is taken, the role does not exist, the last day has passed, or the password is too weak.
    """
    require(desk.role, Right.ADMINISTER)
    if role not in set(Role):
        raise Refused(f"There is no role {role}. Choose one of {', '.join(Role)}.")
    if until is not None and until < desk.today():
        raise Refused(f"{day_words(until)} has passed already. Nothing was changed; choose a day to come, or none.")
    if password is None and not is_shared(desk.store.location):
        raise Refused("Everybody who opens a file has a password of their own. Nothing was changed; choose one.")
    if password is not None:
        refuse_weak(password, strength, (name,))
    with desk.store.begin(desk.act(), "user_add") as tx:
        if tx.guarded:
            from ioms_desktop.storage.postgres import logins  # noqa: PLC0415 - only where a server is used

            logins.add(tx.connection, name, role, password or "", team.strip(), until)
        else:
            if users.user(tx, name) is not None:
                raise Refused(f"There is a user {name} already. Choose another name.")
            users.add_user(tx, name, role, "", at=desk.clock(), team=team.strip(), until=until)
            give_slot(desk.store, name, password or "")
    return f"{name} may sign in as {role}{until_words(until)}.{BY_OTHER_MEANS if password is None else ''}"


def until_words(until: date | None) -> str:
    """Say how long somebody may sign in, after `may sign in`; nothing for no end."""
    return f" up to and including {day_words(until)}" if until is not None else ""


def has_others(reading: Reading, name: str, *, lasting: bool = False) -> bool:
    """Whether there is another administrator who may sign in; lasting: without an end."""
    return any(
        each.active and each.role == Role.ADMINISTRATOR and each.name != name and not (lasting and each.expires_on)
        for each in users.users(reading)
    )


def give_slot(store: Store, name: str, password: str) -> None:
    """Let somebody open a local file by a password; inside a transaction."""
    if store.key is None:
        return
    from ioms_desktop.storage.sqlite import key_file, rotation  # noqa: PLC0415 - only where a local file is open

    rotation.change_file(store, lambda file, keys: key_file.with_slot(file, key_file.PERSON, name, password, keys))


def disable_user(desk: Desk, name: str) -> str:
    """Stop someone from signing in; a local file gets another key, because they may have kept the old one.

    Returns:
        What was done, in words.

    Raises:
        NotAllowed: The user is no administrator.
        Refused: There is no such user, or it is the last administrator.
    """
    require(desk.role, Right.ADMINISTER)
    with desk.store.begin(desk.act(), "user_disable") as tx:
        user = users.user(tx, name)
        if user is None:
            raise Refused(f"There is no user {name}. Check the name with user list.")
        if user.role == Role.ADMINISTRATOR and not has_others(tx, name):
            raise Refused(f"{name} is the last administrator. Add another one first.")
        if tx.guarded:
            from ioms_desktop.storage.postgres import logins  # noqa: PLC0415 - only where a server is used

            logins.disable(tx.connection, name)
            # Heard once this is committed, by a window of theirs that came back before it was.
            tell_others(desk, tx, frozenset({Topic.USERS}))
            return f"{name} can no longer sign in; what they had open was closed."
        users.set_active(tx, name, active=False)
        if desk.store.key is not None:
            from ioms_desktop.storage.sqlite import key_file, rotation  # noqa: PLC0415 - only where a file is open

            rotation.mark_due(tx)
            rotation.change_file(desk.store, lambda file, _keys: key_file.without(file, key_file.PERSON, name))
    return f"{name} can no longer sign in.{_change_key(desk.store)}"


def enable_user(desk: Desk, name: str) -> str:
    """Let somebody who was disabled sign in again, in their former role.

    Returns:
        What was done, in words.

    Raises:
        NotAllowed: The user is no administrator.
        Refused: There is nobody of this name who was disabled.
    """
    require(desk.role, Right.ADMINISTER)
    with desk.store.begin(desk.act(), "user_enable") as tx:
        if tx.guarded:
            from ioms_desktop.storage.postgres import logins  # noqa: PLC0415 - only where a server is used

            logins.enable(tx.connection, name)
            return f"{name} may sign in again, as before."
        user = users.user(tx, name)
        if user is None or user.active:
            raise Refused(f"There is no user {name} whom you may let in again. Nothing was changed; check the name.")
        users.set_active(tx, name, active=True)
    # Their half of the key went when they were disabled, and what they had not saved with it.
    return f"{name} may sign in again, once they have another password: give them one with user password."


def _change_key(store: Store) -> str:
    """Give a local file another key, and say so."""
    if store.key is None:
        return ""
    from ioms_desktop.storage.sqlite import rotation  # noqa: PLC0415 - only where a local file is open

    old_copies = "Copies and backups made before can still be read by whoever kept one."
    try:
        changed = rotation.rotate(store)
    except Refused as refused:
        return f" {refused.sentence}"
    if changed:
        return f" The file has another key. {old_copies}"
    return (
        " The file keeps its key while another program has it open; it gets another one at the first sign-in when none "
        f"has. {old_copies}"
    )


def list_users(desk: Desk) -> list[users.User]:
    """List the people who may sign in or once could.

    Raises:
        NotAllowed: The user is no administrator.
    """
    require(desk.role, Right.ADMINISTER)
    with desk.store.read() as reading:
        return users.users(reading)


def waiting_for_login(desk: Desk) -> frozenset[str]:
    """Name who could sign in to a server before it kept logins, and has none yet; nobody in a local file.

    Raises:
        NotAllowed: The user is no administrator.
    """
    require(desk.role, Right.ADMINISTER)
    if not is_shared(desk.store.location):
        return frozenset()
    from ioms_desktop.storage.postgres import logins  # noqa: PLC0415 - only where a server is used

    with desk.store.read() as reading:
        return frozenset(name for name, _ in logins.without_login(reading.connection))
