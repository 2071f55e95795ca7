"""A shared database with one user of every role, each with a login of their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

import psycopg

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.people import Assessment, CustodySpell
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.postgres import logins
from ioms_desktop.storage.schema.version import SCHEMA_HEAD
from ioms_desktop.storage.transaction import CommandContext
from postgres_cluster import Server
from sessions import fill

NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)
PASSWORD = "four plain words here"
FURNISHED = "furnished"
"""The name of the template."""
THIS_VERSION = f"SET ioms.schema = '{SCHEMA_HEAD}'"
"""What a program of this version says of itself; a server lets no other begin a command."""
ANOTHER = "second"
"""A second supervisor, because nobody may answer a proposal of their own."""


def login_of(role: str) -> str:
    """Return the login of a role; logins belong to the whole server, so these names are used nowhere else."""
    return f"t_{role}"


def weaken(owner: psycopg.Connection, function: str, said: str, instead: str) -> None:
    """Say a function of the database without one of its conditions, for a control."""
    defined = owner.execute("SELECT pg_get_functiondef(%s::regproc)", (function,)).fetchall()[0][0]
    assert defined.count(said) == 1, said
    owner.execute(defined.replace(said, instead).encode())


@dataclass
class Office:
    """The database and its users."""

    location: str
    sessions: dict[str, Session] = field(default_factory=dict)

    def session(self, role: str) -> Session:
        """Sign a user in through the services."""
        if role not in self.sessions:
            self.sessions[role] = sign_in(self.location, login_of(role), PASSWORD, clock=lambda: NOW, workstation=role)
        return self.sessions[role]

    @contextmanager
    def raw(self, role: str) -> Iterator[psycopg.Connection]:
        """Connect with a user's own login, as with psql."""
        with psycopg.connect(self.location, user=login_of(role), password=PASSWORD, autocommit=True) as connection:
            connection.execute("SET search_path = public, ioms_audit")
            connection.execute(THIS_VERSION.encode())
            yield connection

    @contextmanager
    def owner(self) -> Iterator[psycopg.Connection]:
        """Connect as the server's administrator."""
        with psycopg.connect(self.location, autocommit=True) as connection:
            connection.execute("SET search_path = public, ioms_audit, ioms_private")
            connection.execute(THIS_VERSION.encode())
            yield connection

    def close(self) -> None:
        """Close every session."""
        for session in self.sessions.values():
            session.store.close()


class FurnishedTemplate:
    """A furnished database to copy; the logins are the whole server's, and stay as long as no test changes them."""

    def __init__(self, server: Server, empty: str) -> None:
        """Take the server, and the name of its empty database to copy."""
        self._server, self._empty, self._made = server, empty, False

    def copied(self, create: Callable[[str], str]) -> Office:
        """Return a copy, made by `create` from the name of its template."""
        if not self._made or not self._server.has_kept_logins():
            self._server.drop(FURNISHED)
            self._server.forget_logins()
            furnish(self._server.create(FURNISHED, self._empty)).close()
            self._server.keep_logins()
            self._made = True
        location = create(FURNISHED)
        self._server.restrict(location)
        return Office(location)


def furnish(location: str) -> Office:
    """Add people, cases and logins."""
    store = open_store(location)
    fill(store)
    act = CommandContext(
        request="", user="holt", role="coordinator", at=datetime(2026, 9, 2, tzinfo=UTC), workstation="session 0"
    )
    with store.begin(act) as tx:
        for number, (kind, words) in enumerate((("ARREST", "arrested"), ("INTELLIGENCE", "SECRET SOURCE")), 1):
            tx.add(
                Concern(
                    concern_ref=f"K-{number}",
                    case_ref="PHX-1",
                    occurred_on=date(2026, 9, 20),
                    recorded_on=date(2026, 9, 20),
                    concern_type=kind,
                    source_grade="1",
                    information_grade="A",
                    summary=words,
                )
            )
        for number, agency in enumerate(("LEICESTERSHIRE_POLICE", "INGEUS"), 1):
            tx.add(
                Contact(
                    contact_ref=f"N-{number}",
                    case_ref="PHX-1",
                    occurred_at=DayTime(date(2026, 9, 21)),
                    planned=True,
                    contact_type="OFFICE",
                    outcome="SEEN",
                    agency=agency,
                    note=f"note of {agency}",
                )
            )
        tx.add(Offer(offer_ref="O-1", case_ref="PHX-1", offer_type="MENTORING", offered_on=date(2026, 9, 18)))
        tx.add(Assessment(person_ref="P-JM", tool="OGRS", assessed_on=date(2026, 9, 1), value="0.5"))
        tx.add(CustodySpell(person_ref="P-JM", received_on=date(2026, 9, 3), released_on=date(2026, 9, 5)))
    logins.restrict_connections(store.engine)
    with store.engine.begin() as connection:
        for role in Role:
            logins.add_login(connection, login_of(role), role, PASSWORD)
        logins.add_login(connection, login_of(ANOTHER), Role.SUPERVISOR, PASSWORD)
    store.close()
    return Office(location)
