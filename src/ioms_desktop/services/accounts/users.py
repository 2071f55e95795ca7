"""Users: added, disabled, enabled again and listed by an administrator."""

from datetime import date

from ioms_desktop.domain.access.roles import Right, Role, require
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.errors import (
    Duplicate,
    LastAdministrator,
    MissingValue,
    PastDate,
    Refused,
    UnknownCode,
    UnknownUser,
)
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.access.take_over import describe_dependents
from ioms_desktop.services.accounts.display_names import refresh_names, refuse_name_of_another, set_display_name
from ioms_desktop.services.accounts.passwords import (
    PASSWORD_REQUIRED_MESSAGE,
    StrengthRequirement,
    refuse_weak_password,
)
from ioms_desktop.services.change_feed import notify_others
from ioms_desktop.services.session import Session, Topic
from ioms_desktop.services.workers.caseloads import describe_held_roles
from ioms_desktop.storage import users
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.store import Store

WITHOUT_PASSWORD_NOTE = " They have no password here: the server must know them by a Kerberos ticket or a certificate."
LAST_ADMINISTRATOR = "{name} is the last administrator whose account has no last day. Add another one first."


def add_user(
    session: Session,
    name: str,
    role: str,
    password: str | None,
    *,
    strength: StrengthRequirement = StrengthRequirement.FULL,
    team: str = "",
    until: date | None = None,
    display_name: str = "",
) -> str:
    """Add a user who may sign in.

    Args:
        role: Their role.
        password: Their first password; None where a server knows them by a Kerberos ticket or a certificate.
        strength: What is asked of it.
        team: Whose cases they share; empty for every team's.
        until: The last day on which they may sign in; None for no end.
        display_name: How their name reads, as `PC 4411 ADEYEMI`; empty for the login.

    Returns:
        What was done, in one sentence.

    Raises:
        NotAllowed: The user is not an administrator.
        Refused: The name is taken or another user reads so, the role does not exist, the last day has passed, or the
            password is too weak.
    """
    require(session.role, Right.ADMINISTER)
    if role not in set(Role):
        raise UnknownCode(f"There is no role {role}. Choose one of {', '.join(Role)}.")
    if until is not None and until < session.today():
        raise PastDate(f"{format_day(until)} has passed already. Nothing was changed; choose a day to come, or none.")
    if password is None and not is_shared(session.store.location):
        raise MissingValue(PASSWORD_REQUIRED_MESSAGE)
    if password is not None:
        refuse_weak_password(password, strength, (name,))
    with session.store.begin(session.command_context(), "user_add") as tx:
        refuse_name_of_another(tx, name)
        if tx.server_enforces_access:
            from ioms_desktop.storage.postgres import logins  # noqa: PLC0415 - only where a server is used

            logins.add_login(tx.connection, name, role, password or "", team.strip(), until)
        else:
            if users.find_user(tx, name) is not None:
                raise Duplicate(f"There is a user {name} already. Choose another name.")
            users.add_user(tx, name, role, "", at=session.clock(), team=team.strip(), until=until)
            set_key_slot(session.store, name, password or "")
        reads = set_display_name(session, tx, users.require_active_user(tx, name), display_name)
    refresh_names(session)
    note = WITHOUT_PASSWORD_NOTE if password is None else ""
    return f"{name} may sign in as {role}{describe_until(until)}.{reads}{note}"


def describe_until(until: date | None) -> str:
    """Say until when a user may sign in, to follow `may sign in`; empty where there is no end."""
    return f" up to and including {format_day(until)}" if until is not None else ""


def has_other_administrator(reading: Reading, name: str, *, without_expiry: bool = False) -> bool:
    """Whether there is another administrator who may sign in; lasting: without an end."""
    return any(
        each.active
        and each.role == Role.ADMINISTRATOR
        and each.name != name
        and not (without_expiry and each.expires_on)
        for each in users.list_users(reading)
    )


def set_key_slot(store: Store, name: str, password: str) -> None:
    """Let a user open a local file with a password; inside a transaction."""
    if store.key is None:
        return
    from ioms_desktop.storage.sqlite import key_file, rotation  # noqa: PLC0415 - only where a local file is open

    rotation.change_key_file(store, lambda file, keys: key_file.with_slot(file, key_file.PERSON, name, password, keys))


def disable_user(session: Session, name: str) -> str:
    """Stop a user from signing in; a local file gets another key, because they may have kept the old one.

    Returns:
        What was done, in words, and which cases and teams have no supervisor any more.

    Raises:
        NotAllowed: The user is not an administrator.
        Refused: There is no such user, or it is the last administrator.
    """
    require(session.role, Right.ADMINISTER)
    left = (describe_dependents(session, name), describe_held_roles(session, name))
    return " ".join(part for part in (_disable(session, name), *left) if part)


def _disable(session: Session, name: str) -> str:
    with session.store.begin(session.command_context(), "user_disable") as tx:
        user = users.find_user(tx, name)
        if user is None:
            raise UnknownUser(f"There is no user {name}. Check the name with user list.")
        if user.role == Role.ADMINISTRATOR and not has_other_administrator(tx, name, without_expiry=True):
            raise LastAdministrator(LAST_ADMINISTRATOR.format(name=name))
        if tx.server_enforces_access:
            from ioms_desktop.storage.postgres import logins  # noqa: PLC0415 - only where a server is used

            logins.disable_login(tx.connection, name)
            # Heard once this is committed, by a window of theirs that came back before it was.
            notify_others(session, tx, frozenset({Topic.USERS}))
            return f"{name} can no longer sign in; what they had open was closed."
        users.set_active(tx, name, active=False)
        if session.store.key is not None:
            from ioms_desktop.storage.sqlite import key_file, rotation  # noqa: PLC0415 - only where a file is open

            rotation.mark_rotation_due(tx)
            rotation.change_key_file(
                session.store, lambda file, _keys: key_file.without_slot(file, key_file.PERSON, name)
            )
    return f"{name} can no longer sign in.{_rotate_key(session.store)}"


def enable_user(session: Session, name: str) -> str:
    """Let a disabled user sign in again, in their former role.

    Returns:
        What was done, in words.

    Raises:
        NotAllowed: The user is not an administrator.
        Refused: There is nobody of this name who was disabled.
    """
    require(session.role, Right.ADMINISTER)
    with session.store.begin(session.command_context(), "user_enable") as tx:
        if tx.server_enforces_access:
            from ioms_desktop.storage.postgres import logins  # noqa: PLC0415 - only where a server is used

            logins.enable_login(tx.connection, name)
            return f"{name} may sign in again, as before."
        user = users.find_user(tx, name)
        if user is None or user.active:
            raise UnknownUser(
                f"There is no user {name} whom you may let in again. Nothing was changed; check the name."
            )
        users.set_active(tx, name, active=True)
    # Their half of the key went when they were disabled, and what they had not saved with it.
    return f"{name} may sign in again, once they have another password: give them one with user password."


def _rotate_key(store: Store) -> str:
    """Rotate the key of a local file, and give the note for the user."""
    if store.key is None:
        return ""
    from ioms_desktop.storage.sqlite import rotation  # noqa: PLC0415 - only where a local file is open

    old_copies = "Copies and backups made earlier can still be read by anyone who kept one."
    try:
        changed = rotation.rotate_key(store)
    except Refused as refused:
        return f" {refused.sentence}"
    if changed:
        return f" The file has another key. {old_copies}"
    return (
        " The file keeps its key while another program has it open; the key is changed at the first sign-in when no "
        f"other program has it open. {old_copies}"
    )


def list_users(session: Session) -> list[users.User]:
    """List present and former users.

    Raises:
        NotAllowed: The user is not an administrator.
    """
    require(session.role, Right.ADMINISTER)
    with session.store.read() as reading:
        return users.list_users(reading)


def list_users_without_login(session: Session) -> frozenset[str]:
    """List the users of an upgraded server who have no login yet; none in a local file.

    Raises:
        NotAllowed: The user is not an administrator.
    """
    require(session.role, Right.ADMINISTER)
    if not is_shared(session.store.location):
        return frozenset()
    from ioms_desktop.storage.postgres import logins  # noqa: PLC0415 - only where a server is used

    with session.store.read() as reading:
        return frozenset(name for name, _ in logins.users_without_login(reading.connection))
