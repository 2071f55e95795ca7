"""The workers of a case over time: each in a role, from a day to a day, with one current holder of a role."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Asked, Record, code, day, ref, short_text, worker_name
from ioms_desktop.domain.records.workers.names import is_same_user

CASE_COLUMNS = {
    "POLICE_OM": "police_om",
    "PROBATION_PRACTITIONER": "probation_practitioner",
    "NAVIGATOR": "navigator",
    "YJS_CASE_MANAGER": "yjs_case_manager",
    "SOCIAL_WORKER": "social_worker",
}
"""The column of a case that names the current holder of a role; the other roles have none."""
ROLE_AGENCIES = {
    "POLICE_OM": "LEICESTERSHIRE_POLICE",
    "NEIGHBOURHOOD_OFFICER": "LEICESTERSHIRE_POLICE",
    "PROBATION_PRACTITIONER": "HMPPS_PROBATION",
    "NAVIGATOR": "INGEUS",
}
"""The agency of whoever holds a role on a case, where the entry names none; the others may be of several."""
PROGRAMME_ROLES = {"IOM": "POLICE_OM", "PHOENIX": "NAVIGATOR"}
"""The role that is named first on a case of a programme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseWorker(Record):
    """Somebody who works on a case in a role, from a day on.

    Attributes:
        worker: How they are named on the case; the column of the case says the same while they hold the role.
        user_name: Their login, where they are a user; a right never depends on it.
        started_on: From when; None where nobody said, as for those named before this was kept.
        ended_on: The day on which somebody else took over, or nobody; None while they hold the role.
    """

    table: ClassVar[str] = "case_workers"
    key: ClassVar[tuple[str, ...]] = ("case_worker_ref",)
    label: ClassVar[str] = "Person responsible"
    plural: ClassVar[str] = "Responsible"
    has_change_form: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.INTAKE,
        change=Right.ASSIGN_WORKERS,
        facts=True,
        withheld=("phone", "email", "change_reason"),
        free_text=("change_reason",),
    )

    case_worker_ref: str = ref(prefix="CW")
    case_ref: str = ref("cases")
    worker_role: str = code("worker_role", required=True, label="Role", asked=Asked.NEVER)
    worker: str = worker_name(required=True, label="Name")
    user_name: str | None = worker_name(asked=Asked.NEVER, label="User")
    agency: str | None = short_text()
    phone: str | None = short_text()
    email: str | None = short_text()
    started_on: date | None = day(label="From")
    ended_on: date | None = day(not_before="started_on", label="Until", asked=Asked.NEVER)
    change_reason: str | None = short_text(label="Why it changed")

    @property
    def is_current(self) -> bool:
        """Whether they hold the role."""
        return self.ended_on is None


def free_ref(case_ref: str, worker_role: str, held: Collection[CaseWorker]) -> str:
    """Return a reference for the next holder of a role on a case: the same for the same history.

    It has the number of the holder, from 1, or the next that is free, as one may have been taken out before.

    Args:
        case_ref: The case.
        worker_role: The role.
        held: Who held it so far.
    """
    number, taken = len(held) + 1, {each.case_worker_ref for each in held}
    while (ref := f"CW-{case_ref}-{worker_role}-{number}") in taken:
        number += 1
    return ref


def agency_on_case(workers: Iterable[CaseWorker], names: Collection[str]) -> str | None:
    """Return for which agency somebody works on a case now.

    Args:
        workers: The workers of the case.
        names: Every name that they may be recorded by.

    Returns:
        The code of the agency; None where they hold no role, or one that says nothing of an agency.
    """
    held = (
        each
        for each in workers
        if each.is_current and any(name == each.user_name or is_same_user(each.worker, name) for name in names)
    )
    return next((found for each in held if (found := each.agency or ROLE_AGENCIES.get(each.worker_role))), None)
