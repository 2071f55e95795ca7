"""Offline files: the description of a file of checked-out cases, and what each role may take of a record."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.policy.case_facts import CONTROL_ARM
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.workers.names import WorkerNames
from ioms_desktop.domain.text_format import format_day

R = TypeVar("R", bound=Record)
INTELLIGENCE_BASIS = "INTELLIGENCE"
"""The basis of a contact note that rests on intelligence."""
POLICE_AGENCY = "LEICESTERSHIRE_POLICE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout:
    """The description of an offline file, stored in the file.

    Attributes:
        number: The number of the check-out, which the source database records too.
        database_id: The identifier of the source database.
        source: The location of the source database for people to read, without a login.
        by: The user who checked the cases out.
        at: When they did (UTC).
        until: The last day on which it is in time to be checked in; None if no day was set.
        reason: Why, as a reason code.
        cases: The references of the cases.
    """

    number: str
    database_id: str
    source: str
    by: str
    at: datetime
    until: date | None
    reason: str
    cases: tuple[str, ...]

    def is_overdue(self, today: date) -> bool:
        """Whether the last day for checking it in has passed; on that day itself it is not overdue."""
        return self.until is not None and self.until < today

    def describe(self, today: date, names: WorkerNames) -> str:
        """Describe the file for a status line.

        It reads `Worked on offline by N. OKORO on 3 Nov 2026, due back by 10 Nov 2026`.
        """
        taken = f"Worked on offline by {names.of(self.by)} on {format_day(self.at.astimezone(LONDON).date())}"
        if self.until is None:
            return taken
        return f"{taken}, {'was due' if self.is_overdue(today) else 'due'} back by {format_day(self.until)}"


def redact_for_role(role: Role, record: R) -> R | None:
    """Return a record as a role may read it; None if the role may not know that it exists.

    A server enforces the same rules itself, so nothing that it returns is changed here. Records of a local file are
    protected by this function alone.
    """
    if not may(role, type(record).rights.read):
        return None
    if may(role, Right.READ_INTELLIGENCE):
        return record
    if _is_intelligence(record):
        return None
    if isinstance(record, Case):
        return None if record.trial_arm == CONTROL_ARM else replace(record, trial_arm=None)
    if isinstance(record, Contact) and (record.agency == POLICE_AGENCY or record.statement_basis == INTELLIGENCE_BASIS):
        return replace(record, note=None)
    return record


def _is_intelligence(record: Record) -> bool:
    marked = type(record).rights.intelligence
    return marked is not None and getattr(record, marked[0]) == marked[1]
