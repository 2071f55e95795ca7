"""The people who may sign in, or once could: their register, and whose cases they share until when."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.access.roles import Right, Role, require
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.services.access.labels import account_words
from ioms_desktop.services.accounts.users import has_others, list_users, until_words, waiting_for_login
from ioms_desktop.services.cases.case_lists import Asked
from ioms_desktop.services.session import Desk
from ioms_desktop.storage import users


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """One account, as of today.

    Attributes:
        role: The role's code.
        role_words: Its name.
        open: Whether the person may sign in.
        active: Whether the account was not disabled; it may have run out.
        state: That in words.
        own: Whether it is the user's own.
        waiting: Whether they worked here before the server kept logins, and have none yet.
    """

    id: int
    name: str
    role: str
    role_words: str
    team: str
    open: bool
    active: bool
    state: str
    since: date
    expires_on: date | None
    own: bool
    waiting: bool = False


NO_LOGIN = "no login yet"
SORTS: dict[str, Callable[[AccountRow], tuple[str, ...]]] = {
    "name": lambda row: (fold(row.name),),
    "role": lambda row: (row.role_words, fold(row.name)),
    "team": lambda row: (fold(row.team), fold(row.name)),
    "state": lambda row: (row.state, fold(row.name)),
    "since": lambda row: (row.since.isoformat(), fold(row.name)),
    "expires": lambda row: (row.expires_on.isoformat() if row.expires_on else "~", fold(row.name)),
}


def account_ids(desk: Desk, asked: Asked) -> "array[int]":
    """Give the numbers of the accounts that answer, in order.

    Raises:
        NotAllowed: The user is no administrator.
    """
    typed = fold(asked.text).split()
    roles, standing = asked.chosen("role"), asked.chosen("open")
    found = [
        row
        for row in _rows(desk)
        if (not roles or row.role in roles)
        and (len(standing) != 1 or ("open" in standing) == row.open)
        and _meets(row, typed)
    ]
    found.sort(key=SORTS[asked.sort if asked.sort in SORTS else "name"], reverse=asked.descending)
    return array("q", [row.id for row in found])


def account_rows(desk: Desk, ids: Sequence[int]) -> list[AccountRow]:
    """Give some accounts.

    Raises:
        NotAllowed: The user is no administrator.
    """
    wanted = set(ids)
    return [row for row in _rows(desk) if row.id in wanted]


def _rows(desk: Desk) -> list[AccountRow]:
    today, roles, waiting = desk.today(), desk.lists.of("role"), waiting_for_login(desk)
    return [
        AccountRow(
            id=user.id,
            name=user.name,
            role=user.role,
            role_words=roles.label(user.role),
            team=user.team or "",
            open=user.may_sign_in(today),
            active=user.active,
            state=NO_LOGIN if user.name in waiting else account_words(user, today),
            since=user.created_at.astimezone(LONDON).date(),
            expires_on=user.expires_on,
            own=user.name == desk.user,
            waiting=user.name in waiting,
        )
        for user in list_users(desk)
    ]


def _meets(row: AccountRow, typed: Sequence[str]) -> bool:
    words = fold(f"{row.name} {row.role_words} {row.team} {row.state}").split()
    return all(any(word.startswith(begun) for word in words) for begun in typed)


def change_account(desk: Desk, name: str, *, team: str, until: date | None) -> str:
    """Say whose cases somebody shares, and until when they may sign in.

    Args:
        desk: An administrator's.
        name: The user.
        team: Whose cases they share; empty for every team's.
        until: The last day on which they may sign in; None for no end. One that has passed keeps them out from now on.

    Returns:
        What was done, in words.

    Raises:
        NotAllowed: The user is no administrator.
        Refused: There is no such user, or no administrator would be left.
    """
    require(desk.role, Right.ADMINISTER)
    with desk.store.begin(desk.act(), "user_account") as tx:
        user = users.find_user(tx, name)
        if user is None or not user.active:
            raise Refused(f"There is no user {name} who may sign in. Nothing was changed; check the name.")
        if user.role == Role.ADMINISTRATOR and until is not None and not has_others(tx, name, lasting=True):
            raise Refused(f"{name} is the last administrator without an end. Add another one first.")
        if tx.server_enforces_access:
            from ioms_desktop.storage.postgres import logins  # noqa: PLC0415 - only where a server is used

            logins.set_login_account(tx.connection, name, team.strip(), until)
        else:
            users.set_account(tx, name, team.strip(), until)
    shares = f"shares the cases of {team.strip()}" if team.strip() else "shares every team's cases"
    out = until is not None and until < desk.today()
    ends = "can no longer sign in" if out else f"may sign in{until_words(until) or ' without an end'}"
    return f"{name} {shares} and {ends}."
