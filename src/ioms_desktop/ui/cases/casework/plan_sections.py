"""The section of the plan: its goals, with the steps that are done of those agreed."""

from ioms_desktop.domain.records.plan.goals import PlanGoal
from ioms_desktop.domain.records.record import plural_label
from ioms_desktop.domain.text_format import pluralise
from ioms_desktop.ui.cases.case_section import CaseSection, SectionRow, field_column, text_column


def _state(row: SectionRow[PlanGoal]) -> str:
    goal = row.record
    if goal.ended_on is None or goal.ended_on > row.case.view.as_of:
        return "Open"
    return "Reached" if goal.reached else "Ended"


def _steps(row: SectionRow[PlanGoal]) -> str:
    """Say how many steps are done; a step is an action that names the goal, and one that was cancelled is none."""
    view = row.case.view
    named = [each for each in view.actions if each.goal_ref == row.record.goal_ref and each.cancelled_on is None]
    done = sum(each.done_on is not None for each in named)
    return f"{done} of {pluralise(len(named), 'step')} done" if named else "No step yet"


def _agreed(row: SectionRow[PlanGoal]) -> str:
    goal = row.record
    if goal.agreed is None:
        return "Not asked"
    return "Agreed" if goal.agreed else f"Not agreed: {goal.agreement_reason or ''}".rstrip(": ")


PLAN: CaseSection[PlanGoal] = CaseSection(
    plural_label(PlanGoal),
    records=lambda case: case.view.of(PlanGoal),
    order=lambda goal: goal.set_on,
    record_type=PlanGoal,
    columns=(
        text_column("State", _state, 90),
        field_column(PlanGoal, "set_on", "Set on"),
        field_column(PlanGoal, "pathway", "Pathway", 180),
        text_column("Steps", _steps, 140),
        text_column("They", _agreed, 150),
        field_column(PlanGoal, "owner", "Leads", 140),
        field_column(PlanGoal, "due_on", "By"),
        field_column(PlanGoal, "goal", "Goal", 260),
    ),
)
