"""Why somebody is eligible: each criterion of the programme with its evidence, its source and its day."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Record, code, day, decimal_number, ref, short_text, yes_no

INTELLIGENCE = "INTELLIGENCE"
"""The basis of a criterion that rests on intelligence: read by those alone who may read intelligence."""
GRADES = ("source_grade", "information_grade", "handling")


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityCriterion(Record):
    """One criterion of a programme, met or not, as somebody found on a day; nothing is computed of it."""

    table: ClassVar[str] = "eligibility"
    key: ClassVar[tuple[str, ...]] = ("eligibility_ref",)
    label: ClassVar[str] = "Eligibility criterion"
    plural: ClassVar[str] = "Eligibility"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.SCREEN,
        read=Right.SCREEN,
        intelligence=("basis", INTELLIGENCE),
        free_text=("evidence", "source", "index_offence"),
    )

    eligibility_ref: str = ref(prefix="EL")
    case_ref: str = ref("cases")
    criterion: str = code("eligibility_criterion", required=True)
    assessed_on: date = day(required=True)
    met: bool = yes_no(required=True, label="Is it met")
    basis: str = code("eligibility_basis", required=True, label="Rests on")
    evidence: str = short_text(required=True, help="What shows it; opinion as opinion, and no names of others.")
    source: str = short_text(required=True, help="The system or agency, with its reference.")
    evidence_on: date | None = day(label="Evidence dated")
    source_grade: str | None = code("source_grade")
    information_grade: str | None = code("information_grade")
    handling: str | None = code("handling")
    tool: str | None = code("risk_tool")
    tool_version: str | None = short_text(label="Tool version")
    score: str | None = decimal_number(help="As given by the tool; never worked out here.")
    scored_on: date | None = day()
    index_offence: str | None = short_text()
    index_offence_on: date | None = day(label="Index offence on")
