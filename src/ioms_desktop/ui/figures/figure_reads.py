"""What the Measures screen reads, off the interface thread."""

from dataclasses import dataclass

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.figures.publication import Edition
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.figures.read_figures import (
    PublishedTables,
    count_current_quarter,
    get_publication,
    list_published_quarters,
)
from ioms_desktop.services.session import Session
from ioms_desktop.ui.tasks import TaskProgress


@dataclass(frozen=True, slots=True)
class ShownFigures:
    """The figures shown.

    Attributes:
        note: The period of the figures, and what is suppressed.
        tables: The tables.
    """

    note: str
    tables: PublishedTables


def list_quarters(session: Session, _: TaskProgress) -> tuple[Edition, ...]:
    """List the quarters that are published."""
    return list_published_quarters(session)


def load_published(session: Session, quarter: Quarter, _: TaskProgress) -> ShownFigures:
    """Read the figures of a published quarter."""
    found = get_publication(session, quarter)
    edition, least = found.edition, found.edition.thresholds
    when = format_day(edition.published_at.astimezone(LONDON).date())
    which = f", edition {edition.edition}: {edition.reason}" if edition.reason else ""
    note = (
        f"{quarter.period_text}, published on {when} by {session.names.of(edition.published_by)}{which}. "
        "Too few to say: fewer than "
        f"{least.min_count}, by age, sex or ethnicity fewer than {least.min_protected_count}, or what "
        "would give such a figure away. "
        f"Shares and medians of at least {least.min_share_base}. Restricted cases are not counted."
    )
    return ShownFigures(note, found.tables)


def count_current(session: Session, progress: TaskProgress) -> ShownFigures:
    """Count the quarter that runs."""
    today = session.today()
    note = (
        f"{format_day(Quarter.containing(today).first)} to {format_day(today)}, counted now from the "
        "cases you may know of. Not "
        "for passing on: small figures may say who somebody is."
    )
    return ShownFigures(note, count_current_quarter(session, progress=progress.report))
