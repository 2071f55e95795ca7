"""Which cases there are, and which of them were corrected: asked by what reads every case."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, or_, select

from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.records.cases_asked import EVERY_CASE, CasesAsked
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import tables, views
from ioms_desktop.storage.schema.plain_text import ask_driver

CASE_REFS_SQL = "SELECT case_ref FROM cases ORDER BY case_ref"


def list_case_refs(reading: Reading) -> Sequence[str]:
    """List the references of the cases in their bytewise order, on both databases."""
    return [ref for (ref,) in ask_driver(reading.connection, CASE_REFS_SQL, {})]


def corrected_cases(
    reading: Reading, record_types: Iterable[type[Record]], asked: CasesAsked = EVERY_CASE
) -> frozenset[str]:
    """Name the cases in which a record of these types, of the case or of its person, has a previous version.

    Args:
        reading: Where to read.
        record_types: The record types.
        asked: Which cases.
    """
    former, cases = views.FACT_VIEWS["former_version"], tables.cases
    listed = former.c.table_name.in_([record_type.table for record_type in record_types])

    def is_among(owner: str, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        found = select(former.c[owner]).where(listed, *conditions)
        if reading.is_local and asked.only is None:
            return cases.c[owner].in_(found)
        # For a few cases this asks by an index; and a server goes through a list that does not fit into its memory for
        # each case.
        return found.where(former.c[owner] == cases.c[owner]).exists()

    of_case = is_among("case_ref", former.c.case_ref.is_not(None))
    of_person = is_among("person_ref", former.c.case_ref.is_(None))
    query = select(cases.c.case_ref).where(or_(of_case, of_person))
    if asked.programme is not None:
        query = query.where(cases.c.programme == asked.programme)
    return frozenset(reading.connection.scalars(asked.narrow(query, is_local=reading.is_local)))
