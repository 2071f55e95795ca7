"""What a partner agency may see: the headers of the cases assigned to it. The record itself is not open to it."""

from array import array
from collections.abc import Callable, Sequence

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import Missing
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.services.case_access import instead_of
from ioms_desktop.services.cases.case_lists import Asked
from ioms_desktop.services.commands import NOT_OPEN, PURPOSE
from ioms_desktop.services.session import Desk
from ioms_desktop.storage import access_lists
from ioms_desktop.storage.queries.partner_cases import PartnerCaseHeader, partner_case_headers
from ioms_desktop.storage.records.read import Reading

__all__ = ["PartnerCaseHeader", "assigned_ids", "assigned_rows", "open_header"]

SORTS: dict[str, Callable[[PartnerCaseHeader], tuple[str, ...]]] = {
    "name": lambda row: (fold(row.family_name), fold(row.given_names)),
    "case_ref": lambda row: (row.case_ref,),
    "born": lambda row: (row.date_of_birth.isoformat(),),
    "programme": lambda row: (row.programme, row.cohort or ""),
    "status": lambda row: (row.status,),
}


def assigned_ids(desk: Desk, asked: Asked) -> "array[int]":
    """Give the numbers of the assigned cases that answer, in order; they are few, and sorted here.

    Raises:
        NotAllowed: The user is no partner.
    """
    desk.require(Right.READ_ASSIGNED)
    with desk.store.read() as reading:
        rows = _assigned(desk, reading)
    typed, standing, today = fold(asked.text).split(), asked.chosen("open"), desk.today()
    found = [
        row
        for row in rows
        if _meets(row, typed)
        and (len(standing) != 1 or ("open" in standing) == (row.closed_on is None or row.closed_on > today))
    ]
    found.sort(key=SORTS[asked.sort if asked.sort in SORTS else "name"], reverse=asked.descending)
    return array("q", [row.id for row in found])


def assigned_rows(desk: Desk, ids: Sequence[int]) -> list[PartnerCaseHeader]:
    """Give some of the assigned cases.

    Raises:
        NotAllowed: The user is no partner.
    """
    desk.require(Right.READ_ASSIGNED)
    with desk.store.read() as reading:
        return [row for row in _assigned(desk, reading) if row.id in set(ids)]


def open_header(desk: Desk, case_ref: str) -> PartnerCaseHeader:
    """Read the header of an assigned case, and record that the user looked.

    Raises:
        NotAllowed: The user is no partner.
        Missing: The case is not assigned to them.
    """
    desk.require(Right.READ_ASSIGNED)
    with desk.store.begin(desk.act(reason_code=PURPOSE), "open_header") as tx:
        opened = tx.open_case(case_ref, PURPOSE, desk.workstation)
        found = next((row for row in _assigned(desk, tx) if row.case_ref == case_ref), None) if opened else None
        if found is None:
            raise Missing(instead_of(desk, tx, case_ref), code=NOT_OPEN)
        if not tx.server_enforces_access:  # a server has written it down where it opened the case
            tx.log("CONSULTATION", object_type=Case.table, object_ref=case_ref, subject_ref=found.person_ref)
    return found


def _assigned(desk: Desk, reading: Reading) -> list[PartnerCaseHeader]:
    return partner_case_headers(reading, access_lists.assigned_cases(reading, desk.user, desk.clock()))


def _meets(row: PartnerCaseHeader, typed: Sequence[str]) -> bool:
    words = fold(f"{row.family_name} {row.given_names} {row.known_as or ''} {row.case_ref}").split()
    return all(any(word.startswith(begun) for word in words) for begun in typed)
