"""Sign in and sign out: from a location, a name and a password to a desk."""

import getpass
import platform
from collections.abc import Callable
from datetime import datetime, timedelta

from ioms_desktop.domain.access import Right, Role, require
from ioms_desktop.domain.errors import Refused
from ioms_desktop.services.desk import Desk, now
from ioms_desktop.services.passwords import matches, protect
from ioms_desktop.services.rulebook import load_rulebook
from ioms_desktop.storage import users
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.store import Act, Store

WRONG = "The name or the password is wrong. Nothing was opened; try again, or ask an administrator."
PATIENCE = 5
PAUSE = timedelta(minutes=1)


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
        password: Their password; never kept.
        clock: What the time is, in UTC.
        workstation: The machine's name for the audit; None for this machine's own.

    Raises:
        Refused: The database cannot be opened, or name and password do not belong together.
    """
    store = open_store(location)
    try:
        return _signed_in(store, name, password, clock, workstation or machine())
    except BaseException:
        store.close()
        raise


def machine() -> str:
    """Name this machine and the account on it, for the audit."""
    try:
        account = getpass.getuser()
    except OSError:
        account = "unknown"
    return f"{platform.node() or 'unknown'}/{account}"


def _signed_in(store: Store, name: str, password: str, clock: Callable[[], datetime], workstation: str) -> Desk:
    with store.read() as reading:
        user = users.user(reading, name)
        rulebook = load_rulebook(reading)
    at = clock()
    if user is not None and user.locked_until is not None and user.locked_until > at:
        raise Refused("Too many wrong passwords. Wait a minute and try again; nothing was opened.")
    act = Act(request="", user=name, role=user.role if user else "", at=at, workstation=workstation)
    if user is None or not user.active or not matches(user.password_hash, password):
        if user is not None and user.active:
            _note_failure(store, act, user.name, user.failed)
        raise Refused(WRONG)
    if user.failed:
        with store.begin(act, "sign_in") as tx:
            users.clear_failures(tx, user.name)
    return Desk(
        store=store,
        user=user.name,
        role=Role(user.role),
        lists=rulebook.lists,
        policies=rulebook.policies,
        ladder=rulebook.ladder,
        clock=clock,
        workstation=workstation,
    )


def _note_failure(store: Store, act: Act, name: str, failed: int) -> None:
    locked = act.at + PAUSE if failed + 1 >= PATIENCE else None
    with store.begin(act, "wrong_password") as tx:
        users.note_failure(tx, name, locked_until=locked)


def add_user(desk: Desk, name: str, role: str, password: str) -> str:
    """Add someone who may sign in.

    Returns:
        What was done, in one sentence.

    Raises:
        NotAllowed: The user is no administrator.
        Refused: The name is taken, the role does not exist, or the password is too weak.
    """
    require(desk.role, Right.ADMINISTER)
    if role not in set(Role):
        raise Refused(f"There is no role {role}. Choose one of {', '.join(Role)}.")
    with desk.store.begin(desk.act(), "user_add") as tx:
        if users.user(tx, name) is not None:
            raise Refused(f"There is a user {name} already. Choose another name.")
        users.add_user(tx, name, role, protect(password), at=desk.clock())
    return f"{name} may sign in as {role}."


def disable_user(desk: Desk, name: str) -> str:
    """Stop someone from signing in.

    Returns:
        What was done, in one sentence.

    Raises:
        NotAllowed: The user is no administrator.
        Refused: There is no such user, or it is the last administrator.
    """
    require(desk.role, Right.ADMINISTER)
    with desk.store.begin(desk.act(), "user_disable") as tx:
        user = users.user(tx, name)
        if user is None:
            raise Refused(f"There is no user {name}. Check the name with user list.")
        others = [u for u in users.users(tx) if u.active and u.role == Role.ADMINISTRATOR and u.name != name]
        if user.role == Role.ADMINISTRATOR and not others:
            raise Refused(f"{name} is the last administrator. Add another one first.")
        users.set_active(tx, name, active=False)
    return f"{name} can no longer sign in."


def list_users(desk: Desk) -> list[users.User]:
    """List the people who may sign in or once could.

    Raises:
        NotAllowed: The user is no administrator.
    """
    require(desk.role, Right.ADMINISTER)
    with desk.store.read() as reading:
        return users.users(reading)
