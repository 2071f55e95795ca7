"""The lines of Today in their order: kept apart by what they are of, so that a few change and the others stay."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial
from operator import attrgetter
from typing import NamedTuple

from ioms_desktop.domain.duties.case_duties import LOOK_AHEAD, CaseDuty, Duty, WorklistItem, urgency_of
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.domain.search.text_filter import TextFilter

MOST_MOVED = 500
"""Of more lines that come and go, all are put in order again."""
Group = str | tuple[Duty, str] | None
"""What lines come and go together: those of a case, by its reference; of a retention review; those of no case."""
Work = CaseDuty | WorklistItem
"""What the rules found, or what people gave themselves and each other."""
Place = tuple[int, str]
"""How urgent a line is, then the name as it is sorted by, its reference and its case, apart by what no text has."""


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
        self.day, self._days = day, days
        self._ordered, self._ids, self._by_id = ordered

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ordered)

    def __iter__(self) -> Iterator[WorklistItem]:
        """Give every line as it reads."""
        return (line.item(self.day) for line in self._ordered)

    def rows(self, ids: Iterable[int]) -> list[WorklistItem]:
        """Return some lines by their numbers; those no longer due are left out."""
        return [self._by_id[number].item(self.day) for number in ids if number in self._by_id]

    def ids(self, typed: str, duties: frozenset[str], *, mine: bool, given: bool) -> list[int]:
        """Return the numbers of the lines that `Worklist.ids` lists."""
        found: Iterable[Line] = self._ordered
        if not (duties or mine or given or typed.strip()):
            return self._ids.copy()
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


class _Order(NamedTuple):
    """Lines in their order, their numbers in the same, and the lines by number."""

    lines: list[Line]
    ids: list[int]
    by_id: dict[int, Line]

    @classmethod
    def of(cls, lines: Iterable[Line]) -> "_Order":
        # One after the other, by texts and then by numbers alone: a third of the time of sorting pairs.
        ordered = sorted(lines, key=lambda line: line.place[1])
        ordered.sort(key=lambda line: line.place[0])
        return cls(ordered, [line.id for line in ordered], {line.id: line for line in ordered})

    def with_others(self, former: Iterable[Line], coming: Iterable[Line]) -> "_Order":
        """Return another order with other lines in place of some; this one stays, for it may be shown."""
        found = _Order(self.lines.copy(), self.ids.copy(), self.by_id.copy())
        for line in former:
            at = bisect_left(found.lines, line.place, key=attrgetter("place"))
            while found.lines[at] is not line:
                at += 1
            del found.lines[at], found.ids[at], found.by_id[line.id]
        for line in coming:
            at = bisect_right(found.lines, line.place, key=attrgetter("place"))
            found.lines.insert(at, line)
            found.ids.insert(at, line.id)
            found.by_id[line.id] = line
        return found


class OrderedLines:
    """The lines by what they are of and in their order; a few that come and go leave the others in place."""

    def __init__(self) -> None:
        """Begin with none."""
        self._of: dict[Group, list[Line]] = {}
        self._order = _Order([], [], {})
        self._days = Counter[date | None]()
        self._last_id = 0

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
        """Put other lines in place of those of some groups, with what stands beside them; none where there are none."""
        former = [line for group in anew for line in self._of.get(group, ())]
        coming: list[Line] = []
        urgency = cache(partial(urgency_of, today=today))
        for group, (work, beside) in anew.items():
            lines = self._lines_of(group, work, beside, urgency)
            if lines:
                self._of[group] = lines
                coming += lines
            else:
                self._of.pop(group, None)
        if len(former) + len(coming) > MOST_MOVED:
            self._order = _Order.of(line for lines in self._of.values() for line in lines)
            self._days = Counter(line.work.due_on for line in self._order.lines)
        elif former or coming:
            self._order = self._order.with_others(former, coming)
            self._days = self._days.copy()
            self._days.subtract(line.work.due_on for line in former)
            self._days.update(line.work.due_on for line in coming)

    def _lines_of(
        self,
        group: Group,
        work: Sequence[Work],
        beside: Beside,
        urgency: Callable[[Duty, date | None], int],
    ) -> list[Line]:
        former = self._of.get(group)
        known = {(line.work.duty, line.work.ref): line.id for line in former} if former else {}
        case_ref = group if isinstance(group, str) else None
        lines = []
        for each in work:
            number = known.pop((each.duty, each.ref), 0) if known else 0
            if not number:
                self._last_id += 1
                number = self._last_id
            name = beside.name_key if isinstance(each, CaseDuty) or beside.name_key else fold(each.name)
            place = (urgency(each.duty, each.due_on), f"{name}\0{each.ref}\0{case_ref or ''}")
            lines.append(Line(number, place, case_ref, each, beside))
        return lines
