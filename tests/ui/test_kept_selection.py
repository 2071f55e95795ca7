"""What was selected in a list is found again by its ids, whatever became of the list."""

import random
from array import array

from ioms_desktop.ui.lists.kept_selection import ID_BYTES, Chosen, find_chosen, place_of, places_of, runs_of


def test_what_was_selected_is_found_by_its_ids() -> None:
    draw = random.Random(5)  # noqa: S311 - no secret
    for number in range(200):
        former = draw.sample(range(1, 40), draw.randrange(1, 20))
        present = (
            draw.sample(range(1, 40), draw.randrange(20)) if number % 3 else [*former, 99][: len(former) + number % 2]
        )
        selected = sorted(draw.sample(range(len(former)), draw.randrange(len(former) + 1)))
        current = draw.choice((-1, draw.randrange(len(former)), *selected))
        chosen = Chosen(array("q", former), runs_of(selected), current)
        kept = find_chosen(chosen, array("q", present))
        wanted = {former[place] for place in selected}
        assert kept.runs == runs_of(place for place, record in enumerate(present) if record in wanted)
        expected = present.index(former[current]) if current >= 0 and former[current] in present else -1
        assert kept.current == expected
        assert chosen.number == len(selected)


def test_an_id_is_not_found_across_two_others() -> None:
    shifted = 256 ** (ID_BYTES - 1)
    ids = array("q", [0, 1, shifted, 0, 1])
    assert ids.tobytes().find((256).to_bytes(ID_BYTES, "little")) >= 0, "the control: it is there, across two"
    assert place_of(ids, 256) is None
    assert places_of(ids, [1, 7]) == [1, 4][:1]
    assert place_of(ids, 1, expected=4) == 4
