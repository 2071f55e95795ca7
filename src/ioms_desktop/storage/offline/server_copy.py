"""Copies a whole local file into an empty shared database: every row with its id, revision and times.

Only the server's owner may set when and by whom a record was recorded; for any other login the server sets it. The
triggers log for each record only that it came; the file's own audit is kept beside the server's (`imported_audit`).
"""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Table, delete, func, insert, select, text

from ioms_desktop.domain.errors import DatabaseDamaged
from ioms_desktop.domain.progress import ProgressCallback
from ioms_desktop.storage.bulk.insert import BulkInserter
from ioms_desktop.storage.offline.checkout import RECORD_TYPES, REFERENCE_TABLES, all_rows
from ioms_desktop.storage.postgres import transaction_context
from ioms_desktop.storage.records.bulk_read import ROWS_PER_BATCH
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.case_results import RESULT_TABLES
from ioms_desktop.storage.schema.documents import CONTENT_TABLES, document_content
from ioms_desktop.storage.transaction import Transaction

RECORD_TABLES = tuple(tables.table_of(noun) for noun in RECORD_TYPES)
COMPANION_TABLES = (
    *(tables.former_version, tables.search_key, tables.access_entry, tables.case_standing),
    *(tables.take_away, tables.kept_trail, tables.retention_review, tables.disposal),
    *(tables.figure_edition, tables.figure_cell, *CONTENT_TABLES),
)
"""Tables that are copied with the records. Users are not: no password leaves the file. Redactions of the file's audit
are kept with that audit."""
TABLES_NOT_COPIED = (
    *(tables.users, tables.meta, tables.taken_record),
    *(tables.audit, tables.seal, tables.epoch, tables.redaction),
    *RESULT_TABLES,
)
"""Tables that are not copied: users, the file's own settings, its audit, which is imported as a whole, and what the
rules found, which is worked out anew."""
CHUNKS_PER_BATCH = 20
"""Of what documents hold, 5 MiB are in memory at a time."""
AUDIT_TRUSTED_SQL = text("SELECT audit_trusted()")


def may_set_provenance(reading: Reading) -> bool:
    """Whether a connection may set when and by whom something was recorded: the server's owner, or any local file."""
    if reading.connection.dialect.name != "postgresql":
        return True
    return bool(reading.connection.scalar(AUDIT_TRUSTED_SQL))


def has_held_records(reading: Reading) -> bool:
    """Whether a database holds any record, or ever held one."""
    looked = (*RECORD_TABLES, tables.former_version)
    return any(reading.connection.execute(select(table).limit(1)).first() is not None for table in looked)


def copy_all_rows(file: Reading, tx: Transaction, progress: ProgressCallback) -> dict[str, int]:
    """Copy every row of a file.

    Args:
        file: The file.
        tx: The empty database, on a connection that `may_set_provenance`.
        progress: Called with the number of rows copied; the total is not known.

    Returns:
        How many rows, by table.

    Raises:
        Refused: The numbers of rows differ.
    """
    connection = tx.connection
    for table in reversed(REFERENCE_TABLES):
        connection.execute(delete(table))
    for table in REFERENCE_TABLES:
        rows = all_rows(file, table)
        if rows:
            connection.execute(insert(table), rows)
    # Log only that each record came: its content is in the record and its previous versions.
    connection.execute(transaction_context.SET_BULK_SQL, {"said": "yes"})
    counts: dict[str, int] = {}
    copied = 0
    for table in (*RECORD_TABLES, *COMPANION_TABLES, tables.request):
        counts[table.name] = 0
        into = BulkInserter(connection, table, [column.name for column in table.columns])
        for portion in _row_batches(file, table, tx):
            into.run(portion)
            counts[table.name] += len(portion)
            copied += len(portion)
            progress(copied, 0)
    connection.execute(transaction_context.SET_BULK_SQL, {"said": ""})
    for table in (*RECORD_TABLES, *COMPANION_TABLES, *REFERENCE_TABLES):
        if "id" in table.columns:
            _advance_sequence(tx, table)
    _verify_counts(file, tx, counts)
    return counts


def _row_batches(file: Reading, table: Table, tx: Transaction) -> Iterator[list[tuple[Any, ...]]]:
    order = list(table.primary_key)
    query = select(*table.columns).order_by(*order)
    known = set(tx.connection.scalars(select(tables.request.c.id))) if table is tables.request else set()
    size = CHUNKS_PER_BATCH if table is document_content else ROWS_PER_BATCH
    with file.connection.execute(query, execution_options={"yield_per": size}) as result:
        rows = (tuple(row) for row in result if not known or row[0] not in known)
        while portion := list(islice(rows, size)):
            yield portion


def _advance_sequence(tx: Transaction, table: Table) -> None:
    """Make the next id follow the highest that was copied."""
    name = text("SELECT setval(pg_get_serial_sequence(:name, 'id'), :highest)")
    highest = tx.connection.scalar(select(func.max(table.c.id)))
    if highest is not None and tx.connection.dialect.name == "postgresql":
        tx.connection.execute(name, {"name": table.name, "highest": highest})


def _verify_counts(file: Reading, tx: Transaction, counts: dict[str, int]) -> None:
    """Compare the numbers of rows in both databases."""
    for table in (*RECORD_TABLES, *COMPANION_TABLES):
        left = file.connection.scalar(select(func.count()).select_from(table))
        arrived = tx.connection.scalar(select(func.count()).select_from(table))
        if not left == arrived == counts[table.name]:
            raise DatabaseDamaged(
                f"Of {left} rows of {table.name} {arrived} arrived. Nothing was written; run check on the file."
            )


def list_active_users(reading: Reading) -> Sequence[tuple[str, str]]:
    """List the names and roles of the active users, without passwords."""
    users = tables.users
    query = select(users.c.name, users.c.role).where(users.c.active).order_by(users.c.name)
    return [(row.name, row.role) for row in reading.connection.execute(query)]
