from datetime import date
from random import Random
from typing import Any

import pytest

from policy_histories.exchange_columns import Tables
from policy_histories.generate import corrected, histories
from slow_reading.policy_reading import case_json, measures_json, triggers_json

DATES = (date(2026, 1, 15), date(2026, 4, 7), date(2026, 8, 1), date(2026, 11, 22))


@pytest.fixture(name="tables", scope="module")
def _tables() -> Tables:
    return histories(11, 25)


def raised_by(rows: list[dict[str, Any]], day: date) -> list[tuple[object, ...]]:
    return sorted(
        (
            row["case_ref"],
            row["rule"],
            row["raised_on"],
            *(item["ref"] for item in row["evidence"] if not item["joined"]),
        )
        for row in rows
        if row["raised_on"] <= day.isoformat()
    )


def test_the_order_of_rows_never_matters(tables: Tables) -> None:
    rng = Random(1)  # noqa: S311  # the same shuffle every time, no secret
    shuffled = {table: rng.sample(rows, len(rows)) for table, rows in tables.items()}
    for day in DATES:
        assert triggers_json(shuffled, day) == triggers_json(tables, day)
        for case in tables["cases"]:
            ref = case["case_ref"]
            assert case_json(shuffled, ref, day) == case_json(tables, ref, day)
    assert measures_json(shuffled, DATES[0], DATES[1]) == measures_json(tables, DATES[0], DATES[1])


def test_a_later_date_never_changes_what_was_raised_by_an_earlier_one(tables: Tables) -> None:
    last = triggers_json(tables, DATES[-1])["triggers"]
    for day in DATES:
        assert raised_by(triggers_json(tables, day)["triggers"], day) == raised_by(last, day)


def test_the_days_of_a_case_are_at_liberty_or_in_custody(tables: Tables) -> None:
    for case in tables["cases"]:
        figures = case_json(tables, case["case_ref"], DATES[-1])
        start = figures["from"]
        end = min(case["closed_on"] or "9999-12-31", DATES[-1].isoformat())
        whole = (date.fromisoformat(end) - date.fromisoformat(start)).days + 1 if start else 0
        assert figures["days_at_liberty"] + figures["days_in_custody"] == whole
        assert figures["days_ual"] <= figures["days_at_liberty"]


def test_correcting_nothing_changes_nothing(tables: Tables) -> None:
    for day in DATES:
        assert triggers_json(tables, day, former=[tables]) == triggers_json(tables, day)


def first_evidence(row: dict[str, Any]) -> set[str]:
    return {item["ref"] for item in row["evidence"] if not item["joined"]}


def changed_refs(before: Tables, after: Tables) -> set[str]:
    """Return the references of the rows that a correction changed."""
    keys = {"contacts": "contact_ref", "offers": "offer_ref", "concerns": "concern_ref"}
    found = {
        old[key]
        for table, key in keys.items()
        for old, new in zip(before[table], after[table], strict=True)
        if old != new
    }
    return found | {
        f"{old['case_ref']}/{old['week_commencing']}"
        for old, new in zip(before["ratings"], after["ratings"], strict=True)
        if old != new
    }


def test_no_decided_trigger_is_lost_to_a_correction(tables: Tables) -> None:
    after, day = corrected(tables, 2), DATES[-1]
    changed = changed_refs(tables, after)
    now = triggers_json(after, day, former=[tables])["triggers"]
    kept = [(row["rule"], first_evidence(row), row["decided_on"]) for row in now if row["status"] == "DECIDED"]
    decided = [row for row in triggers_json(tables, day)["triggers"] if row["status"] == "DECIDED"]
    assert len([row for row in decided if first_evidence(row) & changed]) > 5
    assert all((row["rule"], first_evidence(row), row["decided_on"]) in kept for row in decided)


def test_no_trigger_that_stood_is_lost_to_a_correction(tables: Tables) -> None:
    after, day = corrected(tables, 2), DATES[-1]
    now = [(row["rule"], first_evidence(row)) for row in triggers_json(after, day, former=[tables])["triggers"]]
    before = [(row["rule"], first_evidence(row)) for row in triggers_json(tables, day)["triggers"]]
    assert [row for row in before if row not in now] == []
    assert all(now.count(row) == 1 for row in before)
