"""The first cases by the next day due: the earlier one of the day of the next contact and that of the next action.

Each of the two has an index in its order, and they are of two tables. So both are walked, whichever is behind, until
nothing that neither has come to can be among the first.
"""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    Row,
    Select,
    literal_column,
    select,
    tuple_,
    union_all,
)

from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import read_functions
from ioms_desktop.storage.schema.case_results import known_case_result
from ioms_desktop.storage.schema.join_hints import day_parameter
from ioms_desktop.storage.schema.read_functions import Due
from ioms_desktop.storage.schema.types import text_parameter
from ioms_desktop.storage.schema.views import FACT_VIEWS

Given = dict[str, object]
MOST_AT_ONCE = 5_000
MOST_WALKED = 20_000
"""If so many entries lead to too few cases, because filters leave hardly any, all cases are put in order instead."""
kept, actions = known_case_result.c, FACT_VIEWS["actions"].c


class _Walk:
    """Reads what is due of one kind in order, a part at a time.

    Attributes:
        reached: The last entry that was read; None before the first.
        is_over: Whether there are no more.
    """

    def __init__(self, read: Callable[[Due | None, int], list[Due]]) -> None:
        self._read = read
        self.reached: Due | None = None
        self.is_over = False

    def go_on(self, at_most: int) -> list[Due]:
        """Return the next entries."""
        part = self._read(self.reached, at_most)
        self.is_over = len(part) < at_most
        self.reached = part[-1] if part else self.reached
        return part


def first_by_due(
    reading: Reading,
    given: Given,
    rows_of: Callable[[Sequence[str]], Sequence[Row[Any]]],
    limit: int,
    *,
    descending: bool,
) -> list[Row[Any]] | None:
    """Return the first cases with a day due, in order, those alike by their references.

    Args:
        reading: Where to read.
        given: The values of `scope_parameters`.
        rows_of: Reads those of some cases that are listed; the day, if there is one, and the reference come first.
        limit: How many cases at most; where there are fewer, these are all that have a day.
        descending: Whether the order is reversed.

    Returns:
        The cases; None where too much would have to be read to find them.
    """
    first = max if descending else min
    ahead = (date.max if descending else date.min, "")
    walks = [
        _Walk(lambda behind, at_most: _contacts_due(reading, given, behind, at_most, descending=descending)),
        _Walk(lambda behind, at_most: _actions_due(reading, behind, at_most, descending=descending)),
    ]
    met, rows, walked, at_most = set[str](), list[Row[Any]](), 0, 2 * limit
    new = set(reading.connection.scalars(ended_ahead(), given))
    while walked < MOST_WALKED:
        met |= new
        rows += [row for row in (rows_of(sorted(new)) if new else ()) if row[0] is not None]
        reached = [walk.reached or ahead for walk in walks if not walk.is_over]
        # Who is met by none of the walks yet comes behind in all of them.
        settled = [row for row in rows if all(first(row[:2], place) == row[:2] for place in reached)]
        if len(settled) >= limit or not reached:
            return sorted(settled, key=itemgetter(0, 1), reverse=descending)[:limit]
        behind = first((walk for walk in walks if not walk.is_over), key=lambda walk: walk.reached or ahead)
        part = behind.go_on(at_most)
        walked, at_most = walked + len(part), min(2 * at_most, MOST_AT_ONCE)
        new = {ref for _, ref in part} - met
    return None


def _contacts_due(reading: Reading, given: Given, behind: Due | None, at_most: int, *, descending: bool) -> list[Due]:
    if reading.server_enforces_access:
        return _read(reading, read_functions.contacts_due(given["its_scope"], behind, at_most, descending=descending))
    return _read(reading, contacts_part(at_most, is_first=behind is None, descending=descending), behind, given)


def _actions_due(reading: Reading, behind: Due | None, at_most: int, *, descending: bool) -> list[Due]:
    if reading.server_enforces_access:
        return _read(reading, read_functions.actions_due(behind, at_most, descending=descending))
    return _read(reading, actions_part(at_most, is_first=behind is None, descending=descending), behind)


def _read(
    reading: Reading, query: Select[Any] | FromClause, behind: Due | None = None, given: Given | None = None
) -> list[Due]:
    asked = query if isinstance(query, Select) else select(query.c.due_on, query.c.case_ref)
    place = {} if behind is None else {"behind_on": behind[0], "behind_ref": behind[1]}
    return [(on, ref) for on, ref in reading.connection.execute(asked, {**(given or {}), **place})]


@lru_cache(maxsize=32)
def contacts_part(at_most: int, *, is_first: bool, descending: bool) -> Select[Any]:
    """Build the query of a file for the next contacts due in order, behind a place unless they are the first."""
    own = (kept.scope == text_parameter("its_scope"), kept.contact_due_on.is_not(None))
    return _part(kept.contact_due_on, kept.case_ref, own, at_most, is_first=is_first, descending=descending)


@lru_cache(maxsize=32)
def actions_part(at_most: int, *, is_first: bool, descending: bool) -> Select[Any]:
    """Build the query of a file for the next actions due that nobody has ended, as `contacts_part`."""
    neither = (actions.done_on.is_(None), actions.cancelled_on.is_(None))
    return _part(actions.due_on, actions.case_ref, neither, at_most, is_first=is_first, descending=descending)


def _part(
    day: ColumnElement[Any],
    ref: ColumnElement[Any],
    conditions: Sequence[ColumnElement[bool]],
    at_most: int,
    *,
    is_first: bool,
    descending: bool,
) -> Select[Any]:
    query = select(day, ref).where(*conditions).limit(literal_column(str(at_most), Integer))
    if not is_first:
        place, behind = tuple_(day, ref), tuple_(day_parameter("behind_on"), text_parameter("behind_ref"))
        query = query.where(place < behind if descending else place > behind)
    return query.order_by(*((day.desc(), ref.desc()) if descending else (day, ref)))


@cache
def ended_ahead() -> CompoundSelect[Any]:
    """Build the query for the cases of actions that end after the day, so that they are open on it."""
    today = day_parameter("its_day")
    undone = select(actions.case_ref).where(actions.done_on.is_(None), actions.cancelled_on > today)
    return union_all(select(actions.case_ref).where(actions.done_on > today), undone)
