"""The history of one case for the rules: what was known just before each correction, and the current state."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from ioms_desktop.domain.dates.calendar import LONDON, CustodyPeriod
from ioms_desktop.domain.errors import Missing
from ioms_desktop.domain.policy.case_facts import (
    DELIVERED_PREFIX,
    ActionFact,
    CaseFacts,
    ConcernFact,
    ContactFact,
    DecisionFact,
    OfferFact,
    OrderFact,
    RagFact,
    RatingFact,
)
from ioms_desktop.domain.records.cases import Action, Case, Notification, RagEntry
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.people import CustodySpell, Order
from ioms_desktop.domain.records.record import Record

CASE_CHILD_TYPES: tuple[type[Record], ...] = (RagEntry, Offer, Contact, Rating, Concern, Decision, Notification, Action)
CASE_RECORD_TYPES: tuple[type[Record], ...] = (Case, *CASE_CHILD_TYPES)
PERSON_CHILD_TYPES: tuple[type[Record], ...] = (CustodySpell, Order)
EVIDENCE_TYPES: frozenset[type[Record]] = frozenset({Offer, Contact, Rating, Concern, Case})


class RecordVersion(NamedTuple):
    """A version of a record and when it was current (UTC); `until` is None for the current version."""

    record: Record
    since: datetime
    until: datetime | None


def build_case_history(
    versions: Mapping[type[Record], Sequence[RecordVersion]], known_at: datetime | None = None
) -> tuple[CaseFacts, ...]:
    """Build the state of a case just before each correction of possible evidence, and its latest state.

    Args:
        versions: Current and previous versions of a case's records, by record type.
        known_at: Use only what had been recorded at or before this instant; None for everything.

    Raises:
        Missing: The case itself had not been recorded by then.
    """
    # Only corrections of evidence can withdraw a trigger, so that no state is built for changes of other records.
    instants = sorted(
        {
            version.until
            for record_type in EVIDENCE_TYPES
            for version in versions.get(record_type, ())
            if version.until is not None and (known_at is None or version.until <= known_at)
        }
    )
    former = [_facts_before(versions, before=instant) for instant in instants]
    return (*(state for state in former if state is not None), _latest_facts(versions, known_at))


def _latest_facts(versions: Mapping[type[Record], Sequence[RecordVersion]], known_at: datetime | None) -> CaseFacts:
    def known(version: RecordVersion) -> bool:
        if known_at is None:
            return version.until is None
        return version.since <= known_at and (version.until is None or version.until > known_at)

    state = build_case_facts(
        {record_type: [v.record for v in each if known(v)] for record_type, each in versions.items()}
    )
    if state is None:
        raise Missing("This case had not been recorded by then.")
    return state


def _facts_before(versions: Mapping[type[Record], Sequence[RecordVersion]], before: datetime) -> CaseFacts | None:
    """Build the facts known just before an instant, dated with the local day (London) of that instant."""
    # A version that ended at this very instant was still current just before it; one that began then was not.
    known = {
        record_type: [v.record for v in each if v.since < before and (v.until is None or v.until >= before)]
        for record_type, each in versions.items()
    }
    return build_case_facts(known, known_on=before.astimezone(LONDON).date())


def build_case_facts(records: Mapping[type[Record], Iterable[Any]], known_on: date | None = None) -> CaseFacts | None:
    """Build the facts of one case from its records by type; None if the case itself is not among them."""
    case: Case | None = next(iter(records[Case]), None)
    if case is None:
        return None
    return CaseFacts(
        case_ref=case.case_ref,
        programme=case.programme,
        starts_on=case.starts_on,
        closed_on=case.closed_on,
        trial_arm=case.trial_arm,
        statutory_status=case.statutory_status,
        iom_licence_condition=bool(case.iom_licence_condition),
        notice_served_on=case.notice_served_on,
        release_plan_on=case.release_plan_on,
        expected_release_on=case.expected_release_on,
        custody=tuple(CustodyPeriod(s.received_on, s.released_on) for s in records[CustodySpell]),
        orders=tuple(OrderFact(o.order_type, o.made_on, o.ends_on) for o in records[Order]),
        contacts=tuple(
            ContactFact(c.contact_ref, c.occurred_at, c.planned, c.outcome, c.minutes) for c in records[Contact]
        ),
        ratings=tuple(RatingFact(r.week_commencing, r.rated_on, r.level, r.role) for r in records[Rating]),
        offers=tuple(
            OfferFact(o.offer_ref, o.offered_on, o.response, o.responded_on, o.ended_on) for o in records[Offer]
        ),
        concerns=tuple(
            ConcernFact(
                c.concern_ref,
                c.occurred_on,
                c.concern_type,
                c.offence_group,
                c.source_grade,
                c.information_grade,
                c.handling,
            )
            for c in records[Concern]
        ),
        decisions=tuple(
            DecisionFact(d.decision_ref, d.decided_on, d.rule, d.decision, d.step, d.actioned_on)
            for d in records[Decision]
        ),
        rag=tuple(RagFact(r.set_on, r.rag, r.reason) for r in records[RagEntry]),
        actions=tuple(ActionFact(a.action_ref, a.due_on, a.done_on, a.cancelled_on) for a in records[Action]),
        delivered_on=tuple(n.attempted_on for n in records[Notification] if n.outcome.startswith(DELIVERED_PREFIX)),
        known_on=known_on,
    )
