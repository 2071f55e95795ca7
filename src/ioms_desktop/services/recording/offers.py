"""Support offers: made, answered, funded, ended. Enforcement closes none of them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date

from ioms_desktop.domain.access.authorship import goes_beyond_authorised
from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.errors import DatesOutOfOrder, InvalidRecord, MissingReason
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.validation.column_rules import amount_problem, plain_amount
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.domain.validation.offer_rules import check_funding, format_pounds
from ioms_desktop.services.commands import (
    add_record,
    get_writable_case,
    new_ref,
    refuse_control_arm,
    refuse_future_date,
    run_command,
)
from ioms_desktop.services.edit_conflicts import ConflictResolution
from ioms_desktop.services.entries.authors import column_changes, known_author
from ioms_desktop.services.recording.edits import Edit, run_edit
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction
from ioms_desktop.storage.users import list_named_users

OFFER_TOPICS = frozenset({Topic.OFFERS})
NOT_AUTHORISED = (
    "{amount} from {whom} was authorised, not this. Say who authorised the change and when, or ask the person who "
    "recorded the offer, or a supervisor, to correct it."
)
CANNOT_AUTHORISE = "{who} may not authorise. Name an officer, a supervisor, or the person outside who authorised it."


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeOffer:
    """An offer of support on a case; with an answer where it was given at once."""

    request: str
    case_ref: str
    offer_type: str
    offered_on: date
    pathway: str | None = None
    provider: str | None = None
    response: str | None = None
    responded_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportPlan:
    """What is settled when an offer is accepted: the provider's answer, how much is planned, and the day of exit."""

    provider_answer: str | None = None
    planned_sessions: int | None = None
    planned_minutes: int | None = None
    exit_planned_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerOffer:
    """What the person said to an offer, and when; `revision` is the one read.

    Attributes:
        plan: What was planned when it was accepted; None leaves what is on record.
    """

    request: str
    offer_ref: str
    revision: int
    response: str
    responded_on: date
    started_on: date | None = None
    plan: SupportPlan | None = None
    resolution: ConflictResolution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FundOffer:
    """What an offer is funded with; `revision` is the one read.

    Attributes:
        amount: In pounds.
        funded_by: Whose budget it comes from.
        authorised_by: A user who may authorise, or somebody outside.
        funded_for: What it is for.
    """

    request: str
    offer_ref: str
    revision: int
    amount: str
    funded_by: str
    authorised_by: str
    authorised_on: date
    funded_for: str = ""
    resolution: ConflictResolution | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndOffer:
    """The end of an offer, with its reason; `revision` is the one read."""

    request: str
    offer_ref: str
    revision: int
    ended_on: date
    end_reason: str
    resolution: ConflictResolution | None = None


def make_offer(session: Session, entry: MakeOffer) -> Outcome:
    """Record an offer of support.

    Raises:
        NotAllowed: The user may not record offers.
        Missing: The case is not there for this user.
        Refused: The offer lies in the future, the case is closed or in the control arm, or the answer precedes it.
    """
    refuse_future_date(session, entry.offered_on, "An offer")

    def do(tx: Transaction) -> Outcome:
        case = get_writable_case(session, tx, entry.case_ref, entry.offered_on)
        refuse_control_arm(tx, case)
        offer = Offer(
            offer_ref=new_ref("OF"),
            case_ref=case.case_ref,
            offer_type=entry.offer_type,
            pathway=entry.pathway,
            provider=entry.provider or None,
            offered_on=entry.offered_on,
            offered_by=session.user,
        )
        if entry.response is not None:
            offer = _apply_answer(session, offer, entry.response, entry.responded_on or entry.offered_on)
        stored = add_record(tx, offer)
        return Outcome(notice="Offer recorded.", changed=OFFER_TOPICS, ref=stored.offer_ref)

    return run_command(session, "make_offer", Right.RECORD_ENGAGEMENT, entry.request, do)


def answer_offer(session: Session, entry: AnswerOffer) -> Outcome:
    """Record the answer to an offer.

    Raises:
        NotAllowed: The user may not record offers.
        Missing: The offer is not there for this user.
        EditConflict: Someone else saved it since it was read.
        RecordRemoved: Someone else removed it.
        Refused: The answer lies in the future or before the offer.
    """

    def change(read: Offer) -> Offer:
        answered = _apply_answer(session, read, entry.response, entry.responded_on)
        planned = {} if entry.plan is None else asdict(entry.plan)
        return _check_dates(replace(answered, started_on=entry.started_on or read.started_on, **planned))

    edit: Edit[Offer] = Edit(
        change=change,
        after=lambda _tx, _current, offer: _check_dates(offer),
        notice=lambda _: "Answer recorded.",
        topics=OFFER_TOPICS,
        ref=entry.offer_ref,
    )
    return run_edit(session, "answer_offer", Right.RECORD_ENGAGEMENT, entry, (Offer, entry.offer_ref), edit)


def end_offer(session: Session, entry: EndOffer) -> Outcome:
    """Record the end of an offer. The person's other offers stay open.

    Raises:
        NotAllowed: The user may not record offers.
        Missing: The offer is not there for this user.
        EditConflict: Someone else saved it since it was read.
        RecordRemoved: Someone else removed it.
        Refused: The end lies in the future or before the offer, or has no reason.
    """
    refuse_future_date(session, entry.ended_on, "The end of an offer")
    edit: Edit[Offer] = Edit(
        change=lambda read: _apply_end(read, entry),
        after=lambda _tx, _current, offer: _check_dates(offer),
        notice=lambda _: "The offer has ended. Other offers stay open.",
        topics=OFFER_TOPICS,
        ref=entry.offer_ref,
    )
    return run_edit(session, "end_offer", Right.RECORD_ENGAGEMENT, entry, (Offer, entry.offer_ref), edit)


def fund_offer(session: Session, entry: FundOffer) -> Outcome:
    """Record what an offer is funded with, and who authorised that.

    Raises:
        NotAllowed: The user may not record offers.
        Missing: The offer is not there for this user.
        EditConflict: Someone else saved it since it was read.
        RecordRemoved: Someone else removed it.
        Refused: Something is missing, or whoever is named may not authorise.
    """
    refuse_future_date(session, entry.authorised_on, "Funding")
    edit: Edit[Offer] = Edit(
        change=lambda read: replace(
            read,
            funding_amount=plain_amount(entry.amount.strip()) or None,
            funding_for=entry.funded_for.strip() or None,
            funded_by=entry.funded_by.strip() or None,
            funding_authorised_by=entry.authorised_by.strip() or None,
            funding_authorised_on=entry.authorised_on,
        ),
        after=lambda tx, current, offer: _refuse_funding(session, tx, current, offer),
        notice=lambda offer: f"Funding recorded: {format_pounds(offer.funding_amount)}.",
        topics=OFFER_TOPICS,
        ref=entry.offer_ref,
    )
    return run_edit(session, "fund_offer", Right.RECORD_ENGAGEMENT, entry, (Offer, entry.offer_ref), edit)


def check_authoriser(offer: Offer, reading: Reading, session: Session) -> Iterator[Finding]:
    """Find funding that is not what was authorised, and a user named who may not authorise; somebody outside may."""
    named = (offer.funding_authorised_by or "").strip()
    stored = reading.find(Offer, offer.offer_ref)
    if stored is not None and goes_beyond_authorised(Offer.rights, column_changes(stored, offer)):
        known = known_author(session, reading, stored)
        if not (known.known.is_own or known.is_supervisor):
            amount, whom = format_pounds(stored.funding_amount), stored.funded_by
            yield Finding("funding_authorised_on", "", NOT_AUTHORISED.format(amount=amount, whom=whom))
    if not named or (stored is not None and stored.funding_authorised_by == offer.funding_authorised_by):
        return
    for user in list_named_users(reading, named):
        if not may(Role(user.role), Right.AUTHORISE):
            yield Finding("funding_authorised_by", named, CANNOT_AUTHORISE.format(who=session.names.of(user.name)))


def _refuse_funding(session: Session, tx: Transaction, _current: Offer, offer: Offer) -> None:
    problem = "" if offer.funding_amount is None else amount_problem(offer.funding_amount)
    if problem:
        raise InvalidRecord(f"{problem} Your entry is kept.", field="funding_amount")
    for found in (*check_funding(offer), *check_authoriser(offer, tx, session)):
        raise InvalidRecord(f"{found.reason} Your entry is kept.", field=found.column)


def _apply_end(offer: Offer, entry: EndOffer) -> Offer:
    if not entry.end_reason.strip():
        raise MissingReason("Say why the offer ended. Your entry is kept.")
    return _check_dates(replace(offer, ended_on=entry.ended_on, end_reason=entry.end_reason.strip()))


def _apply_answer(session: Session, offer: Offer, response: str, responded_on: date) -> Offer:
    refuse_future_date(session, responded_on, "An answer")
    return _check_dates(replace(offer, response=response, responded_on=responded_on))


def _check_dates(offer: Offer) -> Offer:
    """Refuse an offer answered, ended or left before it was made, whoever of two people dated which."""
    for name, what in (("responded_on", "be answered"), ("ended_on", "end"), ("exit_planned_on", "be left")):
        on: date | None = getattr(offer, name)
        if on is not None and on < offer.offered_on:
            raise DatesOutOfOrder(
                f"The offer was made on {format_day(offer.offered_on)}; it cannot {what} before. Correct the date.",
                field=name,
            )
    return offer
