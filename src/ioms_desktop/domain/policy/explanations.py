"""Every trigger explains itself in one sentence that a participant's parent could read."""

from collections.abc import Sequence

from ioms_desktop.domain.policy.policy import Policy, Rule
from ioms_desktop.domain.policy.triggers import Evidence, Trigger
from ioms_desktop.domain.text_format import counted, day_words, listed, number_words

MOST_NAMED = 4


def explain(policy: Policy, trigger: Trigger) -> str:
    """Say what was seen and when, the rule's threshold in words, and the policy version as written."""
    rule = policy.rules[trigger.rule]
    first = [evidence for evidence in trigger.evidence if not evidence.joined]
    sentence = f"{_seen(rule, trigger, first)}; {_threshold(rule, trigger)} under policy {trigger.policy_version}."
    joined = [evidence for evidence in trigger.evidence if evidence.joined]
    if joined:
        items = counted(len(joined), "further item has", "further items have")
        # Every date of what raised it is named; of many that joined, the last says how long it has been going on.
        dates = _dates(joined) if len(joined) <= MOST_NAMED else f"the last on {day_words(joined[-1].on)}"
        since = f"{items} joined since ({dates})"
        sentence = f"{sentence[:-1]}; {since}."
    return sentence[0].upper() + sentence[1:]


def _dates(evidence: Sequence[Evidence]) -> str:
    return listed([day_words(each.on) for each in evidence])


def _seen(rule: Rule, trigger: Trigger, first: Sequence[Evidence]) -> str:
    on = _dates(first)
    raised = day_words(trigger.raised_on)
    many = len(first)
    seen = {
        "missed_contacts": f"{counted(many, 'planned contact was', 'planned contacts were')} missed on {on}",
        "unacceptable_absences": (
            f"{counted(many, 'planned contact was', 'planned contacts were')} missed on {on}, the last while an order "
            "or licence was in force"
        ),
        "low_ratings": f"engagement was rated low in two weeks running, on {on}",
        "unanswered_offer": f"the offer of support made on {on} had no answer by {raised}",
        "lost_contact": f"there was no completed contact from {on} up to {raised}",
        "order_failures": f"{counted(many, 'appointment', 'appointments')} under a court order missed on {on}",
        "serious_concern": f"an arrest, charge or suspicion of a serious offence is recorded on {on}",
        "credible_intelligence": f"intelligence graded as credible is recorded on {on}",
        "breach": f"a breach, recall or being unlawfully at large is recorded on {on}",
        "persisting_concern": (
            f"{counted(many, 'concern is', 'concerns are')} recorded on {on}, after an enforcement decision"
        ),
    }
    return seen[rule.name]


def _threshold(rule: Rule, trigger: Trigger) -> str:
    days = counted(rule.days, "day")
    asks = "ask for a decision"
    words = {
        "missed_contacts": f"{number_words(rule.count)} missed contacts within {days} {asks}",
        "unacceptable_absences": f"{number_words(rule.count)} missed contacts within {days} {asks}",
        "low_ratings": (
            f"ratings of {listed([str(n) for n in sorted(rule.levels)], 'or')} in two consecutive weeks {asks}"
        ),
        "unanswered_offer": f"{days} without an answer {asks}",
        "lost_contact": f"{days} at liberty without a completed contact {asks}",
        "order_failures": (
            f"{listed([f'{number_words(n)} under a {_ORDERS[order]}' for order, n in rule.counts.items()], 'or')} "
            f"within {days} {asks}"
        ),
        "serious_concern": "one such concern asks for a decision",
        "credible_intelligence": "one such report asks for a decision",
        "breach": "one such event asks for a decision",
        "persisting_concern": (
            f"{number_words(rule.count)} concerns within {days} {asks} when both come after an enforcement decision "
            f"of the last {counted(rule.within_days, 'day')}"
        ),
    }
    return words[trigger.rule]


_ORDERS = {"COMMUNITY_ORDER": "community order", "SSO": "suspended sentence order", "YRO": "youth rehabilitation order"}
