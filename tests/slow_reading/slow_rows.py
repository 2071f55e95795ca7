"""One case as of a day, selected from exchange rows by dates alone."""

from dataclasses import dataclass, field
from datetime import date
from functools import cache

Row = dict[str, str]
Tables = dict[str, list[Row]]

# As written: "Version 2026-11-30 (in force from that Monday; everything not named here as in 2026-04-01)"
NOVEMBER = date(2026, 11, 30)
NEVER = date.max
"""For readings by version 2026-04-01 alone."""


def cell(row: Row, column: str) -> str:
    """Return the text of a cell, empty where the column is missing."""
    return (row.get(column) or "").strip()


def when(row: Row, column: str) -> date | None:
    """Return the local date of a cell that holds a date or a date-time."""
    text = cell(row, column)
    return day_of(text[:10]) if text else None


@cache
def day_of(text: str) -> date:
    """Return the date that a text says."""
    return date.fromisoformat(text)


def dated(row: Row, column: str) -> date:
    """Return the date of a required cell."""
    found = when(row, column)
    if found is None:
        raise ValueError(f"{column} is empty in {row}")
    return found


@dataclass
class Story:
    """Everything about one case that is dated on or before the as-of day."""

    as_of: date
    case: Row
    person: Row
    november: date = NOVEMBER
    rag: list[Row] = field(default_factory=list)
    custody: list[Row] = field(default_factory=list)
    offers: list[Row] = field(default_factory=list)
    contacts: list[Row] = field(default_factory=list)
    ratings: list[Row] = field(default_factory=list)
    concerns: list[Row] = field(default_factory=list)
    decisions: list[Row] = field(default_factory=list)
    orders: list[Row] = field(default_factory=list)
    notifications: list[Row] = field(default_factory=list)
    actions: list[Row] = field(default_factory=list)
    statuses: list[tuple[date, str]] = field(default_factory=list)
    """The statutory statuses of the case with the days on which they were recorded; empty where only one is known."""

    @property
    def case_ref(self) -> str:
        """The case."""
        return cell(self.case, "case_ref")

    @property
    def programme(self) -> str:
        """IOM or PHOENIX."""
        return cell(self.case, "programme")

    @property
    def start(self) -> date | None:
        """The day of adoption (IOM) or notification (PHOENIX)."""
        return when(self.case, "adopted_on" if self.programme == "IOM" else "notified_on")

    @property
    def end(self) -> date:
        """The closing day, or the as-of day of a case that is not closed."""
        return when(self.case, "closed_on") or self.as_of

    def newly(self, day: date) -> bool:
        """Return whether a day is judged under version 2026-11-30, not 2026-04-01."""
        # As written: "Each day is judged under the version in force on it."
        return day >= self.november

    def version(self, day: date) -> str:
        """Return the name of the version of a day."""
        return "2026-11-30" if self.newly(day) else "2026-04-01"

    def holds(self, day: date) -> bool:
        """Return whether a day lies in the period in which the rules run."""
        # As written: "Rules run from the day the case is adopted (IOM) or notified (PHOENIX) to the day it closes,
        # both in; nothing dated outside is evidence."
        return self.start is not None and self.start <= day <= self.end


# As written: "As of D: only events dated on or before D count." The first column dates the row itself; the others date
# a later event of the same row, which is blanked (with the words that belong to it) while it lies ahead.
_LATER: dict[str, tuple[str, dict[str, tuple[str, ...]]]] = {
    "rag": ("set_on", {}),
    "custody": ("received_on", {"released_on": ()}),
    "offers": ("offered_on", {"responded_on": ("response",), "started_on": (), "ended_on": ("end_reason",)}),
    "contacts": ("occurred_at", {}),
    "ratings": ("rated_on", {}),
    "concerns": ("occurred_on", {"outcome_on": ("outcome",)}),
    "decisions": ("decided_on", {"actioned_on": ()}),
    "orders": ("made_on", {"ended_on": ("end_reason",)}),
    "notifications": ("attempted_on", {}),
    "actions": ("", {"done_on": (), "cancelled_on": ("cancel_reason",)}),
    "cases": (
        "",
        {
            "adopted_on": (),
            "notified_on": (),
            "notice_served_on": (),
            "release_plan_on": (),
            "closed_on": ("close_reason",),
        },
    ),
}


def as_known(table: str, row: Row, as_of: date) -> Row | None:
    """Return the row with every later event blanked, or nothing where the row itself lies ahead."""
    first, later = _LATER[table]
    own = when(row, first) if first else None
    if own is not None and own > as_of:
        return None
    known = dict(row)
    for column, with_it in later.items():
        event = when(row, column)
        if event is not None and event > as_of:
            for blanked in (column, *with_it):
                known[blanked] = ""
    return known


def rows_as_of(tables: Tables, table: str, key: str, value: str, as_of: date) -> list[Row]:
    """Return the rows of a table that belong to a case or a person, as of a day."""
    found = []
    for row in tables.get(table, []):
        if cell(row, key) == value:
            known = as_known(table, row, as_of)
            if known is not None:
                found.append(known)
    return found


def story_of(tables: Tables, case_ref: str, as_of: date, november: date = NOVEMBER) -> Story:
    """Return the story of a case as of a day.

    Args:
        tables: the rows.
        case_ref: the case.
        as_of: the day.
        november: the day from which version 2026-11-30 is in force.
    """
    (case,) = rows_as_of(tables, "cases", "case_ref", case_ref, as_of)
    person_ref = cell(case, "person_ref")
    (person,) = [row for row in tables["people"] if cell(row, "person_ref") == person_ref]
    story = Story(as_of=as_of, case=case, person=person, november=november)
    story.custody = rows_as_of(tables, "custody", "person_ref", person_ref, as_of)
    story.orders = rows_as_of(tables, "orders", "person_ref", person_ref, as_of)
    story.rag = rows_as_of(tables, "rag", "case_ref", case_ref, as_of)
    story.offers = rows_as_of(tables, "offers", "case_ref", case_ref, as_of)
    story.contacts = rows_as_of(tables, "contacts", "case_ref", case_ref, as_of)
    story.ratings = rows_as_of(tables, "ratings", "case_ref", case_ref, as_of)
    story.concerns = rows_as_of(tables, "concerns", "case_ref", case_ref, as_of)
    story.decisions = rows_as_of(tables, "decisions", "case_ref", case_ref, as_of)
    story.notifications = rows_as_of(tables, "notifications", "case_ref", case_ref, as_of)
    story.actions = rows_as_of(tables, "actions", "case_ref", case_ref, as_of)
    story.rag.sort(key=lambda row: dated(row, "set_on"))
    story.contacts.sort(key=lambda row: (cell(row, "occurred_at"), cell(row, "contact_ref")))
    story.concerns.sort(key=lambda row: (dated(row, "occurred_on"), cell(row, "concern_ref")))
    story.decisions.sort(key=lambda row: (dated(row, "decided_on"), cell(row, "decision_ref")))
    story.ratings.sort(key=lambda row: (dated(row, "week_commencing"), dated(row, "rated_on")))
    story.offers.sort(key=lambda row: (dated(row, "offered_on"), cell(row, "offer_ref")))
    return story
