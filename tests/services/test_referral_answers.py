"""A referral is answered as it goes on, by whom and when: no correction, at any age, by whoever may record one."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import psycopg

from ioms_desktop.domain.access.record_rights import Progress
from ioms_desktop.domain.errors import (
    AlreadyDone,
    ConflictingValues,
    DatesOutOfOrder,
    FutureDate,
    MissingReason,
    NotAllowed,
    ReasonToChange,
)
from ioms_desktop.domain.records.cases import Referral
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.undo import UndoAct, undo_act
from ioms_desktop.services.entries.authors import REASON_FIELD
from ioms_desktop.services.intake.referral_answers import (
    MAX_NOTE_CHARS,
    AnswerReferral,
    answer_referral,
)
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_record_by_form, change_record_by_form
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.ui.cases.case_section import ShownCase
from ioms_desktop.ui.cases.message_sections import REFERRALS
from services.access_bureau import Bureau
from services.written import nothing_written
from sessions import TODAY, request
from shared_people import Office
from storage.test_author_rights import is_changed

DAY = timedelta(days=1)
CASE = "PHX-1"


def sent(session: Session, status: str | None = "SENT") -> Referral:
    record = Referral(
        referral_ref="", case_ref="", direction="OUT", unit="MASH", sent_on=TODAY - 9 * DAY, status=status
    )
    return read(session, add_record_by_form(session, AddRecord(request=request(), case_ref=CASE, record=record)).ref)


def read(session: Session, ref: str) -> Referral:
    return next(each for each in open_case(session, CASE).referrals if each.referral_ref == ref)


def answer(session: Session, referral: Referral, status: str, **said: Any) -> Outcome:  # noqa: ANN401 - values by field name
    named = {"request": request(), "referral_ref": referral.referral_ref, "revision": referral.revision}
    entry: dict[str, Any] = {**named, "status": status, "answered_on": TODAY, **said}
    return answer_referral(session, AnswerReferral(**entry))


def change(session: Session, referral: Referral, **said: Any) -> Outcome:  # noqa: ANN401 - values by field name
    wanted = replace(referral, **said)
    entry = ChangeRecord(request=request(), case_ref=CASE, record=wanted, revision=referral.revision)
    return change_record_by_form(session, entry)


def test_a_referral_goes_on_at_any_age_without_a_reason_and_goes_back_only_with_one(bureau: Bureau) -> None:
    author, other = bureau.session("navigator"), bureau.session("coordinator")
    made = sent(author)
    bureau.clock.now += 9 * DAY
    seen = read(other, made.referral_ref)
    accepted = answer(other, seen, "ACCEPTED", answered_by="A. Reid", note=" Starts on Monday ")
    now = read(author, made.referral_ref)
    assert accepted.notice == "Referral (MASH) accepted."
    assert (now.status, now.answered_by, now.answer_note) == ("ACCEPTED", "A. Reid", "Starts on Monday")
    rows = REFERRALS.rows(ShownCase(author, open_case(author, CASE)))
    told = next({column.title: column.text(row) for column in REFERRALS.columns} for row in rows if row.record == now)
    assert (told["Status"], told["Answered by"], told["What they said"]) == ("Accepted", "A. Reid", "Starts on Monday")
    done = answer(author, now, "COMPLETED")
    over = read(author, made.referral_ref)
    assert (over.answered_on, over.answered_by) == (TODAY, None), "who accepted it did not end it"
    assert over.answer_note == f"Accepted, {format_day(TODAY)}, A. Reid: Starts on Monday"
    assert done.undo is not None
    undo_act(author, UndoAct(request=request(), case_ref=CASE, done=done.undo))
    again = read(author, made.referral_ref)
    assert replace(again, revision=0, recorded_at=None, recorded_by="") == replace(
        now, revision=0, recorded_at=None, recorded_by=""
    )
    change(author, again, status="COMPLETED")  # the form carries it on as well
    finished = read(author, made.referral_ref)
    long = sent(author)
    answer(author, long, "ACKNOWLEDGED", note="x" * 999)
    answer(author, read(author, long.referral_ref), "ACCEPTED", answered_by="A. Reid", note="Starts")
    kept = read(author, long.referral_ref)
    assert (kept.answer_note or "").startswith("Starts\nAcknowledged, ")
    assert len(kept.answer_note or "") == MAX_NOTE_CHARS
    if not bureau.shared:  # a server counts the period by its own clock, below
        for said in ({"status": "ACCEPTED"}, {"unit": "MACE"}, {"answered_on": TODAY - DAY}, {"answer_note": "No"}):
            with nothing_written(bureau.keeper, ReasonToChange, field=REASON_FIELD):
                change(author, finished, **said)
    reasoned = replace(author, change_reason="Mixed up with another")
    change(reasoned, finished, status="ACCEPTED")  # the control


def test_an_answer_that_does_not_follow_or_lacks_what_it_needs_is_refused_by_its_field(bureau: Bureau) -> None:
    navigator = bureau.session("navigator")
    made = sent(navigator)
    for status, said, refusal, field in (
        ("SENT", {}, ConflictingValues, "status"),
        ("NOWHERE", {}, ConflictingValues, "status"),
        ("DECLINED", {"note": " "}, MissingReason, "answer_note"),
        ("ACCEPTED", {"answered_on": made.sent_on - DAY}, DatesOutOfOrder, "answered_on"),
        ("ACCEPTED", {"answered_on": TODAY + DAY}, FutureDate, ""),
    ):
        with nothing_written(bureau.keeper, refusal, field=field):
            answer(navigator, made, status, **said)
    for role in ("auditor", "analyst"):
        with nothing_written(bureau.keeper, NotAllowed):
            answer(bureau.session(role), made, "ACCEPTED")
    answer(navigator, made, "DECLINED", note="Out of their area", answered_on=made.sent_on)  # the control
    over = read(navigator, made.referral_ref)
    assert over.possible_answers == ()
    with nothing_written(bureau.keeper, AlreadyDone):
        answer(navigator, over, "ACCEPTED")
    unsaid = sent(navigator, None)
    assert unsaid.possible_answers[:2] == ("ACKNOWLEDGED", "ACCEPTED")
    answer(navigator, unsaid, "COMPLETED")


def test_statements_of_ones_own_carry_a_referral_on_and_nothing_else_without_a_reason(office: Office) -> None:
    with office.raw("navigator") as psql:
        psql.execute(b"SELECT open_case('PHX-1')")
        for number, status in enumerate(("'SENT'", "'ACKNOWLEDGED'", "'ACCEPTED'", "'DECLINED'", "NULL")):
            psql.execute(
                "INSERT INTO referrals (referral_ref, case_ref, unit, sent_on, status, answered_on, revision, "  # noqa: S608 - our own words
                f"recorded_at, recorded_by) VALUES ('R-{number}', 'PHX-1', 'MASH', '2026-10-01', {status}, "
                "'2026-10-02', 1, now(), '')"
            )
    with office.owner() as owner:
        for table in ("referrals", "audit"):
            owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER".encode())
        owner.execute(b"UPDATE referrals SET recorded_at = now() - interval '25 hours'")
        owner.execute(b"UPDATE audit SET at = now() - interval '25 hours' WHERE kind = 'COLLECTION'")
        for table in ("referrals", "audit"):
            owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER".encode())
    told = "answered_on = '2026-10-09', answered_by = 'x', answer_note = 'y'"
    for role in ("navigator", "officer", "supervisor", "coordinator"):
        with office.raw(role) as psql:
            psql.execute(b"SELECT open_case('PHX-1')")
            _goes_on_only_forwards(psql, told)


def _goes_on_only_forwards(psql: psycopg.Connection, told: str) -> None:
    for number, forwards in enumerate(("ACCEPTED", "DECLINED", "COMPLETED")):
        ref = f"R-{number}"
        assert is_changed(psql, "referrals", ref, f"status = '{forwards}', {told}"), (forwards, "goes on")
        for more in (f"status = '{forwards}', unit = 'MACE'", "answered_on = '2026-10-09'", "unit = 'MACE'"):
            assert not is_changed(psql, "referrals", ref, more), more
    for number, wrong in ((1, "SENT"), (2, "DECLINED"), (3, "ACCEPTED"), (3, "NOWHERE"), (0, "SENT")):
        assert not is_changed(psql, "referrals", f"R-{number}", f"status = '{wrong}', {told}"), wrong
    assert is_changed(psql, "referrals", "R-4", "status = 'ACCEPTED'"), "what was empty is filled in"
    psql.execute(b"SELECT set_config('ioms.reason_text', 'mixed up', false)")  # the control: with a reason
    assert is_changed(psql, "referrals", "R-3", "status = 'ACCEPTED', unit = 'MACE'")
    psql.execute(b"SELECT set_config('ioms.reason_text', '', false)")


def test_every_declared_progress_names_columns_of_its_type_and_no_step_leads_back() -> None:
    declared = [each for each in RECORD_TYPE_BY_TABLE.values() if each.rights.progress is not None]
    assert Referral in declared
    for record_type in declared:
        progress = record_type.rights.progress
        assert isinstance(progress, Progress)
        names = {each.name for each in fields(record_type)}
        assert {progress.column, *progress.told} <= names
        for status in progress.steps:
            assert not any(status in progress.steps.get(later, ()) for later in progress.steps[status])
