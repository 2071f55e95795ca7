"""The plan: goals in whose words, with the person's agreement or why not, whose steps are actions of the case."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.domain.errors import InvalidRecord, NotAllowed
from ioms_desktop.domain.figures.need_change import need_at_selection
from ioms_desktop.domain.records.cases import Action, Case, Need
from ioms_desktop.domain.records.plan.goals import PlanGoal
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_record_by_form, change_record_by_form
from ioms_desktop.services.session import Session
from ioms_desktop.ui.cases.case_section import ShownCase
from ioms_desktop.ui.cases.casework.need_sections import NEEDS
from ioms_desktop.ui.cases.casework.plan_sections import PLAN
from owed import list_owed_work
from services.fresh_cases import Ledger
from sessions import TODAY, request

DAY = timedelta(days=1)


def goal(**said: object) -> PlanGoal:
    made: Any = {"goal_ref": "", "case_ref": "", "set_on": TODAY, "goal": "A room of my own", **said}
    return PlanGoal(**made)


def add(session: Session, case_ref: str, record: PlanGoal | Action | Need) -> None:
    add_record_by_form(session, AddRecord(request=request(), case_ref=case_ref, record=record))


def lines(session: Session, view: CaseView) -> list[list[str]]:
    return [[column.text(row) for column in PLAN.columns] for row in PLAN.rows(ShownCase(session, view))]


def test_a_goal_counts_its_steps_which_are_owed_like_any_action(ledger: Ledger) -> None:
    navigator, case_ref = ledger.session(), ledger.phoenix()
    add(navigator, case_ref, goal(own_words=True, pathway="ACCOMMODATION", agreed=True, due_on=TODAY + 60 * DAY))
    (made,) = open_case(navigator, case_ref).of(PlanGoal)
    assert lines(navigator, open_case(navigator, case_ref))[0][3] == "No step yet"
    step = Action(action_ref="", text="Ring the housing office", owner="okoro", due_on=TODAY, goal_ref=made.goal_ref)
    for each in (step, replace(step, text="Fill in the form"), replace(step, text="Of no goal", goal_ref=None)):
        add(navigator, case_ref, each)
    first = next(each for each in open_case(navigator, case_ref).actions if each.goal_ref)
    done = replace(first, done_on=TODAY)
    change_record_by_form(
        navigator, ChangeRecord(request=request(), case_ref=case_ref, record=done, revision=first.revision)
    )
    (told,) = lines(navigator, open_case(navigator, case_ref))
    assert (told[0], told[4]) == ("Open", "Agreed")
    assert told[3] == "1 of two steps done"
    owed = [each for each in list_owed_work(navigator) if each.duty is Duty.ACTION and each.case_ref == case_ref]
    assert len(owed) == 2


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"agreed": False}, "agreement_reason"),
        ({"goal": " "}, "goal"),
        ({"due_on": TODAY - DAY}, "due_on"),
        ({"reached": True}, "ended_on"),
        ({"pathway": "NOWHERE"}, "pathway"),
    ],
)
def test_a_goal_that_does_not_hold_together_is_refused_by_its_field(
    ledger: Ledger, wrong: dict[str, object], field: str
) -> None:
    navigator, case_ref = ledger.session(), ledger.phoenix()
    with pytest.raises(InvalidRecord) as refused:
        add(navigator, case_ref, goal(**wrong))
    assert refused.value.field == field
    assert open_case(navigator, case_ref).of(PlanGoal) == ()
    add(navigator, case_ref, goal(agreed=False, agreement_reason="Says he needs no help."))
    assert lines(navigator, open_case(navigator, case_ref))[0][4] == "Not agreed: Says he needs no help."


def test_a_need_says_who_leads_on_it_and_keeps_every_level_over_time(ledger: Ledger) -> None:
    navigator, case_ref = ledger.session(), ledger.phoenix()
    for on, level in ((date(2026, 9, 20), 3), (TODAY, 1)):
        add(
            navigator,
            case_ref,
            Need(case_ref="", pathway="HEALTH", assessed_on=on, level=level, agency="NHS_MENTAL_HEALTH"),
        )
    assert [each.level for each in open_case(navigator, case_ref).needs] == [3, 1]
    assert [each.level for each in open_case(navigator, case_ref, as_of=TODAY - DAY).needs] == [3]
    view = open_case(navigator, case_ref)
    at_selection = next(column for column in NEEDS.columns if column.title == "Then")
    assert [at_selection.text(row) for row in NEEDS.rows(ShownCase(navigator, view))] == ["3, 2 lower since", ""]
    coordinator = replace(navigator, role=type(navigator.role)("coordinator"))
    with pytest.raises(NotAllowed):
        add(coordinator, case_ref, goal())


def test_a_need_then_is_the_last_before_selection_or_else_the_first(ledger: Ledger) -> None:
    turn = date(2026, 9, 17)
    case = ledger.get(Case, ledger.iom(selected_on=turn))

    def need(days: int, level: int, pathway: str = "HEALTH") -> Need:
        return Need(case_ref=case.case_ref, pathway=pathway, assessed_on=turn + days * DAY, level=level)

    assessed = [need(20, 0), need(-9, 1), need(0, 2), need(1, 3), need(5, 3, "ACCOMMODATION")]
    then = need_at_selection(case, assessed, "HEALTH")
    assert then == need(0, 2)
    late = need_at_selection(case, assessed, "ACCOMMODATION")
    assert late == need(5, 3, "ACCOMMODATION")
    assert need_at_selection(case, assessed, "DRUGS_ALCOHOL") is None
