"""The two people of the worked example as timelines: what a summary and a screen draw."""

from datetime import date

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

FROM, TO = date(2026, 9, 7), date(2026, 11, 29)
POLICY = "(policy 2026-04-01)"


def on(day: int, month: int) -> date:
    return date(2026, month, day)


def contact(ref: str, when: date, came: ContactResult, label: str) -> ContactMark:
    return ContactMark(ref=ref, on=when, came=came, label=label)


CALLUM = TimelineFacts(
    rag=(
        RagBand(ref="1", rag="BLUE", from_on=on(7, 9), to_on=on(9, 9), reason="Serving; release on 10 Sep"),
        RagBand(ref="2", rag="AMBER", from_on=on(10, 9), to_on=on(1, 10), reason="Released, engaging"),
        RagBand(ref="3", rag="RED", from_on=on(2, 10), to_on=on(19, 10), reason="Intelligence 2C/P: seen near breaks"),
        RagBand(ref="4", rag="BLUE", from_on=on(20, 10), reason="Returned to custody on recall"),
    ),
    custody=(
        CustodyBand(ref="1", from_on=date(2026, 1, 12), to_on=on(9, 9), label="Sentence, HMP Leicester"),
        CustodyBand(ref="2", from_on=on(20, 10), label="Recall, HMP Leicester"),
    ),
    contacts=(
        contact("C01", on(10, 9), ContactResult.SEEN, "Gate pickup, seen"),
        contact("C02", on(15, 9), ContactResult.SEEN, "Home visit announced, seen"),
        contact("C03", on(17, 9), ContactResult.SEEN, "Probation office, seen"),
        contact("C04", on(24, 9), ContactResult.ATTEMPT, "Home visit unannounced, not seen"),
        contact("C05", on(25, 9), ContactResult.SEEN, "Home visit unannounced, seen"),
        contact("C06", on(29, 9), ContactResult.MISSED, "Probation office, unacceptable absence"),
        contact("C07", on(7, 10), ContactResult.SEEN, "Joint visit, seen"),
        contact("C08", on(12, 10), ContactResult.ATTEMPT, "Home visit unannounced, not seen"),
        contact("C09", on(13, 10), ContactResult.SEEN, "Seen in custody"),
        contact("C10", on(28, 10), ContactResult.SEEN, "Video, seen"),
        contact("C11", on(11, 11), ContactResult.SEEN, "Prison visit, seen"),
    ),
    concerns=(
        ConcernMark(ref="K1", on=on(2, 10), label="Intelligence", detail="2C/P seen near vehicle breaks"),
        ConcernMark(ref="K2", on=on(13, 10), label="Arrest, vehicle crime", intelligence=False),
        ConcernMark(ref="K3", on=on(14, 10), label="Recall, fixed term 56 days", intelligence=False),
        ConcernMark(ref="K4", on=on(14, 10), label="Unlawfully at large", intelligence=False),
    ),
    triggers=(
        TriggerMark(
            ref="T1",
            label="Serious concern",
            raised_on=on(13, 10),
            status="open, decision was due 15 Oct",
            evidence=(RecordRef("concern", "K2"),),
            open=True,
            explanation=f"Arrested on 13 Oct 2026 for vehicle crime {POLICY}.",
            rests_on_intelligence=False,
        ),
        TriggerMark(
            ref="T2",
            label="Breach",
            raised_on=on(14, 10),
            status="open, decision was due 16 Oct",
            evidence=(RecordRef("concern", "K3"), RecordRef("concern", "K4")),
            open=True,
            explanation=f"Recalled on 14 Oct 2026 {POLICY}.",
            rests_on_intelligence=False,
        ),
    ),
)

_LEVELS = (0, 2, 4, 4, 3, 2, 3, 3, 4, 4, 4, 5)

JAYDEN = TimelineFacts(
    offers=(
        OfferBar(ref="O1", label="Mentoring", offered_on=on(17, 9), answer=OfferAnswer.ACCEPTED, answered_on=on(22, 9)),
        OfferBar(
            ref="O2",
            label="Work and training",
            offered_on=on(17, 9),
            answer=OfferAnswer.ACCEPTED,
            answered_on=on(22, 9),
        ),
        OfferBar(ref="O3", label="Mediation", offered_on=on(17, 9), answer=OfferAnswer.PARTLY, answered_on=on(22, 9)),
        OfferBar(
            ref="O4",
            label="Crisis relocation",
            offered_on=on(10, 11),
            answer=OfferAnswer.ACCEPTED,
            answered_on=on(10, 11),
        ),
    ),
    contacts=(
        contact("C01", on(23, 9), ContactResult.SEEN, "First face to face, 60 minutes"),
        contact("C02", on(29, 9), ContactResult.SEEN, "Session, 45 minutes"),
        contact("C03", on(1, 10), ContactResult.SEEN, "Session, 30 minutes"),
        contact("C04", on(6, 10), ContactResult.MISSED, "Session missed, no acceptable reason"),
        contact("C05", on(8, 10), ContactResult.SEEN, "Telephone, 10 minutes, unplanned"),
        contact("C06", on(13, 10), ContactResult.MISSED, "Session missed"),
        contact("C07", on(15, 10), ContactResult.MISSED, "Session missed"),
        contact("C08", on(20, 10), ContactResult.SEEN, "Visit, 30 minutes, offer restated"),
        contact("C09", on(3, 11), ContactResult.SEEN, "Session, 60 minutes"),
        contact("C10", on(5, 11), ContactResult.SEEN, "Session, 45 minutes"),
        contact("C11", on(10, 11), ContactResult.SEEN, "Crisis call, 90 minutes"),
        contact("C12", on(12, 11), ContactResult.SEEN, "Session, 30 minutes"),
        contact("C13", on(17, 11), ContactResult.SEEN, "Session, 60 minutes"),
        contact("C14", on(24, 11), ContactResult.SEEN, "Session, 45 minutes"),
        contact("C15", on(26, 11), ContactResult.SEEN, "Work trial check-in, 30 minutes"),
    ),
    ratings=tuple(
        RatingPoint(ref=f"R{number}", week=date.fromordinal(FROM.toordinal() + 7 * number), level=level)
        for number, level in enumerate(_LEVELS)
    ),
    concerns=(ConcernMark(ref="K1", on=on(27, 10), label="Arrest, affray", intelligence=False),),
    triggers=(
        TriggerMark(
            ref="T1",
            label="Missed contacts",
            raised_on=on(15, 10),
            status="decided in 2 working days",
            evidence=(RecordRef("contact", "C04"), RecordRef("contact", "C06"), RecordRef("contact", "C07")),
            decision_ref="D1",
            explanation=f"Jayden missed three planned sessions in 14 days: 6, 13 and 15 Oct 2026 {POLICY}.",
            rests_on_intelligence=False,
        ),
        TriggerMark(
            ref="T2",
            label="Serious concern",
            raised_on=on(27, 10),
            status="decided in 1 working day",
            evidence=(RecordRef("concern", "K1"),),
            decision_ref="D2",
            explanation=f"Jayden was arrested on 27 Oct 2026 on suspicion of affray {POLICY}.",
            rests_on_intelligence=False,
        ),
    ),
    decisions=(
        DecisionMark(ref="D1", on=on(19, 10), label="Verbal warning", rests_on_intelligence=False),
        DecisionMark(ref="D2", on=on(28, 10), label="Written warning", rests_on_intelligence=False),
        DecisionMark(ref="D3", on=on(20, 11), label="De-escalated", rests_on_intelligence=False),
    ),
)
