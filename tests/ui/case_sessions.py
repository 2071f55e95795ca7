"""A real database with the two fictional people of the worked example, and sessions on it."""

from datetime import UTC, date, datetime, time

from exchange_rows import record
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in import reference_data
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from policy_histories.worked_example import worked_example
from prepared import fill_once

HARKER, MARLOW = "IOM-HARKER", "PHX-MARLOW"
TODAY = date(2026, 11, 25)
USERS = {
    Role.OFFICER: "PC 4411 ADEYEMI",
    Role.NAVIGATOR: "N. OKORO",
    Role.SUPERVISOR: "Insp. WRIGHT",
    Role.COORDINATOR: "L. HOLT",
}


def filled(location: str) -> Store:
    """Open a database and add the worked example."""
    return fill_once(location, add_worked_example)


def add_worked_example(store: Store) -> None:
    """Add the worked example."""
    tables = worked_example()
    act = CommandContext(request="", user="import", role="supervisor", at=at(date(2026, 9, 1)), workstation="test")
    with store.begin(act, "import") as tx:
        for noun in EXCHANGE_RECORD_TYPES:
            for row in tables.get(noun.table, []):
                tx.add(record(noun, row))


def at(on: date) -> datetime:
    """Return ten in the morning of a day, in UTC."""
    return datetime.combine(on, time(10), tzinfo=UTC)


def session_of(store: Store, role: Role = Role.SUPERVISOR, *, today: date = TODAY, user: str = "") -> Session:
    """Return the session of the user with a role on a day."""
    with store.read() as reading:
        book = reference_data.load_rulebook(reading)
    return Session(
        store=store,
        user=user or USERS[role],
        role=role,
        lists=book.lists,
        policies=book.policies,
        ladder=book.ladder,
        clock=lambda: at(today),
        workstation="test",
    )
