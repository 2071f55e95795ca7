"""The whole book for the rules, on both kinds of database."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import psycopg

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.policy.build_facts import counted_facts
from ioms_desktop.domain.records.cases import Action, RagEntry
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.services.case_history import get_case_history
from ioms_desktop.services.cases.rule_runs import list_triggers
from ioms_desktop.storage.cases.every_case import corrected_cases
from ioms_desktop.storage.records.case_stream import stream_case_facts
from ioms_desktop.storage.records.cases_asked import CasesAsked
from listening import statements_and_values_of
from rulebook import default_policy
from shared_people import Office, login_of
from stored_samples import CASE, PERSON, act

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from ioms_desktop.storage.store import Store

DAY = date(2026, 2, 3)
ADD = """
    INSERT INTO {table} SELECT (jsonb_populate_record(one, jsonb_build_object({given}))).*
    FROM {table} AS one, generate_series({first}, {last}) AS n, generate_series(1, {each}) AS m
    WHERE one.id = (SELECT min(id) FROM {table})
"""
ADDED = {
    "people": (1, "'id', 1000 + n, 'person_ref', 'P-' || n"),
    "cases": (1, "'id', 1000 + n, 'case_ref', 'C-' || n, 'person_ref', 'P-' || n, 'programme', 'PHOENIX'"),
    "contacts": (9, "'id', n * 10 + m, 'contact_ref', n || '-' || m, 'case_ref', 'C-' || n, 'outcome', 'SEEN'"),
    "custody": (3, "'id', n * 10 + m, 'person_ref', 'P-' || n, 'received_on', date '2026-01-01' + m"),
}
"""How many rows a case has of each table, and what tells them from the one that is there."""
PLAN_OF = """
    CREATE FUNCTION plan_of(said text) RETURNS json LANGUAGE plpgsql AS $$
    DECLARE
      plan json;
    BEGIN
      EXECUTE 'EXPL' || 'AIN (ANALYZE, TIMING OFF, FORMAT JSON) DECLARE read NO SCROLL CURSOR FOR ' || said INTO plan;
      RETURN plan;
    END $$;
    GRANT EXECUTE ON FUNCTION plan_of TO PUBLIC;
"""
"""Told to whoever looks after the server, by whom alone it can be made."""
JOINED = (
    "SELECT k.contact_ref FROM cases AS c JOIN known_contacts AS k ON k.case_ref = c.case_ref "
    "WHERE c.programme = 'PHOENIX' AND k.outcome IN ('SEEN', 'REFUSED_ENTRY') ORDER BY c.case_ref"
)

FORMER = """
    INSERT INTO former_version
      (table_name, record_id, record_key, revision, case_ref, current_from, current_to, changed_by, ended, data)
    SELECT 'rag', n, n, m, 'C-' || n, now(), now(), 'x', 'CHANGED', '{}'
    FROM generate_series(1, 100) AS n, generate_series(1, 40) AS m
"""
AMONG = (
    "SELECT case_ref FROM cases WHERE person_ref = 'P' "
    "OR case_ref IN (SELECT case_ref FROM known_former_version WHERE table_name = 'rag')"
)


def _filled(store: Store) -> None:
    with store.begin(act()) as tx:
        tx.add(PERSON)
        tx.add(CASE)
        for at, outcome in (("2026-02-03T10:30", "UNACCEPTABLE_ABSENCE"), ("2026-02-04", "SEEN")):
            tx.add(
                Contact(
                    contact_ref=outcome,
                    case_ref="C1",
                    occurred_at=DayTime.parse(at),
                    planned=True,
                    contact_type="OFFICE",
                    outcome=outcome,
                )
            )
        tx.add(CustodySpell(person_ref="P1", received_on=DAY))
        tx.add(RagEntry(case_ref="C1", set_on=DAY, rag="RED", reason="Arrested"))
        tx.add(Action(action_ref="A1", case_ref="C1", text="Telephone", owner="ADEYEMI", due_on=DAY))


def test_the_streamed_book_gives_a_case_as_reading_it_alone_does(store: Store) -> None:
    _filled(store)
    with store.read(facts_only=True) as reading:
        assert [(case,) for case in stream_case_facts(reading)] == [get_case_history(reading, "C1")]


def test_read_for_triggers_alone_the_book_leaves_out_what_no_rule_counts(store: Store) -> None:
    _filled(store)
    with store.read() as reading:
        (case,) = stream_case_facts(reading, CasesAsked(counted=counted_facts(default_policy())))
    assert [contact.ref for contact in case.contacts] == ["UNACCEPTABLE_ABSENCE"]
    assert case.custody
    assert not case.rag
    assert not case.actions


def _rows_met(plan: dict[str, Any]) -> int:
    """Count the rows that the steps of a plan gave or looked at."""
    each = sum(plan.get(said, 0) for said in ("Actual Rows", "Rows Removed by Join Filter", "Rows Removed by Filter"))
    return int(each * plan["Actual Loops"]) + sum(map(_rows_met, plan.get("Plans", ())))


def _met(owner: psycopg.Connection, statements: list[str], *settings: str) -> int:
    """Count what a navigator's cursors on some statements meet, planned with some settings."""
    with owner.transaction(force_rollback=True):
        for setting in settings:
            owner.execute(f"SET LOCAL {setting}".encode())
        owner.execute(f"SET LOCAL SESSION AUTHORIZATION {login_of('navigator')}".encode())
        plans = [owner.execute("SELECT plan_of(%s)", (each,)).fetchall()[0][0] for each in statements]
    return sum(_rows_met(plan[0]["Plan"]) for plan in plans)


def _forget_statistics(owner: psycopg.Connection) -> None:
    """Leave the tables as if they had just been made; what another test did to them is no part of the plan."""
    for table in ADDED:
        owner.execute(f"VACUUM FULL {table}".encode())
    owner.execute("DELETE FROM pg_statistic WHERE starelid >= 16384")
    owner.execute("UPDATE pg_class SET relpages = 0, reltuples = -1 WHERE oid >= 16384 AND relkind IN ('r', 'i')")


def _add(owner: psycopg.Connection, first: int, last: int) -> None:
    owner.execute("SET session_replication_role = replica")
    for table, (each, given) in ADDED.items():
        owner.execute(ADD.format(table=table, given=given, first=first, last=last, each=each).encode())


def _asked(engine: Engine, work: Callable[[], object]) -> list[str]:
    """Return the questions about cases that some work asks, with their values."""
    with engine.connect() as connection, statements_and_values_of(engine) as said:
        work()
        cursor = psycopg.ClientCursor(connection.connection.driver_connection)  # type: ignore[arg-type]  # the driver's
        questions = [each for each in said if each[0].startswith("SELECT") and "case_ref" in each[0]]
        return [cursor.mogrify(statement.encode(), given) for statement, given in questions]


def _work(office: Office, owner: psycopg.Connection) -> tuple[int, int]:
    """Count what a navigator's run of the rules meets, and a plain join."""
    session = office.session("navigator")
    asked = _asked(session.store.engine, lambda: list_triggers(session, session.today(), programme="PHOENIX"))
    assert len(asked) >= 10
    return _met(owner, asked), _met(owner, [JOINED])


def test_on_a_server_without_statistics_twice_the_book_is_twice_the_work(office: Office) -> None:
    """As after an import: what every case has been asked for must not be every row of every case."""
    with office.owner() as owner, office.session("navigator").store.read() as reading:
        _forget_statistics(owner)
        owner.execute(PLAN_OF)
        _add(owner, 1, 100)
        once, joined_once = _work(office, owner)
        _add(owner, 101, 200)
        twice, joined_twice = _work(office, owner)
        assert 100 * 12 < once < twice < 3 * once, (once, twice)
        assert joined_twice > 3 * joined_once  # the control: the same rows from a plain join
        owner.execute("ANALYZE")
        # With statistics a join is read in order too, if the server is not told that it is read to its end.
        told = str(reading.connection.exec_driver_sql("SHOW cursor_tuple_fraction").scalar_one())
        assert _met(owner, [JOINED], f"cursor_tuple_fraction = {told}") < _met(owner, [JOINED]) / 3


def test_whether_a_case_was_corrected_is_asked_of_its_own_versions(office: Office) -> None:
    """The list of all former versions of a book does not fit into a server's memory."""
    store = office.session("navigator").store
    with office.owner() as owner, store.read(facts_only=True) as reading:
        owner.execute(PLAN_OF)
        _add(owner, 1, 100)
        owner.execute(FORMER.encode())
        owner.execute("ANALYZE")
        asked = _asked(store.engine, lambda: corrected_cases(reading, [RagEntry]))
        assert len(asked) == 1
        assert 100 < _met(owner, asked, "work_mem = '64kB'") < 2 * 100 * 40
        assert _met(owner, [AMONG], "work_mem = '64kB'") > 4 * 100 * 40  # the control
