"""Reads what tells whether a person died, and asks about what is recorded of the time after."""

from collections.abc import Iterable, Mapping
from datetime import date

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.leaving.deaths import death_told_by
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.case_access import KnownPeople
from ioms_desktop.services.entry_doubts import doubtful
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.previous_versions import case_histories
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction


def find_death(reading: Reading, cases: Iterable[Case]) -> Case | None:
    """Return the case by which a person died, of those that the user may open; see `find_deaths`."""
    return find_deaths(reading, {"": cases}).get("")


def find_deaths(reading: Reading, people: Mapping[str, Iterable[Case]]) -> dict[str, Case]:
    """Return the case by which each of some people died, if they did.

    Previous versions are read in one statement, and only of those whose cases disagree.

    Args:
        reading: Where the cases were read.
        people: Of each person the cases that the user may open.
    """
    deaths: dict[str, Case] = {}
    disputed: dict[str, dict[str, Case]] = {}
    for person, cases in people.items():
        by_ref = {case.case_ref: case for case in cases}
        told = [case for case in by_ref.values() if case.closed_by_death]
        if told and len(told) == len(by_ref):
            deaths[person] = told[0]
        elif told:
            disputed[person] = by_ref
    histories = case_histories(reading, {ref: case for theirs in disputed.values() for ref, case in theirs.items()})
    for person, theirs in disputed.items():
        death = death_told_by([histories[ref] for ref in theirs])
        if death is not None:
            deaths[person] = death
    return deaths


def describe_death(death: Case) -> str:
    """Say by which case a person died, and when."""
    when = "" if death.closed_on is None else f" on {format_day(death.closed_on)}"
    return f"Case {death.case_ref} says that this person died{when}."


def ask_about_death(tx: Transaction, cases: Iterable[Case], on: date) -> None:
    """Ask about what is recorded of a day after the death of a person.

    Args:
        tx: The command of somebody who can be asked; it knows what they confirmed.
        cases: The cases of the person that the user may open.
        on: The day.

    Raises:
        EntryDoubtful: They died before it, and the user was not asked yet.
    """
    death = find_death(tx, cases)
    if death is None or (death.closed_on is not None and on <= death.closed_on):
        return
    asked = f"{describe_death(death)} If so, close the person's other cases; if not, have that case put right."
    if asked not in (tx.command.confirmed or ()):
        raise doubtful({"": (asked,)})


def ask_if_died(session: Session, tx: Transaction, case: Case, on: date) -> None:
    """Ask about what is recorded on a case of a day after the death of its person, where somebody can be asked.

    Raises:
        EntryDoubtful: They died before it, and the user was not asked yet.
    """
    if tx.command.confirmed is not None:
        ask_about_death(tx, KnownPeople(session, tx, (case.person_ref,)).openable_cases(case.person_ref), on)
