"""The order of names in lists: kept in an indexed column, and made anew in databases of earlier versions."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection, Select, func, select, text

from ioms_desktop.domain.search.search_terms import name_sort_key
from ioms_desktop.storage.database.integrity_check import check_integrity
from ioms_desktop.storage.database.migrate import upgrade_database
from ioms_desktop.storage.queries.people import PeopleConditions, person_page
from ioms_desktop.storage.records.name_order import rebuild_sort_keys
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.views import FACT_VIEWS
from ioms_desktop.storage.store import Store
from keys import key_of
from stored_samples import PERSON, act

NAMES = ("Zaman", "Əliyev", "O\u2019Brien", "Baker", "O'Brady", "Smith Jones", "Smith")
IN_ORDER = ["Əliyev", "Baker", "O'Brady", "O\u2019Brien", "Smith", "Smith Jones", "Zaman"]
FORMER_KEYS = {name: f"{name.casefold()}, jo" for name in NAMES}
"""Much as the version before made them: by the bytes of whatever is no accent."""


@pytest.fixture
def old(store: Store) -> Store:
    """Return a database whose sort keys are those of the version before."""
    with store.begin(act()) as tx:
        for number, name in enumerate(NAMES):
            tx.add(replace(PERSON, person_ref=f"P{number}", family_name=name))
    with store.engine.begin() as connection:
        server = connection.dialect.name == "postgresql"
        connection.execute(
            text("ALTER TABLE people DISABLE TRIGGER USER" if server else "DROP TRIGGER people_revision")
        )
        for name, key in FORMER_KEYS.items():
            people = tables.people
            connection.execute(people.update().where(people.c.family_name == name).values(name_key=key))
        if server:
            connection.execute(text("ALTER TABLE people ENABLE TRIGGER USER"))
        else:
            connection.execute(text(STALE_REVISION))
    return store


STALE_REVISION = (
    "CREATE TRIGGER people_revision BEFORE UPDATE ON people WHEN NEW.revision <> OLD.revision + 1 "
    "BEGIN SELECT RAISE(ABORT, 'stale revision'); END"
)


def listed(store: Store) -> list[str]:
    with store.read() as reading:
        return [person.family_name for person in person_page(reading, PeopleConditions(), 100)]


def faults(store: Store) -> list[str]:
    with store.read() as reading:
        return [fault.description for fault in check_integrity(reading)[1]]


def test_a_database_of_the_version_before_lists_names_in_order_once_it_is_migrated(old: Store) -> None:
    assert listed(old) != IN_ORDER
    (fault,) = faults(old)
    assert fault.startswith("4 people do not stand where their name belongs in lists. Run migrate")
    with old.read() as reading:
        people = [column for column in tables.people.c if column.name != "name_key"]
        before = reading.connection.execute(select(*people).order_by(tables.people.c.id)).all()
        entries = reading.connection.scalar(select(func.count()).select_from(tables.audit))
    old.close()
    assert upgrade_database(old.location, key_of(old.location)).names_in_new_order == 4
    assert listed(old) == IN_ORDER
    assert faults(old) == []
    with old.read() as reading:
        assert reading.connection.execute(select(*people).order_by(tables.people.c.id)).all() == before
        assert reading.connection.scalar(select(func.count()).select_from(tables.audit)) == entries
    old.close()
    assert upgrade_database(old.location, key_of(old.location)).names_in_new_order == 0


def test_putting_names_in_order_leaves_the_guards_of_records_as_they_were(old: Store) -> None:
    def guards(connection: Connection) -> list[tuple[Any, ...]]:
        server = connection.dialect.name == "postgresql"
        kept = (
            "SELECT tgname, tgenabled::text FROM pg_trigger WHERE tgrelid = 'people'::regclass AND NOT tgisinternal"
            if server
            else "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'people'"
        )
        return sorted(map(tuple, connection.execute(text(kept)).all()))

    with old.engine.begin() as connection:
        before = guards(connection)
        assert rebuild_sort_keys(connection) == 4
        assert guards(connection) == before != []


TOLD = """
    CREATE OR REPLACE FUNCTION ioms_private.refuse_explain() RETURNS boolean LANGUAGE sql STABLE AS 'SELECT true'"""


def plan(connection: Connection, query: Select[tuple[int]]) -> str:
    sql = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
    if connection.dialect.name == "postgresql":
        # So few rows are read quickest from first to last; what counts is that the index could be used.
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        return "\n".join(str(row[0]) for row in connection.execute(text(f"EXPLAIN {sql}")))
    return "\n".join(str(row[3]) for row in connection.execute(text(f"EXPLAIN QUERY PLAN {sql}")))


def test_the_first_names_are_read_from_the_index_and_nothing_is_sorted(old: Store) -> None:
    walked = FACT_VIEWS["people_by_name"]
    with old.engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            # A plan is told to nobody who signs in; for them, too, it is this one.
            connection.execute(text(TOLD))
        told = plan(connection, select(walked.c.id).order_by(walked.c.name_key, walked.c.id).limit(10))
    assert "ix_people_names" in told
    assert "Sort" not in told
    assert "TEMP B-TREE" not in told


def test_the_sort_key_is_the_usual_spelling_of_the_search() -> None:
    assert name_sort_key("Əliyev", "Jo") == name_sort_key("ALIYEV", "jo")
    assert name_sort_key("O\u2019Brien", "Anne\u2011Marie") == name_sort_key("O'Brien", "Anne-Marie")
    assert name_sort_key("Smith", "Zoe") < name_sort_key("Smith Jones", "Abe") < name_sort_key("Smithers", "Abe")
    assert name_sort_key("李", "伟") == "李, 伟"
