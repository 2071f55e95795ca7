"""Sessions of fictional users on a database with a few fictional cases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import count
from typing import TypedDict

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.printing.papers import Recipient
from ioms_desktop.domain.records.cases import Case, RagEntry
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in import reference_data
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext

TODAY = date(2026, 10, 15)
NOW = datetime(2026, 10, 15, 9, 30, tzinfo=UTC)
PEOPLE = (
    Person(
        person_ref="P-JM",
        family_name="Marlow",
        given_names="Jayden",
        date_of_birth=date(2008, 10, 28),
        sex="MALE",
    ),
    Person(person_ref="P-CH", family_name="Harker", given_names="Callum", date_of_birth=date(1994, 2, 14)),
    Person(person_ref="P-XX", family_name="Okafor", given_names="Ade", date_of_birth=date(2003, 5, 1)),
)
CASES = (
    Case(
        case_ref="PHX-1",
        person_ref="P-JM",
        programme="PHOENIX",
        status="ENGAGED",
        referred_on=date(2026, 9, 1),
        notified_on=date(2026, 9, 17),
        navigator="okoro",
        trial_arm="NOT_RANDOMISED",
    ),
    Case(
        case_ref="IOM-1",
        person_ref="P-CH",
        programme="IOM",
        cohort="FIXED",
        status="ACTIVE",
        referred_on=date(2026, 8, 20),
        adopted_on=date(2026, 9, 7),
        statutory_status="LICENCE",
        iom_licence_condition=True,
        police_om="adeyemi",
    ),
    Case(
        case_ref="PHX-C",
        person_ref="P-XX",
        programme="PHOENIX",
        status="RANDOMISED",
        referred_on=date(2026, 8, 20),
        trial_arm="CONTROL",
    ),
)
OLD = Person(person_ref="P-OLD", family_name="Oldham", given_names="Sam", date_of_birth=date(1980, 2, 3))
OLD_CASE = Case(
    case_ref="IOM-OLD",
    person_ref="P-OLD",
    programme="IOM",
    status="DESELECTED",
    referred_on=date(2015, 1, 5),
    closed_on=date(2016, 2, 29),
)
"""A person whose case closed long ago; `fill` does not add them."""
_numbers = count(1)


class Given(TypedDict):
    """Who receives a copy and under which power."""

    given_to: Recipient | None
    power: str


@dataclass
class Clock:
    """A clock that changes only when it is set."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def move_to(self, on: date) -> None:
        self.now = datetime.combine(on, time(9, 30), UTC)


def fill(store: Store, at: datetime = datetime(2026, 9, 1, 9, tzinfo=UTC)) -> None:
    """Add the fictional people and their cases."""
    act = CommandContext(request="", user="holt", role="coordinator", at=at, workstation="session 0")
    with store.begin(act) as tx:
        for person in PEOPLE:
            tx.add(person)
        for case in CASES:
            tx.add(case)
        tx.add(RagEntry(case_ref="IOM-1", set_on=date(2026, 9, 10), rag="AMBER", reason="released, engaging"))
        for month, day, outcome in ((9, 24, "SEEN"), (10, 6, "FAILED_TO_ATTEND"), (10, 13, "FAILED_TO_ATTEND")):
            tx.add(
                Contact(
                    contact_ref=f"CT-{month}-{day}",
                    case_ref="PHX-1",
                    occurred_at=DayTime(date(2026, month, day)),
                    planned=True,
                    contact_type="OTHER",
                    outcome=outcome,
                )
            )


def session_of(store: Store, user: str, role: Role, clock: Callable[[], datetime]) -> Session:
    """Return a user's session without signing in by password."""
    with store.read() as reading:
        rulebook = reference_data.load_rulebook(reading)
    return Session(
        store=store,
        user=user,
        role=role,
        lists=rulebook.lists,
        policies=rulebook.policies,
        ladder=rulebook.ladder,
        clock=clock,
        workstation=f"session of {user}",
    )


def given_to(organisation: str) -> Given:
    """Return recipient and power of a copy that is given to an organisation, as a print takes them."""
    recipient = Recipient(name="Jo Reid", role="officer", organisation=organisation)
    return {"given_to": recipient, "power": "CDA_1998_S115"}


def request() -> str:
    """Return a new request number."""
    return f"request-{next(_numbers)}"
