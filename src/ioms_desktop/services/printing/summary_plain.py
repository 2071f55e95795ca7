"""Gathering the copy for the person, and the copy for a parent or carer: what each may know, in plain English."""

from collections.abc import Iterator
from dataclasses import replace

from ioms_desktop.domain.dates.calendar import ADULT_AGE
from ioms_desktop.domain.errors import NotToldYet
from ioms_desktop.domain.intelligence import INTELLIGENCE_RULE
from ioms_desktop.domain.policy.decisions import parse_child_checks
from ioms_desktop.domain.policy.in_force import OrderFact, order_in_force
from ioms_desktop.domain.policy.triggers import OPEN
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.plain_copy import (
    HANDLING,
    OFFER_STAYS,
    PRIVATE_OFFERS,
    ROLE_WORDS,
    CallLine,
    PlainCopy,
    complaint_lines,
    describe_expectations,
    describe_meeting,
    describe_next_look,
    describe_offer,
    describe_order,
    describe_programme,
    describe_release,
    describe_served,
)
from ioms_desktop.domain.printing.plain_words import THE_PERSON, Addressee
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.session import Session

MAX_MEETINGS = 3
NOT_AN_ORDER = frozenset({"NONE", "SERVING", "REMAND"})


def refuse_plain_copy(view: CaseView, audience: Audience) -> None:
    """Refuse a copy that must not exist: for who has not been told of the programme, or for the parent of an adult.

    Raises:
        NotToldYet: The person has not been adopted or notified by the day of the copy, or is an adult then.
    """
    started = view.case.starts_on
    if started is None or started > view.as_of:
        raise NotToldYet(
            f"By {format_day(view.as_of)} the person had not been told that they are on the programme, so that there "
            "is no copy for them or their family. Nothing was printed. Tell them first.",
            field="audience",
        )
    if audience is Audience.PARENT and view.age >= ADULT_AGE:
        raise NotToldYet(
            f"The person is {view.age} on {format_day(view.as_of)}, an adult: a copy is given to them, and to nobody "
            "in their place. Nothing was printed. Choose the participant's copy.",
            field="audience",
        )


def gather_plain_copy(session: Session, view: CaseView, about: PrintFacts) -> PlainCopy:
    """Gather what the person, or a parent or carer, is told.

    Raises:
        NotToldYet: There is no such copy; see `refuse_plain_copy`.
    """
    refuse_plain_copy(view, about.audience)
    view = view.with_display_names(session.names)
    called = view.person.known_as or view.person.given_names.split()[0]
    to = Addressee(called) if about.audience is Audience.PARENT else THE_PERSON
    return PlainCopy(
        about=replace(about, handling=HANDLING.format(who=to.who)),
        as_of=view.as_of,
        name=called,
        full_name=f"{view.person.given_names} {view.person.family_name.upper()}",
        child=view.age < ADULT_AGE,
        programme=describe_programme(view.case.programme, to),
        offered=tuple(_offers(session, view, to)),
        expected=(*_orders(session, view, to), *describe_expectations(view.case.programme, to), OFFER_STAYS),
        upcoming=tuple(_upcoming(session, view, to)),
        calls=tuple(_calls(session, view)),
        complaints=complaint_lines(to),
    )


def _offers(session: Session, view: CaseView, to: Addressee) -> Iterator[str]:
    types, answers = session.lists.of("offer_type"), session.lists.of("offer_response")
    for offer in view.offers:
        code = types.canonical(offer.offer_type)
        if to.name is None or code not in PRIVATE_OFFERS:
            answer = answers.canonical(offer.response) if offer.response else None
            yield describe_offer(code, offer.offered_on, answer, offer.ended_on, to)


def _orders(session: Session, view: CaseView, to: Addressee) -> Iterator[str]:
    terms, statuses = session.policy_timeline.on(view.as_of).in_force, session.lists.of("statutory_status")
    for order in view.orders:
        fact = OrderFact(order.order_type, order.made_on, order.ends_on, order.order_ref, order.ended_on)
        if order_in_force(terms, fact, view.as_of) and statuses.canonical(order.order_type) not in NOT_AN_ORDER:
            ends = min(filter(None, (order.ended_on, order.ends_on)), default=None)
            yield describe_order(statuses.label(order.order_type), ends, to)


def _upcoming(session: Session, view: CaseView, to: Addressee) -> Iterator[str]:
    ahead = sorted(
        (each for each in view.appointments if each.is_waiting and each.starts_at.on >= view.as_of),
        key=lambda each: (each.starts_at.on, each.starts_at.iso_text),
    )
    for each in ahead[:MAX_MEETINGS]:
        # A parent is told when, and not where or with whom: that can say what the meeting is about.
        told = to.name is None
        yield describe_meeting(
            each.starts_at, (each.worker or "") if told else "", (each.location or "") if told else "", to
        )
    steps = session.lists.of("enforcement_step")
    for decision in view.decisions[-1:]:
        if decision.actioned_on is None or decision.rule == INTELLIGENCE_RULE or not decision.step:
            continue
        if to.name is None or _parent_was_told(decision.child_checks):
            yield describe_served(steps.canonical(decision.step), decision.actioned_on, to)
    if view.case.programme == "IOM" and to.name is None:  # on Phoenix an alert would tell the arm of the trial
        yield from (told.to_person for told in view.triggers if told.trigger.status == OPEN)
    release = view.case.expected_release_on
    if release is not None and release >= view.as_of:
        yield describe_release(release, to)
    yield describe_next_look(to)


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
