"""What inspections ask of a case, in words for its screen and its paper: drift, visitors, contacts by agency."""

from collections.abc import Callable

from ioms_desktop.domain.figures.oversight import (
    ContactCount,
    count_contacts,
    is_drifting,
    unchanged_since,
    visits_in_final_third,
)
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.text_format import format_day, pluralise
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.session import Session

NO_AGENCY = "Agency not named"
NO_PURPOSE = "Purpose not recorded"


def contact_counts(session: Session, view: CaseView) -> tuple[ContactCount, ...]:
    """Return the contacts of a case by agency and purpose, each in words, the most frequent first."""
    counted = count_contacts(view.contacts, view.completed, _canonical(session.lists))
    lists = session.lists
    return tuple(
        ContactCount(
            agency=lists.of("agency").label(each.agency) or NO_AGENCY,
            purpose=lists.of("contact_purpose").label(each.purpose) or NO_PURPOSE,
            contacts=each.contacts,
            completed=each.completed,
            minutes=each.minutes,
        )
        for each in counted
    )


def describe(session: Session, view: CaseView) -> tuple[tuple[str, str], ...]:
    """Return what there is to say of a case: a few words of what it is about, and a sentence."""
    said = (("Seen in person by", describe_visits(session, view)), ("No change", describe_drift(session, view)))
    return tuple((subject, text) for subject, text in said if text)


def describe_drift(session: Session, view: CaseView) -> str:
    """Say since when RAG, needs and step have not changed; empty where that is not too long ago, or nothing runs."""
    policies, case = session.policy_timeline, view.history[-1]
    since = unchanged_since(case, view.rag, view.needs, view.as_of, _canonical(session.lists))
    if since is None or not is_drifting(policies, since, view.as_of):
        return ""
    what = "RAG, needs and step" if view.case.has_rag else "Needs and step"
    return f"{what} unchanged since {format_day(since)}, {pluralise((view.as_of - since).days, 'day')}"


def describe_visits(session: Session, view: CaseView) -> str:
    """Say who has come since probation contact ended; empty before the final third."""
    case = view.case
    visits = visits_in_final_third(
        session.policy_timeline, view.history[-1], case.final_third_from, view.contacts, view.as_of
    )
    if visits is None:
        return ""
    first = format_day(visits.first)
    if not visits.by_agency:
        return f"Nobody in person since {first}"
    label = session.lists.of("agency").label
    counts = ", ".join(f"{label(agency) or NO_AGENCY.lower()} {count}" for agency, count in visits.by_agency)
    return (
        f"No agency but the police since {first}: {counts}" if visits.are_by_police_alone else f"{counts} since {first}"
    )


def _canonical(lists: CodeLists) -> Callable[[str, str], str]:
    return lambda name, code: lists.of(name).canonical(code)
