"""Concerns and offences in words, each with how it ended: an arrest is never shown without its NFA."""

from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.domain.records.endings import Ending, concern_ending, offence_ending
from ioms_desktop.domain.records.people import Offence
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView

NFA = "NFA"


def describe_concern(lists: CodeLists, view: CaseView, concern: Concern) -> str:
    """Return the type of a concern and how it had ended by the view's day: `Arrest, NFA 27 Aug 2026`."""
    return ", ".join(
        filter(None, (lists.of("concern_type").label(concern.concern_type), _ending(lists, view, concern)))
    )


def describe_concern_with_group(lists: CodeLists, view: CaseView, concern: Concern) -> str:
    """Return the same with its offence group: `Arrest, vehicle crime, NFA 27 Aug 2026`."""
    label = lists.of("concern_type").label(concern.concern_type)
    group = lists.of("offence_group").label(concern.offence_group).lower()
    return ", ".join(filter(None, (label, group, _ending(lists, view, concern))))


def _ending(lists: CodeLists, view: CaseView, concern: Concern) -> str:
    said = describe_ending(lists, concern_ending(concern, view.offences, view.as_of))
    return said if said[1:2].isupper() else f"{said[:1].lower()}{said[1:]}"  # it goes on from what precedes it


def offence_outcome(lists: CodeLists, view: CaseView, offence: Offence) -> str:
    """Return how an offence had ended by the view's day; empty where nothing is recorded."""
    return describe_ending(lists, offence_ending(offence, view.concerns, view.as_of))


def describe_ending(lists: CodeLists, ending: Ending | None) -> str:
    """Return an outcome with its day, as `NFA 27 Aug 2026`, which is what the teams call no further action."""
    if ending is None:
        return ""
    known = lists.of("concern_outcome").get(ending.outcome)
    words = ending.outcome if known is None else NFA if known.more.get("no_further_action") else known.label
    return f"{words} {format_day(ending.on)}" if ending.on is not None else words
