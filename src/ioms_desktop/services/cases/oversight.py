"""What inspections ask of a case, in words for its screen and its paper: drift, visitors, contacts by agency."""

from collections.abc import Callable
from datetime import date

from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.figures.oversight import (
    ContactCount,
    count_contacts,
    is_drifting,
    unchanged_since,
    visits_in_final_third,
)
from ioms_desktop.domain.figures.support_dose import SupportDose, next_session_on, support_dose
from ioms_desktop.domain.policy.case_facts import ACCEPTED_RESPONSES
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.engagement import Offer
from ioms_desktop.domain.records.leaving.exits import TRANSITION, CaseExit, latest_exit, proposed_transition
from ioms_desktop.domain.text_format import format_day, pluralise
from ioms_desktop.domain.validation.offer_rules import format_pounds
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.cases.concern_labels import NFA, offence_outcome
from ioms_desktop.services.session import Session

VICTIM = "VICTIM"
LEAVING = "Leaving"
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
    said = (
        ("Seen in person by", describe_visits(session, view)),
        ("No change", describe_drift(session, view)),
        (LEAVING, describe_leaving(session.lists, view)),
    )
    return tuple((subject, text) for subject, text in said if text)


def describe_leaving(lists: CodeLists, view: CaseView, *, whole: bool = False) -> str:
    """Say how a case last left its programme and why; empty where it goes on.

    Args:
        whole: Whether to say what follows, too.
    """
    left = latest_exit(each for each in view.of(CaseExit) if each.kind != TRANSITION)
    if left is None or (left.resumed_on is not None and left.resumed_on <= view.as_of):
        return ""
    words = f"{lists.of('exit_kind').label(left.kind)} on {format_day(left.left_on)}: {left.reason}"
    return _with_what_follows(words, left) if whole else words


def describe_transition(session: Session, view: CaseView) -> str:
    """Say what was proposed for after 18, and who confirmed it or that nobody has; empty where nothing was proposed."""
    case = view.case
    if case.transition_proposed_on is None or case.transition_proposed_on > view.as_of:
        return ""
    by = session.names.of(case.transition_proposed_by or "")
    words = f"Proposed on {format_day(case.transition_proposed_on)} by {by}"
    if case.transition_confirmed_on is None or case.transition_confirmed_on > view.as_of:
        words += ", not confirmed"
    else:
        words += f", confirmed on {format_day(case.transition_confirmed_on)} by "
        words += session.names.of(case.transition_confirmed_by or "")
    plan = proposed_transition(view.of(CaseExit))
    return words if plan is None else _with_what_follows(f"{words}: {plan.reason}", plan)


def _with_what_follows(words: str, left: CaseExit) -> str:
    passed_on = f"Passed on to {left.goes_to}" if left.goes_to else ""
    plan = f"Exit plan: {left.plan}" if left.plan else ""
    after = f"Help afterwards: {left.services}" if left.services else ""
    return ". ".join(each.rstrip(".") for each in (words, passed_on, plan, after) if each)


def describe_dose(lists: CodeLists, view: CaseView, offer: Offer) -> str:
    """Say what an offer brought against what was planned, how long its first session took, and when the next one is.

    Empty where there is nothing of that to say.
    """
    dose = support_dose(offer, view.contacts, view.completed)
    ahead = next_session_on(offer, view.appointments, view.as_of)
    if dose.accepted_on is None and not dose.sessions and ahead is None:
        return ""
    parts = [lists.of("provider_answer").label(offer.provider_answer)]
    if offer.planned_sessions is not None or dose.sessions:
        parts.append(_of(dose.sessions, offer.planned_sessions, "session"))
    if offer.planned_minutes is not None or dose.minutes:
        parts.append(_of(dose.minutes, offer.planned_minutes, "minute"))
    parts.append(_wait(dose, view.as_of))
    parts.append("" if ahead is None else f"next session on {format_day(ahead)}")
    return ", ".join(filter(None, parts))


def describe_outcomes(lists: CodeLists, view: CaseView) -> str:
    """Say how often the person is on record as suspect or convicted and, apart from that, as harmed; or nothing.

    The days are those fixed for the case when it was selected; without them those since it began.
    """
    case = view.case
    turn = case.selected_on or case.starts_on
    if turn is None or not view.offences:
        return ""
    until = min(filter(None, (case.look_forward_to, view.as_of)))
    said = []
    if case.look_back_from is not None and case.selected_on is not None:
        said.append(_count_offences(lists, view, case.look_back_from, case.selected_on - DAY))
    if turn <= until:
        said.append(_count_offences(lists, view, turn, until))
    return ". ".join(said)


def _count_offences(lists: CodeLists, view: CaseView, first: date, last: date) -> str:
    during = [each for each in view.offences if first <= each.offence_on <= last]
    harmed = sum(each.role == VICTIM for each in during)
    unknown = sum(each.role is None for each in during)
    against = [each for each in during if each.role not in {VICTIM, None}]
    ended = sum(offence_outcome(lists, view, each).startswith(NFA) for each in against)
    nfa = f" ({ended} of them {NFA})" if ended else ""
    also = f", {unknown} with no part on record" if unknown else ""
    period = f"{format_day(first)} to {format_day(last)}"
    return f"{period}: {len(against)} as suspect or convicted{nfa}, {harmed} as the one harmed{also}"


def describe_exit(offer: Offer) -> str:
    """Say when an accepted offer is to be left; that nobody has said so is said of one that is still open."""
    if offer.exit_planned_on is not None:
        return f"Exit planned on {format_day(offer.exit_planned_on)}"
    return "No exit date" if offer.response in ACCEPTED_RESPONSES and offer.ended_on is None else ""


def describe_funding(session: Session, offer: Offer) -> str:
    """Say what an offer is funded with, from whom, and who authorised that when; empty where it is not funded."""
    if offer.funding_amount is None or offer.funding_authorised_on is None:
        return ""
    what = f" for {offer.funding_for}" if offer.funding_for else ""
    by, on = session.names.of(offer.funding_authorised_by), format_day(offer.funding_authorised_on)
    return f"{format_pounds(offer.funding_amount)}{what} from {offer.funded_by}, authorised by {by} on {on}"


def _wait(dose: SupportDose, as_of: date) -> str:
    """Say how long the first session took from the day of acceptance, or is taking."""
    days = dose.days_to_first_session(as_of)
    if days is None:
        return ""
    if dose.first_session_on is None:
        return f"no session in {pluralise(days, 'day')}"
    return f"first session after {pluralise(days, 'day')}" if days else "first session on the day it was accepted"


def _of(given: int, planned: int | None, unit: str) -> str:
    return pluralise(given, unit) if planned is None else f"{given} of {pluralise(planned, unit)}"


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
