"""A database with people of every role, each in a session of their own, on both kinds of database."""

from __future__ import annotations

from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from ioms_desktop.domain.access.case_access import AccessList, CaseRestriction
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.services.access.case_access_admin import ChangeCaseAccess, SetCaseRestriction, set_case_restriction
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage import access_lists, users
from ioms_desktop.storage.postgres import logins
from ioms_desktop.storage.schema.tables import audit
from ioms_desktop.storage.sqlite.hidden_cases import HiddenCases
from ioms_desktop.storage.transaction import CommandContext
from keys import opened
from sessions import Clock, fill, request
from sessions import session_of as seated
from shared_people import ANOTHER, PASSWORD, login_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ioms_desktop.services.session import Session
    from ioms_desktop.storage.store import Store


@dataclass
class Bureau:
    """People of every role at one database; in a file they are seated without a password."""

    location: str
    keeper: Store
    clock: Clock = field(default_factory=Clock)
    sessions: dict[str, Session] = field(default_factory=dict)

    @property
    def shared(self) -> bool:
        """Whether it is a server's."""
        return is_shared(self.location)

    def session(self, who: str) -> Session:
        """Sign somebody in: a role, the second supervisor, or one who was added."""
        if who not in self.sessions:
            role = Role(who) if who in set(Role) else Role.SUPERVISOR
            if self.shared:
                self.sessions[who] = sign_in(self.location, login_of(who), PASSWORD, clock=self.clock, workstation=who)
            else:
                own = copy(self.keeper)
                own.case_filter = HiddenCases(login_of(who), self.clock)
                self.sessions[who] = seated(own, login_of(who), role, self.clock)
        return self.sessions[who]

    def add_supervisor(self, who: str) -> None:
        """Let another supervisor in."""
        if self.shared:
            with self.keeper.engine.begin() as connection:
                logins.add_login(connection, login_of(who), Role.SUPERVISOR, PASSWORD)
            return
        act = CommandContext(request="", user="admin", role="administrator", at=self.clock(), workstation="session 0")
        with self.keeper.begin(act) as tx:
            users.add_user(tx, login_of(who), Role.SUPERVISOR, "", at=self.clock())

    def restrict(self, who: str, case_ref: str = "IOM-1", *, restricted: bool = True) -> None:
        """Restrict a case to one supervisor, or end that; the services do so on a server only."""
        session = self.session(who)
        if self.shared:
            set_case_restriction(
                session, SetCaseRestriction(request=request(), case_ref=case_ref, restricted=restricted)
            )
            return
        with self.keeper.begin(session.command_context()) as tx:
            access_lists.set_case_restriction(tx, case_ref, CaseRestriction(restricted=restricted))
            access_lists.set_access_entry(tx, case_ref, session.user, AccessList.ADMITTED, listed=True)

    def on_record(self, object_type: str) -> list[tuple[str, str, bool]]:
        """Who did what to which, and whether it was refused."""
        with self.keeper.read() as reading:
            rows = reading.connection.execute(
                select(audit.c.actor, audit.c.object_ref, audit.c.after)
                .where(audit.c.object_type == object_type)
                .order_by(audit.c.id)
            )
            return [(row.actor, row.object_ref, bool((row.after or {}).get("denied"))) for row in rows]


def furnish_file(location: str) -> None:
    """Add people of every role, and cases, to an empty local file."""
    keeper = opened(location)
    fill(keeper)
    act = CommandContext(request="", user="admin", role="administrator", at=Clock()(), workstation="session 0")
    with keeper.begin(act) as tx:
        for who in (*Role, ANOTHER):
            role = Role.SUPERVISOR if who == ANOTHER else Role(who)
            users.add_user(tx, login_of(who), role, "", at=act.at)
    keeper.close()


@contextmanager
def open_bureau(location: str) -> Iterator[Bureau]:
    """Open a furnished database, and close what was opened."""
    made = Bureau(location, opened(location))
    yield made
    for session in made.sessions.values():
        session.store.close()
    made.keeper.close()


def named(who: str, case_ref: str = "IOM-1", message: str = "") -> ChangeCaseAccess:
    """Name somebody on a list of a case."""
    return ChangeCaseAccess(request=request(), case_ref=case_ref, name=login_of(who), message=message)
