"""The caseload counts contacts as the rules do: under the version of each day, and for RED in person."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.services.cases.case_lists import case_ids, case_rows
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.timelines import build_timeline
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from services.exchange_session import iom, person, put, session_at, taken

SEEN = (
    ("2026-11-23", "OFFICE"),
    ("2026-11-27", "TEXT"),
    ("2026-12-02", "PHONE"),
    ("2026-12-03", "THIRD_PARTY"),
    ("2026-12-04", "TEXT"),
)
STARTED = {"adopted_on": "2026-09-07", "referred_on": "2026-09-01"}


@pytest.mark.parametrize(
    ("today", "rag", "last", "due"),
    [
        ("2026-11-29", "RED", "2026-11-27", date(2026, 12, 4)),
        ("2026-12-05", "RED", "2026-12-02", date(2026, 11, 30)),
        ("2026-12-05", "AMBER", "2026-12-02", date(2026, 12, 16)),
    ],
)
def test_a_row_says_when_somebody_was_last_seen_and_when_the_next_contact_is_due(
    store: Store, tmp_path: Path, today: str, rag: str, last: str, due: date
) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom(**STARTED)])
    put(tmp_path, "rag", [{"case_ref": "C2", "set_on": "2026-09-07", "rag": rag, "reason": "Index offence"}])
    contacts = [
        {
            "contact_ref": f"K{on}",
            "case_ref": "C2",
            "occurred_at": on,
            "planned": "no",
            "contact_type": kind,
            "outcome": "SEEN",
            "minutes": "10",
        }
        for on, kind in SEEN
        if on <= today
    ]
    put(tmp_path, "contacts", contacts)
    session = session_at(store, at=datetime.fromisoformat(f"{today}T12:00").replace(tzinfo=UTC))
    taken(session, tmp_path)
    (row,) = case_rows(session, case_ids(session, ListQuery(sort="last_contact")))
    view = open_case(session, "C2")
    assert row.last_contact == date.fromisoformat(last)
    assert row.next_due == view.contact_due == due
    marks = {mark.ref: str(mark.came) for mark in build_timeline(view, session.lists).contacts}
    assert {ref for ref, came in marks.items() if came == "seen"} == view.completed
    assert ("K2026-12-04" in view.completed) is False
    with store.begin(session.command_context()) as tx:
        tx.add(Action(action_ref="A1", case_ref="C2", text="Ring", owner="adeyemi", due_on=date(2026, 11, 1)))
    assert next_due(session) == date(2026, 11, 1)
    with store.begin(session.command_context()) as tx:
        tx.save(replace(tx.get(Case, "C2"), status="COMPLETED", closed_on=session.today()))
    assert next_due(session) is None, "nothing is due in a closed case, whatever was left open in it"


def next_due(session: Session) -> date | None:
    (row,) = case_rows(session, case_ids(session, ListQuery()))
    return row.next_due
