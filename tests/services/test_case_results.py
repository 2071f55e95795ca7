"""Kept results say what a full evaluation says, whatever was done since; and of a changed case none stands."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, event, select, text, update

import sessions
from evaluated_cases import evaluate_caseload
from ioms_desktop import __version__
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.duties.case_duties import LOOK_AHEAD, WorklistItem, find_case_duties
from ioms_desktop.domain.duties.row_figures import RowFigures, row_figures
from ioms_desktop.domain.policy.triggers import Trigger
from ioms_desktop.domain.records.cases import Action, Case, RagEntry
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.people import CustodySpell, Order, Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.cases import results
from ioms_desktop.services.cases.case_json import measures_json
from ioms_desktop.services.cases.case_lists import case_ids, case_rows, first_case_rows
from ioms_desktop.services.cases.results import RuleWork, read_rule_work, result_scope
from ioms_desktop.services.cases.rule_runs import count_measures, list_triggers
from ioms_desktop.services.cases.standing import count_period, list_alerts, read_rows
from ioms_desktop.services.cases.today import OwedWork
from ioms_desktop.services.database.result_check import describe_wrong_results, forget_all_results
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Session
from ioms_desktop.storage.cases.due_cases import list_due_cases
from ioms_desktop.storage.cases.results import CaseResult, DueCase, keep_results
from ioms_desktop.storage.queries.caseload_order import KEPT_ORDERS
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.case_results import case_duty, case_result
from ioms_desktop.storage.schema.tables import table_of
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from policy_histories.exchange_columns import write_folder
from policy_histories.generate import corrected, histories, seeded
from services.exchange_session import session_at, taken
from sessions import NOW, fill

SEED, CASES, ACTS = 70, 4, 10
WALK = re.compile(r"(?:SCAN|SEARCH(?!.*_without_)(?=.*\(scope=\?\)$)) (case_result|cases)\b")
ROLES = (Role.OFFICER, Role.COORDINATOR)


def evaluate_all(session: Session, _: object, *, progress: object) -> RuleWork:  # noqa: ARG001 - as `read_rule_work`
    """Return what the rules find owed by an evaluation of every case, as if nothing were kept."""
    today, policies = session.today(), session.policy_timeline
    found = {
        each.case_ref: tuple(find_case_duties(policies, each.history[-1], each.triggers, today))
        for each in evaluate_caseload(session, today)
    }
    return RuleWork(found, frozenset(), {})


def whole(session: Session) -> list[WorklistItem]:
    return unnumbered(OwedWork(session, evaluate_all))


def unnumbered(work: OwedWork) -> list[WorklistItem]:
    return [replace(line, id=0) for line in work.read()]


def owed(session: Session) -> list[WorklistItem]:
    return unnumbered(OwedWork(session))


def alerts(session: Session) -> list[Trigger]:
    return list_alerts(session, session.today())


def measures(session: Session) -> dict[str, Any]:
    return measures_json(count_period(session, Quarter.containing(session.today()).first, session.today()))


def shown(session: Session) -> dict[str, RowFigures]:
    with session.store.read(facts_only=True) as reading:
        return read_rows(session, reading, list(reading.connection.scalars(select(table_of(Case).c.case_ref))))


def rows(session: Session) -> dict[str, RowFigures]:
    found = evaluate_caseload(session, session.today())
    return {each.case_ref: row_figures(session.policy_timeline, each.history[-1], session.today()) for each in found}


def ordered(session: Session) -> list[tuple[str, ...]]:
    """Return the references of all cases in each order of the caseload that the rules find, first screen and all."""
    found = []
    for sort, descending in SORTS:
        query = ListQuery(sort=sort, descending=descending)
        ids = case_ids(session, query)
        listed = {row.id: row.case_ref for row in case_rows(session, ids)}
        assert [row.case_ref for row in first_case_rows(session, query)] == [listed[number] for number in ids]
        found.append(tuple(listed[number] for number in ids))
    return found


def sorted_rows(session: Session) -> list[tuple[str, ...]]:
    """Put the cases in these orders by what an evaluation of every case says, nothing last."""
    found, shown_rows = rows(session), case_rows(session, case_ids(session, ListQuery()))
    due = {row.case_ref: row.next_due for row in shown_rows}
    steps = [step.code for step in session.ladder]
    values: dict[str, Callable[[str], Any]] = {
        "rag": lambda ref: found[ref].rag and "RED AMBER GREEN BLUE".index(str(found[ref].rag)),
        "engagement": lambda ref: found[ref].engagement,
        "step": lambda ref: steps.index(found[ref].step) or None,
        "last_contact": lambda ref: found[ref].last_contact_on,
        "next_due": due.__getitem__,
    }
    told = []
    for sort, descending in SORTS:
        value = values[sort]
        filled = sorted(((value(ref), ref) for ref in due if value(ref) is not None), reverse=descending)
        empty = sorted((ref for ref in due if value(ref) is None), reverse=descending)
        told.append((*(ref for _, ref in filled), *empty))
    return told


SORTS = tuple((sort, descending) for sort in KEPT_ORDERS for descending in (False, True))
READERS: tuple[tuple[Callable[[Session], Any], Callable[[Session], Any]], ...] = (
    (owed, whole),
    (alerts, lambda session: list_triggers(session, session.today())),
    (
        measures,
        lambda session: measures_json(
            count_measures(session, Quarter.containing(session.today()).first, session.today())
        ),
    ),
    (shown, rows),
    (ordered, sorted_rows),
)
"""What reads kept results, each with what an evaluation of every case says."""


def assert_alike(session: Session, number: int) -> None:
    """Hold every reader to the full evaluation; a number says which reads first, and so evaluates what is due."""
    for read, evaluate in READERS[number % 5 :] + READERS[: number % 5]:
        assert read(session) == evaluate(session), (session.role, session.today(), number, read)


CHANGES: dict[type[Record], Callable[[Any, date], dict[str, Any]]] = {
    Contact: lambda record, _: {"outcome": "NO_REPLY" if record.outcome == "SEEN" else "SEEN"},
    Rating: lambda record, _: {"level": 5 - record.level},
    Offer: lambda record, day: {"response": None if record.response else "ACCEPTED", "responded_on": day},
    Concern: lambda _, day: {"outcome": "NFA", "outcome_on": day},
    Decision: lambda _, day: {"actioned_on": day},
    RagEntry: lambda record, _: {"rag": "RED" if record.rag == "AMBER" else "AMBER"},
    CustodySpell: lambda record, _: {"released_on": None if record.released_on else record.received_on},
    Order: lambda record, _: {"ended_on": record.made_on},
    Case: lambda record, day: {"closed_on": None if record.closed_on else day},
    Person: lambda record, _: {"family_name": record.family_name[::-1]},
}
STAYING = {Case, Person, Decision}


def numbers_of(reading: Reading, kind: type[Record]) -> list[int]:
    return sorted(reading.connection.scalars(select(table_of(kind).c.id)))


def act(store: Store, number: int, at: datetime, *, seed: int = SEED) -> frozenset[str] | None:
    """Change, remove, or take out as entered in error some record; name the cases that others are told of."""
    rng = seeded(f"{seed}/{number}")
    command = CommandContext(request="", user="HOLT", role="supervisor", at=at, workstation="session 1")
    with store.begin(command) as tx:
        kinds = deque(CHANGES)
        kinds.rotate(-number)
        kind, found = next((kind, numbers) for kind in kinds if (numbers := numbers_of(tx, kind)))
        record = tx.find_by_number(kind, rng.choice(found))
        assert record is not None
        if kind in STAYING or number % 3 == 0:
            tx.save(replace(record, **CHANGES[kind](record, at.date())))
        elif number % 3 == 1:
            tx.strike_out(record, "somebody else's")
        else:
            tx.remove(record, "twice")
        return tx.only_cases


def test_kept_results_say_what_a_full_evaluation_says(store: Store, tmp_path: Path) -> None:
    rng, at = seeded(str(SEED)), datetime(2026, 11, 27, 9, tzinfo=UTC)
    tables = histories(SEED, CASES)
    for number, rows in enumerate((tables, corrected(tables, SEED))):
        taken(session_at(store, at=at), write_folder(rows, tmp_path / str(number)))
        for role in ROLES:
            session = session_at(store, role, at)
            assert_alike(session, number + len(role))
        at += timedelta(days=1)
    clock, seats = [at], dict[Role, OwedWork]()
    for number in range(ACTS):
        at += timedelta(days=rng.choice((0, 0, 1, 1, 6)), minutes=1)
        act(store, number, at)
        session = session_at(store, ROLES[number % 2], at)
        seat = seats.setdefault(session.role, OwedWork(replace(session, clock=lambda: clock[0])))
        clock[0] = at
        if number % 3 == 1:
            assert_alike(session, number // 3)
        assert unnumbered(seat) == whole(session), (number, at)
        assert due(session) == {}, "and they are kept"
    officer = session_at(store, Role.OFFICER, at)
    assert any(numbers := {line.id for line in seats[Role.OFFICER].read()})
    assert numbers == {line.id for line in seats[Role.OFFICER].read()}, "a line keeps its number"
    # As of a day before, and of the present one again: what stands on the one need not on the other.
    for session in (session_at(store, Role.OFFICER, at - timedelta(days=40)), officer):
        assert due(session)
        assert_alike(session, 3)
    # In the next quarter what was kept still stands, but for the measures.
    later = session_at(store, Role.OFFICER, datetime(2027, 1, 1, 9, tzinfo=UTC))
    read_rule_work(later)
    assert_alike(later, 2)
    # The control: without the marks of the database what is kept is shown although it is over.
    with store.engine.begin() as connection:
        on = "" if connection.dialect.name == "sqlite" else " ON contacts"
        connection.execute(text(f"DROP TRIGGER contacts_marks_delete{on}"))
        if on:
            connection.execute(text("ALTER TABLE contacts DISABLE TRIGGER contacts_trace_delete"))
        connection.execute(delete(table_of(Contact)))
    for read, evaluate in READERS:
        assert read(later) != evaluate(later), read


def due(session: Session) -> dict[str, Any]:
    with session.store.read(facts_only=True) as reading:
        return list_due_cases(reading, result_scope(session), None)


def test_a_result_takes_in_what_was_read_and_nothing_later(store: Store) -> None:
    fill(store)
    officer = session_at(store, Role.OFFICER, NOW)
    read_rule_work(officer)
    scope = result_scope(officer)
    act(store, 0, NOW)
    ((ref, first),) = due(officer).items()
    act(store, 0, NOW + timedelta(minutes=1))  # the same contact again, after it was read
    with store.begin(officer.command_context()) as tx:
        assert keep_results(tx, scope, [CaseResult(first, None, ())]) == 1
    ((_, second),) = due(officer).items()
    assert (second.case_ref, second.version != first.version) == (ref, True), "something changed meanwhile"
    read_rule_work(officer)
    assert due(officer) == {}
    with store.begin(officer.command_context()) as tx:  # by somebody who read it before
        assert keep_results(tx, scope, [CaseResult(first, None, ())]) == 0
    assert owed(officer) == whole(officer)


def test_another_policy_or_program_works_everything_out_anew(store: Store) -> None:
    fill(store)
    officer = session_at(store, Role.OFFICER, NOW)
    for key, is_kept in (("0.0.9 x", True), (f"{__version__} x", True), ("99.0.1 x", False)):
        read_rule_work(officer)
        with store.engine.begin() as connection:
            connection.execute(update(case_result).values(policy_key=key))
            connection.execute(delete(case_duty))
        assert len(due(officer)) == len(sessions.CASES)
        assert owed(officer) == whole(officer)
        assert (due(officer) == {}) is is_kept, "a newer program's results stay"
    forget_all_results(store, "HOLT", officer.clock)
    read_rule_work(officer)
    # Who signed in before the newest version evaluates for themselves, and the others' results stay.
    earlier = replace(officer, policies=tuple(p for p in officer.policies if p.version == "2026-04-01"))
    assert owed(earlier) == whole(earlier)
    assert len(due(earlier)) == len(sessions.CASES)
    assert due(officer) == {}


def test_what_was_stopped_goes_on_where_it_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    officer = session_at(store, Role.OFFICER, NOW)
    monkeypatch.setattr(results, "CASES_PER_TRANSACTION", 1)
    monkeypatch.setattr(results, "PROGRESS_EVERY_CASES", 1)
    monkeypatch.setattr(results, "LEAST_SHARE_TO_STREAM", 0)
    seen: list[tuple[int, int]] = []

    def stop(done: int, total: int, _step: str = "") -> None:
        seen.append((done, total))
        if done == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        read_rule_work(officer, progress=stop)
    assert seen[-1] == (2, 3)
    assert len(due(officer)) == 1
    read_rule_work(officer)
    assert due(officer) == {}


def test_one_list_is_of_one_day_although_midnight_passes_while_it_is_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    before, after = NOW.replace(hour=22, minute=59), NOW.replace(hour=23, minute=1)
    due_on = session_at(store, Role.OFFICER, after).today() + LOOK_AHEAD  # comes into sight on the second day
    with store.begin(session_at(store, Role.OFFICER, NOW).command_context()) as tx:
        tx.add(Action(case_ref="PHX-1", action_ref="AC-1", text="Ring", owner="HOLT", due_on=due_on))

    def read() -> tuple[list[WorklistItem], date]:
        forget_all_results(store, "HOLT", lambda: before)
        clock = [before]
        work = OwedWork(replace(session_at(store, Role.OFFICER, before), clock=lambda: clock[0]))
        lines = work.read(lambda *_: clock.__setitem__(0, after))  # midnight passes at the first case
        return [replace(line, id=0) for line in lines], work.day

    first, second = (whole(session_at(store, Role.OFFICER, at)) for at in (before, after))
    assert read() == (first, before.astimezone(LONDON).date())
    assert first != second
    monkeypatch.setattr(Session, "at_one_instant", lambda session: session)
    assert read()[0] not in (first, second), "the control: a clock that runs on mixes two days"


@pytest.mark.parametrize("location", ["sqlite"], indirect=True)
def test_reading_again_looks_at_what_changed_and_adds_up_the_rest(store: Store) -> None:
    """PostgreSQL plans by statistics, which small tables do not have."""
    fill(store)
    officer = session_at(store, Role.OFFICER, NOW)
    read_rule_work(officer)
    known = read_rule_work(officer).versions
    act(store, 0, NOW)
    with walks(store) as found:
        assert read_rule_work(officer, known).versions.keys() == known.keys()
    assert found == set(), "the sum goes by the index of the policy"
    # What somebody else kept since is found by the sum: then each is looked at, and only that one is read.
    act(store, 0, NOW + timedelta(minutes=2))
    assert len(read_rule_work(officer).duties) == len(known)
    with walks(store) as found:
        assert len(read_rule_work(officer, known).duties) == 1
    assert found == {("case_result", "rows"), ("cases", "rows")}


@contextmanager
def walks(store: Store) -> Iterator[set[tuple[str, str]]]:
    """Name which of results and cases is gone through from end to end meanwhile, for their rows or for a sum."""
    said: list[tuple[str, Any]] = []
    found: set[tuple[str, str]] = set()

    def note(_c: object, _cursor: object, statement: str, given: Any, *_: object) -> None:  # noqa: ANN401 - a driver's
        said.append((statement, given))

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    with store.engine.connect() as connection:
        for statement, given in said:
            if statement.startswith("SELECT") and "case_" in statement:
                plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
                walked = (WALK.match(str(row[3])) for row in plan)
                found |= {(table[1], "sum" if "sum(" in statement else "rows") for table in walked if table}


def test_check_names_who_kept_what_the_rules_do_not_find_and_a_rebuild_puts_it_right(store: Store) -> None:
    fill(store)
    officer = session_at(store, Role.OFFICER, NOW)
    read_rule_work(officer)
    read_rule_work(session_at(store, Role.COORDINATOR, NOW))
    assert describe_wrong_results(store, "HOLT", officer.clock) == ""
    seat = OwedWork(officer)
    before = unnumbered(seat)
    with store.engine.begin() as connection:
        connection.execute(text("DELETE FROM case_duty WHERE case_ref = 'IOM-1' AND scope = 'ALL'"))
        connection.execute(text("UPDATE case_result SET computed_by = 'EVE' WHERE case_ref = 'IOM-1'"))
    deceived = OwedWork(officer)
    assert unnumbered(deceived) != before, "the control: what is kept is believed"
    with store.engine.begin() as connection:  # what makes no sense is not
        connection.execute(text("UPDATE case_result SET figures = '[1]', step = NULL WHERE case_ref = 'IOM-1'"))
        connection.execute(
            text(
                "INSERT INTO case_alert (case_ref, scope, place, status, said) VALUES ('IOM-1', 'ALL', 99, 'OPEN', '{')"
            )
        )
    for read, evaluate in READERS[1:]:
        assert read(officer) == evaluate(officer), read
    assert describe_wrong_results(store, "HOLT", officer.clock).startswith(
        "Of one case (IOM-1) something else is kept than the rules find, worked out by EVE. Run check --rebuild:"
    )
    forget_all_results(store, "HOLT", officer.clock)
    assert describe_wrong_results(store, "HOLT", officer.clock) == ""
    with store.begin(officer.command_context()) as tx:
        assert keep_results(tx, result_scope(officer), [CaseResult(DueCase("IOM-1", 0, ()), None, ())]) == 0, (
            "who read a case before does not overtake the rebuild"
        )
    assert unnumbered(deceived) == owed(officer) == unnumbered(seat) == before
