"""What the panel decided about one case: who was there, what they decided and why, and who dissented."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Record, code, codes, day, ref, short_text

STATUS_OF_DECISION: Mapping[tuple[str, str], str] = {
    ("IOM", "ACCEPT"): "ACCEPTED",
    ("IOM", "NOT_ACCEPT"): "NOT_ACCEPTED",
    ("IOM", "DEFER"): "DEFERRED",
    ("IOM", "DESELECT"): "DESELECTED",
    ("PHOENIX", "ELIGIBLE"): "ELIGIBLE",
    ("PHOENIX", "NOT_ELIGIBLE"): "NOT_ELIGIBLE",
}
"""The status to which a decision leads, by programme; a decision that is not here leaves the case as it is."""
ACCEPT = "ACCEPT"


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelDecision(Record):
    """The panel's decision about one case."""

    table: ClassVar[str] = "panel_decisions"
    key: ClassVar[tuple[str, ...]] = ("panel_decision_ref",)
    label: ClassVar[str] = "Panel decision"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.DECIDE_PANEL, read=Right.SCREEN, free_text=("reason", "dissent")
    )

    panel_decision_ref: str = ref(prefix="PD")
    case_ref: str = ref("cases")
    decided_on: date = day(required=True)
    decision: str = code("panel_decision", required=True)
    agencies: str = codes("agency", required=True, label="Agencies present")
    reason: str = short_text(required=True, help="What the panel went by; opinion as opinion.")
    cohort: str | None = code("cohort")
    dissenting: str | None = codes("agency", label="Agencies that dissent")
    dissent: str | None = short_text(label="Why they dissent")
    review_on: date | None = day(future=True, not_before="decided_on", label="Back to the panel on")


def decisions_of(made: Iterable[PanelDecision]) -> frozenset[str]:
    """Return what the panel has decided about a case so far."""
    return frozenset(each.decision for each in made)
