"""The promise end to end through the services: missed contact, trigger, proposal, authorisation, print."""

import threading
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from ioms_desktop.domain.access.roles import Right, Role, may
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import (
    AlreadyDone,
    ChildChecksUnanswered,
    ControlArm,
    FutureDate,
    InvalidText,
    Missing,
    MissingReason,
    NeedsAnotherPerson,
    NotAllowed,
    Refused,
    Stale,
)
from ioms_desktop.domain.policy.case_figures import case_figures
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.records.cases import RagEntry
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.services.cases.case_query import query_case
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.rule_runs import count_measures, list_triggers
from ioms_desktop.services.printing.summaries import preview_summary
from ioms_desktop.services.recording.actions import FinishAction, finish_action
from ioms_desktop.services.recording.concerns import RecordConcern, record_concern
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.recording.decisions import (
    AnswerProposal,
    ProposeDecision,
    authorise_proposal,
    decision_page,
    propose_decision,
    refuse_proposal,
)
from ioms_desktop.services.recording.offers import AnswerOffer, MakeOffer, answer_offer, make_offer
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.recording.ratings import RateWeek, rate_week
from ioms_desktop.services.session import Session
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from paper_prints import printed_pdf
from sessions import TODAY, Clock, fill, request, session_of

if TYPE_CHECKING:
    from collections.abc import Callable

CHECKS = "NRM=yes: referred; YJS=yes; PARENT=yes: told by telephone; DIVERSION=yes; COMMUNICATION=yes: plain words"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def filled(store: Store) -> Store:
    fill(store)
    return store


@pytest.fixture
def navigator(filled: Store, clock: Clock) -> Session:
    return session_of(filled, "okoro", Role.NAVIGATOR, clock)


@pytest.fixture
def officer(filled: Store, clock: Clock) -> Session:
    return session_of(filled, "adeyemi", Role.OFFICER, clock)


@pytest.fixture
def supervisor(filled: Store, clock: Clock) -> Session:
    return session_of(filled, "wright", Role.SUPERVISOR, clock)


def a_miss(on: date = TODAY) -> RecordContact:
    return RecordContact(
        request=request(),
        entries=(ContactEntry(case_ref="PHX-1", outcome="FAILED_TO_ATTEND", note="Did not come."),),
        occurred_at=DayTime(on),
        planned=True,
        contact_type="OTHER",
    )


def l1(**more: str) -> ProposeDecision:
    words: dict[str, Any] = {"child_checks": CHECKS, "step": "L1", **more}
    return ProposeDecision(
        request=request(),
        case_ref="PHX-1",
        rule="missed_contacts",
        decision="ESCALATE",
        reason="three missed in nine days",
        **words,
    )


def kinds(store: Store) -> list[tuple[str, str]]:
    with store.read() as reading:
        audit = tables.audit
        return [tuple(row) for row in reading.connection.execute(select(audit.c.kind, audit.c.object_type))]


def test_the_third_missed_contact_raises_the_trigger_with_its_sentence_and_clock(navigator: Session) -> None:
    outcome = record_contact(navigator, a_miss())
    (raised,) = outcome.raised
    assert raised.rule == "missed_contacts"
    assert "6 Oct 2026, 13 Oct 2026 and 15 Oct 2026" in raised.explanation
    assert raised.decision_due == date(2026, 10, 19)


def test_a_repeated_press_records_one_contact_and_answers_the_same(navigator: Session) -> None:
    entry = a_miss()
    first, second = record_contact(navigator, entry), record_contact(navigator, entry)
    assert first == second
    with navigator.store.read() as reading:
        assert len(reading.list_records(Contact, case_ref="PHX-1")) == 4


def test_what_we_could_not_deliver_never_counts_against_a_person(navigator: Session) -> None:
    entry = a_miss()
    ours = replace(entry, entries=(replace(entry.entries[0], outcome="CANCELLED_BY_US"),))
    assert record_contact(navigator, ours).raised == ()


def test_a_decision_takes_two_people_and_then_stands_on_the_record(
    navigator: Session, officer: Session, supervisor: Session, clock: Clock
) -> None:
    record_contact(navigator, a_miss())
    clock.move_to(date(2026, 10, 19))
    page = decision_page(officer, "PHX-1", "missed_contacts")
    assert (page.age, page.trigger is not None, page.current_step) == (17, True, "L0")
    proposed = propose_decision(officer, l1())
    with pytest.raises(NeedsAnotherPerson):
        authorise_proposal(officer, AnswerProposal(request=request(), proposal_ref=proposed.ref, revision=1))
    before = list_triggers(supervisor, date(2026, 10, 19), only_open=True)
    assert [t.rule for t in before] == ["missed_contacts"], "a proposal decides nothing"
    authorise_proposal(supervisor, AnswerProposal(request=request(), proposal_ref=proposed.ref, revision=1))
    (decided,) = [t for t in list_triggers(supervisor, date(2026, 10, 19)) if t.rule == "missed_contacts"]
    assert (decided.status, decided.step, decided.decided_on) == ("DECIDED", "L1", date(2026, 10, 19))
    assert query_case(supervisor, "PHX-1", date(2026, 10, 19))["current_step"] == "L1"
    measures = count_measures(supervisor, date(2026, 10, 1), date(2026, 10, 31))
    assert (measures.working_days_to_decision, measures.decided_on_time, measures.enforcement_decisions) == ([2], 1, 1)


def test_missing_child_checks_are_named_and_the_refusal_changes_nothing(navigator: Session, officer: Session) -> None:
    record_contact(navigator, a_miss())
    with pytest.raises(ChildChecksUnanswered) as caught:
        propose_decision(officer, l1(child_checks="NRM=yes; YJS=yes"))
    assert caught.value.missing == ("PARENT", "DIVERSION", "COMMUNICATION")
    assert decision_page(officer, "PHX-1", "missed_contacts").waiting_proposals == ()


def test_from_l2_up_only_a_supervisor_authorises(navigator: Session, officer: Session, supervisor: Session) -> None:
    record_contact(navigator, a_miss())
    proposed = propose_decision(supervisor, l1(step="L2", told_participant="that we worry, and what comes next"))
    answer = AnswerProposal(request=request(), proposal_ref=proposed.ref, revision=1)
    with pytest.raises(NotAllowed, match="Only a supervisor"):
        authorise_proposal(officer, answer)
    other = session_of(officer.store, "patel", Role.SUPERVISOR, officer.clock)
    assert "offer of support remains open" in authorise_proposal(other, replace(answer, request=request())).notice


def test_a_refused_proposal_stays_with_its_reason_and_the_trigger_still_waits(
    navigator: Session, officer: Session, supervisor: Session
) -> None:
    record_contact(navigator, a_miss())
    proposed = propose_decision(officer, l1())
    with pytest.raises(MissingReason):
        refuse_proposal(supervisor, AnswerProposal(request=request(), proposal_ref=proposed.ref, revision=1))
    refuse_proposal(
        supervisor, AnswerProposal(request=request(), proposal_ref=proposed.ref, revision=1, reason="visit first")
    )
    (kept,) = open_case(supervisor, "PHX-1").proposals
    assert (kept.status, kept.answer_reason, kept.answered_by) == ("REFUSED", "visit first", "wright")
    assert [t.rule for t in list_triggers(supervisor, TODAY, only_open=True)] == ["missed_contacts"]


def test_of_two_people_proposing_at_once_one_is_told_that_a_proposal_waits(
    navigator: Session, officer: Session
) -> None:
    record_contact(navigator, a_miss())
    said: list[str] = []
    gate = threading.Barrier(2)

    def one(user: str) -> None:
        session = replace(officer, user=user)
        entry = l1()
        gate.wait()
        try:
            said.append(propose_decision(session, entry).notice)
        except Refused as refused:
            said.append(refused.sentence)

    threads = [threading.Thread(target=one, args=(user,)) for user in ("adeyemi", "shah")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(words[:10] for words in said) == ["A proposal", "Proposed. "]
    assert len(decision_page(officer, "PHX-1", "missed_contacts").waiting_proposals) == 1


def test_an_answered_proposal_cannot_be_answered_again(
    navigator: Session, officer: Session, supervisor: Session
) -> None:
    record_contact(navigator, a_miss())
    proposed = propose_decision(officer, l1())
    authorise_proposal(supervisor, AnswerProposal(request=request(), proposal_ref=proposed.ref, revision=1))
    with pytest.raises(AlreadyDone):
        authorise_proposal(supervisor, AnswerProposal(request=request(), proposal_ref=proposed.ref, revision=2))


def test_an_offer_on_a_control_arm_case_is_refused_without_naming_the_arm(navigator: Session) -> None:
    entry = MakeOffer(request=request(), case_ref="PHX-C", offer_type="MENTORING", offered_on=TODAY)
    with pytest.raises(ControlArm) as caught:
        make_offer(navigator, entry)
    assert "arm" not in caught.value.sentence.lower()
    assert "control" not in caught.value.sentence.lower()
    made = make_offer(navigator, replace(entry, request=request(), case_ref="PHX-1"))
    with navigator.store.read() as reading:
        assert reading.get(Offer, made.ref).offered_by == "okoro"


def test_two_answers_to_one_offer_do_not_overwrite_each_other(navigator: Session) -> None:
    made = make_offer(
        navigator, MakeOffer(request=request(), case_ref="PHX-1", offer_type="ETE", offered_on=date(2026, 10, 1))
    )
    yes = AnswerOffer(request=request(), offer_ref=made.ref, revision=1, response="ACCEPTED", responded_on=TODAY)
    answer_offer(navigator, yes)
    with pytest.raises(Stale):
        answer_offer(navigator, replace(yes, request=request(), response="DECLINED"))


def test_a_navigator_sees_no_iom_case_no_arm_and_no_intelligence(navigator: Session, officer: Session) -> None:
    report = RecordConcern(
        request=request(),
        case_ref="PHX-1",
        occurred_on=TODAY,
        concern_type="INTELLIGENCE",
        source_grade="1",
        information_grade="B",
        handling="P",
        summary="said to carry a knife",
    )
    (raised,) = record_concern(officer, report).raised
    assert raised.rule == "credible_intelligence"
    with pytest.raises(NotAllowed):
        record_concern(navigator, replace(report, request=request()))
    with pytest.raises(Missing):
        open_case(navigator, "IOM-1")
    view = open_case(navigator, "PHX-1")
    assert (view.concerns, view.triggers, view.case.trial_arm) == ((), (), None)
    assert len(open_case(officer, "PHX-1").concerns) == 1, "the control: an officer sees it"


def test_opening_a_case_is_on_record_with_who_and_why(officer: Session) -> None:
    open_case(officer, "IOM-1", reason_code="TASKING")
    with officer.store.read() as reading:
        row = reading.connection.execute(select(tables.audit).where(tables.audit.c.kind == "CONSULTATION")).one()
    assert (row.actor, row.subject_ref, row.object_ref, row.reason_code) == ("adeyemi", "P-CH", "IOM-1", "TASKING")


def test_a_rag_without_a_reason_is_refused_and_a_second_one_on_a_day_keeps_the_first(officer: Session) -> None:
    entry = SetRag(request=request(), case_ref="IOM-1", rag="RED", set_on=TODAY, reason="  ")
    with pytest.raises(MissingReason):
        set_rag(officer, entry)
    set_rag(officer, replace(entry, request=request(), reason="arrested"))
    set_rag(officer, replace(entry, request=request(), rag="BLUE", reason="recalled"))
    assert [(r.rag, r.reason) for r in open_case(officer, "IOM-1").rag] == [
        ("AMBER", "released, engaging"),
        ("BLUE", "recalled"),
    ]
    with officer.store.read() as reading:
        assert [f.record.rag for f in reading.list_former_versions(RagEntry, case_ref="IOM-1")] == ["RED"]


def test_two_low_ratings_running_raise_a_trigger(navigator: Session) -> None:
    assert (
        rate_week(navigator, RateWeek(request=request(), case_ref="PHX-1", on=date(2026, 10, 9), level=2)).raised == ()
    )
    (raised,) = rate_week(navigator, RateWeek(request=request(), case_ref="PHX-1", on=TODAY, level=1)).raised
    assert raised.rule == "low_ratings"


def test_what_has_not_happened_yet_is_refused_on_a_screen(navigator: Session) -> None:
    with pytest.raises(FutureDate):
        record_contact(navigator, a_miss(date(2026, 10, 16)))


@pytest.mark.parametrize("role", list(Role))
def test_what_a_role_does_not_include_is_refused_by_the_service(filled: Store, clock: Clock, role: Role) -> None:
    session = session_of(filled, "somebody", role, clock)
    acts: dict[Right, Callable[[], object]] = {
        Right.READ_CASES: lambda: open_case(session, "PHX-1"),
        Right.RECORD_ENGAGEMENT: lambda: record_contact(session, a_miss()),
        Right.SET_RAG: lambda: set_rag(
            session, SetRag(request=request(), case_ref="IOM-1", rag="RED", set_on=TODAY, reason="why")
        ),
        Right.PROPOSE: lambda: propose_decision(session, l1()),
        Right.COUNT_MEASURES: lambda: count_measures(session, date(2026, 10, 1), TODAY),
    }
    for right, do in acts.items():
        before = kinds(filled)
        if may(role, right):
            do()
        else:
            with pytest.raises(NotAllowed):
                do()
            assert kinds(filled) == before, right


def test_a_text_typed_on_a_screen_is_kept_as_a_file_would_have_brought_it(navigator: Session) -> None:
    entry = a_miss()
    typed = replace(entry, entries=(replace(entry.entries[0], note="  Cafe\u0301 \n second line "),))
    ref = record_contact(navigator, typed).ref
    with navigator.store.read() as reading:
        assert reading.get(Contact, ref).note == "Caf\u00e9 \n second line"
    hidden = replace(typed, request=request(), entries=(replace(entry.entries[0], note="abc\u202edef"),))
    with pytest.raises(InvalidText):
        record_contact(navigator, hidden)


def test_looking_again_within_a_quarter_of_an_hour_is_one_look(officer: Session, clock: Clock) -> None:
    def looks() -> int:
        return sum(kind == "CONSULTATION" for kind, _ in kinds(officer.store))

    open_case(officer, "IOM-1")
    open_case(officer, "IOM-1")
    assert looks() == 1
    open_case(officer, "PHX-1")
    assert looks() == 2, "another case is another look"
    clock.now += timedelta(minutes=16)
    open_case(officer, "IOM-1")
    assert looks() == 3


def test_an_action_is_ticked_off_once(navigator: Session, clock: Clock) -> None:
    entry = replace(a_miss(), next_on=date(2026, 10, 20), next_what="Ring his mother")
    record_contact(navigator, entry)
    (action,) = open_case(navigator, "PHX-1").actions
    clock.move_to(date(2026, 10, 21))
    done = FinishAction(request=request(), action_ref=action.action_ref, revision=1, on=date(2026, 10, 21))
    assert "it was due" in finish_action(navigator, done).notice
    view = open_case(navigator, "PHX-1")
    figures = case_figures(navigator.policy_timeline, view.history[-1], view.as_of)
    assert figures.actions == ((action.action_ref, "DONE_LATE"),)
    with pytest.raises(AlreadyDone):
        finish_action(navigator, replace(done, request=request(), revision=2))


def test_the_full_copy_is_not_printed_for_those_who_may_not_read_intelligence(
    navigator: Session, officer: Session
) -> None:
    with pytest.raises(NotAllowed):
        printed_pdf(navigator, "PHX-1", audience=Audience.FULL, reason_code="CASE_CONFERENCE")
    for session, audience in ((navigator, Audience.PARTNER), (officer, Audience.FULL)):
        assert printed_pdf(session, "PHX-1", audience=audience, reason_code="CASE_CONFERENCE").startswith(b"%PDF")
    assert [kind for kind, _ in kinds(officer.store)].count("DISCLOSURE") == 2


def test_a_preview_is_a_look_and_no_disclosure(officer: Session) -> None:
    preview_summary(officer, "PHX-1", reason_code="CASE_CONFERENCE")
    assert "DISCLOSURE" not in [kind for kind, _ in kinds(officer.store)]
