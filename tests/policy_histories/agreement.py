"""Books of invented cases in a database, import by import, and where the program and the second reading differ."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from evaluated_cases import evaluate_caseload
from ioms_desktop.domain.policy.triggers import Trigger
from ioms_desktop.services.cases.case_json import case_json, trigger_json
from ioms_desktop.services.cases.rule_runs import list_triggers
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from policy_histories.exchange_columns import merged, write_folder
from policy_histories.history_frame import NOVEMBER
from policy_histories.recordings import DAYS, INSTANTS, RecordedHistory
from services.exchange_session import session_at
from slow_reading.policy_reading import recorded_case_json

WORDED = {"explanation", "withdrawn_reason", "reason"}
"""Each reading has its own words."""
IDENTITY = ("case_ref", "person_ref", "programme", "cohort", "status")


@dataclass(frozen=True)
class Question:
    """A day as of which everything is asked, the instant as known at which, and whether figures are asked for too."""

    as_of: date
    known_at: datetime | None
    figures: bool = True


@dataclass
class Answers:
    """What was compared, and where the program and the second reading differ.

    Attributes:
        seen: how many triggers of each rule, state and version were compared.
        cases: how many answers about one case were compared.
        differences: a line for each answer that differs.
    """

    seen: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    cases: int = 0
    differences: list[str] = field(default_factory=list)


def fill(store: Store, histories: Sequence[RecordedHistory], folder: Path) -> None:
    """Import what each instant brings of every case, at that instant."""
    for number, instant in enumerate(INSTANTS):
        rows = merged(*(each.brought(instant) for each in histories))
        if any(rows.values()):
            report = run_import(session_at(store, at=instant), write_folder(rows, folder / str(number)))
            rejects = [problem[:5] for problem in report.rejects()]
            if rejects:
                raise AssertionError(instant, rejects[:20])


def questions(seed: int, count: int) -> Iterator[Question]:
    """Yield days about the day of the new version, and elsewhere, with an instant or none."""
    rng = Random(seed)  # noqa: S311  # the same questions every time, no secret
    for number in range(count):
        near = NOVEMBER + timedelta(days=rng.randint(-14, 40))
        as_of = near if number % 2 else date(2026, 5, 1) + timedelta(days=rng.randint(0, 320))
        if rng.random() < 0.2:
            as_of = rng.choice(DAYS)
        known_at = rng.choice(INSTANTS[2:])
        known_at += timedelta(microseconds=rng.choice((-1, 0, 0, 3_600_000_000)))
        yield Question(as_of, rng.choice((None, known_at, known_at)), figures=number % 2 == 0)


def unworded(answer: Any) -> Any:  # noqa: ANN401 - any JSON
    """Leave the free sentences out."""
    if isinstance(answer, dict):
        return {key: unworded(value) for key, value in answer.items() if key not in WORDED}
    return [unworded(value) for value in answer] if isinstance(answer, list) else answer


def in_order(triggers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the triggers without their sentences, in an order that both readings share."""
    return sorted((unworded(each) for each in triggers), key=lambda each: (each["raised_on"], each["rule"], str(each)))


def compare(stores: Sequence[Store], histories: Sequence[RecordedHistory], asked: Sequence[Question]) -> Answers:
    """Return what the program, on each database, and the second reading say of every case, where they differ."""
    answers = Answers()
    for question in asked:
        slow = {each.case_ref: second_reading(each, question) for each in histories}
        for store in stores:
            session = session_at(store, at=INSTANTS[-1])
            found: list[Trigger] = []
            fast = dict(programs_reading(session, question, found))
            if list_triggers(session, question.as_of, known_at=question.known_at) != found:
                answers.differences.append(f"{question}: a list of triggers alone says other than the whole book")
            _compare_book(answers, question, fast, {ref: found for ref, found in slow.items() if found is not None})
    return answers


def second_reading(history: RecordedHistory, question: Question) -> dict[str, Any] | None:
    """Return the second reading of a case, or nothing where the case was not recorded by then."""
    if question.known_at is not None and history.states[0].at > question.known_at:
        return None
    return recorded_case_json(history.states, history.case_ref, question.as_of, question.known_at)


def programs_reading(
    session: Session, question: Question, triggers: list[Trigger] | None = None
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what the program says of every case, and add its triggers to a list if there is one."""
    policies = session.policy_timeline
    for each in evaluate_caseload(session, question.as_of, known_at=question.known_at):
        if triggers is not None:
            triggers += each.triggers
        found: dict[str, Any] = {"suggestions": []}
        if question.figures:
            found = case_json(policies, each.history, question.as_of, identity={}, born_on=date(2000, 1, 1))
        listed = [trigger_json(policies, trigger) for trigger in each.triggers]
        yield each.case_ref, {**found, "triggers": listed}


def _compare_book(
    answers: Answers, question: Question, fast: dict[str, dict[str, Any]], slow: dict[str, dict[str, Any]]
) -> None:
    if fast.keys() != slow.keys():
        answers.differences.append(f"{question}: {sorted(fast.keys() ^ slow.keys())} are known to one reading only")
    for ref in sorted(fast.keys() & slow.keys()):
        answers.cases += 1
        mine, other = dict(fast[ref]), dict(slow[ref])
        for one in (mine, other):
            one["suggestions"] = sorted(each["kind"] for each in one["suggestions"] if question.figures)
        left, right = in_order(mine.pop("triggers")), in_order(other.pop("triggers"))
        answers.seen.update((each["rule"], state_of(each), each["policy_version"]) for each in right)
        answers.differences += [f"{ref} {question}: only the program: {each}" for each in left if each not in right]
        answers.differences += [f"{ref} {question}: only the second: {each}" for each in right if each not in left]
        for key in mine.keys() - {"age", *IDENTITY}:
            if unworded(mine[key]) != unworded(other[key]):
                answers.differences.append(f"{ref} {question}: {key}: {mine[key]} and {other[key]}")


def state_of(trigger: dict[str, Any]) -> str:
    """Return the state of a trigger, FLAGGED where it is to be reviewed."""
    return "FLAGGED" if trigger["needs_review"] else str(trigger["status"])
