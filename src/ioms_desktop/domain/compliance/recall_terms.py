"""How long a recall of a kind lasts, by the day on which it was made: dated data, and never a day of release."""

from collections.abc import Iterable
from datetime import date, timedelta

from ioms_desktop.domain.records.code_lists import CodeList
from ioms_desktop.domain.records.compliance.steps import RECALLED, ComplianceStep


def recall_days(kinds: CodeList, kind: str | None, on: date) -> tuple[int, ...]:
    """Return the days that a recall of a kind may last which is made on a day; none where it has no fixed term."""
    found = kinds.get(kind or "")
    for period in () if found is None else found.more.get("days", ()):
        since, until = str(period.get("from", date.min)), str(period.get("until", date.max))
        if since <= on.isoformat() <= until:  # a list is stored as text
            return tuple(period["days"])
    return ()


def latest_recall(steps: Iterable[ComplianceStep], on: date) -> ComplianceStep | None:
    """Return the latest recall made by a day; None where there was none."""
    made = [each for each in steps if each.step == RECALLED and each.taken_on <= on]
    return max(made, key=lambda each: (each.taken_on, each.id), default=None)


def term_ends(kinds: CodeList, recall: ComplianceStep | None, received_on: date) -> tuple[date, ...]:
    """Return the days that a fixed term from a reception would come to, for a person to hold against the prison's."""
    if recall is None or recall.taken_on > received_on:
        return ()
    days = recall_days(kinds, recall.recall_type, recall.taken_on)
    return tuple(received_on + timedelta(days=each) for each in days)
