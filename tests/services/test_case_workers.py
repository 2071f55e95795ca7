"""Who works on a case over time: history and column agree after anything; not everybody says who takes over."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import (
    AlreadyDone,
    DatesOutOfOrder,
    FutureDate,
    InvalidRecord,
    MissingReason,
    MissingValue,
    NotAllowed,
    NothingToDo,
    Refused,
    Stale,
    UnknownCode,
)
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.workers.case_workers import CASE_COLUMNS, CaseWorker
from ioms_desktop.services.accounts.display_names import refresh_names
from ioms_desktop.services.cases.undo import UndoAct, undo_act
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.services.workers.assigning import AssignWorker, WorkerDetails, assign_worker
from ioms_desktop.services.workers.caseloads import (
    HandOver,
    describe_held_roles,
    hand_over_caseload,
    list_held_roles,
    list_known_workers,
)
from ioms_desktop.storage import users
from ioms_desktop.storage.store import Store
from keys import opened
from owed import list_owed_work
from sessions import TODAY, Clock, fill, request, session_of

IOM, PHOENIX = "IOM-1", "PHX-1"
ROLES = st.sampled_from([*CASE_COLUMNS, "NEIGHBOURHOOD_OFFICER"])
NAMES = st.sampled_from(["PC 1 A", "PC 2 B", "C. SHAH"])


@pytest.fixture
def store(location: str) -> Iterator[Store]:
    store = opened(location)
    fill(store)
    yield store
    store.close()


@pytest.fixture
def holt(store: Store) -> Session:
    """A co-ordinator."""
    return session_of(store, "holt", Role.COORDINATOR, Clock())


def assigned(
    session: Session, role: str, name: str, *, ref: str = IOM, on: date = TODAY, reason: str = "leave", **more: str
) -> Outcome:
    worker = WorkerDetails(name=name, **more)
    entry = AssignWorker(request=request(), case_ref=ref, worker_role=role, worker=worker, on=on, reason=reason)
    return assign_worker(session, entry)


def terms(store: Store, ref: str = IOM, role: str = "POLICE_OM") -> list[tuple[str, date | None, date | None]]:
    with store.read() as reading:
        held = [each for each in reading.list_records(CaseWorker, case_ref=ref) if each.worker_role == role]
    return [(each.worker, each.started_on, each.ended_on) for each in sorted(held, key=lambda each: each.id)]


def case_of(store: Store, ref: str = IOM) -> Case:
    with store.read() as reading:
        return reading.get(Case, ref)


def disagreements(store: Store) -> list[str]:
    """Name the cases of which column and history say different things."""
    with store.read() as reading:
        held = {
            (each.case_ref, each.worker_role): each.worker
            for each in reading.list_records(CaseWorker)
            if each.is_current
        }
        return [
            f"{case.case_ref} {column}: {getattr(case, column)} {held.get((case.case_ref, role))}"
            for case in reading.list_records(Case)
            for role, column in CASE_COLUMNS.items()
            if getattr(case, column) != held.get((case.case_ref, role))
        ]


def test_whoever_a_case_names_is_the_first_holder_and_whoever_takes_over_the_next(holt: Session) -> None:
    store = holt.store
    assert terms(store) == [("adeyemi", None, None)], "from a day that nobody said"
    monday = TODAY - timedelta(days=3)
    done = assigned(holt, "POLICE_OM", "PC 2087 HOLLIS", on=monday, agency="LEICESTERSHIRE_POLICE", phone="0116 1")
    assert done.notice == "Police OM from 12 Oct 2026: PC 2087 HOLLIS in place of adeyemi."
    assert terms(store) == [("adeyemi", None, monday), ("PC 2087 HOLLIS", monday, None)]
    assert case_of(store).police_om == "PC 2087 HOLLIS"
    assigned(holt, "NEIGHBOURHOOD_OFFICER", "PC 3 RAI", reason="")
    assert [row[0] for row in terms(store, role="NEIGHBOURHOOD_OFFICER")] == ["PC 3 RAI"]
    assigned(holt, "POLICE_OM", "")
    assert case_of(store).police_om is None, "nobody took over"
    assert disagreements(store) == []


def test_a_role_goes_on_after_a_former_holder_was_taken_out_as_entered_in_error(holt: Session) -> None:
    store = holt.store
    assigned(holt, "POLICE_OM", "PC 2087 HOLLIS")
    for last in ("PC 3 RAI", "PC 4 LEE"):
        with store.begin(holt.command_context()) as tx:
            tx.strike_out(_held(store, "POLICE_OM")[0], "of another case")
        if last == "PC 3 RAI":
            with store.begin(holt.command_context(), "import") as tx:
                tx.save(replace(tx.get(Case, IOM), police_om=last))
        else:
            assigned(holt, "POLICE_OM", last)
        assert (terms(store)[-1][0], case_of(store).police_om) == (last, last)
    assert disagreements(store) == []


def test_an_assignment_is_undone_with_what_it_ended(holt: Session) -> None:
    store = holt.store
    for role, before in (("POLICE_OM", "adeyemi"), ("SOCIAL_WORKER", None)):
        done = assigned(holt, role, "PC 2087 HOLLIS")
        assert done.undo is not None
        undone = undo_act(holt, UndoAct(request=request(), case_ref=IOM, done=done.undo))
        assert undone.notice.startswith("Undone.")
        assert getattr(case_of(store), CASE_COLUMNS[role]) == before
    assert terms(store) == [("adeyemi", None, None)]
    done = assigned(holt, "POLICE_OM", "PC 2087 HOLLIS")
    assigned(holt, "POLICE_OM", "PC 3 RAI")
    assert done.undo is not None
    with pytest.raises(Stale):
        undo_act(holt, UndoAct(request=request(), case_ref=IOM, done=done.undo))
    assert disagreements(store) == []


def test_what_is_missing_or_wrong_is_said_beside_its_field_and_changes_nothing(holt: Session) -> None:
    officer = replace(holt, user="adeyemi", role=Role.OFFICER)
    wrong: list[tuple[Session, dict[str, object], type[Refused], str]] = [
        (holt, {"role": "POLICE_OM", "name": "X", "reason": " "}, MissingReason, "reason"),
        (holt, {"role": "NAVIGATOR", "name": " "}, MissingValue, "worker"),
        (holt, {"role": "HEAD", "name": "X"}, UnknownCode, "worker_role"),
        (holt, {"role": "POLICE_OM", "name": "X", "on": TODAY + timedelta(days=1)}, FutureDate, "on"),
        (holt, {"role": "POLICE_OM", "name": "Adeyemi"}, AlreadyDone, ""),
        (officer, {"role": "POLICE_OM", "name": "X"}, NotAllowed, ""),
    ]
    for session, said, kind, field in wrong:
        with pytest.raises(kind) as refused:
            assigned(session, **said)  # type: ignore[arg-type]  # as typed
        assert refused.value.field in {field, ""}
    assert terms(holt.store) == [("adeyemi", None, None)]
    assigned(officer, "PROBATION_PRACTITIONER", "J. SHAH", reason="")
    assert case_of(holt.store).probation_practitioner == "J. SHAH", "the first holder is anybody's to name"
    with pytest.raises(DatesOutOfOrder):
        assigned(holt, "PROBATION_PRACTITIONER", "X", on=TODAY - timedelta(days=1))


def test_a_case_without_a_worker_leaves_today_once_one_is_named(holt: Session) -> None:
    def unmanned() -> set[str | None]:
        return {line.case_ref for line in list_owed_work(holt) if line.ref == "worker"}

    assert "PHX-C" in unmanned()
    assigned(holt, "NAVIGATOR", "okoro", ref="PHX-C", reason="")
    assert "PHX-C" not in unmanned()


def test_a_leavers_caseload_passes_to_others_in_one_act_or_not_at_all(holt: Session) -> None:
    store = holt.store
    with store.begin(holt.command_context(), "names") as tx:
        users.add_user(tx, "adeyemi", Role.OFFICER, "", at=holt.clock())
        users.set_display_name(tx, "adeyemi", "PC 4411 ADEYEMI")
    refresh_names(holt)
    assigned(holt, "POLICE_OM", "PC 4411 ADEYEMI", ref=PHOENIX, reason="")
    held = list_held_roles(holt, "PC 4411 ADEYEMI")
    assert {(each.case_ref, each.worker_role) for each in held} == {(IOM, "POLICE_OM"), (PHOENIX, "POLICE_OM")}
    admin = replace(holt, user="admin", role=Role.ADMINISTRATOR)
    assert "still works on two cases" in describe_held_roles(admin, "adeyemi")
    assert {"PC 4411 ADEYEMI", "okoro"} <= set(list_known_workers(holt))
    entry = HandOver(
        request=request(),
        worker="PC 4411 ADEYEMI",
        roles=((IOM, "POLICE_OM"), (PHOENIX, "POLICE_OM")),
        takers={"POLICE_OM": WorkerDetails(name="PC 2087 HOLLIS")},
        on=TODAY,
        reason="moved to another team",
    )
    for wrong, kind in (({"roles": ()}, NothingToDo), ({"takers": {}}, MissingValue), ({"reason": ""}, MissingReason)):
        with pytest.raises(kind):
            hand_over_caseload(holt, replace(entry, request=request(), **wrong))

    def stop_at_the_second(done: int, _total: int, _step: str = "", /) -> None:
        if done > 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        hand_over_caseload(holt, replace(entry, request=request()), progress=stop_at_the_second)
    assert len(list_held_roles(holt, "adeyemi")) == 2, "stopped, nothing of it is left"
    colleague = assigned(holt, "POLICE_OM", "PC 3 RAI", ref=PHOENIX)
    with pytest.raises(Stale, match=f"PC 4411 ADEYEMI is no longer Police OM of {PHOENIX}"):
        hand_over_caseload(holt, replace(entry, request=request()))
    assert [case_of(store, ref).police_om for ref in (IOM, PHOENIX)] == ["adeyemi", "PC 3 RAI"]
    assert colleague.undo is not None
    undo_act(holt, UndoAct(request=request(), case_ref=PHOENIX, done=colleague.undo))
    done = hand_over_caseload(holt, entry)
    assert done.notice == "Two cases of PC 4411 ADEYEMI handed over from 15 Oct 2026."
    assert list_held_roles(holt, "adeyemi") == ()
    assert describe_held_roles(admin, "adeyemi") == ""
    assert [case_of(store, ref).police_om for ref in (IOM, PHOENIX)] == ["PC 2087 HOLLIS"] * 2
    assert done.undo is not None
    undo_act(holt, UndoAct(request=request(), case_ref=IOM, done=done.undo))
    assert len(list_held_roles(holt, "adeyemi")) == 2
    assert disagreements(store) == []


def test_whoever_a_file_names_with_rank_and_number_is_found_by_their_login(holt: Session) -> None:
    store = holt.store
    with store.begin(holt.command_context(), "import") as tx:
        tx.save(replace(tx.get(Case, IOM), police_om="PC 5120 SMITH", probation_practitioner="J. GOLDSMITH"))
    (held,) = list_held_roles(holt, "smith")
    assert (held.case_ref, held.worker_role) == (IOM, "POLICE_OM")
    assert "one case" in describe_held_roles(replace(holt, user="admin", role=Role.ADMINISTRATOR), "smith")
    entry = HandOver(
        request=request(),
        worker="smith",
        roles=((IOM, "POLICE_OM"),),
        takers={"POLICE_OM": WorkerDetails(name="PC 2087 HOLLIS")},
        on=TODAY,
        reason="left",
    )
    hand_over_caseload(holt, entry)
    assert list_held_roles(holt, "smith") == ()
    with store.begin(holt.command_context(), "change") as tx:  # the same name, but known to be somebody else
        tx.save(replace(_held(store, "POLICE_OM")[-1], worker="PC 9 SMITH", user_name="smith2"))
    assert list_held_roles(holt, "smith") == ()


ACTS = st.one_of(
    st.tuples(st.just("assign"), ROLES, NAMES | st.just("")),
    st.tuples(st.just("column"), st.sampled_from(sorted(CASE_COLUMNS)), NAMES | st.none()),
    st.tuples(st.just("undo"), ROLES, NAMES),
    st.tuples(st.just("rename"), ROLES, NAMES),
    st.tuples(st.just("second"), ROLES, NAMES),
    st.tuples(st.just("out"), ROLES, NAMES),
)


def test_column_and_history_agree_after_any_sequence(store: Store) -> None:
    session = session_of(store, "wright", Role.SUPERVISOR, Clock())
    numbers = count()

    @settings(max_examples=12, suppress_health_check=list(HealthCheck), deadline=None)
    @given(st.lists(ACTS, min_size=2, max_size=9))
    def tried(acts: list[tuple[str, str, str | None]]) -> None:
        for act, role, name in acts:
            _try(session, act, role, name, next(numbers))
            assert disagreements(store) == []
            for each in [*CASE_COLUMNS, "NEIGHBOURHOOD_OFFICER"]:
                assert sum(ended is None for _, _, ended in terms(store, role=each)) <= 1

    tried()
    assert any(row[2] for role in CASE_COLUMNS for row in terms(store, role=role)), "the control: somebody took over"


def _try(session: Session, act: str, role: str, name: str | None, number: int) -> None:
    """Do one act, by a command or as an import would; what is refused changes nothing."""
    store = session.store
    context = session.command_context()
    current = next((each for each in _held(store, role) if each.is_current), None)
    try:
        if act == "assign":
            assigned(session, role, name or "")
        elif act == "undo":
            done = assigned(session, role, name or "")
            if done.undo is not None:
                undo_act(session, UndoAct(request=request(), case_ref=IOM, done=done.undo))
        elif act == "column":
            with store.begin(context, "import") as tx:
                case = tx.get(Case, IOM)
                if getattr(case, CASE_COLUMNS[role]) != name:
                    said: dict[str, Any] = {CASE_COLUMNS[role]: name}
                    tx.save(replace(case, **said))
        elif act == "rename" and current is not None and name is not None:
            with store.begin(context, "change") as tx:
                tx.save(replace(current, worker=name))
        elif act == "out" and current is not None:
            with store.begin(context, "strike_out") as tx:
                tx.strike_out(_held(store, role)[0], "of another case")
        elif act == "second" and name is not None:
            with store.begin(context, "import") as tx:
                ref = f"X-{number}"
                tx.add(CaseWorker(case_worker_ref=ref, case_ref=IOM, worker_role=role, worker=name))
    except (AlreadyDone, InvalidRecord, MissingValue):
        pass


def _held(store: Store, role: str) -> list[CaseWorker]:
    with store.read() as reading:
        return [each for each in reading.list_records(CaseWorker, case_ref=IOM) if each.worker_role == role]
