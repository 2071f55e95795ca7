"""Decisions: what may be proposed, who answers it and how, and when the action was served."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.checkout import Checkout
from ioms_desktop.domain.errors import (
    AlreadyDone,
    BreakGlassReadOnly,
    CaseNotFound,
    CheckedOut,
    DatesOutOfOrder,
    FutureDate,
    Missing,
    MissingValue,
    NeedsAnotherPerson,
    NotAllowed,
    Refused,
    StepNotAvailable,
)
from ioms_desktop.domain.records.concerns_and_decisions import BESIDE_A_DECISION, Concern, Decision, Proposal
from ioms_desktop.services.access.break_glass import BreakGlass, break_glass
from ioms_desktop.services.edit_conflicts import EditConflict
from ioms_desktop.services.recording.decisions import (
    AnswerProposal,
    ProposeDecision,
    authorise_proposal,
    decision_page,
    propose_decision,
    refuse_proposal,
)
from ioms_desktop.services.recording.serving import RecordServed, record_served
from ioms_desktop.services.session import Outcome, Session, Topic
from ioms_desktop.storage.store import Store
from services.written import Entry, added_entries, contents, keep, nothing_written, put, record_of
from sessions import TODAY, Clock, fill, request, session_of
from shared_people import Office

DAY = timedelta(days=1)
CHECKS = "NRM=yes; YJS=yes; PARENT=yes; DIVERSION=yes; COMMUNICATION=no"
BIRTHDAY = date(2026, 10, 28)
"""The day on which Jayden Marlow, of PHX-1, comes of age."""
ARREST = Concern(
    concern_ref="K-1",
    case_ref="PHX-1",
    occurred_on=date(2026, 10, 12),
    recorded_on=date(2026, 10, 12),
    concern_type="ARREST",
    offence_group="VIOLENCE",
)
MADE = Decision(
    decision_ref="DE-1",
    case_ref="PHX-1",
    decided_on=date(2026, 10, 1),
    decision="ESCALATE",
    step="L4W",
    reason="Warned before.",
    proposed_by="adeyemi",
    authorised_by="wright",
    told_participant="Warned at home.",
)
HOLD = ProposeDecision(request="", case_ref="PHX-1", decision="HOLD", reason="See how it goes.", rule="missed_contacts")
WARN = replace(HOLD, decision="ESCALATE", step="L1", child_checks=CHECKS, rule="serious_concern")
LETTER = replace(WARN, step="L2", told_participant="What the letter says.")
ANSWER = AnswerProposal(request="", proposal_ref="", revision=1)
SERVE = RecordServed(request="", decision_ref="DE-1", revision=1, on=TODAY)


@pytest.fixture
def officer(store: Store) -> Session:
    fill(store)
    put(store, ARREST)
    return session_of(store, "adeyemi", Role.OFFICER, Clock())


@pytest.fixture
def other(officer: Session) -> Session:
    return seat(officer, "lee", Role.OFFICER)


@pytest.fixture
def boss(officer: Session) -> Session:
    return seat(officer, "wright", Role.SUPERVISOR)


def seat(session: Session, user: str, role: Role) -> Session:
    return replace(session, user=user, role=role)


def on_day(session: Session, on: date) -> Session:
    return replace(session, clock=Clock(datetime(on.year, on.month, on.day, 9, 30, tzinfo=UTC)))


def proposed(session: Session, entry: ProposeDecision = HOLD) -> str:
    return propose_decision(session, replace(entry, request=request())).ref


def authorised(session: Session, ref: str, revision: int = 1) -> Outcome:
    return authorise_proposal(session, replace(ANSWER, request=request(), proposal_ref=ref, revision=revision))


def refused(session: Session, ref: str, reason: str = "Visit him first.", revision: int = 1) -> Outcome:
    entry = replace(ANSWER, request=request(), proposal_ref=ref, revision=revision, reason=reason)
    return refuse_proposal(session, entry)


def proposal(session: Session, ref: str) -> Proposal:
    return record_of(session.store, Proposal, ref)


def decisions(session: Session, case_ref: str = "PHX-1") -> list[Decision]:
    with session.store.read() as reading:
        return reading.list_records(Decision, case_ref=case_ref)


def test_a_proposal_is_stored_as_it_was_made_and_decides_nothing(officer: Session) -> None:
    entry = replace(
        LETTER,
        request=request(),
        reason="  He was arrested. ",
        told_participant=" The words of the letter. ",
        alternatives="A visit.",
        proportionality="The least that helps.",
    )
    with added_entries(officer.store) as added:
        outcome = propose_decision(officer, entry)
    assert outcome.changed == frozenset({Topic.DECISIONS})
    assert outcome.notice == "Proposed. Somebody else authorises or refuses it."
    assert outcome.ref.startswith("PR-")
    made = proposal(officer, outcome.ref)
    assert (made.case_ref, made.rule, made.decision, made.step) == ("PHX-1", "serious_concern", "ESCALATE", "L2")
    assert (made.proposed_on, made.proposed_by, made.status) == (TODAY, "adeyemi", "PROPOSED")
    assert (made.reason, made.told_participant) == ("He was arrested.", "The words of the letter.")
    assert (made.child_checks, made.alternatives, made.proportionality) == (
        CHECKS,
        "A visit.",
        "The least that helps.",
    )
    assert (made.answered_by, made.answered_on, made.answer_reason, made.decision_ref) == (None, None, None, None)
    assert added == [Entry("COLLECTION", "proposals", outcome.ref, "P-JM", "adeyemi", None)]
    assert decisions(officer) == []
    before = contents(officer.store)
    assert propose_decision(officer, entry) == outcome
    assert contents(officer.store) == before
    assert decision_page(officer, "PHX-1").waiting_proposals == (made,)


def test_a_proposal_that_told_nobody_anything_says_nothing_of_it(officer: Session) -> None:
    assert proposal(officer, proposed(officer, replace(HOLD, told_participant="  "))).told_participant is None


def test_who_may_not_propose_proposes_nothing(officer: Session) -> None:
    for role in set(Role) - {Role.OFFICER, Role.NAVIGATOR, Role.SUPERVISOR}:
        with nothing_written(officer.store, NotAllowed):
            proposed(seat(officer, "somebody", role))


def test_a_proposal_on_a_case_that_is_not_there_or_behind_glass_is_refused(officer: Session) -> None:
    with nothing_written(officer.store, CaseNotFound):
        proposed(officer, replace(HOLD, case_ref="PHX-9"))
    keep(officer.store, "PHX-1", restricted=True)
    with nothing_written(officer.store, CaseNotFound):
        proposed(officer)
    break_glass(officer, BreakGlass(request=request(), case_ref="PHX-1", reason="his mother called in fear"))
    with nothing_written(officer.store, BreakGlassReadOnly):
        proposed(officer)


def test_what_could_never_be_authorised_is_not_proposed(officer: Session) -> None:
    for entry, code in (
        (replace(HOLD, reason="  "), "reason"),
        (replace(HOLD, decision="ESCALATE"), "step"),
        (replace(WARN, step="L4"), "step"),
        (replace(WARN, child_checks=None), "child_checks"),
        (replace(WARN, child_checks="NRM=yes; YJS=yes; PARENT=yes; DIVERSION=yes"), "child_checks"),
    ):
        with nothing_written(officer.store, Refused, field=code):
            proposed(officer, entry)
    assert proposed(officer, replace(LETTER, told_participant=" "))  # nobody has told the person yet


def test_an_escalation_reckons_with_the_steps_before_it_alone(officer: Session) -> None:
    notice = replace(LETTER, step="L4")
    put(officer.store, replace(MADE, decision="HOLD"))
    with nothing_written(officer.store, StepNotAvailable, field="step"):
        proposed(officer, notice)
    put(officer.store, replace(MADE, decision_ref="DE-2"))
    assert proposed(officer, notice)


def test_one_proposal_waits_on_a_trigger_and_one_on_none(officer: Session, other: Session) -> None:
    first = proposed(officer)
    for entry in (HOLD, replace(WARN, rule=HOLD.rule)):
        with nothing_written(officer.store, AlreadyDone):
            proposed(other, entry)
    assert proposed(other, replace(HOLD, rule="breach"))
    assert proposed(other, replace(HOLD, case_ref="IOM-1"))
    bare = replace(HOLD, rule=None)
    assert proposed(other, bare)
    with nothing_written(officer.store, AlreadyDone):
        proposed(other, bare)
    refused(other, first)
    assert proposed(other)


def test_an_authorised_proposal_becomes_a_decision_of_the_day_by_two_people(officer: Session, boss: Session) -> None:
    ref = proposed(officer, LETTER)
    later = on_day(boss, TODAY + DAY)
    entry = replace(ANSWER, request=request(), proposal_ref=ref, reason="  Agreed. ")
    with added_entries(officer.store) as added:
        outcome = authorise_proposal(later, entry)
    assert outcome.changed == frozenset({Topic.DECISIONS})
    assert outcome.notice == "Authorised. The offer of support remains open."
    (made,) = decisions(boss)
    assert made.decision_ref == outcome.ref
    assert outcome.ref.startswith("DE-")
    assert (made.case_ref, made.rule, made.decision, made.step) == ("PHX-1", "serious_concern", "ESCALATE", "L2")
    assert (made.proposed_by, made.authorised_by, made.decided_on) == ("adeyemi", "wright", TODAY + DAY)
    assert (made.reason, made.child_checks, made.told_participant) == (
        LETTER.reason,
        CHECKS,
        "What the letter says.",
    )
    assert made.actioned_on is None
    answered = proposal(boss, ref)
    assert (answered.status, answered.answered_by, answered.answered_on) == ("AUTHORISED", "wright", TODAY + DAY)
    assert (answered.answer_reason, answered.decision_ref) == ("Agreed.", outcome.ref)
    assert sorted(each[:3] for each in added) == [
        ("ALTERATION", "proposals", ref),
        ("COLLECTION", "decisions", outcome.ref),
    ]
    before = contents(officer.store)
    assert authorise_proposal(later, entry) == outcome
    assert contents(officer.store) == before


def test_nobody_authorises_what_they_proposed(officer: Session, other: Session) -> None:
    ref = proposed(officer)
    for name, role in (("adeyemi", Role.OFFICER), ("adeyemi", Role.SUPERVISOR), ("ADEYEMI", Role.OFFICER)):
        with nothing_written(officer.store, NeedsAnotherPerson, field="authorised_by"):
            authorised(seat(officer, name, role), ref)
    assert authorised(other, ref)


def test_from_the_written_warning_on_a_supervisor_answers(officer: Session, other: Session, boss: Session) -> None:
    ref = proposed(officer, WARN)
    assert authorised(other, ref)
    ref = proposed(officer, LETTER)
    with nothing_written(officer.store, NotAllowed, "Only a supervisor"):
        authorised(other, ref)
    with nothing_written(officer.store, NotAllowed, "Only a supervisor"):
        refused(other, ref)
    assert authorised(boss, ref)
    ref = proposed(officer, replace(LETTER, decision="DE_ESCALATE"))
    with nothing_written(officer.store, NotAllowed, "Only a supervisor"):
        authorised(other, ref)
    assert refused(boss, ref)
    ref = proposed(officer, replace(HOLD, decision="ESCALATE", step="PARALLEL"))
    assert authorised(other, ref)


def test_a_navigator_proposes_and_withdraws_and_neither_authorises_nor_serves(officer: Session) -> None:
    okoro = seat(officer, "okoro", Role.NAVIGATOR)
    ref = proposed(okoro)
    refused(okoro, ref)
    assert proposal(officer, ref).status == "WITHDRAWN"
    ref = proposed(okoro)
    with nothing_written(officer.store, NotAllowed):
        authorised(seat(officer, "another", Role.NAVIGATOR), ref)
    boss = seat(officer, "wright", Role.SUPERVISOR)
    authorised(boss, ref)
    (decision,) = decisions(officer)
    assert (decision.proposed_by, decision.authorised_by) == ("okoro", "wright")
    served = replace(SERVE, request=request(), decision_ref=decision.decision_ref)
    with nothing_written(officer.store, NotAllowed):
        record_served(okoro, served)
    assert record_served(officer, served)


def test_who_may_not_authorise_answers_nothing(officer: Session) -> None:
    ref = proposed(officer)
    for role in set(Role) - {Role.OFFICER, Role.SUPERVISOR}:
        for answer in (authorised, refused):
            with nothing_written(officer.store, NotAllowed):
                answer(seat(officer, "somebody", role), ref)


def test_a_proposal_that_is_not_there_is_not_answered(officer: Session) -> None:
    for answer in (authorised, refused):
        with nothing_written(officer.store, Missing):
            answer(officer, "PR-9")


def test_a_proposal_is_judged_on_the_day_of_its_answer(officer: Session, boss: Session) -> None:
    ref = proposed(officer, replace(LETTER, step="L3b"))
    with nothing_written(officer.store, StepNotAvailable, field="step"):
        authorised(on_day(boss, BIRTHDAY), ref)
    assert authorised(on_day(boss, BIRTHDAY - DAY), ref)


def test_an_answer_once_given_stands(officer: Session, other: Session, boss: Session) -> None:
    for first in (authorised, refused):
        ref = proposed(officer)
        first(other, ref)
        for second in (authorised, refused):
            with nothing_written(officer.store, AlreadyDone):
                second(boss, ref, revision=2)
            with nothing_written(officer.store, EditConflict, "lee saved"):
                second(boss, ref, revision=1)


def test_a_refusal_stays_on_the_record_with_its_reason(officer: Session, other: Session) -> None:
    ref = proposed(officer)
    for blank in ("", "  "):
        with nothing_written(officer.store, Refused, field="reason"):
            refused(other, ref, blank)
    with added_entries(officer.store) as added:
        outcome = refused(other, ref, " Visit him first. ")
    assert (outcome.ref, outcome.changed) == (ref, frozenset({Topic.DECISIONS}))
    assert outcome.notice == "Proposal refused. The alert is still for decision."
    now = proposal(officer, ref)
    assert (now.status, now.answered_by, now.answered_on) == ("REFUSED", "lee", TODAY)
    assert (now.answer_reason, now.decision_ref) == ("Visit him first.", None)
    assert added == [Entry("ALTERATION", "proposals", ref, "P-JM", "lee", None)]
    assert decisions(officer) == []


def test_ones_own_proposal_is_withdrawn_and_not_refused(officer: Session) -> None:
    ref = proposed(officer, LETTER)  # a supervisor's to refuse, and one's own to withdraw
    with nothing_written(officer.store, Refused, field="reason"):
        refused(officer, ref, " ")
    assert refused(officer, ref).notice == "Proposal withdrawn."
    assert proposal(officer, ref).status == "WITHDRAWN"


def test_in_a_file_taken_away_one_withdraws_ones_own_and_answers_nobodys(officer: Session, other: Session) -> None:
    away = Checkout(
        number="T-1",
        database_id="D",
        source="the office",
        by="lee",
        at=datetime(2026, 10, 14, tzinfo=UTC),
        until=None,
        reason="CASE_WORK",
        cases=("PHX-1",),
    )
    lone = replace(other, checkout=away)
    ref = proposed(officer)
    for answer in (authorised, refused):
        with nothing_written(officer.store, CheckedOut):
            answer(lone, ref)
    own = proposed(lone, replace(HOLD, rule=None))
    with nothing_written(officer.store, CheckedOut):
        authorised(lone, own)
    assert refused(lone, own).notice == "Proposal withdrawn."


def test_the_day_an_action_was_served_is_on_record(officer: Session) -> None:
    put(officer.store, MADE)
    entry = replace(SERVE, request=request(), on=MADE.decided_on)
    with added_entries(officer.store) as added:
        outcome = record_served(officer, entry)
    assert (outcome.notice, outcome.ref) == ("Recorded as served.", "DE-1")
    assert outcome.changed == frozenset({Topic.DECISIONS})
    now = record_of(officer.store, Decision, "DE-1")
    assert (now.actioned_on, now.revision, now.decided_on) == (MADE.decided_on, 2, MADE.decided_on)
    assert added == [Entry("ALTERATION", "decisions", "DE-1", "P-JM", "adeyemi", None)]
    assert record_served(officer, entry) == outcome
    with nothing_written(officer.store, EditConflict):
        record_served(officer, replace(SERVE, request=request()))
    corrected = replace(officer, change_reason="The day was misread")
    assert record_served(corrected, replace(SERVE, request=request(), revision=2)).ref == "DE-1"


def test_an_action_is_served_neither_before_its_decision_nor_in_the_future(officer: Session) -> None:
    put(officer.store, MADE)
    with nothing_written(officer.store, DatesOutOfOrder):
        record_served(officer, replace(SERVE, request=request(), on=MADE.decided_on - DAY))
    with nothing_written(officer.store, FutureDate):
        record_served(officer, replace(SERVE, request=request(), on=TODAY + DAY))
    with nothing_written(officer.store, Missing):
        record_served(officer, replace(SERVE, request=request(), decision_ref="DE-9"))
    for role in set(Role) - {Role.OFFICER, Role.SUPERVISOR}:
        with nothing_written(officer.store, NotAllowed):
            record_served(seat(officer, "somebody", role), replace(SERVE, request=request()))
    assert record_served(officer, replace(SERVE, request=request(), on=TODAY))


@pytest.mark.parametrize("decision", ["HOLD", "ALTERNATIVE"])
def test_taking_no_action_on_a_concern_is_answered_by_a_supervisor(
    officer: Session, other: Session, boss: Session, decision: str
) -> None:
    held = replace(HOLD, decision=decision, rule="serious_concern")
    for answer in (authorised, refused):
        ref = proposed(officer, held)
        with nothing_written(officer.store, NotAllowed, "Only a supervisor"):
            answer(other, ref)
        assert answer(boss, ref)
    assert authorised(other, proposed(officer, replace(held, rule="missed_contacts")))
    assert authorised(other, proposed(officer, replace(WARN, step="L0", decision="DE_ESCALATE")))


BESIDE: dict[str, Any] = {
    "alternatives": "A visit by the navigator.",
    "proportionality": "The least that helps.",
    "others_told": "His mother.",
    "review_on": TODAY + DAY * 30,
    "dissent_agency": "HMPPS_PROBATION",
    "dissent": "Wants a recall.",
    "conviction_court": "Leicester Magistrates' Court",
    "convicted_on": TODAY - DAY * 40,
    "lever": "TENANCY",
}
"""What a proposal says beside the decision, and hands over to it."""


THE_DECISION = "id = (SELECT id FROM read_decisions(refs => ARRAY[%s]))"
THE_PROPOSAL = "id = (SELECT id FROM read_proposals(refs => ARRAY[%s]))"


def test_what_a_proposal_says_beside_the_decision_stands_in_the_decision(officer: Session, boss: Session) -> None:
    assert set(BESIDE) == set(BESIDE_A_DECISION)
    ref = proposed(officer, replace(LETTER, **BESIDE))
    authorised(boss, ref)
    for kept in (proposal(boss, ref), decisions(boss)[-1]):
        assert {name: getattr(kept, name) for name in BESIDE} == BESIDE


def test_the_server_keeps_what_stands_beside_a_decision_and_its_proposal(office: Office) -> None:
    officer, boss = office.session("officer"), office.session("supervisor")
    waiting = proposed(officer, replace(HOLD, rule="missed_contacts"))
    decided = authorised(boss, proposed(officer, replace(LETTER, rule=None, **BESIDE))).ref
    answer = "status = 'REFUSED', answered_by = session_user, answered_on = current_date, revision = revision + 1"
    with office.raw("supervisor") as raw:
        raw.execute("SELECT open_case('PHX-1')")
        for name in BESIDE:
            decision = f"UPDATE decisions SET {name} = NULL, revision = revision + 1 WHERE {THE_DECISION}"  # noqa: S608 - our own name
            proposal = f"UPDATE proposals SET {name} = '2026-10-01', {answer} WHERE {THE_PROPOSAL}"  # noqa: S608 - as above
            for statement, ref in ((decision, decided), (proposal, waiting)):
                with pytest.raises(psycopg.errors.InsufficientPrivilege, match=r"not changed|when it is served"):
                    raw.execute(statement, (ref,))
        control = f"UPDATE proposals SET {answer} WHERE {THE_PROPOSAL}"  # noqa: S608 - as above
        assert raw.execute(control, (waiting,)).rowcount == 1


def test_what_the_person_was_told_is_asked_when_the_step_is_served_and_not_before(
    officer: Session, boss: Session
) -> None:
    ref = authorised(boss, proposed(officer, replace(LETTER, told_participant=None))).ref
    entry = replace(SERVE, request=request(), decision_ref=ref)
    for words in (None, "  "):
        with nothing_written(officer.store, MissingValue, field="told_participant"):
            record_served(officer, replace(entry, told_participant=words))
    assert record_served(officer, replace(entry, told_participant=" The words of the letter. ")).ref == ref
    assert record_of(officer.store, Decision, ref).told_participant == "The words of the letter."
    said = authorised(boss, proposed(officer, LETTER)).ref  # said with the proposal, the words stand
    record_served(officer, replace(SERVE, request=request(), decision_ref=said, told_participant="Something else."))
    assert record_of(officer.store, Decision, said).told_participant == LETTER.told_participant


def test_a_page_opened_on_no_trigger_lists_those_that_wait_for_a_proposal(officer: Session) -> None:
    page = decision_page(officer, "PHX-1")
    assert (page.trigger, [trigger.rule for trigger, _ in page.open_triggers]) == (None, ["serious_concern"])
    assert decision_page(officer, "PHX-1", "serious_concern").open_triggers == ()
    proposed(officer, WARN)
    assert decision_page(officer, "PHX-1").open_triggers == ()


def test_the_server_keeps_a_supervisors_authority_and_the_words_that_were_said(office: Office) -> None:
    officer, boss = office.session("officer"), office.session("supervisor")
    refs = {rule: proposed(boss, replace(HOLD, rule=rule)) for rule in ("serious_concern", "missed_contacts")}
    with pytest.raises(NotAllowed, match="Only a supervisor"):
        authorised(officer, refs["serious_concern"])
    refused = "status = 'REFUSED', answered_by = session_user, answered_on = current_date, revision = revision + 1"
    statement = f"UPDATE proposals SET {refused} WHERE {THE_PROPOSAL}"  # noqa: S608 - our own words
    with office.raw("officer") as raw:
        raw.execute("SELECT open_case('PHX-1')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="only a supervisor"):
            raw.execute(statement, (refs["serious_concern"],))
        assert raw.execute(statement, (refs["missed_contacts"],)).rowcount == 1
        ref = authorised(boss, proposed(officer, replace(LETTER, told_participant=None, rule=None))).ref
        said = f"UPDATE decisions SET told_participant = %s, revision = revision + 1 WHERE {THE_DECISION}"  # noqa: S608 - our own words
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="when it is served"):
            raw.execute(said, ("Before it was served.", ref))
        entry = replace(SERVE, request=request(), decision_ref=ref, on=officer.today(), told_participant="The letter.")
        record_served(officer, replace(entry, on=decisions(boss)[-1].decided_on))
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="when it is served"):
            raw.execute(said, ("Other words.", ref))
