"""The page to decide on: its trigger, the steps with the reasons against them, the checks of a child, on its day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import CaseNotFound, NotAllowed
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.people import Order, Person
from ioms_desktop.services.recording.decisions import DecisionPage, decision_page
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from services.written import nothing_written, put, record_of
from sessions import TODAY, Clock, fill, session_of

DAY = timedelta(days=1)
BIRTHDAY = date(2026, 10, 28)
"""The day on which Jayden Marlow, of PHX-1, comes of age."""
ARREST = Concern(
    concern_ref="K-1",
    case_ref="PHX-1",
    occurred_on=date(2026, 10, 12),
    recorded_on=date(2026, 10, 12),
    concern_type="ARREST",
    offence_group="VIOLENCE",
)
MADE = Decision(
    decision_ref="DE-1",
    case_ref="PHX-1",
    decided_on=date(2026, 10, 1),
    decision="ESCALATE",
    step="L4W",
    reason="Warned before.",
    proposed_by="adeyemi",
    authorised_by="wright",
)


@pytest.fixture
def officer(store: Store) -> Session:
    fill(store)
    put(store, ARREST)
    return session_of(store, "adeyemi", Role.OFFICER, Clock())


def reason(page: DecisionPage, step: str) -> str | None:
    (found,) = (each.reason for each in page.steps if each.step.code == step)
    return found


def test_the_page_shows_the_open_trigger_of_its_rule_with_its_sentence(officer: Session) -> None:
    page = decision_page(officer, "PHX-1", "serious_concern")
    assert (page.case.case_ref, page.person.person_ref, page.on, page.age) == ("PHX-1", "P-JM", TODAY, 17)
    assert page.trigger is not None
    assert (page.trigger.rule, page.trigger.raised_on) == ("serious_concern", ARREST.occurred_on)
    assert "arrest" in page.sentence
    assert (page.current_step, page.waiting_proposals) == ("L0", ())
    assert [each.step for each in page.steps] == list(officer.ladder)
    for rule in (None, "breach"):
        bare = decision_page(officer, "PHX-1", rule)
        assert (bare.trigger, bare.sentence) == (None, "")
    assert decision_page(officer, "PHX-1", "serious_concern", ARREST.occurred_on - DAY).trigger is None


def test_the_page_shows_the_latest_open_trigger_and_none_that_was_decided(officer: Session) -> None:
    put(officer.store, replace(ARREST, concern_ref="K-0", occurred_on=date(2026, 9, 20)))
    decided = replace(MADE, rule="serious_concern", decided_on=date(2026, 9, 21), step="L1")
    put(officer.store, decided)
    page = decision_page(officer, "PHX-1", "serious_concern")
    assert page.trigger is not None
    assert page.trigger.raised_on == ARREST.occurred_on
    assert page.current_step == "L1"
    put(officer.store, replace(decided, decision_ref="DE-2", decided_on=TODAY, step="L2"))
    page = decision_page(officer, "PHX-1", "serious_concern")
    assert (page.trigger, page.current_step) == (None, "L2")


def test_the_page_reckons_age_checks_and_steps_on_its_day(officer: Session) -> None:
    page = decision_page(officer, "PHX-1")
    assert page.checks["L0"] == ()
    assert page.checks["L1"] == ("NRM", "YJS", "PARENT", "DIVERSION", "COMMUNICATION")
    assert page.checks["L9"] == (*page.checks["L1"], "AA")
    assert reason(page, "L3b") is None
    day_of_age = decision_page(officer, "PHX-1", on=BIRTHDAY)
    assert (day_of_age.on, day_of_age.age) == (BIRTHDAY, 18)
    assert set(day_of_age.checks.values()) == {()}
    assert "he is 18 on 28 Oct 2026" in (reason(day_of_age, "L3b") or "")
    assert decision_page(officer, "PHX-1", on=BIRTHDAY - DAY).age == 17


def test_the_person_is_called_as_the_record_says(officer: Session) -> None:
    for sex, called in (("FEMALE", "she is"), (None, "they are"), ("f", "she is"), ("M", "he is"), ("X", "they are")):
        with officer.store.begin(officer.command_context(), "altered") as tx:
            tx.save(replace(tx.get(Person, "P-JM"), sex=sex))
        told = reason(decision_page(officer, "PHX-1", on=BIRTHDAY), "L3b") or ""
        assert f"; {called} 18 on" in told


def test_only_an_escalation_up_to_the_day_counts_as_a_step_that_came_before(officer: Session) -> None:
    def is_open(*records: Decision) -> bool:
        put(officer.store, *records)
        return reason(decision_page(officer, "PHX-1"), "L4") is None

    assert not is_open()
    assert not is_open(replace(MADE, decision="HOLD"))
    assert not is_open(replace(MADE, decision_ref="DE-2", decision="DE_ESCALATE"))
    assert not is_open(replace(MADE, decision_ref="DE-3", step="L3"))
    assert not is_open(replace(MADE, decision_ref="DE-4", decided_on=TODAY + DAY))
    assert reason(decision_page(officer, "PHX-1", on=TODAY + DAY), "L4") is None
    assert is_open(replace(MADE, decision_ref="DE-5", decided_on=TODAY))


def test_a_breach_wants_an_order_or_a_licence_in_force_on_the_day(officer: Session) -> None:
    def is_open(on: date = TODAY) -> bool:
        return reason(decision_page(officer, "PHX-1", on=on), "L10") is None

    assert not is_open()
    put(officer.store, Order(order_ref="O-1", person_ref="P-JM", order_type="YRO", made_on=TODAY, ends_on=TODAY + DAY))
    assert [is_open(TODAY + days * DAY) for days in (-1, 0, 1, 2)] == [False, True, True, False]


def test_a_licence_by_status_or_an_iom_condition_is_in_force_and_no_other_status_is(officer: Session) -> None:
    bare = record_of(officer.store, Case, "IOM-1")
    for status, condition, is_open in (
        (None, None, False),
        ("NONE", False, False),
        ("SERVING", None, False),
        ("CIVIL_ORDER_ONLY", None, False),
        ("BAIL_CONDITIONAL", None, False),
        ("LICENCE", None, True),
        ("S250_LICENCE", False, True),
        (None, True, True),
        ("NONE", True, True),
    ):
        with officer.store.begin(officer.command_context(), "altered") as tx:
            bare = tx.save(replace(bare, statutory_status=status, iom_licence_condition=condition))
        assert (reason(decision_page(officer, "IOM-1"), "L10") is None) is is_open


def test_who_may_not_propose_or_not_open_the_case_gets_no_page(officer: Session) -> None:
    for role in set(Role) - {Role.OFFICER, Role.NAVIGATOR, Role.SUPERVISOR}:
        with nothing_written(officer.store, NotAllowed):
            decision_page(replace(officer, role=role), "PHX-1")
    with nothing_written(officer.store, CaseNotFound):
        decision_page(officer, "PHX-9")


def test_the_page_shows_the_proposals_that_wait_and_no_others(officer: Session) -> None:
    waiting = Proposal(
        proposal_ref="PR-1",
        case_ref="PHX-1",
        proposed_on=TODAY,
        decision="HOLD",
        reason="See how it goes.",
        proposed_by="lee",
        status="PROPOSED",
    )
    put(officer.store, waiting, replace(waiting, proposal_ref="PR-2", case_ref="IOM-1"))
    for number, status in enumerate(("AUTHORISED", "REFUSED", "WITHDRAWN"), 3):
        put(officer.store, replace(waiting, proposal_ref=f"PR-{number}", status=status))
    assert [each.proposal_ref for each in decision_page(officer, "PHX-1").waiting_proposals] == ["PR-1"]
