"""What the caseload asks: the same answers on both databases, by plans that stay bounded."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from sqlalchemy import CompoundSelect, Connection, Select, text

from exchange_rows import record
from ioms_desktop.domain.duties.row_figures import RowFigures, row_figures
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES
from ioms_desktop.domain.search.search_query import parse_search
from ioms_desktop.domain.search.search_terms import name_sort_key
from ioms_desktop.services.every_case.histories import iter_histories
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.storage.cases.results import ResultScope
from ioms_desktop.storage.cases.standing_rows import failing_query, scope_parameters
from ioms_desktop.storage.queries import caseload, caseload_rows
from ioms_desktop.storage.queries.caseload import SORT_ORDERS, CaseConditions, case_index, index_query
from ioms_desktop.storage.queries.caseload_due import actions_part, contacts_part, ended_ahead
from ioms_desktop.storage.queries.caseload_order import KEPT_ORDERS, results_query, run_queries
from ioms_desktop.storage.queries.caseload_rows import CaseloadFacts, case_page, case_window, page_query, window_query
from ioms_desktop.storage.queries.people import PeopleConditions, person_index, person_page, person_window
from ioms_desktop.storage.queries.search import find_people, list_cases_of
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from keys import opened
from policy_histories.exchange_columns import merged
from policy_histories.generate import histories
from policy_histories.worked_example import worked_example
from postgres_cluster import Server
from rulebook import shipped_policies

TODAY = date(2026, 11, 23)
INVENTED = 8
ON_SQLITE = pytest.mark.parametrize("location", ["sqlite"], indirect=True)
"""PostgreSQL plans by statistics, which small tables do not have."""


@pytest.fixture(scope="module")
def filled_file(_local_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with the book in it, to be copied."""
    path = Path(shutil.copy(_local_template, tmp_path_factory.mktemp("book") / "book.ioms"))
    _fill(opened(str(path)))
    return path


@pytest.fixture(scope="module")
def filled_template(postgres_server: Server, _shared_template: str) -> str:
    """Return the name of a database with the book in it, to be copied."""
    _fill(opened(postgres_server.create("caseload", _shared_template)))
    return "caseload"


@pytest.fixture(params=["sqlite", "postgres"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return a database with the book in it, of each kind."""
    if request.param == "sqlite":
        return str(shutil.copy(request.getfixturevalue("filled_file"), tmp_path / "book.ioms"))
    template: str = request.getfixturevalue("filled_template")
    url: str = request.getfixturevalue("postgres_database")(template)
    return url


def _fill(store: Store) -> None:
    tables = merged(worked_example(), histories(5, INVENTED))
    at = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
    with store.begin(
        CommandContext(request="", user="import", role="supervisor", at=at, workstation="test"), "import"
    ) as tx:
        for noun in EXCHANGE_RECORD_TYPES:
            for row in tables.get(noun.table, []):
                tx.add(record(noun, row))
    store.close()


def nobodys(on: date) -> ResultScope:
    """Return whose results nobody kept."""
    return ResultScope("ALL", "none", on)


def rows(store: Store, asked: CaseConditions, limit: int | None = None) -> list[CaseloadFacts]:
    with store.read() as reading:
        if limit is not None:
            return case_page(reading, asked, nobodys(asked.on), limit)
        ids = case_index(reading, asked)
        found = {facts.id: facts for facts in case_window(reading, ids, nobodys(asked.on))}
    return [found[number] for number in ids]


def figures(store: Store, asked: CaseConditions) -> list[RowFigures]:
    """Return what the rows of a list say besides their headers, as the rules find it."""
    with store.read(facts_only=True) as reading:
        found = {
            history[-1].case_ref: row_figures(shipped_policies(), history[-1], asked.on)
            for history in iter_histories(reading, shipped_policies())
        }
    return [found[facts.case_ref] for facts in rows(store, asked)]


def test_the_first_rows_are_those_of_the_whole_list(store: Store) -> None:
    for sort in SORT_ORDERS:
        for descending in (False, True):
            asked = CaseConditions(on=TODAY, sort=sort, descending=descending)
            whole = rows(store, asked)
            assert rows(store, asked, 7) == whole[:7]
            assert len(whole) == len({facts.id for facts in whole}) == INVENTED + 2


FILTERS: tuple[dict[str, Any], ...] = (
    {"terms": parse_search("mar", 2026)},
    {"terms": parse_search("mar jay", 2026)},
    {"rags": frozenset({"RED", "BLUE"})},
    {"in_custody": True},
    {"is_open": False},
)


@ON_SQLITE
def test_few_and_many_that_meet_a_filter_are_listed_alike(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [CaseConditions(on=TODAY, sort=sort, **each) for each in FILTERS for sort in ("name", "case_ref")]
    whole = [rows(store, each) for each in asked]
    assert [bool(found) for found in whole] == [True] * len(asked)
    for many, walked in ((1, 2), (1, 5_000), (20_000, 2)):
        monkeypatch.setattr(caseload, "MANY", many)
        for module in (caseload, caseload_rows):
            monkeypatch.setattr(module, "MOST_WALKED", walked)
        assert [rows(store, each, 3) for each in asked] == [found[:3] for found in whole], (many, walked)


def test_names_stand_in_order(store: Store) -> None:
    names = [name_sort_key(facts.family_name, facts.given_names) for facts in rows(store, CaseConditions(on=TODAY))]
    assert names == sorted(names)


@pytest.mark.parametrize(
    "typed", ["harker", "HARK", "callum harker", "harker callum", "iom-harker", "iomhark", "Hárker"]
)
def test_a_case_is_found_by_beginnings_of_words_in_any_order(store: Store, typed: str) -> None:
    found = rows(store, CaseConditions(on=TODAY, terms=parse_search(typed, 2026)))
    assert [facts.case_ref for facts in found] == ["IOM-HARKER"]


def test_a_case_is_found_by_the_date_of_birth(store: Store) -> None:
    born = next(
        facts for facts in rows(store, CaseConditions(on=TODAY)) if facts.case_ref == "PHX-MARLOW"
    ).date_of_birth
    for typed in (f"{born:%d/%m/%Y}", f"{born.day} {born:%b %Y}", f"{born:%d%m%Y}", born.isoformat()):
        found = rows(store, CaseConditions(on=TODAY, terms=parse_search(typed, 2026)))
        assert "PHX-MARLOW" in [facts.case_ref for facts in found]


def test_what_meets_one_word_alone_is_not_found(store: Store) -> None:
    assert rows(store, CaseConditions(on=TODAY, terms=parse_search("harker jayden", 2026))) == []


def test_filters_narrow_to_what_they_say(store: Store) -> None:
    everything = rows(store, CaseConditions(on=TODAY))
    told = figures(store, CaseConditions(on=TODAY))
    red = figures(store, CaseConditions(on=TODAY, rags=frozenset({"RED", "BLUE"})))
    assert red == [each for each in told if each.rag in {"RED", "BLUE"}] != told
    phoenix = rows(store, CaseConditions(on=TODAY, programmes=frozenset({"PHOENIX"})))
    assert {f.id for f in phoenix} == {f.id for f in everything if f.programme == "PHOENIX"}
    opened = rows(store, CaseConditions(on=TODAY, is_open=True))
    assert {f.id for f in opened} == {f.id for f in everything if f.closed_on is None or f.closed_on > TODAY}
    closed = rows(store, CaseConditions(on=TODAY, is_open=False))
    assert {f.id for f in closed} == {f.id for f in everything} - {f.id for f in opened}
    assert figures(store, CaseConditions(on=TODAY, in_custody=True)) == [each for each in told if each.in_custody]
    officer = next(f.police_om for f in everything if f.police_om)
    mine = rows(store, CaseConditions(on=TODAY, workers=(officer,)))
    assert {f.id for f in mine} == {
        f.id for f in everything if officer in {f.police_om, f.probation_practitioner, f.navigator}
    }


def test_a_case_that_is_gone_is_left_out(store: Store) -> None:
    with store.read() as reading:
        assert case_window(reading, [10**9], nobodys(TODAY)) == []
        assert person_window(reading, [10**9]) == []


def test_people_are_found_with_their_cases(store: Store) -> None:
    with store.read() as reading:
        found = find_people(reading, parse_search("marlow", 2026), None, 10)
        assert [person.family_name.upper() for person in found] == ["MARLOW"]
        assert [case.case_ref for case in list_cases_of(reading, [found[0].person_ref], None)] == ["PHX-MARLOW"]
        assert find_people(reading, parse_search("marlow", 2026), frozenset({"IOM"}), 10) == []
        assert find_people(reading, parse_search("phx-marlow", 2026), None, 10) == found
        marlows = PeopleConditions(terms=parse_search("marlow", 2026), programmes=frozenset({"PHOENIX"}))
        assert list(person_index(reading, marlows)) == [found[0].id]
        assert person_page(reading, marlows, 2) == found
        everybody = person_index(reading, PeopleConditions())
        assert len(everybody) == INVENTED + 2
        assert [person.id for person in person_page(reading, PeopleConditions(), 9)] == list(everybody[:9])


def plan(connection: Connection, asked: CaseConditions, limit: int | None) -> str:
    named, words = asked.with_named_words()
    if asked.sort in KEPT_ORDERS:
        query = results_query(named, limit)
    else:
        query = index_query(named) if limit is None else page_query(named, limit)
    return plan_of(connection, query, asked, words)


def plan_of(
    connection: Connection,
    query: Select[Any] | CompoundSelect[Any],
    asked: CaseConditions,
    words: Mapping[str, Any] = MappingProxyType({}),
) -> str:
    given = {**words, "on": asked.on, **scope_parameters(nobodys(asked.on))}
    compiled = query.params(given).compile(connection, compile_kwargs={"literal_binds": True})
    return "\n".join(str(row[3]) for row in connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}")))


@ON_SQLITE
def test_the_first_screen_walks_the_names_in_order(store: Store) -> None:
    with store.read() as reading:
        found = plan(reading.connection, CaseConditions(on=TODAY, is_open=True), 200)
    assert "SCAN people USING COVERING INDEX ix_people_names" in found or "USING INDEX ix_people_names" in found
    assert "SEARCH cases USING INDEX ix_cases_person_ref" in found
    assert "TEMP B-TREE FOR ORDER BY" not in found


@ON_SQLITE
def test_what_many_meet_is_asked_of_one_person_after_the_other(store: Store) -> None:
    broad = CaseConditions(on=TODAY, terms=parse_search("m", 2026), broad_terms=frozenset({0}))
    held = CaseConditions(on=TODAY, in_custody=True, many_in_custody=True)
    with store.read() as reading:
        for asked, used in (
            (broad, "ix_search_key_person_ref_word (person_ref=?"),
            (held, "(person_ref=? AND received"),
        ):
            found = plan(reading.connection, asked, 200)
            assert used in found
            assert "USING INDEX ix_people_names" in found
            assert "TEMP B-TREE FOR ORDER BY" not in found.partition("SCAN page")[0]
        coloured = plan(reading.connection, CaseConditions(on=TODAY, rags=frozenset({"RED"}), few_with_rag=True), 200)
    assert "ix_case_result_scope_rag_case_ref (scope=? AND rag=?" in coloured
    assert "SCAN" not in coloured.replace("SCAN page", "")


@ON_SQLITE
def test_a_search_walks_the_words_and_nothing_else(store: Store) -> None:
    with store.read() as reading:
        for limit in (200, None):
            found = plan(
                reading.connection, CaseConditions(on=TODAY, is_open=True, terms=parse_search("mar jay", 2026)), limit
            )
            assert "SEARCH search_key USING" in found
            assert "SCAN" not in found.replace("SCAN page", "")


@ON_SQLITE
def test_no_sort_or_filter_reads_a_whole_table_of_events(store: Store) -> None:
    with store.read() as reading:
        for sort in SORT_ORDERS:
            asked = CaseConditions(on=TODAY, sort=sort, rags=frozenset({"RED"}), in_custody=True)
            found = plan(reading.connection, asked, 200)
            scanned = {line.split()[1] for line in found.splitlines() if line.startswith("SCAN")}
            assert scanned <= {"cases", "people", "page"}


@ON_SQLITE
@pytest.mark.parametrize("sort", KEPT_ORDERS)
def test_an_order_by_results_reads_each_case_by_its_index(store: Store, sort: str) -> None:
    with store.read() as reading:
        for limit in (None, 200):
            asked = CaseConditions(on=TODAY, is_open=True, sort=sort, steps=("L1", "L2"))
            found = plan(reading.connection, asked, limit)
            assert "SEARCH case_result USING INDEX" in found
            assert {line.split()[1] for line in found.splitlines() if line.startswith("SCAN")} <= {"case_mark"}
            assert "SCAN cases" in plan(reading.connection, replace(asked, sort="status"), None), "the control"


def test_what_does_not_stand_is_found_by_index_and_no_result_is_looked_through(store: Store) -> None:
    with store.read() as reading:
        query = failing_query().params(scope_parameters(nobodys(TODAY)))
        compiled = query.compile(reading.connection, compile_kwargs={"literal_binds": True})
        if reading.is_local:
            found = [str(row[3]) for row in reading.connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))]
            assert [line for line in found if line.startswith("SCAN")] == []
            assert "SEARCH case_mark USING COVERING INDEX ix_case_mark_scope (scope=?)" in found
            used = [line.split("INDEX ")[1] for line in found if line.startswith("SEARCH case_result USING ")]
        else:  # readers are told no plan: as the owner, of the tables behind the views
            reading.connection.execute(text("SET LOCAL enable_seqscan = off"))
            of_tables = str(compiled).replace("known_case_", "case_")
            found = [str(row[0]) for row in reading.connection.execute(text(f"EXPLAIN {of_tables}"))]
            used = [line for line in found if "ix_case_result" in line]
    assert len(used) == len(FAILING), found
    # Which of its indexes a server takes for a table without rows is chance, but for those that have none.
    for name, line in zip(FAILING, used, strict=True):
        if reading.is_local or name.startswith("without"):
            assert f"ix_case_result_{name}" in line or "ix_case_result_scope_step" in line, line


FAILING = (*["scope_policy_key_as_of"] * 3, "scope_next_change_on", "without_step", "without_custody")


@ON_SQLITE
@pytest.mark.parametrize("sort", KEPT_ORDERS)
def test_the_first_screen_by_results_comes_in_the_order_of_an_index(store: Store, sort: str) -> None:
    with store.read() as reading:
        for descending in (False, True):
            asked = CaseConditions(on=TODAY, is_open=True, sort=sort, descending=descending, steps=("L1", "L2"))
            plans = [plan_of(reading.connection, query, asked) for query in run_queries(asked, 200)]
            for each in plans[:-1]:
                assert f"INDEX ix_case_result_scope_{kept_column(sort)}_case_ref" in each
            assert plans
            assert not any("TEMP B-TREE" in each or "SCAN cases" in each for each in plans)
            assert "TEMP B-TREE" in plan(reading.connection, asked, 200), "the control"


@ON_SQLITE
def test_what_is_due_next_is_walked_in_the_order_of_two_indexes_and_actions_to_end_are_looked_up(store: Store) -> None:
    behind = {"behind_on": TODAY, "behind_ref": "C"}
    with store.read() as reading:
        asked = CaseConditions(on=TODAY)
        for is_first, descending in product((False, True), repeat=2):
            for part, used in (
                (contacts_part, "ix_case_result_scope_contact_due_on_case_ref (scope=? AND contact_due_on"),
                (actions_part, "ix_actions_open"),
            ):
                query = part(400, is_first=is_first, descending=descending)
                found = plan_of(reading.connection, query, asked, {} if is_first else behind)
                assert used in found
                assert len(found.splitlines()) == 1, "nothing is sorted"
        ahead = plan_of(reading.connection, ended_ahead(), asked)
    assert ahead.count("USING INDEX ix_actions_ended (done_on") == 2
    assert "SCAN" not in ahead


@ON_SQLITE
def test_ones_own_cases_and_those_in_custody_are_found_by_index(store: Store) -> None:
    with store.read() as reading:
        for limit in (200, None):
            own = plan(reading.connection, CaseConditions(on=TODAY, workers=("hallam", "J. Hallam")), limit)
            assert all(
                f"ix_cases_{column}_word" in own for column in ("police_om", "probation_practitioner", "navigator")
            )
            held = plan(reading.connection, CaseConditions(on=TODAY, in_custody=True), limit)
            assert held.count("SEARCH custody USING INDEX ix_custody_released_on (released_on") == 2
            for found in (own, held):
                assert "SCAN" not in found.replace("SCAN page", "")


def kept_column(sort: str) -> str:
    return "last_contact_on" if sort == "last_contact" else sort


@ON_SQLITE
def test_a_window_reads_its_rows_by_index_alone(store: Store) -> None:
    with store.read() as reading:
        query = window_query().params({"listed": "[1, 2, 3]", "on": TODAY, **scope_parameters(nobodys(TODAY))})
        compiled = query.compile(reading.connection, compile_kwargs={"literal_binds": True})
        lines = [str(row[3]) for row in reading.connection.execute(text(f"EXPLAIN QUERY PLAN {compiled}"))]
    assert [line for line in lines if line.startswith("SCAN")] == ["SCAN listed VIRTUAL TABLE INDEX 1:"]


def test_a_question_without_filters_narrows_to_nothing() -> None:
    assert ListQuery().chosen("rag") == frozenset()
