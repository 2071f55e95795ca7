"""Small files for the tests of exchange."""

import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.code_lists import CodeList, CodeLists
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.exchange.folders import find_sources
from ioms_desktop.exchange.tables import RowChunk, TableReader
from ioms_desktop.paths import resource

TODAY = date(2026, 11, 23)


def bundled_lists() -> CodeLists:
    return CodeLists.from_lists(
        CodeList.from_document(path.stem, tomllib.loads(path.read_text("utf-8")))
        for path in resource("reference").glob("*.toml")
    )


LISTS = bundled_lists()


def readers(path: Path) -> list[TableReader]:
    return [
        TableReader(source, RECORD_TYPE_BY_TABLE[source.table], LISTS, DayTime(TODAY)) for source in find_sources(path)
    ]


def read_one(path: Path) -> tuple[TableReader, RowChunk]:
    (reader,) = readers(path)
    (rows,) = reader.read()
    return reader, rows


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


PERSON: Mapping[str, str] = {
    "person_ref": "P1",
    "family_name": "Harker",
    "given_names": "Callum",
    "date_of_birth": "1994-02-14",
}


def person_file(path: Path, **changes: str) -> Path:
    """Write one person with some cells changed."""
    cells = {**PERSON, **changes}
    quoted = ['"' + cell.replace('"', '""') + '"' for cell in cells.values()]
    return written(path, ",".join(cells) + "\n" + ",".join(quoted) + "\n")
