"""What a partner agency may see: the headers of its assigned cases, with the same query on both databases."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from ioms_desktop.storage.queries.people import read_columns_of_people
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import cases


class PartnerCaseHeader(NamedTuple):
    """A case as a partner agency sees it; a server gives it no other column."""

    id: int
    case_ref: str
    person_ref: str
    family_name: str
    given_names: str
    known_as: str | None
    date_of_birth: date
    programme: str
    cohort: str | None
    status: str
    referred_on: date
    adopted_on: date | None
    notified_on: date | None
    closed_on: date | None


_PERSON_COLUMNS = ("family_name", "given_names", "known_as", "date_of_birth")
_CASE_COLUMNS = tuple(name for name in PartnerCaseHeader._fields if name not in _PERSON_COLUMNS)


def partner_case_headers(reading: Reading, refs: Sequence[str]) -> list[PartnerCaseHeader]:
    """Return the headers of some cases, in order of names."""
    query = select(*(cases.c[name] for name in _CASE_COLUMNS)).where(cases.c.case_ref.in_(list(refs)))
    rows = reading.connection.execute(query).all()
    persons = read_columns_of_people(reading, [row.person_ref for row in rows], ("name_key", *_PERSON_COLUMNS))
    shown = sorted((persons[row.person_ref][0], row.id, row) for row in rows if row.person_ref in persons)
    return [
        PartnerCaseHeader(
            **row._mapping,  # noqa: SLF001 - SQLAlchemy's public name
            **dict(zip(_PERSON_COLUMNS, persons[row.person_ref][1:], strict=True)),
        )
        for _, _, row in shown
    ]
