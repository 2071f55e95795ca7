"""What every command shares: done once per request, on a case the user may work on, saying what it raised."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import TypeVar

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.errors import Missing, Refused
from ioms_desktop.domain.policy.explanations import explain
from ioms_desktop.domain.policy.triggers import evaluate, without_intelligence
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.exchange.text import MAX_LONG_TEXT_CHARS, MAX_TEXT_CHARS, InvalidCell, clean_text
from ioms_desktop.services.case_access import instead_of, is_open_to, refuse_under_glass
from ioms_desktop.services.case_history import history_of
from ioms_desktop.services.change_feed import tell_others
from ioms_desktop.services.session import Desk, Outcome, Raised
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.requests import find_command_answer
from ioms_desktop.storage.transaction import Transaction

R = TypeVar("R", bound=Record)
PURPOSE = "CASE_WORK"
NOT_OPEN = "not_open"
"""The code of what is answered where somebody may not open a case, or there is none."""
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def new_ref(prefix: str) -> str:
    """Make a reference nobody else has, short enough to be read out: `CT-7K3QF9XB2M`."""
    return f"{prefix}-{''.join(secrets.choice(ALPHABET) for _ in range(10))}"


def once(desk: Desk, name: str, right: Right, request: str, do: Callable[[Transaction], Outcome]) -> Outcome:
    """Run a command in one transaction; the same request again answers as it did the first time.

    Raises:
        NotAllowed: The user's role does not include the act.
    """
    desk.require(right)
    with desk.store.begin(desk.act(request=request), name) as tx:
        if tx.earlier_answer is not None:
            return Outcome.from_answer(tx.earlier_answer)
        outcome = do(tx)
        tx.save_answer(outcome.as_answer())
        tell_others(desk, tx, outcome.changed)
    return outcome


def add(tx: Transaction, record: R) -> R:
    """Store a new record with its texts as a file would have brought them: composed, trimmed, free of hidden marks.

    Raises:
        Refused: A text holds what no record may hold, or is too long.
    """
    return tx.add(tidied(record))


def save(tx: Transaction, record: R) -> R:
    """Store a changed record, its texts as `add` keeps them.

    Raises:
        Refused: A text holds what no record may hold, or is too long.
        Stale: Someone else saved it since it was read.
    """
    return tx.save(tidied(record))


def tidied(record: R) -> R:
    """Give a record with its texts as they are stored.

    Raises:
        Refused: A text holds what no record may hold, or is too long.
    """
    limits = {ColumnKind.TEXT: MAX_TEXT_CHARS, ColumnKind.LONG_TEXT: MAX_LONG_TEXT_CHARS}
    texts: dict[str, str | None] = {}
    for column in columns_of(type(record)):
        raw = getattr(record, column.name)
        if column.kind in limits and isinstance(raw, str):
            try:
                texts[column.name] = clean_text(raw, limits[column.kind]) or None
            except InvalidCell as wrong:
                raise Refused(f"{wrong} Your entry is kept; mend it and save again.", code=column.name) from wrong
    return replace(record, **texts) if texts else record  # type: ignore[arg-type]  # texts by field name


def case_at_hand(desk: Desk, reading: Reading, case_ref: str, purpose: str = PURPOSE) -> Case:
    """Open a case the user may see; one they may not see is answered like one that is not there.

    Args:
        desk: Who asks.
        reading: Where to read; on a server the case is opened there, on record, before its record can be read.
        case_ref: The case.
        purpose: Why, as a reason code.

    Raises:
        Missing: There is no such case for this user.
    """
    opened = reading.open_case(case_ref, purpose, desk.workstation)
    case = reading.find(Case, case_ref) if opened else None
    if case is None or not is_open_to(desk, reading, case):
        raise Missing(instead_of(desk, reading, case_ref), code=NOT_OPEN)
    return case


def record_at_hand(desk: Desk, reading: Reading, noun: type[R], ref: str) -> R:
    """Get a record of a case the user may see, the case opened first.

    Raises:
        Missing: It is not there for this user.
    """
    case_ref = reading.case_of(noun, ref)
    if case_ref is not None:
        case_at_hand(desk, reading, case_ref)
    return reading.get(noun, ref)


def open_case_at_hand(desk: Desk, tx: Transaction, case_ref: str, on: date) -> Case:
    """Get a case that takes new records dated on a day.

    Raises:
        Missing: There is no such case for this user.
        Refused: The case had closed by then, or the user sees it only by breaking the glass.
    """
    case = case_at_hand(desk, tx, case_ref)
    refuse_under_glass(desk, tx, case_ref)
    not_closed_by(case, on)
    return case


def not_closed_by(case: Case, on: date) -> None:
    """Refuse a record dated on a day by which its case had closed.

    Raises:
        Refused: It had.
    """
    if case.closed_on is not None and case.closed_on < on:
        raise Refused(
            f"Case {case.case_ref} closed on {format_day(case.closed_on)}. Nothing was saved; choose an earlier date, "
            "or ask a supervisor to reopen the case."
        )


def person_of(reading: Reading, case: Case) -> Person:
    """Get the person a case is about."""
    return reading.get(Person, case.person_ref)


def not_in_future(desk: Desk, on: date, what: str) -> None:
    """Refuse a day that has not come yet.

    Raises:
        Refused: The day lies in the future.
    """
    if on > desk.today():
        raise Refused(
            f"{what} cannot be recorded before it happens, and {format_day(on)} is still to come. Your entry is kept; "
            "correct the date."
        )


def raised_by(desk: Desk, tx: Reading, case_ref: str, refs: Iterable[str]) -> tuple[Raised, ...]:
    """Say which open triggers of a case were completed by records just written.

    Args:
        desk: Who asks.
        tx: Where to read.
        case_ref: The case.
        refs: The evidence references of the records just written.
    """
    policy = desk.policy(desk.today())
    fresh = set(refs)
    history = history_of(tx, case_ref)
    found = evaluate(policy, history, desk.today())
    shown = found if may(desk.role, Right.READ_INTELLIGENCE) else without_intelligence(found, history)
    return tuple(
        Raised(trigger.rule, explain(policy, trigger), trigger.decision_due)
        for trigger in shown
        if trigger.status == "OPEN" and any(e.ref in fresh and not e.joined for e in trigger.evidence)
    )


def no_control_arm(case: Case) -> None:
    """Refuse what a control-arm case may not carry.

    Raises:
        Refused: The case is in the control arm of the trial.
    """
    if case.trial_arm == "CONTROL":
        raise Refused(
            "No support offer can be recorded on this case. Nothing was saved; a supervisor can say why.",
            code="trial_arm",
        )


def landed(desk: Desk, request: str) -> Outcome | None:
    """Say whether a command whose answer was lost was done: its outcome, or None where it was not and will not be.

    Raises:
        Refused: The database does not answer; it is not known yet.
    """
    answer = find_command_answer(desk.store, desk.act(request=request)) if request else None
    if answer is None:
        return None
    return Outcome.from_answer(answer) if answer else Outcome(notice="Saved.")
