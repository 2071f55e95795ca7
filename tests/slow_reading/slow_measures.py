"""Swift, certain, balanced: the figures of the board report."""

from collections.abc import Sequence
from datetime import date
from math import ceil
from typing import Any

from slow_reading.slow_days import is_enforcement, working_days_between
from slow_reading.slow_recordings import State, states_of, triggers_of
from slow_reading.slow_rows import Tables, cell, dated, story_of, when
from slow_reading.slow_triggers import Trigger

Figures = dict[str, Any]


def measures_json(
    tables: Tables, from_: date, to: date, as_of: date | None = None, former: Sequence[Tables] = ()
) -> Figures:
    """Return the measures of a period, both days in."""
    states = states_of(tables, former)
    return recorded_measures_json([(cell(row, "case_ref"), states) for row in tables["cases"]], from_, to, as_of)


def recorded_measures_json(
    cases: Sequence[tuple[str, Sequence[State]]], from_: date, to: date, as_of: date | None = None
) -> Figures:
    """Return the measures of a period, both days in.

    Args:
        cases: the reference of each case, and the record as it has been, oldest first.
        from_: the first day.
        to: the last day.
        as_of: the day; without it the last day.
    """
    # As written: "Measures are as of `--as-of`, else of the period's last day."
    known = as_of or to
    triggers = [one for ref, states in cases for one in triggers_of(states, ref, known)]
    standing = [one for one in triggers if not one.withdrawn]
    return {
        "from": from_.isoformat(),
        "to": to.isoformat(),
        "as_of": known.isoformat(),
        "swiftness": swiftness(standing, from_, to),
        "certainty": certainty(standing, from_, to),
        "balance": balance(cases, from_, to, known),
        "contact_standards": {},
        "funnel": {},
        "flow": flow(cases, from_, min(to, known)),
    }


def swiftness(triggers: list[Trigger], from_: date, to: date) -> Figures:
    """Return how swift the decisions and the actions of a period were."""
    # As written: "working days from `raised_on` to the decision, and days from the decision to the action served
    # (median, 90th percentile, share on time), over decisions on triggers, and over actions served, dated in the
    # period"
    waits, in_time = [], []
    services, served_in_time = [], []
    for trigger in triggers:
        decided, served = trigger.decided_on, trigger.actioned_on
        if decided is None:
            continue
        if from_ <= decided <= to:
            waits.append(working_days_between(trigger.raised_on, decided))
            in_time.append(decided <= trigger.decision_due)
        if served is not None and from_ <= served <= to:
            services.append((served - decided).days)
            if trigger.action_due is not None:
                served_in_time.append(served <= trigger.action_due)
    return {
        "decisions": len(waits),
        "working_days_median": median(waits),
        "working_days_p90": nearest_rank(waits),
        "on_time_share": share(sum(in_time), len(in_time)),
        "actions": len(services),
        "action_days_median": median(services),
        "action_days_p90": nearest_rank(services),
        "action_on_time_share": share(sum(served_in_time), len(served_in_time)),
    }


def certainty(triggers: list[Trigger], from_: date, to: date) -> Figures:
    """Return how certain a decision was in a period."""
    # As written: "of the triggers whose `decision_due` falls in the period, the share with a recorded decision, and
    # the share decided on time"
    due = [one for one in triggers if from_ <= one.decision_due <= to]
    decided = [one for one in due if one.decided_on is not None]
    on_time = [one for one in decided if one.decided_on is not None and one.decided_on <= one.decision_due]
    return {
        "due": len(due),
        "decided": len(decided),
        "decided_share": share(len(decided), len(due)),
        "on_time": len(on_time),
        "on_time_share": share(len(on_time), len(due)),
    }


def balance(cases: Sequence[tuple[str, Sequence[State]]], from_: date, to: date, as_of: date) -> Figures:
    """Return the support offers of a period against its enforcement decisions."""
    made, accepted, still_open, enforcement = 0, 0, 0, 0
    end = min(to, as_of)
    for ref, states in cases:
        story = story_of(states[-1].tables, ref, end)
        for offer in story.offers:
            # As written: "made (offered in the period)"
            made += from_ <= dated(offer, "offered_on") <= to
            # As written: "accepted (ACCEPTED or PARTLY, answered in it)"
            answered = when(offer, "responded_on")
            accepted += (
                cell(offer, "response") in ("ACCEPTED", "PARTLY") and answered is not None and from_ <= answered <= to
            )
            # As written: "open (neither ended nor declined at its end)"
            still_open += when(offer, "ended_on") is None and cell(offer, "response") != "DECLINED"
        for decision in story.decisions:
            # As written: "enforcement decisions in the period"
            enforcement += is_enforcement(decision) and from_ <= dated(decision, "decided_on") <= to
    return {
        "offers_made": made,
        "offers_accepted": accepted,
        "offers_open": still_open,
        "enforcement_decisions": enforcement,
    }


def flow(cases: Sequence[tuple[str, Sequence[State]]], from_: date, end: date) -> Figures:
    """Return how many cases of each programme began and closed in a period."""
    found = {f"{programme}_{what}": 0 for programme in ("iom", "phoenix") for what in ("started", "closed")}
    for ref, states in cases:
        story = story_of(states[-1].tables, ref, end)
        for what, on in (("started", story.start), ("closed", when(story.case, "closed_on"))):
            found[f"{story.programme.lower()}_{what}"] += on is not None and from_ <= on <= end
    return found


def median(values: list[int]) -> float | None:
    """Return the middle value."""
    # As written: "The median of an even number is the mean of the middle two"
    if not values:
        return None
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def nearest_rank(values: list[int]) -> int | None:
    """Return the 90th percentile."""
    # As written: "the 90th percentile is the nearest rank"
    return sorted(values)[ceil(len(values) * 9 / 10) - 1] if values else None


def share(part: int, whole: int) -> float | None:
    """Return a share from 0 to 1."""
    # As written: "shares are 0 to 1, null when there is nothing to count"
    return part / whole if whole else None
