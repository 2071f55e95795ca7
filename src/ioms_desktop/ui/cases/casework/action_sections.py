"""The section of actions: what is overdue first, who does it, and how often its day was moved."""

from typing import Any

from ioms_desktop.domain.policy.case_facts import ActionFact
from ioms_desktop.domain.policy.case_figures import action_status
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.text_format import describe_due, format_day
from ioms_desktop.services.labels import describe_action_moves, describe_action_owner
from ioms_desktop.ui.cases.case_section import CaseSection, SectionRow, ShownCase, field_column, text_column
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, Shape

ACTION_CHIPS = {
    "OVERDUE": Chip("overdue", Tone.RED, Shape.OCTAGON),
    "OPEN": Chip("open", Tone.NEUTRAL, Shape.RING),
    "DONE": Chip("done", Tone.GREEN, Shape.CIRCLE),
    "DONE_LATE": Chip("done late", Tone.GREEN, Shape.CIRCLE),
    "CANCELLED": Chip("cancelled", Tone.NEUTRAL, Shape.DIAMOND),
}
OPEN_ACTION_STATUSES = ("OVERDUE", "OPEN")
"""The statuses of actions still to be done, the most urgent first."""


def _action_status(action: Action, case: ShownCase) -> str:
    fact = ActionFact(action.action_ref, action.due_on, action.done_on, action.cancelled_on)
    return action_status(fact, case.view.as_of)


def _actions_by_urgency(case: ShownCase) -> list[Action]:
    """Return the overdue actions first, then the open ones, then the rest; each by its due date."""

    def urgency(action: Action) -> tuple[int, Any]:
        status = _action_status(action, case)
        is_open = status in OPEN_ACTION_STATUSES
        return OPEN_ACTION_STATUSES.index(status) if is_open else len(OPEN_ACTION_STATUSES), action.due_on

    return sorted(case.view.actions, key=urgency)


def _action_chip(row: SectionRow[Action]) -> Chip:
    return ACTION_CHIPS[_action_status(row.record, row.case)]


def _action_deadline(row: SectionRow[Action]) -> str:
    """Say how much time is left of an open action, and how often its day was moved."""
    action = row.record
    is_open = _action_status(action, row.case) in OPEN_ACTION_STATUSES
    due = describe_due(action.due_on, row.case.view.as_of) if is_open else ""
    return "; ".join(filter(None, (due, describe_action_moves(action.first_due_on, action.due_moves))))


def _action_owner(row: SectionRow[Action]) -> str:
    return describe_action_owner(row.case.session, row.record.owner, row.record.agency)


def _action_text(row: SectionRow[Action]) -> str:
    action = row.record
    done = f"Done {format_day(action.done_on)}" if action.done_on else ""
    ended = ": ".join(filter(None, (done, action.outcome))) or action.cancel_reason or ""
    return f"{row.case.session.names.in_text(action.text)}. {ended}".rstrip(". ")


ACTIONS: CaseSection[Action] = CaseSection(
    "Actions",
    key="T",
    stays_listed=True,
    records=_actions_by_urgency,
    record_type=Action,
    columns=(
        text_column("State", lambda row: _action_chip(row).text, 110, chip=_action_chip),
        field_column(Action, "due_on", "Due"),
        text_column("Clock", _action_deadline, 180, sort_value=lambda row: row.record.due_on),
        text_column("Owner", _action_owner, 160),
        text_column("Action", _action_text, 260),
    ),
)
