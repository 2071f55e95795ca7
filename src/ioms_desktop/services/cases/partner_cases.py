"""What a partner agency sees: the headers of the cases assigned to it, and nothing of the record."""

from array import array
from collections.abc import Callable, Sequence

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import CaseNotFound
from ioms_desktop.domain.records.cases import Case, has_ended
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.domain.search.text_filter import TextFilter
from ioms_desktop.services.case_access import case_refusal_message
from ioms_desktop.services.commands import DEFAULT_REASON_CODE
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Session
from ioms_desktop.storage import access_lists
from ioms_desktop.storage.queries.partner_cases import PartnerCaseHeader, partner_case_headers
from ioms_desktop.storage.records.read import Reading

__all__ = ["PartnerCaseHeader", "assigned_ids", "assigned_rows", "open_header"]

SORT_KEYS: dict[str, Callable[[PartnerCaseHeader], tuple[str, ...]]] = {
    "name": lambda row: (fold(row.family_name), fold(row.given_names)),
    "case_ref": lambda row: (row.case_ref,),
    "born": lambda row: (row.date_of_birth.isoformat(),),
    "programme": lambda row: (row.programme, row.cohort or ""),
    "status": lambda row: (row.status,),
}


def assigned_ids(session: Session, query: ListQuery) -> "array[int]":
    """Return the numbers of the matching assigned cases, in order; they are few enough to be sorted in memory.

    Raises:
        NotAllowed: The user is not a partner.
    """
    session.require(Right.READ_ASSIGNED)
    with session.store.read() as reading:
        rows = _assigned_headers(session, reading)
    typed, standing, today = TextFilter(query.text), query.chosen("open"), session.today()
    found = [
        row
        for row in rows
        if typed.matches(_searched_text(row))
        and (len(standing) != 1 or ("open" in standing) != has_ended(row.closed_on, today))
    ]
    found.sort(key=SORT_KEYS[query.sort if query.sort in SORT_KEYS else "name"], reverse=query.descending)
    return array("q", [row.id for row in found])


def assigned_rows(session: Session, ids: Sequence[int]) -> list[PartnerCaseHeader]:
    """Return the rows of some assigned cases.

    Raises:
        NotAllowed: The user is not a partner.
    """
    session.require(Right.READ_ASSIGNED)
    with session.store.read() as reading:
        return [row for row in _assigned_headers(session, reading) if row.id in set(ids)]


def open_header(session: Session, case_ref: str) -> PartnerCaseHeader:
    """Read the header of an assigned case, and audit that the user looked.

    Raises:
        NotAllowed: The user is not a partner.
        Missing: The case is not assigned to them.
    """
    session.require(Right.READ_ASSIGNED)
    with session.store.begin(session.command_context(reason_code=DEFAULT_REASON_CODE), "open_header") as tx:
        opened = tx.open_case(case_ref, DEFAULT_REASON_CODE, session.workstation)
        found = (
            next((row for row in _assigned_headers(session, tx) if row.case_ref == case_ref), None) if opened else None
        )
        if found is None:
            raise CaseNotFound(case_refusal_message(session, tx, case_ref))
        if not tx.server_enforces_access:  # a server has written it down where it opened the case
            tx.log("CONSULTATION", object_type=Case.table, object_ref=case_ref, subject_ref=found.person_ref)
    return found


def _assigned_headers(session: Session, reading: Reading) -> list[PartnerCaseHeader]:
    return partner_case_headers(reading, access_lists.assigned_cases(reading, session.user, session.clock()))


def _searched_text(row: PartnerCaseHeader) -> str:
    return f"{row.family_name} {row.given_names} {row.known_as or ''} {row.case_ref}"
