"""The rows of the two stories, as they were recorded: read from TOML files that the demo can read too."""

import re
import tomllib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.storage.store import Store
from policy_histories.exchange_columns import Row, Tables, full_row, no_rows, write_folder
from services.exchange_session import session_at
from slow_reading.slow_recordings import LONDON, State

HERE = Path(__file__).parent
DATED = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d)?")
PYKE, BECKLES = "pyke", "beckles"
KEYS = {
    "people": ("person_ref",),
    "cases": ("case_ref",),
    "rag": ("case_ref", "set_on"),
    "custody": ("person_ref", "received_on"),
    "offers": ("offer_ref",),
    "contacts": ("contact_ref",),
    "ratings": ("case_ref", "week_commencing", "role"),
    "concerns": ("concern_ref",),
    "decisions": ("decision_ref",),
    "orders": ("order_ref",),
    "offences": ("person_ref", "offence_on", "offence_group", "offence"),
    "notifications": ("case_ref", "attempted_on", "attempt"),
}


def story_imports(name: str, weeks: int = 0) -> list[State]:
    """Return what each instant of a story brings, every column of a known row filled in.

    Args:
        name: of the story.
        weeks: by which every date is later.
    """
    known: dict[tuple[str, ...], Row] = {}
    imports = []
    for entry in tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))["recorded"]:
        brought = no_rows()
        for table in KEYS.keys() & entry.keys():
            for cells in entry[table]:
                key = (table, *(cells[column] for column in KEYS[table]))
                known[key] = full_row(table, **{**known.get(key, {}), **cells})
                brought[table].append({column: later(text, weeks) for column, text in known[key].items()})
        # The same hour of the clock, whatever the clock's offset then.
        at = (entry["at"].astimezone(LONDON).replace(tzinfo=None) + timedelta(weeks=weeks)).replace(tzinfo=LONDON)
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
                known[table, *(row[column] for column in KEYS[table])] = (table, row)
        tables: Tables = no_rows()
        for table, row in known.values():
            tables[table].append(row)
        states.append(State(each.at, tables))
    return states


def local(text: str) -> datetime:
    """Return an instant from local time."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)
