"""The layout of a network: the same for the same people, within the picture, and nothing over anything else."""

import pytest

from ioms_desktop.charts.network import NetworkNode, layout_network
from ioms_desktop.charts.shapes import Text
from ioms_desktop.domain.timeline import RecordRef


class HalfWidth:
    """A typeface of which every letter is half as wide as it is high."""

    def width(self, text: str, size: float, *, bold: bool) -> float:
        return len(text) * size * (0.55 if bold else 0.5)


def node(number: int, *, group: bool) -> NetworkNode:
    name = f"{'GRP' if group else 'Somebody with a long name'} {number}"
    return NetworkNode(RecordRef("x", str(number)), name, "Associate · 1B", group, number % 2 == 0, f"{name}.")


@pytest.mark.parametrize("width", [320.0, 560.0, 1400.0])
@pytest.mark.parametrize(("people", "groups"), [(0, 0), (1, 0), (0, 2), (7, 0), (12, 3), (1, 9)])
def test_every_box_is_inside_the_picture_apart_from_the_others_and_always_there(
    width: float, people: int, groups: int
) -> None:
    nodes = [node(number, group=number >= people) for number in range(people + groups)]
    for text in (11.0, 22.0):
        picture = layout_network("MARLOW, Jayden", nodes, width, metrics=HalfWidth(), text=text)
        boxes = [target.box for target in picture.targets]
        assert len(boxes) == len(nodes)
        for box in boxes:
            assert (0 <= box.left < box.right <= width, 0 <= box.top < box.bottom <= picture.height) == (True, True)
            assert not any(box.overlaps(other) for other in boxes if other is not box)
        for target in picture.targets:
            for each in target.shapes:
                assert not isinstance(each, Text) or target.box.contains(each.box.left, each.y)
        again = layout_network("MARLOW, Jayden", nodes, width, metrics=HalfWidth(), text=text)
        assert again.shapes == picture.shapes
        assert all(each.description in picture.description for each in nodes)


@pytest.mark.parametrize(("width", "lines"), [(1400.0, ["MARLOW, Jayden"]), (420.0, ["MARLOW,", "Jayden"])])
def test_the_name_in_the_middle_stands_whole_in_one_line_or_two(width: float, lines: list[str]) -> None:
    picture = layout_network("MARLOW, Jayden", [node(1, group=False)], width, metrics=HalfWidth())
    assert [each.text for each in picture.shapes if isinstance(each, Text)] == lines
