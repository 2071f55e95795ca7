"""The caseload in an order that the rules find: by kept results that stand, and by what was found of others."""

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from heapq import merge
from json import dumps
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, Text, case, cast, func, literal, nulls_last, or_, select

from ioms_desktop.domain.duties.row_figures import RowFigures
from ioms_desktop.storage.cases.results import ResultScope
from ioms_desktop.storage.cases.standing_rows import scope_parameters, stands
from ioms_desktop.storage.queries.caseload import (
    CaseConditions,
    is_selective,
    measured,
    narrowed_by,
    next_action,
    resolved,
    written_limit,
)
from ioms_desktop.storage.queries.caseload_due import first_by_due
from ioms_desktop.storage.queries.search import among_listed, as_listed, is_one_of
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.case_results import known_case_result
from ioms_desktop.storage.schema.join_hints import day_value, no_index
from ioms_desktop.storage.schema.tables import cases
from ioms_desktop.storage.schema.types import is_in_list, text_parameter

RAG_ORDER = ("RED", "AMBER", "GREEN", "BLUE")
RAG_PLACES = {colour: place for place, colour in enumerate(RAG_ORDER)}
kept = known_case_result.c


class Placed(NamedTuple):
    """A case and what it is put in order by; one of which that is nothing comes last in either direction."""

    value: Any
    case_ref: str
    id: int


class HeaderDays(NamedTuple):
    """What the order by the next day due needs of a case besides what the rules find."""

    is_open: bool
    next_action_on: date | None


def _is_open(on: date) -> ColumnElement[bool]:
    return or_(cases.c.closed_on.is_(None), cases.c.closed_on > day_value(on))


def _next_due(conditions: CaseConditions) -> ColumnElement[Any]:
    action = next_action(day_value(conditions.on))
    soonest = case((action < kept.contact_due_on, action), else_=func.coalesce(kept.contact_due_on, action))
    return case((_is_open(conditions.on), soonest))


def _next_due_of(figures: RowFigures, beside: HeaderDays) -> date | None:
    days = (figures.contact_due_on, beside.next_action_on) if beside.is_open else ()
    return min((on for on in days if on is not None), default=None)


def _places_of_steps(conditions: CaseConditions) -> dict[str, int]:
    """Return the place of each step on the ladder; before the first there is none."""
    return {step: place for place, step in enumerate(conditions.steps)}


KEPT_ORDERS: dict[str, Callable[[CaseConditions], ColumnElement[Any]]] = {
    "rag": lambda _: case(RAG_PLACES, value=kept.rag),
    "engagement": lambda _: kept.engagement,
    "step": lambda asked: case(_places_of_steps(asked), value=kept.step),
    "last_contact": lambda _: kept.last_contact_on,
    "next_due": _next_due,
}
"""What a kept result says that the caseload is sorted by; `_VALUES` says the same of what was just found."""
_VALUES: dict[str, Callable[[CaseConditions, RowFigures, HeaderDays], Any]] = {
    "rag": lambda _asked, found, _beside: RAG_PLACES.get(found.rag or ""),
    "engagement": lambda _asked, found, _beside: found.engagement,
    "step": lambda asked, found, _beside: _places_of_steps(asked).get(found.step),
    "last_contact": lambda _asked, found, _beside: found.last_contact_on,
    "next_due": lambda _asked, found, beside: _next_due_of(found, beside),
}


def index_by_results(
    reading: Reading,
    conditions: CaseConditions,
    scope: ResultScope,
    found: Mapping[str, RowFigures],
    limit: int | None = None,
) -> "array[int]":
    """Return the ids of the matching cases in an order of `KEPT_ORDERS`; those alike in it by their references.

    Args:
        reading: Where to read.
        conditions: Filters and order.
        scope: Whose results.
        found: What the rules find on every case of which no result stands: none of those is placed by its result.
        limit: Only the first cases, quickly; None for all.
    """
    if limit is not None:
        conditions = measured(reading, conditions, scope.name)
    conditions, words = resolved(reading, conditions).with_named_words()
    given = {**words, **scope_parameters(scope)}
    if limit is None and not found:
        ids = results_query(conditions).with_only_columns(cases.c.id)
        return array("q", reading.connection.execute(ids, given).scalars())
    standing = map(Placed._make, _standing(reading, conditions, given, limit))
    # The others are named: there is nothing to look up by the colours of results, some of which do not stand.
    others = _others(reading, replace(conditions, few_with_rag=False), words, found) if found else []
    placed = _merged(list(standing), others, descending=conditions.descending)
    return array("q", (each.id for each in placed))[:limit]


def _standing(
    reading: Reading, conditions: CaseConditions, given: dict[str, object], limit: int | None
) -> list[Row[Any]]:
    """Read the cases whose results stand, in order; the first of many by indexes, as far as there are any."""
    found: list[Row[Any]] | None = None
    queries: list[Select[Any]] = []
    if limit is not None and not is_selective(conditions):
        found, queries = [], run_queries(conditions, limit) if reading.is_local else []
        if conditions.sort == "next_due" and conditions.is_open is not False:
            listed = partial(_rows_of_listed, reading, conditions, given)
            found = first_by_due(reading, given, listed, limit, descending=conditions.descending)
    if found is None or (not queries and len(found) < (limit or 0)):
        found, queries = [], [results_query(conditions, limit)]
    for query in queries:
        if limit is not None and len(found) >= limit:
            break
        found += reading.connection.execute(query, given)
    return found[:limit]


def _rows_of_listed(
    reading: Reading, conditions: CaseConditions, given: Mapping[str, object], refs: Sequence[str]
) -> Sequence[Row[Any]]:
    """Read those of some cases that match and whose results stand, in no particular order."""
    query = _results(conditions, stands(of_all=False))
    if reading.is_local:
        return reading.connection.execute(query.where(among_listed(kept.case_ref)), {**given, **as_listed(refs)}).all()
    # Named on both sides: whoever reads views by rights looks through all of one that is only joined.
    return reading.connection.execute(
        query.where(is_one_of(kept.case_ref, refs), is_one_of(cases.c.case_ref, refs)), given
    ).all()


def _merged(standing: list[Placed], others: list[Placed], *, descending: bool) -> Iterable[Placed]:
    """Merge cases that are in order with others, nothing last."""
    key = itemgetter(0, 1)
    for is_last in (False, True):
        first, second = ([each for each in part if (each.value is None) is is_last] for part in (standing, others))
        by: Any = itemgetter(1) if is_last else key
        yield from merge(first, sorted(second, key=by, reverse=descending), key=by, reverse=descending)


def results_query(conditions: CaseConditions, limit: int | None = None) -> Select[Any]:
    """Build the query for the cases whose results stand, in order; words and scope come with it."""
    value, ref = KEPT_ORDERS[conditions.sort](conditions), kept.case_ref
    query = _results(conditions, stands(of_all=True))
    turned = _turned(conditions, no_index(value), ref)
    query = query.order_by(nulls_last(turned[0]), turned[1])
    return query if limit is None else query.limit(written_limit(limit))


def _results(conditions: CaseConditions, standing: ColumnElement[bool]) -> Select[Any]:
    value, ref = KEPT_ORDERS[conditions.sort](conditions), kept.case_ref
    # Results come first and are read in order until there are enough, unless few cases are asked for.
    of_case = cases.c.case_ref == (ref if is_selective(conditions) else no_index(ref))
    query = select(value, ref, cases.c.id).join_from(known_case_result, cases, of_case)
    return query.where(kept.scope == text_parameter("its_scope"), standing, *narrowed_by(conditions))


def run_queries(conditions: CaseConditions, limit: int) -> list[Select[Any]]:
    """Build queries for the first cases of `results_query`, each for those whose order an index of results has.

    One follows the other, until there are enough.
    """
    value, its_scope = KEPT_ORDERS[conditions.sort](conditions), kept.scope == text_parameter("its_scope")
    query = select(value, kept.case_ref, cases.c.id)
    query = query.join_from(known_case_result, cases, cases.c.case_ref == no_index(kept.case_ref))
    query = query.where(stands(of_all=False), *narrowed_by(conditions)).limit(written_limit(limit))
    by_ref = query.order_by(*_turned(conditions, kept.case_ref))
    if conditions.sort in _NAMED_PLACES:
        column, places = _NAMED_PLACES[conditions.sort](conditions)
        names = sorted(places, key=places.__getitem__, reverse=conditions.descending)
        named = [by_ref.where(its_scope, column == cast(literal(name), Text)) for name in names]
        # The others are many, or the named ones were few: in order of their references as they come.
        return [*named, by_ref.where(no_index(kept.scope) == text_parameter("its_scope"), value.is_(None))]
    if conditions.sort in _BY_VALUE:
        by_value = query.order_by(*_turned(conditions, value, kept.case_ref))
        return [by_value.where(its_scope, value.is_not(None)), by_ref.where(its_scope, value.is_(None))]
    # By the next day due (`first_by_due`) those without one come last.
    return [by_ref.where(no_index(kept.scope) == text_parameter("its_scope"), value.is_(None))]


def _turned(conditions: CaseConditions, *order: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    return [each.desc() if conditions.descending else each.asc() for each in order]


_NAMED_PLACES: dict[str, Callable[[CaseConditions], tuple[ColumnElement[Any], dict[str, int]]]] = {
    "rag": lambda _: (kept.rag, RAG_PLACES),
    "step": lambda asked: (kept.step, _places_of_steps(asked)),
}
_BY_VALUE = frozenset({"engagement", "last_contact"})


def _others(
    reading: Reading, conditions: CaseConditions, words: Mapping[str, str], found: Mapping[str, RowFigures]
) -> list[Placed]:
    ref = cases.c.case_ref
    is_other = is_in_list(ref, dumps(sorted(found))) if reading.is_local else is_one_of(ref, found)
    columns = (cases.c.case_ref, cases.c.id, _is_open(conditions.on), next_action(day_value(conditions.on)))
    query = select(*columns).where(is_other, *narrowed_by(conditions))
    value_of = _VALUES[conditions.sort]
    return [
        Placed(value_of(conditions, found[ref], HeaderDays(bool(is_open), action)), ref, number)
        for ref, number, is_open, action in reading.connection.execute(query, words)
    ]
