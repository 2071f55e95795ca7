"""Two cases that were recorded instant by instant: late entries, mistakes put right, colleagues who disagree.

Their rows are in `resources/demo/stories`. Each `[[recorded]]` has the instant and the rows that were entered at it.
"""

import tomllib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ioms_desktop.demo.months import DemoImport
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.paths import resource

if TYPE_CHECKING:
    from ioms_desktop.demo.book import Row, Tables

STORIES = ("pyke", "beckles")


def story_imports(name: str) -> Iterator[DemoImport]:
    """Yield what each instant of a story brings, oldest first.

    A row that is known already changes the columns that it names and keeps the others.
    """
    known: dict[tuple[str, ...], Row] = {}
    text = resource("demo", "stories", f"{name}.toml").read_text(encoding="utf-8")
    for entry in tomllib.loads(text)["recorded"]:
        at = entry.pop("at")
        tables: Tables = {}
        for table, rows in entry.items():
            for cells in rows:
                row = known.setdefault((table, *(cells[column] for column in RECORD_TYPE_BY_TABLE[table].key)), {})
                row |= cells
                tables.setdefault(table, []).append(dict(row))
        yield DemoImport(at, tables)
