"""Refer a person to a programme: a new case with its first status, and who referred them and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from ioms_desktop.domain.access.roles import sees_programme
from ioms_desktop.domain.errors import Duplicate, InvalidRecord, NotOnThisProgramme
from ioms_desktop.domain.policy.ladder import LadderStep, StepContext
from ioms_desktop.domain.records.cases import Case, Referral
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.status_table import FIRST_STATUS
from ioms_desktop.domain.text_format import format_day, format_name
from ioms_desktop.domain.validation.column_rules import check_columns
from ioms_desktop.domain.validation.record_rules import CaseBasics, check_record
from ioms_desktop.services.case_access import KnownPeople
from ioms_desktop.services.commands import add_record, clean_record, new_ref, run_command
from ioms_desktop.services.entries.deaths import describe_death, find_death
from ioms_desktop.services.entry_doubts import doubtful
from ioms_desktop.services.intake.people import get_known_person
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.transaction import Transaction

CASE_PREFIXES = {"IOM": "IOM", "PHOENIX": "PHX"}
INCOMING = "IN"
ACKNOWLEDGED = "ACKNOWLEDGED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferPerson:
    """A referral of a person on record to a programme.

    Attributes:
        unit: The unit or partner that refers, as a code of the list of units.
        reason: The reason for selection, in words.
        referred_by: Who referred, in words; empty where that is not known.
    """

    request: str
    person_ref: str
    programme: str
    referred_on: date
    unit: str
    reason: str
    referred_by: str | None = None


def refer_person(session: Session, entry: ReferPerson) -> Outcome:
    """Open a new case for a person on record, with the referral that led to it.

    A case that closed is not opened again: coming back is a new case.

    Raises:
        NotAllowed: The user may not record cases.
        NotOnThisProgramme: The user does not work on the programme.
        Missing: The person is not there for this user.
        InvalidRecord: A value is not accepted; the refusal names its field.
        Duplicate: There is an open case of this programme already.
        EntryDoubtful: The person is on the other programme or died, or a date is odd, and the user was not asked yet.
    """

    def do(tx: Transaction) -> Outcome:
        if not sees_programme(session.role, entry.programme):
            raise NotOnThisProgramme(
                "You work on Phoenix and cannot open a case of another programme. Nothing was saved; refer the person "
                "to an officer or a co-ordinator.",
                field="programme",
            )
        return open_new_case(session, tx, entry)

    return run_command(session, "refer_person", Case.rights.add, entry.request, do)


def open_new_case(session: Session, tx: Transaction, entry: ReferPerson, *, follows: str | None = None) -> Outcome:
    """Open a new case within a command that has asked for the right.

    Args:
        follows: The case that closed before and is reopened as this one.

    Raises:
        Refused: As `refer_person`.
    """
    person = get_known_person(session, tx, entry.person_ref)
    tx.lock(person)
    case, referral = _records(entry)
    case = replace(case, follows_case_ref=follows)
    _refuse_invalid(session, person, case, referral)
    _check_other_cases(session, tx, case)
    add_record(tx, case)
    add_record(tx, referral, is_read_back=False)
    name = format_name(person.family_name, person.given_names)
    done = "is referred" if follows is None else f"is referred again after case {follows}"
    return Outcome(
        notice=f"{name} {done}; the new case is {case.case_ref}.",
        changed=frozenset({Topic.CASES, Topic.PEOPLE}),
        ref=case.case_ref,
    )


def _records(entry: ReferPerson) -> tuple[Case, Referral]:
    ref = new_ref(CASE_PREFIXES.get(entry.programme, "CASE"))
    case = Case(
        case_ref=ref,
        person_ref=entry.person_ref,
        programme=entry.programme,
        status=FIRST_STATUS.get(entry.programme, ""),
        referred_on=entry.referred_on,
        referred_by=entry.referred_by,
    )
    referral = Referral(
        referral_ref=new_ref("RF"),
        case_ref=ref,
        direction=INCOMING,
        unit=entry.unit,
        sent_on=entry.referred_on,
        status=ACKNOWLEDGED,
        reason=entry.reason,
    )
    return clean_record(case), clean_record(referral)


@dataclass(slots=True)
class NewCaseFacts:
    """What the rules look up about a case that is not stored yet."""

    lists: CodeLists
    person: Person
    ladder: Sequence[LadderStep] = ()
    families: Mapping[str, str] = field(default_factory=dict)

    def born_on(self, person_ref: str) -> date | None:
        """The person's date of birth."""
        return self.person.date_of_birth if person_ref == self.person.person_ref else None

    def case(self, case_ref: str) -> CaseBasics | None:
        """No other case."""
        del case_ref
        return None

    stored_case = case
    followed_case = case

    def offer_case(self, offer_ref: str) -> str | None:
        """No offer."""
        del offer_ref
        return None

    def situation(self, decision: Decision) -> StepContext | None:
        """No decision."""
        del decision
        return None


_FORM_FIELDS = {"sent_on": "referred_on", "person_ref": "programme"}


def _refuse_invalid(session: Session, person: Person, *records: Record) -> None:
    """Refuse what an import would reject of the case and its referral, beside the field of the form."""
    for record in records:
        findings = list(check_columns(record, session.lists, session.today()))
        if isinstance(record, Referral) and not record.reason:
            raise InvalidRecord("Say why: the reason for selection is needed. Your entry is kept.", field="reason")
        findings = findings or check_record(record, NewCaseFacts(session.lists, person))
        if findings:
            column = _FORM_FIELDS.get(findings[0].column, findings[0].column)
            raise InvalidRecord(f"{findings[0].reason} Your entry is kept.", field=column)


def _check_other_cases(session: Session, tx: Transaction, new: Case) -> None:
    """Refuse a second open case of a programme, as a server does too; ask about one of the other, and about a death."""
    statuses = session.lists.of("case_status")
    open_cases = [
        case
        for case in tx.list_records(Case, person_ref=new.person_ref)
        if case.closed_on is None and not ((code := statuses.get(case.status)) is not None and code.closes)
    ]
    for case in open_cases:
        if case.programme == new.programme:
            raise Duplicate(
                f"This person has an open case of this programme already: {case.case_ref}, "
                f"{statuses.label(case.status)}. Nothing was saved; open that case instead.",
                field="programme",
            )
    confirmed = tx.command.confirmed
    if confirmed is None:
        return
    asked = [
        f"This person is on the other programme already ({case.case_ref}, {statuses.label(case.status)}, referred "
        f"{format_day(case.referred_on)}); only one programme can be in the lead for a person."
        for case in open_cases
    ]
    known = KnownPeople(session, tx, (new.person_ref,)).openable_cases(new.person_ref)
    death = find_death(tx, known)
    if death is not None:
        asked.append(f"{describe_death(death)} If that was recorded by mistake, say so in the reason.")
    if set(asked) - confirmed:
        raise doubtful({"": tuple(asked)})
