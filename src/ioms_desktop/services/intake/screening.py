"""Screening: record what was answered to the checks that precede a panel, several in one act."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import DatesOutOfOrder, InvalidEntry, MissingValue
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.selection.screening import NEEDED_CHECKS, ScreeningCheck, answered_checks
from ioms_desktop.domain.records.status_table import status_rule
from ioms_desktop.domain.text_format import format_day, join_words, pluralise
from ioms_desktop.services.commands import add_record, clean_record, get_writable_case, run_command, save_record
from ioms_desktop.services.intake.steps import check_step
from ioms_desktop.services.recording.record_checks import refuse_invalid
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.transaction import Transaction

SCREENED = "SCREENED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningAnswer:
    """The answer to one check.

    Attributes:
        check_type: The check, as a code of the list `screening_check`.
        answer: A code of the list `screening_answer`.
        note: What is known, in words.
    """

    check_type: str
    answer: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordScreening:
    """The answers to one or more checks, given by one person on one day.

    Attributes:
        answered_by: Who answered, in words.
        take_step: Whether the case becomes Screened, where that follows and no check is missing then.
    """

    request: str
    case_ref: str
    answered_on: date
    answered_by: str
    answers: tuple[ScreeningAnswer, ...]
    take_step: bool = True


def missing_checks(checks: Iterable[ScreeningCheck]) -> tuple[str, ...]:
    """Return the checks without which no case goes before a panel and that are not answered, in their order."""
    answered = answered_checks(checks)
    return tuple(name for name in NEEDED_CHECKS if name not in answered)


def record_screening(session: Session, entry: RecordScreening) -> Outcome:
    """Record the answers to checks; the same check answered twice on a day keeps its later answer.

    Raises:
        NotAllowed: The user may not record what precedes a panel, or may not take the step.
        Missing: The case is not there for this user.
        InvalidEntry: A value is missing or not accepted; the refusal names its field, `note_MAPPA` for that of a check.
        CaseClosed: The case had closed by then.
    """

    def do(tx: Transaction) -> Outcome:
        case = get_writable_case(session, tx, entry.case_ref, entry.answered_on)
        if not entry.answers:
            raise MissingValue("No check was answered. Nothing was saved; answer one.", field=NEEDED_CHECKS[0])
        if entry.answered_on < case.referred_on:
            raise DatesOutOfOrder(
                f"The case was referred on {format_day(case.referred_on)}, and a check cannot come before that. Your "
                "entry is kept; correct the date.",
                field="answered_on",
            )
        for answer in entry.answers:
            _store(session, tx, entry, answer)
        missing = missing_checks(tx.list_records(ScreeningCheck, case_ref=case.case_ref))
        said = f"{pluralise(len(entry.answers), 'check').capitalize()} recorded."
        if missing:
            said += f" Still to be answered: {_names(session, missing)}."
        elif entry.take_step and status_rule(case.programme, case.status, SCREENED) is not None:
            said += f" {_take_step(session, tx, case)}"
        return Outcome(notice=said, changed=frozenset({Topic.CASES}), ref=case.case_ref)

    return run_command(session, "record_screening", Right.SCREEN, entry.request, do)


def _store(session: Session, tx: Transaction, entry: RecordScreening, answer: ScreeningAnswer) -> None:
    check = clean_record(
        ScreeningCheck(
            case_ref=entry.case_ref,
            check_type=answer.check_type,
            answered_on=entry.answered_on,
            answer=answer.answer,
            answered_by=entry.answered_by,
            note=answer.note,
        )
    )
    try:
        refuse_invalid(session, tx, check)
    except InvalidEntry as wrong:
        names = {"note": f"note_{answer.check_type}", "answer": answer.check_type, "check_type": answer.check_type}
        wrong.field = names.get(wrong.field, wrong.field)
        raise
    earlier = tx.find(ScreeningCheck, *check.identity)
    if earlier is None:
        add_record(tx, check, is_read_back=False)
    else:
        save_record(tx, replace(earlier, answer=check.answer, answered_by=check.answered_by, note=check.note))


def _take_step(session: Session, tx: Transaction, case: Case) -> str:
    screened = replace(case, status=SCREENED)
    check_step(session, tx, case, screened)
    save_record(tx, screened)
    return f"The case is now: {session.lists.of('case_status').label(SCREENED)}."


def _names(session: Session, checks: Iterable[str]) -> str:
    listed = session.lists.of("screening_check")
    return join_words([listed.label(each) for each in checks])
