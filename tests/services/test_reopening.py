"""A case that closed is reopened as a new one, which both name; the old one stays as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from sqlalchemy.exc import ProgrammingError

from ioms_desktop.domain.errors import (
    CaseClosed,
    CaseStillOpen,
    ControlArm,
    DatesOutOfOrder,
    Duplicate,
    InvalidRecord,
    Missing,
    Refused,
)
from ioms_desktop.domain.records.cases import Case, Referral
from ioms_desktop.domain.records.leaving.exits import CaseExit
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.undo import UndoAct, undo_act
from ioms_desktop.services.intake.referrals import ReferPerson, refer_person
from ioms_desktop.services.intake.steps import ChangeStatus, change_status
from ioms_desktop.services.leaving.leaving import LeaveCase, leave_case
from ioms_desktop.services.leaving.reopening import ReopenCase, reopen_case
from ioms_desktop.services.recording.offers import MakeOffer, make_offer
from sessions import TODAY, request

if TYPE_CHECKING:
    from ioms_desktop.services.session import Outcome, Session
    from services.access_bureau import Bureau
    from shared_people import Office

DAY = timedelta(days=1)
UNIT = "DATA_EVIDENCE_AND_EVALUATION_TEAM"


def reopening(ref: str = "IOM-1") -> ReopenCase:
    return ReopenCase(
        request=request(), case_ref=ref, reopened_on=TODAY, unit=UNIT, reason="Two burglaries since", referred_by="HOLT"
    )


def close(supervisor: Session) -> Outcome:
    left = CaseExit(
        exit_ref="",
        case_ref="IOM-1",
        kind="TRANSFERRED_OUT",
        left_on=TODAY - DAY,
        reason="Moved away",
        goes_to="West Yorkshire IOM",
        plan="West Yorkshire meets him.",
    )
    revision = open_case(supervisor, "IOM-1").case.revision
    entry = LeaveCase(request=request(), case_ref="IOM-1", revision=revision, left=left, close_reason="OTHER")
    return leave_case(supervisor, entry)


def test_a_closed_case_is_reopened_as_a_new_one_and_stays_as_it_was(bureau: Bureau) -> None:
    officer, wright = bureau.session("officer"), bureau.session("supervisor")
    with pytest.raises(CaseStillOpen):
        reopen_case(officer, reopening())
    closed = close(wright)
    before = open_case(officer, "IOM-1")
    for wrong, refusal, field in (
        (replace(reopening(), reopened_on=TODAY - 9 * DAY), DatesOutOfOrder, "reopened_on"),
        (replace(reopening(), reason=""), InvalidRecord, "reason"),
        (replace(reopening(), case_ref="IOM-NONE"), Missing, ""),
    ):
        with pytest.raises(refusal) as refused:
            reopen_case(officer, wrong)
        assert refused.value.field == field
    entry = reopening()
    done = reopen_case(officer, entry)
    assert reopen_case(officer, entry).ref == done.ref
    assert done.undo is None
    assert "ends by a step" in done.not_undone
    old, new = open_case(officer, "IOM-1"), open_case(officer, done.ref)
    assert (old.case, old.contacts, old.rag) == (before.case, before.contacts, before.rag)
    assert (old.follows, old.followed_by) == ("", new.case.case_ref)
    assert (new.follows, new.followed_by) == ("IOM-1", "")
    assert open_case(officer, "IOM-1", as_of=TODAY - DAY).followed_by == "", "it had not been referred again"
    assert (new.case.status, new.case.referred_on, new.case.closed_on) == ("REFERRED", TODAY, None)
    (referral,) = new.of(Referral)
    assert (referral.reason, referral.unit) == ("Two burglaries since", UNIT)
    with pytest.raises(Duplicate):
        reopen_case(officer, reopening())
    assert closed.undo is not None
    with pytest.raises(Refused, match="reopened as a new case since"):
        undo_act(wright, UndoAct(request=request(), case_ref="IOM-1", done=closed.undo))


def test_the_case_of_somebody_who_died_is_not_reopened(bureau: Bureau) -> None:
    officer = bureau.session("officer")
    revision = open_case(officer, "IOM-1").case.revision
    died: dict[str, Any] = {"status": "DECEASED", "closed_on": TODAY - DAY, "close_reason": "OTHER"}
    change_status(officer, ChangeStatus(request=request(), case_ref="IOM-1", revision=revision, **died))
    with pytest.raises(CaseClosed, match="because the person died"):
        reopen_case(officer, reopening())
    assert open_case(officer, "IOM-1").followed_by == ""


def test_a_death_recorded_by_mistake_is_put_right_on_the_same_day_by_referring_the_person_again(bureau: Bureau) -> None:
    officer = bureau.session("officer")

    def refer(programme: str) -> str:
        said = {"person_ref": "P-JM", "programme": programme, "unit": UNIT, "reason": "Seen with a knife"}
        return refer_person(officer, ReferPerson(request=request(), referred_on=TODAY, **said)).ref

    def change(ref: str, **values: Any) -> None:  # noqa: ANN401 - values by field name
        bureau.clock.now += timedelta(minutes=1)
        with bureau.keeper.begin(officer.command_context(), "change") as tx:
            tx.save(replace(tx.get(Case, ref), **values))

    older = refer("IOM")
    bureau.clock.now += timedelta(minutes=1)
    revision = open_case(officer, "PHX-1").case.revision
    dead: dict[str, Any] = {"status": "WITHDRAWN", "closed_on": TODAY, "close_reason": "DECEASED"}
    change_status(officer, ChangeStatus(request=request(), case_ref="PHX-1", revision=revision, **dead))
    change(older, police_om="HOLT")  # a new version is no new case
    assert [open_case(officer, ref).died for ref in ("PHX-1", older)] == [True, True]
    again = refer("PHOENIX")
    change("PHX-1", navigator="HOLT")
    change(again, navigator="HOLT")
    assert [open_case(officer, ref).died for ref in ("PHX-1", older, again)] == [True, False, False]


def test_a_case_that_a_user_may_not_know_of_is_neither_reopened_nor_named(bureau: Bureau) -> None:
    wright, officer = bureau.session("supervisor"), bureau.session("officer")
    close(wright)
    done = reopen_case(wright, reopening())
    assert open_case(officer, done.ref).follows == "IOM-1", "the control"
    bureau.restrict("supervisor")
    assert open_case(officer, done.ref).follows == ""
    assert open_case(wright, done.ref).follows == "IOM-1"
    with pytest.raises(Missing):
        reopen_case(officer, reopening())


def test_a_case_reopened_from_the_control_arm_carries_no_support_either(bureau: Bureau) -> None:
    navigator = bureau.session("navigator")
    arm: str | None
    for arm in ("INTERVENTION", "CONTROL"):  # the first is the control of this test
        with bureau.keeper.begin(bureau.session("supervisor").command_context(), "close") as tx:
            old = tx.get(Case, "PHX-1")
            tx.save(replace(old, trial_arm=arm, status="COMPLETED", closed_on=TODAY - DAY, close_reason="COMPLETED"))
        open_case(navigator, "PHX-1")
        if arm == "INTERVENTION":
            ref = reopen_case(navigator, reopening("PHX-1")).ref
        entry = MakeOffer(request=request(), case_ref=ref, offer_type="GYM", offered_on=TODAY)
        open_case(navigator, ref)
        if arm == "CONTROL":
            with pytest.raises((ControlArm, ProgrammingError)):
                make_offer(navigator, entry)
        else:
            make_offer(navigator, entry)
    assert len(open_case(navigator, ref).offers) == 1


def test_a_server_takes_a_closed_case_of_the_same_person_and_no_other(office: Office) -> None:
    added = (
        "INSERT INTO cases (case_ref, person_ref, programme, status, referred_on, follows_case_ref, revision, "
        "recorded_at, recorded_by) "
        "VALUES ('{ref}', '{person}', '{programme}', '{status}', '2026-11-01', '{follows}', 1, now(), session_user)"
    )

    def tried(psql: psycopg.Connection, ref: str, person: str, programme: str, follows: str) -> bool:
        status = "REFERRED" if programme == "IOM" else "POOL"
        values = {"ref": ref, "person": person, "programme": programme, "status": status, "follows": follows}
        try:
            with psql.transaction():
                psql.execute(f"SELECT open_person('{person}')".encode())
                return bool(psql.execute(added.format(**values).encode()).rowcount)
        except psycopg.errors.InsufficientPrivilege:
            return False

    with office.raw("officer") as psql:
        assert not tried(psql, "N-1", "P-CH", "IOM", "IOM-1"), "it is open"
        with office.owner() as owner:
            owner.execute(
                b"UPDATE cases SET closed_on = '2026-10-20', close_reason = 'OTHER', status = 'TRANSFERRED_OUT', "
                b"revision = revision + 1 WHERE case_ref = 'IOM-1'"
            )
        assert not tried(psql, "N-2", "P-JM", "IOM", "IOM-1"), "somebody else's"
        assert not tried(psql, "N-3", "P-CH", "PHOENIX", "IOM-1"), "of the other programme"
        assert not tried(psql, "N-4", "P-CH", "IOM", "IOM-NONE"), "there is none"
        assert tried(psql, "N-5", "P-CH", "IOM", "IOM-1"), "the control"
        psql.execute(b"SELECT open_case('N-5')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), psql.transaction():
            psql.execute(b"UPDATE cases SET follows_case_ref = NULL, revision = revision + 1 WHERE case_ref = 'N-5'")
        offer = (
            b"INSERT INTO offers (offer_ref, case_ref, offer_type, offered_on, revision, recorded_at, recorded_by) "
            b"VALUES ('OF-9', 'N-5', 'GYM', '2026-11-02', 1, now(), session_user)"
        )
        with psql.transaction(force_rollback=True):
            assert psql.execute(offer).rowcount == 1, "the control"
        with office.owner() as owner:
            owner.execute(b"UPDATE cases SET trial_arm = 'CONTROL', revision = revision + 1 WHERE case_ref = 'IOM-1'")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="no offer on this case"), psql.transaction():
            psql.execute(offer)
    with office.owner() as owner:
        assert owner.execute(b"SELECT count(*) FROM cases WHERE follows_case_ref IS NOT NULL").fetchone() == (1,)
