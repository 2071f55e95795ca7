"""Reads the list that another system wrote of its people: references, numbers, names and dates of birth."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ioms_desktop.domain.errors import FileUnreadable
from ioms_desktop.exchange.csv_files import CsvSource
from ioms_desktop.exchange.sources import RawRow
from ioms_desktop.exchange.text import InvalidCell, clean_text

REFERENCES = ("case_ref", "person_ref")
NUMBERS = ("pnc_id", "cro_number", "crn", "prison_number", "niche_id")
NAMES = ("family_name", "given_names", "date_of_birth")
OTHER_NAMES: Mapping[str, str] = {
    "case": "case_ref",
    "person": "person_ref",
    "pnc": "pnc_id",
    "pnc_number": "pnc_id",
    "cro": "cro_number",
    "nomis": "prison_number",
    "noms": "prison_number",
    "noms_number": "prison_number",
    "niche": "niche_id",
    "surname": "family_name",
    "last_name": "family_name",
    "forename": "given_names",
    "forenames": "given_names",
    "first_name": "given_names",
    "first_names": "given_names",
    "dob": "date_of_birth",
    "birth_date": "date_of_birth",
}
"""What other systems call the columns, in small letters with underscores."""


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list: its line, and its cells by our names of the columns; why it cannot be read, or nothing."""

    line: int
    cells: Mapping[str, str]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NameList:
    """A list as it was read, with the columns that nothing is compared with."""

    rows: tuple[ListRow, ...]
    ignored: tuple[str, ...] = ()


def read_name_list(path: Path) -> NameList:
    """Read a list from a CSV file; columns that are no reference, number, name or date of birth are left aside.

    Raises:
        FileUnreadable: It is no CSV file, or has no column by which anybody is found.
        OSError: It cannot be read.
    """
    if path.suffix.lower() != ".csv":
        raise FileUnreadable(f"{path.name} is no CSV file. Nothing was read; save the list as CSV and name that file.")
    source = CsvSource(path, "", frozenset({*REFERENCES, *NUMBERS, *NAMES, *OTHER_NAMES}))
    names = [_our_name(cell) for cell in source.header]
    known = [name for name in names if name in {*REFERENCES, *NUMBERS, *NAMES}]
    if len(known) != len(set(known)):
        raise FileUnreadable(f"{path.name} has two columns of the same kind. Nothing was read; leave one of them out.")
    if not {*known} & {*REFERENCES, *NUMBERS} and not {"family_name", "date_of_birth"} <= {*known}:
        raise FileUnreadable(
            f"{path.name} names nobody: it needs a column of {', '.join((*REFERENCES, *NUMBERS))}, or both family_name "
            "and date_of_birth. Nothing was read; add one to its header."
        )
    rows = tuple(_read(row, names) for row in source.rows())
    return NameList(rows, tuple(cell for cell, name in zip(source.header, names, strict=True) if name not in known))


def _our_name(cell: str) -> str:
    plain = "_".join(cell.replace("-", " ").lower().split())
    return OTHER_NAMES.get(plain, plain)


def _read(row: RawRow, names: list[str]) -> ListRow:
    if row.reason:
        return ListRow(row.line, {}, row.reason)
    try:
        cells = {name: clean_text(cell) for name, cell in zip(names, row.cells, strict=False)}
    except InvalidCell as error:
        return ListRow(row.line, {}, str(error))
    return ListRow(row.line, {name: cell for name, cell in cells.items() if cell})
