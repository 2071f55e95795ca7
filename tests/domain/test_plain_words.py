"""What is said of a trigger to the participant or a parent: for every rule, plain words, and no secrets."""

from datetime import date, timedelta
from typing import Any

import pytest

from ioms_desktop.domain.dates.calendar import CustodyPeriod
from ioms_desktop.domain.letters.reading_age import MAX_READING_AGE, count_syllables, reading_age
from ioms_desktop.domain.policy.case_facts import CaseFacts, ConcernFact
from ioms_desktop.domain.policy.policy import RULE_NAMES
from ioms_desktop.domain.policy.triggers import DECIDED, OPEN, WITHDRAWN, Evidence, Trigger
from ioms_desktop.domain.printing.plain_copy import THE_PERSON, Addressee
from ioms_desktop.domain.printing.plain_words import CLOSING, DECISION_WORDS, describe_plainly

RAISED = date(2026, 10, 13)
TODAY = date(2027, 1, 5)
EVIDENCE = {
    "missed_contacts": ("contact", 3),
    "low_ratings": ("rating", 2),
    "unanswered_offer": ("offer", 1),
    "lost_contact": ("notification", 1),
    "unacceptable_absences": ("contact", 2),
    "order_failures": ("contact", 3),
    "serious_concern": ("concern", 1),
    "credible_intelligence": ("concern", 1),
    "breach": ("concern", 1),
    "persisting_concern": ("concern", 2),
}
TYPES = {
    "serious_concern": ("ARREST", "CHARGE", "SUSPECTED"),
    "credible_intelligence": ("INTELLIGENCE",),
    "breach": ("BREACH", "RECALL", "UNLAWFULLY_AT_LARGE"),
    "persisting_concern": ("ARREST", "ASB_REPORT", "INTELLIGENCE", "SUSPECTED", "OTHER"),
}
"""The concern types on which each rule may rest; the other rules rest on none."""
STATES: tuple[dict[str, Any], ...] = (
    {"status": OPEN},
    {"status": WITHDRAWN, "withdrawn_reason": "The contact of 6 Oct 2026 was corrected."},
    *({"status": DECIDED, "decided_on": date(2026, 10, 15), "decision": decision} for decision in DECISION_WORDS),
)
PARENT = Addressee("Amari")


def trigger(rule: str, **changes: Any) -> Trigger:  # noqa: ANN401 - values by field name
    """A trigger of a rule raised on 13 October, with its evidence on that day and each fourth day before."""
    kind, count = EVIDENCE[rule]
    days = sorted(RAISED - timedelta(days=4 * n) for n in range(count))
    made = Trigger(
        case_ref="C",
        rule=rule,
        family="CONCERN" if rule in TYPES else "POOR_ENGAGEMENT",
        raised_on=RAISED,
        evidence=tuple(Evidence(kind, f"E{n}", on, joined=False) for n, on in enumerate(days)),
        policy_version="2026-04-01",
        decision_due=date(2026, 10, 15),
    )
    return made._replace(**changes)


def facts(of: Trigger, concern_type: str, *, custody: tuple[CustodyPeriod, ...] = ()) -> CaseFacts:
    """The facts of a case whose evidence is of one type of concern."""
    concerns = tuple(ConcernFact(each.ref, each.on, concern_type, "VIOLENCE") for each in of.evidence)
    return CaseFacts(case_ref="C", programme="PHOENIX", starts_on=date(2026, 1, 5), concerns=concerns, custody=custody)


def every_situation() -> list[tuple[Trigger, CaseFacts]]:
    """Every rule in every state, on every type of concern."""
    found = []
    for rule in RULE_NAMES:
        for state in STATES:
            made = trigger(rule, **state)
            for concern_type in TYPES.get(rule, ("ARREST",)):
                found.append((made, facts(made, concern_type)))
                found.append((made, facts(made, concern_type, custody=(CustodyPeriod(RAISED, None),))))
    return found


def test_an_arrest_is_said_as_the_field_says_it() -> None:
    made = trigger("serious_concern")
    assert describe_plainly(made, facts(made, "ARREST"), TODAY) == (
        "You were arrested on 13 October, so a supervisor must decide what happens next."
    )
    assert describe_plainly(made, facts(made, "ARREST"), TODAY, PARENT) == (
        "Amari was arrested on 13 October, so a supervisor must decide what happens next."
    )


def test_every_rule_has_a_sentence_in_every_state_for_both_readers() -> None:
    for made, case in every_situation():
        to_person, to_parent = describe_plainly(made, case, TODAY), describe_plainly(made, case, TODAY, PARENT)
        assert to_person.endswith("."), made
        assert "Amari" in to_parent or made.rule not in TYPES, to_parent
        assert "you" in to_person.lower()
        assert not any(ours in to_person for ours in (made.rule, "2026-04-01", "policy", "None")), to_person


def test_no_page_for_a_participant_or_parent_needs_a_reading_age_above_eleven() -> None:
    for made, case in every_situation():
        for to in (THE_PERSON, PARENT):
            text = f"{describe_plainly(made, case, TODAY, to)} {CLOSING}"
            assert reading_age(text, names=("Amari",)) <= MAX_READING_AGE, (reading_age(text, ("Amari",)), text)


def test_the_explanation_for_the_team_would_be_too_hard() -> None:
    """The control of the formula."""
    team = (
        "An arrest, charge or suspicion of a serious offence is recorded on 13 Oct 2026; one such concern calls for a "
        "decision (policy 2026-04-01)."
    )
    assert reading_age(team) > MAX_READING_AGE + 2


def test_the_formula_is_that_of_flesch_and_kincaid() -> None:
    """Three sentences of 33 words and 45 syllables: 0.39 x 11 + 11.8 x 45 / 33 - 15.59 is grade 4.79."""
    text = (
        "You were arrested on 13 October, so a supervisor must decide what happens next. You can ask us why, and you "
        "can tell us what you think. Our offer of help stays open."
    )
    assert reading_age(text) == pytest.approx(4.79 + 5, abs=0.01)
    told = {"supervisor": 4, "decide": 2, "missed": 1, "arrested": 3, "little": 2, "changes": 2, "meetings": 2}
    assert {word: count_syllables(word) for word in told} == told


@pytest.mark.parametrize("state", STATES, ids=lambda state: str(state.get("decision", state["status"])))
@pytest.mark.parametrize("rule", TYPES)
def test_nothing_is_said_of_what_the_person_may_not_know(rule: str, state: dict[str, Any]) -> None:
    """Intelligence, a suspicion, a recall not carried out, or an entry that is gone: the same words whatever it is."""
    made = trigger(rule, **state)
    gone = facts(made, "ARREST")._replace(concerns=())
    mixed = facts(made, "ARREST")
    mixed = mixed._replace(concerns=(*mixed.concerns[:-1], mixed.concerns[-1]._replace(type="INTELLIGENCE")))
    secret = [facts(made, each) for each in ("INTELLIGENCE", "SUSPECTED", "OTHER", "RECALL")]
    said = {describe_plainly(made, case, TODAY) for case in (*secret, gone, mixed)}
    assert said == {"We look at how things are going for you, and a supervisor may decide what happens next."}
    if rule != "credible_intelligence":
        assert describe_plainly(made, facts(made, "ARREST"), TODAY) not in said, "the control: an arrest is spoken of"


def test_a_recall_is_spoken_of_once_the_person_was_taken_in() -> None:
    made = trigger("breach")
    inside = facts(made, "RECALL", custody=(CustodyPeriod(RAISED + timedelta(days=2), None),))
    assert "called back to prison on 13 October" in describe_plainly(made, inside, TODAY)
    assert "prison" not in describe_plainly(made, inside, RAISED + timedelta(days=1)), "the day before they were"
    before = facts(made, "RECALL", custody=(CustodyPeriod(RAISED - timedelta(days=2), RAISED),))
    assert "prison" not in describe_plainly(made, before, TODAY)


def test_what_was_withdrawn_or_decided_does_not_count_on() -> None:
    missed = trigger("missed_contacts", **STATES[1])
    assert "does not count against you" in describe_plainly(missed, facts(missed, "ARREST"), TODAY)
    held = trigger("missed_contacts", status=DECIDED, decided_on=date(2027, 1, 4), decision="HOLD")
    assert describe_plainly(held, facts(held, "ARREST"), TODAY) == (
        "You missed three meetings with us, on 5, 9 and 13 October. On 4 January 2027 we made up our minds that we do "
        "no more about it."
    )
