"""The layout of the timeline."""

import re
from dataclasses import fields, replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from charts.timeline_facts import TODAY, PlainMetrics, timelines
from ioms_desktop.charts.alt_text import NOT_SHOWN, NOTHING_TO_DRAW
from ioms_desktop.charts.marks import contact_mark
from ioms_desktop.charts.shapes import Picture, Polygon, Strokes
from ioms_desktop.charts.timeline import layout_timeline, whole_period
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.timeline import (
    ConcernMark,
    ContactMark,
    ContactResult,
    CustodyBand,
    DecisionMark,
    OfferBar,
    RagBand,
    RatingPoint,
    RecordRef,
    TimelineFacts,
    TriggerMark,
)

PERIODS = (1, 84, 365, 1826)


def laid_out(facts: TimelineFacts, days: int, width: float = 520, text: float = 7) -> Picture:
    first = TODAY - timedelta(days=days - 1)
    return layout_timeline(facts, width, from_on=first, to_on=TODAY, today=TODAY, metrics=PlainMetrics(), text=text)


def words(picture: Picture) -> list[str]:
    return [text.text for text in picture.texts()]


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data(), st.sampled_from(PERIODS), st.sampled_from([(180.0, 7.0), (520.0, 7.0), (1400.0, 11.0)]))
def test_no_two_words_of_any_timeline_meet_and_none_leaves_it(
    data: st.DataObject, days: int, size: tuple[float, float]
) -> None:
    picture = laid_out(data.draw(timelines(days)), days, *size)
    boxes = [text.box for text in picture.texts()]
    assert [(a, b) for a, b in combinations(boxes, 2) if a.overlaps(b)] == []
    assert [box for box in boxes if box.left < -0.1 or box.right > picture.width + 0.1] == []
    assert [box for box in boxes if box.top < -0.1 or box.bottom > picture.height + 0.1] == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data(), st.sampled_from(PERIODS))
def test_every_contact_concern_trigger_and_decision_in_sight_can_be_pointed_at(data: st.DataObject, days: int) -> None:
    facts = data.draw(timelines(days))
    first = TODAY - timedelta(days=days - 1)
    wanted = {RecordRef("contact", each.ref) for each in facts.contacts if first <= each.on <= TODAY}
    wanted |= {RecordRef("concern", each.ref) for each in facts.concerns if first <= each.on <= TODAY}
    wanted |= {RecordRef("decision", each.ref) for each in facts.decisions if first <= each.on <= TODAY}
    wanted |= {RecordRef("trigger", each.ref) for each in facts.triggers if first <= each.raised_on <= TODAY}
    picture = laid_out(facts, days)
    assert wanted <= {event.ref for event in picture.targets}
    for event in picture.targets:
        assert 0 <= event.box.centre.x <= picture.width
        assert event.title


@pytest.mark.parametrize("days", PERIODS)
def test_a_case_without_facts_says_so_in_words(days: int) -> None:
    picture = laid_out(TimelineFacts(), days)
    assert any(text.startswith(f"{NOTHING_TO_DRAW} from") for text in words(picture))
    assert NOTHING_TO_DRAW in picture.description


@pytest.mark.parametrize(("days", "expected"), [(84, "5 Oct"), (365, "May"), (1826, "2024")])
def test_the_axis_counts_weeks_months_or_years_as_the_period_allows(days: int, expected: str) -> None:
    assert expected in words(laid_out(TimelineFacts(), days))


def test_outcomes_of_contacts_differ_in_shape_and_not_only_in_colour() -> None:
    shapes = {came: [type(shape).__name__ for shape in contact_mark(came, 0, 0, 3)] for came in ContactResult}
    hollow = contact_mark(ContactResult.ATTEMPT, 0, 0, 3)[0]
    disc = contact_mark(ContactResult.SEEN, 0, 0, 3)[0]
    assert shapes[ContactResult.SEEN] == shapes[ContactResult.ATTEMPT] == ["Circle"]
    assert getattr(hollow, "fill", None) != getattr(disc, "fill", None)
    crossed, dashed = contact_mark(ContactResult.MISSED, 0, 0, 3)[0], contact_mark(ContactResult.CANCELLED, 0, 0, 3)[0]
    assert isinstance(crossed, Strokes)
    assert isinstance(dashed, Strokes)
    assert (len(crossed.segments), len(dashed.segments)) == (2, 1)


def test_a_trigger_is_tied_to_each_piece_of_its_evidence() -> None:
    days = [TODAY - timedelta(days=back) for back in (20, 14, 12)]
    contacts = tuple(
        ContactMark(ref=str(number), on=on, came=ContactResult.MISSED, label="Missed") for number, on in enumerate(days)
    )
    trigger = TriggerMark(
        ref="T",
        label="Missed contacts",
        raised_on=days[-1],
        status="open",
        evidence=tuple(RecordRef("contact", each.ref) for each in contacts),
    )
    picture = laid_out(TimelineFacts(contacts=contacts, triggers=(trigger,)), 84)
    at = {event.ref: event.box.centre for event in picture.targets}
    upright = [segment for shape in picture.flat_shapes() if isinstance(shape, Strokes) for segment in shape.segments]
    for each in contacts:
        mark = at[RecordRef("contact", each.ref)]
        assert any(abs(a - mark.x) < 0.1 and abs(b - mark.y) < 0.1 and a == c and d > b for a, b, c, d in upright)


@pytest.mark.parametrize("width", [520.0, 300.0])
@pytest.mark.parametrize("back", [(80, 2), (60, 20), (40, 35), (20, 2)])
def test_an_alert_says_what_it_is_wherever_its_evidence_lies_and_leaves_no_row_empty(
    back: tuple[int, int], width: float
) -> None:
    days = [TODAY - timedelta(days=each) for each in back]
    contacts = tuple(
        ContactMark(ref=str(number), on=on, came=ContactResult.MISSED, label="Missed") for number, on in enumerate(days)
    )
    trigger = TriggerMark(
        ref="T",
        label="Missed appointments",
        raised_on=days[-1],
        status="escalate to verbal warning or challenge visit",
        evidence=tuple(RecordRef("contact", each.ref) for each in contacts),
    )
    picture = laid_out(TimelineFacts(contacts=contacts, triggers=(trigger,)), 84, width)
    (said,) = (text for text in picture.texts() if text.text.startswith("Missed app"))
    mark = next(each.box for each in picture.targets if each.ref.kind == "trigger")
    lane = next(text.box for text in picture.texts() if text.text == "Alerts")
    assert mark.top - lane.top < lane.bottom - lane.top, "its mark is in the first row"
    assert said.box.top - lane.top < 2 * (lane.bottom - lane.top), "and its words there or in the next"


def test_many_withdrawn_triggers_share_a_row_below_what_still_counts() -> None:
    offers = [OfferBar(ref=str(n), label="Mentoring", offered_on=TODAY - timedelta(days=60)) for n in range(2)]
    gone = tuple(
        TriggerMark(
            ref=f"W{n}",
            label="Lost contact",
            raised_on=TODAY - timedelta(days=70 - 9 * n),
            status="withdrawn",
            evidence=(RecordRef("offer", "0"),),
            withdrawn=True,
        )
        for n in range(7)
    )
    open_one = TriggerMark(ref="T", label="Breach", raised_on=TODAY, status="open, decision due today", open=True)
    few = laid_out(TimelineFacts(offers=tuple(offers), triggers=(*gone[:2], open_one)), 84)
    assert sum(word == "Lost contact: withdrawn" for word in words(few)) == 2, "two are named one by one"
    many = laid_out(TimelineFacts(offers=tuple(offers), triggers=(*gone, open_one)), 84)
    assert [word for word in words(many) if "withdrawn" in word] == ["7 withdrawn"]
    heights = {each.ref.ref: each.box.centre.y for each in many.targets if each.ref.kind == "trigger"}
    assert heights["T"] < min(heights[each.ref] for each in gone)
    assert {round(heights[each.ref] - heights["W1"]) for each in gone} == {0}


def test_an_open_offer_ends_in_an_arrow_and_a_closed_one_does_not() -> None:
    def arrows(ended_on: date | None) -> int:
        offer = OfferBar(ref="O", label="Housing", offered_on=TODAY - timedelta(days=30), ended_on=ended_on)
        return sum(isinstance(shape, Polygon) for shape in laid_out(TimelineFacts(offers=(offer,)), 84).flat_shapes())

    assert (arrows(None), arrows(TODAY - timedelta(days=3))) == (1, 0)


def test_the_same_facts_give_the_same_picture() -> None:
    facts = TimelineFacts(contacts=(ContactMark(ref="1", on=TODAY, came=ContactResult.SEEN, label="Seen"),))
    assert laid_out(facts, 84) == laid_out(facts, 84)


def test_contacts_of_one_day_stand_in_the_order_of_their_times_from_midnight_on() -> None:
    seen = ContactMark(ref="at nine", on=TODAY, came=ContactResult.SEEN, label="Seen", share=9 / 24)
    contacts = (seen, replace(seen, ref="midnight", share=0.0))
    at = {event.ref.ref: event.box.centre.x for event in laid_out(TimelineFacts(contacts=contacts), 7).targets}
    assert at["midnight"] < at["at nine"]


def test_today_at_the_end_of_the_period_has_its_date() -> None:
    assert f"today {format_day(TODAY)}" in words(laid_out(TimelineFacts(), 84))


def test_a_lane_of_which_the_reader_may_not_have_every_mark_never_says_that_there_is_none() -> None:
    """Each lane in turn is the only one with a mark; the control: who may have all is told that there is none."""
    lanes = [each.name for each in fields(TimelineFacts) if each.name not in {"partly_shown", "left_out"}]
    marks = {
        "rag": RagBand(ref="R", rag="RED", from_on=TODAY),
        "custody": CustodyBand(ref="B", from_on=TODAY, label="HMP"),
        "offers": OfferBar(ref="O", label="Mentoring", offered_on=TODAY),
        "contacts": ContactMark(ref="C", on=TODAY, came=ContactResult.SEEN, label="Visit"),
        "ratings": RatingPoint(ref="E", week=TODAY, level=3),
        "concerns": ConcernMark(ref="K", on=TODAY, label="Arrest"),
        "triggers": TriggerMark(ref="T", label="Breach", raised_on=TODAY, status="open"),
        "decisions": DecisionMark(ref="D", on=TODAY, label="L1"),
    }
    assert marks.keys() == set(lanes)
    denials = re.compile(r"\b(no|none|nothing) (?!that this reader)|\bno \w+ recorded", re.IGNORECASE)
    for name, mark in marks.items():
        everything = TimelineFacts(**{name: (mark,)})  # type: ignore[arg-type]  # a mark of its lane
        for facts, denied in ((everything, True), (replace(everything, partly_shown=frozenset(lanes)), False)):
            picture = laid_out(facts, 60)
            for text in (" | ".join(words(picture)), picture.description):
                assert bool(denials.search(text)) == denied, (name, text)
                assert "rigger" not in text, "alerts have one name"
        # A lane of which the reader has no mark is neither drawn nor spoken of.
        absent = replace(everything, partly_shown=frozenset(lanes), left_out=frozenset(lanes) - {name})
        picture = laid_out(absent, 60)
        for text in (" | ".join(words(picture)), picture.description):
            assert [lane for lane in lanes if lane != name and lane in text.lower()] == [], (name, text)
            assert NOT_SHOWN not in text


def test_a_week_that_began_before_the_period_is_drawn_and_told() -> None:
    for days_before, is_shown in ((6, True), (7, False)):
        week = TODAY - timedelta(days=59 + days_before)
        picture = laid_out(TimelineFacts(ratings=(RatingPoint(ref="E", week=week, level=3),)), 60)
        assert ("Engagement by week: 3." in picture.description) == is_shown
        assert (len(picture.targets) == 1) == is_shown


def test_the_whole_period_holds_every_fact_and_at_least_twelve_weeks() -> None:
    old = date(2024, 2, 29)
    facts = TimelineFacts(contacts=(ContactMark(ref="1", on=old, came=ContactResult.SEEN, label="Seen"),))
    assert whole_period(facts, TODAY) == (old, TODAY)
    first, last = whole_period(TimelineFacts(), TODAY)
    assert (last - first).days == 83


def test_pointing_finds_the_mark_and_not_the_lane() -> None:
    facts = TimelineFacts(
        contacts=(ContactMark(ref="1", on=TODAY - timedelta(days=9), came=ContactResult.SEEN, label="Seen"),)
    )
    picture = laid_out(facts, 84)
    (event,) = picture.targets
    found = picture.target_at(*event.box.centre)
    assert found is not None
    assert found.ref == RecordRef("contact", "1")
    assert picture.target_at(event.box.left - 40, event.box.centre.y) is None
