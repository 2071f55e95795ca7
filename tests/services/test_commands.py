"""What every command shares: done once, on a case open to the user that was not closed, saying what it raised."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from sqlalchemy import select

from ioms_desktop.domain.access.case_access import AccessList, CaseRestriction
from ioms_desktop.domain.access.roles import Right, Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import (
    BreakGlassReadOnly,
    CaseClosed,
    CaseNotFound,
    FutureDate,
    InvalidText,
    Missing,
    NotAllowed,
    Refused,
)
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.exchange.text import MAX_LONG_TEXT_CHARS, MAX_TEXT_CHARS
from ioms_desktop.services import commands
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.session import Outcome, RaisedTrigger, Session, Topic
from ioms_desktop.storage import access_lists
from ioms_desktop.storage.postgres.notify import CHANGE_CHANNEL
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.transaction import Transaction
from keys import opened
from services.fresh_cases import NAVIGATOR, Ledger
from sessions import NOW, TODAY, Clock, request
from shared_people import Office

DAY = timedelta(days=1)
CLOSED = date(2026, 10, 13)
MISSED = "FAILED_TO_ATTEND"
SAID = Outcome(
    notice="Done.",
    changed=frozenset({Topic.ACTIONS, Topic.RAG}),
    ref="AC-1",
    raised=(RaisedTrigger("breach", "A breach is recorded.", TODAY, "PHX-1"),),
)


def an_action(case_ref: str, words: str = "Ring the college") -> Action:
    """Write an action down."""
    return Action(
        action_ref=commands.new_ref("AC"), case_ref=case_ref, text=words, owner=NAVIGATOR, due_on=TODAY, done_on=None
    )


def adding(case_ref: str, done: list[str]) -> Callable[[Transaction], Outcome]:
    """Make a command that adds an action and counts itself."""

    def do(tx: Transaction) -> Outcome:
        commands.add_record(tx, an_action(case_ref))
        done.append(case_ref)
        return SAID

    return do


def once(session: Session, number: str, do: Callable[[Transaction], Outcome]) -> Outcome:
    """Run a command of those who work on cases."""
    return commands.run_command(session, "tidy_up", Right.RECORD_ENGAGEMENT, number, do)


def missed(ledger: Ledger, case_ref: str, on: date, outcome: str = MISSED) -> tuple[str, ...]:
    """Record a contact; gives the rules that it raised."""
    entry = RecordContact(
        request=request(),
        entries=(ContactEntry(case_ref=case_ref, outcome=outcome),),
        occurred_at=DayTime(on),
        planned=True,
        contact_type="OTHER",
    )
    return tuple(each.rule for each in record_contact(ledger.session(), entry).raised)


def test_a_new_reference_has_its_prefix_and_ten_marks_that_are_not_mistaken_for_each_other() -> None:
    made = {commands.new_ref("CT") for _ in range(400)}
    assert len(made) == 400
    assert all(re.fullmatch("CT-[2-9A-HJ-NP-Z]{10}", each) for each in made)
    assert {mark for each in made for mark in each[3:]} == set("23456789ABCDEFGHJKLMNPQRSTUVWXYZ")


def test_a_command_is_done_once_for_its_number_and_answers_as_it_did(ledger: Ledger) -> None:
    case, done, number = ledger.phoenix(), list[str](), request()
    assert once(ledger.session(), number, adding(case, done)) == SAID
    with ledger.nothing_written():
        assert once(ledger.session(), number, adding(case, done)) == SAID
    assert (len(done), len(ledger.of(Action, case))) == (1, 1)
    assert once(ledger.session(), request(), adding(case, done)) == SAID
    assert len(ledger.of(Action, case)) == 2, "another number is another command"


def test_a_number_is_noted_with_who_when_which_command_and_what_it_answered(ledger: Ledger) -> None:
    number = request()
    once(ledger.session(), number, adding(ledger.phoenix(), []))
    table = tables.request
    with ledger.store.read() as reading:
        row = reading.connection.execute(select(table).where(table.c.id == number)).one()
    assert (row.actor, row.act, row.at, row.answer) == (NAVIGATOR, "tidy_up", NOW, SAID.to_dict())


def test_a_command_that_is_refused_may_be_sent_again_under_its_number(ledger: Ledger) -> None:
    case, number = ledger.phoenix(), request()

    def refuse(tx: Transaction) -> Outcome:
        commands.add_record(tx, an_action(case))
        raise Refused("Not like that.")

    with ledger.nothing_written(), pytest.raises(Refused, match="Not like that"):
        once(ledger.session(), number, refuse)
    assert commands.find_outcome(ledger.session(), number) is None
    assert once(ledger.session(), number, adding(case, [])) == SAID


def test_a_command_that_the_role_does_not_include_is_not_begun(ledger: Ledger) -> None:
    case, done = ledger.phoenix(), list[str]()
    with ledger.nothing_written(), pytest.raises(NotAllowed, match="may record contacts"):
        once(ledger.session("shah", Role.AUDITOR), request(), adding(case, done))
    assert done == []


def test_a_command_whose_answer_was_lost_is_asked_for_by_its_number(ledger: Ledger) -> None:
    session, number, unanswered = ledger.session(), request(), request()
    once(session, number, adding(ledger.phoenix(), []))
    with session.store.begin(session.command_context(request=unanswered), "tidy_up"):
        pass
    with ledger.nothing_written():
        assert commands.find_outcome(session, number) == SAID
        assert commands.find_outcome(session, unanswered) == Outcome(notice="Saved.")
        assert commands.find_outcome(session, request()) is None
        assert commands.find_outcome(session, "") is None


def test_the_other_workstations_of_a_shared_database_are_told_what_changed(shared_location: str) -> None:
    store = opened(shared_location)
    ledger = Ledger(store)
    case = ledger.phoenix()
    with psycopg.connect(shared_location, autocommit=True) as listening:
        listening.execute(f"LISTEN {CHANGE_CHANNEL}")
        once(ledger.session(), request(), adding(case, []))
        (heard,) = listening.notifies(timeout=30, stop_after=1)
        said = json.loads(heard.payload)
        told = listening.execute("SELECT case_ref FROM cases_announced(%s)", (said["cases"],)).fetchall()
    assert {**said, "cases": told} == {"from": store.sender_id, "topics": ["actions", "rag"], "cases": [(case,)]}
    store.close()


def a_contact(case_ref: str) -> Contact:
    """Write a contact down."""
    return Contact(
        contact_ref=commands.new_ref("CT"),
        case_ref=case_ref,
        occurred_at=DayTime(TODAY),
        planned=False,
        contact_type="OTHER",
        outcome="SEEN",
    )


@pytest.mark.parametrize(
    ("field", "limit", "write"),
    [
        ("text", MAX_TEXT_CHARS, lambda words: an_action("PHX-1", words)),
        ("note", MAX_LONG_TEXT_CHARS, lambda words: replace(a_contact("PHX-1"), note=words)),
    ],
)
def test_a_text_of_the_greatest_length_is_kept_and_one_more_mark_is_refused(
    field: str, limit: int, write: Callable[[str], Record]
) -> None:
    longest = write("x" * limit)
    assert commands.clean_record(longest) == longest
    with pytest.raises(InvalidText) as caught:
        commands.clean_record(write("x" * (limit + 1)))
    assert caught.value.field == field


def test_a_record_is_tidied_in_its_texts_alone() -> None:
    untidy = replace(a_contact("PHX-1"), worker="  Cafe\u0301 ", note=" \t ", contact_type=" OTHER")
    assert commands.clean_record(untidy) == replace(untidy, worker="Caf\u00e9", note=None)


def test_a_new_record_and_a_changed_one_are_both_tidied(ledger: Ledger) -> None:
    case, session = ledger.phoenix(), ledger.session()
    with session.store.begin(session.command_context(request=request())) as tx:
        added = commands.add_record(tx, an_action(case, "  Ring him "))
        saved = commands.save_record(tx, replace(added, text="  Ring her "))
    assert (added.text, added.revision, saved.text, saved.revision) == ("Ring him", 1, "Ring her", 2)
    hidden = "abc\u202edef"
    with (
        ledger.nothing_written(),
        pytest.raises(Refused) as caught,
        session.store.begin(session.command_context()) as tx,
    ):
        commands.add_record(tx, an_action(case, hidden))
    assert caught.value.field == "text"
    with (
        ledger.nothing_written(),
        pytest.raises(InvalidText),
        session.store.begin(session.command_context()) as tx,
    ):
        commands.save_record(tx, replace(saved, text=hidden))


def at_hand(session: Session, case_ref: str) -> Case:
    """Open a case as every command does."""
    with session.store.read() as reading:
        return commands.get_visible_case(session, reading, case_ref)


def test_a_case_that_is_kept_from_somebody_is_answered_as_one_that_is_not_there(ledger: Ledger) -> None:
    iom, excluded = ledger.iom(), ledger.phoenix()
    with ledger.store.begin(ledger.session("wright", Role.SUPERVISOR).command_context()) as tx:
        access_lists.set_access_entry(tx, excluded, "barred", AccessList.EXCLUDED, listed=True)
    said = set()
    for user, case in ((NAVIGATOR, "CASE-NONE"), (NAVIGATOR, iom), ("barred", excluded)):
        with ledger.nothing_written(), pytest.raises(Missing) as caught:
            at_hand(ledger.session(user), case)
        assert isinstance(caught.value, CaseNotFound)
        said.add(caught.value.sentence.replace(case, "X"))
    assert len(said) == 1
    assert at_hand(ledger.session(), excluded).case_ref == excluded, "the control: others open it"
    assert at_hand(ledger.officer(), iom).case_ref == iom


def test_a_record_is_at_hand_with_its_case_alone(ledger: Ledger) -> None:
    case, iom = ledger.phoenix(), ledger.iom()
    own, other = an_action(case), an_action(iom)
    ledger.put(own, other)
    session = ledger.session()
    with session.store.read() as reading:
        assert commands.get_visible_record(session, reading, Action, own.action_ref).case_ref == case
        for ref in (other.action_ref, "AC-NONE"):
            with pytest.raises(Missing):
                commands.get_visible_record(session, reading, Action, ref)


def test_the_person_of_a_case_is_the_one_it_is_about(ledger: Ledger) -> None:
    ledger.phoenix()
    case = ledger.get(Case, ledger.phoenix())
    with ledger.store.read() as reading:
        assert commands.get_person(reading, case) == reading.get(Person, case.person_ref)


@pytest.mark.parametrize(
    ("closed", "on", "taken"),
    [
        (None, TODAY, True),
        (CLOSED, CLOSED - DAY, True),
        (CLOSED, CLOSED, True),
        (CLOSED, CLOSED + DAY, False),
        (TODAY + DAY, TODAY, True),
    ],
)
def test_a_case_takes_records_until_the_day_on_which_it_closed(
    ledger: Ledger, closed: date | None, on: date, *, taken: bool
) -> None:
    ref, session = ledger.phoenix(closed_on=closed), ledger.session()
    with session.store.begin(session.command_context()) as tx:
        if taken:
            assert commands.get_writable_case(session, tx, ref, on).case_ref == ref
        else:
            with pytest.raises(CaseClosed):
                commands.get_writable_case(session, tx, ref, on)


def test_a_case_under_a_broken_glass_is_read_and_takes_nothing_until_the_glass_closes(ledger: Ledger) -> None:
    ref, session = ledger.phoenix(), ledger.session("breaker")
    with ledger.store.begin(ledger.session("wright", Role.SUPERVISOR).command_context()) as tx:
        access_lists.set_case_restriction(tx, ref, CaseRestriction(restricted=True))
    ledger.break_glass(session, ref)
    assert at_hand(session, ref).case_ref == ref
    with (
        session.store.begin(session.command_context()) as tx,
        pytest.raises(BreakGlassReadOnly),
    ):
        commands.get_writable_case(session, tx, ref, TODAY)
    later = replace(session, clock=Clock(NOW + timedelta(hours=1)))
    with session.store.begin(later.command_context()) as tx, pytest.raises(Missing):
        commands.get_writable_case(later, tx, ref, TODAY)


@pytest.mark.parametrize("days", [0, -1, -400])
def test_what_happened_by_today_is_recorded(ledger: Ledger, days: int) -> None:
    commands.refuse_future_date(ledger.session(), TODAY + DAY * days, "A contact")


def test_what_is_to_happen_is_not_recorded_and_today_is_that_of_london(ledger: Ledger) -> None:
    session = ledger.session()
    with pytest.raises(FutureDate):
        commands.refuse_future_date(session, TODAY + DAY, "A visit")
    late = replace(session, clock=Clock(datetime(2026, 10, 15, 23, 0, tzinfo=UTC)))
    commands.refuse_future_date(late, TODAY + DAY, "A visit")


@pytest.mark.parametrize("arm", ["INTERVENTION", "NOT_RANDOMISED", None])
def test_only_a_case_of_the_control_arm_carries_no_support(ledger: Ledger, arm: str | None) -> None:
    case = ledger.get(Case, ledger.phoenix(trial_arm=arm))
    with ledger.store.read() as reading:
        commands.refuse_control_arm(reading, case)
        with pytest.raises(Refused) as caught:
            commands.refuse_control_arm(reading, replace(case, trial_arm="CONTROL"))
    assert caught.value.field == "trial_arm"


def test_a_record_that_only_joins_an_open_trigger_raised_nothing(ledger: Ledger) -> None:
    case = ledger.phoenix()
    days = (date(2026, 10, 6), date(2026, 10, 8), date(2026, 10, 13), date(2026, 10, 14))
    assert [missed(ledger, case, on) for on in days] == [(), (), ("missed_contacts",), ()]


def test_what_an_open_trigger_does_not_rest_on_raised_nothing(ledger: Ledger) -> None:
    case = ledger.phoenix()
    for day in (6, 8, 13):
        missed(ledger, case, date(2026, 10, day))
    assert missed(ledger, case, TODAY, "SEEN") == ()


def test_a_record_entered_late_completes_what_others_began(ledger: Ledger) -> None:
    case = ledger.phoenix()
    days = (date(2026, 10, 6), date(2026, 10, 13), date(2026, 10, 1))
    assert [missed(ledger, case, on) for on in days] == [(), (), ("missed_contacts",)]


def test_a_trigger_that_is_decided_already_is_not_told_as_raised(ledger: Ledger) -> None:
    case = ledger.phoenix()
    missed(ledger, case, date(2026, 10, 6))
    missed(ledger, case, date(2026, 10, 13))
    decided = Decision(
        decision_ref=f"DE-{case}",
        case_ref=case,
        rule="missed_contacts",
        decided_on=TODAY,
        decision="HOLD",
        reason="His mother is ill.",
        proposed_by="adeyemi",
        authorised_by="wright",
    )
    ledger.put(decided)
    assert missed(ledger, case, TODAY) == ()


def test_what_rests_on_intelligence_is_told_to_those_alone_who_read_it(ledger: Ledger) -> None:
    case, ref = ledger.phoenix(), commands.new_ref("CN")
    concern = Concern(
        concern_ref=ref,
        case_ref=case,
        occurred_on=TODAY,
        recorded_on=TODAY,
        concern_type="INTELLIGENCE",
        source_grade="1",
        information_grade="A",
        handling="P",
    )
    ledger.put(concern)
    with ledger.store.read() as reading:
        record = reading.get(Case, case)
        (told,) = commands.get_raised_triggers(ledger.officer(), reading, record, [ref])
        assert (told.rule, told.decision_due) == ("credible_intelligence", date(2026, 10, 19))
        assert told.explanation.startswith("Intelligence graded as credible is recorded on 15 Oct 2026")
        assert commands.get_raised_triggers(ledger.session(), reading, record, [ref]) == ()
        assert commands.get_raised_triggers(ledger.officer(), reading, record, []) == ()
        assert commands.get_raised_triggers(ledger.officer(TODAY - DAY), reading, record, [ref]) == (), (
            "before its own day"
        )


def test_a_server_has_on_record_for_what_and_from_where_a_command_opened_a_case(office: Office) -> None:
    entry = SetRag(request=request(), case_ref="IOM-1", rag="RED", set_on=TODAY, reason="Arrested")
    set_rag(office.session("officer"), entry)
    contact = RecordContact(
        request=request(),
        entries=(ContactEntry(case_ref="IOM-1", outcome="SEEN"),),
        occurred_at=DayTime(TODAY),
        planned=True,
        contact_type="OTHER",
    )
    with pytest.raises(Missing):
        record_contact(office.session("navigator"), contact)
    query = "SELECT actor, object_ref, workstation, reason_code, after FROM audit WHERE kind = %s ORDER BY actor"
    with office.owner() as connection:
        looks = connection.execute(query, ["CONSULTATION"]).fetchall()
        contacts = connection.execute("SELECT count(*) FROM contacts WHERE case_ref = 'IOM-1'").fetchone()
    (was_denied, opened_it) = looks
    assert opened_it == ("t_officer", "IOM-1", "officer", commands.DEFAULT_REASON_CODE, None)
    assert (*was_denied[:3], was_denied[4]) == ("t_navigator", "IOM-1", "navigator", {"denied": True})
    assert contacts == (0,)
