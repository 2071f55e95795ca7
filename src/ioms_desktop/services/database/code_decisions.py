"""Confirm, date or withdraw a code whose law is dated or was not sure; a supervisor's act, for the whole database."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import DatesOutOfOrder, Missing, MissingReason, Refused, UnknownCode
from ioms_desktop.domain.figures.harm import WEIGHTS
from ioms_desktop.domain.records.code_lists import LAW_KEYS
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.commands import run_command
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.database.code_decisions import decide_code
from ioms_desktop.storage.records.code_lists import (
    AS_SHIPPED,
    CONFIRMED,
    INACTIVE,
    CodeDecision,
    code_decisions,
    list_documents,
)
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction

DECISION_STATES = (CONFIRMED, INACTIVE, AS_SHIPPED)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidableCode:
    """A code that a supervisor may decide on, as it stands.

    Attributes:
        is_confirmed: Whether what it rests on is sure.
        is_available: Whether screens offer it, and a step may be taken.
        decision: What was decided last; None where it stands as shipped.
    """

    list: str
    code: str
    label: str
    source: str
    is_confirmed: bool
    is_available: bool
    valid_from: date | None
    valid_to: date | None
    decision: CodeDecision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideCode:
    """What is decided on a code, and on whose word.

    Attributes:
        valid_from: The first day it is in use, included; None for no beginning.
        valid_to: The last day it is in use, included; None for no end.
    """

    request: str
    list: str
    code: str
    state: str
    reason: str
    valid_from: date | None = None
    valid_to: date | None = None


def list_decidable_codes(session: Session) -> tuple[DecidableCode, ...]:
    """List every code that rests on dated or unsure law, by list; whoever may read cases may see them.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    with session.store.read() as reading:
        return _decidable(reading)


def decide_on_code(session: Session, entry: DecideCode) -> Outcome:
    """Confirm, date or withdraw a code, or let it stand again as shipped. Records that hold it keep it.

    Raises:
        NotAllowed: The user is no supervisor.
        Missing: There is no such code.
        UnknownCode: Nothing of this code rests on law, or there is no such state.
        Refused: The reason is missing, or the last day is before the first.
    """
    if entry.state not in DECISION_STATES:
        raise UnknownCode(f"{entry.state} is no state; choose {', '.join(DECISION_STATES)}.", field="state")
    if not entry.reason.strip():
        raise MissingReason("Say who confirmed it, or why it is withdrawn. Nothing was changed.", field="reason")
    if entry.valid_from is not None and entry.valid_to is not None and entry.valid_to < entry.valid_from:
        raise DatesOutOfOrder(
            f"The last day, {format_day(entry.valid_to)}, is before the first. Nothing was changed.", field="valid_to"
        )

    def do(tx: Transaction) -> Outcome:
        if (entry.list, entry.code) not in {(each.list, each.code) for each in _decidable(tx)}:
            raise _undecidable(tx, entry)
        decision = CodeDecision(
            list=entry.list,
            code=entry.code,
            state=entry.state,
            valid_from=entry.valid_from,
            valid_to=entry.valid_to,
            reason=entry.reason.strip(),
            decided_by=session.user,
            decided_at=session.clock(),
        )
        decide_code(tx, decision)
        notice = f"Decided on {entry.code} of {entry.list}. Anyone signed in now sees it when they next sign in."
        return Outcome(notice=notice, ref=f"{entry.list}/{entry.code}")

    return run_command(session, "decide_code", Right.DECIDE_CODES, entry.request, do)


def _undecidable(reading: Reading, entry: DecideCode) -> Refused:
    """Say why a code cannot be decided on."""
    codes = {each["code"] for each in list_documents(reading).get(entry.list, {}).get("code", ())}
    if entry.code not in codes:
        return Missing(f"The list {entry.list} has no code {entry.code}. Nothing was changed; see codes list.")
    return UnknownCode(
        f"{entry.code} of {entry.list} rests on no law and no list of others. Nothing was changed; see codes list.",
        field="code",
    )


def _decidable(reading: Reading) -> tuple[DecidableCode, ...]:
    decided = {(each.list, each.code): each for each in code_decisions(reading)}
    return tuple(
        _decidable_code(name, entry, decided.get((name, entry["code"])))
        for name, document in sorted(list_documents(reading).items())
        if name != WEIGHTS  # what an office loaded is its own
        for entry in document["code"]
        if not LAW_KEYS.isdisjoint(entry) and "synonym_of" not in entry
    )


def _decidable_code(name: str, entry: Mapping[str, Any], decision: CodeDecision | None) -> DecidableCode:
    return DecidableCode(
        list=name,
        code=entry["code"],
        label=entry["label"],
        source=entry.get("source", ""),
        is_confirmed=entry.get("confirmed", entry.get("active", True)),
        is_available=entry.get("offered", True) and entry.get("active", True),
        valid_from=entry.get("valid_from"),
        valid_to=entry.get("valid_to"),
        decision=None if decision is None or decision.state == AS_SHIPPED else decision,
    )
