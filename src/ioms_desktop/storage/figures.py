"""Published figures: editions, their cells, and the case data from which they are counted."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, insert, select, text

from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.figures.figure_tables import FigureCell, Thresholds
from ioms_desktop.domain.figures.publication import Edition, PublishedFigures
from ioms_desktop.domain.records.people import Person
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema import views
from ioms_desktop.storage.schema.tables import case_standing, cases, figure_cell, figure_edition
from ioms_desktop.storage.transaction import Transaction

PUBLISHED, UNCHANGED = "PUBLISHED", "SAME"
AUDIT_RECIPIENT = "readers of published figures"
PUBLISH_SQL = text("SELECT publish_figures(:quarter, :version, CAST(:figures AS json), :why)")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseProfile:
    """The facts about a case's person and status that are counted, beside its history."""

    status: str
    born_on: date
    sex: str | None
    ethnicity: str | None


def list_editions(reading: Reading) -> list[Edition]:
    """List every publication, by quarter and edition."""
    query = select(figure_edition).order_by(figure_edition.c.quarter, figure_edition.c.edition)
    return [
        Edition(
            quarter=Quarter.parse(row.quarter),
            edition=row.edition,
            policy_version=row.policy_version,
            thresholds=Thresholds(
                min_count=row.least, min_protected_count=row.least_protected, min_share_base=row.least_share
            ),
            reason=row.reason,
            published_by=row.published_by,
            published_at=row.published_at,
        )
        for row in reading.connection.execute(query)
    ]


def published_figures(reading: Reading, edition: Edition) -> PublishedFigures:
    """Return the figures of one publication."""
    found = figure_cell.c
    query = select(found.cube, found.cell, found.count, found.days).where(
        found.quarter == edition.quarter.name, found.edition == edition.edition
    )
    cells: dict[FigureCell, int | None] = {}
    days: dict[str, float | None] = {}
    for cube, name, count, in_days in reading.connection.execute(query):
        if cube == "days":
            days[name] = in_days
        else:
            cells[FigureCell(cube, name)] = count
    return PublishedFigures(quarter=edition.quarter, cells=cells, days=days)


def figure_by_quarter(reading: Reading, cell: FigureCell) -> list[tuple[Quarter, int | None, float | None]]:
    """Return the count or the days of one figure in the newest edition of each quarter, the oldest quarter first."""
    found = figure_cell.c
    query = (
        select(found.quarter, found.count, found.days)
        .where(found.cube == cell.cube, found.cell == cell.name)
        .order_by(found.quarter, found.edition)
    )
    rows = reading.connection.execute(query)
    newest = {quarter: (count, days) for quarter, count, days in rows}
    return [(Quarter.parse(name), *numbers) for name, numbers in newest.items()]


def publish_figures(
    tx: Transaction, figures: PublishedFigures, version: str, thresholds: Thresholds, reason: str
) -> str:
    """Publish the figures of a quarter; a server checks them first and publishes them itself.

    Returns:
        PUBLISHED, SAME where nothing is new, or the server's code for the reason why not.
    """
    rows: list[dict[str, Any]] = [
        *({"cube": cube, "cell": name, "count": count, "days": None} for (cube, name), count in figures.cells.items()),
        *({"cube": "days", "cell": name, "count": None, "days": days} for name, days in figures.days.items()),
    ]
    quarter = figures.quarter.name
    if tx.connection.dialect.name == "postgresql":
        values = {"quarter": quarter, "version": version, "figures": json.dumps(rows), "why": reason}
        answer: str = tx.connection.execute(PUBLISH_SQL, values).scalar_one()
        return answer
    last = select(func.max(figure_edition.c.edition)).where(figure_edition.c.quarter == quarter)
    number = (tx.connection.scalar(last) or 0) + 1
    tx.connection.execute(
        insert(figure_edition).values(
            quarter=quarter,
            edition=number,
            policy_version=version,
            least=thresholds.min_count,
            least_protected=thresholds.min_protected_count,
            least_share=thresholds.min_share_base,
            reason=reason or None,
            published_by=tx.command.user,
            published_at=tx.command.at,
        )
    )
    tx.connection.execute(insert(figure_cell), [{"quarter": quarter, "edition": number, **row} for row in rows])
    detail = {"edition": number, "cells": len(rows)}
    tx.log(
        "DISCLOSURE",
        object_type="figures",
        object_ref=quarter,
        subject_ref=None,
        recipient=AUDIT_RECIPIENT,
        detail=detail,
    )
    return PUBLISHED


def restricted_cases(reading: Reading) -> frozenset[str]:
    """Name the restricted cases that the user may know of, which published figures do not count."""
    return frozenset(reading.connection.scalars(select(case_standing.c.case_ref).where(case_standing.c.restricted)))


def offer_types(reading: Reading) -> dict[str, dict[str, str]]:
    """Return the type of every offer by case and reference."""
    offers = views.FACT_VIEWS["offers"].c
    found: dict[str, dict[str, str]] = {}
    for case_ref, ref, kind in reading.connection.execute(select(offers.case_ref, offers.offer_ref, offers.offer_type)):
        found.setdefault(case_ref, {})[ref] = kind
    return found


def case_profiles(reading: Reading, at: datetime) -> Iterator[tuple[str, CaseProfile]]:
    """Return the facts that are counted of every case, beside its history; on a server all cases must be open.

    Args:
        reading: Where to read.
        at: The instant of the status; for a case that was recorded later, its first status counts.
    """
    then = statuses_at(reading, at)
    source = reading.scope.source_table(Person)
    people = source.c
    query = select(cases.c.case_ref, cases.c.status, people.date_of_birth, people.sex, people.ethnicity_self).join_from(
        cases, source, cases.c.person_ref == people.person_ref
    )
    for case_ref, status, born_on, sex, ethnicity in reading.connection.execute(query):
        yield case_ref, CaseProfile(status=then.get(case_ref, status), born_on=born_on, sex=sex, ethnicity=ethnicity)


def statuses_at(reading: Reading, at: datetime) -> Mapping[str, str]:
    """Return the status at an instant of the cases whose record has changed since."""
    former = views.FACT_VIEWS["former_version"].c
    query = (
        select(former.case_ref, former.data)
        .where(former.table_name == "cases", former.current_to > at)
        .order_by(former.current_to.desc())
    )
    # The last row is the version in force then, or else the first version.
    return {case_ref: data["status"] for case_ref, data in reading.connection.execute(query)}


def editions_by_quarter(found: Iterable[Edition]) -> dict[Quarter, list[Edition]]:
    """Group the editions by quarter, the first one first."""
    by_quarter: dict[Quarter, list[Edition]] = {}
    for edition in found:
        by_quarter.setdefault(edition.quarter, []).append(edition)
    return by_quarter
