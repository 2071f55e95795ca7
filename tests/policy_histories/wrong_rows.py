"""Rows as somebody records them by mistake, before they are put right."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from policy_histories.exchange_columns import Row

Mistake = Callable[[Random, Row, date], dict[str, str] | None]


def wrong_row(rng: Random, table: str, row: Row, recorded: date) -> Row | None:
    """Return the row with a mistake, or nothing where nobody makes one.

    Args:
        rng: the source of chance.
        table: the table of the row.
        row: the row as it ought to be.
        recorded: the day on which it is recorded: the mistake puts nothing after it.
    """
    mistake = MISTAKES.get(table)
    cells = mistake(rng, row, recorded) if mistake else None
    return {**row, **cells} if cells else None


def moved(rng: Random, text: str, recorded: date, most: int = 12) -> str:
    """Return a date, or a date-time, some days earlier or later, but not after the day on which it is recorded."""
    day = date.fromisoformat(text[:10]) + timedelta(days=rng.choice((-most, -2, -1, 1, 2, most)))
    return min(day, recorded).isoformat() + text[10:]


def _contact(rng: Random, row: Row, recorded: date) -> dict[str, str]:
    if rng.random() < 0.3:
        return {"occurred_at": moved(rng, row["occurred_at"], recorded)}
    if row["outcome"] == "SEEN":
        return {"outcome": rng.choice(("NO_REPLY", "FAILED_TO_ATTEND", "UNACCEPTABLE_ABSENCE")), "minutes": ""}
    return {"outcome": rng.choice(("SEEN", "UNACCEPTABLE_ABSENCE", "FAILED_TO_ATTEND", "CANCELLED_BY_US"))}


def _concern(rng: Random, row: Row, recorded: date) -> dict[str, str]:
    if rng.random() < 0.3 and not row["outcome_on"]:
        return {"occurred_on": moved(rng, row["occurred_on"], recorded)}
    if row["concern_type"] == "INTELLIGENCE":
        return {"handling": rng.choice("PC"), "information_grade": rng.choice("ABE")}
    kind = rng.choice(("ARREST", "ASB_REPORT", "MISSING", "BREACH"))
    return {
        "concern_type": kind,
        "offence_group": rng.choice(("ROBBERY", "WEAPONS", "SEXUAL")) if kind == "ARREST" else "",
    }


def _rating(rng: Random, _row: Row, _recorded: date) -> dict[str, str]:
    return {"level": rng.choice("123")}


def _offer(rng: Random, row: Row, recorded: date) -> dict[str, str] | None:
    if row["responded_on"]:
        return {"response": "", "responded_on": "", "started_on": "", "ended_on": "", "end_reason": ""}
    answered = date.fromisoformat(row["offered_on"]) + timedelta(days=rng.choice((0, 5, 14, 15)))
    return {"response": "ACCEPTED", "responded_on": answered.isoformat()} if answered <= recorded else None


def _order(rng: Random, row: Row, _recorded: date) -> dict[str, str] | None:
    if row["ended_on"] and rng.random() < 0.6:
        return {"ended_on": "", "end_reason": ""}
    if row["order_type"] in ("COMMUNITY_ORDER", "SSO"):
        return {"order_type": rng.choice(("SSO", "LICENCE", "CIVIL_ORDER_ONLY"))}
    if row["ends_on"]:
        return {"ends_on": ""}
    return None


def _custody(rng: Random, row: Row, _recorded: date) -> dict[str, str] | None:
    received = date.fromisoformat(row["received_on"])
    if not row["released_on"]:
        return {"released_on": (received + timedelta(days=rng.choice((0, 1, 3)))).isoformat()}
    length = (date.fromisoformat(row["released_on"]) - received).days
    return {"released_on": (received + timedelta(days=rng.randrange(length))).isoformat()} if length else None


def _notification(_rng: Random, row: Row, _recorded: date) -> dict[str, str]:
    if row["outcome"].startswith("DELIVERED_"):
        return {"outcome": "NOT_FOUND"}
    return {"outcome": "DELIVERED_UNDECIDED"}


def _case(rng: Random, row: Row, recorded: date) -> dict[str, str] | None:
    if row["trial_arm"] == "CONTROL":
        return {"trial_arm": ""}
    begun = "adopted_on" if row["programme"] == "IOM" else "notified_on"
    kind = rng.random()
    if kind < 0.3 and row[begun]:
        day = date.fromisoformat(moved(rng, row[begun], recorded))
        return {begun: max(day, date.fromisoformat(row["referred_on"])).isoformat()}
    if kind < 0.5 and not row["closed_on"] and row[begun]:
        day = date.fromisoformat(row[begun]) + timedelta(days=rng.choice((20, 60, 100)))
        reason = "SUSTAINED_REDUCTION" if row["programme"] == "IOM" else "OTHER"
        return {"closed_on": day.isoformat(), "close_reason": reason}
    if row["programme"] == "IOM":
        return rng.choice(
            (
                {"cohort": "FREE"},
                {"cohort": "FIXED"},
                {"iom_licence_condition": "yes"},
                {"iom_licence_condition": "no"},
                {"statutory_status": "LICENCE"},
                {"statutory_status": "NONE"},
            )
        )
    return None


def _decision(rng: Random, row: Row, recorded: date) -> dict[str, str]:
    if row["rule"] and rng.random() < 0.4:
        return {"rule": rng.choice(("", "breach", "serious_concern", "persisting_concern"))}
    return {"decided_on": moved(rng, row["decided_on"], recorded, 3), "actioned_on": ""}


MISTAKES: dict[str, Mistake] = {
    "contacts": _contact,
    "concerns": _concern,
    "ratings": _rating,
    "offers": _offer,
    "orders": _order,
    "custody": _custody,
    "notifications": _notification,
    "cases": _case,
    "decisions": _decision,
}
