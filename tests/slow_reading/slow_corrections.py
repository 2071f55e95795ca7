"""Corrected and deleted evidence: what is withdrawn, what is flagged for review."""

from collections.abc import Sequence
from datetime import date

from slow_reading.slow_rows import Row, Tables, cell, story_of
from slow_reading.slow_triggers import Trigger, plain_triggers

Evidence = tuple[str, str]


def evidence_rows(tables: Tables) -> dict[Evidence, Row]:
    """Return every row that may be evidence, by its kind and reference."""
    rows: dict[Evidence, Row] = {}
    for row in tables.get("contacts", []):
        rows["contact", cell(row, "contact_ref")] = row
    for row in tables.get("offers", []):
        rows["offer", cell(row, "offer_ref")] = row
    for row in tables.get("concerns", []):
        rows["concern", cell(row, "concern_ref")] = row
    for row in tables.get("ratings", []):
        if cell(row, "role") == "NAVIGATOR":
            rows["rating", f"{cell(row, 'case_ref')}/{cell(row, 'week_commencing')}"] = row
    for row in tables.get("notifications", []):
        if cell(row, "outcome").startswith("DELIVERED_"):
            rows["notification", cell(row, "case_ref")] = row
    return rows


def corrected_evidence(before: Tables, after: Tables) -> set[Evidence]:
    """Return what was changed or deleted between two states."""
    old, new = evidence_rows(before), evidence_rows(after)
    return {known for known, row in old.items() if new.get(known) != row}


def stands(trigger: Trigger, now: Sequence[Trigger]) -> bool:
    """Return whether a trigger of a previous state is still raised, and if it was decided, by the same decision."""
    for other in now:
        if other.identity == trigger.identity:
            if trigger.decision is None:
                return True
            return other.decision is not None and _same(other.decision, trigger.decision)
    return False


def _same(left: Row, right: Row) -> bool:
    return cell(left, "decision_ref") == cell(right, "decision_ref")


def after_correction(
    before: list[Trigger], corrected: set[Evidence], now: Tables, ref: str, day: date
) -> list[Trigger]:
    """Return the triggers of a case once some evidence has been corrected."""
    story = story_of(now, ref, day)
    withdrawn = [old for old in before if old.withdrawn]
    pinned = [old for old in before if old.needs_review]
    current = {cell(row, "decision_ref"): row for row in story.decisions}
    rest = [old for old in before if not old.withdrawn and not old.needs_review]
    # What only joined can fall away without changing what completed the trigger.
    touched = [old for old in rest if corrected & {(item.kind, item.ref) for item in old.first}]
    while True:
        found = plain_triggers(story, pinned)
        # As written: "a decided one stays DECIDED and is flagged for review, never changed"
        fallen = [old for old in touched if old.decision and not old.needs_review and not stands(old, found)]
        if not fallen:
            break
        for old in fallen:
            old.needs_review = True
        pinned += fallen
    for old in touched:
        # As written: "an open trigger whose evidence no longer suffices is withdrawn, with the reason, and stays
        # listed as WITHDRAWN at every as-of date from `raised_on`"
        if old.decision is None and not stands(old, found):
            old.withdrawn = True
            withdrawn.append(old)
    for old in pinned:
        # The action of a decision may be served after the correction.
        if old.decision is not None:
            old.decision = current.get(cell(old.decision, "decision_ref"), old.decision)
    known = {old.identity for old in found}
    return found + pinned + [old for old in withdrawn if old.identity not in known]


def triggers_of(states: Sequence[Tables], case_ref: str, as_of: date) -> list[Trigger]:
    """Return the triggers of a case as of a day.

    Args:
        states: the tables as they have been, oldest first; the last is current.
        case_ref: the case.
        as_of: the day.
    """
    found: list[Trigger] = []
    for number, state in enumerate(states):
        if not any(cell(row, "case_ref") == case_ref for row in state["cases"]):
            continue
        if number == 0 or not found:
            found = plain_triggers(story_of(state, case_ref, as_of))
        else:
            found = after_correction(found, corrected_evidence(states[number - 1], state), state, case_ref, as_of)
    return sorted(found, key=lambda one: (one.raised_on, one.rule, sorted(one.identity[2])))
