"""The head of a case summary: the person, and the state of the case."""

from datetime import date

from ioms_desktop.domain.dates.calendar import ADULT_AGE
from ioms_desktop.domain.printing.summary import (
    CurrentEngagement,
    CurrentRag,
    Identity,
    OrderLine,
    PersonDetail,
    Programme,
    ResponsiblePerson,
    StatutoryFacts,
)
from ioms_desktop.domain.records.cases import DECEASED, Case
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.custody.transfers import CustodyTransfer, establishment_on
from ioms_desktop.domain.records.people import CustodySpell, Person
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.text_format import describe_due, format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.compliance.supervision import status_of
from ioms_desktop.services.labels import describe_custody_kind, format_value
from ioms_desktop.services.session import Session

STAGES_ON_PAPER = {"RANDOMISED": "ELIGIBLE", "NOTIFY_DUE": "ELIGIBLE"}
"""What paper says of the stages that would tell a trial arm, or that there is a trial, to whoever reads it."""
PROGRAMMES = {"IOM": "Integrated Offender Management", "PHOENIX": "Phoenix Programme (focussed deterrence)"}


def programme(view: CaseView, lists: CodeLists) -> Programme:
    """The programme, and the state of the case in it."""
    case, cohort = view.case, lists.of("cohort").label(view.case.cohort)
    closed = case.closed_on if case.ended_by(view.as_of) else None
    return Programme(
        code=case.programme,
        name=PROGRAMMES[case.programme],
        cohort=f"{cohort} cohort" if cohort else "",
        status=_stage(case, lists) if closed is None else _closed_stage(case, lists, closed),
        close_reason="" if closed is None else _close_reason(case, lists),
        case_ref=case.case_ref,
        since=case.starts_on,
        tells_death=case.status == DECEASED,
        died=view.died,
    )


def _stage(case: Case, lists: CodeLists) -> str:
    return lists.of("case_status").label(STAGES_ON_PAPER.get(case.status, case.status))


def _closed_stage(case: Case, lists: CodeLists, closed: date) -> str:
    """Say the stage and the day on which the case, and not who died, was closed."""
    what = "; case closed" if case.status == DECEASED else ", closed"
    return f"{_stage(case, lists)}{what} on {format_day(closed)}"


def _close_reason(case: Case, lists: CodeLists) -> str:
    """Say why it closed; nothing where the stage says the same: `Completed`, as the programme was completed."""
    reasons = lists.of("close_reason")
    reason = reasons.label(case.close_reason)
    is_said = reasons.canonical(case.close_reason or "") == case.status or reason in _stage(case, lists)
    return "" if is_said else reason


def identity(view: CaseView, session: Session) -> Identity:
    """Who the person is."""
    lists = session.lists
    who = view.person
    return Identity(
        family_name=who.family_name,
        given_names=who.given_names,
        initials=initials_of(who),
        known_as=who.known_as or "",
        date_of_birth=who.date_of_birth,
        age=view.age,
        child=view.age < ADULT_AGE,
        sex=lists.of("sex").label(who.sex),
        pnc_id=who.pnc_id or "",
        cro_number=who.cro_number or "",
        crn=who.crn or "",
        prison_number=who.prison_number or "",
        niche_id=who.niche_id or "",
        address=", ".join(filter(None, (who.address, who.postcode))),
        phone=who.phone or "",
        communication_needs=who.communication_needs or "",
        languages=who.languages or "",
        parent_or_carer=who.parent_or_carer or "",
        warning_markers=_markers(who.warning_markers, lists),
        details=tuple(
            PersonDetail(
                label=column.label, text=format_value(session, column, value), for_partners=column.for_partners
            )
            for column in columns_of(Person)
            if column.is_detail and (value := column.value_of(who)) is not None
        ),
    )


def initials_of(who: Person) -> str:
    """The first letters of the names, `C.H.`; empty where one would be the whole name, as in Chinese."""
    parts = (*who.given_names.split(), *who.family_name.split())
    if any(len(part) == 1 and part.upper() == part.lower() for part in parts):
        return ""
    return "".join(f"{part[0].upper()}." for part in parts)


def _markers(text: str | None, lists: CodeLists) -> tuple[str, ...]:
    codes = (part.strip() for part in (text or "").split(";"))
    return tuple(lists.of("warning_marker").label(code) for code in codes if code)


def responsible(view: CaseView) -> tuple[ResponsiblePerson, ...]:
    """Who works with the person."""
    case = view.case
    named = (
        ("Police OM", case.police_om),
        ("Probation practitioner", case.probation_practitioner),
        ("Navigator", case.navigator),
        ("YJS case manager", case.yjs_case_manager),
        ("Social worker", case.social_worker),
    )
    # That somebody has a social worker says that social care knows them, which partners are not told.
    return tuple(
        ResponsiblePerson(role=role, name=name, for_partners=role != "Social worker") for role, name in named if name
    )


def statutory(session: Session, view: CaseView) -> StatutoryFacts:
    """What the courts and prisons say: status, custody, orders."""
    case, lists = view.case, session.lists
    held = view.open_custody[-1] if view.open_custody else None
    kind = "" if held is None else describe_custody_kind(lists, held)
    custody = "" if held is None else _describe_custody(view, held)
    return StatutoryFacts(
        status=lists.of("statutory_status").label(status_of(session, view).code),
        iom_licence_condition=case.iom_licence_condition,
        final_third_from=case.final_third_from,
        custody=f"{custody} ({kind})" if kind else custody,
        expected_release_on=case.expected_release_on,
        wanted_since=view.wanted_since,
        orders=tuple(
            OrderLine(
                label=lists.of("statutory_status").label(order.order_type),
                made_on=order.made_on,
                ends_on=min(filter(None, (order.ended_on, order.ends_on)), default=None),
                ended=lists.of("order_end_reason").label(order.end_reason),
                court=order.court or "",
                conditions=order.conditions or "",
            )
            for order in view.orders
        ),
    )


def _describe_custody(view: CaseView, held: CustodySpell) -> str:
    where = establishment_on(held, view.of(CustodyTransfer), view.as_of)
    return f"{where or 'In custody'} since {format_day(held.received_on)}"


def rag(view: CaseView) -> CurrentRag | None:
    """The present colour, since when and why; None where the programme has none."""
    if not view.rag:
        return CurrentRag() if view.case.programme == "IOM" else None
    latest, due = view.rag[-1], view.review_due
    # What a RAG's reason rests on is not recorded; partners are not given the reason.
    return CurrentRag(
        rag=latest.rag,
        since=_rag_since(view),
        reason=latest.reason,
        set_by=latest.set_by or "",
        review_due=due,
        review_clock="" if due is None else describe_due(due, view.as_of),
    )


def _rag_since(view: CaseView) -> date:
    """The day from which the present colour has held, confirmations included."""
    since = view.rag[-1].set_on
    for entry in reversed(view.rag):
        if entry.rag != view.rag[-1].rag:
            break
        since = entry.set_on
    return since


def engagement(view: CaseView, lists: CodeLists) -> CurrentEngagement | None:
    """The navigator's latest weekly rating; None where the programme has none."""
    rated = [rating for rating in view.ratings if rating.role == "NAVIGATOR"]
    if not rated:
        return CurrentEngagement() if view.case.programme == "PHOENIX" else None
    latest = max(rated, key=lambda rating: rating.week_commencing)
    return CurrentEngagement(
        level=latest.level,
        words=lists.of("engagement_level").label(str(latest.level)),
        week=latest.week_commencing,
        rated_by=latest.rated_by or "",
    )
