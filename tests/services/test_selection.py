"""What precedes a panel and what it decides: recorded in one act with the status that follows, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import (
    CaseClosed,
    DatesOutOfOrder,
    FutureDate,
    InvalidEntry,
    InvalidRecord,
    MissingValue,
    NotAllowed,
    Refused,
    StepNotReady,
)
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.leaving.exits import CaseExit
from ioms_desktop.domain.records.selection.panel import PanelDecision
from ioms_desktop.domain.records.selection.screening import NEEDED_CHECKS, ScreeningCheck, answered_checks
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.intake.panel import RecordPanelDecision, record_panel_decision
from ioms_desktop.services.intake.screening import RecordScreening, ScreeningAnswer, record_screening
from ioms_desktop.services.intake.steps import ChangeStatus, change_status
from ioms_desktop.services.recording.records import AddRecord, add_record_by_form
from sessions import TODAY, request
from status_cases import PERSON, case_in

if TYPE_CHECKING:
    from services.access_bureau import Bureau

DAY = timedelta(days=1)
ANSWERS = dict.fromkeys(NEEDED_CHECKS, "NOTHING_KNOWN")


def begin(bureau: Bureau, *cases: Case) -> None:
    with bureau.keeper.begin(bureau.session("supervisor").command_context(request="")) as tx:
        tx.add(PERSON)
        for case in cases or (case_in("IOM", "REFERRED", "S"), case_in("PHOENIX", "POOL", "T")):
            tx.add(case)


def screening(answers: dict[str, str], ref: str = "S", **values: Any) -> RecordScreening:  # noqa: ANN401 - by field name
    given = tuple(
        ScreeningAnswer(check_type=name, answer=answer, note="on licence, level 1" if answer == "KNOWN" else None)
        for name, answer in answers.items()
    )
    plain: dict[str, Any] = {"answered_on": TODAY, "answered_by": "L. HOLT", **values}
    return RecordScreening(request=request(), case_ref=ref, answers=given, **plain)


def panel(decision: str, ref: str = "S", step: dict[str, Any] | None = None, **values: Any) -> RecordPanelDecision:  # noqa: ANN401 - as above
    plain: dict[str, Any] = {
        "decided_on": TODAY,
        "agencies": "LEICESTERSHIRE_POLICE;HMPPS_PROBATION",
        "reason": "Four burglaries since June.",
        "cohort": "FIXED" if decision == "ACCEPT" else None,
        **values,
    }
    made = PanelDecision(panel_decision_ref="", case_ref=ref, decision=decision, **plain)
    return RecordPanelDecision(request=request(), made=made, **(step or {}))


def stored(bureau: Bureau, ref: str = "S") -> Case:
    with bureau.keeper.read() as reading:
        return reading.get(Case, ref)


def test_a_referral_is_screened_accepted_and_adopted_in_two_acts(bureau: Bureau) -> None:
    begin(bureau)
    holt, officer = bureau.session("coordinator"), bureau.session("officer")
    first = record_screening(officer, screening({"MAPPA": "KNOWN", "MARAC": "ASKED"}))
    assert first.notice == (
        "Two checks recorded. Still to be answered: MARAC, Exploitation and NRM, Safeguarding and Managed elsewhere."
    )
    assert stored(bureau).status == "REFERRED"
    with pytest.raises(StepNotReady, match=r"MARAC, exploitation and NRM, safeguarding, managed elsewhere.*Screening"):
        change_status(
            holt, ChangeStatus(request=request(), case_ref="S", revision=1, status="ACCEPTED", cohort="FIXED")
        )
    with pytest.raises(StepNotReady):
        record_panel_decision(holt, panel("ACCEPT"))
    assert open_case(holt, "S").of(PanelDecision) == ()
    rest = screening({name: "NOTHING_KNOWN" for name in NEEDED_CHECKS if name != "MAPPA"})
    assert record_screening(holt, rest).notice == "Four checks recorded. The case is now: Screened."
    assert record_screening(holt, rest).notice == "Four checks recorded. The case is now: Screened."  # sent twice
    answered = {each.check_type: (each.answer, each.revision) for each in open_case(holt, "S").of(ScreeningCheck)}
    assert answered["MARAC"] == ("NOTHING_KNOWN", 2)  # answered on the day on which it was asked
    assert set(answered) == set(NEEDED_CHECKS)
    made = panel("ACCEPT", dissenting="HMPPS_PROBATION", dissent="low score", step={"adopted_on": TODAY})
    assert (
        record_panel_decision(holt, made).notice == "Decision of the panel recorded: Accept. The case is now: Active."
    )
    case = stored(bureau)
    assert (case.status, case.cohort, case.adopted_on) == ("ACTIVE", "FIXED", TODAY)
    deselect = panel("DESELECT", reason="GREEN for six months.", step={"close_reason": "SUSTAINED_REDUCTION"})
    with pytest.raises(StepNotReady, match="De-selected needs an exit plan"):
        record_panel_decision(holt, deselect)
    plan = CaseExit(exit_ref="", case_ref="S", kind="DESELECTED", left_on=TODAY, reason="quiet", plan="GP and gym")
    add_record_by_form(holt, AddRecord(request=request(), case_ref="S", record=plan))
    outcome = record_panel_decision(holt, replace(deselect, request=request()))
    assert outcome.notice.endswith("The case is now: De-selected.")
    case = stored(bureau)
    assert (case.status, case.closed_on, case.close_reason) == ("DESELECTED", TODAY, "SUSTAINED_REDUCTION")
    with pytest.raises(CaseClosed):
        record_screening(holt, screening({"MARAC": "KNOWN"}, answered_on=TODAY + DAY))


def test_a_panel_finds_somebody_eligible_defers_or_leaves_the_case_as_it_is(bureau: Bureau) -> None:
    begin(bureau)
    wright = bureau.session("supervisor")
    assert record_screening(wright, screening(ANSWERS, "T")).notice == "Five checks recorded."
    assert stored(bureau, "T").status == "POOL"
    deferred = record_panel_decision(wright, panel("DEFER", "T", review_on=TODAY + 14 * DAY))
    assert deferred.notice == "Decision of the panel recorded: Defer. The case stays: In the pool."
    assert record_panel_decision(wright, panel("ELIGIBLE", "T")).notice.endswith("The case is now: Eligible.")
    record_screening(wright, screening(ANSWERS, take_step=False))
    assert stored(bureau).status == "REFERRED"
    assert record_panel_decision(wright, panel("DEFER")).notice.endswith("The case is now: Deferred.")
    kept = record_panel_decision(wright, panel("ACCEPT", step={"takes_step": False}))
    assert kept.notice.endswith("The case stays: Deferred.")
    change_status(  # what the panel decided is on record, so that the step may follow later
        wright, ChangeStatus(request=request(), case_ref="S", revision=2, status="ACCEPTED", cohort="FLEX")
    )
    assert stored(bureau).cohort == "FLEX"


def test_a_case_that_came_further_on_is_not_asked_for_checks_of_long_ago(bureau: Bureau) -> None:
    begin(bureau, case_in("IOM", "ACCEPTED", "S"), case_in("PHOENIX", "ELIGIBLE", "T"))
    officer = bureau.session("officer")
    adopted = ChangeStatus(
        request=request(), case_ref="S", revision=1, status="ACTIVE", adopted_on=TODAY, cohort="FIXED"
    )
    change_status(officer, adopted)
    change_status(officer, ChangeStatus(request=request(), case_ref="T", revision=1, status="NOTIFY_DUE"))
    assert (stored(bureau).status, stored(bureau, "T").status) == ("ACTIVE", "NOTIFY_DUE")


WRONG_ANSWERS: tuple[tuple[RecordScreening, type[Refused], str], ...] = (
    (screening({}), MissingValue, "MAPPA"),
    (screening({"MAPPA": "PERHAPS"}), InvalidRecord, "MAPPA"),
    (screening({"HOROSCOPE": "NOTHING_KNOWN"}), InvalidRecord, "HOROSCOPE"),
    (screening(ANSWERS, answered_by=" "), InvalidRecord, "answered_by"),
    (screening(ANSWERS, answered_on=TODAY + DAY), InvalidRecord, "answered_on"),
    (screening(ANSWERS, answered_on=date(2026, 8, 31)), DatesOutOfOrder, "answered_on"),
    (
        replace(screening({}), answers=(ScreeningAnswer(check_type="MARAC", answer="KNOWN"),)),
        InvalidRecord,
        "note_MARAC",
    ),
)


def test_a_screening_is_refused_beside_its_field_and_changes_nothing(bureau: Bureau) -> None:
    begin(bureau)
    officer = bureau.session("officer")
    for entry, refusal, field in WRONG_ANSWERS:
        with pytest.raises(refusal) as refused:
            record_screening(officer, entry)
        assert refused.value.field == field
    assert open_case(officer, "S").of(ScreeningCheck) == ()


WRONG_DECISIONS: tuple[tuple[RecordPanelDecision, str], ...] = (
    (panel("ELIGIBLE"), "decision"),
    (panel("ACCEPT", cohort=None), "cohort"),
    (panel("DEFER", cohort="FREE"), "cohort"),
    (panel("DEFER", agencies=""), "agencies"),
    (panel("DEFER", agencies="THE_PUB"), "agencies"),
    (panel("DEFER", reason=""), "reason"),
    (panel("DEFER", dissenting="HMP", dissent="no"), "dissenting"),
    (panel("DEFER", dissenting="HMPPS_PROBATION"), "dissent"),
    (panel("DEFER", dissent="low score"), "dissenting"),
    (panel("DEFER", review_on=TODAY - DAY), "review_on"),
    (panel("DEFER", decided_on=date(2026, 8, 31)), "decided_on"),
    (panel("NOT_ACCEPT"), "close_reason"),
)


def test_a_decision_of_the_panel_is_refused_beside_its_field_and_changes_nothing(bureau: Bureau) -> None:
    begin(bureau)
    before, holt = stored(bureau), bureau.session("coordinator")
    for entry, field in WRONG_DECISIONS:
        with pytest.raises(InvalidEntry) as refused:
            record_panel_decision(holt, entry)
        assert refused.value.field == field
    with pytest.raises(FutureDate):
        record_panel_decision(holt, panel("DEFER", decided_on=TODAY + DAY))
    assert (stored(bureau), open_case(holt, "S").of(PanelDecision)) == (before, ())


def test_who_may_not_record_or_read_what_precedes_a_panel_does_not(bureau: Bureau) -> None:
    begin(bureau)
    record_screening(bureau.session("officer"), screening(ANSWERS, "T"))
    record_panel_decision(bureau.session("coordinator"), panel("DEFER", "T"))
    navigator = bureau.session("navigator")
    with pytest.raises(NotAllowed):
        record_screening(navigator, screening(ANSWERS, "T"))
    for role in (Role.OFFICER, Role.NAVIGATOR):
        with pytest.raises(NotAllowed):
            record_panel_decision(bureau.session(role), panel("ELIGIBLE", "T"))
    seen = open_case(navigator, "T")
    assert (seen.of(ScreeningCheck), seen.of(PanelDecision)) == ((), ())
    assert len(open_case(bureau.session("officer"), "T").of(ScreeningCheck)) == len(NEEDED_CHECKS)  # the control


def test_the_latest_answer_to_a_check_stands_and_an_awaited_one_is_none() -> None:
    one = ScreeningCheck(case_ref="S", check_type="MARAC", answered_on=TODAY, answer="KNOWN", answered_by="x")
    later = replace(one, answered_on=TODAY + DAY, answer="ASKED")
    assert answered_checks([later, one]) == frozenset()
    assert answered_checks([replace(later, answered_on=TODAY - DAY), one]) == {"MARAC"}
