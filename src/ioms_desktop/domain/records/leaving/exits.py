"""How a case leaves a programme, for a time or for good: why, what follows, who was told, and when it was resumed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import (
    Asked,
    Record,
    code,
    codes,
    day,
    long_text,
    ref,
    short_text,
    worker_name,
)

SUSPENDED = "SUSPENDED"
PLANNED = frozenset({"TRANSFERRED_OUT", "DESELECTED", "COMPLETED"})
"""The ways to leave for good that need an exit plan."""
TRANSITION = "TRANSITION"
TRANSITION_AHEAD_MONTHS = 6
"""How long before the 18th birthday the transition to adult services begins: a local default; no source gives one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseExit(Record):
    """One time that a case left its programme; what it is has the code of the status that it leads to.

    What changed for the person is recorded with their needs, what is to be removed as warning markers and actions, and
    the victim's notice with the contact of the victim.
    """

    table: ClassVar[str] = "exits"
    key: ClassVar[tuple[str, ...]] = ("exit_ref",)
    label: ClassVar[str] = "Leaving"
    plural: ClassVar[str] = "Leaving"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.INTAKE,
        free_text=("reason", "goes_to", "plan", "services", "not_told", "resume_reason"),
    )

    exit_ref: str = ref(prefix="EX")
    case_ref: str = ref("cases")
    kind: str = code("exit_kind", required=True, label="What it is")
    left_on: date = day(required=True, label="From")
    reason: str = short_text(required=True, label="Reason")
    goes_to: str | None = short_text(label="Passed on to", help="The area, team or service that takes over.")
    plan: str | None = long_text(label="Exit plan", help="Who does what afterwards, and by when.")
    services: str | None = long_text(
        label="Help afterwards", help="Services that go on, each with a name and a phone or address."
    )
    person_told_on: date | None = day(label="Person told on")
    told_by: str | None = worker_name(label="Told by")
    carer_told_on: date | None = day(label="Parent or carer told on")
    agencies_told: str | None = codes("agency", label="Agencies told")
    agencies_told_on: date | None = day(label="Agencies told on")
    not_told: str | None = short_text(label="Who was not told, and why")
    resumed_on: date | None = day(not_before="left_on", label="Resumed on", asked=Asked.WHEN_CHANGING)
    resume_reason: str | None = short_text(label="Why it was resumed", asked=Asked.WHEN_CHANGING)


def open_suspension(exits: Iterable[CaseExit]) -> CaseExit | None:
    """Return the suspension that was not resumed, the latest of several; None where there is none."""
    waiting = (each for each in exits if each.kind == SUSPENDED and each.resumed_on is None)
    return latest_exit(waiting)


def proposed_transition(exits: Iterable[CaseExit]) -> CaseExit | None:
    """Return the plan for the transition to adult services, the latest of several; None where there is none."""
    return latest_exit(each for each in exits if each.kind == TRANSITION)


def latest_exit(exits: Iterable[CaseExit]) -> CaseExit | None:
    """Return the latest of several, of one day the one that was recorded last; None where there is none."""
    return max(exits, key=lambda each: (each.left_on, each.id), default=None)


def has_exit_plan(exits: Iterable[CaseExit]) -> bool:
    """Whether there is an exit plan for leaving for good."""
    return any(each.kind in PLANNED and each.plan for each in exits)
