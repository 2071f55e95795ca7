"""What the caseload shows of a case by its kept result, where that stands; and the condition that it does."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select

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


def stands() -> ColumnElement[bool]:
    """Build the condition that the joined result stands: no fact changed, its day has not come, policy and program."""
    kept, marks, today = known_case_result, known_case_mark, day_parameter("its_day")
    changed = select(marks.c.number).where(
        marks.c.case_ref == cases.c.case_ref, marks.c.scope == text_parameter("its_scope")
    )
    return and_(
        kept.c.policy_key == text_parameter("its_key"),
        kept.c.as_of <= today,
        or_(kept.c.next_change_on.is_(None), kept.c.next_change_on > today),
        kept.c.step.is_not(None),  # as this program writes it
        kept.c.in_custody.is_not(None),
        ~changed.exists(),
    )


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
