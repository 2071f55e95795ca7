"""Orders, conditions, warnings, breach and recall: who says what, what follows from it, and what never does."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.compliance.recall_terms import latest_recall, recall_days, term_ends
from ioms_desktop.domain.compliance.statutory_status import StatusSource
from ioms_desktop.domain.errors import InvalidRecord, MissingReason, MissingValue, NotAllowed
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.compliance.conditions import OrderCondition
from ioms_desktop.domain.records.compliance.steps import ComplianceStep
from ioms_desktop.domain.records.people import Order
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.compliance.steps import RecordComplianceStep, record_compliance_step
from ioms_desktop.services.compliance.supervision import (
    SetSupervision,
    describe_status,
    record_condition,
    set_supervision,
    status_of,
)
from ioms_desktop.services.recording.records import AddRecord, add_record_by_form
from ioms_desktop.services.session import Outcome, Session
from services.fresh_cases import Ledger
from sessions import TODAY, request

DAY = timedelta(days=1)


def step(kind: str, on: date = TODAY, **said: object) -> ComplianceStep:
    made = ComplianceStep(compliance_ref="", case_ref="", taken_on=on, step=kind, reason="Missed the Monday office")
    return replace(made, **said)  # type: ignore[arg-type]


def record(session: Session, case_ref: str, taken: ComplianceStep, **said: object) -> Outcome:
    entry = RecordComplianceStep(request=request(), case_ref=case_ref, step=taken)
    return record_compliance_step(session, replace(entry, **said))  # type: ignore[arg-type]


def order(session: Session, case_ref: str, kind: str, made_on: date, **said: object) -> None:
    made = replace(Order(order_ref="", person_ref="", order_type=kind, made_on=made_on), **said)  # type: ignore[arg-type]
    add_record_by_form(session, AddRecord(request=request(), case_ref=case_ref, record=made))


def supervise(session: Session, case_ref: str, **said: object) -> Outcome:
    case = open_case(session, case_ref).case
    entry = SetSupervision(
        request=request(),
        case_ref=case_ref,
        revision=case.revision,
        statutory_status=case.statutory_status,
        statutory_reason=case.statutory_reason or "",
        iom_licence_condition=case.iom_licence_condition,
        final_third_from=case.final_third_from,
    )
    return set_supervision(session, replace(entry, **said))  # type: ignore[arg-type]


def test_a_warning_raises_nothing_and_a_recall_is_a_concern_only_where_somebody_says_so(ledger: Ledger) -> None:
    officer, case_ref = ledger.officer(), ledger.iom()
    warned = record(officer, case_ref, step("WARNING", warning_level="FIRST", taken_by="J. SHAH"), as_concern=True)
    assert warned.raised == ()
    record(officer, case_ref, step("RECALL_REQUESTED", recall_type="FIXED_TERM"))
    record(officer, case_ref, step("RECALLED", recall_type="FIXED_TERM"))
    assert open_case(officer, case_ref).concerns == ()
    recalled = record(
        officer, case_ref, step("RECALLED", recall_type="FIXED_TERM"), as_concern=True, at_large_from=TODAY
    )
    assert [each.rule for each in recalled.raised] == ["breach"]
    view = open_case(officer, case_ref)
    assert sorted(each.concern_type for each in view.concerns) == ["RECALL", "UNLAWFULLY_AT_LARGE"]
    assert view.wanted_since == TODAY
    assert [each.step for each in view.of(ComplianceStep)].count("WARNING") == 1


@pytest.mark.parametrize(
    ("taken", "more", "field"),
    [
        (step("WARNING"), {}, "warning_level"),
        (step("BREACH_REPORTED", warning_level="FIRST"), {}, "warning_level"),
        (step("WARNING", warning_level="FIRST", recall_type="STANDARD"), {}, "recall_type"),
        (step("RECALLED"), {}, "recall_type"),
        (step("WARNING", warning_level="FIRST", failed_on=TODAY, taken_on=TODAY - DAY), {}, "failed_on"),
        (step("WARNING", warning_level="FIRST"), {"at_large_from": TODAY}, "at_large_from"),
        (step("RECALLED", recall_type="STANDARD"), {"at_large_from": TODAY - DAY}, "at_large_from"),
        (step("WARNING", warning_level="FIRST", reason=" "), {}, "reason"),
    ],
)
def test_what_does_not_go_together_is_refused_by_its_field_with_nothing_written(
    ledger: Ledger, taken: ComplianceStep, more: dict[str, object], field: str
) -> None:
    officer, case_ref = ledger.officer(), ledger.iom()
    with ledger.nothing_written(), pytest.raises(InvalidRecord) as refused:
        record(officer, case_ref, taken, **more)
    assert refused.value.field == field


def test_a_fixed_term_is_dated_data_and_fills_in_no_release(ledger: Ledger) -> None:
    officer, case_ref = ledger.officer(), ledger.iom()
    kinds = officer.lists.of("recall_type")
    before = date(2026, 3, 30)
    assert recall_days(kinds, "FIXED_TERM", before) == (14, 28)
    assert recall_days(kinds, "FIXED_TERM", before + DAY) == (56,)
    assert recall_days(kinds, "STANDARD", TODAY) == ()
    record(officer, case_ref, step("RECALLED", TODAY - DAY, recall_type="FIXED_TERM"))
    view = open_case(officer, case_ref)
    recall = latest_recall(view.of(ComplianceStep), TODAY)
    assert term_ends(kinds, recall, TODAY) == (TODAY + 56 * DAY,)
    assert term_ends(kinds, recall, TODAY - 2 * DAY) == ()
    assert view.case.expected_release_on is None


def test_the_status_of_a_day_follows_from_the_heaviest_order_in_force_until_a_person_says_otherwise(
    ledger: Ledger,
) -> None:
    officer, case_ref = ledger.officer(), ledger.iom(statutory_status="SSO")
    view = open_case(officer, case_ref)
    assert (status_of(officer, view).code, status_of(officer, view).source) == ("SSO", StatusSource.FILE)
    order(officer, case_ref, "COMMUNITY_ORDER", TODAY - 30 * DAY)
    order(officer, case_ref, "LICENCE", TODAY - 20 * DAY, ends_on=TODAY - 5 * DAY)
    order(officer, case_ref, "CIVIL_ORDER_ONLY", TODAY - 10 * DAY)
    said = {
        days: status_of(officer, open_case(officer, case_ref, as_of=TODAY - days * DAY)).code
        for days in (40, 25, 20, 5, 4)
    }
    assert said == {40: "SSO", 25: "COMMUNITY_ORDER", 20: "LICENCE", 5: "LICENCE", 4: "COMMUNITY_ORDER"}
    assert "from the order of" in describe_status(officer, open_case(officer, case_ref))
    with pytest.raises(MissingReason):
        supervise(officer, case_ref, statutory_status="LICENCE")
    with pytest.raises(MissingValue):
        supervise(officer, case_ref, statutory_status=None, statutory_reason="The court said so")
    supervise(officer, case_ref, statutory_status="LICENCE", statutory_reason="The licence was extended; order to come")
    view = open_case(officer, case_ref)
    status = status_of(officer, view)
    assert (status.code, status.source, status.differs_from_orders) == ("LICENCE", StatusSource.PERSON, True)
    assert "The order of" in describe_status(officer, view)
    supervise(officer, case_ref, statutory_status=None, statutory_reason="")
    assert status_of(officer, open_case(officer, case_ref)).code == "COMMUNITY_ORDER"


def test_what_is_no_order_on_a_day_gives_no_statutory_status(ledger: Ledger) -> None:
    officer, case_ref = ledger.officer(), ledger.iom(statutory_status="LICENCE")
    abolished = date(2026, 4, 30)
    for no_order in ("NONE", "PSS"):
        order(officer, case_ref, no_order, abolished - 30 * DAY)
    said = {}
    for on in (abolished, abolished + DAY, TODAY):
        status = status_of(officer, open_case(officer, case_ref, as_of=on))
        said[on] = (status.code, status.source, status.order is not None)
    assert said == {
        abolished: ("PSS", StatusSource.ORDER, True),
        **dict.fromkeys((abolished + DAY, TODAY), ("LICENCE", StatusSource.FILE, False)),
    }


def test_the_iom_condition_is_noted_on_the_case_with_it_and_taken_back_by_a_person_alone(ledger: Ledger) -> None:
    officer, case_ref = ledger.officer(), ledger.iom()
    condition = OrderCondition(condition_ref="", person_ref="", category="IOM_TEAM", from_on=TODAY - DAY)
    later = replace(condition, from_on=TODAY + DAY)
    other = replace(condition, category="CURFEW", em_type="CURFEW")
    for each in (later, other):
        record_condition(officer, AddRecord(request=request(), case_ref=case_ref, record=each))
        assert ledger.get(Case, case_ref).iom_licence_condition is None
    told = record_condition(officer, AddRecord(request=request(), case_ref=case_ref, record=condition))
    assert "now says that there is the IOM condition" in told.notice
    assert ledger.get(Case, case_ref).iom_licence_condition is True
    supervise(officer, case_ref, iom_licence_condition=False, final_third_from=TODAY + 9 * DAY)
    assert ledger.get(Case, case_ref).iom_licence_condition is False


def test_only_who_records_orders_records_steps_and_conditions_or_sets_the_status(ledger: Ledger) -> None:
    case_ref = ledger.phoenix()
    navigator = ledger.session()
    condition = OrderCondition(condition_ref="", person_ref="", category="CURFEW", from_on=TODAY)
    coordinator = replace(navigator, role=Role.COORDINATOR)
    acts = (
        partial(record, navigator, case_ref, step("WARNING", warning_level="FIRST")),
        partial(record_condition, navigator, AddRecord(request=request(), case_ref=case_ref, record=condition)),
        partial(supervise, coordinator, case_ref, statutory_reason=""),
    )
    for act in acts:
        with pytest.raises(NotAllowed):
            act()
    view = open_case(ledger.officer(), case_ref)
    assert (view.of(ComplianceStep), view.of(OrderCondition), view.case.revision) == ((), (), 1)
