"""What was recorded, corrected or deleted at an instant, as far as rules read it, and the words for it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from ioms_desktop.domain.dates.calendar import DAY, LONDON, CustodyPeriod, in_custody
from ioms_desktop.domain.records.cases import Case, Notification
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision
from ioms_desktop.domain.records.engagement import Contact, Offer, Rating
from ioms_desktop.domain.records.people import CustodySpell, Order
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.text_format import capitalise, format_day, join_words

MAX_CHANGES_NAMED = 3
LOCAL_MINUTE = "%H:%M"
TRIAL_ARM_REF = "trial_arm"
"""What stands for the arm among the references of a reason, because most users must not learn it."""
KINDS: Mapping[type[Record], str] = {
    Contact: "contact",
    Rating: "rating",
    Offer: "offer",
    Concern: "concern",
    Decision: "decision",
    Order: "order",
    CustodySpell: "custody",
    Notification: "notification",
    Case: "case",
}
"""How a change names the record types that rules read."""
KIND_BY_FIELD: Mapping[str, str] = {
    "contacts": "contact",
    "ratings": "rating",
    "offers": "offer",
    "concerns": "concern",
    "decisions": "decision",
    "orders": "order",
    "custody": "custody",
    "delivered_on": "notification",
}
"""The same by the field of `CaseFacts` that holds them."""


def ref_of_record(record: Record) -> str:
    """Return the reference by which evidence names a record."""
    if isinstance(record, Rating):
        return f"{record.case_ref}/{record.week_commencing.isoformat()}" + (
            "" if record.role == "NAVIGATOR" else "/POLICE"
        )
    if isinstance(record, CustodySpell):
        return record.received_on.isoformat()
    if isinstance(record, Notification):
        return f"{record.case_ref}/{record.attempted_on.isoformat()}/{record.attempt}"
    return str(record.identity[0])


def ref_of_fact(kind: str, fact: Any, case_ref: str, place: int) -> str:  # noqa: ANN401 - one of the facts
    """Return the same of what rules read of it; `place` tells attempts to deliver a notification apart.

    They read the ratings of navigators alone.
    """
    if kind == "rating":
        return f"{case_ref}/{fact.week.isoformat()}"
    if kind == "custody":
        return str(fact.received_on.isoformat())
    return f"{case_ref}/{place}" if kind == "notification" else str(fact.ref)


class CaseDates(NamedTuple):
    """What rules read of the case itself."""

    starts_on: date | None
    closed_on: date | None
    trial_arm: str | None
    statutory_status: str | None
    iom_licence_condition: bool
    cohort: str | None
    programme: str

    @classmethod
    def of(cls, case: Case) -> "CaseDates":
        """Return what rules read of a case."""
        return cls(
            starts_on=case.starts_on,
            closed_on=case.closed_on,
            trial_arm=case.trial_arm,
            statutory_status=case.statutory_status,
            iom_licence_condition=bool(case.iom_licence_condition),
            cohort=case.cohort,
            programme=case.programme,
        )


class RecordChange(NamedTuple):
    """A record that was entered, corrected or deleted.

    Attributes:
        at: The instant (UTC).
        kind: contact, rating, offer, concern, decision, custody, order, notification or case.
        ref: Its reference, as evidence names it; of a custody spell the day of reception.
        before: What rules read of it before; None where it was not on record.
        after: What they read of it since; None where it was deleted.
    """

    at: datetime
    kind: str
    ref: str
    before: Any
    after: Any

    @property
    def present(self) -> Any:  # noqa: ANN401 - one of the facts
        """The record as it was at the end or, where it is gone, before."""
        return self.before if self.after is None else self.after

    @property
    def act(self) -> str:
        """What was done: recorded, corrected or deleted."""
        if self.before is None:
            return "recorded"
        return "deleted" if self.after is None else "corrected"


class Effect(NamedTuple):
    """What took a trigger away.

    Attributes:
        sentence: The reason, naming what was recorded and when.
        refs: The references of what it names.
    """

    sentence: str
    refs: frozenset[str]


def first_day_changed(change: RecordChange) -> date:
    """Return the first day that a change can matter to: no trigger of an earlier day is touched by it."""
    return _FIRST_DAYS[change.kind](change)


def _earliest(day_of: Callable[[Any], date]) -> Callable[[RecordChange], date]:
    def first(change: RecordChange) -> date:
        before, after = change.before, change.after
        if before is None or after is None:
            return day_of(change.present)
        return min(day_of(before), day_of(after))

    return first


def _custody_day(change: RecordChange) -> date:
    before, after = change.before, change.after
    days: list[date]
    if before is None or after is None or before.received_on != after.received_on:
        days = [fact.received_on for fact in (before, after) if fact is not None]
    else:
        days = [day for day in (before.released_on, after.released_on) if day is not None]
    return min(days)


_FIRST_DAYS: Mapping[str, Callable[[RecordChange], date]] = {
    "contact": _earliest(lambda fact: fact.at.on),
    "rating": _earliest(lambda fact: fact.rated_on),
    "offer": _earliest(lambda fact: fact.offered_on),
    "concern": _earliest(lambda fact: fact.occurred_on),
    # On one date events come before decisions, so that a decision matters from the day after it.
    "decision": _earliest(lambda fact: fact.decided_on + DAY),
    "order": _earliest(lambda fact: fact.made_on),
    # A contact is waited for from the first delivery or, without any, from the start, which may be long before it.
    "notification": lambda _: date.min,
    "custody": _custody_day,
    "case": lambda _: date.min,
}


def changes_of_evidence(
    changes: Iterable[RecordChange], evidence: Iterable[tuple[str, str, date]]
) -> list[RecordChange]:
    """List the changes of a trigger's own evidence, given as kind, reference and day."""
    own = {(kind, ref) for kind, ref, _ in evidence}
    notified = any(kind == "notification" for kind, _ in own)
    return [change for change in changes if (change.kind, change.ref) in own or (notified and _is_beginning(change))]


def _is_beginning(change: RecordChange) -> bool:
    """Whether a change is one of the notification that is the evidence of lost contact."""
    if change.kind == "case" and change.before is not None and change.after is not None:
        return bool(change.before.starts_on != change.after.starts_on)
    return change.kind == "notification"


def explain_withdrawal(
    changes: Sequence[RecordChange],
    evidence: Sequence[tuple[str, str, date]],
    custody: Sequence[CustodyPeriod],
    *,
    pauses_in_custody: bool,
    pronoun: str,
) -> Effect:
    """Explain why a trigger no longer stands: what was recorded at that instant, and when.

    Args:
        changes: Everything that was recorded at the instant.
        evidence: Kind, reference and day of the evidence that had completed the trigger.
        custody: The custody spells as they were recorded since.
        pauses_in_custody: Whether the rule pauses in custody.
        pronoun: The pronoun of the person.
    """
    corrected = changes_of_evidence(changes, evidence)
    if corrected:
        return _effect(corrected, "what is left no longer completes the rule")
    spells = [change for change in changes if change.kind == "custody"]
    if spells and pauses_in_custody:
        held = sorted({on for _, _, on in evidence if in_custody(custody, on)})
        verb = "were" if pronoun == "they" else "was"
        days = join_words([format_day(on) for on in held])
        return _effect(spells, f"{pronoun} {verb} in custody on {days}" if held else "custody days do not count", ": ")
    others = [change for change in changes if change.kind != "custody"] or list(changes)
    kinds = {kind for kind, _, _ in evidence}
    # What is of another kind than the evidence (an order, a notification, the case) tells more than further evidence.
    others.sort(key=lambda change: (change.kind != "case", change.kind in kinds, change.kind, change.ref))
    return _effect(others, "with that, the rule is no longer met as it was")


def _effect(changes: Sequence[RecordChange], outcome: str, joint: str = "; ") -> Effect:
    named = changes[:MAX_CHANGES_NAMED]
    words = [f"{_WORDS[change.kind](change)} was {change.act}" for change in named]
    more = len(changes) - len(named)
    if more:
        words.append(f"{more} more records were changed")
    at = changes[0].at.astimezone(LONDON)
    when = f"on {format_day(at.date())} {at.strftime(LOCAL_MINUTE)}"
    refs = frozenset(change.ref for change in changes) | frozenset(
        TRIAL_ARM_REF for change in changes if change.kind == "case" and _arm_changed(change)
    )
    return Effect(capitalise(f"{join_words(words)} {when}{joint}{outcome}."), refs)


def _arm_changed(change: RecordChange) -> bool:
    return change.before is not None and change.after is not None and change.before.trial_arm != change.after.trial_arm


def _describe_case(change: RecordChange) -> str:
    before, after = change.before, change.after
    if before is not None and after is not None:
        if after.closed_on != before.closed_on and after.closed_on is not None:
            return f"the closing of the case on {format_day(after.closed_on)}"
        if after.starts_on != before.starts_on and after.starts_on is not None:
            begun = "adoption" if after.programme == "IOM" else "notification"
            return f"the {begun} on {format_day(after.starts_on)}"
        if _arm_changed(change):
            return "the arm of the trial"
    return "the case"


def _describe_spell(change: RecordChange) -> str:
    spell = change.present
    if spell.released_on is None:
        return f"a custody spell from {format_day(spell.received_on)}"
    return f"a custody spell from {format_day(spell.received_on)} to {format_day(spell.released_on)}"


def _dated(noun: str, day_of: Callable[[Any], date]) -> Callable[[RecordChange], str]:
    def describe(change: RecordChange) -> str:
        known = change.present if change.before is None else change.before
        article = "a" if change.before is None else "the"
        article = "an" if article == "a" and noun[0] in "aeiou" else article
        return f"{article} {noun} {format_day(day_of(known))}"

    return describe


_WORDS: Mapping[str, Callable[[RecordChange], str]] = {
    "contact": _dated("contact of", lambda fact: fact.at.on),
    "rating": _dated("rating of", lambda fact: fact.rated_on),
    "offer": _dated("offer of", lambda fact: fact.offered_on),
    "concern": _dated("concern of", lambda fact: fact.occurred_on),
    "decision": _dated("decision of", lambda fact: fact.decided_on),
    "order": _dated("order of", lambda fact: fact.made_on),
    "notification": _dated("notification of", lambda fact: fact),
    "custody": _describe_spell,
    "case": _describe_case,
}
