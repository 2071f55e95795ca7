"""A participant who turns 18 moves to adult services: proposed, confirmed by another, opening nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.calendar import adult_on, age_on
from ioms_desktop.domain.duties.case_duties import TRANSITION_OPEN_REF, TRANSITION_WAITS_REF, Duty
from ioms_desktop.domain.errors import (
    AlreadyDone,
    BuiltUpon,
    DatesOutOfOrder,
    InvalidRecord,
    MissingValue,
    NeedsAnotherPerson,
    NotAllowed,
    NotOnThisProgramme,
    Refused,
    Stale,
    StepNotReady,
)
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.leaving.exits import TRANSITION, CaseExit
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.undo import UndoAct, undo_act
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.leaving.transition import (
    ConfirmTransition,
    ProposeTransition,
    confirm_transition,
    propose_transition,
)
from ioms_desktop.services.recording.corrections import StrikeOut, strike_out
from ioms_desktop.services.recording.records import ChangeRecord, change_record_by_form
from owed import list_owed_work
from raw_rows import read_row
from services.exchange_session import put
from sessions import TODAY, request
from shared_people import ANOTHER, login_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ioms_desktop.services.session import Session
    from services.access_bureau import Bureau
    from shared_people import Office

DAY = timedelta(days=1)
SAVE = "UPDATE cases SET {0}, revision = revision + 1 WHERE case_ref = 'PHX-1'"


def proposal(session: Session, ref: str = "PHX-1", **values: str) -> ProposeTransition:
    plan: dict[str, Any] = {
        "goes_to": "Turning Point, 0116 496 0330",
        "plan": "A joint visit before the birthday.",
        **values,
    }
    left = CaseExit(exit_ref="", case_ref=ref, kind=TRANSITION, left_on=TODAY, reason="18 in October", **plan)
    revision = open_case(session, ref).case.revision
    return ProposeTransition(request=request(), case_ref=ref, revision=revision, left=left)


def confirmation(session: Session) -> ConfirmTransition:
    view = open_case(session, "PHX-1")
    (seen,) = view.of(CaseExit) or (None,)
    return ConfirmTransition(request=request(), case_ref="PHX-1", revision=view.case.revision, on=TODAY, seen=seen)


def told(session: Session) -> list[tuple[str | None, str, date | None]]:
    return [(each.case_ref, each.ref, each.due_on) for each in list_owed_work(session) if each.duty is Duty.TRANSITION]


def may_open(bureau: Bureau) -> dict[tuple[str, str], bool]:
    """Say of each role and case whether the role opens it."""
    found: dict[tuple[str, str], bool] = {}
    for role in (Role.OFFICER, Role.NAVIGATOR, Role.SUPERVISOR, Role.COORDINATOR, Role.PARTNER, Role.ANALYST):
        for ref in ("PHX-1", "IOM-1", "IOM-JM"):
            try:
                open_case(bureau.session(role), ref)
            except Refused:
                found[role, ref] = False
            else:
                found[role, ref] = True
    return found


def test_the_day_somebody_is_18_is_the_first_on_which_their_age_says_so() -> None:
    for born in (date(2008, 10, 28), date(2008, 2, 29), date(2008, 3, 31), date(2008, 12, 31), date(2008, 1, 1)):
        assert (age_on(born, adult_on(born)), age_on(born, adult_on(born) - DAY)) == (18, 17), born


def test_it_is_proposed_by_one_and_confirmed_by_another_and_opens_nothing(bureau: Bureau) -> None:
    navigator, wright, another = (bureau.session(each) for each in ("navigator", "supervisor", ANOTHER))
    with bureau.keeper.begin(wright.command_context()) as tx:  # their adult case, restricted to one supervisor
        tx.add(Case(case_ref="IOM-JM", person_ref="P-JM", programme="IOM", status="REFERRED", referred_on=TODAY))
    bureau.restrict("supervisor", "IOM-JM")
    before = may_open(bureau)
    assert len(set(before.values())) == 2, "the control"
    birthday = date(2026, 10, 28)
    assert told(navigator) == [("PHX-1", TRANSITION_OPEN_REF, birthday)]
    done = propose_transition(navigator, proposal(navigator))
    assert told(wright) == [("PHX-1", TRANSITION_WAITS_REF, birthday)]
    for session, refusal in ((navigator, NotAllowed), (bureau.session("officer"), NotAllowed)):
        with pytest.raises(refusal):
            confirm_transition(session, confirmation(wright))
    assert done.undo is not None
    undo_act(navigator, UndoAct(request=request(), case_ref="PHX-1", done=done.undo))
    view = open_case(navigator, "PHX-1")
    assert (view.case.transition_proposed_by, view.of(CaseExit)) == (None, ())
    with pytest.raises(StepNotReady):
        confirm_transition(wright, confirmation(wright))
    propose_transition(wright, proposal(wright))
    with pytest.raises(NeedsAnotherPerson):
        confirm_transition(wright, confirmation(wright))
    early = replace(confirmation(another), on=TODAY - DAY)
    with pytest.raises(DatesOutOfOrder) as refused:
        confirm_transition(another, early)
    assert refused.value.field == "on"
    (seen,) = open_case(another, "PHX-1").of(CaseExit)
    other = ChangeRecord(request="", case_ref="PHX-1", record=replace(seen, plan="None."), revision=seen.revision)
    change_record_by_form(replace(navigator, change_reason="it fell through"), other)
    with pytest.raises(Stale, match="changed the plan since you read it"):
        confirm_transition(another, replace(confirmation(another), seen=seen))
    confirm_transition(another, confirmation(another))
    view = open_case(navigator, "PHX-1")
    assert (view.case.transition_confirmed_by, view.case.transition_confirmed_on) == (login_of(ANOTHER), TODAY)
    assert view.case.status == "ENGAGED"
    assert told(navigator) == []
    (seen,) = view.of(CaseExit)
    other = ChangeRecord(request="", case_ref="PHX-1", record=replace(seen, plan=""), revision=seen.revision)
    with pytest.raises(InvalidRecord, match="only a supervisor can change it now"):
        change_record_by_form(replace(navigator, change_reason="no money"), other)
    change_record_by_form(replace(another, change_reason="a name too many"), other)
    with pytest.raises(AlreadyDone):
        propose_transition(navigator, proposal(navigator))
    assert may_open(bureau) == before


def test_who_proposes_again_changes_their_own_proposal_and_nobody_elses(bureau: Bureau) -> None:
    navigator, wright = bureau.session("navigator"), bureau.session("supervisor")
    propose_transition(wright, proposal(wright, plan="Nothing yet."))
    again = propose_transition(wright, proposal(wright, plan="A visit in June."))
    assert [each.plan for each in open_case(wright, "PHX-1").of(CaseExit)] == ["A visit in June."]
    assert again.undo is not None
    undo_act(wright, UndoAct(request=request(), case_ref="PHX-1", done=again.undo))
    assert [each.plan for each in open_case(wright, "PHX-1").of(CaseExit)] == ["Nothing yet."]
    with pytest.raises(AlreadyDone, match="proposed it on 15 Oct 2026"):
        propose_transition(navigator, proposal(navigator))
    (plan,) = open_case(wright, "PHX-1").of(CaseExit)
    entry = StrikeOut(
        request=request(), case_ref="PHX-1", table="exits", key_text=plan.exit_ref, revision=plan.revision, reason="x"
    )
    with pytest.raises(BuiltUpon):
        strike_out(wright, entry)


def test_what_a_proposal_lacks_is_refused_beside_its_field_and_changes_nothing(bureau: Bureau) -> None:
    officer = bureau.session("officer")
    with bureau.keeper.begin(bureau.session("supervisor").command_context()) as tx:
        young = Person(person_ref="P-Y", family_name="Young", given_names="Ada", date_of_birth=date(2010, 1, 1))
        tx.add(young)
        tx.add(replace(tx.get(Case, "PHX-1"), id=0, case_ref="PHX-Y", person_ref="P-Y"))
    before = open_case(officer, "PHX-1")
    for entry, refusal, field in (
        (proposal(officer, goes_to=" "), MissingValue, "goes_to"),
        (proposal(officer, plan=""), MissingValue, "plan"),
        (proposal(officer, "IOM-1"), NotOnThisProgramme, ""),
        (proposal(officer, "PHX-Y"), StepNotReady, ""),
    ):
        with pytest.raises(refusal) as refused:
            propose_transition(officer, entry)
        assert refused.value.field == field
    assert ("PHX-Y", TRANSITION_OPEN_REF, date(2028, 1, 1)) not in told(officer)
    after = open_case(officer, "PHX-1")
    assert (after.case, after.of(CaseExit)) == (before.case, ())


def test_a_server_takes_a_confirmation_of_another_supervisor_alone(office: Office) -> None:
    proposed = "transition_proposed_on = '2026-10-15', transition_proposed_by = {0}"
    confirmed = "transition_confirmed_on = '2026-10-16', transition_confirmed_by = {0}"

    def tried(psql: psycopg.Connection, values: str, *, whole: bool = False) -> bool:
        psql.execute(b"SELECT open_case('PHX-1')")
        try:
            with psql.transaction():
                return bool(psql.execute((values if whole else SAVE.format(values)).encode()).rowcount)
        except psycopg.errors.InsufficientPrivilege:
            return False

    with office.raw("navigator") as navigator, office.raw("supervisor") as supervisor, office.raw("officer") as officer:
        assert not tried(navigator, proposed.format("'t_officer'")), "in another's name"
        assert not tried(supervisor, confirmed.format("session_user")), "nobody proposed it"
        supervisor.execute(b"SELECT open_book('EXPORT')")  # the open book is no exemption
        with supervisor.transaction(force_rollback=True):
            assert tried(supervisor, proposed.format("session_user"))
            assert not tried(supervisor, confirmed.format("session_user")), "their own"
        supervisor.execute(b"SELECT close_book()")
        assert tried(navigator, proposed.format("session_user"))
        assert not tried(supervisor, proposed.format("session_user")), "in the place of another"
        plan = "INSERT INTO exits (exit_ref, case_ref, kind, left_on, reason, revision, recorded_at, recorded_by) "
        plan += "VALUES ('EX-{0}', 'PHX-1', 'TRANSITION', '2026-10-15', 'x', 1, now(), session_user)"
        assert tried(navigator, plan.format(1), whole=True)
        for psql in (navigator, officer):
            assert not tried(psql, confirmed.format("session_user")), "no supervisor"
        assert not tried(supervisor, confirmed.format("'t_officer'")), "in another's name"
        # Neither the proposal nor the confirmation opens a case of another programme to a navigator.
        sees = b"SELECT open_case('IOM-1')"
        was = navigator.execute(sees).fetchall()
        early = confirmed.replace("10-16", "10-14")
        assert not tried(supervisor, early.format("session_user")), "before it was proposed"
        assert tried(supervisor, confirmed.format("session_user")), "the control"
        changed = f"UPDATE exits SET plan = '{{0}}', revision = revision + 1 WHERE {read_row('exits', 'EX-1')}"  # noqa: S608 - our own names
        for psql, allowed in ((navigator, False), (officer, False), (supervisor, True)):
            psql.execute(b"SELECT set_config('ioms.reason_text', 'x', false)")
            assert tried(psql, changed.format(allowed), whole=True) == allowed
        assert not tried(navigator, plan.format(2), whole=True), "another plan beside it"
        _nobody_alone_takes_out_what_two_confirmed(office, supervisor, tried)
        assert navigator.execute(sees).fetchall() == was == [(False,)]
        assert supervisor.execute(sees).fetchall() == [(True,)]


def _nobody_alone_takes_out_what_two_confirmed(
    office: Office, supervisor: psycopg.Connection, tried: Callable[..., bool]
) -> None:
    """Try to take the plan out, to make another leaving of it, to move it, and to take back who confirmed it."""
    out = "SELECT strike_out_record('exits', id, revision, 'x') FROM read_exits(refs => ARRAY['EX-{0}'])"
    turned = f"UPDATE exits SET {{0}}, revision = revision + 1 WHERE {read_row('exits', 'EX-1')}"  # noqa: S608 - our own names
    back = SAVE.format("transition_confirmed_on = NULL, transition_confirmed_by = NULL")
    with office.raw(ANOTHER) as second:
        for psql in (supervisor, second):
            psql.execute(b"SELECT set_config('ioms.reason_text', 'x', false)")
            for book in (False, True):  # the open book is no exemption
                psql.execute(b"SELECT open_book('EXPORT')" if book else b"SELECT 1")
                for statement in (
                    out.format(1),
                    turned.format("kind = 'COMPLETED'"),
                    turned.format("case_ref = 'IOM-1'"),
                ):
                    assert not tried(psql, statement, whole=True), statement
            psql.execute(b"SELECT close_book()")
        assert not tried(second, back, whole=True), "another's confirmation"
        supervisor.execute(b"SELECT open_case('PHX-C')")
        spare = "INSERT INTO exits (exit_ref, case_ref, kind, left_on, reason, revision, recorded_at, recorded_by) "
        spare += "VALUES ('EX-9', 'PHX-C', 'TRANSITION', '2026-10-15', 'x', 1, now(), session_user)"
        assert tried(supervisor, spare, whole=True)
        assert tried(supervisor, out.format(9), whole=True), "the control: nobody proposed that one"
        assert tried(supervisor, back, whole=True), "the control: their own confirmation"


def test_a_file_does_not_take_out_a_plan_that_was_proposed(bureau: Bureau, tmp_path: Path) -> None:
    wright = bureau.session("supervisor")
    propose_transition(wright, proposal(wright))
    (plan,) = open_case(wright, "PHX-1").of(CaseExit)
    other = ChangeRecord(request="", case_ref="PHX-1", record=replace(plan, kind="SUSPENDED"), revision=plan.revision)
    with pytest.raises(InvalidRecord, match="the plan that was proposed") as refused:
        change_record_by_form(replace(wright, change_reason="x"), other)
    assert refused.value.field == "kind"
    row = {"exit_ref": plan.exit_ref, "case_ref": "PHX-1", "kind": "TRANSITION", "left_on": "2026-10-15", "reason": "x"}
    row |= {"struck_out_on": "2026-10-15", "struck_out_by": "X", "struck_out_reason": "wrong"}
    put(tmp_path, "exits", [row])
    with pytest.raises(BuiltUpon, match="correct the plan instead"):
        run_import(wright, tmp_path)
    assert open_case(wright, "PHX-1").of(CaseExit) == (plan,)
