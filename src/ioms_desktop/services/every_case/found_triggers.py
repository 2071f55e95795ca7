"""Triggers on their way from another process, which sends them by column: one by one they take three times as long."""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain, islice
from typing import Any

from typing_extensions import override

from ioms_desktop.domain.policy.triggers import Evidence, Trigger

Columns = Sequence[Sequence[Any]]
EVIDENCE = Trigger._fields.index("evidence")

# As in `case_stream`: from a tuple at once, because each is made thousands of times.
_trigger: Callable[[Sequence[Any]], Trigger] = partial(tuple.__new__, Trigger)
_evidence: Callable[[Sequence[Any]], Evidence] = partial(tuple.__new__, Evidence)


class FoundTriggers(list[Trigger]):
    """A list of triggers, which is sent by column; where it was made it is a list like any other."""

    @override
    def __reduce__(self) -> tuple[Callable[..., "FoundTriggers"], tuple[Any, ...]]:
        if not self:
            return FoundTriggers, ()
        columns: list[Sequence[Any]] = [*zip(*self, strict=True)]
        items = columns[EVIDENCE]
        columns[EVIDENCE] = [*map(len, items)]
        return _from_columns, (columns, [*zip(*chain.from_iterable(items), strict=True)])


def _from_columns(columns: Columns, evidence: Columns) -> FoundTriggers:
    """Make triggers of their columns, in which the evidence of each is counted, and of the columns of all evidence."""
    items = map(_evidence, zip(*evidence, strict=True))
    read = [*columns]
    read[EVIDENCE] = [tuple(islice(items, count)) for count in columns[EVIDENCE]]
    return FoundTriggers(map(_trigger, zip(*read, strict=True)))
