"""Whether a command was done, asked by its number once the database answers again."""

from contextlib import suppress
from typing import Any

from sqlalchemy import select

from ioms_desktop.storage.schema.tables import request
from ioms_desktop.storage.store import NOTE, Store
from ioms_desktop.storage.transaction import Act

LOOK = "look"


class _Undo(Exception):  # noqa: N818 - no fault: it takes back the note that was made to find out
    """The note is not to stay."""


def answer_of(store: Store, act: Act) -> dict[str, Any] | None:
    """Give what a command answered; None where it was not done, and will not be by anything sent so far.

    The number is noted and taken back: a server lets the note wait for a transaction that is still being committed
    under the same number, so that "not done" cannot turn out wrong a moment later.

    Raises:
        Refused: The database does not answer, or is still at work on it.
    """
    look = Act(request="", user=act.user, role=act.role, at=act.at, workstation=act.workstation)
    query = select(request.c.answer, request.c.act).where(request.c.id == act.request)
    found: dict[str, Any] | None = None
    with suppress(_Undo), store.begin(look, LOOK) as tx:
        noted = {"id": act.request, "at": act.at, "actor": act.user, "act": LOOK}
        tx.connection.execute(NOTE, noted)
        row = tx.connection.execute(query).one()
        found = None if row.act == LOOK else row.answer or {}
        raise _Undo
    return found
