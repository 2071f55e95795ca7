"""An action is given to anyone of any agency, moved with a reason, and completed by its owner whoever that is."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.duties.case_duties import Duty, WorklistItem
from ioms_desktop.domain.errors import (
    AlreadyDone,
    ConflictingValues,
    InvalidRecord,
    MissingReason,
    NotAllowed,
)
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.undo import UndoAct, undo_act
from ioms_desktop.services.cases.worklist import Worklist
from ioms_desktop.services.recording.actions import FinishAction, MoveAction, finish_action, move_action
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.recording.corrections import MoveRecord, StrikeOut, move_record, strike_out
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_record_by_form, change_record_by_form
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.cases.case_section import ShownCase
from ioms_desktop.ui.cases.casework.action_sections import ACTIONS
from owed import list_owed_work
from raw_rows import read_row
from services.access_bureau import Bureau
from services.written import nothing_written, put
from sessions import TODAY, request
from shared_people import Office, login_of

DAY = timedelta(days=1)
ASKED: dict[str, Any] = {"action_ref": "", "text": "Ring the college", "due_on": TODAY - 2 * DAY}
SHAH: dict[str, Any] = {**ASKED, "owner": "J. SHAH", "agency": "INGEUS", "owner_contact": "0116 496 0123"}
READERS = (Role.OFFICER, Role.NAVIGATOR, Role.SUPERVISOR, Role.COORDINATOR)


def give(session: Session, case_ref: str = "PHX-1", **said: Any) -> Action:  # noqa: ANN401 - values by field name
    entry = AddRecord(request=request(), case_ref=case_ref, record=Action(**{**ASKED, **said}))
    return read(session, add_record_by_form(session, entry).ref, case_ref)


def read(session: Session, ref: str, case_ref: str = "PHX-1") -> Action:
    return next(each for each in open_case(session, case_ref).actions if each.action_ref == ref)


def move(session: Session, action: Action, due_on: date, reason: str = "The college is closed.") -> Outcome:
    entry = MoveAction(
        request=request(), action_ref=action.action_ref, revision=action.revision, due_on=due_on, reason=reason
    )
    return move_action(session, entry)


def finish(session: Session, action: Action, **said: Any) -> Outcome:  # noqa: ANN401 - values by field name
    entry = {"request": request(), "action_ref": action.action_ref, "revision": action.revision, "on": TODAY, **said}
    return finish_action(session, FinishAction(**entry))


def undo(session: Session, outcome: Outcome) -> Outcome:
    assert outcome.undo is not None
    return undo_act(session, UndoAct(request=request(), case_ref="PHX-1", done=outcome.undo))


def owed(session: Session) -> list[WorklistItem]:
    return [each for each in list_owed_work(session) if each.duty is Duty.ACTION]


def shown(session: Session) -> list[dict[str, str]]:
    rows = ACTIONS.rows(ShownCase(session, open_case(session, "PHX-1")))
    return [{column.title: column.text(row) for column in ACTIONS.columns} for row in rows]


def test_an_action_of_somebody_outside_is_moved_told_and_done(bureau: Bureau) -> None:
    navigator, officer = bureau.session("navigator"), bureau.session("officer")
    made = give(navigator, **SHAH)
    assert (made.given_by, made.first_due_on, made.due_moves) == (navigator.user, None, None)
    moved = move(officer, made, TODAY + DAY)
    assert moved.notice == "Due on 16 Oct 2026 now; moved once, first due 13 Oct 2026."
    again = move(navigator, read(navigator, made.action_ref), TODAY - DAY, " She asked for less. ")
    now = read(navigator, made.action_ref)
    assert (now.due_on, now.first_due_on, now.due_moves) == (TODAY - DAY, made.due_on, 2)
    assert now.due_reason == "She asked for less."
    (line,) = owed(officer)
    assert line.description == "Ring the college (J. SHAH, Ingeus; moved twice, first due 13 Oct 2026)"
    (row,) = shown(officer)
    assert (row["Owner"], row["Clock"]) == ("J. SHAH, Ingeus", "1 day late; moved twice, first due 13 Oct 2026")
    undo(navigator, again)
    assert read(navigator, made.action_ref).due_on == TODAY + DAY
    done = finish(bureau.session("supervisor"), read(navigator, made.action_ref), outcome="He starts on Monday.")
    assert (shown(officer)[0]["State"], owed(officer)) == ("done", [])
    assert shown(officer)[0]["Action"] == "Ring the college. Done 15 Oct 2026: He starts on Monday"
    undo(bureau.session("supervisor"), done)
    cancelled = finish(navigator, read(navigator, made.action_ref), cancel_reason="He left college.", outcome="none")
    assert (cancelled.notice, shown(officer)[0]["State"]) == ("Action cancelled.", "cancelled")
    assert read(navigator, made.action_ref).outcome is None


def test_a_move_is_undone_to_the_first_day_and_says_nothing_then(bureau: Bureau) -> None:
    navigator = bureau.session("navigator")
    made = give(navigator, owner=navigator.user)
    undo(navigator, move(navigator, made, TODAY + DAY))
    now = read(navigator, made.action_ref)
    assert (now.due_on, now.first_due_on, now.due_moves, now.due_reason) == (made.due_on, None, None, None)
    bureau.clock.now += timedelta(days=3)  # after the author's period the reason of the move is the reason asked for
    assert "moved once" in move(navigator, now, TODAY + 9 * DAY).notice


def test_a_day_is_not_moved_without_reason_to_itself_or_once_it_is_over(bureau: Bureau) -> None:
    navigator = bureau.session("navigator")
    made = give(navigator, owner="J. SHAH")
    for due_on, reason, refusal, field in (
        (TODAY, " ", MissingReason, "reason"),
        (made.due_on, "late", ConflictingValues, "due_on"),
    ):
        with nothing_written(bureau.keeper, refusal, field=field):
            move(navigator, made, due_on, reason)
    wanted = ChangeRecord(
        request=request(), case_ref="PHX-1", record=replace(made, due_on=TODAY), revision=made.revision
    )
    with nothing_written(bureau.keeper, InvalidRecord, field="due_on"):
        change_record_by_form(navigator, wanted)  # nothing goes round the reason
    for days in (3, 5):
        move(navigator, read(navigator, made.action_ref), TODAY + days * DAY)
    moved = read(navigator, made.action_ref)
    for said in (
        {"due_on": TODAY},  # with the reason of the move before
        {"due_on": made.due_on, "first_due_on": None, "due_moves": None},  # two moves are not undone at once
        {"first_due_on": None, "due_moves": None, "due_reason": None},
        {"due_moves": 1},
    ):
        changed = replace(moved, **said)
        with nothing_written(bureau.keeper, InvalidRecord, field="due_on"):
            change_record_by_form(navigator, replace(wanted, record=changed, revision=moved.revision))
    for role in ("partner", "analyst", "auditor", "administrator"):
        with pytest.raises(NotAllowed):
            move(bureau.session(role), made, TODAY)
    finish(navigator, moved)
    finished = read(navigator, made.action_ref)
    with nothing_written(bureau.keeper, AlreadyDone):
        move(navigator, finished, TODAY)


def test_the_owner_completes_an_action_whatever_the_role_and_however_late(bureau: Bureau) -> None:
    giver = bureau.session("coordinator")
    given = {role: give(giver, owner=login_of(role)) for role in READERS}
    outside = give(giver, **SHAH)
    with bureau.keeper.begin(giver.command_context(), "close") as tx:
        tx.save(replace(tx.get(Case, "PHX-1"), status="COMPLETED", closed_on=TODAY - DAY, close_reason="COMPLETED"))
    bureau.clock.now += timedelta(days=40)
    for role, action in given.items():
        owner = bureau.session(role)
        assert any(each.ref == action.action_ref and each.is_own for each in owed(owner)), role
        assert finish(owner, action, outcome="Done on the phone.").ref == action.action_ref
    finish(bureau.session("supervisor"), outside)
    assert owed(giver) == []


def test_who_could_not_complete_an_action_is_not_given_one(bureau: Bureau) -> None:
    officer = bureau.session("officer")
    for case_ref in ("IOM-1", "PHX-1"):
        open_case(officer, case_ref)  # on record before the tables are compared
    for case_ref, owner in (
        ("IOM-1", login_of("navigator")),
        ("IOM-1", login_of("partner")),
        ("PHX-1", login_of("analyst")),
    ):
        with nothing_written(bureau.keeper, InvalidRecord, "could not complete", field="owner"):
            give(officer, case_ref, owner=owner)
    give(officer, "IOM-1", owner=login_of("coordinator"))
    made = give(officer, "IOM-1", owner="N. OKORO of Leicestershire Cares")  # whoever is no user is anybody
    wanted = replace(made, owner=login_of("navigator"))
    with nothing_written(bureau.keeper, InvalidRecord, field="owner"):
        change_record_by_form(
            officer, ChangeRecord(request=request(), case_ref="IOM-1", record=wanted, revision=made.revision)
        )


def test_an_action_names_the_contact_of_its_own_case_that_it_follows_from(bureau: Bureau) -> None:
    navigator, officer = bureau.session("navigator"), bureau.session("officer")
    entry = RecordContact(
        request=request(),
        entries=(ContactEntry(case_ref="PHX-1", outcome="SEEN"),),
        occurred_at=DayTime(TODAY),
        planned=True,
        contact_type="OFFICE",
        next_on=TODAY + DAY,
    )
    contact = record_contact(navigator, entry)
    (follows,) = open_case(navigator, "PHX-1").actions
    assert (follows.contact_ref, follows.given_by) == (contact.ref, navigator.user)
    assert give(navigator, owner="J. SHAH", contact_ref=contact.ref).contact_ref == contact.ref
    other = Contact(
        contact_ref="CT-2",
        case_ref="IOM-1",
        occurred_at=DayTime(TODAY),
        planned=True,
        contact_type="OFFICE",
        outcome="SEEN",
    )
    put(bureau.keeper, other)
    open_case(officer, "PHX-1")
    with nothing_written(bureau.keeper, InvalidRecord, field="contact_ref"):
        give(officer, owner="J. SHAH", contact_ref="CT-2")


def test_a_contact_that_actions_follow_from_is_taken_out_or_moved_and_named_again_when_that_is_undone(
    bureau: Bureau,
) -> None:
    navigator, supervisor = bureau.session("navigator"), bureau.session("supervisor")
    entry = RecordContact(
        request=request(),
        entries=(ContactEntry(case_ref="PHX-1", outcome="SEEN"),),
        occurred_at=DayTime(TODAY),
        planned=True,
        contact_type="OFFICE",
        next_on=TODAY + DAY,
    )
    ref = record_contact(navigator, entry).ref
    finish(supervisor, give(supervisor, owner="J. SHAH", contact_ref=ref))
    open_case(supervisor, "IOM-1")
    which: dict[str, Any] = {"case_ref": "PHX-1", "table": "contacts", "key_text": ref, "reason": "Another boy."}
    for session, act in ((navigator, strike_out), (supervisor, move_record)):
        assert {each.contact_ref for each in open_case(session, "PHX-1").actions} == {ref}
        contact = next(each for each in open_case(session, "PHX-1").contacts if each.contact_ref == ref)
        given = {**which, "request": request(), "revision": contact.revision}
        if act is move_record:
            done = move_record(session, MoveRecord(**given, to_case_ref="IOM-1"))
        else:
            done = strike_out(session, StrikeOut(**given))
        left = open_case(session, "PHX-1")
        assert (len(left.actions), {each.contact_ref for each in left.actions}) == (2, {None})
        undo(session, done)
    assert {each.contact_ref for each in open_case(supervisor, "PHX-1").actions} == {ref}


def test_those_i_gave_are_beside_mine_and_what_is_overdue_comes_first(bureau: Bureau) -> None:
    navigator = bureau.session("navigator")
    later = give(navigator, owner="J. SHAH", due_on=TODAY + 5 * DAY)
    late = give(navigator, owner="J. SHAH", due_on=TODAY - 9 * DAY)
    mine = give(navigator, owner=navigator.user)
    theirs = give(bureau.session("officer"), owner="J. SHAH")
    worklist = Worklist(navigator)
    worklist.replace_lines(worklist.read())

    def refs(**asked: bool) -> list[str]:
        ids = worklist.ids("", frozenset({Duty.ACTION.value}), **{"mine": False, **asked})
        return [each.ref for each in worklist.rows(ids)]

    assert refs(given=True) == [late.action_ref, later.action_ref]
    assert refs(mine=True) == [mine.action_ref]
    assert refs(mine=True, given=True) == [late.action_ref, mine.action_ref, later.action_ref]
    assert theirs.action_ref in refs()


def test_a_server_itself_moves_no_day_without_a_reason_and_keeps_the_first_one(office: Office) -> None:
    made = give(office.session("navigator"), owner="J. SHAH")
    where = f" WHERE {read_row('actions', made.action_ref)}"
    was_due = f"(SELECT due_on FROM read_actions(refs => ARRAY['{made.action_ref}']))"  # noqa: S608 - our own words
    reasoned = "due_reason = 'closed', due_moves = 1, first_due_on = "
    refused = (
        "due_on = '2026-12-01'",
        "due_on = '2026-12-01', due_reason = 'closed'",
        f"due_on = '2026-12-01', {reasoned} '2026-11-01'",
        "due_on = '2026-12-01', due_reason = ' ', first_due_on = " + was_due,
        "cancelled_on = '2026-10-15'",
        "cancelled_on = '2026-10-15', cancel_reason = 'moved', done_on = '2026-10-15'",
    )
    accepted = (f"due_on = '2026-12-01', {reasoned} {was_due}", "cancelled_on = '2026-10-15', cancel_reason = 'moved'")
    again = give(office.session("navigator"), owner="J. SHAH")
    for days in (3, 5):
        move(office.session("navigator"), read(office.session("navigator"), again.action_ref), TODAY + days * DAY)
    first_due = f"(SELECT first_due_on FROM read_actions(refs => ARRAY['{again.action_ref}']))"  # noqa: S608 - as above
    refused_again = (
        "due_on = '2026-12-01'",
        "due_on = '2026-12-01', due_moves = 2, due_reason = 'closed'",
        f"due_on = {first_due}, first_due_on = NULL, due_moves = NULL, due_reason = NULL",
        "first_due_on = NULL, due_moves = NULL, due_reason = NULL",
        "due_moves = 3",
    )
    accepted_again = ("due_on = '2026-12-01', due_moves = 3", "due_on = '2026-10-18', due_moves = 1")
    for values in (*refused_again, *accepted_again):
        statement = (
            f"UPDATE actions SET {values}, revision = revision + 1 WHERE {read_row('actions', again.action_ref)}"  # noqa: S608 - our own words
        )
        with office.raw("navigator") as psql:
            psql.execute(b"SELECT open_case('PHX-1')")
            try:
                with psql.transaction(force_rollback=True):
                    assert psql.execute(statement.encode()).rowcount == 1
            except psycopg.errors.CheckViolation:
                assert values in refused_again, values
            else:
                assert values in accepted_again, values
    for role in ("officer", "navigator", "supervisor", "coordinator"):
        with office.raw(role) as psql:
            psql.execute(b"SELECT open_case('PHX-1')")
            for values in (*refused, *accepted):
                statement = f"UPDATE actions SET {values}, revision = revision + 1{where}"  # noqa: S608 - our own words
                try:
                    with psql.transaction(force_rollback=True):
                        assert psql.execute(statement.encode()).rowcount == 1
                except psycopg.errors.CheckViolation:
                    assert values in refused, (role, values)
                else:
                    assert values in accepted, (role, values)
