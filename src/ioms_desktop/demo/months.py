"""Splits the rows into two imports a month, as if a team sent its files on the first working day after each half.

With one a month what was done in it is on record up to five weeks late: every participant then has alerts of lost
contact that were withdrawn once the files came, a dozen in a year, and none that means anything.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from ioms_desktop.demo.book import Row, Tables
from ioms_desktop.domain.dates.calendar import DAY, LONDON, working_days_after

RECORDED_ON_COLUMNS: Mapping[str, str] = {
    "cases": "referred_on",
    "rag": "set_on",
    "custody": "received_on",
    "custody_transfers": "moved_on",
    "compliance_steps": "taken_on",
    "goals": "set_on",
    "exits": "left_on",
    "order_conditions": "from_on",
    "assessments": "assessed_on",
    "needs": "assessed_on",
    "offers": "offered_on",
    "contacts": "occurred_at",
    "appointments": "starts_at",
    "ratings": "rated_on",
    "concerns": "recorded_on",
    "decisions": "decided_on",
    "orders": "made_on",
    "offences": "offence_on",
    "referrals": "sent_on",
    "notifications": "attempted_on",
    "letter_deliveries": "attempted_at",
}
"""The column with the day on which a row could first be sent; people and actions are sent with the case, and what is
arranged for a later month with the last rows of all."""
MIDDLE_OF_MONTH = 15
ISO_DATE_CHARS = len("2026-11-22")


class DemoImport(NamedTuple):
    """The rows of one import and the instant at which it happened."""

    at: datetime
    tables: Tables


def split_by_half_month(tables: Tables, until: datetime) -> list[DemoImport]:
    """Assign rows to the half month in which they could first be sent, in order; none is sent later than `until`."""
    begun: dict[str, str] = {}
    for case in tables["cases"]:
        begun[case["case_ref"]] = case["referred_on"]
        first = begun.get(case["person_ref"], case["referred_on"])
        begun[case["person_ref"]] = min(first, case["referred_on"])
    sent: dict[datetime, Tables] = {}
    for name, rows in tables.items():
        for row in rows:
            at = min(_import_instant(_recorded_day(name, row, begun)), until)
            sent.setdefault(at, {}).setdefault(name, []).append(row)
    return [DemoImport(at, sent[at]) for at in sorted(sent)]


def _recorded_day(name: str, row: Row, begun: Mapping[str, str]) -> str:
    """Return the day on which a row could first be sent: that of its event, or the person's first referral if later."""
    case_or_person = row.get("case_ref") or row["person_ref"]
    since = begun[row["person_ref"] if name == "people" else case_or_person]
    return max(since, row[RECORDED_ON_COLUMNS[name]][:ISO_DATE_CHARS]) if name in RECORDED_ON_COLUMNS else since


def _import_instant(day: str) -> datetime:
    on = date.fromisoformat(day)
    end = (on.replace(day=1) + DAY * 31).replace(day=1) - DAY
    last = on.replace(day=MIDDLE_OF_MONTH) if on.day <= MIDDLE_OF_MONTH else end
    return datetime.combine(working_days_after(last, 1), time(9), LONDON).astimezone(UTC)
