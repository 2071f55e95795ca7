"""What was recorded of a case since its last review: what happened since, and what was recorded late."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.intelligence import INTELLIGENCE_CONCERN_TYPE, INTELLIGENCE_RULE
from ioms_desktop.domain.printing.parts import SummaryPart as Part
from ioms_desktop.domain.printing.summary import ChangeLine
from ioms_desktop.domain.records.code_lists import CodeLists
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.selection.panel import PanelDecision
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import CaseView
from ioms_desktop.services.cases.concern_labels import describe_concern
from ioms_desktop.services.labels import describe_custody_kind


@dataclass(frozen=True, slots=True)
class LastReview:
    """The review since which changes are told: its day, and when it was recorded, where that is known."""

    on: date
    recorded_at: datetime | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class _Event:
    """Something that happened, with the record that says so."""

    on: date
    text: str
    part: Part
    record: Record
    secret: bool = False


def last_review(view: CaseView, *, shows_intelligence: bool) -> LastReview | None:
    """Return the latest review before the day of a view: of the RAG, by a panel, or a decision on Phoenix.

    One of the day itself is the review that the summary is for.

    Args:
        view: The case.
        shows_intelligence: Whether the readers may know of a decision on intelligence.
    """
    reviews = [LastReview(each.set_on, each.recorded_at) for each in view.rag]
    reviews += [LastReview(each.decided_on, each.recorded_at) for each in view.of(PanelDecision)]
    if view.case.programme == "PHOENIX":
        reviews += [
            LastReview(each.decided_on, each.recorded_at, secret=each.rule == INTELLIGENCE_RULE)
            for each in view.decisions
        ]
    known = [each for each in reviews if shows_intelligence or not each.secret]
    before = [each for each in known if each.on < view.as_of]
    return max(before, key=lambda each: each.on, default=None)


def list_changes(view: CaseView, since: LastReview | None, lists: CodeLists) -> tuple[ChangeLine, ...]:
    """List what happened since a review, and what of before it was recorded only afterwards; none without a review."""
    if since is None:
        return ()
    rows = []
    for event in _events(view, lists):
        late = _recorded_late(event.record, since, view.as_of)
        if event.on > since.on or late is not None:
            told = f"{event.text} (recorded on {format_day(late)})" if late and event.on <= since.on else event.text
            rows.append(ChangeLine(on=event.on, text=told, part=event.part, police_only=event.secret))
    rows.sort(key=lambda row: row.on or since.on)
    return (*rows, *_contact_count(view, since))


def _recorded_late(record: Record, since: LastReview, as_of: date) -> date | None:
    """Return the day on which a record was saved, where that is after the review was recorded."""
    if since.recorded_at is None or record.recorded_at is None or record.recorded_at <= since.recorded_at:
        return None
    day = record.recorded_at.astimezone(LONDON).date()
    return day if since.on < day <= as_of else None


def _contact_count(view: CaseView, since: LastReview) -> Iterator[ChangeLine]:
    later = [each for each in view.contacts if each.occurred_at.on > since.on]
    completed = sum(each.contact_ref in view.completed for each in later)
    if later:
        text = f"Contacts since: {completed} completed, {len(later) - completed} not completed"
        yield ChangeLine(text=text, part=Part.CONTACTS, police_only=False)


def _events(view: CaseView, lists: CodeLists) -> Iterator[_Event]:
    for rag in view.rag:
        yield _Event(rag.set_on, f"RAG set to {rag.rag}", Part.RAG, rag)
    for concern in view.concerns:
        secret = concern.concern_type == INTELLIGENCE_CONCERN_TYPE
        yield _Event(concern.occurred_on, describe_concern(lists, view, concern), Part.CONCERNS, concern, secret)
    yield from _offer_events(view, lists)
    yield from _decision_events(view, lists)
    yield from _custody_events(view, lists)
    for order in view.orders:
        what = lists.of("statutory_status").label(order.order_type)
        yield _Event(order.made_on, f"{what} made", Part.STATUTORY, order)
    yield from _action_events(view)
    for need in view.needs:
        pathway = lists.of("pathway").label(need.pathway)
        level = lists.of("need_level").label(str(need.level)).lower()
        yield _Event(need.assessed_on, f"{pathway}: {need.level}, {level}", Part.NEEDS, need)
    for panel in view.of(PanelDecision):
        yield _Event(panel.decided_on, f"Panel: {lists.of('panel_decision').label(panel.decision)}", Part.WHY_ON, panel)


def _offer_events(view: CaseView, lists: CodeLists) -> Iterable[_Event]:
    for offer in view.offers:
        what = lists.of("offer_type").label(offer.offer_type)
        yield _Event(offer.offered_on, f"Offered: {what}", Part.OFFERS, offer)
        if offer.responded_on is not None and offer.response:
            answer = lists.of("offer_response").label(offer.response).lower()
            yield _Event(offer.responded_on, f"{what}: {answer}", Part.OFFERS, offer)
        if offer.ended_on is not None:
            yield _Event(offer.ended_on, f"{what}: ended", Part.OFFERS, offer)


def _custody_events(view: CaseView, lists: CodeLists) -> Iterable[_Event]:
    for spell in view.custody:
        kind = describe_custody_kind(lists, spell)
        where = spell.establishment or "custody"
        text = f"Received into {where}" + (f" ({kind[:1].lower()}{kind[1:]})" if kind else "")
        yield _Event(spell.received_on, text, Part.STATUTORY, spell)
        if spell.released_on is not None:
            yield _Event(spell.released_on, f"Released from {where}", Part.STATUTORY, spell)


def _decision_events(view: CaseView, lists: CodeLists) -> Iterable[_Event]:
    for decision in view.decisions:
        text = lists.of("decision").label(decision.decision)
        step = lists.of("enforcement_step").label(decision.step)
        told, secret = f"{text}: {step}" if step else text, decision.rule == INTELLIGENCE_RULE
        yield _Event(decision.decided_on, told, Part.ENFORCEMENT, decision, secret)
        if decision.actioned_on is not None:
            yield _Event(decision.actioned_on, f"{step or text}: served", Part.ENFORCEMENT, decision, secret)


def _action_events(view: CaseView) -> Iterable[_Event]:
    for action in view.actions:
        for on, how in ((action.done_on, "done"), (action.cancelled_on, "cancelled")):
            if on is not None:
                yield _Event(on, f"Action {how}: {action.text}", Part.ACTIONS, action)
