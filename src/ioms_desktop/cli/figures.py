"""`figures`: publish the figures of a quarter, and read what is published."""

import argparse
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ioms_desktop.cli.session import answer, desk, note
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.figures.publication import Edition
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.services.figures.publish_figures import PublishQuarter, publish_quarter
from ioms_desktop.services.figures.read_figures import (
    Line,
    Published,
    export_published,
    published,
    published_editions,
    published_measures,
)
from ioms_desktop.services.labels import instant_words

if TYPE_CHECKING:
    from pathlib import Path


def figures_publish(options: argparse.Namespace) -> int:
    """Publish a quarter."""
    entry = PublishQuarter(request=str(uuid4()), quarter=Quarter.parse(options.quarter), reason=options.reason)
    with desk(options) as at:
        outcome = publish_quarter(at, entry)
    print(outcome.notice)
    return 0


def figures_list(options: argparse.Namespace) -> int:
    """List every publication."""
    with desk(options) as at:
        found = published_editions(at)
    text = "\n".join(_edition_line(each) for each in found) or "No quarter is published yet."
    return answer(options, {"editions": [_edition_answer(each) for each in found]}, text)


def figures_show(options: argparse.Namespace) -> int:
    """Show the figures of a quarter.

    Raises:
        Refused: There is no such table in them.
    """
    with desk(options) as at:
        found = published(at, Quarter.parse(options.quarter), options.edition)
    tables = found.tables
    if options.cube is not None:
        if options.cube not in tables:
            raise Refused(f"There is no table {options.cube} in it. Give one of {join_words(list(tables), 'or')}.")
        tables = {options.cube: tables[options.cube]}
    payload: dict[str, Any] = {
        **_edition_answer(found.edition),
        "cubes": {name: [_line_answer(line) for line in lines] for name, (_, lines) in tables.items()},
    }
    if options.cube is None:
        payload["measures"] = published_measures(found)
    return answer(options, payload, _text(found, tables))


def figures_export(options: argparse.Namespace) -> int:
    """Write every published quarter into one file."""
    path: Path = options.path
    with desk(options) as at:
        count = export_published(at, path)
    note(f"Exported {count:,} figures to {path}.")
    return 0


def _edition_answer(edition: Edition) -> dict[str, Any]:
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


def _edition_line(edition: Edition) -> str:
    when = instant_words(edition.published_at)
    why = f"  {edition.reason}" if edition.reason else ""
    return f"{edition.quarter.name}  edition {edition.edition}  published {when} by {edition.published_by}{why}"


def _line_answer(line: Line) -> dict[str, Any]:
    return {
        "cell": line.cell.name,
        "words": line.words,
        "count": line.count,
        "share": line.share,
        "days": line.days,
    }


def _text(found: Published, tables: dict[str, tuple[str, tuple[Line, ...]]]) -> str:
    least = found.edition.thresholds
    lines = [
        f"{found.edition.quarter.name}, {found.edition.quarter.period_text}, edition {found.edition.edition}",
        f"Too few to say: fewer than {least.min_count} ({least.min_protected_count} by age, sex, ethnicity), or what tells it.",
    ]
    for title, rows in tables.values():
        lines.append(title)
        for row in rows:
            share = "" if row.share is None else f"  ({row.share:.0%})"
            lines.append(f"  {row.words}: {row.shown}{share}")
    return "\n".join(lines)
