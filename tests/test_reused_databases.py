"""A database that one test has used serves another only where everything is as its template has it."""
# ruff: noqa: S608 - the names are those that the server gave, quoted by itself

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg
import pytest

from keys import opened
from reused_databases import MOST_ROWS, SEQUENCES, TABLES, ReusedDatabases
from sessions import fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from postgres_cluster import Server

TEMPLATE = "to_reuse"
LEFT_BEHIND = {
    "a table": "CREATE TABLE left_behind (id int)",
    "a function": "CREATE FUNCTION left_behind() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "a trigger switched off": "ALTER TABLE people DISABLE TRIGGER ALL",
    "a privilege": "GRANT SELECT ON people TO public",
    "an emptied table": "TRUNCATE kept",
    "a setting of the database": "ALTER DATABASE {} SET statement_timeout = '9s'",
    "a privilege on the database": "GRANT CREATE ON DATABASE {} TO public",
    "many rows": f"INSERT INTO kept SELECT number FROM generate_series(0, {MOST_ROWS}) number",
}


@pytest.fixture
def reused(postgres_server: Server, _shared_template: str) -> Iterator[ReusedDatabases]:
    with psycopg.connect(postgres_server.create(TEMPLATE, _shared_template)) as connection:
        connection.execute("CREATE TABLE kept (id serial, number int)")
        connection.execute("INSERT INTO kept (number) VALUES (1), (2)")
    made = ReusedDatabases(postgres_server)
    yield made
    made.forget(TEMPLATE)
    postgres_server.drop(TEMPLATE)


def contents(url: str) -> dict[str, list[str]]:
    """Return every row of every table, and where each sequence stands."""
    with psycopg.connect(url) as connection:
        rows = {
            table: sorted(row for (row,) in connection.execute(f"SELECT t::text FROM {table} t".encode()))
            for (table,) in connection.execute(TABLES).fetchall()
        }
        sequences = {
            name: [str(found) for found in connection.execute(f"SELECT last_value, is_called FROM {name}".encode())]
            for name, _ in connection.execute(SEQUENCES).fetchall()
        }
        return rows | sequences


def test_rows_and_sequences_are_put_back_whoever_is_still_connected(
    reused: ReusedDatabases, postgres_server: Server
) -> None:
    name = reused.take("first", TEMPLATE)
    url = postgres_server.address_of(name)
    before = contents(url)
    store = opened(url)
    fill(store)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DELETE FROM kept WHERE number = 1")
        connection.execute("UPDATE kept SET number = 7")
        connection.execute("INSERT INTO kept (number) VALUES (8)")
        connection.execute("SELECT pg_advisory_lock(1)")
        assert contents(url) != before, "the control: there is something to put back"
        reused.give_back(name)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
    store.close()
    assert reused.take("second", TEMPLATE) == name
    assert contents(url) == before
    reused.give_back(name)


def test_what_cannot_be_put_back_is_not_used_again(reused: ReusedDatabases, postgres_server: Server) -> None:
    for number, (what, statement) in enumerate(LEFT_BEHIND.items()):
        name = reused.take(f"copy{number}", TEMPLATE)
        assert name == f"copy{number}", f"the one before was used again, with {what}"
        with psycopg.connect(postgres_server.address_of(name), autocommit=True) as connection:
            connection.execute(statement.format(connection.info.dbname).encode())
        reused.give_back(name)
    assert reused.take("last", TEMPLATE) == "last"
    reused.give_back("last")
