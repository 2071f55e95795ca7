"""The definitions of policy.md about days: working days, age, custody, unlawfully at large, in force, RAG."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import holidays

from slow_reading.slow_rows import Row, Story, cell, dated, when

ONE_DAY = timedelta(days=1)
STEPS = (
    *("L0", "L1", "L2", "L3", "L3b", "L4W", "L4", "L5", "L5b", "L5c", "L5d", "L5e", "L6", "L6b", "L6c"),
    *("L7", "L7b", "L8", "L9", "L10", "L11"),
)
NO_ORDER = ("CIVIL_ORDER_ONLY", "NONE", "")
# As written: "bail, remand, release under investigation and post-sentence supervision are no order"
NO_ORDER_SINCE_NOVEMBER = (*NO_ORDER, "BAIL_CONDITIONAL", "REMAND", "RELEASED_UNDER_INVESTIGATION", "PSS")
LICENCES = ("LICENCE", "S250_LICENCE")


def each_day(first: date, last: date) -> Iterator[date]:
    """Yield every day from the first to the last, both in."""
    day = first
    while day <= last:
        yield day
        day += ONE_DAY


@cache
def is_bank_holiday(day: date) -> bool:
    """Return whether a day is a bank holiday in England."""
    return day in holidays.country_holidays("GB", subdiv="ENG", years=day.year)


def is_working_day(day: date) -> bool:
    """Return whether a day is a working day."""
    # As written: "Working day: Monday to Friday that is no bank holiday in England."
    return day.weekday() < 5 and not is_bank_holiday(day)


def working_days_after(day: date, number: int) -> date:
    """Return the n-th working day after a day."""
    # As written: "n working days after d: the n-th working day strictly after d."
    found = 0
    while found < number:
        day += ONE_DAY
        if is_working_day(day):
            found += 1
    return day


def working_days_between(start: date, end: date) -> int:
    """Return how many working days lie strictly after the start and up to the end."""
    return sum(1 for day in each_day(start + ONE_DAY, end) if is_working_day(day))


def age_on(born: date, day: date) -> int:
    """Return the age on a day."""
    # As written: "Someone is N on the Nth birthday; born on 29 February, on 1 March of other years."
    years = day.year - born.year
    return years if (day.month, day.day) >= (born.month, born.day) else years - 1


def in_custody(story: Story, day: date) -> bool:
    """Return whether a day is a custody day of the person."""
    # As written: "Custody spell: from the day of reception (a custody day) to the day of release (a day at liberty)."
    # As written: "A custody spell received and released on one day has no custody day."
    for spell in story.custody:
        released = when(spell, "released_on")
        if dated(spell, "received_on") <= day and (released is None or day < released):
            return True
    return False


def at_liberty(story: Story, day: date) -> bool:
    """Return whether a day is a day at liberty."""
    # As written: "Days at liberty are the days of a period outside every custody spell."
    return not in_custody(story, day)


def liberty_days_after(story: Story, day: date) -> int:
    """Return the days at liberty from the day after a day to the as-of day, both in."""
    return sum(1 for later in each_day(day + ONE_DAY, story.as_of) if at_liberty(story, later))


def unlawfully_at_large(story: Story, day: date) -> bool:
    """Return whether the person was unlawfully at large on a day."""
    # As written: "Unlawfully at large: from the occurred_on of an UNLAWFULLY_AT_LARGE concern to the day before the
    # next reception; a RECALL alone does not start it."
    for concern in story.concerns:
        if cell(concern, "concern_type") != "UNLAWFULLY_AT_LARGE":
            continue
        since = dated(concern, "occurred_on")
        receptions = [dated(spell, "received_on") for spell in story.custody]
        back = min((received for received in receptions if received >= since), default=None)
        if since <= day and (back is None or day < back):
            # As written: "days unlawfully at large count as at liberty"
            return at_liberty(story, day)
    return False


def rag_on(story: Story, day: date) -> Row | None:
    """Return the RAG entry that holds on a day."""
    # As written: "RAG holds from the date it is set to the day before the next one is set."
    holding = None
    for entry in story.rag:
        if dated(entry, "set_on") <= day:
            holding = entry
    return holding


def orders_in_force(story: Story, day: date) -> list[Row]:
    """Return the orders and licences in force on a day."""
    # As written: "an order or licence of `orders` from `made_on` to `ends_on`, both in (no end: still in force)"
    # As written: "Civil orders do not count."
    found = []
    for order in story.orders:
        ends = when(order, "ends_on")
        kinds: tuple[str, ...] = NO_ORDER
        if story.newly(day):
            kinds = NO_ORDER_SINCE_NOVEMBER
            # As written: "An order ends on the day it was revoked or completed (`ended_on`), if that is before
            # `ends_on`."
            ended = when(order, "ended_on")
            if ended is not None and (ends is None or ended < ends):
                ends = ended
        if dated(order, "made_on") <= day and (ends is None or day <= ends) and cell(order, "order_type") not in kinds:
            found.append(order)
    return found


def something_in_force(story: Story, day: date) -> bool:
    """Return whether an order, a licence or the IOM licence condition is in force on a day."""
    # As written: "or the case's `statutory_status` LICENCE or S250_LICENCE; or `iom_licence_condition` yes"
    return bool(orders_in_force(story, day)) or licence_in_force(story, day)


def licence_in_force(story: Story, day: date) -> bool:
    """Return whether a licence or the IOM licence condition is in force on a day."""
    return (
        any(cell(order, "order_type") in LICENCES for order in orders_in_force(story, day))
        or status_on(story, day) in LICENCES
        or cell(story.case, "iom_licence_condition").lower() == "yes"
    )


def status_on(story: Story, day: date) -> str:
    """Return the statutory status of the case on a day.

    The present one in the first version. Since November the one that was on record that day: it is no correction of the
    days before when a case gets another. Before the first that was recorded, that one.
    """
    if not story.statuses or not story.newly(day):
        return cell(story.case, "statutory_status")
    until = [status for recorded_on, status in story.statuses if recorded_on <= day]
    return until[-1] if until else story.statuses[0][1]


def is_enforcement(decision: Row) -> bool:
    """Return whether a decision is an enforcement decision."""
    # As written: "Enforcement decision: an ESCALATE to a step of L1 or above. PARALLEL (safeguarding) is none."
    return cell(decision, "decision") == "ESCALATE" and cell(decision, "step") in STEPS[1:]


def is_completed(story: Story, contact: Row) -> bool:
    """Return whether a contact is completed."""
    # As written: "Completed contact: outcome SEEN, by any mode."
    # As written, of version 2026-11-30: "TEXT and THIRD_PARTY never complete a contact, whatever their outcome."
    if story.newly(dated(contact, "occurred_at")) and cell(contact, "contact_type") in ("TEXT", "THIRD_PARTY"):
        return False
    return cell(contact, "outcome") == "SEEN"


def is_in_person(contact: Row) -> bool:
    """Return whether a contact is one at which somebody lays eyes on the person."""
    # As written: "contact types carry a flag `in_person` (of those there were: all but PHONE, TEXT, VIDEO,
    # THIRD_PARTY, ADDRESS_CHECK)"
    return cell(contact, "contact_type") not in (
        *("PHONE", "TEXT", "VIDEO", "THIRD_PARTY", "ADDRESS_CHECK"),
        "VIRTUAL_MEETING",
    )


def is_missed(story: Story, contact: Row) -> bool:
    """Return whether a contact is missed."""
    # As written: "Missed contact: a *planned* contact with outcome FAILED_TO_ATTEND, UNACCEPTABLE_ABSENCE or
    # REFUSED_ENTRY."
    # As written: "what happened in a custody spell is not missed"
    return (
        cell(contact, "planned").lower() == "yes"
        and cell(contact, "outcome") in ("FAILED_TO_ATTEND", "UNACCEPTABLE_ABSENCE", "REFUSED_ENTRY")
        and at_liberty(story, dated(contact, "occurred_at"))
    )
