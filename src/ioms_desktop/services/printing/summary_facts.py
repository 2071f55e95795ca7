"""Gathering the facts of a case summary as the user may see them, before redaction for the audience."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ioms_desktop.domain.intelligence import INTELLIGENCE_CONCERN_TYPE, INTELLIGENCE_RULE
from ioms_desktop.domain.policy.case_facts import ActionFact
from ioms_desktop.domain.policy.case_figures import action_status
from ioms_desktop.domain.policy.decisions import HOLD
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.printing.redaction import redact_for_audience
from ioms_desktop.domain.printing.summary import (
    ActionLine,
    Basis,
    CaseSummary,
    ConcernLine,
    ContactLine,
    EnforcementLine,
    Meeting,
    NoteLine,
    OffenceLine,
    OfferLine,
    PathwayLine,
    PlanLine,
    ProtectionLine,
    SafeguardingLine,
    ScoreLine,
    TriggerLine,
)
from ioms_desktop.domain.printing.summary_texts import in_words, with_texts
from ioms_desktop.domain.printing.texts.marks import NOBODY_REVIEWED
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision
from ioms_desktop.domain.records.people import Offence
from ioms_desktop.domain.records.protection import MappaPeriod, VictimContact
from ioms_desktop.domain.records.record import is_current
from ioms_desktop.domain.text_format import describe_due, format_day
from ioms_desktop.domain.validation.score_rules import describe_band
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.cases.concern_labels import (
    describe_concern_with_group,
    offence_outcome,
)
from ioms_desktop.services.cases.timelines import build_timeline, describe_trigger_status, rests_on_intelligence
from ioms_desktop.services.labels import agency_code, describe_action_moves, describe_action_owner, describe_version
from ioms_desktop.services.letters.deliveries import delivery_lines
from ioms_desktop.services.printing import summary_header as header
from ioms_desktop.services.printing import summary_oversight as oversight
from ioms_desktop.services.printing.sharing_log import list_disclosures
from ioms_desktop.services.printing.summary_changes import last_review, list_changes
from ioms_desktop.services.printing.summary_decide import list_to_decide
from ioms_desktop.services.printing.summary_reasons import selection_reasons
from ioms_desktop.services.printing.texts.copy_texts import CopyTexts
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.read import Reading

if TYPE_CHECKING:
    from ioms_desktop.domain.records.cases import Need

RECENT_PERIOD = timedelta(days=365)
ACCEPTED = frozenset({"ACCEPTED", "PARTLY"})
MAX_CONTACTS = 5
MAX_NOTES = 8
POLICE_AGENCY_MARK = "POLICE"
DAY_IN_REFERENCE = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")


def gather_summary(session: Session, reading: Reading, view: CaseView, about: PrintFacts) -> CaseSummary:
    """Gather everything a summary may print about a case as of the view's day.

    Args:
        session: Who prints, with the words for codes.
        reading: Where earlier disclosures, and former versions of the case, are read.
        view: The case as the printer may see it.
        about: What the pages say about themselves.
    """
    lists, view = session.lists, view.with_display_names(session.names)
    intelligence = {c.concern_ref for c in view.concerns if c.concern_type == INTELLIGENCE_CONCERN_TYPE}
    review = last_review(view, shows_intelligence=about.audience.shows_intelligence)
    first = view.case.starts_on or view.case.referred_on
    summary = CaseSummary(
        about=about,
        as_of=view.as_of,
        to_decide=list_to_decide(session, view),
        programme=header.programme(view, lists),
        identity=header.identity(view, session),
        responsible=header.responsible(view),
        statutory=header.statutory(session, view),
        rag=header.rag(view),
        engagement=header.engagement(view, lists),
        timeline=build_timeline(view, lists),
        from_on=min(first, view.as_of),
        to_on=view.as_of,
        why_on=selection_reasons(view, lists),
        scores=_scores(view, lists),
        safeguarding=_safeguarding(view, lists),
        protection=(
            *_protection(view, lists),
            *oversight.group_memberships(session, view),
            *oversight.group_responses(view, lists),
        ),
        offending=_offending(view, lists),
        pathways=_pathways(view, lists),
        contacts=_contacts(view, lists),
        contact_counts=oversight.contact_counts(session, view),
        offers=_offers(view, lists),
        concerns=tuple(_concern(view, concern, lists) for concern in reversed(view.concerns)),
        triggers=tuple(
            TriggerLine(
                label=lists.of("rule").label(told.trigger.rule),
                raised_on=told.trigger.raised_on,
                explanation=told.sentence,
                clock=describe_trigger_status(told, view, lists),
                rests_on_intelligence=rests_on_intelligence(told, intelligence),
                withdrawn_reason=told.trigger.withdrawn_reason or "",
            )
            for told in view.triggers
        ),
        enforcement=tuple(_enforcement(decision, session) for decision in view.decisions),
        deliveries=delivery_lines(view, lists),
        meeting=_meeting(view),
        actions=_actions(session, view),
        plan=_plan(view),
        oversight=oversight.oversight_lines(session, view),
        last_review=None if review is None else review.on,
        changes=list_changes(view, review, lists),
        notes=(*_notes(session, view), *oversight.own_words(view)),
        disclosures=list_disclosures(reading, view.case.case_ref, _disclosed_before(session, view, about), lists),
    )
    return with_texts(summary, in_words)


def gather_for_reader(
    session: Session,
    reading: Reading,
    view: CaseView,
    about: PrintFacts,
    agency: str = "",
    texts: CopyTexts | None = None,
) -> CaseSummary:
    """Gather what a summary says of a case to its reader, and nothing that they may not have.

    Args:
        session: Who prints.
        reading: Where earlier disclosures, and former versions of the case, are read.
        view: The case as the printer may see it.
        about: What the pages say about themselves, with the audience.
        agency: The agency that a partner's copy is for, by its code or name; an unknown one gives the least.
        texts: The texts of the case in people's own words; without them nobody reviewed one, and a reader outside is
            given none.

    Raises:
        UnknownCode: The audience has no summary.
    """
    code = agency_code(session.lists, agency) if about.audience is Audience.PARTNER else ""
    started = view.case.starts_on
    about = replace(
        about,
        agency=code,
        agency_name=session.lists.of("agency").label(code),
        programme=view.case.programme,
        told=started is not None and started <= view.as_of,
    )
    if about.audience.shows_intelligence:
        return redact_for_audience(gather_summary(session, reading, view, about), about.audience, code)
    texts = texts or CopyTexts(view, session.lists, NOBODY_REVIEWED)
    whole = gather_summary(session, reading, texts.view, about)
    reduced = redact_for_audience(whole, about.audience, code, texts.put_back)
    return replace(reduced, about=replace(reduced.about, texts=texts.on_copy()))


def _disclosed_before(session: Session, view: CaseView, about: PrintFacts) -> date:
    """The day before which disclosures are listed; today's are left out so that a reprint is identical."""
    printed = session.today() if about.printed_at is None else about.printed_at.date()
    return min(view.as_of, printed, session.today())


def _scores(view: CaseView, lists: CodeLists) -> tuple[ScoreLine, ...]:
    return tuple(
        ScoreLine(
            tool=lists.of("risk_tool").label(score.tool, score.assessed_on),
            version=describe_version(lists, score.version),
            assessed_on=score.assessed_on,
            value=score.value or "",
            band=describe_band(lists, score),
            scorer=score.scorer or "",
        )
        for score in reversed(view.assessments)
    )


def _safeguarding(view: CaseView, lists: CodeLists) -> tuple[SafeguardingLine, ...]:
    care = view.person.social_care_status
    rows = (
        [] if not care else [SafeguardingLine(subject="Social care", text=lists.of("social_care_status").label(care))]
    )
    missing = [c for c in view.concerns if c.concern_type == "MISSING"]
    rows += [
        SafeguardingLine(subject="Missing", text=f"Reported missing on {format_day(c.occurred_on)}") for c in missing
    ]
    harmed = [o for o in view.offences if o.role == "VICTIM" and o.offence_on > view.as_of - RECENT_PERIOD]
    rows += [
        SafeguardingLine(
            subject="Harmed",
            text=f"Victim on {format_day(o.offence_on)}: {_offence(o, lists)}",
        )
        for o in harmed
    ]
    return tuple(rows)


def _protection(view: CaseView, lists: CodeLists) -> tuple[ProtectionLine, ...]:
    categories, levels = lists.of("mappa_category"), lists.of("mappa_level")
    contact = lists.of("victim_contact_status")
    rows = [
        ProtectionLine(
            subject="MAPPA",
            text=f"Category {categories.label(each.category)}; level {levels.label(each.level)}; "
            f"since {format_day(each.from_on)}",
        )
        for each in view.of(MappaPeriod)
        if is_current(each, view.as_of)
    ]
    for each in view.of(VictimContact)[-1:]:
        plan = "no safety plan" if each.safety_plan_on is None else f"safety plan of {format_day(each.safety_plan_on)}"
        said = (contact.label(each.status), plan, each.liaison or "", f"as of {format_day(each.recorded_on)}")
        rows.append(ProtectionLine(subject="Victim contact", text="; ".join(filter(None, said))))
    return tuple(rows)


def _offending(view: CaseView, lists: CodeLists) -> tuple[OffenceLine, ...]:
    recent = [offence for offence in view.offences if offence.offence_on > view.as_of - RECENT_PERIOD]
    return tuple(
        OffenceLine(
            offence_on=offence.offence_on,
            offence=_offence(offence, lists),
            part=lists.of("offence_role").label(offence.role),
            outcome=offence_outcome(lists, view, offence),
            victim=offence.role == "VICTIM",
        )
        for offence in reversed(recent)
    )


def _offence(offence: Offence, lists: CodeLists) -> str:
    return offence.offence or lists.of("offence_group").label(offence.offence_group)


def _pathways(view: CaseView, lists: CodeLists) -> tuple[PathwayLine, ...]:
    """The latest assessment of each pathway, however it was written; of several on one day the greatest need."""
    pathways = lists.of("pathway")
    latest: dict[str, Need] = {}
    for need in sorted(view.needs, key=lambda each: (each.assessed_on, each.level)):
        latest[pathways.canonical(need.pathway)] = need
    return tuple(
        PathwayLine(
            pathway=pathways.label(pathway),
            need=f"{need.level}, {lists.of('need_level').label(str(need.level)).lower()}",
            status=lists.of("pathway_status").label(need.status),
            assessed_on=need.assessed_on,
        )
        for pathway, need in sorted(latest.items(), key=lambda each: (-each[1].level, each[0]))
    )


def _contacts(view: CaseView, lists: CodeLists) -> tuple[ContactLine, ...]:
    return tuple(
        ContactLine(
            at=contact.occurred_at,
            contact_type=lists.of("contact_type").label(contact.contact_type),
            outcome=lists.of("contact_outcome").label(contact.outcome),
            minutes=contact.minutes,
            worker=contact.worker or "",
            agency=agency_code(lists, contact.agency),
        )
        for contact in view.contacts[: -MAX_CONTACTS - 1 : -1]
    )


def _offers(view: CaseView, lists: CodeLists) -> tuple[OfferLine, ...]:
    still_open = {offer.ref for offer in view.history[-1].offers if offer.open_on(view.as_of)}
    return tuple(
        OfferLine(
            label=lists.of("offer_type").label(offer.offer_type),
            provider=offer.provider or "",
            offered_on=offer.offered_on,
            response=lists.of("offer_response").label(offer.response) or "No answer yet",
            responded_on=offer.responded_on,
            open=offer.offer_ref in still_open,
            accepted=lists.of("offer_response").canonical(offer.response or "") in ACCEPTED,
        )
        for offer in view.offers
    )


def _concern(view: CaseView, concern: Concern, lists: CodeLists) -> ConcernLine:
    grade = "".join(filter(None, (concern.source_grade, concern.information_grade)))
    return ConcernLine(
        occurred_on=concern.occurred_on,
        label=describe_concern_with_group(lists, view, concern),
        summary=concern.summary or "",
        grade=f"{grade}, handling {concern.handling}" if grade and concern.handling else grade,
        intelligence=concern.concern_type == INTELLIGENCE_CONCERN_TYPE,
    )


def _enforcement(decision: Decision, session: Session) -> EnforcementLine:
    label = session.lists.of("decision").label(decision.decision)
    step = next((step for step in session.ladder if step.code == decision.step), None)
    agency = session.lists.of("agency").label(decision.dissent_agency)
    return EnforcementLine(
        decided_on=decision.decided_on,
        decision=f"{label}: {step.label}" if step else label,
        reason=decision.reason,
        proposed_by=decision.proposed_by,
        authorised_by=decision.authorised_by or "",
        told=decision.told_participant or "",
        actioned_on=decision.actioned_on,
        to_serve=decision.decision != HOLD,
        alternatives=decision.alternatives or "",
        others_told=decision.others_told or "",
        dissent=": ".join(filter(None, (agency, decision.dissent))),
        review_on=decision.review_on,
        rests_on_intelligence=decision.rule == INTELLIGENCE_RULE,
    )


def _meeting(view: CaseView) -> Meeting | None:
    """Return the latest meeting that gave an action, by the day in its reference; one without a day has only that."""
    named = [action.meeting_ref for action in view.actions if action.meeting_ref]
    held = [day for day in map(_day_in, named) if day is not None]
    if held:
        return Meeting(held_on=max(held))
    return Meeting(name=max(named)) if named else None


def _day_in(reference: str) -> date | None:
    found = DAY_IN_REFERENCE.search(reference)
    try:
        return None if found is None else date.fromisoformat(found[0])
    except ValueError:
        return None


def _actions(session: Session, view: CaseView) -> tuple[ActionLine, ...]:
    words = {"OPEN": "Open", "OVERDUE": "OVERDUE"}
    rows = []
    for action in view.actions:
        fact = ActionFact(action.action_ref, action.due_on, action.done_on, action.cancelled_on)
        state = words.get(action_status(fact, view.as_of))
        if state is not None:
            moved = describe_action_moves(action.first_due_on, action.due_moves)
            told = f"{state}, {moved}" if moved else state
            owner = describe_action_owner(session, action.owner, action.agency)
            agency = agency_code(session.lists, action.agency)
            rows.append(ActionLine(text=action.text, owner=owner, due_on=action.due_on, state=told, agency=agency))
    return tuple(rows)


def _plan(view: CaseView) -> PlanLine:
    """What comes next as far as it is recorded: what may be considered, and the review of the RAG."""
    due = view.review_due
    clock = "" if due is None else describe_due(due, view.as_of)
    return PlanLine(text=" ".join(each.reason for each in view.suggestions), review_on=due, review_clock=clock)


def _notes(session: Session, view: CaseView) -> tuple[NoteLine, ...]:
    written = [contact for contact in view.contacts if contact.note][-MAX_NOTES:]
    return tuple(
        NoteLine(
            on=contact.occurred_at.on,
            author=contact.worker or "",
            basis=_basis(contact.statement_basis),
            text=contact.note or "",
            # A note whose agency is not known is taken for the police's own.
            police_only=not contact.agency or POLICE_AGENCY_MARK in contact.agency.upper(),
            agency=agency_code(session.lists, contact.agency),
        )
        for contact in reversed(written)
    )


def _basis(code: str | None) -> Basis:
    """What a note rests on; one that does not say is taken for an opinion."""
    return Basis(code) if code in set(Basis) else Basis.OPINION
