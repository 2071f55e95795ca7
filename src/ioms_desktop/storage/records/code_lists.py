"""A database's identifier, code lists with what supervisors decided on their codes, and policy versions."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.code_decisions import code_decision
from ioms_desktop.storage.schema.tables import meta, policy, reference_code, reference_list

CONFIRMED, INACTIVE, AS_SHIPPED = "CONFIRMED", "INACTIVE", "AS_SHIPPED"
_STATES = {
    CONFIRMED: {"confirmed": True, "active": True, "offered": True},
    INACTIVE: {"confirmed": False, "active": False, "offered": False},
}
"""What a decision makes of an entry of a list, whatever it says as it is shipped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeDecision:
    """What a supervisor decided on a code of a list; of several the last counts.

    Attributes:
        state: CONFIRMED, INACTIVE, or AS_SHIPPED, which takes back what was decided before.
        valid_from: The first day it is in use, included; None for no beginning.
        valid_to: The last day it is in use, included; None for no end.
    """

    list: str
    code: str
    state: str
    valid_from: date | None
    valid_to: date | None
    reason: str
    decided_by: str
    decided_at: datetime


def code_decisions(reading: Reading) -> Iterable[CodeDecision]:
    """Return the last decision on each code that has any."""
    last = select(func.max(code_decision.c.id)).group_by(code_decision.c.list, code_decision.c.code)
    columns = (column for column in code_decision.c if column.name != "id")
    query = select(*columns).where(code_decision.c.id.in_(last)).order_by(code_decision.c.id)
    return [CodeDecision(**row._asdict()) for row in reading.connection.execute(query)]


def database_id(reading: Reading) -> str:
    """Return the identifier that a database was given when it was created."""
    return reading.connection.scalar(select(meta.c.value).where(meta.c.name == "database_id")) or ""


def list_documents(reading: Reading) -> dict[str, dict[str, Any]]:
    """Return every code list by name, in the form of the shipped documents, as supervisors decided on their codes."""
    decided = {(each.list, each.code): each for each in code_decisions(reading)}
    lists = {
        row.name: {"title": row.title, "source": row.source, "open": row.open, "code": []}
        for row in reading.connection.execute(select(reference_list))
    }
    codes = select(reference_code).order_by(reference_code.c.list, reference_code.c.sort, reference_code.c.id)
    for row in reading.connection.execute(codes):
        decision = decided.get((row.list, row.code))
        dated = row if decision is None or decision.state == AS_SHIPPED else decision
        valid = {name: day for name, day in (("valid_from", dated.valid_from), ("valid_to", dated.valid_to)) if day}
        state = {} if decision is None else _STATES.get(decision.state, {})
        lists[row.list]["code"].append({**row.extra, **state, **valid, "code": row.code, "label": row.label})
    return lists


def policy_documents(reading: Reading) -> list[dict[str, Any]]:
    """Return every approved policy version, earliest first."""
    query = select(policy.c.document).where(policy.c.status == "APPROVED").order_by(policy.c.effective_from)
    return list(reading.connection.scalars(query))
