"""The rows of each section of a case, newest first: words, each with the record they stand for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.policy.case_facts import ActionFact
from ioms_desktop.domain.policy.case_figures import action_status
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.text_format import describe_due, format_day
from ioms_desktop.services.cases.cases import INTELLIGENCE_RULE, CaseView
from ioms_desktop.services.cases.timelines import describe_trigger_status
from ioms_desktop.services.session import Session
from ioms_desktop.ui.cases.case_header import header_facts
from ioms_desktop.ui.recording.case_subject import is_offer_open
from ioms_desktop.ui.recording.decision_facts import describe_step
from ioms_desktop.ui.theme.tokens import Tone
from ioms_desktop.ui.widgets.chips import Chip, Shape, rag_chip

WITHHELD = "Rests on what your role does not see"


@dataclass(frozen=True, slots=True)
class SectionRow:
    """One row of a section.

    Attributes:
        id: Its number within the section.
        cells: Its words, one for each column.
        record: What it stands for; None where there is nothing more to show.
        chip: A word with a shape in place of the first cell.
    """

    id: int
    cells: tuple[str, ...]
    record: Record | None = None
    chip: Chip | None = None


def _day(on: date | None) -> str:
    return "" if on is None else format_day(on)


def _lines(rows: Iterable[tuple[tuple[str, ...], Record | None]]) -> tuple[SectionRow, ...]:
    return tuple(SectionRow(number, cells, record) for number, (cells, record) in enumerate(rows, 1))


def contacts(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Contacts and attempts."""
    kinds, outcomes = session.lists.of("contact_type"), session.lists.of("contact_outcome")
    newest = sorted(view.contacts, key=lambda contact: contact.occurred_at.iso_text, reverse=True)
    return _lines(
        (
            (
                _day(each.occurred_at.on),
                "" if each.occurred_at.local_time is None else f"{each.occurred_at.local_time:%H:%M}",
                kinds.label(each.contact_type),
                outcomes.label(each.outcome),
                "" if each.minutes is None else f"{each.minutes} min",
                each.worker or "",
                each.note or "",
            ),
            each,
        )
        for each in newest
    )


def offers(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Support offers, open and closed."""
    kinds, answers = session.lists.of("offer_type"), session.lists.of("offer_response")
    newest = sorted(view.offers, key=lambda offer: offer.offered_on, reverse=True)
    return _lines(
        (
            (
                kinds.label(each.offer_type),
                each.provider or "",
                _day(each.offered_on),
                f"{answers.label(each.response)}, {_day(each.responded_on)}" if each.response else "No answer yet",
                "Open" if is_offer_open(each, view.as_of) else "Closed",
                f"Ended {_day(each.ended_on)}: {each.end_reason or ''}" if each.ended_on else "",
            ),
            each,
        )
        for each in newest
    )


def ratings(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Weekly ratings, whose they are."""
    levels, roles = session.lists.of("engagement_level"), session.lists.of("rating_role")
    newest = sorted(view.ratings, key=lambda rating: (rating.week_commencing, rating.role), reverse=True)
    return _lines(
        (
            (
                _day(each.week_commencing),
                f"{each.level} {levels.label(str(each.level))}",
                roles.label(each.role),
                _day(each.rated_on),
                each.rated_by or "",
            ),
            each,
        )
        for each in newest
    )


def needs(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Needs by pathway."""
    pathways, states = session.lists.of("pathway"), session.lists.of("pathway_status")
    levels = session.lists.of("need_level")
    newest = sorted(view.needs, key=lambda need: (need.assessed_on, need.pathway), reverse=True)
    return _lines(
        (
            (
                pathways.label(each.pathway),
                f"{each.level} {levels.label(str(each.level))}",
                states.label(each.status),
                _day(each.assessed_on),
            ),
            each,
        )
        for each in newest
    )


def enforcement(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Decisions with who proposed and who authorised."""
    decisions, rules = session.lists.of("decision"), session.lists.of("rule")
    newest = sorted(view.decisions, key=lambda decision: decision.decided_on, reverse=True)
    rows: list[tuple[tuple[str, ...], Record | None]] = []
    for each in newest:
        hidden = each.rule == INTELLIGENCE_RULE and not view.sees_intelligence
        rows.append(
            (
                (
                    _day(each.decided_on),
                    decisions.label(each.decision),
                    describe_step(session, each.step) if each.step else "",
                    "" if each.rule is None else WITHHELD if hidden else rules.label(each.rule),
                    f"{each.proposed_by}; {each.authorised_by or 'nobody yet'}",
                    _day(each.actioned_on) or "Not served",
                    WITHHELD if hidden else each.reason,
                ),
                None if hidden else each,
            )
        )
    return _lines(rows)


def triggers(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Triggers, whatever became of them."""
    newest = sorted(view.triggers, key=lambda told: told.trigger.raised_on, reverse=True)
    return _lines(
        (
            (
                _day(each.trigger.raised_on),
                session.lists.of("rule").label(each.trigger.rule),
                describe_trigger_status(each, view, session.lists),
                each.sentence,
            ),
            None,
        )
        for each in newest
    )


def proposals(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Proposals and their answers."""
    states, decisions = session.lists.of("proposal_status"), session.lists.of("decision")
    newest = sorted(view.proposals, key=lambda proposal: proposal.proposed_on, reverse=True)
    shown = [each for each in newest if view.sees_intelligence or each.rule != INTELLIGENCE_RULE]
    return _lines(
        (
            (
                _day(each.proposed_on),
                decisions.label(each.decision),
                describe_step(session, each.step) if each.step else "",
                states.label(each.status),
                each.proposed_by,
                each.answered_by or "",
                each.answer_reason or "",
            ),
            each,
        )
        for each in shown
    )


def concerns(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Concerns this role may see."""
    kinds, groups = session.lists.of("concern_type"), session.lists.of("offence_group")
    newest = sorted(view.concerns, key=lambda concern: concern.occurred_on, reverse=True)
    return _lines(
        (
            (
                _day(each.occurred_on),
                kinds.label(each.concern_type),
                groups.label(each.offence_group),
                f"{each.source_grade or ''}{each.information_grade or ''}{each.handling or ''}",
                each.summary or "",
            ),
            each,
        )
        for each in newest
    )


def rag(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Every RAG, as it was set."""
    del session
    newest = sorted(view.rag, key=lambda entry: entry.set_on, reverse=True)
    return tuple(
        SectionRow(number, (each.rag, _day(each.set_on), each.set_by or "", each.reason), each, rag_chip(each.rag))
        for number, each in enumerate(newest, 1)
    )


def assessments(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Scores as they were given."""
    tools, bands = session.lists.of("risk_tool"), session.lists.of("risk_band")
    newest = sorted(view.assessments, key=lambda each: each.assessed_on, reverse=True)
    return _lines(
        (
            (
                tools.label(each.tool),
                each.version or "",
                _day(each.assessed_on),
                each.value or "",
                bands.label(each.band),
                each.scorer or "",
            ),
            each,
        )
        for each in newest
    )


def orders(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Orders and licences."""
    kinds = session.lists.of("statutory_status")
    newest = sorted(view.orders, key=lambda each: each.made_on, reverse=True)
    return _lines(
        (
            (
                kinds.label(each.order_type),
                _day(each.made_on),
                _day(each.ends_on) or "No end date",
                each.court or "",
                each.conditions or "",
            ),
            each,
        )
        for each in newest
    )


def custody(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Custody spells."""
    kinds = session.lists.of("custody_kind")
    newest = sorted(view.custody, key=lambda each: each.received_on, reverse=True)
    return _lines(
        (
            (
                _day(each.received_on),
                _day(each.released_on) or "Still in custody",
                kinds.label(each.kind),
                each.establishment or "",
            ),
            each,
        )
        for each in newest
    )


ACTION_CHIPS = {
    "OPEN": Chip("open", Tone.NEUTRAL, Shape.RING),
    "OVERDUE": Chip("overdue", Tone.RED, Shape.OCTAGON),
    "DONE": Chip("done", Tone.GREEN, Shape.CIRCLE),
    "DONE_LATE": Chip("done late", Tone.GREEN, Shape.CIRCLE),
    "CANCELLED": Chip("cancelled", Tone.NEUTRAL, Shape.DIAMOND),
}


def actions(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Actions, what is overdue first."""
    del session
    order = {"OVERDUE": 0, "OPEN": 1}
    lines: list[tuple[int, date, tuple[str, ...], Record, Chip]] = []
    for each in view.actions:
        status = action_status(ActionFact(each.action_ref, each.due_on, each.done_on, each.cancelled_on), view.as_of)
        chip = ACTION_CHIPS[status]
        due = describe_due(each.due_on, view.as_of) if status in order else ""
        outcome = f"Done {_day(each.done_on)}" if each.done_on else each.cancel_reason or ""
        cells = (chip.text, _day(each.due_on), due, each.owner, f"{each.text}. {outcome}".rstrip(". "))
        lines.append((order.get(status, 2), each.due_on, cells, each, chip))
    lines.sort(key=lambda line: (line[0], line[1]))
    return tuple(SectionRow(number, cells, each, chip) for number, (_, _, cells, each, chip) in enumerate(lines, 1))


def referrals(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Referrals in and out."""
    units, states = session.lists.of("unit"), session.lists.of("referral_status")
    ways = session.lists.of("referral_direction")
    newest = sorted(view.referrals, key=lambda each: each.sent_on, reverse=True)
    return _lines(
        (
            (
                _day(each.sent_on),
                ways.label(each.direction),
                units.label(each.unit),
                states.label(each.status),
                _day(each.answered_on),
                each.reason or "",
            ),
            each,
        )
        for each in newest
    )


def notifications(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Attempts to deliver the notification."""
    outcomes = session.lists.of("notification_outcome")
    newest = sorted(view.notifications, key=lambda each: (each.attempted_on, each.attempt), reverse=True)
    return _lines(
        (
            (
                _day(each.attempted_on),
                f"Attempt {each.attempt}",
                outcomes.label(each.outcome),
                each.delivered_by or "",
                each.response or "",
            ),
            each,
        )
        for each in newest
    )


def offences(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Offences with the person's part in each."""
    groups, roles = session.lists.of("offence_group"), session.lists.of("offence_role")
    newest = sorted(view.offences, key=lambda each: each.offence_on, reverse=True)
    return _lines(
        (
            (
                _day(each.offence_on),
                groups.label(each.offence_group),
                each.offence or "",
                roles.label(each.role),
                each.outcome or "",
            ),
            each,
        )
        for each in newest
    )


def about(session: Session, view: CaseView) -> tuple[SectionRow, ...]:
    """Everything of the head of the page, and the identifiers."""
    person, case, lists = view.person, view.case, session.lists
    facts = [
        *((fact.title, fact.text) for fact in header_facts(session, view)),
        ("Reference", case.case_ref),
        ("Referred", f"{_day(case.referred_on)}{f' by {case.referred_by}' if case.referred_by else ''}"),
        ("Adopted" if case.programme == "IOM" else "Notified", _day(case.starts_on)),
        ("Notice served", _day(case.notice_served_on)),
        ("Release plan", _day(case.release_plan_on)),
        ("Closed", _day(case.closed_on)),
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
    ]
    if view.sees_intelligence:
        facts += [
            ("PNC ID", person.pnc_id or ""),
            ("CRO number", person.cro_number or ""),
            ("CRN", person.crn or ""),
            ("Prison number", person.prison_number or ""),
            ("Niche", person.niche_id or ""),
        ]
    seen = dict.fromkeys((fact for fact in facts if fact[1]), None)
    return _lines(((title, words), None) for title, words in seen)
