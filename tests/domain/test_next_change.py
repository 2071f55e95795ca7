"""Between two days on which something may change by itself, the full evaluation says the same."""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import pytest

from exchange_rows import case_history
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.duties.case_duties import CaseDuty, find_case_duties
from ioms_desktop.domain.duties.kept_alerts import UnreadableResultError, read_trigger, write_trigger
from ioms_desktop.domain.duties.kept_figures import add_figures, figures_of_case, tally_of_quarter
from ioms_desktop.domain.duties.next_change import next_change_on
from ioms_desktop.domain.duties.row_figures import RowFigures, row_figures
from ioms_desktop.domain.policy.case_facts import CaseFacts, OfferFact
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.triggers import DECIDED, OPEN, WITHDRAWN, NoFurtherAction, Trigger, evaluate
from policy_cases import iom, phoenix, red, seen
from policy_histories.generate import corrected, histories
from rulebook import shipped_policies

DAY = timedelta(days=1)
FIRST, LAST = date(2026, 3, 1), date(2027, 3, 31)
CORRECTED_ON = date(2026, 12, 10)
STRETCH = 50

NextChange = Callable[[Policies, Sequence[CaseFacts], date, Sequence[Trigger]], date | None]


@pytest.fixture(name="book", scope="module")
def _book() -> list[tuple[CaseFacts, ...]]:
    first = histories(70, 14)
    sets = [first, corrected(first, 70)]
    return [case_history(sets, case["case_ref"], CORRECTED_ON) for case in first["cases"]]


class Whole(NamedTuple):
    """Everything that is kept of a case as of a day, in the words that stand."""

    triggers: tuple[Trigger, ...]
    duties: tuple[CaseDuty, ...]
    row: RowFigures
    figures: str


def whole(history: Sequence[CaseFacts], day: date) -> Whole:
    policies, case = shipped_policies(), history[-1]
    found = evaluate(policies, history, day)
    duties = tuple(find_case_duties(policies, case, found, day))
    return Whole(found, duties, row_figures(policies, case, day), figures_of_case(policies, case, found, day))


def differing(book: Sequence[Sequence[CaseFacts]], find: NextChange) -> tuple[list[str], int]:
    """Walk through the days of every case, evaluate on those that are named, and compare on all."""
    rng = random.Random(70)  # noqa: S311 - seeded days, no secret
    found, evaluated = [], 0
    for history in book:
        begin = FIRST + timedelta(days=rng.randint(0, (LAST - FIRST).days - STRETCH))
        day, kept = begin, whole(history, begin)
        due = find(shipped_policies(), history, begin, kept.triggers)
        while day < begin + DAY * STRETCH:
            day += DAY
            now = whole(history, day)
            if day == Quarter.containing(day).first:  # what a case adds to the measures is of one quarter
                kept = kept._replace(figures=now.figures)
            if due is not None and day >= due:
                kept, due = now, find(shipped_policies(), history, day, now.triggers)
                evaluated += 1
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


def test_a_trigger_is_read_back_as_it_was_written(book: list[tuple[CaseFacts, ...]]) -> None:
    found = [each for history in book for each in evaluate(shipped_policies(), history, LAST)]
    assert {each.status for each in found} >= {OPEN, DECIDED}
    assert [read_trigger(each.case_ref, write_trigger(each)) for each in found] == found
    ended = found[0]._replace(
        status=WITHDRAWN,
        withdrawn_reason="entered in error",
        withdrawn_by=frozenset({"C-2", "C-1"}),
        no_further_action=(NoFurtherAction("ARREST", FIRST, LAST, None), NoFurtherAction("CHARGE", FIRST, LAST, LAST)),
    )
    assert read_trigger(ended.case_ref, write_trigger(ended)) == ended
    for wrong in ("{", "[]", "{}", '{"rule": 1}', write_trigger(found[0]).replace("evidence", "said"), "[" * 99_999):
        with pytest.raises(UnreadableResultError):
            read_trigger("C-1", wrong)


def test_what_a_case_adds_is_added_or_refused() -> None:
    counted = tally_of_quarter(FIRST)
    add_figures(counted, '{"due": 1, "standards": {"cases": 1}, "days_to_action": [3]}')
    add_figures(counted, '{"due": 1, "standards": {"cases": 1}, "days_to_action": [4]}')
    expected = tally_of_quarter(FIRST)
    expected.due, expected.standards["cases"], expected.days_to_action = 2, 2, [3, 4]
    assert counted == expected
    for wrong in ("", "[1]", '{"first": 1}', '{"due": "x"}', '{"standards": {"forged": 1}}', '{"days_to_action": 3}'):
        with pytest.raises(UnreadableResultError):
            add_figures(counted, wrong)
    assert counted == expected


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
    assert line.words_on(offered + 12 * DAY) == (
        "The support offered on 10 Sep 2026, 12 days ago, has no answer recorded."
    )
