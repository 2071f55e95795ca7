"""What was just done is undone by a command of its own, or refused in words where somebody built on it."""

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from form_records import form_record, optional_column
from ioms_desktop import services
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import BuiltUpon, Refused, Stale
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.records.cases import Action, Need
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import ADD_FORM_TYPES, NOT_STRUCK_OUT, RECORD_TYPE_BY_TABLE
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.undo import UNDONE_REASON, UndoAct, undo_act
from ioms_desktop.services.printing.summaries import preview_summary
from ioms_desktop.services.recording.actions import FinishAction, finish_action
from ioms_desktop.services.recording.appointments import (
    CancelAppointment,
    MakeAppointment,
    MoveAppointment,
    cancel_appointment,
    make_appointment,
    move_appointment,
)
from ioms_desktop.services.recording.contacts import ContactEntry, FollowUp, RecordContact, record_contact
from ioms_desktop.services.recording.corrections import (
    MoveRecord,
    StrikeOut,
    list_struck_out,
    move_record,
    strike_out,
)
from ioms_desktop.services.recording.decisions import (
    AnswerProposal,
    ProposeDecision,
    authorise_proposal,
    propose_decision,
)
from ioms_desktop.services.recording.offers import AnswerOffer, EndOffer, MakeOffer, answer_offer, end_offer, make_offer
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.recording.ratings import RateWeek, rate_week
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_record_by_form, change_record_by_form
from ioms_desktop.services.records.recalls import MarkRecalled, RecallResult, list_copies_to_recall, mark_recalled
from ioms_desktop.services.session import Outcome, Session, UndoneAct
from ioms_desktop.services.workers.assigning import AssignWorker, WorkerDetails, assign_worker
from ioms_desktop.storage.store import Store
from paper_prints import printed_pdf, printer_stopped
from sessions import TODAY, Clock, fill, given_to, request, session_of
from shared_people import Office

CASE = "PHX-1"
DAY = timedelta(days=1)
Act = Callable[[], Outcome]
CONTACT = RecordContact(
    request="",
    entries=(ContactEntry(case_ref=CASE, outcome="SEEN"),),
    occurred_at=DayTime(TODAY),
    planned=True,
    contact_type="OFFICE",
)


@pytest.fixture
def wright(store: Store) -> Session:
    fill(store)
    return session_of(store, "wright", Role.SUPERVISOR, Clock())


def add(session: Session, record: Record) -> Outcome:
    return add_record_by_form(session, AddRecord(request=request(), case_ref=CASE, record=record))


def change(session: Session, record: Record, **values: Any) -> Outcome:  # noqa: ANN401 - of the columns' types
    wanted = replace(record, **values)
    return change_record_by_form(
        session, ChangeRecord(request=request(), case_ref=CASE, record=wanted, revision=record.revision)
    )


def undo(session: Session, outcome: Outcome) -> Outcome:
    assert outcome.undo is not None
    return undo_act(session, UndoAct(request=request(), case_ref=CASE, done=outcome.undo))


def listed(session: Session, record_type: type[Record]) -> tuple[Record, ...]:
    return open_case(session, CASE).of(record_type)


def test_adding_changing_and_taking_out_are_undone(wright: Session, subtests: pytest.Subtests) -> None:
    for record_type in ADD_FORM_TYPES:
        with subtests.test(record_type.table):
            undo_each_act(wright, record_type)


def undo_each_act(wright: Session, record_type: type[Record]) -> None:
    sample = form_record(record_type, wright.lists, TODAY)
    assert undo(wright, add(wright, sample)).notice.startswith("Undone. ")
    assert listed(wright, record_type) == ()
    (wrong,) = (each for each in list_struck_out(wright, CASE) if type(each.record) is record_type)
    assert wrong.reason == UNDONE_REASON
    add(wright, sample)
    (read,) = listed(wright, record_type)
    name = optional_column(read)
    undo(wright, change(wright, read, **{name: None}))
    (now,) = listed(wright, record_type)
    assert getattr(now, name) == getattr(read, name)
    assert now.revision == read.revision + 2
    out = strike_out(
        wright,
        StrikeOut(
            request=request(),
            case_ref=CASE,
            table=now.table,
            key_text=now.key_text,
            revision=now.revision,
            reason="twice",
        ),
    )
    assert listed(wright, record_type) == ()
    undo(wright, out)
    (back,) = listed(wright, record_type)
    assert back.identity == now.identity
    assert getattr(back, name) == getattr(read, name)


def test_what_a_colleague_changed_since_is_not_undone(wright: Session) -> None:
    added = add(wright, form_record(Need, wright.lists, TODAY))
    (read,) = listed(wright, Need)
    mine = change(wright, read, status=None)
    holt = replace(wright, user="holt")
    change(holt, listed(wright, Need)[0], level=1)
    for done in (added, mine):
        with pytest.raises(Stale) as refused:
            undo(wright, done)
        assert "holt" in refused.value.sentence
    (now,) = listed(wright, Need)
    assert isinstance(now, Need)
    assert (now.level, now.status) == (1, None)


def test_what_has_been_undone_is_not_undone_again(wright: Session) -> None:
    added = add(wright, form_record(Need, wright.lists, TODAY))
    undo(wright, added)
    with pytest.raises(Refused):
        undo(wright, added)
    assert len(list_struck_out(wright, CASE)) == 1


def test_every_act_on_one_record_can_be_undone(wright: Session) -> None:
    contact = record_contact(wright, replace(CONTACT, request=request()))
    offer = make_offer(wright, MakeOffer(request=request(), case_ref=CASE, offer_type="MENTORING", offered_on=TODAY))
    add(wright, Action(action_ref="", text="ask the school", owner="wright", due_on=TODAY))
    (action,) = open_case(wright, CASE).actions
    finished = finish_action(
        wright, FinishAction(request=request(), action_ref=action.action_ref, revision=action.revision, on=TODAY)
    )
    before = len(open_case(wright, CASE).contacts)
    for done in (contact, offer, finished):
        undo(wright, done)
    view = open_case(wright, CASE)
    assert len(view.contacts) == before - 1
    assert view.offers == ()
    assert view.actions[0].done_on is None


def series(session: Session) -> Act:
    entry = MakeAppointment(
        request=request(), case_refs=(CASE, "IOM-1"), starts_at=DayTime(TODAY + DAY), contact_type="OFFICE", weeks=3
    )
    return partial(make_appointment, session, entry)


def with_follow_up(session: Session) -> Act:
    told = FollowUp(observation="bruises", recipient="social worker")
    return partial(record_contact, session, replace(CONTACT, request=request(), worry=told))


def moved_offer(session: Session) -> Act:
    make_offer(session, MakeOffer(request=request(), case_ref=CASE, offer_type="MENTORING", offered_on=TODAY))
    (offer,) = listed(session, Offer)
    entry = MoveRecord(
        request=request(),
        case_ref=CASE,
        table="offers",
        key_text=offer.key_text,
        revision=offer.revision,
        to_case_ref="IOM-1",
        reason="wrong person",
    )
    return partial(move_record, session, entry)


def moved_appointment(session: Session) -> Act:
    series(session)()
    first = open_case(session, CASE).appointments[0]
    entry = MoveAppointment(
        request=request(),
        appointment_ref=first.appointment_ref,
        revision=first.revision,
        starts_at=DayTime(TODAY + 2 * DAY),
        minutes=30,
        location="",
        asked_by="THEIRS",
        reason="ill",
    )
    return partial(move_appointment, session, entry)


def second_rag_of_a_day(session: Session) -> Act:
    first = SetRag(request=request(), case_ref="IOM-1", rag="RED", set_on=TODAY, reason="arrested")
    set_rag(session, first)
    return partial(set_rag, session, replace(first, request=request(), rag="GREEN", reason="not him"))


def answered_offer(session: Session) -> Act:
    made = make_offer(session, MakeOffer(request=request(), case_ref=CASE, offer_type="MENTORING", offered_on=TODAY))
    entry = AnswerOffer(
        request=request(), offer_ref=made.ref, revision=1, response="ACCEPTED", responded_on=TODAY, started_on=TODAY
    )
    return partial(answer_offer, session, entry)


def ended_offer(session: Session) -> Act:
    made = make_offer(session, MakeOffer(request=request(), case_ref=CASE, offer_type="MENTORING", offered_on=TODAY))
    entry = EndOffer(request=request(), offer_ref=made.ref, revision=1, ended_on=TODAY, end_reason="moved away")
    return partial(end_offer, session, entry)


def cancelled_appointment(session: Session) -> Act:
    made = series(session)()
    entry = CancelAppointment(
        request=request(), appointment_ref=made.ref, revision=1, asked_by="OURS", reason="the car broke down"
    )
    return partial(cancel_appointment, session, entry)


def second_rating_of_a_week(session: Session) -> Act:
    first = RateWeek(request=request(), case_ref=CASE, on=TODAY, level=2)
    rate_week(session, first)
    return partial(rate_week, session, replace(first, request=request(), level=4))


SEVERAL = (series, with_follow_up, moved_offer, moved_appointment, second_rag_of_a_day)
SINGLE = (answered_offer, ended_offer, cancelled_appointment, second_rating_of_a_week)


def stands(session: Session) -> list[tuple[Any, ...]]:
    """Return what each record of two cases says, whatever its reference and its number."""
    said = []
    for ref in (CASE, "IOM-1"):
        view = open_case(session, ref)
        for record_type in set(RECORD_TYPE_BY_TABLE.values()) - NOT_STRUCK_OUT:
            for each in view.of(record_type):
                values = {column.name: column.value_of(each) for column in columns_of(record_type)}
                said.append((record_type.table, *sorted((name, str(value)) for name, value in values.items())))
    return sorted(said)


@pytest.mark.parametrize("prepared", [*SEVERAL, *SINGLE], ids=lambda each: each.__name__)
def test_an_act_is_undone_whole(wright: Session, prepared: Callable[[Session], Act]) -> None:
    act = prepared(wright)
    before = stands(wright)
    done = act()
    assert stands(wright) != before, "the control"
    assert undo(wright, done).notice.startswith("Undone. ")
    assert stands(wright) == before


def test_one_of_several_that_a_colleague_changed_keeps_all_of_them(wright: Session) -> None:
    done = series(wright)()
    first = open_case(wright, CASE).appointments[0]
    change(replace(wright, user="holt"), first, minutes=15)
    before = stands(wright)
    with pytest.raises(Stale):
        undo(wright, done)
    assert stands(wright) == before


def test_a_proposal_is_withdrawn_while_nobody_answered_it(wright: Session) -> None:
    def proposed() -> Outcome:
        entry = ProposeDecision(request=request(), case_ref=CASE, decision="HOLD", reason="came to the next one")
        return propose_decision(wright, entry)

    undo(wright, proposed())
    with wright.store.read() as reading:
        assert [each.status for each in reading.list_records(Proposal, case_ref=CASE)] == ["WITHDRAWN"]
    second = proposed()
    shah = replace(wright, user="shah")
    authorise_proposal(shah, AnswerProposal(request=request(), proposal_ref=second.ref, revision=1))
    with pytest.raises(Refused):
        undo(wright, second)


def recalled_copy(session: Session, clock: Clock) -> None:
    """Print a copy and recall it; the recall is no copy that goes out."""
    add(session, form_record(Need, session.lists, TODAY))
    (need,) = listed(session, Need)
    clock.now += timedelta(minutes=1)
    printed_pdf(session, CASE, reason_code="CASE_CONFERENCE", **given_to("Leicestershire Police"))
    clock.now += timedelta(minutes=1)
    entry = StrikeOut(request=request(), case_ref=CASE, table="needs", key_text=need.key_text, revision=1, reason="x")
    strike_out(session, entry)
    later = add(session, form_record(Need, session.lists, TODAY))
    clock.now += timedelta(minutes=1)
    (copy,) = list_copies_to_recall(session)
    mark = MarkRecalled(
        request=request(), case_ref=CASE, print_id=copy.print_id, result=RecallResult.TOLD, reason="Rang J. Reid"
    )
    mark_recalled(session, mark)
    undo(session, later)


def test_an_answer_says_which_alert_went_with_an_act_whichever_record_raised_it(wright: Session) -> None:
    missed = replace(CONTACT, request=request(), entries=(ContactEntry(case_ref=CASE, outcome="FAILED_TO_ATTEND"),))
    contact = record_contact(wright, replace(missed, occurred_at=DayTime(TODAY - DAY))).undo
    action = add(wright, Action(action_ref="", text="ask the school", owner="wright", due_on=TODAY)).undo
    assert contact is not None
    assert action is not None
    both = replace(contact, also=(action,))
    assert "No longer an alert: " in undo_act(wright, UndoAct(request=request(), case_ref=CASE, done=both)).notice


@pytest.mark.parametrize("built", ["a printed copy", "an authorised decision"])
def test_what_a_copy_or_a_decision_was_built_on_is_not_undone(wright: Session, built: str) -> None:
    clock = Clock()
    wright = replace(wright, clock=clock)
    done, several = record_contact(wright, replace(CONTACT, request=request())), series(wright)()
    entry = AssignWorker(
        request=request(), case_ref=CASE, worker_role="NAVIGATOR", on=TODAY, reason="leave",
        worker=WorkerDetails(name="N. REID"),
    )  # fmt: skip
    assigned = assign_worker(wright, entry)
    assert assigned.undo is not None
    assert assigned.undo.act is UndoneAct.ASSIGNED
    once = add(wright, form_record(Need, wright.lists, TODAY))
    assert once.undo is not None
    again = UndoAct(request=request(), case_ref=CASE, done=once.undo)
    clock.now += timedelta(minutes=1)
    first = undo_act(wright, again)
    if built == "a printed copy":
        preview_summary(wright, CASE, reason_code="CASE_CONFERENCE")  # the controls
        named_so = given_to("Nobody: the printer stopped")
        printed_pdf(wright, CASE, audience=Audience.PARTNER, reason_code="CASE_CONFERENCE", **named_so)
        printer_stopped(wright, CASE)
        undo(wright, add(wright, form_record(Need, wright.lists, TODAY)))
        recalled_copy(wright, clock)
    else:
        proposal = propose_decision(
            wright, ProposeDecision(request=request(), case_ref=CASE, decision="HOLD", reason="came")
        )
        answer = AnswerProposal(request=request(), proposal_ref=proposal.ref, revision=1)
        authorise_proposal(replace(wright, user="shah"), answer)
    before = stands(wright)
    for act in (done, several, assigned):
        with pytest.raises(BuiltUpon, match="since"):
            undo(wright, act)
    assert undo_act(wright, again) == first, "a repeated request has its answer"
    assert stands(wright) == before


UNDONE = {
    *("make_appointment", "move_appointment", "cancel_appointment", "record_contact", "move_record", "strike_out"),
    *("make_offer", "answer_offer", "end_offer", "rate_week", "set_rag", "record_concern", "end_concern"),
    *(
        "finish_action",
        "move_action",
        "fund_offer",
        "answer_referral",
        "propose",
        "served",
        "record_compliance_step",
        *("change_status", "record_panel_decision", "record_screening", "serve_notice", "plan_release"),
        *("expect_release", "record_reception", "record_release", "record_notification", "leave_letter"),
        *("set_supervision", "record_condition", "leave_case", "resume_case"),
        *("propose_transition", "confirm_transition", "add_documents"),
        "assign_worker",
        "hand_over",
        "f'add_{record_type.table}'",
        "f'change_{record_type.table}'",
        "name",
    ),
}
"""The acts whose notice offers Undo; the last three stand for every form, and `name` for what a frame passes on."""
ANSWERED = "it answers another person; two people stand behind it, and it is corrected as entered in error"
NOT_UNDONE = {
    "authorise": ANSWERED,
    "refuse": ANSWERED,
    "refuse_disposal": ANSWERED,
    "dispose": "what is disposed of is gone",
    "propose_disposal": "a second supervisor refuses it",
    "record_review": "a retention review stands as it was made, and another one follows it",
    "publish_quarter": "what is published was read; a later edition corrects it",
    "print_not_made": "it says what happened outside the program, and tells the information sharing log",
    "mark_recalled": "it says what was done outside the program, and is a disclosure of its own",
    "decide_code": "another decision follows it, and each stays on record",
    "add_letter_wording": "another wording follows it, and each stays on record",
    "load_harm_weights": "a corrected table is loaded as another version, and each stays on record",
    "decide_author_period": "another decision follows it, and each stays on record",
    "undo_act": "it is an undoing",
    "take_back_worker": "it is an undoing",
    "restore_struck_out": "it is an undoing; what was put back is taken out again with a reason",
    "add_person": "a person is no entry and is not taken out; details are changed, and a record is disposed of",
    "reopen_case": "as for a person who is referred",
    "refer_person": "a case is no entry and is not taken out; it ends by a step with its reason",
    "change_person": "the details are changed again; what they said before stays in the history",
}
"""The acts whose notice offers no Undo, or not always, and why."""


def test_every_act_offers_undo_or_says_here_why_not() -> None:
    acts = set()
    for file in sorted(Path(services.__file__).parent.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text if re.search(r"\brun_(command|edit)\(", text) else "")):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in {"run_command", "run_edit"}:
                name = node.args[1]
                acts.add(str(name.value) if isinstance(name, ast.Constant) else ast.unparse(name))
    assert acts == UNDONE | set(NOT_UNDONE), "say of a new act whether its notice offers Undo, and if not, why"
    assert not UNDONE & set(NOT_UNDONE)


def test_the_answer_to_a_repeated_request_offers_no_undo(wright: Session) -> None:
    entry = AddRecord(request=request(), case_ref=CASE, record=form_record(Need, wright.lists, TODAY))
    first = add_record_by_form(wright, entry)
    assert first.undo is not None
    assert first.undo.act is UndoneAct.ADDED
    assert add_record_by_form(wright, entry).undo is None


def test_on_a_server_a_navigator_undoes_what_they_did(office: Office) -> None:
    navigator = office.session("navigator")
    known = len(listed(navigator, Need))
    added = add(navigator, form_record(Need, navigator.lists, TODAY))
    changed = change(navigator, max(listed(navigator, Need), key=lambda each: each.id), status=None)
    undo(navigator, changed)
    assert len(listed(navigator, Need)) == known + 1
    with pytest.raises(Stale):
        undo(navigator, added)  # it was changed since, if by the same person
