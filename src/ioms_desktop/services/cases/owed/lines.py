"""The lines of Today in their order: kept apart by what they are of, so that a few change and the others stay."""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from ioms_desktop.domain.duties.case_duties import LOOK_AHEAD, CaseDuty, Duty, WorklistItem, urgency_of
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.domain.search.text_filter import TextFilter

MOST_APART = 5_000
"""Of so many lines an order knows apart that they came or went since another; then all of its lines are put anew."""
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
    group: Group
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
            case_ref=self.group if isinstance(self.group, str) else None,
            name=beside.name,
            programme=beside.programme,
            worker=beside.worker,
            ref=work.ref,
            is_own=beside.is_own,
        )

    def moved_to(self, urgency: int) -> "Line":
        """Return the same line as urgent as it is on another day."""
        return self if urgency == self.place[0] else replace(self, place=(urgency, *self.place[1:]))

    @property
    def is_own(self) -> bool:
        """Whether it names the user."""
        return self.beside.is_own or (isinstance(self.work, WorklistItem) and self.work.is_own)

    @property
    def is_given(self) -> bool:
        """Whether it is an action that the user gave to somebody else."""
        return isinstance(self.work, WorklistItem) and self.work.is_given


place_of, number_of = attrgetter("place"), attrgetter("id")


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
        ordered = sorted(lines, key=number_of)
        ordered.sort(key=lambda line: line.place[1])
        ordered.sort(key=lambda line: line.place[0])
        return cls._in_blocks(ordered)

    @classmethod
    def _in_blocks(cls, ordered: list[Line]) -> "_Order":
        blocks = [ordered[at : at + LINES_PER_BLOCK] for at in range(0, len(ordered), LINES_PER_BLOCK)]
        return cls(blocks, array("q", map(number_of, ordered)), {line.id: line for line in ordered}, {})

    def __iter__(self) -> Iterator[Line]:
        return chain.from_iterable(self._blocks)

    def line(self, number: int) -> Line | None:
        """Return a line by its number; None where there is none."""
        return self._apart[number] if number in self._apart else self._by_id.get(number)

    def of_urgency(self, urgency: int) -> Iterator[Line]:
        """Give the lines that are so urgent: those of one kind that are due on one day."""
        begins: Place = (urgency, "", 0)
        first = max(0, bisect_left(self._blocks, begins, key=lambda block: block[0].place) - 1)
        for block in self._blocks[first:]:
            for line in block[bisect_left(block, begins, key=place_of) :]:
                if line.place[0] != urgency:
                    return
                yield line

    def with_others(self, former: Iterable[Line], coming: Iterable[Line]) -> "_Order":
        """Return another order with other lines in place of some; the blocks in which none come or go are shared."""
        begins = [block[0].place for block in self._blocks]
        touched: dict[int, list[Line]] = {}
        apart = dict(self._apart)

        def block_of(line: Line) -> list[Line]:
            number = max(0, bisect_right(begins, line.place) - 1)
            if number not in touched:
                touched[number] = self._blocks[number][:] if self._blocks else []
            return touched[number]

        for line in former:
            block = block_of(line)
            at = bisect_left(block, line.place, key=place_of)
            if block[at] is not line:
                raise LookupError(line.id)  # rather than take out another
            del block[at]
            apart[line.id] = None
        for line in coming:
            insort(block_of(line), line, key=place_of)
            apart[line.id] = line
        return self._with_blocks(touched, apart)

    def _with_blocks(self, touched: Mapping[int, list[Line]], apart: Mapping[int, Line | None]) -> "_Order":
        blocks, ids, begins = list[list[Line]](), array("q"), 0
        for number, former in enumerate(self._blocks or [[]]):
            ends = begins + len(former)
            block = touched.get(number)
            if block is None:
                ids += self.ids[begins:ends]
            else:
                ids.extend(map(number_of, block))
            if block or block is None:
                blocks.append(former if block is None else block)
            begins = ends
        if len(apart) > MOST_APART:
            return _Order._in_blocks(list(chain.from_iterable(blocks)))
        return _Order(blocks, ids, self._by_id, apart)


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

    def as_of(self, day: date) -> OwedLines:
        """Return the lines as they stand."""
        return OwedLines(day, self._order, self._days)

    def replace(self, anew: Mapping[Group, tuple[Sequence[Work], Beside]], before: date, today: date) -> None:
        """Put other lines in place of those of some groups, with what stands beside them; none where there are none.

        Where that fails nothing has changed.

        Args:
            anew: The lines of these groups.
            before: The day of which the present lines are.
            today: The day of which the lines are from now on, which gives many of the others another place, too.
        """
        urgency = cache(partial(urgency_of, today=today))
        fresh = {group: self._lines_of(group, *each, urgency) for group, each in anew.items()}
        if before != today:
            fresh.update(self._moved(anew, before, urgency))
        present = [line for group in fresh for line in self._of.get(group, ())]
        following = list(chain.from_iterable(fresh.values()))
        stay = set(present).intersection(following) if present else set()
        former, coming = ([line for line in lines if line not in stay] for lines in (present, following))
        order, days = self._order, self._days
        if former or coming:
            if 2 * (len(former) + len(coming)) > len(order.ids):
                order = _Order.of(chain.from_iterable({**self._of, **fresh}.values()))
            else:
                order = order.with_others(former, coming)
            days = days.copy()
            days.subtract(line.work.due_on for line in former)
            days.update(line.work.due_on for line in coming)
        self._order, self._days = order, days
        self._of.update(fresh)
        for group in [group for group, lines in fresh.items() if not lines]:
            del self._of[group]

    def _moved(
        self, anew: Collection[Group], before: date, urgency: Callable[[Duty, date | None], int]
    ) -> Iterator[tuple[Group, list[Line]]]:
        """Give the lines of the other groups in which the place of any is another on a later day."""
        moved = [due for due in self._days if urgency_of(Duty.ACTION, due, before) != urgency(Duty.ACTION, due)]
        lines = (self._order.of_urgency(urgency_of(duty, due, before)) for due in moved for duty in Duty)
        for group in {line.group for line in chain.from_iterable(lines)}.difference(anew):
            yield group, [line.moved_to(urgency(line.work.duty, line.work.due_on)) for line in self._of[group]]

    def _lines_of(
        self,
        group: Group,
        work: Sequence[Work],
        beside: Beside,
        urgency: Callable[[Duty, date | None], int],
    ) -> list[Line]:
        if not work:
            return []
        former = self._of.get(group)
        known = {(line.work.duty, line.work.ref): line for line in reversed(former)} if former else {}
        ending, last = f"\0{group if isinstance(group, str) else ''}", self._last_id
        lines = []
        for each in work:
            line = known.pop((each.duty, each.ref), None) if known else None
            if line is None:
                last += 1
            number = last if line is None else line.id
            name = beside.name_key or (fold(each.name) if isinstance(each, WorklistItem) else "")
            place = (urgency(each.duty, each.due_on), f"{name}\0{each.ref}{ending}", number)
            stays = line is not None and (line.place, line.work, line.beside) == (place, each, beside)
            lines.append(line if line is not None and stays else Line(number, place, group, each, beside))
        self._last_id = last
        return lines
