"""For people who are added together a server asks once whether their user has the whole book open."""

import psycopg

from shared_people import Office, login_of

ADDED = """
    INSERT INTO people (person_ref, family_name, given_names, date_of_birth, name_key, pnc_id, revision, recorded_at,
      recorded_by)
    SELECT 'P-N' || n, 'New', 'A', '1990-01-01', 'new', {pnc}, 1, now(), session_user
    FROM generate_series(1, {people}) AS n
"""
TIMES = "SELECT coalesce(sum(calls), 0)::integer FROM pg_stat_xact_user_functions WHERE funcname = 'lasts'"


def times_asked(owner: psycopg.Connection, people: int, pnc: str = "NULL") -> int:
    """Let a supervisor add people in one statement; gives how often it was asked."""
    with owner.transaction(force_rollback=True):
        owner.execute("SET LOCAL track_functions = 'all'")
        before = owner.execute(TIMES).fetchall()[0][0]
        owner.execute(f"SET LOCAL SESSION AUTHORIZATION {login_of('supervisor')}".encode())
        owner.execute(ADDED.format(people=people, pnc=pnc).encode())
        owner.execute("RESET SESSION AUTHORIZATION")
        return int(owner.execute(TIMES).fetchall()[0][0] - before)


def test_it_is_asked_once_however_many_are_added_and_again_for_each_with_a_number(office: Office) -> None:
    with office.raw("supervisor") as mine, office.owner() as owner:
        mine.execute("SELECT open_book('IMPORT', 'x')")
        once = times_asked(owner, 1)
        assert times_asked(owner, 9) == once
        assert times_asked(owner, 9, "'2004/123' || n || 'X'") == once + 9, "the control"


def test_whoever_adds_several_without_the_book_alone_knows_of_each_of_them(office: Office) -> None:
    with office.raw("officer") as mine, office.raw("navigator") as other:
        mine.execute(ADDED.format(people=3, pnc="NULL").encode())
        known = "SELECT count(*) FROM known_people() WHERE person_ref LIKE 'P-N_'"
        assert mine.execute(known.encode()).fetchall() == [(3,)]
        assert other.execute(known.encode()).fetchall() == [(0,)]
