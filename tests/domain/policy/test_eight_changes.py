"""What version 2026-11-30 corrects: each fault as it was under the version before, and put right under this one."""

from datetime import date

import pytest

from ioms_desktop.domain.errors import ChildChecksUnanswered, MissingValue, Refused, StepNotAvailable
from ioms_desktop.domain.policy.case_facts import CaseFacts, DecisionFact, RagFact
from ioms_desktop.domain.policy.case_figures import case_figures
from ioms_desktop.domain.policy.decisions import check_decision
from ioms_desktop.domain.policy.explanations import explain
from ioms_desktop.domain.policy.in_force import StatusFact
from ioms_desktop.domain.policy.ladder import StepContext
from ioms_desktop.domain.policy.policy import rule_families
from ioms_desktop.domain.policy.standards import contact_due_on, overdue_standards
from ioms_desktop.domain.policy.suggestions import suggestions
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from policy_cases import (
    AFTER,
    BEFORE,
    CHANGE,
    DAY,
    START,
    concern,
    enforced,
    found,
    iom,
    missed,
    order,
    phoenix,
    raised,
    red,
    seen,
)
from rulebook import default_ladder, shipped_policies

LAST_OLD_DAY = CHANGE - DAY


# 1: serious_concern


@pytest.mark.parametrize("kind", ["ARREST", "CHARGE", "SUSPECTED"])
def test_robbery_is_a_serious_concern_for_phoenix_from_30_november(kind: str) -> None:
    case = phoenix(concerns=(concern(LAST_OLD_DAY, kind, "ROBBERY"), concern(CHANGE, kind, "ROBBERY")))
    assert raised(case, "serious_concern") == [CHANGE]


@pytest.mark.parametrize(("cohort", "counts"), [("FREE", True), ("FIXED", False), ("FLEX", False), (None, False)])
@pytest.mark.parametrize("group", ["DRUG_SUPPLY", "SEXUAL"])
def test_drug_supply_and_sexual_offences_are_serious_for_the_free_cohort_alone(
    group: str, cohort: str | None, *, counts: bool
) -> None:
    case = iom(concerns=(concern(LAST_OLD_DAY, "ARREST", group), concern(AFTER, "ARREST", group)), cohort=cohort)
    assert raised(case, "serious_concern") == ([AFTER] if counts else [])


@pytest.mark.parametrize("group", ["DRUG_POSSESSION", "THEFT_OTHER", "SEXUAL"])
def test_other_groups_are_still_no_serious_concern_for_phoenix(group: str) -> None:
    assert raised(phoenix(concerns=(concern(AFTER, "ARREST", group),)), "serious_concern") == []


# 2: persisting_concern


def pair(first: tuple[str, str], second: tuple[str, str], from_: date = AFTER) -> CaseFacts:
    """Return a case with two concerns (type and grades) after an enforcement decision."""
    concerns = (concern(from_, first[0], grades=first[1]), concern(from_ + DAY, second[0], grades=second[1]))
    return phoenix(concerns=concerns, decisions=(enforced(from_ - 2 * DAY),))


def test_a_missing_child_and_suspected_false_intelligence_raise_no_enforcement_trigger() -> None:
    assert raised(pair(("MISSING", ""), ("INTELLIGENCE", "3EP")), "persisting_concern") == []
    # As it was before.
    before = pair(("MISSING", ""), ("INTELLIGENCE", "3EP"), BEFORE)
    assert raised(before, "persisting_concern") == [BEFORE + DAY]


@pytest.mark.parametrize(
    ("grades", "counts"),
    [("1AP", True), ("2BP", True), ("3AP", False), ("1CP", False), ("1AC", False), ("", False)],
)
def test_intelligence_counts_towards_persisting_concern_only_as_graded_for_credible_intelligence(
    grades: str, *, counts: bool
) -> None:
    both = pair(("ASB_REPORT", ""), ("INTELLIGENCE", grades))
    assert raised(both, "persisting_concern") == ([AFTER + DAY] if counts else [])


@pytest.mark.parametrize(("kind", "grades"), [("MISSING", ""), ("INTELLIGENCE", "3EP")])
def test_what_does_not_count_does_not_join_either(kind: str, grades: str) -> None:
    open_one = pair(("ASB_REPORT", ""), ("OTHER", ""))
    later = (concern(AFTER + 3 * DAY, kind, grades=grades), concern(AFTER + 4 * DAY, "ASB_REPORT"))
    (trigger,) = (t for t in found(open_one._replace(concerns=open_one.concerns + later)) if "pers" in t.rule)
    assert [(e.on, e.joined) for e in trigger.evidence] == [
        *[(AFTER, False), (AFTER + DAY, False)],
        (AFTER + 4 * DAY, True),
    ]


def test_a_missing_concern_suggests_safeguarding_until_somebody_decides_on_it() -> None:
    case = phoenix(concerns=(concern(AFTER, "MISSING"),))

    def kinds(case: CaseFacts, as_of: date) -> list[str]:
        return [each.kind for each in suggestions(shipped_policies(), case, as_of)]

    assert [kinds(case, on) for on in (AFTER - DAY, AFTER, AFTER + DAY)] == [[], ["PARALLEL"], ["PARALLEL"]]
    assert kinds(phoenix(concerns=(concern(BEFORE, "MISSING"),)), BEFORE) == []
    decided = case._replace(decisions=(DecisionFact("D", AFTER + DAY, None, "ESCALATE", "PARALLEL"),))
    assert [kinds(decided, on) for on in (AFTER, AFTER + DAY)] == [["PARALLEL"], []]
    assert kinds(case._replace(closed_on=AFTER), AFTER) == []
    assert kinds(case._replace(trial_arm="CONTROL"), AFTER) == []


def ended(on: date, outcome: str = "NFA", day: date | None = AFTER + 10 * DAY) -> CaseFacts:
    """Return a case with an arrest on a day that ended, a step on it, and two concerns of after that."""
    arrest = concern(on, "ARREST", "VIOLENCE")._replace(outcome=outcome, outcome_on=day)
    return phoenix(
        concerns=(arrest, concern(on + 6 * DAY, "ASB_REPORT"), concern(on + 9 * DAY, "OTHER")),
        decisions=(enforced(on + 2 * DAY, "serious_concern"),),
    )


def sentence(case: CaseFacts, as_of: date, rule: str = "persisting_concern") -> str:
    (trigger,) = (t for t in found(case, as_of) if t.rule == rule)
    return explain(shipped_policies(), trigger)


def test_the_explanation_says_that_the_arrest_behind_the_step_ended_without_further_action() -> None:
    case = ended(AFTER)
    told = sentence(case, AFTER + 10 * DAY)
    assert (
        "the arrest of 7 Dec 2026, behind the enforcement decision of 9 Dec 2026, ended without further action" in told
    )
    assert "17 Dec 2026" in told
    assert "without further action" not in sentence(case, AFTER + 9 * DAY)
    assert "without further action" not in sentence(ended(AFTER, "CHARGE"), AFTER + 10 * DAY)


def test_the_explanation_says_that_one_of_the_concerns_ended_without_further_action() -> None:
    case = ended(AFTER, "CHARGE")
    own = case.concerns[1]._replace(type="ARREST", outcome="NFA", outcome_on=AFTER + 12 * DAY)
    told = sentence(case._replace(concerns=(case.concerns[0], own, case.concerns[2])), AFTER + 20 * DAY)
    assert "the arrest of 13 Dec 2026 ended without further action (NFA) on 19 Dec 2026" in told


def test_what_was_raised_before_the_change_is_explained_as_it_was() -> None:
    assert "further action" not in sentence(ended(BEFORE, day=BEFORE + 9 * DAY), AFTER)


def test_an_end_without_further_action_changes_nothing_that_was_decided() -> None:
    case = ended(AFTER)
    with_it, without = (
        next(t for t in found(each, AFTER + 20 * DAY) if t.rule == "serious_concern")
        for each in (case, case._replace(concerns=(case.concerns[0]._replace(outcome=None), *case.concerns[1:])))
    )
    assert with_it == without
    assert (with_it.status, with_it.needs_review) == ("DECIDED", False)


# 3: in force


@pytest.mark.parametrize("kind", ["BAIL_CONDITIONAL", "REMAND", "RUI", "PSS"])
def test_bail_remand_investigation_and_post_sentence_supervision_are_no_order(kind: str) -> None:
    def two(on: date) -> CaseFacts:
        return iom(orders=(order(kind),), contacts=(missed(on), missed(on + DAY)))

    assert raised(two(BEFORE), "unacceptable_absences") == [BEFORE + DAY]
    assert raised(two(AFTER), "unacceptable_absences") == []


@pytest.mark.parametrize("kind", ["COMMUNITY_ORDER", "SSO", "YRO", "LICENCE", "DTO_SUPERVISION", "REFERRAL_ORDER"])
def test_orders_and_licences_still_are(kind: str) -> None:
    case = iom(orders=(order(kind),), contacts=(missed(AFTER), missed(AFTER + DAY)))
    assert raised(case, "unacceptable_absences") == [AFTER + DAY]


def test_an_order_ends_on_the_day_it_was_revoked_or_completed() -> None:
    def two(ended_on: date | None, ends_on: date | None = None) -> list[date]:
        revoked = order("COMMUNITY_ORDER", ends=ends_on, ended=ended_on)
        return raised(iom(orders=(revoked,), contacts=(missed(AFTER), missed(AFTER + DAY))), "unacceptable_absences")

    assert two(AFTER + DAY) == [AFTER + DAY]  # its last day counts
    assert two(AFTER) == []
    assert two(AFTER + 9 * DAY, AFTER) == []  # it had ended by itself before
    revoked = order("COMMUNITY_ORDER", ended=BEFORE - DAY)
    before = iom(orders=(revoked,), contacts=(missed(BEFORE), missed(BEFORE + DAY)))
    assert raised(before, "unacceptable_absences") == [BEFORE + DAY]


def test_a_past_day_is_judged_by_the_statutory_status_of_that_day() -> None:
    statuses = (StatusFact(START, "LICENCE"), StatusFact(AFTER + 5 * DAY, "NONE"))
    case = iom(statutory_status="NONE", statuses=statuses, contacts=(missed(AFTER), missed(AFTER + DAY)))
    assert raised(case, "unacceptable_absences") == [AFTER + DAY]
    later = case._replace(contacts=(missed(AFTER + 5 * DAY), missed(AFTER + 6 * DAY)))
    assert raised(later, "unacceptable_absences") == []
    before = case._replace(contacts=(missed(BEFORE), missed(BEFORE + DAY)))
    assert raised(before, "unacceptable_absences") == []


# 4: unacceptable_absences


@pytest.mark.parametrize(
    ("facts", "counts"),
    [
        ({"orders": (order("COMMUNITY_ORDER"),)}, False),
        ({"orders": (order("BAIL_CONDITIONAL"),)}, False),
        ({"orders": (order("LICENCE"),)}, True),
        ({"orders": (order("S250_LICENCE"),)}, True),
        ({"statutory_status": "LICENCE"}, True),
        ({"iom_licence_condition": True}, True),
        ({"orders": (order("COMMUNITY_ORDER"), order("LICENCE", ends=AFTER - DAY, ref="O2"))}, False),
    ],
)
def test_a_door_closed_to_the_police_counts_only_under_a_licence(facts: dict[str, object], *, counts: bool) -> None:
    refused = (missed(AFTER, "REFUSED_ENTRY"), missed(AFTER + DAY, "REFUSED_ENTRY"))
    assert raised(iom(contacts=refused, **facts), "unacceptable_absences") == ([AFTER + DAY] if counts else [])


def test_a_door_closed_to_the_police_stays_a_missed_contact_elsewhere() -> None:
    refused = tuple(missed(AFTER + n * DAY, "REFUSED_ENTRY") for n in range(3))
    assert raised(phoenix(contacts=refused), "missed_contacts") == [AFTER + 2 * DAY]
    assert case_figures(shipped_policies(), iom(contacts=refused), AFTER + 9 * DAY).missed == len(refused)
    before = tuple(missed(BEFORE + n * DAY, "REFUSED_ENTRY") for n in range(2))
    case = iom(contacts=before, orders=(order("COMMUNITY_ORDER"),))
    assert raised(case, "unacceptable_absences") == [BEFORE + DAY]


# 5: order_failures


def test_failures_under_a_revoked_order_are_not_added_to_those_under_the_next() -> None:
    def orders(on: date) -> tuple[object, object]:
        return order("COMMUNITY_ORDER", ended=on, ref="O1"), order("COMMUNITY_ORDER", made=on + DAY, ref="O2")

    def case(on: date) -> CaseFacts:
        return phoenix(orders=orders(on), contacts=(missed(on), missed(on + DAY)))

    assert raised(case(BEFORE), "order_failures") == [BEFORE + DAY]
    assert raised(case(AFTER), "order_failures") == []
    third = case(AFTER)._replace(contacts=(*case(AFTER).contacts, missed(AFTER + 2 * DAY)))
    assert raised(third, "order_failures") == [AFTER + 2 * DAY]


def test_where_two_orders_are_in_force_a_failure_counts_under_each() -> None:
    first, second = order("COMMUNITY_ORDER", ended=AFTER, ref="O1"), order("SSO", made=AFTER, ref="O2")
    contacts = (missed(AFTER - DAY), missed(AFTER), missed(AFTER + DAY))
    case = phoenix(orders=(first, second), contacts=contacts)
    assert raised(case, "order_failures") == [AFTER]
    assert raised(case._replace(contacts=contacts[1:]), "order_failures") == [AFTER + DAY]


def test_a_youth_order_still_asks_for_three() -> None:
    contacts = tuple(missed(AFTER + n * DAY) for n in range(3))
    case = phoenix(orders=(order("YRO"),), contacts=contacts)
    assert raised(case, "order_failures") == [AFTER + 2 * DAY]
    assert raised(case._replace(contacts=contacts[:2]), "order_failures") == []


# 6: in person


@pytest.mark.parametrize("kind", ["TEXT", "THIRD_PARTY"])
def test_a_text_or_a_word_with_somebody_else_never_completes_a_contact(kind: str) -> None:
    case = iom(contacts=(seen(LAST_OLD_DAY, kind), seen(CHANGE, kind)))
    figures = case_figures(shipped_policies(), case, AFTER)
    assert (figures.contacts, figures.completed, figures.completed_minutes) == (2, 1, 20)
    notified = phoenix(delivered_on=(BEFORE,))._replace(starts_on=BEFORE)
    assert raised(notified._replace(contacts=(seen(CHANGE, kind),)), "lost_contact", AFTER) == [CHANGE]
    assert raised(notified._replace(contacts=(seen(LAST_OLD_DAY, kind),)), "lost_contact", AFTER) == []


@pytest.mark.parametrize("kind", ["PHONE", "VIDEO", "ADDRESS_CHECK", "TEXT", "THIRD_PARTY"])
def test_red_runs_from_the_last_contact_in_person_and_says_since_when(kind: str) -> None:
    case = iom(rag=(red(),), contacts=(seen(date(2026, 11, 23)), seen(AFTER - DAY, kind)))
    (late,) = (s for s in overdue_standards(shipped_policies(), case, AFTER) if s.standard == "CONTACT")
    assert late.due_on == date(2026, 11, 30)
    assert "not seen face to face since 23 Nov 2026" in late.explanation


def test_red_counts_a_contact_in_person_of_before_the_change_and_no_call_of_then() -> None:
    case = iom(rag=(red(),), contacts=(seen(date(2026, 11, 16)), seen(date(2026, 11, 27), "PHONE")))
    assert contact_due_on(shipped_policies(), case, LAST_OLD_DAY) == date(2026, 12, 4)
    assert contact_due_on(shipped_policies(), case, CHANGE) == date(2026, 11, 23)


def test_red_runs_from_adoption_before_the_first_contact_in_person() -> None:
    case = iom(rag=(red(AFTER),), contacts=(seen(AFTER + DAY, "PHONE"),))._replace(starts_on=AFTER)
    assert contact_due_on(shipped_policies(), case, AFTER + 3 * DAY) == AFTER + 7 * DAY


def test_the_other_colours_take_a_call_as_they_did() -> None:
    case = iom(rag=(RagFact(START, "AMBER", ""),), contacts=(seen(AFTER, "PHONE"),))
    assert contact_due_on(shipped_policies(), case, AFTER + DAY) == AFTER + 14 * DAY


# 7 and 8: steps

BORN = date(2011, 3, 3)
BARE = "NRM=no;YJS=no;PARENT=no;DIVERSION=no;COMMUNICATION=no;GILLICK=no"
GIVEN = "NRM=no: none seen;YJS=yes;PARENT=no: told by YJS;DIVERSION=yes;COMMUNICATION=no: none;GILLICK=yes: able"


def context(on: date, born: date = BORN, **facts: object) -> StepContext:
    levers = frozenset({"TENANCY", "LICENSING", "BENEFITS", "DRIVING"})
    rules = shipped_policies().on(on).steps
    return StepContext(born_on=born, on=on, rules=rules, levers=levers, **facts)  # type: ignore[arg-type]  # any of its facts


def check(on: date, step: str, born: date = BORN, *, convicted: bool = False, **cells: object) -> None:
    decision = Decision(
        decision_ref="D", case_ref="C1", decided_on=on, decision="ESCALATE", step=step, reason="School exclusion",
        proposed_by="N. OKORO", authorised_by="Insp. WRIGHT", **cells,  # type: ignore[arg-type]  # any of its columns
    )  # fmt: skip
    families = rule_families(shipped_policies().versions)
    check_decision(decision, context(on, born, convicted=convicted), default_ladder(), families)


def test_child_checks_all_answered_no_without_a_reason_let_no_contract_pass() -> None:
    check(LAST_OLD_DAY, "L3", child_checks=BARE)
    with pytest.raises(ChildChecksUnanswered) as refusal:
        check(CHANGE, "L3", child_checks=BARE)
    assert refusal.value.missing == ("NRM", "YJS", "PARENT", "DIVERSION", "COMMUNICATION", "GILLICK")
    assert "reason after a colon" in refusal.value.sentence
    check(CHANGE, "L3", child_checks=GIVEN)
    with pytest.raises(ChildChecksUnanswered) as refusal:
        check(CHANGE, "L3", child_checks=GIVEN.replace("no: told by YJS", "no: "))
    assert refusal.value.missing == ("PARENT",)


def test_a_criminal_behaviour_order_needs_a_conviction_on_record_or_named() -> None:
    adult = date(1990, 1, 1)
    check(LAST_OLD_DAY, "L6", adult)
    check(CHANGE, "L6", adult, convicted=True)
    check(CHANGE, "L6", adult, conviction_court="Leicester Crown Court", convicted_on=CHANGE)
    for named in (
        {},
        {"conviction_court": "Leicester Crown Court"},
        {"convicted_on": CHANGE},
        {"conviction_court": " ", "convicted_on": CHANGE},
        {"conviction_court": "Leicester Crown Court", "convicted_on": CHANGE + DAY},
    ):
        with pytest.raises(MissingValue) as refusal:
            check(CHANGE, "L6", adult, **named)
        assert "needs a conviction on record by 30 Nov 2026, or the conviction named" in refusal.value.sentence


@pytest.mark.parametrize("lever", [None, "", "SCHOOL_EXCLUSION", "School exclusion"])
def test_school_exclusion_is_no_lever(lever: str | None) -> None:
    adult = date(1990, 1, 1)
    check(LAST_OLD_DAY, "L11", adult, lever=lever)
    check(CHANGE, "L11", adult, lever="TENANCY")
    with pytest.raises(MissingValue) as refusal:
        check(CHANGE, "L11", adult, lever=lever)
    assert "School exclusion is not in it and is never a lever" in refusal.value.sentence


@pytest.mark.parametrize("step", ["L5c", "L5d", "L5e", "L6c"])
def test_a_step_that_legal_services_have_not_confirmed_is_refused_in_words(step: str) -> None:
    with pytest.raises(StepNotAvailable) as refusal:
        check(CHANGE, step, date(1990, 1, 1))
    assert "not in use until the force's legal services confirm it" in refusal.value.sentence
    assert isinstance(refusal.value, Refused)
