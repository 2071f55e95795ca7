"""Today, every alert and the quarter: from kept results, against raw SQL, the act that comes before, and evaluation.

Today is measured up to what a window shows of it: the order of all lines, their counts, and the first of them as they
read. Garbage is collected between the rounds and not within, as in a window, where a timer does it.
"""

import gc
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from books import ON, open_book, raw
from contact_floor import Ours as Contacts
from contact_floor import open_cases
from floors import Figure
from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.duties.case_duties import LOOK_AHEAD, CaseDuty, Duty, find_case_duties
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.triggers import evaluate, visible_triggers
from ioms_desktop.services.case_history import iter_case_histories
from ioms_desktop.services.cases.owed.lines import OwedLines
from ioms_desktop.services.cases.results import RuleWork, result_scope
from ioms_desktop.services.cases.standing import count_period, list_alerts
from ioms_desktop.services.cases.today import OwedWork
from ioms_desktop.services.every_case.histories import iter_histories
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.cases.due_cases import list_due_cases

CASES = 20_000
ROUNDS = 7
ROWS_SHOWN = 200
LINES = """
    SELECT d.case_ref, d.duty, d.ref, d.due_on AS due_on, d.words, d.counted_from, p.family_name, p.given_names,
        p.name_key AS name_key, c.programme, c.police_om, c.probation_practitioner, c.navigator
    FROM case_duty d JOIN cases c ON c.case_ref = d.case_ref JOIN people p ON p.person_ref = c.person_ref
    WHERE d.scope = 'ALL'
    UNION ALL
    SELECT a.case_ref, 'ACTION', a.action_ref, a.due_on, a.text, a.owner, p.family_name, p.given_names,
        p.name_key, c.programme, c.police_om, c.probation_practitioner, c.navigator
    FROM actions a JOIN cases c ON c.case_ref = a.case_ref JOIN people p ON p.person_ref = c.person_ref
    WHERE a.due_on <= ? AND a.done_on IS NULL AND a.cancelled_on IS NULL
    ORDER BY due_on, 2, name_key, 1
"""
"""What the rules find and the actions that are due; retention reviews are worked out and stand in no table."""
FLOORS = {
    "floor": "raw SQL for the same rows",
    "save": "recording the contact",
    "came": "evaluating the cases whose day came",
    "arrival": "both: raw SQL for the rows, evaluating those cases",
}
IN_TABLES = frozenset(
    {Duty.DECISION, Duty.CONTACT, Duty.REVIEW, Duty.RELEASE, Duty.OFFER, Duty.NOTICE, Duty.ACTION},
)


def raw_lines(db: Any, until: date = ON + LOOK_AHEAD) -> list[Any]:  # noqa: ANN401 - the driver's own connection and rows
    """Return every line that stands in a table, case and kind first, all of it read and in order."""
    rows: list[Any] = db.execute(LINES, (until.isoformat(),)).fetchall()
    return rows


def evaluate_all(session: Session, _: object, *, progress: object) -> RuleWork:  # noqa: ARG001 - as `read_rule_work`
    """Evaluate every case, whatever is kept."""
    with session.store.read(facts_only=True) as reading:
        found = dict(_duties_of(session, iter_histories(reading, session.policy_timeline)))
    return RuleWork(found, frozenset(), {})


def _duties_of(
    session: Session, histories: Iterable[Sequence[CaseFacts]]
) -> Iterator[tuple[str, tuple[CaseDuty, ...]]]:
    policies, today = session.policy_timeline, session.today()
    for history in histories:
        found = visible_triggers(session.role, evaluate(policies, history, today), history)
        yield history[-1].case_ref, tuple(find_case_duties(policies, history[-1], found, today))


def measure(_size: int, cases: int = CASES, contacts: int = 10, rounds: int = ROUNDS) -> list[Figure]:
    """Measure a book of so many cases in processor time: all of it evaluated, all of it kept, and one case changed."""
    with TemporaryDirectory() as folder:
        session = open_book(Path(folder) / "book.ioms", cases, contacts)
        try:
            with closing(raw(session.store.location, session.store.key)) as db:
                return _figures(session, db, cases, rounds)
        finally:
            session.store.close()


def _figures(session: Session, db: Any, cases: int, rounds: int) -> list[Figure]:  # noqa: ANN401 - as above
    once = _timed(OwedWork(session).read)
    clock = [session.clock()]
    window, save = OwedWork(replace(session, clock=lambda: clock[0])), Contacts(session, open_cases(cases))
    first_screen(window)
    rows, found = len(window.read()), len(raw_lines(db))
    taken, came = defaultdict[str, list[float]](list), list[int]()
    for number in range(8 * rounds):  # one after another, as somebody works; the first eighth warms up
        told: list[Outcome] = []
        recorded = _timed(partial(_record, save, told))
        read = _timed(partial(_show_what_was_told, window, told))
        if number >= rounds:
            taken["save"].append(recorded)
            taken["contact"].append(read)
    for _ in range(rounds):
        taken["again"].append(_timed(lambda: first_screen(window)))
        taken["sign-in"].append(_timed(lambda: first_screen(OwedWork(session))))
        taken["floor"].append(_timed(lambda: raw_lines(db)))
        taken["whole"].append(_timed(OwedWork(session, evaluate_all).read))
        taken["alerts"].append(_timed(lambda: list_alerts(session, session.today())))
        taken["quarter"].append(_timed(lambda: count_quarter(session)))
    later = replace(session, clock=lambda: clock[0])
    for _ in range(rounds):  # the window stays over all days, as one that nobody closed in the evening
        clock[0] += DAY
        taken["came"].append(_timed(lambda: came.append(evaluate_those_whose_day_came(later))))
        taken["day"].append(_timed(lambda: first_screen(window, ())))
        first_screen(window)  # everything, as it does within half a minute where it did not for ten minutes
    clock[0] += DAY
    evaluated = _timed(lambda: evaluate_those_whose_day_came(later))
    arrival = _timed(lambda: first_screen(OwedWork(later)))
    took = {name: statistics.median(each) for name, each in taken.items()}
    took["arrival"] = evaluated + took["floor"]

    def figure(name: str, ours: float, floor: str = "floor", target: float | None = None) -> Figure:
        return Figure(name=f"{name} (CPU time)", floor_name=FLOORS[floor], ours=ours, floor=took[floor], target=target)

    return [
        figure(f"Today of {cases:,} cases: after sign-in, {rows:,} lines (raw: {found:,})", took["sign-in"], target=3),
        figure("Today: again after one saved contact", took["contact"], "save", target=2),
        figure("Today: again, everything looked at", took["again"]),
        figure(f"Today: on a new day, {statistics.median(came):,.0f} cases' day came", took["day"], "came", target=1.5),
        figure("Today: after sign-in on a new day, before anybody else", arrival, "arrival"),
        figure("Today: every case evaluated, as before results were kept", took["whole"]),
        figure("Today: every case evaluated and its result kept, once after an update", once),
        figure(f"Every alert of {cases:,} cases, as of today", took["alerts"]),
        figure(f"Performance figures of the quarter up to today, {cases:,} cases", took["quarter"]),
    ]


def first_screen(work: OwedWork, changed: Collection[str] | None = None) -> OwedLines:
    """Read what is owed, and what a window shows of it first."""
    lines = work.read(changed=changed)
    lines.rows(lines.ids("", frozenset(), mine=False, given=False)[:ROWS_SHOWN])
    lines.counts()
    return lines


def _record(save: Contacts, told: list[Outcome]) -> None:
    told.append(save.record())


def _show_what_was_told(window: OwedWork, told: list[Outcome]) -> None:
    first_screen(window, told[-1].cases)


def evaluate_those_whose_day_came(session: Session) -> int:
    """Find what is owed on the cases of which no result stands on a day, and keep nothing; return how many they are."""
    with session.store.read(facts_only=True) as reading:
        due = list_due_cases(reading, result_scope(session), None)
        histories = iter_case_histories(reading, list(due), None, session.policy_timeline)
        return sum(1 for _ in _duties_of(session, histories))


def count_quarter(session: Session) -> None:
    """Count the measures of the quarter up to today."""
    count_period(session, Quarter.containing(session.today()).first, session.today())


def _timed(work: Callable[[], object]) -> float:
    gc.collect()
    gc.disable()
    try:
        start = time.process_time()
        made = work()
        took = time.process_time() - start
        del made  # a window keeps what it read, so letting go of it is not part of reading: ours and the floor alike
        return took
    finally:
        gc.enable()
