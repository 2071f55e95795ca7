"""Retention reviews and disposal: one person proposes, another authorises, and only then is anything removed.

Supervisors ask, with names: who carries a disposal out has to know what of. An administrator sees no case.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.dates.calendar import LONDON, working_days_after
from ioms_desktop.domain.drafts import KnownNames
from ioms_desktop.domain.errors import (
    AlreadyDone,
    CaseStillOpen,
    CheckedOut,
    ConflictingValues,
    Missing,
    MissingReason,
    NamesPerson,
    NeedsAnotherPerson,
    OnLegalHold,
    OutOfRange,
    ServerRefused,
    UnknownCode,
)
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.retention import (
    Disposal,
    ReviewResult,
    is_named_in,
    latest_next_review_on,
    removed_records,
)
from ioms_desktop.domain.text_format import format_day, join_words, pluralise
from ioms_desktop.services.commands import clean_entry, new_ref, run_command
from ioms_desktop.services.drafts import forget_people
from ioms_desktop.services.retention.copies import describe_known_copies
from ioms_desktop.services.retention.due_reviews import DueReview, build_review, review_groups
from ioms_desktop.services.session import ALL_RECORD_TOPICS, Outcome, Session, Topic
from ioms_desktop.storage.database.backup_notes import last_backup
from ioms_desktop.storage.offline import checkout
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.retention import disposals
from ioms_desktop.storage.retention import retention as stored
from ioms_desktop.storage.retention.retention import RetentionReview
from ioms_desktop.storage.transaction import Transaction

REVIEW_REASON_CODE = "RRD_REVIEW"
PERSON_NOT_FOUND_MESSAGE = "There is no person {} whom you may review. Nothing was changed; check the reference."
SERVER_REFUSED_MESSAGE = (
    "The server did not let this be done: a case is open or kept from you, or somebody else has dealt with it. Nothing "
    "was changed; look at the record again."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReview:
    """A review that keeps the record: its result, its reason and the next review date.

    Attributes:
        group: The review group from now on; empty for the present one.
    """

    request: str
    person_ref: str
    result: str
    reason: str
    next_on: date
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeDisposal:
    """The first part of a disposal: why, and by what authority."""

    request: str
    person_ref: str
    authority: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDisposal:
    """The second part of a disposal, by another person; the proposer may only withdraw it."""

    request: str
    disposal_ref: str


def get_review(session: Session, person_ref: str) -> DueReview:
    """Return the review state of one record; looking at it is audited.

    Raises:
        NotAllowed: The user may not review records.
        Missing: There is no such person for this user.
    """
    session.require(Right.MANAGE_RETENTION)
    with session.store.begin(session.command_context(reason_code=REVIEW_REASON_CODE), "review_of") as tx:
        found = _get_person_review(session, tx, person_ref)
        tx.log("CONSULTATION", object_type="people", object_ref=person_ref, subject_ref=person_ref)
    return found


def record_review(session: Session, entry: RecordReview) -> Outcome:
    """Record a review that keeps the record, with its reason and the next review date.

    Raises:
        NotAllowed: The user may not review records.
        Missing: There is no such person for this user.
        Refused: The reason is missing, or the next review is too late.
    """

    def do(tx: Transaction) -> Outcome:
        found = _get_person_review(session, tx, entry.person_ref)
        group = review_groups(session, session.today()).get(entry.group or found.due.group.code)
        if entry.result not in session.lists.of("retention_result") or group is None:
            raise UnknownCode(
                "This is not a result of a review. Your entry is kept; choose one of the list.", field="result"
            )
        if (entry.result == ReviewResult.RETAIN_RECATEGORISE) == (group == found.due.group):
            raise ConflictingValues(
                "To retain in another group, choose both that result and another group. Your entry is kept.",
                field="group",
            )
        reason = _require_text(entry.reason, "reason", "A review needs its reason. Your entry is kept; write why.")
        latest = latest_next_review_on(group, found.born_on, session.today())
        if not session.today() < entry.next_on <= latest:
            raise OutOfRange(
                f"The next review is after today and on {format_day(latest)} at the latest. Your entry is kept; choose "
                "a day up to then.",
                field="next_on",
            )
        review = RetentionReview(
            person_ref=entry.person_ref, result=entry.result, group=group.code, reason=reason, next_on=entry.next_on
        )
        _require_done(stored.add_retention_review(tx, review))
        notice = f"Review recorded. The next one is due on {format_day(entry.next_on)}."
        return Outcome(notice=notice, changed=frozenset({Topic.PEOPLE}))

    return run_command(session, "record_review", Right.MANAGE_RETENTION, entry.request, do)


def propose_disposal(session: Session, entry: ProposeDisposal) -> Outcome:
    """Propose that a record be disposed of. Nothing is removed until another supervisor authorises it.

    Raises:
        NotAllowed: The user may not review records.
        Missing: There is no such person for this user.
        Refused: A case is open or on hold, it is proposed already, or authority or reason is missing or names them.
    """

    def do(tx: Transaction) -> Outcome:
        found = _get_person_review(session, tx, entry.person_ref)
        if found.proposed_disposal is not None:
            raise AlreadyDone(
                f"{session.names.of(found.proposed_disposal.proposed_by)} proposed this already, as "
                f"{found.proposed_disposal.disposal_ref}. Nothing was "
                "changed; another supervisor answers it."
            )
        _refuse_held_back(session, tx, found)
        authority = _require_text(
            entry.authority, "authority", "Name the authority: the decision's own number, or its date."
        )
        reason = _require_text(entry.reason, "reason", "A disposal needs its reason. Your entry is kept; write why.")
        _refuse_names(tx, found, authority, reason)
        ref = new_ref("DS")
        _require_done(disposals.propose_disposal(tx, ref, entry.person_ref, authority, reason))
        notice = f"Proposed as {ref}. Nothing was removed; another supervisor authorises or refuses it."
        return Outcome(notice=notice, changed=frozenset({Topic.PEOPLE}), ref=ref)

    return run_command(session, "propose_disposal", Right.MANAGE_RETENTION, entry.request, do)


def refuse_disposal(session: Session, entry: AnswerDisposal) -> Outcome:
    """Refuse a disposal, or withdraw one's own proposal; the record stays.

    Raises:
        NotAllowed: The user may not review records.
        Missing: There is no such proposal for this user.
    """

    def do(tx: Transaction) -> Outcome:
        job = _require_proposed(tx, entry.disposal_ref)
        _require_done(disposals.refuse_disposal(tx, job))
        notice = "Proposal withdrawn." if job.proposed_by == session.user else "Disposal refused."
        topics = frozenset({Topic.PEOPLE})
        return Outcome(notice=f"{notice} The record stays; its review is still due.", changed=topics)

    return run_command(session, "refuse_disposal", Right.MANAGE_RETENTION, entry.request, do)


def dispose_of_record(session: Session, entry: AnswerDisposal) -> Outcome:
    """Authorise a disposal that another supervisor proposed, and remove the record; see `get_certificate`.

    Raises:
        NotAllowed: The user may not, or proposed it themselves.
        Missing: There is no such proposal for this user.
        Refused: A case was opened since, or the record was put on hold.
    """
    refs, names = set[str](), list[KnownNames]()

    def do(tx: Transaction) -> Outcome:
        job = _require_proposed(tx, entry.disposal_ref)
        if job.proposed_by == session.user:
            raise NeedsAnotherPerson(
                "You proposed this disposal, and nobody carries out a disposal alone. Nothing was removed; another "
                "supervisor authorises it."
            )
        person_ref = job.person_ref or ""
        found = _get_person_review(session, tx, person_ref)
        _refuse_held_back(session, tx, found)
        _refuse_names(tx, found, job.authority, job.reason)
        called, numbers = stored.list_identifiers(tx, person_ref)
        refs.update(filter(None, (person_ref, *found.case_refs, *numbers)))
        family, given, *further = called
        names.append(KnownNames.of(family or "", given or "", further))
        redact_by = working_days_after(session.today(), found.due.group.redact_within_working_days)
        certificate = stored.carry_out_disposal(tx, job, redact_by)
        _require_done(certificate is not None)
        tx.changed_case_refs.add(None)
        return Outcome(notice=_describe_disposal(certificate or {}), changed=ALL_RECORD_TOPICS, ref=job.disposal_ref)

    outcome = run_command(session, "dispose", Right.MANAGE_RETENTION, entry.request, do)
    outcome = replace(outcome, notice=f"{outcome.notice} {forget_people(session, refs, *names[-1:])}".rstrip())
    return outcome if is_shared(session.store.location) else _rewrite_file(session, outcome)


def get_certificate(session: Session, disposal_ref: str) -> dict[str, Any]:
    """Return the certificate of a disposal: what was removed, by whom, and where copies may remain.

    Raises:
        NotAllowed: The user may not review records.
        Missing: Nothing was disposed of under this number.
    """
    session.require(Right.MANAGE_RETENTION)
    with session.store.read() as reading:
        job = disposals.find_disposal(reading, disposal_ref)
        last = None if is_shared(session.store.location) else last_backup(reading)
    if job is None or job.certificate is None:
        raise Missing(f"No disposal was carried out as {disposal_ref}. Check the number.")
    return {
        **job.certificate,
        "copies": describe_known_copies(session.store.location, job.answered_at, session.clock(), last),
    }


def _get_person_review(session: Session, reading: Reading, person_ref: str) -> DueReview:
    found = stored.retention_facts(reading, session.today(), (person_ref,)) if person_ref else []
    if not found:
        case = reading.find(Case, person_ref) if person_ref else None
        owner = f" {case.case_ref} is a case of {case.person_ref}: the person's record is reviewed." if case else ""
        raise Missing(PERSON_NOT_FOUND_MESSAGE.format(person_ref) + owner)
    waiting = disposals.find_proposed_disposal(reading, person_ref)
    return build_review(review_groups(session, session.today()), *found[0], session.today(), waiting)


def _require_proposed(reading: Reading, disposal_ref: str) -> Disposal:
    job = disposals.find_disposal(reading, disposal_ref)
    if job is None or job.status != disposals.PROPOSED:
        raise Missing(f"No disposal is pending as {disposal_ref}. Nothing was changed; check the number.")
    return job


def _refuse_held_back(session: Session, reading: Reading, found: DueReview) -> None:
    if found.due.has_open_case:
        raise CaseStillOpen(
            "A case of this person is open. Nothing was removed; the disposal follows when every case is closed."
        )
    if found.due.on_legal_hold:
        raise OnLegalHold("This record is on legal hold. Nothing was removed; a later review lifts the hold.")
    for taken in checkout.list_checkouts(reading):
        gone = set(taken.cases) & set(found.case_refs)
        if gone and taken.returned_at is None:
            raise CheckedOut(
                f"Case {join_words(sorted(gone))} is offline in a file that {session.names.of(taken.taken_by)} made on "
                f"{format_day(taken.taken_at.astimezone(LONDON).date())}. Nothing was removed; let it come back first."
            )


def _refuse_names(reading: Reading, found: DueReview, authority: str, reason: str) -> None:
    """Refuse a text that outlives the record and names the person."""
    names, numbers = stored.list_identifiers(reading, found.person_ref)
    for field, text in (("authority", authority), ("reason", reason)):
        if is_named_in(text, names, (*numbers, *found.case_refs)):
            raise NamesPerson(
                f"The {field} stays when the record is gone, and it names the person. Your entry is kept; write it "
                "without names and numbers of theirs.",
                field=field,
            )


def _require_text(text: str, field: str, wanted: str) -> str:
    kept = clean_entry(text, field)
    if not kept:
        raise MissingReason(wanted, field=field)
    return kept


def _require_done(done: bool) -> None:
    if not done:
        raise ServerRefused(SERVER_REFUSED_MESSAGE)


def _describe_disposal(certificate: dict[str, Any]) -> str:
    records = pluralise(sum(removed_records(certificate["removed"]).values()), "record")
    tasks = join_words(certificate["tasks_to_redact"])
    others = f" Others' records mention the person: {tasks} say where." if tasks else ""
    return f"Disposal carried out as {certificate['certificate']}: {records} removed.{others}"


def _rewrite_file(session: Session, outcome: Outcome) -> Outcome:
    from ioms_desktop.storage.retention.file_disposal import vacuum_file  # noqa: PLC0415 - only where a local file is open

    if vacuum_file(session.store):
        return outcome
    late = (
        f"{outcome.notice} The file could not be rewritten, because another program has it open or the disk is "
        "full: what was removed is written over, and pieces may stay in its log until it is closed everywhere."
    )
    return replace(outcome, notice=late)
