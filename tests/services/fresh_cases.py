"""One database for many tests, each with a fictional case of its own, and helpers to see what a test wrote."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import count
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import func, literal, select, union_all

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.session import Session
from ioms_desktop.storage import access_lists
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from sessions import TODAY, Clock, session_of

R = TypeVar("R", bound=Record)
BEGAN = datetime(2026, 9, 1, 9, tzinfo=UTC)
STARTED = date(2026, 9, 17)
"""The day on which every case here was notified or adopted."""
NAVIGATOR, OFFICER, SUPERVISOR = "okoro", "adeyemi", "wright"
COUNTED = union_all(
    *(
        select(
            literal(table.name),
            func.count(),
            func.coalesce(func.sum(table.c.revision), 0) if "revision" in table.c else literal(0),
        ).select_from(table)
        for table in tables.metadata.sorted_tables
    )
)
MAY_RECORD = (Role.OFFICER, Role.NAVIGATOR, Role.SUPERVISOR)


class Entry(NamedTuple):
    """The content of an audit entry."""

    kind: str
    actor: str
    actor_role: str
    workstation: str
    request: str
    object_type: str
    object_ref: str
    subject_ref: str


@dataclass
class Ledger:
    """A database that contains only what the tests add."""

    store: Store
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _seat: Session | None = None

    def session(self, user: str = NAVIGATOR, role: Role = Role.NAVIGATOR, on: date = TODAY) -> Session:
        """Return a user's session on a day."""
        if self._seat is None:
            self._seat = session_of(self.store, user, role, Clock())
        clock = Clock()
        clock.move_to(on)
        return replace(self._seat, user=user, role=role, clock=clock, workstation=f"session of {user}")

    def officer(self, on: date = TODAY) -> Session:
        """Return the officer's session on a day."""
        return self.session(OFFICER, Role.OFFICER, on)

    def phoenix(self, **said: Any) -> str:  # noqa: ANN401 - values by field name
        """Add a Phoenix case with a person of its own, and return its reference."""
        return self._case(programme="PHOENIX", status="ENGAGED", notified_on=STARTED, **said)

    def iom(self, **said: Any) -> str:  # noqa: ANN401 - values by field name
        """Add an IOM case with a person of its own, and return its reference."""
        return self._case(**{"programme": "IOM", "status": "ACTIVE", "adopted_on": STARTED, **said})

    def _case(self, **said: Any) -> str:  # noqa: ANN401 - values by field name
        number = next(self._numbers)
        person = Person(
            person_ref=f"P-{number}", family_name="Marlow", given_names="Jayden", date_of_birth=date(1999, 3, 4)
        )
        case = Case(case_ref=f"CASE-{number}", person_ref=person.person_ref, referred_on=date(2026, 9, 1), **said)
        self.put(person, case)
        return case.case_ref

    def put(self, *records: Record, at: datetime = BEGAN) -> None:
        """Add records as another user, before the test's own commands."""
        with self.store.begin(
            CommandContext(request="", user="holt", role="coordinator", at=at, workstation="session 0")
        ) as tx:
            for record in records:
                tx.add(record)

    def change(self, record: Record, at: datetime = BEGAN, **said: Any) -> None:  # noqa: ANN401 - values by field name
        """Save a changed record as another user."""
        with self.store.begin(
            CommandContext(request="", user="holt", role="coordinator", at=at, workstation="session 0")
        ) as tx:
            tx.save(replace(record, **said))

    def remove(self, record: Record) -> None:
        """Remove a record as another user."""
        with self.store.begin(
            CommandContext(request="", user="holt", role="coordinator", at=BEGAN, workstation="session 0")
        ) as tx:
            tx.remove(record, "recorded twice")

    def break_glass(self, session: Session, case_ref: str) -> None:
        """Make a case visible to a user only by break-glass access."""
        with self.store.begin(session.command_context()) as tx:
            access_lists.break_glass(tx, case_ref, "his mother called, he is in danger")

    def get(self, noun: type[R], *key: str | date) -> R:
        """Read a record."""
        with self.store.read() as reading:
            return reading.get(noun, *key)

    def of(self, noun: type[R], case_ref: str) -> list[R]:
        """Read the records of a case."""
        with self.store.read() as reading:
            return reading.list_records(noun, case_ref=case_ref)

    def former(self, noun: type[R], case_ref: str) -> list[R]:
        """Read the previous versions of the records of a case."""
        with self.store.read() as reading:
            return [each.record for each in reading.list_former_versions(noun, case_ref=case_ref)]

    def audit_of(self, request: str) -> list[Entry]:
        """Read the audit entries of a command."""
        audit = tables.audit
        query = select(*(audit.c[name] for name in Entry._fields)).where(audit.c.request == request)
        with self.store.read() as reading:
            return [Entry(*row) for row in reading.connection.execute(query.order_by(audit.c.id))]

    def written(self) -> list[tuple[str, int, int]]:
        """Count the rows of every table, and their revisions."""
        with self.store.read() as reading:
            return sorted((row[0], row[1], row[2]) for row in reading.connection.execute(COUNTED))

    @contextmanager
    def nothing_written(self) -> Iterator[None]:
        """Assert that the block writes nothing: no record, no previous version, no audit entry, no request."""
        before = self.written()
        yield
        assert self.written() == before
