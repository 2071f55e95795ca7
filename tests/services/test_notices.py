"""The notice to the person and the plan for a release: dated, once read never overwritten, by those who may."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.domain.errors import (
    BreakGlassReadOnly,
    CaseClosed,
    Missing,
    NoReleaseExpected,
    NotAdopted,
    NotAllowed,
    Refused,
)
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.services.cases.search import find_people_and_cases
from ioms_desktop.services.custody.release_dates import PlanRelease, plan_release
from ioms_desktop.services.edit_conflicts import ConflictResolution, EditConflict, RecordRemoved
from ioms_desktop.services.recording.notices import ServeNotice, serve_notice
from ioms_desktop.services.session import Outcome, Session, Topic
from services.fresh_cases import OFFICER, STARTED, Ledger
from sessions import NOW, TODAY, request

DAY = timedelta(days=1)
CHANGED = frozenset({Topic.CASES})
RELEASE = date(2026, 10, 30)
Act = Callable[[Session, str, int, date], Outcome]


def serve(session: Session, case_ref: str, revision: int, on: date) -> Outcome:
    return serve_notice(session, ServeNotice(request=request(), case_ref=case_ref, revision=revision, on=on))


def plan(session: Session, case_ref: str, revision: int, on: date) -> Outcome:
    return plan_release(session, PlanRelease(request=request(), case_ref=case_ref, revision=revision, on=on))


def expecting(ledger: Ledger, **said: Any) -> str:  # noqa: ANN401 - values by field name
    """Open an IOM case on which a release is expected; gives its reference."""
    return ledger.iom(expected_release_on=RELEASE, **said)


def dates(ledger: Ledger, case_ref: str) -> tuple[date | None, date | None, int]:
    """Say when the notice was served and the plan made, and how often the case was saved."""
    case = ledger.get(Case, case_ref)
    return case.notice_served_on, case.release_plan_on, case.revision


BOTH = pytest.mark.parametrize("act", [serve, plan])


def test_a_notice_is_recorded_and_nothing_else_of_the_case_changes(ledger: Ledger) -> None:
    ref = expecting(ledger)
    before = ledger.get(Case, ref)
    assert serve(ledger.officer(), ref, 1, STARTED).notice == "IOM letter recorded as served on 17 Sep 2026."
    after = ledger.get(Case, ref)
    assert after == replace(before, notice_served_on=STARTED, revision=2, recorded_at=NOW, recorded_by=OFFICER)


def test_a_plan_is_recorded_for_the_release_that_is_expected(ledger: Ledger) -> None:
    ref = expecting(ledger)
    before = ledger.get(Case, ref)
    told = plan(ledger.officer(), ref, 1, TODAY).notice
    assert told == "Plan for the release on 30 Oct 2026 recorded as made on 15 Oct 2026."
    after = ledger.get(Case, ref)
    assert after == replace(before, release_plan_on=TODAY, revision=2, recorded_at=NOW, recorded_by=OFFICER)


def test_each_says_what_was_saved_and_writes_its_own_day_alone(ledger: Ledger) -> None:
    case = expecting(ledger)
    notice = ServeNotice(request=request(), case_ref=case, revision=1, on=STARTED)
    planned = PlanRelease(request=request(), case_ref=case, revision=2, on=TODAY)
    for outcome in (serve_notice(ledger.officer(), notice), plan_release(ledger.officer(), planned)):
        assert (outcome.changed, outcome.ref, outcome.raised) == (CHANGED, case, ())
    assert dates(ledger, case) == (STARTED, TODAY, 3)
    for entry in (notice, planned):
        said = next(each for each in ledger.audit_of(entry.request) if each.object_type == "cases")
        assert (said.kind, said.actor, said.actor_role) == ("ALTERATION", OFFICER, "officer")
        assert (said.object_type, said.object_ref, said.subject_ref) == ("cases", case, case.replace("CASE", "P"))
    assert len(ledger.former(Case, case)) == 2


@BOTH
@pytest.mark.parametrize("on", [STARTED, STARTED + DAY, TODAY - DAY, TODAY])
def test_from_adoption_until_today_every_day_will_do(ledger: Ledger, act: Act, on: date) -> None:
    case = expecting(ledger)
    act(ledger.officer(), case, 1, on)
    assert dates(ledger, case) == ((on, None, 2) if act is serve else (None, on, 2))


@BOTH
@pytest.mark.parametrize(
    ("on", "words"), [(STARTED - DAY, "after adoption, which was on 17 Sep 2026"), (TODAY + DAY, "cannot be recorded")]
)
def test_the_day_before_adoption_and_tomorrow_change_nothing(ledger: Ledger, act: Act, on: date, words: str) -> None:
    case = expecting(ledger)
    with ledger.nothing_written(), pytest.raises(Refused, match=words):
        act(ledger.officer(), case, 1, on)


@BOTH
def test_after_closing_nothing_is_changed_and_on_that_day_it_is(ledger: Ledger, act: Act) -> None:
    closed = date(2026, 10, 13)
    case = expecting(ledger, closed_on=closed)
    with ledger.nothing_written(), pytest.raises(CaseClosed):
        act(ledger.officer(), case, 1, closed + DAY)
    act(ledger.officer(), case, 1, closed)


@BOTH
def test_neither_is_on_a_case_without_adoption_nor_on_phoenix_with_one(ledger: Ledger, act: Act) -> None:
    never = expecting(ledger, adopted_on=None)
    phoenix = ledger.phoenix(adopted_on=STARTED, expected_release_on=RELEASE)
    for case in (never, phoenix):
        with ledger.nothing_written(), pytest.raises(NotAdopted):
            act(ledger.officer(), case, 1, TODAY)


def test_a_plan_without_a_release_changes_nothing_and_a_notice_needs_none(ledger: Ledger) -> None:
    case = ledger.iom()
    with ledger.nothing_written(), pytest.raises(NoReleaseExpected):
        plan(ledger.officer(), case, 1, TODAY)
    serve(ledger.officer(), case, 1, TODAY)


@BOTH
def test_a_case_that_is_not_there_was_removed_or_is_behind_glass_is_not_changed(ledger: Ledger, act: Act) -> None:
    gone, case = expecting(ledger), expecting(ledger)
    ledger.remove(ledger.get(Case, gone))
    for ref, kind in (("CASE-NONE", Missing), (gone, RecordRemoved)):
        with ledger.nothing_written(), pytest.raises(kind):
            act(ledger.officer(), ref, 1, TODAY)
    breaker = ledger.session("breaker", Role.OFFICER)
    ledger.break_glass(breaker, case)
    with ledger.nothing_written(), pytest.raises(BreakGlassReadOnly):
        act(breaker, case, 1, TODAY)


@BOTH
@pytest.mark.parametrize("role", list(Role))
def test_both_are_recorded_by_officers_and_supervisors(ledger: Ledger, act: Act, role: Role) -> None:
    case = expecting(ledger)
    if role in {Role.OFFICER, Role.SUPERVISOR}:
        assert act(ledger.session("somebody", role), case, 1, TODAY).ref == case
        return
    with ledger.nothing_written(), pytest.raises(NotAllowed, match="set a RAG"):
        act(ledger.session("somebody", role), case, 1, TODAY)


@BOTH
def test_the_same_day_given_by_somebody_else_is_compared_first(ledger: Ledger, act: Act) -> None:
    case = expecting(ledger)
    ledger.change(ledger.get(Case, case), notice_served_on=STARTED, release_plan_on=STARTED)
    with ledger.nothing_written(), pytest.raises(EditConflict):
        act(ledger.officer(), case, 1, TODAY)


def test_a_release_that_somebody_else_no_longer_expects_is_not_planned(ledger: Ledger) -> None:
    case = expecting(ledger)
    ledger.change(ledger.get(Case, case), expected_release_on=None)
    settled = ConflictResolution(base_revision=1, picks={"release": MergeChoice.BOTH})
    entry = PlanRelease(request=request(), case_ref=case, revision=2, on=TODAY, resolution=settled)
    with ledger.nothing_written(), pytest.raises(NoReleaseExpected):
        plan_release(ledger.officer(), entry)


def test_what_two_people_changed_in_a_case_both_stands(ledger: Ledger) -> None:
    case = ledger.iom()
    ledger.change(ledger.get(Case, case), police_om="shah")
    settled = ConflictResolution(base_revision=1, picks={})
    entry = ServeNotice(request=request(), case_ref=case, revision=2, on=TODAY, resolution=settled)
    assert "Kept as holt saved it" in serve_notice(ledger.officer(), entry).notice
    assert (ledger.get(Case, case).police_om, dates(ledger, case)) == ("shah", (TODAY, None, 3))


@BOTH
def test_a_case_is_found_as_before(ledger: Ledger, act: Act) -> None:
    case = expecting(ledger)
    act(ledger.officer(), case, 1, TODAY)
    assert case in {hit.case_ref for hit in find_people_and_cases(ledger.officer(), case)}


def test_a_plan_sent_twice_is_recorded_once_and_answered_alike(ledger: Ledger) -> None:
    entry = PlanRelease(request=request(), case_ref=expecting(ledger), revision=1, on=TODAY)
    first = plan_release(ledger.officer(), entry)
    with ledger.nothing_written():
        assert plan_release(ledger.officer(), entry) == first
