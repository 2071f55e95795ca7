"""What inspections find missing is said of a case from its records, to the day, on both databases."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import DatesOutOfOrder
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.records.cases import Action, Case, Need, RagEntry
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.leaving.exits import TRANSITION, CaseExit
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.oversight import (
    contact_counts,
    describe_dose,
    describe_drift,
    describe_exit,
    describe_leaving,
    describe_visits,
)
from ioms_desktop.services.cases.timelines import build_timeline
from ioms_desktop.services.recording.offers import AnswerOffer, MakeOffer, SupportPlan, answer_offer, make_offer
from paper_prints import printed_pdf
from reports.reading import pages_of
from services.fresh_cases import STARTED, Ledger
from sessions import request

PROBATION = "HMPPS_PROBATION"

DAY = timedelta(days=1)
AS_OF = STARTED + 200 * DAY
THIRD = date(2026, 12, 1)


def contact(case_ref: str, number: int, on: date, agency: str | None, **said: Any) -> Contact:  # noqa: ANN401 - values by field name
    given = {"contact_type": "OFFICE", "outcome": "SEEN", "planned": True, **said}
    return Contact(
        contact_ref=f"{case_ref}-T{number}", case_ref=case_ref, occurred_at=DayTime(on), agency=agency, **given
    )


def left(case_ref: str, kind: str, on: date, **said: Any) -> CaseExit:  # noqa: ANN401 - values by field name
    return CaseExit(exit_ref=f"EX-{kind}", case_ref=case_ref, kind=kind, left_on=on, reason="Moved", **said)


def drift(ledger: Ledger, case_ref: str, on: date) -> str:
    session = ledger.officer(on)
    return describe_drift(session, open_case(session, case_ref))


def visits(ledger: Ledger, case_ref: str, on: date) -> str:
    session = ledger.officer(on)
    return describe_visits(session, open_case(session, case_ref))


def test_a_case_drifts_from_the_ninetieth_day_without_a_change_of_rag_need_or_step(ledger: Ledger) -> None:
    case = ledger.iom()
    assert drift(ledger, case, STARTED + 89 * DAY) == ""
    assert drift(ledger, case, STARTED + 90 * DAY) == "RAG, needs and step unchanged since 17 Sep 2026, 90 days"
    confirmed = [
        RagEntry(case_ref=case, set_on=STARTED, rag="RED", reason="Two arrests"),
        RagEntry(case_ref=case, set_on=STARTED + 60 * DAY, rag="RED", reason="No more of them"),
        Need(case_ref=case, pathway="HEALTH", assessed_on=STARTED, level=2),
        Need(case_ref=case, pathway="HEALTH", assessed_on=STARTED + 80 * DAY, level=2),
    ]
    ledger.put(*confirmed)
    assert drift(ledger, case, STARTED + 90 * DAY)  # what was confirmed did not change


@pytest.mark.parametrize("what", ["rag", "need", "status of a need", "step"])
def test_each_change_begins_the_days_again_and_a_later_one_says_nothing_of_before(ledger: Ledger, what: str) -> None:
    case, changed = ledger.iom(), STARTED + 30 * DAY
    need = Need(case_ref=case, pathway="HEALTH", assessed_on=STARTED, level=2)
    ledger.put(RagEntry(case_ref=case, set_on=STARTED, rag="RED", reason="Two arrests"), need)
    made = {
        "rag": RagEntry(case_ref=case, set_on=changed, rag="AMBER", reason="None since"),
        "need": Need(case_ref=case, pathway="HEALTH", assessed_on=changed, level=1),
        "status of a need": Need(case_ref=case, pathway="HEALTH", assessed_on=changed, level=2, status="ONGOING"),
        "step": Decision(
            decision_ref=f"{case}-D", case_ref=case, decided_on=changed, decision="ESCALATE", step="L1",
            reason="Seen carrying", proposed_by="adeyemi",
        ),
    }[what]  # fmt: skip
    assert drift(ledger, case, changed + 89 * DAY)  # the control
    ledger.put(made)
    assert drift(ledger, case, changed + 89 * DAY) == ""
    assert "since 17 Oct 2026, 90 days" in drift(ledger, case, changed + 90 * DAY)
    session = ledger.officer(AS_OF)
    before = open_case(session, case, as_of=changed - DAY)
    assert describe_drift(session, before) == ""


def test_a_closed_case_does_not_drift(ledger: Ledger) -> None:
    closed = ledger.iom(closed_on=STARTED + 20 * DAY)
    assert drift(ledger, closed, AS_OF) == ""


@pytest.mark.parametrize(
    ("agency", "said"),
    [
        (None, "No agency but the police since 1 Dec 2026: agency not named 1, Leicestershire Police 1"),
        ("LEICESTERSHIRE_POLICE", "No agency but the police since 1 Dec 2026: Leicestershire Police 2"),
        ("Northants police", "No agency but the police since 1 Dec 2026: Leicestershire Police 1, Northants police 1"),
        ("INGEUS", "Ingeus 1, Leicestershire Police 1 since 1 Dec 2026"),
    ],
)
def test_police_who_alone_visit_in_the_final_third_are_named_so(ledger: Ledger, agency: str | None, said: str) -> None:
    case = ledger.iom(final_third_from=THIRD)
    ledger.put(
        contact(case, 1, THIRD, "LEICESTERSHIRE_POLICE"),
        contact(case, 2, THIRD + DAY, agency),
        contact(case, 3, THIRD - DAY, "HMPPS_PROBATION"),
        contact(case, 4, THIRD + DAY, "HMPPS_PROBATION", contact_type="PHONE"),
        contact(case, 5, THIRD + DAY, "HMPPS_PROBATION", outcome="NOT_SEEN"),
    )
    assert visits(ledger, case, THIRD + 3 * DAY) == said
    assert visits(ledger, case, THIRD - DAY) == ""


def test_a_joint_visit_is_one_of_probation_too_and_old_visits_fall_out_of_the_window(ledger: Ledger) -> None:
    case = ledger.iom(final_third_from=THIRD)
    joint = contact(case, 1, THIRD + DAY, "LEICESTERSHIRE_POLICE", contact_type="JOINT_VISIT")
    ledger.put(joint, contact(case, 2, THIRD + 60 * DAY, "LEICESTERSHIRE_POLICE"))
    assert "HMPPS Probation 1" in visits(ledger, case, THIRD + 90 * DAY)
    later = visits(ledger, case, THIRD + 91 * DAY)
    assert later == "No agency but the police since 3 Dec 2026: Leicestershire Police 1"
    assert visits(ledger, case, THIRD + 200 * DAY) == "Nobody in person since 22 Mar 2027"
    ledger.change(ledger.get(Case, case), closed_on=THIRD + 100 * DAY)
    assert visits(ledger, case, THIRD + 200 * DAY) == ""


def test_contacts_are_counted_by_agency_and_purpose_with_what_was_completed(ledger: Ledger) -> None:
    case = ledger.phoenix()
    ledger.put(
        contact(case, 1, STARTED, "INGEUS", purpose="SUPPORT", minutes=30),
        contact(case, 2, STARTED, "INGEUS", purpose="SUPPORT", minutes=45, outcome="FAILED_TO_ATTEND"),
        contact(case, 3, STARTED, "INGEUS", purpose="WELFARE", minutes=15),
        contact(case, 4, STARTED, None),
        contact(case, 5, AS_OF + DAY, "INGEUS", purpose="SUPPORT", minutes=60),
    )
    session = ledger.officer(AS_OF)
    counted = contact_counts(session, open_case(session, case))
    said = [(each.agency, each.purpose, each.contacts, each.completed, each.minutes) for each in counted]
    assert said == [
        ("Ingeus", "Support or session", 2, 1, 30),
        ("Agency not named", "Purpose not recorded", 1, 1, 0),
        ("Ingeus", "Welfare or safeguarding", 1, 1, 15),
    ]
    marks = build_timeline(open_case(session, case), session.lists).contacts
    assert [each.agency for each in marks] == ["INGEUS", "INGEUS", "INGEUS", ""], "by which an agency is given its own"


def test_the_office_copy_says_what_inspections_ask_and_the_partners_copy_does_not(ledger: Ledger) -> None:
    case = ledger.iom(final_third_from=THIRD)
    ledger.put(contact(case, 1, THIRD, "LEICESTERSHIRE_POLICE", purpose="WELFARE", minutes=15))
    today = STARTED + 150 * DAY
    ledger.put(
        left(case, "SUSPENDED", today - 9 * DAY, resumed_on=today - 5 * DAY),
        left(case, "TRANSFERRED_OUT", today - 4 * DAY, plan="Leeds sees him weekly"),
        left(case, TRANSITION, today - 3 * DAY, plan="A joint visit"),
    )
    ledger.change(ledger.get(Case, case), transition_proposed_on=today - 3 * DAY, transition_proposed_by="reid")
    # A meeting has no record of its own: the reference on its actions says on which day it was.
    for number, meeting in enumerate(("M-2026-11-02", "M-2026-12-07", "Z9")):
        ledger.put(
            Action(
                action_ref=f"AC-{number}", case_ref=case, meeting_ref=meeting, text="Ring", owner="wright", due_on=today
            )
        )
    session = ledger.session("wright", Role.SUPERVISOR, today)

    def printed(audience: Audience) -> str:
        return " ".join(
            pages_of(printed_pdf(session, case, audience=audience, agency=PROBATION, reason_code="CASE_CONFERENCE"))
        )

    full, partner = printed(Audience.FULL), printed(Audience.PARTNER)
    for copy in (full, partner, printed(Audience.BOARD)):
        assert "Meeting of 7 Dec 2026." in copy
        assert "M-2026" not in copy
    for said in (
        *("Contacts by agency and purpose", "Welfare or safeguarding", "No agency but the police", "unchanged"),
        *("Leeds sees him weekly", "A joint visit", "not confirmed"),
    ):
        assert said in full
        assert said not in partner
    # How it last left is said as of a day, and what is proposed for after 18 is no leaving.
    for on, kind in ((-10, ""), (-6, "Suspended"), (-5, ""), (-4, "Transferred out"), (-3, "Transferred out")):
        view = open_case(session, case, as_of=today + on * DAY)
        assert describe_leaving(session.lists, view).partition(" on ")[0] == kind, on


def test_an_offer_says_what_was_given_against_what_was_planned_and_how_long_it_took(ledger: Ledger) -> None:
    case, day = ledger.phoenix(), STARTED
    made = MakeOffer(request=request(), case_ref=case, offer_type="GYM", offered_on=day)
    ref = make_offer(ledger.session(on=day), made).ref
    plan = SupportPlan(
        provider_answer="WAITING_LIST", planned_sessions=12, planned_minutes=600, exit_planned_on=day + 120 * DAY
    )
    answer = AnswerOffer(
        request=request(), offer_ref=ref, revision=1, response="ACCEPTED", responded_on=day + 2 * DAY, plan=plan
    )
    answer_offer(ledger.session(on=day + 2 * DAY), answer)
    ledger.put(
        contact(case, 1, day + 1 * DAY, None, offer_ref=ref, minutes=20),  # before the answer: a session, not the first
        contact(case, 2, day + 5 * DAY, None, offer_ref=ref, minutes=45, outcome="FAILED_TO_ATTEND"),
        contact(case, 3, day + 9 * DAY, None, offer_ref=ref, minutes=40),
        contact(case, 4, day + 6 * DAY, None, minutes=40),  # of no offer
    )

    def said(on: date) -> tuple[str, str]:
        session = ledger.officer(day + 30 * DAY)
        view = open_case(session, case, as_of=on)
        (offer,) = view.offers
        return describe_dose(session.lists, view, offer), describe_exit(offer)

    waits = "On a waiting list, 1 of 12 sessions, 20 of 600 minutes, no session in six days"
    assert said(day + 8 * DAY) == (waits, "Exit planned on 15 Jan 2027")
    assert (
        said(day + 9 * DAY)[0]
        == "On a waiting list, 2 of 12 sessions, 60 of 600 minutes, first session after seven days"
    )
    assert said(day + 1 * DAY) == ("one session, 20 minutes", "")  # the plan came with the answer, a day later
    assert said(day) == ("", "")
    again = replace(answer, request=request(), revision=2, response="PARTLY", plan=None)
    later = replace(ledger.session(on=day + 3 * DAY), change_reason="they answered again")
    answer_offer(later, again)
    assert ledger.get(Offer, ref).planned_sessions == 12, "an answer that says nothing of a plan leaves it"
    cleared = replace(again, request=request(), revision=3, plan=SupportPlan(provider_answer="TAKEN_ON"))
    answer_offer(later, cleared)
    assert said(day + 9 * DAY) == ("Taken on, two sessions, 60 minutes, first session after seven days", "No exit date")


def test_an_exit_before_the_offer_is_refused_beside_its_field(ledger: Ledger) -> None:
    case = ledger.phoenix()
    made = MakeOffer(request=request(), case_ref=case, offer_type="GYM", offered_on=STARTED)
    ref = make_offer(ledger.session(on=STARTED), made).ref
    plan = SupportPlan(exit_planned_on=STARTED - DAY)
    entry = AnswerOffer(
        request=request(), offer_ref=ref, revision=1, response="ACCEPTED", responded_on=STARTED, plan=plan
    )
    with ledger.nothing_written(), pytest.raises(DatesOutOfOrder, match="it cannot be left before") as refused:
        answer_offer(ledger.session(on=STARTED), entry)
    assert refused.value.field == "exit_planned_on"
    kept = replace(entry, plan=SupportPlan(exit_planned_on=STARTED))
    assert answer_offer(ledger.session(on=STARTED), kept).ref  # the control: the day itself
