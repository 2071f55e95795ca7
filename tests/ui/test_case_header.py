"""The header of a case says what was, not what was cancelled."""

from dataclasses import replace
from datetime import date

import pytest

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.ui.cases.case_header import header_facts
from keys import opened
from ui.case_sessions import MARLOW, filled, session_of


def contact(day: int, outcome: str) -> Contact:
    return Contact(
        contact_ref=f"T{day}",
        case_ref=MARLOW,
        occurred_at=DayTime(date(2026, 10, day)),
        planned=True,
        contact_type="OFFICE",
        outcome=outcome,
    )


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        (["SEEN", "CANCELLED_BY_US"], "5 Oct 2026"),
        (["SEEN", "CANCELLED_BY_PERSON_ACCEPTABLE"], "5 Oct 2026"),
        (["SEEN", "FAILED_TO_ATTEND"], "6 Oct 2026"),
        (["CANCELLED_BY_US", "CANCELLED_BY_US"], "None recorded"),
    ],
)
def test_the_last_contact_is_never_a_cancellation(local_location: str, outcomes: list[str], said: str) -> None:
    filled(local_location).close()
    session = session_of(opened(local_location))
    view = open_case(session, MARLOW)
    made = tuple(contact(5 + place, outcome) for place, outcome in enumerate(outcomes))
    facts = {fact.title: fact.text for fact in header_facts(session, replace(view, contacts=made))}
    session.store.close()
    assert said in facts["Last contact"]
