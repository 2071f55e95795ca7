"""Today: what is owed, from which day and up to which, in what order, and to whom it is told."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.duties.case_duties import RELEASE_PLAN_REF, Duty, WorklistItem
from ioms_desktop.domain.errors import NotAllowed
from ioms_desktop.domain.records.cases import Action, Case, RagEntry
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.retention.retention import ProposeDisposal, RecordReview, propose_disposal, record_review
from ioms_desktop.services.session import Session
from ioms_desktop.storage.schema.case_results import RESULT_TABLES
from ioms_desktop.storage.store import Store
from owed import list_owed_work
from services.written import contents, put
from sessions import OLD, OLD_CASE, TODAY, Clock, session_of

DAY = timedelta(days=1)
PERSON = Person(person_ref="P-1", family_name="Tran", given_names="Minh", date_of_birth=date(1990, 4, 2))
IOM = Case(
    case_ref="C-1",
    person_ref="P-1",
    programme="IOM",
    status="ACTIVE",
    referred_on=date(2026, 8, 1),
    adopted_on=TODAY - 10 * DAY,
    notice_served_on=TODAY - 9 * DAY,
    police_om="PC 4411 ADEYEMI",
)
PHOENIX = Case(
    case_ref="C-1",
    person_ref="P-1",
    programme="PHOENIX",
    status="ENGAGED",
    referred_on=date(2026, 8, 1),
    notified_on=TODAY - 10 * DAY,
    navigator="okoro",
)
AMBER = RagEntry(case_ref="C-1", set_on=TODAY - 10 * DAY, rag="AMBER", reason="Settled.")
ARREST = Concern(
    concern_ref="K-1",
    case_ref="C-1",
    occurred_on=TODAY - 4 * DAY,
    recorded_on=TODAY - 4 * DAY,
    concern_type="ARREST",
    offence_group="VIOLENCE",
)
OFFER = Offer(offer_ref="OF-1", case_ref="C-1", offer_type="GYM", offered_on=TODAY - 3 * DAY)
PROPOSAL = Proposal(
    proposal_ref="PR-1",
    case_ref="C-1",
    rule="serious_concern",
    proposed_on=TODAY - 2 * DAY,
    decision="ESCALATE",
    step="L1",
    reason="Talk to him first.",
    proposed_by="adeyemi",
    status="PROPOSED",
)


@pytest.fixture
def boss(store: Store) -> Session:
    put(store, PERSON)
    return session_of(store, "wright", Role.SUPERVISOR, Clock())


def seat(session: Session, user: str, role: Role) -> Session:
    return replace(session, user=user, role=role)


def lines(session: Session, duty: Duty) -> list[WorklistItem]:
    return [line for line in list_owed_work(session) if line.duty is duty]


def due(session: Session, duty: Duty) -> list[date | None]:
    return [line.due_on for line in lines(session, duty)]


def lay(session: Session, *records: Record) -> None:
    put(session.store, *records)


def lay_iom(session: Session, ref: str, *, rag_before: int = 0, **values: date | None) -> None:
    """Lay in an IOM case with its RAG, set so many days ago."""
    case = replace(IOM, case_ref=ref, **values)  # type: ignore[arg-type]  # days by field name
    lay(session, case, replace(AMBER, case_ref=ref, set_on=TODAY - rag_before * DAY))


def test_who_reads_no_cases_is_owed_nothing(boss: Session) -> None:
    for role in (Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR, Role.PARTNER):
        with pytest.raises(NotAllowed):
            list_owed_work(seat(boss, "somebody", role))


def test_looking_at_today_writes_nothing_but_what_the_rules_found(boss: Session) -> None:
    lay(boss, IOM, ARREST, PROPOSAL)
    before = contents(boss.store)
    assert list_owed_work(boss)
    after = contents(boss.store)
    assert {name for name in before if after[name] != before[name]} == {table.name for table in RESULT_TABLES}


def test_a_navigators_today_never_shows_a_trigger_that_rests_on_intelligence(boss: Session) -> None:
    warned = Decision(
        decision_ref="D-1",
        case_ref="C-1",
        decided_on=TODAY - 8 * DAY,
        decision="ESCALATE",
        step="L1",
        reason="Warned.",
        proposed_by="adeyemi",
        authorised_by="wright",
    )
    trouble = replace(ARREST, concern_type="ASB_REPORT", offence_group=None)
    report = replace(
        ARREST,
        concern_ref="K-2",
        concern_type="INTELLIGENCE",
        offence_group=None,
        occurred_on=TODAY - 3 * DAY,
        source_grade="1",
        information_grade="A",
        handling="P",
    )
    lay(boss, PHOENIX, warned, trouble, report)
    rules = {line.ref for line in lines(seat(boss, "adeyemi", Role.OFFICER), Duty.DECISION)}
    assert rules == {"persisting_concern", "credible_intelligence"}
    assert lines(seat(boss, "okoro", Role.NAVIGATOR), Duty.DECISION) == []
    lay(boss, replace(trouble, concern_ref="K-3", concern_type="BREACH"))
    # The control: what rests on no report is told.
    assert [line.ref for line in lines(seat(boss, "okoro", Role.NAVIGATOR), Duty.DECISION)] == ["breach"]


def test_a_navigators_today_shows_no_proposal_on_intelligence(boss: Session) -> None:
    lay(boss, PHOENIX, replace(PROPOSAL, rule="credible_intelligence"))
    navigator = seat(boss, "okoro", Role.NAVIGATOR)
    assert lines(navigator, Duty.PROPOSAL) == []
    assert [line.ref for line in lines(seat(boss, "adeyemi", Role.OFFICER), Duty.PROPOSAL)] == ["PR-1"]
    lay(boss, replace(PROPOSAL, proposal_ref="PR-2"), replace(PROPOSAL, proposal_ref="PR-3", rule=None))
    assert [line.ref for line in lines(navigator, Duty.PROPOSAL)] == ["PR-2", "PR-3"]  # the control


def test_a_navigator_is_told_of_phoenix_cases_alone(boss: Session) -> None:
    navigator = seat(boss, "adeyemi", Role.NAVIGATOR)
    action = Action(action_ref="AC-1", case_ref="C-1", text="Ring the college", owner="adeyemi", due_on=TODAY)
    lay(boss, IOM, ARREST, PROPOSAL, action)
    assert list_owed_work(navigator) == ()
    assert {line.duty for line in list_owed_work(boss)} >= {Duty.PROPOSAL, Duty.ACTION}
    lay(boss, replace(PHOENIX, case_ref="C-2"), replace(action, action_ref="AC-2", case_ref="C-2"))
    assert [line.ref for line in list_owed_work(navigator)] == ["AC-2"]


def test_a_trigger_is_owed_until_it_is_decided_and_on_a_closed_case_too(boss: Session) -> None:
    lay(boss, replace(PHOENIX, closed_on=TODAY - DAY, navigator=None), ARREST, OFFER)
    (line,) = list_owed_work(boss)
    assert (line.duty, line.ref, line.due_on) == (Duty.DECISION, "serious_concern", date(2026, 10, 13))
    assert "arrest" in line.description
    held = Decision(
        decision_ref="D-1",
        case_ref="C-1",
        rule="serious_concern",
        decided_on=TODAY,
        decision="HOLD",
        reason="Released without charge.",
        proposed_by="adeyemi",
        authorised_by="wright",
    )
    lay(boss, held)
    assert list_owed_work(boss) == ()


def test_a_case_closed_today_owes_no_more_than_its_decisions(boss: Session) -> None:
    nobody = replace(PHOENIX, navigator=None)
    for ref, closed in (("C-1", TODAY - DAY), ("C-2", TODAY), ("C-3", TODAY + DAY), ("C-4", None)):
        lay(boss, replace(nobody, case_ref=ref, closed_on=closed), replace(OFFER, offer_ref=ref, case_ref=ref))
    assert {line.case_ref for line in list_owed_work(boss)} == {"C-3", "C-4"}
    assert {line.duty for line in list_owed_work(boss)} == {Duty.OFFER, Duty.MISSING}


def test_the_next_contact_is_told_from_a_week_before_its_last_day(boss: Session) -> None:
    for days in (6, 7, 13, 14):
        lay_iom(boss, f"C-{days}", adopted_on=TODAY - days * DAY)
    told = lines(boss, Duty.CONTACT)
    days_on = [("C-14", TODAY), ("C-13", TODAY + DAY), ("C-7", TODAY + 7 * DAY)]
    assert [(line.case_ref, line.due_on) for line in told] == days_on
    assert all("next contact" in line.description for line in told)


def test_a_contact_that_is_late_is_told_once_and_as_late(boss: Session) -> None:
    lay(boss, replace(IOM, adopted_on=TODAY - 15 * DAY), AMBER)
    (line,) = lines(boss, Duty.CONTACT)
    assert (line.due_on, line.ref) == (TODAY - DAY, "")
    assert "without a completed contact" in line.description


def test_a_review_is_told_from_a_week_before_its_day(boss: Session) -> None:
    for days in (27, 28, 35, 36):
        lay_iom(boss, f"C-{days}", rag_before=days, adopted_on=TODAY - 40 * DAY)
    told = lines(boss, Duty.REVIEW)
    days_on = [("C-36", TODAY - DAY), ("C-35", TODAY), ("C-28", TODAY + 7 * DAY)]
    assert [(line.case_ref, line.due_on) for line in told] == days_on
    assert ["was due" in line.description for line in told] == [True, False, False]


def test_phoenix_owes_neither_contacts_nor_reviews_nor_a_rag(boss: Session) -> None:
    lay(boss, PHOENIX, replace(AMBER, set_on=TODAY - 30 * DAY))
    assert list_owed_work(boss) == ()


def test_a_notice_is_owed_from_the_day_after_its_last(boss: Session) -> None:
    for days in (14, 15):
        lay_iom(boss, f"C-{days}", adopted_on=TODAY - days * DAY, notice_served_on=None)
    assert [(line.case_ref, line.due_on) for line in lines(boss, Duty.NOTICE)] == [("C-15", TODAY - DAY)]


def test_a_release_is_told_from_four_weeks_before_up_to_its_day(boss: Session) -> None:
    for planned, letter in ((None, "N"), (TODAY, "P")):
        for ahead in (-1, 0, 28, 29):
            lay_iom(boss, f"{letter}{ahead}", expected_release_on=TODAY + ahead * DAY, release_plan_on=planned)
    found = lines(boss, Duty.RELEASE)
    told = sorted(
        (line.case_ref or "", line.due_on or TODAY, line.ref, "plan for it stands" in line.description)
        for line in found
    )
    soon, late = TODAY, TODAY + 28 * DAY
    assert told == [
        ("N0", soon, RELEASE_PLAN_REF, False),
        ("N28", late, RELEASE_PLAN_REF, False),
        ("P0", soon, "", True),
        ("P28", late, "", True),
    ]


def test_on_phoenix_a_release_is_told_and_no_plan_is_wanted(boss: Session) -> None:
    lay(boss, replace(PHOENIX, expected_release_on=TODAY + 28 * DAY))
    (line,) = list_owed_work(boss)
    assert (line.duty, line.ref) == (Duty.RELEASE, "")
    assert "plan" not in line.description


def test_an_offer_without_an_answer_is_owed_by_the_day_the_policy_names(boss: Session) -> None:
    answered = replace(OFFER, offer_ref="OF-2", response="ACCEPTED", responded_on=TODAY)
    ended = replace(OFFER, offer_ref="OF-3", ended_on=TODAY)
    lay(boss, PHOENIX, OFFER, answered, ended, replace(OFFER, offer_ref="OF-4", ended_on=TODAY + DAY))
    found = lines(boss, Duty.OFFER)
    assert [line.ref for line in found] == ["OF-1", "OF-4"]
    assert {line.due_on for line in found} == {TODAY + 11 * DAY}
    assert "three days ago" in found[0].description


def test_a_case_without_a_rag_says_so_from_the_day_of_adoption(boss: Session) -> None:
    for ref, starts in (("C-0", TODAY), ("C-1", TODAY + DAY), ("C-2", None), ("C-3", TODAY - DAY)):
        lay(boss, replace(IOM, case_ref=ref, adopted_on=starts))
    lay(boss, replace(AMBER, case_ref="C-3", set_on=TODAY))
    assert [(line.case_ref, line.ref, line.due_on) for line in lines(boss, Duty.MISSING)] == [("C-0", "rag", None)]


def test_a_case_that_names_nobody_says_so_while_it_is_open(boss: Session) -> None:
    nobody = replace(PHOENIX, navigator=None)
    for number, more in enumerate(("navigator", "police_om", "probation_practitioner")):
        named = {more: "okoro"}
        lay(boss, replace(nobody, case_ref=f"C-{number}", **named))  # type: ignore[arg-type]  # a worker by field name
    lay(boss, replace(nobody, case_ref="C-N"), replace(nobody, case_ref="C-Z", closed_on=TODAY))
    found = lines(boss, Duty.MISSING)
    assert [(line.case_ref, line.ref, line.due_on, line.is_own) for line in found] == [("C-N", "worker", None, False)]


def test_an_action_is_owed_from_a_week_before_its_day(boss: Session) -> None:
    action = Action(action_ref="AC-1", case_ref="C-1", text="Ring the college", owner="okoro", due_on=TODAY - 30 * DAY)
    done, dropped = replace(action, action_ref="AC-2", done_on=TODAY), replace(action, action_ref="AC-3")
    lay(boss, PHOENIX, action, done, replace(dropped, cancelled_on=TODAY, cancel_reason="Moved."))
    lay(boss, replace(action, action_ref="AC-7", due_on=TODAY + 7 * DAY))
    lay(boss, replace(action, action_ref="AC-8", due_on=TODAY + 8 * DAY))
    found = [(line.ref, line.description, line.due_on, line.revision) for line in lines(boss, Duty.ACTION)]
    assert found == [
        ("AC-1", "Ring the college (okoro)", TODAY - 30 * DAY, 1),
        ("AC-7", "Ring the college (okoro)", TODAY + 7 * DAY, 1),
    ]


def test_an_action_of_no_case_is_owed_too(boss: Session) -> None:
    lay(boss, Action(action_ref="AC-1", text="Book the room", owner="PS 12 WRIGHT", due_on=TODAY))
    (line,) = list_owed_work(boss)
    assert (line.case_ref, line.name, line.programme, line.is_own) == (None, "", "", True)


def test_a_proposal_takes_the_place_and_the_clock_of_its_own_trigger_alone(boss: Session) -> None:
    breach = replace(ARREST, concern_ref="K-2", concern_type="BREACH", offence_group=None)
    lay(boss, PHOENIX, ARREST, breach, PROPOSAL)
    assert [line.ref for line in lines(boss, Duty.DECISION)] == ["breach"]
    (line,) = lines(boss, Duty.PROPOSAL)
    assert (line.ref, line.due_on, line.revision, line.case_ref) == ("PR-1", date(2026, 10, 13), 1, "C-1")
    assert (
        line.description
        == "Escalate: Verbal warning or challenge visit, proposed by adeyemi on 13 Oct 2026, waits for your answer."
    )


def test_a_proposal_on_no_trigger_or_on_another_case_takes_nothings_place(boss: Session) -> None:
    lay(boss, PHOENIX, replace(PHOENIX, case_ref="C-2"), ARREST)
    lay(boss, replace(PROPOSAL, rule=None, step=None, decision="HOLD"))
    lay(boss, replace(PROPOSAL, proposal_ref="PR-2", case_ref="C-2"))
    lay(boss, replace(PROPOSAL, proposal_ref="PR-3", status="REFUSED"))
    assert [line.ref for line in lines(boss, Duty.DECISION)] == ["serious_concern"]
    found = lines(boss, Duty.PROPOSAL)
    assert [(line.ref, line.due_on) for line in found] == [("PR-1", None), ("PR-2", None)]
    assert "No further action (rationale), proposed by" in found[0].description  # no step stands between


def test_ones_own_proposal_waits_for_a_second_person_and_is_ones_own_where_one_may_propose(boss: Session) -> None:
    lay(boss, PHOENIX, PROPOSAL)
    for user, role, waits, own in (
        ("adeyemi", Role.OFFICER, "for a second person.", True),
        ("wright", Role.SUPERVISOR, "for your answer.", True),
        ("lee", Role.COORDINATOR, "for your answer.", False),
    ):
        (line,) = lines(seat(boss, user, role), Duty.PROPOSAL)
        assert line.description.endswith(waits)
        assert line.is_own is own


def test_a_retention_review_is_told_a_week_ahead_to_whoever_may_review(boss: Session) -> None:
    lay(boss, OLD, OLD_CASE)
    (line,) = lines(boss, Duty.RETENTION)
    assert (line.ref, line.name, line.case_ref, line.is_own) == ("P-OLD", "OLDHAM, Sam", None, False)
    assert line.description.startswith("Retention review due. ")
    assert lines(seat(boss, "adeyemi", Role.OFFICER), Duty.RETENTION) == []
    said = RecordReview(
        request="r-1", person_ref="P-OLD", result="RETAIN", reason="Still needed.", next_on=TODAY + 7 * DAY
    )
    record_review(boss, said)
    assert due(boss, Duty.RETENTION) == [TODAY + 7 * DAY]
    record_review(boss, replace(said, request="r-2", next_on=TODAY + 8 * DAY))
    assert due(boss, Duty.RETENTION) == []


def test_a_disposal_waits_for_whoever_did_not_propose_it(boss: Session) -> None:
    lay(boss, OLD, OLD_CASE)
    ref = propose_disposal(
        boss, ProposeDisposal(request="r-1", person_ref="P-OLD", authority="Schedule 4", reason="Time is up.")
    ).ref
    (line,) = lines(boss, Duty.RETENTION)
    assert line.description == f"Disposal of this record, proposed by wright as {ref}, waits for a second person."
    assert not line.is_own
    (other,) = lines(seat(boss, "holt", Role.SUPERVISOR), Duty.RETENTION)
    assert other.description.endswith("waits for your answer.")
    assert other.is_own


def test_a_line_says_whom_it_is_about_and_is_the_workers_own(boss: Session) -> None:
    lay(boss, replace(IOM, probation_practitioner="SINGH", navigator="okoro"))
    for user, own in (("adeyemi", True), ("singh", True), ("okoro", True), ("eyemi", False)):
        (line,) = list_owed_work(seat(boss, user, Role.OFFICER))
        assert (line.name, line.programme, line.worker) == ("TRAN, Minh", "IOM", "PC 4411 ADEYEMI")
        assert line.is_own is own


def test_an_action_is_the_own_of_its_owner_or_of_everybody_in_the_role_that_owns_it(boss: Session) -> None:
    action = Action(action_ref="A", case_ref="C-1", text="Ring", owner="PC 7 LEE", due_on=TODAY)
    lay(boss, PHOENIX, action, replace(action, action_ref="B", owner="supervisor"))
    for user, role, own in (
        ("lee", Role.OFFICER, ["A"]),
        ("wright", Role.SUPERVISOR, ["B"]),
        ("lee", Role.SUPERVISOR, ["A", "B"]),
        ("wright", Role.OFFICER, []),
    ):
        assert [line.ref for line in list_owed_work(seat(boss, user, role)) if line.is_own] == own


def test_the_late_come_before_what_is_due_today_then_a_week_then_the_rest(boss: Session) -> None:
    days = {"a": 1, "b": 7, "c": 0, "d": -1, "e": -9}
    for ref, ahead in days.items():
        lay(boss, Action(action_ref=ref, text="Ring", owner="wright", due_on=TODAY + ahead * DAY))
    lay(boss, replace(PHOENIX, navigator=None), replace(OFFER, offered_on=TODAY - 6 * DAY), PROPOSAL)
    found = list_owed_work(boss)
    assert [line.ref for line in found] == ["e", "d", "c", "a", "b", "PR-1", "OF-1", "worker"]
    assert [line.id for line in found] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_how_far_it_has_got_is_told_at_the_first_case_and_at_every_fiftieth(boss: Session) -> None:
    lay(boss, *(replace(PHOENIX, case_ref=f"C-{number:02}") for number in range(51)))
    told: list[tuple[int, int, str]] = []
    list_owed_work(boss, progress=lambda done, total, step="": told.append((done, total, step)))
    assert told == [(0, 51, ""), (50, 51, "")]
