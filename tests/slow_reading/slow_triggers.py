"""The ten rules of the policy, evaluated day by day, and the course of the triggers they raise."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from slow_reading.slow_days import (
    is_enforcement,
    something_in_force,
    working_days_after,
)
from slow_reading.slow_items import Item, items_of
from slow_reading.slow_rows import Row, Story, cell, dated, when

# The table "Rules of the default version": rule, programmes, family.
RULES = {
    "missed_contacts": (("PHOENIX",), "POOR_ENGAGEMENT"),
    "low_ratings": (("PHOENIX",), "POOR_ENGAGEMENT"),
    "unanswered_offer": (("PHOENIX",), "POOR_ENGAGEMENT"),
    "lost_contact": (("PHOENIX",), "POOR_ENGAGEMENT"),
    "unacceptable_absences": (("IOM",), "POOR_ENGAGEMENT"),
    "order_failures": (("IOM", "PHOENIX"), "POOR_ENGAGEMENT"),
    "serious_concern": (("IOM", "PHOENIX"), "CONCERN"),
    "credible_intelligence": (("IOM", "PHOENIX"), "CONCERN"),
    "breach": (("IOM", "PHOENIX"), "CONCERN"),
    "persisting_concern": (("IOM", "PHOENIX"), "CONCERN"),
}


@dataclass
class Trigger:
    """One trigger, its evidence, its end."""

    case_ref: str
    rule: str
    raised_on: date
    first: list[Item]
    version: str
    joined: list[Item] = field(default_factory=list)
    decision: Row | None = None
    withdrawn: datetime | None = None
    needs_review: bool = False

    @property
    def identity(self) -> tuple[str, str, frozenset[tuple[str, str]]]:
        """What identifies the trigger."""
        # As written: "A trigger is identified by case, rule and the evidence that first completed it."
        return self.case_ref, self.rule, frozenset((item.kind, item.ref) for item in self.first)

    @property
    def decided_on(self) -> date | None:
        """The day of its decision."""
        return when(self.decision, "decided_on") if self.decision else None

    @property
    def decision_due(self) -> date:
        """The last day on which a decision is on time."""
        # As written: "`decision_due` = 2 working days after `raised_on`."
        return working_days_after(self.raised_on, 2)

    @property
    def action_due(self) -> date | None:
        """The last day on which an action is on time."""
        # As written: "`action_due` = 7 days after the decision (none for HOLD)."
        if self.decision is None or self.decided_on is None or cell(self.decision, "decision") == "HOLD":
            return None
        return self.decided_on + timedelta(days=7)

    @property
    def actioned_on(self) -> date | None:
        """The day the action was served."""
        return when(self.decision, "actioned_on") if self.decision else None


def window(items: list[Item], day: date, length: int) -> list[Item]:
    """Return the items of a rolling window."""
    # As written: "Rolling window of N days ending on d: d-N+1 to d, both in." "a rolling window counts calendar days"
    return [item for item in items if day - timedelta(days=length - 1) <= item.day <= day]


def completed_by(story: Story, rule: str, item: Item, free: list[Item]) -> list[Item]:
    """Return the evidence that completes a rule with this item, the item being the last of the free ones."""
    if rule == "missed_contacts":
        # As written: "3 missed contacts in a rolling window of 14 days"
        found = window(free, item.day, 14)
        return found if len(found) >= 3 else []
    if rule == "unacceptable_absences":
        # As written: "2 missed contacts in a rolling window of 28 days, the second on a day when an order, a licence
        # or the IOM licence condition is in force"
        found = window(free, item.day, 28)
        return found if len(found) >= 2 and something_in_force(story, item.day) else []
    if rule == "low_ratings":
        return _two_weeks(item, free)
    if rule == "order_failures":
        return _failures(story, item, free)
    if rule == "persisting_concern":
        return _persisting(story, item, free)
    # unanswered_offer, lost_contact, serious_concern, credible_intelligence, breach: one item completes the rule.
    return [item]


def _two_weeks(item: Item, free: list[Item]) -> list[Item]:
    # As written: "the navigator's weekly rating is 1 or 2 in two consecutive weeks"
    for offset in (-7, 7):
        for other in free:
            if other.week is not None and item.week is not None and (other.week - item.week).days == offset:
                return sorted([other, item], key=lambda rating: rating.week or rating.day)
    return []


def _failures(story: Story, item: Item, free: list[Item]) -> list[Item]:
    # As written: "2 planned contacts with UNACCEPTABLE_ABSENCE in 365 days, each under a COMMUNITY_ORDER or SSO in
    # force; 3 under a YRO"
    year = window(free, item.day, 365)
    needed = {"ADULT": 2, "YOUTH": 3}
    if story.newly(item.day):
        # As written, of version 2026-11-30: "all under one and the same order (`order_ref`) in force on each of their
        # days"
        for order in sorted(item.under):
            under = [failure for failure in year if order in failure.under]
            if len(under) >= needed[order[0]]:
                return under
        return []
    for kind in ("ADULT", "YOUTH"):
        under = [failure for failure in year if kind in {order[0] for order in failure.under}]
        if kind in {order[0] for order in item.under} and len(under) >= needed[kind]:
            return under
    return []


def _persisting(story: Story, item: Item, free: list[Item]) -> list[Item]:
    # As written: "2 concerns of any type in a rolling window of 28 days, both dated after the day of the same
    # enforcement decision, which is at most 90 days before the second"
    for decision in story.decisions:
        decided = dated(decision, "decided_on")
        if is_enforcement(decision) and decided < item.day and (item.day - decided).days <= 90:
            after = [concern for concern in window(free, item.day, 28) if concern.day > decided]
            if len(after) >= 2:
                return after
    return []


def rule_triggers(story: Story, rule: str, pinned: Sequence[Trigger] = ()) -> list[Trigger]:
    """Return the triggers of one rule on one case, in the order in which they were raised.

    Args:
        story: the case as of a day.
        rule: the rule.
        pinned: decided triggers of former states that are flagged for review: they keep their decision and their
            evidence.
    """
    if story.start is None:
        return []
    # As written: "Once it is decided, its evidence (joined evidence included) never counts again for that rule."
    spent = {(item.kind, item.ref) for old in pinned for item in (*old.first, *old.joined)}
    taken = {cell(old.decision, "decision_ref") for old in pinned if old.decision}
    items = [item for item in items_of(story, rule) if (item.kind, item.ref) not in spent]
    triggers: list[Trigger] = []
    free: list[Item] = []
    standing: Trigger | None = None
    naming = [row for row in story.decisions if cell(row, "rule") == rule and cell(row, "decision_ref") not in taken]
    # Day by day; on the others nothing happens.
    for day in sorted({item.day for item in items} | {dated(row, "decided_on") for row in naming}):
        # As written: "On one date events come before decisions."
        for item in [one for one in items if one.day == day]:
            if standing is not None:
                # As written: "While a trigger of a rule is open on a case, every further item for that rule joins it,
                # whether or not it would complete the rule by itself, and raises no second one."
                standing.joined.append(item)
                continue
            free.append(item)
            evidence = completed_by(story, rule, item, free)
            if evidence:
                standing = Trigger(story.case_ref, rule, day, evidence, story.version(day))
                triggers.append(standing)
                free = [one for one in free if one not in evidence]
        for decision in [row for row in naming if dated(row, "decided_on") == day]:
            # As written: "A decision that names a rule decides the trigger of that rule open on its case on
            # `decided_on`; one that names none decides none; HOLD decides."
            if standing is not None:
                standing.decision = decision
                standing = None
    return triggers


def plain_triggers(story: Story, pinned: Sequence[Trigger] = ()) -> list[Trigger]:
    """Return every trigger of one case as of a day, former states left aside."""
    # As written: "A CONTROL-arm case may carry a notification date and concerns; it raises nothing"
    if cell(story.case, "trial_arm") == "CONTROL":
        return []
    found: list[Trigger] = []
    for rule, (programmes, _family) in RULES.items():
        if story.programme in programmes:
            found += rule_triggers(story, rule, [old for old in pinned if old.rule == rule])
    return found


def trigger_row(trigger: Trigger) -> dict[str, Any]:
    """Return a trigger as the JSON of interface.md."""
    decision = trigger.decision
    status = "WITHDRAWN" if trigger.withdrawn else "DECIDED" if decision else "OPEN"
    return {
        "case_ref": trigger.case_ref,
        "rule": trigger.rule,
        "family": RULES[trigger.rule][1],
        "raised_on": trigger.raised_on.isoformat(),
        "evidence": [
            {"kind": item.kind, "ref": item.ref, "on": item.on.isoformat(), "joined": joined}
            for items, joined in ((trigger.first, False), (trigger.joined, True))
            for item in items
        ],
        "explanation": None,
        "policy_version": trigger.version,
        "decision_due": trigger.decision_due.isoformat(),
        "status": status,
        "withdrawn_reason": None,
        "needs_review": trigger.needs_review,
        "decided_on": iso(trigger.decided_on),
        "decision": cell(decision, "decision") if decision else None,
        "step": (cell(decision, "step") or None) if decision else None,
        "action_due": iso(trigger.action_due),
        "actioned_on": iso(trigger.actioned_on),
    }


def iso(day: date | None) -> str | None:
    """Return a date in ISO 8601, or nothing."""
    return day.isoformat() if day else None
