"""What a partner agency may see: the headers of its assigned cases, with the same query on both databases."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import select

from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import cases
from ioms_desktop.storage.schema.views import FACT_VIEWS

people = FACT_VIEWS["people"]


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


_PERSON_COLUMNS = frozenset({"family_name", "given_names", "known_as", "date_of_birth"})
_HEADER_COLUMNS = tuple((people if name in _PERSON_COLUMNS else cases).c[name] for name in PartnerCaseHeader._fields)


def partner_case_headers(reading: Reading, refs: Sequence[str]) -> list[PartnerCaseHeader]:
    """Return the headers of some cases, in order of names."""
    query = select(*_HEADER_COLUMNS).join_from(cases, people, cases.c.person_ref == people.c.person_ref)
    wanted = query.where(cases.c.case_ref.in_(list(refs))).order_by(people.c.name_key, cases.c.id)
    return [PartnerCaseHeader(*row) for row in reading.connection.execute(wanted)]
