"""The checks that precede a panel: what each agency answered about a person who was referred."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.records.record import Record, code, day, ref, short_text, worker_name

NEEDED_CHECKS = ("MAPPA", "MARAC", "EXPLOITATION", "SAFEGUARDING", "ELSEWHERE")
"""The checks without which no case goes before a panel, in the order in which they are asked; a list may have more."""
KNOWN = "KNOWN"
ASKED = "ASKED"
"""The answer of a check that was begun: who was asked has not answered yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningCheck(Record):
    """One check of the screening, as it was answered on a day. The latest answer to a check is the one that stands."""

    table: ClassVar[str] = "screening_checks"
    key: ClassVar[tuple[str, ...]] = ("case_ref", "check_type", "answered_on")
    label: ClassVar[str] = "Screening check"
    is_plain: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(add=Right.SCREEN, read=Right.SCREEN, free_text=("note",))

    case_ref: str = ref("cases")
    check_type: str = code("screening_check", required=True, label="Check")
    answered_on: date = day(required=True)
    answer: str = code("screening_answer", required=True)
    answered_by: str = worker_name(required=True, help="Rank, number and name, or name and agency.")
    note: str | None = short_text(help="What is known, in brief; whoever takes part in the panel reads it.")


def answered_checks(checks: Iterable[ScreeningCheck]) -> frozenset[str]:
    """Return the checks of a case that are answered: those whose latest answer is one."""
    latest: dict[str, ScreeningCheck] = {}
    for check in sorted(checks, key=lambda each: each.answered_on):
        latest[check.check_type] = check
    return frozenset(name for name, check in latest.items() if check.answer != ASKED)
