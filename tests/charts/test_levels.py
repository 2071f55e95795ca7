"""The layout of levels then and now."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from charts.timeline_facts import PlainMetrics
from ioms_desktop.charts.levels import LevelRow, layout_levels
from ioms_desktop.charts.shapes import Circle, ColourRole, Picture, ShapeGroup

SCALE = ("No need", "Some need", "Clear need", "Severe need")
NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=382), max_size=60)
ROWS = st.lists(st.tuples(NAMES, st.lists(st.integers(0, 3), min_size=1, max_size=5)), max_size=12)


def laid_out(rows: list[tuple[str, list[int]]], width: float = 520) -> Picture:
    made = [
        LevelRow(str(place), name, tuple(levels), "2 lower", f"{name}: {levels}.")
        for place, (name, levels) in enumerate(rows)
    ]
    return layout_levels("Needs then and now", made, SCALE, width, metrics=PlainMetrics())


def marks(group: ShapeGroup, fill: ColourRole) -> list[Circle]:
    return [shape for shape in group.shapes if isinstance(shape, Circle) and shape.fill is fill]


def in_order(picture: Picture) -> list[ShapeGroup]:
    return sorted(picture.targets, key=lambda group: int(group.ref.ref))


@settings(max_examples=80)
@given(ROWS, st.sampled_from([320.0, 520.0, 900.0]))
def test_no_two_words_meet_none_leaves_the_picture_and_each_row_says_its_levels(
    rows: list[tuple[str, list[int]]], width: float
) -> None:
    picture = laid_out(rows, width)
    boxes = [text.box for text in picture.texts() if text.text.strip()]
    assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])]
    assert all(box.left >= 0 and box.right <= width + 0.1 and box.bottom <= picture.height + 0.1 for box in boxes)
    assert [group.title for group in in_order(picture)] == [f"{name}: {levels}." for name, levels in rows]
    assert all(group.title in picture.description for group in picture.targets)


@given(ROWS)
def test_then_is_hollow_now_is_filled_and_both_stand_at_their_level(rows: list[tuple[str, list[int]]]) -> None:
    picture = laid_out(rows)
    left, right = picture.plot
    for group, (_, levels) in zip(in_order(picture), rows, strict=True):
        now, then = marks(group, ColourRole.ACCENT)[-1], marks(group, ColourRole.SURFACE)
        assert abs(now.x - (left + (right - left) * levels[-1] / 3)) < 0.01
        assert len(then) == (len(levels) > 1)
        for mark in then:
            assert abs(mark.x - (left + (right - left) * levels[0] / 3)) < 0.01
            assert (mark.radius > now.radius) == (levels[0] == levels[-1]), (
                "a ring around now, where both are one level"
            )
