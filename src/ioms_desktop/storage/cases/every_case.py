"""Which cases there are, and which of them were corrected: asked by what reads every case."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, or_, select

from ioms_desktop.domain.records.record import Record
from ioms_desktop.storage.records.case_stream import of_some, within
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import tables, views


def list_case_refs(reading: Reading, programme: str | None = None) -> Sequence[str]:
    """List the references of the cases of a programme, or of both, in their bytewise order."""
    cases = tables.cases.c
    query = select(cases.case_ref).order_by(cases.case_ref)
    if programme is not None:
        query = query.where(cases.programme == programme)
    return reading.connection.scalars(query).all()


def corrected_cases(
    reading: Reading,
    record_types: Iterable[type[Record]],
    programme: str | None = None,
    among: Sequence[str] | None = None,
    only: Collection[str] | None = None,
) -> frozenset[str]:
    """Name the cases in which a record of these types, of the case or of its person, has a previous version.

    Args:
        reading: Where to read.
        record_types: The record types.
        programme: Only cases of this programme; None for both.
        among: Only these cases, as `stream_cases` takes them; None for all.
        only: The same.
    """
    former, cases = views.FACT_VIEWS["former_version"], tables.cases
    listed = former.c.table_name.in_([record_type.table for record_type in record_types])

    def is_among(owner: str, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        found = select(former.c[owner]).where(listed, *conditions)
        if reading.is_local and only is None:
            return cases.c[owner].in_(found)
        # For a few cases this asks by an index; and a server goes through a list that does not fit into its memory for
        # each case.
        return found.where(former.c[owner] == cases.c[owner]).exists()

    of_case = is_among("case_ref", former.c.case_ref.is_not(None))
    of_person = is_among("person_ref", former.c.case_ref.is_(None))
    query = select(cases.c.case_ref).where(or_(of_case, of_person))
    if programme is not None:
        query = query.where(cases.c.programme == programme)
    if among is not None:
        query = query.where(*within(cases.c.case_ref, among))
    if only is not None and reading.is_local:
        query = of_some(query, only)
    return frozenset(reading.connection.scalars(query))
