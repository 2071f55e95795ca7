"""The cases of which no kept result stands, so that they have to be evaluated."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, and_, bindparam, func, or_, select, true

from ioms_desktop.storage.cases.results import REFS_PER_QUERY, DueCase, ResultScope
from ioms_desktop.storage.cases.standing_rows import list_in_doubt, of_its_case, scope_parameters
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.case_results import known_case_mark, known_case_result
from ioms_desktop.storage.schema.join_hints import day_parameter
from ioms_desktop.storage.schema.tables import cases
from ioms_desktop.storage.schema.types import text_parameter

MOST_APART = 5_000
"""If more cases than this are in doubt, each case is looked at."""


def list_due_cases(
    reading: Reading,
    scope: ResultScope,
    programmes: Collection[str] | None,
    *,
    refs: Sequence[str] | None = None,
    since: date | None = None,
) -> dict[str, DueCase]:
    """List the cases of which no result stands, in order of their references.

    Args:
        reading: Where their facts will be read, too.
        scope: Whose results.
        programmes: The programmes the user sees; None for all.
        refs: Only these cases; None for all.
        since: Results from before this day do not stand, whatever their next day; None where they do.
    """
    if refs is None and since is None:
        refs = list_in_doubt(reading, scope, programmes)
    of_some = refs is not None and len(refs) <= MOST_APART
    shown = None if programmes is None else frozenset(programmes)
    query, given = _due_query(shown, of_some=of_some), {**scope_parameters(scope), "since": since or date.min}
    found = dict[str, int]()
    marked: defaultdict[str, list[int]] = defaultdict(list)
    for part in _parts(refs or ()) if of_some else ({},):
        for ref, version, mark in reading.connection.execute(query, {**given, **part}):
            found[ref] = version
            if mark is not None:
                marked[ref].append(mark)
    return {ref: DueCase(ref, found[ref], tuple(marked.get(ref, ()))) for ref in sorted(found)}


def _parts(refs: Sequence[str]) -> list[dict[str, Sequence[str]]]:
    return [{"refs": refs[begin : begin + REFS_PER_QUERY]} for begin in range(0, len(refs), REFS_PER_QUERY)]


@cache
def _due_query(programmes: frozenset[str] | None, *, of_some: bool) -> Select[Any]:
    """Build the query for the cases of which no result stands: each with the number of its result, or 0, by its marks.

    A case without a mark has one row.
    """
    kept, marks, today = known_case_result, known_case_mark, day_parameter("its_day")
    over = or_(
        kept.c.version.is_(None),
        kept.c.policy_key != text_parameter("its_key"),
        kept.c.as_of > today,
        kept.c.as_of < day_parameter("since"),
        kept.c.next_change_on <= today,
        marks.c.number.is_not(None),
    )
    refs: BindParameter[str] = bindparam("refs", expanding=True)
    # Named on every side: whoever reads views by rights looks through all of one that is only joined.
    named = [table.c.case_ref.in_(refs) for table in (cases, kept, marks)] if of_some else [true()] * 3
    marked = and_(marks.c.case_ref == cases.c.case_ref, marks.c.scope == text_parameter("its_scope"), named[2])
    query = select(cases.c.case_ref, func.coalesce(kept.c.version, 0), marks.c.number)
    query = query.outerjoin_from(cases, kept, and_(of_its_case(), named[1])).outerjoin(marks, marked)
    query = query.where(over, named[0])
    return query if programmes is None else query.where(cases.c.programme.in_(sorted(programmes)))
