"""A contact, or an attempt at one, for one person or several: what is kept, who is to hear of it, what follows."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import (
    BreakGlassReadOnly,
    CaseClosed,
    DatesOutOfOrder,
    FutureDate,
    MalformedValue,
    Missing,
    MissingValue,
    NotAllowed,
    UnknownUser,
    WrongCase,
)
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.accounts.display_names import refresh_names
from ioms_desktop.services.case_history import get_case_record
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.commands import find_outcome
from ioms_desktop.services.recording.appointments import MakeAppointment, make_appointment
from ioms_desktop.services.recording.concerns import RecordConcern, record_concern
from ioms_desktop.services.recording.contacts import ContactEntry, FollowUp, RecordContact, record_contact
from ioms_desktop.services.session import Topic
from ioms_desktop.storage import users
from ioms_desktop.storage.schema.tables import audit
from listening import statements_of
from services.access_bureau import Bureau
from services.fresh_cases import MAY_RECORD, NAVIGATOR, OFFICER, Entry, Ledger
from sessions import TODAY, request

DAY = timedelta(days=1)


def seen(*cases: str, on: date = TODAY, outcome: str = "SEEN", note: str = "", **said: Any) -> RecordContact:  # noqa: ANN401 - values by field name
    """Write a contact down for some people."""
    plain: dict[str, Any] = {"planned": True, "contact_type": "HOME_VISIT_ANNOUNCED", **said}
    return RecordContact(
        request=request(),
        entries=tuple(ContactEntry(case_ref=each, outcome=outcome, note=note) for each in cases),
        occurred_at=DayTime(on),
        **plain,
    )


def with_offer(entry: RecordContact, offer_ref: str) -> RecordContact:
    """Say that a contact was part of an offer."""
    return replace(entry, entries=tuple(replace(each, offer_ref=offer_ref) for each in entry.entries))


def an_offer(ledger: Ledger, case_ref: str) -> str:
    """Put an offer on a case; gives its reference."""
    offer = Offer(offer_ref=f"OF-{case_ref}", case_ref=case_ref, offer_type="GYM", offered_on=date(2026, 9, 20))
    ledger.put(offer)
    return offer.offer_ref


def actions(ledger: Ledger, case_ref: str) -> list[tuple[str, str, date]]:
    """List what is to be done on a case, by whom and by when."""
    return [(each.text, each.owner, each.due_on) for each in ledger.of(Action, case_ref)]


def recorded(ledger: Ledger, ref: str) -> Contact:
    """Read a contact as it was entered."""
    return replace(ledger.get(Contact, ref), id=0, revision=0, recorded_at=None, recorded_by="")


def test_a_contact_is_kept_as_it_was_entered_with_whoever_recorded_it(ledger: Ledger) -> None:
    case = ledger.phoenix()
    offer = an_offer(ledger, case)
    entry = replace(
        with_offer(seen(case, note="  Went to the gym. "), offer),
        occurred_at=DayTime(date(2026, 10, 14), time(14, 30)),
        planned=False,
        minutes=45,
        direction="THEIRS",
        statement_basis="OPINION",
    )
    outcome = record_contact(ledger.session(), entry)
    assert outcome.ref.startswith("CT-")
    assert outcome.notice == "Contact recorded."
    assert outcome.changed == {Topic.CONTACTS, Topic.ACTIONS}
    assert outcome.raised == ()
    assert recorded(ledger, outcome.ref) == Contact(
        contact_ref=outcome.ref,
        case_ref=case,
        occurred_at=DayTime(date(2026, 10, 14), time(14, 30)),
        planned=False,
        contact_type="HOME_VISIT_ANNOUNCED",
        outcome="SEEN",
        minutes=45,
        worker=NAVIGATOR,
        agency="INGEUS",
        offer_ref=offer,
        direction="THEIRS",
        note="Went to the gym.",
        statement_basis="OPINION",
        utc_offset="UTC+01:00",
    )
    assert actions(ledger, case) == []


@pytest.mark.parametrize(
    ("on", "at", "meant", "kept"),
    [
        (date(2026, 10, 14), None, None, None),
        (date(2026, 10, 14), time(14, 30), None, "UTC+01:00"),
        (date(2026, 3, 29), time(0, 59), None, "UTC+00:00"),
        (date(2026, 3, 29), time(2), None, "UTC+01:00"),
        (date(2025, 10, 26), time(1, 30), None, "UTC+01:00"),
        (date(2025, 10, 26), time(1, 30), "UTC+00:00", "UTC+00:00"),
        (date(2025, 10, 26), time(2), None, "UTC+00:00"),
    ],
)
def test_a_time_is_kept_with_its_offset_from_utc(
    ledger: Ledger, on: date, at: time | None, meant: str | None, kept: str | None
) -> None:
    entry = replace(seen(ledger.phoenix()), occurred_at=DayTime(on, at), utc_offset=meant)
    assert recorded(ledger, record_contact(ledger.session(), entry).ref).utc_offset == kept


@pytest.mark.parametrize(
    ("on", "at", "meant"),
    [
        (date(2026, 3, 29), time(1, 30), None),
        (date(2026, 7, 1), time(1, 30), "UTC+00:00"),
        (date(2026, 1, 1), time(14), "UTC+01:00"),
    ],
)
def test_a_time_that_there_was_not_is_refused(ledger: Ledger, on: date, at: time, meant: str | None) -> None:
    entry = replace(seen(ledger.phoenix()), occurred_at=DayTime(on, at), utc_offset=meant)
    with ledger.nothing_written(), pytest.raises(MalformedValue):
        record_contact(ledger.session(), entry)


def test_what_nobody_says_of_a_contact_is_what_is_usual(ledger: Ledger) -> None:
    case = ledger.phoenix()
    kept = recorded(ledger, record_contact(ledger.session(), seen(case, note="At home.")).ref)
    assert (kept.planned, kept.minutes, kept.offer_ref) == (True, None, None)
    assert (kept.direction, kept.statement_basis) == ("OURS", "FACT")


@pytest.mark.parametrize("note", ["", " \n "])
def test_a_contact_without_a_note_has_no_basis_of_one(ledger: Ledger, note: str) -> None:
    kept = recorded(ledger, record_contact(ledger.session(), seen(ledger.phoenix(), note=note)).ref)
    assert (kept.note, kept.statement_basis) == (None, None)


@pytest.mark.parametrize(("outcome", "minutes"), [("SEEN", 45), ("FAILED_TO_ATTEND", None), ("CANCELLED_BY_US", None)])
def test_only_a_completed_contact_has_minutes(ledger: Ledger, outcome: str, minutes: int | None) -> None:
    entry = seen(ledger.phoenix(), outcome=outcome, minutes=45)
    assert recorded(ledger, record_contact(ledger.session(), entry).ref).minutes == minutes


@pytest.mark.parametrize(
    ("role", "agency"),
    [(Role.NAVIGATOR, "INGEUS"), (Role.OFFICER, "LEICESTERSHIRE_POLICE"), (Role.SUPERVISOR, None)],
)
def test_a_contact_is_of_the_agency_of_whoever_recorded_it_where_nobody_says(
    ledger: Ledger, role: Role, agency: str | None
) -> None:
    case, session = ledger.phoenix(), ledger.session("somebody", role)
    assert recorded(ledger, record_contact(session, seen(case)).ref).agency == agency
    assert recorded(ledger, record_contact(session, seen(case, agency="PROBATION")).ref).agency == "PROBATION"


def test_a_contact_is_of_the_agency_for_which_its_recorder_works_on_the_case(ledger: Ledger) -> None:
    case, other = ledger.phoenix(), ledger.phoenix()
    shah = ledger.session("shah", Role.OFFICER)

    def agency(ref: str = case) -> str | None:
        return recorded(ledger, record_contact(shah, seen(ref)).ref).agency

    held = CaseWorker(case_worker_ref="1", case_ref=case, worker="J. SHAH", worker_role="PROBATION_PRACTITIONER")
    ledger.put(replace(held, ended_on=TODAY))
    assert agency() == "LEICESTERSHIRE_POLICE", "no longer"
    ledger.put(replace(held, case_worker_ref="2", worker_role="SOCIAL_WORKER"))
    assert agency() == "LEICESTERSHIRE_POLICE", "a role that says nothing of an agency"
    ledger.put(replace(held, case_worker_ref="3"))
    assert (agency(), agency(other)) == ("HMPPS_PROBATION", "LEICESTERSHIRE_POLICE")
    entry = MakeAppointment(
        request="", case_refs=(case,), starts_at=DayTime(TODAY + DAY), contact_type="OFFICE", worker="PC 3 RAI"
    )
    with shah.store.begin(shah.command_context(), "names") as tx:
        users.add_user(tx, "pryce77", Role.OFFICER, "", at=shah.clock())
        users.set_display_name(tx, "pryce77", "DC 77 PRYCE")
    refresh_names(shah)
    ledger.put(replace(held, case_worker_ref="4", worker="pryce77", worker_role="NAVIGATOR"))
    met = [replace(entry, request=request(), worker=each) for each in ("", entry.worker, "pryce77", "dc 77 pryce")]
    kept = [ledger.get(Appointment, make_appointment(shah, each).ref).agency for each in met]
    assert kept == ["HMPPS_PROBATION", None, "INGEUS", "INGEUS"], "whom somebody else works for is not made up"
    with shah.store.begin(shah.command_context(), "names") as tx:
        users.add_user(tx, "DC 77 Pryce", Role.OFFICER, "", at=shah.clock())
    with pytest.raises(UnknownUser, match="may be the user DC 77 Pryce or pryce77"):
        make_appointment(shah, replace(entry, request=request(), worker="DC 77 Pryce"))


def test_a_contact_of_several_people_is_one_for_each_with_what_came_of_it_for_them(ledger: Ledger) -> None:
    first, second = ledger.phoenix(), ledger.phoenix()
    entry = replace(
        seen(first, second, minutes=30),
        entries=(
            ContactEntry(case_ref=first, outcome="SEEN", note="Came."),
            ContactEntry(case_ref=second, outcome="FAILED_TO_ATTEND", note="Did not come."),
        ),
    )
    outcome = record_contact(ledger.session(), entry)
    assert outcome.notice == "Contact recorded for two people."
    (one,), (other,) = ledger.of(Contact, first), ledger.of(Contact, second)
    assert (one.outcome, one.note, one.minutes) == ("SEEN", "Came.", 30)
    assert (other.outcome, other.note, other.minutes) == ("FAILED_TO_ATTEND", "Did not come.", None)
    assert outcome.ref == one.contact_ref != other.contact_ref


def test_what_a_contact_wrote_is_in_the_audit_with_who_where_and_of_whom(ledger: Ledger) -> None:
    case = ledger.phoenix()
    entry = seen(case, next_on=TODAY + DAY)
    ref = record_contact(ledger.session(), entry).ref
    (action,) = ledger.of(Action, case)
    said = {
        "kind": "COLLECTION",
        "actor": NAVIGATOR,
        "actor_role": "navigator",
        "workstation": "session of okoro",
        "request": entry.request,
        "subject_ref": case.replace("CASE", "P"),
    }
    assert ledger.audit_of(entry.request) == [
        Entry(object_type="contacts", object_ref=ref, **said),
        Entry(object_type="actions", object_ref=action.action_ref, **said),
    ]


def test_a_contact_sent_twice_is_recorded_once_and_answered_alike(ledger: Ledger) -> None:
    case = ledger.phoenix()
    entry = seen(case, next_on=TODAY + DAY, worry=FollowUp(observation="Has no money.", recipient="the officer"))
    first = record_contact(ledger.session(), entry)
    with ledger.nothing_written():
        assert record_contact(ledger.session(), entry) == first
    assert len(ledger.of(Contact, case)) == 1


@pytest.mark.parametrize(
    ("on", "today", "due"),
    [
        (date(2026, 10, 15), date(2026, 10, 15), date(2026, 10, 16)),
        (date(2026, 10, 14), date(2026, 10, 15), date(2026, 10, 15)),
        (date(2026, 10, 13), date(2026, 10, 15), date(2026, 10, 15)),
        (date(2026, 9, 18), date(2026, 10, 15), date(2026, 10, 15)),
        (date(2026, 10, 16), date(2026, 10, 16), date(2026, 10, 19)),
        (date(2026, 10, 16), date(2026, 10, 18), date(2026, 10, 19)),
        (date(2026, 12, 24), date(2026, 12, 24), date(2026, 12, 29)),
    ],
)
def test_somebody_is_told_on_the_next_working_day_and_never_on_a_day_that_has_passed(
    ledger: Ledger, on: date, today: date, due: date
) -> None:
    case = ledger.phoenix()
    record_contact(
        ledger.session(on=today), seen(case, on=on, behaviour=FollowUp(observation="Shouted.", recipient="the officer"))
    )
    assert actions(ledger, case) == [("Tell the officer about behaviour: Shouted.", NAVIGATOR, due)]


def test_behaviour_and_a_worry_are_two_actions_of_whoever_recorded_the_contact(ledger: Ledger) -> None:
    case = ledger.phoenix()
    entry = seen(
        case,
        behaviour=FollowUp(observation=" Shouted. ", recipient=" the officer "),
        worry=FollowUp(observation=" Has no money. ", recipient="  "),
    )
    record_contact(ledger.officer(), entry)
    assert sorted(actions(ledger, case)) == [
        ("Tell the officer about behaviour: Shouted.", OFFICER, TODAY + DAY),
        ("Tell the supervisor about a worry: Has no money.", OFFICER, TODAY + DAY),
    ]


def test_nobody_is_told_nothing(ledger: Ledger) -> None:
    case = ledger.phoenix()
    record_contact(
        ledger.session(),
        seen(
            case,
            behaviour=FollowUp(observation="", recipient="the officer"),
            worry=FollowUp(observation=" \n ", recipient="the officer"),
        ),
    )
    assert actions(ledger, case) == []


def test_what_is_to_be_told_is_an_action_of_each_person(ledger: Ledger) -> None:
    cases = ledger.phoenix(), ledger.phoenix()
    record_contact(
        ledger.session(), seen(*cases, worry=FollowUp(observation="They fell out.", recipient="the officer"))
    )
    for case in cases:
        assert [words for words, _, _ in actions(ledger, case)] == ["Tell the officer about a worry: They fell out."]


@pytest.mark.parametrize("days", [0, 1, 30])
def test_the_next_contact_is_an_action_due_on_its_day(ledger: Ledger, days: int) -> None:
    case, on = ledger.phoenix(), date(2026, 10, 13)
    record_contact(ledger.session(), seen(case, on=on, next_on=on + DAY * days))
    assert actions(ledger, case) == [("Next contact", NAVIGATOR, on + DAY * days)]


def test_the_next_contact_is_named_as_somebody_named_it(ledger: Ledger) -> None:
    cases = ledger.phoenix(), ledger.phoenix()
    record_contact(ledger.session(), seen(*cases, next_on=TODAY, next_what="Ring his mother"))
    for case in cases:
        assert actions(ledger, case) == [("Ring his mother", NAVIGATOR, TODAY)]


def test_a_next_contact_before_this_one_is_refused_and_nothing_of_the_contact_stays(ledger: Ledger) -> None:
    case = ledger.phoenix()
    entry = seen(case, next_on=TODAY - DAY, worry=FollowUp(observation="Has no money.", recipient="the officer"))
    with ledger.nothing_written(), pytest.raises(DatesOutOfOrder):
        record_contact(ledger.session(), entry)
    assert record_contact(ledger.session(), replace(entry, next_on=TODAY)).ref, "put right, the same entry is taken"


def test_an_offer_of_another_case_is_refused_and_nothing_is_written_for_anybody(ledger: Ledger) -> None:
    own, other = ledger.phoenix(), ledger.phoenix()
    foreign = an_offer(ledger, other)
    with ledger.nothing_written(), pytest.raises(WrongCase):
        record_contact(ledger.session(), with_offer(seen(own), foreign))
    with ledger.nothing_written(), pytest.raises(WrongCase):
        record_contact(ledger.session(), with_offer(seen(other, own), foreign))
    record_contact(ledger.session(), with_offer(seen(other), foreign))
    with ledger.nothing_written(), pytest.raises(Missing):
        record_contact(ledger.session(), with_offer(seen(own), "OF-NONE"))


def test_a_contact_of_tomorrow_is_refused_and_one_of_today_is_not(ledger: Ledger) -> None:
    case = ledger.phoenix()
    with ledger.nothing_written(), pytest.raises(FutureDate):
        record_contact(ledger.session(), seen(case, on=TODAY + DAY))
    assert record_contact(ledger.session(), seen(case, on=TODAY)).ref


def test_a_contact_of_nobody_is_refused(ledger: Ledger) -> None:
    with ledger.nothing_written(), pytest.raises(MissingValue):
        record_contact(ledger.session(), seen())


def test_a_contact_after_its_case_closed_is_refused_for_everybody_on_it(ledger: Ledger) -> None:
    closed, still = ledger.phoenix(closed_on=date(2026, 10, 13)), ledger.phoenix()
    for cases in ((closed,), (still, closed)):
        with ledger.nothing_written(), pytest.raises(CaseClosed):
            record_contact(ledger.session(), seen(*cases, on=date(2026, 10, 14)))
    for day in (12, 13):
        assert record_contact(ledger.session(), seen(closed, on=date(2026, 10, day))).ref


def test_a_case_that_is_not_there_or_not_theirs_refuses_the_contact_of_everybody(ledger: Ledger) -> None:
    own, iom = ledger.phoenix(), ledger.iom()
    for other in ("CASE-NONE", iom):
        with ledger.nothing_written(), pytest.raises(Missing):
            record_contact(ledger.session(), seen(own, other))
    assert record_contact(ledger.officer(), seen(iom)).ref, "an officer sees both programmes"


def test_nothing_is_recorded_on_a_case_seen_through_a_broken_glass(ledger: Ledger) -> None:
    case, session = ledger.phoenix(), ledger.session("breaker")
    ledger.break_glass(session, case)
    with ledger.nothing_written(), pytest.raises(BreakGlassReadOnly):
        record_contact(session, seen(case))


@pytest.mark.parametrize("role", list(Role))
def test_contacts_are_recorded_by_those_who_work_on_cases(ledger: Ledger, role: Role) -> None:
    case = ledger.phoenix()
    if role in MAY_RECORD:
        assert record_contact(ledger.session("somebody", role), seen(case)).ref
        return
    with ledger.nothing_written(), pytest.raises(NotAllowed, match="record contacts"):
        record_contact(ledger.session("somebody", role), seen(case))


def test_a_contact_of_several_people_says_what_it_raised_for_each(ledger: Ledger) -> None:
    cases = ledger.phoenix(), ledger.phoenix(), ledger.phoenix()
    for on in (date(2026, 10, 6), date(2026, 10, 13)):
        assert record_contact(ledger.session(), seen(*cases[1:], on=on, outcome="FAILED_TO_ATTEND")).raised == ()
    entry = seen(*cases, outcome="FAILED_TO_ATTEND")
    outcome = record_contact(ledger.session(), entry)
    # Not of the one for whom it was recorded first; a repeat and an answer that was lost say the same, by name too.
    again = record_contact(ledger.session(), entry), find_outcome(ledger.session(), entry.request)
    for said in (outcome, *filter(None, again), outcome.joined(outcome)):
        assert [(each.case_ref, each.rule, each.decision_due) for each in said.raised] == [
            (case, "missed_contacts", date(2026, 10, 19)) for case in cases[1:]
        ]
        for each in said.raised:
            person = open_case(ledger.session(), each.case_ref).person
            assert each.whom == f"{person.full_name}, born {format_day(person.date_of_birth)}"


def test_a_save_opens_no_case_that_is_open_and_leaves_why_it_was_opened(bureau: Bureau) -> None:
    session = bureau.session("supervisor")
    open_case(session, "IOM-1", reason_code="SAFEGUARDING")
    for days, confirmed in enumerate((None, frozenset[str]())):
        entry = seen("IOM-1", on=TODAY - timedelta(days=days))
        with statements_of(session.store.engine) as said:
            assert record_contact(replace(session, confirmed=confirmed), entry).ref
        assert not [each for each in said if "open_case(" in each], said
    # The control: one that is not open is opened on record.
    record_contact(replace(session, confirmed=frozenset()), seen("PHX-1"))
    consulted = select(audit.c.object_ref, audit.c.reason_code).where(audit.c.kind == "CONSULTATION")
    with bureau.keeper.read() as reading:
        rows = [tuple(each) for each in reading.connection.execute(consulted.order_by(audit.c.id))]
    assert rows == [("IOM-1", "SAFEGUARDING"), *([("PHX-1", "CASE_WORK")] if bureau.shared else [])]


def test_a_contact_asks_no_more_of_the_database_than_what_it_touches(bureau: Bureau) -> None:
    session = bureau.session("officer")
    record_contact(session, seen("IOM-1"))  # opens the case on a server, and connects
    # What ended without further action is looked up where there are concerns.
    concern = RecordConcern(request=request(), case_ref="IOM-1", occurred_on=TODAY, concern_type="MISSING")
    for more, before in ((0, None), (1, concern)):
        if before is not None:
            record_concern(bureau.session("supervisor"), before)
        with statements_of(session.store.engine) as said:
            record_contact(session, seen("IOM-1"))
        assert len(said) <= (7 if bureau.shared else 8) + more, "\n".join(said)
    # The control: reading the record type by type takes more.
    with statements_of(session.store.engine) as asked, session.store.read() as reading:
        get_case_record(reading, reading.get(Case, "IOM-1"))
    assert len(asked) > len(said)
