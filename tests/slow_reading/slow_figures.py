"""The `case` and `triggers` JSON of interface.md, computed the slow way."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from slow_reading.slow_days import (
    age_on,
    at_liberty,
    each_day,
    in_custody,
    is_completed,
    is_missed,
    rag_on,
    unlawfully_at_large,
)
from slow_reading.slow_recordings import State, known, states_of, triggers_of
from slow_reading.slow_rows import NOVEMBER, Row, Story, Tables, cell, dated, story_of, when
from slow_reading.slow_standards import current_step, overdue, suggestions
from slow_reading.slow_triggers import iso, trigger_row


def triggers_json(
    tables: Tables,
    as_of: date,
    programme: str | None = None,
    *,
    only_open: bool = False,
    former: Sequence[Tables] = (),
) -> dict[str, Any]:
    """Return every trigger as of a day.

    Args:
        tables: the current rows.
        as_of: the day.
        programme: only this one.
        only_open: only those that wait for a decision.
        former: earlier states of the tables, oldest first.
    """
    found = []
    for case in sorted(tables["cases"], key=lambda row: cell(row, "case_ref")):
        if programme is None or cell(case, "programme") == programme:
            for trigger in triggers_of(states_of(tables, former), cell(case, "case_ref"), as_of):
                row = trigger_row(trigger)
                if not only_open or row["status"] == "OPEN":
                    found.append(row)
    return {"as_of": as_of.isoformat(), "triggers": found}


def case_json(tables: Tables, case_ref: str, as_of: date, former: Sequence[Tables] = ()) -> dict[str, Any]:
    """Return one case as of a day."""
    return recorded_case_json(states_of(tables, former), case_ref, as_of)


def recorded_case_json(
    states: Sequence[State],
    case_ref: str,
    as_of: date,
    known_at: datetime | None = None,
    november: date = NOVEMBER,
) -> dict[str, Any]:
    """Return one case as of a day, as known at an instant.

    Args:
        states: the record as it has been, oldest first.
        case_ref: the case.
        as_of: the day.
        known_at: only what had been recorded by then; without it everything.
        november: the day from which version 2026-11-30 is in force.
    """
    story = story_of(known(states, known_at)[-1].tables, case_ref, as_of, november)
    triggers = triggers_of(states, case_ref, as_of, known_at, november)
    # As written: "Figures of a case ... run from adoption or notification to the as-of date or the closing day, both
    # in."
    days = list(each_day(story.start, story.end)) if story.start else []
    entry = rag_on(story, as_of)
    ratings = [row for row in story.ratings if cell(row, "role") == "NAVIGATOR"]
    weeks = [{"week_commencing": cell(row, "week_commencing"), "level": int(cell(row, "level"))} for row in ratings]
    contacts = [row for row in story.contacts if story.holds(dated(row, "occurred_at"))]
    return {
        "case_ref": case_ref,
        "person_ref": cell(story.case, "person_ref"),
        "programme": story.programme,
        "cohort": cell(story.case, "cohort") or None,
        "status": cell(story.case, "status"),
        "as_of": as_of.isoformat(),
        "from": iso(story.start),
        # As written: "Age is always the age on the date of the event, never today's."
        "age": age_on(dated(story.person, "date_of_birth"), as_of),
        "in_custody": in_custody(story, as_of),
        "rag": {column: cell(entry, column) for column in ("rag", "set_on", "reason")} if entry else None,
        "rag_days": rag_days(story, days),
        "days_at_liberty": sum(1 for day in days if at_liberty(story, day)),
        "days_in_custody": sum(1 for day in days if in_custody(story, day)),
        "days_ual": sum(1 for day in days if unlawfully_at_large(story, day)),
        "engagement_level": weeks[-1]["level"] if weeks else None,
        "engagement_by_week": weeks,
        "contacts": contact_counts(story, contacts),
        "completed_minutes": sum(int(cell(row, "minutes") or "0") for row in contacts if is_completed(story, row)),
        "offers": offer_counts(story),
        "current_step": current_step(story),
        "triggers": [trigger_row(one) for one in triggers],
        "suggestions": suggestions(story),
        "overdue": overdue(story),
        "actions": [
            {"action_ref": cell(row, "action_ref"), "status": action_status(row, as_of)}
            for row in sorted(story.actions, key=lambda row: cell(row, "action_ref"))
        ],
    }


def rag_days(story: Story, days: list[date]) -> dict[str, int]:
    """Return how many days each colour held."""
    counts = {"RED": 0, "AMBER": 0, "GREEN": 0, "BLUE": 0}
    for day in days:
        entry = rag_on(story, day)
        if entry is not None:
            counts[cell(entry, "rag")] += 1
    return counts


def contact_counts(story: Story, contacts: list[Row]) -> dict[str, Any]:
    """Return the contacts counted."""
    by_outcome: dict[str, int] = {}
    for row in contacts:
        outcome = cell(row, "outcome")
        by_outcome[outcome] = by_outcome.get(outcome, 0) + 1
    return {
        "total": len(contacts),
        "completed": sum(1 for row in contacts if is_completed(story, row)),
        "missed": sum(1 for row in contacts if is_missed(story, row)),
        "by_outcome": by_outcome,
    }


def offer_counts(story: Story) -> dict[str, Any]:
    """Return the support offers counted."""
    accepted = [row for row in story.offers if cell(row, "response") in ("ACCEPTED", "PARTLY")]
    # As written: "An offer is open until `ended_on` or until it is DECLINED; no other event closes it."
    still = [row for row in story.offers if when(row, "ended_on") is None and cell(row, "response") != "DECLINED"]
    return {
        "made": len(story.offers),
        "accepted": len(accepted),
        "open": len(still),
        "open_refs": sorted(cell(row, "offer_ref") for row in still),
    }


def action_status(row: Row, as_of: date) -> str:
    """Return the state of an action on a day."""
    due, done = dated(row, "due_on"), when(row, "done_on")
    if when(row, "cancelled_on") is not None:
        return "CANCELLED"
    if done is not None:
        return "DONE" if done <= due else "DONE_LATE"
    return "OVERDUE" if as_of > due else "OPEN"
