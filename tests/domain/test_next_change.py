"""Between two days on which something may change by itself, the full evaluation says the same."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from exchange_rows import case_history
from ioms_desktop.domain.duties.case_duties import find_case_duties
from ioms_desktop.domain.duties.next_change import next_change_on
from ioms_desktop.domain.policy.case_facts import CaseFacts, OfferFact
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.triggers import evaluate
from policy_cases import iom, phoenix, red, seen
from policy_histories.generate import corrected, histories
from rulebook import shipped_policies

DAY = timedelta(days=1)
FIRST, LAST = date(2026, 3, 1), date(2027, 3, 31)
CORRECTED_ON = date(2026, 12, 10)
STRETCH = 50

NextChange = Callable[[Policies, Sequence[CaseFacts], date], date | None]


@pytest.fixture(name="book", scope="module")
def _book() -> list[tuple[CaseFacts, ...]]:
    first = histories(70, 14)
    sets = [first, corrected(first, 70)]
    return [case_history(sets, case["case_ref"], CORRECTED_ON) for case in first["cases"]]


def whole(history: Sequence[CaseFacts], day: date) -> tuple[Any, ...]:
    """Return everything that rules and standards say of a case on a day, in the words that stand."""
    triggers = evaluate(shipped_policies(), history, day)
    return triggers, tuple(find_case_duties(shipped_policies(), history[-1], triggers, day))


def differing(book: Sequence[Sequence[CaseFacts]], find: NextChange) -> tuple[list[str], int]:
    """Walk through the days of every case, evaluate on those that are named, and compare on all."""
    rng = random.Random(70)  # noqa: S311 - seeded days, no secret
    found, evaluated = [], 0
    for history in book:
        begin = FIRST + timedelta(days=rng.randint(0, (LAST - FIRST).days - STRETCH))
        day, kept, due = begin, whole(history, begin), find(shipped_policies(), history, begin)
        while day < begin + DAY * STRETCH:
            day += DAY
            now = whole(history, day)
            if due is not None and day >= due:
                kept, due, evaluated = now, find(shipped_policies(), history, day), evaluated + 1
            elif now != kept:
                found.append(f"{history[-1].case_ref} {day}: {kept} and {now}")
                kept = now
    return found, evaluated


def test_nothing_differs_before_the_day_that_is_named(book: list[tuple[CaseFacts, ...]]) -> None:
    found, evaluated = differing(book, next_change_on)
    assert found == []
    assert evaluated < len(book) * STRETCH / 4, "a case stays as it is on most days"
    # The control: one day later is too late.
    late, _ = differing(book, lambda *asked: None if (due := next_change_on(*asked)) is None else due + DAY)
    assert late


def test_a_quiet_case_is_not_looked_at_for_weeks() -> None:
    met = date(2026, 9, 10)
    case = iom(rag=(red(met - DAY),), contacts=(seen(met),), notice_served_on=met)
    # Of RED, seven days: the line of the coming contact is there at once, and the next day to look is when it is late.
    assert next_change_on(shipped_policies(), [case], met) == date(2026, 9, 18)
    # Late, its line counts the days and stays: the next is a week before the RAG review is due, then the day after.
    assert next_change_on(shipped_policies(), [case], date(2026, 9, 18)) == date(2026, 10, 7)
    assert next_change_on(shipped_policies(), [case], date(2026, 10, 7)) == date(2026, 10, 15)


def test_an_offer_that_waits_names_its_day_and_counts_on() -> None:
    offered = date(2026, 9, 10)
    case = phoenix(offers=(OfferFact("F1", offered, None, None, None),), contacts=(seen(offered),))
    assert next_change_on(shipped_policies(), [case], offered) == offered + 15 * DAY
    (line,) = find_case_duties(shipped_policies(), case, (), offered)
    assert line.words.on(offered + 12 * DAY) == (
        "The support offered on 10 Sep 2026, 12 days ago, has no answer recorded."
    )
