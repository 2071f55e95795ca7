"""What a reader of published figures can work out, and which figures are held back so that it is never too little.

A figure below its threshold is held back (primary). Totals and their parts, and figures of one quarter and the next,
are tied together; so others are held back too (secondary), until nothing that is held back, and no remainder between
two figures, can be narrowed down to fewer values than the threshold. Source: the security notes on board figures.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import NamedTuple

FARTHEST = 6
"""Over how many figures that are not shown a partner is looked for."""

MOST = 100_000
"""Conclusions drawn from one lesson; figures that can be true together take some hundreds."""

Key = tuple[str, str, str]
"""A figure: its quarter, its cube and its cell. What is never published has no cube."""


@dataclass(frozen=True, slots=True, eq=False)
class Balance:
    """Two sums of figures that are equal for whoever knows what the figures count."""

    left: tuple[Key, ...]
    right: tuple[Key, ...]


class Span(NamedTuple):
    """The values a figure may have for a reader, both ends included; the upper one may be infinite."""

    low: float
    high: float

    @property
    def width(self) -> float:
        """How far apart the ends are; 0 where the figure is known."""
        return self.high - self.low


class Contradiction(Exception):  # noqa: N818 - what a reader finds, not a fault
    """Figures that cannot all be true together: something was corrected between two publications."""


class Knowledge:
    """What a reader knows of every figure, drawn from balances until nothing more follows.

    Each balance narrows what its figures may be, given the others. Where balances form no ring, as those of the cubes,
    that gives the narrowest whole-number spans there are.
    """

    def __init__(self, balances: Iterable[Balance], base: "Knowledge | None" = None) -> None:
        """Begin with balances.

        Args:
            balances: What ties figures together.
            base: What was known before, to be added to and not changed; None for nothing.
        """
        self._base = base
        self._spans: dict[Key, Span] = {}
        self._own = tuple(balances)
        self._of: defaultdict[Key, list[Balance]] = defaultdict(list)
        for balance in self._own:
            for key in (*balance.left, *balance.right):
                self._of[key].append(balance)

    @property
    def narrowed(self) -> Mapping[Key, Span]:
        """The figures of which more is known than before."""
        return self._spans

    def span(self, key: Key) -> Span:
        """What a figure may be; a count is never negative."""
        found = self._spans.get(key)
        if found is not None:
            return found
        return Span(0, inf) if self._base is None else self._base.span(key)

    def balances(self, key: Key) -> list[Balance]:
        """The balances a figure stands in."""
        own = self._of.get(key, [])
        return own if self._base is None else [*own, *self._base.balances(key)]

    def take(self, balances: Sequence[Balance]) -> bool:
        """Add balances and what follows from them; answers false, and takes nothing, where they contradict the rest."""
        more = Knowledge(balances, self)
        try:
            more.learn({})
        except Contradiction:
            return False
        self._spans |= more.narrowed
        for key, found in more._of.items():
            self._of[key] += found
        return True

    def learn(self, spans: Mapping[Key, Span]) -> None:
        """Take what is told of figures and draw every conclusion.

        Raises:
            Contradiction: It cannot all be true.
        """
        waiting = deque(self._own)
        queued = set(self._own)

        def narrow(key: Key, low: float, high: float) -> None:
            before = self.span(key)
            after = Span(max(before.low, low), min(before.high, high))
            if after == before:
                return
            if after.low > after.high:
                raise Contradiction
            self._spans[key] = after
            for balance in self.balances(key):
                if balance not in queued:
                    queued.add(balance)
                    waiting.append(balance)

        for key, told in spans.items():
            narrow(key, *told)
        for _ in range(MOST):
            if not waiting:
                return
            balance = waiting.popleft()
            queued.discard(balance)
            self._conclude(balance, narrow)
        raise Contradiction  # each round of a ring narrows a little more, for ever

    def _conclude(self, balance: Balance, narrow: Callable[[Key, float, float], None]) -> None:
        terms = [(key, 1) for key in balance.left] + [(key, -1) for key in balance.right]
        spans = [self.span(key) for key, _ in terms]
        lows = [span.low if sign > 0 else -span.high for span, (_, sign) in zip(spans, terms, strict=True)]
        highs = [span.high if sign > 0 else -span.low for span, (_, sign) in zip(spans, terms, strict=True)]
        free_low, free_high = lows.count(-inf), highs.count(inf)
        low_sum = sum(low for low in lows if low != -inf)
        high_sum = sum(high for high in highs if high != inf)
        for place, (key, sign) in enumerate(terms):
            # The others' least and greatest sum; this one is their opposite.
            others_low = _without(low_sum, free_low, lows[place], -inf)
            others_high = _without(high_sum, free_high, highs[place], inf)
            least, most = -others_high, -others_low
            narrow(key, *((least, most) if sign > 0 else (-most, -least)))


def _without(total: float, free: int, own: float, boundless: float) -> float:
    """Take one term out of a sum of ends, some of which may be infinite."""
    if own == boundless:
        free, own = free - 1, 0
    return boundless if free else total - own


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """The true figures of one quarter, before anything is held back.

    Attributes:
        counts: Every figure that may be published, in the order in which they are shown.
        least: The smallest count of each that is published; of those that are not named, `smallest`.
        smallest: The threshold of a remainder.
        protected: Those by a protected characteristic: a zero is held back as well.
        balances: What ties the figures of this quarter together.
        links: What ties them to those of other quarters.
        dear: Those that are held back only where nothing else would do.
        wholes: For each protected figure the figure it is a part of.
        forced: Those that an earlier edition held back, or that moved by less than their threshold since.
        elsewhere: The figures that other quarters hold back, with the threshold of each.
        free: Whether a figure that is held back may be zero for all a reader knows; of a first edition only protected
            ones may.
    """

    counts: Mapping[Key, int]
    least: Mapping[Key, int]
    smallest: int
    protected: frozenset[Key]
    balances: Sequence[Balance]
    links: Sequence[Balance] = ()
    dear: frozenset[Key] = frozenset()
    wholes: Mapping[Key, Key] = field(default_factory=dict)
    forced: frozenset[Key] = frozenset()
    elsewhere: Mapping[Key, int] = field(default_factory=dict)
    free: bool = False

    def small(self, key: Key) -> bool:
        """Whether a figure is too small to be published; elsewhere than among protected ones zero names nobody."""
        count = self.counts[key]
        return key in self.forced or (count < self.least[key] and (count > 0 or key in self.protected))


def known_of_others(
    balances: Iterable[Sequence[Balance]], links: Iterable[Balance], published: Mapping[Key, Span]
) -> Knowledge:
    """Give what a reader knows from the quarters published before.

    Args:
        balances: What ties the figures together, quarter by quarter.
        links: What ties quarters together. What the figures contradict tells a reader nothing and is left out.
        published: What is told of every published figure.
    """
    known = Knowledge(())
    known.learn(published)
    for of_a_quarter in balances:
        if not known.take(of_a_quarter):
            for balance in of_a_quarter:
                known.take((balance,))
    for link in links:
        known.take((link,))
    return known


def held_back(sheet: Sheet, others: Knowledge) -> frozenset[Key]:
    """Say which figures of a quarter are held back: the same figures always give the same answer.

    Args:
        sheet: The true figures.
        others: What a reader knows from other quarters.
    """
    return frozenset(key for part in _apart(sheet) for key in _held_back(part, others))


def _apart(sheet: Sheet) -> Iterator[Sheet]:
    """Part the figures that nothing ties together; each part is looked at on its own."""
    groups: list[tuple[set[Key], list[Balance]]] = [({key}, []) for key in sheet.counts]
    of = {key: group for group in groups for key in group[0]}
    for balance in (*sheet.balances, *sheet.links):
        keys = {*balance.left, *balance.right}
        joined = (set(keys), [balance])
        for group in {id(of[key]): of[key] for key in keys if key in of}.values():
            joined[0].update(group[0])
            joined[1].extend(group[1])
        of.update(dict.fromkeys(joined[0], joined))
    for keys, balances in {id(of[key]): of[key] for key in sheet.counts}.values():
        tied = set(balances)
        yield replace(
            sheet,
            counts={key: count for key, count in sheet.counts.items() if key in keys},
            balances=[each for each in sheet.balances if each in tied],
            links=[each for each in sheet.links if each in tied],
        )


def _held_back(sheet: Sheet, others: Knowledge) -> set[Key]:
    hidden = {key for key in sheet.counts if sheet.small(key)}
    reader = _Reader(sheet, others, hidden)
    beyond: set[Key] = set()
    while (key := reader.too_narrow(hidden, beyond)) is not None:
        partner = reader.partner(key, hidden)
        if partner is None:
            beyond.add(key)
        else:
            hidden.add(partner)
    spare = [key for key in hidden if not sheet.small(key)]
    for key in sorted(spare, key=lambda each: (each not in sheet.dear, -sheet.counts[each], each)):
        if reader.too_narrow(hidden - {key}, beyond) is None:
            hidden.discard(key)
    return hidden


class _Reader:
    """Whoever reads the figures of a quarter beside those of the others, and can reckon."""

    def __init__(self, sheet: Sheet, others: Knowledge, hidden: set[Key]) -> None:
        self._sheet, self._others = sheet, others
        kept: list[Balance] = []
        for link in sheet.links:
            try:
                self._known(hidden, (*kept, link))
            except Contradiction:
                continue
            kept.append(link)
        self._links = tuple(kept)
        self._remainders = sorted(
            {key for balance in (*sheet.balances, *kept) for key in (*balance.left, *balance.right)}
            - sheet.counts.keys()
        )

    def _known(self, hidden: set[Key], links: Sequence[Balance]) -> Knowledge:
        sheet = self._sheet
        told = {
            key: Span(0 if sheet.free or key in sheet.protected else 1, inf) if key in hidden else Span(count, count)
            for key, count in sheet.counts.items()
        }
        known = Knowledge((*sheet.balances, *links), self._others)
        known.learn(told)
        return known

    def too_narrow(self, hidden: set[Key], beyond: set[Key]) -> Key | None:
        """Give the first figure or remainder of which these figures tell too much; None where there is none."""
        known = self._known(hidden, self._links)
        sheet = self._sheet
        for key in sheet.counts:
            narrow = key in hidden and key not in beyond and known.span(key).width < sheet.least[key]
            if narrow and not self._left_out(key, hidden):
                return key
        for key in (*self._remainders, *sorted(known.narrowed)):
            if key in sheet.counts or key in beyond:
                continue
            span = known.span(key)
            if span != self._others.span(key) and self._tells(key, span):
                return key
        return None

    def _tells(self, key: Key, span: Span) -> bool:
        """Whether what is published nowhere is known to be some few, or what another quarter holds back too well."""
        least = self._sheet.elsewhere.get(key)
        if least is not None:
            return span.width < least
        return span.width < self._sheet.smallest and span.low < self._sheet.smallest and span.high > 0

    def _left_out(self, key: Key, hidden: set[Key]) -> bool:
        """Whether a breakdown is left out as a whole, because what it breaks down is itself below its threshold."""
        whole = self._sheet.wholes.get(key)
        return whole is not None and whole not in hidden and self._sheet.counts[whole] < self._sheet.least[key]

    def partner(self, key: Key, hidden: set[Key]) -> Key | None:
        """Give what should be held back too: rather no dear one, a part before a total, the nearest, the smallest."""
        counts, dear = self._sheet.counts, self._sheet.dear
        known = Knowledge((*self._sheet.balances, *self._links), self._others)
        found: list[tuple[bool, bool, int, int, Key]] = []
        seen, ring = {key}, [key]
        for far in range(FARTHEST):
            around = {each for k in ring for b in known.balances(k) for each in (*b.left, *b.right)} - seen
            found += [
                (each in dear, len(known.balances(each)) > 1, far, counts[each], each)
                for each in around
                if counts.get(each, 0) > 0 and each not in hidden
            ]
            seen |= around
            ring = sorted(each for each in around if each in hidden or each not in counts)
        return min(found)[-1] if found else None
