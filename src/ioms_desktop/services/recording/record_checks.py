"""What is asked of a record before a generated form stores it: all that an import asks, and what it is not told."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.dates.calendar import CustodyPeriod
from ioms_desktop.domain.dates.local_time import format_offset, utc_offsets
from ioms_desktop.domain.errors import InvalidRecord, NotAllowed
from ioms_desktop.domain.intelligence import INTELLIGENCE_CONCERN_TYPE
from ioms_desktop.domain.policy.case_facts import COMPLETED_OUTCOME
from ioms_desktop.domain.policy.ladder import LadderStep, StepContext
from ioms_desktop.domain.policy.policy import rule_families
from ioms_desktop.domain.records.cases import Action, Case, Notification
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.compliance.steps import RECALL_STEPS, RECALLED, WARNING, ComplianceStep
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision
from ioms_desktop.domain.records.documents.delivery import LETTER, LetterDelivery
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.leaving.exits import TRANSITION, CaseExit
from ioms_desktop.domain.records.network.associates import Associate
from ioms_desktop.domain.records.people import CustodySpell, Person
from ioms_desktop.domain.records.person_sets.numbers import PersonNumber
from ioms_desktop.domain.records.plan.goals import PlanGoal
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.selection.notification import IOM_LETTER, MOST_ATTEMPTS, waits_for_letter
from ioms_desktop.domain.text_format import format_day, number_in_words
from ioms_desktop.domain.validation.column_rules import check_columns, describe_future, is_future
from ioms_desktop.domain.validation.document_rules import check_same_file
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.domain.validation.record_rules import (
    CaseBasics,
    check_record,
    describe_overlap,
    find_overlap,
    has_rules,
)
from ioms_desktop.services.network.people import describe_unknown
from ioms_desktop.services.person_sets.number_owners import describe_owner
from ioms_desktop.services.recording.actions import check_action
from ioms_desktop.services.recording.offers import check_authoriser
from ioms_desktop.services.recording.ratings import rating_role
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction

R = TypeVar("R", bound=Record)
OWN_FORM_MESSAGE = "{label} has a form of its own. Nothing was saved; use that form."
LEAVE_THE_LETTER = (
    f"{number_in_words(MOST_ATTEMPTS).capitalize()} attempts were made and the notification was not delivered. "
    "Leave the letter."
)
INTELLIGENCE_MESSAGE = (
    "Intelligence is recorded and changed by those who may read it. Nothing was saved; ask an officer."
)


@dataclass(slots=True)
class _StoredFacts:
    """What the rules look up about a record while they check it, as it is stored now."""

    reading: Reading
    lists: CodeLists
    ladder: Sequence[LadderStep]
    families: Mapping[str, str]

    def born_on(self, person_ref: str) -> date | None:
        person = self.reading.find(Person, person_ref)
        return None if person is None else person.date_of_birth

    def case(self, case_ref: str) -> CaseBasics | None:
        return self.stored_case(case_ref)

    def stored_case(self, case_ref: str) -> CaseBasics | None:
        case = self.reading.find(Case, case_ref)
        return None if case is None else CaseBasics.of(case)

    followed_case = stored_case

    def offer_case(self, offer_ref: str) -> str | None:
        offer = self.reading.find(Offer, offer_ref)
        return None if offer is None else offer.case_ref

    def situation(self, decision: Decision) -> StepContext | None:
        del decision  # no generated form makes a decision
        return None


def refuse_invalid(session: Session, reading: Reading, record: Record) -> None:
    """Refuse what an import would reject of a record, and what only the person at the form can put right.

    Raises:
        InvalidRecord: A value is not accepted; the refusal names its field.
        NotAllowed: It is the review of restricted record access, which has a form of its own.
    """
    if isinstance(record, Action) and record.is_access_review:
        raise NotAllowed(OWN_FORM_MESSAGE.format(label="A review of restricted record access"))
    findings = list(check_columns(record, session.lists, session.today()))
    if not findings and has_rules(type(record)):
        facts = _StoredFacts(reading, session.lists, session.ladder, rule_families(session.policies))
        findings = check_record(record, facts)
    if not findings and type(record) in _MORE_CHECKS:
        findings = list(_MORE_CHECKS[type(record)](record, reading, session))
    if findings:
        raise InvalidRecord(f"{findings[0].reason} Your entry is kept.", field=findings[0].column)


def refuse_intelligence(session: Session, *records: Record) -> None:
    """Refuse to make or change intelligence for somebody who may not read it.

    Raises:
        NotAllowed: One of the records is intelligence, and this user may not read it.
    """
    if may(session.role, Right.READ_INTELLIGENCE):
        return
    for record in records:
        marked = record.rights.intelligence
        if marked is not None and getattr(record, marked[0]) == marked[1]:
            raise NotAllowed(INTELLIGENCE_MESSAGE)


def with_clock(read: R, changed: R) -> R:
    """Return a changed contact with what London was ahead of UTC at its new time; any other record as it is.

    Raises:
        InvalidRecord: There was no such time on that day.
    """
    if not isinstance(read, Contact) or not isinstance(changed, Contact) or read.occurred_at == changed.occurred_at:
        return changed
    at = changed.occurred_at
    if at.local_time is None:
        return replace(changed, utc_offset=None)
    possible = [format_offset(each) for each in utc_offsets(at.on, at.local_time)]
    if not possible:
        raise InvalidRecord(
            f"There was no such time on {format_day(at.on)}: the clocks changed. Your entry is kept; correct the time.",
            field="occurred_at",
        )
    kept = read.utc_offset if read.utc_offset in possible else possible[0]
    return replace(changed, utc_offset=kept)


def _check_spell(spell: CustodySpell, reading: Reading, _session: Session) -> Iterator[Finding]:
    others = (
        CustodyPeriod(other.received_on, other.released_on)
        for other in reading.list_records(CustodySpell, person_ref=spell.person_ref)
        if other.identity != spell.identity
    )
    other = find_overlap(CustodyPeriod(spell.received_on, spell.released_on), others)
    if other is not None:
        yield Finding("received_on", spell.received_on.isoformat(), describe_overlap(other))


def _check_offer(offer: Offer, reading: Reading, session: Session) -> Iterator[Finding]:
    yield from check_authoriser(offer, reading, session)
    if offer.ended_on is not None and offer.ended_on < offer.offered_on:
        yield Finding(
            "ended_on", "", f"The offer was made on {format_day(offer.offered_on)}; it cannot end before that."
        )
    if (offer.ended_on is None) != (not offer.end_reason):
        field = "ended_on" if offer.ended_on is None else "end_reason"
        yield Finding(field, "", "An offer that ended needs both a day and a reason. Give both, or leave both empty.")
    if (offer.response is None) != (offer.responded_on is None):
        field = "response" if offer.response is None else "responded_on"
        yield Finding(field, "", "An answer needs its day. Give both, or leave both empty.")


def _check_contact(contact: Contact, _reading: Reading, session: Session) -> Iterator[Finding]:
    if is_future(contact.occurred_at, session.day_time()):
        yield Finding("occurred_at", "", f"{describe_future(contact.occurred_at)}. Correct the time.")
    if contact.minutes is not None and contact.outcome != COMPLETED_OUTCOME:
        yield Finding("minutes", str(contact.minutes), "Only a contact that took place has a length. Leave it empty.")


def _check_rating(rating: Rating, _reading: Reading, session: Session) -> Iterator[Finding]:
    if rating.role != rating_role(session.role) and session.role is not Role.SUPERVISOR:
        yield Finding("level", "", "This rating is another agency's; only that agency or a supervisor can change it.")


def _check_concern(concern: Concern, _reading: Reading, _session: Session) -> Iterator[Finding]:
    if concern.concern_type != INTELLIGENCE_CONCERN_TYPE:
        return
    for name in ("source_grade", "information_grade", "handling"):
        if not getattr(concern, name):
            yield Finding(name, "", "Intelligence needs its source grade, information grade and handling code.")


def _check_attempt(told: Notification, reading: Reading, _session: Session) -> Iterator[Finding]:
    others = reading.list_records(Notification, case_ref=told.case_ref)
    is_new = all(each.identity != told.identity for each in others)
    if is_new and told.kind != IOM_LETTER and waits_for_letter(others):
        yield Finding("attempt", str(told.attempt), LEAVE_THE_LETTER)


def _check_goal(goal: PlanGoal, _reading: Reading, _session: Session) -> Iterator[Finding]:
    if goal.agreed is False and not goal.agreement_reason:
        yield Finding("agreement_reason", "", "Say why they do not agree, in their words where they gave any.")
    if goal.reached is not None and goal.ended_on is None:
        yield Finding("ended_on", "", "Say on which day it ended; without it the goal is still open.")


def _check_compliance(step: ComplianceStep, _reading: Reading, _session: Session) -> Iterator[Finding]:
    if (step.step == WARNING) != (step.warning_level is not None):
        yield Finding("warning_level", step.warning_level or "", "Say which warning it is; other steps have none.")
    if step.recall_type is not None and step.step not in RECALL_STEPS:
        yield Finding("recall_type", step.recall_type, "Only a recall has a kind of recall. Leave it empty.")
    if step.step == RECALLED and step.recall_type is None:
        yield Finding("recall_type", "", "Say of which kind the recall is.")
    if step.failed_on is not None and step.failed_on > step.taken_on:
        yield Finding(
            "failed_on", step.failed_on.isoformat(), "The failure cannot come after the step. Correct the date."
        )


def _check_number(number: PersonNumber, reading: Reading, session: Session) -> Iterator[Finding]:
    sentence = describe_owner(session, reading, number) if isinstance(reading, Transaction) else ""
    if sentence:
        yield Finding("number", number.number, sentence)


def _check_exit(left: CaseExit, reading: Reading, session: Session) -> Iterator[Finding]:
    stood, case = reading.find(CaseExit, left.exit_ref), reading.find(Case, left.case_ref)
    is_plan = TRANSITION in {left.kind, None if stood is None else stood.kind}
    confirmed = None if case is None else case.transition_confirmed_on
    if is_plan and confirmed is not None and session.role is not Role.SUPERVISOR:
        yield Finding(
            "plan", "", f"This was confirmed on {format_day(confirmed)}; only a supervisor can change it now."
        )
    proposed = None if case is None else case.transition_proposed_on
    if stood is not None and stood.kind == TRANSITION != left.kind and proposed is not None:
        yield Finding("kind", left.kind, f"This is the plan that was proposed on {format_day(proposed)}; it stays one.")


def _check_associate(link: Associate, reading: Reading, session: Session) -> Iterator[Finding]:
    stored = reading.find(Associate, link.associate_ref)
    # Who was known when the link was made need not be in an offline copy, nor on record any more.
    if not link.other_person_ref or (stored is not None and stored.other_person_ref == link.other_person_ref):
        return
    if sentence := describe_unknown(session, reading, link.other_person_ref):
        yield Finding("other_person_ref", link.other_person_ref, sentence)


def _check_document(document: Document, reading: Reading, _session: Session) -> Iterator[Finding]:
    yield from check_same_file(reading.find(Document, document.document_ref), document)


def _check_delivery(delivery: LetterDelivery, reading: Reading, _session: Session) -> Iterator[Finding]:
    if delivery.document_ref is None:
        return
    letter = reading.find(Document, delivery.document_ref)
    if letter is None or letter.case_ref != delivery.case_ref or letter.kind != LETTER:
        sentence = "This is not a letter on this case. Choose one, or leave it empty."
        yield Finding("document_ref", delivery.document_ref, sentence)
    elif delivery.attempted_at.on < letter.dated_on:
        day = format_day(letter.dated_on)
        yield Finding(
            "attempted_at", "", f"The letter is dated {day}, so it cannot have been delivered earlier. Correct the day."
        )


_MORE_CHECKS: Mapping[type[Record], Callable[[Any, Reading, Session], Iterator[Finding]]] = {
    CustodySpell: _check_spell,
    Action: check_action,
    Offer: _check_offer,
    Contact: _check_contact,
    Rating: _check_rating,
    Concern: _check_concern,
    Notification: _check_attempt,
    ComplianceStep: _check_compliance,
    PlanGoal: _check_goal,
    PersonNumber: _check_number,
    CaseExit: _check_exit,
    Associate: _check_associate,
    Document: _check_document,
    LetterDelivery: _check_delivery,
}
