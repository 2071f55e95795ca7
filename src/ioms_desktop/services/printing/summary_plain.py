"""Gathering the copy for the person, and the copy for a parent or carer: what each may know, in plain English."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from ioms_desktop.domain.dates.calendar import ADULT_AGE
from ioms_desktop.domain.errors import NotToldYet
from ioms_desktop.domain.intelligence import INTELLIGENCE_RULE
from ioms_desktop.domain.policy.decisions import OFFER_STAYS_OPEN_NOTICE, parse_child_checks
from ioms_desktop.domain.policy.in_force import OrderFact, order_in_force
from ioms_desktop.domain.policy.triggers import OPEN, evaluate
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.plain_copy import (
    HANDLING,
    MEETING_WORDS,
    OFFERS_PARENTS_ARE_TOLD_OF,
    ORDERS_AT_LIBERTY,
    ROLE_WORDS,
    THE_PERSON,
    Addressee,
    CallLine,
    PlainCopy,
    complaint_lines,
    describe_ending,
    describe_expectations,
    describe_help_later,
    describe_meeting,
    describe_next_look,
    describe_offer,
    describe_order,
    describe_programme,
    describe_release,
    describe_served,
)
from ioms_desktop.domain.printing.plain_words import describe_plainly, may_be_told
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.letters.facts import refuse_who_died
from ioms_desktop.services.session import Session

MAX_MEETINGS = 3
NOT_AN_ORDER = frozenset({"NONE", "SERVING", "REMAND", "DTO_CUSTODY", "RUI"})
"""Where somebody stands, without rules of its own that they could break."""


def refuse_plain_copy(view: CaseView, audience: Audience) -> None:
    """Refuse a copy that must not exist: of who died or has not been told of the programme, or for an adult's parent.

    Raises:
        NotToldYet: The person died; has not been adopted or notified by the day of the copy; or is an adult then.
    """
    refuse_who_died(view, "Nothing was printed", "audience")
    started = view.case.starts_on
    if started is None or started > view.as_of:
        raise NotToldYet(
            f"By {format_day(view.as_of)} the person had not been told that they are on the programme, so there is "
            "no copy for them or their family. Nothing was printed. Tell them first.",
            field="audience",
        )
    if audience is Audience.PARENT and view.age >= ADULT_AGE:
        raise NotToldYet(
            f"The person is {view.age} on {format_day(view.as_of)}, an adult: a copy is given to them, and to nobody "
            "on their behalf. Nothing was printed. Choose the participant's copy.",
            field="audience",
        )


def gather_plain_copy(session: Session, view: CaseView, about: PrintFacts) -> PlainCopy:
    """Gather what the person, or a parent or carer, is told.

    Raises:
        NotToldYet: There is no such copy; see `refuse_plain_copy`.
    """
    refuse_plain_copy(view, about.audience)
    view = view.with_display_names(session.names)
    called = view.person.called
    to = Addressee(called) if about.audience is Audience.PARENT else THE_PERSON
    ended_on = view.case.closed_on if view.case.ended_by(view.as_of) else None
    return PlainCopy(
        about=replace(about, handling=HANDLING.format(who=to.who)),
        as_of=view.as_of,
        name=called,
        full_name=view.person.full_name,
        child=view.age < ADULT_AGE,
        programme=_programme(view, ended_on, to),
        offered=tuple(_offers(session, view, to)),
        expected=(*_orders(session, view, to), *_expectations(view, ended_on, to), OFFER_STAYS_OPEN_NOTICE),
        happened=tuple(_happened(session, view, to)),
        upcoming=tuple(_upcoming(session, view, ended_on, to)),
        calls=tuple(_calls(session, view)),
        complaints=complaint_lines(to),
    )


def _offers(session: Session, view: CaseView, to: Addressee) -> Iterator[str]:
    types, answers = session.lists.of("offer_type"), session.lists.of("offer_response")
    for offer in view.offers:
        code = types.canonical(offer.offer_type)
        if to.name is None or code in OFFERS_PARENTS_ARE_TOLD_OF:
            answer = answers.canonical(offer.response) if offer.response else None
            yield describe_offer(code, offer.offered_on, answer, offer.ended_on, to)


def _orders(session: Session, view: CaseView, to: Addressee) -> Iterator[str]:
    terms, statuses = session.policy_timeline.on(view.as_of).in_force, session.lists.of("statutory_status")
    for order in view.orders:
        fact = OrderFact(order.order_type, order.made_on, order.ends_on, order.order_ref, order.ended_on)
        code = statuses.canonical(order.order_type)
        if code in ORDERS_AT_LIBERTY and view.open_custody:
            continue
        if order_in_force(terms, fact, view.as_of) and code not in NOT_AN_ORDER:
            ends = min(filter(None, (order.ended_on, order.ends_on)), default=None)
            yield describe_order(code, ends, to)


def _happened(session: Session, view: CaseView, to: Addressee) -> Iterator[str]:
    steps = session.lists.of("enforcement_step")
    served = [
        (steps.canonical(decision.step), decision.actioned_on)
        for decision in view.decisions
        if decision.actioned_on is not None
        and decision.step
        and decision.rule != INTELLIGENCE_RULE
        and (to.name is None or _parent_was_told(decision.child_checks))
    ]
    for step, served_on in served[-1:]:
        yield describe_served(step, served_on, to)


def _programme(view: CaseView, ended_on: date | None, to: Addressee) -> tuple[str, ...]:
    code = view.case.programme
    return describe_programme(code, to) if ended_on is None else describe_ending(code, ended_on, to)


def _expectations(view: CaseView, ended_on: date | None, to: Addressee) -> tuple[str, ...]:
    """Say what is asked of them; once the work has ended that is nothing but what the law asks of everybody."""
    return describe_expectations(view.case.programme, to)[0 if ended_on is None else 1 :]


def _upcoming(session: Session, view: CaseView, ended_on: date | None, to: Addressee) -> Iterator[str]:
    yield from _meetings(session, view, to)
    if view.case.programme == "IOM" and to.name is None:  # on Phoenix an alert would tell the arm of the trial
        yield from _open_alerts(session, view)
    release = view.case.expected_release_on
    if release is not None and release >= view.as_of:
        yield describe_release(release, to)
    yield describe_next_look(to) if ended_on is None else describe_help_later(to)


def _meetings(session: Session, view: CaseView, to: Addressee) -> Iterator[str]:
    types = session.lists.of("contact_type")
    ahead = sorted(
        (
            each
            for each in view.appointments
            if each.is_waiting
            and each.starts_at.on >= view.as_of
            and types.canonical(each.contact_type) in MEETING_WORDS
        ),
        key=lambda each: (each.starts_at.on, each.starts_at.iso_text),
    )
    for each in ahead[:MAX_MEETINGS]:
        # A parent is told when, and not how or with whom: that can say what the meeting is about.
        told = to.name is None
        how = MEETING_WORDS[types.canonical(each.contact_type)]
        yield describe_meeting(each.starts_at, (each.worker or "") if told else "", how if told else "", to)


def _open_alerts(session: Session, view: CaseView) -> Iterable[str]:
    """Return what is said of open alerts: the same whoever prints, and whether or not there is intelligence."""
    # What was intelligence before a correction counts too, so that a reclassified concern is not given away.
    secret = frozenset[str]().union(*(state.intelligence() for state in view.history))
    history = [state.without(secret) for state in view.history]
    found = evaluate(session.policy_timeline, history, view.as_of)
    told = [each for each in found if each.status == OPEN and may_be_told(each, history[-1], view.as_of)]
    return dict.fromkeys(describe_plainly(each, history[-1], view.as_of) for each in told)


def _parent_was_told(child_checks: str | None) -> bool:
    check = parse_child_checks(child_checks).get("PARENT")
    return check is not None and check.yes


def _calls(session: Session, view: CaseView) -> Iterator[CallLine]:
    roles = session.lists.of("worker_role")
    for each in view.workers:
        if each.ended_on is None or each.ended_on > view.as_of:
            role = roles.canonical(each.worker_role)
            if role in ROLE_WORDS:
                yield CallLine(role=ROLE_WORDS[role], name=each.worker, phone=each.phone or "")
