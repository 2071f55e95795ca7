"""A concern: what happened or is said to have happened; intelligence with its grades, for those alone who read it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import (
    BreakGlassReadOnly,
    CaseClosed,
    DatesOutOfOrder,
    FutureDate,
    Missing,
    MissingValue,
    NotAllowed,
)
from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.services.recording.concerns import EndConcern, RecordConcern, end_concern, record_concern
from ioms_desktop.services.session import Topic
from services.fresh_cases import MAY_RECORD, NAVIGATOR, OFFICER, Entry, Ledger
from sessions import TODAY, request

DAY = timedelta(days=1)
CHANGED = frozenset({Topic.CONCERNS})
GRADES = {"source_grade": "1", "information_grade": "A", "handling": "P"}


def a_concern(case_ref: str, on: date = TODAY, concern_type: str = "OTHER", **said: Any) -> RecordConcern:  # noqa: ANN401 - values by field name
    """Write a concern down."""
    return RecordConcern(request=request(), case_ref=case_ref, occurred_on=on, concern_type=concern_type, **said)


def intelligence(case_ref: str, **said: Any) -> RecordConcern:  # noqa: ANN401 - values by field name
    """Write down what was said to have happened."""
    return a_concern(case_ref, concern_type="INTELLIGENCE", **{**GRADES, **said})


def recorded(ledger: Ledger, ref: str) -> Concern:
    """Read a concern as it was entered."""
    return replace(ledger.get(Concern, ref), id=0, revision=0, recorded_at=None, recorded_by="")


def test_a_concern_is_kept_as_it_was_entered_with_the_day_it_was_recorded(ledger: Ledger) -> None:
    case = ledger.phoenix()
    entry = a_concern(case, date(2026, 10, 13), "ARREST", offence_group="THEFT_PERSON", summary=" In the park. ")
    outcome = record_concern(ledger.session(), entry)
    assert outcome.ref.startswith("CN-")
    assert (outcome.notice, outcome.changed) == ("Concern recorded.", CHANGED)
    assert recorded(ledger, outcome.ref) == Concern(
        concern_ref=outcome.ref,
        case_ref=case,
        occurred_on=date(2026, 10, 13),
        recorded_on=TODAY,
        concern_type="ARREST",
        offence_group="THEFT_PERSON",
        summary="In the park.",
    )
    assert ledger.audit_of(entry.request) == [
        Entry(
            kind="COLLECTION",
            actor=NAVIGATOR,
            actor_role="navigator",
            workstation="session of okoro",
            request=entry.request,
            object_type="concerns",
            object_ref=outcome.ref,
            subject_ref=case.replace("CASE", "P"),
        )
    ]


def test_intelligence_is_kept_with_its_grades(ledger: Ledger) -> None:
    entry = intelligence(ledger.phoenix(), source_grade="2", information_grade="B", handling="C", summary="Said so.")
    kept = recorded(ledger, record_concern(ledger.officer(), entry).ref)
    assert (kept.concern_type, kept.summary) == ("INTELLIGENCE", "Said so.")
    assert (kept.source_grade, kept.information_grade, kept.handling) == ("2", "B", "C")


@pytest.mark.parametrize("summary", ["", " \n "])
def test_a_concern_may_be_without_words(ledger: Ledger, summary: str) -> None:
    entry = a_concern(ledger.phoenix(), summary=summary)
    assert recorded(ledger, record_concern(ledger.session(), entry).ref).summary is None


@pytest.mark.parametrize("grade", list(GRADES))
@pytest.mark.parametrize("said", [None, ""])
def test_intelligence_without_any_one_of_its_grades_is_refused(ledger: Ledger, grade: str, said: str | None) -> None:
    case = ledger.phoenix()
    with ledger.nothing_written(), pytest.raises(MissingValue):
        record_concern(ledger.officer(), intelligence(case, **{grade: said}))


@pytest.mark.parametrize("concern_type", ["ARREST", "SUSPECTED", "BREACH", "OTHER"])
def test_what_is_no_intelligence_needs_no_grade(ledger: Ledger, concern_type: str) -> None:
    entry = a_concern(ledger.phoenix(), concern_type=concern_type)
    kept = recorded(ledger, record_concern(ledger.officer(), entry).ref)
    assert (kept.source_grade, kept.information_grade, kept.handling) == (None, None, None)


@pytest.mark.parametrize("role", list(Role))
def test_concerns_are_recorded_by_those_who_work_on_cases_and_intelligence_not_by_navigators(
    ledger: Ledger, role: Role
) -> None:
    case, session = ledger.phoenix(), ledger.session("somebody", role)
    if role in MAY_RECORD:
        assert record_concern(session, a_concern(case)).ref
    else:
        with ledger.nothing_written(), pytest.raises(NotAllowed, match="record concerns"):
            record_concern(session, a_concern(case))
    if role in {Role.OFFICER, Role.SUPERVISOR}:
        assert record_concern(session, intelligence(case)).ref
    else:
        with ledger.nothing_written(), pytest.raises(NotAllowed, match="may read intelligence"):
            record_concern(session, intelligence(case))


def test_a_concern_of_tomorrow_is_refused_and_one_of_today_is_not(ledger: Ledger) -> None:
    case = ledger.phoenix()
    with ledger.nothing_written(), pytest.raises(FutureDate):
        record_concern(ledger.session(), a_concern(case, TODAY + DAY))
    assert record_concern(ledger.session(), a_concern(case, TODAY)).ref


def test_a_concern_after_its_case_closed_is_refused_and_one_on_that_day_is_not(ledger: Ledger) -> None:
    closed = date(2026, 10, 13)
    case = ledger.phoenix(closed_on=closed)
    with ledger.nothing_written(), pytest.raises(CaseClosed):
        record_concern(ledger.session(), a_concern(case, closed + DAY))
    for on in (closed, closed - DAY):
        assert record_concern(ledger.session(), a_concern(case, on)).ref


def test_no_concern_is_recorded_on_a_case_that_is_not_there_not_theirs_or_behind_glass(ledger: Ledger) -> None:
    iom, case = ledger.iom(), ledger.phoenix()
    for other in ("CASE-NONE", iom):
        with ledger.nothing_written(), pytest.raises(Missing):
            record_concern(ledger.session(), a_concern(other))
    ledger.break_glass(ledger.session("breaker"), case)
    with ledger.nothing_written(), pytest.raises(BreakGlassReadOnly):
        record_concern(ledger.session("breaker"), a_concern(case))
    assert record_concern(ledger.officer(), a_concern(iom)).ref, "an officer sees both programmes"


def test_a_concern_sent_twice_is_recorded_once_and_answered_alike(ledger: Ledger) -> None:
    case = ledger.phoenix()
    entry = a_concern(case, concern_type="BREACH")
    first = record_concern(ledger.officer(), entry)
    with ledger.nothing_written():
        assert record_concern(ledger.officer(), entry) == first
    assert len(ledger.of(Concern, case)) == 1


def test_a_concern_says_which_decision_it_calls_for(ledger: Ledger) -> None:
    case = ledger.phoenix()
    assert record_concern(ledger.officer(), a_concern(case)).raised == ()
    (breach,) = record_concern(ledger.officer(), a_concern(case, date(2026, 10, 13), "BREACH")).raised
    assert (breach.rule, breach.decision_due) == ("breach", date(2026, 10, 15))
    (arrest,) = record_concern(ledger.officer(), a_concern(case, concern_type="ARREST", offence_group="WEAPONS")).raised
    assert (arrest.rule, arrest.decision_due) == ("serious_concern", date(2026, 10, 19))
    (credible,) = record_concern(ledger.officer(), intelligence(case)).raised
    assert (credible.rule, credible.decision_due) == ("credible_intelligence", date(2026, 10, 19))
    assert {each.recorded_by for each in ledger.of(Concern, case)} == {OFFICER}


def test_of_several_concerns_of_one_day_the_first_one_raises_the_alert(ledger: Ledger) -> None:
    for _ in range(6):  # references are drawn, and the rules take the first by its reference
        case = ledger.phoenix()
        told = [
            record_concern(ledger.officer(), a_concern(case, concern_type=kind)).raised
            for kind in ("RECALL", "UNLAWFULLY_AT_LARGE", "BREACH")
        ]
        assert [len(each) for each in told] == [1, 0, 0]


NFA_ON = TODAY


def an_end(ref: str, revision: int = 1, **said: Any) -> EndConcern:  # noqa: ANN401 - values by field name
    """Write down how a concern ended."""
    said = {"outcome": "NFA", "on": NFA_ON, **said}
    return EndConcern(request=request(), concern_ref=ref, revision=revision, **said)


def test_how_an_arrest_ended_is_kept_with_it_and_what_stood_before_too(ledger: Ledger) -> None:
    case = ledger.phoenix()
    ref = record_concern(ledger.session(), a_concern(case, TODAY - DAY, "ARREST", offence_group="WEAPONS")).ref
    outcome = end_concern(ledger.session(), an_end(ref))
    assert (outcome.ref, outcome.changed) == (ref, CHANGED)
    ended = ledger.get(Concern, ref)
    assert (ended.outcome, ended.outcome_on, ended.revision) == ("NFA", NFA_ON, 2)
    with ledger.store.read() as reading:
        (former,) = reading.list_former_versions(Concern, case_ref=case)
    assert (former.record.outcome, former.record.outcome_on) == (None, None)


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ({"on": TODAY + DAY}, FutureDate),
        ({"on": TODAY - 2 * DAY}, DatesOutOfOrder),
        ({"outcome": ""}, MissingValue),
    ],
)
def test_an_end_that_makes_no_sense_is_refused_and_changes_nothing(
    ledger: Ledger, said: dict[str, Any], refused: type[Exception]
) -> None:
    ref = record_concern(ledger.session(), a_concern(ledger.phoenix(), TODAY - DAY, "ARREST")).ref
    with pytest.raises(refused):
        end_concern(ledger.session(), an_end(ref, **said))
    assert (ledger.get(Concern, ref).outcome, ledger.get(Concern, ref).revision) == (None, 1)


def test_who_may_not_see_intelligence_does_not_end_it(ledger: Ledger) -> None:
    ref = record_concern(ledger.session(OFFICER, Role.OFFICER), intelligence(ledger.phoenix())).ref
    with pytest.raises(NotAllowed):
        end_concern(ledger.session(NAVIGATOR), an_end(ref))
    assert ledger.get(Concern, ref).outcome is None
