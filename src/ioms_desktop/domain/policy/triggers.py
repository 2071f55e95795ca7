"""Triggers: raised by a rule, joined while open, decided by a person, withdrawn when their evidence is corrected.

The evaluation is a pure function of policy, case history and as-of day: the same arguments always give the same result.
Source: the engagement and escalation policy, "One trigger, its evidence, its end".
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple

from ioms_desktop.domain.dates.calendar import working_days_after
from ioms_desktop.domain.policy.case_facts import CaseFacts, DecisionFact
from ioms_desktop.domain.policy.policy import Policy, Rule
from ioms_desktop.domain.policy.rules import EvidenceItem, completing_items, evidence_items
from ioms_desktop.domain.text_format import capitalise

OPEN, DECIDED, WITHDRAWN = "OPEN", "DECIDED", "WITHDRAWN"


class Evidence(NamedTuple):
    """One item of a trigger's evidence.

    Attributes:
        kind: contact, rating, offer, concern or notification.
        ref: The item's reference; for a rating case_ref/week_commencing, for a notification the case_ref.
        on: The item's own date.
        joined: Whether it was added while the trigger was already open.
    """

    kind: str
    ref: str
    on: date
    joined: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """A trigger that a rule raised on one case, and its outcome."""

    case_ref: str
    rule: str
    family: str
    raised_on: date
    evidence: tuple[Evidence, ...]
    policy_version: str
    decision_due: date
    status: str = OPEN
    withdrawn_reason: str | None = None
    needs_review: bool = False
    decision_ref: str | None = None
    decided_on: date | None = None
    decision: str | None = None
    step: str | None = None
    action_due: date | None = None
    actioned_on: date | None = None

    @property
    def identity(self) -> tuple[str, str, frozenset[tuple[str, str]]]:
        """What identifies a trigger: its case, its rule and the evidence that first completed it."""
        return self.case_ref, self.rule, frozenset((e.kind, e.ref) for e in self.evidence if not e.joined)

    def rests_on_any(self, refs: Collection[str]) -> bool:
        """Whether any of its evidence, including joined evidence, is among these references."""
        return any(evidence.ref in refs for evidence in self.evidence)

    @property
    def sort_key(self) -> tuple[str, date, str, str]:
        """The sort order: by case, day raised, rule and first evidence."""
        return self.case_ref, self.raised_on, self.rule, self.evidence[0].ref


def evaluate(policy: Policy, history: Sequence[CaseFacts], as_of: date) -> tuple[Trigger, ...]:
    """Return every trigger of one case as of a day, in order of the day raised.

    Args:
        policy: The policy whose rules are applied.
        history: The states of the record, oldest first and the current one last. A previous state is what was known
            just before a correction; without corrections there is one state.
        as_of: Only events dated on or before this day count.

    Returns:
        Open and decided triggers of the current state; open ones of previous states whose own evidence was corrected
        or deleted since, as WITHDRAWN; decided ones of that kind unchanged, flagged for review.
    """
    kept: dict[tuple[str, str, frozenset[tuple[str, str]]], Trigger] = {}
    standing: tuple[Trigger, ...] = ()
    before: CaseFacts | None = None
    for state in history:
        # Events after the day of the correction were not yet seen in the form in which this state has them.
        seen_on = as_of if state.known_on is None else min(as_of, state.known_on)
        found = _current_triggers(policy, state, seen_on, kept.values())
        if before is not None:
            fallen = _invalidated_triggers(
                standing, found, _evidence_values(policy, before), _evidence_values(policy, state)
            )
            if fallen:
                kept.update((trigger.identity, trigger) for trigger in fallen)
                # Again, because the evidence of a decided trigger that is kept may not raise another one.
                found = _current_triggers(policy, state, seen_on, kept.values())
        for trigger in found:  # one that a later correction raises again is no longer withdrawn
            kept.pop(trigger.identity, None)
        standing, before = found, state
    return tuple(sorted((*standing, *kept.values()), key=lambda trigger: trigger.sort_key))


def _current_triggers(policy: Policy, state: CaseFacts, as_of: date, kept: Iterable[Trigger]) -> tuple[Trigger, ...]:
    """Raise, join and decide the triggers of one state; evidence of kept decided triggers is not used again."""
    # Policy: a case in the control arm raises nothing.
    if state.starts_on is None or state.trial_arm == "CONTROL" or state.starts_on > as_of:
        return ()
    spent = [trigger for trigger in kept if trigger.status == DECIDED]
    found: list[Trigger] = []
    for rule in policy.rules.values():
        if state.programme in rule.programmes:
            items = evidence_items(rule, state, as_of)
            if items:
                found.extend(
                    _triggers_of_rule(policy, rule, state, items, as_of, [t for t in spent if t.rule == rule.name])
                )
    return tuple(found)


def _triggers_of_rule(
    policy: Policy, rule: Rule, state: CaseFacts, items: list[EvidenceItem], as_of: date, spent: list[Trigger]
) -> Iterator[Trigger]:
    used = {(e.kind, e.ref) for trigger in spent for e in trigger.evidence}
    answered = {trigger.decision_ref for trigger in spent}
    decisions = sorted(
        (d.decided_on, d.ref, d)
        for d in state.decisions
        if d.rule == rule.name and d.decided_on <= as_of and d.ref not in answered
    )
    pool: list[EvidenceItem] = []
    trigger: Trigger | None = None
    joined: list[Evidence] = []
    next_decision = 0
    for item in items:
        if (item.kind, item.ref) in used:
            continue
        # Policy: "On one date events come before decisions". Only decisions of earlier days are applied before this
        # item. One that finds no open trigger has no effect.
        while next_decision < len(decisions) and decisions[next_decision][0] < item.on:
            if trigger is not None:
                yield _decide_trigger(policy, _with_joined(trigger, joined), decisions[next_decision][2], as_of)
                trigger = None
            next_decision += 1
        if trigger is not None:
            joined.append(Evidence(item.kind, item.ref, item.item_date, joined=True))
            continue
        pool.append(item)
        evidence = completing_items(rule, state, pool)
        if evidence:
            # Items that did not take part stay in the pool, because they may help to complete the next trigger.
            trigger, joined = _raise_trigger(policy, rule, state, item.on, evidence), []
            pool = [other for other in pool if other not in evidence]
    for _, _, decision in decisions[next_decision:]:
        if trigger is not None and decision.decided_on >= trigger.raised_on:  # the same day, too: events come first
            yield _decide_trigger(policy, _with_joined(trigger, joined), decision, as_of)
            trigger = None
    if trigger is not None:
        yield _with_joined(trigger, joined)


def _with_joined(trigger: Trigger, joined: Sequence[Evidence]) -> Trigger:
    return replace(trigger, evidence=(*trigger.evidence, *joined)) if joined else trigger


def _raise_trigger(policy: Policy, rule: Rule, state: CaseFacts, on: date, evidence: Sequence[EvidenceItem]) -> Trigger:
    return Trigger(
        case_ref=state.case_ref,
        rule=rule.name,
        family=rule.family,
        raised_on=on,
        evidence=tuple(Evidence(item.kind, item.ref, item.item_date, joined=False) for item in evidence),
        policy_version=policy.version,
        decision_due=working_days_after(on, policy.clocks.decision_working_days),
    )


def _decide_trigger(policy: Policy, trigger: Trigger, decision: DecisionFact, as_of: date) -> Trigger:
    served = decision.actioned_on
    # A HOLD has no action, so that none is due.
    due = None if decision.decision == "HOLD" else decision.decided_on + timedelta(days=policy.clocks.action_days)
    return replace(
        trigger,
        status=DECIDED,
        decision_ref=decision.ref,
        decided_on=decision.decided_on,
        decision=decision.decision,
        step=decision.step,
        action_due=due,
        actioned_on=served if served is not None and served <= as_of else None,
    )


def _evidence_values(policy: Policy, state: CaseFacts) -> dict[tuple[str, str], tuple[object, ...]]:
    """Return the values of all possible evidence in one state; a correction is a difference between two states."""
    # Without the minutes of a contact, which no rule uses: correcting them withdraws nothing.
    facts: dict[tuple[str, str], tuple[object, ...]] = {("contact", c.ref): tuple(c[:4]) for c in state.contacts}
    facts.update({("rating", f"{state.case_ref}/{r.week}"): tuple(r) for r in state.ratings if r.role == "NAVIGATOR"})
    facts.update({("offer", o.ref): tuple(o) for o in state.offers})
    facts.update({("concern", c.ref): tuple(c) for c in state.concerns})
    facts["notification", state.case_ref] = (state.starts_on, policy.version)
    return facts


def _invalidated_triggers(
    current: Sequence[Trigger],
    found: Sequence[Trigger],
    before: dict[tuple[str, str], tuple[object, ...]],
    after: dict[tuple[str, str], tuple[object, ...]],
) -> list[Trigger]:
    """Find the triggers that a correction of their own evidence removed, or whose day it moved after a decision."""
    still = {trigger.identity: trigger for trigger in found}
    fallen: list[Trigger] = []
    for trigger in current:
        counterpart = still.get(trigger.identity)
        if counterpart is not None and (trigger.status != DECIDED or counterpart.raised_on == trigger.raised_on):
            continue
        # Joined evidence did not complete the trigger, so correcting it alone withdraws nothing.
        first = (e for e in trigger.evidence if not e.joined)
        changed = [e for e in first if before.get((e.kind, e.ref)) != after.get((e.kind, e.ref))]
        if not changed:
            continue
        if trigger.status == DECIDED:
            fallen.append(replace(trigger, needs_review=True))
        else:
            fallen.append(replace(trigger, status=WITHDRAWN, withdrawn_reason=_withdrawal_reason(changed, after)))
    return fallen


def _withdrawal_reason(changed: Sequence[Evidence], after: dict[tuple[str, str], tuple[object, ...]]) -> str:
    words = [
        f"the {e.kind} of {e.on.day} {e.on:%b %Y} was {'corrected' if (e.kind, e.ref) in after else 'deleted'}"
        for e in changed
    ]
    sentence = f"{'; '.join(words)}; what is left no longer completes the rule."
    return capitalise(sentence)


def without_intelligence(triggers: Iterable[Trigger], history: Sequence[CaseFacts]) -> tuple[Trigger, ...]:
    """Return the triggers that do not rest on intelligence, for users who may not know of any."""
    # Previous states count too: a concern that was intelligence before a correction must not be revealed by it.
    secret = frozenset[str]().union(*(state.intelligence() for state in history))
    return tuple(trigger for trigger in triggers if not trigger.rests_on_any(secret))
