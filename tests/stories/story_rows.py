"""The rows of the two stories of the demo, as they were recorded, and the same some weeks later."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from ioms_desktop.demo.stories import story_imports as demo_imports
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.storage.store import Store
from policy_histories.exchange_columns import Row, Tables, full_row, no_rows, write_folder
from services.exchange_session import session_at
from slow_reading.slow_recordings import LONDON, State

DATED = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?")
PYKE, BECKLES = "pyke", "beckles"


def story_imports(name: str, weeks: int = 0) -> list[State]:
    """Return what each instant of a story brings, every column of a known row filled in.

    Args:
        name: of the story.
        weeks: by which every date is later.
    """
    imports = []
    for entry in demo_imports(name):
        brought = no_rows()
        for table, rows in entry.tables.items():
            for cells in rows:
                row = full_row(table, **cells)
                brought[table].append({column: later(text, weeks) for column, text in row.items()})
        # The same hour of the clock, whatever the clock's offset then.
        at = (entry.at.astimezone(LONDON).replace(tzinfo=None) + timedelta(weeks=weeks)).replace(tzinfo=LONDON)
        imports.append(State(at, brought))
    return imports


def later(text: str, weeks: int) -> str:
    """Return a cell some weeks later where it is a date or a date-time."""
    if not DATED.fullmatch(text):
        return text
    return (date.fromisoformat(text[:10]) + timedelta(weeks=weeks)).isoformat() + text[10:]


def import_story(store: Store, imports: Sequence[State], folder: Path) -> None:
    """Import each instant's rows at that instant; nothing may be refused."""
    for number, each in enumerate(imports):
        report = run_import(session_at(store, at=each.at), write_folder(each.tables, folder / f"{number:02d}"))
        rejects = [problem[:5] for problem in report.rejects()]
        if rejects:
            raise AssertionError(each.at, rejects)
        assert report.written


def story_states(imports: Sequence[State]) -> list[State]:
    """Return the record as it stood from each instant on."""
    known: dict[tuple[str, ...], tuple[str, Row]] = {}
    states = []
    for each in imports:
        for table, rows in each.tables.items():
            for row in rows:
                known[table, *(row[column] for column in RECORD_TYPE_BY_TABLE[table].key)] = (table, row)
        tables: Tables = no_rows()
        for table, row in known.values():
            tables[table].append(row)
        states.append(State(each.at, tables))
    return states


def local(text: str) -> datetime:
    """Return an instant from local time."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)
