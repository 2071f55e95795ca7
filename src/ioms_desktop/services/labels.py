"""Record values as text."""

from datetime import date, datetime
from typing import Any

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.cases import Notification
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.record import Column, ColumnKind, parts_of
from ioms_desktop.domain.text_format import format_day, pluralise
from ioms_desktop.services.session import Session

CODES_SHOWN_WITH_LABEL = frozenset({"source_grade", "information_grade", "handling"})


def format_value(session: Session, column: Column, value: Any) -> str:  # noqa: ANN401 - one of the column's own types
    """Format a value: a date as `3 Nov 2026`, a code by its label, a user by display name; empty for no value."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, DayTime):
        return value.words
    if isinstance(value, date):
        return format_day(value)
    codes = "agency" if column.name == "agency" else column.codes
    if not codes:
        return session.names.in_column(column, str(value))
    known = session.lists.of(codes)
    if column.kind is ColumnKind.TEXT and column.codes:
        shown = "; ".join(known.label(part) for part in parts_of(value))
    else:
        shown = known.label(str(value))
    return f"{known.canonical(str(value))} {shown}" if codes in CODES_SHOWN_WITH_LABEL else shown


def agency_code(lists: CodeLists, text: str | None) -> str:
    """Return the code of an agency that was written as its code or by its name; empty where it is neither."""
    written, agencies = (text or "").strip(), lists.of("agency")
    code = agencies.canonical(written)
    return code if code in agencies else agencies.code_labelled(written)


def describe_version(lists: CodeLists, version: str | None) -> str:
    """Describe the version or part of an assessment tool; a database that is not migrated yet may lack the list."""
    known = lists.lists.get("assessment_version")
    return (version or "") if known is None else known.label(version)


def describe_action_moves(first_due_on: date | None, moves: int | None) -> str:
    """Say how often the day of an action was moved, and when it was due at first; empty if it never was."""
    if first_due_on is None:
        return ""
    times = {1: "once", 2: "twice"}.get(moves or 1, f"{moves} times")
    return f"moved {times}, first due {format_day(first_due_on)}"


def describe_action_owner(session: Session, owner: str, agency: str | None) -> str:
    """Say who does an action, with the agency where one is named."""
    return ", ".join(filter(None, (session.names.of(owner), session.lists.of("agency").label(agency))))


def describe_custody_kind(lists: CodeLists, spell: CustodySpell) -> str:
    """Describe a kind of custody: police detention with its hours, a night in the cells being no remand."""
    kind = lists.of("custody_kind").label(spell.kind)
    return kind if spell.hours is None else f"{kind}, {pluralise(spell.hours, 'hour')}"


def describe_attempt(attempt: Notification) -> str:
    """Describe an attempt at a notification: `Attempt 2, 10 days after the incident`."""
    if attempt.prompted_on is None:
        return f"Attempt {attempt.attempt}"
    days = (attempt.attempted_on - attempt.prompted_on).days
    return f"Attempt {attempt.attempt}, {pluralise(days, 'day')} after the incident"


def format_instant(at: datetime) -> str:
    """Format an instant in London time, as `3 Nov 2026, 10:05`."""
    local = at.astimezone(LONDON)
    return f"{format_day(local.date())}, {local:%H:%M}"
