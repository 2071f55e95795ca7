"""The facts of a case in short, in the order in which a case conference asks for them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.dates.calendar import ADULT_AGE
from ioms_desktop.domain.policy.case_facts import CANCELLED_OUTCOMES, COMPLETED_OUTCOME
from ioms_desktop.domain.policy.case_figures import engagement_by_week
from ioms_desktop.domain.records.custody.transfers import CustodyTransfer, establishment_on
from ioms_desktop.domain.records.own_words import OwnWords
from ioms_desktop.domain.records.people import CustodySpell, Person
from ioms_desktop.domain.records.protection import GroupResponse, VictimContact
from ioms_desktop.domain.records.record import columns_of
from ioms_desktop.domain.text_format import describe_due, format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.cases.oversight import describe, describe_outcomes
from ioms_desktop.services.compliance.supervision import describe_status
from ioms_desktop.services.labels import format_value
from ioms_desktop.services.network.standing import describe_retaliation
from ioms_desktop.services.session import Session
from ioms_desktop.ui import labels
from ioms_desktop.ui.forms.date_parsing import format_date
from ioms_desktop.ui.recording.decision_facts import describe_exploitation, describe_step

REMOTE_CONTACT_TYPES = frozenset({"PHONE", "TEXT", "VIDEO", "THIRD_PARTY", "ADDRESS_CHECK"})
"""The types of contact at which nobody is met, where the code list does not say so itself."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A small title above its text.

    Attributes:
        title: What it is about.
        text: What is to be said of it.
        wide: Whether it takes two columns.
        essential: Whether it is shown however small the window is.
        group: The title under which it shares one line with others of this group where there is little room; empty
            for none.
    """

    title: str
    text: str
    wide: bool = False
    essential: bool = False
    group: str = ""


def essential_facts(facts: Sequence[Fact], *, grouped: bool) -> tuple[Fact, ...]:
    """Return the facts that are always shown; grouped, those of one group as one."""
    shown: list[Fact] = []
    for fact in facts:
        if not fact.essential:
            continue
        if grouped and fact.group:
            words = f"{fact.title} {fact.text}"
            last = shown[-1] if shown and shown[-1].title == fact.group else None
            if last is not None:
                shown[-1] = replace(last, text=f"{last.text}; {words}")
            else:
                shown.append(Fact(fact.group, words, essential=True))
        else:
            shown.append(fact)
    return tuple(shown)


def header_facts(session: Session, view: CaseView) -> tuple[Fact, ...]:
    """Return the facts of the header, in the order in which a case conference asks for them."""
    case, person, lists = view.case, view.person, session.lists
    named = (labels.PROGRAMME_LABELS.get(case.programme, case.programme), lists.of("cohort").label(case.cohort))
    facts = [
        Fact("Born", labels.describe_birth(person, view.age)),
        Fact("Programme", " · ".join(filter(None, (*named, lists.of("case_status").label(case.status))))),
    ]
    facts += [
        Fact(title, ref) for title, ref in (("Reopened from", view.follows), ("Reopened as", view.followed_by)) if ref
    ]
    if shows_rag(view):
        facts.append(Fact("RAG", _describe_rag(view), wide=True))
    facts += [
        Fact("Last contact", _describe_last_contact(session, view)),
        Fact("Last seen in person", _describe_last_seen_in_person(session, view)),
        Fact("Next contact", _describe_next_contact(view), essential=True),
        *_engagement_facts(session, view),
        Fact("Step", describe_step(session, view.step), essential=True),
        *_worker_facts(session, view),
        Fact("Custody", _describe_custody(view), wide=bool(view.custody), essential=True),
        Fact("Statutory status", _describe_statutory_status(session, view), wide=case.final_third_from is not None),
        *_oversight_facts(session, view),
    ]
    facts += [*_safeguarding_facts(session, view), *_transition_facts(session, view)]
    if person.communication_needs:
        facts.append(Fact("Communication needs", person.communication_needs))
    return tuple(facts)


def _oversight_facts(session: Session, view: CaseView) -> tuple[Fact, ...]:
    """Return what inspections find missing, where there is something to say."""
    return tuple(Fact(title, text, wide=True) for title, text in describe(session, view))


def _safeguarding_facts(session: Session, view: CaseView) -> tuple[Fact, ...]:
    """Return what a child's case must always say, and an adult's where something is recorded."""
    person, is_child = view.person, view.age < ADULT_AGE
    care = session.lists.of("social_care_status").label(person.social_care_status)
    said = (
        ("Parent or carer", (person.parent_or_carer or "") if is_child else "", is_child),
        ("Care status", care, is_child),
        ("Exploitation", describe_exploitation(session, view), is_child),
        ("Own words", _describe_own_words(view), is_child),
        ("Children at risk", _children_at_risk(session, person), view.case.programme == "IOM"),
        ("Retaliation", describe_retaliation(view.of(GroupResponse), view.as_of), False),
        ("Victim contact", _describe_victim_contact(session, view), may(session.role, Right.READ_PROTECTION)),
    )
    return tuple(Fact(title, text or labels.NOT_RECORDED) for title, text, always in said if text or always)


def _transition_facts(session: Session, view: CaseView) -> tuple[Fact, ...]:
    """Return who proposed and who confirmed the transition to adult services, where somebody did."""
    case = view.case
    if case.transition_proposed_on is None:
        return ()
    words = f"Proposed {format_day(case.transition_proposed_on)}, {session.names.of(case.transition_proposed_by or '')}"
    if case.transition_confirmed_on is not None:
        by = session.names.of(case.transition_confirmed_by or "")
        words = f"Confirmed {format_day(case.transition_confirmed_on)}, {by}"
    return (Fact("Adult services", words),)


def _describe_own_words(view: CaseView) -> str:
    """Return when the person last said what they are good at and what help they want."""
    days = [each.said_on for each in view.of(OwnWords)]
    return f"Heard {format_day(max(days))}" if days else ""


def _describe_victim_contact(session: Session, view: CaseView) -> str:
    """Return the latest status of the contact with a victim; roles that may not know of it read none of it."""
    latest = max(view.of(VictimContact), key=lambda each: each.recorded_on, default=None)
    if latest is None or not may(session.role, Right.READ_PROTECTION):
        return ""
    plan = "" if latest.safety_plan_on is None else f"; safety plan {format_day(latest.safety_plan_on)}"
    return f"{session.lists.of('victim_contact_status').label(latest.status)}{plan}"


def _children_at_risk(session: Session, person: Person) -> str:
    """Return the warning markers that speak of children."""
    known = session.lists.of("warning_marker")
    markers = (part.strip() for part in (person.warning_markers or "").replace(",", ";").split(";"))
    return "; ".join(known.label(marker) for marker in markers if "child" in known.label(marker).casefold())


def about_facts(session: Session, view: CaseView) -> tuple[Fact, ...]:
    """Return every fact of the header that is filled, then the details of the case and the person."""
    person, case, lists = view.person, view.case, session.lists
    referred_by = f" by {session.names.of(case.referred_by)}" if case.referred_by else ""
    facts = [
        *((fact.title, fact.text) for fact in header_facts(session, view)),
        ("Reference", case.case_ref),
        ("Referred", f"{format_date(case.referred_on)}{referred_by}"),
        ("Adopted" if case.programme == "IOM" else "Notified", format_date(case.starts_on)),
        ("IOM letter served", format_date(case.notice_served_on)),
        ("Release plan", format_date(case.release_plan_on)),
        ("Look-back from", format_date(case.look_back_from)),
        ("Selected", format_date(case.selected_on)),
        ("Look-forward to", format_date(case.look_forward_to)),
        ("Offences and harm", describe_outcomes(lists, view)),
        ("Closed", format_date(case.closed_on)),
        ("Why closed", lists.of("close_reason").label(case.close_reason)),
        ("Known as", person.known_as or ""),
        ("Sex", lists.of("sex").label(person.sex)),
        ("Ethnicity, as they say", lists.of("ethnicity_self").label(person.ethnicity_self)),
        ("Address", ", ".join(filter(None, (person.address, person.postcode)))),
        ("Phone", person.phone or ""),
        ("Languages", person.languages or ""),
        ("Parent or carer", person.parent_or_carer or ""),
        ("Social care", lists.of("social_care_status").label(person.social_care_status)),
        ("Warning markers", person.warning_markers or ""),
        *(
            (column.label, format_value(session, column, column.value_of(person)))
            for column in columns_of(Person)
            if column.is_detail
        ),
    ]
    if view.sees_intelligence:
        facts += [
            ("PNC ID", person.pnc_id or ""),
            ("CRO number", person.cro_number or ""),
            ("CRN", person.crn or ""),
            ("Prison number", person.prison_number or ""),
            ("Niche", person.niche_id or ""),
        ]
    # A fact may come from the header and from the details; it is listed once.
    return tuple(Fact(title, text) for title, text in dict.fromkeys(facts) if text)


def shows_rag(view: CaseView) -> bool:
    """Whether a case has a RAG: always on IOM, on Phoenix only if one was set."""
    return view.case.programme == "IOM" or bool(view.rag)


def _describe_rag(view: CaseView) -> str:
    rag = view.rag_in_force
    if rag is None:
        return "None set yet"
    return f"{rag.rag} since {format_day(rag.set_on)}: {rag.reason}"


def _describe_last_contact(session: Session, view: CaseView) -> str:
    # A cancelled appointment is no contact, whoever cancelled it; an attempt at one is said with its outcome.
    held = (contact for contact in view.contacts if contact.outcome not in CANCELLED_OUTCOMES)
    latest = max(held, key=lambda contact: contact.occurred_at.iso_text, default=None)
    if latest is None:
        return labels.NONE_RECORDED
    outcome = session.lists.of("contact_outcome").label(latest.outcome)
    on = latest.occurred_at.on
    return f"{format_day(on)}, {labels.relative_day(on, view.as_of)}: {outcome}"


def _describe_last_seen_in_person(session: Session, view: CaseView) -> str:
    types = session.lists.of("contact_type")

    def met(contact_type: str) -> bool:
        code = types.get(contact_type)
        return code is not None and bool(code.more.get("in_person", code.code not in REMOTE_CONTACT_TYPES))

    seen = [
        contact.occurred_at.on
        for contact in view.contacts
        if contact.outcome == COMPLETED_OUTCOME and met(contact.contact_type)
    ]
    if not seen:
        return labels.NONE_RECORDED
    return f"{format_day(max(seen))}, {labels.relative_day(max(seen), view.as_of)}"


def _describe_next_contact(view: CaseView) -> str:
    arranged = [each.starts_at for each in view.appointments if each.is_waiting and each.starts_at.on >= view.as_of]
    if arranged:
        moment = min(arranged, key=lambda each: each.iso_text)
        return f"{moment.words}, {labels.relative_day(moment.on, view.as_of)}"
    planned = [a for a in view.actions if a.done_on is None and a.cancelled_on is None and _is_contact(a.text)]
    soonest = min(planned, key=lambda action: action.due_on, default=None)
    if soonest is not None:
        return f"{format_day(soonest.due_on)}, {labels.relative_day(soonest.due_on, view.as_of)}"
    if view.contact_due is not None:
        return f"By {format_day(view.contact_due)}, {describe_due(view.contact_due, view.as_of)}"
    return "None planned"


def _is_contact(text: str) -> bool:
    return text.casefold().startswith("next contact")


def _engagement_facts(session: Session, view: CaseView) -> tuple[Fact, ...]:
    """Engagement is rated on Phoenix; on IOM it is shown only if somebody rated it."""
    weeks = engagement_by_week(view.history[-1], view.as_of)
    if not weeks:
        return () if view.case.programme == "IOM" else (Fact("Engagement", "Not rated yet"),)
    week, level = weeks[-1]
    words = session.lists.of("engagement_level").label(str(level)).partition(":")[0]
    return (Fact("Engagement", f"{level} {words}, week of {format_day(week)}"),)


def _worker_facts(session: Session, view: CaseView) -> tuple[Fact, ...]:
    case = view.case
    people = (
        ("Offender manager" if case.programme == "IOM" else "Police", case.police_om),
        ("Probation", case.probation_practitioner),
        ("Navigator", case.navigator),
        ("YJS case manager", case.yjs_case_manager),
        ("Social worker", case.social_worker),
    )
    named = tuple(
        Fact(what, session.names.of(name), essential=True, group="Responsible") for what, name in people if name
    )
    return named or (Fact("Responsible", labels.NOT_RECORDED, essential=True),)


def _describe_statutory_status(session: Session, view: CaseView) -> str:
    case = view.case
    parts = [describe_status(session, view)]
    if case.iom_licence_condition:
        parts.append("IOM licence condition")
    if case.final_third_from is not None:
        on = format_day(case.final_third_from)
        begun = case.final_third_from <= view.as_of
        parts.append(f"final third from {on}{': probation contact ended' if begun else ''}")
    return "; ".join(parts)


def _describe_custody(view: CaseView) -> str:
    spell = current_spell(view)
    release = view.case.expected_release_on
    expected = f"; release expected {format_day(release)}" if release is not None and release >= view.as_of else ""
    if spell is None:
        return f"In the community{expected}"
    held_at = establishment_on(spell, view.of(CustodyTransfer), view.as_of)
    where = f", {held_at}" if held_at else ""
    return f"Since {format_day(spell.received_on)}{where}{expected}"  # its title says of what


def current_spell(view: CaseView) -> CustodySpell | None:
    """Return the latest custody spell that is not over."""
    return view.open_custody[-1] if view.open_custody else None
