"""The rules and the second reading agree on recorded histories that cross 30 November 2026, on both databases."""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from evaluated_cases import evaluate_caseload
from ioms_desktop.domain.policy.build_facts import waiting_times
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.measures import tally_measures
from ioms_desktop.domain.policy.triggers import Trigger, evaluate
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.services.case_history import get_case_history, get_open_triggers_history
from ioms_desktop.services.cases.case_json import measures_json
from ioms_desktop.services.cases.rule_runs import count_measures, list_triggers
from ioms_desktop.storage.records.one_case import FORMER_THAT_MATTER, read_open_triggers_history
from ioms_desktop.storage.schema.tables import cases, former_version, metadata
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import Rollback
from keys import opened
from policy_histories import agreement
from policy_histories.agreement import Question, compare, fill, programs_reading, questions
from policy_histories.generate import seeded
from policy_histories.history_frame import NOVEMBER
from policy_histories.recordings import INSTANTS, RecordedHistory, recorded_histories
from policy_histories.wild_decisions import refused_by_import, wild_decision
from services.exchange_session import session_at
from slow_reading.policy_reading import decision_refusals, recorded_case_json, recorded_measures_json

SEED, CASES = 20261130, 10


@pytest.fixture(name="histories", scope="module")
def _histories() -> list[RecordedHistory]:
    return recorded_histories(SEED, CASES)


@pytest.fixture(name="filled", scope="module", params=["sqlite", "postgres"])
def _filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, histories: list[RecordedHistory]
) -> Iterator[Store]:
    """Return a database of each kind with the histories in it, filled once: the tests only read it."""
    place = tmp_path_factory.mktemp("agreement")
    if request.param == "sqlite":
        location = str(shutil.copy(request.getfixturevalue("_local_template"), place / "cases.ioms"))
    else:
        empty = request.getfixturevalue("_shared_template")
        location = request.getfixturevalue("postgres_server").create(place.name, empty)
    store = opened(location)
    fill(store, histories, place)
    yield store
    store.close()


def test_the_rules_and_the_second_reading_agree(
    filled: Store, histories: list[RecordedHistory], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [*questions(SEED, 3), Question(date(2027, 1, 10), None)]
    found = compare([filled], histories, asked)
    assert found.differences == []
    assert {state for _, state, _ in found.seen} == {"OPEN", "DECIDED", "WITHDRAWN", "FLAGGED"}
    assert {version for _, _, version in found.seen} == {"2026-04-01", "2026-11-30"}
    # The control: a second reading that forgets what was recorded earlier differs.
    monkeypatch.setattr(agreement, "second_reading", without_memory)
    assert compare([filled], histories, asked[-1:]).differences


def test_the_measures_of_a_period_across_the_change_agree(filled: Store, histories: list[RecordedHistory]) -> None:
    first, last = date(2026, 9, 1), date(2027, 1, 31)
    mine = measures_json(count_measures(session_at(filled, at=INSTANTS[-1]), first, last))
    other = recorded_measures_json([(each.case_ref, each.states) for each in histories], first, last)
    for block in ("swiftness", "certainty", "balance", "flow"):
        assert mine[block] == other[block], block
        assert any(mine[block].values()), block


def test_what_is_not_read_as_of_a_past_day_would_change_nothing(filled: Store) -> None:
    session = session_at(filled, at=INSTANTS[-1])
    first, later, yet_to_begin = date(2026, 4, 1), 0, 0
    for as_of in (date(2026, 5, 20), date(2026, 9, 30), NOVEMBER):
        every = list(evaluate_caseload(session, as_of))
        assert list_triggers(session, as_of) == [trigger for each in every for trigger in each.triggers]
        whole = tally_measures(session.policy_timeline, (each.history for each in every), first, as_of)
        assert count_measures(session, first, as_of) == whole
        later += sum(contact.at.on > as_of for each in every for contact in each.history[-1].contacts)
        yet_to_begin += sum((each.history[-1].starts_on or as_of) > as_of for each in every)
    assert later > yet_to_begin > 0, "the control: there was something to leave out"


def test_before_its_day_the_new_version_changes_nothing(filled: Store) -> None:
    both = session_at(filled, at=INSTANTS[-1])
    alone = replace(both, policies=tuple(each for each in both.policies if each.version == "2026-04-01"))
    assert len(alone.policies) < len(both.policies)
    for known_at in (None, INSTANTS[4]):
        question = Question(NOVEMBER - timedelta(days=1), known_at)
        assert dict(programs_reading(alone, question)) == dict(programs_reading(both, question))
    # The control: afterwards it does.
    later = Question(date(2027, 1, 31), None)
    assert dict(programs_reading(alone, later)) != dict(programs_reading(both, later))


def test_what_refuses_a_decision_agrees(filled: Store, histories: list[RecordedHistory], tmp_path: Path) -> None:
    rng = seeded("wild decisions")
    seen: set[tuple[bool, bool]] = set()
    for number in range(12):
        rows = {each.case_ref: wild_decision(rng, each) for each in histories}
        refused = refused_by_import(
            session_at(filled, at=INSTANTS[-1]), list(rows.values()), tmp_path / f"wild{number}"
        )
        for each in histories:
            row = rows[each.case_ref]
            mine, other = refused.get(row["decision_ref"], ""), decision_refusals(each.states[-1].tables, row)
            assert bool(mine) == bool(other), (row, mine, other)
            # What refuses first is said; where it is the checks, every missing one is.
            lacking = [code.removeprefix("CHILD_CHECK_") for code in other if code.startswith("CHILD_CHECK_")]
            assert len(lacking) < len(other) or [code for code in lacking if code not in mine] == [], (row, mine, other)
            seen.add((row["decided_on"] >= NOVEMBER.isoformat(), bool(other)))
    assert len(seen) == 4


def test_what_an_act_reads_of_a_case_raises_what_all_of_it_does(filled: Store) -> None:
    session = session_at(filled, at=INSTANTS[-1])
    policies = session.policy_timeline
    days = (NOVEMBER - timedelta(days=1), date(2027, 1, 10), session.today())

    def still_open(history: Sequence[CaseFacts]) -> list[Trigger]:
        return [each for day in days for each in evaluate(policies, history, day) if each.status == "OPEN"]

    forgetful: list[str] = []
    decisions, kept = metadata.tables["decisions"], former_version.c.table_name
    # As they are; each record as it was first recorded, some late; without decisions, but with other former versions.
    for number, taken_out in enumerate(
        ((), (delete(former_version),), (delete(decisions), delete(former_version).where(kept.in_(FORMER_THAT_MATTER))))
    ):
        with filled.begin(session.command_context()) as tx:
            for statement in taken_out:
                tx.connection.execute(statement)
            read_whole = 0
            for ref in tx.connection.scalars(select(cases.c.case_ref)).all():
                case = tx.get(Case, ref)
                whole = get_case_history(tx, ref, policies=policies)
                in_one = read_open_triggers_history(tx, case, waiting_times(policies))
                assert still_open(get_open_triggers_history(tx, case, policies)) == still_open(whole), (number, ref)
                read_whole += in_one is None
                assert number < 2 or in_one is None or len(in_one) == 1, ref
                if still_open((*whole[:-1], whole[-1]._replace(decisions=()))) != still_open(whole):
                    forgetful.append(ref)
            assert bool(read_whole) is (number == 0), "only what needs its former versions is read record by record"
            raise Rollback
    assert forgetful, "the control: read without its decisions, a case has other triggers"


def without_memory(history: RecordedHistory, question: Question) -> dict[str, object]:
    return recorded_case_json(history.states[-1:], history.case_ref, question.as_of)
