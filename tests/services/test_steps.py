"""The steps of a case by the one table: every pair of statuses, every role, what a step needs, on both databases."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from ioms_desktop.domain.access.roles import Right, Role, roles_with
from ioms_desktop.domain.errors import (
    DatesOutOfOrder,
    FutureDate,
    InvalidRecord,
    MissingValue,
    NotAllowed,
    Refused,
    StepNotReady,
)
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.selection.screening import NEEDED_CHECKS
from ioms_desktop.domain.records.status_table import (
    ASKED,
    FIRST_STATUS,
    PANEL_DECISION_OF,
    STATUS_RULES,
    StatusRecords,
    next_statuses,
)
from ioms_desktop.paths import resource
from ioms_desktop.services.edit_conflicts import EditConflict
from ioms_desktop.services.intake.steps import ChangeStatus, change_status
from sessions import TODAY, request
from status_cases import VALUES, add_cases, case_in, every_pair, expected_refusal, wrong_steps

if TYPE_CHECKING:
    from services.access_bureau import Bureau

EVERYTHING = StatusRecords(
    has_delivered_notification=True,
    has_offer=True,
    has_enforcement_decision=True,
    checks=frozenset(NEEDED_CHECKS),
    panel_decisions=frozenset(PANEL_DECISION_OF.values()),
    has_suspension=True,
    has_exit_plan=True,
)
LISTED = {
    code["code"]: code
    for code in tomllib.loads(resource("reference", "case_status.toml").read_text(encoding="utf-8"))["code"]
}
DAY = timedelta(days=1)
TRIED = 12
"""How many of the pairs are tried on every change; all of them are in the long tests."""


def test_the_table_and_the_list_of_statuses_agree_and_nothing_follows_a_closed_case() -> None:
    for programme in FIRST_STATUS:
        mine = {(before, rule.status) for rule in STATUS_RULES if rule.programme == programme for before in rule.after}
        listed = {
            (code, after)
            for code, entry in LISTED.items()
            if programme in entry["programmes"] and not entry.get("closes")
            for after in entry["next"]
        }
        assert mine == listed
    for rule in STATUS_RULES:
        closes = bool(LISTED[rule.status].get("closes"))
        assert closes == ("closed_on" in {ASKED.get(need) for need in rule.needs}), rule.status
        assert rule.by <= set(roles_with(Right.INTAKE))


def test_what_may_follow_is_offered_with_what_is_missing_and_who_may() -> None:
    def offered(case: Case, records: StatusRecords, role: Role) -> dict[str, Any]:
        return {each.status: each for each in next_statuses(case, records, role)}

    accepted = offered(case_in("IOM", "REFERRED"), EVERYTHING, Role.OFFICER)["ACCEPTED"]
    assert (accepted.by, accepted.is_possible) == ((Role.SUPERVISOR, Role.COORDINATOR), False)
    notified = offered(case_in("PHOENIX", "ELIGIBLE"), StatusRecords(), Role.NAVIGATOR)["NOTIFIED"]
    assert (list(notified.missing), notified.is_possible) == (["a notification on record that was delivered"], False)
    assert offered(case_in("PHOENIX", "ELIGIBLE"), EVERYTHING, Role.NAVIGATOR)["NOTIFIED"].is_possible
    assert offered(case_in("IOM", "DESELECTED"), EVERYTHING, Role.SUPERVISOR) == {}
    # The allocation of the trial comes with an import alone.
    assert "RANDOMISED" not in offered(case_in("PHOENIX", "ELIGIBLE"), EVERYTHING, Role.SUPERVISOR)


@pytest.mark.parametrize("role", roles_with(Right.INTAKE))
def test_a_step_goes_by_the_table(bureau: Bureau, role: Role) -> None:
    chance = Random(20261129)  # noqa: S311 - the same pairs in every run
    pairs = list(every_pair())
    possible = [pair for pair in pairs if expected_refusal(role, pair) is None]
    tried = chance.sample(pairs, TRIED // 2) + chance.sample(possible, TRIED // 2)
    assert wrong_steps(bureau, role, tried) == []


def entry(status: str, **values: Any) -> ChangeStatus:  # noqa: ANN401 - values by field name
    return ChangeStatus(request=request(), case_ref="S", revision=1, status=status, **values)


def one_case(bureau: Bureau, programme: str, status: str, **values: Any) -> None:  # noqa: ANN401 - values by field name
    add_cases(bureau.keeper, [replace(case_in(programme, status, "S"), **values)])


def stored(bureau: Bureau) -> Case:
    with bureau.keeper.read() as reading:
        return reading.get(Case, "S")


def test_adoption_records_its_day_and_cohort_and_says_when_the_letter_is_due(bureau: Bureau) -> None:
    one_case(bureau, "IOM", "REFERRED")
    adopted = entry("ACTIVE", adopted_on=TODAY, cohort="FIXED", closed_on=TODAY, close_reason="OTHER")
    outcome = change_status(bureau.session("officer"), adopted)
    assert outcome.notice == "Adopted on 15 Oct 2026; the IOM letter is due by 29 Oct 2026."
    case = stored(bureau)
    assert (case.status, case.adopted_on, case.cohort) == ("ACTIVE", TODAY, "FIXED")
    assert (case.closed_on, case.close_reason) == (None, None)  # not asked for this step
    assert change_status(bureau.session("officer"), adopted) == outcome
    assert stored(bureau).revision == 2


@pytest.mark.parametrize(
    ("status", "values", "refusal", "field"),
    [
        ("ACTIVE", {"cohort": "FIXED"}, MissingValue, "adopted_on"),
        ("ACTIVE", {"adopted_on": TODAY}, MissingValue, "cohort"),
        ("ACTIVE", {"adopted_on": TODAY + DAY, "cohort": "FIXED"}, FutureDate, None),
        ("ACTIVE", {"adopted_on": TODAY.replace(year=2025), "cohort": "FIXED"}, DatesOutOfOrder, "adopted_on"),
        ("ACTIVE", {"adopted_on": TODAY, "cohort": "NONE"}, InvalidRecord, "cohort"),
        ("DECEASED", {"closed_on": TODAY}, MissingValue, "close_reason"),
        ("DECEASED", {"closed_on": TODAY + DAY, "close_reason": "DECEASED"}, FutureDate, None),
        ("DESELECTED", {"closed_on": TODAY, "close_reason": "OTHER"}, Refused, "status"),
        ("ACCEPTED", {"cohort": "FIXED"}, NotAllowed, "status"),
    ],
)
def test_what_a_step_lacks_is_refused_beside_its_field_and_changes_nothing(
    bureau: Bureau, status: str, values: dict[str, Any], refusal: type[Refused], field: str | None
) -> None:
    one_case(bureau, "IOM", "REFERRED")
    before = stored(bureau)
    with pytest.raises(refusal) as refused:
        change_status(bureau.session("officer"), entry(status, **values))
    assert field is None or refused.value.field == field
    assert stored(bureau) == before


def test_a_step_that_needs_a_record_waits_for_it(bureau: Bureau) -> None:
    act = bureau.session("supervisor").command_context(request="")
    with bureau.keeper.begin(act) as tx:
        tx.add(replace(case_in("PHOENIX", "ELIGIBLE", "S"), person_ref="P-CH"))
    with pytest.raises(StepNotReady, match="a notification on record that was delivered"):
        change_status(bureau.session("officer"), entry("NOTIFIED", notified_on=TODAY))
    assert stored(bureau).status == "ELIGIBLE"


def test_two_steps_at_once_are_compared(bureau: Bureau) -> None:
    one_case(bureau, "IOM", "ACTIVE", adopted_on=TODAY, cohort="FIXED")
    change_status(bureau.session("officer"), entry("SUSPENDED"))
    with pytest.raises(EditConflict):
        change_status(bureau.session("supervisor"), entry("DESELECTED", closed_on=TODAY, close_reason="OTHER"))


def test_every_value_that_steps_ask_for_is_tried() -> None:
    assert set(VALUES) == set(ASKED.values())
