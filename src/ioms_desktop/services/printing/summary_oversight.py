"""What inspections ask of a case, for the office copy of its summary."""

from ioms_desktop.domain.printing.oversight_lines import ContactCountLine, OversightLine
from ioms_desktop.domain.printing.summary import Basis, NoteLine, ProtectionLine
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.network.memberships import GroupMembership
from ioms_desktop.domain.records.own_words import OwnWords
from ioms_desktop.domain.records.protection import GroupResponse
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases import oversight
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.network.standing import current_memberships, stands_until
from ioms_desktop.services.session import Session


def contact_counts(session: Session, view: CaseView) -> tuple[ContactCountLine, ...]:
    """Return the contacts by agency and purpose."""
    return tuple(
        ContactCountLine(
            agency=each.agency,
            purpose=each.purpose,
            contacts=each.contacts,
            completed=each.completed,
            minutes=each.minutes,
        )
        for each in oversight.contact_counts(session, view)
    )


def oversight_lines(session: Session, view: CaseView) -> tuple[OversightLine, ...]:
    """Return what there is to say of who came, of what has not changed, and of each offer that was accepted."""
    said = [(subject, text) for subject, text in oversight.describe(session, view) if subject != oversight.LEAVING]
    leaving = oversight.describe_leaving(session.lists, view, whole=True)
    said += [(oversight.LEAVING, leaving)] if leaving else []
    transition = oversight.describe_transition(session, view)
    said += [("Adult services", transition)] if transition else []
    outcomes = oversight.describe_outcomes(session.lists, view)
    said += [("Offences and harm", outcomes)] if outcomes else []
    for offer in view.offers:
        dose = oversight.describe_dose(session.lists, view, offer)
        funding = oversight.describe_funding(session, offer)
        if dose or funding:
            what = session.lists.of("offer_type").label(offer.offer_type)
            text = ". ".join(filter(None, (dose, funding, oversight.describe_exit(offer))))
            said.append(("Support", f"{what}: {text}"))
    return tuple(OversightLine(subject=subject, text=text) for subject, text in said)


def own_words(view: CaseView) -> tuple[NoteLine, ...]:
    """Return what the person said last of their strengths and of the help they want; partners are not given it."""
    return tuple(
        NoteLine(on=said.said_on, author=said.said_to or "", basis=Basis.PARTICIPANT_SAYS, text=f"{what}: {text}")
        for said in view.of(OwnWords)[-1:]
        for what, text in (("Good at", said.strengths), ("Help wanted", said.help_wanted))
        if text
    )


def group_responses(view: CaseView, lists: CodeLists) -> tuple[ProtectionLine, ...]:
    """Return what was done towards the person's group, as long as the opinion that they are of it stands."""
    return tuple(
        ProtectionLine(subject="Group response", text=_group_response(each, lists))
        for each in view.of(GroupResponse)
        if each.expires_on >= view.as_of
    )


def group_memberships(session: Session, view: CaseView) -> tuple[ProtectionLine, ...]:
    """Return of which groups the person is said to be, as long as that stands."""
    return tuple(
        ProtectionLine(subject="Group", text=_membership(session, each))
        for each in current_memberships(session, view.of(GroupMembership), view.as_of)
    )


def _membership(session: Session, said: GroupMembership) -> str:
    """Describe a membership as an opinion: `GRP-07: associate; opinion, graded 1B, until 28 Feb 2027`."""
    role = session.lists.of("group_role").label(said.role)
    grades = f"{session.lists.of('source_grade').canonical(said.source_grade)}{said.grade[1:]}"
    until = format_day(stands_until(session, said))
    return f"{said.group_name}: {role[:1].lower()}{role[1:]}; opinion, graded {grades}, until {until}"


def _group_response(each: GroupResponse, lists: CodeLists) -> str:
    grades = f"{lists.of('source_grade').canonical(each.source_grade)}{each.information_grade}"
    opposing = f" against {each.opposing_group}" if each.opposing_group else ""
    days = " to ".join(format_day(day) for day in (each.window_from, each.window_to) if day is not None)
    said = (
        f"{each.group_name}{opposing}, after {format_day(each.incident_on)}",
        f"opinion, graded {grades}, until {format_day(each.expires_on)}",
        f"set off by: {each.trigger_event}" if each.trigger_event else "",
        f"retaliation feared until {format_day(each.retaliation_until)}" if each.retaliation_until else "",
        f"response {days}" if days else "",
        f"told: {each.told}" if each.told else "",
        f"outcome: {each.outcome}" if each.outcome else "",
    )
    return "; ".join(filter(None, said))
