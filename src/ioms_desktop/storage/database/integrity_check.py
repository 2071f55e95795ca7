"""Checks a database: its pages, schema, foreign keys, revisions, search words and the order of names."""

from dataclasses import dataclass

from sqlalchemy import func, inspect, select, text

from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES, INTERNAL_RECORD_TYPES
from ioms_desktop.storage.audit.sealing import newest_seal_fault
from ioms_desktop.storage.database.value_bounds import describe_rows_out_of_bounds
from ioms_desktop.storage.engine import alembic_schema
from ioms_desktop.storage.postgres.server_checks import (
    is_trial,
    missing_policies,
    missing_rights,
    server_faults,
    server_warnings,
)
from ioms_desktop.storage.records.name_order import count_wrong_sort_keys
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.search_rebuild import count_wrong_search_words
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.version import SCHEMA_HEAD


@dataclass(frozen=True, slots=True)
class IntegrityFault:
    """A fault, in words.

    Attributes:
        of_setup: Whether it is how the server is set up, and nothing is wrong with what the database holds.
    """

    description: str
    of_setup: bool = False


def check_integrity(
    reading: Reading, *, reads_everything: bool = True
) -> tuple[tuple[str, ...], tuple[IntegrityFault, ...]]:
    """Run every check.

    Args:
        reading: Where to read.
        reads_everything: Whether it reads all there is: a file, or a server as whoever keeps it. Anybody else is shown
            some records only, so that the records themselves are not checked.

    Returns:
        What was checked, in words, and the faults found.
    """
    reading.extend_timeouts()
    checked: list[str] = []
    faults: list[IntegrityFault] = []
    server = reading.connection.dialect.name == "postgresql"
    for look, what in (
        (_check_server, "how the server is set up") if server else (_check_pages, "every page of the file"),
        (_check_schema, "every table and column"),
        (_check_migration_version, "the migrations' own note of the schema"),
    ):
        faults.extend(look(reading))
        checked.append(what)
    # What lacks a table or a page cannot be read through, and what is missing has been said.
    if reads_everything and all(fault.of_setup for fault in faults):
        for look, what in _OF_RECORDS:
            faults.extend(look(reading))
            checked.append(what)
    return tuple(checked), tuple(faults)


def _check_pages(reading: Reading) -> list[IntegrityFault]:
    # The first shows that no page of an encrypted file was changed, the second that the pages are consistent.
    changed = reading.connection.execute(text("PRAGMA cipher_integrity_check")).scalars().all()
    if changed:
        return [IntegrityFault(f"The file is damaged: {line}.") for line in changed[:20]]
    lines = reading.connection.execute(text("PRAGMA integrity_check(20)")).scalars().all()
    return [] if lines == ["ok"] else [IntegrityFault(f"The file is damaged: {line}.") for line in lines]


def _check_server(reading: Reading) -> list[IntegrityFault]:
    connection = reading.connection
    if is_trial(connection):
        return []
    found = (
        *server_faults(connection),
        *server_warnings(connection),
        *missing_rights(connection),
        *missing_policies(connection),
    )
    return [IntegrityFault(what, of_setup=True) for what in found]


def _check_schema(reading: Reading) -> list[IntegrityFault]:
    inspector = inspect(reading.connection)
    present = set(inspector.get_table_names())
    faults = [IntegrityFault(f"The table {name} is missing.") for name in tables.metadata.tables if name not in present]
    for name, table in tables.metadata.tables.items():
        if name in present:
            there = {column["name"] for column in inspector.get_columns(name)}
            faults += [
                IntegrityFault(f"{name} lacks the column {c.name}.") for c in table.columns if c.name not in there
            ]
    return faults


def _check_migration_version(reading: Reading) -> list[IntegrityFault]:
    """Compare Alembic's record of the schema with the program's own."""
    noted = alembic_schema(reading.connection)
    if noted == (SCHEMA_HEAD,):
        return []
    found = " and ".join(noted) or "none"
    return [IntegrityFault(f"The note of the migrations says schema {found}, and the database is at {SCHEMA_HEAD}.")]


def _check_newest_seal(reading: Reading) -> list[IntegrityFault]:
    fault = newest_seal_fault(reading)
    return [IntegrityFault(fault.reason)] if fault else []


def _check_foreign_keys(reading: Reading) -> list[IntegrityFault]:
    faults = []
    for table in tables.metadata.tables.values():
        for link in table.foreign_keys:
            owner = link.column
            held = link.parent
            orphans = (
                select(func.count())
                .select_from(table.outerjoin(owner.table, held == owner))
                .where(held.is_not(None), owner.is_(None))
            )
            count = reading.connection.scalar(orphans) or 0
            if count:
                faults.append(
                    IntegrityFault(f"{count} rows of {table.name} refer to {owner.table.name} that are not there.")
                )
    return faults


def _check_revisions(reading: Reading) -> list[IntegrityFault]:
    """A record saved n times has n - 1 previous versions since the last removal of one with its number.

    A local file gives the number of a removed record to the next one, where it was the newest.
    """
    faults = []
    former = tables.former_version
    for record_type in (*EXCHANGE_RECORD_TYPES, *INTERNAL_RECORD_TYPES):
        table = tables.table_of(record_type)
        removed = (
            select(former.c.record_id, func.max(former.c.id).label("last"))
            .where(former.c.table_name == record_type.table, former.c.ended == "DELETED")
            .group_by(former.c.record_id)
            .subquery()
        )
        kept = (
            select(former.c.record_id, func.count().label("kept"))
            .select_from(former.outerjoin(removed, removed.c.record_id == former.c.record_id))
            .where(former.c.table_name == record_type.table, former.c.id > func.coalesce(removed.c.last, 0))
            .group_by(former.c.record_id)
            .subquery()
        )
        wrong = (
            select(func.count())
            .select_from(table.outerjoin(kept, kept.c.record_id == table.c.id))
            .where(table.c.revision - 1 != func.coalesce(kept.c.kept, 0))
        )
        count = reading.connection.scalar(wrong) or 0
        if count:
            faults.append(IntegrityFault(f"{count} rows of {record_type.table} lack former versions."))
    return faults


def _check_search_words(reading: Reading) -> list[IntegrityFault]:
    count = count_wrong_search_words(reading.connection)
    if not count:
        return []
    whose = "One person or case does" if count == 1 else f"{count} people or cases do"
    return [IntegrityFault(f"{whose} not have the search words of their names. Run migrate, which makes them anew.")]


def _check_order_of_names(reading: Reading) -> list[IntegrityFault]:
    count = count_wrong_sort_keys(reading.connection)
    if not count:
        return []
    whose = "One person does" if count == 1 else f"{count} people do"
    return [IntegrityFault(f"{whose} not stand where their name belongs in lists. Run migrate, which puts that right.")]


def _check_bounds(reading: Reading) -> list[IntegrityFault]:
    """Nothing is lost by such rows, and no backup has to be restored for them."""
    if reading.connection.dialect.name != "postgresql":
        return []
    return [IntegrityFault(said, of_setup=True) for said in describe_rows_out_of_bounds(reading.connection)]


_OF_RECORDS = (
    (_check_foreign_keys, "every link between records"),
    (_check_revisions, "every record's number of saves"),
    (_check_search_words, "every search word"),
    (_check_order_of_names, "the order of names"),
    (_check_bounds, "the bounds of every column"),
    (_check_newest_seal, "the newest seal of the audit"),
)
