"""What the sections of a case show: rows of words, each with the record it stands for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from ioms_desktop.domain.chronology import ActionFact
from ioms_desktop.domain.figures import action_status
from ioms_desktop.domain.record import Record
from ioms_desktop.domain.wording import clock_words, day_words
from ioms_desktop.services.cases import INTELLIGENCE_RULE, CaseView
from ioms_desktop.services.desk import Desk
from ioms_desktop.services.timelines import trigger_words
from ioms_desktop.ui import wording
from ioms_desktop.ui.chips import Chip, Shape, rag_chip
from ioms_desktop.ui.dialogs.decision_facts import step_words
from ioms_desktop.ui.dialogs.subject import offer_open
from ioms_desktop.ui.screens.case_header import header_facts
from ioms_desktop.ui.theme import Tone

WITHHELD = "Rests on what your role does not see"


@dataclass(frozen=True, slots=True)
class Line:
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


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a case.

    Attributes:
        title: Its name.
        columns: Titles and widths in pixels at 100 %; the last takes what is left.
        lines: Gives its rows, newest first.
        empty: What it says when there are none.
        act: The name of what may be added here; empty for nothing.
    """

    title: str
    columns: tuple[tuple[str, int], ...]
    lines: Callable[[Desk, CaseView], tuple[Line, ...]]
    empty: str = wording.NONE_RECORDED
    act: str = ""


def _day(on: date | None) -> str:
    return "" if on is None else day_words(on)


def _lines(rows: Iterable[tuple[tuple[str, ...], Record | None]]) -> tuple[Line, ...]:
    return tuple(Line(number, cells, record) for number, (cells, record) in enumerate(rows, 1))


def _contacts(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    kinds, outcomes = desk.lists.of("contact_type"), desk.lists.of("contact_outcome")
    newest = sorted(view.contacts, key=lambda contact: contact.occurred_at.text, reverse=True)
    return _lines(
        (
            (
                _day(each.occurred_at.on),
                "" if each.occurred_at.at is None else f"{each.occurred_at.at:%H:%M}",
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


def _offers(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    kinds, answers = desk.lists.of("offer_type"), desk.lists.of("offer_response")
    newest = sorted(view.offers, key=lambda offer: offer.offered_on, reverse=True)
    return _lines(
        (
            (
                kinds.label(each.offer_type),
                each.provider or "",
                _day(each.offered_on),
                f"{answers.label(each.response)}, {_day(each.responded_on)}" if each.response else "No answer yet",
                "Open" if offer_open(each, view.as_of) else "Closed",
                f"Ended {_day(each.ended_on)}: {each.end_reason or ''}" if each.ended_on else "",
            ),
            each,
        )
        for each in newest
    )


def _ratings(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    levels, roles = desk.lists.of("engagement_level"), desk.lists.of("rating_role")
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


def _needs(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    pathways, states = desk.lists.of("pathway"), desk.lists.of("pathway_status")
    levels = desk.lists.of("need_level")
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


def _enforcement(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    decisions, rules = desk.lists.of("decision"), desk.lists.of("rule")
    newest = sorted(view.decisions, key=lambda decision: decision.decided_on, reverse=True)
    rows: list[tuple[tuple[str, ...], Record | None]] = []
    for each in newest:
        hidden = each.rule == INTELLIGENCE_RULE and not view.sees_intelligence
        rows.append(
            (
                (
                    _day(each.decided_on),
                    decisions.label(each.decision),
                    step_words(desk, each.step) if each.step else "",
                    "" if each.rule is None else WITHHELD if hidden else rules.label(each.rule),
                    f"{each.proposed_by}; {each.authorised_by or 'nobody yet'}",
                    _day(each.actioned_on) or "Not served",
                    WITHHELD if hidden else each.reason,
                ),
                None if hidden else each,
            )
        )
    return _lines(rows)


def _triggers(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    newest = sorted(view.triggers, key=lambda told: told.trigger.raised_on, reverse=True)
    return _lines(
        (
            (
                _day(each.trigger.raised_on),
                desk.lists.of("rule").label(each.trigger.rule),
                trigger_words(each, view, desk.lists),
                each.sentence,
            ),
            None,
        )
        for each in newest
    )


def _proposals(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    states, decisions = desk.lists.of("proposal_status"), desk.lists.of("decision")
    newest = sorted(view.proposals, key=lambda proposal: proposal.proposed_on, reverse=True)
    shown = [each for each in newest if view.sees_intelligence or each.rule != INTELLIGENCE_RULE]
    return _lines(
        (
            (
                _day(each.proposed_on),
                decisions.label(each.decision),
                step_words(desk, each.step) if each.step else "",
                states.label(each.status),
                each.proposed_by,
                each.answered_by or "",
                each.answer_reason or "",
            ),
            each,
        )
        for each in shown
    )


def _concerns(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    kinds, groups = desk.lists.of("concern_type"), desk.lists.of("offence_group")
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


def _rag(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    del desk
    newest = sorted(view.rag, key=lambda entry: entry.set_on, reverse=True)
    return tuple(
        Line(number, (each.rag, _day(each.set_on), each.set_by or "", each.reason), each, rag_chip(each.rag))
        for number, each in enumerate(newest, 1)
    )


def _assessments(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    tools, bands = desk.lists.of("risk_tool"), desk.lists.of("risk_band")
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


def _orders(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    kinds = desk.lists.of("statutory_status")
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


def _custody(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    kinds = desk.lists.of("custody_kind")
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


def _actions(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    del desk
    order = {"OVERDUE": 0, "OPEN": 1}
    lines: list[tuple[int, date, tuple[str, ...], Record, Chip]] = []
    for each in view.actions:
        status = action_status(ActionFact(each.action_ref, each.due_on, each.done_on, each.cancelled_on), view.as_of)
        chip = ACTION_CHIPS[status]
        due = clock_words(each.due_on, view.as_of) if status in order else ""
        outcome = f"Done {_day(each.done_on)}" if each.done_on else each.cancel_reason or ""
        cells = (chip.word, _day(each.due_on), due, each.owner, f"{each.text}. {outcome}".rstrip(". "))
        lines.append((order.get(status, 2), each.due_on, cells, each, chip))
    lines.sort(key=lambda line: (line[0], line[1]))
    return tuple(Line(number, cells, each, chip) for number, (_, _, cells, each, chip) in enumerate(lines, 1))


def _referrals(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    units, states = desk.lists.of("unit"), desk.lists.of("referral_status")
    ways = desk.lists.of("referral_direction")
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


def _notifications(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    outcomes = desk.lists.of("notification_outcome")
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


def _offences(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    groups, roles = desk.lists.of("offence_group"), desk.lists.of("offence_role")
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


def _about(desk: Desk, view: CaseView) -> tuple[Line, ...]:
    person, case, lists = view.person, view.case, desk.lists
    facts = [
        *((fact.title, fact.words) for fact in header_facts(desk, view)),
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


WHEN = 104
SECTIONS: tuple[Section, ...] = (
    Section(
        "Contacts",
        (("Date", WHEN), ("Time", 60), ("How", 190), ("Outcome", 190), ("Length", 72), ("Worker", 150), ("Note", 200)),
        _contacts,
        "None recorded. Record the first contact when it has happened.",
        "contact",
    ),
    Section(
        "Offers",
        (("What", 220), ("Provider", 150), ("Offered", WHEN), ("Answer", 200), ("State", 72), ("End", 160)),
        _offers,
        "None recorded. Offer support; enforcement closes no offer.",
        "offer",
    ),
    Section(
        "Engagement",
        (("Week from", WHEN), ("Level", 320), ("Whose", 96), ("Rated on", WHEN), ("Rated by", 120)),
        _ratings,
        act="rating",
    ),
    Section(
        "Triggers",
        (("Raised", WHEN), ("Rule", 180), ("State", 240), ("Explanation", 300)),
        _triggers,
        "None raised.",
    ),
    Section(
        "Enforcement",
        (
            ("Decided", WHEN),
            ("Decision", 170),
            ("Step", 220),
            ("On", 150),
            ("Proposed; authorised", 220),
            ("Served", WHEN),
            ("Reason", 200),
        ),
        _enforcement,
        act="decision",
    ),
    Section(
        "Proposals",
        (
            ("Proposed", WHEN),
            ("Decision", 170),
            ("Step", 220),
            ("State", 190),
            ("By", 150),
            ("Answered by", 150),
            ("Answer", 150),
        ),
        _proposals,
    ),
    Section(
        "Concerns",
        (("Date", WHEN), ("What", 190), ("Offence group", 170), ("Grade", 72), ("Summary", 300)),
        _concerns,
        act="concern",
    ),
    Section("RAG", (("RAG", 96), ("From", WHEN), ("Set by", 160), ("Why", 300)), _rag, act="rag"),
    Section(
        "Needs and plan",
        (("Pathway", 260), ("Need", 200), ("Status", 220), ("Assessed", WHEN)),
        _needs,
    ),
    Section(
        "Actions",
        (("State", 110), ("Due", WHEN), ("Clock", 110), ("Owner", 160), ("Action", 300)),
        _actions,
    ),
    Section(
        "Assessments",
        (("Tool", 220), ("Version", 100), ("Date", WHEN), ("Value", 90), ("Band", 120), ("Scorer", 140)),
        _assessments,
    ),
    Section(
        "Orders and licence",
        (("What", 220), ("From", WHEN), ("To", WHEN), ("Court", 180), ("Conditions", 240)),
        _orders,
    ),
    Section("Custody", (("Received", WHEN), ("Released", 130), ("Kind", 150), ("Where", 200)), _custody),
    Section(
        "Offending",
        (("Date", WHEN), ("Group", 170), ("Offence", 260), ("Part in it", 120), ("Outcome", 160)),
        _offences,
    ),
    Section(
        "Notifications",
        (("Date", WHEN), ("Attempt", 90), ("Outcome", 220), ("Delivered by", 240), ("Response", 160)),
        _notifications,
    ),
    Section(
        "Referrals",
        (("Sent", WHEN), ("Direction", 90), ("Unit", 220), ("Status", 120), ("Answered", WHEN), ("Reason", 200)),
        _referrals,
    ),
    Section("About", (("What", 180), ("On record", 400)), _about),
)
"""Every section, in the order in which they are listed."""
