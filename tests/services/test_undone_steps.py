"""What takes a case further is undone at once, case and entries together, or refused in words; a server holds to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from ioms_desktop.domain.errors import BuiltUpon, Refused, Stale
from ioms_desktop.domain.records.cases import Case, Notification
from ioms_desktop.domain.records.compliance.conditions import OrderCondition
from ioms_desktop.domain.records.leaving.exits import CaseExit
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import NOT_STRUCK_OUT, RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.records.selection.panel import PanelDecision
from ioms_desktop.domain.records.selection.screening import NEEDED_CHECKS
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.undo import UndoAct, undo_act
from ioms_desktop.services.compliance.supervision import SetSupervision, record_condition, set_supervision
from ioms_desktop.services.custody.receptions import RecordReception, record_reception
from ioms_desktop.services.custody.release_dates import ExpectRelease, PlanRelease, expect_release, plan_release
from ioms_desktop.services.intake.notifications import RecordNotification, record_notification
from ioms_desktop.services.intake.panel import RecordPanelDecision, record_panel_decision
from ioms_desktop.services.intake.people import AddPerson, add_person
from ioms_desktop.services.intake.referrals import ReferPerson, refer_person
from ioms_desktop.services.intake.screening import RecordScreening, ScreeningAnswer, record_screening
from ioms_desktop.services.intake.steps import ChangeStatus, change_status
from ioms_desktop.services.recording.decisions import ProposeDecision, propose_decision
from ioms_desktop.services.recording.records import AddRecord
from paper_prints import printed_pdf, printer_stopped
from sessions import TODAY, given_to, request
from status_cases import PERSON, add_cases, case_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from ioms_desktop.services.session import Outcome, Session
    from services.access_bureau import Bureau
    from shared_people import Office

DAY = timedelta(days=1)
Act = tuple[str, str, "Callable[[Session], Outcome]"]
"""Who acts, on which case, and the act."""


def step(ref: str, status: str, **values: Any) -> Callable[[Session], Outcome]:  # noqa: ANN401 - by field name
    def taken(session: Session) -> Outcome:
        revision = open_case(session, ref).case.revision
        entry = ChangeStatus(request=request(), case_ref=ref, revision=revision, status=status, **values)
        return change_status(session, entry)

    return taken


def supervised(session: Session) -> Outcome:
    revision = open_case(session, "IOM-1").case.revision
    entry = SetSupervision(
        request=request(),
        case_ref="IOM-1",
        revision=revision,
        statutory_status="COMMUNITY_ORDER",
        statutory_reason="the court said so",
        iom_licence_condition=None,
        final_third_from=None,
    )
    return set_supervision(session, entry)


def expected(session: Session) -> Outcome:
    revision = open_case(session, "IOM-1").case.revision
    return expect_release(
        session, ExpectRelease(request=request(), case_ref="IOM-1", revision=revision, on=TODAY + 9 * DAY)
    )


def planned(session: Session) -> Outcome:
    revision = open_case(session, "IOM-1").case.revision
    entry = PlanRelease(request=request(), case_ref="IOM-1", revision=revision, on=TODAY, expected_on=TODAY + 9 * DAY)
    return plan_release(session, entry)


def received(session: Session) -> Outcome:
    spell = CustodySpell(person_ref="", received_on=TODAY, establishment="HMP Leicester", kind="RECALL")
    entry = RecordReception(
        request=request(), case_ref="IOM-1", spell=spell, expected_release_on=TODAY + 30 * DAY, rag_reason="recalled"
    )
    return record_reception(session, entry)


def screened(session: Session) -> Outcome:
    answers = tuple(ScreeningAnswer(check_type=each, answer="NOTHING_KNOWN") for each in NEEDED_CHECKS)
    entry = RecordScreening(request=request(), case_ref="NEW", answered_on=TODAY, answered_by="x", answers=answers)
    return record_screening(session, entry)


def panel(session: Session) -> Outcome:
    made = PanelDecision(
        panel_decision_ref="", case_ref="IOM-1", decided_on=TODAY, decision="DESELECT", agencies="HMP", reason="quiet"
    )
    return record_panel_decision(
        session, RecordPanelDecision(request=request(), made=made, close_reason="SUSTAINED_REDUCTION")
    )


def told(session: Session) -> Outcome:
    entry = Notification(case_ref="NEW-P", attempted_on=TODAY, attempt=1, outcome="DELIVERED_ACCEPTED")
    return record_notification(session, RecordNotification(request=request(), told=entry))


def conditioned(session: Session) -> Outcome:
    condition = OrderCondition(condition_ref="", person_ref="P-S", category="IOM_TEAM", wording="engage", from_on=TODAY)
    return record_condition(session, AddRecord(request=request(), case_ref="NEW", record=condition))


ACTS: tuple[Act, ...] = (
    ("officer", "IOM-1", step("IOM-1", "SUSPENDED")),
    ("officer", "IOM-1", step("IOM-1", "DECEASED", closed_on=TODAY, close_reason="DECEASED")),
    ("coordinator", "IOM-1", step("IOM-1", "TRANSFERRED_OUT", closed_on=TODAY, close_reason="MOVED_AREA")),
    ("navigator", "PHX-1", step("PHX-1", "COMPLETED", closed_on=TODAY, close_reason="GOALS_MET")),
    ("navigator", "NEW-P", told),
    ("supervisor", "IOM-1", panel),
    ("officer", "NEW", screened),
    ("officer", "IOM-1", supervised),
    ("officer", "NEW", conditioned),
    ("officer", "IOM-1", expected),
    ("supervisor", "IOM-1", planned),
    ("supervisor", "IOM-1", received),
)
ENTRIES: tuple[type[Record], ...] = (
    Case,
    *(each for each in RECORD_TYPE_BY_TABLE.values() if each not in NOT_STRUCK_OUT),
)


def stands(session: Session, ref: str) -> list[tuple[str, ...]]:
    """Return what a case and each of its records say."""
    view = open_case(session, ref)
    found = []
    for record_type in ENTRIES:
        records: tuple[Record, ...] = (view.case,) if record_type is Case else view.of(record_type)
        for each in records:
            values = sorted(f"{column.name}={column.value_of(each)}" for column in columns_of(record_type))
            found.append((record_type.table, *values))
    return sorted(found)


def undo(session: Session, ref: str, done: Outcome) -> Outcome:
    assert done.undo is not None, done
    return undo_act(session, UndoAct(request=request(), case_ref=ref, done=done.undo))


@pytest.fixture
def started(bureau: Bureau) -> Bureau:
    """A bureau with two further cases, which have just begun."""
    add_cases(bureau.keeper, [])
    with bureau.keeper.begin(bureau.session("supervisor").command_context()) as tx:
        tx.add(case_in("IOM", "REFERRED", "NEW"))
        tx.add(case_in("PHOENIX", "ELIGIBLE", "NEW-P"))
        for ref, kind in (("IOM-1", "SUSPENDED"), ("IOM-1", "DESELECTED"), ("PHX-1", "COMPLETED")):
            tx.add(CaseExit(exit_ref=f"{ref}-{kind}", case_ref=ref, kind=kind, left_on=TODAY, reason="x", plan="x"))
    return bureau


def test_what_takes_a_case_further_is_undone_whole_by_who_did_it(started: Bureau) -> None:
    for number, (who, ref, act) in enumerate(ACTS):
        session = started.session(who)
        before = stands(session, ref)
        done = act(session)
        assert stands(session, ref) != before, f"the control of act {number}"
        assert undo(session, ref, done).notice.startswith("Undone. "), number
        assert stands(session, ref) == before, number
        with pytest.raises(Refused):
            undo(session, ref, done)
        assert stands(session, ref) == before, number


def test_a_step_is_not_undone_once_something_was_built_on_it(started: Bureau) -> None:
    officer, supervisor = started.session("officer"), started.session("supervisor")

    def refused(built: Callable[[], object], kind: type[Refused], words: str) -> None:
        done = step("IOM-1", "SUSPENDED")(officer)
        if not started.shared:
            started.clock.now += timedelta(minutes=1)
        built()
        before = stands(officer, "IOM-1")
        with pytest.raises(kind, match=words):
            undo(officer, "IOM-1", done)
        assert stands(officer, "IOM-1") == before
        step("IOM-1", "ACTIVE", adopted_on=TODAY, cohort="FIXED")(officer)
        with started.keeper.begin(supervisor.command_context()) as tx:
            tx.add(CaseExit(exit_ref=words, case_ref="IOM-1", kind="SUSPENDED", left_on=TODAY, reason="x"))

    proposal = ProposeDecision(request=request(), case_ref="IOM-1", decision="HOLD", reason="came to the next one")
    printed = partial(printed_pdf, officer, "IOM-1", reason_code="CASE_CONFERENCE", **given_to("Leicestershire Police"))
    supervised_since = partial(supervised, supervisor)
    refused(supervised_since, Stale, "changed this since")
    refused(partial(propose_decision, officer, proposal), BuiltUpon, "proposed on case IOM-1 since")
    refused(printed, BuiltUpon, "went out of case")
    if not started.shared:

        def later() -> None:
            started.clock.now += timedelta(hours=24)

        refused(later, BuiltUpon, "more than 24 hours ago")


def test_a_step_is_undone_where_no_copy_went_out_since(started: Bureau) -> None:
    officer, supervisor = started.session("officer"), started.session("supervisor")
    reason = "CASE_CONFERENCE"
    done = step("IOM-1", "DECEASED", closed_on=TODAY, close_reason="DECEASED")(officer)
    if not started.shared:
        started.clock.now += timedelta(minutes=1)
    printed_pdf(officer, "IOM-1", reason_code=reason, **given_to("Leicestershire Police"))
    printer_stopped(officer, "IOM-1")  # the printer stopped
    with supervisor.store.begin(supervisor.command_context()) as tx:
        recall = {"recall_of": "P-1", "result": "TOLD", "copy": "1 of 1"}
        tx.log(
            "DISCLOSURE", object_type=Case.table, object_ref="IOM-1", subject_ref="P-CH", recipient="x", detail=recall
        )
    assert undo(officer, "IOM-1", done).notice == "Undone. The case is back to: Active."


def test_what_is_not_undone_says_why(started: Bureau) -> None:
    officer = started.session("officer")
    person = replace(PERSON, person_ref="", family_name="Newcomb")
    added = add_person(officer, AddPerson(request=request(), person=person))
    entry = ReferPerson(
        request=request(),
        person_ref=added.ref,
        programme="IOM",
        referred_on=TODAY,
        unit="DATA_EVIDENCE_AND_EVALUATION_TEAM",
        reason="burglaries",
    )
    for done, words in ((added, "stays in the history"), (refer_person(officer, entry), "ends by a step")):
        assert done.undo is None
        assert words in done.not_undone


def test_a_server_lets_nobody_else_and_nothing_else_back(office: Office) -> None:
    """Raw statements: only who took the step, only to what the case said, only while nothing was built on it."""
    back = "UPDATE cases SET status = {0}, closed_on = {1}, close_reason = NULL, revision = revision + 1 "
    back += "WHERE case_ref = 'IOM-1'"
    taken = "UPDATE cases SET status = 'TRANSFERRED_OUT', closed_on = '2026-10-20', close_reason = 'MOVED_AREA', "
    taken += "revision = revision + 1 WHERE case_ref = 'IOM-1'"

    def tried(psql: psycopg.Connection, statement: str) -> bool:
        psql.execute(b"SELECT open_case('IOM-1')")
        try:
            with psql.transaction():
                return bool(psql.execute(statement.encode()).rowcount)
        except psycopg.errors.InsufficientPrivilege:
            return False

    with office.owner() as owner:
        owner.execute(
            b"INSERT INTO exits (exit_ref, case_ref, kind, left_on, reason, plan, revision, recorded_at, recorded_by) "
            b"VALUES ('EX-1', 'IOM-1', 'TRANSFERRED_OUT', '2026-10-20', 'moved', 'told Leeds', 1, now(), 'x')"
        )
    with office.raw("coordinator") as psql, office.raw("supervisor") as other:
        assert tried(psql, taken)
        assert not tried(other, back.format("'ACTIVE'", "NULL")), "somebody else's step"
        assert not tried(psql, back.format("'SUSPENDED'", "NULL")), "what it never said"
        assert not tried(psql, back.format("'ACTIVE'", "'2026-10-20'")), "half of the step"
        assert tried(psql, back.format("'ACTIVE'", "NULL")), "the control"
        assert tried(psql, taken)
        printing, reason = office.session("supervisor"), "CASE_CONFERENCE"
        for _ in range(2):
            printed_pdf(printing, "IOM-1", reason_code=reason, **given_to("Leicestershire Police"))
        printer_stopped(printing, "IOM-1")
        assert not tried(psql, back.format("'ACTIVE'", "NULL")), "one of two copies went out"
        printer_stopped(printing, "IOM-1")
        assert tried(psql, back.format("'ACTIVE'", "NULL")), "neither went out"
        assert tried(psql, taken)
        other.execute(b"SELECT open_case('IOM-1')")
        other.execute(
            b"INSERT INTO proposals (proposal_ref, case_ref, decision, reason, proposed_by, proposed_on, status, "
            b"revision, recorded_at, recorded_by) VALUES ('PR-1', 'IOM-1', 'HOLD', 'x', session_user, "
            b"'2026-10-20', 'PROPOSED', 1, now(), session_user)"
        )
        assert not tried(psql, back.format("'ACTIVE'", "NULL")), "a proposal rests on it"
