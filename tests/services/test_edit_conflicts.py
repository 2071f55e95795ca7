"""Two sessions on one record: both changes survive where they can, and a person is asked where they cannot."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.edit_merge import MergeChoice, Verdict
from ioms_desktop.domain.errors import AlreadyDone, DatesOutOfOrder, Missing, NotAllowed, Stale, StatusNotNext
from ioms_desktop.domain.records.cases import Action, Case, RagEntry
from ioms_desktop.domain.records.concerns_and_decisions import Decision, Proposal
from ioms_desktop.domain.records.engagement import Offer, Rating
from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.custody.release_dates import PlanRelease, plan_release
from ioms_desktop.services.edit_conflicts import EditCommand, EditComparison, EditConflict, PendingEdit, RecordRemoved
from ioms_desktop.services.intake.steps import ChangeStatus, change_status
from ioms_desktop.services.recording.actions import FinishAction, finish_action
from ioms_desktop.services.recording.decisions import AnswerProposal, authorise_proposal, refuse_proposal
from ioms_desktop.services.recording.notices import ServeNotice, serve_notice
from ioms_desktop.services.recording.offers import AnswerOffer, EndOffer, answer_offer, end_offer
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.recording.ratings import RateWeek, rate_week
from ioms_desktop.services.recording.serving import RecordServed, record_served
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.store import Store
from sessions import NOW, TODAY, Clock, fill, request, session_of

ROUNDS = 12
OFFERED = date(2026, 9, 20)
OFFER = Offer(offer_ref="OF-1", case_ref="PHX-1", offer_type="GYM", offered_on=OFFERED)
ACTION = Action(action_ref="AC-1", case_ref="PHX-1", text="Ring the college", owner="okoro", due_on=TODAY)
DECISION = Decision(
    decision_ref="DE-1",
    case_ref="PHX-1",
    decided_on=date(2026, 10, 1),
    decision="HOLD",
    reason="See how it goes.",
    proposed_by="adeyemi",
    authorised_by="wright",
)
PROPOSAL = Proposal(
    proposal_ref="PR-1",
    case_ref="PHX-1",
    proposed_on=date(2026, 10, 12),
    decision="HOLD",
    reason="See how it goes.",
    proposed_by="adeyemi",
    status="PROPOSED",
)


@pytest.fixture
def okoro(store: Store) -> Session:
    fill(store)
    with store.begin(session_of(store, "holt", Role.SUPERVISOR, Clock()).command_context()) as tx:
        for record in (OFFER, ACTION, DECISION, PROPOSAL):
            tx.add(record)
    return session_of(store, "okoro", Role.NAVIGATOR, Clock())


@pytest.fixture
def wright(okoro: Session) -> Session:
    return session_of(okoro.store, "wright", Role.SUPERVISOR, Clock())


def present(session: Session, noun: type[Record], *key: object) -> Record:
    with session.store.read() as reading:
        return reading.get(noun, *key)


def offer(session: Session) -> Offer:
    with session.store.read() as reading:
        return reading.get(Offer, "OF-1")


def case_of(session: Session, ref: str = "IOM-1") -> Case:
    with session.store.read() as reading:
        return reading.get(Case, ref)


def altered(session: Session, noun: type[Record], key: tuple[object, ...], **values: object) -> None:
    """Change a record as an import or another command would."""
    with session.store.begin(session.command_context(), "altered") as tx:
        tx.save(replace(tx.get(noun, *key), **values))  # type: ignore[arg-type]  # values by field name


def compared(send: Callable[[], Outcome]) -> EditComparison:
    with pytest.raises(EditConflict) as raised:
        send()
    return raised.value.comparison


def verdicts(comparison: EditComparison) -> dict[str, Verdict]:
    return {item.name: item.verdict for item in comparison.items}


def answer(session: Session, response: str = "ACCEPTED", revision: int = 1) -> PendingEdit[AnswerOffer]:
    entry = AnswerOffer(
        request=request(), offer_ref="OF-1", revision=revision, response=response, responded_on=date(2026, 9, 22)
    )
    return PendingEdit(answer_offer, session, entry)


def end(session: Session, on: date = TODAY, revision: int = 1) -> PendingEdit[EndOffer]:
    entry = EndOffer(request=request(), offer_ref="OF-1", revision=revision, ended_on=on, end_reason="Moved away.")
    return PendingEdit(end_offer, session, entry)


def finish(session: Session, reason: str = "") -> PendingEdit[FinishAction]:
    entry = FinishAction(request=request(), action_ref="AC-1", revision=1, on=TODAY, cancel_reason=reason)
    return PendingEdit(finish_action, session, entry)


def serve(session: Session, on: date = TODAY) -> PendingEdit[RecordServed]:
    return PendingEdit(record_served, session, RecordServed(request=request(), decision_ref="DE-1", revision=1, on=on))


def test_an_answer_and_an_end_of_two_sessions_both_survive(okoro: Session, wright: Session) -> None:
    answer(okoro)()
    late = end(wright)
    told = compared(late)
    assert told.unresolved == ()
    assert verdicts(told) == {"answer": Verdict.THEIRS, "course": Verdict.MINE}
    assert (told.saved_by, told.record_label) == ("okoro", "Support offer")
    assert offer(wright).ended_on is None  # nothing is saved before the page was seen
    outcome = late.with_resolution(told, {})()
    assert outcome.notice == (
        "The offer has ended. Other offers stay open. Kept as okoro saved it: Answer and Answered on."
    )
    now = offer(wright)
    assert (now.response, now.ended_on, now.end_reason, now.revision) == ("ACCEPTED", TODAY, "Moved away.", 3)


def test_the_naive_writer_who_saves_over_loses_one(okoro: Session, wright: Session) -> None:
    """The control: the same two changes, the second saved as typed, over whatever is stored."""
    read = offer(wright)
    answer(okoro)()
    with wright.store.begin(wright.command_context(), "naive") as tx:
        tx.save(replace(read, ended_on=TODAY, end_reason="Moved away.", revision=tx.get(Offer, "OF-1").revision))
    assert offer(wright).response is None


def test_an_action_is_finished_by_one_and_given_to_another_by_the_other(okoro: Session, wright: Session) -> None:
    altered(wright, Action, ("AC-1",), owner="holt", due_on=date(2026, 10, 20))
    late = finish(okoro)
    told = compared(late)
    assert [line.title for item in told.items for line in item.lines] == ["Owner", "Due on", "Done on"]
    late.with_resolution(told, {})()
    now = present(okoro, Action, "AC-1")
    assert isinstance(now, Action)
    assert (now.owner, now.due_on, now.done_on) == ("holt", date(2026, 10, 20), TODAY)


def test_a_notice_is_served_while_the_case_is_given_to_another_worker(wright: Session) -> None:
    altered(wright, Case, ("IOM-1",), police_om="holt", trial_arm="CONTROL")
    entry = ServeNotice(request=request(), case_ref="IOM-1", revision=1, on=TODAY)
    late = PendingEdit(serve_notice, wright, entry)
    told = compared(late)
    assert told.unresolved == ()
    late.with_resolution(told, {})()
    assert (case_of(wright).police_om, case_of(wright).notice_served_on) == ("holt", TODAY)


def test_a_start_and_an_end_may_both_stand_when_a_person_says_so(okoro: Session, wright: Session) -> None:
    started = replace(answer(okoro).entry, started_on=date(2026, 9, 25))
    answer_offer(okoro, started)
    late = end(wright)
    told = compared(late)
    (asked,) = told.unresolved
    assert asked.picks == (MergeChoice.MINE, MergeChoice.THEIRS, MergeChoice.BOTH)
    assert [(line.title, line.was, line.mine, line.theirs) for line in asked.lines] == [
        ("Started on", "", "", "25 Sep 2026"),
        ("Ended on", "", "15 Oct 2026", ""),
        ("Why it ended", "", "Moved away.", ""),
    ]
    late.with_resolution(told, {"course": MergeChoice.BOTH})()
    now = offer(okoro)
    assert (now.started_on, now.ended_on, now.response) == (date(2026, 9, 25), TODAY, "ACCEPTED")


def test_two_answers_to_one_offer_are_asked_and_either_can_stand(okoro: Session, wright: Session) -> None:
    answer(okoro)()
    late = answer(wright, "DECLINED")
    told = compared(late)
    (asked,) = told.unresolved
    assert [(line.title, line.was, line.mine, line.theirs) for line in asked.lines] == [
        ("Answer", "", "Declined", "Accepted"),
        ("Answered on", "", "22 Sep 2026", "22 Sep 2026"),
    ]
    assert "okoro saved this record" in str(EditConflict(told))
    assert compared(late.with_resolution(told, {})).unresolved == (asked,)  # no answer, no save
    assert late.with_resolution(told, {"answer": MergeChoice.THEIRS})().notice == (
        "Nothing of yours was saved: what okoro saved stays as it is."
    )
    assert (offer(wright).response, offer(wright).revision) == ("ACCEPTED", 2)
    mine = PendingEdit(answer_offer, wright, replace(late.entry, request=request())).with_resolution(
        told, {"answer": MergeChoice.MINE}
    )
    assert mine().notice == "Answer recorded."
    assert offer(wright).response == "DECLINED"


def test_what_one_finished_and_the_other_cancelled_never_stands_as_both(okoro: Session, wright: Session) -> None:
    finish(wright)()
    late = finish(okoro, "Not needed any more.")
    told = compared(late)
    assert told.unresolved[0].picks == (MergeChoice.MINE, MergeChoice.THEIRS)
    late.with_resolution(told, {"end": MergeChoice.MINE})()
    now = present(okoro, Action, "AC-1")
    assert isinstance(now, Action)
    assert (now.done_on, now.cancelled_on, now.cancel_reason) == (None, TODAY, "Not needed any more.")


def test_enforcement_is_asked_even_where_the_two_changed_different_fields(wright: Session) -> None:
    altered(wright, Decision, ("DE-1",), told_participant="He was told by telephone.")
    late = serve(wright)
    told = compared(late)
    assert {item.name for item in told.unresolved} == {"decision", "actioned_on"}
    assert compared(late.with_resolution(told, {"actioned_on": MergeChoice.MINE})).unresolved == told.unresolved
    late.with_resolution(told, {"actioned_on": MergeChoice.MINE, "decision": MergeChoice.THEIRS})()
    now = present(wright, Decision, "DE-1")
    assert isinstance(now, Decision)
    assert (now.actioned_on, now.told_participant) == (TODAY, "He was told by telephone.")


def test_an_answered_proposal_is_shown_and_cannot_be_answered_again(wright: Session) -> None:
    other = session_of(wright.store, "holt", Role.SUPERVISOR, Clock())
    refuse_proposal(other, AnswerProposal(request=request(), proposal_ref="PR-1", revision=1, reason="Visit first."))
    late = PendingEdit(authorise_proposal, wright, AnswerProposal(request=request(), proposal_ref="PR-1", revision=1))
    told = compared(late)
    assert told.refusal == "This proposal was already answered by holt. Nothing was changed."
    assert told.unresolved == ()
    with pytest.raises(AlreadyDone):
        late.with_resolution(told, {"answer": MergeChoice.MINE, "proposal": MergeChoice.MINE})()
    with wright.store.read() as reading:
        assert [each.decision_ref for each in reading.list_records(Decision, case_ref="PHX-1")] == ["DE-1"]


def test_a_proposal_changed_before_its_answer_is_asked_and_then_decided_as_settled(wright: Session) -> None:
    altered(wright, Proposal, ("PR-1",), reason="A home visit is arranged.")
    late = PendingEdit(authorise_proposal, wright, AnswerProposal(request=request(), proposal_ref="PR-1", revision=1))
    told = compared(late)
    assert {item.name for item in told.unresolved} == {"proposal", "answer"}
    picks = {"proposal": MergeChoice.THEIRS, "answer": MergeChoice.MINE}
    ref = late.with_resolution(told, picks)().ref
    made = present(wright, Decision, ref)
    assert isinstance(made, Decision)
    assert (made.reason, made.authorised_by) == ("A home visit is arranged.", "wright")


def test_two_rags_for_one_day_are_asked_and_the_naive_command_replaces(wright: Session) -> None:
    other = session_of(wright.store, "holt", Role.SUPERVISOR, Clock())
    entry = SetRag(request=request(), case_ref="IOM-1", rag="RED", set_on=TODAY, reason="Arrested.", revision=0)
    set_rag(other, entry)
    late = PendingEdit(set_rag, wright, replace(entry, request=request(), rag="GREEN", reason="Settled."))
    told = compared(late)
    assert [line.title for line in told.unresolved[0].lines] == ["Colour", "Why", "Set by"]
    late.with_resolution(told, {"rag": MergeChoice.THEIRS})()
    assert rag(wright) == ("RED", "holt")
    set_rag(wright, replace(late.entry, request=request(), revision=None))  # the control: it says no revision
    assert rag(wright) == ("GREEN", "wright")


def rag(session: Session) -> tuple[str, str | None]:
    entry = present(session, RagEntry, "IOM-1", TODAY)
    assert isinstance(entry, RagEntry)
    return entry.rag, entry.set_by


def test_two_ratings_of_one_week_are_asked(okoro: Session) -> None:
    entry = RateWeek(request=request(), case_ref="PHX-1", on=TODAY, level=2, revision=0)
    rate_week(session_of(okoro.store, "lee", Role.NAVIGATOR, Clock()), entry)
    late = PendingEdit(rate_week, okoro, replace(entry, request=request(), level=4))
    told = compared(late)
    assert [item.name for item in told.unresolved] == ["rating"]
    late.with_resolution(told, {"rating": MergeChoice.MINE})()
    now = present(okoro, Rating, "PHX-1", date(2026, 10, 12), "NAVIGATOR")
    assert isinstance(now, Rating)
    assert (now.level, now.rated_by) == (4, "okoro")


def test_a_merge_goes_through_the_rules_of_the_command(okoro: Session, wright: Session) -> None:
    altered(okoro, Offer, ("OF-1",), offered_on=date(2026, 10, 10))
    late = end(wright, on=date(2026, 10, 5))
    told = compared(late)
    with pytest.raises(DatesOutOfOrder):
        late.with_resolution(told, {})()
    assert offer(okoro).ended_on is None


def test_a_merge_goes_through_the_rights_of_the_command(okoro: Session) -> None:
    told = EditComparison(
        record_label="Case", base_revision=1, current_revision=2, saved_by="holt", saved_at=NOW, items=()
    )
    entry = ServeNotice(request=request(), case_ref="IOM-1", revision=1, on=TODAY)
    with pytest.raises(NotAllowed):
        PendingEdit(serve_notice, okoro, entry).with_resolution(told, {})()


def test_a_status_that_may_not_follow_what_stands_is_refused_even_when_chosen(wright: Session) -> None:
    closing = ChangeStatus(
        request=request(),
        case_ref="IOM-1",
        revision=1,
        status="DECEASED",
        closed_on=TODAY,
        close_reason="DECEASED",
    )
    change_status(wright, closing)
    late = PendingEdit(
        change_status, wright, ChangeStatus(request=request(), case_ref="IOM-1", revision=1, status="SUSPENDED")
    )
    told = compared(late)
    assert [item.name for item in told.unresolved] == ["status"]
    with pytest.raises(StatusNotNext):
        late.with_resolution(told, {"status": MergeChoice.MINE})()


def test_the_plan_for_a_release_that_was_moved_is_asked(wright: Session) -> None:
    altered(wright, Case, ("IOM-1",), expected_release_on=date(2026, 11, 2))
    altered(wright, Case, ("IOM-1",), expected_release_on=date(2026, 11, 9))
    late = PendingEdit(plan_release, wright, PlanRelease(request=request(), case_ref="IOM-1", revision=2, on=TODAY))
    told = compared(late)
    assert told.unresolved[0].picks == (MergeChoice.MINE, MergeChoice.THEIRS, MergeChoice.BOTH)
    notice = late.with_resolution(told, {"release": MergeChoice.BOTH})().notice
    assert notice.startswith("Plan for the release on 9 Nov 2026 recorded as made on 15 Oct 2026.")


def test_saved_again_while_the_page_was_open_it_is_compared_again_with_what_was_first_read(
    okoro: Session, wright: Session
) -> None:
    answer(okoro)()
    late = end(wright)
    told = compared(late)
    altered(okoro, Offer, ("OF-1",), provider="Riverside")
    again = compared(late.with_resolution(told, {}))
    assert (again.base_revision, again.current_revision) == (1, 3)
    assert verdicts(again) == {"provider": Verdict.THEIRS, "answer": Verdict.THEIRS, "course": Verdict.MINE}
    assert "saved 2 times since you opened it" in str(EditConflict(again))
    late.with_resolution(again, {})()
    now = offer(okoro)
    assert (now.provider, now.response, now.ended_on) == ("Riverside", "ACCEPTED", TODAY)


def test_a_removed_record_says_by_whom_and_why(okoro: Session, wright: Session) -> None:
    with wright.store.begin(wright.command_context(), "removed") as tx:
        tx.remove(tx.get(Offer, "OF-1"), "entered on the wrong case")
    with pytest.raises(
        RecordRemoved, match=r"wright removed this record on 15 Oct 2026, 10:30 \(entered on the wrong case"
    ):
        end(okoro)()
    with pytest.raises(Missing):
        end_offer(okoro, replace(end(okoro).entry, offer_ref="OF-2"))


def test_a_record_that_was_removed_without_a_reason_says_so_without_brackets(okoro: Session, wright: Session) -> None:
    with wright.store.begin(wright.command_context(), "removed") as tx:
        tx.remove(tx.get(Offer, "OF-1"), "")
    with pytest.raises(RecordRemoved, match=r"wright removed this record on 15 Oct 2026, 10:30\. Nothing was saved"):
        end(okoro)()


def test_a_removed_record_of_a_case_one_may_not_open_is_like_one_that_never_was(
    okoro: Session, wright: Session
) -> None:
    with wright.store.begin(wright.command_context(), "removed") as tx:
        added = tx.add(replace(OFFER, offer_ref="OF-9", case_ref="IOM-1"))
        tx.remove(added, "entered on the wrong case")
    entry = replace(end(okoro).entry, offer_ref="OF-9")
    with pytest.raises(Missing):
        end_offer(okoro, entry)
    with pytest.raises(RecordRemoved):
        end_offer(wright, entry)


def test_a_version_that_was_not_kept_cannot_be_compared(
    okoro: Session, wright: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(okoro)()
    monkeypatch.setattr("ioms_desktop.services.edit_conflicts.version_at_revision", lambda *_: None)
    with pytest.raises(Stale) as raised:
        end(wright)()
    assert not isinstance(raised.value, EditConflict)
    assert offer(wright).ended_on is None


def test_a_save_in_between_reading_and_writing_is_read_again(okoro: Session) -> None:
    tried: list[EditCommand] = []

    def act(session: Session, entry: AnswerOffer) -> Outcome:
        tried.append(entry)
        if len(tried) == 1:
            raise Stale("Saved in between.")
        return answer_offer(session, entry)

    assert PendingEdit(act, okoro, answer(okoro).entry)().notice == "Answer recorded."
    assert len(tried) == 2


def test_sent_at_the_same_moment_again_and_again_both_always_survive(okoro: Session, wright: Session) -> None:
    """Whichever reads first and whichever writes first: the slower one is told, and what it settles keeps both."""
    for number in range(ROUNDS):
        ref = f"OF-R{number}"
        with wright.store.begin(wright.command_context(), "round") as tx:
            tx.add(replace(OFFER, offer_ref=ref))
        edits: list[PendingEdit[Any]] = [
            PendingEdit(answer_offer, okoro, replace(answer(okoro).entry, offer_ref=ref)),
            PendingEdit(end_offer, wright, replace(end(wright).entry, offer_ref=ref)),
        ]
        gate = Barrier(len(edits))
        with ThreadPoolExecutor(len(edits)) as pool:
            list(pool.map(partial(persistently, gate), edits))
        now = present(okoro, Offer, ref)
        assert isinstance(now, Offer)
        assert (now.response, now.ended_on, now.revision) == ("ACCEPTED", TODAY, 3)


def persistently(gate: Barrier, edit: PendingEdit[Any]) -> Outcome:
    """Send a command with another at the same moment, and settle what comes of it."""
    gate.wait()
    try:
        return edit()
    except EditConflict as conflict:
        return edit.with_resolution(conflict.comparison, {})()


def test_a_merge_sent_twice_is_done_once(okoro: Session, wright: Session) -> None:
    answer(okoro)()
    late = end(wright)
    settled = late.with_resolution(compared(late), {})
    assert settled() == settled()
    assert offer(okoro).revision == 3


def test_who_may_not_read_the_trial_arm_does_not_read_it_here(wright: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    altered(wright, Case, ("IOM-1",), trial_arm="CONTROL", police_om="holt")
    late = PendingEdit(serve_notice, wright, ServeNotice(request=request(), case_ref="IOM-1", revision=1, on=TODAY))
    assert "trial_arm" in verdicts(compared(late))
    monkeypatch.setattr("ioms_desktop.services.edit_conflicts.may", lambda *_: False)
    told = compared(late)
    assert "trial_arm" not in verdicts(told)
    assert "arm" not in late.with_resolution(told, {})().notice
    assert case_of(wright).trial_arm == "CONTROL"
