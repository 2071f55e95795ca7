"""Every benchmark runs, and does the same as the floor it is held against; how long it takes is never asserted."""

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # read when Qt is first imported, so it comes first

import pytest

sys.path.append(str(Path(__file__).parents[1] / "benchmarks"))

import case_floor
import caseload_floor
import contact_floor
import hostile_floor
import import_floor
import policy_floor
import printing_floor
import run
import search_floor
import summary_floor
import today_floor
from books import ON, open_book, raw
from evaluated_cases import evaluate_caseload
from floors import Figure, in_turns
from ioms_desktop.domain.policy.triggers import evaluate
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.results import read_rule_work
from ioms_desktop.services.cases.rule_runs import list_triggers
from ioms_desktop.services.cases.today import OwedWork
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.case_stream import FACT_COLUMNS, TABLES_NOT_USED_BY_TRIGGERS

CASES = 60


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    opened = open_book(tmp_path / "book.ioms", CASES, searched=True)
    yield opened
    opened.store.close()


def test_the_bare_pass_reads_every_row_that_the_rules_may_look_at(session: Session) -> None:
    with closing(raw(session.store.location, session.store.key)) as db:
        looked_at = FACT_COLUMNS.keys() - TABLES_NOT_USED_BY_TRIGGERS
        held = sum(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in looked_at)  # noqa: S608 - our tables
    assert policy_floor.bare_pass(session.store) == held


def test_a_book_read_for_triggers_alone_gives_those_of_the_whole_book(session: Session) -> None:
    whole = [
        trigger for each in evaluate_caseload(session, ON) for trigger in evaluate(session.policy(ON), each.history, ON)
    ]
    assert whole
    assert list_triggers(session, ON) == whole


def test_the_caseload_and_raw_sql_answer_alike(session: Session) -> None:
    ours = caseload_floor.Ours(session)
    with closing(raw(session.store.location, session.store.key)) as db:
        bare = caseload_floor.Raw(db)
        assert ours.first() == bare.first()
        assert ours.end() == bare.end()
        assert ours.typed() == bare.typed()


def test_the_lines_of_today_and_raw_sql_are_the_same(session: Session) -> None:
    read_rule_work(session)  # past the lines that a proposal answers, and what people gave each other
    lines = OwedWork(session).read()
    with closing(raw(session.store.location, session.store.key)) as db:
        bare = today_floor.raw_lines(db)
    kept = [(line.case_ref, line.duty.value) for line in lines if line.duty in today_floor.IN_TABLES]
    assert sorted(kept) == sorted((ref, duty) for ref, duty, *_ in bare if duty in today_floor.IN_TABLES)
    assert {figure.floor_name for figure in today_floor.measure(0, CASES, 2, 1)} == set(today_floor.FLOORS.values())


def test_an_import_and_executemany_leave_the_same_rows(tmp_path: Path) -> None:
    import_floor.write_file(tmp_path / "people.csv", CASES)
    open_book(tmp_path / "bare.ioms", 0).store.close()
    import_floor.copy_book(tmp_path / "bare.ioms", tmp_path / "ours.ioms")
    _, key = import_floor.ours(tmp_path / "people.csv", tmp_path / "ours.ioms")
    import_floor.bare(tmp_path / "ours.ioms", key, tmp_path / "bare.ioms", import_floor.LEFT[Person])
    with closing(raw(tmp_path / "ours.ioms", key)) as ours, closing(raw(tmp_path / "bare.ioms", key)) as bare:
        tables = [name for (name,) in ours.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        held = {name: [set(db.execute(f"SELECT * FROM {name}")) for db in (ours, bare)] for name in tables}  # noqa: S608 - ours
    assert {name for name, (left, written) in held.items() if left != written} == {"request"}  # the import's own number
    assert len(held["people"][0]) == CASES


def test_both_contacts_are_stored(session: Session) -> None:
    ours = contact_floor.Ours(session, contact_floor.open_cases(CASES))()
    with closing(raw(session.store.location, session.store.key)) as db:
        bare = contact_floor.Bare(db, contact_floor.open_cases(CASES))()
        query = "SELECT outcome, occurred_at, planned FROM contacts WHERE contact_ref IN (?, ?)"
        first, second = db.execute(query, (ours, bare)).fetchall()
    assert first == second


def test_the_bare_rows_of_a_case_are_those_that_opening_it_shows(session: Session) -> None:
    (ref, *_) = contact_floor.open_cases(CASES)
    view = open_case(session, ref)
    shown = [view.case, view.person, *view.contacts, *view.ratings, *view.offers, *view.concerns, *view.decisions]
    shown += [*view.rag, *view.notifications, *view.actions, *view.custody, *view.orders]
    with closing(raw(session.store.location, session.store.key)) as db:
        bare = case_floor.Bare(db.execute, "?")
        bare.note(ref)
        assert len(bare.rows(ref)) == len(shown)
    assert not any(view.plain_records.values())


@pytest.mark.parametrize(
    "figures",
    [
        pytest.param(lambda: case_floor.measure_file(CASES, 4, rounds=1), id="case"),
        pytest.param(lambda: policy_floor.measure(CASES, rounds=1), id="policy"),
        pytest.param(lambda: contact_floor.measure(0, CASES, 4, rounds=2), id="contact"),
        pytest.param(lambda: caseload_floor.measure(CASES, rounds=1), id="caseload"),
        pytest.param(lambda: search_floor.measure(CASES, rounds=1), id="search"),
        pytest.param(lambda: summary_floor.measure(0, rounds=1), id="summary"),
        pytest.param(lambda: printing_floor.measure(0, summaries=4, rounds=1, single=2), id="printing"),
        pytest.param(lambda: import_floor.measure(CASES, rounds=1), id="import"),
        pytest.param(lambda: hostile_floor.measure(CASES, rounds=1), id="hostile"),
    ],
)
def test_a_benchmark_gives_its_figures(figures: object) -> None:
    """Those that start programs and a server of their own are among the long tests."""
    assert callable(figures)
    found = figures()
    assert found
    assert all(figure.ours > 0 and figure.row().count("|") == 7 for figure in found)


def test_the_table_takes_the_place_of_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"Before\n\n{run.MARK}\n\nAfter\n", encoding="utf-8")
    monkeypatch.setattr(run, "README", readme)
    run.put("old")
    run.put("new")
    assert readme.read_text(encoding="utf-8") == f"Before\n\n{run.MARK}\nnew\n{run.MARK}\n\nAfter\n"


def test_a_target_that_was_missed_is_called_so() -> None:
    figure = Figure(name="It", floor_name="the floor", ours=0.3, floor=0.1, target=2)
    assert not figure.kept
    assert figure.row() == "| It | 300.0 ms | the floor | 100.0 ms | 3.00 | 2 (not reached) |"


def test_work_is_done_in_turns() -> None:
    order: list[str] = []
    in_turns([lambda: order.append("ours"), lambda: order.append("floor")], rounds=2, warm=1)
    assert order == ["ours", "floor"] * 3
