"""The facts of a case's timeline picture, from the case as the user may see it."""

from collections.abc import Collection
from datetime import time

from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.intelligence import INTELLIGENCE_CONCERN_TYPE, INTELLIGENCE_RULE
from ioms_desktop.domain.policy.case_facts import CANCELLED_OUTCOMES, MISSED_OUTCOMES
from ioms_desktop.domain.policy.triggers import OPEN, WITHDRAWN
from ioms_desktop.domain.printing.summary import WITHDRAWN_CLOCK
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.text_format import describe_due, format_day
from ioms_desktop.domain.timeline import (
    ConcernMark,
    ContactMark,
    ContactResult,
    CustodyBand,
    DecisionMark,
    OfferAnswer,
    OfferBar,
    RagBand,
    RatingPoint,
    RecordRef,
    TimelineFacts,
    TriggerMark,
)
from ioms_desktop.services.cases.cases import CaseView, ExplainedTrigger
from ioms_desktop.services.cases.concern_labels import describe_concern
from ioms_desktop.services.labels import agency_code

MINUTES_PER_DAY = 24 * 60
ANSWERS = {"ACCEPTED": OfferAnswer.ACCEPTED, "PARTLY": OfferAnswer.PARTLY, "DECLINED": OfferAnswer.DECLINED}


def build_timeline(view: CaseView, lists: CodeLists) -> TimelineFacts:
    """Turn a case view into the facts of its timeline, with their labels."""
    intelligence = {c.concern_ref for c in view.concerns if c.concern_type == INTELLIGENCE_CONCERN_TYPE}
    return TimelineFacts(
        rag=_rag(view),
        custody=tuple(
            CustodyBand(
                ref=spell.received_on.isoformat(),
                from_on=spell.received_on,
                to_on=None if spell.released_on is None else spell.released_on - DAY,
                label=", ".join(filter(None, (lists.of("custody_kind").label(spell.kind), spell.establishment))),
            )
            for spell in view.custody
            if spell.released_on is None or spell.released_on > spell.received_on
        ),
        offers=tuple(_offer(offer, lists) for offer in view.offers),
        contacts=_contacts(view, lists),
        ratings=tuple(
            RatingPoint(
                ref=f"{view.case.case_ref}/{rating.week_commencing.isoformat()}",
                week=rating.week_commencing,
                level=rating.level,
                by_police=rating.role == "POLICE",
                label=lists.of("engagement_level").label(str(rating.level)),
            )
            for rating in view.ratings
        ),
        concerns=tuple(
            ConcernMark(
                ref=concern.concern_ref,
                on=concern.occurred_on,
                label=describe_concern(lists, view, concern),
                detail=concern.summary or "",
                intelligence=concern.concern_type == INTELLIGENCE_CONCERN_TYPE,
            )
            for concern in view.concerns
        ),
        triggers=tuple(_trigger(explained, view, lists, intelligence) for explained in view.triggers),
        decisions=tuple(
            DecisionMark(
                ref=decision.decision_ref,
                on=decision.decided_on,
                label=_describe_decision(decision, lists),
                detail=decision.reason,
                rests_on_intelligence=decision.rule == INTELLIGENCE_RULE,
            )
            for decision in view.decisions
        ),
        partly_shown=frozenset() if view.sees_intelligence else frozenset({"concerns", "triggers", "decisions"}),
    )


def _rag(view: CaseView) -> tuple[RagBand, ...]:
    return tuple(
        RagBand(
            ref=entry.set_on.isoformat(),
            rag=entry.rag,
            from_on=entry.set_on,
            to_on=None if after is None else after.set_on - DAY,
            reason=entry.reason,
        )
        for entry, after in zip(view.rag, [*view.rag, None][1:], strict=True)
    )


def _offer(offer: Offer, lists: CodeLists) -> OfferBar:
    return OfferBar(
        ref=offer.offer_ref,
        label=lists.of("offer_type").label(offer.offer_type),
        offered_on=offer.offered_on,
        answer=ANSWERS.get(offer.response or "", OfferAnswer.NONE),
        answered_on=offer.responded_on,
        ended_on=offer.ended_on,
        detail=offer.provider or "",
    )


def _contacts(view: CaseView, lists: CodeLists) -> tuple[ContactMark, ...]:
    kinds, outcomes = lists.of("contact_type"), lists.of("contact_outcome")
    said = {(each.contact_type, each.outcome) for each in view.contacts}
    labels = {(kind, outcome): f"{kinds.label(kind)}: {outcomes.label(outcome)}" for kind, outcome in said}
    agencies = {written: agency_code(lists, written) for written in {each.agency for each in view.contacts}}
    return tuple(
        ContactMark(
            ref=each.contact_ref,
            on=each.occurred_at.on,
            came=_attendance(each, view.completed),
            label=labels[each.contact_type, each.outcome],
            share=_share_of_day(each.occurred_at.local_time),
            agency=agencies[each.agency],
        )
        for each in view.contacts
    )


def _share_of_day(at: time | None) -> float | None:
    return None if at is None else (at.hour * 60 + at.minute) / MINUTES_PER_DAY


def _attendance(contact: Contact, completed: Collection[str]) -> ContactResult:
    if contact.contact_ref in completed:
        return ContactResult.SEEN
    if contact.planned and contact.outcome in MISSED_OUTCOMES:
        return ContactResult.MISSED
    return ContactResult.CANCELLED if contact.outcome in CANCELLED_OUTCOMES else ContactResult.ATTEMPT


def _trigger(explained: ExplainedTrigger, view: CaseView, lists: CodeLists, intelligence: set[str]) -> TriggerMark:
    trigger = explained.trigger
    return TriggerMark(
        ref=f"{trigger.rule}/{trigger.raised_on.isoformat()}",
        label=lists.of("rule").label(trigger.rule),
        raised_on=trigger.raised_on,
        status=describe_trigger_status(explained, view, lists),
        evidence=tuple(RecordRef(each.kind, each.ref) for each in trigger.evidence),
        decision_ref=trigger.decision_ref or "",
        explanation=explained.sentence,
        open=trigger.status == OPEN,
        withdrawn=trigger.status == WITHDRAWN,
        rests_on_intelligence=rests_on_intelligence(explained, intelligence),
    )


def rests_on_intelligence(explained: ExplainedTrigger, intelligence: set[str]) -> bool:
    """Whether any evidence of a trigger is intelligence, given the references of intelligence concerns."""
    return explained.trigger.rule == INTELLIGENCE_RULE or explained.trigger.rests_on_any(intelligence)


def describe_trigger_status(explained: ExplainedTrigger, view: CaseView, lists: CodeLists) -> str:
    """Describe the status of a trigger and when its decision is due."""
    trigger = explained.trigger
    if trigger.status == WITHDRAWN:
        return WITHDRAWN_CLOCK
    if trigger.decided_on is None:
        return f"open, decision {describe_due(trigger.decision_due, view.as_of)}"
    label = lists.of("decision").label(trigger.decision)
    step = f" to {lists.of('enforcement_step').label(trigger.step)}" if trigger.step else ""
    review = ", to be reviewed" if trigger.needs_review else ""
    return f"{label[:1].lower()}{label[1:]}{step} on {format_day(trigger.decided_on)}{review}"


def _describe_decision(decision: Decision, lists: CodeLists) -> str:
    """Return the step that was decided, `Written warning letter`, or what was decided where that is no step up."""
    kind, step = lists.of("decision").label(decision.decision), lists.of("enforcement_step").label(decision.step)
    if not step:
        return kind
    return step if decision.decision == "ESCALATE" else f"{kind} to {step}"
