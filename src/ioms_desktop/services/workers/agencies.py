"""Whose contact it is: the agency for which somebody works on a case."""

from collections.abc import Iterable

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.workers.case_workers import CaseWorker, agency_on_case
from ioms_desktop.services.session import Session

DEFAULT_AGENCIES = {Role.NAVIGATOR: "INGEUS", Role.OFFICER: "LEICESTERSHIRE_POLICE"}
"""Of a user who holds no role on the case: a navigator is Ingeus's, an officer the police's."""


def agency_of(session: Session, workers: Iterable[CaseWorker], login: str = "") -> str | None:
    """Return the agency of whoever meets a person.

    Probation practitioners sign in as officers like the police do, so that the role of a user alone does not tell.

    Args:
        session: The session of the user.
        workers: The workers of the case.
        login: Whom the person meets, or the name of somebody outside; the user themselves when empty.

    Returns:
        The code of the agency, None where nothing says which.
    """
    login = login or session.user
    found = agency_on_case(workers, session.names.all_of(login))
    return found or (DEFAULT_AGENCIES.get(session.role) if login == session.user else None)
