"""`figures`: publish the figures of a quarter, and read published ones."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ioms_desktop.cli.command import FORMAT, CommandGroup, option
from ioms_desktop.cli.output import write_message, write_result
from ioms_desktop.cli.session import open_session
from ioms_desktop.domain.errors import UnknownCode
from ioms_desktop.domain.text_format import join_words

if TYPE_CHECKING:
    from ioms_desktop.domain.figures.publication import Edition
    from ioms_desktop.domain.records.workers.names import WorkerNames
    from ioms_desktop.services.figures.read_figures import Publication, PublishedLine

COMMANDS = CommandGroup("figures", "published figures, quarter by quarter")


@COMMANDS.command(
    "publish",
    "publish a quarter for those who read no record",
    option("quarter", metavar="QUARTER", help="as 2026-Q3; it must be over"),
    option("--reason", default="", metavar="TEXT", help="why another edition, where there is one already"),
)
def figures_publish(options: argparse.Namespace) -> int:
    """Publish a quarter."""
    from uuid import uuid4

    from ioms_desktop.domain.dates.quarters import Quarter
    from ioms_desktop.services.figures.publish_figures import PublishQuarter, publish_quarter

    entry = PublishQuarter(request=str(uuid4()), quarter=Quarter.parse(options.quarter), reason=options.reason)
    with open_session(options) as at:
        outcome = publish_quarter(at, entry)
    print(outcome.notice)
    return 0


@COMMANDS.command("list", "every publication", FORMAT)
def figures_list(options: argparse.Namespace) -> int:
    """List every publication."""
    from ioms_desktop.services.figures.read_figures import list_editions

    with open_session(options) as at:
        found = list_editions(at)
    text = "\n".join(_edition_line(at.names, each) for each in found) or "No quarter is published yet."
    return write_result(options, {"editions": [_edition_json(each) for each in found]}, text)


@COMMANDS.command(
    "show",
    "the figures of a quarter",
    FORMAT,
    option("quarter", metavar="QUARTER", help="as 2026-Q3"),
    option("--cube", metavar="NAME", help="one table only, as offers_by_type"),
    option("--edition", type=int, metavar="N", help="an earlier edition (default: the newest)"),
)
def figures_show(options: argparse.Namespace) -> int:
    """Show the figures of a quarter.

    Raises:
        Refused: There is no such table in them.
    """
    from ioms_desktop.domain.dates.quarters import Quarter
    from ioms_desktop.services.figures.read_figures import get_publication, published_measures_json

    with open_session(options) as at:
        found = get_publication(at, Quarter.parse(options.quarter), options.edition)
    tables = found.tables
    if options.cube is not None:
        if options.cube not in tables:
            raise UnknownCode(f"There is no table {options.cube} in it. Give one of {join_words(list(tables), 'or')}.")
        tables = {options.cube: tables[options.cube]}
    payload: dict[str, Any] = {
        **_edition_json(found.edition),
        "cubes": {name: [_line_json(line) for line in lines] for name, (_, lines) in tables.items()},
    }
    if options.cube is None:
        payload["measures"] = published_measures_json(found)
    return write_result(options, payload, _publication_text(found, tables))


@COMMANDS.command(
    "export",
    "every published quarter in one CSV file",
    option("path", type=Path, metavar="PATH", help="a file ending in .csv"),
)
def figures_export(options: argparse.Namespace) -> int:
    """Write every published quarter to one file."""
    from ioms_desktop.services.figures.read_figures import export_published_figures

    path: Path = options.path
    with open_session(options) as at:
        count = export_published_figures(at, path)
    write_message(f"Exported {count:,} figures to {path}.")
    return 0


def _edition_json(edition: Edition) -> dict[str, Any]:
    return {
        "quarter": edition.quarter.name,
        "from": edition.quarter.first.isoformat(),
        "to": edition.quarter.last.isoformat(),
        "edition": edition.edition,
        "published_at": edition.published_at.isoformat(),
        "published_by": edition.published_by,
        "reason": edition.reason,
        "policy_version": edition.policy_version,
        "thresholds": {
            "count": edition.thresholds.min_count,
            "protected": edition.thresholds.min_protected_count,
            "share": edition.thresholds.min_share_base,
        },
    }


def _edition_line(names: WorkerNames, edition: Edition) -> str:
    from ioms_desktop.services.labels import format_instant

    when = format_instant(edition.published_at)
    why = f"  {edition.reason}" if edition.reason else ""
    by = names.of(edition.published_by)
    return f"{edition.quarter.name}  edition {edition.edition}  published {when} by {by}{why}"


def _line_json(line: PublishedLine) -> dict[str, Any]:
    return {
        "cell": line.cell.name,
        "words": line.label,
        "count": line.count,
        "share": line.share,
        "days": line.days,
    }


def _publication_text(found: Publication, tables: dict[str, tuple[str, tuple[PublishedLine, ...]]]) -> str:
    least = found.edition.thresholds
    lines = [
        f"{found.edition.quarter.name}, {found.edition.quarter.period_text}, edition {found.edition.edition}",
        (
            f"Too few to say: fewer than {least.min_count} ({least.min_protected_count} by age, sex, ethnicity), or "
            "what would reveal such a figure."
        ),
    ]
    for title, rows in tables.values():
        lines.append(title)
        for row in rows:
            share = "" if row.share is None else f"  ({row.share:.0%})"
            lines.append(f"  {row.label}: {row.display_text}{share}")
    return "\n".join(lines)
