"""Record a reception: the custody spell, the release that the prison expects, and RAG BLUE if somebody says why."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

from ioms_desktop.domain.errors import InvalidRecord
from ioms_desktop.domain.policy.case_figures import wanted_since
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.text_format import format_day, pluralise
from ioms_desktop.services.case_history import get_case_history
from ioms_desktop.services.commands import run_command
from ioms_desktop.services.custody.release_dates import set_expected_release
from ioms_desktop.services.recording.rag import SetRag, set_rag_in_command
from ioms_desktop.services.recording.records import AddRecord, add_in_command
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.transaction import Transaction

IN_CUSTODY_RAG = "BLUE"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordReception:
    """Somebody received into custody, and released again where that is known already.

    Attributes:
        spell: The custody spell; whose it is follows from the case.
        expected_release_on: The release that the prison expects; None where it has said nothing.
        rag_reason: Why RAG is BLUE from the day of reception; empty to leave RAG as it is.
    """

    request: str
    case_ref: str
    spell: CustodySpell
    expected_release_on: date | None = None
    rag_reason: str = ""


def record_reception(session: Session, entry: RecordReception) -> Outcome:
    """Record a reception into custody.

    Raises:
        NotAllowed: The user may not record custody.
        Missing: The case is not there for this user.
        InvalidRecord: A value is not accepted; the refusal names its field.
        Duplicate: The reception is recorded already.
        Refused: RAG cannot be set on this case or that day.
    """

    def do(tx: Transaction) -> Outcome:
        spell = entry.spell
        outcome = add_in_command(session, tx, AddRecord(request="", case_ref=entry.case_ref, record=spell))
        _refuse_wrong_release(entry)
        more = []
        if entry.expected_release_on is not None:
            expected = entry.expected_release_on
            more.append(set_expected_release(tx, entry.case_ref, expected, received_on=spell.received_on))
        if entry.rag_reason.strip():
            more.append(_set_blue(session, tx, entry))
        said = f"{_describe(spell)}{_describe_return(session, tx, entry)}"
        return replace(outcome, notice=f"{said}{outcome.notice.partition('.')[2]}").joined(*more)

    return run_command(session, "record_reception", CustodySpell.rights.add, entry.request, do)


def _describe(spell: CustodySpell) -> str:
    if spell.released_on is None:
        return f"Received into custody on {format_day(spell.received_on)}."
    return f"In custody from {format_day(spell.received_on)} to {format_day(spell.released_on)}."


def _describe_return(session: Session, tx: Transaction, entry: RecordReception) -> str:
    """Say what a reception ends: the time that somebody was unlawfully at large."""
    received = entry.spell.received_on
    history = get_case_history(tx, entry.case_ref, policies=session.policy_timeline)
    since = wanted_since(history[-1], received - timedelta(days=1))
    if since is None:
        return ""
    days = pluralise((received - since).days, "day")
    return f" Unlawfully at large since {format_day(since)}, {days}; that has ended."


def _refuse_wrong_release(entry: RecordReception) -> None:
    expected, spell = entry.expected_release_on, entry.spell
    if expected is None:
        return
    if spell.released_on is not None:
        raise InvalidRecord(
            f"The release was on {format_day(spell.released_on)}; none is expected any more. Your entry is kept; leave "
            "this day empty.",
            field="expected_release_on",
        )
    if expected < spell.received_on:
        raise InvalidRecord(
            f"The release cannot be expected before the reception on {format_day(spell.received_on)}. Your entry is "
            "kept; correct the date.",
            field="expected_release_on",
        )


def _set_blue(session: Session, tx: Transaction, entry: RecordReception) -> Outcome:
    rag = SetRag(
        request="",
        case_ref=entry.case_ref,
        rag=IN_CUSTODY_RAG,
        set_on=entry.spell.received_on,
        reason=entry.rag_reason,
    )
    return set_rag_in_command(session, tx, rag)
