"""What the caseload shows of a case by its kept result, where that stands; and the condition that it does."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    ScalarSelect,
    Select,
    and_,
    case,
    false,
    func,
    not_,
    or_,
    select,
    union_all,
)

from ioms_desktop.domain.duties.row_figures import RowFigures
from ioms_desktop.storage.cases.results import REFS_PER_QUERY, DueCase, ResultScope
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.case_results import known_case_mark, known_case_result
from ioms_desktop.storage.schema.join_hints import day_parameter, no_index
from ioms_desktop.storage.schema.tables import cases
from ioms_desktop.storage.schema.types import text_parameter


def scope_parameters(scope: ResultScope) -> dict[str, object]:
    """Return the values of the parameters of `of_its_case` and `stands`."""
    return {"its_scope": scope.name, "its_key": scope.policy_key, "its_day": scope.today}


def of_its_case() -> ColumnElement[bool]:
    """Build the condition that joins a case with its result of a scope."""
    kept = known_case_result
    return and_(kept.c.case_ref == cases.c.case_ref, kept.c.scope == text_parameter("its_scope"))


def stands(*, of_all: bool = False) -> ColumnElement[bool]:
    """Build the condition that the joined result stands: no fact changed, its day has not come, policy and program.

    Args:
        of_all: Whether every case is looked at, so that all marks are read once; else each case looks for its own.
    """
    return and_(_is_of_today(of_all=of_all), _is_whole())


def _is_of_today(*, of_all: bool) -> ColumnElement[bool]:
    kept, marks, today = known_case_result, known_case_mark, day_parameter("its_day")
    marked = select(marks.c.case_ref).where(marks.c.scope == text_parameter("its_scope"))
    own = marked.where(marks.c.case_ref == cases.c.case_ref).exists()
    # Hardly any result fails: only whoever reads all of them does so by the policy, which has them as they lie.
    next_change_on = no_index(kept.c.next_change_on)
    return and_(
        (kept.c.policy_key if of_all else no_index(kept.c.policy_key)) == text_parameter("its_key"),
        no_index(kept.c.as_of) <= today,
        or_(next_change_on.is_(None), next_change_on > today),
        cases.c.case_ref.not_in(marked) if of_all else ~own,
    )


def _is_whole() -> ColumnElement[bool]:
    """Build the condition that the result has a row for the caseload, as this program writes it."""
    return and_(known_case_result.c.step.is_not(None), known_case_result.c.in_custody.is_not(None))


def list_not_standing(
    reading: Reading, scope: ResultScope, programmes: Collection[str] | None, *, is_counted: bool = True
) -> dict[str, DueCase]:
    """List exactly the cases of some programmes for which `stands` does not hold: an order by results misses none.

    A result that is not as this program writes it is not replaced, so that `check` says who worked it out.

    Args:
        reading: Where their facts will be read, too.
        scope: Whose results.
        programmes: The programmes that are listed; None for all.
        is_counted: Whether it is also made sure that each case has a result or a mark, by counting them all.
    """
    refs = list_in_doubt(reading, scope, programmes) if is_counted else sorted(list_failing(reading, scope))
    if not refs:
        return {}
    kept, marks = known_case_result, known_case_mark
    is_foreign = and_(_is_of_today(of_all=True), not_(_is_whole()))
    version = case((is_foreign, 0), else_=func.coalesce(kept.c.version, 0))
    are_few = len(refs) <= REFS_PER_QUERY
    # Named on both sides: whoever reads views by rights looks through all of one that is only joined.
    joined = and_(of_its_case(), kept.c.case_ref.in_(refs)) if are_few else of_its_case()
    query = select(cases.c.case_ref, version).outerjoin_from(cases, kept, joined)
    query = query.where(not_(func.coalesce(stands(of_all=True), false())))
    seen = select(marks.c.case_ref, marks.c.number).where(marks.c.scope == scope.name)
    if are_few:
        query, seen = query.where(cases.c.case_ref.in_(refs)), seen.where(marks.c.case_ref.in_(refs))
    if programmes is not None:
        query = query.where(cases.c.programme.in_(sorted(programmes)))
    found: dict[str, int] = dict(iter(reading.connection.execute(query, scope_parameters(scope))))
    marked: defaultdict[str, list[int]] = defaultdict(list)
    for ref, number in reading.connection.execute(seen):
        marked[ref].append(number)
    return {ref: DueCase(ref, found[ref], tuple(marked.get(ref, ()))) for ref in sorted(found)}


def list_in_doubt(reading: Reading, scope: ResultScope, programmes: Collection[str] | None) -> list[str]:
    """List every case for which `stands` may not hold, in order, by indexes that lead to what fails a part of it."""
    given = scope_parameters(scope)
    found = list_failing(reading, scope)
    # Each result is of a case, and who may know of the one may know of the other: where there are as many, none is
    # missing. To look for each takes several times as long.
    if not reading.connection.scalar(_HAS_ALL, given):
        query = _without_result()
        if programmes is not None:
            query = query.where(cases.c.programme.in_(sorted(programmes)))
        found.update(reading.connection.scalars(query, given))
    return sorted(found)


def list_failing(reading: Reading, scope: ResultScope) -> set[str]:
    """Name the cases whose results fail any part of `stands`; those that have none are marked when they are added."""
    return set(reading.connection.scalars(failing_query(), scope_parameters(scope)))


def list_kept_since(reading: Reading, scope: ResultScope, day: date) -> set[str]:
    """Name the cases whose results somebody kept as of a later day than one."""
    kept = known_case_result.c
    query = select(kept.case_ref).where(kept.scope == scope.name, kept.policy_key == scope.policy_key)
    return set(reading.connection.scalars(query.where(kept.as_of > day)))


@cache
def failing_query() -> CompoundSelect[Any]:
    """Build the query for the cases of a scope whose results fail any part of `stands`."""
    kept, marks, today = known_case_result.c, known_case_mark.c, day_parameter("its_day")
    its_scope, its_key = text_parameter("its_scope"), text_parameter("its_key")
    failed = (
        kept.policy_key < its_key,
        kept.policy_key > its_key,
        and_(kept.policy_key == its_key, kept.as_of > today),
        kept.next_change_on <= today,
        kept.step.is_(None),
        kept.in_custody.is_(None),
    )
    results = (select(kept.case_ref).where(kept.scope == its_scope, each) for each in failed)
    return union_all(*results, select(marks.case_ref).where(marks.scope == its_scope))


def _without_result() -> Select[Any]:
    return select(cases.c.case_ref).where(~select(known_case_result.c.version).where(of_its_case()).exists())


def _count(table: FromClause, *conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(table).where(*conditions).scalar_subquery()


_HAS_ALL = select(_count(cases) == _count(known_case_result, known_case_result.c.scope == text_parameter("its_scope")))


def read_standing_rows(
    reading: Reading, scope: ResultScope, refs: Sequence[str]
) -> tuple[dict[str, RowFigures], dict[str, DueCase]]:
    """Read what the caseload shows of some hundred cases, and list those of which no result stands.

    Each view is asked once: for whoever knows of a few cases a server asks their rights row by row.
    """
    marks, kept = known_case_mark, known_case_result
    marked: defaultdict[str, list[int]] = defaultdict(list)
    seen = select(marks.c.case_ref, marks.c.number).where(marks.c.scope == scope.name, marks.c.case_ref.in_(refs))
    for ref, number in reading.connection.execute(seen):
        marked[ref].append(number)
    names = ("case_ref", "version", "policy_key", "as_of", "next_change_on", *RowFigures._fields)
    query = select(*(kept.c[name] for name in names)).where(kept.c.scope == scope.name, kept.c.case_ref.in_(refs))
    rows: dict[str, RowFigures] = {}
    versions: dict[str, int] = {}
    for ref, version, key, as_of, change, *row in reading.connection.execute(query):
        shown = RowFigures._make(row)
        stands = ref not in marked and key == scope.policy_key and as_of <= scope.today
        if not stands or (change is not None and change <= scope.today):
            versions[ref] = version
        elif shown.step is not None and shown.in_custody is not None:  # as this program writes them
            rows[ref] = shown
    due = (DueCase(ref, versions.get(ref, 0), tuple(marked.get(ref, ()))) for ref in refs if ref not in rows)
    return rows, {each.case_ref: each for each in due}
