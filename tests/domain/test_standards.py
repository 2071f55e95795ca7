"""How late a contact is said to be: nobody can have missed a standard before the colour that asks for it was set."""

from datetime import date, timedelta

import pytest

from ioms_desktop.domain.dates.calendar import CustodyPeriod
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.policy.case_facts import CaseFacts, ContactFact, RagFact
from ioms_desktop.domain.policy.standards import contact_due_on, contact_due_shown_on, overdue_standards
from rulebook import default_policy

TODAY = date(2026, 10, 15)
DAY = timedelta(days=1)
STANDARDS = default_policy()


def case(seen_days_ago: int, *rag: tuple[int, str], custody: tuple[CustodyPeriod, ...] = ()) -> CaseFacts:
    """Build a case that was last seen some days ago; `rag` gives days ago and colours."""
    return CaseFacts(
        case_ref="C1",
        programme="IOM",
        starts_on=TODAY - 100 * DAY,
        contacts=(ContactFact("T1", DayTime(TODAY - seen_days_ago * DAY), planned=True, outcome="SEEN"),),
        rag=tuple(RagFact(TODAY - days * DAY, colour, "") for days, colour in rag),
        custody=custody,
    )


@pytest.mark.parametrize(
    ("seen", "rag", "late"),
    [
        (16, [(90, "GREEN"), (0, "RED")], 0),  # 9 days late by the new colour alone
        (16, [(90, "GREEN"), (2, "RED")], 2),
        (16, [(90, "AMBER"), (0, "RED")], 2),  # late under the former colour already
        (16, [(90, "AMBER"), (1, "RED"), (0, "RED")], 2),  # and so it stays when the colour is confirmed
        (16, [(90, "GREEN"), (5, "AMBER"), (0, "RED")], 2),
        (10, [(90, "RED")], 3),
        (10, [(4, "RED")], 3),  # set before the contact was due
        (3, [(90, "GREEN"), (0, "RED")], -4),
        (40, [(90, "GREEN"), (0, "RED")], 12),
    ],
)
def test_lateness_counts_from_the_day_the_colour_was_set(seen: int, rag: list[tuple[int, str]], late: int) -> None:
    shown = contact_due_shown_on(STANDARDS, case(seen, *rag), TODAY)
    assert shown is not None
    assert (TODAY - shown).days == late


def test_what_the_standard_itself_says_stays_as_it_was() -> None:
    facts = case(16, (90, "GREEN"), (0, "RED"))
    assert contact_due_on(STANDARDS, facts, TODAY) == TODAY - 9 * DAY
    (overdue,) = [each for each in overdue_standards(STANDARDS, facts, TODAY) if each.standard == "CONTACT"]
    assert overdue.due_on == TODAY - 9 * DAY


def test_without_a_colour_or_a_day_nothing_is_shown() -> None:
    assert contact_due_shown_on(STANDARDS, case(16), TODAY) is None


def test_what_was_found_is_of_that_case_and_day() -> None:
    late, early = case(16, (90, "AMBER")), case(3, (90, "AMBER"))
    for _ in range(2):
        found = [contact_due_on(STANDARDS, each, on) for each in (late, early) for on in (TODAY, TODAY - 10 * DAY)]
        assert found == [TODAY - 2 * DAY, TODAY - 2 * DAY, TODAY + 11 * DAY, TODAY - 86 * DAY]


@pytest.mark.parametrize("held_since", [None, 5])
@pytest.mark.parametrize(("colour", "days"), [("RED", "days in the community"), ("BLUE", "calendar days")])
def test_what_is_overdue_reads_on_later_days_as_it_is_then(colour: str, days: str, held_since: int | None) -> None:
    held = () if held_since is None else (CustodyPeriod(TODAY - held_since * DAY, None),)
    facts = case(99, (90, colour), custody=held)
    now, then = (
        next(each for each in overdue_standards(STANDARDS, facts, on) if each.standard == "CONTACT")
        for on in (TODAY, TODAY + 3 * DAY)
    )
    assert now.words.on(TODAY + 3 * DAY) == then.explanation
    assert days in now.explanation
    counts = held_since is None or colour == "BLUE"  # no day in custody is a day in the community
    assert (now.explanation != then.explanation) == counts
