"""The functions of a server through which people read content, as tables of a query.

Nobody who signs in may read a table of content: a condition on its columns could be tested before the policy, and the
plan would tell (docs/design.md). A condition on what such a function returns is tested after it.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Column, Date, FromClause, Table, Text, column, func, literal, null

from ioms_desktop.domain.records.person_sets.names import PersonName
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.storage.schema.documents import document_content
from ioms_desktop.storage.schema.tables import former_version, search_key
from ioms_desktop.storage.schema.views import FACT_VIEWS

LISTED_BY_FUNCTION = frozenset(
    {
        PersonName.table,
        *(name for name, each in RECORD_TYPE_BY_TABLE.items() if each.rights.facts and each.rights.intelligence),
    }
)
"""The tables whose facts a server gives by a function: former names, and what is kept back of a case one may know of.
The others it gives by a view, whose plans tell of cases that are kept back."""
Asked = Any
"""An array as a server takes it: `array_of` of parameters, or a parameter for a list."""


Due = tuple[date, str]
"""A day on which something is due, and the case."""


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
    return _rows(table, owners, refs, number, function=f"read_{table.name}")


def opened_former_versions(
    *, owners: Asked | None = None, keys: Asked | None = None, of_table: Asked | None = None
) -> FromClause:
    """Return the previous versions that the user has opened.

    Args:
        owners: Only those of these cases and people.
        keys: Only those of the records of one table with these keys, as text.
        of_table: Only those of this table.
    """
    return _rows(former_version, owners, keys, of_table, function="read_former_version")


def known_people(*, refs: Asked | None = None, ids: Asked | None = None) -> FromClause:
    """Return whom the user may know of, all or some of them, as lists show them."""
    return _rows(FACT_VIEWS["people"], refs, ids, function="known_people")


def known_people_by_name(
    behind: str | None = None, at_most: int | None = None, *, descending: bool = False
) -> FromClause:
    """Return whom the user may know of in the order of their names.

    Args:
        behind: Only those whose key of the name comes behind this one.
        at_most: How many at most; None for all.
        descending: Whether the order is reversed.
    """
    return _rows(FACT_VIEWS["people_by_name"], behind, at_most, descending, function="known_people_by_name")


def contacts_due(scope_name: object, behind: Due | None, at_most: int, *, descending: bool) -> FromClause:
    """Return the next contacts due by the results of a scope, by the day (`due_on`) and the case.

    Args:
        scope_name: Whose results.
        behind: Only what comes behind this place; None for the first.
        at_most: How many at most.
        descending: Whether the order is reversed.
    """
    return _in_order("known_contacts_due", scope_name, *_place(behind), at_most, descending)


def actions_due(behind: Due | None, at_most: int, *, descending: bool) -> FromClause:
    """Return the actions that nobody has ended, as `contacts_due` does."""
    return _in_order("known_actions_due", *_place(behind), at_most, descending)


def cases_of_worker(names: Sequence[str]) -> Any:  # noqa: ANN401 - a column of a query
    """Return the cases on which somebody works by one of their names, with or without rank and number."""
    return func.known_cases_of_worker(list(names)).column_valued("case_ref")


def known_facts(name: str, owners: Asked | None = None, refs: Asked | None = None) -> FromClause:
    """Return what lists and rules read of the records of a table: of every case or person, or of some, or some records.

    Args:
        name: One of `LISTED_BY_FUNCTION`.
        owners: Only the records of these cases or people.
        refs: Only records whose key begins with one of these.
    """
    return _rows(FACT_VIEWS[name], owners, refs, function=f"known_{name}")


def words_found(begun: Sequence[str], whole: Sequence[str], at_most: int | None = None) -> FromClause:
    """Return search words that begin with one of some or are one of others, each with whose it is, so many at most."""
    return _rows(search_key, list(begun), list(whole), at_most, function="words_found")


def words_of_people(refs: Sequence[str]) -> FromClause:
    """Return the search words of some people and their cases."""
    return _rows(search_key, list(refs), function="words_of_people")


def known_words(words: Sequence[str]) -> Any:  # noqa: ANN401 - a column of a query
    """Return those of some words by which somebody known is found."""
    return func.known_words(list(words)).column_valued("word")


def opened_content(case_ref: str, document_ref: str) -> FromClause:
    """Return the chunks of a document that the user has opened."""
    return _rows(document_content, literal(case_ref), literal(document_ref), function="read_document_content")


def _place(behind: Due | None) -> Due | tuple[None, None]:
    return behind or (None, None)


def _in_order(function: str, *given: object) -> FromClause:
    asked = getattr(func, function)(*(null() if each is None else each for each in given))
    rows: FromClause = asked.table_valued(column("due_on", Date), column("case_ref", Text), name="due")
    return rows


def _rows(table: Table, *given: Asked | None, function: str) -> FromClause:
    read = getattr(func, function)
    asked = read(*(null() if each is None else each for each in given))
    rows: FromClause = asked.table_valued(*map(_column, table.columns), name=table.name)
    return rows


def _column(stored: Column[Any]) -> Any:  # noqa: ANN401 - a column of a query
    return column(stored.name, stored.type)
