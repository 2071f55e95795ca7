"""What one case adds to the measures of the quarter, as it is kept in its result."""

import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import date

from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.duties.kept_alerts import UnreadableResultError
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.measures import Tally
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.triggers import Trigger

_COUNTED = tuple(field.name for field in fields(Tally) if field.name not in {"first", "last", "as_of"})


def figures_of_case(policies: Policies, case: CaseFacts, triggers: Iterable[Trigger], today: date) -> str:
    """Write what a case adds to the measures from the first day of the quarter up to today, without what is nothing."""
    counted = tally_of_quarter(today)
    counted.add_evaluated_case(policies, case, triggers)
    said = {}
    for name in _COUNTED:
        value = getattr(counted, name)
        if isinstance(value, dict):
            value = {key: number for key, number in value.items() if number}
        if value:
            said[name] = value
    return json.dumps(said)


def tally_of_quarter(today: date) -> Tally:
    """Return the measures of the quarter of a day up to it, with nothing counted yet."""
    return Tally(Quarter.containing(today).first, today, today)


def add_figures(counted: Tally, text: str) -> None:
    """Add what a case adds.

    Raises:
        UnreadableResultError: It is none that `figures_of_case` wrote; nothing was added.
    """
    try:
        said = json.loads(text)
    except (RecursionError, ValueError) as wrong:
        raise UnreadableResultError(text) from wrong
    if not isinstance(said, dict) or not all(
        _is_like(getattr(counted, name, None), each) for name, each in said.items()
    ):
        raise UnreadableResultError(text)
    for name, value in said.items():
        present = getattr(counted, name)
        if isinstance(present, dict):
            for key, number in value.items():
                present[key] += number
        else:
            setattr(counted, name, present + value)


def _is_like(present: object, given: object) -> bool:
    if isinstance(present, dict):
        return isinstance(given, dict) and given.keys() <= present.keys() and _are_numbers(given.values())
    if isinstance(present, list):
        return isinstance(given, list) and _are_numbers(given)
    return isinstance(present, int) and _are_numbers([given])


def _are_numbers(given: Iterable[object]) -> bool:
    return all(type(each) is int for each in given)
