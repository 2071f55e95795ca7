"""A case with a record struck out is read like one that never had it, whatever the record."""

import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from ioms_desktop.domain.policy.case_history import TRIGGER_TYPES
from ioms_desktop.domain.records.cases import Action, RagEntry
from ioms_desktop.services.cases.case_json import measures_json
from ioms_desktop.services.cases.rule_runs import count_measures
from ioms_desktop.storage.store import Store
from keys import opened
from policy_histories import agreement
from policy_histories.agreement import Question
from policy_histories.exchange_columns import Tables
from policy_histories.generate import seeded
from policy_histories.recordings import RecordedHistory
from policy_histories.struck_out_histories import (
    RECORDED,
    STRUCK,
    Chosen,
    cases_of,
    chosen_rows,
    fill,
    readings,
    strike_all,
    without,
)
from services.exchange_session import session_at
from slow_reading.slow_recordings import State

CASES = 4
FIRST, LAST = date(2026, 6, 1), date(2027, 2, 28)
DAYS = tuple(LAST - timedelta(days=days) for days in (0, 80))


def never_recorded(cases: Sequence[Tables], chosen: Sequence[Chosen]) -> list[Tables]:
    return [without(tables, rows) for tables, rows in zip(cases, chosen, strict=True)]


def second_readings_differ(store: Store, cases: Sequence[Tables], never: Sequence[Tables]) -> list[str]:
    """Return where the second reading differs, told that the rows were deleted at the instant of the strike-out."""
    histories = [
        RecordedHistory(had["cases"][0]["case_ref"], (State(RECORDED, had), State(STRUCK, has)))
        for had, has in zip(cases, never, strict=True)
    ]
    just_before = STRUCK - timedelta(microseconds=1)
    asked = [Question(DAYS[0], None), Question(DAYS[0], just_before, figures=False)]
    return agreement.compare([store], histories, asked).differences


@pytest.mark.parametrize("decided", [False, True], ids=["any record", "a decision"])
def test_a_struck_out_record_counts_as_one_that_never_was(
    store: Store, request: pytest.FixtureRequest, tmp_path: Path, *, decided: bool
) -> None:
    cases = cases_of(11, CASES, decided=decided)
    chosen = [chosen_rows(each, seeded(f"11/{place}"), decided=decided) for place, each in enumerate(cases)]
    never = never_recorded(cases, chosen)
    other = opened(str(shutil.copy(request.getfixturevalue("_local_template"), tmp_path / "never.ioms")))
    fill(store, cases, tmp_path / "all")
    fill(other, never, tmp_path / "never")
    struck, clean = session_at(store, at=STRUCK), session_at(other, at=STRUCK)
    asked = [Question(day, None) for day in DAYS]
    assert [readings(struck, each) for each in asked] != [readings(clean, each) for each in asked], "the control"
    assert strike_all(store, chosen) == sum(len(rows) for each in chosen for rows in each.values())
    for each in asked:
        assert readings(struck, each) == readings(clean, each), each
    for block in ("swiftness", "certainty", "balance"):
        mine, theirs = (measures_json(count_measures(each, FIRST, LAST))[block] for each in (struck, clean))
        assert mine == theirs, block
    assert second_readings_differ(store, cases, never) == []
    if not decided:
        met = {table for each in chosen for table, rows in each.items() if rows}
        assert met >= {*(each.table for each in TRIGGER_TYPES), RagEntry.table, Action.table} - {"cases", "decisions"}
    other.close()
