"""The rows of the caseload for some ids: headers, and what the kept results of their cases say."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, bindparam, select

from ioms_desktop.domain.duties.row_figures import RowFigures
from ioms_desktop.storage.cases.results import ResultScope
from ioms_desktop.storage.cases.standing_rows import of_its_case, scope_parameters, stands
from ioms_desktop.storage.queries.caseload import (
    MOST_WALKED,
    CaseConditions,
    case_index,
    has_more_people,
    is_walk,
    may_leave_few,
    measured,
    next_action,
    page_of,
)
from ioms_desktop.storage.queries.people import read_columns_of_people
from ioms_desktop.storage.queries.search import among_listed, as_listed
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.case_results import known_case_result
from ioms_desktop.storage.schema.join_hints import day_parameter
from ioms_desktop.storage.schema.tables import cases
from ioms_desktop.storage.schema.views import FACT_VIEWS


class CaseloadFacts(NamedTuple):
    """The header of one row of the caseload, and what follows from the records of its case.

    Attributes:
        stands: Whether what is named as in `RowFigures` is from a kept result that stands; where it does not, and on a
            server, which is asked apart, that says nothing.
    """

    family_name: str
    given_names: str
    date_of_birth: date
    id: int
    case_ref: str
    person_ref: str
    programme: str
    cohort: str | None
    status: str
    closed_on: date | None
    police_om: str | None
    probation_practitioner: str | None
    navigator: str | None
    next_action_on: date | None
    stands: bool
    rag: str | None
    engagement: int | None
    step: str
    last_contact_on: date | None
    contact_due_on: date | None
    in_custody: bool

    def with_figures(self, figures: RowFigures) -> "CaseloadFacts":
        """Return the row with what was found of its case."""
        return CaseloadFacts._make((*self[:_HEADER], True, *figures))


_HEADER = CaseloadFacts._fields.index("stands")
_PERSON_COLUMNS = CaseloadFacts._fields[:3]
_CASE_COLUMNS = CaseloadFacts._fields[3 : _HEADER - 1]
_NOTHING = RowFigures(None, None, "", None, None, in_custody=False)


def _columns_of_case() -> tuple[ColumnElement[Any], ...]:
    return (*(cases.c[name] for name in _CASE_COLUMNS), next_action(day_parameter("on")))


@cache
def window_query() -> Select[Any]:
    """Build the query for the rows of some ids of a file (`as_listed`), as of a day (`on`), in one statement."""
    return _whole_rows(cases).where(among_listed(cases.c.id))


@lru_cache(maxsize=32)
def page_query(conditions: CaseConditions, limit: int) -> Select[Any]:
    """Build the query for the first rows of a file, in order, in one statement; words come with it."""
    page, order = page_of(conditions, limit)
    return _whole_rows(page.join(cases, cases.c.id == page.c.id)).order_by(*order)


def _whole_rows(source: FromClause) -> Select[Any]:
    people, kept = FACT_VIEWS["people"], known_case_result
    named = (people.c[name] for name in _PERSON_COLUMNS)
    shown = (kept.c[name] for name in RowFigures._fields)
    joined = source.join(people, people.c.person_ref == cases.c.person_ref).outerjoin(kept, of_its_case())
    return select(*named, *_columns_of_case(), stands(), *shown).select_from(joined)


@cache
def _headers_query() -> Select[Any]:
    return select(*_columns_of_case()).where(cases.c.id.in_(bindparam("ids", expanding=True)))


def case_window(reading: Reading, ids: Sequence[int], scope: ResultScope) -> list[CaseloadFacts]:
    """Return the rows of some cases, in no particular order; cases that no longer exist are left out.

    Args:
        reading: Where to read.
        ids: At most a few hundred.
        scope: Whose results, and the as-of day.
    """
    if not reading.is_local:
        return _window_of_server(reading, ids, scope.today)
    return _rows_of_file(reading, window_query(), scope, **as_listed(ids))


def case_page(reading: Reading, conditions: CaseConditions, scope: ResultScope, limit: int) -> list[CaseloadFacts]:
    """Return the rows of the first matching cases, in order; as `case_index` and `case_window` say."""
    if reading.is_local:
        named, words = measured(reading, conditions, scope.name).with_named_words()
        part = replace(named, walked=MOST_WALKED) if is_walk(named, limit) and may_leave_few(named) else named
        rows = _rows_of_file(reading, page_query(part, limit), scope, **words)
        if len(rows) < limit and part.walked and has_more_people(reading):
            rows = _rows_of_file(reading, page_query(replace(named, walked=0), limit), scope, **words)
        return rows
    ids = case_index(reading, conditions, limit)
    found = {each.id: each for each in _window_of_server(reading, ids, scope.today)}
    return [found[number] for number in ids if number in found]


def _rows_of_file(reading: Reading, query: Select[Any], scope: ResultScope, **given: object) -> list[CaseloadFacts]:
    given |= {"on": scope.today, **scope_parameters(scope)}
    return [CaseloadFacts._make(row) for row in reading.connection.execute(query, given).all()]


def _window_of_server(reading: Reading, ids: Sequence[int], on: date) -> list[CaseloadFacts]:
    """Read each view apart: joined with their cases, a server would check access to every person."""
    rows = reading.connection.execute(_headers_query(), {"ids": list(ids), "on": on}).all()
    named = read_columns_of_people(reading, [row.person_ref for row in rows], _PERSON_COLUMNS)
    return [
        CaseloadFacts._make((*named[row.person_ref], *row, False, *_NOTHING)) for row in rows if row.person_ref in named
    ]
