"""Load a published table of harm weights from a file; scheme, version, first day and source stay with each weight."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import Duplicate, FileUnreadable, InvalidEntry, MissingValue
from ioms_desktop.domain.figures.harm import fold_offence
from ioms_desktop.domain.text_format import format_day, pluralise
from ioms_desktop.domain.validation.column_rules import is_number
from ioms_desktop.services.commands import clean_entry, run_command
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.database.harm_weights import WeightTable, load_weights, loaded_versions
from ioms_desktop.storage.transaction import Transaction

COLUMNS = ("offence", "weight")
MAX_ROWS = 10_000
SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadHarmWeights:
    """A file with the columns offence and weight, and what table it is.

    Attributes:
        scheme: The name of the table, as CHI.
        version: Its version, as 2023.
        valid_from: The first day of offences for which it holds, included.
        source: Where it was published.
    """

    request: str
    path: Path
    scheme: str
    version: str
    valid_from: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightsPreview:
    """What a file holds, and what is loaded already.

    Attributes:
        weights: The weight of each offence, as it is written there, in the order of the file.
        loaded: Scheme and version of every table that is loaded.
    """

    weights: Mapping[str, str]
    loaded: tuple[tuple[str, str], ...] = ()

    @property
    def heaviest(self) -> tuple[tuple[str, str], ...]:
        """The offences that weigh most, the heaviest first, for a look before they are loaded."""
        return tuple(sorted(self.weights.items(), key=lambda each: -Decimal(each[1]))[:SHOWN])


def preview_harm_weights(session: Session, path: Path) -> WeightsPreview:
    """Read a file that is to be loaded; it is loaded as it is then.

    Raises:
        NotAllowed: The user is neither a supervisor nor an administrator.
        FileUnreadable: The file cannot be read.
        InvalidEntry: A line of it is wrong.
    """
    session.require(Right.SET_OFFICE)
    weights = _read(path)
    with session.store.read() as reading:
        return WeightsPreview(weights=weights, loaded=tuple(sorted(loaded_versions(reading))))


def load_harm_weights(session: Session, entry: LoadHarmWeights) -> Outcome:
    """Load a table; nothing of it is loaded where a line of it is wrong.

    Raises:
        NotAllowed: The user is neither a supervisor nor an administrator.
        MissingValue: Scheme, version or source is empty.
        FileUnreadable: The file cannot be read.
        Duplicate: This version is loaded already.
        InvalidEntry: Weights of another scheme are loaded, with which these cannot be added up.
    """
    session.require(Right.SET_OFFICE)
    named = {name: clean_entry(getattr(entry, name), name) for name in ("scheme", "version", "source")}
    for name, text in named.items():
        if not text:
            raise MissingValue(f"Say the {name} of the table. Nothing was loaded.", field=name)
    table = WeightTable(**named, valid_from=entry.valid_from, weights=_read(entry.path))

    def do(tx: Transaction) -> Outcome:
        _refuse_loaded(tx, table)
        load_weights(tx, table)
        rows = pluralise(len(table.weights), "weight")
        notice = (
            f"Loaded {rows} of {table.scheme} {table.version}, for offences from {format_day(table.valid_from)}. "
            "Anyone signed in now sees them when they next sign in."
        )
        return Outcome(notice=notice, ref=f"{table.scheme}/{table.version}")

    return run_command(session, "load_harm_weights", Right.SET_OFFICE, entry.request, do)


def _refuse_loaded(tx: Transaction, table: WeightTable) -> None:
    loaded = loaded_versions(tx)
    other = {scheme for scheme, _ in loaded} - {table.scheme}
    if other:
        raise InvalidEntry(
            f"Weights of {min(other)} are loaded, and those of {table.scheme} cannot be added to them. Nothing was "
            "loaded; one scheme is used for all offences.",
            field="scheme",
        )
    if (table.scheme, table.version) in loaded:
        raise Duplicate(
            f"{table.scheme} {table.version} is loaded already. Nothing was changed; load a corrected table as another "
            "version with the same first day, and it counts instead.",
            field="version",
        )


def _read(path: Path) -> dict[str, str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _weights(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as wrong:
        raise FileUnreadable(f"{path.name} cannot be read as a CSV file in UTF-8. Nothing was loaded.") from wrong


def _weights(rows: "csv.DictReader[str]") -> dict[str, str]:
    if not set(COLUMNS) <= {(name or "").strip() for name in rows.fieldnames or ()}:
        raise InvalidEntry(f"The file needs the columns {' and '.join(COLUMNS)}. Nothing was loaded.")
    weights: dict[str, str] = {}
    taken: set[str] = set()
    for line, offence, weight in _lines(rows):
        problem = _problem(offence, weight, taken)
        if problem or len(weights) >= MAX_ROWS:
            why = problem or f"there are more than {MAX_ROWS:,} lines"
            raise InvalidEntry(f"Line {line}: {why}. Nothing was loaded; correct the file.")
        taken.add(fold_offence(offence))
        weights[offence] = weight
    if not weights:
        raise InvalidEntry("The file has no rows. Nothing was loaded.")
    return weights


def _lines(rows: "csv.DictReader[str]") -> Iterator[tuple[int, str, str]]:
    for row in rows:
        offence, weight = ((row.get(name) or "").strip() for name in COLUMNS)
        yield rows.line_num, clean_entry(offence, "offence"), weight


def _problem(offence: str, weight: str, taken: set[str]) -> str:
    if not offence:
        return "it names no offence"
    if not is_number(weight) or weight.startswith("-"):
        return f"the weight of {offence} must be a number, 0 or more"
    return f"{offence} appears twice" if fold_offence(offence) in taken else ""
