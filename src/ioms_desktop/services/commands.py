"""What every command shares: run once per request, on a case the user may work on, reporting what it raised."""

import secrets
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from ioms_desktop.domain.access.case_access import REVIEW_REF_PREFIX
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import (
    CaseClosed,
    CaseNotFound,
    ControlArm,
    DatesOutOfOrder,
    FutureDate,
    InvalidText,
    NotAdopted,
)
from ioms_desktop.domain.policy.explanations import explain
from ioms_desktop.domain.policy.triggers import Trigger, evaluate, visible_triggers
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.domain.records.concerns_and_decisions import Decision, Proposal
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.validation.column_rules import describe_future, is_future
from ioms_desktop.exchange.text import MAX_LONG_TEXT_CHARS, MAX_TEXT_CHARS, InvalidCell, clean_text
from ioms_desktop.services.case_access import AccessCheck, case_refusal_message
from ioms_desktop.services.case_history import get_open_triggers_history
from ioms_desktop.services.change_feed import save_and_announce
from ioms_desktop.services.entries.authors import refuse_change_of_another
from ioms_desktop.services.entries.deaths import ask_about_death
from ioms_desktop.services.entries.raised_alerts import name_raised
from ioms_desktop.services.entry_doubts import require_confirmed
from ioms_desktop.services.session import Outcome, RaisedTrigger, Session, Undo, UndoneAct
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.requests import find_command_answer
from ioms_desktop.storage.transaction import Transaction

R = TypeVar("R", bound=Record)
DEFAULT_REASON_CODE = "CASE_WORK"
NOT_UNDONE_WORDS: dict[type[Record], str] = {
    Person: "Details of a person cannot be undone. Change them again; what they said before stays in the history.",
    Case: "A new case cannot be undone. It ends by a step of its own, with its reason.",
    Decision: "Two people stand behind a decision, so it cannot be undone. A supervisor marks it as entered in error.",
    Proposal: "It answers somebody else and cannot be undone. Correct a decision by marking it as entered in error.",
}
"""Why an act on such a record offers no Undo."""
REF_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_ref(prefix: str) -> str:
    """Make a unique reference, short enough to be read out: `CT-7K3QF9XB2M`."""
    return f"{prefix}-{''.join(REF_ALPHABET[each % len(REF_ALPHABET)] for each in secrets.token_bytes(10))}"


def run_command(
    session: Session,
    name: str,
    right: Right,
    request: str,
    do: Callable[[Transaction], Outcome],
    *,
    reason_text: str = "",
) -> Outcome:
    """Run a command in one transaction; repeating a request returns its first answer.

    Args:
        session: Who asks.
        name: The command's name in the audit.
        right: What the role must include.
        request: The number of the request; empty where it need not be recognised.
        do: What the command does.
        reason_text: Why, in words, for the audit.

    Raises:
        NotAllowed: The user's role does not include the act.
    """
    session.require(right)
    with session.store.begin(session.command_context(request=request, reason_text=reason_text), name) as tx:
        if tx.earlier_answer is not None:
            return name_raised(tx, Outcome.from_dict(tx.earlier_answer))
        outcome = replace(name_raised(tx, do(tx)), cases=tx.only_cases)
        if outcome.undo is None:
            undo = _undo_of(tx)
            outcome = replace(outcome, undo=undo, not_undone="" if undo is not None else _why_not_undone(tx))
        save_and_announce(session, tx, outcome)
    return outcome


def _undo_of(tx: Transaction) -> Undo | None:
    """Say what a command did, where each record that it wrote can be as it was before; the last is undone first."""
    written = list(reversed(tx.written))
    if any(after is None for _, after in written):
        # What named a record that was struck out names it again when it is put back.
        written = [(before, after) for before, after in written if before is None or after is None]
    acts = [_undo_one(before, after) for before, after in written]
    undone = [act for act in acts if act is not None]
    if not undone or len(undone) < len(acts):
        return None
    return replace(undone[0], also=tuple(undone[1:]))


def _why_not_undone(tx: Transaction) -> str:
    """Say why what a command wrote is not undone, for whoever asks for that; empty where there is nothing to say."""
    kept = [before or after for before, after in tx.written if _undo_one(before, after) is None]
    return next((words for each in kept for noun, words in NOT_UNDONE_WORDS.items() if isinstance(each, noun)), "")


def _undo_one(before: Record | None, after: Record | None) -> Undo | None:
    if before is None or after is None:
        record, act = before or after, UndoneAct.ADDED if before is None else UndoneAct.STRUCK_OUT
        if record is None or isinstance(record, Person | Case):
            return None
        # A decision is two people's; an answered proposal keeps saying what it came to.
        return None if isinstance(record, Decision) and act is UndoneAct.ADDED else Undo(act, record)
    is_review = isinstance(after, Action) and after.action_ref.startswith(REVIEW_REF_PREFIX)
    return None if isinstance(after, Person | Proposal) or is_review else Undo(UndoneAct.CHANGED, after, before)


def add_record(tx: Transaction, record: R, *, is_read_back: bool = True) -> R:
    """Store a new record, its texts cleaned as an import would: composed, trimmed, without hidden characters.

    Args:
        tx: The command.
        record: The record.
        is_read_back: As for `Transaction.add`.

    Raises:
        EntryDoubtful: Something about it is odd, and the user was not asked yet.
        Refused: A text holds what no record may hold, or is too long.
    """
    cleaned = clean_record(record)
    require_confirmed(tx, cleaned)
    return tx.add(cleaned, is_read_back=is_read_back)


def save_record(tx: Transaction, record: R) -> R:
    """Store a changed record, its texts cleaned as `add_record` does.

    Raises:
        EntryDoubtful: Something about it is odd that was not before, and the user was not asked yet.
        NotAllowed: Somebody else recorded it, and it is not what a team keeps together.
        ReasonToChange: It stands, and it is not said why it is changed.
        Refused: A text holds what no record may hold, or is too long.
        Stale: Someone else saved it since it was read.
    """
    cleaned = clean_record(record)
    before = tx.find(type(record), *record.identity)
    if before is not None and before.revision == record.revision:
        refuse_change_of_another(tx, before, cleaned)
    if tx.command.confirmed is not None:
        require_confirmed(tx, cleaned, before)
    return tx.save(cleaned)


def clean_record(record: R) -> R:
    """Return a record with its texts cleaned as they are stored.

    Raises:
        Refused: A text holds what no record may hold, or is too long.
    """
    limits = {ColumnKind.TEXT: MAX_TEXT_CHARS, ColumnKind.LONG_TEXT: MAX_LONG_TEXT_CHARS}
    texts: dict[str, str | None] = {}
    for column in columns_of(type(record)):
        raw, limit = getattr(record, column.name), limits.get(column.kind)
        if limit and isinstance(raw, str) and (cleaned := clean_entry(raw, column.name, limit) or None) != raw:
            texts[column.name] = cleaned
    return replace(record, **texts) if texts else record  # type: ignore[arg-type]  # texts by field name


def get_visible_case(session: Session, reading: Reading, case_ref: str, reason_code: str = DEFAULT_REASON_CODE) -> Case:
    """Open a case the user may see; one they may not see is refused like one that does not exist.

    Args:
        reading: Where to read; on a server the case is opened there, on record, before its record can be read.

    Raises:
        Missing: There is no such case for this user.
    """
    return open_case_checked(session, reading, AccessCheck(session, reading, case_ref), case_ref, reason_code)


def open_case_checked(
    session: Session,
    reading: Reading,
    access: AccessCheck,
    case_ref: str,
    reason_code: str = DEFAULT_REASON_CODE,
    *,
    may_be_open: bool = True,
) -> Case:
    """Open a case as `get_visible_case` does, for a caller who checks more of what the lists say.

    Args:
        reading: Where to read, as there.
        access: What the lists say of it, asked in the same transaction.
        case_ref: The case.
        reason_code: Why it is opened.
        may_be_open: As for `AccessCheck.open_case`.

    Raises:
        Missing: There is no such case for this user.
    """
    case = access.open_case(reason_code, may_be_open=may_be_open)
    if case is None or not access.may_open(case):
        raise CaseNotFound(case_refusal_message(session, reading, case_ref))
    return case


def get_visible_record(session: Session, reading: Reading, record_type: type[R], ref: str) -> R:
    """Get a record of a case the user may see, after opening the case.

    Raises:
        Missing: It is not there for this user.
    """
    case_ref = reading.case_of(record_type, ref)
    if case_ref is not None:
        get_visible_case(session, reading, case_ref)
    return reading.get(record_type, ref)


def get_writable_case(
    session: Session, tx: Transaction, case_ref: str, on: date, *, after_closing: bool = False
) -> Case:
    """Get a case that accepts new records dated on a day.

    Args:
        session: Who asks.
        tx: The command.
        case_ref: The case.
        on: The day.
        after_closing: Whether what is recorded may follow the closing.

    Raises:
        Missing: There is no such case for this user.
        EntryDoubtful: The person had died by then, and the user was not asked yet.
        Refused: The case had closed by then, or the user sees it only by break-glass access.
    """
    can_ask = tx.command.confirmed is not None
    # Every check reads the lists as they stand now, and once.
    access = AccessCheck(session, tx, case_ref, with_other_cases=can_ask and not after_closing)
    case = open_case_checked(session, tx, access, case_ref)
    access.refuse_under_break_glass()
    if not after_closing:
        refuse_if_closed(case, on)
        if can_ask:
            ask_about_death(tx, access.known_people(case.person_ref).openable_cases(case.person_ref), on)
    return case


def require_adopted_case(session: Session, tx: Transaction, case_ref: str, on: date, what: str) -> None:
    """Refuse what may only be done after adoption where a case of IOM was not adopted by a day.

    Args:
        session: Who asks.
        tx: The command.
        case_ref: The case.
        on: The day.
        what: What is done, as the sentence begins: `A release is planned`.

    Raises:
        NotAdopted: It has not been adopted.
        DatesOutOfOrder: It was adopted later.
        Refused: As `get_writable_case`.
    """
    case = get_writable_case(session, tx, case_ref, on)
    if case.programme != "IOM" or case.adopted_on is None:
        raise NotAdopted(f"{what} after adoption, and this case has not been adopted. Nothing was saved.")
    if on < case.adopted_on:
        raise DatesOutOfOrder(
            f"{what} after adoption, which was on {format_day(case.adopted_on)}. Your entry is kept; correct the date."
        )


def refuse_if_closed(case: Case, on: date) -> None:
    """Refuse a record dated after the day its case closed; the closing day itself is accepted.

    Raises:
        Refused: It had.
    """
    if case.closed_on is not None and case.closed_on < on:
        raise CaseClosed(
            f"Case {case.case_ref} closed on {format_day(case.closed_on)}. Nothing was saved; choose an earlier date, "
            "or reopen the case as a new one."
        )


def get_person(reading: Reading, case: Case) -> Person:
    """Get the person a case is about."""
    return reading.get(Person, case.person_ref)


def refuse_future_date(session: Session, on: date, what: str) -> None:
    """Refuse a date that is still to come.

    Raises:
        Refused: The day lies in the future.
    """
    if on > session.today():
        raise FutureDate(
            f"{what} cannot be recorded before it happens, and {describe_future(DayTime(on))}. Your entry is kept; "
            "correct the date."
        )


def refuse_future_moment(session: Session, moment: DayTime, what: str) -> None:
    """Refuse a moment that is still to come, later today too.

    Raises:
        Refused: The day or the time lies in the future.
    """
    if is_future(moment, session.day_time()):
        raise FutureDate(
            f"{what} cannot be recorded before it happens, and {describe_future(moment)}. Your entry is kept; correct "
            "the time."
        )


def get_raised_triggers(session: Session, tx: Reading, case: Case, refs: Iterable[str]) -> tuple[RaisedTrigger, ...]:
    """List the open triggers of a case that records just written completed.

    Args:
        case: The case as it stands in this transaction.
        refs: The evidence references of the records just written.
    """
    policies = session.policy_timeline
    fresh = set(refs)
    history = get_open_triggers_history(tx, case, policies)
    found = evaluate(policies, history, session.today())
    shown = visible_triggers(session.role, found, history)
    return tuple(
        RaisedTrigger(trigger.rule, explain(policies, trigger), trigger.decision_due, case.case_ref)
        for trigger in shown
        if trigger.status == "OPEN" and _is_raised_by(trigger, fresh)
    )


def _is_raised_by(trigger: Trigger, fresh: Collection[str]) -> bool:
    """Whether records just written raised a trigger.

    Of several that count on the day on which it was raised the rules take one by its reference, whichever was recorded
    first. Where another joined it by that day, the trigger stood before these records were written.
    """
    others = [each for each in trigger.evidence if each.ref not in fresh]
    completed = any(each.ref in fresh and not each.joined for each in trigger.evidence)
    return completed and not any(each.joined and each.on <= trigger.raised_on for each in others)


def refuse_control_arm(reading: Reading, case: Case) -> None:
    """Refuse support offers on a case in the control arm of the trial, or on one that was reopened from such a case.

    Raises:
        Refused: The case is in the control arm of the trial, or follows one that is.
    """
    line: dict[str, Case] = {}
    each: Case | None = case
    while each is not None and each.case_ref not in line:
        line[each.case_ref] = each
        each = None if each.follows_case_ref is None else reading.find(Case, each.follows_case_ref)
    if any(found.trial_arm == "CONTROL" for found in line.values()):
        raise ControlArm(
            "No support offer can be recorded on this case. Nothing was saved; a supervisor can say why.",
            field="trial_arm",
        )


def find_outcome(session: Session, request: str) -> Outcome | None:
    """Return the outcome of a command whose answer was lost; None where it was not done and will not be.

    Raises:
        Refused: The database does not answer; it is not known yet.
    """
    answer = find_command_answer(session.store, session.command_context(request=request)) if request else None
    if not answer:
        return None if answer is None else Outcome(notice="Saved.")
    outcome = Outcome.from_dict(answer)
    if not outcome.raised:
        return outcome
    with session.store.read() as reading:
        return name_raised(reading, outcome)


def clean_entry(text: str, field_name: str, limit: int = MAX_TEXT_CHARS) -> str:
    """Clean a text somebody typed, as it is stored.

    Args:
        text: What was typed.
        field_name: The field, for the refusal's code.
        limit: The most characters it may have.

    Raises:
        InvalidText: It holds what no record may hold, or is too long.
    """
    try:
        return clean_text(text, limit)
    except InvalidCell as wrong:
        raise InvalidText(f"{wrong} Your entry is kept; correct it and save again.", field=field_name) from wrong
