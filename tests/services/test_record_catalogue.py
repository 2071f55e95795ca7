"""Every record type is added, changed and put right by the commands of its form, or says here why it is not."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest

from form_records import form_record, optional_column
from ioms_desktop.domain.access.roles import Role, may
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.domain.errors import InvalidEntry, NotAllowed
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Action, Case, Notification, RagEntry, Referral
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.people import Assessment, CustodySpell, Offence, Order, Person
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import ADD_FORM_TYPES, RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.edit_conflicts import EditConflict, PendingEdit
from ioms_desktop.services.recording.concerns import RecordConcern, record_concern
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.recording.records import (
    AddRecord,
    ChangeRecord,
    add_record_by_form,
    change_record_by_form,
)
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.store import Store
from sessions import TODAY, Clock, fill, request, session_of
from shared_people import Office

CASE = "PHX-1"
OWN_ADD_DIALOGS: dict[type[Record], str] = {
    Person: "a new person is searched for first",
    Case: "a case begins with a referral",
    RagEntry: "setting a RAG is a review",
    Contact: "a contact is recorded for several people at once",
    Appointment: "an appointment is made for several people, and for several weeks",
    CaseWorker: "whoever takes over ends the time of whoever held the role",
    Document: "a document comes with its file",
    Offer: "making an offer",
    Rating: "rating a week",
    Concern: "recording a concern",
    Decision: "a decision is proposed and authorised",
    Proposal: "a decision is proposed and authorised",
}
"""The record types that have a dialog of their own to add a record, and what for."""
each_type = pytest.mark.parametrize("record_type", ADD_FORM_TYPES, ids=lambda each: each.table)


@pytest.fixture
def wright(store: Store) -> Session:
    fill(store)
    return session_of(store, "wright", Role.SUPERVISOR, Clock())


def add(session: Session, record: Record, case_ref: str = CASE) -> Outcome:
    return add_record_by_form(session, AddRecord(request=request(), case_ref=case_ref, record=record))


def changing(record: Record, **values: Any) -> ChangeRecord:  # noqa: ANN401 - of the columns' types
    return ChangeRecord(request=request(), case_ref=CASE, record=replace(record, **values), revision=record.revision)


def the_one(session: Session, record_type: type[Record], case_ref: str = CASE) -> Record:
    (record,) = open_case(session, case_ref).of(record_type)
    return record


def test_a_record_type_has_a_form_that_adds_one_or_a_dialog_of_its_own() -> None:
    assert set(ADD_FORM_TYPES).isdisjoint(OWN_ADD_DIALOGS)
    assert {*ADD_FORM_TYPES, *OWN_ADD_DIALOGS} == set(RECORD_TYPE_BY_TABLE.values())


def test_a_reference_says_by_its_first_letters_of_which_type_it_is() -> None:
    keys = ((each, column) for each in RECORD_TYPE_BY_TABLE.values() for column in columns_of(each))
    prefixes = Counter(column.prefix for each, column in keys if column.name in each.key and column.prefix)
    assert prefixes
    assert [prefix for prefix, number in prefixes.items() if number > 1] == []


def test_a_record_is_added_refused_beside_its_field_and_changed_by_two_people(
    wright: Session, subtests: pytest.Subtests
) -> None:
    for record_type in ADD_FORM_TYPES:
        with subtests.test(record_type.table):
            add_and_change_by_two(wright, record_type)


def add_and_change_by_two(wright: Session, record_type: type[Record]) -> None:
    sample = form_record(record_type, wright.lists, TODAY)
    refused_by_its_field(wright, sample)
    add(wright, sample)
    read = the_one(wright, record_type)
    assert read.recorded_by == "wright"
    name = optional_column(read)
    holt = replace(wright, user="holt", change_reason="put right")
    change_record_by_form(holt, changing(read, **{name: None}))
    changed = the_one(wright, record_type)
    assert (getattr(changed, name), changed.revision) == (None, read.revision + 1)
    mine = PendingEdit(change_record_by_form, wright, changing(read))
    with pytest.raises(EditConflict) as conflict:
        mine()
    comparison = conflict.value.comparison
    assert comparison.saved_by == "holt"
    mine.with_resolution(comparison, {each.name: MergeChoice.THEIRS for each in comparison.unresolved})()
    assert getattr(the_one(wright, record_type), name) is None  # nobody's change is lost to who changed nothing


def refused_by_its_field(session: Session, sample: Record) -> None:
    """See every required column refused when it is empty, by its name, with nothing stored."""
    for column in columns_of(type(sample)):
        if column.required and column.kind != "ref":
            wrong: Any = {column.name: None}
            with pytest.raises(InvalidEntry) as refused:
                add(session, replace(sample, **wrong))
            assert refused.value.field == column.name
    assert open_case(session, CASE).of(type(sample)) == ()


@pytest.mark.parametrize("record_type", [CustodySpell, Order, Action, Referral], ids=lambda each: each.table)
def test_two_who_change_one_field_are_asked(wright: Session, record_type: type[Record]) -> None:
    add(wright, form_record(record_type, wright.lists, TODAY))
    read = the_one(wright, record_type)
    name = {CustodySpell: "establishment", Order: "court", Action: "owner", Referral: "reason"}[record_type]
    change_record_by_form(replace(wright, user="holt"), changing(read, **{name: "hers"}))
    mine = PendingEdit(change_record_by_form, wright, changing(read, **{name: "mine"}))
    with pytest.raises(EditConflict) as conflict:
        mine()
    assert getattr(the_one(wright, record_type), name) == "hers"
    comparison = conflict.value.comparison
    mine.with_resolution(comparison, {each.name: MergeChoice.MINE for each in comparison.unresolved})()
    assert getattr(the_one(wright, record_type), name) == "mine"


def test_on_a_server_each_role_does_what_is_declared_and_nothing_else(
    office: Office, subtests: pytest.Subtests
) -> None:
    """Through the services and the server's own rights, on a case that every one of these roles may open."""
    for record_type in ADD_FORM_TYPES:
        with subtests.test(record_type.table):
            try_each_role(office, record_type)


def try_each_role(office: Office, record_type: type[Record]) -> None:
    supervisor = office.session("supervisor")
    sample = form_record(record_type, supervisor.lists, TODAY)
    for role in (Role.OFFICER, Role.NAVIGATOR, Role.COORDINATOR, Role.ANALYST):
        expect(may(role, record_type.rights.add), partial(add, office.session(role), sample))
        sample = another(sample)


def expect(allowed: bool, act: Callable[[], object]) -> None:
    """Do something that is allowed, or see it refused."""
    if allowed:
        act()
        return
    with pytest.raises(NotAllowed):
        act()


def another(sample: Record) -> Record:
    """Return a record of another key, so that it is no duplicate and overlaps nothing."""
    name = next((column.name for column in columns_of(type(sample)) if column.kind == "date" and column.required), "")
    if isinstance(sample, CustodySpell):
        earlier = sample.received_on - timedelta(days=30)
        return replace(sample, received_on=earlier, released_on=earlier)
    if isinstance(sample, Notification):
        return replace(sample, attempt=sample.attempt + 1)
    moved: Any = {name: getattr(sample, name) - timedelta(days=1)} if name in type(sample).key else {}
    return replace(sample, **moved)


def test_a_custody_spell_that_overlaps_another_is_refused_by_its_reception(wright: Session) -> None:
    spell = CustodySpell(person_ref="", received_on=date(2026, 9, 1), released_on=date(2026, 9, 3), kind="REMAND")
    add(wright, spell)
    with pytest.raises(InvalidEntry) as refused:
        add(wright, replace(spell, received_on=date(2026, 9, 2), released_on=None))
    assert refused.value.field == "received_on"
    add(wright, replace(spell, received_on=date(2026, 9, 3), released_on=None))
    first = open_case(wright, CASE).custody[0]
    with pytest.raises(InvalidEntry):
        change_record_by_form(wright, changing(first, released_on=date(2026, 9, 4)))
    assert [each.released_on for each in open_case(wright, CASE).custody] == [date(2026, 9, 3), None]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"done_on": TODAY, "cancelled_on": TODAY, "cancel_reason": "both"}, "cancelled_on"),
        ({"cancelled_on": TODAY}, "cancel_reason"),
        ({"cancel_reason": "no day"}, "cancelled_on"),
        ({"text": " "}, "text"),
    ],
)
def test_an_action_is_done_or_cancelled_with_a_reason(wright: Session, wrong: dict[str, Any], field: str) -> None:
    add(wright, Action(action_ref="", text="ask the school", owner="wright", due_on=TODAY))
    with pytest.raises(InvalidEntry) as refused:
        change_record_by_form(wright, changing(the_one(wright, Action), **wrong))
    assert refused.value.field == field


def test_the_review_of_restricted_record_access_is_not_changed_by_the_form_of_actions(wright: Session) -> None:
    review = Action(action_ref="AC-GLASS-1", case_ref=CASE, text="review", owner="supervisor", due_on=TODAY)
    with wright.store.begin(wright.command_context()) as tx:
        tx.add(review)
    with pytest.raises(NotAllowed, match="form of its own"):
        change_record_by_form(wright, changing(the_one(wright, Action), text="nothing to see"))


def missed_again(session: Session) -> Outcome:
    """Record a third missed contact of one fortnight, which completes a rule."""
    entry = ContactEntry(case_ref=CASE, outcome="FAILED_TO_ATTEND")
    return record_contact(
        session,
        RecordContact(
            request=request(),
            entries=(entry,),
            occurred_at=DayTime(date(2026, 10, 14)),
            planned=True,
            contact_type="OFFICE",
        ),
    )


def test_an_answer_says_which_alert_went_with_a_time_in_custody_and_which_comes_with_a_correction(
    wright: Session,
) -> None:
    assert [each.rule for each in missed_again(wright).raised] == ["missed_contacts"]
    spell = CustodySpell(person_ref="", received_on=date(2026, 10, 5), released_on=date(2026, 10, 15), kind="REMAND")
    gone = add(wright, spell)
    assert "No longer an alert: " in gone.notice
    assert gone.raised == ()
    again = change_record_by_form(wright, changing(the_one(wright, CustodySpell), released_on=date(2026, 10, 5)))
    assert [each.rule for each in again.raised] == ["missed_contacts"]
    assert again.notice == "Custody changed."


def test_an_answer_names_no_alert_that_rests_on_what_its_reader_may_not_read(wright: Session) -> None:
    graded = {"source_grade": "1", "information_grade": "A", "handling": "P"}
    concern = RecordConcern(
        request=request(), case_ref=CASE, occurred_on=TODAY, concern_type="INTELLIGENCE", summary="seen", **graded
    )
    assert [each.rule for each in record_concern(wright, concern).raised] == ["credible_intelligence"]
    told = add(replace(wright, role=Role.NAVIGATOR, user="okoro"), form_record(Notification, wright.lists, TODAY))
    assert told.raised == ()
    assert told.notice == "Notification recorded."


def test_who_records_what_follows_from_the_declaration() -> None:
    background: tuple[type[Record], ...] = (CustodySpell, Order, Assessment, Offence)
    for record_type in background:
        assert may(Role.OFFICER, record_type.rights.add)
        assert not may(Role.NAVIGATOR, record_type.rights.add)
    assert may(Role.COORDINATOR, Action.rights.add)
    assert may(Role.COORDINATOR, Referral.rights.add)
