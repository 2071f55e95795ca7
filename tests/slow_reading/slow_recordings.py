"""What was recorded later than a trigger was seen: what is withdrawn, what is flagged for review."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from slow_reading.slow_rows import NOVEMBER, Row, Story, Tables, cell, dated, story_of
from slow_reading.slow_triggers import Trigger, plain_triggers

LONDON = ZoneInfo("Europe/London")
LONG_AFTER = datetime(9000, 1, 1, 9, tzinfo=LONDON)
"""When everything was recorded, where nobody says when."""


@dataclass(frozen=True)
class State:
    """The record as it stood from an instant on.

    Attributes:
        at: the instant of the import or the command that made it so.
        tables: every row.
    """

    at: datetime
    tables: Tables


def states_of(tables: Tables, former: Sequence[Tables] = ()) -> list[State]:
    """Return states that were all recorded long after everything in them had happened, a minute apart."""
    # As written: "The rows of one import are one instant."
    each = [*former, tables]
    return [State(LONG_AFTER + timedelta(minutes=number), rows) for number, rows in enumerate(each)]


def known(states: Sequence[State], known_at: datetime | None) -> list[State]:
    """Return the states that had been recorded by an instant."""
    return [state for state in states if known_at is None or state.at <= known_at]


def last_day_before(instant: datetime) -> date:
    """Return the local day of the last moment before an instant."""
    # As written: "*Stood* means raised on or before the local day of that instant"
    return (instant - timedelta(microseconds=1)).astimezone(LONDON).date()


def is_same(found: Trigger, old: Trigger) -> bool:
    """Return whether a trigger that is found is one that stood before."""
    return found.identity == old.identity


def still_decides(old: Trigger, story: Story) -> bool:
    """Return whether the decision of a trigger is still on record, for its rule and not before it was raised."""
    ref = cell(old.decision or {}, "decision_ref")
    on_record = [row for row in story.decisions if cell(row, "decision_ref") == ref]
    return any(cell(row, "rule") == old.rule and dated(row, "decided_on") >= old.raised_on for row in on_record)


def stands(found: Trigger, old: Trigger, story: Story) -> bool:
    """Return whether a trigger that is found is a decided one that stood before, on the same day and still decided.

    Where its decision no longer decides it, it stands although it is open again.
    """
    if not is_same(found, old):
        return False
    return not still_decides(old, story) or (found.decision is not None and found.raised_on == old.raised_on)


def after_recording(before: list[Trigger], state: State, story: Story) -> list[Trigger]:
    """Return the triggers of a case once something more has been recorded.

    Args:
        before: the triggers as they were until then.
        state: what has been recorded, and when.
        story: the case in that state.
    """
    seen = last_day_before(state.at)
    stood = [old for old in before if not old.withdrawn and not old.needs_review and old.raised_on <= seen]
    pinned = [old for old in before if old.needs_review]
    decided = [old for old in stood if old.decision]
    decided.sort(key=lambda old: old.raised_on)
    while True:
        found = plain_triggers(story, pinned)
        # As written: "a decided one stays DECIDED and is flagged for review, never changed"
        fallen = [
            old
            for old in decided
            if not any(stands(new, old, story) for new in found)
            and not any(is_same(flagged, old) for flagged in pinned)
        ]
        if not fallen:
            break
        # The earliest first: once its evidence is spent and its decision taken, a later one may stand after all.
        pinned = [*pinned, replace(fallen[0], needs_review=True)]
    pinned = [replace(old, decision=served(old, story)) for old in pinned]
    # As written: "stays listed as WITHDRAWN from then on, its reason naming what was recorded and when"
    gone = [
        replace(old, decision=None, withdrawn=state.at, joined=[item for item in old.joined if item.day <= seen])
        for old in stood
        if not any(is_same(flagged, old) for flagged in pinned)
    ]
    gone += [old for old in before if old.withdrawn]
    # As written: "What stands again, after an undo say, is OPEN again and listed once."
    return found + pinned + [old for old in gone if not any(is_same(new, old) for new in [*found, *pinned])]


def served(old: Trigger, story: Story) -> Row | None:
    """Return the decision of a flagged trigger as it is on record: its action may be served later."""
    ref = cell(old.decision or {}, "decision_ref")
    return next((row for row in story.decisions if cell(row, "decision_ref") == ref), old.decision)


def triggers_of(
    states: Sequence[State], case_ref: str, as_of: date, known_at: datetime | None = None, november: date = NOVEMBER
) -> list[Trigger]:
    """Return the triggers of a case as of a day.

    Args:
        states: the record as it has been, oldest first.
        case_ref: the case.
        as_of: the day.
        known_at: only what had been recorded by then; without it everything.
        november: the day from which version 2026-11-30 is in force.
    """
    return ([], *states_in_turn(known(states, known_at), case_ref, as_of, november).values())[-1]


def states_in_turn(
    states: Sequence[State], case_ref: str, as_of: date, november: date = NOVEMBER
) -> dict[datetime, list[Trigger]]:
    """Return the triggers of a case as of a day, as known from the instant of each state on."""
    each: dict[datetime, list[Trigger]] = {}
    found: list[Trigger] = []
    previous: Tables | None = None
    statuses: list[tuple[date, str]] = []
    for state in states:
        recorded_on = state.at.astimezone(LONDON).date()
        mine = [row for row in state.tables["cases"] if cell(row, "case_ref") == case_ref]
        statuses += [(recorded_on, cell(row, "statutory_status")) for row in mine]
        if statuses:
            if state.tables != previous:
                story = replace(story_of(state.tables, case_ref, as_of, november), statuses=list(statuses))
                found = after_recording(found, state, story)
                previous = state.tables
            each[state.at] = sorted(found, key=lambda one: (one.raised_on, one.rule, sorted(one.identity[2])))
    return each
