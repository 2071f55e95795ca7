"""What the tests of the stories ask of a database."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from evaluated_cases import evaluate_caseload
from ioms_desktop.services.cases.case_json import trigger_json
from ioms_desktop.services.cases.case_query import query_case
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.storage.store import Store
from policy_histories.exchange_columns import full_row
from services.exchange_session import put, session_at
from slow_reading.slow_recordings import LONDON

AFTERWARDS = datetime(2027, 3, 1, 9, 0, tzinfo=LONDON)


def day(text: str) -> date:
    """Return a day of 2026, written as in the stories: 4 Sep."""
    return datetime.strptime(f"{text} 2026", "%d %b %Y").replace(tzinfo=LONDON).date()


def moment(text: str) -> datetime:
    """Return a local time of 2026: 20 Aug 11:20."""
    return datetime.strptime(f"2026 {text}", "%Y %d %b %H:%M").replace(tzinfo=LONDON)


def triggers(store: Store, ref: str, as_of: date, known_at: datetime | None = None) -> list[dict[str, Any]]:
    """Return the triggers of a case as of a day, as known at an instant."""
    session = session_at(store, at=AFTERWARDS)
    return [
        trigger_json(session.policy_timeline, trigger)
        for each in evaluate_caseload(session, as_of, known_at=known_at)
        if each.case_ref == ref
        for trigger in each.triggers
    ]


def states(found: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Return the state of each trigger, by its rule and the day on which it was raised."""
    return {(each["rule"], written(each["raised_on"])): each["status"] for each in found}


def written(iso: str | None) -> str:
    """Return a date as the stories write it."""
    return "" if iso is None else f"{date.fromisoformat(iso):%-d %b}"


def figures(store: Store, ref: str, as_of: date) -> dict[str, Any]:
    """Return one case as of a day."""
    return query_case(session_at(store, at=AFTERWARDS), ref, as_of)


def clocks(found: list[dict[str, Any]]) -> list[tuple[str | None, ...]]:
    """Return rule, raised, due, status, decided, decision, step and served of triggers, days as in the stories."""
    return sorted(
        (
            each["rule"],
            *(written(each[key]) for key in ("raised_on", "decision_due")),
            each["status"],
            *(written(each["decided_on"]), each["decision"], each["step"], written(each["actioned_on"])),
        )
        for each in found
    )


def refusals(store: Store, folder: Path, **cells: str) -> str:
    """Return the words with which a decision is refused, empty where it would be taken; nothing is written."""
    row = {"decision_ref": "D-TRIED", "decision": "ESCALATE", "reason": "As the story says", **cells}
    row = {"proposed_by": "PC 2087 HOLLIS", "authorised_by": "Insp. WRIGHT", **row}
    path = put(folder, "decisions", [full_row("decisions", **row)])
    report = run_import(session_at(store, at=AFTERWARDS), path, dry_run=True)
    return " ".join(problem[4] for problem in report.rejects())
