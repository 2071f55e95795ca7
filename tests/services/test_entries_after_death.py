"""What is recorded of the time after a death is asked about, whichever case tells of the death."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from ioms_desktop.domain.access.case_access import AccessList
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import EntryDoubtful
from ioms_desktop.domain.records.cases import DECEASED, Case, Referral
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.person_sets.care import Carer
from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.entries.deaths import describe_death
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.intake.referrals import ReferPerson, refer_person
from ioms_desktop.services.intake.steps import ChangeStatus, change_status
from ioms_desktop.services.recording.appointments import MakeAppointment, make_appointment
from ioms_desktop.services.recording.decisions import (
    AnswerProposal,
    ProposeDecision,
    authorise_proposal,
    propose_decision,
)
from ioms_desktop.services.recording.offers import MakeOffer, make_offer
from ioms_desktop.services.recording.records import AddRecord, add_record_by_form
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.services.workers.assigning import AssignWorker, WorkerDetails, assign_worker
from ioms_desktop.storage.access_lists import set_access_entry
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from services.exchange_session import iom, person, put, session_at
from sessions import TODAY, Clock, fill, request, session_of
from shared_people import Office

CASE, DIED_ON = "PHX-1", TODAY - DAY * 2


def acts(on: date) -> dict[str, Callable[[Session], Outcome]]:
    """Return an act of each kind that reaches out to somebody, dated on a day."""
    referral = Referral(
        referral_ref="", case_ref=CASE, unit="YOUTH_JUSTICE", sent_on=on, direction="OUT", status="SENT"
    )
    offer = MakeOffer(request=request(), case_ref=CASE, offer_type="MENTORING", offered_on=on)
    held = CustodySpell(person_ref="", received_on=on)
    carer = Carer(carer_ref="", person_ref="", name="A. Marlow", relation="mother", from_on=on)
    worker = AssignWorker(
        request=request(),
        case_ref=CASE,
        worker_role="NAVIGATOR",
        worker=WorkerDetails(name="N. New"),
        on=on,
        reason="r",
    )

    def added(record: Record) -> Callable[[Session], Outcome]:
        return lambda session: add_record_by_form(session, AddRecord(request=request(), case_ref=CASE, record=record))

    return {
        "offer": lambda session: make_offer(session, offer),
        "referral": added(referral),
        "worker": lambda session: assign_worker(session, worker),
        "custody": added(held),
        "carer": added(carer),
    }


def add_death(store: Store, act: CommandContext, person_ref: str, case_ref: str = "IOM-9") -> None:
    """Record a case on which a person died."""
    with store.begin(act) as tx:
        tx.add(
            Case(
                case_ref=case_ref,
                person_ref=person_ref,
                programme="IOM",
                status=DECEASED,
                referred_on=date(2026, 9, 1),
                closed_on=DIED_ON,
                close_reason=DECEASED,
            )
        )


def test_an_act_after_a_death_on_another_case_is_asked_about_and_an_earlier_one_is_not(store: Store) -> None:
    fill(store)
    session = replace(session_of(store, "wright", Role.SUPERVISOR, Clock()), confirmed=frozenset())
    person_ref = open_case(session, CASE).person.person_ref
    add_death(store, session.command_context(), person_ref)
    meeting = MakeAppointment(
        request=request(), case_refs=(CASE,), starts_at=DayTime(TODAY + DAY), contact_type="OFFICE", worker="wright"
    )
    again = ReferPerson(
        request=request(), person_ref=person_ref, programme="IOM", referred_on=TODAY, unit="YOUTH_JUSTICE", reason="r"
    )
    revision = open_case(session, CASE).case.revision
    step = ChangeStatus(request=request(), case_ref=CASE, revision=revision, status="DISENGAGED")
    proposal = ProposeDecision(request=request(), case_ref=CASE, rule="NON_ENGAGEMENT", decision="HOLD", reason="r")
    later: dict[str, Callable[[Session], Outcome]] = {
        **acts(TODAY),
        "appointment": lambda session: make_appointment(session, meeting),
        "step": lambda session: change_status(session, step),
        "new case": lambda session: refer_person(session, again),
        "proposal": lambda session: propose_decision(session, proposal),
    }
    for name, act in later.items():
        with pytest.raises(EntryDoubtful, match="Case IOM-9 says that this person died on 13 Oct 2026") as asked:
            act(session)
        if name == "offer":
            assert act(replace(session, confirmed=frozenset(asked.value.doubts))), "it is saved as it is"
    unasked = replace(session, confirmed=None)
    answer = AnswerProposal(request=request(), proposal_ref=propose_decision(unasked, proposal).ref, revision=1)
    with pytest.raises(EntryDoubtful, match="IOM-9"):
        authorise_proposal(replace(session, user="shah"), answer)
    make_offer(
        unasked,
        MakeOffer(request=request(), case_ref=CASE, offer_type="ETE", offered_on=TODAY),
    )  # nobody is there to be asked
    for act in acts(DIED_ON).values():
        act(session)
    undated = Carer(carer_ref="", person_ref="", name="B. Marlow", relation="aunt")
    add_record_by_form(session, AddRecord(request=request(), case_ref=CASE, record=undated))
    with store.begin(session.command_context(), "exclude") as tx:
        set_access_entry(tx, "IOM-9", "wright", AccessList.EXCLUDED, listed=True)
    make_appointment(session, meeting)  # who may not know of that case is told nothing by it
    with store.begin(session.command_context(), "admit") as tx:
        set_access_entry(tx, "IOM-9", "wright", AccessList.EXCLUDED, listed=False)
    with pytest.raises(EntryDoubtful, match="IOM-9"):
        make_appointment(session, replace(meeting, request=request()))
    revision = open_case(session, CASE).case.revision
    death = replace(step, request=request(), revision=revision, status=DECEASED, closed_on=TODAY, close_reason=DECEASED)
    change_status(session, death)  # nor is the death itself asked about


def test_an_import_warns_of_a_case_that_outlasts_the_death(store: Store, tmp_path: Path) -> None:
    fill(store)
    session = session_at(store)
    act = session.command_context()
    add_death(store, act, "P-JM")
    add_death(store, act, "P-CH", "IOM-18")
    with store.begin(replace(act, at=act.at + DAY)) as tx:  # known to live since
        tx.add(Case(case_ref="IOM-19", person_ref="P-CH", programme="IOM", status="ACTIVE", referred_on=TODAY))
    ended = {"status": "DESELECTED", "closed_on": DIED_ON.isoformat(), "close_reason": "SUSTAINED_REDUCTION"}
    died = {**ended, "status": DECEASED, "close_reason": DECEASED}
    late = {**ended, "closed_on": TODAY.isoformat()}
    put(tmp_path, "people", [person("P-1"), person("P-2", given_names="Sam")])
    rows = [iom("IOM-8", "P-JM", **ended), iom("IOM-10", "P-JM"), iom("IOM-12", "P-JM", **late), iom("IOM-11", "P-XX")]
    told_by_rows = [iom("IOM-20", "P-1"), iom("IOM-21", "P-1", **died), iom("IOM-30", "P-2", **died)]
    told_by_rows.append(iom("IOM-31", "P-2", **{**died, "closed_on": TODAY.isoformat()}))
    put(tmp_path, "cases", [*rows, *told_by_rows, iom("IOM-40", "P-CH")])

    def warnings() -> list[tuple[int, str]]:
        found = run_import(session, tmp_path, dry_run=True).warnings()
        return [(each.line, each.reason) for each in found if each.column == "person_ref"]

    told = "Case {} says that this person died on 13 Oct 2026. {}"
    close = "If so, close this case too; if not, have that one put right."
    closed = "This case closed on 15 Oct 2026 for another reason; have whichever is wrong put right."
    assert warnings() == [
        (3, told.format("IOM-9", close)),
        (4, told.format("IOM-9", closed)),
        (6, told.format("IOM-21", close)),
    ]
    with store.begin(act, "exclude") as tx:
        set_access_entry(tx, "IOM-9", session.user, AccessList.EXCLUDED, listed=True)
    assert [line for line, _ in warnings()] == [6], "nobody learns of a case that they may not open"


def test_a_death_whose_day_nobody_recorded_is_told_without_one() -> None:
    case = Case(case_ref="IOM-9", person_ref="P", programme="IOM", status=DECEASED, referred_on=TODAY)
    assert describe_death(case) == "Case IOM-9 says that this person died."


def test_a_server_asks_whoever_may_open_the_case_that_tells_of_the_death_and_nobody_else(office: Office) -> None:
    owner = open_store(office.location)
    add_death(owner, session_of(owner, "holt", Role.COORDINATOR, Clock()).command_context(), "P-JM")
    owner.close()
    for role in ("officer", "navigator"):
        session = replace(office.session(role), confirmed=frozenset())
        offer = acts(TODAY)["offer"]
        if role == "officer":
            with pytest.raises(EntryDoubtful, match="IOM-9"):
                offer(session)
        else:
            offer(session)
