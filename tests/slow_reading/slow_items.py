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
    licence_in_force,
    orders_in_force,
)
from slow_reading.slow_rows import Row, Story, cell, dated, when

Under = tuple[str, str, str]


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
        under: the orders in force on the day of a failure: ADULT or YOUTH, when made, reference.
    """

    day: date
    order: str
    kind: str
    ref: str
    on: date
    week: date | None = None
    under: frozenset[Under] = frozenset()


def items_of(story: Story, rule: str) -> list[Item]:
    """Return the items of a rule on a case, in order."""
    found = [item for item in _READERS[rule](story) if story.holds(item.day) and story.holds(item.on)]
    return sorted(found, key=lambda item: (item.day, item.order, item.ref))


def contact_item(row: Row, under: frozenset[Under] = frozenset()) -> Item:
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


def _absences(story: Story) -> list[Item]:
    # As written, of version 2026-11-30: "REFUSED_ENTRY counts only while a licence is in force or the IOM licence
    # condition is yes: nobody else has a duty to admit a visit. (In this rule only ...)"
    found = []
    for row in story.contacts:
        day = dated(row, "occurred_at")
        at_the_door = story.newly(day) and cell(row, "outcome") == "REFUSED_ENTRY"
        if is_missed(story, row) and (not at_the_door or licence_in_force(story, day)):
            found.append(contact_item(row))
    return found


def _order_failures(story: Story) -> list[Item]:
    # As written: "planned contacts with UNACCEPTABLE_ABSENCE ..., each under a COMMUNITY_ORDER or SSO in force; 3
    # under a YRO"
    kinds = {"COMMUNITY_ORDER": "ADULT", "SSO": "ADULT", "YRO": "YOUTH"}
    found = []
    for row in story.contacts:
        if is_missed(story, row) and cell(row, "outcome") == "UNACCEPTABLE_ABSENCE":
            # As written, of version 2026-11-30: "where two are in force, a failure counts under each"
            under = frozenset(
                (kinds[cell(order, "order_type")], cell(order, "made_on"), cell(order, "order_ref"))
                for order in orders_in_force(story, dated(row, "occurred_at"))
                if cell(order, "order_type") in kinds
            )
            if under:
                found.append(contact_item(row, under))
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
    completed = [(dated(row, "occurred_at"), row) for row in story.contacts if is_completed(story, row)]
    found = []
    since: date | None = None
    kind, ref, silent = "", "", 0
    for day in each_day(story.start, story.end):
        seen = [row for on, row in completed if on == day]
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
    # As written, of version 2026-11-30: "PHOENIX also ROBBERY; IOM cases whose cohort is FREE also DRUG_SUPPLY and
    # SEXUAL."
    more: tuple[str, ...] = ("ROBBERY",) if story.programme == "PHOENIX" else ()
    if story.programme == "IOM" and cell(story.case, "cohort") == "FREE":
        more = ("DRUG_SUPPLY", "SEXUAL")

    def is_serious(row: Row) -> bool:
        group = cell(row, "offence_group")
        return cell(row, "concern_type") in ("ARREST", "CHARGE", "SUSPECTED") and (
            group in groups or (group in more and story.newly(dated(row, "occurred_on")))
        )

    return concern_items(story, is_serious)


def is_credible(row: Row) -> bool:
    """Return whether a concern is intelligence with the grades that `credible_intelligence` asks for."""
    # As written: "one INTELLIGENCE concern graded source 1 or 2 and information A or B, with handling P (C, shared on
    # conditions, and no code raise nothing)"
    return (
        cell(row, "concern_type") == "INTELLIGENCE"
        and cell(row, "source_grade") in ("1", "2")
        and cell(row, "information_grade") in ("A", "B")
        and cell(row, "handling") == "P"
    )


def _intelligence(story: Story) -> list[Item]:
    return concern_items(story, is_credible)


def _breach(story: Story) -> list[Item]:
    # As written: "one BREACH, RECALL or UNLAWFULLY_AT_LARGE concern"
    return concern_items(story, lambda row: cell(row, "concern_type") in ("BREACH", "RECALL", "UNLAWFULLY_AT_LARGE"))


def _persisting_concerns(story: Story) -> list[Item]:
    # As written: "2 concerns of any type"
    # As written, of version 2026-11-30: "counts no MISSING concern ... and an INTELLIGENCE concern only when it is
    # graded as `credible_intelligence` asks; what does not count does not join either"
    def counts(row: Row) -> bool:
        if not story.newly(dated(row, "occurred_on")):
            return True
        kind = cell(row, "concern_type")
        return kind != "MISSING" and (kind != "INTELLIGENCE" or is_credible(row))

    return concern_items(story, counts)


_READERS: dict[str, Callable[[Story], list[Item]]] = {
    "missed_contacts": _missed,
    "unacceptable_absences": _absences,
    "order_failures": _order_failures,
    "low_ratings": _low_ratings,
    "unanswered_offer": _unanswered,
    "lost_contact": _lost,
    "serious_concern": _serious,
    "credible_intelligence": _intelligence,
    "breach": _breach,
    "persisting_concern": _persisting_concerns,
}
