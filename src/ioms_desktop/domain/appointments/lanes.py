"""Which of several things that overlap in time stands in which column of a day."""

from collections.abc import Sequence
from typing import NamedTuple

from ioms_desktop.domain.records.appointments import Span


class Lane(NamedTuple):
    """The place of one thing among those that it overlaps with.

    Attributes:
        number: Its column, from 0.
        columns: How many columns there are beside one another.
    """

    number: int
    columns: int


def lanes_of(spans: Sequence[Span]) -> list[Lane]:
    """Give each span a column, so that no two that overlap share one; those that overlap have equal widths.

    Args:
        spans: In any order; one without a minute counts as one of a minute.
    """
    lanes = [Lane(0, 1)] * len(spans)
    group: list[int] = []
    ends: list[int] = []
    placed: dict[int, int] = {}

    def close() -> None:
        for each in group:
            lanes[each] = Lane(placed[each], len(ends))
        group.clear()
        ends.clear()

    for place in sorted(range(len(spans)), key=lambda each: (spans[each].since, -spans[each].until, each)):
        since, until = spans[place].since, max(spans[place].until, spans[place].since + 1)
        if group and since >= max(ends):
            close()
        free = next((number for number, end in enumerate(ends) if end <= since), len(ends))
        if free == len(ends):
            ends.append(until)
        else:
            ends[free] = until
        placed[place] = free
        group.append(place)
    close()
    return lanes
