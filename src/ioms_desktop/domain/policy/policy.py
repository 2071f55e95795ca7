"""The policy as data: a versioned document, validated when it is read so that the rules need not check it."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from typing_extensions import override

from ioms_desktop.domain.errors import InvalidReferenceData
from ioms_desktop.domain.intelligence import INTELLIGENCE_RULE
from ioms_desktop.domain.records.network.memberships import MOST_MONTHS

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
        count: The number of items that complete it; of no meaning where a single item does, or `counts` says it.
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
        cohort_groups: The offence groups that count besides, by cohort.
        licence_outcomes: The contact outcomes that count only while a licence or the IOM licence condition is in force.
        is_of_one_order: Whether all failures must fall under one and the same order.
        ignored_types: The concern types that do not count.
        graded_as: The rule whose grades intelligence must have to count here too; None for any grade.
        tells_no_further_action: Whether the explanation says which arrests or charges ended without further action.
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
    cohort_groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    licence_outcomes: frozenset[str] = NO_CODES
    is_of_one_order: bool = False
    ignored_types: frozenset[str] = NO_CODES
    graded_as: str | None = None
    tells_no_further_action: bool = False

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
        in_person: The RAG ratings whose contact standard only a contact in person meets.
        drift_days: Calendar days without a change of RAG, need or step after which a case is shown as drifting.
        group_label_months: Calendar months after its latest evidence for which it may be said that somebody is of a
            group.
    """

    contact_days: Mapping[str, int]
    rag_review_days: int
    arrest_review_working_days: int
    notice_days: int
    release_plan_days: int
    blue_near_release_days: int
    blue_near_release_months: int
    in_person: frozenset[str] = NO_CODES
    drift_days: int = 90
    group_label_months: int = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What "in force" means, for rules, steps, screens and imports alike.

    Attributes:
        no_orders: The codes of a status or order that is no order for this purpose.
        licences: The codes of a licence.
        ends_early: Whether an order ends on the day on which it was revoked or completed.
        status_of_day: Whether a past day is judged by the statutory status the case had on it, not by the present one.
    """

    no_orders: frozenset[str] = frozenset({"CIVIL_ORDER_ONLY", "NONE"})
    licences: frozenset[str] = frozenset({"LICENCE", "S250_LICENCE"})
    ends_early: bool = False
    status_of_day: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRules:
    """What a decision must say besides what the ladder asks for.

    Attributes:
        no_needs_reason: Whether a child check answered "no" counts as answered only with its reason.
        conviction_steps: The steps that need a conviction, on record or named in the decision.
        lever_steps: The steps that name a lever of the list.
    """

    no_needs_reason: bool = False
    conviction_steps: frozenset[str] = NO_CODES
    lever_steps: frozenset[str] = NO_CODES


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of the policy. By itself it stands for a timeline in which no other version is ever in force.

    Attributes:
        version: Its name as written, for example `2026-04-01`.
        effective_from: The first day it is in force, included.
        rules: The rules by code.
        clocks: How long a decision and its action may take.
        de_escalation: When de-escalation is suggested.
        standards: The IOM standards.
        in_force: What "in force" means.
        steps: What a decision must say besides what the ladder asks for.
        never_completed: The contact types that never complete a contact, whatever the outcome.
        parallel_types: The concern types at which safeguarding alongside is suggested.
    """

    version: str
    effective_from: date
    rules: Mapping[str, Rule]
    clocks: Clocks
    de_escalation: DeEscalation
    standards: Standards
    in_force: InForce = field(default_factory=InForce)
    steps: StepRules = field(default_factory=StepRules)
    never_completed: frozenset[str] = NO_CODES
    parallel_types: frozenset[str] = NO_CODES

    @override
    def __hash__(self) -> int:
        """Tell versions apart by what names them: the rest need not be gone through, and could not be."""
        return hash((self.version, self.effective_from))

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
                standards=Standards(**_freeze_lists(document["standards"])),
                in_force=InForce(**_freeze_lists(document.get("in_force", {}))),
                steps=StepRules(**_freeze_lists(document.get("steps", {}))),
                never_completed=frozenset(document.get("contacts", {}).get("never_completed", ())),
                parallel_types=frozenset(document.get("suggestions", {}).get("parallel_types", ())),
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

    @property
    def versions(self) -> tuple["Policy", ...]:
        """The versions of the timeline, which is this one."""
        return (self,)

    @property
    def in_person_types(self) -> frozenset[str]:
        """The contact types in person, of which a version by itself knows nothing."""
        return NO_CODES

    def on(self, day: date) -> "Policy":  # noqa: ARG002 - a timeline of one version
        """Return the version in force on a day, which is this one."""
        return self

    def named(self, version: str) -> "Policy":  # noqa: ARG002 - a timeline of one version
        """Return the version of a name, which is this one."""
        return self

    def during(self, first: date, last: date) -> "Policy":  # noqa: ARG002 - a timeline of one version
        """Return the part of the timeline that covers a period, which is this one."""
        return self


class Policies(Hashable, Protocol):
    """The versions of the policy over time: what rules, figures and standards are given."""

    @property
    def versions(self) -> tuple[Policy, ...]:
        """The versions, earliest first."""

    @property
    def in_person_types(self) -> frozenset[str]:
        """The contact types in which somebody sees the person in person."""

    def on(self, day: date) -> Policy:
        """Return the version in force on a day; before the first takes effect, the first."""

    def named(self, version: str) -> Policy:
        """Return the version of a name."""

    def during(self, first: date, last: date) -> "Policies":
        """Return the part of the timeline that covers a period, both ends included."""


@dataclass(frozen=True, slots=True)
class PolicyTimeline:
    """Every version over time. Each day is judged under the version in force on it.

    Attributes:
        versions: The versions, earliest first; at least one.
        in_person_types: The contact types in which somebody sees the person in person.
    """

    versions: tuple[Policy, ...]
    in_person_types: frozenset[str] = NO_CODES

    @classmethod
    def of(cls, policies: Iterable[Policy], in_person_types: Iterable[str] = ()) -> "PolicyTimeline":
        """Put versions in order.

        Raises:
            InvalidReferenceData: There is none.
        """
        ordered = tuple(sorted(policies, key=lambda policy: (policy.effective_from, policy.version)))
        if not ordered:
            raise InvalidReferenceData("This database holds no policy. Ask an administrator to run migrate.")
        return cls(ordered, frozenset(in_person_types))

    def on(self, day: date) -> Policy:
        """Return the version in force on a day; before the first takes effect, the first."""
        for policy in reversed(self.versions):
            if policy.effective_from <= day:
                return policy
        return self.versions[0]

    def named(self, version: str) -> Policy:
        """Return the version of a name.

        Raises:
            InvalidReferenceData: There is none.
        """
        for policy in self.versions:
            if policy.version == version:
                return policy
        raise InvalidReferenceData(f"This database holds no policy {version}. Ask an administrator to run migrate.")

    def during(self, first: date, last: date) -> Policies:
        """Return the part of the timeline that covers a period, both ends included.

        Nearly every period lies within one version, which then need not be looked up for each day of it.
        """
        begin, end = self.on(first), self.on(last)
        if begin is end:
            return begin
        covered = self.versions[self.versions.index(begin) : self.versions.index(end) + 1]
        return PolicyTimeline(covered, self.in_person_types)


def _to_date(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _freeze_lists(part: Mapping[str, Any]) -> dict[str, Any]:
    return {key: frozenset(value) if isinstance(value, list) else value for key, value in part.items()}


def _build_rule(name: str, part: dict[str, Any]) -> Rule:
    if name not in RULE_NAMES:
        raise ValueError(f"there is no rule called {name}")
    groups, of_cohorts = (
        {key: frozenset(codes) for key, codes in part.pop(column, {}).items()} for column in ("groups", "cohort_groups")
    )
    return Rule(name=name, groups=groups, cohort_groups=of_cohorts, **_freeze_lists(part))


def _check_policy(policy: Policy) -> None:
    for rule in policy.rules.values():
        if not rule.programmes <= PROGRAMMES or rule.family not in {"POOR_ENGAGEMENT", "CONCERN"}:
            raise InvalidReferenceData(f"The rule {rule.name} names a programme or family that does not exist.")
        if min(rule.count, rule.days + 1, rule.within_days + 1, *rule.counts.values(), 1) < 1:
            raise InvalidReferenceData(f"The rule {rule.name} has a count or a number of days below what is possible.")
        if rule.graded_as is not None and rule.graded_as not in policy.rules:
            raise InvalidReferenceData(f"The rule {rule.name} asks for the grades of a rule that does not exist.")
    if policy.clocks.decision_working_days < 1 or policy.clocks.action_days < 1:
        raise InvalidReferenceData("The policy's clocks must be at least one day.")
    if policy.standards.drift_days < 1:
        raise InvalidReferenceData("A case can only drift after at least one day.")
    if not 1 <= policy.standards.group_label_months <= MOST_MONTHS:
        raise InvalidReferenceData(f"That somebody is of a group stands for 1 to {MOST_MONTHS} months.")


def rule_families(policies: Iterable[Policy]) -> dict[str, str]:
    """Return the family of every rule of any version, by rule; a rule never changes its family."""
    return {code: rule.family for policy in policies for code, rule in policy.rules.items()}
