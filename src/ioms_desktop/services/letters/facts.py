"""What a case fills into a letter: the fields that it can answer, the address, and who receives a copy."""

from collections.abc import Iterator
from dataclasses import dataclass

from ioms_desktop.domain.dates.calendar import ADULT_AGE
from ioms_desktop.domain.errors import NotToldYet
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.letters.parents import parents_to_propose
from ioms_desktop.domain.letters.template import LetterTemplate
from ioms_desktop.domain.policy.decisions import parse_child_checks
from ioms_desktop.domain.printing.plain_copy import MEETING_WORDS, OFFER_WORDS, OFFERS_PARENTS_ARE_TOLD_OF, PERSON_DIED
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.person_sets.addresses import Address
from ioms_desktop.domain.records.person_sets.care import Carer
from ioms_desktop.domain.records.workers.case_workers import CASE_COLUMNS, PROGRAMME_ROLES, CaseWorker
from ioms_desktop.domain.retention import months_after
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.session import Session

ABC_MONTHS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    """What a case says for a letter.

    Attributes:
        values: What it fills in, by the name of the field; days and times are ISO. What it cannot say is left out.
        full_name: The person by all their names.
        child: Whether they are under 18 on the day of the letter.
        address: Where the person is written to, a line each; empty where that is not known, or not safe.
        parent: The parent or carer of a child, as a letter names them; empty where none is recorded, or they must not
            be told of the step, or of anything.
        not_told: Why the parent or carer is not told of the step that the letter is about; empty where they may be.
    """

    values: dict[str, str]
    full_name: str
    child: bool
    address: str
    parent: str
    not_told: str = ""


def letter_facts(session: Session, view: CaseView, template: LetterTemplate) -> LetterFacts:
    """Return what a case says for a letter on the day of the view."""
    person, child = view.person, view.age < ADULT_AGE
    known = dict(_values(session, view, template))
    not_told = _parent_not_told(session, view, template) if child else ""
    return LetterFacts(
        values={field.name: known[field.name] for field in template.fields if known.get(field.name)},
        full_name=person.full_name,
        child=child,
        address=_address(view),
        parent=_parents(view) if child and not not_told else "",
        not_told=not_told,
    )


def refuse_who_died(view: CaseView, kept: str, field: str) -> None:
    """Refuse a paper for somebody who died, or for their family.

    Args:
        kept: What was kept, as a sentence without its full stop.
        field: The field that asked for it.

    Raises:
        NotToldYet: It is on record that they died.
    """
    if view.died:
        raise NotToldYet(PERSON_DIED.format(kept=kept), field=field)


def authorised_step(session: Session, view: CaseView, step: str) -> Decision | None:
    """Return the latest decision by which a step was authorised, as far as this user may read it; None for none."""
    steps = session.lists.of("enforcement_step")
    found = [each for each in view.decisions if each.authorised_by and steps.canonical(each.step or "") == step]
    return max(found, key=lambda each: each.decided_on, default=None)


def _parent_not_told(session: Session, view: CaseView, template: LetterTemplate) -> str:
    """Return why the decision of the step says that the parent or carer is not told of it; empty where it does not."""
    decision = authorised_step(session, view, template.step) if template.step else None
    check = parse_child_checks(decision.child_checks).get("PARENT") if decision is not None else None
    return "" if check is None or check.yes else check.note or "the decision says so"


def _parents(view: CaseView) -> str:
    return join_words(parents_to_propose(view.person.parent_or_carer, view.of(Carer)))


def _values(session: Session, view: CaseView, template: LetterTemplate) -> Iterator[tuple[str, str]]:
    yield "name", view.person.called
    yield from _signer(session, view)
    open_offers = [each for each in view.offers if each.ended_on is None and each.response != "DECLINED"]
    codes = [session.lists.of("offer_type").canonical(each.offer_type) for each in open_offers]
    if template.is_read_by_parents and view.age < ADULT_AGE:
        codes = [code for code in codes if code in OFFERS_PARENTS_ARE_TOLD_OF]
    words = [OFFER_WORDS.get(code, OFFER_WORDS["OTHER"]) for code in codes]
    if words:
        yield "offer", words[-1]
        yield "support", f"We have offered you {join_words(list(dict.fromkeys(words)))}."
    match template.kind:
        case LetterKind.IOM_NOTICE if view.case.adopted_on is not None:
            yield "day", view.case.adopted_on.isoformat()
        case LetterKind.CLOSING:
            yield "day", (view.case.closed_on or view.as_of).isoformat()
        case LetterKind.VERBAL_WARNING:
            decision = authorised_step(session, view, template.step)
            if decision is not None and decision.actioned_on is not None:
                yield "day", decision.actioned_on.isoformat()
        case LetterKind.ABC:
            yield "day", view.as_of.isoformat()
            yield "until", months_after(view.as_of, ABC_MONTHS).isoformat()
        case LetterKind.APPOINTMENT:
            yield from _next_meeting(session, view)
        case _:
            pass


def _signer(session: Session, view: CaseView) -> Iterator[tuple[str, str]]:
    """Who is named first on a case of the programme, else who writes the letter."""
    role = PROGRAMME_ROLES[view.case.programme]
    roles = session.lists.of("worker_role")
    held = [each for each in view.of(CaseWorker) if each.is_current and roles.canonical(each.worker_role) == role]
    named = held[-1].worker if held else getattr(view.case, CASE_COLUMNS[role])
    yield "om", session.names.of(named or session.user)
    if held and held[-1].phone:
        yield "phone", held[-1].phone


def _next_meeting(session: Session, view: CaseView) -> Iterator[tuple[str, str]]:
    types = session.lists.of("contact_type")
    ahead = [
        each
        for each in view.appointments
        # A letter must not announce a check.
        if each.is_waiting and each.starts_at.on >= view.as_of and types.canonical(each.contact_type) in MEETING_WORDS
    ]
    first = min(ahead, key=lambda each: each.starts_at.iso_text, default=None)
    if first is not None:
        yield "day", first.starts_at.on.isoformat()
        at = first.starts_at.local_time
        yield "time", "" if at is None else f"{at.hour}:{at.minute:02}"
        yield "place", first.location or ""


def _address(view: CaseView) -> str:
    """Return the address, a part a line; nothing where it is said that it is not safe to write there."""
    person = view.person
    unsafe = [each for each in view.of(Address) if each.is_place and each.to_on is None and each.safe is False]
    if unsafe or not person.address:
        return ""
    parts = [part.strip() for part in person.address.split(",")]
    return "\n".join(part for part in (*parts, person.postcode or "") if part)
