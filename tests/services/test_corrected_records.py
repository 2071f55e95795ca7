"""What a dialog of its own recorded is corrected by the generated form, under the same checks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any, TypeVar

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import InvalidEntry, Missing, NotAllowed
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.record_types import ADD_FORM_TYPES, CHANGE_FORM_TYPES
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.documents.documents import AddDocument, ChosenFile, add_document
from ioms_desktop.services.recording.appointments import MakeAppointment, make_appointment
from ioms_desktop.services.recording.concerns import RecordConcern, record_concern
from ioms_desktop.services.recording.offers import MakeOffer, make_offer
from ioms_desktop.services.recording.ratings import RateWeek, rate_week
from ioms_desktop.services.recording.records import ChangeRecord, change_record_by_form
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.services.workers.assigning import AssignWorker, WorkerDetails, assign_worker
from ioms_desktop.storage.store import Store
from sessions import TODAY, Clock, fill, request, session_of
from shared_people import Office

R = TypeVar("R", bound=Record)
CASE = "PHX-1"
SEEN = "CT-9-24"
GRADES = {"source_grade": "1", "information_grade": "A", "handling": "P"}


@pytest.fixture
def wright(store: Store) -> Session:
    fill(store)
    return session_of(store, "wright", Role.SUPERVISOR, Clock())


def change(session: Session, record: Record, **values: Any) -> Outcome:  # noqa: ANN401 - of the columns' types
    wanted = replace(record, **values)
    entry = ChangeRecord(request=request(), case_ref=CASE, record=wanted, revision=record.revision)
    return change_record_by_form(replace(session, change_reason="put right"), entry)


def newest(session: Session, record_type: type[R]) -> R:
    return open_case(session, CASE).of(record_type)[-1]


def contact(session: Session, ref: str = SEEN) -> Contact:
    return next(each for each in open_case(session, CASE).contacts if each.contact_ref == ref)


def filled_in(session: Session) -> Iterator[Record]:
    """Record one of each type by its own command, and give it as it is read."""
    make_offer(session, MakeOffer(request=request(), case_ref=CASE, offer_type="MENTORING", offered_on=TODAY))
    yield newest(session, Offer)
    rate_week(session, RateWeek(request=request(), case_ref=CASE, on=TODAY, level=3))
    yield newest(session, Rating)
    concern = RecordConcern(request=request(), case_ref=CASE, occurred_on=TODAY, concern_type="MISSING", summary="x")
    record_concern(session, concern)
    yield newest(session, Concern)
    yield contact(session)
    appointment = MakeAppointment(request=request(), case_refs=(CASE,), starts_at=DayTime(TODAY), contact_type="OFFICE")
    make_appointment(session, appointment)
    yield newest(session, Appointment)
    worker = WorkerDetails(name="PC 3150 RAI")
    assigned = AssignWorker(
        request=request(), case_ref=CASE, worker_role="NEIGHBOURHOOD_OFFICER", worker=worker, on=TODAY
    )
    assign_worker(session, assigned)
    yield newest(session, CaseWorker)
    letter = ChosenFile(name="letter.txt", content=b"Dear Jayden")
    described: Any = {"title": "Letter", "kind": "LETTER", "dated_on": TODAY, "handling": "TEAM"}
    add_document(session, AddDocument(request=request(), case_ref=CASE, file=letter, **described))
    yield newest(session, Document)


CORRECTED: dict[type[Record], dict[str, Any]] = {
    Offer: {"provider": "the school", "response": "ACCEPTED", "responded_on": TODAY},
    Rating: {"level": 4},
    Concern: {"summary": "back at home by noon"},
    Contact: {"outcome": "SEEN", "minutes": 40, "note": "at his aunt's"},
    CaseWorker: {"worker": "PC 3151 RAI", "phone": "0116 222 2222"},
    Document: {"title": "Letter of the school", "dated_on": TODAY},
    Appointment: {"location": "Youth centre", "starts_at": DayTime(TODAY + timedelta(days=2), time(9))},
}


def test_what_has_its_own_dialog_is_corrected_by_the_form(wright: Session) -> None:
    for record in filled_in(wright):
        values = CORRECTED[type(record)]
        assert change(wright, record, **values).notice == f"{record.label} changed."
        now = contact(wright) if isinstance(record, Contact) else newest(wright, type(record))
        assert {name: getattr(now, name) for name in values} == values
        assert now.revision == record.revision + 1
    assert set(CORRECTED) == set(CHANGE_FORM_TYPES) - set(ADD_FORM_TYPES)


@pytest.mark.parametrize(
    ("record_type", "wrong", "field"),
    [
        (Offer, {"ended_on": TODAY}, "end_reason"),
        (Offer, {"end_reason": "moved"}, "ended_on"),
        (Offer, {"response": "ACCEPTED"}, "responded_on"),
        (Offer, {"responded_on": TODAY}, "response"),
        (Offer, {"ended_on": TODAY - timedelta(days=1), "end_reason": "moved"}, "ended_on"),
        (Contact, {"occurred_at": DayTime.parse("2026-10-15T23:30")}, "occurred_at"),
        (Contact, {"outcome": "NO_REPLY", "minutes": 20}, "minutes"),
        (Contact, {"outcome": "NOWHERE"}, "outcome"),
        (Rating, {"level": 6}, "level"),
        (Concern, {"concern_type": "INTELLIGENCE"}, "source_grade"),
        (Concern, {"concern_type": "INTELLIGENCE", "source_grade": "1", "information_grade": "A"}, "handling"),
        (Concern, {"outcome": "NFA"}, "outcome_on"),
    ],
)
def test_a_correction_is_refused_beside_its_field(
    wright: Session, record_type: type[Record], wrong: dict[str, Any], field: str
) -> None:
    record = next(each for each in filled_in(wright) if type(each) is record_type)
    with pytest.raises(InvalidEntry) as refused:
        change(wright, record, **wrong)
    assert refused.value.field == field


def test_a_corrected_time_takes_the_clock_of_its_day(wright: Session) -> None:
    change(wright, contact(wright), occurred_at=DayTime.parse("2026-09-24T09:15"))
    assert contact(wright).utc_offset == "UTC+01:00"
    with pytest.raises(InvalidEntry, match="no such time") as refused:
        change(wright, contact(wright), occurred_at=DayTime.parse("2026-03-29T01:30"))
    assert refused.value.field == "occurred_at"
    change(wright, contact(wright), occurred_at=DayTime(date(2026, 9, 23)))
    assert contact(wright).utc_offset is None


def test_the_rating_of_one_agency_is_corrected_by_it_and_by_a_supervisor(wright: Session) -> None:
    rate_week(wright, RateWeek(request=request(), case_ref=CASE, on=TODAY, level=3))
    okoro = replace(wright, user="okoro", role=Role.NAVIGATOR)
    with pytest.raises(InvalidEntry, match="another agency's"):
        change(okoro, newest(wright, Rating), level=1)
    change(replace(wright, user="holt", role=Role.OFFICER), newest(wright, Rating), level=2)
    change(wright, newest(wright, Rating), level=1)
    assert newest(wright, Rating).level == 1


def test_who_reads_no_intelligence_makes_changes_and_finds_none(wright: Session) -> None:
    entry = RecordConcern(
        request=request(), case_ref=CASE, occurred_on=TODAY, concern_type="INTELLIGENCE", summary="a source", **GRADES
    )
    record_concern(wright, entry)
    secret = newest(wright, Concern)
    okoro = replace(wright, user="okoro", role=Role.NAVIGATOR)
    with pytest.raises((NotAllowed, Missing)):
        change(okoro, secret, concern_type="MISSING")
    record_concern(wright, replace(entry, request=request(), concern_type="MISSING", summary="x"))
    plain = next(each for each in open_case(wright, CASE).concerns if each.concern_type == "MISSING")
    with pytest.raises(NotAllowed, match="may read it"):
        change(okoro, plain, concern_type="INTELLIGENCE", **GRADES)
    assert open_case(okoro, CASE).concerns == (plain,)


def test_what_a_role_may_not_read_stays_as_it_is(wright: Session) -> None:
    """A note is the police's where its basis is intelligence: a change without it must not empty it."""
    change(wright, contact(wright), note="a word of a source", statement_basis="INTELLIGENCE")
    lee = replace(wright, user="lee", role=Role.OFFICER)
    with pytest.raises(NotAllowed):
        change(lee, contact(lee), minutes=10)  # somebody else recorded it
    change(wright, contact(wright), minutes=10)
    assert contact(wright).note == "a word of a source"


def test_decisions_and_proposals_are_changed_by_no_form(wright: Session) -> None:
    decision = Decision(
        decision_ref="DE-1", case_ref=CASE, decided_on=TODAY, decision="HOLD", reason="None.", proposed_by="wright"
    )
    proposal = Proposal(
        proposal_ref="PR-1",
        case_ref=CASE,
        proposed_on=TODAY,
        decision="HOLD",
        reason="None.",
        proposed_by="wright",
        status="PROPOSED",
    )
    for record in (decision, proposal):
        with pytest.raises(NotAllowed, match="form of its own"):
            change(wright, record, reason="another")


def test_on_a_server_a_navigator_corrects_an_offer_and_an_officer_a_concern(office: Office) -> None:
    navigator = office.session("navigator")
    make_offer(navigator, MakeOffer(request=request(), case_ref=CASE, offer_type="MENTORING", offered_on=TODAY))
    change(navigator, newest(navigator, Offer), provider="the school")
    assert newest(navigator, Offer).provider == "the school"
    officer = office.session("officer")
    record_concern(
        officer,
        RecordConcern(request=request(), case_ref=CASE, occurred_on=TODAY, concern_type="MISSING", summary="x"),
    )
    change(officer, newest(officer, Concern), summary="back by noon")
    with pytest.raises(NotAllowed):
        change(navigator, newest(navigator, Concern), concern_type="INTELLIGENCE", **GRADES)
    assert newest(officer, Concern).summary == "back by noon"
