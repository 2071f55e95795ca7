"""Version 2026-11-30, point by point, and the change from the one version to the other."""

from datetime import date
from typing import Any

import pytest

from policy_histories.exchange_columns import Tables, full_row
from slow_reading.edge_case_rows import START, a_case, decide, miss, on, see, worry
from slow_reading.policy_reading import NEVER, available_steps, case_json, decision_refusals, triggers_json
from slow_reading.slow_recordings import states_of, triggers_of

N = (date(2026, 11, 30) - START).days
"""The first day of the new version, counted as the small cases count."""
LATE = date(2027, 3, 31)


def raised(tables: Tables, rule: str, as_of: date = LATE) -> list[tuple[int, str]]:
    """Return the day, counted from the first day of the new version, and the version of each trigger of a rule."""
    return [
        ((date.fromisoformat(row["raised_on"]) - on(N)).days, row["policy_version"])
        for row in triggers_json(tables, as_of)["triggers"]
        if row["rule"] == rule
    ]


NEW, OLD = "2026-11-30", "2026-04-01"


@pytest.mark.parametrize(
    ("programme", "cohort", "group", "counts"),
    [
        ("PHOENIX", "", "ROBBERY", True),
        ("PHOENIX", "", "SEXUAL", False),
        ("PHOENIX", "", "BURGLARY", False),
        ("IOM", "FREE", "DRUG_SUPPLY", True),
        ("IOM", "FREE", "SEXUAL", True),
        ("IOM", "FIXED", "DRUG_SUPPLY", False),
        ("IOM", "FLEX", "SEXUAL", False),
    ],
)
def test_more_groups_are_serious_from_the_day_of_the_version_on(
    programme: str, cohort: str, group: str, *, counts: bool
) -> None:
    tables = a_case(programme, cohort=cohort)
    worry(tables, N - 1, "ARREST", group)
    assert raised(tables, "serious_concern") == []
    worry(tables, N, "ARREST", group)
    assert raised(tables, "serious_concern") == ([(0, NEW)] if counts else [])


@pytest.mark.parametrize(
    ("cells", "counts"),
    [
        ({"kind": "MISSING"}, False),
        ({"kind": "INTELLIGENCE", "source_grade": "2", "information_grade": "E", "handling": "P"}, False),
        ({"kind": "INTELLIGENCE", "source_grade": "2", "information_grade": "B", "handling": "C"}, False),
        ({"kind": "INTELLIGENCE", "source_grade": "2", "information_grade": "B", "handling": "P"}, True),
        ({"kind": "OTHER"}, True),
    ],
)
def test_a_missing_child_and_doubtful_intelligence_neither_persist_nor_join(
    cells: dict[str, Any], *, counts: bool
) -> None:
    tables = a_case()
    decide(tables, N, decision="ESCALATE", step="L1")
    worry(tables, N + 1, "ASB_REPORT")
    worry(tables, N + 2, **cells)
    assert raised(tables, "persisting_concern") == ([(2, NEW)] if counts else [])
    worry(tables, N + 3, "ASB_REPORT")
    worry(tables, N + 4, **cells)
    (found,) = (row for row in triggers_json(tables, LATE)["triggers"] if row["rule"] == "persisting_concern")
    assert len(found["evidence"]) == (4 if counts else 2)


def test_what_counted_on_its_own_day_still_counts_afterwards() -> None:
    tables = a_case()
    decide(tables, N - 10, decision="ESCALATE", step="L1")
    worry(tables, N - 1, "MISSING")
    worry(tables, N, "ASB_REPORT")
    assert raised(tables, "persisting_concern") == [(0, NEW)]


def test_a_trigger_across_the_change_keeps_its_version() -> None:
    tables = a_case()
    miss(tables, N - 3, N - 2, N - 1, N)
    assert raised(tables, "missed_contacts") == [(-1, OLD)]
    (found,) = (row for row in triggers_json(tables, LATE)["triggers"] if row["rule"] == "missed_contacts")
    assert [item["joined"] for item in found["evidence"]] == [False, False, False, True]


def an_order(tables: Tables, ref: str, kind: str, made: int, **cells: object) -> None:
    tables["orders"].append(
        full_row("orders", order_ref=ref, person_ref="P", order_type=kind, made_on=on(made), **cells)
    )


@pytest.mark.parametrize(
    ("kind", "counts"), [("BAIL_CONDITIONAL", False), ("REMAND", False), ("PSS", False), ("REFERRAL_ORDER", True)]
)
def test_bail_remand_and_supervision_after_the_sentence_are_no_order(kind: str, *, counts: bool) -> None:
    tables = a_case("IOM")
    an_order(tables, "O", kind, N - 60)
    miss(tables, N - 30, N - 29, N, N + 1)
    assert raised(tables, "unacceptable_absences", on(N - 1)) == [(-29, OLD)]
    decide(tables, N - 20, "unacceptable_absences")
    assert raised(tables, "unacceptable_absences") == [(-29, OLD), *([(1, NEW)] if counts else [])]


@pytest.mark.parametrize(("ended", "expected"), [(0, []), (1, [(1, NEW)])])
def test_an_order_ends_on_the_day_it_was_revoked(ended: int, expected: list[tuple[int, str]]) -> None:
    tables = a_case("IOM")
    an_order(tables, "O", "COMMUNITY_ORDER", N - 60, ends_on=on(N + 60), ended_on=on(N + ended))
    miss(tables, N, N + 1)
    assert raised(tables, "unacceptable_absences") == expected


@pytest.mark.parametrize(
    ("order", "condition", "expected"),
    [
        ("COMMUNITY_ORDER", "no", []),
        ("LICENCE", "no", [(1, NEW)]),
        ("S250_LICENCE", "no", [(1, NEW)]),
        ("COMMUNITY_ORDER", "yes", [(1, NEW)]),
    ],
)
def test_a_door_closed_counts_only_under_a_licence(order: str, condition: str, expected: list[tuple[int, str]]) -> None:
    tables = a_case("IOM", iom_licence_condition=condition)
    an_order(tables, "O", order, N - 60)
    miss(tables, N, outcome="REFUSED_ENTRY")
    miss(tables, N + 1)
    assert raised(tables, "unacceptable_absences") == expected
    assert case_json(tables, "X", on(N + 1))["contacts"]["missed"] == 2


def test_failures_under_a_revoked_order_are_not_added_to_those_under_the_next() -> None:
    tables = a_case()
    an_order(tables, "O1", "COMMUNITY_ORDER", N - 60, ended_on=on(N + 5))
    an_order(tables, "O2", "COMMUNITY_ORDER", N + 6)
    miss(tables, N + 1, N + 7, outcome="UNACCEPTABLE_ABSENCE")
    assert raised(tables, "order_failures") == []
    miss(tables, N + 20, outcome="UNACCEPTABLE_ABSENCE")
    (found,) = (row for row in triggers_json(tables, LATE)["triggers"] if row["rule"] == "order_failures")
    assert [item["ref"] for item in found["evidence"]] == ["C001", "C002"]


def test_a_failure_under_two_orders_counts_under_each() -> None:
    tables = a_case()
    an_order(tables, "O1", "YRO", N - 60, ended_on=on(N + 5))
    an_order(tables, "O2", "YRO", N)
    miss(tables, N + 1, N + 2, N + 6, outcome="UNACCEPTABLE_ABSENCE")
    assert raised(tables, "order_failures") == [(6, NEW)]


@pytest.mark.parametrize(("kind", "completes"), [("TEXT", False), ("THIRD_PARTY", False), ("PHONE", True)])
def test_a_text_never_completes_a_contact(kind: str, *, completes: bool) -> None:
    tables = a_case()
    see(tables, N - 1, N)
    for row in tables["contacts"]:
        row["contact_type"] = kind
    assert case_json(tables, "X", on(N))["contacts"]["completed"] == (2 if completes else 1)
    last = [row for row in triggers_json(tables, LATE)["triggers"] if row["rule"] == "lost_contact"][-1]
    assert last["evidence"][-1]["on"] == on(N if completes else N - 1).isoformat()


@pytest.mark.parametrize(("colour", "due"), [("RED", [N + 3]), ("AMBER", [])])
def test_red_runs_from_the_last_contact_in_person(colour: str, due: list[int]) -> None:
    tables = a_case("IOM", notice_served_on=START)
    tables["rag"] = [full_row("rag", case_ref="X", set_on=on(N - 7), rag=colour, reason="New")]
    see(tables, N - 4, N + 3)
    tables["contacts"][1]["contact_type"] = "PHONE"
    found = case_json(tables, "X", on(N + 4))["overdue"]
    assert [row["due_on"] for row in found] == [on(day).isoformat() for day in due]


def test_safeguarding_is_suggested_for_somebody_missing_until_it_is_decided() -> None:
    tables = a_case()
    worry(tables, N, "MISSING")
    assert case_json(tables, "X", on(N - 1))["suggestions"] == []
    assert [each["kind"] for each in case_json(tables, "X", on(N))["suggestions"]] == ["PARALLEL"]
    decide(tables, N, decision="ESCALATE", step="PARALLEL")
    assert case_json(tables, "X", on(N))["suggestions"] == []


@pytest.mark.parametrize(("offset", "missing"), [(-1, 0), (0, 6)])
def test_no_alone_answers_no_check_from_the_day_of_the_version_on(offset: int, missing: int) -> None:
    tables = a_case(born="2012-01-01")
    decide(tables, N + offset, decision="ESCALATE", step="L3")
    (row,) = tables["decisions"]
    codes = ("NRM", "YJS", "PARENT", "DIVERSION", "COMMUNICATION", "GILLICK")
    row["child_checks"] = ";".join(f"{code}=no" for code in codes)
    assert len(decision_refusals(tables, row)) == missing
    row["child_checks"] = ";".join(f"{code}=no: asked" for code in codes)
    assert decision_refusals(tables, row) == []


def test_a_criminal_behaviour_order_needs_a_conviction_by_its_outcome() -> None:
    tables = a_case()
    decide(tables, N - 1, decision="ESCALATE", step="L6")
    decide(tables, N, decision="ESCALATE", step="L6")
    before, after = tables["decisions"]
    assert (decision_refusals(tables, before), decision_refusals(tables, after)) == ([], ["STEP_NEEDS_CONVICTION"])
    offence = full_row("offences", person_ref="P", offence_on=on(1), role="CONVICTED", outcome_on=on(N + 1))
    tables["offences"] = [offence]
    assert decision_refusals(tables, after) == ["STEP_NEEDS_CONVICTION"]
    offence["outcome_on"] = on(N).isoformat()
    assert decision_refusals(tables, after) == []


def test_a_lever_is_named_and_new_steps_are_inactive() -> None:
    tables = a_case()
    decide(tables, N, decision="ESCALATE", step="L11")
    (row,) = tables["decisions"]
    assert decision_refusals(tables, row) == ["STEP_LEVER"]
    row["lever"] = "TENANCY"
    assert decision_refusals(tables, row) == []
    assert {available_steps(tables, "X", on(N))[step] for step in ("L5c", "L5d", "L5e", "L6c")} == {"INACTIVE"}


def test_before_its_day_the_new_version_changes_nothing() -> None:
    tables = a_case("IOM", cohort="FREE")
    worry(tables, N - 1, "ARREST", "SEXUAL")
    miss(tables, N - 2, N - 1, outcome="REFUSED_ENTRY")
    an_order(tables, "O", "BAIL_CONDITIONAL", N - 60)
    states = states_of(tables)
    for day in (N - 1, N, N + 5):
        both, alone = (triggers_of(states, "X", on(day), None, starts) for starts in (on(N), NEVER))
        assert both == alone
    assert len(both) == 1
