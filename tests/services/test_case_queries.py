"""A click on a heading of the caseload evaluates a case once, also where nothing is kept; a newer click ends it."""

from dataclasses import replace
from typing import Any

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import Stopped
from ioms_desktop.services.cases import results
from ioms_desktop.services.cases.case_lists import CaseQueries, case_ids
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.storage.cases.results import CaseResult
from ioms_desktop.storage.store import Store
from services.written import put
from sessions import CASES, Clock, fill, session_of

STEP = ListQuery(sort="step")


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Keep nothing, as where the database can only be read; list which cases are evaluated."""
    refs: list[str] = []
    work_out = results.work_out

    def work(*given: Any) -> CaseResult:  # noqa: ANN401 - as `work_out`
        found = work_out(*given)
        refs.append(found.due.case_ref)
        return found

    monkeypatch.setattr(results, "_may_keep", lambda *_: False)
    monkeypatch.setattr(results, "PROGRESS_EVERY_CASES", 1)
    monkeypatch.setattr(results, "work_out", work)
    return refs


def test_what_the_first_rows_needed_is_not_evaluated_again_for_the_rest(store: Store, worked_out: list[str]) -> None:
    fill(store)
    session = session_of(store, "wright", Role.SUPERVISOR, Clock())
    refs = sorted(each.case_ref for each in CASES)
    expected = case_ids(session, STEP)
    queries = CaseQueries(session)
    rows = queries.first_rows(STEP)
    assert [row.id for row in rows] == list(expected)
    worked_out.clear()
    assert queries.ids(STEP) == expected
    assert worked_out == []
    assert queries.ids(STEP) == expected
    assert sorted(worked_out) == refs, "the control: it is handed over once, and then they may have changed"
    queries.first_rows(STEP)
    put(store, replace(CASES[0], case_ref="PHX-9"))
    worked_out.clear()
    assert queries.ids(STEP) == case_ids(session, STEP)
    assert worked_out[0] == "PHX-9"
    assert len(worked_out) == 1 + len(refs) + 1


def test_a_newer_query_ends_the_evaluation_for_an_older_one(
    store: Store, worked_out: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    session = session_of(store, "wright", Role.SUPERVISOR, Clock())
    queries, expected = CaseQueries(session), case_ids(session, STEP)
    worked_out.clear()
    work_out, newer = results.work_out, list[Any]()

    def click(*given: Any) -> CaseResult:  # noqa: ANN401 - as `work_out`
        found = work_out(*given)
        if not newer:
            newer.append(True)
            newer.append(queries.ids(STEP))
        return found

    monkeypatch.setattr(results, "work_out", click)
    with pytest.raises(Stopped):
        queries.first_rows(STEP)
    assert newer[1] == expected
    assert len(worked_out) == 1 + len(CASES)
