"""Invented histories as they were recorded: import by import, some of it late, wrong at first, or put back."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random

from policy_histories.exchange_columns import Row, Tables, no_rows
from policy_histories.generate import history, seeded
from policy_histories.wrong_rows import wrong_row
from slow_reading.policy_reading import decision_refusals
from slow_reading.slow_recordings import LONDON, State
from slow_reading.slow_rows import as_known, dated, when

INSTANTS = (
    datetime(2026, 5, 4, 8, 0, tzinfo=UTC),
    # Half past midnight of the next day in London.
    datetime(2026, 7, 20, 23, 30, tzinfo=UTC),
    datetime(2026, 9, 14, 8, 0, tzinfo=UTC),
    datetime(2026, 10, 26, 9, 0, tzinfo=UTC),
    datetime(2026, 11, 16, 9, 0, tzinfo=UTC),
    # The evening before version 2026-11-30 comes into force, and the morning of that day.
    datetime(2026, 11, 29, 23, 30, tzinfo=UTC),
    datetime(2026, 11, 30, 8, 0, tzinfo=UTC),
    # The first moment of a day: what stood until then stood on the day before.
    datetime(2026, 12, 11, 0, 0, tzinfo=UTC),
    datetime(2026, 12, 21, 9, 0, tzinfo=UTC),
    datetime(2027, 1, 18, 9, 0, tzinfo=UTC),
    datetime(2027, 3, 1, 9, 0, tzinfo=UTC),
)
DAYS = tuple(instant.astimezone(LONDON).date() for instant in INSTANTS)
LAST = len(INSTANTS) - 1

OWN_DATE = {
    "rag": "set_on",
    "custody": "received_on",
    "offers": "offered_on",
    "contacts": "occurred_at",
    "ratings": "rated_on",
    "concerns": "occurred_on",
    "decisions": "decided_on",
    "orders": "made_on",
    "notifications": "attempted_on",
    "offences": "recorded_on",
    "needs": "assessed_on",
    "assessments": "assessed_on",
    "referrals": "sent_on",
}
LATE = {"custody": 0.5, "orders": 0.35, "notifications": 0.25, "decisions": 0.15, "concerns": 0.15, "contacts": 0.1}
WRONG = {"cases": 0.5, "custody": 0.25, "orders": 0.3, "notifications": 0.3, "offers": 0.2, "ratings": 0.04}


@dataclass(frozen=True)
class Plan:
    """When one row is recorded.

    Attributes:
        table: its table.
        row: the row as it ends.
        first: the number of the instant that brings it.
        lag: by how many instants its later events are late.
        wrong: the row as it is recorded at first, or nothing.
        wrong_at: the numbers of the instants at which it is the wrong one.
    """

    table: str
    row: Row
    first: int
    lag: int
    wrong: Row | None
    wrong_at: frozenset[int]

    def at(self, number: int) -> Row | None:
        """Return the row as it stands after an instant."""
        if number < self.first:
            return None
        row = self.wrong if self.wrong is not None and number in self.wrong_at else self.row
        if self.table not in KNOWN_LATER:
            return row
        column = OWN_DATE.get(self.table)
        day = DAYS[max(number - self.lag, 0)]
        own = when(row, column) if column else None
        return as_known(self.table, row, max(day, own) if own else day)


KNOWN_LATER = ("custody", "offers", "concerns", "decisions", "orders", "actions", "cases")


@dataclass(frozen=True)
class RecordedHistory:
    """One case as it was recorded.

    Attributes:
        case_ref: the case.
        states: the record as it stood from each instant on, from the first that knows the case.
    """

    case_ref: str
    states: tuple[State, ...]

    def brought(self, instant: datetime) -> Tables:
        """Return the rows that the import of an instant brings: new ones, and those that changed."""
        before, found = no_rows(), no_rows()
        for state in self.states:
            if state.at == instant:
                for table, rows in state.tables.items():
                    found[table] = [row for row in rows if row not in before[table]]
            before = state.tables
        return found


def recorded_histories(seed: int, cases: int) -> list[RecordedHistory]:
    """Return some invented cases as they were recorded; the same seed gives the same."""
    return [recorded_history(seeded(f"{seed}/{number}"), number) for number in range(1, cases + 1)]


def recorded_history(rng: Random, number: int) -> RecordedHistory:
    """Return one invented case as it was recorded."""
    tables = history(rng, number)
    (case,) = tables["cases"]
    begun = when(case, "adopted_on") or when(case, "notified_on") or dated(case, "referred_on")
    known_from = _first_from(begun)
    plans = [_plan(rng, table, row, known_from) for table, rows in tables.items() for row in rows]
    while True:
        states = [State(INSTANTS[index], _tables(plans, index)) for index in range(known_from, LAST + 1)]
        refused = _refused(states)
        if not refused:
            return RecordedHistory(case["case_ref"], tuple(states))
        plans = [plan for plan in plans if plan.table != "decisions" or plan.row["decision_ref"] not in refused]


def _first_from(day: date) -> int:
    return next((index for index, recorded in enumerate(DAYS) if recorded >= day), LAST)


def _plan(rng: Random, table: str, row: Row, known_from: int) -> Plan:
    column = OWN_DATE.get(table)
    first = max(known_from, _first_from(dated(row, column)) if column else 0)
    late = rng.random() < LATE.get(table, 0.05) and table not in ("people", "cases")
    first = min(first + (rng.choice((1, 1, 2, 3)) if late else 0), LAST)
    # A spell whose release is not yet known would overlap the next one.
    lag = rng.choice((0, 0, 0, 0, 1, 1, 2)) if table != "custody" else 0
    wrong = wrong_row(rng, table, row, DAYS[first]) if rng.random() < WRONG.get(table, 0.07) else None
    right_from = first + rng.choice((1, 1, 1, 2, 3))
    wrong_at = set(range(first, right_from))
    if rng.random() < 0.2 and row.get("trial_arm") != "CONTROL":
        # Right, wrong and right again: what falls may stand again.
        again = rng.randint(right_from, max(right_from, LAST + 1))
        wrong_at |= set(range(again, again + rng.choice((1, 2))))
    if table == "concerns":
        row = {**row, "recorded_on": DAYS[first].isoformat()}
        wrong = wrong and {**wrong, "recorded_on": row["recorded_on"]}
    return Plan(table, row, first, lag, wrong, frozenset(wrong_at))


def _tables(plans: list[Plan], number: int) -> Tables:
    tables = no_rows()
    for plan in plans:
        row = plan.at(number)
        if row is not None:
            tables[plan.table].append(row)
    return tables


def _refused(states: list[State]) -> set[str]:
    """Return the decisions that the import which brings them would refuse."""
    found: set[str] = set()
    before: list[Row] = []
    for state in states:
        rows = state.tables["decisions"]
        found |= {row["decision_ref"] for row in rows if row not in before and decision_refusals(state.tables, row)}
        before = rows
    return found
