"""The layout of bars."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charts.timeline_facts import PlainMetrics
from ioms_desktop.charts.bars import Bar, layout_bars
from ioms_desktop.charts.shapes import ColourRole, Picture, Rect, Strokes

NUMBERS = st.one_of(st.none(), st.integers(0, 5000))
BARS = st.lists(
    st.tuples(st.text(st.characters(min_codepoint=32, max_codepoint=382), max_size=60), NUMBERS), max_size=30
)


def laid_out(*rows: tuple[str, int | None], width: float = 520) -> Picture:
    bars = [
        Bar(str(place), name, number, "too few to say" if number is None else f"{number:,}")
        for place, (name, number) in enumerate(rows)
    ]
    return layout_bars("Offers made", bars, width, metrics=PlainMetrics())


def lengths(picture: Picture) -> dict[str, float]:
    return {
        event.ref.ref: shape.width
        for event in picture.targets
        for shape in event.shapes
        if isinstance(shape, Rect) and shape.fill is ColourRole.ACCENT
    }


@settings(max_examples=80)
@given(BARS, st.sampled_from([320.0, 520.0, 900.0]))
def test_no_two_words_meet_and_none_leaves_the_picture(rows: list[tuple[str, int | None]], width: float) -> None:
    picture = laid_out(*rows, width=width)
    boxes = [text.box for text in picture.texts() if text.text.strip()]
    assert [(a, b) for a, b in combinations(boxes, 2) if a.overlaps(b)] == []
    assert [box for box in boxes if box.left < -0.1 or box.right > picture.width + 0.1] == []
    assert [box for box in boxes if box.bottom > picture.height + 0.1] == []


def test_bars_are_as_long_as_their_numbers_on_one_scale_from_nothing() -> None:
    found = lengths(laid_out(("a", 40), ("b", 10), ("c", 0)))
    assert found["0"] == pytest.approx(4 * found["1"])
    assert "2" not in found


def test_what_is_not_told_has_no_length_that_says_anything() -> None:
    rows = [("a", 40), ("b", None), ("c", None)]
    picture = laid_out(*rows)
    assert lengths(picture).keys() == {"0"}
    stubs = [[s for s in event.shapes if isinstance(s, Rect | Strokes)] for event in picture.targets[1:]]
    widths = {round(shape.box.right - shape.box.left, 3) for each in stubs for shape in each if isinstance(shape, Rect)}
    assert len(widths) == 1
    assert all(any(isinstance(shape, Strokes) for shape in each) for each in stubs)


def test_the_picture_is_told_in_words() -> None:
    assert laid_out(("Seen", 12), ("Missed", None)).description == "Offers made. Seen: 12; Missed: too few to say."
    assert laid_out().description == "Offers made. Nothing is counted."
