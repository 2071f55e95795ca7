"""Reading published figures, for users who may not read any person's record."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ioms_desktop.atomic_file import NewFiles
from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.errors import FileExists, FileUnreadable, FileUnwritable, Missing, WrongFile
from ioms_desktop.domain.figures.figure_tables import (
    CHARACTERISTICS,
    MEASURES,
    SHARE_PARTS,
    FigureCell,
    TablePlan,
    measure_cell,
)
from ioms_desktop.domain.figures.publication import Edition, PublishedFigures, cells_by_table
from ioms_desktop.domain.policy.measures import FLOW_MEASURES, FUNNEL_STAGES, STANDARD_MEASURES
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.text_format import iso_date, join_words
from ioms_desktop.exchange.text import guard_formula
from ioms_desktop.services.cases.case_json import measures_json
from ioms_desktop.services.cases.standing import count_period
from ioms_desktop.services.session import Session
from ioms_desktop.storage import figures as stored

TOO_FEW_LABEL = "too few to say"
PLAIN_SQLITE_HEADER = b"SQLite format 3\0"
"""What a database that is not encrypted begins with; an encrypted one has its key file beside it."""
NUMBER_COLUMNS = ("count", "days", "share", "note")
EXPORT_COLUMNS = ("quarter", "edition", "table", "cell", "words", *NUMBER_COLUMNS)


@dataclass(frozen=True, slots=True)
class PublishedLine:
    """A published figure with its label.

    Attributes:
        cell: Which.
        label: What it counts: `Mentoring, accepted`.
        count: The figure; None is too few to say.
        share: Its part of what it breaks down, from 0 to 1; None where that is too small.
        days: A median or percentile in days.
    """

    cell: FigureCell
    label: str
    count: int | None
    share: float | None = None
    days: float | None = None

    @property
    def display_text(self) -> str:
        """The figure as it is shown."""
        if self.days is not None:
            return f"{self.days:g} days"
        return TOO_FEW_LABEL if self.count is None else f"{self.count:,}"


PublishedTables = dict[str, tuple[str, tuple[PublishedLine, ...]]]
"""Tables by their names, each with its title and its lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """One edition of a quarter with its labels.

    Attributes:
        edition: Which, by whom, when and why.
        figures: The figures.
        tables: Its tables by their names, each with its title and its lines.
    """

    edition: Edition
    figures: PublishedFigures
    tables: PublishedTables


def list_published_quarters(session: Session) -> tuple[Edition, ...]:
    """List the newest edition of every published quarter, the newest quarter first.

    Raises:
        NotAllowed: The user may not see published figures.
    """
    session.require(Right.VIEW_MEASURES)
    with session.store.read() as reading:
        found = stored.editions_by_quarter(stored.list_editions(reading))
    return tuple(found[quarter][-1] for quarter in sorted(found, reverse=True))


def list_editions(session: Session) -> tuple[Edition, ...]:
    """List every edition, by quarter.

    Raises:
        NotAllowed: The user may not see published figures.
    """
    session.require(Right.VIEW_MEASURES)
    with session.store.read() as reading:
        return tuple(stored.list_editions(reading))


def get_publication(session: Session, quarter: Quarter, edition: int | None = None) -> Publication:
    """Return the figures of a quarter, in its newest edition or an earlier one.

    Raises:
        NotAllowed: The user may not see published figures.
        Missing: It is not published; the sentence names what is.
    """
    session.require(Right.VIEW_MEASURES)
    with session.store.read() as reading:
        found = [each for each in stored.list_editions(reading) if each.quarter == quarter]
        wanted = [each for each in found if edition is None or each.edition == edition]
        figures = stored.published_figures(reading, wanted[-1]) if wanted else None
    if figures is None:
        what = quarter.name if edition is None or not found else f"Edition {edition} of {quarter.name}"
        raise Missing(f"{what} is not published. {_describe_published_quarters(session)}")
    return Publication(edition=wanted[-1], figures=figures, tables=_build_tables(session, figures, wanted[-1]))


def _describe_published_quarters(session: Session) -> str:
    found = list_published_quarters(session)
    if not found:
        return "No quarter is published yet; ask a supervisor to publish one."
    return f"Published: {join_words([f'{each.quarter.name} ({each.quarter.period_text})' for each in found])}."


def get_measures(session: Session, first: date, last: date, as_of: date | None = None) -> dict[str, Any]:
    """Return the measures of a period: from the record, or as published for users who read no record.

    Args:
        first: The first day, included.
        last: The last day, included.
        as_of: Only events dated on or before this day count; published figures are as of the quarter's last day.

    Raises:
        NotAllowed: The user may not see measures.
        Missing: The user reads published figures alone, and the period is no published quarter.
    """
    session.require(Right.VIEW_MEASURES)
    if may(session.role, Right.COUNT_MEASURES):
        return measures_json(count_period(session, first, last, as_of))
    quarter = Quarter.from_period(first, last)
    if quarter is None or as_of not in {None, last}:
        raise Missing(
            "You read the figures that are published, quarter by quarter and as of its last day. This period is not a "
            f"quarter. {_describe_published_quarters(session)}"
        )
    return published_measures_json(get_publication(session, quarter))


def published_measures_json(publication: Publication) -> dict[str, Any]:
    """Return a published quarter in the keys of the live measures; null means suppressed or not enough."""
    figures, least = publication.figures, publication.edition.thresholds.min_share_base
    shares = {name: figures.share(name, least) for name in SHARE_PARTS}
    swift = {
        "decisions": figures.measure("swiftness.decisions"),
        "working_days_median": figures.days.get("swiftness.working_days_median"),
        "working_days_p90": figures.days.get("swiftness.working_days_p90"),
        "on_time_share": shares["swiftness.on_time_share"],
        "actions": figures.measure("swiftness.actions"),
        "action_days_median": figures.days.get("swiftness.action_days_median"),
        "action_days_p90": figures.days.get("swiftness.action_days_p90"),
        "action_on_time_share": shares["swiftness.action_on_time_share"],
    }
    certain = {name: figures.measure(f"certainty.{name}") for name in ("due", "decided", "on_time")}
    balance = ("offers_made", "offers_accepted", "offers_open", "enforcement_decisions")
    return {
        "from": iso_date(figures.quarter.first),
        "to": iso_date(figures.quarter.last),
        "as_of": iso_date(figures.quarter.last),
        "swiftness": swift,
        "certainty": {
            "due": certain["due"],
            "decided": certain["decided"],
            "decided_share": shares["certainty.decided_share"],
            "on_time": certain["on_time"],
            "on_time_share": shares["certainty.on_time_share"],
        },
        "balance": {name: figures.measure(f"balance.{name}") for name in balance},
        "contact_standards": {name: figures.measure(f"contact_standards.{name}") for name in STANDARD_MEASURES},
        "funnel": {name: figures.measure(f"funnel.{name}") for name in FUNNEL_STAGES},
        "flow": {name: figures.measure(f"flow.{name}") for name in FLOW_MEASURES},
        "published": {
            "quarter": figures.quarter.name,
            "edition": publication.edition.edition,
            "published_at": publication.edition.published_at.isoformat(),
        },
    }


def _build_tables(session: Session, figures: PublishedFigures, edition: Edition) -> PublishedTables:
    plan, titles = TablePlan.from_lists(session.lists), session.lists.of("figure_cube")
    found: PublishedTables = {}
    for cube, cells in cells_by_table(plan, figures.cells).items():
        lines = [
            PublishedLine(
                cell,
                cell_label(session, cell),
                figures.cells[cell],
                _share(figures, plan, cell, edition.thresholds.min_share_base),
            )
            for cell in cells
        ]
        if cube == MEASURES:
            days = [
                PublishedLine(FigureCell("days", name), cell_label(session, FigureCell("days", name)), None, days=value)
                for name, value in figures.days.items()
            ]
            lines += sorted(days, key=lambda line: list(plan.days).index(line.cell.name))
        found[cube] = (titles.label(cube), tuple(lines))
    return found


def _share(figures: PublishedFigures, plan: TablePlan, cell: FigureCell, least: int) -> float | None:
    """Return a figure's share of its whole, where both are shown and the whole is large enough."""
    whole = {part: each.whole for each in plan.sums() for part in each.parts if each.whole.cube}.get(cell)
    part, total = figures.cells.get(cell), None if whole is None else figures.cells.get(whole)
    return None if part is None or total is None or total < max(least, 1) else part / total


_CODE_LISTS_BY_TABLE = {
    "cases_by_status": ("programme", "case_status"),
    "cases_by_rag": ("programme", "rag"),
    "triggers_by_rule": ("rule", "figure_cell"),
    "decisions_by_step": ("decision", "figure_cell"),
    "offers_by_response": ("offer_response",),
    "offers_by_type": ("offer_type", "offer_response"),
}


def cell_label(session: Session, cell: FigureCell) -> str:
    """Describe what a figure counts."""
    own = session.lists.of("figure_cell")
    names = _CODE_LISTS_BY_TABLE.get(
        cell.cube, ("figure_cell",) * 2 if cell.cube in CHARACTERISTICS else ("figure_cell",)
    )
    parts = []
    for part, name in zip(cell.name.split("/"), names, strict=False):
        known = session.lists.of(name)
        parts.append(known.label(part) if part in known else own.label(part))
    return ", ".join(parts)


def get_figure_history(session: Session, cell: FigureCell) -> tuple[tuple[Quarter, PublishedLine], ...]:
    """Return one figure in every published quarter, the oldest first.

    Raises:
        NotAllowed: The user may not see published figures.
    """
    session.require(Right.VIEW_MEASURES)
    words = cell_label(session, cell)
    with session.store.read() as reading:
        found = stored.figure_by_quarter(reading, cell)
    return tuple((quarter, PublishedLine(cell, words, count, days=days)) for quarter, count, days in found)


def count_current_quarter(session: Session, *, progress: ProgressCallback = no_progress) -> PublishedTables:
    """Count the measures of the current quarter up to today, from the record.

    Args:
        progress: Called with the number of cases read and the most there can be; may raise to stop the work.

    Returns:
        One table; no lines where nothing is counted at all.

    Raises:
        NotAllowed: The user may not count from the record.
    """
    session = session.at_one_instant()
    today = session.today()
    answer = measures_json(count_period(session, Quarter.containing(today).first, today, progress=progress))
    counts, days = session.lists.of("figure_cell"), TablePlan.from_lists(session.lists).days
    lines = []
    for section in ("swiftness", "certainty", "balance", "contact_standards", "funnel", "flow"):
        for key, value in answer[section].items():
            name = f"{section}.{key}"
            if name in days and value is not None:
                lines.append(PublishedLine(FigureCell("days", name), counts.label(name), None, days=value))
            elif name in counts and isinstance(value, int):
                lines.append(PublishedLine(measure_cell(name), counts.label(name), value))
    anything = any(line.count for line in lines)
    return {MEASURES: (session.lists.of("figure_cube").label(MEASURES), tuple(lines) if anything else ())}


@dataclass(frozen=True, slots=True)
class SavedTable:
    """A table of figures to be saved: its picture, and the numbers in a CSV file beside it.

    Attributes:
        picture: The path of the picture.
        image: The picture.
        title: The table's title.
        lines: The numbers.
    """

    picture: Path
    image: bytes
    title: str
    lines: Sequence[PublishedLine]


def save_tables(tables: Sequence[SavedTable]) -> None:
    """Write pictures of tables with their numbers: all of them or none.

    Raises:
        Refused: A place cannot be written; former files are as they were.
    """
    try:
        with NewFiles() as new:
            for table in tables:
                new.write(table.picture, table.image)
                rows = [(table.title, line.cell.name, line.label, *_number_cells(line)) for line in table.lines]
                _add_csv(new, table.picture.with_suffix(".csv"), ("table", "cell", "words", *NUMBER_COLUMNS), rows)
            new.put_in_place()
    except OSError as failed:
        raise FileUnwritable(
            f"The picture and its numbers cannot be written to {tables[0].picture.parent}: {failed.strerror}. Nothing "
            "was saved; choose another place."
        ) from failed


def export_published_figures(session: Session, path: Path) -> int:
    """Write the newest edition of every published quarter to one CSV file; it names nobody.

    Returns:
        How many figures were written.

    Raises:
        NotAllowed: The user may not see published figures.
        Missing: Nothing is published.
        Refused: The place is no CSV file, is a database, or cannot be written.
    """
    found = [get_publication(session, each.quarter) for each in list_published_quarters(session)]
    if not found:
        raise Missing(f"There is nothing to export. {_describe_published_quarters(session)}")
    rows = [row for each in found for row in _rows(each)]
    _write_csv(path, EXPORT_COLUMNS, rows)
    return len(rows)


def _write_csv(path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    try:
        with NewFiles() as new:
            _add_csv(new, path, columns, rows)
            new.put_in_place()
    except OSError as failed:
        raise FileUnwritable(
            f"{path} cannot be written: {failed.strerror}. Nothing was exported; choose another."
        ) from failed


def _add_csv(new: NewFiles, path: Path, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    _refuse_place(path)
    with new.add(path).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(columns)
        writer.writerows([guard_formula(cell) for cell in row] for row in rows)


def _refuse_place(path: Path) -> None:
    """Refuse a path that holds, or may hold, something other than figures: above all a database."""
    if path.suffix.lower() != ".csv":
        raise WrongFile(f"{path} is not the name of a CSV file. Nothing was exported; give one that ends in .csv.")
    try:
        database = Path(f"{path}.keys").exists() or (path.exists() and _is_database(path))
    except OSError as failed:
        raise FileUnreadable(
            f"{path} cannot be looked at: {failed.strerror}. Nothing was exported; choose another."
        ) from failed
    if database:
        raise FileExists(
            f"There is a database at {path}. Nothing was exported, and it is as it was; give another name."
        )


def _is_database(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(PLAIN_SQLITE_HEADER)) == PLAIN_SQLITE_HEADER


def _rows(found: Publication) -> Iterator[Sequence[str]]:
    edition = found.edition
    for title, lines in found.tables.values():
        for line in lines:
            named = (edition.quarter.name, str(edition.edition), title, line.cell.name, line.label)
            yield (*named, *_number_cells(line))


def _number_cells(line: PublishedLine) -> tuple[str, ...]:
    return (
        "" if line.count is None else str(line.count),
        "" if line.days is None else f"{line.days:g}",
        "" if line.share is None else f"{line.share:.3f}",
        TOO_FEW_LABEL if line.count is None and line.days is None else "",
    )
