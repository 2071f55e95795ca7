"""The server's own look at figures that are to be published: it believes nothing that it can check."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg
import pytest

from ioms_desktop.domain.access.roles import Role
from postgres_cluster import Server
from shared_people import ANOTHER, Office, furnish, login_of

Row = tuple[str, str, int | None, float | None]
MADE, DECIDED = "balance.offers_made", "swiftness.decisions"
GOOD: tuple[Row, ...] = (("measures", MADE, 12, None), ("by_sex", "OFFERED/SEX_MALE", None, None))
QUARTER = "2024-Q3"


@pytest.fixture(scope="module")
def furnished(postgres_server: Server, _shared_template: str) -> Iterator[Office]:
    office = furnish(postgres_server.create("figures", _shared_template))
    yield office
    office.close()
    postgres_server.drop("figures")
    postgres_server.forget_logins()


@pytest.fixture
def publish(furnished: Office) -> Iterator[Callable[..., str]]:
    """Return a way to publish by raw SQL; what was published is taken back by the owner in the end."""

    def send(rows: Sequence[Row], quarter: str = QUARTER, *, why: str = "", role: str = Role.SUPERVISOR) -> str:
        sent = json.dumps([dict(zip(("cube", "cell", "count", "days"), row, strict=True)) for row in rows])
        with furnished.raw(role) as psql:
            (said,) = psql.execute("SELECT publish_figures(%s, '1', %s::json, %s)", (quarter, sent, why)).fetchall()
        return str(said[0])

    yield send
    with furnished.owner() as owner:
        owner.execute("DELETE FROM figure_cell; DELETE FROM figure_edition")


def entries(office: Office) -> list[tuple[Any, ...]]:
    with office.owner() as owner:
        query = "SELECT actor, after FROM audit WHERE object_type = 'figures' ORDER BY id"
        return owner.execute(query).fetchall()


def test_a_supervisor_publishes_and_an_analyst_reads(furnished: Office, publish: Callable[..., str]) -> None:
    assert publish(GOOD) == "PUBLISHED"
    with furnished.raw("analyst") as psql:
        found = psql.execute("SELECT cube, cell, count FROM figure_cell ORDER BY cube").fetchall()
        (edition,) = psql.execute("SELECT edition, published_by, least, least_protected FROM figure_edition").fetchall()
    assert found == [("by_sex", "OFFERED/SEX_MALE", None), ("measures", MADE, 12)]
    assert edition == (1, login_of("supervisor"), 5, 10)
    assert entries(furnished)[-1] == (login_of("supervisor"), {"edition": 1, "cells": 2})


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPERVISOR])
def test_nobody_else_publishes_and_that_they_tried_stays(
    furnished: Office, publish: Callable[..., str], role: Role
) -> None:
    assert publish(GOOD, role=role) == "REFUSED"
    assert entries(furnished)[-1] == (login_of(role), {"denied": True, "because": "REFUSED"})
    with furnished.raw("supervisor") as psql:
        assert psql.execute("SELECT * FROM figure_edition").fetchall() == []


REFUSED: dict[str, tuple[tuple[Row, ...], str, str]] = {
    "a quarter that is not over": (GOOD, "2999-Q1", "NOT_OVER"),
    "what is no quarter": (GOOD, "2024-Q5", "UNKNOWN"),
    "nothing at all": ((), QUARTER, "UNKNOWN"),
    "a count below the threshold": ((("measures", MADE, 4, None),), QUARTER, "TOO_FEW"),
    "a negative count": ((("measures", MADE, -7, None),), QUARTER, "TOO_FEW"),
    "a count that only another table may show": ((("by_age", "OFFERED/AGE_16_17", 9, None),), QUARTER, "TOO_FEW"),
    "a protected zero": ((("by_ethnicity", "OFFERED/ETHNICITY_BLACK", 0, None),), QUARTER, "TOO_FEW"),
    "a table nobody knows": ((("cases_by_name", MADE, 12, None),), QUARTER, "UNKNOWN"),
    "a name in a cell": ((("measures", "Jayden Marlow", 12, None),), QUARTER, "UNKNOWN"),
    "a name beside a code": ((("by_sex", "OFFERED/Marlow", 12, None),), QUARTER, "UNKNOWN"),
    "a median of nothing that is told": ((("days", "swiftness.working_days_median", None, 3.0),), QUARTER, "TOO_FEW"),
    "a median of a few": (
        (("measures", DECIDED, 19, None), ("days", "swiftness.working_days_median", None, 3.0)),
        QUARTER,
        "TOO_FEW",
    ),
    "a median that stands for a count": ((("measures", MADE, None, 3.0),), QUARTER, "TOO_FEW"),
}


@pytest.mark.parametrize("tried", REFUSED)
def test_what_must_not_be_told_is_refused_whoever_counted_it(
    furnished: Office, publish: Callable[..., str], tried: str
) -> None:
    rows, quarter, because = REFUSED[tried]
    assert publish(rows, quarter) == because
    assert entries(furnished)[-1][1] == {"denied": True, "because": because}
    with furnished.raw("supervisor") as psql:
        assert psql.execute("SELECT * FROM figure_edition").fetchall() == []


def test_the_same_statements_are_taken_where_they_are_large_enough(publish: Callable[..., str]) -> None:
    """The control: what is refused above is refused for its size, not because it cannot be done."""
    rows: tuple[Row, ...] = (
        ("measures", MADE, 5, None),
        ("measures", DECIDED, 20, None),
        ("measures", "flow.iom_closed", 0, None),
        ("by_age", "OFFERED/AGE_16_17", 10, None),
        ("by_sex", "OFFERED/SEX_NOT_RECORDED", 0, None),
        ("days", "swiftness.working_days_median", None, 3.0),
    )
    assert publish(rows) == "PUBLISHED"


def test_another_edition_needs_a_reason_and_the_first_one_stays(furnished: Office, publish: Callable[..., str]) -> None:
    later: tuple[Row, ...] = (("measures", MADE, 17, None), ("by_sex", "OFFERED/SEX_MALE", None, None))
    assert [publish(GOOD), publish(GOOD), publish(later)] == ["PUBLISHED", "SAME", "REASON"]
    assert publish(later, why="A month of offers came late.") == "PUBLISHED"
    with furnished.raw("analyst") as psql:
        query = "SELECT edition, count FROM figure_cell WHERE cell = %s ORDER BY edition"
        assert psql.execute(query, (MADE,)).fetchall() == [(1, 12), (2, 17)]


@pytest.mark.parametrize(
    "later",
    [(("measures", MADE, 13, None),), (("by_sex", "OFFERED/SEX_MALE", 20, None),)],
    ids=["moved by a few", "held back before"],
)
def test_two_editions_cannot_be_taken_from_each_other(publish: Callable[..., str], later: tuple[Row, ...]) -> None:
    assert publish(GOOD) == "PUBLISHED"
    assert publish(later, why="Corrected.") == "UNSTEADY"


def test_an_edition_cannot_be_taken_from_one_before_the_last(publish: Callable[..., str]) -> None:
    told: list[tuple[Row, ...]] = [(("measures", MADE, count, None),) for count in (12, 18, 13, 23)]
    assert publish(told[0]) == "PUBLISHED"
    assert [publish(each, why="Corrected.") for each in told[1:]] == ["PUBLISHED", "UNSTEADY", "PUBLISHED"]


def test_who_is_refused_holds_up_nobody_who_publishes(furnished: Office, publish: Callable[..., str]) -> None:
    held = (
        "SELECT count(*) FROM pg_locks WHERE relation = 'figure_edition'::regclass AND mode = 'ShareRowExclusiveLock'"
    )
    found = []
    for role in ("analyst", "supervisor"):
        with furnished.raw(role) as psql, psql.transaction(force_rollback=True):
            psql.execute("SELECT publish_figures('2024-Q3', '1', '[]', '')")
            with furnished.owner() as owner:  # whom locks are told
                found += owner.execute(held.encode()).fetchall()
    assert found == [(0,), (1,)]
    assert publish(GOOD) == "PUBLISHED"


def test_who_is_kept_from_a_case_publishes_nothing(furnished: Office, publish: Callable[..., str]) -> None:
    """Two people's figures of one quarter would differ by that case."""
    with furnished.raw(ANOTHER) as psql:
        assert psql.execute("SELECT set_access('IOM-1', session_user, 'EXCLUDED', true)").fetchall() == [(True,)]
        assert publish(GOOD, role=ANOTHER) == "HIDDEN"
        assert psql.execute("SELECT set_access('IOM-1', session_user, 'EXCLUDED', false)").fetchall() == [(False,)]
    assert publish(GOOD) == "PUBLISHED"


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO figure_edition SELECT '2024-Q4', 1, '', 1, 1, 1, NULL, 'x', now()",
        "UPDATE figure_cell SET count = 1",
        "DELETE FROM figure_cell",
        "TRUNCATE figure_edition CASCADE",
        "SELECT ioms_private.figures_fault('2024-Q3', '[]')",
    ],
)
@pytest.mark.parametrize("role", ["supervisor", "analyst"])
def test_published_figures_are_written_by_no_hand(furnished: Office, role: str, statement: str) -> None:
    with furnished.raw(role) as psql, pytest.raises(psycopg.errors.InsufficientPrivilege):
        psql.execute(statement.encode())
