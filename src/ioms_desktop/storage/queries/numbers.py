"""Finds whose an identifier is: in a file by indexes of their forms, on a server by its function, within the rights."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, literal_column, or_, select, text

from ioms_desktop.domain.records.identifiers import number_form
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.person_sets.numbers import OTHER_NUMBER, PersonNumber
from ioms_desktop.storage.queries.search import FoundPerson, people_among
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.transaction import Transaction

KNOWN_NUMBERS_SQL = text("SELECT field, person_ref FROM known_numbers(CAST(:numbers AS jsonb), :own)")


class NumberOwner(NamedTuple):
    """Whose an identifier is already.

    Attributes:
        column: The identifier's column, or the kind of a number that has none.
        person_ref: The person; None where the user may not know of them.
    """

    column: str
    person_ref: str | None


def owners_of_numbers(tx: Transaction, numbers: Mapping[str, str], own_ref: str) -> list[NumberOwner]:
    """Return the others who have one of these identifiers; a server puts on record what it tells.

    Args:
        tx: The command that asks.
        numbers: The identifiers by column, and numbers without one by their kind.
        own_ref: The person whose they may be; empty for nobody.
    """
    asked = {column: number_form(number) for column, number in numbers.items() if number_form(number)}
    if not asked:
        return []
    if tx.server_enforces_access:
        tx.ask_numbers(asked, own_ref, tx.command.workstation)
        found = tx.connection.execute(KNOWN_NUMBERS_SQL, {"numbers": json.dumps(asked), "own": own_ref or None})
        return [NumberOwner(*row) for row in found]
    kinds = {kind: form for kind, form in asked.items() if kind not in Person.identifiers}
    others = _owners_by_kind(tx, kinds, own_ref)
    asked = {column: form for column, form in asked.items() if column not in kinds}
    if not asked:
        return others
    people = tables.table_of(Person)
    same = or_(
        *(and_(people.c[column].is_not(None), _form_of(people.c[column]) == form) for column, form in asked.items())
    )
    query: Select[Any] = select(people.c.person_ref, *(people.c[column] for column in asked))
    rows = tx.connection.execute(query.where(and_(same, people.c.person_ref != own_ref)).order_by(people.c.person_ref))
    return others + [
        NumberOwner(column, row.person_ref)
        for row in rows
        for column, form in asked.items()
        if number_form(getattr(row, column)) == form
    ]


def _owners_by_kind(tx: Transaction, asked: Mapping[str, str], own_ref: str) -> list[NumberOwner]:
    """Return the others who have a number of a kind that has no column; under "another identifier" anybody may."""
    numbers = tables.table_of(PersonNumber)
    kinds = [(kind, form) for kind, form in asked.items() if kind != OTHER_NUMBER]
    found: list[NumberOwner] = []
    for kind, form in kinds:
        same = and_(numbers.c.kind == kind, _form_of(numbers.c.number) == form, numbers.c.person_ref != own_ref)
        query = select(numbers.c.person_ref).where(same).distinct().order_by(numbers.c.person_ref)
        found += [NumberOwner(kind, ref) for ref in tx.connection.scalars(query)]
    return found


def _form_of(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Compare as `number_form` does, written as in the indexes of these columns (migration 0105)."""
    form: ColumnElement[Any] = column
    for between in " -/.":
        form = func.replace(form, literal_column(f"'{between}'"), literal_column("''"))
    return func.upper(form)


def list_people(reading: Reading, refs: Sequence[str]) -> list[FoundPerson]:
    """Return what results show of some people, as far as the user may know of them."""
    people = people_among(reading, refs=refs)
    query: Select[Any] = select(*(people.c[name] for name in FoundPerson._fields))
    return [FoundPerson(*row) for row in reading.connection.execute(query.where(people.c.person_ref.in_(list(refs))))]
