"""Whose the alerts are that a command raised: what is done for several people may raise one on any of them."""

from dataclasses import replace

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.session import Outcome
from ioms_desktop.storage.records.read import Reading


def name_raised(reading: Reading, outcome: Outcome) -> Outcome:
    """Say in an answer, by name and date of birth, whose each alert is."""
    whose = {ref: _describe_whose(reading, ref) for ref in {each.case_ref for each in outcome.raised}}
    return replace(outcome, raised=tuple(replace(each, whom=whose[each.case_ref]) for each in outcome.raised))


def _describe_whose(reading: Reading, case_ref: str) -> str:
    """Describe the person of a case by name and date of birth; empty where they cannot be read here."""
    case = reading.find(Case, case_ref)
    person = None if case is None else reading.find(Person, case.person_ref)
    if person is None:
        return ""
    return f"{person.full_name}, born {format_day(person.date_of_birth)}"
