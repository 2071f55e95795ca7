"""`record`: take out what was entered in error, move it to the case it belongs to, or put it back."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ioms_desktop.cli.command import FORMAT, CommandGroup, option
from ioms_desktop.cli.output import write_result
from ioms_desktop.cli.session import open_session
from ioms_desktop.domain.errors import Missing
from ioms_desktop.domain.text_format import iso_date

if TYPE_CHECKING:
    from ioms_desktop.domain.records.record import Record
    from ioms_desktop.services.recording.corrections import StruckOutEntry
    from ioms_desktop.services.session import Outcome, Session

COMMANDS = CommandGroup("record", "entries of a case that were entered in error")
CASE = option("case_ref", metavar="CASE", help="the case on which it stands")
TABLE = option("table", metavar="TABLE", help="its table, as the exchange files name it")
KEY = option("key", metavar="KEY", help="its key; parts of one with several are separated by /")
REASON = option("--reason", required=True, metavar="TEXT", help="why it is an error; it stays in the history")


@COMMANDS.command("errors", "what was entered in error on a case and of its person, the newest first", FORMAT, CASE)
def record_errors(options: argparse.Namespace) -> int:
    """Print what was taken out and what was moved."""
    from ioms_desktop.services.recording.corrections import list_struck_out

    with open_session(options) as at:
        found = [_error_json(at, each) for each in list_struck_out(at, options.case_ref)]
    lines = (f"{each['table']}  {each['key']}  {each['at']}  {each['by']}: {each['reason']}" for each in found)
    return write_result(options, {"errors": found}, "\n".join(lines) or "Nothing was entered in error.")


@COMMANDS.command(
    "strike-out",
    "take a record out as entered in error; it counts nowhere from then on",
    FORMAT,
    CASE,
    TABLE,
    KEY,
    REASON,
)
def record_strike_out(options: argparse.Namespace) -> int:
    """Take a record out."""
    from ioms_desktop.services.recording.corrections import StrikeOut, strike_out

    with open_session(options) as at:
        outcome = strike_out(at, StrikeOut(**_named(at, options)))
    return _write(options, outcome)


@COMMANDS.command(
    "move",
    "move a contact, offer, concern or rating to the case it belongs to, with a trace on both",
    FORMAT,
    CASE,
    TABLE,
    KEY,
    option("--to", required=True, dest="to_case_ref", metavar="CASE", help="the case it belongs to"),
    REASON,
)
def record_move(options: argparse.Namespace) -> int:
    """Move a record."""
    from ioms_desktop.services.recording.corrections import MoveRecord, move_record

    with open_session(options) as at:
        outcome = move_record(at, MoveRecord(**_named(at, options), to_case_ref=options.to_case_ref))
    return _write(options, outcome)


@COMMANDS.command("restore", "put back what was taken out last under a key, as it was", FORMAT, CASE, TABLE, KEY)
def record_restore(options: argparse.Namespace) -> int:
    """Put a record back."""
    from ioms_desktop.services.recording.corrections import RestoreStruckOut, list_struck_out, restore_struck_out

    with open_session(options) as at:
        wanted = (options.table, options.key)
        gone = [each.record for each in list_struck_out(at, options.case_ref)]
        record = next((each for each in gone if (each.table, each.key_text) == wanted), None)
        if record is None:
            raise Missing("No such record is marked as entered in error here. Nothing was changed; see record errors.")
        entry = RestoreStruckOut(
            request=str(uuid4()), case_ref=options.case_ref, table=record.table, record_id=record.id
        )
        outcome = restore_struck_out(at, entry)
    return _write(options, outcome)


def _named(at: Session, options: argparse.Namespace) -> dict[str, Any]:
    """Return what commands about one record have in common."""
    return {
        "request": str(uuid4()),
        "case_ref": options.case_ref,
        "table": options.table,
        "key_text": options.key,
        "revision": _find(at, options).revision,
        "reason": options.reason,
    }


def _find(at: Session, options: argparse.Namespace) -> Record:
    """Find the record that is named, as it stands.

    Raises:
        Missing: There is none on this case.
    """
    from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
    from ioms_desktop.services.cases.cases import open_case

    record_type = RECORD_TYPE_BY_TABLE.get(options.table)
    records = () if record_type is None else open_case(at, options.case_ref).of(record_type)
    found = next((each for each in records if each.key_text == options.key), None)
    if found is None:
        raise Missing(
            f"Case {options.case_ref} has no record {options.key} in {options.table}. Nothing was changed; see the "
            "names of tables and keys in an export."
        )
    return found


def _write(options: argparse.Namespace, outcome: Outcome) -> int:
    raised = [{"rule": each.rule, "decision_due": iso_date(each.decision_due)} for each in outcome.raised]
    answer = {"ref": outcome.ref, "notice": outcome.notice, "raised": raised}
    return write_result(options, answer, outcome.notice)


def _error_json(at: Session, each: StruckOutEntry) -> dict[str, Any]:
    return {
        "table": each.record.table,
        "key": each.record.key_text,
        "at": iso_date(each.at),
        "by": at.names.of(each.by),
        "reason": each.reason,
        "moved": each.is_moved,
    }
