"""What the caseload shows of a case besides its header, as of a day."""

from datetime import date
from typing import NamedTuple

from ioms_desktop.domain.policy.case_facts import CaseFacts, completed_until, latest_step
from ioms_desktop.domain.policy.case_figures import rag_on
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.standards import contact_due_shown_on

NAVIGATOR = "NAVIGATOR"


class RowFigures(NamedTuple):
    """What follows from the records of a case.

    Attributes:
        rag: The colour in force; None before the first.
        engagement: The navigator's rating of the latest week that has one.
        step: The step of the ladder.
        last_contact_on: The day of the last completed contact.
        contact_due_on: The day up to which the next contact keeps the standard; None for a closed case.
    """

    rag: str | None
    engagement: int | None
    step: str
    last_contact_on: date | None
    contact_due_on: date | None
    in_custody: bool


def row_figures(policies: Policies, case: CaseFacts, today: date) -> RowFigures:
    """Return what the caseload shows of a case on a day; what is dated later does not count."""
    entry = rag_on(case, today)
    rated = [(each.week, each.level) for each in case.ratings if each.role == NAVIGATOR and each.rated_on <= today]
    seen = (each.at.on for each in completed_until(policies, case, today))
    return RowFigures(
        rag=None if entry is None else entry.rag,
        engagement=max(rated)[1] if rated else None,
        step=latest_step(case.decisions, today)[0],
        last_contact_on=max(seen, default=None),
        contact_due_on=None if case.ended_by(today) else contact_due_shown_on(policies, case, today),
        in_custody=case.in_custody(today),
    )
