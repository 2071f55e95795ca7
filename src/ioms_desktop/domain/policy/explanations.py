"""The explanation of a trigger for the team: what was recorded, the threshold and the policy version.

`domain.printing.plain_words` says the same to a participant or a parent.
"""

from collections.abc import Sequence

from ioms_desktop.domain.intelligence import INTELLIGENCE_RULE
from ioms_desktop.domain.policy.policy import Policies, Rule
from ioms_desktop.domain.policy.triggers import Evidence, NoFurtherAction, Trigger
from ioms_desktop.domain.text_format import capitalise, format_day, join_words, number_in_words, pluralise

MAX_DATES_LISTED = 4


def explain(policies: Policies, trigger: Trigger) -> str:
    """Explain a trigger in a sentence: what was recorded and when, the rule's threshold, and the policy version.

    The threshold is that of the version under which it was raised.
    """
    rule = policies.named(trigger.policy_version).rules[trigger.rule]
    first = [evidence for evidence in trigger.evidence if not evidence.joined]
    sentence = (
        f"{_describe_evidence(rule, trigger, first)}; {_describe_threshold(rule, trigger)} "
        f"(policy {trigger.policy_version})."
    )
    joined = [evidence for evidence in trigger.evidence if evidence.joined]
    if joined:
        items = pluralise(len(joined), "further item has", "further items have")
        # All dates of the original evidence are given; of many later ones, the last shows how long it has continued.
        dates = _join_dates(joined) if len(joined) <= MAX_DATES_LISTED else f"the last on {format_day(joined[-1].on)}"
        since = f"{items} joined since ({dates})"
        sentence = f"{sentence[:-1]}; {since}."
    if trigger.no_further_action:
        ended = join_words([_describe_end(each) for each in trigger.no_further_action])
        sentence = f"{sentence[:-1]}; {ended}."
    return capitalise(sentence)


def _describe_end(each: NoFurtherAction) -> str:
    what = f"the {_CONCERN_LABELS.get(each.concern_type, 'concern')} of {format_day(each.occurred_on)}"
    behind = "" if each.behind is None else f", behind the enforcement decision of {format_day(each.behind)},"
    return f"{what}{behind} ended without further action (NFA) on {format_day(each.ended_on)}"


_CONCERN_LABELS = {"ARREST": "arrest", "CHARGE": "charge", "SUSPECTED": "suspicion"}


def _join_dates(evidence: Sequence[Evidence]) -> str:
    return join_words([format_day(each.on) for each in evidence])


def _describe_evidence(rule: Rule, trigger: Trigger, first: Sequence[Evidence]) -> str:
    on = _join_dates(first)
    raised = format_day(trigger.raised_on)
    many = len(first)
    seen = {
        "missed_contacts": f"{pluralise(many, 'planned contact was', 'planned contacts were')} missed on {on}",
        "unacceptable_absences": (
            f"{pluralise(many, 'planned contact was', 'planned contacts were')} missed on {on}, the "
            "last while an order "
            "or licence was in force"
        ),
        "low_ratings": f"engagement was rated low in {number_in_words(many)} weeks running, on {on}",
        "unanswered_offer": f"the offer of support made on {on} had no answer by {raised}",
        "lost_contact": f"there was no completed contact from {on} up to {raised}",
        "order_failures": f"{pluralise(many, 'appointment', 'appointments')} under a court order missed on {on}",
        "serious_concern": f"an arrest, charge or suspicion of a serious offence is recorded on {on}",
        INTELLIGENCE_RULE: f"intelligence graded as credible is recorded on {on}",
        "breach": f"a breach, recall or being unlawfully at large is recorded on {on}",
        "persisting_concern": (
            f"{pluralise(many, 'concern is', 'concerns are')} recorded on {on}, after an enforcement decision"
        ),
    }
    return seen[rule.name]


def _describe_threshold(rule: Rule, trigger: Trigger) -> str:
    days = pluralise(rule.days, "day")
    asks = "call for a decision"
    failures = [f"{number_in_words(n)} under a {_ORDER_LABELS[order]}" for order, n in rule.counts.items()]
    words = {
        "missed_contacts": f"{number_in_words(rule.count)} missed contacts within {days} {asks}",
        "unacceptable_absences": f"{number_in_words(rule.count)} missed contacts within {days} {asks}",
        "low_ratings": (
            f"ratings of {join_words([str(n) for n in sorted(rule.levels)], 'or')} in "
            f"{number_in_words(rule.count)} consecutive weeks {asks}"
        ),
        "unanswered_offer": f"{days} without an answer {asks}",
        "lost_contact": f"{days} in the community without a completed contact {asks}",
        "order_failures": (f"{join_words(failures, 'or')} within {days} {asks}"),
        "serious_concern": "one such concern calls for a decision",
        INTELLIGENCE_RULE: "one such report calls for a decision",
        "breach": "one such event calls for a decision",
        "persisting_concern": (
            f"{number_in_words(rule.count)} concerns within {days} {asks} when both come after an enforcement decision "
            f"of the last {pluralise(rule.within_days, 'day')}"
        ),
    }
    return words[trigger.rule]


_ORDER_LABELS = {
    "COMMUNITY_ORDER": "community order",
    "SSO": "suspended sentence order",
    "YRO": "youth rehabilitation order",
}
