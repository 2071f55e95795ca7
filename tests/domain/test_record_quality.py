"""What the record of a case lacks: each thing that is looked for is found, and nothing is said of a whole record."""

from dataclasses import replace
from datetime import date

import pytest

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.figures.record_quality import describe_lacks
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import Assessment, Person

TODAY = date(2026, 11, 29)
PERSON = Person(person_ref="P", family_name="A", given_names="B", date_of_birth=date(1994, 1, 1), sex="MALE",
                ethnicity_self="W1", communication_needs="None known")  # fmt: skip
CASE = Case(case_ref="C", person_ref="P", programme="IOM", status="ACTIVE", referred_on=date(2026, 9, 1))
SCORE = Assessment(person_ref="P", tool="OGRS3", assessed_on=date(2026, 5, 29))
NOTE = Contact(contact_ref="K", case_ref="C", occurred_at=DayTime(date(2026, 8, 29)), contact_type="OFFICE",
               outcome="SEEN", planned=True, note="He was at home.", statement_basis="FACT")  # fmt: skip


def lacks(person: Person = PERSON, case: Case = CASE, *, score: Assessment | None = SCORE, note: Contact = NOTE) -> str:
    scores = () if score is None else (score,)
    return " ".join(describe_lacks(person, case, scores, (note,), TODAY, lambda tool: f"<{tool}>"))


OPINION = replace(NOTE, note="He seems calm.")


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("", lacks()),
        ("Not recorded: sex and communication needs.", lacks(replace(PERSON, sex=None, communication_needs=""))),
        ("No risk score is recorded.", lacks(score=None)),
        ("No risk score is recorded.", lacks(score=replace(SCORE, assessed_on=date(2026, 11, 30)))),
        (
            "<OGRS3> was scored last on 28 May 2026, more than six months ago.",
            lacks(score=replace(SCORE, assessed_on=date(2026, 5, 28))),
        ),
        ("A note recorded as fact reads as an opinion: one contact of 29 Aug 2026.", lacks(note=OPINION)),
        ("", lacks(note=replace(OPINION, statement_basis="OPINION"))),
        ("", lacks(note=replace(OPINION, occurred_at=DayTime(date(2026, 8, 28))))),
        (
            "Of one note of the last three months it is not said whether it is fact or opinion.",
            lacks(note=replace(NOTE, statement_basis=None)),
        ),
        ("", lacks(replace(PERSON, sex=None), replace(CASE, closed_on=TODAY), score=None)),
    ],
)
def test_what_the_record_lacks_is_said_and_nothing_else(said: str, found: str) -> None:
    assert found == said
