"""Rows that a server took before its columns had bounds: they stay, and cannot be changed as they are.

The columns of a local file have no bounds: writing it without the program takes its key, with which bounds could be
removed as well.
"""

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from ioms_desktop.domain.records.record import plural_label
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.text_format import join_words, pluralise

NAMED = 5
"""How many rows are named of each table."""
UNPROVED_SQL = text("""
    SELECT c.conrelid::regclass::text AS name, pg_get_expr(c.conbin, c.conrelid) AS test FROM pg_constraint AS c
    WHERE c.conname ~ '^ck_.*_values$' AND NOT c.convalidated ORDER BY 1
""")
"""The bounds that some row did not keep when they were made; the names and tests are the catalogue's own."""


def describe_rows_out_of_bounds(connection: Connection) -> list[str]:
    """Name the rows that hold what would not be taken today, table by table, and what to do."""
    found = []
    for name, test in connection.execute(UNPROVED_SQL).all():
        record_type = RECORD_TYPE_BY_TABLE.get(name)
        numbers = _rows_outside(connection, name, test)
        if not numbers:
            continue
        count = len(numbers)
        rows = f"{pluralise(count, 'older record')} {'holds' if count == 1 else 'hold'}"
        refused = "values that would be refused today, such as a day before 1900 or a text that is too long"
        it = "It" if count == 1 else "They"
        if record_type is None:
            kept_in = name.rpartition(".")[2].replace("_", " ")
            found.append(
                f"In a table of the server's own ({kept_in}), {rows} {refused}. {it} can still be read. "
                "Nothing has to be done."
            )
            continue
        key = record_type.key[0]
        few = connection.execute(
            text(f"SELECT {key} FROM {name} WHERE id = ANY(:numbers) ORDER BY id"),  # noqa: S608 - names of our own
            {"numbers": numbers[:NAMED]},
        ).scalars()
        more = len(numbers) - NAMED
        refs = join_words([*map(str, few), *([pluralise(more, "other")] if more > 0 else [])])
        found.append(
            f"Under {plural_label(record_type)}, {rows} {refused}: {refs}. {it} can still be read. {it} cannot be "
            "changed until every such value is corrected in the form; or enter the record in error, and record it anew."
        )
    return found


def _rows_outside(connection: Connection, name: str, test: str) -> list[int]:
    """List the rows that do not pass a test; one that cannot be worked out is not passed."""
    column = "id" if name in RECORD_TYPE_BY_TABLE else "0"
    try:
        with connection.begin_nested():
            query = f"SELECT {column} FROM {name} WHERE NOT ({test}) ORDER BY 1"  # noqa: S608 - of the catalogue
            return list(connection.exec_driver_sql(query.replace("%", "%%")).scalars())
    except DBAPIError:
        if column == "0":
            return [0]
        every = connection.exec_driver_sql(f"SELECT id FROM {name} ORDER BY id").scalars().all()  # noqa: S608 - as above
        return [number for number in every if not _passes(connection, name, test, number)]


def _passes(connection: Connection, name: str, test: str, number: int) -> bool:
    query = f"SELECT ({test}) IS NOT FALSE FROM {name} WHERE id = {number}"  # noqa: S608 - as above
    try:
        with connection.begin_nested():
            return bool(connection.exec_driver_sql(query.replace("%", "%%")).scalar())
    except DBAPIError:
        return False
