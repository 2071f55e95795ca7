"""Invented cases of which a record of every type was entered in error, and the same cases without it."""

from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES, NOT_STRUCK_OUT
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from policy_histories.agreement import Question, in_order, programs_reading, unworded
from policy_histories.exchange_columns import Row, Tables, merged, write_folder
from policy_histories.generate import history, seeded
from policy_histories.recordings import INSTANTS
from services.exchange_session import session_at

RECORDED, STRUCK = INSTANTS[-2:]
STRUCK_TYPES = tuple(each for each in EXCHANGE_RECORD_TYPES if each not in NOT_STRUCK_OUT)
DECIDED_BY_NOTHING = "decisions"
Chosen = dict[str, list[Row]]


def cases_of(seed: int, count: int, *, decided: bool) -> list[Tables]:
    """Return some invented cases, with their decisions or without."""
    made = [history(seeded(f"struck {seed}/{number}"), number) for number in range(1, count + 1)]
    return made if decided else [{**each, DECIDED_BY_NOTHING: []} for each in made]


def chosen_rows(tables: Tables, rng: Random, *, decided: bool) -> Chosen:
    """Choose what was entered in error: where it is decided the last decision, else a row or two of every table."""
    if decided:
        last = sorted(tables["decisions"], key=lambda row: (row["decided_on"], row["decision_ref"]))[-1:]
        return {"decisions": last}
    chosen: Chosen = {}
    for record_type in STRUCK_TYPES:
        rows = tables.get(record_type.table, [])
        chosen[record_type.table] = rng.sample(rows, min(len(rows), rng.choice((1, 1, 2))))
    named = {row["offer_ref"] for row in tables["contacts"] if row not in chosen["contacts"]}
    chosen["offers"] = [row for row in chosen["offers"] if row["offer_ref"] not in named]
    return chosen


def without(tables: Tables, chosen: Chosen) -> Tables:
    """Return a case as if what was chosen had never been recorded."""
    return {table: [row for row in rows if row not in chosen.get(table, [])] for table, rows in tables.items()}


def fill(store: Store, cases: Sequence[Tables], folder: Path) -> None:
    """Import everything at one instant."""
    report = run_import(session_at(store, at=RECORDED), write_folder(merged(*cases), folder))
    rejects = [problem[:5] for problem in report.rejects()]
    if rejects:
        raise AssertionError(rejects[:20])


def strike_all(store: Store, chosen: Sequence[Chosen]) -> int:
    """Strike out what was chosen, contacts before the offers that they name; return how many records that were."""
    session = session_at(store, at=STRUCK)
    count = 0
    with store.begin(session.command_context()) as tx:
        for record_type in sorted(STRUCK_TYPES, key=lambda each: each is not Contact):
            for row in (row for each in chosen for row in each.get(record_type.table, [])):
                owner = record_type.subject
                for record in tx.list_records(record_type, **{owner: row[owner]}):
                    if _is(record, row):
                        tx.strike_out(record, "entered in error")
                        count += 1
    return count


def readings(session: Session, question: Question) -> dict[str, Any]:
    """Return what the program says of every case, without what was withdrawn and without its sentences."""
    found = {}
    for ref, said in programs_reading(session, question):
        standing = [each for each in said.pop("triggers") if each["status"] != "WITHDRAWN"]
        suggested = sorted(each["kind"] for each in said.pop("suggestions"))
        found[ref] = {**unworded(said), "triggers": in_order(standing), "suggestions": suggested}
    return found


def _is(record: Record, row: Row) -> bool:
    cells = [row[name] for name in type(record).key]
    return record.key_text == "/".join(cells)
