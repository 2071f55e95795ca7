"""The notice to the person and the plan for a release: dated, once read never overwritten, by those who may."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import Missing, NotAllowed, Refused, Stale
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.services.recording.notices import PlanRelease, ServeNotice, plan_release, serve_notice
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.store import Store
from sessions import TODAY, Clock, fill, request, session_of

ADOPTED = date(2026, 9, 7)
SERVED = date(2026, 9, 10)
Act = Callable[[Session, str, int, date], Outcome]


@pytest.fixture
def officer(store: Store) -> Session:
    fill(store)
    return session_of(store, "adeyemi", Role.OFFICER, Clock())


def serve(session: Session, case_ref: str, revision: int, on: date) -> Outcome:
    return serve_notice(session, ServeNotice(request=request(), case_ref=case_ref, revision=revision, on=on))


def plan(session: Session, case_ref: str, revision: int, on: date) -> Outcome:
    return plan_release(session, PlanRelease(request=request(), case_ref=case_ref, revision=revision, on=on))


def case_of(session: Session, ref: str = "IOM-1") -> Case:
    with session.store.read() as reading:
        return reading.get(Case, ref)


def release_expected(session: Session, **changed: date) -> None:
    with session.store.begin(session.command_context(), "release") as tx:
        tx.save(replace(tx.get(Case, "IOM-1"), **{"expected_release_on": date(2026, 10, 30), **changed}))  # type: ignore[arg-type]  # dates by field name


def test_a_notice_is_recorded_and_nothing_else_of_the_case_changes(officer: Session) -> None:
    before = case_of(officer)
    assert serve(officer, "IOM-1", before.revision, SERVED).notice == "Notice recorded as served on 10 Sep 2026."
    after = case_of(officer)
    assert after.notice_served_on == SERVED
    same = {
        "notice_served_on": None,
        "revision": before.revision,
        "recorded_at": None,
        "recorded_by": before.recorded_by,
    }
    assert replace(after, **same) == replace(before, recorded_at=None)  # type: ignore[arg-type]  # values by field name


def test_a_plan_is_recorded_for_the_release_that_is_expected(officer: Session) -> None:
    with pytest.raises(Refused, match="No release is expected"):
        plan(officer, "IOM-1", 1, TODAY)
    release_expected(officer)
    told = plan(officer, "IOM-1", 2, TODAY).notice
    assert told == "Plan for the release on 30 Oct 2026 recorded as made on 15 Oct 2026."
    assert case_of(officer).release_plan_on == TODAY


@pytest.mark.parametrize("act", [serve, plan])
@pytest.mark.parametrize(
    ("on", "words"), [(date(2026, 10, 16), "still to come"), (date(2026, 9, 6), "after adoption, which was on 7 Sep")]
)
def test_a_day_to_come_or_before_adoption_is_refused(officer: Session, act: Act, on: date, words: str) -> None:
    release_expected(officer)
    with pytest.raises(Refused, match=words):
        act(officer, "IOM-1", 2, on)
    assert (case_of(officer).notice_served_on, case_of(officer).release_plan_on) == (None, None)


@pytest.mark.parametrize("act", [serve, plan])
def test_the_day_of_adoption_will_do(officer: Session, act: Act) -> None:
    release_expected(officer)
    act(officer, "IOM-1", 2, ADOPTED)
    assert ADOPTED in (case_of(officer).notice_served_on, case_of(officer).release_plan_on)


@pytest.mark.parametrize("act", [serve, plan])
def test_what_somebody_else_saved_since_is_not_overwritten(officer: Session, act: Act) -> None:
    release_expected(officer)
    with pytest.raises(Stale):
        act(officer, "IOM-1", 1, SERVED)


@pytest.mark.parametrize("act", [serve, plan])
def test_a_case_closed_by_then_is_not_changed(officer: Session, act: Act) -> None:
    release_expected(officer, closed_on=date(2026, 10, 1))
    with pytest.raises(Refused, match="closed on 1 Oct 2026"):
        act(officer, "IOM-1", 2, TODAY)


@pytest.mark.parametrize("act", [serve, plan])
def test_phoenix_has_neither(officer: Session, act: Act) -> None:
    with pytest.raises(Refused, match="has not been adopted"):
        act(officer, "PHX-1", 1, TODAY)


@pytest.mark.parametrize("act", [serve, plan])
def test_only_who_sets_a_rag_may_and_only_on_a_case_that_is_there(officer: Session, act: Act) -> None:
    with pytest.raises(NotAllowed):
        act(session_of(officer.store, "okoro", Role.NAVIGATOR, Clock()), "IOM-1", 1, SERVED)
    with pytest.raises(Missing):
        act(officer, "IOM-9", 1, SERVED)


def test_a_request_sent_twice_is_done_once(officer: Session) -> None:
    entry = ServeNotice(request=request(), case_ref="IOM-1", revision=1, on=SERVED)
    assert serve_notice(officer, entry) == serve_notice(officer, entry)
    assert case_of(officer).revision == 2
