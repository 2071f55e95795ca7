"""The history of a record says who saved which version when and what it changed, to whom that is shown."""

from dataclasses import replace
from datetime import date
from typing import TypeVar

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import Missing, NotAllowed
from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.protection import MappaPeriod
from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.edit_conflicts import EditConflict
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_record_by_form, change_record_by_form
from ioms_desktop.services.records.history import RecordHistory, read_history
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from sessions import TODAY, Clock, fill, request, session_of
from shared_people import Office

R = TypeVar("R", bound=Record)
CASE = "PHX-1"
SPELL = CustodySpell(person_ref="", received_on=date(2026, 10, 1), establishment="HMP Nottingham", kind="REMAND")
OFFER = Offer(offer_ref="OF-1", case_ref=CASE, offer_type="MENTORING", offered_on=TODAY)


@pytest.fixture
def wright(store: Store) -> Session:
    fill(store)
    return session_of(store, "wright", Role.SUPERVISOR, Clock())


def saved_twice(session: Session, other: Session) -> CustodySpell:
    """Add a custody spell and change it, each by another person; give it as it stands."""
    add_record_by_form(session, AddRecord(request=request(), case_ref=CASE, record=SPELL))
    read = the_spell(other)
    change(other, replace(read, released_on=date(2026, 10, 3), establishment=None))
    return the_spell(session)


def the_spell(session: Session) -> CustodySpell:
    return next(each for each in open_case(session, CASE).custody if each.received_on == SPELL.received_on)


def change(session: Session, record: Record) -> None:
    entry = ChangeRecord(request=request(), case_ref=CASE, record=record, revision=record.revision)
    change_record_by_form(replace(session, change_reason="put right"), entry)


def told(history: RecordHistory) -> list[tuple[str, str, dict[str, tuple[str, str]]]]:
    return [
        (each.act, each.by, {change.label: (change.was, change.now) for change in each.changes})
        for each in history.versions
    ]


def test_each_version_says_who_saved_it_and_what_it_changed_the_newest_first(wright: Session) -> None:
    spell = saved_twice(wright, replace(wright, user="holt", role=Role.OFFICER))
    (changed, recorded) = told(read_history(wright, CASE, CustodySpell, spell))
    assert changed == (
        "changed",
        "holt",
        {"Released on": ("", "3 Oct 2026"), "Establishment": ("HMP Nottingham", "")},
    )
    assert recorded[0] == "recorded"
    assert recorded[2]["Establishment"] == ("", "HMP Nottingham")


def test_the_history_of_a_section_holds_every_record_of_its_type(wright: Session) -> None:
    spell = saved_twice(wright, wright)
    second = replace(SPELL, received_on=date(2026, 10, 5))
    add_record_by_form(wright, AddRecord(request=request(), case_ref=CASE, record=second))
    assert len(read_history(wright, CASE, CustodySpell).versions) == 3
    assert len(read_history(wright, CASE, CustodySpell, spell).versions) == 2


def test_who_reads_no_intelligence_reads_none_of_its_former_versions(wright: Session) -> None:
    secret = Concern(
        concern_ref="CN-1",
        case_ref=CASE,
        occurred_on=TODAY,
        recorded_on=TODAY,
        concern_type="INTELLIGENCE",
        source_grade="1",
        information_grade="A",
        handling="P",
        summary="a source says",
    )
    with wright.store.begin(wright.command_context()) as tx:
        stored = tx.add(secret)
        tx.save(replace(stored, concern_type="MISSING", summary="missing"))
        tx.add(replace(secret, concern_ref="CN-2"))
    okoro = replace(wright, user="okoro", role=Role.NAVIGATOR)
    seen = read_history(okoro, CASE, Concern)
    assert "a source says" not in str(seen)
    assert seen.is_partial
    assert [each.record.key_text for each in seen.versions] == ["CN-1"]
    assert "a source says" in str(read_history(wright, CASE, Concern))
    note = replace(open_case(wright, CASE).contacts[0], note="a source says", statement_basis="INTELLIGENCE")
    change(wright, note)
    assert "a source says" not in str([each.changes for each in read_history(okoro, CASE, Contact).versions])


def test_what_is_for_the_police_alone_has_no_history_for_others(wright: Session) -> None:
    okoro = replace(wright, user="okoro", role=Role.NAVIGATOR)
    assert read_history(okoro, CASE, MappaPeriod) == RecordHistory(versions=(), is_partial=True)
    with pytest.raises(NotAllowed):
        read_history(replace(wright, role=Role.ANALYST), CASE, CustodySpell)
    with pytest.raises(Missing):
        read_history(okoro, "IOM-1", CustodySpell)


def test_on_a_server_each_role_reads_the_versions_it_may(office: Office) -> None:
    officer, navigator = office.session("officer"), office.session("navigator")
    spell = saved_twice(officer, officer)
    assert len(read_history(officer, CASE, CustodySpell, spell).versions) == 2
    seen = read_history(navigator, CASE, CustodySpell, spell)
    assert "HMP Nottingham" not in str([each.changes for each in seen.versions])
    assert [each.act for each in seen.versions] == ["changed", "recorded"]


def test_on_a_server_a_navigator_whose_offer_was_changed_meanwhile_is_asked(office: Office) -> None:
    """Former versions are kept from navigators, but for those that rules read."""
    navigator, officer = office.session("navigator"), office.session("officer")
    with navigator.store.begin(navigator.command_context()) as tx:
        assert tx.open_case(CASE, "CASE_WORK", "test")
        tx.add(OFFER)
    read = next(each for each in open_case(navigator, CASE).offers if each.offer_ref == OFFER.offer_ref)
    change(officer, replace(read, planned_sessions=3))
    with pytest.raises(EditConflict) as conflict:
        change(navigator, replace(read, planned_sessions=4))
    (line,) = conflict.value.comparison.unresolved[0].lines
    assert (line.was, line.mine, line.theirs) == ("", "4", "3")
