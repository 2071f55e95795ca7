"""Custody: received with RAG BLUE where somebody says why, moved, planned for, and released with what follows."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import (
    AlreadyDone,
    Duplicate,
    EntryDoubtful,
    InvalidRecord,
    MissingReason,
    NotAllowed,
    NotOnThisProgramme,
    PastDate,
)
from ioms_desktop.domain.policy.case_figures import case_figures
from ioms_desktop.domain.records.cases import Case, RagEntry
from ioms_desktop.domain.records.custody.transfers import CustodyTransfer, establishment_on
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.cases.undo import UndoAct, undo_act
from ioms_desktop.services.custody.receptions import RecordReception, record_reception
from ioms_desktop.services.custody.release_dates import ExpectRelease, PlanRelease, expect_release, plan_release
from ioms_desktop.services.custody.releases import RecordRelease, record_release
from ioms_desktop.services.edit_conflicts import EditConflict
from ioms_desktop.services.recording.appointments import MakeAppointment
from ioms_desktop.services.recording.concerns import RecordConcern, record_concern
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_record_by_form, change_record_by_form
from ioms_desktop.services.session import Outcome, Session
from services.fresh_cases import Ledger
from sessions import TODAY, request

DAY = timedelta(days=1)
BLUE = "Received; contacts go by the prison's offender manager."


def spell(received: date, released: date | None = None, **said: str) -> CustodySpell:
    return CustodySpell(person_ref="", received_on=received, released_on=released, **said)  # type: ignore[arg-type]


def receive(session: Session, case_ref: str, held: CustodySpell, **said: object) -> Outcome:
    entry = RecordReception(request=request(), case_ref=case_ref, spell=held)
    return record_reception(session, replace(entry, **said))  # type: ignore[arg-type]


def release(session: Session, view: CaseView, on: date, **said: object) -> Outcome:
    (held,) = [each for each in view.custody if each.released_on is None]
    entry = RecordRelease(
        request=request(), case_ref=view.case.case_ref, spell=held, revision=held.revision, released_on=on
    )
    return record_release(session, replace(entry, **said))  # type: ignore[arg-type]


def meeting(case_ref: str, on: date, kind: str = "GATE_PICKUP") -> MakeAppointment:
    return MakeAppointment(request="", case_refs=(case_ref,), starts_at=DayTime(on), contact_type=kind)


def days_at_liberty(session: Session, case_ref: str) -> int:
    view = open_case(session, case_ref)
    return case_figures(session.policy_timeline, view.history[-1], view.as_of).days_at_liberty


def colours(view: CaseView) -> list[tuple[date, str]]:
    return [(each.set_on, each.rag) for each in view.rag]


def test_a_reception_sets_blue_only_where_somebody_says_why_and_keeps_what_the_prison_expects(ledger: Ledger) -> None:
    officer, case_ref = ledger.officer(), ledger.iom(release_plan_on=TODAY - 40 * DAY)
    receive(officer, case_ref, spell(TODAY - 9 * DAY, TODAY - 7 * DAY, kind="REMAND"))
    assert colours(open_case(officer, case_ref)) == []  # a short custody is one form, and no colour follows by itself
    later = TODAY + 60 * DAY
    told = receive(
        officer, case_ref, spell(TODAY - 5 * DAY, kind="SENTENCE"), expected_release_on=later, rag_reason=BLUE
    )
    view = open_case(officer, case_ref)
    assert colours(view) == [(TODAY - 5 * DAY, "BLUE")]
    assert view.rag[0].reason == BLUE
    assert (view.case.expected_release_on, view.case.release_plan_on) == (later, None)
    assert "was for an earlier release" in told.notice
    assert "RAG set to BLUE." in told.notice


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"expected_release_on": TODAY - 6 * DAY}, "expected_release_on"),
        ({"spell": spell(TODAY - 5 * DAY, TODAY - 6 * DAY)}, "released_on"),
        ({"spell": spell(TODAY - 5 * DAY, TODAY), "expected_release_on": TODAY + DAY}, "expected_release_on"),
        ({"spell": spell(TODAY + DAY)}, "received_on"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_is_written(
    ledger: Ledger, wrong: dict[str, object], field: str
) -> None:
    officer, case_ref = ledger.officer(), ledger.iom()
    with pytest.raises(InvalidRecord) as refused:
        receive(officer, case_ref, spell(TODAY - 5 * DAY), **{"rag_reason": BLUE, **wrong})
    assert refused.value.field == field
    view = open_case(officer, case_ref)
    assert (view.custody, view.rag, view.case.revision) == ((), (), 1)


def test_a_participant_of_phoenix_is_received_without_a_colour(ledger: Ledger) -> None:
    officer, case_ref = ledger.officer(), ledger.phoenix()
    with pytest.raises(NotOnThisProgramme):
        receive(officer, case_ref, spell(TODAY), rag_reason=BLUE)
    receive(officer, case_ref, spell(TODAY, kind="YOUTH_DETENTION_ACCOMMODATION"))
    assert len(open_case(officer, case_ref).custody) == 1


def test_a_reception_ends_the_time_unlawfully_at_large_and_says_how_long_it_was(ledger: Ledger) -> None:
    officer, case_ref = ledger.officer(), ledger.iom()
    record_concern(
        officer,
        RecordConcern(
            request=request(),
            case_ref=case_ref,
            occurred_on=TODAY - 6 * DAY,
            concern_type="UNLAWFULLY_AT_LARGE",
        ),
    )
    assert open_case(officer, case_ref).wanted_since == TODAY - 6 * DAY
    told = receive(officer, case_ref, spell(TODAY, kind="RECALL"))
    assert "six days; that has ended." in told.notice
    assert open_case(officer, case_ref).wanted_since is None


def test_a_release_sets_the_colour_and_makes_the_first_appointments_in_one_act(ledger: Ledger) -> None:
    officer = ledger.officer()
    case_ref = ledger.iom(expected_release_on=TODAY + 20 * DAY)
    receive(officer, case_ref, spell(TODAY - 30 * DAY, kind="SENTENCE"), rag_reason=BLUE)
    view = open_case(officer, case_ref)
    entry = {
        "rag": "AMBER",
        "rag_reason": "Released early; lives with his sister.",
        "meetings": (meeting(case_ref, TODAY), meeting(case_ref, TODAY + 2 * DAY, "OFFICE")),
    }
    with pytest.raises(PastDate):  # one appointment that cannot be made, and nothing of the act is kept
        release(officer, view, TODAY, **{**entry, "meetings": (meeting(case_ref, TODAY - DAY),)})
    assert open_case(officer, case_ref).custody[0].released_on is None
    with pytest.raises(MissingReason):
        release(officer, view, TODAY, **{**entry, "rag_reason": " "})
    told = release(officer, view, TODAY, **entry)
    after = open_case(officer, case_ref)
    assert after.custody[0].released_on == TODAY
    assert colours(after)[-1] == (TODAY, "AMBER")
    assert [(each.starts_at.on, each.contact_type) for each in after.appointments] == [
        (TODAY, "GATE_PICKUP"),
        (TODAY + 2 * DAY, "OFFICE"),
    ]
    assert after.case.expected_release_on is None
    assert told.notice.startswith("Released on ")
    with pytest.raises(AlreadyDone):
        release(officer, view, TODAY)


def test_two_who_record_a_release_are_told_of_each_other(ledger: Ledger) -> None:
    officer, case_ref = ledger.officer(), ledger.iom()
    receive(officer, case_ref, spell(TODAY - 30 * DAY))
    view = open_case(officer, case_ref)
    changed = replace(view.custody[0], establishment="HMP Lincoln")
    change_record_by_form(
        officer,
        ChangeRecord(request=request(), case_ref=case_ref, record=changed, revision=view.custody[0].revision),
    )
    with pytest.raises(EditConflict):
        release(officer, view, TODAY)
    assert open_case(officer, case_ref).custody[0].released_on is None


def test_a_transfer_is_neither_release_nor_reception_and_says_where_somebody_was_on_a_day(ledger: Ledger) -> None:
    officer, case_ref = ledger.officer(), ledger.iom()
    receive(officer, case_ref, spell(TODAY - 30 * DAY, establishment="HMP Leicester"))
    liberty = days_at_liberty(officer, case_ref)
    for days, where in ((20, "HMP Lincoln"), (5, "HMP Stocken")):
        moved = CustodyTransfer(person_ref="", moved_on=TODAY - days * DAY, establishment=where)
        add_record_by_form(officer, AddRecord(request=request(), case_ref=case_ref, record=moved))
    view = open_case(officer, case_ref)
    places = [
        establishment_on(view.custody[0], view.of(CustodyTransfer), TODAY - days * DAY) for days in (21, 20, 6, 5, 0)
    ]
    assert places == ["HMP Leicester", "HMP Lincoln", "HMP Lincoln", "HMP Stocken", "HMP Stocken"]
    assert days_at_liberty(officer, case_ref) == liberty
    outside = CustodyTransfer(person_ref="", moved_on=TODAY - 40 * DAY, establishment="HMP Ranby")
    asked = replace(officer, confirmed=frozenset())
    with pytest.raises(EntryDoubtful, match="record the reception"):
        add_record_by_form(asked, AddRecord(request=request(), case_ref=case_ref, record=outside))


def test_a_plan_keeps_the_release_that_the_prison_gives_and_makes_its_appointments(ledger: Ledger) -> None:
    officer, case_ref = ledger.officer(), ledger.iom()
    expected = TODAY + 20 * DAY
    plan = PlanRelease(
        request=request(),
        case_ref=case_ref,
        revision=1,
        on=TODAY,
        expected_on=expected,
        meetings=(meeting(case_ref, expected),),
    )
    assert "first appointments are made" in plan_release(officer, plan).notice
    view = open_case(officer, case_ref)
    assert (view.case.release_plan_on, view.case.expected_release_on) == (TODAY, expected)
    assert [each.starts_at.on for each in view.appointments] == [expected]
    late = ExpectRelease(request=request(), case_ref=case_ref, revision=2, on=expected + DAY)
    with pytest.raises(PastDate):
        expect_release(officer, replace(late, on=TODAY - DAY))
    assert "expected on" in expect_release(officer, late).notice
    gone = expect_release(officer, replace(late, request=request(), revision=3, on=None))
    assert gone.notice == "No release is expected any more."
    assert ledger.get(Case, case_ref).expected_release_on is None


def test_who_may_not_record_custody_may_not_do_it_by_a_guided_act_either(ledger: Ledger) -> None:
    case_ref = ledger.phoenix()
    navigator = ledger.session()
    with pytest.raises(NotAllowed):
        receive(navigator, case_ref, spell(TODAY))
    receive(ledger.officer(), case_ref, spell(TODAY - DAY))
    with pytest.raises(NotAllowed):
        release(navigator, open_case(navigator, case_ref), TODAY)
    with pytest.raises(NotAllowed):
        expect_release(navigator, ExpectRelease(request=request(), case_ref=case_ref, revision=1, on=TODAY))
    assert ledger.session(role=Role.COORDINATOR).role is Role.COORDINATOR


def test_the_colour_of_the_day_of_reception_is_replaced_by_who_received_somebody(ledger: Ledger) -> None:
    wright, case_ref = ledger.session("wright", Role.SUPERVISOR), ledger.iom()
    set_rag(wright, SetRag(request=request(), case_ref=case_ref, rag="RED", set_on=TODAY, reason="wanted"))
    receive(ledger.officer(), case_ref, spell(TODAY), rag_reason=BLUE)
    assert colours(open_case(wright, case_ref)) == [(TODAY, "BLUE")]
    with pytest.raises(Duplicate):
        receive(ledger.officer(), case_ref, spell(TODAY), rag_reason=BLUE)
    assert [each.rag for each in ledger.of(RagEntry, case_ref)] == ["BLUE"]


def test_a_guided_act_is_undone_whole(ledger: Ledger) -> None:
    officer, case_ref, other = ledger.officer(), ledger.iom(), ledger.iom()
    receive(officer, case_ref, spell(TODAY - 30 * DAY), rag_reason=BLUE)
    received = receive(officer, other, spell(TODAY - 30 * DAY), rag_reason=BLUE)
    meetings = (meeting(case_ref, TODAY), meeting(case_ref, TODAY + DAY, "OFFICE"))
    said = {"rag": "AMBER", "rag_reason": "Lives with his sister.", "meetings": meetings}
    released = release(officer, open_case(officer, case_ref), TODAY, **said)
    for done, ref in ((released, case_ref), (received, other)):
        assert done.undo is not None
        undo_act(officer, UndoAct(request=request(), case_ref=ref, done=done.undo))
    after = open_case(officer, case_ref)
    assert (after.custody[0].released_on, colours(after)) == (None, [(TODAY - 30 * DAY, "BLUE")])
    assert after.appointments == ()
    assert (open_case(officer, other).custody, open_case(officer, other).rag) == ((), ())
