"""Which steps are available to whom, and what a decision must carry."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.policy.decisions import (
    check_decision,
    needs_supervisor,
    parse_child_checks,
    required_child_checks,
)
from ioms_desktop.domain.policy.ladder import StepContext, build_ladder, step_availability
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from rulebook import default_ladder, ladder_codes

ON = date(2026, 10, 19)
DAY = timedelta(days=1)
ALL_CHECKS = "NRM=no: none seen; YJS=yes; PARENT=yes; DIVERSION=yes: considered; COMMUNICATION=yes"
L1 = Decision(
    decision_ref="D1",
    case_ref="C1",
    rule="missed_contacts",
    decided_on=ON,
    decision="ESCALATE",
    step="L1",
    reason="missed three",
    proposed_by="N. OKORO",
    authorised_by="Insp. WRIGHT",
    told_participant="we want you back",
)


FAMILIES = {"serious_concern": "CONCERN", "breach": "CONCERN", "missed_contacts": "POOR_ENGAGEMENT"}


def aged(
    years: int, *, earlier: frozenset[str] = frozenset(), order: bool = False, pronoun: str = "she"
) -> StepContext:
    born = date(ON.year - years, 1, 1)
    return StepContext(born_on=born, on=ON, earlier_steps=earlier, order_in_force=order, pronoun=pronoun)


def reasons(situation: StepContext) -> dict[str, str | None]:
    return {each.step.code: each.reason for each in step_availability(default_ladder(), situation)}


def refusal(decision: Decision, situation: StepContext) -> Refused:
    with pytest.raises(Refused) as caught:
        check_decision(decision, situation, default_ladder(), FAMILIES)
    return caught.value


def test_a_step_that_is_not_available_says_why_in_words() -> None:
    young = reasons(aged(15))
    assert young["L4"] == "Community Protection Notice: 16 or over; she is 15 on 19 Oct 2026"
    assert reasons(aged(17))["L4"] == "Community Protection Notice: needs a Community Protection Warning first"
    assert young["L7"] == "KCPO: not in force in Leicestershire"
    assert reasons(aged(30))["L7b"] == "SVRO: not in force in Leicestershire"
    assert (
        reasons(aged(30))["L10"]
        == "Breach of order, recall or civil contempt: needs an order or a licence in force on 19 Oct 2026"
    )


def test_a_notice_is_available_at_16_once_a_warning_was_given() -> None:
    assert reasons(aged(16, earlier=frozenset({"L4W"})))["L4"] is None
    assert reasons(aged(30, order=True))["L10"] is None


def test_a_step_that_needs_an_order_or_a_warning_is_not_available_where_nobody_says_that_there_is_one() -> None:
    unsaid = reasons(StepContext(born_on=date(ON.year - 30, 1, 1), on=ON))
    assert {code for code in ("L1", "L4", "L10") if unsaid[code] is None} == {"L1"}


def test_the_one_who_proposes_does_not_authorise_however_the_name_is_written() -> None:
    assert "somebody else" in refusal(replace(L1, authorised_by=" n.  okoro "), aged(30)).sentence
    check_decision(L1, aged(30), default_ladder(), FAMILIES)


def test_from_l2_up_an_authoriser_and_what_was_told_are_needed() -> None:
    l2 = replace(L1, step="L2")
    served = replace(l2, actioned_on=ON)
    assert refusal(replace(served, told_participant=None), aged(30)).field == "told_participant"
    check_decision(replace(l2, told_participant=None), aged(30), default_ladder(), FAMILIES)  # not served yet
    check_decision(served, aged(30), default_ladder(), FAMILIES)
    unauthorised = refusal(replace(l2, authorised_by=None), aged(30))
    (label,) = (step.label for step in default_ladder() if step.code == "L2")
    assert (unauthorised.field, unauthorised.sentence.partition(" needs ")[0]) == ("authorised_by", label)
    check_decision(replace(L1, told_participant=None, authorised_by=None), aged(30), default_ladder(), FAMILIES)


@pytest.mark.parametrize(
    ("age", "step", "missing"),
    [
        (17, "L1", ("NRM", "YJS", "PARENT", "DIVERSION", "COMMUNICATION")),
        (15, "L1", ("NRM", "YJS", "PARENT", "DIVERSION", "COMMUNICATION", "GILLICK")),
        (15, "L9", ("NRM", "YJS", "PARENT", "DIVERSION", "COMMUNICATION", "GILLICK", "AA")),
        (18, "L1", ()),
        (15, "L0", ()),
        (15, "PARALLEL", ()),
    ],
)
def test_the_child_checks_needed_follow_age_and_step(age: int, step: str, missing: tuple[str, ...]) -> None:
    chosen = next(each for each in default_ladder() if each.code == step)
    assert required_child_checks(chosen, age) == missing


def test_a_refusal_lists_exactly_the_checks_that_are_missing() -> None:
    some = replace(L1, child_checks="NRM=yes: referred; YJS = No: not known to them; PARENT=maybe")
    refused = refusal(some, aged(17))
    assert refused.missing == ("PARENT", "DIVERSION", "COMMUNICATION")
    assert all(code in refused.sentence for code in refused.missing)
    check_decision(replace(L1, child_checks=ALL_CHECKS), aged(17), default_ladder(), FAMILIES)


def test_age_is_that_of_the_day_of_the_decision() -> None:
    eighteen_that_day = StepContext(born_on=date(2008, 10, 19), on=ON)
    check_decision(L1, eighteen_that_day, default_ladder(), FAMILIES)
    assert refusal(L1, replace(eighteen_that_day, born_on=date(2008, 10, 20))).field == "child_checks"


def test_an_escalation_without_a_step_is_refused_and_a_hold_needs_none() -> None:
    assert refusal(replace(L1, step=None), aged(30)).field == "step"
    check_decision(replace(L1, decision="HOLD", step=None), aged(15), default_ladder(), FAMILIES)


def test_a_check_with_an_unknown_code_is_refused() -> None:
    with pytest.raises(Refused, match="cannot be read"):
        parse_child_checks("NRM=yes; PARENTS=yes")


@pytest.mark.parametrize("kind", ["ESCALATE", "DE_ESCALATE", "HOLD", "ALTERNATIVE"])
def test_a_step_that_is_not_available_is_refused_whichever_way_the_decision_goes(kind: str) -> None:
    steps = aged(30, earlier=frozenset({"L9"}))
    for step, words in (("L7", "not in force in Leicestershire"), ("L4", "needs a Community Protection Warning first")):
        refused = refusal(replace(L1, decision=kind, step=step), steps)
        assert words in refused.sentence
        assert refused.field == "step"
    warned = replace(steps, earlier_steps=frozenset({"L9", "L4W"}))
    for step in ("L0", "L1", "L4", "PARALLEL"):
        check_decision(replace(L1, decision=kind, step=step), warned, default_ladder(), FAMILIES)


def test_a_check_answered_both_ways_is_refused_by_its_name() -> None:
    both = replace(L1, child_checks=f"{ALL_CHECKS}; nrm = YES: referred")
    for age in (17, 30):
        refused = refusal(both, aged(age))
        assert "child check NRM (exploitation" in refused.sentence
        assert "answered twice" in refused.sentence
        assert refused.field == "child_checks"
    check_decision(replace(L1, child_checks=f"{ALL_CHECKS}; NRM=no: asked again"), aged(17), default_ladder(), FAMILIES)


@pytest.mark.parametrize("kind", ["HOLD", "ALTERNATIVE"])
@pytest.mark.parametrize("rule", ["serious_concern", "breach"])
def test_taking_no_action_on_a_concern_needs_a_supervisor(kind: str, rule: str) -> None:
    held = replace(L1, decision=kind, step=None, rule=rule, authorised_by=None)
    assert refusal(held, aged(30)).field == "authorised_by"
    check_decision(replace(held, authorised_by="A. SUPERVISOR"), aged(30), default_ladder(), FAMILIES)
    for other in ("missed_contacts", None):
        check_decision(replace(held, rule=other), aged(30), default_ladder(), FAMILIES)
    assert needs_supervisor(kind, None, "CONCERN")
    assert not needs_supervisor("DE_ESCALATE", None, "CONCERN")
    assert not needs_supervisor(kind, None, "POOR_ENGAGEMENT")


@pytest.mark.parametrize("code", ["L5c", "L5d", "L5e", "L6c"])
def test_a_step_that_legal_services_have_not_confirmed_is_available_to_nobody(code: str) -> None:
    (step,) = (each for each in default_ladder() if each.code == code)
    for years in (12, 17, 18, 45):
        situation = replace(aged(years, order=True), on=date(2026, 12, 1))
        assert reasons(situation)[code] == f"{step.name}: not in use until the force's legal services confirm it"
        confirmed = replace(step, active=True)
        (found,) = step_availability([confirmed], situation)
        assert found.available == (years >= (step.min_age or 0))


def test_a_step_is_available_from_its_first_day_to_its_last_and_in_its_areas_alone() -> None:
    (l1,) = (each for each in default_ladder() if each.code == "L1")
    of_one_day, here = replace(l1, valid_from=ON, valid_to=ON), replace(l1, areas=frozenset({"Leicestershire"}))
    days = [replace(aged(30), on=ON + DAY * number) for number in (-1, 0, 1)]
    found = [step_availability([of_one_day], situation)[0].reason for situation in days]
    assert found == [f"{l1.name}: not in force on 18 Oct 2026", None, f"{l1.name}: not in force on 20 Oct 2026"]
    elsewhere = replace(aged(30), area="Rutland")
    assert [step_availability([here], situation)[0].available for situation in (aged(30), elsewhere)] == [True, False]


def test_the_steps_are_in_order_of_rank_and_what_has_none_comes_last() -> None:
    ranks = [step.rank for step in build_ladder(reversed(ladder_codes()))]
    assert ranks[-1] is None
    assert ranks == [*sorted(rank for rank in ranks if rank is not None), *(rank for rank in ranks if rank is None)]


def test_the_first_and_the_last_year_of_age_of_a_step_are_included() -> None:
    assert reasons(aged(10))["L6b"] is None
    assert reasons(aged(9))["L6b"] == "Dispersal: 10 or over; she is 9 on 19 Oct 2026"
    (l1,) = (each for each in default_ladder() if each.code == "L1")
    of_children = replace(l1, max_age=17)
    of_17, of_18 = (step_availability([of_children], aged(years))[0].reason for years in (17, 18))
    assert (of_17, of_18) == (None, f"{l1.name}: under 18 only; she is 18 on 19 Oct 2026")


def test_an_act_changes_a_power_from_its_day_once_legal_services_have_confirmed_it() -> None:
    (step,) = (each for each in default_ladder() if each.code == "L6b")
    (change,) = step.changes
    before, after = change.from_on - DAY, change.from_on
    assert "48 hours" in step.power_on(before) == step.power_on(after) == step.power
    confirmed = replace(step, changes=(replace(change, confirmed=True),))
    assert "48 hours" in confirmed.power_on(before)
    assert "72 hours" in confirmed.power_on(after)
