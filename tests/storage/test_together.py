"""Statements that are sent to a server together: one transaction, one round trip, and nothing after what failed."""

from collections.abc import Callable

import psycopg
import pytest
from psycopg.pq import PipelineStatus
from sqlalchemy import event
from sqlalchemy.exc import ProgrammingError

from ioms_desktop.storage.postgres.engine import server_engine
from ioms_desktop.storage.postgres.together import send_together
from listening import statements_of

ADD = "INSERT INTO t VALUES (%(n)s)"


def test_statements_sent_together_are_of_one_transaction_and_none_follows_one_that_failed(
    postgres_database: Callable[..., str],
) -> None:
    engine, ways = server_engine(postgres_database()), []

    @event.listens_for(engine, "before_cursor_execute")
    def hear(_connection: object, cursor: psycopg.Cursor, *_said: object) -> None:
        ways.append(cursor.connection.pgconn.pipeline_status)

    with engine.connect() as connection, statements_of(engine) as said:
        with connection.begin():
            made, added = send_together(connection, [("CREATE TABLE t (n int)", {}), (ADD, {"n": 1})])
            assert (made.rowcount, added.rowcount) == (-1, 1)
        assert said[-1] == ADD
        with pytest.raises(ProgrammingError, match="nowhere"), connection.begin():
            send_together(connection, [(ADD, {"n": 2}), ("SELECT FROM nowhere", {}), (ADD, {"n": 3})])
        with connection.begin():
            (told,) = send_together(connection, [("SELECT n FROM t", {})])
            assert told.fetchall() == [(1,)]
        assert set(ways) == {PipelineStatus.ON}
        connection.exec_driver_sql("SELECT 1")  # the control
        assert ways[-1] == PipelineStatus.OFF
    engine.dispose()
