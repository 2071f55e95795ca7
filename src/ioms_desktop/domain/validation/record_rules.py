"""The rules that span several columns or several records, for imported files and screens alike."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol

from ioms_desktop.domain.dates.calendar import CustodyPeriod, age_on
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.policy.decisions import check_decision
from ioms_desktop.domain.policy.ladder import LadderStep, StepContext
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Case, Notification
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision
from ioms_desktop.domain.records.documents.delivery import LetterDelivery
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.leaving.exits import SUSPENDED, CaseExit
from ioms_desktop.domain.records.people import Assessment, CustodySpell, Order
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.selection.eligibility import EligibilityCriterion
from ioms_desktop.domain.records.selection.panel import PanelDecision
from ioms_desktop.domain.records.selection.screening import ScreeningCheck
from ioms_desktop.domain.text_format import format_day, join_words
from ioms_desktop.domain.validation.column_rules import check_date_order, has_date_order
from ioms_desktop.domain.validation.document_rules import check_delivery
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.domain.validation.network_rules import NETWORK_RULES
from ioms_desktop.domain.validation.offer_rules import check_funding
from ioms_desktop.domain.validation.person_rules import PERSON_RULES
from ioms_desktop.domain.validation.score_rules import check_range
from ioms_desktop.domain.validation.selection_rules import (
    check_eligibility,
    check_notification,
    check_panel_decision,
    check_screening,
)

PHOENIX = "PHOENIX"
POLICE_DETENTION = "POLICE_DETENTION"
PHOENIX_MIN_AGE = (
    10  # practice notes 3.6: under 10 is no participant; 14 and above is guidance and stays a panel's choice
)
ALLOCATED_TRIAL_ARMS = frozenset({"INTERVENTION", "CONTROL"})

# The sentence does not name the trial arm, which people who offer support must not learn.
OFFER_NOT_ALLOWED_MESSAGE = (
    "No support offer can be recorded on this case. Nothing was saved; a supervisor can say why."
)
OFFER_OF_OTHER_CASE_MESSAGE = "That offer belongs to another case. Nothing was saved; choose one of this case's offers."
NO_DAY_OF_END_MESSAGE = "Say on which day it ended; otherwise nobody can tell what applied on which day."


class CaseBasics(NamedTuple):
    """The facts of a case that the rules need.

    Attributes:
        person_ref: Whose case it is.
        programme: IOM or PHOENIX.
        status: Its case status.
        trial_arm: Its arm of the trial; None outside the trial.
        closed_on: The day it closed.
        statutory_status: The code of the order or licence it is under.
        iom_licence_condition: Whether the licence has the IOM condition.
        follows_case_ref: The case that it was reopened from.
    """

    person_ref: str
    programme: str
    status: str
    trial_arm: str | None = None
    closed_on: date | None = None
    statutory_status: str | None = None
    iom_licence_condition: bool | None = None
    follows_case_ref: str | None = None

    @classmethod
    def of(cls, case: Case) -> "CaseBasics":
        """Take from a case the facts that the rules need."""
        return cls(
            person_ref=case.person_ref,
            programme=case.programme,
            status=case.status,
            trial_arm=case.trial_arm,
            closed_on=case.closed_on,
            statutory_status=case.statutory_status,
            iom_licence_condition=case.iom_licence_condition,
            follows_case_ref=case.follows_case_ref,
        )


class RecordCheckContext(Protocol):
    """What the rules may look up while they check one record."""

    lists: CodeLists
    ladder: Sequence[LadderStep]
    families: Mapping[str, str]

    def born_on(self, person_ref: str) -> date | None:
        """A person's date of birth."""

    def case(self, case_ref: str) -> CaseBasics | None:
        """A case as it will be stored."""

    def stored_case(self, case_ref: str) -> CaseBasics | None:
        """A case as it is stored now; None where it is new."""

    def followed_case(self, case_ref: str) -> CaseBasics | None:
        """A case that another one follows, as it will be stored; it is looked up where nothing else names it."""

    def offer_case(self, offer_ref: str) -> str | None:
        """The case an offer was made on."""

    def situation(self, decision: Decision) -> StepContext | None:
        """The facts that decide which steps are available to a decision."""


def check_record(record: Record, facts: RecordCheckContext) -> list[Finding]:
    """Find every reason not to store a record; none if it may be stored."""
    rule = _RULES.get(type(record))
    found = list(check_date_order(record))
    return found if rule is None else [*found, *rule(record, facts)]


def has_rules(record_type: type[Record]) -> bool:
    """Whether records of a type are checked by more than their single columns."""
    return record_type in _RULES or has_date_order(record_type)


# The rule does not apply where this column is empty.
COLUMN_NEEDED_BY_RULE: Mapping[type[Record], str] = {Contact: "offer_ref", Assessment: "value"}


def find_overlap(spell: CustodyPeriod, others: Iterable[CustodyPeriod]) -> CustodyPeriod | None:
    """Return the first of a person's other custody spells that shares a custody day with this one; None if none does.

    A period received and released on the same day has no custody day and overlaps nothing.
    """
    return next((other for other in others if _share_a_day(spell, other)), None)


def _share_a_day(one: CustodyPeriod, other: CustodyPeriod) -> bool:
    first, second = sorted((one, other), key=lambda spell: spell.received_on)
    if second.released_on is not None and second.released_on <= second.received_on:
        return False
    return first.released_on is None or second.received_on < first.released_on


def describe_overlap(other: CustodyPeriod) -> str:
    """Word the finding that a period in custody overlaps another of the same person."""
    until = "has no release yet" if other.released_on is None else f"lasts until {format_day(other.released_on)}"
    return f"This overlaps the custody spell received on {format_day(other.received_on)}, which {until}."


def _check_case(case: Case, facts: RecordCheckContext) -> Iterator[Finding]:
    statuses = facts.lists.of("case_status")
    status = statuses.get(case.status)
    if case.programme == PHOENIX and case.cohort is not None:
        yield Finding("cohort", case.cohort, "Only IOM cases have a cohort; leave it empty for Phoenix.")
    if status is not None and not status.used_by(case.programme):
        accepted = join_words([code.code for code in statuses.offered(programme=case.programme)], "or")
        yield Finding("status", case.status, f"This is not a status of {case.programme}; accepted are {accepted}.")
    if case.closed_on is not None and case.closed_on < case.referred_on:
        yield Finding(
            "closed_on",
            case.closed_on.isoformat(),
            f"A case cannot close before its referral on {format_day(case.referred_on)}.",
        )
    yield from check_followed(case, facts)
    yield from _check_phoenix_age(case, facts)
    yield from _check_case_changes(case, facts)


def check_followed(case: Case, facts: RecordCheckContext) -> Iterator[Finding]:
    """Find that a case does not follow a closed one; one that is not known here, or not yet, is not judged."""
    if case.follows_case_ref is None:
        return
    followed = facts.followed_case(case.follows_case_ref)
    if case.follows_case_ref == case.case_ref or not (followed is None or _may_follow(case, followed)):
        yield Finding(
            "follows_case_ref",
            case.follows_case_ref,
            "A case follows another one of the same person and programme that closed before it; correct it.",
        )


def _may_follow(case: Case, followed: CaseBasics) -> bool:
    is_same = (followed.person_ref, followed.programme) == (case.person_ref, case.programme)
    return is_same and followed.closed_on is not None and followed.closed_on <= case.referred_on


def _check_phoenix_age(case: Case, facts: RecordCheckContext) -> Iterator[Finding]:
    born_on = facts.born_on(case.person_ref)
    on = case.notified_on or case.referred_on
    if case.programme == PHOENIX and born_on is not None and age_on(born_on, on) < PHOENIX_MIN_AGE:
        age_clause = f"this person is {age_on(born_on, on)} on {format_day(on)}"
        yield Finding(
            "person_ref", case.person_ref, f"Phoenix is for people aged {PHOENIX_MIN_AGE} or over; {age_clause}."
        )


def _check_case_changes(case: Case, facts: RecordCheckContext) -> Iterator[Finding]:
    stored = facts.stored_case(case.case_ref)
    if stored is None:
        return
    if stored.programme == case.programme and not facts.lists.of("case_status").leads_to(stored.status, case.status):
        yield Finding("status", case.status, f"{case.status} cannot follow {stored.status}; choose another status.")
    if stored.trial_arm in ALLOCATED_TRIAL_ARMS and case.trial_arm != stored.trial_arm:
        yield Finding(
            "trial_arm", case.trial_arm or "", "An allocation of the trial is never changed; leave it unchanged."
        )


def _check_custody(spell: CustodySpell, _facts: RecordCheckContext) -> Iterator[Finding]:
    if spell.released_on is not None and spell.released_on < spell.received_on:
        yield Finding(
            "released_on",
            spell.released_on.isoformat(),
            f"The release cannot lie before the reception on {format_day(spell.received_on)}.",
        )
    if spell.hours is not None and spell.kind != POLICE_DETENTION:
        yield Finding("hours", str(spell.hours), "Hours are for police detention; other custody is counted in days.")


def _check_order(order: Order, _facts: RecordCheckContext) -> Iterator[Finding]:
    if order.ends_on is not None and order.ends_on < order.made_on:
        yield Finding(
            "ends_on",
            order.ends_on.isoformat(),
            f"An order cannot end before it is made on {format_day(order.made_on)}.",
        )
    if order.end_reason and order.ended_on is None and order.ends_on is None:
        yield Finding("ended_on", "", NO_DAY_OF_END_MESSAGE)


def _check_offer(offer: Offer, facts: RecordCheckContext) -> Iterator[Finding]:
    case = facts.case(offer.case_ref)
    if case is not None and _is_in_control_arm(case, facts):
        yield Finding("case_ref", offer.case_ref, OFFER_NOT_ALLOWED_MESSAGE)
    if offer.responded_on is not None and offer.responded_on < offer.offered_on:
        yield Finding(
            "responded_on",
            offer.responded_on.isoformat(),
            f"The offer was made on {format_day(offer.offered_on)}; it cannot be answered before. Correct the date.",
        )
    yield from check_funding(offer)


def _is_in_control_arm(case: CaseBasics, facts: RecordCheckContext) -> bool:
    """Whether a case, or one that it was reopened from, is in the control arm of the trial."""
    seen: set[CaseBasics] = set()
    each: CaseBasics | None = case
    while each is not None and each not in seen:
        if each.trial_arm == "CONTROL":
            return True
        seen.add(each)
        each = None if each.follows_case_ref is None else facts.followed_case(each.follows_case_ref)
    return False


def _check_offer_of_case(record: Contact | Appointment, facts: RecordCheckContext) -> Iterator[Finding]:
    if record.offer_ref is not None and facts.offer_case(record.offer_ref) not in {None, record.case_ref}:
        yield Finding("offer_ref", record.offer_ref, OFFER_OF_OTHER_CASE_MESSAGE)


def _check_contact(contact: Contact, facts: RecordCheckContext) -> Iterator[Finding]:
    yield from _check_offer_of_case(contact, facts)


def _check_appointment(appointment: Appointment, facts: RecordCheckContext) -> Iterator[Finding]:
    if appointment.offer_ref is not None and facts.offer_case(appointment.offer_ref) not in {
        None,
        appointment.case_ref,
    }:
        yield Finding("offer_ref", appointment.offer_ref, OFFER_OF_OTHER_CASE_MESSAGE)
    if appointment.contact_ref is not None and appointment.cancelled_on is not None:
        yield Finding("cancelled_on", appointment.cancelled_on.isoformat(), "A cancelled appointment has no outcome.")


def _check_concern(concern: Concern, _facts: RecordCheckContext) -> Iterator[Finding]:
    if concern.outcome and concern.outcome_on is None:
        yield Finding("outcome_on", "", NO_DAY_OF_END_MESSAGE)
    if concern.outcome_on is not None and not concern.outcome:
        yield Finding("outcome", "", "Say how it ended, or leave the day empty too.")


def _check_notification(told: Notification, facts: RecordCheckContext) -> Iterator[Finding]:
    case = facts.case(told.case_ref)
    born_on = None if case is None or told.consent is None else facts.born_on(case.person_ref)
    yield from check_notification(told, None if case is None else case.programme, born_on)
    if told.prompted_on is not None and told.prompted_on > told.attempted_on:
        yield Finding(
            "prompted_on",
            told.prompted_on.isoformat(),
            f"The incident cannot come after the notification of {format_day(told.attempted_on)}. Correct the date.",
        )


def _check_rating(rating: Rating, _facts: RecordCheckContext) -> Iterator[Finding]:
    if rating.week_commencing.weekday() != 0:
        yield Finding(
            "week_commencing",
            rating.week_commencing.isoformat(),
            f"A week commences on a Monday; {format_day(rating.week_commencing)} is a {rating.week_commencing:%A}.",
        )


def _check_assessment(score: Assessment, facts: RecordCheckContext) -> Iterator[Finding]:
    yield from check_range(score, facts.lists)


def _check_screening(check: ScreeningCheck, _facts: RecordCheckContext) -> Iterator[Finding]:
    yield from check_screening(check)


def _check_exit(left: CaseExit, _facts: RecordCheckContext) -> Iterator[Finding]:
    if left.resumed_on is not None and left.kind != SUSPENDED:
        yield Finding(
            "resumed_on",
            left.resumed_on.isoformat(),
            "Only a suspended case is resumed; somebody who comes back after closing gets a new case. Leave it empty.",
        )


def _check_panel_decision(made: PanelDecision, facts: RecordCheckContext) -> Iterator[Finding]:
    case = facts.case(made.case_ref)
    programme = None if case is None else case.programme
    code = facts.lists.of("panel_decision").get(made.decision)
    if code is not None and programme is not None and not code.used_by(programme):
        yield Finding("decision", made.decision, f"This is no decision of a panel on {programme}. Choose another.")
    yield from check_panel_decision(made, programme)


def _check_eligibility(found: EligibilityCriterion, facts: RecordCheckContext) -> Iterator[Finding]:
    case = facts.case(found.case_ref)
    code = facts.lists.of("eligibility_criterion").get(found.criterion)
    if case is not None and code is not None and not code.used_by(case.programme):
        yield Finding("criterion", found.criterion, f"This is no criterion of {case.programme}. Choose another.")
    yield from check_eligibility(found)


def _check_stored_decision(decision: Decision, facts: RecordCheckContext) -> Iterator[Finding]:
    if decision.actioned_on is not None and decision.actioned_on < decision.decided_on:
        yield Finding(
            "actioned_on",
            decision.actioned_on.isoformat(),
            "An action cannot be served before it was decided. Correct the date.",
        )
    situation = facts.situation(decision)
    if situation is None:
        return
    try:
        check_decision(decision, situation, facts.ladder, facts.families)
    except Refused as refusal:
        value = getattr(decision, refusal.field, None) if refusal.field else None
        yield Finding(refusal.field, str(value or ""), refusal.sentence)


_RULES: Mapping[type[Record], Callable[[Any, RecordCheckContext], Iterator[Finding]]] = {
    Case: _check_case,
    CustodySpell: _check_custody,
    Order: _check_order,
    Offer: _check_offer,
    Contact: _check_contact,
    Appointment: _check_appointment,
    Concern: _check_concern,
    Notification: _check_notification,
    Rating: _check_rating,
    Decision: _check_stored_decision,
    Assessment: _check_assessment,
    ScreeningCheck: _check_screening,
    PanelDecision: _check_panel_decision,
    CaseExit: _check_exit,
    LetterDelivery: check_delivery,
    EligibilityCriterion: _check_eligibility,
    **PERSON_RULES,
    **NETWORK_RULES,
}
