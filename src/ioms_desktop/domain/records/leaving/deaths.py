"""Whether a person died, by all of their cases together: it is decided once, and holds on each of them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from itertools import takewhile

from ioms_desktop.domain.records.cases import Case


def death_told_by(histories: Collection[Sequence[Case]]) -> Case | None:
    """Return the case by which a person died; None where none says so, or a later one says that they live.

    Where a death was recorded by mistake the person is referred again. Only a case that was first recorded after the
    death tells that they live: one from before, whatever its day, was recorded by people who did not know. In doubt
    they died.

    Args:
        histories: The versions of each case that the user may open, oldest first and the present one last.
    """
    deaths = (history for history in histories if history[-1].closed_by_death)
    stands = (death[-1] for death in deaths if not any(_is_of_the_living(other, death) for other in histories))
    return next(stands, None)


def _is_of_the_living(history: Sequence[Case], death: Sequence[Case]) -> bool:
    first, died_on = history[0], death[-1].closed_on
    if first.revision != 1 or first.recorded_at is None:
        return False  # how old it is was not kept
    told_at = _death_recorded_at(death)
    is_later = told_at is not None and first.recorded_at > told_at
    return is_later and (died_on is None or history[-1].referred_on >= died_on)


def _death_recorded_at(history: Sequence[Case]) -> datetime | None:
    """Return when a case began to tell of the death of which it tells now."""
    *_, first = takewhile(lambda version: version.closed_by_death, reversed(history))
    return first.recorded_at
