"""Evidence: the single items that each rule counts, on the day on which it counts them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from slow_reading.slow_days import (
    ONE_DAY,
    at_liberty,
    each_day,
    in_custody,
    is_completed,
    is_missed,
    orders_in_force,
)
from slow_reading.slow_rows import Row, Story, cell, dated, when


@dataclass(frozen=True)
class Item:
    """One missed contact, one low rating, one concern.

    Attributes:
        day: the day on which the rule counts it.
        order: its place among the items of one day.
        kind: contact, rating, offer, concern or notification.
        ref: the reference of the row.
        on: the date of the row itself.
        week: the Monday of a rating's week.
        under: ADULT and YOUTH, as the orders in force on the day of a failure have it.
    """

    day: date
    order: str
    kind: str
    ref: str
    on: date
    week: date | None = None
    under: frozenset[str] = frozenset()


def items_of(story: Story, rule: str) -> list[Item]:
    """Return the items of a rule on a case, in order."""
    found = [item for item in _READERS[rule](story) if story.holds(item.day) and story.holds(item.on)]
    return sorted(found, key=lambda item: (item.day, item.order, item.ref))


def contact_item(row: Row, under: frozenset[str] = frozenset()) -> Item:
    """Return a contact as an item of its own day."""
    day = dated(row, "occurred_at")
    return Item(day, cell(row, "occurred_at"), "contact", cell(row, "contact_ref"), day, under=under)


def concern_items(story: Story, counts: Callable[[Row], bool]) -> list[Item]:
    """Return the concerns that count, as items of their own days."""
    found = []
    for row in story.concerns:
        if counts(row):
            day = dated(row, "occurred_on")
            found.append(Item(day, "", "concern", cell(row, "concern_ref"), day))
    return found


def _missed(story: Story) -> list[Item]:
    return [contact_item(row) for row in story.contacts if is_missed(story, row)]


def _order_failures(story: Story) -> list[Item]:
    # As written: "planned contacts with UNACCEPTABLE_ABSENCE ..., each under a COMMUNITY_ORDER or SSO in force; 3
    # under a YRO"
    found = []
    for row in story.contacts:
        if is_missed(story, row) and cell(row, "outcome") == "UNACCEPTABLE_ABSENCE":
            kinds = orders_in_force(story, dated(row, "occurred_at"))
            under = set()
            if "COMMUNITY_ORDER" in kinds or "SSO" in kinds:
                under.add("ADULT")
            if "YRO" in kinds:
                under.add("YOUTH")
            if under:
                found.append(contact_item(row, frozenset(under)))
    return found


def _low_ratings(story: Story) -> list[Item]:
    # As written: "the navigator's weekly rating is 1 or 2 ... (0 is not yet contacted and does not count)"
    # As written: "a rating made (`rated_on`) on a custody day does not count and makes no weeks consecutive"
    found = []
    for row in story.ratings:
        if cell(row, "role") != "NAVIGATOR" or cell(row, "level") not in ("1", "2"):
            continue
        rated, week = dated(row, "rated_on"), dated(row, "week_commencing")
        if at_liberty(story, rated):
            ref = f"{story.case_ref}/{week.isoformat()}"
            found.append(Item(rated, week.isoformat(), "rating", ref, rated, week=week))
    return found


def _unanswered(story: Story) -> list[Item]:
    found = []
    for row in story.offers:
        offered = dated(row, "offered_on")
        answered = when(row, "responded_on")
        # As written: "a support offer has no response 14 days after `offered_on`", raised on "`offered_on` + 15 days"
        if answered is not None and answered <= offered + timedelta(days=14):
            continue
        day = offered + timedelta(days=15)
        if day <= story.as_of and in_custody(story, day):
            # As written: "If the day of `unanswered_offer` falls in custody, it is raised on the next day at liberty
            # if there is still no answer"
            while day <= story.as_of and in_custody(story, day):
                day += ONE_DAY
            if answered is not None and answered <= day:
                continue
        if day <= story.as_of:
            found.append(Item(day, offered.isoformat(), "offer", cell(row, "offer_ref"), offered))
    return found


def delivered_on(story: Story) -> date | None:
    """Return the day on which the notification was delivered."""
    days = [dated(row, "attempted_on") for row in story.notifications if cell(row, "outcome").startswith("DELIVERED_")]
    within = [day for day in days if story.holds(day)]
    return min(within) if within else story.start


def _lost(story: Story) -> list[Item]:
    # As written: "28 days at liberty since the last completed contact (before there is one: since the notification was
    # delivered)"
    # As written: "counts from the day after the contact (or the notification, which is then its evidence); a contact
    # completed on the 28th day prevents it"
    if story.start is None:
        return []
    delivered = delivered_on(story)
    found = []
    since: date | None = None
    kind, ref, silent = "", "", 0
    for day in each_day(story.start, story.end):
        seen = [row for row in story.contacts if is_completed(row) and dated(row, "occurred_at") == day]
        if seen:
            since, kind, ref, silent = day, "contact", cell(seen[-1], "contact_ref"), 0
        elif since is None:
            if day == delivered:
                since, kind, ref, silent = day, "notification", story.case_ref, 0
        elif at_liberty(story, day):
            silent += 1
            if silent == 28:
                found.append(Item(day, "", kind, ref, since))
    return found


def _serious(story: Story) -> list[Item]:
    # As written: "one ARREST, CHARGE or SUSPECTED concern whose offence group is violence, weapons or drug supply
    # (PHOENIX), or burglary, robbery, theft from the person or vehicle crime, or violence or weapons (IOM)"
    groups = {
        "PHOENIX": ("VIOLENCE", "WEAPONS", "DRUG_SUPPLY"),
        "IOM": ("BURGLARY", "ROBBERY", "THEFT_PERSON", "VEHICLE_CRIME", "VIOLENCE", "WEAPONS"),
    }[story.programme]
    return concern_items(
        story,
        lambda row: (
            cell(row, "concern_type") in ("ARREST", "CHARGE", "SUSPECTED") and cell(row, "offence_group") in groups
        ),
    )


def _intelligence(story: Story) -> list[Item]:
    # As written: "one INTELLIGENCE concern graded source 1 or 2 and information A or B, with handling P (C, shared on
    # conditions, and no code raise nothing)"
    return concern_items(
        story,
        lambda row: (
            cell(row, "concern_type") == "INTELLIGENCE"
            and cell(row, "source_grade") in ("1", "2")
            and cell(row, "information_grade") in ("A", "B")
            and cell(row, "handling") == "P"
        ),
    )


def _breach(story: Story) -> list[Item]:
    # As written: "one BREACH, RECALL or UNLAWFULLY_AT_LARGE concern"
    return concern_items(story, lambda row: cell(row, "concern_type") in ("BREACH", "RECALL", "UNLAWFULLY_AT_LARGE"))


def _any_concern(story: Story) -> list[Item]:
    # As written: "2 concerns of any type"
    return concern_items(story, lambda _row: True)


_READERS: dict[str, Callable[[Story], list[Item]]] = {
    "missed_contacts": _missed,
    "unacceptable_absences": _missed,
    "order_failures": _order_failures,
    "low_ratings": _low_ratings,
    "unanswered_offer": _unanswered,
    "lost_contact": _lost,
    "serious_concern": _serious,
    "credible_intelligence": _intelligence,
    "breach": _breach,
    "persisting_concern": _any_concern,
}
