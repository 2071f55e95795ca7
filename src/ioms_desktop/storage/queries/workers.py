"""Who works on which case now, and every name that workers have."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import and_, false, func, or_, select, text

from ioms_desktop.domain.access.roles import Right, roles_with
from ioms_desktop.storage.queries.search import matches_user_name
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import cases, users
from ioms_desktop.storage.schema.views import FACT_VIEWS

case_workers = FACT_VIEWS["case_workers"]


def current_terms(reading: Reading, names: Sequence[str]) -> list[tuple[str, str]]:
    """List the cases and roles that somebody holds now: as their user, by a name, or by one with rank and number."""
    exact = func.lower(func.trim(case_workers.c.worker)).in_([name.lower().strip() for name in names])
    written = or_(false(), *(matches_user_name(case_workers.c.worker, name) for name in names if name.strip()))
    mine = or_(case_workers.c.user_name.in_(list(names)), exact, and_(case_workers.c.user_name.is_(None), written))
    query = select(case_workers.c.case_ref, case_workers.c.worker_role).where(case_workers.c.ended_on.is_(None), mine)
    rows = reading.connection.execute(query.order_by(case_workers.c.case_ref, case_workers.c.worker_role))
    return [(row.case_ref, row.worker_role) for row in rows]


def count_cases_of(reading: Reading, names: Sequence[str], on: date) -> int:
    """Count the open cases on which somebody works; on a server for an administrator, who reads no case."""
    if reading.server_enforces_access:
        return int(reading.connection.scalar(text("SELECT cases_worked_on(:names)"), {"names": list(names)}) or 0)
    held = {case_ref for case_ref, _ in current_terms(reading, names)}
    still = or_(cases.c.closed_on.is_(None), cases.c.closed_on > on)
    count = select(func.count()).select_from(cases).where(cases.c.case_ref.in_(sorted(held)), still)
    return int(reading.connection.scalar(count) or 0)


def named_workers(reading: Reading) -> list[str]:
    """List the logins of those who record on cases, and the names of everybody who works on one now."""
    roles = [role.value for role in roles_with(Right.RECORD_ACTIONS)]
    signed_in = select(users.c.name).where(users.c.active, users.c.role.in_(roles))
    named = select(case_workers.c.worker).where(case_workers.c.ended_on.is_(None)).distinct()
    return [*reading.connection.scalars(signed_in), *reading.connection.scalars(named)]
