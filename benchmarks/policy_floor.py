"""The rules over the whole book against one bare pass over the same rows."""

import time
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from books import ON, open_book, raw
from floors import Figure, in_turns
from ioms_desktop.services.cases.rule_runs import list_triggers
from ioms_desktop.services.process_isolation import cores
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.case_stream import FACT_COLUMNS, RECORDED_AT, TABLES_NOT_USED_BY_TRIGGERS
from ioms_desktop.storage.store import Store

TARGET, TARGET_ON_ALL = 3, 1.6
ROUNDS = 3
EARLIER = datetime(2026, 9, 1, tzinfo=UTC)
OF_PERSON = frozenset({"custody", "orders"})


def evaluated(session: Session, known_at: datetime | None = None) -> int:
    """Evaluate the book in one process, as it was known at an instant or is known now; gives the number of triggers."""
    return len(list_triggers(session, ON, known_at=known_at, processes=0))


def evaluated_on_all(session: Session) -> int:
    """Evaluate the book on every core."""
    return len(list_triggers(session, ON))


def bare_pass(store: Store) -> int:
    """Read every row that a rule may look at, and when it was recorded, in the order of the cases; gives how many."""
    read = 0
    with closing(raw(store.location, store.key)) as db:
        for table, columns in FACT_COLUMNS.items():
            if table in TABLES_NOT_USED_BY_TRIGGERS:
                continue
            names = ", ".join(f"t.{name}" for name in (*columns, RECORDED_AT))
            if table in OF_PERSON:
                query = f"SELECT c.case_ref, {names} FROM cases c JOIN {table} t USING (person_ref) ORDER BY c.case_ref"  # noqa: S608 - ours
            else:
                query = f"SELECT t.case_ref, {names} FROM {table} t ORDER BY t.case_ref"  # noqa: S608 - ours
            for _ in db.execute(query):
                read += 1
    return read


def measure(cases: int, contacts: int = 10, rounds: int = ROUNDS) -> list[Figure]:
    """Measure a book of so many cases: brought by an import, and recorded as it went."""
    size = f"{cases:,} cases with {cases * contacts:,} contacts"
    return [
        *_measured({f"Every rule on {size} (CPU time)": None}, cases, contacts, rounds, as_it_went=False),
        *_measured(
            {
                f"Every rule on {size}, recorded as it went (CPU time)": None,
                "The same, as known at an earlier instant (CPU time)": EARLIER,
            },
            *(cases, contacts, rounds),
            as_it_went=True,
        ),
    ]


def _measured(
    asked: Mapping[str, datetime | None], cases: int, contacts: int, rounds: int, *, as_it_went: bool
) -> list[Figure]:
    with TemporaryDirectory() as folder:
        session = open_book(Path(folder) / "book.ioms", cases, contacts, as_it_went=as_it_went)
        works = [partial(evaluated, session, known_at) for known_at in asked.values()]
        try:
            bare = partial(bare_pass, session.store)
            *ours, floor = in_turns([*works, bare], rounds, clock=time.process_time)
            figures = [
                _figure(name, took, floor, None if as_it_went else TARGET)
                for name, took in zip(asked, ours, strict=True)
            ]
            if not as_it_went:
                on_all, floor = in_turns([partial(evaluated_on_all, session), bare], rounds)
                figures.append(_figure(f"The same on {cores()} cores (wall time)", on_all, floor, TARGET_ON_ALL))
        finally:
            session.store.close()
    return figures


def _figure(name: str, ours: float, floor: float, target: float | None) -> Figure:
    return Figure(name=name, floor_name="one bare pass over the same rows", ours=ours, floor=floor, target=target)
