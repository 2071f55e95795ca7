"""A case leaves its programme in one act, with its reason, needs, exit plan, notices and markers; or it leaves not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ioms_desktop.domain.access.roles import Role, roles_with
from ioms_desktop.domain.errors import (
    DatesOutOfOrder,
    FutureDate,
    InvalidEntry,
    InvalidRecord,
    MissingValue,
    NotAllowed,
    Refused,
    StatusNotNext,
    StepNotReady,
)
from ioms_desktop.domain.records.cases import Action, Case, Need
from ioms_desktop.domain.records.leaving.exits import CaseExit
from ioms_desktop.domain.records.person_sets.care import WarningMarker
from ioms_desktop.domain.records.protection import NO_VICTIM, VictimContact
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.undo import UndoAct, undo_act
from ioms_desktop.services.intake.steps import ChangeStatus, change_status
from ioms_desktop.services.leaving.leaving import (
    FlagRemoval,
    LeaveCase,
    NeedOnLeaving,
    ResumeCase,
    leave_case,
    resume_case,
)
from ioms_desktop.services.leaving.next_review import FOR_SUPERVISORS, describe_next_review
from ioms_desktop.services.recording.corrections import StrikeOut, strike_out
from ioms_desktop.services.retention.retention import get_review
from sessions import TODAY, request

if TYPE_CHECKING:
    from ioms_desktop.services.session import Session
    from services.access_bureau import Bureau

DAY = timedelta(days=1)
HOUSING, DRUGS = "ACCOMMODATION", "DRUGS"
PLAN = "Probation sees them to the end of the order; the neighbourhood team calls in November."


def leaving(session: Session, kind: str, ref: str = "IOM-1", **values: Any) -> LeaveCase:  # noqa: ANN401 - by field name
    plain: dict[str, Any] = {"close_reason": None if kind == "SUSPENDED" else "OTHER", **values}
    left = CaseExit(
        exit_ref="",
        case_ref=ref,
        kind=kind,
        left_on=plain.pop("left_on", TODAY),
        reason=plain.pop("reason", "Moved to family in Leeds."),
        plan=plain.pop("plan", None if kind == "SUSPENDED" else PLAN),
        **plain.pop("told", {}),
    )
    revision = open_case(session, ref).case.revision
    return LeaveCase(request=request(), case_ref=ref, revision=revision, left=left, **plain)


@pytest.fixture
def furnished(bureau: Bureau) -> Bureau:
    """A bureau whose IOM case has two needs over time, a warning marker and a victim who is kept in contact."""
    with bureau.keeper.begin(bureau.session("supervisor").command_context()) as tx:
        for pathway, on, level in ((HOUSING, -40, 3), (HOUSING, -9, 1), (DRUGS, -40, 2)):
            tx.add(Need(case_ref="IOM-1", pathway=pathway, assessed_on=TODAY + on * DAY, level=level, agency="HMP"))
        tx.add(WarningMarker(warning_ref="WM-1", person_ref="P-CH", marker="VI", from_on=date(2026, 1, 5)))
        tx.add(VictimContact(victim_contact_ref="VC-1", case_ref="IOM-1", recorded_on=TODAY - DAY, status="IN_CONTACT"))
    return bureau


def test_a_transfer_is_recorded_with_all_that_belongs_to_it_and_undone_whole(furnished: Bureau) -> None:
    wright = furnished.session("supervisor")
    before = open_case(wright, "IOM-1")
    told = {"goes_to": "West Yorkshire IOM", "person_told_on": TODAY, "told_by": "PC 4411", "agencies_told": "HMP"}
    entry = leaving(
        wright,
        "TRANSFERRED_OUT",
        told=told,
        needs=(
            NeedOnLeaving(pathway=HOUSING, level=0, evidence="Own tenancy since August, seen."),
            NeedOnLeaving(pathway=DRUGS, level=2, evidence="No change."),
        ),
        ended_markers=("WM-1",),
        removals=(FlagRemoval(system="PNC", owner="adeyemi", due_on=TODAY + 7 * DAY),),
        victim_told_on=TODAY,
    )
    done = leave_case(wright, entry)
    assert done.notice == "Transferred out on 15 Oct 2026. One action to remove programme markers elsewhere."
    assert leave_case(wright, entry) == done
    view = open_case(wright, "IOM-1")
    assert (view.case.status, view.case.closed_on, view.case.close_reason) == ("TRANSFERRED_OUT", TODAY, "OTHER")
    (left,) = view.of(CaseExit)
    assert (left.kind, left.plan, left.goes_to, left.agencies_told) == (
        "TRANSFERRED_OUT",
        PLAN,
        "West Yorkshire IOM",
        "HMP",
    )
    now = {each.pathway: each for each in view.needs if each.assessed_on == TODAY}
    assert (now[HOUSING].level, now[HOUSING].evidence, now[HOUSING].agency) == (
        0,
        "Own tenancy since August, seen.",
        "HMP",
    )
    assert [each.to_on for each in view.of(WarningMarker)] == [TODAY]
    assert [(each.text, each.owner) for each in view.actions] == [
        ("Remove the programme marker from PNC, and record it here", "adeyemi")
    ]
    assert max(view.of(VictimContact), key=lambda each: each.recorded_on).note == (
        "Told that the case is now: Transferred out."
    )
    assert done.undo is not None
    undo_act(wright, UndoAct(request=request(), case_ref="IOM-1", done=done.undo))
    view = open_case(wright, "IOM-1")
    assert (view.case.status, view.case.closed_on) == ("ACTIVE", None)
    for record_type in (CaseExit, Need, WarningMarker, Action, VictimContact):
        assert len(view.of(record_type)) == len(before.of(record_type)), record_type
    assert [each.to_on for each in view.of(WarningMarker)] == [None]


def test_the_day_a_victim_was_told_is_kept_on_an_entry_of_a_victim_or_refused(furnished: Bureau) -> None:
    wright = furnished.session("supervisor")
    with furnished.keeper.begin(wright.command_context()) as tx:
        none = VictimContact(victim_contact_ref="VC-2", case_ref="IOM-1", recorded_on=TODAY, status=NO_VICTIM)
        tx.add(none)
    done = leave_case(wright, leaving(wright, "SUSPENDED", victim_told_on=TODAY))
    told = [each for each in open_case(wright, "IOM-1").of(VictimContact) if each.note]
    assert [(each.status, each.recorded_on) for each in told] == [("IN_CONTACT", TODAY)]
    assert done.undo is not None
    undo_act(wright, UndoAct(request=request(), case_ref="IOM-1", done=done.undo))
    strike_out(
        wright,
        StrikeOut(
            request=request(), case_ref="IOM-1", table="victim_contacts", key_text="VC-1", revision=1, reason="x"
        ),
    )
    before = open_case(wright, "IOM-1")
    with pytest.raises(InvalidEntry, match="No victim is on record") as refused:
        leave_case(wright, leaving(wright, "SUSPENDED", victim_told_on=TODAY))
    assert refused.value.field == "victim_told_on"
    after = open_case(wright, "IOM-1")
    assert (after.case, after.of(CaseExit)) == (before.case, ())


def test_what_leaving_lacks_is_refused_beside_its_field_and_changes_nothing(furnished: Bureau) -> None:
    wright = furnished.session("supervisor")
    empty = NeedOnLeaving(pathway=DRUGS, level=1, evidence=" ")
    wrong: tuple[tuple[LeaveCase, type[Refused], str | None], ...] = (
        (leaving(wright, "TRANSFERRED_OUT", plan=" "), MissingValue, "plan"),
        (leaving(wright, "TRANSFERRED_OUT", reason=""), InvalidRecord, "reason"),
        (leaving(wright, "TRANSFERRED_OUT", close_reason=None), MissingValue, "close_reason"),
        (leaving(wright, "TRANSFERRED_OUT", needs=(empty,)), MissingValue, f"evidence_{DRUGS}"),
        (leaving(wright, "TRANSFERRED_OUT", left_on=TODAY + DAY), FutureDate, None),
        (leaving(wright, "TRANSFERRED_OUT", left_on=date(2020, 1, 1)), DatesOutOfOrder, "left_on"),
        (leaving(wright, "SUSPENDED", told={"resumed_on": TODAY - DAY}), InvalidRecord, "resumed_on"),
        (leaving(wright, "DESELECTED"), Refused, "kind"),  # the panel has not decided
        (leaving(wright, "COMPLETED"), StatusNotNext, "kind"),  # that is for Phoenix
    )
    before = open_case(wright, "IOM-1")
    for entry, refusal, field in wrong:
        with pytest.raises(refusal) as refused:
            leave_case(wright, entry)
        assert field is None or refused.value.field == field, entry
    after = open_case(wright, "IOM-1")
    assert (after.case, after.of(CaseExit), after.needs) == (before.case, (), before.needs)
    assert leave_case(wright, leaving(wright, "TRANSFERRED_OUT")).ref == "IOM-1", "the control"


def test_who_may_take_the_step_lets_the_case_leave_and_nobody_else(furnished: Bureau) -> None:
    for role in Role:
        if role in roles_with(CaseExit.rights.add):
            continue
        entry = replace(leaving(furnished.session("supervisor"), "SUSPENDED"), request=request())
        with pytest.raises(Refused):
            leave_case(furnished.session(role), entry)
    officer, navigator = furnished.session("officer"), furnished.session("navigator")
    with pytest.raises(NotAllowed, match="Only a supervisor or a coordinator"):
        leave_case(officer, leaving(officer, "TRANSFERRED_OUT"))
    assert open_case(officer, "IOM-1").of(CaseExit) == ()
    done = leave_case(navigator, leaving(navigator, "COMPLETED", "PHX-1", close_reason="GOALS_MET"))
    assert done.notice == "Completed on 15 Oct 2026."


def test_a_suspension_is_resumed_with_its_reason_by_either_way(furnished: Bureau) -> None:
    officer = furnished.session("officer")
    leave_case(officer, leaving(officer, "SUSPENDED", reason="in hospital", left_on=TODAY - 3 * DAY))
    revision = open_case(officer, "IOM-1").case.revision
    entry = ResumeCase(request=request(), case_ref="IOM-1", revision=revision, on=TODAY, reason=" ")
    with pytest.raises(MissingValue):
        resume_case(officer, entry)
    with pytest.raises(DatesOutOfOrder, match="suspended from 12 Oct 2026") as refused:
        resume_case(officer, replace(entry, reason="discharged", on=TODAY - 4 * DAY))
    assert refused.value.field == "left_on"
    assert resume_case(officer, replace(entry, reason="discharged")).notice == "Resumed on 15 Oct 2026."
    view = open_case(officer, "IOM-1")
    (held,) = view.of(CaseExit)
    assert (view.case.status, held.resumed_on, held.resume_reason) == ("ACTIVE", TODAY, "discharged")
    # A suspension that was resumed is no reason for the next one.
    with pytest.raises(Refused, match="needs the suspension on record"):
        change_status(officer, ChangeStatus(request=request(), case_ref="IOM-1", revision=view.case.revision,
                                            status="SUSPENDED"))  # fmt: skip
    leave_case(officer, leaving(officer, "SUSPENDED", reason="abroad"))
    again = ChangeStatus(request=request(), case_ref="IOM-1", revision=view.case.revision + 1, status="ACTIVE")
    change_status(officer, again)
    assert {each.resumed_on for each in open_case(officer, "IOM-1").of(CaseExit)} == {TODAY}


def test_the_next_review_follows_from_the_rules_of_retention_as_if_the_case_had_closed(furnished: Bureau) -> None:
    wright = furnished.session("supervisor")
    case = open_case(wright, "IOM-1").case
    foretold = describe_next_review(wright, case, TODAY)
    assert describe_next_review(furnished.session("officer"), case, TODAY) == FOR_SUPERVISORS
    leave_case(wright, leaving(wright, "TRANSFERRED_OUT"))
    assert foretold == f"15 Oct 2032. {get_review(wright, 'P-CH').due.reason}"


def test_a_case_that_was_not_adopted_is_resumed_by_the_step_that_adopts_it(furnished: Bureau) -> None:
    officer = furnished.session("officer")
    with furnished.keeper.begin(furnished.session("supervisor").command_context()) as tx:
        tx.save(replace(tx.get(Case, "IOM-1"), status="ACCEPTED", adopted_on=None, cohort=None))
    leave_case(officer, leaving(officer, "SUSPENDED"))
    revision = open_case(officer, "IOM-1").case.revision
    entry = ResumeCase(request=request(), case_ref="IOM-1", revision=revision, on=TODAY, reason="back")
    with pytest.raises(StepNotReady, match="before it was adopted") as refused:
        resume_case(officer, entry)
    assert refused.value.field == "kind"
    adopted: dict[str, Any] = {"adopted_on": TODAY, "cohort": "FIXED"}
    change_status(
        officer, ChangeStatus(request=request(), case_ref="IOM-1", revision=revision, status="ACTIVE", **adopted)
    )
    assert [each.resumed_on for each in open_case(officer, "IOM-1").of(CaseExit)] == [TODAY]
