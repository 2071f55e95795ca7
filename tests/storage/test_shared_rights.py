"""What a shared database keeps itself: each person by their own login, through the services and as psql would."""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import Missing, NotAllowed, Refused
from ioms_desktop.domain.search.near_matches import near_words
from ioms_desktop.domain.search.search_query import parse_search
from ioms_desktop.domain.search.sounds import sound_keys
from ioms_desktop.services.accounts.users import disable_user
from ioms_desktop.services.cases.case_lists import case_ids
from ioms_desktop.services.cases.case_query import query_case
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.rule_runs import list_triggers
from ioms_desktop.services.cases.search import find_people_and_cases
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.exchange.import_report import RowOutcome
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.recording.decisions import (
    AnswerProposal,
    ProposeDecision,
    authorise_proposal,
    propose_decision,
)
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage.queries.search import known_words
from owed import list_owed_work
from shared_people import ANOTHER, PASSWORD, Office, login_of
from waiting import wait_until

OPEN = "SELECT open_case('PHX-1', 'CASE_WORK')"
DECISION = (
    "INSERT INTO decisions (decision_ref, case_ref, decided_on, decision, reason, proposed_by, authorised_by, "
    "revision, recorded_at, recorded_by) VALUES ('D-F', 'IOM-1', '2026-10-15', 'HOLD', 'x', '{proposer}', "
    "session_user, 1, now(), session_user)"
)
CONTACT = (
    "INSERT INTO contacts (contact_ref, case_ref, occurred_at, planned, contact_type, outcome, revision, recorded_at, "
    "recorded_by) VALUES ('FORGED', '{case}', '2026-10-01', true, 'OFFICE', 'SEEN', 1, now(), 'x')"
)


def rows(connection: psycopg.Connection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql.encode()).fetchall()


def test_a_navigator_works_on_phoenix_through_the_services(office: Office) -> None:
    session = office.session("navigator")
    view = open_case(session, "PHX-1")
    assert view.case.trial_arm is None
    assert [concern.summary for concern in view.concerns] == ["arrested"]
    assert {contact.note for contact in view.contacts} == {None, "note of INGEUS"}
    assert view.person.family_name == "Marlow"
    with pytest.raises(Missing):
        open_case(session, "IOM-1")
    assert find_people_and_cases(session, "harker") == ()
    assert {line.case_ref for line in list_owed_work(session)} <= {"PHX-1", None}


def test_nobody_learns_by_a_typing_error_or_a_sound_of_whom_they_may_not_know(office: Office) -> None:
    """Neither through the services nor as psql; an officer, who may know of them, finds them in the same way."""
    typed = ("harkr", "harkeer", "harcker", "herker", "calum harkr")
    words = {word for text in typed for term in parse_search(text, 2026) for word in near_words(term)}
    words |= {f"~{key}" for key in sound_keys("harker")}
    listed = ", ".join(f"'{word}'" for word in sorted(words))
    asked = f"SELECT word, person_ref FROM words_found(ARRAY['~h'], ARRAY[{listed}])"
    for role, finds in (("officer", True), ("navigator", False), ("partner", False), ("analyst", False)):
        for text in typed:
            assert bool(find_people_and_cases(office.session(role), text)) is finds, (role, text)
        assert bool(known_or_nothing(office.session(role), words)) is finds, role
        with office.raw(role) as psql:
            assert bool(rows_or_nothing(psql, asked)) is finds, role
    assert [hit.person_ref for hit in find_people_and_cases(office.session("navigator"), "marlw")] == ["P-JM"]


def rows_or_nothing(connection: psycopg.Connection, sql: str) -> list[tuple[Any, ...]]:
    try:
        return rows(connection, sql)
    except psycopg.errors.InsufficientPrivilege:
        return []


def known_or_nothing(session: Session, words: set[str]) -> frozenset[str]:
    try:
        with session.store.read() as reading:
            return known_words(reading, words)
    except Refused:
        return frozenset()


def test_an_officer_works_on_both_programmes_and_sees_everything(office: Office) -> None:
    session = office.session("officer")
    view = open_case(session, "PHX-1")
    assert view.case.trial_arm == "NOT_RANDOMISED"
    assert {concern.summary for concern in view.concerns} == {"arrested", "SECRET SOURCE"}
    assert query_case(session, "IOM-1", session.today())["case_ref"] == "IOM-1"
    assert len(case_ids(session, ListQuery())) == 3
    assert {trigger.case_ref for trigger in list_triggers(session, session.today())} == {"PHX-1"}


def test_what_is_recorded_carries_the_login_and_the_servers_time(office: Office) -> None:
    session = office.session("officer")
    outcome = record_contact(
        session,
        RecordContact(
            request="r-1",
            entries=(ContactEntry(case_ref="PHX-1", outcome="SEEN"),),
            occurred_at=DayTime(date(2026, 10, 14)),
            planned=True,
            contact_type="OFFICE",
        ),
    )
    with office.owner() as owner:
        recent = "recorded_at > now() - interval '1 hour'"
        (row,) = rows(owner, f"SELECT recorded_by, {recent} FROM contacts WHERE contact_ref = '{outcome.ref}'")
        assert row == (login_of("officer"), True)
        looked = "SELECT kind, actor, actor_role, workstation FROM audit WHERE kind = 'CONSULTATION' ORDER BY id"
        assert rows(owner, looked) == [("CONSULTATION", login_of("officer"), "officer", "officer")]
        (added,) = rows(owner, f"SELECT actor, actor_role FROM audit WHERE object_ref = '{outcome.ref}'")
        assert added == (login_of("officer"), "officer")


def test_proposing_and_authorising_take_two_people_and_the_server_counts_them(office: Office) -> None:
    first, second = office.session("supervisor"), office.session(ANOTHER)
    proposed = propose_decision(
        first,
        ProposeDecision(
            request="p-1",
            case_ref="IOM-1",
            decision="HOLD",
            reason="he missed two and came to the third",
        ),
    )
    with office.raw("supervisor") as psql:
        assert rows(psql, "SELECT open_case('IOM-1')") == [(True,)]
        for forged in (
            "UPDATE proposals SET status = 'AUTHORISED', answered_by = session_user, revision = 2",
            f"UPDATE proposals SET status = 'AUTHORISED', answered_by = '{login_of(ANOTHER)}', revision = 2",
            "UPDATE proposals SET decision = 'ESCALATE', revision = 2",
            DECISION.format(proposer=login_of(ANOTHER)),
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                psql.execute(forged.encode())
    done = authorise_proposal(second, AnswerProposal(request="a-1", proposal_ref=proposed.ref, revision=1))
    assert [d.authorised_by for d in open_case(first, "IOM-1").decisions] == [login_of(ANOTHER)]
    assert done.ref


def test_an_import_and_an_export_go_through_the_whole_book(office: Office, tmp_path: Path) -> None:
    session = office.session("supervisor")
    report = export_records(session, tmp_path / "out", reason="CASE_WORK")
    assert report.records["cases"] == 3
    again = run_import(session, tmp_path / "out")
    assert (again.count(RowOutcome.CREATED), again.count(RowOutcome.UPDATED), again.has_rejects) == (0, 0, False)
    (tmp_path / "people.csv").write_text(
        "person_ref,family_name,given_names,date_of_birth\nP-NEW,Newman,Bo,2001-02-03\nP-JM,Marlow,Jaydon,2008-10-28\n",
        encoding="utf-8",
    )
    new = run_import(session, tmp_path / "people.csv")
    assert new.written
    assert {hit.person_ref for hit in find_people_and_cases(session, "newman")} == {"P-NEW"}
    with office.owner() as owner:
        books = rows(owner, "SELECT actor, object_ref FROM audit WHERE object_type = 'book' ORDER BY id")
        assert books[0] == (login_of("supervisor"), "CASE_WORK")
        assert rows(owner, "SELECT given_names FROM people WHERE person_ref = 'P-JM'") == [("Jaydon",)]
        assert rows(owner, "SELECT count(*) FROM opened_book") == [(0,)]
    with office.raw("officer") as psql:
        assert rows(psql, "SELECT open_book('EXPORT')") == [(False,)]


def test_the_book_of_an_import_is_shut_by_nothing_else_that_its_user_ends(office: Office) -> None:
    """An export that ended shut the book of an import: what it writes is then asked about like a single entry."""
    store = office.session("supervisor").store
    books = "SELECT purpose FROM opened_book ORDER BY purpose"
    with office.owner() as owner, office.raw("supervisor") as other:
        with store.all_cases_open("IMPORT", "here"):
            with store.all_cases_open("EXPORT", "here"):  # in the same window
                assert rows(owner, books) == [("EXPORT",), ("IMPORT",)]
            assert rows(other, "SELECT open_book('EXPORT'), open_book('EXPORT', 'of another window')") == [(True, True)]
            other.execute("SELECT close_book(), close_book('of another window'), close_book('of none')")
            assert rows(owner, books) == [("IMPORT",)]
            assert rows(other, "SELECT book_open()") == [(True,)]
            other.execute(f"SELECT open_book('EXPORT', '{'x' * 40}')".encode())
            owner.execute("UPDATE opened_book SET expires_at = clock_timestamp() WHERE purpose = 'EXPORT'")
        assert rows(other, "SELECT book_open()") == [(False,)]
        with pytest.raises(NotAllowed), office.session("officer").store.all_cases_open("EXPORT", "here"):
            pass
        with store.all_cases_open("EXPORT", "here"):
            assert rows(owner, books) == [("EXPORT",)]  # what has expired went
        assert rows(owner, books) == []
        for unusable in ("NULL", f"'{'x' * 41}'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="40 characters"):
                other.execute(f"SELECT open_book('EXPORT', {unusable})".encode())


def test_a_book_is_open_as_long_as_the_session_that_opened_it(office: Office) -> None:
    ask = "SELECT book_open()"
    with office.owner() as owner, office.raw("supervisor") as other:
        with office.raw("supervisor") as crashed:
            crashed.execute("SELECT open_book('IMPORT', 'left open')")
            with other.transaction():
                assert rows(other, ask) == [(True,)]  # every session of the login
                crashed.close()
                wait_until(lambda: rows(other, ask) == [(False,)])
        with office.session("supervisor").store.all_cases_open("EXPORT", "here"):
            assert rows(owner, "SELECT opening = 'left open' FROM opened_book") == [(False,)]
            assert rows(other, ask) == [(True,)]
            for moved in (  # the server was started again, or somebody else's session has the number
                "server_started = server_started - interval '1 second'",
                f"backend = {owner.info.backend_pid}",
            ):
                with owner.transaction(force_rollback=True):
                    owner.execute(f"UPDATE opened_book SET {moved}".encode())
                    owner.execute(f"SET SESSION AUTHORIZATION {login_of('supervisor')}".encode())
                    assert rows(owner, ask) == [(False,)]
            owner.execute(f"SELECT set_account('{login_of('supervisor')}', NULL, NULL)".encode())
            assert rows(other, ask) == [(False,)]  # whoever is moved has nothing open


def test_what_ran_out_is_removed_as_its_user_opens_something_else_and_holds_nobody_up(office: Office) -> None:
    left = "SELECT who, case_ref FROM look ORDER BY who, case_ref"
    officer, navigator = login_of("officer"), login_of("navigator")
    with office.owner() as owner, office.raw("officer") as psql:
        for who, ref, ago in (
            (officer, "LONG-AGO", "2 hours"),
            (officer, "LOCKED", "2 hours"),
            (officer, "JUST-NOW", "5 minutes"),
            (officer, "IOM-1", "-14 minutes"),
            (navigator, "LONG-AGO", "2 hours"),
        ):
            owner.execute(
                "INSERT INTO look VALUES (%s, %s, NULL, 'CASE_WORK', '5', clock_timestamp() - %s::interval)",
                (who, ref, ago),
            )
        with owner.transaction():
            owner.execute("SELECT FROM look WHERE case_ref = 'LOCKED' FOR UPDATE")
            assert rows(psql, OPEN) == [(True,)]
        kept = [(navigator, "LONG-AGO"), *((officer, ref) for ref in ("IOM-1", "JUST-NOW", "LOCKED", "PHX-1"))]
        assert rows(owner, left) == kept
        assert rows(psql, "SELECT opened_cases() ORDER BY 1") == [("IOM-1",), ("PHX-1",)]


def test_an_opening_goes_through_what_is_open_once(office: Office) -> None:
    times = 40
    open_one = "SELECT ioms_private.take_look('C-{0}', 'cases', 'C-{0}', NULL, 'CASE_WORK', NULL)"
    with office.owner() as owner:
        owner.execute("VACUUM ANALYZE ioms_private.look")  # a plan is made for an empty table, and kept
        with owner.transaction():
            for number in range(times):
                owner.execute(open_one.format(number).encode())
            read = "SELECT seq_tup_read FROM pg_stat_xact_all_tables WHERE relid = 'ioms_private.look'::regclass"
            assert rows(owner, read)[0][0] < 2 * times**2  # and not once for each row


def test_a_look_that_is_rolled_back_shows_nothing(office: Office) -> None:
    with office.raw("officer") as psql:
        with psql.transaction(force_rollback=True):
            assert rows(psql, OPEN) == [(True,)]
            assert rows(psql, "SELECT count(*) FROM contacts") == [(0,)]
            assert rows(psql, "SELECT 1 FROM read_contacts(owners => ARRAY['PHX-1'])") == []
            with psql.transaction(force_rollback=True):
                assert rows(psql, OPEN) == [(True,)]
                assert rows(psql, "SELECT count(*) FROM contacts") == [(0,)]
        assert rows(psql, "SELECT count(*) FROM contacts") == [(0,)]
        assert rows(psql, OPEN) == [(True,)]
        assert rows(psql, "SELECT count(*) FROM contacts") == [(5,)]
        assert rows(psql, "SELECT count(*) FROM read_contacts()") == [(5,)]
    with office.owner() as owner:
        looks = "SELECT count(*) FROM audit WHERE actor = %s AND kind = 'CONSULTATION'"
        assert owner.execute(looks, (login_of("officer"),)).fetchall() == [(1,)]


def test_without_counting_commits_a_look_could_be_undone_after_reading(office: Office) -> None:
    """The control: with the commit left out of the question the same evasion reads five notes and leaves no entry."""
    with office.owner() as owner:
        owner.execute(
            "CREATE OR REPLACE FUNCTION opened_cases() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER "
            "SET search_path = pg_catalog, pg_temp AS "
            "'SELECT case_ref FROM ioms_private.look WHERE who = session_user AND expires_at > clock_timestamp()'"
        )
    with office.raw("officer") as psql, psql.transaction(force_rollback=True):
        assert rows(psql, OPEN) == [(True,)]
        assert rows(psql, "SELECT count(*) FROM read_contacts()") == [(5,)]
    with office.owner() as owner:
        assert rows(owner, "SELECT count(*) FROM audit WHERE kind = 'CONSULTATION'") == [(0,)]


def test_a_refused_look_is_on_record(office: Office) -> None:
    with office.raw("navigator") as psql:
        assert rows(psql, "SELECT open_case('IOM-1', 'CURIOUS')") == [(False,)]
        assert rows(psql, "SELECT open_case('NOWHERE', 'CURIOUS')") == [(False,)]
    with office.owner() as owner:
        found = rows(owner, "SELECT actor, object_ref, after ->> 'denied' FROM audit WHERE kind = 'CONSULTATION'")
        assert found == [(login_of("navigator"), "IOM-1", "true"), (login_of("navigator"), "NOWHERE", "true")]


def test_exclusion_wins_over_restriction_and_leaves_no_trace_of_the_case(office: Office) -> None:
    with office.raw("supervisor") as boss:
        assert rows(boss, "SELECT set_standing('IOM-1', true, NULL)") == [(True,)]
        assert rows(boss, f"SELECT set_access('IOM-1', '{login_of('officer')}', 'ADMITTED', true)") == [(True,)]
        assert rows(boss, "SELECT open_case('IOM-1')") == [(True,)]
    officer, other = office.session("officer"), office.session(ANOTHER)
    assert open_case(officer, "IOM-1").case.case_ref == "IOM-1"
    with pytest.raises(Missing):
        open_case(other, "IOM-1")
    assert find_people_and_cases(other, "harker") == ()
    assert len(case_ids(other, ListQuery())) == 2
    with office.raw("supervisor") as boss:
        assert rows(boss, f"SELECT set_access('IOM-1', '{login_of('officer')}', 'EXCLUDED', true)") == [(True,)]
    with pytest.raises(Missing):
        open_case(officer, "IOM-1")
    assert find_people_and_cases(officer, "harker") == ()
    with office.raw("officer") as psql:
        found = "words_found(ARRAY['hark', 'iom'], ARRAY['harker'])"
        by_functions = ("read_contacts()", "read_rag()", "read_former_version()", "known_people()", found)
        for table in ("cases", "known_rag", *by_functions):
            shown = " ".join(map(str, rows(psql, f"SELECT * FROM {table}")))
            assert "IOM-1" not in shown
            assert "P-CH" not in shown
        for table in ("contacts", "rag", "former_version", "known_people", "search_key"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                rows(psql, f"SELECT * FROM {table}")
        assert rows(psql, "SELECT break_glass('IOM-1', 'there is a threat to life right now')") == [(False,)]


def test_a_case_that_is_kept_from_somebody_is_closed_to_them_at_once(office: Office) -> None:
    closing = (
        f"SELECT set_access('IOM-1', '{login_of('officer')}', 'EXCLUDED', true)",
        "SELECT set_standing('IOM-1', true, NULL)",
    )
    with office.raw("officer") as psql, office.raw("supervisor") as boss:
        for number, act in enumerate(closing):
            assert rows(psql, "SELECT open_case('IOM-1')") == [(True,)]
            assert rows(psql, "SELECT count(*) FROM read_rag()") == [(1,)]
            assert rows(boss, act) == [(True,)]
            assert rows(psql, "SELECT count(*) FROM read_rag()") == [(0,)], number
            assert rows(psql, "SELECT count(*) FROM rag") == [(0,)], number
            assert rows(boss, f"SELECT set_access('IOM-1', '{login_of('officer')}', 'EXCLUDED', false)") == [(True,)]
        assert rows(psql, "SELECT open_case('IOM-1')") == [(False,)]


def test_anybody_may_declare_that_a_case_is_not_for_them(office: Office) -> None:
    with office.raw("officer") as psql:
        assert rows(psql, f"SELECT set_access('IOM-1', '{login_of('officer')}', 'EXCLUDED', true)") == [(True,)]
        assert rows(psql, "SELECT open_case('IOM-1')") == [(False,)]
        assert rows(psql, f"SELECT set_access('IOM-1', '{login_of('officer')}', 'EXCLUDED', false)") == [(False,)]
        assert rows(psql, f"SELECT set_access('IOM-1', '{login_of('officer')}', 'ADMITTED', true)") == [(False,)]


def test_the_glass_is_broken_for_one_case_with_a_reason_a_task_and_reading_alone(office: Office) -> None:
    with office.raw("navigator") as psql:
        psql.execute("LISTEN ioms_alert")
        assert rows(psql, "SELECT break_glass('IOM-1', 'too short')") == [(False,)]
        assert rows(psql, "SELECT open_case('IOM-1')") == [(False,)]
        assert rows(psql, "SELECT break_glass('IOM-1', 'his mother called, he is in danger')") == [(True,)]
        assert rows(psql, "SELECT open_case('IOM-1', 'BREAK_GLASS')") == [(True,)]
        assert rows(psql, "SELECT rag FROM read_rag()") == [("AMBER",)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            psql.execute(CONTACT.format(case="IOM-1"))
    with office.owner() as owner:
        # Opened late in the hour, it closes with the hour and not a quarter of an hour later.
        owner.execute("DELETE FROM look")
        owner.execute("UPDATE access_entry SET ends_at = clock_timestamp() + interval '5 minutes'")
    with office.raw("navigator") as psql:
        assert rows(psql, "SELECT open_case('IOM-1', 'BREAK_GLASS')") == [(True,)]
    with office.owner() as owner:
        assert rows(owner, "SELECT expires_at < clock_timestamp() + interval '6 minutes' FROM look") == [(True,)]
        assert rows(owner, "SELECT text LIKE 'Review:%', due_on > current_date FROM actions") == [(True, True)]
        broken = "object_type = 'break_glass' AND after ->> 'denied' IS NULL"
        (told,) = rows(owner, f"SELECT reason_code, reason_text FROM audit WHERE {broken}")
        assert told == ("BREAK_GLASS", "his mother called, he is in danger")


def test_a_leaver_is_out_at_once_and_stays_out(office: Office) -> None:
    with office.raw("officer") as psql:
        assert rows(psql, "SELECT 1") == [(1,)]
        disable_user(office.session("administrator"), login_of("officer"))
        with pytest.raises(psycopg.OperationalError):
            psql.execute("SELECT 1")
    with pytest.raises(Refused):
        sign_in(office.location, login_of("officer"), PASSWORD)


def test_another_teams_case_is_for_those_assigned(office: Office) -> None:
    with office.owner() as owner:
        owner.execute("UPDATE users SET team = 'NORTH' WHERE name = %s", (login_of("officer"),))
    with office.raw("supervisor") as boss:
        assert rows(boss, "SELECT set_standing('IOM-1', false, 'SOUTH')") == [(True,)]
    with office.raw("officer") as psql:
        assert rows(psql, "SELECT case_ref FROM cases WHERE case_ref = 'IOM-1'") == []
        with office.raw("supervisor") as boss:
            assert rows(boss, f"SELECT set_access('IOM-1', '{login_of('officer')}', 'ASSIGNED', true)") == [(True,)]
        assert rows(psql, "SELECT case_ref FROM cases WHERE case_ref = 'IOM-1'") == [("IOM-1",)]


def test_a_partner_sees_the_header_of_cases_assigned_and_nothing_else(office: Office) -> None:
    with office.raw("supervisor") as boss:
        assert rows(boss, f"SELECT set_access('PHX-1', '{login_of('partner')}', 'ASSIGNED', true)") == [(True,)]
    with office.raw("partner") as psql:
        assert rows(psql, "SELECT case_ref, status FROM cases") == [("PHX-1", "ENGAGED")]
        assert rows(psql, "SELECT family_name FROM known_people()") == [("Marlow",)]
        assert rows(psql, OPEN) == [(True,)]
        functions = ("read_contacts()", "read_people()", "read_former_version()")
        for table in ("contacts", "known_contacts", "concerns", "people", "former_version", *functions):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                psql.execute(f"SELECT * FROM {table}".encode())
