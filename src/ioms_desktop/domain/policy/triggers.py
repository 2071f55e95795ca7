"""Triggers: raised by a rule, joined while open, decided by a person, withdrawn when they no longer stand.

The evaluation is a pure function of policies, case history and as-of day: the same arguments always give the same
result.
Source: the engagement and escalation policy, "One trigger, its evidence, its end".
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.dates.calendar import working_days_after
from ioms_desktop.domain.policy.build_facts import counted_facts, is_counted
from ioms_desktop.domain.policy.case_facts import CONTROL_ARM, CaseFacts, ConcernFact, DecisionFact, is_enforcement
from ioms_desktop.domain.policy.decisions import HOLD
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.record_changes import TRIAL_ARM_REF, explain_withdrawal
from ioms_desktop.domain.policy.rules import EvidenceItem, RuleDays, completing_items, evidence_items, rules_over_time

OPEN, DECIDED, WITHDRAWN = "OPEN", "DECIDED", "WITHDRAWN"
ENDED_TYPES = frozenset({"ARREST", "CHARGE"})
"""What stands behind an enforcement decision and may end without further action."""
UNNAMED_REASON = "What was recorded since no longer completes the rule; a police colleague can say more."


Identity = tuple[str, str, frozenset[tuple[str, str]]]


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


class NoFurtherAction(NamedTuple):
    """An arrest, charge or suspicion that ended without further action.

    Attributes:
        concern_type: ARREST, CHARGE or SUSPECTED.
        occurred_on: When it was.
        ended_on: When it ended.
        behind: The day of the enforcement decision that it stood behind; None for evidence of the trigger itself.
    """

    concern_type: str
    occurred_on: date
    ended_on: date
    behind: date | None


class Trigger(NamedTuple):
    """A trigger that a rule raised on one case, and its outcome.

    Attributes:
        policy_version: The version in force on the day it was raised, kept for its explanation and clocks.
        withdrawn_by: The references of what took it away.
        no_further_action: What of its ground ended without further action by the as-of day.
    """

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
    withdrawn_by: frozenset[str] = frozenset()
    no_further_action: tuple[NoFurtherAction, ...] = ()

    @property
    def identity(self) -> Identity:
        """What identifies a trigger: its case, its rule and the evidence that first completed it."""
        return self.case_ref, self.rule, frozenset((e.kind, e.ref) for e in self.evidence if not e.joined)

    def rests_on_any(self, refs: Collection[str]) -> bool:
        """Whether any of its evidence, including joined evidence, is among these references."""
        return any(evidence.ref in refs for evidence in self.evidence)

    @property
    def sort_key(self) -> tuple[str, date, str, str]:
        """The sort order: by case, day raised, rule and first evidence."""
        return self.case_ref, self.raised_on, self.rule, self.evidence[0].ref


def evaluate(policies: Policies, history: Sequence[CaseFacts], as_of: date) -> tuple[Trigger, ...]:
    """Return every trigger of one case as of a day, in order of the day raised.

    Args:
        policies: The versions of the policy, each of which judges the days on which it is in force.
        history: The states of the record, oldest first and the current one last. A previous state is what was known
            just before a change that could have taken a trigger away; otherwise there is one state.
        as_of: Only events dated on or before this day count.

    Returns:
        Open and decided triggers of the current state; open ones that stood in a previous state and no longer do, as
        WITHDRAWN; decided ones of that kind unchanged, flagged for review.
    """
    kept: dict[Identity, Trigger] = {}
    standing: tuple[Trigger, ...] = ()
    before: CaseFacts | None = None
    for state in history:
        # Events after the day of the change were not yet seen in the form in which this state has them.
        seen_on = as_of if state.known_on is None else min(as_of, state.known_on)
        if kept:
            kept = {key: _as_decided_now(policies, trigger, state, seen_on) for key, trigger in kept.items()}
        if before is None:
            found = _current_triggers(policies, state, seen_on, kept.values())
        else:
            found = _keep_fallen_triggers(policies, kept, standing, (before, state), seen_on)
        for trigger in found if kept else ():  # one that a later change raises again is no longer withdrawn
            kept.pop(trigger.identity, None)
        standing, before = found, state
    return tuple(sorted((*standing, *kept.values()), key=lambda trigger: trigger.sort_key))


def _keep_fallen_triggers(
    policies: Policies,
    kept: dict[Identity, Trigger],
    standing: Sequence[Trigger],
    states: tuple[CaseFacts, CaseFacts],
    as_of: date,
) -> tuple[Trigger, ...]:
    """Add to `kept` what a change took away, and return what stands since.

    Args:
        policies: The versions of the policy.
        kept: What earlier changes took away and is still listed.
        standing: What stood before the change.
        states: The state before it and the one since.
        as_of: Only events dated on or before this day count.
    """
    before, state = states
    while True:
        found = _current_triggers(policies, state, as_of, kept.values())
        waiting = [trigger for trigger in standing if trigger.identity not in kept]
        fallen = list(_fallen_triggers(policies, waiting, found, before, state))
        # The evidence of a decided trigger that is kept may not raise another one, nor its decision decide one. So the
        # earliest is kept first: a later one may stand after all, or fall only then.
        decided = next((trigger for trigger in fallen if trigger.status == DECIDED), None)
        if decided is None:
            kept.update((trigger.identity, trigger) for trigger in fallen)
            return found
        kept[decided.identity] = _as_decided_now(policies, decided, state, as_of)


def _as_decided_now(policies: Policies, trigger: Trigger, state: CaseFacts, as_of: date) -> Trigger:
    """Return a decided trigger that is kept, with what is recorded of its decision by now: when it was served, say."""
    if trigger.status != DECIDED:
        return trigger
    decision = next((d for d in state.decisions if d.ref == trigger.decision_ref and d.decided_on <= as_of), None)
    return trigger if decision is None else _decide_trigger(policies, trigger, decision, as_of)


def _current_triggers(
    policies: Policies, state: CaseFacts, as_of: date, kept: Iterable[Trigger]
) -> tuple[Trigger, ...]:
    """Raise, join and decide the triggers of one state; evidence of kept decided triggers is not used again."""
    # Policy: a case in the control arm raises nothing.
    if state.starts_on is None or state.trial_arm == CONTROL_ARM or state.starts_on > as_of:
        return ()
    during = policies.during(state.starts_on, as_of)
    spent = [trigger for trigger in kept if trigger.status == DECIDED]
    found: list[Trigger] = []
    for days in rules_over_time(during, state.programme):
        if days.facts and not getattr(state, days.facts):  # nearly every case has nothing that some rules count
            continue
        items = evidence_items(days, state, as_of)
        if len(items) >= days.fewest:
            found.extend(_triggers_of_rule(days, state, items, as_of, [t for t in spent if t.rule == days.name]))
    return _with_no_further_action(during, state, found, as_of) if found else ()


def _triggers_of_rule(
    days: RuleDays, state: CaseFacts, items: Iterable[EvidenceItem], as_of: date, spent: Sequence[Trigger]
) -> Iterator[Trigger]:
    if spent:
        used = {(e.kind, e.ref) for trigger in spent for e in trigger.evidence}
        items = [item for item in items if (item.kind, item.ref) not in used]
    decisions = _decisions_to_come(days.name, state, as_of, spent)
    pool: list[EvidenceItem] = []
    evidence: list[Evidence] = []  # of the open trigger; none while none is open
    raised_on = date.min
    for item in items:
        # Policy: "On one date events come before decisions". Only decisions of earlier days are applied before this
        # item. One that finds no open trigger has no effect.
        while decisions and decisions[0].decided_on < item.on:
            decision = decisions.pop(0)
            if evidence:
                yield _decide_trigger(days.policies, _open_trigger(days, state, raised_on, evidence), decision, as_of)
                evidence = []
        if evidence:
            evidence.append(Evidence(item.kind, item.ref, item.item_date, True))
            continue
        pool.append(item)
        completing = completing_items(days, state, pool) if len(pool) >= days.fewest else []
        if completing:
            evidence = [Evidence(each.kind, each.ref, each.item_date, joined=False) for each in completing]
            raised_on = item.on
            # Items that did not take part stay in the pool, because they may help to complete the next trigger.
            pool = [other for other in pool if other not in completing]
    if evidence:
        raised = _open_trigger(days, state, raised_on, evidence)
        # A decision of the same day counts, too: events come first.
        ending = [decision for decision in decisions if decision.decided_on >= raised_on]
        yield _decide_trigger(days.policies, raised, ending[0], as_of) if ending else raised


def _decisions_to_come(rule: str, state: CaseFacts, as_of: date, spent: Iterable[Trigger]) -> list[DecisionFact]:
    """List the decisions on a rule in their order, without those that a trigger has taken already."""
    if not state.decisions:  # as of most cases
        return []
    found = [decision for decision in state.decisions if decision.rule == rule and decision.decided_on <= as_of]
    if found:
        taken = {trigger.decision_ref for trigger in spent}
        found = sorted((d for d in found if d.ref not in taken), key=lambda d: (d.decided_on, d.ref))
    return found


def _open_trigger(days: RuleDays, state: CaseFacts, on: date, evidence: Iterable[Evidence]) -> Trigger:
    policy = days.policies.on(on)
    family, due = policy.rules[days.name].family, working_days_after(on, policy.clocks.decision_working_days)
    return Trigger(state.case_ref, days.name, family, on, tuple(evidence), policy.version, due)


def _decide_trigger(policies: Policies, trigger: Trigger, decision: DecisionFact, as_of: date) -> Trigger:
    served = decision.actioned_on
    # The clocks are those of the version under which it was raised. A HOLD has no action, so that none is due.
    days = timedelta(days=policies.on(trigger.raised_on).clocks.action_days)
    due = None if decision.decision == HOLD else decision.decided_on + days
    return trigger._replace(
        status=DECIDED,
        decision_ref=decision.ref,
        decided_on=decision.decided_on,
        decision=decision.decision,
        step=decision.step,
        action_due=due,
        actioned_on=served if served is not None and served <= as_of else None,
    )


def _with_no_further_action(
    policies: Policies, state: CaseFacts, found: Sequence[Trigger], as_of: date
) -> tuple[Trigger, ...]:
    """Say of a trigger whose rule asks for it what of its ground ended without further action."""
    ended = {c.ref: c for c in state.concerns if c.ended_without_action(as_of)}
    if not ended:
        return tuple(found)
    behind = {
        (decision.decided_on, e.ref)
        for decision in state.decisions
        if is_enforcement(decision)
        for trigger in found
        if trigger.decision_ref == decision.ref
        for e in trigger.evidence
        if e.ref in ended and ended[e.ref].type in ENDED_TYPES
    }
    return tuple(_with_grounds(policies, trigger, ended, behind) for trigger in found)


def _with_grounds(
    policies: Policies, trigger: Trigger, ended: Mapping[str, ConcernFact], behind: Collection[tuple[date, str]]
) -> Trigger:
    rule = policies.on(trigger.raised_on).rules[trigger.rule]
    if not rule.tells_no_further_action:
        return trigger
    own = [e.ref for e in trigger.evidence]
    before = min(e.on for e in trigger.evidence)
    first = trigger.raised_on - timedelta(days=rule.within_days)
    grounds: dict[str, date | None] = {ref: on for on, ref in sorted(behind) if first <= on < before}
    grounds.update((ref, None) for ref in own if ref in ended)
    told = (
        NoFurtherAction(c.type, c.occurred_on, c.outcome_on or c.occurred_on, on)
        for c, on in ((ended[ref], on) for ref, on in grounds.items())
    )
    return trigger._replace(no_further_action=tuple(sorted(told, key=lambda each: (each.occurred_on, each.ended_on))))


def _fallen_triggers(
    policies: Policies, standing: Sequence[Trigger], found: Sequence[Trigger], before: CaseFacts, state: CaseFacts
) -> Iterator[Trigger]:
    """Find the triggers that a change took away, or whose day it moved after a decision, as they are listed from then.

    A decided one stays as it was decided, flagged for review.
    """
    still = {trigger.identity: trigger for trigger in found}
    decisions = {decision.ref for decision in state.decisions}
    counted = counted_facts(policies)[before.programme]
    # What no rule counts took nothing away, though it was recorded at the same instant, as by one import.
    changes = [change for change in before.changes if is_counted(counted, change)] or before.changes
    for trigger in standing:
        counterpart = still.get(trigger.identity)
        if counterpart is not None and (trigger.status != DECIDED or counterpart.raised_on == trigger.raised_on):
            continue
        if trigger.status == DECIDED and trigger.decision_ref in decisions:
            yield trigger._replace(needs_review=True)
            continue
        effect = explain_withdrawal(
            changes,
            [(e.kind, e.ref, e.on) for e in trigger.evidence if not e.joined],
            state.custody,
            pauses_in_custody=policies.on(trigger.raised_on).rules[trigger.rule].pauses_in_custody,
            pronoun=state.pronoun,
        )
        yield trigger._replace(
            status=WITHDRAWN,
            withdrawn_reason=effect.sentence,
            withdrawn_by=effect.refs,
            decision_ref=None,
            decided_on=None,
            decision=None,
            step=None,
            action_due=None,
            actioned_on=None,
        )


def visible_triggers(role: Role, found: tuple[Trigger, ...], history: Sequence[CaseFacts]) -> tuple[Trigger, ...]:
    """Leave out of a case's triggers what a role may not know of."""
    return found if may(role, Right.READ_INTELLIGENCE) else without_intelligence(found, history)


def without_intelligence(triggers: Iterable[Trigger], history: Sequence[CaseFacts]) -> tuple[Trigger, ...]:
    """Return the triggers that do not rest on intelligence, for users who may not know of any.

    A reason that would give away intelligence, or the arm of the trial, is put in general words.
    """
    # Previous states count too: a concern that was intelligence before a correction must not be revealed by it.
    secret = frozenset({TRIAL_ARM_REF}).union(*(state.intelligence() for state in history))
    return tuple(
        trigger._replace(withdrawn_reason=UNNAMED_REASON) if trigger.withdrawn_by & secret else trigger
        for trigger in triggers
        if not trigger.rests_on_any(secret)
    )
