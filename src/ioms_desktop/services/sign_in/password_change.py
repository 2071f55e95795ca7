"""Changing a password: the user's own, another user's by an administrator, or with a recovery code."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ioms_desktop.domain import recovery_code
from ioms_desktop.domain.access.roles import Right, require
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.errors import NoSecretToChange, Refused, WrongPassword, WrongRecoveryCode
from ioms_desktop.services.accounts.passwords import StrengthRequirement, refuse_weak_password
from ioms_desktop.services.accounts.users import set_key_slot
from ioms_desktop.services.session import Session, utc_now
from ioms_desktop.services.sign_in.sign_in import workstation_name
from ioms_desktop.storage import users
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext, Transaction

WRONG_PASSWORD_MESSAGE = "The present password is wrong. Nothing was changed; type the one you signed in with."
WRONG_RECOVERY_CODE_MESSAGE = (
    "The recovery code does not open this database. Nothing was changed; look for the newest one: each use of a code "
    "makes a new one."
)
NO_PASSWORD_MESSAGE = (
    "You sign in to this server by a Kerberos ticket or a certificate, without a password. Nothing was changed; there "
    "is no password to change."
)
NO_RECOVERY_CODE_MESSAGE = (
    "A shared database has no recovery code. Nothing was changed; an administrator gives you a new password."
)


@dataclass(frozen=True, slots=True)
class RecoveryResult:
    """The result of a password recovery.

    Attributes:
        sentence: What was done.
        recovery_code: The new recovery code; the one that was used is worth nothing any more.
    """

    sentence: str
    recovery_code: str


def generate_recovery_code() -> str:
    """Make a recovery code."""
    return recovery_code.format_code(secrets.token_bytes(recovery_code.SECRET_BYTES))


def change_password(
    session: Session,
    current_password: str,
    new_password: str,
    *,
    strength: StrengthRequirement = StrengthRequirement.FULL,
) -> str:
    """Change one's own password.

    Args:
        current_password: The one signed in with, so that nobody changes it at a session left alone.
        new_password: The new one.
        strength: What is asked of it.

    Returns:
        What was done, in one sentence.

    Raises:
        Refused: The present one is wrong, or the new one too weak; or a server asks for none.
    """
    refuse_weak_password(new_password, strength, (session.user,))
    with session.store.begin(session.command_context(), "user_password") as tx:
        users.require_active_user(tx, session.user)
        if tx.server_enforces_access:
            _change_login(session, tx, current_password, new_password)
        else:
            users.set_password(tx, session.user, "", "changed by the user")
            if session.store.key is not None:
                _change_slot(session.store, session.user, current_password, new_password)
    if session.store.case_gate is not None:
        from ioms_desktop.storage.postgres.engine import set_engine_password  # noqa: PLC0415 - only where a server is used

        set_engine_password(session.store.engine, new_password)
    return "Your password was changed."


def _change_login(session: Session, tx: Transaction, current_password: str, password: str) -> None:
    """Change the password of a server login, after signing in with the present one again."""
    from ioms_desktop.storage.engine import open_as_user  # noqa: PLC0415 - only where a server is used
    from ioms_desktop.storage.postgres import logins  # noqa: PLC0415 - as above

    try:
        once_more = open_as_user(session.store.location, session.user, current_password)
    except Refused:
        raise WrongPassword(WRONG_PASSWORD_MESSAGE) from None
    proved = logins.uses_password(once_more.engine)
    once_more.close()
    if not proved:
        raise NoSecretToChange(NO_PASSWORD_MESSAGE)
    logins.set_login_password(tx.connection, session.user, password)


def _change_slot(store: Store, name: str, current_password: str, password: str) -> None:
    from ioms_desktop.storage.envelope import WrongKey  # noqa: PLC0415 - only where a local file is open
    from ioms_desktop.storage.sqlite import key_file, rotation  # noqa: PLC0415 - as above

    def change(file: key_file.KeyFile, _keys: object) -> key_file.KeyFile:
        return key_file.with_password(file, key_file.unlock(file, key_file.PERSON, name, current_password), password)

    try:
        rotation.change_key_file(store, change)
    except WrongKey:
        raise WrongPassword(WRONG_PASSWORD_MESSAGE) from None


def set_password(
    session: Session, name: str, password: str, *, strength: StrengthRequirement = StrengthRequirement.FULL
) -> str:
    """Set a new password for another user.

    Args:
        password: Their new password.
        strength: What is asked of it.

    Returns:
        What was done, in words.

    Raises:
        NotAllowed: The user is not an administrator.
        Refused: There is no such user, they may not sign in, or the password is too weak.
    """
    require(session.role, Right.ADMINISTER)
    refuse_weak_password(password, strength, (name,))
    with session.store.begin(session.command_context(), "user_password") as tx:
        users.require_active_user(tx, name)
        if tx.server_enforces_access:
            from ioms_desktop.storage.postgres import logins  # noqa: PLC0415 - only where a server is used

            logins.set_login_password(tx.connection, name, password)
            return f"{name} has a new password. Let them change it at once."
        users.set_password(tx, name, "", "set by an administrator")
        set_key_slot(session.store, name, password)
    drafts = "Entries they had not saved cannot be opened any more."
    return f"{name} has a new password. Let them change it at once. {drafts}"


def recover_password(
    location: str,
    name: str,
    code: str,
    password: str,
    *,
    strength: StrengthRequirement = StrengthRequirement.FULL,
    clock: Callable[[], datetime] = utc_now,
) -> RecoveryResult:
    """Set a new password for a local file's user with its recovery code; audited, and the code is used up.

    Args:
        code: The recovery code, however it was typed.
        password: The new password.
        strength: What is asked of it.
        clock: What the time is, in UTC.

    Raises:
        Refused: The code is none or not this file's, there is no such user, or the password is too weak.
    """
    if is_shared(location):
        raise NoSecretToChange(NO_RECOVERY_CODE_MESSAGE)
    from ioms_desktop.storage.database import unlocking  # noqa: PLC0415 - only where a local file is opened
    from ioms_desktop.storage.envelope import WrongKey  # noqa: PLC0415 - as above
    from ioms_desktop.storage.sqlite import failed_logins, key_file  # noqa: PLC0415 - as above

    refuse_weak_password(password, strength, (name,))
    typed = recovery_code.parse_code(code)
    try:
        opened = unlocking.open_with_password(location, "", typed, kind=key_file.RECOVERY)
    except WrongKey:
        raise WrongRecoveryCode(WRONG_RECOVERY_CODE_MESSAGE) from None
    store, following = opened.store, generate_recovery_code()
    try:
        act = CommandContext(request="", user=name, role="", at=clock(), workstation=workstation_name())
        with store.begin(act, "user_recover") as tx:
            users.require_active_user(tx, name)
            users.set_password(tx, name, "", "set with the recovery code")
            _recover_slots(store, name, password, following)
    finally:
        store.close()
    failed_logins.clear_failed_logins(location, name)
    return RecoveryResult(
        f"{name} has a new password. The recovery code that was used no longer opens anything.", following
    )


def _recover_slots(store: Store, name: str, password: str, code: str) -> None:
    from ioms_desktop.storage.sqlite import key_file, rotation  # noqa: PLC0415 - only where a local file is open

    def change(file: key_file.KeyFile, keys: Mapping[int, bytes]) -> key_file.KeyFile:
        file = key_file.with_slot(file, key_file.PERSON, name, password, keys)
        return key_file.with_slot(file, key_file.RECOVERY, "", code, keys)

    rotation.change_key_file(store, change)


def has_recovery_code(session: Session) -> bool | None:
    """Whether a recovery code opens this file; None for a shared database, which has none.

    Raises:
        NotAllowed: The user is not an administrator.
        Refused: The key file cannot be read.
    """
    require(session.role, Right.ADMINISTER)
    if is_shared(session.store.location) or session.store.key is None:
        return None
    from ioms_desktop.storage.sqlite import key_file  # noqa: PLC0415 - only where a local file is open

    return any(slot.kind == key_file.RECOVERY for slot in key_file.load(session.store.location).slots)


def replace_recovery_code(session: Session) -> RecoveryResult:
    """Replace the recovery code of a local file; the previous one no longer works.

    Raises:
        NotAllowed: The user is not an administrator.
        Refused: The database is shared, or the key file cannot be written.
    """
    require(session.role, Right.ADMINISTER)
    if is_shared(session.store.location) or session.store.key is None:
        raise NoSecretToChange(NO_RECOVERY_CODE_MESSAGE)
    from ioms_desktop.storage.sqlite import key_file, rotation  # noqa: PLC0415 - only where a local file is open

    code = generate_recovery_code()
    with session.store.begin(session.command_context(), "recovery_code") as tx:
        record_new_recovery_code(tx)
        rotation.change_key_file(
            session.store, lambda file, keys: key_file.with_slot(file, key_file.RECOVERY, "", code, keys)
        )
    return RecoveryResult("The file has a new recovery code. The one before no longer opens anything.", code)


def record_new_recovery_code(tx: Transaction) -> None:
    """Audit that a new recovery code was made; never the code itself."""
    detail = {"recovery_code": "made anew by an administrator"}
    tx.log("ALTERATION", object_type="users", object_ref=tx.command.user, subject_ref=None, detail=detail)
