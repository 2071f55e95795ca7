"""The functions of a server through which people read content, as tables of a query.

Nobody who signs in may read a table of content: a condition on its columns could be tested before the policy, and the
plan would tell (docs/design.md). A condition on what such a function returns is tested after it.
"""

from typing import Any

from sqlalchemy import Column, FromClause, Table, column, func, literal, null

from ioms_desktop.storage.schema.documents import document_content
from ioms_desktop.storage.schema.tables import former_version

Asked = Any
"""An array as a server takes it: `array_of` of parameters, or a parameter for a list."""


def array_of(*values: Any) -> Asked:  # noqa: ANN401 - expressions of SQLAlchemy's
    """Return an array of single parameters."""
    from sqlalchemy.dialects.postgresql import array  # noqa: PLC0415 - only a server needs its dialect

    return array(values)


def opened_rows(
    table: Table, *, owners: Asked | None = None, refs: Asked | None = None, number: Asked | None = None
) -> FromClause:
    """Return the rows of a table that the user has opened, under the name of the table.

    Args:
        table: The table of a record type.
        owners: Only the records of these cases or people, whichever the type belongs to.
        refs: Only records whose key begins with one of these.
        number: Only the row of this number.
    """
    return _rows(table, owners, refs, number)


def opened_former_versions(
    *, owners: Asked | None = None, keys: Asked | None = None, of_table: Asked | None = None
) -> FromClause:
    """Return the previous versions that the user has opened.

    Args:
        owners: Only those of these cases and people.
        keys: Only those of the records of one table with these keys, as text.
        of_table: Only those of this table.
    """
    return _rows(former_version, owners, keys, of_table)


def opened_content(case_ref: str, document_ref: str) -> FromClause:
    """Return the chunks of a document that the user has opened."""
    return _rows(document_content, literal(case_ref), literal(document_ref))


def _rows(table: Table, *given: Asked | None) -> FromClause:
    read = getattr(func, f"read_{table.name}")
    asked = read(*(null() if each is None else each for each in given))
    rows: FromClause = asked.table_valued(*map(_column, table.columns), name=table.name)
    return rows


def _column(stored: Column[Any]) -> Any:  # noqa: ANN401 - a column of a query
    return column(stored.name, stored.type)
