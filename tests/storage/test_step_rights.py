"""The table of steps as a shared database keeps it: every pair of statuses by every role, as somebody would type it."""

# ruff: noqa: S608 - statements of our own names
from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from ioms_desktop.domain.access.roles import Role, sees_programme
from ioms_desktop.domain.records.status_table import STATUS_RULES
from keys import opened
from status_cases import STATUSES, add_cases, case_in, every_pair

if TYPE_CHECKING:
    from shared_people import Office

ROLES = (Role.OFFICER, Role.NAVIGATOR, Role.SUPERVISOR, Role.COORDINATOR)
MET = (
    "adopted_on = '2026-10-01', cohort = 'FIXED', notified_on = '2026-10-01', closed_on = '2026-10-02', "
    "close_reason = 'OTHER', "
)
TRY_ALL = """
    DO $$
    DECLARE
      one record;
      taken text := '';
    BEGIN
      FOR one IN SELECT c.case_ref, c.status AS before, w.status AS after
                 FROM cases c JOIN wanted w ON w.programme = c.programme AND w.status <> c.status
                 WHERE c.case_ref LIKE 'S-%' LOOP
        BEGIN
          UPDATE cases SET status = one.after, {met} revision = revision + 1 WHERE case_ref = one.case_ref;
          IF FOUND THEN
            RAISE EXCEPTION 'taken' USING ERRCODE = 'P0999';
          END IF;
        EXCEPTION
          WHEN SQLSTATE 'P0999' THEN
            taken := taken || one.case_ref || '>' || one.after || ' ';
          WHEN insufficient_privilege THEN NULL;
        END;
      END LOOP;
      PERFORM set_config('test.taken', taken, false);
    END $$
"""


def prepare(office: Office) -> None:
    """Add a case in every status, and what a step may need on each."""
    store = opened(office.location)
    pairs = ((programme, status) for programme, statuses in STATUSES.items() for status in statuses)
    add_cases(store, (case_in(programme, status, f"S-{programme}-{status}") for programme, status in pairs))
    store.close()


def reached_by(role: Role, programme: str, before: str) -> set[str]:
    """Return what a role may take a case to step by step, by the declaration alone."""
    found: set[str] = set()
    waiting = [before]
    while waiting:
        at = waiting.pop()
        for rule in STATUS_RULES:
            met = rule.status not in found
            if met and rule.programme == programme and at in rule.after and role in rule.by:
                found.add(rule.status)
                waiting.append(rule.status)
    return found


def expected(role: Role) -> set[str]:
    return {
        f"S-{pair.programme}-{pair.before}>{pair.after}"
        for pair in every_pair()
        if sees_programme(role, pair.programme) and pair.after in reached_by(role, pair.programme, pair.before)
    }


def needing(need: str) -> set[str]:
    return {rule.status for rule in STATUS_RULES if need in {each.name for each in rule.needs}}


def tried(psql: psycopg.Connection, met: str = MET, only: set[str] | None = None) -> set[str]:
    psql.execute(b"CREATE TEMP TABLE IF NOT EXISTS wanted (programme text, status text)")
    psql.execute(b"DELETE FROM wanted")
    for programme, statuses in STATUSES.items():
        for status in statuses if only is None else only & set(statuses):
            psql.execute(b"INSERT INTO wanted VALUES (%s, %s)", (programme, status))
    psql.execute(TRY_ALL.format(met=met).encode())
    (found,) = psql.execute(b"SELECT current_setting('test.taken')").fetchall()[0]
    return set(str(found).split())


@pytest.fixture
def steps(office: Office) -> Office:
    prepare(office)
    with (
        office.owner() as owner
    ):  # scratch tables and code of one's own are nobody's, and the trial of all pairs needs them
        owner.execute(f'GRANT TEMPORARY ON DATABASE "{owner.info.dbname}" TO ioms_people'.encode())
        owner.execute("GRANT USAGE ON LANGUAGE plpgsql TO ioms_people")
    return office


@pytest.mark.parametrize("role", ROLES)
def test_every_pair_of_statuses_goes_by_the_table_against_raw_sql(steps: Office, role: Role) -> None:
    with steps.raw(role) as psql:
        psql.execute(b"SELECT open_person('P-S')")
        psql.execute(b"SELECT open_case('S-PHOENIX-POOL')")
        assert tried(psql) == expected(role)
        assert expected(role)  # the control: steps are taken at all


def test_what_a_step_needs_is_needed_against_raw_sql(steps: Office) -> None:
    lacks = {
        "ADOPTED_ON": MET.replace("adopted_on = '2026-10-01', ", ""),
        "COHORT": MET.replace("cohort = 'FIXED', ", ""),
        "NOTIFIED_ON": MET.replace("notified_on = '2026-10-01', ", ""),
        "CLOSED_ON": MET.replace("closed_on = '2026-10-02', ", ""),
        "CLOSE_REASON": MET.replace("close_reason = 'OTHER', ", ""),
    }
    with steps.raw("supervisor") as psql:
        psql.execute(b"SELECT open_person('P-S')")
        for need, met in lacks.items():
            steps_with_it = {each for each in expected(Role.SUPERVISOR) if each.rpartition(">")[2] in needing(need)}
            assert tried(psql, met, needing(need)) == set(), need
            assert steps_with_it
    with steps.owner() as owner:
        for table in ("offers", "decisions", "notifications", "panel_decisions", "exits"):
            owner.execute(f"DELETE FROM {table} WHERE case_ref LIKE 'S-%'".encode())
        # The latest answer stands, and one that is awaited is none.
        owner.execute(
            b"INSERT INTO screening_checks "
            b"(case_ref, check_type, answered_on, answer, answered_by, revision, recorded_at, recorded_by) "
            b"SELECT case_ref, check_type, answered_on + 1, 'ASKED', 'x', 1, recorded_at, recorded_by "
            b"FROM screening_checks WHERE check_type = 'MARAC'"
        )
    with steps.raw("supervisor") as psql:
        psql.execute(b"SELECT open_person('P-S')")
        assert not tried(psql, only={"SCREENED", "PANEL_PENDING", "ACCEPTED", "ELIGIBLE", "DESELECTED"})
        assert not tried(psql, only={"SUSPENDED", "TRANSFERRED_OUT", "COMPLETED"})
        assert {each.partition(">")[0] for each in tried(psql, only={"ACTIVE"})} == {
            "S-IOM-ACCEPTED",
            "S-IOM-SUSPENDED",
        }
    with steps.raw("navigator") as psql:
        psql.execute(b"SELECT open_person('P-S')")
        assert not {each for each in tried(psql) if each.endswith((">NOTIFIED", ">OFFERED"))}
    with steps.raw("officer") as psql:
        psql.execute(b"SELECT open_person('P-S')")
        assert not {each for each in tried(psql) if each.endswith(">ENFORCEMENT_ACTIVE")}


def test_a_navigator_and_a_co_ordinator_change_nothing_else_of_a_case(office: Office) -> None:
    for role in ("navigator", "coordinator"):
        with office.raw(role) as psql:
            psql.execute(b"SELECT open_case('PHX-1')")
            for wrong in (
                "police_om = 'me'",
                "referred_on = '2020-01-01'",
                "closed_on = '2026-10-01'",
                "notified_on = '2020-01-01'",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    psql.execute(f"UPDATE cases SET {wrong}, revision = revision + 1 WHERE case_ref = 'PHX-1'".encode())
            taken = "UPDATE cases SET status = 'IN_CUSTODY', revision = revision + 1 WHERE case_ref = 'PHX-1'"
            with psql.transaction(force_rollback=True):
                assert psql.execute(taken.encode()).rowcount == 1  # the control


def test_the_server_keeps_the_table_that_is_declared(office: Office) -> None:
    with office.owner() as owner:
        kept = owner.execute(
            b"SELECT programme, present, following, roles, needs FROM ioms_private.status_step"
        ).fetchall()
    declared = {
        (rule.programme, before, rule.status, tuple(sorted(rule.by)), tuple(need.name for need in rule.needs))
        for rule in STATUS_RULES
        for before in rule.after or {""}
    }
    assert {(one, two, three, tuple(roles), tuple(needs)) for one, two, three, roles, needs in kept} == declared
