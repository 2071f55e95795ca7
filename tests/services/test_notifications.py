"""Notifying a participant and serving the IOM letter: attempts, consent by age, the letter, and the day on the case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ioms_desktop.domain.errors import (
    DatesOutOfOrder,
    FutureDate,
    InvalidEntry,
    InvalidRecord,
    MissingValue,
    NotAllowed,
    NotOnThisProgramme,
    StepNotReady,
)
from ioms_desktop.domain.records.cases import Case, Notification
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.undo import UndoAct, undo_act
from ioms_desktop.services.intake.notifications import (
    LeaveLetter,
    RecordNotification,
    leave_letter,
    record_notification,
)
from ioms_desktop.services.recording.corrections import RestoreStruckOut, StrikeOut, restore_struck_out, strike_out
from ioms_desktop.services.recording.notices import ServeNotice, serve_notice
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_record_by_form, change_record_by_form
from sessions import TODAY, request
from status_cases import PERSON, case_in

if TYPE_CHECKING:
    from ioms_desktop.services.session import Outcome, Session
    from services.access_bureau import Bureau

DAY = timedelta(days=1)
ADOPTED = date(2026, 10, 1)
CHILD = Person(person_ref="P-CHILD", family_name="Steps", given_names="Bo", date_of_birth=TODAY.replace(year=2011))
"""Fifteen years old today."""


@pytest.fixture
def team(bureau: Bureau) -> Bureau:
    child = replace(case_in("PHOENIX", "ELIGIBLE", "C"), person_ref=CHILD.person_ref)
    adopted = replace(case_in("IOM", "ACTIVE", "A"), adopted_on=ADOPTED, cohort="FIXED")
    with bureau.keeper.begin(bureau.session("supervisor").command_context(request="")) as tx:
        for record in (PERSON, CHILD, case_in("PHOENIX", "ELIGIBLE", "T"), child, adopted):
            tx.add(record)
    return bureau


def attempt(outcome: str, ref: str = "T", on: date = TODAY, **values: Any) -> RecordNotification:  # noqa: ANN401 - by field name
    told = Notification(case_ref=ref, attempted_on=on, attempt=9, outcome=outcome, kind="CUSTOM", **values)
    return RecordNotification(request=request(), told=told)


def served(session: Session, on: date = TODAY, **values: Any) -> Outcome:  # noqa: ANN401 - by field name
    revision = open_case(session, "A").case.revision
    entry = ServeNotice(request=request(), case_ref="A", revision=revision, on=on, **values)
    return serve_notice(session, entry)


def taken_out(session: Session, record: Notification) -> None:
    entry = StrikeOut(
        request=request(),
        case_ref=record.case_ref,
        table=record.table,
        key_text=record.key_text,
        revision=record.revision,
        reason="somebody else's",
    )
    strike_out(session, entry)


def test_after_three_attempts_the_letter_is_left_and_a_fourth_is_refused(team: Bureau) -> None:
    okoro = team.session("navigator")
    for number, days in enumerate((6, 4, 2), start=1):
        told = record_notification(okoro, attempt("NOT_FOUND", on=TODAY - days * DAY))
        assert told.notice.startswith(f"Attempt {number} recorded: Not found.")
        assert told.notice.endswith("Leave the letter now.") == (number == 3)
    with pytest.raises(InvalidRecord, match="Leave the letter"):
        record_notification(okoro, attempt("NOT_FOUND"))
    fourth = Notification(case_ref="T", attempted_on=TODAY, attempt=4, outcome="NOT_FOUND")
    with pytest.raises(InvalidRecord, match="Leave the letter"):  # not by the form either
        add_record_by_form(okoro, AddRecord(request=request(), case_ref="T", record=fourth))
    with pytest.raises(DatesOutOfOrder):
        leave_letter(okoro, LeaveLetter(request=request(), case_ref="T", left_on=TODAY - 3 * DAY))
    left = leave_letter(okoro, LeaveLetter(request=request(), case_ref="T", left_on=TODAY - DAY))
    assert left.notice == "Letter recorded as left on 14 Oct 2026, after attempt 3."
    assert left.undo is not None
    undo_act(okoro, UndoAct(request=request(), case_ref="T", done=left.undo))
    with pytest.raises(InvalidRecord):
        record_notification(okoro, attempt("NOT_FOUND"))
    leave_letter(okoro, LeaveLetter(request=request(), case_ref="T", left_on=TODAY - DAY))
    # They rang once they had read it.
    message: dict[str, Any] = {
        "message_points": "WE_KNOW;HELP_NOW",
        "attended": "POLICE;NAVIGATOR",
        "told": "PROBATION",
    }
    told = record_notification(okoro, attempt("DELIVERED_UNDECIDED", consent="NOT_YET", **message))
    assert told.notice == "Attempt 4 recorded: Delivered, undecided. The case is now: Notified."
    case = open_case(okoro, "T").case
    assert (case.status, case.notified_on) == ("NOTIFIED", TODAY)


def test_consent_is_given_by_who_may_give_it_at_that_age(team: Bureau) -> None:
    okoro = team.session("navigator")
    wrong = (
        (attempt("DELIVERED_ACCEPTED", "C", consent="OWN"), "consent"),
        (attempt("DELIVERED_ACCEPTED", "C", consent="OWN_GILLICK"), "gillick"),
        (attempt("DELIVERED_ACCEPTED", "T", consent="PARENT"), "consent"),
        (attempt("DELIVERED_ACCEPTED", "T", consent="PERHAPS"), "consent"),
        (attempt("DELIVERED_ACCEPTED", "T", attended="THE_DOG"), "attended"),
        (attempt("SERVED", "T"), "outcome"),
        (attempt("NOT_FOUND", "T", on=date(2026, 8, 31)), "attempted_on"),
    )
    for entry, field in wrong:
        with pytest.raises(InvalidEntry) as refused:
            record_notification(okoro, entry)
        assert refused.value.field == field
    with pytest.raises(FutureDate):
        record_notification(okoro, attempt("NOT_FOUND", on=TODAY + DAY))
    with pytest.raises(NotOnThisProgramme):
        record_notification(team.session("officer"), attempt("NOT_FOUND", "A"))
    with pytest.raises(NotAllowed):
        record_notification(team.session("coordinator"), attempt("NOT_FOUND", "T"))
    with pytest.raises(StepNotReady):
        leave_letter(okoro, LeaveLetter(request=request(), case_ref="T", left_on=TODAY))
    assert {open_case(okoro, ref).case.status for ref in ("T", "C")} == {"ELIGIBLE"}
    assert open_case(okoro, "C").notifications == ()
    assessed: dict[str, Any] = {
        "consent": "OWN_GILLICK",
        "gillick": "N. OKORO, 15 Oct: understood and weighed it",
        "told": "MOTHER",
    }
    record_notification(okoro, attempt("DELIVERED_ACCEPTED", "C", **assessed))
    record_notification(okoro, attempt("DELIVERED_ACCEPTED", "T", consent="OWN"))
    assert {open_case(okoro, ref).case.status for ref in ("T", "C")} == {"NOTIFIED"}


def test_the_letter_is_served_or_not_and_the_day_on_the_case_follows_its_record(team: Bureau) -> None:
    officer = team.session("officer")
    with pytest.raises(MissingValue) as refused:
        served(officer, outcome="NOT_FOUND")
    assert refused.value.field == "note"
    tried = served(officer, ADOPTED + DAY, outcome="NOT_FOUND", note="Nobody in.")
    assert tried.notice == "Attempt 1 at the IOM letter recorded: Not found. The letter is due by 15 Oct 2026."
    assert open_case(officer, "A").case.notice_served_on is None
    done = served(officer, ADOPTED + 2 * DAY, method="IN_PERSON", copy_given=True, interpreter=False)
    assert done.notice == "IOM letter recorded as served on 3 Oct 2026."
    view = open_case(officer, "A")
    letter = max(view.notifications, key=lambda each: each.attempt)
    assert view.case.notice_served_on == ADOPTED + 2 * DAY
    assert (letter.attempt, letter.kind, letter.delivered_by) == (2, "IOM_LETTER", officer.user)
    change_record_by_form(
        officer,
        ChangeRecord(
            request=request(),
            case_ref="A",
            record=replace(letter, outcome="REFUSED_TO_MEET", note="Shut the door."),
            revision=letter.revision,
        ),
    )
    assert open_case(officer, "A").case.notice_served_on is None
    done = served(officer, ADOPTED + 3 * DAY, method="READ_OUT", copy_given=False)
    assert done.undo is not None
    undo_act(officer, UndoAct(request=request(), case_ref="A", done=done.undo))
    assert open_case(officer, "A").case.notice_served_on is None
    served(officer, ADOPTED + 4 * DAY, method="BY_PRISON", copy_given=True)
    last = max(open_case(officer, "A").notifications, key=lambda each: each.attempted_on)
    taken_out(officer, last)
    assert open_case(officer, "A").case.notice_served_on is None
    entry = RestoreStruckOut(request=request(), case_ref="A", table=last.table, record_id=last.id)
    restore_struck_out(officer, entry)
    assert open_case(officer, "A").case.notice_served_on == ADOPTED + 4 * DAY


def test_a_day_on_the_case_that_came_without_a_record_stays_when_another_is_taken_out(team: Bureau) -> None:
    officer = team.session("officer")
    with team.keeper.begin(officer.command_context(request="")) as tx:
        tx.save(replace(tx.get(Case, "A"), notice_served_on=ADOPTED + DAY))
    served(officer, ADOPTED + 2 * DAY, outcome="NOT_FOUND", note="wrong door")
    (tried,) = open_case(officer, "A").notifications
    taken_out(officer, tried)
    assert open_case(officer, "A").case.notice_served_on == ADOPTED + DAY


def test_the_day_on_the_case_is_that_of_the_latest_letter_whichever_is_corrected(team: Bureau) -> None:
    officer = team.session("officer")

    def says(day: int) -> None:
        assert open_case(officer, "A").case.notice_served_on == ADOPTED + day * DAY

    def letter(day: int) -> Notification:
        return next(each for each in open_case(officer, "A").notifications if each.attempted_on == ADOPTED + day * DAY)

    def corrected(day: int, outcome: str) -> None:
        record = replace(letter(day), outcome=outcome, note="Shut the door.")
        entry = ChangeRecord(request=request(), case_ref="A", record=record, revision=record.revision)
        change_record_by_form(officer, entry)

    with team.keeper.begin(officer.command_context(request="")) as tx:
        tx.save(replace(tx.get(Case, "A"), notice_served_on=ADOPTED + DAY))
    served(officer, ADOPTED + 5 * DAY)
    taken_out(officer, letter(5))
    says(1)  # what came without a record stands again
    served(officer, ADOPTED + 5 * DAY)
    served(officer, ADOPTED + 2 * DAY)
    served(officer, ADOPTED + 6 * DAY, outcome="NOT_FOUND", note="Nobody in.")
    says(5)
    for day, outcome, latest in (
        *((2, "REFUSED_TO_MEET", 5), (2, "SERVED", 5), (6, "SERVED", 6), (5, "NOT_FOUND", 6), (6, "NOT_FOUND", 2)),
        *((5, "SERVED", 5), (2, "NOT_FOUND", 5), (2, "SERVED", 5)),
    ):
        corrected(day, outcome)
        says(latest)
    first = letter(2)
    taken_out(officer, first)
    says(5)
    restore_struck_out(
        officer, RestoreStruckOut(request=request(), case_ref="A", table=first.table, record_id=first.id)
    )
    says(5)
    with team.keeper.begin(officer.command_context(request="")) as tx:
        tx.save(replace(tx.get(Case, "A"), notice_served_on=ADOPTED + 8 * DAY))
    taken_out(officer, letter(5))
    says(8)  # a file says another day than any record
