import csv
from datetime import date
from itertools import pairwise
from pathlib import Path

import pytest

from policy_histories.exchange_columns import COLUMNS, Tables
from policy_histories.generate import corrected, histories, write_folder
from slow_reading.policy_reading import decision_refusals, triggers_json

KEYS = {
    "people": ("person_ref",),
    "cases": ("case_ref",),
    "rag": ("case_ref", "set_on"),
    "custody": ("person_ref", "received_on"),
    "ratings": ("case_ref", "week_commencing", "role"),
    "contacts": ("contact_ref",),
    "concerns": ("concern_ref",),
    "offers": ("offer_ref",),
    "decisions": ("decision_ref",),
    "orders": ("order_ref",),
    "notifications": ("case_ref", "attempted_on", "attempt"),
    "actions": ("action_ref",),
}


COUNT = 60


@pytest.fixture(name="tables", scope="module")
def _tables() -> Tables:
    return histories(3, COUNT)


def test_one_seed_gives_the_same_histories(tables: Tables) -> None:
    assert histories(3, COUNT) == tables
    assert corrected(tables, 4) == corrected(tables, 4) != tables


def test_every_row_has_exactly_the_columns_of_its_table(tables: Tables) -> None:
    for table, rows in tables.items():
        assert all(tuple(row) == COLUMNS[table] for row in rows)


def test_no_two_rows_share_a_key(tables: Tables) -> None:
    for table, columns in KEYS.items():
        keys = [tuple(row[column] for column in columns) for row in tables[table]]
        assert len(set(keys)) == len(keys)


def test_spells_of_one_person_do_not_overlap(tables: Tables) -> None:
    for person in tables["people"]:
        spells = [row for row in tables["custody"] if row["person_ref"] == person["person_ref"]]
        for earlier, later in pairwise(sorted(spells, key=lambda row: row["received_on"])):
            assert earlier["released_on"]
            assert earlier["released_on"] <= later["received_on"]


def test_no_decision_is_refused(tables: Tables) -> None:
    assert [row for row in tables["decisions"] if decision_refusals(tables, row)] == []


def test_every_rule_is_raised_joined_or_decided_on_its_day_and_every_state_is_met(tables: Tables) -> None:
    former = tables
    rows = triggers_json(corrected(tables, 4), date(2026, 11, 22), former=[former])["triggers"]
    assert len({row["rule"] for row in rows}) == 10
    assert {row["status"] for row in rows} == {"OPEN", "DECIDED", "WITHDRAWN"}
    assert any(row["needs_review"] for row in rows)
    assert any(item["joined"] for row in rows for item in row["evidence"])
    assert any(row["raised_on"] == row["decided_on"] for row in rows)


def test_a_folder_holds_what_was_written(tables: Tables, tmp_path: Path) -> None:
    folder = write_folder(tables, tmp_path / "exchange")
    for table, rows in tables.items():
        if rows:
            with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
                assert list(csv.DictReader(file)) == rows
