"""Records of enforcement: concerns, proposals and the decisions on them."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import Keeper, RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Asked, Record, code, day, long_text, ref, short_text, worker_name

DECISION_TEXTS = (
    *("reason", "child_checks", "told_participant", "alternatives", "proportionality", "others_told", "dissent"),
    "conviction_court",
)
"""The columns of a decision, and of its proposal, in which people write in their own words."""

BESIDE_A_DECISION = (
    *("alternatives", "proportionality", "others_told", "review_on", "dissent_agency", "dissent", "conviction_court"),
    *("convicted_on", "lever"),
)
"""What a proposal says beside the decision itself, and hands over to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern(Record):
    """An event, proved or alleged, that gives cause for concern: an arrest, a breach, intelligence and the like."""

    table: ClassVar[str] = "concerns"
    key: ClassVar[tuple[str, ...]] = ("concern_ref",)
    label: ClassVar[str] = "Concern"
    has_change_form: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_CONCERN,
        facts=True,
        withheld=("summary",),
        rules_read_history=True,
        free_text=("summary",),
        intelligence=("concern_type", "INTELLIGENCE"),
        kept_by=Keeper.AUTHOR,
        carried_on=("outcome", "outcome_on"),
    )

    concern_ref: str = ref()
    case_ref: str = ref("cases")
    occurred_on: date = day(required=True, label="When it happened")
    recorded_on: date = day(required=True, label="Put on record", asked=Asked.NEVER)
    concern_type: str = code("concern_type", required=True, label="What")
    offence_group: str | None = code("offence_group")
    source_grade: str | None = code("source_grade")
    information_grade: str | None = code("information_grade")
    handling: str | None = code("handling")
    summary: str | None = long_text()
    outcome: str | None = code(
        "concern_outcome", label="How it ended", help="What became of the arrest, charge or suspicion."
    )
    outcome_on: date | None = day(label="Ended on", not_before="occurred_on")
    statement_basis: str | None = code("statement_basis", label="The summary is")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(Record):
    """A decision by a named person: escalate, hold, use an alternative, or de-escalate."""

    table: ClassVar[str] = "decisions"
    key: ClassVar[tuple[str, ...]] = ("decision_ref",)
    label: ClassVar[str] = "Decision"
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.AUTHORISE,
        facts=True,
        withheld=DECISION_TEXTS,
        rules_read_history=True,
        free_text=DECISION_TEXTS,
        intelligence=("rule", "credible_intelligence"),
    )

    decision_ref: str = ref()
    case_ref: str = ref("cases")
    rule: str | None = code("rule", label="On the alert")
    decided_on: date = day(required=True)
    decision: str = code("decision", required=True)
    step: str | None = code("enforcement_step")
    reason: str = short_text(required=True)
    proposed_by: str = worker_name(required=True)
    authorised_by: str | None = worker_name()
    child_checks: str | None = short_text()
    told_participant: str | None = short_text(label="Message given")
    actioned_on: date | None = day(label="Served on")
    alternatives: str | None = short_text(label="Alternatives considered")
    proportionality: str | None = short_text(label="Why it is proportionate")
    others_told: str | None = short_text(label="Who else was told")
    review_on: date | None = day(label="Review on", future=True)
    dissent_agency: str | None = code("agency", label="Agency that disagrees")
    dissent: str | None = short_text(label="Its view and its reason")
    conviction_court: str | None = short_text(label="Convicted at (court)")
    convicted_on: date | None = day()
    lever: str | None = code("enforcement_lever", label="Partner lever")


WAITING = "PROPOSED"
"""The status of a proposal that nobody has answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal(Record):
    """A decision that one person has proposed and another has yet to authorise or refuse.

    It has no effect by itself. Once authorised it becomes a Decision; once refused or withdrawn it is kept with the
    reason.
    """

    table: ClassVar[str] = "proposals"
    key: ClassVar[tuple[str, ...]] = ("proposal_ref",)
    label: ClassVar[str] = "Proposal"
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.PROPOSE,
        facts=True,
        withheld=(*DECISION_TEXTS, "answer_reason"),
        free_text=(*DECISION_TEXTS, "answer_reason"),
        intelligence=("rule", "credible_intelligence"),
    )

    proposal_ref: str = ref()
    case_ref: str = ref("cases")
    rule: str | None = code("rule", label="On the alert")
    proposed_on: date = day(required=True)
    decision: str = code("decision", required=True)
    step: str | None = code("enforcement_step")
    reason: str = short_text(required=True)
    proposed_by: str = worker_name(required=True)
    child_checks: str | None = short_text()
    told_participant: str | None = short_text(label="Message given")
    alternatives: str | None = short_text()
    proportionality: str | None = short_text()
    status: str = code("proposal_status", required=True, label="Answer")
    answered_by: str | None = worker_name()
    answered_on: date | None = day()
    answer_reason: str | None = short_text(label="Reason of the answer")
    decision_ref: str | None = short_text()
    others_told: str | None = short_text(label="Who else was told")
    review_on: date | None = day(label="Review on", future=True)
    dissent_agency: str | None = code("agency", label="Agency that disagrees")
    dissent: str | None = short_text(label="Its view and its reason")
    conviction_court: str | None = short_text(label="Convicted at (court)")
    convicted_on: date | None = day()
    lever: str | None = code("enforcement_lever", label="Partner lever")
