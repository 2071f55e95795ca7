"""Appointments: what is made, moved and cancelled, what stands against one, and that none counts by itself."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.domain.errors import (
    AlreadyDone,
    BreakGlassReadOnly,
    CaseClosed,
    Missing,
    MissingValue,
    NotAllowed,
    OutOfRange,
    PastDate,
    WrongCase,
)
from ioms_desktop.domain.policy.case_figures import case_figures
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.edit_conflicts import EditConflict
from ioms_desktop.services.recording.appointments import (
    CancelAppointment,
    MakeAppointment,
    MoveAppointment,
    cancel_appointment,
    list_clashes,
    make_appointment,
    move_appointment,
)
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.recording.corrections import (
    RestoreStruckOut,
    StrikeOut,
    restore_struck_out,
    strike_out,
)
from owed import list_owed_work
from services.fresh_cases import MAY_RECORD, NAVIGATOR, OFFICER, Ledger
from sessions import TODAY, request

DAY = timedelta(days=1)
TWO_O_CLOCK = time(14)
FRIDAY = DayTime(TODAY + DAY, TWO_O_CLOCK)


def asked(*cases: str, at: DayTime = FRIDAY, **said: Any) -> MakeAppointment:  # noqa: ANN401 - values by field name
    """Ask for an appointment for some people."""
    return MakeAppointment(request=request(), case_refs=cases, starts_at=at, contact_type="HOME_VISIT", **said)


def moved(made: Appointment, at: DayTime, **said: Any) -> MoveAppointment:  # noqa: ANN401 - as above
    """Ask for another time."""
    plain: dict[str, Any] = {"minutes": 30, "location": "", "asked_by": "THEIRS", "reason": "At work then", **said}
    return MoveAppointment(
        request=request(), appointment_ref=made.appointment_ref, revision=made.revision, starts_at=at, **plain
    )


def cancelled(made: Appointment, **said: Any) -> CancelAppointment:  # noqa: ANN401 - as above
    """Ask to cancel."""
    plain: dict[str, Any] = {"asked_by": "OURS", "reason": "Short of staff", **said}
    return CancelAppointment(request=request(), appointment_ref=made.appointment_ref, revision=made.revision, **plain)


def outcome_of(made: Appointment, *, case: str = "", on: date = TODAY, outcome: str = "SEEN") -> RecordContact:
    """Write down what came of an appointment."""
    return RecordContact(
        request=request(),
        entries=(ContactEntry(case_ref=case or made.case_ref, outcome=outcome, appointment_ref=made.appointment_ref),),
        occurred_at=DayTime(on),
        planned=True,
        contact_type=made.contact_type,
    )


def only(ledger: Ledger, case: str) -> Appointment:
    """Read the appointment of a case that has one."""
    (found,) = ledger.of(Appointment, case)
    return found


def made_for(ledger: Ledger, case: str, at: DayTime = FRIDAY, **said: Any) -> Appointment:  # noqa: ANN401 - as above
    """Make an appointment and read it."""
    return ledger.get(Appointment, make_appointment(ledger.session(), asked(case, at=at, **said)).ref)


def test_an_appointment_is_kept_as_it_was_made_with_whoever_made_it_unless_another_is_named(ledger: Ledger) -> None:
    case = ledger.phoenix()
    outcome = make_appointment(ledger.session(), asked(case, minutes=45, location="  Youth centre ", purpose="SUPPORT"))
    assert outcome.notice == "Appointment made for 16 Oct 2026, 14:00."
    assert replace(only(ledger, case), id=0, revision=0, recorded_at=None, recorded_by="") == Appointment(
        appointment_ref=outcome.ref,
        case_ref=case,
        starts_at=FRIDAY,
        minutes=45,
        contact_type="HOME_VISIT",
        location="Youth centre",
        worker=NAVIGATOR,
        agency="INGEUS",
        purpose="SUPPORT",
    )
    assert made_for(ledger, ledger.phoenix(), worker="J. Okafor").worker == "J. Okafor"


def test_everybody_gets_their_own_and_one_a_week(ledger: Ledger) -> None:
    cases = (ledger.phoenix(), ledger.phoenix())
    outcome = make_appointment(ledger.session(), asked(*cases, weeks=3))
    assert outcome.notice == "Six appointments made, the first for 16 Oct 2026, 14:00, the last for 30 Oct 2026, 14:00."
    for case in cases:
        days = sorted(each.starts_at.on for each in ledger.of(Appointment, case))
        assert days == [TODAY + DAY, TODAY + 8 * DAY, TODAY + 15 * DAY]


def test_a_repeated_request_makes_one(ledger: Ledger) -> None:
    case = ledger.phoenix()
    entry = asked(case)
    assert make_appointment(ledger.session(), entry) == make_appointment(ledger.session(), entry)
    assert only(ledger, case).starts_at == FRIDAY


@pytest.mark.parametrize("weeks", [0, 27])
def test_weeks_are_from_one_to_half_a_year(ledger: Ledger, weeks: int) -> None:
    case = ledger.phoenix()
    with ledger.nothing_written(), pytest.raises(OutOfRange, match="from 1 to 26 weeks"):
        make_appointment(ledger.session(), asked(case, weeks=weeks))
    make_appointment(ledger.session(), asked(case, weeks=26))
    assert len(ledger.of(Appointment, case)) == 26


def test_one_is_made_for_today_at_the_earliest(ledger: Ledger) -> None:
    case = ledger.phoenix()
    with ledger.nothing_written(), pytest.raises(PastDate, match="14 Oct 2026 is past"):
        make_appointment(ledger.session(), asked(case, at=DayTime(TODAY - DAY)))
    assert made_for(ledger, case, DayTime(TODAY)).starts_at == DayTime(TODAY)


def test_nobody_chosen_and_a_closed_case_and_the_offer_of_another_are_refused(ledger: Ledger) -> None:
    closed, other = ledger.phoenix(closed_on=TODAY + DAY), ledger.phoenix()
    ledger.put(Offer(offer_ref=f"OF-{other}", case_ref=other, offer_type="GYM", offered_on=TODAY - DAY))
    with ledger.nothing_written():
        with pytest.raises(MissingValue, match="at least one person"):
            make_appointment(ledger.session(), asked())
        with pytest.raises(CaseClosed):
            make_appointment(ledger.session(), asked(closed, at=DayTime(TODAY + 2 * DAY)))
        with pytest.raises(CaseClosed):
            make_appointment(ledger.session(), asked(other, closed, weeks=2))
        with pytest.raises(WrongCase):
            make_appointment(ledger.session(), asked(closed, offer_ref=f"OF-{other}"))
    assert make_appointment(ledger.session(), asked(closed)).ref  # the day on which it closes is accepted


@pytest.mark.parametrize("role", Role)
def test_who_records_contacts_makes_appointments(ledger: Ledger, role: Role) -> None:
    case = ledger.phoenix()
    if role in MAY_RECORD:
        make_appointment(ledger.session("lee", role), asked(case))
    else:
        with ledger.nothing_written(), pytest.raises(NotAllowed):
            make_appointment(ledger.session("lee", role), asked(case))


def test_a_navigator_makes_none_on_iom(ledger: Ledger) -> None:
    case = ledger.iom()
    with pytest.raises(Missing):
        make_appointment(ledger.session(), asked(case))
    assert ledger.of(Appointment, case) == []
    assert make_appointment(ledger.officer(), asked(case)).ref


def test_moving_cancels_the_one_and_makes_another_that_names_it(ledger: Ledger) -> None:
    case = ledger.phoenix()
    made = made_for(ledger, case, minutes=60, location="Youth centre", purpose="SUPPORT")
    later = DayTime(TODAY + 4 * DAY, time(9, 30))
    notice = move_appointment(ledger.session(), moved(made, later, location="At home")).notice
    assert notice == "Moved from 16 Oct 2026, 14:00 to 19 Oct 2026, 09:30."
    before, after = sorted(ledger.of(Appointment, case), key=lambda each: each.starts_at.iso_text)
    assert (before.cancelled_on, before.cancelled_by, before.cancel_reason) == (TODAY, "THEIRS", "At work then")
    assert (after.replaces_ref, after.minutes, after.location, after.purpose) == (
        made.appointment_ref,
        30,
        "At home",
        "SUPPORT",
    )
    assert after.is_waiting
    assert (after.revision, after.recorded_by) == (1, NAVIGATOR)


def test_who_asked_and_why_is_needed_to_move_or_cancel(ledger: Ledger) -> None:
    made = made_for(ledger, ledger.phoenix())
    with ledger.nothing_written():
        for missing in ({"asked_by": ""}, {"reason": " "}):
            with pytest.raises(MissingValue):
                cancel_appointment(ledger.session(), cancelled(made, **missing))
            with pytest.raises(MissingValue):
                move_appointment(ledger.session(), moved(made, FRIDAY, **missing))
        with pytest.raises(PastDate):
            move_appointment(ledger.session(), moved(made, DayTime(TODAY - DAY)))


def test_what_is_cancelled_or_has_its_outcome_is_settled(ledger: Ledger) -> None:
    case = ledger.phoenix()
    first, second = made_for(ledger, case, DayTime(TODAY)), made_for(ledger, case, DayTime(TODAY, time(10)))
    notice = cancel_appointment(ledger.session(), cancelled(first)).notice
    assert notice == "The appointment of 15 Oct 2026 is cancelled."
    contact = record_contact(ledger.session(), outcome_of(second)).ref
    assert ledger.get(Appointment, second.appointment_ref).contact_ref == contact
    with ledger.nothing_written():
        for each in ledger.of(Appointment, case):
            with pytest.raises(AlreadyDone):
                cancel_appointment(ledger.session(), cancelled(each))
            with pytest.raises(AlreadyDone):
                move_appointment(ledger.session(), moved(each, FRIDAY))
            with pytest.raises(AlreadyDone):
                record_contact(ledger.session(), outcome_of(each))


def test_a_colleague_s_change_is_noticed(ledger: Ledger) -> None:
    made = made_for(ledger, ledger.phoenix())
    ledger.change(made, location="The library")
    with pytest.raises(EditConflict):
        cancel_appointment(ledger.session(), cancelled(made))


def test_the_outcome_of_another_case_s_appointment_is_refused_with_its_contact(ledger: Ledger) -> None:
    made, other = made_for(ledger, ledger.phoenix(), DayTime(TODAY)), ledger.phoenix()
    with ledger.nothing_written():
        with pytest.raises(WrongCase):
            record_contact(ledger.session(), outcome_of(made, case=other))
        with pytest.raises(Missing):
            record_contact(ledger.session(), outcome_of(replace(made, appointment_ref="AP-NONE")))


@pytest.mark.parametrize("past", [True, False])
def test_an_appointment_counts_neither_for_nor_against_anybody(ledger: Ledger, past: bool) -> None:
    case = ledger.phoenix()
    on = TODAY + 30 * DAY

    def figures() -> tuple[object, ...]:
        session = ledger.session(on=on)
        view = open_case(session, case)
        counted = case_figures(session.policy_timeline, view.history[-1], on)
        return counted, view.triggers, view.overdue, view.suggestions, view.contact_due, view.completed, view.step

    before = figures()
    for week in range(4):
        made_for(ledger, case, DayTime(TODAY + (week * 7 if past else 60 + week) * DAY, TWO_O_CLOCK))
    assert figures() == before
    first = min(ledger.of(Appointment, case), key=lambda each: each.starts_at.iso_text)
    record_contact(ledger.session(on=on), outcome_of(first, on=on))
    assert figures() != before  # the control: its outcome counts


def test_today_asks_for_the_outcome_of_what_is_past_and_lists_the_week(ledger: Ledger) -> None:
    case = ledger.phoenix(navigator=NAVIGATOR)
    made = [
        made_for(ledger, case, DayTime(TODAY)),
        made_for(ledger, case, DayTime(TODAY, time(10, 31))),
        made_for(ledger, case, DayTime(TODAY, time(10, 30))),
        made_for(ledger, case, DayTime(TODAY + 7 * DAY, time(23, 59))),
        made_for(ledger, case, DayTime(TODAY + 8 * DAY)),
    ]

    def listed(on: date) -> dict[str, str]:
        own = [line for line in list_owed_work(ledger.session(on=on)) if line.case_ref == case]
        return {line.ref: line.duty.name for line in own if line.duty in {Duty.OUTCOME, Duty.APPOINTMENT}}

    refs = [each.appointment_ref for each in made]
    assert listed(TODAY) == dict(zip(refs[:4], ("APPOINTMENT", "APPOINTMENT", "OUTCOME", "APPOINTMENT"), strict=True))
    tomorrow = listed(TODAY + DAY)
    assert tomorrow == dict(zip(refs, (*["OUTCOME"] * 3, "APPOINTMENT", "APPOINTMENT"), strict=True))
    record_contact(ledger.session(), outcome_of(made[0]))
    cancel_appointment(ledger.session(), cancelled(made[1]))
    assert set(listed(TODAY + DAY)) == set(refs[2:])
    (line,) = [each for each in list_owed_work(ledger.session()) if each.ref == refs[2]]
    how = ledger.session().lists.of("contact_type").label("HOME_VISIT")
    assert line.description == f"{how}, with {NAVIGATOR}, 15 Oct 2026, 10:30: no outcome is recorded."
    assert line.is_own


def test_clashes_and_custody_are_said_and_refuse_nothing(ledger: Ledger) -> None:
    worker = "PC 99 UNIQUE"
    case, other = ledger.phoenix(), ledger.phoenix()
    made = made_for(ledger, case, minutes=30, worker=worker)
    person = ledger.get(Case, other).person_ref
    ledger.put(CustodySpell(person_ref=person, received_on=TODAY, released_on=TODAY + 2 * DAY))

    def said(case_ref: str, at: time | None, minutes: int | None = None, moving: str = "") -> tuple[str, ...]:
        starts_at = DayTime(FRIDAY.on, at)
        return list_clashes(ledger.session(), [case_ref], worker, starts_at, minutes, moving=moving)

    assert said(case, time(14, 29)) == (f"{case} has another appointment then, at 14:00.",)
    assert said(case, time(14, 30)) == ()
    assert said(case, time(13)) == ()
    assert said(case, time(13), 61) == (f"{case} has another appointment then, at 14:00.",)
    assert said(case, time(14), moving=made.appointment_ref) == ()
    assert said(case, None) == ()
    custody = "MARLOW, Jayden is recorded as in custody on 16 Oct 2026."
    assert said(other, time(14)) == (f"{worker} has another appointment then, at 14:00.", custody)
    assert list_clashes(ledger.session(), [other], "", DayTime(TODAY + 2 * DAY), None) == ()
    assert make_appointment(ledger.session(), asked(other)).ref


def test_a_navigator_is_told_nothing_of_iom(ledger: Ledger) -> None:
    case = ledger.iom()
    ledger.put(CustodySpell(person_ref=ledger.get(Case, case).person_ref, received_on=TODAY))
    assert list_clashes(ledger.session(), [case], "", FRIDAY, None) == ()
    (said,) = list_clashes(ledger.officer(), [case], "", FRIDAY, None)
    assert "in custody" in said


def test_nothing_is_made_behind_broken_glass(ledger: Ledger) -> None:
    case = ledger.iom()
    session = ledger.session("boyd", Role.OFFICER)
    ledger.break_glass(session, case)
    with ledger.nothing_written(), pytest.raises(BreakGlassReadOnly):
        make_appointment(session, asked(case))
    assert make_appointment(ledger.session(OFFICER, Role.OFFICER), asked(ledger.iom())).ref
    assert ledger.of(Contact, case) == []


def test_an_appointment_is_without_outcome_again_when_its_contact_is_struck_out_and_named_when_that_is_put_back(
    ledger: Ledger,
) -> None:
    made = made_for(ledger, ledger.phoenix(), DayTime(TODAY))
    session = ledger.session()
    ref = record_contact(session, outcome_of(made)).ref
    contact = ledger.get(Contact, ref)
    strike_out(
        session,
        StrikeOut(
            request=request(),
            case_ref=made.case_ref,
            table="contacts",
            key_text=ref,
            revision=contact.revision,
            reason="Nobody was there.",
        ),
    )
    assert only(ledger, made.case_ref).is_waiting
    assert ledger.of(Contact, made.case_ref) == []
    undo = RestoreStruckOut(request=request(), case_ref=made.case_ref, table="contacts", record_id=contact.id)
    restore_struck_out(session, undo)
    assert only(ledger, made.case_ref).contact_ref == ref


def test_an_appointment_changed_since_is_not_given_the_outcome_that_was_put_back(ledger: Ledger) -> None:
    made = made_for(ledger, ledger.phoenix(), DayTime(TODAY))
    session = ledger.session()
    ref = record_contact(session, outcome_of(made)).ref
    contact = ledger.get(Contact, ref)
    words = {"case_ref": made.case_ref, "table": "contacts"}
    strike_out(
        session,
        StrikeOut(request=request(), key_text=ref, revision=contact.revision, reason="The wrong day.", **words),
    )
    cancel_appointment(session, cancelled(only(ledger, made.case_ref)))
    restore_struck_out(session, RestoreStruckOut(request=request(), record_id=contact.id, **words))
    assert only(ledger, made.case_ref).contact_ref is None
