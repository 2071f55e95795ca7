"""The lines of Today in their order: kept apart by what they are of, so that a few change and the others stay."""

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache, partial
from itertools import chain, count
from operator import itemgetter
from typing import NamedTuple

from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.duties.case_duties import (
    LOOK_AHEAD,
    URGENCY_BEGINS,
    CaseDuty,
    Duty,
    WorklistItem,
    urgency_of,
)
from ioms_desktop.domain.records.workers.names import WorkerNames
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.domain.search.text_filter import TextFilter
from ioms_desktop.domain.text_format import format_name
from ioms_desktop.storage.queries.today import LineHeader, first_worker

MOST_APART = 5_000
"""Of so many lines an order knows apart that they came or went since another; then all of its lines are put anew."""
LINES_PER_BLOCK = 500
Group = str | tuple[Duty, str] | None
"""What lines come and go together: those of a case, by its reference; of a retention review; those of no case."""
Work = CaseDuty | WorklistItem
"""What the rules found, or what people gave themselves and each other."""
OF_NO_CASE = LineHeader("", "", "", None, None, None, None, "", "", "")
"""Stands beside the lines of no case."""


class Line(NamedTuple):
    """A line with its place in the order; what it reads like is worked out where it is shown.

    Attributes:
        urgency: How urgent it is.
        name: The name as it is sorted by.
        case_ref: Its case; empty for none.
        id: Its number, which it keeps as long as it is owed, and by which no two lines have one place.
        work: What the rules found, or what people gave themselves.
        header: What stands beside every line of its case.
    """

    urgency: int
    name: str
    ref: str
    case_ref: str
    id: int
    group: Group
    work: Work
    header: LineHeader

    def as_urgent_as(self, urgency: int) -> "Line":
        """Return the same line as urgent as it is on another day."""
        return self if urgency == self.urgency else self._replace(urgency=urgency)


place_of, urgency_in, number_of = itemgetter(0, 1, 2, 3, 4), itemgetter(0), itemgetter(4)
"""By what lines are put in order, in which each has a place of its own."""


class ShownLines:
    """How lines read on a day, to a user: what is shown is remembered, because it is shown again after each act.

    Attributes:
        day: The day.
    """

    def __init__(self, day: date, user: str, names: WorkerNames) -> None:
        """Take the day, whom `is_own` is about, and what workers are called."""
        self.day = day
        self._name_of = cache(names.of)  # few workers have many cases
        self._is_user = cache(lambda worker: names.matches(worker, user))
        self._known: dict[int, tuple[Line, WorklistItem]] = {}

    def row(self, line: Line) -> WorklistItem:
        """Return the same as `item`, remembered."""
        known = self._known.get(line.id)
        if known is None or known[0] is not line:
            known = self._known[line.id] = (line, self.item(line))
        return known[1]

    def item(self, line: Line) -> WorklistItem:
        """Return a line as it reads."""
        work, header = line.work, line.header
        name = format_name(header.family_name, header.given_names) if line.case_ref else ""
        worker, own = self._name_of(first_worker(header)) or None, self.is_own(line)
        if isinstance(work, WorklistItem):
            name = name or work.name
            return replace(work, id=line.id, name=name, programme=header.programme, worker=worker, is_own=own)
        return WorklistItem(
            id=line.id,
            duty=work.duty,
            description=work.words_on(self.day),
            due_on=work.due_on,
            case_ref=line.case_ref or None,
            name=name,
            programme=header.programme,
            worker=worker,
            ref=work.ref,
            is_own=own,
        )

    def is_own(self, line: Line) -> bool:
        """Whether a line names the user, by itself or as who works on its case."""
        header, is_user = line.header, self._is_user
        return (
            is_user(header.police_om)
            or is_user(header.probation_practitioner)
            or is_user(header.navigator)
            or (isinstance(line.work, WorklistItem) and line.work.is_own)
        )

    def is_given(self, line: Line) -> bool:
        """Whether a line is an action that the user gave to somebody else."""
        return isinstance(line.work, WorklistItem) and line.work.is_given


class OwedLines:
    """The lines of one reading, the most urgent first; nothing changes them.

    Attributes:
        day: The day of which they are.
    """

    def __init__(self, shown: ShownLines, ordered: "_Order") -> None:
        """Take what was read, and how it reads."""
        self.day, self._shown, self._ordered = shown.day, shown, ordered

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ordered.ids)

    def __iter__(self) -> Iterator[WorklistItem]:
        """Give every line as it reads."""
        return map(self._shown.item, self._ordered)

    def rows(self, ids: Iterable[int]) -> list[WorklistItem]:
        """Return some lines by their numbers; those no longer due are left out."""
        return [self._shown.row(line) for line in map(self._ordered.line, ids) if line is not None]

    def ids(self, typed: str, duties: frozenset[str], *, mine: bool, given: bool) -> Sequence[int]:
        """Return the numbers of the lines that `Worklist.ids` lists."""
        found, shown = iter(self._ordered), self._shown
        if not (duties or mine or given or typed.strip()):
            return self._ordered.ids
        if duties:
            found = (line for line in found if line.work.duty in duties)
        if mine or given:
            found = (line for line in found if (mine and shown.is_own(line)) or (given and shown.is_given(line)))
        if typed.strip():
            found = filter(self._says(TextFilter(typed)), found)
        return [line.id for line in found]

    def _says(self, typed: TextFilter) -> Callable[[Line], bool]:
        def says(line: Line) -> bool:
            shown = self._shown.item(line)
            return typed.matches(f"{shown.name} {shown.case_ref or ''} {shown.worker or ''} {shown.description}")

        return says

    def counts(self) -> tuple[int, int, int]:
        """Count the lines that are late, due today, and due within seven days."""
        late, today, soon = (self._ordered.count_before(urgency) for urgency in URGENCY_BEGINS[1:])
        return late, today - late, soon - today


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
        return cls._in_blocks(sorted(lines))  # by their places: beyond the number nothing is compared

    @classmethod
    def _in_blocks(cls, ordered: list[Line]) -> "_Order":
        blocks = [ordered[at : at + LINES_PER_BLOCK] for at in range(0, len(ordered), LINES_PER_BLOCK)]
        ids = array("q", [line.id for line in ordered])
        return cls(blocks, ids, dict(zip(ids, ordered, strict=True)), {})

    def __iter__(self) -> Iterator[Line]:
        return chain.from_iterable(self._blocks)

    def line(self, number: int) -> Line | None:
        """Return a line by its number; None where there is none."""
        return self._apart[number] if number in self._apart else self._by_id.get(number)

    def count_before(self, urgency: int) -> int:
        """Count the lines that are more urgent."""
        if not self._blocks:
            return 0
        number = self._block_of(urgency)
        return sum(map(len, self._blocks[:number])) + bisect_left(self._blocks[number], urgency, key=urgency_in)

    def of_urgency(self, urgency: int) -> Iterator[Line]:
        """Give the lines that are so urgent: those of one kind that are due on one day."""
        for block in self._blocks[self._block_of(urgency) :]:
            for line in block[bisect_left(block, urgency, key=urgency_in) :]:
                if line.urgency != urgency:
                    return
                yield line

    def _block_of(self, urgency: int) -> int:
        """Return the number of the block in which the lines begin that are no more urgent."""
        return max(0, bisect_left(self._blocks, urgency, key=lambda block: block[0].urgency) - 1)

    def with_others(self, former: Iterable[Line], coming: Iterable[Line]) -> "_Order":
        """Return another order with other lines in place of some; the blocks in which none come or go are shared."""
        begins = [place_of(block[0]) for block in self._blocks]
        touched: dict[int, list[Line]] = {}
        apart = dict(self._apart)

        def block_of(line: Line) -> list[Line]:
            number = max(0, bisect_right(begins, place_of(line)) - 1)
            if number not in touched:
                touched[number] = self._blocks[number][:] if self._blocks else []
            return touched[number]

        for line in former:
            block = block_of(line)
            at = bisect_left(block, place_of(line), key=place_of)
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

    def __init__(self, numbers: Iterator[int] | None = None) -> None:
        """Begin with none; their numbers are the next of some."""
        self._of: dict[Group, list[Line]] = {}
        self._order = _Order.of(())
        self._numbers = count(1) if numbers is None else numbers

    def emptied(self) -> "OrderedLines":
        """Return none, whose numbers will be others than these, which may still be shown."""
        return OrderedLines(self._numbers)

    @property
    def groups(self) -> Iterable[Group]:
        """What there are lines of."""
        return self._of.keys()

    def as_of(self, shown: ShownLines) -> OwedLines:
        """Return the lines as they stand."""
        return OwedLines(shown, self._order)

    def replace(self, anew: Iterable[tuple[Group, Sequence[Work], LineHeader]], before: date, today: date) -> None:
        """Put other lines in place of those of some groups, with what stands beside them; none where there are none.

        Where that fails nothing has changed.

        Args:
            anew: The lines of these groups.
            before: The day of which the present lines are.
            today: The day of which the lines are from now on, which gives many of the others another place, too.
        """
        urgency = cache(partial(urgency_of, today=today))
        fresh = {group: self._lines_of(group, work, header, urgency) for group, work, header in anew}
        if before != today:
            fresh.update(self._moved(fresh, before, today, urgency))
        present = {line.id: line for group in fresh for line in self._of.get(group, ())}
        following = {line.id: line for line in chain.from_iterable(fresh.values())}
        former = [line for number, line in present.items() if following.get(number) is not line]
        coming = [line for number, line in following.items() if present.get(number) is not line]
        if 2 * (len(former) + len(coming)) > len(self._order.ids):
            self._order = _Order.of(chain.from_iterable({**self._of, **fresh}.values()))
        elif former or coming:
            self._order = self._order.with_others(former, coming)
        self._of.update(fresh)
        for group in [group for group, lines in fresh.items() if not lines]:
            del self._of[group]

    def _moved(
        self, anew: Collection[Group], before: date, today: date, urgency: Callable[[Duty, date | None], int]
    ) -> Iterator[tuple[Group, list[Line]]]:
        """Give the lines of the other groups in which the place of any is another on a later day."""
        days = (before + DAY * number for number in range((today + LOOK_AHEAD - before).days + 1))
        moved = [due for due in days if urgency_of(Duty.ACTION, due, before) != urgency(Duty.ACTION, due)]
        lines = (self._order.of_urgency(urgency_of(duty, due, before)) for due in moved for duty in Duty)
        for group in {line.group for line in chain.from_iterable(lines)}.difference(anew):
            yield group, [line.as_urgent_as(urgency(line.work.duty, line.work.due_on)) for line in self._of[group]]

    def _lines_of(
        self,
        group: Group,
        work: Sequence[Work],
        header: LineHeader,
        urgency: Callable[[Duty, date | None], int],
    ) -> list[Line]:
        former = self._of.get(group) if work else None
        known = {(line.work.duty, line.work.ref): line for line in reversed(former)} if former else {}
        lines = []
        for each in work:
            line = known.pop((each.duty, each.ref), None) if known else None
            number = next(self._numbers) if line is None else line.id
            name = header.name_key or (fold(each.name) if isinstance(each, WorklistItem) else "")
            of_day = urgency(each.duty, each.due_on)
            made = Line(of_day, name, each.ref, header.case_ref, number, group, each, header)
            lines.append(line if line == made else made)
        return lines
