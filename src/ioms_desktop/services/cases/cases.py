"""Opening a case: everything its screen shows in one read, with the look audited."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from functools import cache
from itertools import chain
from typing import Any, TypeVar, cast

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.checkout import redact_for_role
from ioms_desktop.domain.dates.calendar import ADULT_AGE, age_on
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.intelligence import INTELLIGENCE_CONCERN_TYPE, INTELLIGENCE_RULE
from ioms_desktop.domain.policy.case_facts import CaseFacts, RagFact, completed_until, latest_step
from ioms_desktop.domain.policy.case_figures import rag_on, wanted_since
from ioms_desktop.domain.policy.explanations import explain
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.standards import (
    OverdueStandard,
    contact_due_shown_on,
    overdue_standards,
    rag_review_due_on,
)
from ioms_desktop.domain.policy.suggestions import Suggestion, suggestions
from ioms_desktop.domain.policy.triggers import Trigger, evaluate, without_intelligence
from ioms_desktop.domain.printing.plain_copy import Addressee
from ioms_desktop.domain.printing.plain_words import describe_plainly
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.as_it_stood import (
    appointments_as_they_stood,
    as_it_stood,
    as_they_stood,
    dated_up_to,
    with_holders,
    workers_as_they_stood,
)
from ioms_desktop.domain.records.cases import Action, Case, Need, Notification, RagEntry, Referral
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.people import Assessment, CustodySpell, Offence, Order, Person
from ioms_desktop.domain.records.record import Record, date_columns
from ioms_desktop.domain.records.record_types import PLAIN_RECORD_TYPES
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.domain.records.workers.names import WorkerNames, with_display_names
from ioms_desktop.services.case_access import AccessCheck, BreakGlassAccess, naming_known_people
from ioms_desktop.services.case_history import (
    RULE_RECORD_TYPES,
    get_case_as_it_stood,
    get_case_record,
    list_as_they_stood,
)
from ioms_desktop.services.commands import get_person, open_case_checked
from ioms_desktop.services.documents.of_person import list_person_documents
from ioms_desktop.services.entries.deaths import find_death
from ioms_desktop.services.network.people import NetworkPerson, find_named_people
from ioms_desktop.services.reason_codes import refuse_training_reason
from ioms_desktop.services.recording.decisions import pronoun_of
from ioms_desktop.services.session import Session
from ioms_desktop.storage.audit.audit import log_look
from ioms_desktop.storage.cases.case_records import read_case_content
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction

R = TypeVar("R", bound=Record)
REPEAT_ACCESS_WINDOW = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class ExplainedTrigger:
    """A trigger with its explanation for the team, and what to say of it to the person or, of a child, a parent."""

    trigger: Trigger
    sentence: str
    to_person: str = ""
    to_parent: str = ""

    @property
    def account(self) -> str:
        """The explanation for the team and, of one that was withdrawn, what took it away and when."""
        reason = self.trigger.withdrawn_reason
        return self.sentence if reason is None else f"{self.sentence} Withdrawn: {reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """One case as its screen shows it, as of a day.

    Attributes:
        case: The case as it stood on the day: open if it closed later.
        person: Who it is about, as they are recorded now.
        age: The person's age on the as-of day.
        step: The current step of the ladder.
        contact_due: The day on which the next contact is due, from which its lateness is counted; None once closed.
        review_due: The day by which RAG is to be reviewed; None once closed.
        wanted_since: The day from which the person is unlawfully at large; None where they are not.
        plain_records: The records of every plain type, in order of the day that dates them.
        history: The case as the rules read it, for the timeline.
        completed: The references of the contacts up to that day that count as completed, each by its day's policy.
        sees_intelligence: Whether intelligence and the trial arm are part of this view.
        break_glass_access: The glass over the case, where the user sees it only by having broken that; nothing can be
            recorded then.
        died: Whether the case says that the person died, or they did by the cases that the user may open, whatever the
            day.
        follows: The case that was reopened as this one; empty for none, and where the user may not know of it.
        followed_by: The case as which this one was reopened, likewise.
        person_documents: The documents of the person that were added on other cases; see `list_person_documents`.
        named_people: Those whom its records name besides the person, by reference, as far as the user may know of them.
    """

    case: Case
    person: Person
    as_of: date
    age: int
    step: str
    triggers: tuple[ExplainedTrigger, ...]
    suggestions: tuple[Suggestion, ...]
    overdue: tuple[OverdueStandard, ...]
    contact_due: date | None
    review_due: date | None
    wanted_since: date | None
    rag: tuple[RagEntry, ...]
    offers: tuple[Offer, ...]
    contacts: tuple[Contact, ...]
    appointments: tuple[Appointment, ...]
    workers: tuple[CaseWorker, ...]
    ratings: tuple[Rating, ...]
    concerns: tuple[Concern, ...]
    decisions: tuple[Decision, ...]
    proposals: tuple[Proposal, ...]
    notifications: tuple[Notification, ...]
    actions: tuple[Action, ...]
    custody: tuple[CustodySpell, ...]
    orders: tuple[Order, ...]
    plain_records: Mapping[type[Record], tuple[Record, ...]]
    history: tuple[CaseFacts, ...]
    completed: frozenset[str]
    sees_intelligence: bool
    break_glass_access: BreakGlassAccess | None = None
    died: bool = False
    follows: str = ""
    followed_by: str = ""
    person_documents: tuple[Document, ...] = ()
    named_people: Mapping[str, NetworkPerson] = field(default_factory=dict)

    @property
    def records(self) -> "CaseView":
        """The view without what passes with time alone, to compare two readings of a case."""
        return replace(self, break_glass_access=None)

    def with_display_names(self, names: WorkerNames) -> "CaseView":
        """Return the view with every user in it named as they read, as for a page; it is not to be saved."""
        shown = {each.name: _named(getattr(self, each.name), names) for each in fields(self)}
        return CaseView(**shown)

    @property
    def rag_in_force(self) -> RagFact | None:
        """The RAG entry in force on the as-of day; None before the first."""
        return rag_on(self.history[-1], self.as_of)

    @property
    def needs(self) -> tuple[Need, ...]:
        """Needs by pathway."""
        return self.of(Need)

    @property
    def referrals(self) -> tuple[Referral, ...]:
        """Referrals to and from others."""
        return self.of(Referral)

    @property
    def assessments(self) -> tuple[Assessment, ...]:
        """Scores as given."""
        return self.of(Assessment)

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents of the case, then those of the person that were added on other cases."""
        return (*self.of(Document), *self.person_documents)

    @property
    def open_custody(self) -> tuple[CustodySpell, ...]:
        """The custody that is not over on the as-of day; the day of release is a day at liberty."""
        return tuple(spell for spell in self.custody if spell.released_on is None or spell.released_on > self.as_of)

    @property
    def offences(self) -> tuple[Offence, ...]:
        """The person's offences, in whatever part."""
        return self.of(Offence)

    def of(self, record_type: type[R]) -> tuple[R, ...]:
        """Return the records of any type that a case has several of, as they are shown."""
        found = self._read_by_rules.get(record_type)
        return cast("tuple[R, ...]", self.plain_records[record_type] if found is None else found)

    @property
    def _read_by_rules(self) -> Mapping[type[Record], tuple[Record, ...]]:
        return {
            RagEntry: self.rag,
            Offer: self.offers,
            Contact: self.contacts,
            Appointment: self.appointments,
            CaseWorker: self.workers,
            Rating: self.ratings,
            Concern: self.concerns,
            Decision: self.decisions,
            Proposal: self.proposals,
            Notification: self.notifications,
            Action: self.actions,
            CustodySpell: self.custody,
            Order: self.orders,
        }


def _named(shown: Any, names: WorkerNames) -> Any:  # noqa: ANN401 - of whatever type a field of the view has
    if isinstance(shown, Record):
        return with_display_names(shown, names)
    if isinstance(shown, Mapping):
        return {key: _named(each, names) for key, each in shown.items()}
    if isinstance(shown, tuple) and shown and isinstance(shown[0], Record):
        return tuple(with_display_names(each, names) for each in shown)
    return shown


def open_case(
    session: Session, case_ref: str, *, reason_code: str = "CASE_WORK", as_of: date | None = None
) -> CaseView:
    """Read a whole case and audit the look; another look within 15 minutes is not audited again.

    Args:
        reason_code: Why it is opened.
        as_of: Only events dated on or before this day count for figures and rules; None for today.

    Raises:
        NotAllowed: The user may not read cases.
        Missing: The case is not there for this user.
        Refused: The reason is not one for live records.
    """
    session.require(Right.READ_CASES)
    # No request: to look twice does no harm, and each would leave a row, written to the disk.
    look = replace(session.command_context(reason_code=reason_code), request="")
    with session.store.look(look, "open_case") as reading:
        refuse_training_reason(session, reading, reason_code)
        access = AccessCheck(session, reading, case_ref, with_other_cases=True)
        case = open_case_checked(session, reading, access, case_ref, reason_code, may_be_open=False)
        if isinstance(reading, Transaction):
            log_look(reading, case_ref, case.person_ref, REPEAT_ACCESS_WINDOW)
        return build_case_view(session, reading, case, as_of or session.today(), access)


def build_case_view(
    session: Session, reading: Reading, case: Case, as_of: date, access: AccessCheck | None = None
) -> CaseView:
    """Build the view of a case that this user may see; the caller audits why.

    Args:
        case: The case, read in the same transaction.
        as_of: Only events dated on or before this day count.
        access: What the lists say, where they were asked in this transaction already.
    """
    access = access or AccessCheck(session, reading, case.case_ref)
    content = read_case_content(reading, case, _types_in_view(session.role))
    records = content.records
    person = records[Person][0] if records[Person] else get_person(reading, case)
    policies = session.policy_timeline
    read = get_case_record(
        reading,
        case,
        policies=policies,
        pronoun=pronoun_of(session.lists, person.sex),
        records=records,
        corrected=content.corrected,
    )
    history = read.history
    sees = may(session.role, Right.READ_INTELLIGENCE)
    people = access.known_people(case.person_ref)
    theirs = people.openable_cases(case.person_ref)
    before, after = _linked_cases(theirs, case, as_of)
    workers = workers_as_they_stood(records[CaseWorker], as_of)
    stood, closed = get_case_as_it_stood(session, reading, case, as_of), case.ended_by(as_of)
    if as_of < session.today():
        stood = with_holders(stood, records[CaseWorker], as_of)
    readable = _readable_plain_types(session.role)
    plain = {
        noun: _plain_records(session, reading, noun, records[noun], as_of) if noun in readable and records[noun] else ()
        for noun in PLAIN_RECORD_TYPES
    }
    return CaseView(
        case=stood if sees else replace(stood, trial_arm=None),
        person=person,
        as_of=as_of,
        age=age_on(person.date_of_birth, as_of),
        step=latest_step(history[-1].decisions, as_of)[0],
        triggers=_explain_triggers(policies, history, as_of, person, sees=sees),
        suggestions=suggestions(policies, history[-1], as_of),
        overdue=overdue_standards(policies, history[-1], as_of),
        contact_due=None if closed else contact_due_shown_on(policies, history[-1], as_of),
        review_due=None if closed else rag_review_due_on(policies, history[-1], as_of),
        wanted_since=wanted_since(history[-1], as_of),
        rag=dated_up_to(read.of(RagEntry), "set_on", as_of),
        offers=as_they_stood(read.of(Offer), "offered_on", as_of),
        contacts=tuple(c for c in read.of(Contact) if c.occurred_at.on <= as_of),
        appointments=appointments_as_they_stood(
            records[Appointment],
            list_as_they_stood(session, reading, records[Appointment], as_of),
            read.of(Contact),
            as_of,
        ),
        workers=workers,
        ratings=dated_up_to(read.of(Rating), "rated_on", as_of),
        concerns=as_they_stood(
            (c for c in read.of(Concern) if sees or c.concern_type != INTELLIGENCE_CONCERN_TYPE), "occurred_on", as_of
        ),
        decisions=tuple(
            each
            for each in as_they_stood(read.of(Decision), "decided_on", as_of)
            if sees or each.rule != INTELLIGENCE_RULE
        ),
        proposals=tuple(
            each
            for each in as_they_stood(records[Proposal], "proposed_on", as_of)
            if sees or each.rule != INTELLIGENCE_RULE
        ),
        notifications=as_they_stood(read.of(Notification), "attempted_on", as_of),
        actions=tuple(list_as_they_stood(session, reading, read.of(Action), as_of)),
        custody=as_they_stood(read.of(CustodySpell), "received_on", as_of),
        orders=as_they_stood(read.of(Order), "made_on", as_of),
        plain_records=plain,
        history=history,
        completed=frozenset(contact.ref for contact in completed_until(policies, history[-1], as_of)),
        sees_intelligence=sees,
        break_glass_access=access.break_glass,
        died=case.closed_by_death or find_death(reading, (case, *theirs)) is not None,
        follows=before,
        followed_by=after,
        person_documents=dated_up_to(
            list_person_documents(session, reading, case, people, content.documents_elsewhere), "dated_on", as_of
        ),
        named_people=find_named_people(session, reading, chain.from_iterable(plain.values())),
    )


@cache
def _types_in_view(role: Role) -> tuple[type[Record], ...]:
    """Return what is read of a case: what its rules ask, whoever looks, and the plain types that the role reads."""
    always: tuple[type[Record], ...] = (Person, *RULE_RECORD_TYPES, Offence, Appointment, CaseWorker, Proposal)
    return tuple(dict.fromkeys((*always, *_readable_plain_types(role))))


@cache
def _readable_plain_types(role: Role) -> tuple[type[Record], ...]:
    return tuple(noun for noun in PLAIN_RECORD_TYPES if may(role, noun.rights.read))


def _linked_cases(theirs: Iterable[Case], case: Case, as_of: date) -> tuple[str, str]:
    """Return the case that was reopened as this one, and the one as which this was; empty for none that is shown."""
    shown = {each.case_ref: each for each in theirs if each.case_ref != case.case_ref and each.referred_on <= as_of}
    before = case.follows_case_ref or ""
    after = (ref for ref, each in shown.items() if each.follows_case_ref == case.case_ref)
    return before if before in shown else "", max(after, default="")


def _plain_records(
    session: Session, reading: Reading, record_type: type[R], records: Iterable[R], as_of: date
) -> tuple[R, ...]:
    """The records of a plain type that the user may read, up to a day; those without a day are always among them."""
    dated = date_columns(record_type)
    readable = (
        as_it_stood(each, as_of)
        for each in records
        if all(_is_dated_up_to(getattr(each, name), as_of) for name in dated)
        and redact_for_role(session.role, each) is not None
    )
    return tuple(naming_known_people(session, reading, readable))


def _is_dated_up_to(dated: date | DayTime | None, as_of: date) -> bool:
    on = dated.on if isinstance(dated, DayTime) else dated
    return on is None or on <= as_of


def _explain_triggers(
    policies: Policies, history: Sequence[CaseFacts], as_of: date, person: Person, *, sees: bool
) -> tuple[ExplainedTrigger, ...]:
    found = evaluate(policies, history, as_of)
    shown = found if sees else without_intelligence(found, history)
    is_child = age_on(person.date_of_birth, as_of) < ADULT_AGE
    parent = Addressee(person.called) if is_child else None
    return tuple(
        ExplainedTrigger(
            trigger,
            explain(policies, trigger),
            describe_plainly(trigger, history[-1], as_of),
            "" if parent is None else describe_plainly(trigger, history[-1], as_of, parent),
        )
        for trigger in shown
    )
