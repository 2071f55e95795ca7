"""Accounts as a list: present and former users, whose cases they share and until when they may sign in."""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.access.case_access import describe_unsupervised_teams
from ioms_desktop.domain.access.roles import Right, Role, require
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import LastAdministrator
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.domain.search.text_filter import TextFilter
from ioms_desktop.services.access.labels import describe_account_state
from ioms_desktop.services.access.take_over import describe_dependents, list_teams_depending_on
from ioms_desktop.services.accounts.display_names import refresh_names, set_display_name
from ioms_desktop.services.accounts.users import (
    LAST_ADMINISTRATOR,
    describe_until,
    has_other_administrator,
    list_users,
    list_users_without_login,
)
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Session
from ioms_desktop.storage import users


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow:
    """One account, as of today.

    Attributes:
        display_name: How their name reads; empty for the login.
        role: The role's code.
        role_label: Its name.
        may_sign_in: Whether the person may sign in.
        active: Whether the account was not disabled; it may have run out.
        state: That in words.
        is_own: Whether it is the user's own.
        awaits_login: Whether they worked here before the server kept logins, and have none yet.
    """

    id: int
    name: str
    display_name: str
    role: str
    role_label: str
    team: str
    may_sign_in: bool
    active: bool
    state: str
    created_on: date
    expires_on: date | None
    is_own: bool
    awaits_login: bool = False


NO_LOGIN_LABEL = "no login yet"
SORT_KEYS: dict[str, Callable[[AccountRow], tuple[str, ...]]] = {
    "name": lambda row: (fold(row.name),),
    "display_name": lambda row: (fold(row.display_name or row.name), fold(row.name)),
    "role": lambda row: (row.role_label, fold(row.name)),
    "team": lambda row: (fold(row.team), fold(row.name)),
    "state": lambda row: (row.state, fold(row.name)),
    "since": lambda row: (row.created_on.isoformat(), fold(row.name)),
    "expires": lambda row: (row.expires_on.isoformat() if row.expires_on else "~", fold(row.name)),
}


def account_ids(session: Session, query: ListQuery) -> "array[int]":
    """Return the numbers of the accounts that match a query, in order.

    Raises:
        NotAllowed: The user is not an administrator.
    """
    typed = TextFilter(query.text)
    roles, standing = query.chosen("role"), query.chosen("open")
    found = [
        row
        for row in _rows(session)
        if (not roles or row.role in roles)
        and (len(standing) != 1 or ("open" in standing) == row.may_sign_in)
        and typed.matches(_searched_text(row))
    ]
    found.sort(key=SORT_KEYS[query.sort if query.sort in SORT_KEYS else "name"], reverse=query.descending)
    return array("q", [row.id for row in found])


def account_rows(session: Session, ids: Sequence[int]) -> list[AccountRow]:
    """Return the rows of some accounts.

    Raises:
        NotAllowed: The user is not an administrator.
    """
    wanted = set(ids)
    return [row for row in _rows(session) if row.id in wanted]


def _rows(session: Session) -> list[AccountRow]:
    today, roles, waiting = session.today(), session.lists.of("role"), list_users_without_login(session)
    return [
        AccountRow(
            id=user.id,
            name=user.name,
            display_name=user.display_name or "",
            role=user.role,
            role_label=roles.label(user.role),
            team=user.team or "",
            may_sign_in=user.may_sign_in(today),
            active=user.active,
            state=NO_LOGIN_LABEL if user.name in waiting else describe_account_state(user, today),
            created_on=user.created_at.astimezone(LONDON).date(),
            expires_on=user.expires_on,
            is_own=user.name == session.user,
            awaits_login=user.name in waiting,
        )
        for user in list_users(session)
    ]


def _searched_text(row: AccountRow) -> str:
    return f"{row.name} {row.display_name} {row.role_label} {row.team} {row.state}"


def change_account(
    session: Session, name: str, *, team: str, until: date | None, display_name: str | None = None
) -> str:
    """Set whose cases a user shares, until when they may sign in, and how their name reads.

    Args:
        team: Whose cases they share; empty for every team's.
        until: The last day on which they may sign in; None for no end. One that has passed keeps them out from now on.
        display_name: How their name reads, as `PC 4411 ADEYEMI`; empty for the login, None to leave it.

    Returns:
        What was done, in words.

    Raises:
        NotAllowed: The user is not an administrator.
        Refused: There is no such user, or no administrator would be left.
    """
    require(session.role, Right.ADMINISTER)
    orphaned = describe_dependents(session, name) if until is not None else ""
    left = list_teams_depending_on(session, name) if until is None else []
    with session.store.begin(session.command_context(), "user_account") as tx:
        user = users.require_active_user(tx, name)
        if (
            user.role == Role.ADMINISTRATOR
            and until is not None
            and not has_other_administrator(tx, name, without_expiry=True)
        ):
            raise LastAdministrator(LAST_ADMINISTRATOR.format(name=name))
        if tx.server_enforces_access:
            from ioms_desktop.storage.postgres import logins  # noqa: PLC0415 - only where a server is used

            logins.set_login_account(tx.connection, name, team.strip(), until)
        else:
            users.set_account(tx, name, team.strip(), until)
        reads = "" if display_name is None else set_display_name(session, tx, user, display_name)
    shares = f"shares the cases of {team.strip()}" if team.strip() else "shares every team's cases"
    out = until is not None and until < session.today()
    ends = "can no longer sign in" if out else f"may sign in{describe_until(until) or ' without an end'}"
    after = "" if out or not orphaned else " From the day after: "
    if team.strip():
        orphaned = f"{orphaned} {describe_unsupervised_teams([each for each in left if each != team.strip()])}".strip()
    refresh_names(session)
    return f"{name} {shares} and {ends}.{reads}{after or ' '}{orphaned}".strip()
