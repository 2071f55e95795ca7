"""What a server keeps of orphaned cases and of reviews itself, whatever program its people use."""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from shared_people import ANOTHER, Office, login_of

WHY = "the supervisor left, and the case needs somebody"
GLASS = "SELECT break_glass('IOM-1', 'his mother called, he is in danger')"
TAKE = f"SELECT take_over_case('IOM-1', '{WHY}')"
REVIEW = (
    "UPDATE actions SET {}, revision = revision + 1 "
    "WHERE id IN (SELECT id FROM read_actions() WHERE action_ref LIKE 'AC-GLASS-%')"
)


def rows(connection: psycopg.Connection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql.encode()).fetchall()


@contextmanager
def alone(office: Office) -> Iterator[psycopg.Connection]:
    """Return the supervisor's connection, with the case restricted to them."""
    with office.raw("supervisor") as psql:
        assert rows(psql, "SELECT set_standing('IOM-1', true, NULL)") == [(True,)]
        yield psql


def leave(office: Office) -> None:
    with office.raw("administrator") as psql:
        assert rows(psql, f"SELECT * FROM cases_depending_on('{login_of('supervisor')}')") == [("IOM-1",)]
        assert rows(psql, f"SELECT disable_login('{login_of('supervisor')}')") == [(True,)]


def test_nobody_takes_a_case_over_alone_nor_one_that_is_looked_after(office: Office) -> None:
    with alone(office), office.raw(ANOTHER) as psql:
        assert rows(psql, TAKE) == [(None,)], "its supervisor is there"
    leave(office)
    for role in ("officer", "navigator", "administrator", "auditor", "coordinator"):
        with office.raw(role) as psql:
            assert rows(psql, TAKE) == [(None,)]
            assert rows(psql, "SELECT * FROM orphaned_cases()") == []
    with office.raw(ANOTHER) as psql:
        assert [row[0] for row in rows(psql, "SELECT * FROM orphaned_cases()")] == ["IOM-1"]
        assert rows(psql, "SELECT take_over_case('IOM-1', 'too short')") == [(None,)]
        for _ in range(3):
            assert rows(psql, TAKE) == [("ASKED",)]
        assert rows(psql, "SELECT open_case('IOM-1')") == [(False,)]
        assert rows(psql, f"SELECT set_access('IOM-1', '{login_of(ANOTHER)}', 'ADMITTED', true)") == [(False,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            psql.execute("UPDATE access_entry SET kind = 'ADMITTED'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            psql.execute(
                "INSERT INTO access_entry (case_ref, user_name, kind, begins_at, set_by) "
                f"VALUES ('IOM-1', '{login_of('supervisor')}', 'TAKEOVER', now(), 'x')"
            )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            psql.execute("SELECT ioms_private.is_orphaned('IOM-1')")


def test_the_request_of_somebody_who_left_or_is_excluded_completes_nothing(office: Office) -> None:
    with alone(office):
        pass
    with office.owner() as owner:
        owner.execute("SELECT add_login('t_third', 'supervisor', NULL)")
        owner.execute("ALTER ROLE t_third PASSWORD 'four plain words here'")
    leave(office)
    with office.raw("third") as third:
        assert rows(third, TAKE) == [("ASKED",)]
    with office.raw("administrator") as psql:
        rows(psql, "SELECT disable_login('t_third')")
    with office.raw(ANOTHER) as psql:
        assert rows(psql, TAKE) == [("ASKED",)], "the first asked and left: this is a first request again"
    with office.raw("administrator") as psql:
        rows(psql, "SELECT enable_login('t_third')")
    with office.raw("third") as third:
        assert rows(third, TAKE) == [("DONE",)], "the control"
        assert rows(third, "SELECT open_case('IOM-1')") == [(True,)]


def test_who_broke_a_glass_never_reviews_it_whoever_saved_the_review_since(office: Office) -> None:
    with office.raw(ANOTHER) as second, alone(office) as first:
        assert rows(second, GLASS) == [(True,)]
        assert rows(second, "SELECT open_case('IOM-1', 'BREAK_GLASS')") == [(True,)]
        assert rows(first, "SELECT open_case('IOM-1')") == [(True,)]
        first.execute(REVIEW.format("owner = 'another'"))
        # Let in as everybody since, and with the hour over: what they broke stays theirs.
        rows(first, "SELECT set_standing('IOM-1', false, NULL)")
        with office.owner() as owner:
            owner.execute("UPDATE access_entry SET ends_at = clock_timestamp() WHERE kind = 'GLASS'")
        assert rows(second, "SELECT open_case('IOM-1')") == [(True,)]
        for change in ("done_on = current_date", "text = 'fine'", "owner = 'x'", "action_ref = 'AC-1'"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="reviewed by another"):
                second.execute(REVIEW.format(change))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="stays with its case"):
            first.execute(REVIEW.format("action_ref = 'AC-1'"))
        # The control: another supervisor reviews it, though they saved it last.
        assert first.execute(REVIEW.format("done_on = current_date").encode()).rowcount == 1


def test_the_review_says_why_and_what_was_read_to_whoever_may_review_it_only(office: Office) -> None:
    with office.raw("navigator") as psql:
        rows(psql, "SELECT open_case('IOM-1')")  # refused, and no look
        assert rows(psql, GLASS) == [(True,)]
        rows(psql, "SELECT open_case('IOM-1', 'BREAK_GLASS')")
    with office.owner() as owner:
        ((review, why),) = rows(owner, "SELECT review_ref, message FROM access_entry WHERE kind = 'GLASS'")
        assert rows(owner, f"SELECT count(*) FROM actions WHERE action_ref = '{review}'") == [(1,)]
        assert why == "his mother called, he is in danger"
    asked = f"SELECT kind, object_type, object_ref FROM glass_reads('{review}')"
    with office.raw("supervisor") as psql:
        assert rows(psql, asked) == [("CONSULTATION", "cases", "IOM-1")]
        assert rows(psql, f"SELECT message FROM access_entry WHERE review_ref = '{review}'") == [(why,)]
        rows(psql, "SELECT set_standing('IOM-1', true, NULL)")
    for role in ("navigator", "officer", "auditor", "administrator", ANOTHER):
        with office.raw(role) as psql:
            assert rows(psql, asked) == [], role
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                psql.execute("SELECT audit_reads('a', 'b', 'c', now(), now())")
