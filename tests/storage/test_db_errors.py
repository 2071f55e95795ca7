"""What goes wrong is called what it is."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from ioms_desktop.domain.errors import Unreachable
from ioms_desktop.storage.db_errors import translate_db_errors
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
