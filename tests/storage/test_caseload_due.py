"""The lists of the caseload that are found by index say the same as those that look at every case, whoever asks."""

import random
import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from sqlalchemy import delete, insert, select

from ioms_desktop.domain.duties.row_figures import RowFigures
from ioms_desktop.domain.records.cases import Action, RagEntry
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.workers.names import is_same_user
from ioms_desktop.storage.cases.results import ResultScope
from ioms_desktop.storage.cases.standing_rows import list_not_standing
from ioms_desktop.storage.queries import caseload_due
from ioms_desktop.storage.queries.caseload import CaseConditions, case_index
from ioms_desktop.storage.queries.caseload_order import index_by_results
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.case_results import case_mark, case_result
from ioms_desktop.storage.schema.tables import cases
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from keys import opened
from sessions import CASES, NOW, PEOPLE, TODAY
from shared_people import Office
from storage.two_databases import CASE, hide

BOOK = 60
NAMES = ("hallam", "Jo Hallam")
WRITTEN = ("PC 12 Jo Hallam", " hallam", "JO HALLAM", "Hallamshire", "Ann Hallam Price", "xhallam", None, None)
COMMAND = CommandContext(request="", user="HOLT", role="supervisor", at=NOW, workstation="session 1")


def write_book(store: Store) -> dict[str, bool]:
    """Add people with a case, a few actions and spells each, on so few days that many are alike; and their results.

    Every third case has a colour.

    Returns:
        Whether each case is of somebody in custody.
    """
    draw, held, coloured = random.Random(12), dict[str, bool](), set[str]()  # noqa: S311 - fiction, no secret

    def day(back: int = 3, ahead: int = 4) -> date:
        return TODAY + timedelta(days=draw.randrange(-back, ahead))

    with store.begin(COMMAND) as tx:
        for n in range(BOOK):
            person, case, closed = f"P-{n:03}", f"C-{n * 7 % BOOK:03}", draw.choice((None, None, None, TODAY))
            tx.add(replace(PEOPLE[n % 2], person_ref=person))
            police, navigator = draw.choice(WRITTEN), draw.choice(WRITTEN) if n % 2 == 0 else None
            one = replace(CASES[n % 2], case_ref=case, person_ref=person, police_om=police, navigator=navigator)
            tx.add(replace(one, closed_on=closed))
            if n % 3 == 1:
                coloured.add(case)
                tx.add(RagEntry(case_ref=case, set_on=TODAY, rag="RED", reason="Arrest", set_by="HOLT"))
            received, released = day(ahead=2), draw.choice((None, TODAY, TODAY + timedelta(days=1)))
            if n % 3 == 0:
                tx.add(CustodySpell(person_ref=person, received_on=received, released_on=released))
            held[case] = n % 3 == 0 and received <= TODAY and (released is None or released > TODAY)
            for k in range(draw.choice((0, 0, 1, 3))):
                ended = [day() if draw.random() < 0.3 else None for _ in range(2)]
                action = Action(action_ref=f"AC-{n}-{k}", case_ref=case, text="Ring", owner="HOLT", due_on=day())
                tx.add(replace(action, done_on=ended[0], cancelled_on=ended[1]))
    kept = {
        "version": 1,
        "as_of": TODAY,
        "computed_by": "HOLT",
        "computed_at": NOW,
        "step": "NONE",
        "in_custody": False,
    }
    rows = [
        {
            "case_ref": ref,
            "scope": scope,
            "policy_key": draw.choice(("its", "its", "its", "other")),
            "contact_due_on": due,
            "rag": "RED" if ref in coloured else None,
        }
        for ref, scope in product(held, ("ALL", "WITHOUT_INTELLIGENCE"))
        for due in [draw.choice((None, day(), day()))]
    ]
    with store.engine.begin() as connection:
        connection.execute(delete(case_mark))
        connection.execute(delete(case_result))
        connection.execute(insert(case_result), [{**kept, **row} for row in rows])
    return held


@pytest.fixture(params=["sqlite", "postgres"])
def filled(request: pytest.FixtureRequest) -> Iterator[tuple[dict[str, bool], dict[str, Reading]]]:
    """Return who is in custody, and who reads: one in a file; on a server an officer and a navigator, with rights."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            store = opened(request.getfixturevalue("local_location"))
            stack.callback(store.close)
            held = write_book(store)
            yield held, {"ALL": stack.enter_context(store.read(facts_only=True))}
            return
        office: Office = request.getfixturevalue("office")
        with office.owner() as owner:
            hide(owner)
        store = opened(office.location)
        held = write_book(store)
        store.close()
        stores = {"ALL": office.session("officer").store, "WITHOUT_INTELLIGENCE": office.session("navigator").store}
        yield held, {scope: stack.enter_context(each.read(facts_only=True)) for scope, each in stores.items()}


def test_the_first_cases_by_the_next_day_due_are_those_of_the_whole_list(
    filled: tuple[dict[str, bool], dict[str, Reading]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [CaseConditions(on=TODAY, sort="next_due", is_open=True, programmes=frozenset({"PHOENIX"}))]
    asked += [
        CaseConditions(on=TODAY, sort="next_due", descending=descending, is_open=is_open)
        for descending, is_open in ((False, None), (True, True), (True, False))
    ]

    def listed(reading: Reading, scope: str, limit: int | None) -> list[list[int]]:
        its = ResultScope(scope, "its", TODAY)
        return [list(index_by_results(reading, each, its, {}, limit)) for each in asked]

    for scope, reading in filled[1].items():
        whole = listed(reading, scope, None)
        assert len(whole[1]) > BOOK // 3
        for limit in (6, 200):
            assert listed(reading, scope, limit) == [ids[:limit] for ids in whole]
        with monkeypatch.context() as patch:
            patch.setattr(caseload_due, "_actions_due", lambda *_, **__: [])
            assert listed(reading, scope, 6) != [ids[:6] for ids in whole], "the control: both are walked"
        with monkeypatch.context() as patch:
            patch.setattr(caseload_due, "MOST_WALKED", 1)
            assert listed(reading, scope, 6) == [ids[:6] for ids in whole], "by all of them, where it leads to too few"


@pytest.mark.parametrize("sort", ["rag", "next_due"])
def test_cases_of_a_colour_of_which_no_result_stands_are_among_the_first_as_in_the_whole_list(
    filled: tuple[dict[str, bool], dict[str, Reading]], sort: str
) -> None:
    asked = CaseConditions(on=TODAY, sort=sort, rags=frozenset({"RED"}))
    for scope, reading in filled[1].items():
        its = ResultScope(scope, "its", TODAY)
        figures = RowFigures("RED", None, "NONE", None, TODAY, in_custody=False)
        found = dict.fromkeys(list_not_standing(reading, its, None), figures)
        whole = list(index_by_results(reading, asked, its, found))
        assert set(whole) == set(case_index(reading, replace(asked, sort="name")))
        assert list(index_by_results(reading, asked, its, found, 6)) == whole[:6]
        standing = set(index_by_results(reading, asked, its, {}))
        assert standing < set(whole), "some results stand, and some do not"
        assert not standing.issuperset(whole[:6])


def test_ones_own_cases_and_those_in_custody_are_those_that_say_so(
    filled: tuple[dict[str, bool], dict[str, Reading]],
) -> None:
    held, readings = filled
    for reading in readings.values():
        columns = (cases.c.id, cases.c.case_ref, cases.c.police_om, cases.c.probation_practitioner, cases.c.navigator)
        rows = reading.connection.execute(select(*columns)).all()
        assert CASE not in {row.case_ref for row in rows}
        own = {row.id for row in rows if any(is_same_user(one, name) for one in row[2:] for name in NAMES)}
        custody = {row.id for row in rows if held.get(row.case_ref)}
        for sort, limit in product(("name", "case_ref"), (None, 200)):
            asked = CaseConditions(on=TODAY, sort=sort)
            assert set(case_index(reading, replace(asked, workers=NAMES), limit)) == own
            assert set(case_index(reading, replace(asked, in_custody=True), limit)) == custody
            both = replace(asked, workers=NAMES, in_custody=True, is_open=True)
            assert set(case_index(reading, both, limit)) <= own & custody
        assert own != custody != set()


RETURNED = re.compile(r"RETURN QUERY\s+(SELECT.*?);", re.DOTALL)
WALKED = {
    "known_contacts_due": "ix_case_result_scope_contact_due_on_case_ref",
    "known_actions_due": "ix_actions_open",
}


def test_a_server_walks_the_index_and_sorts_nothing(office: Office) -> None:
    given = {"its_scope": "'ALL'", "behind_on": "DATE '2026-10-15'", "behind_ref": "'C'", "at_most": "400"}
    with office.owner() as owner:
        owner.execute("SET enable_seqscan = off; SET enable_sort = off")  # few rows are read quickest as they lie

        def plans(name: str) -> list[str]:
            said = str(owner.execute("SELECT prosrc FROM pg_proc WHERE proname = %s", (name,)).fetchall()[0][0])
            asked = RETURNED.findall(said)
            for word, value in given.items():
                asked = [re.sub(rf"\b{word}\b", value, each) for each in asked]
            return ["\n".join(line for (line,) in owner.execute(f"EXPLAIN {each}".encode())) for each in asked]

        for name, index in WALKED.items():
            found = plans(name)
            assert len(found) == 2, "in both directions"
            assert all(index in each and "Sort" not in each for each in found), found
        owner.execute(f"DROP INDEX {WALKED['known_actions_due']}")
        assert "Sort" in plans("known_actions_due")[0], "the control"
