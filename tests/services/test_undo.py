"""What was just done is undone by a command of its own, or refused in words where somebody built on it."""

from dataclasses import replace
from typing import Any

import pytest

from form_records import form_record, optional_column
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import Refused, Stale
from ioms_desktop.domain.records.cases import Action, Need
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.record_types import ADD_FORM_TYPES
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.undo import UNDONE_REASON, UndoAct, undo_act
from ioms_desktop.services.recording.actions import FinishAction, finish_action
from ioms_desktop.services.recording.contacts import ContactEntry, FollowUp, RecordContact, record_contact
from ioms_desktop.services.recording.corrections import (
    MoveRecord,
    StrikeOut,
    list_struck_out,
    move_record,
    strike_out,
)
from ioms_desktop.services.recording.decisions import ProposeDecision, propose_decision
from ioms_desktop.services.recording.offers import MakeOffer, make_offer
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_record_by_form, change_record_by_form
from ioms_desktop.services.session import Outcome, Session, UndoneAct
from ioms_desktop.storage.store import Store
from sessions import TODAY, Clock, fill, request, session_of
from shared_people import Office

CASE = "PHX-1"
CONTACT = RecordContact(
    request="",
    entries=(ContactEntry(case_ref=CASE, outcome="SEEN"),),
    occurred_at=DayTime(TODAY),
    planned=True,
    contact_type="OFFICE",
)


@pytest.fixture
def wright(store: Store) -> Session:
    fill(store)
    return session_of(store, "wright", Role.SUPERVISOR, Clock())


def add(session: Session, record: Record) -> Outcome:
    return add_record_by_form(session, AddRecord(request=request(), case_ref=CASE, record=record))


def change(session: Session, record: Record, **values: Any) -> Outcome:  # noqa: ANN401 - of the columns' types
    wanted = replace(record, **values)
    return change_record_by_form(
        session, ChangeRecord(request=request(), case_ref=CASE, record=wanted, revision=record.revision)
    )


def undo(session: Session, outcome: Outcome) -> Outcome:
    assert outcome.undo is not None
    return undo_act(session, UndoAct(request=request(), case_ref=CASE, done=outcome.undo))


def listed(session: Session, record_type: type[Record]) -> tuple[Record, ...]:
    return open_case(session, CASE).of(record_type)


@pytest.mark.parametrize("record_type", ADD_FORM_TYPES, ids=lambda each: each.table)
def test_adding_changing_and_taking_out_are_undone(wright: Session, record_type: type[Record]) -> None:
    sample = form_record(record_type, wright.lists, TODAY)
    assert undo(wright, add(wright, sample)).notice.startswith("Undone. ")
    assert listed(wright, record_type) == ()
    (wrong,) = list_struck_out(wright, CASE)
    assert wrong.reason == UNDONE_REASON
    add(wright, sample)
    (read,) = listed(wright, record_type)
    name = optional_column(read)
    undo(wright, change(wright, read, **{name: None}))
    (now,) = listed(wright, record_type)
    assert getattr(now, name) == getattr(read, name)
    assert now.revision == read.revision + 2
    out = strike_out(
        wright,
        StrikeOut(
            request=request(),
            case_ref=CASE,
            table=now.table,
            key_text=now.key_text,
            revision=now.revision,
            reason="twice",
        ),
    )
    assert listed(wright, record_type) == ()
    undo(wright, out)
    (back,) = listed(wright, record_type)
    assert back.identity == now.identity
    assert getattr(back, name) == getattr(read, name)


def test_what_a_colleague_changed_since_is_not_undone(wright: Session) -> None:
    added = add(wright, form_record(Need, wright.lists, TODAY))
    (read,) = listed(wright, Need)
    mine = change(wright, read, status=None)
    holt = replace(wright, user="holt")
    change(holt, listed(wright, Need)[0], level=1)
    for done in (added, mine):
        with pytest.raises(Stale) as refused:
            undo(wright, done)
        assert "holt" in refused.value.sentence
    (now,) = listed(wright, Need)
    assert isinstance(now, Need)
    assert (now.level, now.status) == (1, None)


def test_what_has_been_undone_is_not_undone_again(wright: Session) -> None:
    added = add(wright, form_record(Need, wright.lists, TODAY))
    undo(wright, added)
    with pytest.raises(Refused):
        undo(wright, added)
    assert len(list_struck_out(wright, CASE)) == 1


def test_every_act_on_one_record_can_be_undone(wright: Session) -> None:
    contact = record_contact(wright, replace(CONTACT, request=request()))
    offer = make_offer(wright, MakeOffer(request=request(), case_ref=CASE, offer_type="MENTORING", offered_on=TODAY))
    add(wright, Action(action_ref="", text="ask the school", owner="wright", due_on=TODAY))
    (action,) = open_case(wright, CASE).actions
    finished = finish_action(
        wright, FinishAction(request=request(), action_ref=action.action_ref, revision=action.revision, on=TODAY)
    )
    before = len(open_case(wright, CASE).contacts)
    for done in (contact, offer, finished):
        undo(wright, done)
    view = open_case(wright, CASE)
    assert len(view.contacts) == before - 1
    assert view.offers == ()
    assert view.actions[0].done_on is None


def test_an_act_on_several_records_or_a_proposal_offers_no_undo(wright: Session) -> None:
    told = FollowUp(observation="bruises", recipient="social worker")
    both = record_contact(wright, replace(CONTACT, request=request(), worry=told))
    assert both.undo is None
    proposed = propose_decision(
        wright, ProposeDecision(request=request(), case_ref=CASE, decision="HOLD", reason="came to the next one")
    )
    assert proposed.undo is None
    make_offer(wright, MakeOffer(request=request(), case_ref=CASE, offer_type="MENTORING", offered_on=TODAY))
    (offer,) = listed(wright, Offer)
    moved = move_record(
        wright,
        MoveRecord(
            request=request(),
            case_ref=CASE,
            table="offers",
            key_text=offer.key_text,
            revision=offer.revision,
            to_case_ref="IOM-1",
            reason="wrong person",
        ),
    )
    assert moved.undo is None


def test_the_answer_to_a_repeated_request_offers_no_undo(wright: Session) -> None:
    entry = AddRecord(request=request(), case_ref=CASE, record=form_record(Need, wright.lists, TODAY))
    first = add_record_by_form(wright, entry)
    assert first.undo is not None
    assert first.undo.act is UndoneAct.ADDED
    assert add_record_by_form(wright, entry).undo is None


def test_on_a_server_a_navigator_undoes_what_they_did(office: Office) -> None:
    navigator = office.session("navigator")
    known = len(listed(navigator, Need))
    added = add(navigator, form_record(Need, navigator.lists, TODAY))
    changed = change(navigator, max(listed(navigator, Need), key=lambda each: each.id), status=None)
    undo(navigator, changed)
    assert len(listed(navigator, Need)) == known + 1
    with pytest.raises(Stale):
        undo(navigator, added)  # it was changed since, if by the same person
