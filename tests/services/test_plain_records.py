"""Plain records are added and changed by one pair of commands, under the rights and checks their type declares."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.domain.errors import CaseClosed, Duplicate, InvalidEntry, Missing, NotAllowed
from ioms_desktop.domain.policy.case_history import CASE_RECORD_TYPES, PERSON_CHILD_TYPES
from ioms_desktop.domain.records.cases import Case, Need, Referral
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.people import Assessment, Offence
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.record_types import PLAIN_RECORD_TYPES
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.edit_conflicts import EditConflict, PendingEdit, RecordRemoved
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_record_by_form, change_record_by_form
from ioms_desktop.services.session import Session, Topic
from ioms_desktop.storage.store import Store
from sessions import OLD, OLD_CASE, TODAY, Clock, fill, request, session_of
from shared_people import Office

CASE = "PHX-1"
NEED = Need(case_ref="", pathway="ACCOMMODATION", assessed_on=date(2026, 10, 1), level=3, status="SUPPORT_REQUIRED")
REFERRAL = Referral(referral_ref="", case_ref="", unit="MACE", sent_on=date(2026, 10, 2))
OFFENCE = Offence(person_ref="", offence_on=date(2026, 10, 3), offence_group="BURGLARY", offence="Shoplifting")


@pytest.fixture
def okoro(store: Store) -> Session:
    fill(store)
    return session_of(store, "okoro", Role.NAVIGATOR, Clock())


def add(session: Session, record: Record, case_ref: str = CASE) -> str:
    return add_record_by_form(session, AddRecord(request=request(), case_ref=case_ref, record=record)).ref


def change(record: Record, case_ref: str = CASE) -> ChangeRecord:
    return ChangeRecord(request=request(), case_ref=case_ref, record=record, revision=record.revision)


def the_need(session: Session) -> Need:
    (need,) = open_case(session, CASE).needs
    return need


def test_no_rule_of_the_policy_reads_a_plain_record() -> None:
    assert not set(PLAIN_RECORD_TYPES) & {*CASE_RECORD_TYPES, *PERSON_CHILD_TYPES}


def test_an_added_record_is_on_the_case_with_its_owner_whatever_the_entry_said(okoro: Session) -> None:
    ref = add(okoro, replace(NEED, case_ref="IOM-1"))
    need = the_need(okoro)
    assert ref == "PHX-1/ACCOMMODATION/2026-10-01"
    assert (need.case_ref, need.level, need.revision, need.recorded_by) == (CASE, 3, 1, "okoro")


def test_people_are_read_again_only_for_a_record_of_a_person(okoro: Session) -> None:
    offence = AddRecord(request=request(), case_ref=CASE, record=OFFENCE)
    need = AddRecord(request=request(), case_ref=CASE, record=NEED)
    assert Topic.PEOPLE in add_record_by_form(replace(okoro, role=Role.OFFICER), offence).changed
    changed = add_record_by_form(okoro, need).changed
    assert Topic.CASES in changed
    assert Topic.PEOPLE not in changed


def test_a_record_with_a_reference_of_its_own_is_given_a_new_one(okoro: Session) -> None:
    first, second = add(okoro, REFERRAL), add(okoro, REFERRAL)
    assert first != second
    assert first.startswith("RF-")
    assert {each.referral_ref for each in open_case(okoro, CASE).referrals} == {first, second}


def test_a_record_of_a_person_is_recorded_through_any_of_their_cases_closed_ones_too(store: Store) -> None:
    fill(store)
    wright = session_of(store, "wright", Role.SUPERVISOR, Clock())
    with store.begin(wright.command_context()) as tx:
        tx.add(OLD)
        tx.add(OLD_CASE)
    add(wright, OFFENCE, OLD_CASE.case_ref)
    (offence,) = open_case(wright, OLD_CASE.case_ref).offences
    assert offence.person_ref == OLD.person_ref


def test_a_closed_case_takes_no_record_dated_after_it_closed(store: Store) -> None:
    fill(store)
    wright = session_of(store, "wright", Role.SUPERVISOR, Clock())
    with store.begin(wright.command_context()) as tx:
        tx.add(OLD)
        tx.add(OLD_CASE)
    assert OLD_CASE.closed_on is not None
    add(wright, replace(NEED, assessed_on=OLD_CASE.closed_on), OLD_CASE.case_ref)
    with pytest.raises(CaseClosed):
        add(wright, replace(NEED, assessed_on=OLD_CASE.closed_on + timedelta(days=1)), OLD_CASE.case_ref)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(NEED, level=4), "level"),
        (replace(NEED, pathway="NOWHERE"), "pathway"),
        (replace(NEED, pathway=" "), "pathway"),
        (replace(NEED, assessed_on=TODAY + timedelta(days=1)), "assessed_on"),
        (replace(REFERRAL, reason="x" * 2001), "reason"),
    ],
)
def test_a_value_that_an_import_would_reject_is_refused_by_its_field(okoro: Session, wrong: Record, field: str) -> None:
    with pytest.raises(InvalidEntry) as refused:
        add(okoro, wrong)
    assert refused.value.field == field
    assert open_case(okoro, CASE).needs == ()


def test_today_is_not_yet_the_future(okoro: Session) -> None:
    add(okoro, replace(NEED, assessed_on=TODAY))
    assert the_need(okoro).assessed_on == TODAY


def test_a_second_record_of_one_key_is_refused(okoro: Session) -> None:
    add(okoro, NEED)
    with pytest.raises(Duplicate):
        add(okoro, replace(NEED, level=1))
    assert the_need(okoro).level == 3


def test_the_same_request_again_adds_nothing(okoro: Session) -> None:
    entry = AddRecord(request=request(), case_ref=CASE, record=REFERRAL)
    assert add_record_by_form(okoro, entry) == add_record_by_form(okoro, entry)
    assert len(open_case(okoro, CASE).referrals) == 1


def test_who_may_not_add_a_record_by_its_declared_right_is_refused_and_nothing_is_written(okoro: Session) -> None:
    with pytest.raises(NotAllowed):
        add(okoro, OFFENCE)
    for role in (Role.COORDINATOR, Role.ANALYST, Role.PARTNER):
        with pytest.raises(NotAllowed):
            add(replace(okoro, role=role), NEED)
    assert open_case(okoro, CASE).needs == ()


def test_a_case_that_is_not_theirs_takes_nothing_from_them(okoro: Session) -> None:
    with pytest.raises(Missing):
        add(okoro, NEED, "IOM-1")


def test_a_record_with_commands_of_its_own_is_written_by_those_alone(okoro: Session) -> None:
    decision = Decision(
        decision_ref="", case_ref=CASE, decided_on=TODAY, decision="ESCALATE", reason="None.", proposed_by="okoro"
    )
    with pytest.raises(NotAllowed, match="form of its own"):
        add(replace(okoro, role=Role.SUPERVISOR), decision)


def test_a_change_keeps_the_key_and_the_former_version(okoro: Session) -> None:
    add(okoro, NEED)
    change_record_by_form(okoro, change(replace(the_need(okoro), level=1)))
    need = the_need(okoro)
    assert (need.level, need.revision, need.pathway) == (1, 2, "ACCOMMODATION")
    with okoro.store.read() as reading:
        (former,) = reading.list_former_versions(Need, case_ref=CASE)
    assert former.record.level == 3


def test_two_people_who_change_one_record_are_asked_and_both_changes_can_stand(okoro: Session) -> None:
    add(okoro, REFERRAL)
    (read,) = open_case(okoro, CASE).referrals
    holt = replace(okoro, user="holt", role=Role.OFFICER)
    change_record_by_form(holt, change(replace(read, direction="OUT")))
    mine = PendingEdit(change_record_by_form, okoro, change(replace(read, status="ACCEPTED", reason="agreed")))
    with pytest.raises(EditConflict) as conflict:
        mine()
    comparison = conflict.value.comparison
    assert comparison.record_label == "Referral"
    mine.with_resolution(comparison, {each.name: MergeChoice.MINE for each in comparison.unresolved})()
    (settled,) = open_case(okoro, CASE).referrals
    assert (settled.direction, settled.status, settled.reason) == ("OUT", "ACCEPTED", "agreed")


def test_a_changed_value_is_checked_as_a_new_one_is(okoro: Session) -> None:
    add(okoro, NEED)
    with pytest.raises(InvalidEntry) as refused:
        change_record_by_form(okoro, change(replace(the_need(okoro), level=9)))
    assert refused.value.field == "level"


def test_a_record_that_somebody_removed_is_not_changed_and_who_removed_it_is_said(okoro: Session) -> None:
    add(okoro, NEED)
    read = the_need(okoro)
    with okoro.store.begin(okoro.command_context()) as tx:
        tx.remove(read, "entered twice")
    with pytest.raises(RecordRemoved, match="entered twice"):
        change_record_by_form(okoro, change(read))


def test_a_record_of_another_case_is_not_reached_by_its_reference(okoro: Session) -> None:
    holt = replace(okoro, user="holt", role=Role.OFFICER)
    ref = add(holt, REFERRAL, "IOM-1")
    (theirs,) = open_case(holt, "IOM-1").referrals
    assert theirs.referral_ref == ref
    with pytest.raises(Missing):
        change_record_by_form(okoro, change(replace(theirs, reason="mine now")))
    with holt.store.begin(holt.command_context()) as tx:
        tx.remove(theirs, "a secret")
    with pytest.raises(Missing) as missing:
        change_record_by_form(okoro, change(theirs))
    assert not isinstance(missing.value, RecordRemoved)
    assert "secret" not in missing.value.sentence


def test_the_case_as_of_a_day_shows_no_record_dated_later(okoro: Session) -> None:
    add(okoro, NEED)
    assert open_case(okoro, CASE, as_of=NEED.assessed_on - timedelta(days=1)).needs == ()
    assert len(open_case(okoro, CASE, as_of=NEED.assessed_on).needs) == 1


def test_a_server_takes_a_plain_record_from_whom_its_declaration_names(office: Office) -> None:
    add(office.session("navigator"), NEED)
    add(
        office.session("supervisor"), Assessment(person_ref="", tool="OGRS", assessed_on=date(2026, 10, 1), value="0.4")
    )
    officer = office.session("officer")
    change_record_by_form(officer, change(replace(the_need(officer), level=2)))
    assert the_need(officer).level == 2
    with office.owner() as connection:
        kinds = connection.execute("SELECT kind FROM audit WHERE object_type = 'needs' ORDER BY id").fetchall()
    assert kinds == [("COLLECTION",), ("ALTERATION",)]


def test_every_plain_type_dates_its_owner_by_case_or_person() -> None:
    assert {record_type.subject for record_type in PLAIN_RECORD_TYPES} <= {"case_ref", "person_ref"}
    assert Case not in PLAIN_RECORD_TYPES
