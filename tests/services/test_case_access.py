"""Access to a case, set and enforced on both kinds of database; break-glass access used, notified and reviewed."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import select

from ioms_desktop.domain.access.case_access import AccessList
from ioms_desktop.domain.errors import (
    AlreadyAccessible,
    BreakGlassReadOnly,
    InvalidText,
    Missing,
    MissingValue,
    NotAllowed,
    UnknownUser,
    WrongDatabaseKind,
)
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.services.access.break_glass import BreakGlass, break_glass, list_recent_break_glass
from ioms_desktop.services.access.case_access_admin import (
    ChangeCaseAccess,
    DeclareConflict,
    SetCaseRestriction,
    admit_user,
    assign_user,
    declare_conflict,
    exclude_user,
    get_case_access,
    list_assignable_users,
    remove_from_access_lists,
    set_case_restriction,
)
from ioms_desktop.services.accounts.accounts import change_account
from ioms_desktop.services.accounts.passwords import StrengthRequirement
from ioms_desktop.services.case_access import AccessCheck
from ioms_desktop.services.cases.case_lists import case_ids, case_rows, person_ids
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.cases.partner_cases import assigned_ids, assigned_rows, open_header
from ioms_desktop.services.cases.rule_runs import list_triggers
from ioms_desktop.services.cases.search import find_people_and_cases
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.offline.checkout import CheckOutCases, check_out_cases
from ioms_desktop.services.recording.actions import FinishAction, finish_action
from ioms_desktop.services.recording.concerns import RecordConcern, record_concern
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.storage import access_lists
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.views import audit_trail
from keys import opened
from listening import statements_of
from owed import list_owed_work
from paper_prints import printed_pdf
from services.access_bureau import Bureau, named
from sessions import request
from shared_people import ANOTHER, login_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ioms_desktop.services.session import Session

WHY = "his mother called, he is in danger"
TODAY = date(2026, 10, 15)


def seen(session: Session) -> set[str]:
    """Every reference of a case, and every person, that any list shows somebody."""
    found = {row.case_ref for row in case_rows(session, case_ids(session, ListQuery()))}
    found |= {
        hit.case_ref or hit.person_ref
        for word in ("marlow", "harker", "okafor")
        for hit in find_people_and_cases(session, word)
    }
    found |= {line.case_ref for line in list_owed_work(session) if line.case_ref}
    return found | {trigger.case_ref for trigger in list_triggers(session, TODAY)}


def test_who_is_excluded_finds_no_name_no_count_and_no_hit(bureau: Bureau) -> None:
    boss, officer = bureau.session("supervisor"), bureau.session("officer")
    control = bureau.session(ANOTHER)
    assert seen(officer) == {"PHX-1", "IOM-1", "PHX-C"}
    before = len(case_ids(officer, ListQuery())), len(person_ids(officer, ListQuery()))
    done = exclude_user(boss, named("officer"))
    assert done.notice == f"{login_of('officer')} is excluded from case IOM-1; it is closed to them from now on."
    assert seen(officer) == {"PHX-1", "PHX-C"}
    assert (len(case_ids(officer, ListQuery())), len(person_ids(officer, ListQuery()))) == (
        before[0] - 1,
        before[1] - 1,
    )
    with pytest.raises(Missing) as refused:
        open_case(officer, "IOM-1")
    with pytest.raises(Missing) as unknown:
        open_case(officer, "IOM-2")
    assert refused.value.sentence == unknown.value.sentence.replace("IOM-2", "IOM-1")
    with pytest.raises(Missing):
        set_rag(officer, SetRag(request=request(), case_ref="IOM-1", rag="RED", set_on=TODAY, reason="x"))
    # What is hidden from a reading is out of the way again where something is written.
    record_concern(
        officer,
        RecordConcern(request=request(), case_ref="PHX-1", occurred_on=TODAY, concern_type="MISSING", summary="x"),
    )
    assert seen(officer) == {"PHX-1", "PHX-C"}
    assert seen(control) == {"PHX-1", "IOM-1", "PHX-C"}
    assert remove_from_access_lists(boss, named("officer")).notice.startswith(login_of("officer"))
    assert open_case(officer, "IOM-1").case.case_ref == "IOM-1"
    assert seen(officer) == {"PHX-1", "IOM-1", "PHX-C"}


def test_who_is_let_go_from_one_list_stays_on_the_others(bureau: Bureau) -> None:
    boss = bureau.session("supervisor")
    assign_user(boss, named("officer"))
    exclude_user(boss, named("officer"))
    done = remove_from_access_lists(boss, named("officer"), AccessList.ASSIGNED)
    assert done.notice == f"{login_of('officer')} stands on no list of those assigned of case IOM-1 any more."
    told = get_case_access(boss, "IOM-1")
    assert [each.kind for each in told.entries if told.is_current(each)] == [AccessList.EXCLUDED]
    with pytest.raises(UnknownUser):
        remove_from_access_lists(boss, named("officer"), AccessList.ADMITTED)
    with pytest.raises(Missing):
        open_case(bureau.session("officer"), "IOM-1")


def test_the_message_kept_with_an_exclusion_stands_in_place_of_the_case(bureau: Bureau) -> None:
    exclude_user(bureau.session("supervisor"), named("officer", message="Ask Inspector Wright before you go on."))
    with pytest.raises(Missing) as refused:
        open_case(bureau.session("officer"), "IOM-1")
    assert refused.value.sentence == "There is no case IOM-1 that you may open. Ask Inspector Wright before you go on."
    with pytest.raises(Missing) as other:
        open_case(bureau.session("navigator"), "IOM-1")
    assert "Wright" not in other.value.sentence


def test_a_conflict_of_interest_closes_the_case_at_once_and_only_another_opens_it(bureau: Bureau) -> None:
    boss = bureau.session("supervisor")
    done = declare_conflict(boss, DeclareConflict(request="c-1", case_ref="IOM-1", message="He is my cousin."))
    assert done.notice.startswith("Your conflict of interest on case IOM-1 is on record")
    assert declare_conflict(boss, DeclareConflict(request="c-1", case_ref="IOM-1")) == done
    with pytest.raises(Missing, match="He is my cousin"):
        open_case(boss, "IOM-1")
    with pytest.raises(NotAllowed, match="ask another supervisor"):
        remove_from_access_lists(boss, named("supervisor"))
    with pytest.raises(NotAllowed):
        break_glass(boss, BreakGlass(request=request(), case_ref="IOM-1", reason=WHY))
    with pytest.raises(Missing):
        declare_conflict(bureau.session("navigator"), DeclareConflict(request=request(), case_ref="IOM-1"))
    remove_from_access_lists(bureau.session(ANOTHER), named("supervisor"))
    assert open_case(boss, "IOM-1").case.case_ref == "IOM-1"


def test_a_restricted_case_is_for_those_admitted_on_a_server_alone(bureau: Bureau) -> None:
    boss, officer = bureau.session("supervisor"), bureau.session("officer")
    restrict = SetCaseRestriction(request=request(), case_ref="IOM-1", restricted=True, message="Ask the gold group.")
    if not bureau.shared:
        with pytest.raises(WrongDatabaseKind):
            set_case_restriction(boss, restrict)
        assert not get_case_access(boss, "IOM-1").restriction.restricted
        return
    set_case_restriction(boss, restrict)
    with pytest.raises(Missing, match="Ask the gold group"):
        open_case(officer, "IOM-1")
    with pytest.raises(Missing) as navigator:
        open_case(bureau.session("navigator"), "IOM-1")
    assert "gold" not in navigator.value.sentence
    assert "IOM-1" not in seen(bureau.session(ANOTHER)) | seen(officer)
    admit_user(boss, named("officer"))
    assert open_case(officer, "IOM-1").case.case_ref == "IOM-1"
    set_case_restriction(boss, SetCaseRestriction(request=request(), case_ref="IOM-1", restricted=False))
    assert open_case(bureau.session(ANOTHER), "IOM-1").case.case_ref == "IOM-1"


def in_team(bureau: Bureau, who: str, team: str) -> None:
    with bureau.keeper.engine.begin() as connection:
        table = tables.users
        connection.execute(table.update().where(table.c.name == login_of(who)).values(team=team))


def test_another_teams_case_is_for_those_assigned(bureau: Bureau) -> None:
    boss, officer = bureau.session("supervisor"), bureau.session("officer")
    in_team(bureau, "officer", "North")
    set_case_restriction(boss, SetCaseRestriction(request=request(), case_ref="IOM-1", team="South"))
    assert get_case_access(boss, "IOM-1").restriction.team == "South"
    assert "IOM-1" not in seen(officer)
    assign_user(boss, named("officer"))
    assert "IOM-1" in seen(officer)
    remove_from_access_lists(boss, named("officer"))
    assert "IOM-1" not in seen(officer)
    set_case_restriction(boss, SetCaseRestriction(request=request(), case_ref="IOM-1", team=""))
    assert "IOM-1" in seen(officer)


def test_who_may_know_says_who_stands_and_stood_by_whom_and_since_when(bureau: Bureau) -> None:
    boss = bureau.session("supervisor")
    assign_user(boss, named("officer"))
    remove_from_access_lists(boss, named("officer"))
    exclude_user(boss, named("navigator", message="conflict"))
    told = get_case_access(boss, "IOM-1")
    assert [(each.user_name, each.kind, told.is_current(each), each.set_by) for each in told.entries] == [
        (login_of("navigator"), AccessList.EXCLUDED, True, login_of("supervisor")),
        (login_of("officer"), AccessList.ASSIGNED, False, login_of("supervisor")),
    ]
    assert bureau.on_record("access_entry")[-1] == (login_of("supervisor"), "IOM-1", False)
    for who in ("officer", "navigator", "coordinator", "auditor", "administrator"):
        with pytest.raises(NotAllowed):
            get_case_access(bureau.session(who), "IOM-1")


def test_who_cannot_be_named_is_said_and_nothing_is_written(bureau: Bureau) -> None:
    boss = bureau.session("supervisor")
    for name, said in ((login_of("analyst"), "cannot open any case"), ("nobody", "There is no user nobody")):
        with pytest.raises(UnknownUser, match=said):
            exclude_user(boss, ChangeCaseAccess(request=request(), case_ref="IOM-1", name=name))
    with pytest.raises(NotAllowed):
        exclude_user(boss, named("supervisor"))
    with pytest.raises(UnknownUser):
        remove_from_access_lists(boss, named("officer"))
    with pytest.raises(NotAllowed):
        exclude_user(bureau.session("officer"), named("navigator"))
    assert get_case_access(boss, "IOM-1").entries == ()


def closed_to_officer(bureau: Bureau) -> Session:
    in_team(bureau, "officer", "North")
    set_case_restriction(
        bureau.session("supervisor"), SetCaseRestriction(request=request(), case_ref="IOM-1", team="South")
    )
    return bureau.session("officer")


def test_the_glass_opens_one_case_for_an_hour_and_for_reading_alone(bureau: Bureau, tmp_path: Path) -> None:
    officer = closed_to_officer(bureau)
    with pytest.raises(InvalidText):
        break_glass(officer, BreakGlass(request=request(), case_ref="IOM-1", reason="too short"))
    with pytest.raises(Missing):
        open_case(officer, "IOM-1")
    done = break_glass(officer, BreakGlass(request="g-1", case_ref="IOM-1", reason=WHY))
    assert break_glass(officer, BreakGlass(request="g-1", case_ref="IOM-1", reason=WHY)) == done
    view = open_case(officer, "IOM-1")
    assert view.break_glass_access is not None
    assert timedelta(minutes=59) < view.break_glass_access.remaining <= timedelta(minutes=60)
    for write in (
        lambda: set_rag(officer, SetRag(request=request(), case_ref="IOM-1", rag="RED", set_on=TODAY, reason="x")),
        lambda: record_concern(
            officer,
            RecordConcern(request=request(), case_ref="IOM-1", occurred_on=TODAY, concern_type="MISSING", summary="x"),
        ),
        lambda: printed_pdf(officer, "IOM-1", reason_code="CASE_WORK"),
        lambda: check_out_cases(
            officer,
            CheckOutCases(
                path=tmp_path / "away.ioms",
                cases=("IOM-1",),
                reason="CASE_WORK",
                password="only a file",
                strength=StrengthRequirement.MINIMAL,
            ),
        ),
    ):
        with pytest.raises(BreakGlassReadOnly):
            write()
    with pytest.raises(AlreadyAccessible):
        break_glass(officer, BreakGlass(request=request(), case_ref="PHX-1", reason=WHY))
    assert view.break_glass_access.until > view.break_glass_access.until - view.break_glass_access.remaining
    if not bureau.shared:
        bureau.clock.now += timedelta(minutes=60)
        with pytest.raises(Missing):
            open_case(officer, "IOM-1")


def test_a_supervisor_behind_broken_glass_lets_nobody_in_and_takes_nothing_out(bureau: Bureau, tmp_path: Path) -> None:
    in_team(bureau, ANOTHER, "North")
    set_case_restriction(
        bureau.session("supervisor"), SetCaseRestriction(request=request(), case_ref="IOM-1", team="South")
    )
    other = bureau.session(ANOTHER)
    break_glass(other, BreakGlass(request=request(), case_ref="IOM-1", reason=WHY))
    acts: tuple[Callable[[], object], ...] = (
        lambda: assign_user(other, named("officer")),
        lambda: set_case_restriction(other, SetCaseRestriction(request=request(), case_ref="IOM-1", team="")),
    )
    with pytest.raises(BreakGlassReadOnly):
        export_records(other, tmp_path / "out", reason="CASE_WORK")
    assert not (tmp_path / "out").exists()
    for act in acts:
        with pytest.raises(BreakGlassReadOnly):
            act()
    if bureau.shared:
        for asked in ("set_access('IOM-1', 'x', 'ADMITTED', true)", "set_standing('IOM-1', false, NULL)"):
            with other.store.engine.begin() as connection:
                assert connection.exec_driver_sql(f"SELECT {asked}").scalar() is False


def test_a_glass_that_cannot_be_broken_is_refused_alike_and_on_record(bureau: Bureau) -> None:
    exclude_user(bureau.session("supervisor"), named("officer"))
    officer = bureau.session("officer")
    said = []
    for ref in ("IOM-1", "IOM-2"):
        with pytest.raises(NotAllowed) as refused:
            break_glass(officer, BreakGlass(request="g-2", case_ref=ref, reason=WHY))
        said.append(refused.value.sentence.replace(ref, "…"))
    assert said[0] == said[1]
    tried = (login_of("officer"), "IOM-1", True), (login_of("officer"), "IOM-2", True)
    assert [each for each in bureau.on_record("break_glass") if each[2]][-1] == tried[1]
    assert set(tried) <= set(bureau.on_record("break_glass"))
    with pytest.raises(NotAllowed):
        break_glass(bureau.session("coordinator"), BreakGlass(request=request(), case_ref="IOM-1", reason=WHY))


def test_a_broken_glass_is_told_to_supervisors_and_reviewed_with_an_outcome(bureau: Bureau) -> None:
    if bureau.shared:
        bureau.clock.now = datetime.now(UTC)  # the server's days are the real ones
    officer = closed_to_officer(bureau)
    boss = bureau.session("supervisor")
    assert list_recent_break_glass(boss) == ()
    break_glass(officer, BreakGlass(request=request(), case_ref="IOM-1", reason=WHY))
    (told,) = list_recent_break_glass(boss)
    assert (told.who, told.case_ref) == (login_of("officer"), "IOM-1")
    (heard,) = list_recent_break_glass(bureau.session("auditor"))
    assert (heard.who, heard.case_ref) == (login_of("officer"), "IOM-1")
    assert list_recent_break_glass(officer) == ()
    (line,) = [each for each in list_owed_work(boss) if each.ref.startswith("AC-GLASS-")]
    assert line.is_own
    said = f"Review: {login_of('officer')} opened this case by restricted record access (supervisor)"
    assert line.description == said
    done = FinishAction(request=request(), action_ref=line.ref, revision=line.revision, on=boss.today())
    with pytest.raises(MissingValue):
        finish_action(boss, done)
    with pytest.raises(NotAllowed):
        finish_action(officer, FinishAction(request=request(), action_ref=line.ref, revision=1, on=TODAY, outcome="x"))
    said = "Right to do so; the mother confirmed it."
    finish_action(boss, FinishAction(request=request(), action_ref=line.ref, revision=1, on=boss.today(), outcome=said))
    (action,) = open_case(boss, "IOM-1").actions
    assert action.done_on == boss.today()
    assert action.text.endswith(f"restricted record access. {login_of('supervisor')}: {said}")
    assert list_recent_break_glass(boss) == ()


def test_the_alert_on_the_line_names_nobody_and_no_case(bureau: Bureau) -> None:
    officer = closed_to_officer(bureau)
    if not bureau.shared:
        return  # nobody listens to a file
    with psycopg.connect(bureau.location, autocommit=True) as line:
        line.execute("LISTEN ioms_alert")
        break_glass(officer, BreakGlass(request=request(), case_ref="IOM-1", reason=WHY))
        (notice,) = line.notifies(timeout=60, stop_after=1)
    assert json.loads(notice.payload) == {"kind": "BREAK_GLASS"}


def test_a_partner_sees_headers_of_assigned_cases_alone_and_each_look_is_on_record(bureau: Bureau) -> None:
    boss, partner = bureau.session("supervisor"), bureau.session("partner")
    assert list(assigned_ids(partner, ListQuery())) == []
    assign_user(boss, named("partner", "PHX-1"))
    (row,) = assigned_rows(partner, assigned_ids(partner, ListQuery("marl")))
    assert (row.case_ref, row.family_name, row.status) == ("PHX-1", "Marlow", "ENGAGED")
    assert open_header(partner, "PHX-1") == row
    assert (login_of("partner"), "PHX-1", False) in bureau.on_record("cases")
    with pytest.raises(Missing):
        open_header(partner, "IOM-1")
    for closed in (
        lambda: open_case(partner, "PHX-1"),
        lambda: case_ids(partner, ListQuery()),
        lambda: list_owed_work(partner),
    ):
        with pytest.raises(NotAllowed):
            closed()
    with pytest.raises(NotAllowed):
        assigned_ids(bureau.session("officer"), ListQuery())
    declare_conflict(partner, DeclareConflict(request=request(), case_ref="PHX-1"))
    assert list(assigned_ids(partner, ListQuery())) == []


def test_who_is_moved_to_another_team_has_nothing_of_the_former_open(bureau: Bureau) -> None:
    officer, chief = bureau.session("officer"), bureau.session("administrator")
    set_case_restriction(
        bureau.session("supervisor"), SetCaseRestriction(request=request(), case_ref="IOM-1", team="South")
    )
    assert open_case(officer, "IOM-1").case.case_ref == "IOM-1"
    change_account(chief, login_of("officer"), team="North", until=None)
    with pytest.raises(Missing):
        open_case(officer, "IOM-1")
    assert "IOM-1" not in seen(officer)


def test_what_the_lists_say_is_read_once_for_each_command_and_again_for_the_next(bureau: Bureau) -> None:
    boss, officer = bureau.session("supervisor"), bureau.session("officer")

    def colour() -> str:
        return set_rag(
            officer, SetRag(request=request(), case_ref="IOM-1", rag="RED", set_on=TODAY, reason=request())
        ).notice

    assert colour()
    with officer.store.read() as reading:
        access, case = AccessCheck(officer, reading, "IOM-1"), reading.get(Case, "IOM-1")
        with statements_of(officer.store.engine) as asked:
            assert access.may_open(case)
            access.refuse_under_break_glass()
            assert access.break_glass is None
        assert len(asked) == 1, "three checks of one command read the lists once"
        exclude_user(boss, named("officer"))  # by another connection, while this one reads
        assert access.may_open(case), "what was read stays what it is within the transaction that read it"
    before = bureau.on_record("cases")
    with pytest.raises(Missing):
        colour()
    denied = [(officer.user, "IOM-1", True)] if bureau.shared else []
    assert bureau.on_record("cases")[len(before) :] == denied, "a server puts the attempt on record"
    remove_from_access_lists(boss, named("officer"))
    assert colour(), "the control: let go of, they may again"
    if bureau.shared:
        return
    # A command that changes the lists itself reads them as it left them.
    with officer.store.begin(officer.command_context()) as tx:
        case = tx.get(Case, "IOM-1")
        assert AccessCheck(officer, tx, "IOM-1").may_open(case)
        access_lists.set_access_entry(tx, "IOM-1", officer.user, AccessList.EXCLUDED, listed=True)
        assert not AccessCheck(officer, tx, "IOM-1").may_open(case)


def test_a_file_reads_its_lists_again_once_they_may_say_something_else(bureau: Bureau) -> None:
    if bureau.shared:
        return  # a server applies them itself
    officer = closed_to_officer(bureau)

    def has_read_lists() -> bool:
        with statements_of(officer.store.engine) as asked, officer.store.read():
            pass
        return any("access_entry" in each for each in asked)

    assert "IOM-1" not in seen(officer)
    assert not has_read_lists(), "nothing has changed"
    break_glass(officer, BreakGlass(request=request(), case_ref="IOM-1", reason=WHY))
    assert has_read_lists()
    assert has_read_lists(), "what ends by itself is looked at each time"
    bureau.clock.now += timedelta(minutes=61)
    assert "IOM-1" not in seen(officer)
    assert not has_read_lists(), "it has ended"
    bureau.clock.now -= timedelta(minutes=30)
    assert has_read_lists(), "the clock was set back"
    bureau.clock.now += timedelta(minutes=30)
    assign_user(bureau.session("supervisor"), named("officer"))
    assert "IOM-1" in seen(officer)
    assert not has_read_lists()
    other = opened(bureau.location)
    for store in (bureau.keeper, other):  # over the connection that read them, and another program's
        for listed in (True, False):
            with store.begin(bureau.session("supervisor").command_context()) as tx:
                access_lists.set_access_entry(tx, "IOM-1", officer.user, AccessList.EXCLUDED, listed=listed)
            assert ("IOM-1" in seen(officer)) is not listed
    other.close()


def test_the_audit_has_the_reason_and_not_the_alert(bureau: Bureau) -> None:
    break_glass(closed_to_officer(bureau), BreakGlass(request=request(), case_ref="IOM-1", reason=WHY))
    with bureau.session("auditor").store.read() as reading:
        rows = reading.connection.execute(
            select(audit_trail.c.reason_code, audit_trail.c.reason_text).where(
                audit_trail.c.object_type == "break_glass"
            )
        ).all()
    assert [tuple(row) for row in rows] == [("BREAK_GLASS", WHY)]


def test_only_those_who_may_open_a_case_can_be_put_on_its_lists(bureau: Bureau) -> None:
    roles = {user.role for user in list_assignable_users(bureau.session("supervisor"))}
    assert "officer" in roles
    assert not roles & {"analyst", "auditor", "administrator"}


def test_a_case_is_opened_in_as_many_statements_whatever_is_recorded_on_it(bureau: Bureau) -> None:
    boss, officer = bureau.session("supervisor"), bureau.session("officer")
    before, asked_before = opened_in(officer, "IOM-1")
    concern = RecordConcern(request=request(), case_ref="IOM-1", occurred_on=TODAY, concern_type="MISSING")
    record_concern(boss, concern)
    view, asked = opened_in(officer, "IOM-1")
    assert len(view.concerns) > len(before.concerns)
    # The opening with the case and its person's others, or of a file how it begins, its schema, the look and these; all
    # records.
    assert len(asked) == len(asked_before) == (2 if bureau.shared else 5), asked


def opened_in(session: Session, case_ref: str) -> tuple[CaseView, list[str]]:
    """Open a case once more; gives what was asked for that."""
    open_case(session, case_ref)
    with statements_of(session.store.engine) as asked:
        return open_case(session, case_ref), asked
