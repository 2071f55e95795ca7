"""A case opened: one look on record, as of a day and for a role; and the statuses it may move to."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import (
    CaseNotFound,
    NotAllowed,
    TrainingReason,
)
from ioms_desktop.domain.records.cases import Action, Case, Need, Notification, RagEntry, Referral
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.people import Assessment, CustodySpell, Offence, Order
from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.access.break_glass import BreakGlass, break_glass
from ioms_desktop.services.cases.case_lists import case_ids, case_rows
from ioms_desktop.services.cases.case_query import query_case
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.cases.timelines import build_timeline
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Session
from ioms_desktop.storage.database import demo_marker
from ioms_desktop.storage.store import Store
from services.written import Entry, added_entries, keep, nothing_written, put, record_of
from sessions import NOW, TODAY, Clock, fill, request, session_of

DAY = timedelta(days=1)
ON = date(2026, 10, 8)
"""A day in the past on which everything of this case happened."""
CONCERN = Concern(concern_ref="K-1", case_ref="IOM-1", occurred_on=ON, recorded_on=ON, concern_type="ARREST")
REPORT = replace(
    CONCERN,
    concern_ref="K-2",
    concern_type="INTELLIGENCE",
    source_grade="1",
    information_grade="A",
    handling="P",
)
DECISION = Decision(
    decision_ref="DE-1",
    case_ref="IOM-1",
    rule="breach",
    decided_on=ON,
    decision="ESCALATE",
    step="L1",
    reason="Warned.",
    proposed_by="adeyemi",
    authorised_by="wright",
)
PROPOSAL = Proposal(
    proposal_ref="PR-1",
    case_ref="IOM-1",
    rule="breach",
    proposed_on=ON,
    decision="HOLD",
    reason="See.",
    proposed_by="adeyemi",
    status="PROPOSED",
)
OFFER = Offer(offer_ref="OF-1", case_ref="IOM-1", offer_type="GYM", offered_on=ON)
ACTION = Action(action_ref="AC-1", case_ref="IOM-1", text="Ring", owner="okoro", due_on=TODAY)
DATED: tuple[Record, ...] = (
    CONCERN,
    DECISION,
    PROPOSAL,
    OFFER,
    RagEntry(case_ref="IOM-1", set_on=ON, rag="GREEN", reason="Settled."),
    Contact(
        contact_ref="CT-1",
        case_ref="IOM-1",
        occurred_at=DayTime(ON),
        planned=True,
        contact_type="OFFICE",
        outcome="SEEN",
    ),
    Rating(case_ref="IOM-1", week_commencing=date(2026, 10, 5), rated_on=ON, level=3, role="NAVIGATOR"),
    Need(case_ref="IOM-1", pathway="ACCOMMODATION", assessed_on=ON, level=1),
    Notification(case_ref="IOM-1", attempted_on=ON, attempt=1, outcome="DELIVERED_ACCEPTED"),
    Referral(referral_ref="RF-1", case_ref="IOM-1", unit="MASH", sent_on=ON),
    CustodySpell(person_ref="P-CH", received_on=ON),
    Order(order_ref="O-1", person_ref="P-CH", order_type="SSO", made_on=ON),
    Assessment(person_ref="P-CH", tool="OGRS", version="4", assessed_on=ON, value="0.5"),
    Offence(person_ref="P-CH", offence_on=ON, offence_group="VIOLENCE", offence="Assault"),
)


@pytest.fixture
def officer(store: Store) -> Session:
    fill(store)
    return session_of(store, "adeyemi", Role.OFFICER, Clock())


def seat(session: Session, user: str, role: Role) -> Session:
    return replace(session, user=user, role=role)


def at(session: Session, minutes: float) -> Session:
    """Return the same session so many minutes later."""
    return replace(session, clock=Clock(NOW + timedelta(minutes=minutes)))


def case_of(session: Session, ref: str = "IOM-1") -> Case:
    return record_of(session.store, Case, ref)


def test_a_look_is_on_record_with_its_reason_once_in_a_quarter_of_an_hour(officer: Session) -> None:
    look = Entry("CONSULTATION", "cases", "IOM-1", "P-CH", "adeyemi", "TASKING")
    with added_entries(officer.store) as added:
        open_case(officer, "IOM-1", reason_code="TASKING")
    assert added == [look]
    for minutes, new in ((5, False), (15, False), (15.1, True), (30, False)):
        with added_entries(officer.store) as added:
            open_case(at(officer, minutes), "IOM-1")
        assert added == ([look._replace(reason_code="CASE_WORK")] if new else [])


def test_everybodys_look_at_every_case_is_a_look_of_its_own(officer: Session) -> None:
    put(officer.store, replace(case_of(officer), id=0, case_ref="IOM-2"))
    open_case(officer, "IOM-1")
    for session, ref, who in (
        (seat(officer, "lee", Role.OFFICER), "IOM-1", "P-CH"),
        (officer, "IOM-2", "P-CH"),
        (officer, "PHX-1", "P-JM"),
    ):
        with added_entries(officer.store) as added:
            open_case(session, ref)
        assert added == [Entry("CONSULTATION", "cases", ref, who, session.user, "CASE_WORK")]


def test_a_look_that_is_refused_is_no_look(officer: Session) -> None:
    for role in (Role.PARTNER, Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR):
        with nothing_written(officer.store, NotAllowed):
            open_case(seat(officer, "somebody", role), "IOM-1")
    with nothing_written(officer.store, CaseNotFound):
        open_case(officer, "IOM-9")
    with nothing_written(officer.store, CaseNotFound):
        open_case(seat(officer, "okoro", Role.NAVIGATOR), "IOM-1")
    with nothing_written(officer.store, TrainingReason, field="reason"):
        open_case(officer, "IOM-1", reason_code="TRAINING")
    with officer.store.begin(officer.command_context(), "marked") as tx:
        demo_marker.mark_as_demo(tx.connection)
    assert open_case(officer, "IOM-1", reason_code="TRAINING")  # the control: of fictional people it is one


def dated(view: CaseView) -> list[int]:
    """Count what a view has of each noun of `DATED`, in its order."""
    groups = (
        view.concerns,
        view.decisions,
        view.proposals,
        view.offers,
        [entry for entry in view.rag if entry.rag == "GREEN"],
        view.contacts,
        view.ratings,
        view.needs,
        view.notifications,
        view.referrals,
        view.custody,
        view.orders,
        view.assessments,
        view.offences,
    )
    return [len(group) for group in groups]


def test_what_happened_on_the_day_is_seen_and_nothing_later(officer: Session) -> None:
    put(officer.store, *DATED)
    assert dated(open_case(officer, "IOM-1", as_of=ON)) == [1] * len(DATED)
    assert dated(open_case(officer, "IOM-1")) == [1] * len(DATED)
    before = open_case(officer, "IOM-1", as_of=ON - DAY)
    assert dated(before) == [0] * len(DATED)
    assert (before.as_of, open_case(officer, "IOM-1").as_of) == (ON - DAY, TODAY)
    assert (before.step, open_case(officer, "IOM-1", as_of=ON).step) == ("L0", "L1")


def test_what_ended_later_was_not_ended_on_the_day(officer: Session) -> None:
    later = ON + DAY
    put(officer.store, replace(DECISION, actioned_on=later), CustodySpell(person_ref="P-CH", received_on=ON))
    put(officer.store, replace(ACTION, done_on=later), replace(ACTION, action_ref="AC-2", cancelled_on=later))
    put(
        officer.store,
        replace(
            OFFER,
            response="ACCEPTED",
            responded_on=later,
            started_on=later,
            ended_on=later,
            end_reason="Moved away.",
        ),
    )
    with officer.store.begin(officer.command_context(), "altered") as tx:
        tx.save(replace(tx.get(CustodySpell, "P-CH", ON), released_on=later))
    view, then = open_case(officer, "IOM-1", as_of=ON), open_case(officer, "IOM-1", as_of=later)
    for seen, on, response, why in ((view, None, None, None), (then, later, "ACCEPTED", "Moved away.")):
        (offer,) = seen.offers
        assert (offer.response, offer.responded_on, offer.started_on) == (response, on, on)
        assert (offer.ended_on, offer.end_reason) == (on, why)
        assert [each.actioned_on for each in seen.decisions] == [on]
        assert [each.released_on for each in seen.custody] == [on]
        assert [(each.done_on, each.cancelled_on) for each in seen.actions] == [(on, None), (None, on)]
    put(officer.store, replace(OFFER, offer_ref="OF-2", response="DECLINED"))  # an answer without a day
    assert open_case(officer, "IOM-1", as_of=ON).offers[-1].response == "DECLINED"


def test_the_view_reckons_age_clocks_and_triggers_on_its_day(officer: Session) -> None:
    view = open_case(officer, "IOM-1", as_of=date(2026, 2, 13))
    assert (view.age, open_case(officer, "IOM-1", as_of=date(2026, 2, 14)).age) == (31, 32)
    view = open_case(officer, "IOM-1")
    assert (view.contact_due, view.review_due) == (date(2026, 9, 21), TODAY)
    assert {each.standard for each in view.overdue} == {"CONTACT", "NOTICE"}
    assert open_case(officer, "IOM-1", as_of=date(2026, 9, 21)).overdue == ()
    assert view.rag_in_force is not None
    assert open_case(officer, "IOM-1", as_of=date(2026, 9, 9)).rag_in_force is None
    put(officer.store, CONCERN, replace(CONCERN, concern_ref="K-3", concern_type="BREACH"))
    assert open_case(officer, "IOM-1", as_of=ON - DAY).triggers == ()
    (told,) = open_case(officer, "IOM-1", as_of=ON).triggers
    assert told.trigger.rule == "breach"
    assert "breach" in told.sentence


def test_intelligence_and_the_arm_of_the_trial_are_for_those_who_may_read_them(officer: Session) -> None:
    report = replace(REPORT, case_ref="PHX-1")
    secret = replace(DECISION, case_ref="PHX-1", rule="credible_intelligence")
    asked = replace(PROPOSAL, case_ref="PHX-1", rule="credible_intelligence")
    put(officer.store, report, secret, asked, replace(CONCERN, case_ref="PHX-1", concern_type="BREACH"))
    put(officer.store, replace(secret, decision_ref="DE-2", rule=None), replace(asked, proposal_ref="PR-2", rule=None))
    for role, sees in (
        (Role.OFFICER, True),
        (Role.SUPERVISOR, True),
        (Role.NAVIGATOR, False),
        (Role.COORDINATOR, False),
    ):
        view = open_case(seat(officer, "somebody", role), "PHX-1")
        assert view.sees_intelligence is sees
        assert view.case.trial_arm == ("NOT_RANDOMISED" if sees else None)
        assert {each.concern_ref for each in view.concerns} == ({"K-1", "K-2"} if sees else {"K-1"})
        assert {each.decision_ref for each in view.decisions} == ({"DE-1", "DE-2"} if sees else {"DE-2"})
        assert {each.proposal_ref for each in view.proposals} == ({"PR-1", "PR-2"} if sees else {"PR-2"})
        rules = {told.trigger.rule for told in view.triggers}
        assert rules == ({"breach", "credible_intelligence"} if sees else {"breach"})
        asked_for = query_case(seat(officer, "somebody", role), "PHX-1", TODAY)
        assert {each["rule"] for each in asked_for["triggers"]} == rules
        lanes = build_timeline(view, officer.lists).partly_shown
        assert lanes == (set() if sees else {"concerns", "triggers", "decisions"})


def test_a_case_seen_through_broken_glass_says_so(officer: Session) -> None:
    assert open_case(officer, "IOM-1").break_glass_access is None
    keep(officer.store, "IOM-1", restricted=True)
    break_glass(officer, BreakGlass(request=request(), case_ref="IOM-1", reason="his mother called in fear"))
    glass = open_case(at(officer, 20), "IOM-1").break_glass_access
    assert glass is not None
    assert glass.remaining == timedelta(minutes=40)
    assert glass.until == datetime(2026, 10, 15, 10, 30, tzinfo=UTC)


def test_a_chosen_programme_narrows_a_list_and_shows_nobody_more_than_their_own(officer: Session) -> None:
    iom, phoenix = {"IOM-1"}, {"PHX-1", "PHX-C"}
    for role, chosen, listed in (
        (Role.OFFICER, (), iom | phoenix),
        (Role.OFFICER, ("IOM",), iom),
        (Role.OFFICER, ("IOM", "PHOENIX"), iom | phoenix),
        (Role.NAVIGATOR, (), phoenix),
        (Role.NAVIGATOR, ("PHOENIX",), phoenix),
        (Role.NAVIGATOR, ("IOM",), set()),
        (Role.NAVIGATOR, ("IOM", "PHOENIX"), phoenix),
    ):
        session = seat(officer, "lee", role)
        found = case_ids(session, ListQuery(filters=tuple(("programme", each) for each in chosen)))
        assert {row.case_ref for row in case_rows(session, found)} == listed, (role, chosen)
