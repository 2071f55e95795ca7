"""Finds out, once the database answers again, whether a command was done."""

from contextlib import suppress
from typing import Any

from sqlalchemy import Integer, bindparam, func, literal_column, select

from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.plain_text import ask_file
from ioms_desktop.storage.schema.tables import request
from ioms_desktop.storage.store import INSERT_REQUEST_SQL, Store
from ioms_desktop.storage.transaction import CommandContext

PROBE_COMMAND_NAME = "look"
NUMBER_IN_FILE = literal_column("request.rowid", Integer)
"""The number that a local file gives each act, in the order in which they were done."""
LAST_ACT = select(func.max(NUMBER_IN_FILE)).select_from(request)
ACTS_AFTER = select(request.c.id).where(bindparam("number", type_=Integer()) < NUMBER_IN_FILE)


class _RollBackProbe(Exception):  # noqa: N818 - no fault: it takes back the note that was made to find out
    """Undoes the probe."""


def find_command_answer(store: Store, command: CommandContext) -> dict[str, Any] | None:
    """Return a command's answer; None where it was not done, and nothing sent so far can still do it.

    The request number is inserted and rolled back: the insert waits for a transaction under the same number that is
    still being committed, so that "not done" cannot turn out wrong a moment later.

    Raises:
        Refused: The database does not answer, or is still working on the command.
    """
    look = CommandContext(
        request="", user=command.user, role=command.role, at=command.at, workstation=command.workstation
    )
    query = select(request.c.answer, request.c.act).where(request.c.id == command.request)
    found: dict[str, Any] | None = None
    with suppress(_RollBackProbe), store.begin(look, PROBE_COMMAND_NAME) as tx:
        noted = {"id": command.request, "at": command.at, "actor": command.user, "act": PROBE_COMMAND_NAME}
        tx.connection.execute(INSERT_REQUEST_SQL, noted)
        row = tx.connection.execute(query).one()
        found = None if row.act == PROBE_COMMAND_NAME else row.answer or {}
        raise _RollBackProbe
    return found


def was_requested(reading: Reading, number: str) -> bool:
    """Whether a request was answered before, so that repeating it gives that answer and writes nothing."""
    if not number:
        return False
    return reading.connection.execute(select(request.c.id).where(request.c.id == number)).first() is not None


def last_act_number(reading: Reading) -> int:
    """Return the number of the last act in a local file; 0 where there was none."""
    return ask_file(reading.connection, LAST_ACT, {})[0][0] or 0


def list_acts_after(reading: Reading, number: int) -> list[str]:
    """List the requests of the acts in a local file after the one with a number."""
    return [ref for (ref,) in ask_file(reading.connection, ACTS_AFTER, {"number": number})]
