"""What a server keeps of the workers of a case by itself, also against raw SQL; and that being named opens nothing."""

# ruff: noqa: S608 - statements of our own names
from dataclasses import replace

import psycopg
import pytest

from ioms_desktop.domain.errors import CaseNotFound, NotAllowed
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.services.access.case_access_admin import ChangeCaseAccess, exclude_user
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.undo import UndoAct, undo_act
from ioms_desktop.services.workers.assigning import AssignWorker, WorkerDetails, assign_worker
from ioms_desktop.services.workers.caseloads import HandOver, describe_held_roles, hand_over_caseload
from sessions import TODAY, request
from shared_people import Office, login_of

NEW = (
    "INSERT INTO case_workers (case_worker_ref, case_ref, worker_role, worker, ended_on, revision, recorded_at, "
    "recorded_by) VALUES ('CW-{0}', '{1}', '{2}', '{3}', {4}, 1, now(), 'x')"
)
TAKEN = NEW.format(1, "IOM-1", "POLICE_OM", "PC 9 X", "NULL")
VACANT = NEW.format(2, "IOM-1", "NEIGHBOURHOOD_OFFICER", "PC 9 X", "NULL")
NAMED = "UPDATE cases SET police_om = 'PC 9 X', revision = revision + 1 WHERE case_ref = 'IOM-1'"
FILLED = "UPDATE cases SET social_worker = 'PC 9 X', revision = revision + 1 WHERE case_ref = 'IOM-1'"
HOLDER = "id IN (SELECT id FROM read_case_workers() WHERE worker_role = 'POLICE_OM')"
ENDED = f"UPDATE case_workers SET ended_on = '2026-10-15', revision = revision + 1 WHERE {HOLDER}"
SOCIAL = NEW.format(3, "IOM-1", "SOCIAL_WORKER", "PC 9 X", "NULL")
MOVED = f"UPDATE case_workers SET case_ref = 'PHX-1', revision = revision + 1 WHERE {HOLDER}"
REFUSED = {
    "a role that somebody holds is taken": ("officer", [TAKEN]),
    "a column that names somebody is written over": ("officer", [NAMED]),
    "a holder is ended": ("officer", [ENDED]),
    "somebody former is made up": ("officer", [NEW.format(4, "IOM-1", "NAVIGATOR", "X", "'2026-10-01'")]),
    "a column alone is written": ("supervisor", [NAMED]),
    "an empty column alone is filled": ("officer", [FILLED]),
    "a history alone is written": ("supervisor", [ENDED]),
    "a second holder is added": ("coordinator", [TAKEN]),
    "a holder is moved to another case": ("supervisor", [MOVED]),
    "an analyst names somebody": ("analyst", [VACANT]),
    "a partner names somebody": ("partner", [VACANT]),
}
TAKEN_IN = {
    "officer": [SOCIAL, FILLED],
    "supervisor": [ENDED, TAKEN, NAMED],
    "coordinator": [ENDED, TAKEN, NAMED],
    "navigator": [NEW.format(5, "PHX-1", "NEIGHBOURHOOD_OFFICER", "PC 9 X", "NULL")],
}
BACK = [
    "DELETE FROM case_workers WHERE case_worker_ref = 'CW-1'",
    "UPDATE case_workers SET ended_on = NULL, revision = revision + 1 WHERE worker_role = 'POLICE_OM'",
    "UPDATE cases SET police_om = 'adeyemi', revision = revision + 1 WHERE case_ref = 'IOM-1'",
]
"""The controls: the same statements together, by whoever may."""


def run(office: Office, role: str, statements: list[str]) -> int:
    """Run statements in one transaction with a person's own login, and say how many rows they wrote."""
    done = 0
    with office.raw(role) as connection:
        for ref in ("IOM-1", "PHX-1"):
            connection.execute(f"SELECT open_case('{ref}', 'CASE_WORK')".encode())
        with connection.transaction():
            for statement in statements:
                done += connection.execute(statement.encode()).rowcount
    return done


def test_nobody_writes_workers_by_hand_but_as_the_program_would(office: Office) -> None:
    for words, (role, statements) in REFUSED.items():
        try:
            assert run(office, role, statements) == 0, words
        except psycopg.errors.InsufficientPrivilege:
            continue
    for role, statements in TAKEN_IN.items():
        assert run(office, role, statements) == len(statements), role
        if role == "supervisor":  # so that the co-ordinator finds the role held as well
            with office.owner() as owner:
                for statement in BACK:
                    owner.execute(statement.encode())


def test_a_coordinator_says_who_takes_over_on_the_server_and_an_officer_names_the_first(office: Office) -> None:
    coordinator, officer = office.session("coordinator"), office.session("officer")
    entry = AssignWorker(
        request=request(),
        case_ref="IOM-1",
        worker_role="POLICE_OM",
        worker=WorkerDetails(name="PC 2087 HOLLIS", phone="0116 1"),
        on=TODAY,
        reason="leave",
    )
    with pytest.raises(NotAllowed):
        assign_worker(officer, entry)
    done = assign_worker(coordinator, entry).undo
    assert done is not None
    assert undo_act(coordinator, UndoAct(request=request(), case_ref="IOM-1", done=done)).notice == "Undone."
    assign_worker(coordinator, replace(entry, request=request()))
    first = AssignWorker(
        request=request(), case_ref="IOM-1", worker_role="NAVIGATOR", worker=WorkerDetails(name="N. OKORO"), on=TODAY
    )
    assign_worker(officer, first)
    handed = HandOver(
        request=request(),
        worker="PC 2087 HOLLIS",
        roles=(("IOM-1", "POLICE_OM"),),
        takers={"POLICE_OM": WorkerDetails(name="PC 3 RAI")},
        on=TODAY,
        reason="left",
    )
    admin = office.session("administrator")
    assert describe_held_roles(admin, "PC 2087 HOLLIS").startswith("PC 2087 HOLLIS still works on one case;")
    found = [bool(describe_held_roles(admin, name)) for name in ("hollis", "2087 Hollis", "ollis", " ", "adeyemi")]
    assert found == [True, True, False, False, False], "with rank and number, by whole words"
    hand_over_caseload(coordinator, replace(handed, worker="hollis"))
    assert describe_held_roles(admin, "PC 2087 HOLLIS") == ""
    with officer.store.read() as reading:
        reading.open_case("IOM-1", "CASE_WORK", "test")
        case = reading.get(Case, "IOM-1")
        held = {each.worker for each in reading.list_records(CaseWorker, case_ref="IOM-1") if each.is_current}
    assert (case.police_om, case.navigator) == ("PC 3 RAI", "N. OKORO")
    assert held == {"PC 3 RAI", "N. OKORO"}
    with officer.store.read(facts_only=True) as reading:
        known = [each for each in reading.list_records(CaseWorker) if each.worker == "PC 2087 HOLLIS"]
    assert [(each.user_name, each.phone, each.change_reason) for each in known] == [(None, None, None)]


def test_to_be_named_as_a_worker_opens_no_case_to_anybody(office: Office) -> None:
    supervisor = office.session("supervisor")
    for ref, name in (("IOM-1", login_of("navigator")), ("PHX-1", login_of("officer"))):
        entry = AssignWorker(
            request=request(),
            case_ref=ref,
            worker_role="NEIGHBOURHOOD_OFFICER",
            worker=WorkerDetails(name=name),
            on=TODAY,
        )
        assign_worker(supervisor, entry)
    assert open_case(office.session("officer"), "PHX-1").case.case_ref == "PHX-1", "the control"
    exclude_user(
        supervisor, ChangeCaseAccess(request=request(), case_ref="PHX-1", name=login_of("officer"), message="no")
    )
    for role, ref in (("navigator", "IOM-1"), ("officer", "PHX-1")):
        with pytest.raises(CaseNotFound):
            open_case(office.session(role), ref)
