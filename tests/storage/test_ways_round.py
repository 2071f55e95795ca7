"""Ways round the rights of a shared database that take more than one statement; each was open once, or looks as if."""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own
from typing import Any

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from ioms_desktop.services.recording.decisions import ProposeDecision, propose_decision
from raw_rows import read_row
from shared_people import ANOTHER, Office, login_of

EXCLUDED = "SELECT set_access('IOM-1', '{who}', 'EXCLUDED', true)"
GLASS = "SELECT break_glass('IOM-1', 'his mother called, he is in danger')"
DECISION = (
    "INSERT INTO decisions (decision_ref, case_ref, decided_on, decision, reason, proposed_by, authorised_by, "
    "revision, recorded_at, recorded_by) "
    "VALUES ('{ref}', 'PHX-1', '2026-10-15', 'HOLD', 'why', '{proposer}', '{authoriser}', 1, now(), 'x')"
)
CONTACT = "('CT-N', 'PHX-1', '2026-10-01', true, 'OFFICE', 'SEEN', {revision}, now(), 'x')"
FIELDS = "contact_ref, case_ref, occurred_at, planned, contact_type, outcome, revision, recorded_at, recorded_by"


def rows(connection: psycopg.Connection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql.encode()).fetchall()


def refused(connection: psycopg.Connection, sql: str) -> None:
    with pytest.raises(InsufficientPrivilege):
        connection.execute(sql.encode())


def test_no_case_is_moved_to_somebody_who_is_hidden(office: Office) -> None:
    with office.raw("supervisor") as boss:
        for who in (login_of("officer"), login_of(ANOTHER)):
            assert rows(boss, EXCLUDED.format(who=who)) == [(True,)]
    with office.raw("officer") as psql:
        refused(psql, "UPDATE cases SET person_ref = 'P-CH', revision = revision + 1 WHERE case_ref = 'PHX-1'")
    new = "('C-N', '{whom}', 'IOM', 'REFERRED', '2026-10-01', 1, now(), 'x')"
    fields = "case_ref, person_ref, programme, status, referred_on, revision, recorded_at, recorded_by"
    added = f"INSERT INTO cases ({fields}) VALUES "
    with office.raw(ANOTHER) as psql:
        refused(psql, added + new.format(whom="P-CH"))
        # The control: of somebody who is not hidden it is taken.
        psql.execute((added + new.format(whom="P-JM")).encode())


MOVED = """
    WITH ended AS (
      UPDATE addresses SET to_on = now()::date, revision = revision + 1 WHERE person_ref = 'P-JM' AND to_on IS NULL),
    moved AS (UPDATE people SET address = '{0} Secret Street', revision = revision + 1 WHERE person_ref = 'P-JM')
    INSERT INTO addresses (address_ref, person_ref, kind, address, revision, recorded_at, recorded_by)
    VALUES ('A{0}', 'P-JM', 'HOME', '{0} Secret Street', 1, now(), 'x')
"""


def test_former_versions_say_no_more_than_the_present_ones_without_opening(office: Office) -> None:
    with office.owner() as owner:
        for number in (1, 2):
            owner.execute(MOVED.format(number).encode())
        kept = "SELECT data ->> 'address' FROM former_version WHERE table_name = 'people'"
        assert ("1 Secret Street",) in rows(owner, kept)
    for role in ("officer", "navigator", "coordinator"):
        with office.raw(role) as psql:
            assert "Secret" not in str(rows(psql, "SELECT data FROM known_former_version"))


def test_what_was_decided_meanwhile_holds_in_an_old_transaction(office: Office) -> None:
    with office.raw("officer") as psql, office.raw("supervisor") as boss:
        psql.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        psql.execute("SELECT 1")
        assert rows(boss, EXCLUDED.format(who=login_of("officer"))) == [(True,)]
        refused(psql, "SELECT open_case('IOM-1')")
        psql.execute("ROLLBACK")
        with pytest.raises(psycopg.errors.RaiseException):
            psql.execute("SELECT set_access('IOM-1', session_user::text, 'EXCLUDED', NULL)")
        assert rows(psql, "SELECT open_case('IOM-1')") == [(False,)]


def test_who_keeps_somebody_out_waits_for_nobody_and_closes_what_is_being_opened(office: Office) -> None:
    for keeps in (EXCLUDED.format(who=login_of("officer")), "SELECT set_standing('IOM-1', true, NULL)"):
        back = keeps.replace("true", "false")
        with office.raw("officer") as psql, office.raw("supervisor") as boss:
            boss.execute("SET lock_timeout = '200ms'")
            assert rows(psql, "SELECT open_case('IOM-1')") == [(True,)]
            psql.execute("BEGIN")
            assert rows(psql, "SELECT open_case('IOM-1', 'AUDIT')") == [(True,)]
            assert rows(boss, keeps) == [(True,)]
            psql.execute("COMMIT")
            assert rows(psql, "SELECT count(*) FROM rag") == [(0,)], keeps
            assert rows(psql, "SELECT * FROM read_rag()") == [], keeps
            assert rows(boss, back) == [(True,)]
            assert rows(psql, "SELECT open_case('IOM-1', 'CASE_WORK')") == [(True,)]  # the control
            assert rows(psql, "SELECT count(*) FROM rag") == [(1,)]
            assert rows(psql, "SELECT case_ref FROM read_rag()") == [("IOM-1",)]


def test_the_open_book_lets_nobody_decide_alone(office: Office) -> None:
    two = {"proposer": login_of("officer"), "authoriser": login_of(ANOTHER)}
    with office.raw("supervisor") as psql:
        assert rows(psql, "SELECT open_book('EXPORT')") == [(True,)]
        refused(psql, DECISION.format(ref="D-1", **two))
        # What an import brings was decided by two people elsewhere; one is not enough there either.
        assert rows(psql, "SELECT open_book('IMPORT')") == [(True,)]
        refused(psql, DECISION.format(ref="D-2", proposer="t_one", authoriser="t_one"))
        psql.execute(DECISION.format(ref="D-3", **two).encode())


def test_one_proposal_carries_one_decision(office: Office) -> None:
    propose_decision(
        office.session("officer"),
        ProposeDecision(request="p-1", case_ref="PHX-1", decision="HOLD", reason="why"),
    )
    made = {"proposer": login_of("officer"), "authoriser": login_of("supervisor")}
    with office.raw("supervisor") as psql:
        assert rows(psql, "SELECT open_case('PHX-1')") == [(True,)]
        refused(psql, DECISION.format(ref="D-1", **made))  # nothing was answered
        answered = (
            "UPDATE proposals SET status = 'AUTHORISED', answered_by = session_user, answered_on = '2026-10-15', "
            "decision_ref = 'D-1', revision = revision + 1"
        )
        with psql.transaction():
            psql.execute(DECISION.format(ref="D-1", **made).encode())
            psql.execute(answered.encode())
        refused(psql, DECISION.format(ref="D-2", **made))


PROPOSED_BY = (
    "INSERT INTO proposals (proposal_ref, case_ref, rule, proposed_on, decision, reason, proposed_by, status, "
    "revision, recorded_at, recorded_by) VALUES ('{ref}', 'PHX-1', {rule}, '2026-10-01', 'HOLD', 'why', session_user, "
    "'PROPOSED', 1, now(), session_user)"
)


def test_a_navigator_proposes_on_what_they_may_read_and_answers_nobody(office: Office) -> None:
    answered = (
        "UPDATE proposals SET status = 'AUTHORISED', answered_by = session_user, answered_on = '2026-10-15', "
        "decision_ref = 'D-1', revision = revision + 1 WHERE {of}"
    )
    decided = DECISION.format(ref="D-1", proposer=login_of("officer"), authoriser=login_of("navigator"))
    with office.raw("officer") as psql:
        assert rows(psql, "SELECT open_case('PHX-1')") == [(True,)]
        psql.execute(PROPOSED_BY.format(ref="P-1", rule="NULL").encode())
        psql.execute(PROPOSED_BY.format(ref="P-2", rule="'credible_intelligence'").encode())
    with office.raw("navigator") as psql:
        assert rows(psql, "SELECT open_case('PHX-1')") == [(True,)]
        psql.execute(PROPOSED_BY.format(ref="P-3", rule="'low_ratings'").encode())
        refused(psql, PROPOSED_BY.format(ref="P-4", rule="'credible_intelligence'"))
        refused(psql, answered.format(of=read_row("proposals", "P-1")))
        refused(psql, decided)
        assert rows(psql, "SELECT proposal_ref FROM read_proposals() ORDER BY 1") == [("P-1",), ("P-3",)]
        withdrawn = (
            "UPDATE proposals SET status = 'WITHDRAWN', answered_by = session_user, answered_on = '2026-10-15', "
            f"revision = revision + 1 WHERE {read_row('proposals', 'P-3')}"
        )
        assert psql.execute(withdrawn.encode()).rowcount == 1
    with office.raw("supervisor") as psql:  # the control: the same answer, from whoever may give it
        assert rows(psql, "SELECT open_case('PHX-1')") == [(True,)]
        with psql.transaction():
            made = DECISION.format(ref="D-1", proposer=login_of("officer"), authoriser=login_of("supervisor"))
            psql.execute(made.encode())
            psql.execute(answered.format(of=read_row("proposals", "P-1")).encode())


def test_nobody_locks_the_office_out(office: Office) -> None:
    for role, table in (("officer", "cases"), ("navigator", "needs"), ("supervisor", "people")):
        with office.raw(role) as psql:
            psql.execute("BEGIN")
            refused(psql, f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")


def test_through_broken_glass_nothing_is_written_of_the_person_either(office: Office) -> None:
    with office.raw(ANOTHER) as boss:
        assert rows(boss, "SELECT set_standing('IOM-1', true, NULL)") == [(True,)]
    with office.raw("supervisor") as psql:
        assert rows(psql, GLASS) == [(True,)]
        assert rows(psql, "SELECT open_case('IOM-1')") == [(True,)]
        change = "UPDATE people SET gender_identity = 'x', revision = revision + 1 WHERE {}"
        assert rows(psql, "SELECT 1 FROM read_people(refs => ARRAY['P-CH'])") == [(1,)]
        assert psql.execute(change.format(read_row("people", "P-CH")).encode()).rowcount == 0
        # The control: of somebody else it is written.
        assert rows(psql, "SELECT open_case('PHX-1')") == [(True,)]
        assert psql.execute(change.format(read_row("people", "P-JM")).encode()).rowcount == 1


def test_arm_number_and_count_of_saves_are_not_a_persons_to_choose(office: Office) -> None:
    with office.raw("officer") as psql:
        refused(psql, "UPDATE cases SET trial_arm = 'TREATMENT', revision = revision + 1 WHERE case_ref = 'PHX-C'")
        assert rows(psql, "SELECT open_case('PHX-1')") == [(True,)]
        refused(
            psql, f"INSERT INTO contacts (id, {FIELDS}) SELECT 9000, v.* FROM (VALUES {CONTACT.format(revision=1)}) v"
        )
        psql.execute(f"INSERT INTO contacts ({FIELDS}) VALUES {CONTACT.format(revision=2147483647)}".encode())
        assert rows(psql, "SELECT revision FROM read_contacts(refs => ARRAY['CT-N'])") == [(1,)]


def test_a_login_that_is_more_than_a_persons_is_not_taken_over(office: Office) -> None:
    verifier = "SCRAM-SHA-256$4096:AA==$AA==:AA=="
    with office.owner() as owner:
        owner.execute("CREATE ROLE t_beyond LOGIN")
        owner.execute("GRANT pg_read_all_data TO t_beyond")
        try:
            with office.raw("administrator") as psql:
                with pytest.raises(psycopg.errors.RaiseException):
                    psql.execute("SELECT add_login('t_beyond', 'auditor', NULL)")
                owner.execute(f"GRANT pg_read_all_data TO {login_of('partner')}".encode())
                given = f"SELECT set_login_password('{login_of('partner')}', '{verifier}')"
                assert rows(psql, given) == [(False,)]
                owner.execute(f"REVOKE pg_read_all_data FROM {login_of('partner')}".encode())
                assert rows(psql, given) == [(True,)]
        finally:
            owner.execute("DROP ROLE t_beyond")
