"""The figures of a case: days by RAG, at liberty, in custody and unlawfully at large; contacts; offers; actions.

They cover the days from adoption or notification to the as-of day or the closing day, both ends included.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from ioms_desktop.domain.dates.calendar import DAY, days_at_liberty, days_in_custody
from ioms_desktop.domain.policy.case_facts import ActionFact, CaseFacts, RagFact
from ioms_desktop.domain.policy.policy import Policies

RAG_COLOURS = ("RED", "AMBER", "GREEN", "BLUE")
UNLAWFULLY_AT_LARGE = "UNLAWFULLY_AT_LARGE"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFigures:
    """The figures of a case as of a day.

    Attributes:
        rag: The entry in force; None before the first.
        rag_days: Days at each RAG rating.
        days_at_liberty: Days out of custody, including those unlawfully at large.
        days_ual: Days unlawfully at large.
        by_week: The navigator's weekly ratings in order of the week.
        by_outcome: Contacts by outcome.
        missed: Planned contacts that the person missed; those on custody days do not count.
        completed_minutes: Minutes of completed contacts.
    """

    rag: RagFact | None
    rag_days: dict[str, int]
    days_at_liberty: int = 0
    days_in_custody: int = 0
    days_ual: int = 0
    by_week: tuple[tuple[date, int], ...] = ()
    by_outcome: dict[str, int] = field(default_factory=dict)
    completed: int = 0
    missed: int = 0
    completed_minutes: int = 0
    offers_made: int = 0
    offers_accepted: int = 0
    open_offers: tuple[str, ...] = ()
    actions: tuple[tuple[str, str], ...] = ()

    @property
    def contacts(self) -> int:
        """All contacts and attempts."""
        return sum(self.by_outcome.values())

    @property
    def engagement_level(self) -> int | None:
        """The rating of the latest week that has one; None before the first."""
        return self.by_week[-1][1] if self.by_week else None


def rag_on(case: CaseFacts, on: date) -> RagFact | None:
    """Return the RAG entry in force on a day; None before the first."""
    return max((entry for entry in case.rag if entry.set_on <= on), default=None, key=lambda entry: entry.set_on)


def engagement_by_week(case: CaseFacts, as_of: date) -> tuple[tuple[date, int], ...]:
    """Return the navigator's weekly ratings up to a day, in order of the week."""
    return tuple(sorted((r.week, r.level) for r in case.ratings if r.role == "NAVIGATOR" and r.rated_on <= as_of))


def case_figures(policies: Policies, case: CaseFacts, as_of: date) -> CaseFigures:
    """Compute a case's figures as of a day; whether a contact was completed, the version of its day says."""
    made = [offer for offer in case.offers if offer.offered_on <= as_of]
    common = {
        "rag": rag_on(case, as_of),
        "by_week": engagement_by_week(case, as_of),
        "offers_made": len(made),
        "offers_accepted": sum(offer.accepted_by(as_of) for offer in made),
        "open_offers": tuple(sorted(offer.ref for offer in made if offer.open_on(as_of))),
        "actions": tuple((action.ref, action_status(action, as_of)) for action in sorted(case.actions)),
    }
    first, last = case.starts_on, case.last_day(as_of)
    if first is None or last < first:
        return CaseFigures(rag_days=dict.fromkeys(RAG_COLOURS, 0), **common)  # type: ignore[arg-type]  # a row of keywords
    contacts = [contact for contact in case.contacts if first <= contact.at.on <= last]
    custody = case.custody_until(last)
    during = policies.during(first, last)
    completed = [contact for contact in contacts if contact.completed(during)]
    return CaseFigures(
        rag_days=_rag_days(case, first, last),
        days_at_liberty=days_at_liberty(custody, first, last),
        days_in_custody=days_in_custody(custody, first, last),
        days_ual=_days_ual(case, first, last),
        by_outcome=dict(sorted(Counter(contact.outcome for contact in contacts).items())),
        completed=len(completed),
        missed=sum(contact.missed and not case.in_custody(contact.at.on) for contact in contacts),
        completed_minutes=sum(contact.minutes or 0 for contact in completed),
        **common,  # type: ignore[arg-type]  # a row of keywords
    )


def _rag_days(case: CaseFacts, first: date, last: date) -> dict[str, int]:
    days = dict.fromkeys(RAG_COLOURS, 0)
    # Each rating applies until the day before the next one was set; the last one until the last day, included.
    entries = sorted(entry for entry in case.rag if entry.set_on <= last)
    ends = [*(entry.set_on for entry in entries[1:]), last + DAY][: len(entries)]
    for entry, until in zip(entries, ends, strict=True):
        days[entry.rag] = days.get(entry.rag, 0) + max(0, (until - max(entry.set_on, first)).days)
    return days


def wanted_since(case: CaseFacts, as_of: date) -> date | None:
    """Return the day from which the person has been unlawfully at large without a break; None where they are not.

    It begins with an UNLAWFULLY_AT_LARGE concern and ends with the next reception; a recall alone does not begin it. A
    case that has closed changes nothing about that.
    """
    if case.in_custody(as_of):
        return None
    receptions = [spell.received_on for spell in case.custody if spell.received_on <= as_of]
    begun = [
        concern.occurred_on
        for concern in case.concerns
        if concern.type == UNLAWFULLY_AT_LARGE
        and concern.occurred_on <= as_of
        and not any(received >= concern.occurred_on for received in receptions)
    ]
    return min(begun, default=None)


def _days_ual(case: CaseFacts, first: date, last: date) -> int:
    """Count the days at liberty from an UNLAWFULLY_AT_LARGE concern, included, to the next reception, excluded."""
    large: set[date] = set()  # a set, because two concerns may cover the same days
    receptions = sorted(spell.received_on for spell in case.custody)
    for concern in case.concerns:
        if concern.type != UNLAWFULLY_AT_LARGE or concern.occurred_on > last:
            continue
        until = next((on for on in receptions if on >= concern.occurred_on), last + DAY)
        until = min(until, last + DAY)
        begins = max(concern.occurred_on, first)
        large.update(begins + DAY * n for n in range((until - begins).days))
    return sum(not case.in_custody(on) for on in large)


def action_status(action: ActionFact, as_of: date) -> str:
    """Return an action's status: OPEN, OVERDUE from the day after it was due, DONE, DONE_LATE or CANCELLED."""
    if action.done_on is not None and action.done_on <= as_of:
        return "DONE_LATE" if action.done_on > action.due_on else "DONE"
    if action.cancelled_on is not None and action.cancelled_on <= as_of:
        return "CANCELLED"
    return "OVERDUE" if as_of > action.due_on else "OPEN"
