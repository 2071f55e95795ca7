"""What was entered in error is struck out, moved or put back, by who recorded it or a supervisor, with a reason."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import pytest

from form_records import form_record
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import (
    AlreadyDone,
    BuiltUpon,
    ConflictingValues,
    ControlArm,
    Duplicate,
    Missing,
    MissingReason,
    NotAllowed,
    Refused,
    Stale,
)
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Action, RagEntry
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.people import Offence
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import ADD_FORM_TYPES, NOT_STRUCK_OUT, RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.recording.corrections import (
    MoveRecord,
    RestoreStruckOut,
    StrikeOut,
    list_struck_out,
    may_correct,
    move_record,
    restore_struck_out,
    strike_out,
)
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.store import Store
from sessions import TODAY, Clock, fill, request, session_of

CASE = "PHX-1"
DAY = date(2026, 10, 1)
ITS_REASON = "It was somebody else."
SAMPLES: dict[type[Record], Record] = {
    RagEntry: RagEntry(case_ref=CASE, set_on=DAY, rag="RED", reason="breached"),
    Offer: Offer(offer_ref="O-9", case_ref=CASE, offer_type="MENTORING", offered_on=DAY),
    Contact: Contact(
        contact_ref="K-9",
        case_ref=CASE,
        occurred_at=DayTime(date(2026, 10, 14)),
        planned=True,
        contact_type="OFFICE",
        outcome="FAILED_TO_ATTEND",
        note="nobody there",
    ),
    Appointment: Appointment(
        appointment_ref="A-9", case_ref=CASE, starts_at=DayTime(date(2026, 10, 20)), contact_type="OFFICE"
    ),
    CaseWorker: CaseWorker(
        case_worker_ref="CW-9", case_ref=CASE, worker_role="NEIGHBOURHOOD_OFFICER", worker="PC 3150 RAI"
    ),
    Rating: Rating(case_ref=CASE, week_commencing=date(2026, 9, 28), rated_on=DAY, level=2, role="POLICE"),
    Concern: Concern(
        concern_ref="N-9",
        case_ref=CASE,
        occurred_on=DAY,
        recorded_on=DAY,
        concern_type="ARREST",
        offence_group="WEAPONS",
    ),
    Decision: Decision(
        decision_ref="D-9",
        case_ref=CASE,
        decided_on=DAY,
        decision="HOLD",
        reason="wait",
        proposed_by="adeyemi",
        authorised_by="wright",
    ),
    Document: Document(
        document_ref="DO-9",
        case_ref=CASE,
        title="Letter",
        kind="LETTER",
        dated_on=DAY,
        handling="TEAM",
        file_name="a.pdf",
        file_type="PDF",
        size_bytes=1,
        digest="0",
    ),
}
"""A record of each type that has a dialog of its own."""
STRUCK = [each for each in RECORD_TYPE_BY_TABLE.values() if each not in NOT_STRUCK_OUT]
each_type = pytest.mark.parametrize("record_type", STRUCK, ids=lambda each: each.table)


@pytest.fixture
def wright(store: Store) -> Session:
    fill(store)
    return session_of(store, "wright", Role.SUPERVISOR, Clock())


def stored(session: Session, record: Record) -> Record:
    """Store a record of the case as the session's user."""
    person = open_case(session, CASE).case.person_ref
    owner: Any = {record.subject: person if record.subject == "person_ref" else CASE}
    own: Any = {type(record).key[0]: "X-1"} if not getattr(record, type(record).key[0]) else {}
    with session.store.begin(session.command_context()) as tx:
        return tx.add(replace(record, **{**own, **owner}))


def sample(session: Session, record_type: type[Record]) -> Record:
    if record_type in ADD_FORM_TYPES:
        return form_record(record_type, session.lists, TODAY)
    return SAMPLES[record_type]


def struck(record: Record, reason: str = ITS_REASON, case_ref: str = CASE) -> StrikeOut:
    return StrikeOut(
        request=request(),
        case_ref=case_ref,
        table=record.table,
        key_text=record.key_text,
        revision=record.revision,
        reason=reason,
    )


def moved(record: Record, to: str, reason: str = ITS_REASON) -> MoveRecord:
    return MoveRecord(
        request=request(),
        case_ref=CASE,
        table=record.table,
        key_text=record.key_text,
        revision=record.revision,
        to_case_ref=to,
        reason=reason,
    )


def back(record: Record, case_ref: str = CASE) -> RestoreStruckOut:
    return RestoreStruckOut(request=request(), case_ref=case_ref, table=record.table, record_id=record.id)


def found(session: Session, record: Record) -> Record | None:
    with session.store.read() as reading:
        return reading.find(type(record), *record.identity)


def content(record: Record | None) -> Record | None:
    """Return what a record says, without its number and who recorded it when."""
    return None if record is None else replace(record, id=0, revision=0, recorded_at=None, recorded_by="")


def audited(session: Session, table: str) -> list[tuple[str, str | None]]:
    with session.store.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            f"SELECT kind, reason_text FROM audit WHERE object_type = '{table}' ORDER BY id"  # noqa: S608 - a table's own name
        )
        return [(row[0], row[1]) for row in rows]


def refused(kind: type[Refused], act: Callable[[], Outcome], field: str = "") -> str:
    with pytest.raises(kind) as refusal:
        act()
    assert refusal.value.field == field
    assert refusal.value.sentence[-1] == "."
    return refusal.value.sentence


def test_a_record_is_struck_out_with_a_reason_listed_and_put_back_as_it_was(
    wright: Session, subtests: pytest.Subtests
) -> None:
    for record_type in STRUCK:
        with subtests.test(record_type.table):
            strike_out_and_put_back(wright, record_type)


def strike_out_and_put_back(wright: Session, record_type: type[Record]) -> None:
    record = stored(wright, sample(wright, record_type))
    outcome = strike_out(wright, struck(record))
    assert outcome.notice.startswith(f"{record_type.label} taken out as entered in error.")
    assert found(wright, record) is None
    (entry,) = list_struck_out(wright, CASE)
    assert content(entry.record) == content(record)
    assert (entry.by, entry.reason, entry.record.id) == ("wright", ITS_REASON, record.id)
    assert audited(wright, record.table)[-1] == ("ERASURE", f"Entered in error: {ITS_REASON}")
    again = refused(AlreadyDone, lambda: strike_out(wright, struck(record)))
    assert "wright" in again
    assert ITS_REASON in again
    assert restore_struck_out(wright, back(record)).notice == f"{record_type.label} put back as it was."
    assert content(found(wright, record)) == content(record)
    assert list_struck_out(wright, CASE) == ()
    refused(Missing, lambda: restore_struck_out(wright, back(record)))


def test_nothing_is_struck_out_without_a_reason_or_at_another_revision_or_on_another_case(
    wright: Session, subtests: pytest.Subtests
) -> None:
    for record_type in STRUCK:
        with subtests.test(record_type.table):
            refuse_to_strike_out(wright, record_type)


def refuse_to_strike_out(wright: Session, record_type: type[Record]) -> None:
    record = stored(wright, sample(wright, record_type))
    refused(MissingReason, lambda: strike_out(wright, struck(record, " \n\t ")), "reason")
    refused(Stale, lambda: strike_out(wright, replace(struck(record), revision=record.revision + 1)))
    refused(Missing, lambda: strike_out(wright, struck(record, case_ref="IOM-1")))
    refused(Missing, lambda: strike_out(wright, replace(struck(record), key_text="nothing")))
    assert found(wright, record) == record
    assert list_struck_out(wright, CASE) == ()


def test_a_person_a_case_and_a_proposal_are_not_struck_out(wright: Session) -> None:
    for table in ("people", "cases", "proposals", "users", ""):
        entry = StrikeOut(request=request(), case_ref=CASE, table=table, key_text="P-JM", revision=1, reason="wrong")
        refused(NotAllowed, lambda: strike_out(wright, entry))  # noqa: B023 - called at once


def test_who_recorded_it_or_a_supervisor_strikes_it_out_whoever_changed_it_since(wright: Session) -> None:
    okoro = replace(wright, user="okoro", role=Role.NAVIGATOR)
    adeyemi = replace(wright, user="adeyemi", role=Role.OFFICER)
    first = stored(okoro, SAMPLES[Contact])
    with wright.store.begin(wright.command_context()) as tx:
        second = tx.save(replace(first, minutes=20))  # type: ignore[call-arg]  # a contact
    for record in (first, second):
        assert may_correct(okoro, record)
        assert may_correct(wright, record)
        assert not may_correct(adeyemi, record)
    refused(NotAllowed, lambda: strike_out(adeyemi, struck(second)))
    strike_out(okoro, struck(second))
    refused(NotAllowed, lambda: restore_struck_out(adeyemi, back(second)))
    restore_struck_out(wright, back(second))
    assert content(found(wright, second)) == content(second)


def test_the_same_request_again_strikes_out_nothing_more(wright: Session) -> None:
    entry = struck(stored(wright, SAMPLES[Contact]))
    assert strike_out(wright, entry) == strike_out(wright, entry)
    assert len(list_struck_out(wright, CASE)) == 1


def test_what_another_record_names_is_not_struck_out_and_what_names_it_is(wright: Session) -> None:
    offer, contact = SAMPLES[Offer], SAMPLES[Contact]
    kept = stored(wright, offer)
    naming = stored(wright, replace(contact, offer_ref="O-9"))  # type: ignore[call-arg]  # a contact
    assert "K-9" in refused(BuiltUpon, lambda: strike_out(wright, struck(kept)))
    refused(BuiltUpon, lambda: move_record(wright, moved(kept, "IOM-1")))
    strike_out(wright, struck(naming))
    strike_out(wright, struck(kept))
    refused(BuiltUpon, lambda: restore_struck_out(wright, back(naming)))
    restore_struck_out(wright, back(kept))
    restore_struck_out(wright, back(naming))
    concern = stored(wright, SAMPLES[Concern])
    offence = stored(
        wright, Offence(person_ref="", offence_on=DAY, offence_group="WEAPONS", offence="a knife", concern_ref="N-9")
    )
    refused(BuiltUpon, lambda: strike_out(wright, struck(concern)))
    strike_out(wright, struck(offence))
    strike_out(wright, struck(concern))


def test_what_was_recorded_again_under_its_key_stays_and_the_first_is_not_put_back(wright: Session) -> None:
    rating = stored(wright, SAMPLES[Rating])
    strike_out(wright, struck(rating))
    again = stored(wright, replace(SAMPLES[Rating], level=4))  # type: ignore[call-arg]  # a rating
    refused(Duplicate, lambda: restore_struck_out(wright, back(rating)))
    assert found(wright, again) == again
    strike_out(wright, struck(again, "twice"))
    assert [each.reason for each in list_struck_out(wright, CASE)] == ["twice", ITS_REASON]


def third_missed(session: Session) -> Contact:
    """Record a third missed contact of one fortnight, which completes a rule."""
    outcome = record_contact(
        session,
        RecordContact(
            request=request(),
            entries=(ContactEntry(case_ref=CASE, outcome="FAILED_TO_ATTEND"),),
            occurred_at=DayTime(date(2026, 10, 14)),
            planned=True,
            contact_type="OFFICE",
        ),
    )
    assert [each.rule for each in outcome.raised] == ["missed_contacts"]
    with session.store.read() as reading:
        return reading.get(Contact, outcome.ref)


def test_an_answer_says_which_alert_went_and_which_stands_again(wright: Session) -> None:
    contact = third_missed(wright)
    gone = strike_out(wright, struck(contact))
    assert "No longer an alert: " in gone.notice
    assert gone.raised == ()
    again = restore_struck_out(wright, back(contact))
    assert [each.rule for each in again.raised] == ["missed_contacts"]


def test_a_review_of_restricted_access_is_not_struck_out_by_anybody(wright: Session) -> None:
    review = stored(wright, Action(action_ref="AC-GLASS-1", text="review", owner="supervisor", due_on=TODAY))
    assert not may_correct(wright, review)
    refused(NotAllowed, lambda: strike_out(wright, struck(review)))
    assert found(wright, review) == review


def test_intelligence_is_neither_struck_out_nor_listed_by_who_may_not_read_it(wright: Session) -> None:
    okoro = replace(wright, user="okoro", role=Role.NAVIGATOR)
    secret = stored(okoro, replace(SAMPLES[Concern], concern_type="INTELLIGENCE"))  # type: ignore[call-arg]  # a concern
    refused(Missing, lambda: strike_out(okoro, struck(secret)))
    strike_out(wright, struck(secret))
    assert list_struck_out(okoro, CASE) == ()
    refused(Missing, lambda: restore_struck_out(okoro, back(secret)))
    assert len(list_struck_out(wright, CASE)) == 1


@pytest.mark.parametrize("record_type", [Contact, Offer, Concern, Rating], ids=lambda each: each.table)
def test_a_record_on_the_wrong_person_is_moved_in_one_act_with_a_trace_on_both(
    wright: Session, record_type: type[Record]
) -> None:
    record = stored(wright, SAMPLES[record_type])
    outcome = move_record(wright, moved(record, "IOM-1"))
    assert outcome.notice.startswith(f"{record_type.label} moved to case IOM-1.")
    assert found(wright, record) is None
    (there,) = open_case(wright, "IOM-1").of(record_type)
    assert outcome.ref == there.key_text
    own: Any = dict.fromkeys((name for name in (*record_type.key, "case_ref") if name.endswith("_ref")), "")
    assert content(replace(there, **own)) == content(replace(record, **own))
    (trace,) = list_struck_out(wright, CASE)
    assert trace.reason == f"Moved to case IOM-1: {ITS_REASON}"
    assert (content(trace.record), trace.is_moved, trace.is_withheld) == (content(record), True, False)
    assert audited(wright, record.table)[-1] == (
        "COLLECTION",
        f"Moved from case {CASE} ({record.key_text}): {ITS_REASON}",
    )


@pytest.mark.parametrize("record_type", [Contact, Offer, Concern, Rating], ids=lambda each: each.table)
def test_what_was_moved_is_told_to_a_supervisor_alone_and_not_put_back_beside_itself(
    wright: Session, record_type: type[Record]
) -> None:
    record = stored(wright, SAMPLES[record_type])
    move_record(wright, moved(record, "IOM-1"))
    okoro = replace(wright, user="okoro", role=Role.NAVIGATOR)
    (stub,) = list_struck_out(okoro, CASE)
    assert (stub.reason, stub.is_moved, stub.is_withheld) == ("Moved to the case it belongs to", True, True)
    assert not any(getattr(stub.record, column.name) for column in columns_of(record_type) if not column.required)
    for session in (wright, okoro):
        refused(BuiltUpon, partial(restore_struck_out, session, back(record)))
    assert found(wright, record) is None


def test_a_move_that_the_other_case_does_not_take_changes_nothing(wright: Session) -> None:
    rating, offer = stored(wright, SAMPLES[Rating]), stored(wright, SAMPLES[Offer])
    concern = stored(wright, SAMPLES[Concern])
    with wright.store.begin(wright.command_context()) as tx:
        tx.add(replace(SAMPLES[Rating], case_ref="IOM-1"))  # type: ignore[call-arg]  # a rating
    refused(Duplicate, lambda: move_record(wright, moved(rating, "IOM-1")), "to_case_ref")
    refused(ConflictingValues, lambda: move_record(wright, moved(rating, CASE)), "to_case_ref")
    refused(ControlArm, lambda: move_record(wright, moved(offer, "PHX-C")), "trial_arm")
    refused(Missing, lambda: move_record(wright, moved(concern, "NOWHERE")))
    okoro = replace(wright, user="okoro", role=Role.NAVIGATOR)
    own = stored(okoro, replace(SAMPLES[Concern], concern_ref="N-10"))  # type: ignore[call-arg]  # a concern
    refused(Missing, lambda: move_record(okoro, moved(own, "IOM-1")))  # a navigator sees no such case
    refused(NotAllowed, lambda: move_record(wright, moved(stored(wright, SAMPLES[RagEntry]), "IOM-1")))
    for record in (rating, offer, concern, own):
        assert found(wright, record) == record
    assert list_struck_out(wright, CASE) == ()


def test_a_moved_contact_leaves_the_offer_that_it_named(wright: Session) -> None:
    stored(wright, SAMPLES[Offer])
    contact = stored(wright, replace(SAMPLES[Contact], offer_ref="O-9"))  # type: ignore[call-arg]  # a contact
    outcome = move_record(wright, moved(contact, "IOM-1"))
    assert "The offer that it named stays here." in outcome.notice
    (there,) = open_case(wright, "IOM-1").of(Contact)
    assert there.offer_ref is None
