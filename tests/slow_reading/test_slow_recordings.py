"""Late recordings: what stood, what is withdrawn from then on, and what stands again."""

from copy import deepcopy
from datetime import datetime, timedelta

import pytest

from policy_histories.exchange_columns import Tables
from slow_reading.edge_case_rows import a_case, decide, lock, miss, offer, on, worry
from slow_reading.slow_recordings import LONDON, State, triggers_of


def at(offset: int, hour: int = 9) -> datetime:
    day = on(offset)
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)


def told(states: list[State], as_of: int, known: datetime | None = None) -> list[tuple[str, int, str]]:
    return [
        (
            each.rule,
            (each.raised_on - on(0)).days,
            "WITHDRAWN"
            if each.withdrawn
            else "FLAGGED"
            if each.needs_review
            else "DECIDED"
            if each.decision
            else "OPEN",
        )
        for each in triggers_of(states, "X", on(as_of), known)
    ]


@pytest.fixture(name="tables")
def _tables() -> Tables:
    tables = a_case()
    miss(tables, 1, 2, 3)
    return tables


def with_custody(tables: Tables) -> Tables:
    after = deepcopy(tables)
    lock(after, 3, 5)
    return after


def test_custody_entered_late_withdraws_from_its_instant_on_at_every_day_since_it_was_raised(tables: Tables) -> None:
    states = [State(at(3), tables), State(at(5), with_custody(tables))]
    assert told(states, 3, at(5) - timedelta(seconds=1)) == [("missed_contacts", 3, "OPEN")]
    for as_of in (3, 4, 20):
        assert told(states, as_of, at(5)) == [("missed_contacts", 3, "WITHDRAWN")]
    assert told(states, 2) == []


def test_what_was_raised_after_the_instant_never_stood(tables: Tables) -> None:
    states = [State(at(2), tables), State(at(2, 12), with_custody(tables))]
    assert told(states, 20) == []


@pytest.mark.parametrize(("hour", "expected"), [(0, []), (1, [("missed_contacts", 3, "WITHDRAWN")])])
def test_a_trigger_of_the_day_that_begins_has_not_stood_yet(
    tables: Tables, hour: int, expected: list[tuple[str, int, str]]
) -> None:
    states = [State(at(1), tables), State(at(3, hour), with_custody(tables))]
    assert told(states, 4) == expected


def test_one_import_is_one_instant(tables: Tables) -> None:
    assert told([State(at(5), with_custody(tables))], 10) == []


def test_a_decided_trigger_stays_decided_and_is_flagged(tables: Tables) -> None:
    decide(tables, 4, "missed_contacts")
    states = [State(at(4), tables), State(at(5), with_custody(tables))]
    assert told(states, 10, at(4)) == [("missed_contacts", 3, "DECIDED")]
    assert told(states, 10) == [("missed_contacts", 3, "FLAGGED")]


def test_what_stands_again_is_open_and_listed_once(tables: Tables) -> None:
    states = [State(at(4), tables), State(at(5), with_custody(tables)), State(at(6), tables)]
    assert told(states, 10, at(5)) == [("missed_contacts", 3, "WITHDRAWN")]
    assert told(states, 10, at(6)) == [("missed_contacts", 3, "OPEN")]


def test_an_answer_a_closing_and_a_notification_recorded_late_withdraw_too(tables: Tables) -> None:
    before = a_case()
    offer(before, 0)
    answered = deepcopy(before)
    answered["offers"][0].update(response="ACCEPTED", responded_on=on(10).isoformat())
    assert told([State(at(16), before), State(at(17), answered)], 17) == [("unanswered_offer", 15, "WITHDRAWN")]
    closed = deepcopy(tables)
    closed["cases"][0].update(closed_on=on(2).isoformat(), close_reason="OTHER")
    assert told([State(at(4), tables), State(at(5), closed)], 10) == [("missed_contacts", 3, "WITHDRAWN")]
    notified = deepcopy(tables)
    notified["cases"][0]["notified_on"] = on(2).isoformat()
    assert told([State(at(4), tables), State(at(5), notified)], 10) == [("missed_contacts", 3, "WITHDRAWN")]


def test_a_decision_put_right_opens_its_trigger_again(tables: Tables) -> None:
    decide(tables, 4, "missed_contacts")
    after = deepcopy(tables)
    after["decisions"][0]["rule"] = ""
    states = [State(at(4), tables), State(at(5), after)]
    assert told(states, 10) == [("missed_contacts", 3, "OPEN")]


def test_an_earlier_trigger_that_takes_the_evidence_of_an_open_one_leaves_it_listed() -> None:
    before = a_case()
    miss(before, 5, 6, 7)
    after = deepcopy(before)
    miss(after, 4)
    states = [State(at(7), before), State(at(8), after)]
    assert told(states, 10) == [("missed_contacts", 6, "OPEN"), ("missed_contacts", 7, "WITHDRAWN")]
    worry(after, 20)
    assert told(states, 10, at(7)) == [("missed_contacts", 7, "OPEN")]
