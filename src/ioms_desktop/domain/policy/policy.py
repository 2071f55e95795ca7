"""The policy as data: a versioned document, validated when it is read so that the rules need not check it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ioms_desktop.domain.errors import InvalidReferenceData
from ioms_desktop.domain.intelligence import INTELLIGENCE_RULE

PROGRAMMES = frozenset({"IOM", "PHOENIX"})
RULE_NAMES = (
    "missed_contacts",
    "low_ratings",
    "unanswered_offer",
    "lost_contact",
    "unacceptable_absences",
    "order_failures",
    "serious_concern",
    INTELLIGENCE_RULE,
    "breach",
    "persisting_concern",
)
NO_CODES: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of the policy with its thresholds.

    Attributes:
        name: The rule's code.
        programmes: The programmes it applies to.
        family: POOR_ENGAGEMENT or CONCERN; the rules of the first pause in custody.
        count: The number of items that complete it.
        days: The length of the rolling window, or the waiting time, in days.
        within_days: The most calendar days between the enforcement decision and the completing item.
        levels: The engagement levels that count.
        types: The concern types that count.
        outcomes: The contact outcomes that count, if the rule restricts them.
        sources: The source grades that count.
        information: The information grades that count.
        handling: The handling codes that count.
        groups: The offence groups that count, by programme.
        counts: The number of failures that complete the rule, by order type.
    """

    name: str
    programmes: frozenset[str]
    family: str
    count: int = 1
    days: int = 0
    within_days: int = 0
    levels: frozenset[int] = frozenset()
    types: frozenset[str] = NO_CODES
    outcomes: frozenset[str] = NO_CODES
    sources: frozenset[str] = NO_CODES
    information: frozenset[str] = NO_CODES
    handling: frozenset[str] = NO_CODES
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def pauses_in_custody(self) -> bool:
        """Whether events on custody days do not count."""
        return self.family == "POOR_ENGAGEMENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clocks:
    """How long a decision and its action may take.

    Attributes:
        decision_working_days: Working days after `raised_on`, which does not count, within which a decision is due.
        action_days: Calendar days after the decision, whose day does not count, within which its action is due.
    """

    decision_working_days: int
    action_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeEscalation:
    """When de-escalation is suggested.

    Attributes:
        days_at_liberty: Days at liberty after the last concern and the last missed contact.
        levels: The engagement levels of the latest ratings.
        count: How many of the latest weekly ratings (IOM: of the latest contacts) are considered.
    """

    days_at_liberty: int
    levels: frozenset[int]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standards:
    """The IOM standards, in days.

    Attributes:
        contact_days: Days at liberty after the last completed contact, by RAG; for BLUE, calendar days.
        rag_review_days: Calendar days from one RAG entry to the next review.
        arrest_review_working_days: Working days from an arrest to the next review.
        notice_days: Calendar days from adoption until the notice must be served.
        release_plan_days: Calendar days before an expected release from which a plan is needed.
        blue_near_release_days: The contact standard for BLUE near release, in calendar days.
        blue_near_release_months: Calendar months before release from which that standard applies.
    """

    contact_days: Mapping[str, int]
    rag_review_days: int
    arrest_review_working_days: int
    notice_days: int
    release_plan_days: int
    blue_near_release_days: int
    blue_near_release_months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the policy.

    Attributes:
        version: Its name as written, for example `2026-04-01`.
        effective_from: The first day it is in force, included.
        rules: The rules by code.
        clocks: How long a decision and its action may take.
        de_escalation: When de-escalation is suggested.
        standards: The IOM standards.
    """

    version: str
    effective_from: date
    rules: Mapping[str, Rule]
    clocks: Clocks
    de_escalation: DeEscalation
    standards: Standards

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "Policy":
        """Build a policy from its document.

        Raises:
            InvalidReferenceData: A part is missing, unknown or invalid; the sentence names it.
        """
        try:
            rules = {name: _build_rule(name, dict(part)) for name, part in document["rules"].items()}
            policy = cls(
                version=str(document["version"]),
                effective_from=_to_date(document["effective_from"]),
                rules=rules,
                clocks=Clocks(**document["clocks"]),
                de_escalation=DeEscalation(**_freeze_lists(document["de_escalation"])),
                standards=Standards(**document["standards"]),
            )
            _check_policy(policy)  # inside the try: a text in place of a number fails in the comparison
        except KeyError as missing:
            raise InvalidReferenceData(
                f"The policy document lacks {missing.args[0]}. Add it and try again."
            ) from missing
        except (TypeError, ValueError, AttributeError) as wrong:
            raise InvalidReferenceData(
                f"The policy document cannot be read: {wrong}. Correct it and try again."
            ) from wrong
        return policy


def _to_date(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _freeze_lists(part: Mapping[str, Any]) -> dict[str, Any]:
    return {key: frozenset(value) if isinstance(value, list) else value for key, value in part.items()}


def _build_rule(name: str, part: dict[str, Any]) -> Rule:
    if name not in RULE_NAMES:
        raise ValueError(f"there is no rule called {name}")
    groups = {programme: frozenset(codes) for programme, codes in part.pop("groups", {}).items()}
    return Rule(name=name, groups=groups, **_freeze_lists(part))


def _check_policy(policy: Policy) -> None:
    for rule in policy.rules.values():
        if not rule.programmes <= PROGRAMMES or rule.family not in {"POOR_ENGAGEMENT", "CONCERN"}:
            raise InvalidReferenceData(f"The rule {rule.name} names a programme or family that does not exist.")
        if min(rule.count, rule.days + 1, rule.within_days + 1, *rule.counts.values(), 1) < 1:
            raise InvalidReferenceData(f"The rule {rule.name} has a count or a number of days below what is possible.")
    if policy.clocks.decision_working_days < 1 or policy.clocks.action_days < 1:
        raise InvalidReferenceData("The policy's clocks must be at least one day.")


def rule_families(policies: Iterable["Policy"]) -> dict[str, str]:
    """Return the family of every rule of any version, by rule; a rule never changes its family."""
    return {code: rule.family for policy in policies for code, rule in policy.rules.items()}


def policy_in_force_on(policies: list[Policy], on: date) -> Policy:
    """Return the version in force on a day; before the first takes effect, the first.

    Raises:
        InvalidReferenceData: The list is empty.
    """
    if not policies:
        raise InvalidReferenceData("This database holds no policy. Ask an administrator to run migrate.")
    ordered = sorted(policies, key=lambda policy: (policy.effective_from, policy.version))
    effective = [policy for policy in ordered if policy.effective_from <= on]
    return effective[-1] if effective else ordered[0]
