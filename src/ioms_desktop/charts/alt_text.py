"""A timeline in words, for those who cannot see it."""

from collections import Counter
from datetime import date

from ioms_desktop.domain.text_format import day_words, listed
from ioms_desktop.domain.timeline import Came, TimelineFacts

WORDS = {Came.SEEN: "seen", Came.MISSED: "missed", Came.ATTEMPT: "attempted", Came.CANCELLED: "cancelled"}


def told(facts: TimelineFacts, from_on: date, to_on: date) -> str:
    """Say what the picture shows from one day to another, both included."""
    period = f"{day_words(from_on)} to {day_words(to_on)}"
    if facts.empty:
        return f"Timeline, {period}. Nothing recorded."
    sentences = [f"Timeline, {period}."]
    rag = [
        f"{band.rag} from {day_words(band.from_on)}"
        for band in facts.rag
        if _meets(band.from_on, band.to_on, from_on, to_on)
    ]
    sentences += [f"RAG: {listed(rag)}."] if rag else []
    spells = [
        f"from {day_words(spell.from_on)}" + (f" to {day_words(spell.to_on)}" if spell.to_on else "")
        for spell in facts.custody
        if _meets(spell.from_on, spell.to_on, from_on, to_on)
    ]
    sentences += [f"In custody {listed(spells)}."] if spells else []
    offers = [
        f"{offer.label} on {day_words(offer.offered_on)} ({_answered(offer.closed_on)})"
        for offer in facts.offers
        if from_on <= offer.offered_on <= to_on
    ]
    sentences.append(f"Offers: {listed(offers)}." if offers else "No offers made.")
    sentences.append(_contacts(facts, from_on, to_on))
    ratings = [
        str(each.level)
        for each in sorted(facts.ratings, key=lambda each: each.week)
        if not each.by_police and from_on <= each.week <= to_on
    ]
    sentences += [f"Engagement by week: {', '.join(ratings)}."] if ratings else []
    concerns = [f"{each.label} on {day_words(each.on)}" for each in facts.concerns if from_on <= each.on <= to_on]
    sentences.append(f"Concerns: {listed(concerns)}." if concerns else "No concerns.")
    triggers = [
        f"{each.label} raised {day_words(each.raised_on)}, {each.status}"
        for each in facts.triggers
        if from_on <= each.raised_on <= to_on
    ]
    sentences += [f"Triggers: {'; '.join(triggers)}."] if triggers else []
    decisions = [f"{each.label} on {day_words(each.on)}" for each in facts.decisions if from_on <= each.on <= to_on]
    sentences.append(f"Decisions: {listed(decisions)}." if decisions else "No decisions.")
    return " ".join(sentences)


def _meets(first: date, last: date | None, from_on: date, to_on: date) -> bool:
    return first <= to_on and (last is None or last >= from_on)


def _answered(closed_on: date | None) -> str:
    return "open" if closed_on is None else f"closed {day_words(closed_on)}"


def _contacts(facts: TimelineFacts, from_on: date, to_on: date) -> str:
    counts = Counter(contact.came for contact in facts.contacts if from_on <= contact.on <= to_on)
    if not counts:
        return "No contacts."
    parts = [f"{counts[came]} {words}" for came, words in WORDS.items() if counts[came]]
    return f"Contacts: {listed(parts)}."
