"""A case as of an earlier day: the same on screen, on paper and for programs, whoever asks and on both databases."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from ioms_desktop.domain.errors import Missing
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.services.cases.case_query import query_case
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.printing.summary_header import programme, responsible
from ioms_desktop.services.session import Session
from ioms_desktop.services.workers.assigning import AssignWorker, WorkerDetails, assign_worker
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from ioms_desktop.ui.cases.header_facts import about_facts
from services.exchange_session import iom, person, put, session_at, taken
from shared_people import Office


def on_day(day: int) -> datetime:
    return datetime(2026, 11, day, 9, tzinfo=UTC)


def changed(store: Store, day: int, **values: Any) -> Session:  # noqa: ANN401 - of the case's columns
    """Save a case with other values on a day, and return a session of that day."""
    session = session_at(store, at=on_day(day))
    with session.store.begin(session.command_context(reason_code="CASE_WORK"), "change") as tx:
        (case,) = tx.list_records(Case, case_ref="C2")
        tx.save(replace(case, **values))
    return session


def test_a_day_to_come_is_not_shown_as_of_today_either(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person(date_of_birth="1994-02-14")])
    put(tmp_path, "cases", [iom()])
    taken(session_at(store, at=on_day(2)), tmp_path)
    session = changed(store, 4, release_plan_on=date(2026, 11, 5))
    given = Action(action_ref="A1", case_ref="C2", text="t", owner="HOLT", due_on=date(2026, 11, 30))
    with session.store.begin(session.command_context(), "end") as tx:
        tx.add(replace(given, done_on=date(2026, 11, 5), outcome="rang"))
    for day, is_there in ((4, False), (5, True)):
        view = open_case(session_at(store, at=on_day(day)), "C2")
        (action,) = view.actions
        assert [each is not None for each in (view.case.release_plan_on, action.done_on, action.outcome)] == [
            is_there
        ] * 3


def test_screen_paper_and_programs_say_how_a_case_stood_on_a_day(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person(date_of_birth="1994-02-14")])
    put(tmp_path, "cases", [iom(police_om="PC ONE")])
    put(tmp_path, "rag", [{"case_ref": "C2", "set_on": "2026-11-02", "rag": "RED", "reason": "wanted"}])
    taken(session_at(store, at=on_day(2)), tmp_path)
    session = changed(store, 4, status="SUSPENDED", cohort="FLEX", release_plan_on=date(2026, 11, 4))
    for role, name in (("POLICE_OM", "PC TWO"), ("PROBATION_PRACTITIONER", "P. FIRST")):
        taker = WorkerDetails(name=name)
        assign_worker(
            session,
            AssignWorker(
                request=role, case_ref="C2", worker_role=role, worker=taker, on=date(2026, 11, 4), reason="moved"
            ),
        )
    given = Action(action_ref="A1", case_ref="C2", text="t", owner="HOLT", due_on=date(2026, 11, 30))
    with session.store.begin(session.command_context(), "give") as tx:
        tx.add(given)
    session = changed(store, 6, status="ACTIVE")
    with session.store.begin(session.command_context(), "move") as tx:
        tx.save(replace(tx.get(Action, "A1"), due_on=date(2026, 12, 9), due_moves=1))
        tx.add(replace(given, action_ref="A2"))
    session = changed(store, 9, status="DESELECTED", closed_on=date(2026, 11, 8), close_reason="SUSTAINED_REDUCTION")
    for day, stage, cohort, om, planned in (
        (3, "Active", "Fixed", "PC ONE", False),
        (5, "Suspended", "Flex", "PC TWO", True),
        (7, "Active", "Flex", "PC TWO", True),
        (8, "De-selected", "Flex", "PC TWO", True),
    ):
        view = open_case(session, "C2", as_of=date(2026, 11, day))
        about = {each.title: each.text for each in about_facts(session, view)}
        assert about["Programme"].endswith(f"{cohort} · {stage}")
        assert (about["Offender manager"], "Release plan" in about) == (om, planned)
        assert ("Closed" in about, "Why closed" in about) == (day == 8, day == 8)
        assert (view.contact_due is None, view.review_due is None) == (day == 8, day == 8)
        moves = {each.action_ref: each.due_moves for each in view.actions}
        assert moves == ({} if day == 3 else {"A1": None} if day == 5 else {"A1": 1, "A2": None})
        printed = programme(view, session.lists)
        assert (printed.status, printed.cohort) == (
            f"{stage}{', closed on 8 Nov 2026' * (day == 8)}",
            f"{cohort} cohort",
        )
        assert [each.name for each in responsible(view)] == [om, "P. FIRST"][: 1 + (day > 3)]  # it was vacant
        told = query_case(session, "C2", date(2026, 11, day))
        assert (session.lists.of("case_status").label(told["status"]), told["cohort"]) == (stage, cohort.upper())
    known = [query_case(session, "C2", date(2026, 11, 8), known_at=on_day(day))["status"] for day in (3, 5, 8, 9)]
    assert known == ["ACTIVE", "SUSPENDED", "ACTIVE", "DESELECTED"]
    with pytest.raises(Missing):
        query_case(session, "C2", date(2026, 11, 8), known_at=on_day(1))


def test_a_navigator_on_a_server_sees_the_stage_of_the_day_as_an_officer_does(office: Office) -> None:
    owner = open_store(office.location)
    for day, values in (
        (5, {"status": "PAUSED"}),
        (7, {"status": "WITHDRAWN", "closed_on": date(2026, 9, 7), "close_reason": "PARTICIPANT_CHOICE"}),
    ):
        act = CommandContext(
            request="", user="holt", role="coordinator", at=datetime(2026, 9, day, 9, tzinfo=UTC), workstation="s"
        )
        with owner.begin(act) as tx:
            tx.save(replace(tx.get(Case, "PHX-1"), **values))
    owner.close()
    for role in ("navigator", "officer"):
        session = office.session(role)
        stood = [open_case(session, "PHX-1", as_of=date(2026, 9, day)).case for day in (4, 6, 7)]
        assert [each.status for each in stood[1:]] == ["PAUSED", "WITHDRAWN"], role
        assert stood[0].status not in {"PAUSED", "WITHDRAWN"}, role
        assert [each.closed_on for each in stood] == [None, None, date(2026, 9, 7)], role
