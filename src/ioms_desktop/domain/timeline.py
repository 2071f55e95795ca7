"""The facts that a timeline shows: the events of one case with their labels, ready to be drawn.

The first and last days of a period are included unless a field says otherwise. Nothing here depends on today's date.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple


class RecordRef(NamedTuple):
    """The record behind a mark, so that a click can open it.

    Attributes:
        kind: rag, custody, offer, contact, rating, concern, trigger, decision or notification.
        ref: Its reference within its kind.
    """

    kind: str
    ref: str


class ContactResult(StrEnum):
    """The result of a contact, in the terms of the policy."""

    SEEN = "seen"
    MISSED = "missed"
    ATTEMPT = "attempt"
    CANCELLED = "cancelled"


class OfferAnswer(StrEnum):
    """How an offer was answered."""

    NONE = "none"
    ACCEPTED = "accepted"
    PARTLY = "partly"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True, kw_only=True)
class RagBand:
    """A RAG rating, from the day it was set to the day before the next one was set, both included."""

    ref: str
    rag: str
    from_on: date
    to_on: date | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyBand:
    """A period in custody, from the day of reception to the day before release; `to_on` is None while it lasts."""

    ref: str
    from_on: date
    to_on: date | None = None
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferBar:
    """A support offer. It is open until `ended_on` or until it is declined; nothing else closes it."""

    ref: str
    label: str
    offered_on: date
    answer: OfferAnswer = OfferAnswer.NONE
    answered_on: date | None = None
    ended_on: date | None = None
    detail: str = ""

    @property
    def closed_on(self) -> date | None:
        """The day on which it ended or was declined; None while it is open."""
        if self.answer is OfferAnswer.DECLINED:
            declined = self.answered_on or self.offered_on
            return declined if self.ended_on is None else min(declined, self.ended_on)
        return self.ended_on


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactMark:
    """A contact or an attempt at one, and the code of the agency that made it.

    `share` is the time as a fraction of the day, 0 to 1, if it is known.
    """

    ref: str
    on: date
    came: ContactResult
    label: str
    share: float | None = None
    agency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingPoint:
    """The engagement rating, 0 to 5, of the week that begins on a Monday."""

    ref: str
    week: date
    level: int
    by_police: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernMark:
    """A concern; `intelligence` restricts it to the police. It is the default, so that a forgotten value hides it."""

    ref: str
    on: date
    label: str
    detail: str = ""
    intelligence: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerMark:
    """A trigger with the evidence that raised it; `rests_on_intelligence` as for a concern."""

    ref: str
    label: str
    raised_on: date
    status: str
    evidence: tuple[RecordRef, ...] = ()
    decision_ref: str = ""
    explanation: str = ""
    open: bool = False
    withdrawn: bool = False
    rests_on_intelligence: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionMark:
    """A decision, whose label is its step if it names one."""

    ref: str
    on: date
    label: str
    detail: str = ""
    rests_on_intelligence: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineFacts:
    """Everything that the timeline of one case shows.

    Attributes:
        partly_shown: The lanes of which this reader may not have every mark, whether or not there are others: an empty
            one does not say that nothing is recorded.
        left_out: The lanes of which this reader has no mark, whatever there is: they are not drawn or spoken of.
    """

    rag: tuple[RagBand, ...] = ()
    custody: tuple[CustodyBand, ...] = ()
    offers: tuple[OfferBar, ...] = ()
    contacts: tuple[ContactMark, ...] = ()
    ratings: tuple[RatingPoint, ...] = ()
    concerns: tuple[ConcernMark, ...] = ()
    triggers: tuple[TriggerMark, ...] = ()
    decisions: tuple[DecisionMark, ...] = ()
    partly_shown: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show."""
        return not any(getattr(self, name) for name in self.__slots__ if name not in {"partly_shown", "left_out"})
