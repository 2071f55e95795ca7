"""The alternative text of a timeline."""

from collections import Counter
from datetime import date

from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.text_format import format_day, join_words
from ioms_desktop.domain.timeline import ContactResult, TimelineFacts

NOT_SHOWN = "that this reader may have"
NOTHING_TO_DRAW = "No contact, offer, concern or enforcement recorded"
"""What is said of an empty timeline: a referral and a panel's decision may well be on record, and are not on it."""
LANE_NAMES = {"triggers": "alerts"}
"""The names of lanes that are drawn under another one than that of their field."""
CONTACT_LABELS = {
    ContactResult.SEEN: "seen",
    ContactResult.MISSED: "missed",
    ContactResult.ATTEMPT: "attempted",
    ContactResult.CANCELLED: "cancelled",
}


def timeline_alt_text(facts: TimelineFacts, from_on: date, to_on: date) -> str:
    """Describe what the timeline shows from one day to another, both included."""
    period = f"{format_day(from_on)} to {format_day(to_on)}"
    if facts.is_empty:
        nothing = f"Nothing {NOT_SHOWN}." if facts.partly_shown else f"{NOTHING_TO_DRAW}."
        return f"Timeline, {period}. {nothing}"
    sentences = [f"Timeline, {period}."]
    rag = [
        f"{band.rag} from {format_day(band.from_on)}"
        for band in facts.rag
        if _overlaps(band.from_on, band.to_on, from_on, to_on)
    ]
    sentences += [f"RAG: {join_words(rag)}."] if rag else []
    spells = [
        f"from {format_day(spell.from_on)}" + (f" to {format_day(spell.to_on)}" if spell.to_on else "")
        for spell in facts.custody
        if _overlaps(spell.from_on, spell.to_on, from_on, to_on)
    ]
    sentences += [f"In custody {join_words(spells)}."] if spells else []
    offers = [
        f"{offer.label} on {format_day(offer.offered_on)} ({_open_or_closed(offer.closed_on)})"
        for offer in facts.offers
        if from_on <= offer.offered_on <= to_on
    ]
    sentences += [f"Offers: {join_words(offers)}."] if offers else _describe_none(facts, "offers")
    sentences += _describe_contacts(facts, from_on, to_on)
    ratings = [
        str(each.level)
        for each in sorted(facts.ratings, key=lambda each: each.week)
        if not each.by_police and _overlaps(each.week, each.week + 6 * DAY, from_on, to_on)
    ]
    sentences += [f"Engagement by week: {', '.join(ratings)}."] if ratings else []
    concerns = [f"{each.label} on {format_day(each.on)}" for each in facts.concerns if from_on <= each.on <= to_on]
    sentences += [f"Concerns: {join_words(concerns)}."] if concerns else _describe_none(facts, "concerns")
    triggers = [
        f"{each.label} raised {format_day(each.raised_on)}, {each.status}"
        for each in facts.triggers
        if from_on <= each.raised_on <= to_on
    ]
    hidden = _describe_none(facts, "triggers") if "triggers" in facts.partly_shown else []
    sentences += [f"Alerts: {'; '.join(triggers)}."] if triggers else hidden
    decisions = [f"{each.label} on {format_day(each.on)}" for each in facts.decisions if from_on <= each.on <= to_on]
    sentences += [f"Decisions: {join_words(decisions)}."] if decisions else _describe_none(facts, "decisions")
    return " ".join(sentences)


def describe_empty_lane(facts: TimelineFacts, lane: str, done: str = "recorded") -> str:
    """Say in a lane that it has no mark: that there is none only where this reader may have all there are."""
    if lane in facts.partly_shown:
        return f"None {NOT_SHOWN}"
    return "None in this period" if getattr(facts, lane) else f"None {done}"


def _describe_none(facts: TimelineFacts, lane: str) -> list[str]:
    if lane in facts.left_out:
        return []
    name = LANE_NAMES.get(lane, lane)
    return [f"{name.capitalize()}: none {NOT_SHOWN}." if lane in facts.partly_shown else f"No {name}."]


def _overlaps(first: date, last: date | None, from_on: date, to_on: date) -> bool:
    return first <= to_on and (last is None or last >= from_on)


def _open_or_closed(closed_on: date | None) -> str:
    return "open" if closed_on is None else f"closed {format_day(closed_on)}"


def _describe_contacts(facts: TimelineFacts, from_on: date, to_on: date) -> list[str]:
    counts = Counter(contact.came for contact in facts.contacts if from_on <= contact.on <= to_on)
    if not counts:
        return _describe_none(facts, "contacts")
    parts = [f"{counts[came]} {words}" for came, words in CONTACT_LABELS.items() if counts[came]]
    return [f"Contacts: {join_words(parts)}."]
