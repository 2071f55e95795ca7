"""What may never depend on how a history was put together, and the worked example's triggers."""

import random
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange_rows import case_history
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.policy.case_facts import CaseFacts, ContactFact
from ioms_desktop.domain.policy.case_figures import case_figures
from ioms_desktop.domain.policy.explanations import explain
from ioms_desktop.domain.policy.standards import overdue_standards
from ioms_desktop.domain.policy.triggers import Trigger, evaluate
from policy_histories.generate import histories
from policy_histories.worked_example import worked_example
from rulebook import default_policy

HISTORIES = 60
FROM = date(2026, 3, 1)
A_DAY = st.integers(0, 300).map(lambda n: FROM + timedelta(days=n))
LISTS = ("custody", "orders", "contacts", "ratings", "offers", "concerns", "decisions", "rag", "actions")


@cache
def cases() -> list[CaseFacts]:
    """Return invented histories; they take seconds to make, which only those who use them shall wait."""
    tables = histories(11, HISTORIES)
    return [case_history([tables], case["case_ref"], date(2026, 12, 31))[-1] for case in tables["cases"]]


A_CASE = st.integers(0, HISTORIES - 1).map(lambda number: cases()[number])


def found(case: CaseFacts, as_of: date) -> tuple[Trigger, ...]:
    return evaluate(default_policy(), [case], as_of)


def shuffled(case: CaseFacts, seed: int) -> CaseFacts:
    rng = random.Random(seed)  # noqa: S311 - a shuffle, no secret
    lists: dict[str, Any] = {}
    for name in LISTS:
        rows = list(getattr(case, name))
        rng.shuffle(rows)
        lists[name] = tuple(rows)
    return case._replace(**lists)


def seen_until(case: CaseFacts, as_of: date) -> CaseFacts:
    """Take away everything dated after a day: what is left is all that an as-of view may rest on."""
    return case._replace(
        custody=case.custody_until(as_of),
        contacts=tuple(c for c in case.contacts if c.at.on <= as_of),
        ratings=tuple(r for r in case.ratings if r.rated_on <= as_of),
        concerns=tuple(c for c in case.concerns if c.occurred_on <= as_of),
        decisions=tuple(
            d if d.actioned_on is None or d.actioned_on <= as_of else d._replace(actioned_on=None)
            for d in case.decisions
            if d.decided_on <= as_of
        ),
        offers=tuple(
            o if o.responded_on is None or o.responded_on <= as_of else o._replace(response=None, responded_on=None)
            for o in case.offers
            if o.offered_on <= as_of
        ),
        orders=tuple(o for o in case.orders if o.made_on <= as_of),
        rag=tuple(r for r in case.rag if r.set_on <= as_of),
    )


@settings(max_examples=150)
@given(case=A_CASE, as_of=A_DAY, seed=st.integers(0, 9))
def test_the_order_of_input_never_matters(case: CaseFacts, as_of: date, seed: int) -> None:
    other = shuffled(case, seed)
    assert found(other, as_of) == found(case, as_of)
    assert case_figures(default_policy(), other, as_of) == case_figures(default_policy(), case, as_of)
    assert overdue_standards(default_policy(), other, as_of) == overdue_standards(default_policy(), case, as_of)


@settings(max_examples=150)
@given(case=A_CASE, as_of=A_DAY)
def test_as_of_a_day_never_sees_the_day_after(case: CaseFacts, as_of: date) -> None:
    before = seen_until(case, as_of)
    assert found(before, as_of) == found(case, as_of)


@settings(max_examples=150)
@given(case=A_CASE, as_of=A_DAY, on=A_DAY, planned=st.booleans())
def test_a_completed_contact_never_adds_a_missed_contacts_trigger(
    case: CaseFacts, as_of: date, on: date, planned: bool
) -> None:
    seen = ContactFact("ADDED", DayTime(on), planned, "SEEN", 30)
    with_it = case._replace(contacts=(*case.contacts, seen))

    def missed(each: CaseFacts) -> list[Trigger]:
        return [t for t in found(each, as_of) if t.rule == "missed_contacts"]

    assert missed(with_it) == missed(case)


@settings(max_examples=150)
@given(case=A_CASE, as_of=A_DAY)
def test_no_item_is_evidence_of_two_triggers_of_one_rule(case: CaseFacts, as_of: date) -> None:
    used = [(t.rule, e.kind, e.ref) for t in found(case, as_of) for e in t.evidence]
    assert len(used) == len(set(used))


@settings(max_examples=150)
@given(case=A_CASE, as_of=A_DAY)
def test_an_open_trigger_is_the_only_open_one_of_its_rule(case: CaseFacts, as_of: date) -> None:
    still = [t.rule for t in found(case, as_of) if t.status == "OPEN"]
    assert len(still) == len(set(still))


@settings(max_examples=100)
@given(case=A_CASE, as_of=A_DAY)
def test_every_trigger_explains_itself_in_one_sentence_with_dates_and_the_version(case: CaseFacts, as_of: date) -> None:
    for trigger in found(case, as_of):
        sentence = explain(default_policy(), trigger)
        assert sentence.endswith(".")
        assert "2026-04-01" in sentence
        raising = [evidence for evidence in trigger.evidence if not evidence.joined]
        for evidence in [*raising, trigger.evidence[-1]]:
            assert f"{evidence.on.day} {evidence.on:%b %Y}" in sentence, sentence


def test_a_control_arm_case_raises_nothing() -> None:
    raising = [case for case in cases() if case.programme == "PHOENIX" and found(case, date(2026, 11, 30))]
    assert raising
    for case in raising:
        assert found(case._replace(trial_arm="CONTROL"), date(2026, 11, 30)) == ()


@pytest.mark.parametrize(
    ("case_ref", "expected"),
    [
        (
            "IOM-HARKER",
            [
                ("serious_concern", date(2026, 10, 13), date(2026, 10, 15), "OPEN", None),
                ("breach", date(2026, 10, 14), date(2026, 10, 16), "OPEN", None),
            ],
        ),
        (
            "PHX-MARLOW",
            [
                ("missed_contacts", date(2026, 10, 15), date(2026, 10, 19), "DECIDED", date(2026, 10, 19)),
                ("serious_concern", date(2026, 10, 27), date(2026, 10, 29), "DECIDED", date(2026, 10, 28)),
            ],
        ),
    ],
)
def test_the_worked_example_raises_exactly_its_triggers(case_ref: str, expected: list[tuple[Any, ...]]) -> None:
    history = case_history([worked_example()], case_ref, date(2026, 12, 1))
    triggers = evaluate(default_policy(), history, date(2026, 11, 29))
    assert [(t.rule, t.raised_on, t.decision_due, t.status, t.decided_on) for t in triggers] == expected


def test_the_worked_example_gives_exactly_its_figures() -> None:
    tables = worked_example()
    harker = case_figures(
        default_policy(), case_history([tables], "IOM-HARKER", date(2026, 12, 1))[-1], date(2026, 11, 29)
    )
    assert harker.by_outcome == {"NOT_SEEN": 2, "SEEN": 8, "UNACCEPTABLE_ABSENCE": 1}
    assert harker.rag_days == {"RED": 18, "AMBER": 22, "GREEN": 0, "BLUE": 44}
    assert (harker.days_at_liberty, harker.days_ual) == (40, 6)
    assert sorted(status for _, status in harker.actions) == ["CANCELLED", "DONE", "DONE", "DONE_LATE", "OVERDUE"]
    marlow = case_figures(
        default_policy(), case_history([tables], "PHX-MARLOW", date(2026, 12, 1))[-1], date(2026, 11, 29)
    )
    assert (marlow.completed, marlow.missed, marlow.completed_minutes) == (12, 3, 535)
    assert [level for _, level in marlow.by_week] == [0, 2, 4, 4, 3, 2, 3, 3, 4, 4, 4, 5]
