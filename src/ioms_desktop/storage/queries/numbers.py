"""Finds whose an identifier is: in a file by comparing all of them, on a server by its function, within the rights."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, text

from ioms_desktop.domain.records.identifiers import number_form
from ioms_desktop.domain.records.people import Person
from ioms_desktop.storage.queries.search import FoundPerson
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.views import FACT_VIEWS
from ioms_desktop.storage.transaction import Transaction

KNOWN_NUMBERS_SQL = text("SELECT field, person_ref FROM known_numbers(CAST(:numbers AS jsonb), :own)")


class NumberOwner(NamedTuple):
    """Whose an identifier is already.

    Attributes:
        column: The identifier's column.
        person_ref: The person; None where the user may not know of them.
    """

    column: str
    person_ref: str | None


def owners_of_numbers(tx: Transaction, numbers: Mapping[str, str], own_ref: str) -> list[NumberOwner]:
    """Return the others who have one of these identifiers; a server puts on record what it tells.

    Args:
        tx: The command that asks.
        numbers: The identifiers by column.
        own_ref: The person whose they may be; empty for nobody.
    """
    asked = {column: number_form(number) for column, number in numbers.items() if number_form(number)}
    if not asked:
        return []
    if tx.server_enforces_access:
        found = tx.connection.execute(KNOWN_NUMBERS_SQL, {"numbers": json.dumps(asked), "own": own_ref or None})
        return [NumberOwner(*row) for row in found]
    people = tables.table_of(Person)
    for column in asked:
        if column not in Person.identifiers:
            raise KeyError(column)
    same = or_(*(_form_of(people.c[column]) == form for column, form in asked.items()))
    query: Select[Any] = select(people.c.person_ref, *(people.c[column] for column in asked))
    rows = tx.connection.execute(query.where(and_(same, people.c.person_ref != own_ref)).order_by(people.c.person_ref))
    return [
        NumberOwner(column, row.person_ref)
        for row in rows
        for column, form in asked.items()
        if number_form(getattr(row, column)) == form
    ]


def _form_of(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Compare as `number_form` does."""
    form: ColumnElement[Any] = column
    for between in " -/.":
        form = func.replace(form, between, "")
    return func.upper(form)


def list_people(reading: Reading, refs: Sequence[str]) -> list[FoundPerson]:
    """Return what results show of some people, as far as the user may know of them."""
    people = FACT_VIEWS["people"]
    query: Select[Any] = select(*(people.c[name] for name in FoundPerson._fields))
    return [FoundPerson(*row) for row in reading.connection.execute(query.where(people.c.person_ref.in_(list(refs))))]
