"""The facts shown for a decision, in words: the trigger, its evidence, the offers, and what was tried."""

from collections import Counter
from datetime import date, timedelta

from ioms_desktop.domain.policy.decisions import CHILD_CHECKS, ChildCheck, parse_child_checks
from ioms_desktop.domain.policy.triggers import Evidence, Trigger
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.domain.records.person_sets.care import (
    ANSWER_WORDS,
    EXPLOITATION,
    KIND_ASKED,
    SafeguardingCheck,
    latest_check,
)
from ioms_desktop.domain.text_format import capitalise, describe_due, format_day, join_words, pluralise
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.cases.concern_labels import describe_concern
from ioms_desktop.services.session import Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.recording.case_subject import describe_offer, is_offer_open

RECENT_CONTACT_DAYS = 28
MAX_WORDS_CHARS = 240
"""The length of the words beside an answer about a child."""
NO_CHECK_RECORDED = "No safeguarding check is recorded."
ASKED_OF_HEADER = "NRM"
"""The question about a child that the header of the case answers as well."""


def describe_evidence(session: Session, view: CaseView, evidence: Evidence) -> str:
    """Describe an item of evidence, as far as this user may see it."""
    kind = labels.EVIDENCE_LABELS.get(evidence.kind, evidence.kind.capitalize())
    joined = ", joined later" if evidence.joined else ""
    return f"{format_day(evidence.on)}: {_describe_record(session, view, evidence) or kind}{joined}"


def _describe_record(session: Session, view: CaseView, evidence: Evidence) -> str:
    lists, ref = session.lists, evidence.ref
    if evidence.kind == "contact":
        for contact in view.contacts:
            if contact.contact_ref == ref:
                kind = lists.of("contact_type").label(contact.contact_type)
                return f"{kind}: {lists.of('contact_outcome').label(contact.outcome)}"
    if evidence.kind == "concern":
        found = [concern for concern in view.concerns if concern.concern_ref == ref]
        return describe_concern(lists, view, found[0]) if found else "A concern you may not open"
    if evidence.kind == "offer":
        return next((describe_offer(session, offer) for offer in view.offers if offer.offer_ref == ref), "")
    if evidence.kind == "rating":
        week = ref.rpartition("/")[2]
        levels = [r.level for r in view.ratings if r.week_commencing.isoformat() == week and r.role == "NAVIGATOR"]
        return f"Engagement rated {levels[0]}" if levels else ""
    return ""


def trigger_lines(session: Session, view: CaseView, trigger: Trigger, sentence: str) -> tuple[str, ...]:
    """Return lines that describe what was observed, when a decision is due, and the evidence."""
    clock = f"Raised {format_day(trigger.raised_on)}; decision {describe_due(trigger.decision_due, session.today())}."
    rests = [f"Evidence, {describe_evidence(session, view, each)}." for each in trigger.evidence]
    return (sentence, clock, *rests)


def support_lines(session: Session, view: CaseView) -> tuple[str, ...]:
    """Return lines that list the open offers, what was tried recently, and the current state of the case."""
    offers = [offer for offer in view.offers if is_offer_open(offer, view.as_of)]
    answers = session.lists.of("offer_response")
    lines = [
        f"{describe_offer(session, offer)}: "
        f"{answers.label(offer.response).lower() if offer.response else 'no answer yet'}."
        for offer in offers
    ]
    if not lines:
        lines = ["No offer of support is open."]
    since = view.as_of - timedelta(days=RECENT_CONTACT_DAYS)
    outcomes = Counter(c.outcome for c in view.contacts if since < c.occurred_at.on <= view.as_of)
    told = [f"{count} {session.lists.of('contact_outcome').label(code).lower()}" for code, count in outcomes.items()]
    tried = join_words(told) if told else "none"
    lines.append(f"Contacts of the last {pluralise(RECENT_CONTACT_DAYS, 'day')}: {tried}.")
    lines.append(f"Current step: {describe_step(session, view.step)}.")
    return tuple(lines)


def describe_step(session: Session, code: str | None) -> str:
    """Return the name of a step, which says more than its code."""
    if not code:
        return "none"
    return next((step.label for step in session.ladder if step.code == code), code)


def check_lines(text: str | None) -> tuple[str, ...]:
    """Return the answers to the child checks, one on each line."""
    return tuple(
        f"{capitalise(CHILD_CHECKS[check.code])}: "
        f"{'yes' if check.yes else 'no'}{'. ' + check.note if check.note else ''}"
        for check in parse_child_checks(text).values()
    )


def recorded_check(session: Session, view: CaseView, question: str, on: date) -> tuple[str, str]:
    """Describe what is on record of a question about a child on a day, and offer words that refer to it.

    What the header or an earlier decision says is shown as well, but never offered: it has to be looked at again.

    Returns:
        A sentence or two, and the words; both empty where such checks are not recorded by themselves.
    """
    if question not in KIND_ASKED:
        return "", ""
    found = latest_check(view.of(SafeguardingCheck), question, on)
    status = session.lists.of("nrm_status").label(found.nrm_status) if found and found.nrm_status else ""
    elsewhere = _said_elsewhere(session, view, question, status)
    if found is None:
        return " ".join(filter(None, (NO_CHECK_RECORDED, elsewhere))), ""
    answer = "" if found.answer is None else ANSWER_WORDS[found.kind][found.answer]
    said = ", ".join(filter(None, (answer, status, found.adult, found.event, found.reasons)))
    by = f" by {found.checked_by}" if found.checked_by else ""
    asked = "on a day that is not on record" if found.from_on is None else f"on {format_day(found.from_on)}"
    told = f": {said}" if said else ""
    known = f"On record: asked {asked}{by}{told}."
    words = f"As recorded {asked} ({found.check_ref}){told}"[:MAX_WORDS_CHARS]
    return " ".join(filter(None, (known, elsewhere if question == ASKED_OF_HEADER else ""))), words


def _said_elsewhere(session: Session, view: CaseView, question: str, status: str) -> str:
    """Say what the header or the latest decision says of a question, unless the check says the same status."""
    if question == ASKED_OF_HEADER:
        told = describe_exploitation(session, view)
        return f"The case header says: {told}." if told and not (status and told.startswith(status)) else ""
    earlier = _latest_answer(view, question)
    if earlier is None:
        return ""
    decided_on, check = earlier
    note = f", {check.note}" if check.note else ""
    return f"The decision of {format_day(decided_on)} says: {'yes' if check.yes else 'no'}{note}."


def _latest_answer(view: CaseView, question: str) -> tuple[date, ChildCheck] | None:
    """Return the day of the latest decision that answers a question about a child, and the answer."""
    for decision in sorted(view.decisions, key=lambda each: (each.decided_on, each.decision_ref), reverse=True):
        check = parse_child_checks(decision.child_checks).get(question)
        if check is not None:
            return decision.decided_on, check
    return None


def describe_exploitation(session: Session, view: CaseView) -> str:
    """Return where it stands, from the record; else the latest answer to whether it was considered, with its day."""
    status = session.lists.of("nrm_status").label(view.person.exploitation)
    if status:
        checks = (each for each in view.of(SafeguardingCheck) if each.kind == EXPLOITATION and each.to_on is None)
        return status + next((_describe_clock(each) for each in checks if each.nrm_status is not None), "")
    earlier = _latest_answer(view, ASKED_OF_HEADER)
    if earlier is None:
        return ""
    decided_on, check = earlier
    words = f": {check.note}" if check.note else ""
    return f"{'Considered' if check.yes else 'Not considered'}, {format_day(decided_on)}{words}"


def _describe_clock(check: SafeguardingCheck) -> str:
    """Return since when it stands so, and the day that is waited for."""
    on = "" if check.from_on is None else f", {format_day(check.from_on)}"
    if check.grounds_on is not None or check.grounds_due_on is None:
        return on
    return f"{on}; reasonable grounds due {format_day(check.grounds_due_on)}"


def proposal_lines(session: Session, proposal: Proposal) -> tuple[tuple[str, str], ...]:
    """Return everything a proposal contains, each part with its label."""
    lists = session.lists
    what = lists.of("decision").label(proposal.decision)
    told = (
        ("Decision", what),
        ("Step", describe_step(session, proposal.step) if proposal.step else ""),
        ("Legal power", _power(session, proposal)),
        ("Reason", proposal.reason),
        ("Alternatives considered", proposal.alternatives or ""),
        ("Why it is proportionate", proposal.proportionality or ""),
        ("Message given", proposal.told_participant or ""),
        ("Who else was told", proposal.others_told or ""),
        ("Conviction", _conviction(proposal)),
        ("Partner lever", lists.of("enforcement_lever").label(proposal.lever)),
        ("Dissent", _dissent(session, proposal)),
        ("Review on", "" if proposal.review_on is None else format_day(proposal.review_on)),
        ("Proposed", f"{format_day(proposal.proposed_on)} by {session.names.of(proposal.proposed_by)}"),
    )
    return tuple((title, words) for title, words in told if words)


def _power(session: Session, proposal: Proposal) -> str:
    steps = (step for step in session.ladder if step.code == proposal.step)
    return next((step.power_on(proposal.proposed_on) for step in steps), "")


def _conviction(proposal: Proposal) -> str:
    on = "" if proposal.convicted_on is None else format_day(proposal.convicted_on)
    return ", ".join(filter(None, (proposal.conviction_court or "", on)))


def _dissent(session: Session, proposal: Proposal) -> str:
    agency = session.lists.of("agency").label(proposal.dissent_agency)
    return ": ".join(filter(None, (agency, proposal.dissent or "")))


def format_child_checks(answers: dict[str, tuple[str, str]]) -> str | None:
    """Format the answers to the child checks as a decision stores them: `CODE=yes: words; ...`."""
    # A semicolon separates the checks, so the text of an answer must not contain one.
    parts = [f"{code}={answer}: {words.replace(';', ',')}".rstrip(": ") for code, (answer, words) in answers.items()]
    return "; ".join(parts) or None
