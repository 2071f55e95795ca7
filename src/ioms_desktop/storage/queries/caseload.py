"""The caseload: the ids of the cases that match, in order, and the rows for some ids."""

from array import array
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from json import dumps
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    FromClause,
    Integer,
    ScalarSelect,
    Select,
    and_,
    func,
    literal_column,
    nulls_last,
    or_,
    select,
    union_all,
)

from ioms_desktop.domain.search.search_query import SearchTerm
from ioms_desktop.domain.search.search_terms import PREFIX_END
from ioms_desktop.storage.cases.standing_rows import failing_query
from ioms_desktop.storage.queries.people import read_columns_of_people
from ioms_desktop.storage.queries.search import (
    case_matches,
    is_one_of,
    last_word_is_of,
    matches_user_name,
    matching_cases,
    name_words,
)
from ioms_desktop.storage.queries.unchanged import cases_with_changed_step, is_unchanged_since
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import read_functions
from ioms_desktop.storage.schema.case_results import known_case_result
from ioms_desktop.storage.schema.join_hints import day_value, no_index
from ioms_desktop.storage.schema.tables import cases, search_key
from ioms_desktop.storage.schema.types import text_parameter
from ioms_desktop.storage.schema.views import FACT_VIEWS

actions, rag, custody = (FACT_VIEWS[name] for name in ("actions", "rag", "custody"))
ROWS_PER_FETCH = 1_000
MOST_WALKED = 5_000
"""People whose cases are asked for at once, or whom the first screen of a file looks at by their names."""
MANY = 20_000
"""What so many meet is asked of one case after the other, and what fewer meet is looked up first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseConditions:
    """The filters and order of the caseload.

    Attributes:
        on: The day as of which RAG, custody and closing are read.
        terms: The search terms; in `index_query` and `page_of` those of `name_words`, whose words come with the query.
        refs: Only these cases; None for all.
        programmes: The programmes to include, among those the user may see; None for all.
        cohorts: Those chosen; empty for all.
        rags: Those chosen; empty for all.
        is_open: Open cases only, closed cases only, or all for None.
        workers: Only cases that name a worker by one of these names; empty for all.
        in_custody: Only people in custody on the day.
        unchanged_since: Only open cases whose RAG, needs and step are as they were on this day; None for all.
        stepped: The cases whose step has changed since then; None to ask case by case.
        pathways: The pathway that another way to write it stands for, in pairs.
        sort: One of `SORT_ORDERS` or `KEPT_ORDERS`.
        descending: Whether the order is reversed.
        steps: The steps of the ladder in order, without the one before the first.
        broad_terms: The places of the terms that many meet; this and what follows is found by `measured`.
        many_in_custody: Whether there are many.
        few_with_rag: Whether few results of the scope that is asked for have one of the colours.
        walked: How many people the first cases by name are looked for among; none are walked for 0, all for None.
    """

    on: date
    terms: tuple[SearchTerm, ...] = ()
    refs: frozenset[str] | None = None
    programmes: frozenset[str] | None = None
    cohorts: frozenset[str] = frozenset()
    rags: frozenset[str] = frozenset()
    is_open: bool | None = None
    workers: tuple[str, ...] = ()
    in_custody: bool = False
    unchanged_since: date | None = None
    stepped: frozenset[str] | None = None
    pathways: tuple[tuple[str, str], ...] = ()
    sort: str = "name"
    descending: bool = False
    steps: tuple[str, ...] = ()
    broad_terms: frozenset[int] = frozenset()
    many_in_custody: bool = False
    few_with_rag: bool = False
    walked: int | None = None

    def with_named_words(self) -> tuple["CaseConditions", dict[str, str]]:
        """Return the conditions with names in place of the words that are searched, and the words by these names."""
        terms, words = name_words(self.terms)
        return replace(self, terms=terms), words


def case_index(reading: Reading, conditions: CaseConditions, limit: int | None = None) -> "array[int]":
    """Return the ids of the matching cases, in order; the order always ends with the id.

    Args:
        reading: Where to read.
        conditions: Filters and order.
        limit: Only the first cases, quickly; None for all.
    """
    words: dict[str, str] = {}
    conditions = resolved(reading, conditions)
    if reading.server_enforces_access:
        if conditions.refs is not None and conditions.sort == "name":
            return _named_in_order(reading, conditions, limit)
        if is_walk(conditions, limit):
            return _walk_by_name(reading, conditions, limit or 0)
        query = index_query(conditions, limit, read_functions.known_people_by_name())
    else:
        conditions, words = conditions.with_named_words()
        query = index_query(conditions, limit)
    found = array("q")
    options = {"yield_per": ROWS_PER_FETCH}
    for part in reading.connection.execute(query, words, execution_options=options).scalars().partitions():
        found.extend(part)
    return found


def resolved(reading: Reading, conditions: CaseConditions) -> CaseConditions:
    """Ask a server first what it gives by functions; of a file all of it is one statement."""
    if reading.server_enforces_access and conditions.terms:
        refs = matching_cases(reading, conditions.terms)
        conditions = replace(conditions, terms=(), refs=frozenset(refs))
    if reading.server_enforces_access and conditions.workers:
        own = frozenset(reading.connection.scalars(select(read_functions.cases_of_worker(conditions.workers))))
        found = own if conditions.refs is None else own & conditions.refs
        conditions = replace(conditions, workers=(), refs=found)
    if reading.server_enforces_access and conditions.unchanged_since is not None:
        stepped = cases_with_changed_step(reading, conditions.unchanged_since, conditions.on)
        conditions = replace(conditions, stepped=frozenset(stepped))
    return conditions


def measured(reading: Reading, conditions: CaseConditions, scope_name: str) -> CaseConditions:
    """Find of the filters of a file which of them many meet, for its first screen."""

    def has_many(counted: str, *given: object) -> bool:
        number = reading.connection.exec_driver_sql(f"SELECT count(*) FROM ({counted} LIMIT {MANY})", given).scalar()  # noqa: S608 - our own words
        return number == MANY

    def is_broad(term: SearchTerm) -> bool:
        return any(all(has_many(_WITH_WORD, word, word + PREFIX_END) for word in way) for way in term)

    if not reading.is_local or not (conditions.terms or conditions.rags or conditions.in_custody):
        return conditions
    on, rags = conditions.on.isoformat(), dumps(sorted(conditions.rags))
    return replace(
        conditions,
        broad_terms=frozenset(place for place, term in enumerate(conditions.terms) if is_broad(term)),
        many_in_custody=conditions.in_custody and has_many(_HELD, on),
        few_with_rag=bool(conditions.rags) and not has_many(_WITH_RAG, scope_name, rags),
    )


_WITH_WORD = "SELECT 1 FROM search_key WHERE word >= ? AND word < ?"
_HELD = "SELECT 1 FROM custody WHERE released_on IS NULL UNION ALL SELECT 1 FROM custody WHERE released_on > ?"
_WITH_RAG = "SELECT 1 FROM case_result WHERE scope = ? AND rag IN (SELECT value FROM json_each(?))"


def has_more_people(reading: Reading) -> bool:
    """Whether a file has more people than its first screen looks at by their names."""
    counted = f"SELECT count(*) FROM (SELECT 1 FROM people LIMIT {MOST_WALKED + 1})"  # noqa: S608 - our own words
    return reading.connection.exec_driver_sql(counted).scalar() == MOST_WALKED + 1


def is_walk(conditions: CaseConditions, limit: int | None) -> bool:
    """Whether people are read in the order of their names until there are enough."""
    return limit is not None and conditions.sort == "name" and conditions.walked != 0 and not is_selective(conditions)


def may_leave_few(conditions: CaseConditions) -> bool:
    """Whether filters may leave hardly any case, so that people are not walked to the last."""
    chosen = (conditions.terms, conditions.cohorts, conditions.rags, conditions.in_custody, conditions.unchanged_since)
    return any(chosen) or conditions.is_open is False


def _walk_by_name(reading: Reading, conditions: CaseConditions, limit: int) -> "array[int]":
    """Return the first cases by name: from a server people come a part at a time, then their cases are asked for."""
    found: list[int] = []
    behind, at_most = None, 2 * limit
    while len(found) < limit:
        walked = read_functions.known_people_by_name(behind, at_most, descending=conditions.descending)
        query = select(walked.c.person_ref, walked.c.name_key)
        keys: dict[str, str] = dict(iter(reading.connection.execute(query)))
        last = next(reversed(keys.values()), None)
        is_all = len(keys) < at_most
        if not is_all and last == next(iter(keys.values())):
            at_most *= 4  # all of them have one name, and others may have it, too
            continue
        # Whoever has the last name waits for the next part, where all of that name are together.
        named = {ref: key for ref, key in keys.items() if is_all or key != last}
        theirs = select(cases.c.id, cases.c.person_ref).where(is_one_of(cases.c.person_ref, named))
        found += _in_order(reading, theirs.where(*narrowed_by(conditions)), named, conditions)
        if is_all:
            break
        behind, at_most = next(reversed(named.values())), min(4 * at_most, MOST_WALKED)
    return array("q", found[:limit])


def _named_in_order(reading: Reading, conditions: CaseConditions, limit: int | None) -> "array[int]":
    """Return some cases by name: a server is asked for the names of their people alone."""
    query = select(cases.c.id, cases.c.person_ref).where(*narrowed_by(conditions))
    persons = set(reading.connection.scalars(query.with_only_columns(cases.c.person_ref)))
    keys = {ref: key for ref, (key,) in read_columns_of_people(reading, persons, ["name_key"]).items()}
    return array("q", _in_order(reading, query, keys, conditions)[:limit])


def _in_order(reading: Reading, query: Select[Any], keys: Mapping[str, str], conditions: CaseConditions) -> list[int]:
    """Return the ids of cases in the order of the names of their people; who has no key is not known to the reader."""
    rows = [row for row in reading.connection.execute(query.order_by(cases.c.id)) if row.person_ref in keys]
    return [row.id for row in sorted(rows, key=lambda row: keys[row.person_ref], reverse=conditions.descending)]


def index_query(conditions: CaseConditions, limit: int | None = None, people: FromClause | None = None) -> Select[Any]:
    """Build the query for the ids, all of them or the first ones; `people` is read for their names, if it is given."""
    query, order = _matching(conditions, limit, people)
    query = query.order_by(*_turned(order, conditions), cases.c.id)
    return query if limit is None else query.limit(written_limit(limit))


def page_of(conditions: CaseConditions, limit: int) -> tuple[FromClause, tuple[ColumnElement[Any], ...]]:
    """Build the first cases as a table of a query that has their `id`; and what puts that query in the same order."""
    query, order = _matching(conditions, limit)
    query = query.add_columns(*(each.label(f"by_{place}") for place, each in enumerate(order)))
    page = query.order_by(*_turned(order, conditions), cases.c.id).limit(written_limit(limit)).subquery("page")
    return page, (*_turned([page.c[f"by_{place}"] for place in range(len(order))], conditions), page.c.id)


def written_limit(limit: int) -> ColumnElement[int]:
    """Write a limit into the query: SQLite plans better for one that it knows."""
    return literal_column(str(limit), Integer)


def _matching(
    conditions: CaseConditions, limit: int | None, people: FromClause | None = None
) -> tuple[Select[Any], tuple[ColumnElement[Any], ...]]:
    """Build the query for the ids without its order; and what it is put in order by."""
    query: Select[Any] = select(cases.c.id)
    order = SORT_ORDERS[conditions.sort](conditions)
    if conditions.sort == "name":
        walk = is_walk(conditions, limit)
        by_name = FACT_VIEWS["people_by_name" if walk else "people"] if people is None else people
        named = _first_people(conditions.walked, conditions) if walk and conditions.walked else by_name
        query = query.join_from(cases, named, _person_join(named, people_first=walk))
        order = (named.c.name_key,)
    return query.where(*narrowed_by(conditions)), order


def _first_people(number: int, conditions: CaseConditions) -> FromClause:
    """Select the first people of a file by their names, with everybody of the last of these names."""
    people, descending = FACT_VIEWS["people_by_name"].c, conditions.descending
    walked = select(people.name_key).order_by(people.name_key.desc() if descending else people.name_key)
    names = walked.limit(written_limit(number)).subquery("names").c
    last = select(func.min(names.name_key) if descending else func.max(names.name_key)).scalar_subquery()
    within = people.name_key >= last if descending else people.name_key <= last
    return select(people.person_ref, people.name_key).where(within).subquery("people_by_name")


def _turned(order: Iterable[ColumnElement[Any]], conditions: CaseConditions) -> tuple[ColumnElement[Any], ...]:
    turned = (each.desc() if conditions.descending else each.asc() for each in order)
    return tuple(each if conditions.sort == "name" else nulls_last(each) for each in turned)


def is_selective(conditions: CaseConditions) -> bool:
    """Whether filters leave so few cases that these are read before they are put in order."""
    has_few = (conditions.in_custody and not conditions.many_in_custody) or conditions.few_with_rag
    is_found = len(conditions.terms) > len(conditions.broad_terms) or conditions.refs is not None
    return bool(is_found or conditions.workers or has_few)


def _person_join(people: FromClause, *, people_first: bool) -> ColumnElement[bool]:
    """Join so that the database reads people in the order of their names, or cases that are then sorted.

    The first is faster for the first screen of many cases, the second for all of them or for few; SQLite ignores the
    limit when it plans, so the order of the join is fixed.
    """
    if people_first:
        return cases.c.person_ref == no_index(people.c.person_ref)
    return no_index(cases.c.person_ref) == people.c.person_ref


def narrowed_by(conditions: CaseConditions) -> Iterable[ColumnElement[bool]]:
    """Build the conditions of the filters."""
    for place, term in enumerate(conditions.terms):
        yield _meets(term) if place in conditions.broad_terms else case_matches(term)
    if conditions.refs is not None:
        yield is_one_of(cases.c.case_ref, conditions.refs)
    yield from _of_header(conditions)
    if conditions.rags:
        if conditions.few_with_rag:
            yield cases.c.case_ref.in_(_perhaps_with_rag(conditions.rags))
        yield _rag_on(conditions.on).in_(sorted(conditions.rags))
    if conditions.workers:
        yield cases.c.id.in_(union_all(*(_naming(column, name) for column in _OWN for name in conditions.workers)))
    if conditions.in_custody:
        yield _custody_on(conditions.on) if conditions.many_in_custody else _is_held(conditions.on)
    if conditions.unchanged_since is not None:
        since, pathways = conditions.unchanged_since, dict(conditions.pathways)
        yield is_unchanged_since(since, conditions.on, pathways, conditions.stepped)


def _of_header(conditions: CaseConditions) -> Iterable[ColumnElement[bool]]:
    if conditions.programmes is not None:
        yield cases.c.programme.in_(sorted(conditions.programmes))
    if conditions.cohorts:
        yield cases.c.cohort.in_(sorted(conditions.cohorts))
    if conditions.is_open is not None:
        today = day_value(conditions.on)
        still = or_(cases.c.closed_on.is_(None), cases.c.closed_on > today)
        yield still if conditions.is_open else cases.c.closed_on <= today


_own = cases.alias("own")
_OWN = (_own.c.police_om, _own.c.probation_practitioner, _own.c.navigator)


def _naming(column: ColumnElement[Any], name: str) -> Select[Any]:
    return select(_own.c.id).where(last_word_is_of(column, name), matches_user_name(column, name))


def _is_held(on: date) -> ColumnElement[bool]:
    """Look up whom custody holds on a day, by the day of release: none yet, or one to come."""
    received = select(custody.c.person_ref).where(custody.c.received_on <= day_value(on))
    later = received.where(custody.c.released_on > day_value(on))
    return cases.c.person_ref.in_(union_all(received.where(custody.c.released_on.is_(None)), later))


def _custody_on(on: date) -> ColumnElement[bool]:
    """Ask of one case whether custody holds its person on a day."""
    until = or_(custody.c.released_on.is_(None), custody.c.released_on > day_value(on))
    mine = custody.c.person_ref == cases.c.person_ref
    return select(custody.c.id).where(mine, custody.c.received_on <= day_value(on), until).exists()


def _meets(term: SearchTerm) -> ColumnElement[bool]:
    """Ask of one case whether it meets a term, as `case_matches` looks up the cases that do."""
    return or_(*(and_(*(_has_word(name) for name in way)) for way in term))


def _has_word(name: str) -> ColumnElement[bool]:
    words = search_key.alias("of_case").c
    mine = select(words.word).where(words.person_ref == cases.c.person_ref, words.word >= text_parameter(name))
    of_both = or_(words.case_ref == literal_column("''"), words.case_ref == cases.c.case_ref)
    return mine.where(words.word < text_parameter(f"{name}_end"), of_both).exists()


def _perhaps_with_rag(rags: Iterable[str]) -> CompoundSelect[Any]:
    """Look up the cases with some colours by their results, and those of which none stands."""
    kept = known_case_result.c
    shown = select(kept.case_ref).where(kept.scope == text_parameter("its_scope"), kept.rag.in_(sorted(rags)))
    return union_all(shown, *failing_query().selects)


DayExpression = date | ColumnElement[date]


def _rag_on(on: date) -> ScalarSelect[Any]:
    mine = and_(rag.c.case_ref == cases.c.case_ref, rag.c.set_on <= on)
    return select(rag.c.rag).where(mine).order_by(rag.c.set_on.desc()).limit(1).scalar_subquery()


def next_action(on: DayExpression) -> ScalarSelect[Any]:
    """Select the day on which the next action of a case is due."""
    mine = select(func.min(actions.c.due_on)).where(actions.c.case_ref == cases.c.case_ref)
    return mine.where(*is_action_open(on)).scalar_subquery()


def is_action_open(on: DayExpression) -> tuple[ColumnElement[bool], ...]:
    """Build the condition that an action was neither done nor cancelled by a day."""
    return tuple(or_(ended.is_(None), ended > on) for ended in (actions.c.done_on, actions.c.cancelled_on))


SORT_ORDERS: dict[str, Callable[[CaseConditions], tuple[ColumnElement[Any], ...]]] = {
    "name": lambda _: (),  # joined where it is used
    "case_ref": lambda _: (cases.c.case_ref,),
    "programme": lambda _: (cases.c.programme, cases.c.cohort),
    "status": lambda _: (cases.c.status,),
    "worker": lambda _: (func.coalesce(cases.c.navigator, cases.c.police_om, cases.c.probation_practitioner),),
}
"""The sort orders of the caseload by what the cases themselves say; `caseload_order.KEPT_ORDERS` has the others."""
