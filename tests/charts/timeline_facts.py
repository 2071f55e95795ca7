"""Timelines of every kind, drawn by hypothesis."""

from datetime import date, timedelta

from hypothesis import strategies as st

from ioms_desktop.domain.timeline import (
    ConcernMark,
    ContactMark,
    ContactResult,
    CustodyBand,
    DecisionMark,
    OfferAnswer,
    OfferBar,
    RagBand,
    RatingPoint,
    RecordRef,
    TimelineFacts,
    TriggerMark,
)

TODAY = date(2026, 11, 23)
LABELS = ("Arrest, violence", "Missing", "Mentoring", "Written warning letter", "Housing", "x" * 90, "")


class PlainMetrics:
    """Every letter is six tenths of its size wide."""

    def width(self, text: str, size: float, *, bold: bool) -> float:
        return len(text) * size * (0.64 if bold else 0.6)


@st.composite
def timelines(draw: st.DrawFn, days: int, most: int = 12) -> TimelineFacts:
    def day() -> date:
        return TODAY - timedelta(days=draw(st.integers(-40, days + 40)))

    def some() -> range:
        return range(draw(st.integers(0, most)))

    def label() -> str:
        return draw(st.sampled_from(LABELS))

    def later(first: date) -> date | None:
        span = draw(st.one_of(st.none(), st.integers(0, days)))
        return None if span is None else first + timedelta(days=span)

    concerns = tuple(ConcernMark(ref=f"K{k}", on=day(), label=label()) for k in some())
    contacts = tuple(
        ContactMark(ref=f"C{k}", on=day(), came=draw(st.sampled_from(ContactResult)), label=label()) for k in some()
    )
    starts = [day() for _ in some()]
    offers = tuple(
        OfferBar(
            ref=f"O{k}",
            label=label(),
            offered_on=first,
            answer=draw(st.sampled_from(OfferAnswer)),
            answered_on=later(first),
            ended_on=later(first),
        )
        for k, first in enumerate(starts)
    )
    evidence = [
        *(RecordRef("concern", each.ref) for each in concerns),
        *(RecordRef("contact", each.ref) for each in contacts),
    ]
    return TimelineFacts(
        rag=tuple(
            RagBand(
                ref=f"G{k}",
                rag=draw(st.sampled_from(["RED", "AMBER", "GREEN", "BLUE"])),
                from_on=first,
                to_on=later(first),
            )
            for k, first in enumerate(starts)
        ),
        custody=tuple(
            CustodyBand(ref=f"S{k}", from_on=first, to_on=later(first), label=label())
            for k, first in enumerate(starts[:4])
        ),
        offers=offers,
        contacts=contacts,
        ratings=tuple(
            RatingPoint(ref=f"R{k}", week=day(), level=draw(st.integers(0, 5)), by_police=draw(st.booleans()))
            for k in some()
        ),
        concerns=concerns,
        triggers=tuple(
            TriggerMark(
                ref=f"T{k}",
                label=label(),
                raised_on=day(),
                status=label(),
                evidence=tuple(evidence[k : k + 3]),
                decision_ref=f"D{k}",
                open=draw(st.booleans()),
                withdrawn=draw(st.booleans()),
            )
            for k in some()
        ),
        decisions=tuple(DecisionMark(ref=f"D{k}", on=day(), label=label()) for k in some()),
    )
