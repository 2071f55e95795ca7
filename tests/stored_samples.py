"""A sample person, case and command for tests of storage."""

from datetime import UTC, date, datetime

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.storage.transaction import CommandContext

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PERSON = Person(person_ref="P1", family_name="Óbriain-Łuk", given_names="Jo", date_of_birth=date(2000, 1, 2))
CASE = Case(case_ref="C1", person_ref="P1", programme="IOM", status="ACTIVE", referred_on=date(2026, 1, 5))


def act(request: str = "", at: datetime = AT) -> CommandContext:
    return CommandContext(request=request, user="ADEYEMI", role="officer", at=at, workstation="session 1")
