"""Statistical disclosure control: what a reader of published figures can infer, and which figures to suppress.

A figure below its threshold is suppressed (primary suppression). Totals constrain their parts, and the figures of one
quarter constrain those of the next. Further figures are therefore suppressed (secondary suppression), until no
suppressed figure, and no remainder between two figures, can be narrowed down to fewer values than the threshold.

Source: the security notes on board figures.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import NamedTuple

MAX_PARTNER_DISTANCE = 6
"""The most hidden figures between a figure and one considered for secondary suppression with it."""

MAX_INFERENCES = 100_000
"""The most inferences from one set of published values; consistent figures need only a few hundred."""

FigureKey = tuple[str, str, str]
"""A figure: its quarter, table and cell. A remainder, which is never published, has no table."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearConstraint:
    """Two sums of figures that are equal by definition, which every reader knows."""

    left: tuple[FigureKey, ...]
    right: tuple[FigureKey, ...]


class Interval(NamedTuple):
    """The range of values that a reader cannot rule out, both ends included; the upper end may be infinite."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """The distance between the ends; 0 where the figure is known."""
        return self.high - self.low


class InconsistentFigures(Exception):  # noqa: N818 - what a reader finds, not a fault
    """The figures contradict each other, because something was corrected between two publications."""


class ReaderKnowledge:
    """What a reader knows about every figure, found by propagating the constraints until nothing more follows.

    Each constraint narrows the interval of each of its figures, given the others. If the constraints form no cycle,
    as in these tables, the result is the narrowest whole-number intervals.
    """

    def __init__(self, balances: Iterable[LinearConstraint], base: "ReaderKnowledge | None" = None) -> None:
        """Begin with constraints.

        Args:
            balances: The constraints between figures.
            base: Earlier knowledge to build on, which is not changed; None for none.
        """
        self._prior = base
        self._intervals: dict[FigureKey, Interval] = {}
        self._constraints = tuple(balances)
        self._constraints_by_key: defaultdict[FigureKey, list[LinearConstraint]] = defaultdict(list)
        for balance in self._constraints:
            for key in (*balance.left, *balance.right):
                self._constraints_by_key[key].append(balance)

    @property
    def narrowed(self) -> Mapping[FigureKey, Interval]:
        """The figures about which more is known than in the earlier knowledge."""
        return self._intervals

    def interval(self, key: FigureKey) -> Interval:
        """The interval of a figure; a count is never negative."""
        found = self._intervals.get(key)
        if found is not None:
            return found
        return Interval(0, inf) if self._prior is None else self._prior.interval(key)

    def constraints_on(self, key: FigureKey) -> list[LinearConstraint]:
        """The constraints on a figure."""
        own = self._constraints_by_key.get(key, [])
        return own if self._prior is None else [*own, *self._prior.constraints_on(key)]

    def add_if_consistent(self, balances: Sequence[LinearConstraint]) -> bool:
        """Add constraints and infer what follows; if they contradict the rest, return False and change nothing."""
        more = ReaderKnowledge(balances, self)
        try:
            more.learn({})
        except InconsistentFigures:
            return False
        self._intervals |= more.narrowed
        for key, found in more._constraints_by_key.items():
            self._constraints_by_key[key] += found
        return True

    def learn(self, spans: Mapping[FigureKey, Interval]) -> None:
        """Add known intervals and infer everything that follows.

        Raises:
            InconsistentFigures: The values are inconsistent.
        """
        waiting = deque(self._constraints)
        queued = set(self._constraints)

        def narrow(key: FigureKey, low: float, high: float) -> None:
            before = self.interval(key)
            after = Interval(max(before.low, low), min(before.high, high))
            if after == before:
                return
            if after.low > after.high:
                raise InconsistentFigures
            self._intervals[key] = after
            for balance in self.constraints_on(key):
                if balance not in queued:
                    queued.add(balance)
                    waiting.append(balance)

        for key, told in spans.items():
            narrow(key, *told)
        for _ in range(MAX_INFERENCES):
            if not waiting:
                return
            balance = waiting.popleft()
            queued.discard(balance)
            self._propagate(balance, narrow)
        raise InconsistentFigures  # around a cycle, every round could narrow the intervals a little more, without end

    def _propagate(self, balance: LinearConstraint, narrow: Callable[[FigureKey, float, float], None]) -> None:
        terms = [(key, 1) for key in balance.left] + [(key, -1) for key in balance.right]
        spans = [self.interval(key) for key, _ in terms]
        lows = [span.low if sign > 0 else -span.high for span, (_, sign) in zip(spans, terms, strict=True)]
        highs = [span.high if sign > 0 else -span.low for span, (_, sign) in zip(spans, terms, strict=True)]
        free_low, free_high = lows.count(-inf), highs.count(inf)
        low_sum = sum(low for low in lows if low != -inf)
        high_sum = sum(high for high in highs if high != inf)
        for place, (key, sign) in enumerate(terms):
            # The lowest and highest sum of the others; this figure balances them.
            others_low = _sum_without(low_sum, free_low, lows[place], -inf)
            others_high = _sum_without(high_sum, free_high, highs[place], inf)
            least, most = -others_high, -others_low
            narrow(key, *((least, most) if sign > 0 else (-most, -least)))


def _sum_without(total: float, free: int, own: float, boundless: float) -> float:
    """Subtract one term from a sum of bounds; `free` of the bounds are infinite and not part of the total."""
    if own == boundless:
        free, own = free - 1, 0
    return boundless if free else total - own


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressionProblem:
    """The true figures of one quarter, before suppression.

    Attributes:
        counts: Every figure that may be published, in display order.
        min_counts: The lowest publishable count of each.
        min_remainder: The threshold of a remainder.
        protected: The figures by a protected characteristic, of which a zero is suppressed as well.
        constraints: The constraints within this quarter.
        cross_quarter_constraints: The constraints with other quarters.
        last_resort: The figures to suppress only if nothing else suffices.
        totals: For each protected figure, the total it is a part of.
        forced: The figures that an earlier edition suppressed, or that have changed by less than their threshold since.
        suppressed_elsewhere: The figures that other quarters suppress, with the threshold of each.
        zero_possible: Whether, as far as a reader knows, any suppressed figure may be zero; in a first edition only a
            protected one may.
    """

    counts: Mapping[FigureKey, int]
    min_counts: Mapping[FigureKey, int]
    min_remainder: int
    protected: frozenset[FigureKey]
    constraints: Sequence[LinearConstraint]
    cross_quarter_constraints: Sequence[LinearConstraint] = ()
    last_resort: frozenset[FigureKey] = frozenset()
    totals: Mapping[FigureKey, FigureKey] = field(default_factory=dict)
    forced: frozenset[FigureKey] = frozenset()
    suppressed_elsewhere: Mapping[FigureKey, int] = field(default_factory=dict)
    zero_possible: bool = False

    def is_too_small(self, key: FigureKey) -> bool:
        """Whether a figure is too small to publish; except among protected ones, a zero identifies nobody."""
        count = self.counts[key]
        return key in self.forced or (count < self.min_counts[key] and (count > 0 or key in self.protected))


def knowledge_from_other_quarters(
    balances: Iterable[Sequence[LinearConstraint]],
    links: Iterable[LinearConstraint],
    published: Mapping[FigureKey, Interval],
) -> ReaderKnowledge:
    """Infer what a reader knows from the quarters published before.

    Args:
        balances: The constraints within each quarter.
        links: The constraints between quarters; those that the figures contradict are left out, as nothing follows
            from them.
        published: The interval of every published figure.
    """
    known = ReaderKnowledge(())
    known.learn(published)
    for of_a_quarter in balances:
        if not known.add_if_consistent(of_a_quarter):
            for balance in of_a_quarter:
                known.add_if_consistent((balance,))
    for link in links:
        known.add_if_consistent((link,))
    return known


def suppressed_figures(problem: SuppressionProblem, others: ReaderKnowledge) -> frozenset[FigureKey]:
    """Choose the figures of a quarter to suppress; the choice is deterministic.

    Args:
        problem: The true figures.
        others: A reader's knowledge from other quarters.
    """
    return frozenset(key for part in _split_independent(problem) for key in _suppress(part, others))


def _split_independent(problem: SuppressionProblem) -> Iterator[SuppressionProblem]:
    """Split the figures into independent parts, which are solved separately."""
    groups: list[tuple[set[FigureKey], list[LinearConstraint]]] = [({key}, []) for key in problem.counts]
    of = {key: group for group in groups for key in group[0]}
    for balance in (*problem.constraints, *problem.cross_quarter_constraints):
        keys = {*balance.left, *balance.right}
        joined = (set(keys), [balance])
        for group in {id(of[key]): of[key] for key in keys if key in of}.values():
            joined[0].update(group[0])
            joined[1].extend(group[1])
        of.update(dict.fromkeys(joined[0], joined))
    for keys, balances in {id(of[key]): of[key] for key in problem.counts}.values():
        tied = set(balances)
        yield replace(
            problem,
            counts={key: count for key, count in problem.counts.items() if key in keys},
            constraints=[each for each in problem.constraints if each in tied],
            cross_quarter_constraints=[each for each in problem.cross_quarter_constraints if each in tied],
        )


def _suppress(problem: SuppressionProblem, others: ReaderKnowledge) -> set[FigureKey]:
    hidden = {key for key in problem.counts if problem.is_too_small(key)}
    reader = _Reader(problem, others, hidden)
    beyond: set[FigureKey] = set()
    while (key := reader.first_disclosed(hidden, beyond)) is not None:
        partner = reader.secondary_suppression(key, hidden)
        if partner is None:  # nothing is left to suppress with it, so it is not looked at again
            beyond.add(key)
        else:
            hidden.add(partner)
    # A later suppression may have made an earlier one unnecessary: show again what discloses nothing, those of last
    # resort first, then the largest.
    spare = [key for key in hidden if not problem.is_too_small(key)]
    for key in sorted(spare, key=lambda each: (each not in problem.last_resort, -problem.counts[each], each)):
        if reader.first_disclosed(hidden - {key}, beyond) is None:
            hidden.discard(key)
    return hidden


class _Reader:
    """A reader who combines the figures of a quarter with those of the other quarters."""

    def __init__(self, sheet: SuppressionProblem, others: ReaderKnowledge, hidden: set[FigureKey]) -> None:
        self._problem, self._others = sheet, others
        # Corrections may make quarters contradict each other. A reader can infer nothing from such a constraint, and
        # keeping it would make every other inference fail.
        kept: list[LinearConstraint] = []
        for link in sheet.cross_quarter_constraints:
            try:
                self._knowledge(hidden, (*kept, link))
            except InconsistentFigures:
                continue
            kept.append(link)
        self._cross_quarter_constraints = tuple(kept)
        self._remainders = sorted(
            {key for balance in (*sheet.constraints, *kept) for key in (*balance.left, *balance.right)}
            - sheet.counts.keys()
        )

    def _knowledge(self, hidden: set[FigureKey], links: Sequence[LinearConstraint]) -> ReaderKnowledge:
        sheet = self._problem
        told = {
            key: Interval(0 if sheet.zero_possible or key in sheet.protected else 1, inf)
            if key in hidden
            else Interval(count, count)
            for key, count in sheet.counts.items()
        }
        known = ReaderKnowledge((*sheet.constraints, *links), self._others)
        known.learn(told)
        return known

    def first_disclosed(self, hidden: set[FigureKey], beyond: set[FigureKey]) -> FigureKey | None:
        """Find the first figure or remainder that the figures shown disclose; None if there is none."""
        known = self._knowledge(hidden, self._cross_quarter_constraints)
        sheet = self._problem
        for key in sheet.counts:
            narrow = key in hidden and key not in beyond and known.interval(key).width < sheet.min_counts[key]
            if narrow and not self._is_left_out(key, hidden):
                return key
        for key in (*self._remainders, *sorted(known.narrowed)):
            if key in sheet.counts or key in beyond:
                continue
            span = known.interval(key)
            if span != self._others.interval(key) and self._discloses(key, span):
                return key
        return None

    def _discloses(self, key: FigureKey, span: Interval) -> bool:
        """Whether a remainder is known to be small, or a figure suppressed in another quarter too exactly."""
        least = self._problem.suppressed_elsewhere.get(key)
        if least is not None:
            return span.width < least
        return span.width < self._problem.min_remainder and span.low < self._problem.min_remainder and span.high > 0

    def _is_left_out(self, key: FigureKey, hidden: set[FigureKey]) -> bool:
        """Whether the breakdown that a figure is part of is left out, because its total is below the threshold."""
        whole = self._problem.totals.get(key)
        return whole is not None and whole not in hidden and self._problem.counts[whole] < self._problem.min_counts[key]

    def secondary_suppression(self, key: FigureKey, hidden: set[FigureKey]) -> FigureKey | None:
        """Choose another figure to suppress, so that a disclosed one is protected; None if there is none.

        In order of preference: one that is no last resort, a part rather than a total, a near one, a small one.
        """
        counts, dear = self._problem.counts, self._problem.last_resort
        known = ReaderKnowledge((*self._problem.constraints, *self._cross_quarter_constraints), self._others)
        found: list[tuple[bool, bool, int, int, FigureKey]] = []
        seen, ring = {key}, [key]
        for far in range(MAX_PARTNER_DISTANCE):
            around = {each for k in ring for b in known.constraints_on(k) for each in (*b.left, *b.right)} - seen
            found += [
                (each in dear, len(known.constraints_on(each)) > 1, far, counts[each], each)
                for each in around
                if counts.get(each, 0) > 0 and each not in hidden
            ]
            seen |= around
            ring = sorted(each for each in around if each in hidden or each not in counts)
        return min(found)[-1] if found else None
