"""The migrations and the tables say the same, and go up and down with rows in them."""

import re
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, delete, func, inspect, select, text

from instances import for_each
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES, INTERNAL_RECORD_TYPES
from ioms_desktop.paths import migrations
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.case_results import ONLY_IN_FILES, case_mark
from ioms_desktop.storage.schema.version import SCHEMA_HEAD
from ioms_desktop.storage.store import Store
from stored_samples import CASE, PERSON, act


def alembic(connection: Connection, verb: str, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(migrations()))
    config.attributes["connection"] = connection
    getattr(command, verb)(config, revision)


def _apart(connection: Connection) -> dict[str, set[str]]:
    """The columns of the tables that lie in the audit's own schema on a server."""
    if connection.dialect.name != "postgresql":
        return {}
    looked = inspect(connection)
    return {
        name: {column["name"] for column in looked.get_columns(name, schema="ioms_audit")}
        for name in looked.get_table_names(schema="ioms_audit")
    }


def _is_here(is_local: bool, declared: Any, *_: object) -> bool:  # noqa: ANN401 - as Alembic calls it
    return is_local or ONLY_IN_FILES not in declared.info


# The code and the digest of a paper are indexed inside of what the audit holds, identifiers as two of them are
# compared, and workers by the last word of their names: none of these is a column.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_at_the_newest_schema_the_database_is_as_the_tables_say(store: Store) -> None:
    with store.read() as reading:
        here = partial(_is_here, reading.is_local)
        context = MigrationContext.configure(reading.connection, opts={"compare_type": True, "include_object": here})
        found: list[Any] = compare_metadata(context, tables.metadata)
        apart = _apart(reading.connection)
    for name, there in apart.items():  # a schema of its own, which the comparison does not look into
        assert there == {column.name for column in tables.metadata.tables[name].columns}
    told = [each for each in found if not re.search(r"alembic_version|_form'|_word'", str(each))]
    assert [each for each in told if not any(f"{name}" in str(each) for name in apart)] == []


def test_the_newest_schema_is_the_last_migration() -> None:
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - this test only

    named = "Name a migration's file by its revision, and let it revise the newest one before it."
    assert ScriptDirectory(str(migrations())).get_current_head() == SCHEMA_HEAD, named


def test_down_and_up_again_leaves_an_empty_schema_and_then_the_same(store: Store) -> None:
    with store.engine.begin() as connection:
        alembic(connection, "downgrade", "base")
        assert set(inspect(connection).get_table_names()) <= {"alembic_version"}
        alembic(connection, "upgrade", "head")
        assert set(tables.metadata.tables) <= {*inspect(connection).get_table_names(), *_apart(connection)}


PARTIAL_IN_FILES = {
    *("ix_contacts_offer_ref", "ix_appointments_offer_ref", "ix_appointments_contact_ref"),
    *("ix_former_version_case_ref", "ix_former_version_person_ref", "ix_audit_mark"),
}


def _partial(connection: Connection) -> set[str]:
    """Those of these indexes that hold only some rows of their tables."""
    is_file = connection.dialect.name == "sqlite"
    told = "name, sql FROM sqlite_master" if is_file else "indexname, indexdef FROM pg_indexes"
    found = connection.execute(text(f"SELECT {told}"))
    return {name for name, definition in found if name in PARTIAL_IN_FILES and "WHERE" in (definition or "")}


def test_a_file_loses_and_regains_the_index_entries_that_nobody_looks_up(store: Store) -> None:
    with store.begin(act()) as tx:
        person, case = tx.add(PERSON), tx.add(CASE)
        tx.save(replace(person, phone="07700 900123"))
        tx.save(replace(case, adopted_on=date(2026, 1, 6)))
    here = PARTIAL_IN_FILES if store.engine.dialect.name == "sqlite" else set[str]()
    count = select(func.count()).select_from(tables.former_version)
    with store.engine.begin() as connection:
        kept = connection.scalar(count)
        assert _partial(connection) == here
        alembic(connection, "downgrade", "0119")
        assert _partial(connection) == set()
        alembic(connection, "upgrade", "head")
        assert _partial(connection) == here
        assert connection.scalar(count) == kept


def test_a_case_without_a_result_is_marked_by_the_schema_that_counts_on_its_mark(store: Store) -> None:
    with store.begin(act()) as tx:
        tx.add(PERSON)
        tx.add(CASE)
    marks = select(case_mark.c.scope).where(case_mark.c.case_ref == CASE.case_ref)
    with store.engine.begin() as connection:
        alembic(connection, "downgrade", "0118")
        connection.execute(delete(case_mark))
        alembic(connection, "upgrade", "head")
        assert set(connection.scalars(marks)) == {"ALL", "WITHOUT_INTELLIGENCE"}


@for_each("noun", [*EXCHANGE_RECORD_TYPES, *INTERNAL_RECORD_TYPES])
def test_a_table_has_exactly_its_nouns_fields(noun: type[Record]) -> None:
    own = {"id", "revision", "recorded_at", "recorded_by", *tables.DERIVED_COLUMNS.get(noun, ())}
    assert {c.name for c in tables.table_of(noun).columns} - own == {c.name for c in columns_of(noun)}


def test_code_lists_and_the_policy_are_loaded_with_their_sources(store: Store) -> None:
    with store.read() as reading:
        lists = reading.connection.execute(select(tables.reference_list)).all()
        named = {
            field.codes
            for noun in (*EXCHANGE_RECORD_TYPES, *INTERNAL_RECORD_TYPES)
            for field in columns_of(noun)
            if field.codes
        }
        versions = list(reading.connection.scalars(select(tables.policy.c.version)))
    assert named <= {row.name for row in lists}
    assert all(row.source for row in lists)
    assert versions == ["2026-04-01", "2026-11-30"]
