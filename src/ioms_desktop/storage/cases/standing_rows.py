"""What the caseload shows of a case by its kept result, where that stands; and the condition that it does."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, and_, case, false, func, not_, or_, select

from ioms_desktop.domain.duties.row_figures import RowFigures
from ioms_desktop.storage.cases.results import DueCase, ResultScope
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.case_results import known_case_mark, known_case_result
from ioms_desktop.storage.schema.join_hints import day_parameter
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
    return and_(
        kept.c.policy_key == text_parameter("its_key"),
        kept.c.as_of <= today,
        or_(kept.c.next_change_on.is_(None), kept.c.next_change_on > today),
        cases.c.case_ref.not_in(marked) if of_all else ~own,
    )


def _is_whole() -> ColumnElement[bool]:
    """Build the condition that the result has a row for the caseload, as this program writes it."""
    return and_(known_case_result.c.step.is_not(None), known_case_result.c.in_custody.is_not(None))


def list_not_standing(reading: Reading, scope: ResultScope, programmes: Collection[str] | None) -> dict[str, DueCase]:
    """List exactly the cases of some programmes for which `stands` does not hold: an order by results misses none.

    A result that is not as this program writes it is not replaced, so that `check` says who worked it out.

    Args:
        reading: Where their facts will be read, too.
        scope: Whose results.
        programmes: The programmes that are listed; None for all.
    """
    kept, marks = known_case_result, known_case_mark
    is_foreign = and_(_is_of_today(of_all=True), not_(_is_whole()))
    version = case((is_foreign, 0), else_=func.coalesce(kept.c.version, 0))
    query = select(cases.c.case_ref, version).outerjoin_from(cases, kept, of_its_case())
    query = query.where(not_(func.coalesce(stands(of_all=True), false())))
    if programmes is not None:
        query = query.where(cases.c.programme.in_(sorted(programmes)))
    found: dict[str, int] = dict(iter(reading.connection.execute(query, scope_parameters(scope))))
    marked: defaultdict[str, list[int]] = defaultdict(list)
    if found:
        for ref, number in reading.connection.execute(
            select(marks.c.case_ref, marks.c.number).where(marks.c.scope == scope.name)
        ):
            marked[ref].append(number)
    return {ref: DueCase(ref, found[ref], tuple(marked.get(ref, ()))) for ref in sorted(found)}


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
