"""The rating of a week, Monday to Sunday: the navigator's and the police's apart, each corrected in place."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.calendar import monday_of
from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.domain.errors import BreakGlassReadOnly, CaseClosed, FutureDate, Missing, NotAllowed
from ioms_desktop.domain.policy.triggers import Trigger
from ioms_desktop.domain.records.engagement import Rating
from ioms_desktop.services.cases.rule_runs import list_triggers
from ioms_desktop.services.edit_conflicts import ConflictResolution, EditConflict
from ioms_desktop.services.recording.ratings import RateWeek, rate_week, rating_role
from ioms_desktop.services.session import Topic
from services.fresh_cases import MAY_RECORD, NAVIGATOR, OFFICER, Entry, Ledger
from sessions import TODAY, request

DAY = timedelta(days=1)
CHANGED = frozenset({Topic.RATINGS})
MONDAY, SUNDAY = date(2026, 10, 12), date(2026, 10, 18)
"""Of the week of TODAY, a Thursday."""


def a_rating(case_ref: str, on: date = TODAY, level: int = 3, **said: Any) -> RateWeek:  # noqa: ANN401 - values by field name
    """Write a rating down."""
    return RateWeek(request=request(), case_ref=case_ref, on=on, level=level, **said)


def triggers(ledger: Ledger, case_ref: str) -> list[Trigger]:
    """List the triggers of a case as of today."""
    return [each for each in list_triggers(ledger.officer(), TODAY) if each.case_ref == case_ref]


@pytest.mark.parametrize("days", range(7))
def test_every_day_of_a_week_has_its_monday(days: int) -> None:
    assert monday_of(MONDAY + DAY * days) == MONDAY


@pytest.mark.parametrize("role", list(Role))
def test_only_a_navigator_rates_as_one(role: Role) -> None:
    assert rating_role(role) == ("NAVIGATOR" if role is Role.NAVIGATOR else "POLICE")


def test_a_rating_is_kept_with_its_week_its_day_and_whose_it_is(ledger: Ledger) -> None:
    case = ledger.phoenix()
    entry = a_rating(case, date(2026, 10, 14))
    outcome = rate_week(ledger.session(), entry)
    assert outcome.notice == "Rating 3 recorded for the week of 12 Oct 2026."
    assert (outcome.changed, outcome.ref, outcome.raised) == (CHANGED, f"{case}/2026-10-12", ())
    (stored,) = ledger.of(Rating, case)
    assert replace(stored, id=0, recorded_at=None) == Rating(
        case_ref=case,
        week_commencing=MONDAY,
        rated_on=date(2026, 10, 14),
        level=3,
        rated_by=NAVIGATOR,
        role="NAVIGATOR",
        revision=1,
        recorded_by=NAVIGATOR,
    )
    assert ledger.audit_of(entry.request) == [
        Entry(
            kind="COLLECTION",
            actor=NAVIGATOR,
            actor_role="navigator",
            workstation="session of okoro",
            request=entry.request,
            object_type="ratings",
            object_ref=f"{case}/2026-10-12/NAVIGATOR",
            subject_ref=case.replace("CASE", "P"),
        )
    ]


@pytest.mark.parametrize(
    ("on", "rated_on"),
    [
        (MONDAY, MONDAY),
        (TODAY - DAY, TODAY - DAY),
        (TODAY, TODAY),
        (TODAY + DAY, TODAY),
        (SUNDAY, TODAY),
        (MONDAY - DAY, MONDAY - DAY),
        (date(2026, 9, 23), date(2026, 9, 23)),
    ],
)
def test_a_rating_is_of_its_own_day_or_of_today_where_that_day_is_to_come(
    ledger: Ledger, on: date, rated_on: date
) -> None:
    case = ledger.phoenix()
    rate_week(ledger.session(), a_rating(case, on))
    (stored,) = ledger.of(Rating, case)
    assert (stored.week_commencing, stored.rated_on) == (monday_of(on), rated_on)


@pytest.mark.parametrize("today", [MONDAY, TODAY, SUNDAY])
def test_the_week_of_today_is_rated_and_the_next_is_not(ledger: Ledger, today: date) -> None:
    case = ledger.phoenix()
    with ledger.nothing_written(), pytest.raises(FutureDate):
        rate_week(ledger.session(on=today), a_rating(case, SUNDAY + DAY))
    rate_week(ledger.session(on=today), a_rating(case, SUNDAY))
    assert [each.rated_on for each in ledger.of(Rating, case)] == [today]


@pytest.mark.parametrize(
    ("closed", "taken"), [(MONDAY - DAY, False), (MONDAY, True), (MONDAY + DAY, True), (SUNDAY, True)]
)
def test_a_week_is_rated_in_which_the_case_was_open(ledger: Ledger, closed: date, *, taken: bool) -> None:
    case = ledger.phoenix(closed_on=closed)
    if taken:
        assert rate_week(ledger.session(), a_rating(case)).ref
        return
    with ledger.nothing_written(), pytest.raises(CaseClosed):
        rate_week(ledger.session(), a_rating(case))
    assert rate_week(ledger.session(), a_rating(case, closed)).ref, "the week before"


def test_a_navigator_and_an_officer_rate_the_same_week_beside_each_other(ledger: Ledger) -> None:
    case = ledger.phoenix()
    rate_week(ledger.session(), a_rating(case, level=2))
    rate_week(ledger.officer(), a_rating(case, level=4))
    rate_week(ledger.session("wright", Role.SUPERVISOR), a_rating(case, level=5))
    kept = sorted((each.role, each.level, each.rated_by, each.revision) for each in ledger.of(Rating, case))
    assert kept == [("NAVIGATOR", 2, NAVIGATOR, 1), ("POLICE", 5, "wright", 2)]
    assert [(each.level, each.rated_by) for each in ledger.former(Rating, case)] == [(4, OFFICER)]


@pytest.mark.parametrize("revision", [1, None])
def test_a_second_rating_of_a_week_corrects_the_first_which_is_kept_as_history(
    ledger: Ledger, revision: int | None
) -> None:
    case = ledger.phoenix()
    rate_week(ledger.session(), a_rating(case, MONDAY, revision=0))
    entry = a_rating(case, MONDAY + DAY, 5, revision=revision)
    outcome = rate_week(ledger.session("ngata"), entry)
    assert outcome.notice == "Rating 5 recorded for the week of 12 Oct 2026."
    assert (outcome.changed, outcome.ref) == (CHANGED, f"{case}/2026-10-12")
    (stored,) = ledger.of(Rating, case)
    assert (stored.level, stored.rated_on, stored.rated_by, stored.revision) == (5, MONDAY + DAY, "ngata", 2)
    (former,) = ledger.former(Rating, case)
    assert (former.level, former.rated_on, former.rated_by) == (3, MONDAY, NAVIGATOR)
    assert [each.kind for each in ledger.audit_of(entry.request)] == ["ALTERATION"]


def test_another_week_is_another_rating(ledger: Ledger) -> None:
    case = ledger.phoenix()
    for on in (MONDAY - DAY, MONDAY):
        rate_week(ledger.session(), a_rating(case, on))
    assert [each.revision for each in ledger.of(Rating, case)] == [1, 1]


@pytest.mark.parametrize("read", [0, 1])
def test_a_rating_that_somebody_gave_since_is_compared_first(ledger: Ledger, read: int) -> None:
    case = ledger.phoenix()
    rate_week(ledger.session("ngata"), a_rating(case))
    if read:
        rate_week(ledger.session("ngata"), a_rating(case, level=4))
    entry = a_rating(case, level=5, revision=read)
    with ledger.nothing_written(), pytest.raises(EditConflict) as caught:
        rate_week(ledger.session(), entry)
    assert caught.value.comparison.current_revision == read + 1
    settled = ConflictResolution(base_revision=read, picks={"rating": MergeChoice.MINE})
    rate_week(ledger.session(), replace(entry, revision=read + 1, resolution=settled))
    assert [each.level for each in ledger.of(Rating, case)] == [5]


def test_a_rating_sent_twice_is_recorded_once_and_answered_alike(ledger: Ledger) -> None:
    case = ledger.phoenix()
    entry = a_rating(case)
    first = rate_week(ledger.session(), entry)
    with ledger.nothing_written():
        assert rate_week(ledger.session(), entry) == first
    assert [each.revision for each in ledger.of(Rating, case)] == [1]


def test_a_case_that_is_not_there_not_theirs_or_behind_glass_is_not_rated(ledger: Ledger) -> None:
    iom, case = ledger.iom(), ledger.phoenix()
    for other in ("CASE-NONE", iom):
        with ledger.nothing_written(), pytest.raises(Missing):
            rate_week(ledger.session(), a_rating(other))
    ledger.break_glass(ledger.session("breaker"), case)
    with ledger.nothing_written(), pytest.raises(BreakGlassReadOnly):
        rate_week(ledger.session("breaker"), a_rating(case))
    assert rate_week(ledger.officer(), a_rating(iom)).ref, "an officer sees both programmes"


@pytest.mark.parametrize("role", list(Role))
def test_weeks_are_rated_by_those_who_work_on_cases(ledger: Ledger, role: Role) -> None:
    case = ledger.phoenix()
    if role in MAY_RECORD:
        assert rate_week(ledger.session("somebody", role), a_rating(case)).ref
        return
    with ledger.nothing_written(), pytest.raises(NotAllowed, match="ratings"):
        rate_week(ledger.session("somebody", role), a_rating(case))


def test_a_second_low_week_raises_a_trigger_however_it_is_entered(ledger: Ledger) -> None:
    case = ledger.phoenix()
    assert rate_week(ledger.session(), a_rating(case, MONDAY - DAY, 2)).raised == ()
    assert rate_week(ledger.session(), a_rating(case, MONDAY, 3)).raised == ()
    (raised,) = rate_week(ledger.session(), a_rating(case, TODAY, 1)).raised
    assert (raised.rule, raised.decision_due) == ("low_ratings", date(2026, 10, 19))
    assert "11 Oct 2026 and 15 Oct 2026" in raised.explanation


def test_a_rating_corrected_so_that_its_trigger_falls_away_raises_nothing(ledger: Ledger) -> None:
    case = ledger.phoenix()
    rate_week(ledger.session(on=TODAY - DAY), a_rating(case, MONDAY - DAY, 2))
    assert rate_week(ledger.session(on=TODAY - DAY), a_rating(case, MONDAY, 1)).raised
    corrected = replace(ledger.session(), change_reason="Mixed up with another week")
    assert rate_week(corrected, a_rating(case, MONDAY, 4)).raised == ()
    (low,) = [each for each in triggers(ledger, case) if each.rule == "low_ratings"]
    assert (low.status, low.evidence[-1].ref) == ("WITHDRAWN", f"{case}/2026-10-12"), "it stays, and is told of no more"
