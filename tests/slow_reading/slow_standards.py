"""IOM standards and the suggestion of a de-escalation."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from slow_reading.slow_days import (
    STEPS,
    at_liberty,
    each_day,
    is_completed,
    is_in_person,
    is_missed,
    liberty_days_after,
    rag_on,
    working_days_after,
)
from slow_reading.slow_rows import Row, Story, cell, dated, when

LIBERTY_STANDARD = {"RED": 7, "AMBER": 14, "GREEN": 28}


def current_step(story: Story) -> str:
    """Return the current step."""
    # As written: "The current step is the step of the latest ESCALATE or DE_ESCALATE; before one, and where a
    # DE_ESCALATE names none, L0."
    decision = latest_move(story)
    return (cell(decision, "step") or "L0") if decision else "L0"


def latest_move(story: Story) -> Row | None:
    """Return the latest ESCALATE or DE_ESCALATE."""
    moves = [row for row in story.decisions if cell(row, "decision") in ("ESCALATE", "DE_ESCALATE")]
    return moves[-1] if moves else None


def suggestions(story: Story) -> list[dict[str, Any]]:
    """Return what is suggested on the as-of day, nothing for a case that is closed."""
    found: list[dict[str, Any]] = []
    if when(story.case, "closed_on") is not None:
        return found
    if suggests_safeguarding(story):
        found.append({"kind": "PARALLEL", "reason": None})
    if suggests_de_escalation(story):
        found.append({"kind": "DE_ESCALATE", "reason": None})
    return found


def suggests_safeguarding(story: Story) -> bool:
    """Return whether safeguarding is suggested for somebody who was missing."""
    # As written, of version 2026-11-30: "a missing person is a safeguarding matter: PARALLEL is suggested"
    # As written: "A CONTROL-arm case may carry a notification date and concerns; it raises nothing"
    if cell(story.case, "trial_arm") == "CONTROL" or not story.newly(story.as_of) or not story.holds(story.as_of):
        return False
    missing = [dated(row, "occurred_on") for row in story.concerns if cell(row, "concern_type") == "MISSING"]
    since = max([day for day in missing if story.holds(day)], default=None)
    return since is not None and not any(
        cell(row, "step") == "PARALLEL" and dated(row, "decided_on") >= since for row in story.decisions
    )


def suggests_de_escalation(story: Story) -> bool:
    """Return whether a de-escalation is suggested."""
    move = latest_move(story)
    # As written: "De-escalation is suggested when the current step is above L0"
    if move is None or current_step(story) not in STEPS[1:] or not story.holds(story.as_of):
        return False
    # As written: "28 days at liberty have passed since the last concern and the last missed contact"
    troubles = [dated(row, "occurred_on") for row in story.concerns]
    troubles += [dated(row, "occurred_at") for row in story.contacts if is_missed(story, row)]
    troubles = [day for day in troubles if story.holds(day)]
    # As written: "without any concern or missed contact the 28 days run from the decision"
    since = max(troubles) if troubles else dated(move, "decided_on")
    return liberty_days_after(story, since) >= 28 and engages(story)


def engages(story: Story) -> bool:
    """Return whether the latest two ratings, or contacts, speak for a de-escalation."""
    if story.programme == "IOM":
        # As written: "IOM: the last two contacts were completed; cancelled ones left out"
        contacts = [
            row
            for row in story.contacts
            if story.holds(dated(row, "occurred_at"))
            and cell(row, "outcome") not in ("CANCELLED_BY_US", "CANCELLED_BY_PERSON_ACCEPTABLE")
        ]
        return len(contacts) >= 2 and all(is_completed(story, row) for row in contacts[-2:])
    # As written: "the latest two weekly ratings are 4 or 5"
    ratings = [
        row
        for row in story.ratings
        if cell(row, "role") == "NAVIGATOR"
        and story.holds(dated(row, "rated_on"))
        and at_liberty(story, dated(row, "rated_on"))
    ]
    return len(ratings) >= 2 and all(cell(row, "level") in ("4", "5") for row in ratings[-2:])


def overdue(story: Story) -> list[dict[str, Any]]:
    """Return the standards that are overdue on the as-of day."""
    # As written: "Closed and PHOENIX cases have none."
    if story.programme != "IOM" or story.start is None or when(story.case, "closed_on") is not None:
        return []
    found = {
        "CONTACT": contact_overdue(story, story.start),
        "RAG_REVIEW": review_overdue(story),
        "NOTICE": notice_overdue(story, story.start),
        "RELEASE_PLAN": plan_overdue(story),
    }
    return [
        {"standard": standard, "due_on": due.isoformat(), "explanation": None}
        for standard, due in found.items()
        if due is not None
    ]


def months_before(day: date, months: int) -> date:
    """Return the day some calendar months before, the last of its month where there is no such day."""
    month = day.year * 12 + day.month - 1 - months
    year, index = divmod(month, 12)
    return date(year, index + 1, min(day.day, monthrange(year, index + 1)[1]))


def contact_overdue(story: Story, adopted: date) -> date | None:
    """Return the day a contact was due, if it is overdue."""
    # As written: "Contact is overdue when the days at liberty since the last completed contact (in custody too; before
    # the first: since adoption) exceed the standard of the RAG on the as-of date: RED 7, AMBER 14, GREEN 28; BLUE 90
    # calendar days (31 from `expected_release_on` minus three calendar months)."
    entry = rag_on(story, story.as_of)
    if entry is None:
        return None
    completed = [row for row in story.contacts if is_completed(story, row)]
    if story.newly(story.as_of) and cell(entry, "rag") == "RED":
        # As written, of version 2026-11-30: "The RED standard runs from the last completed contact in person, whatever
        # its date (before one, from adoption)."
        completed = [row for row in completed if is_in_person(row)]
    seen = [dated(row, "occurred_at") for row in completed]
    last = max([day for day in seen if story.holds(day)], default=adopted)
    if cell(entry, "rag") == "BLUE":
        release = when(story.case, "expected_release_on")
        near = release is not None and story.as_of >= months_before(release, 3)
        due = last + timedelta(days=31 if near else 90)
        return due if story.as_of > due else None
    standard = LIBERTY_STANDARD[cell(entry, "rag")]
    passed = 0
    due_on: date | None = None
    for day in each_day(last + timedelta(days=1), story.as_of):
        if at_liberty(story, day):
            passed += 1
            if passed == standard:
                due_on = day
    return due_on if passed > standard else None


def review_overdue(story: Story) -> date | None:
    """Return the day a RAG review was due, if it is overdue."""
    # As written: "the next is due 35 days after the latest, or 2 working days after an arrest dated after it,
    # whichever is first; overdue from the day after"
    entry = rag_on(story, story.as_of)
    if entry is None:
        return None
    latest = dated(entry, "set_on")
    due = latest + timedelta(days=35)
    for concern in story.concerns:
        if cell(concern, "concern_type") == "ARREST" and dated(concern, "occurred_on") > latest:
            due = min(due, working_days_after(dated(concern, "occurred_on"), 2))
    return due if story.as_of > due else None


def notice_overdue(story: Story, adopted: date) -> date | None:
    """Return the day the notice was due, if it is overdue."""
    # As written: "The notice to the person (`notice_served_on`) is due 14 days after adoption."
    due = adopted + timedelta(days=14)
    return due if when(story.case, "notice_served_on") is None and story.as_of > due else None


def plan_overdue(story: Story) -> date | None:
    """Return the day from which a release plan was needed, if there is none."""
    # As written: "A release within 28 days needs a plan (`release_plan_on`)."
    release = when(story.case, "expected_release_on")
    if release is None or when(story.case, "release_plan_on") is not None:
        return None
    due = release - timedelta(days=28)
    return due if due <= story.as_of <= release else None
