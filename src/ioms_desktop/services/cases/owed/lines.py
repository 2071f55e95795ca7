"""The lines of Today in their order: kept apart by what they are of, so that a few change and the others stay."""

from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from ioms_desktop.domain.duties.case_duties import LOOK_AHEAD, CaseDuty, Duty, WorklistItem, urgency_of
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.domain.search.text_filter import TextFilter

MOST_MOVED = 500
"""If more lines than this come and go, all are gone through once, instead of each being looked for."""
LINES_PER_BLOCK = 500
Group = str | tuple[Duty, str] | None
"""What lines come and go together: those of a case, by its reference; of a retention review; those of no case."""
Work = CaseDuty | WorklistItem
"""What the rules found, or what people gave themselves and each other."""
Place = tuple[int, str, int]
"""How urgent a line is; the name as it is sorted by, its reference and its case, joined by a NUL character, which no
text contains; and its number, so that no two lines have one place."""


class Beside(NamedTuple):
    """What stands beside every line of a case.

    Attributes:
        name_key: The name as it is sorted by.
        is_own: Whether the user is named on the case.
    """

    person_ref: str
    name: str
    name_key: str
    programme: str
    worker: str | None
    is_own: bool


OF_NO_CASE = Beside("", "", "", "", None, is_own=False)


@dataclass(slots=True, eq=False)
class Line:
    """A line with its place in the order; what it reads like is worked out where it is shown.

    Attributes:
        id: Its number, which it keeps as long as it is owed.
        work: What the rules found, or what people gave themselves.
    """

    id: int
    place: Place
    case_ref: str | None
    work: Work
    beside: Beside
    _shown: tuple[date, WorklistItem] | None = None

    def shown(self, today: date) -> WorklistItem:
        """Return the same as `item`, remembered: what is shown is shown again after each act."""
        if self._shown is None or self._shown[0] != today:
            self._shown = (today, self.item(today))
        return self._shown[1]

    def item(self, today: date) -> WorklistItem:
        """Return it as it reads on the day of the list."""
        work, beside = self.work, self.beside
        if isinstance(work, WorklistItem):
            return replace(
                work,
                id=self.id,
                name=beside.name or work.name,
                programme=beside.programme,
                worker=beside.worker,
                is_own=self.is_own,
            )
        return WorklistItem(
            id=self.id,
            duty=work.duty,
            description=work.words.on(today),
            due_on=work.due_on,
            case_ref=self.case_ref,
            name=beside.name,
            programme=beside.programme,
            worker=beside.worker,
            ref=work.ref,
            is_own=beside.is_own,
        )

    @property
    def is_own(self) -> bool:
        """Whether it names the user."""
        return self.beside.is_own or (isinstance(self.work, WorklistItem) and self.work.is_own)

    @property
    def is_given(self) -> bool:
        """Whether it is an action that the user gave to somebody else."""
        return isinstance(self.work, WorklistItem) and self.work.is_given


class OwedLines:
    """The lines of one reading, the most urgent first; nothing changes them.

    Attributes:
        day: The day of which they are.
    """

    def __init__(self, day: date, ordered: "_Order", days: Mapping[date | None, int]) -> None:
        """Take what was read, and how many lines are due on each day."""
        self.day, self._ordered, self._days = day, ordered, days

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ordered.ids)

    def __iter__(self) -> Iterator[WorklistItem]:
        """Give every line as it reads."""
        return (line.item(self.day) for line in self._ordered)

    def rows(self, ids: Iterable[int]) -> list[WorklistItem]:
        """Return some lines by their numbers; those no longer due are left out."""
        return [line.shown(self.day) for line in map(self._ordered.line, ids) if line is not None]

    def ids(self, typed: str, duties: frozenset[str], *, mine: bool, given: bool) -> Sequence[int]:
        """Return the numbers of the lines that `Worklist.ids` lists."""
        found: Iterable[Line] = self._ordered
        if not (duties or mine or given or typed.strip()):
            return self._ordered.ids
        if duties:
            found = (line for line in found if line.work.duty in duties)
        if mine or given:
            found = (line for line in found if (mine and line.is_own) or (given and line.is_given))
        if typed.strip():
            found = filter(self._says(TextFilter(typed)), found)
        return [line.id for line in found]

    def _says(self, typed: TextFilter) -> Callable[[Line], bool]:
        def says(line: Line) -> bool:
            shown = line.item(self.day)
            return typed.matches(f"{shown.name} {shown.case_ref or ''} {shown.worker or ''} {shown.description}")

        return says

    def counts(self) -> tuple[int, int, int]:
        """Count the lines that are late, due today, and due within seven days."""
        today, last = self.day, self.day + LOOK_AHEAD
        dated = [(day, number) for day, number in self._days.items() if day is not None]
        return (
            sum(number for day, number in dated if day < today),
            self._days.get(today, 0),
            sum(number for day, number in dated if today < day <= last),
        )


class _Order:
    """Lines in their order, in blocks, and by number; another order shares with it what does not differ.

    It is never changed, for it may be shown. To copy it whole would touch every line.
    """

    def __init__(
        self,
        blocks: Sequence[list[Line]],
        ids: "array[int]",
        by_id: Mapping[int, Line],
        apart: Mapping[int, Line | None],
    ) -> None:
        self._blocks, self.ids, self._by_id, self._apart = blocks, ids, by_id, apart

    @classmethod
    def of(cls, lines: Iterable[Line]) -> "_Order":
        # One after the other, by numbers and by texts alone: a third of the time of sorting whole places.
        ordered = sorted(lines, key=attrgetter("id"))
        ordered.sort(key=lambda line: line.place[1])
        ordered.sort(key=lambda line: line.place[0])
        return cls._in_blocks(ordered)

    @classmethod
    def _in_blocks(cls, ordered: list[Line]) -> "_Order":
        blocks = [ordered[at : at + LINES_PER_BLOCK] for at in range(0, len(ordered), LINES_PER_BLOCK)]
        return cls(blocks, array("q", (line.id for line in ordered)), {line.id: line for line in ordered}, {})

    def __iter__(self) -> Iterator[Line]:
        return chain.from_iterable(self._blocks)

    def line(self, number: int) -> Line | None:
        """Return a line by its number; None where there is none."""
        return self._apart[number] if number in self._apart else self._by_id.get(number)

    def with_others(self, former: Iterable[Line], coming: Iterable[Line]) -> "_Order":
        """Return another order with other lines in place of some."""
        blocks, ids, apart = list(self._blocks), self.ids[:], dict(self._apart)
        for line in former:
            number = self._block_of(blocks, line)
            at = bisect_left(blocks[number], line.place, key=attrgetter("place"))
            if blocks[number][at] is not line:
                raise LookupError(line.id)  # rather than take out another
            del ids[sum(map(len, blocks[:number])) + at]
            blocks[number] = [*blocks[number][:at], *blocks[number][at + 1 :]]
            blocks = [block for block in blocks if block]
            apart[line.id] = None
        for line in coming:
            number = self._block_of(blocks, line)
            block = blocks[number] if blocks else []
            at = bisect_right(block, line.place, key=attrgetter("place"))
            ids.insert(sum(map(len, blocks[:number])) + at, line.id)
            blocks[number : number + 1] = [[*block[:at], line, *block[at:]]]
            apart[line.id] = line
        if len(apart) > MOST_MOVED:
            return _Order._in_blocks(list(chain.from_iterable(blocks)))
        return _Order(blocks, ids, self._by_id, apart)

    def with_many_others(self, former: Iterable[Line], coming: Iterable[Line]) -> "_Order":
        """Return the same for many lines: those that stay are in order, so that the others are only merged in."""
        gone = set(former)
        ordered = [line for line in self if line not in gone]
        ordered += sorted(coming, key=attrgetter("place"))
        ordered.sort(key=attrgetter("place"))
        return _Order._in_blocks(ordered)

    @staticmethod
    def _block_of(blocks: Sequence[list[Line]], line: Line) -> int:
        """Return the last block that begins before a line, or with it; the first where none does."""
        return max(0, bisect_right(blocks, line.place, key=lambda block: block[0].place) - 1)


class OrderedLines:
    """The lines by what they are of and in their order; a few that come and go leave the others in place."""

    def __init__(self, after: int = 0) -> None:
        """Begin with none; their numbers come after another."""
        self._of: dict[Group, list[Line]] = {}
        self._order = _Order.of(())
        self._days = Counter[date | None]()
        self._last_id = after

    def emptied(self) -> "OrderedLines":
        """Return none, whose numbers will be others than these, which may still be shown."""
        return OrderedLines(self._last_id)

    @property
    def groups(self) -> Iterable[Group]:
        """What there are lines of."""
        return self._of.keys()

    def moved_between(self, before: date, day: date) -> Iterator[Group]:
        """Name what there are lines of whose place in the order is another on a later day."""
        place = partial(urgency_of, Duty.ACTION)
        moved = frozenset(due for due in self._days if place(due, before) != place(due, day))
        return (group for group, lines in self._of.items() if any(line.work.due_on in moved for line in lines))

    def as_of(self, day: date) -> OwedLines:
        """Return the lines as they stand."""
        return OwedLines(day, self._order, self._days)

    def replace(self, anew: Mapping[Group, tuple[Sequence[Work], Beside]], today: date) -> None:
        """Put other lines in place of those of some groups, with what stands beside them; none where there are none.

        Where that fails nothing has changed.
        """
        urgency = cache(partial(urgency_of, today=today))
        fresh = {group: self._lines_of(group, *each, urgency) for group, each in anew.items()}
        former = [line for group in anew for line in self._of.get(group, ())]
        coming = list(chain.from_iterable(fresh.values()))
        order, days = self._order, self._days
        moved = len(former) + len(coming)
        if moved:
            if moved > len(order.ids):
                order = _Order.of(chain.from_iterable({**self._of, **fresh}.values()))
            else:
                order = (order.with_others if moved <= MOST_MOVED else order.with_many_others)(former, coming)
            days = days.copy()
            days.subtract(line.work.due_on for line in former)
            days.update(line.work.due_on for line in coming)
        self._order, self._days = order, days
        self._of.update(fresh)
        for group in [group for group, lines in fresh.items() if not lines]:
            del self._of[group]

    def _lines_of(
        self,
        group: Group,
        work: Sequence[Work],
        beside: Beside,
        urgency: Callable[[Duty, date | None], int],
    ) -> list[Line]:
        former = self._of.get(group)
        known = {(line.work.duty, line.work.ref): line.id for line in reversed(former)} if former else {}
        case_ref = group if isinstance(group, str) else None
        ending, last = f"\0{case_ref or ''}", self._last_id
        lines = []
        for each in work:
            number = known.pop((each.duty, each.ref), 0) if known else 0
            if not number:
                number = last = last + 1
            name = beside.name_key or (fold(each.name) if isinstance(each, WorklistItem) else "")
            place = (urgency(each.duty, each.due_on), f"{name}\0{each.ref}{ending}", number)
            lines.append(Line(number, place, case_ref, each, beside))
        self._last_id = last
        return lines
