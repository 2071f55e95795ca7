"""What goes wrong is called what it is."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from ioms_desktop.domain.errors import DatabaseDamaged, Refused, Unreachable
from ioms_desktop.storage.db_errors import is_access_withdrawn, translate_db_errors
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.store import Store
from keys import TEST_KEY


@pytest.fixture
def local(local_location: str) -> Store:
    return open_store(local_location, TEST_KEY)


def test_a_fault_of_ours_on_a_local_file_is_no_unreachable_server(local: Store) -> None:
    with pytest.raises(OperationalError), local.read() as reading:
        reading.connection.execute(text("SELECT nothing_of_the_kind"))
    local.close()


def test_a_server_that_went_away_is_unreachable() -> None:
    """The control: the same kind of error, from the other driver."""
    import psycopg  # noqa: PLC0415 - this test only

    gone = OperationalError("SELECT 1", {}, psycopg.OperationalError("server closed the connection"))
    with pytest.raises(Unreachable), translate_db_errors():
        raise gone


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM nowhere",
        "SELECT nothing_of_the_kind FROM cases",
        "SELECT no_such_function(1)",
        "SELECT nowhere.no_such_function(1)",
        "SELECT 1 FROM nowhere.cases",
        "SELECT CAST(1 AS no_such_type)",
    ],
)
def test_what_the_database_lacks_is_no_wrong_name(shared_location: str, statement: str) -> None:
    store = open_store(shared_location)
    with (
        pytest.raises(DatabaseDamaged, match=r"lacks a table, a column or a function.*run check"),
        store.read() as reading,
    ):
        reading.connection.execute(text(statement))
    store.close()


def test_a_table_that_a_file_lacks_is_not_another_file(local: Store) -> None:
    with pytest.raises(DatabaseDamaged, match="lacks a table"), local.read() as reading:
        reading.connection.execute(text("SELECT * FROM nowhere"))
    local.close()


FULL = 'connection to server at "127.0.0.1", port 5432 failed: FATAL:  sorry, too many clients already'
PLAIN = (
    'connection to server at "127.0.0.1", port 5432 failed: FATAL:  pg_hba.conf rejects connection for host '
    '"127.0.0.1", user "shah", database "ioms", no encryption'
)
GUESSED = (
    'connection to server at "127.0.0.1", port 5432 failed: FATAL:  password authentication failed for user "shah"'
)
SOCKET = PLAIN.replace("127.0.0.1", "[local]")
PEER = 'connection to server on socket "/run/.s.PGSQL.5432" failed: FATAL:  Peer authentication failed for user "shah"'
DOWN = 'connection to server at "::1", port 5432 failed: Connection refused\n\tIs the server running on that host?'


@pytest.mark.parametrize(
    ("attempts", "words", "withdrawn"),
    [
        ((GUESSED, PLAIN), "name or the password is wrong", True),
        ((DOWN, GUESSED, PLAIN), "name or the password is wrong", True),
        ((DOWN, PLAIN), "takes no unencrypted connection", True),
        ((FULL, PLAIN), "Too many people", False),
        ((SOCKET,), "name or the password is wrong", True),
        ((PEER,), "name or the password is wrong", False),
        ((DOWN, DOWN), "cannot be reached", False),
    ],
)
def test_the_first_attempt_that_was_answered_says_why_nobody_was_let_in(
    attempts: tuple[str, ...], words: str, withdrawn: bool
) -> None:
    import psycopg  # noqa: PLC0415 - this test and one above only

    failed = OperationalError("", {}, psycopg.OperationalError("connection failed: " + "\n".join(attempts)))
    with pytest.raises(Refused, match=words), translate_db_errors():
        raise failed
    assert is_access_withdrawn(failed) is withdrawn
