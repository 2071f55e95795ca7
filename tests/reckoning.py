"""A reader who reckons: the narrowest values of every figure that is not shown, from all published tables at once.

It shares nothing with the product's own way of finding them. The tables are equations over whole numbers; each group of
figures that hang together is a small linear programme, solved exactly by the simplex method in fractions.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf
from typing import Any

Name = Hashable
Equation = tuple[Sequence[Name], Sequence[Name]]
Number = Fraction | int


def narrowest(
    equations: Iterable[Equation], shown: Mapping[Any, int], floors: Mapping[Any, int]
) -> dict[Any, tuple[float, float]]:
    """Return the lowest and the highest value of every figure that is not shown.

    Args:
        equations: Two lists of figures with equal sums.
        shown: What is published.
        floors: The least that is known of a figure that is not; 0 for the others.
    """
    rows: list[tuple[dict[Name, int], int]] = []
    for left, right in equations:
        terms: defaultdict[Name, int] = defaultdict(int)
        known = 0
        for names, sign in ((left, 1), (right, -1)):
            for name in names:
                if name in shown:
                    known -= sign * shown[name]
                else:
                    terms[name] += sign
                    known -= sign * floors.get(name, 0)
        if terms:
            rows.append((dict(terms), known))
    found: dict[Any, tuple[float, float]] = {}
    for group in _groups(rows):
        programme = Programme(group)
        for name in programme.names:
            floor = floors.get(name, 0)
            found[name] = (floor - programme.greatest(name, -1), floor + programme.greatest(name, 1))
    return found


def _groups(rows: list[tuple[dict[Name, int], int]]) -> list[list[tuple[dict[Name, int], int]]]:
    """Split the equations into groups that share no figure."""
    groups: list[tuple[set[Name], list[tuple[dict[Name, int], int]]]] = []
    for row in rows:
        names, members = set(row[0]), [row]
        for other in [each for each in groups if each[0] & names]:
            groups.remove(other)
            names |= other[0]
            members += other[1]
        groups.append((names, members))
    return [members for _, members in groups]


@dataclass(slots=True)
class _Row:
    """An equation solved for one figure: it and the others sum to `total`."""

    base: int
    terms: dict[int, Number]
    total: Number


class Programme:
    """Equations over figures that are not negative."""

    def __init__(self, equations: Sequence[tuple[Mapping[Any, int], int]]) -> None:
        """Find one solution; the simplex method begins there."""
        self.names: list[Name] = sorted({name for terms, _ in equations for name in terms}, key=repr)
        place = {name: number for number, name in enumerate(self.names)}
        self._rows: list[_Row] = []
        real = len(self.names)
        for number, (terms, total) in enumerate(equations):
            sign = -1 if total < 0 else 1
            row: dict[int, Number] = {place[name]: sign * factor for name, factor in terms.items() if factor}
            row[real + number] = 1
            self._rows.append(_Row(real + number, row, sign * total))
        aim: dict[int, Number] = {}
        for each in self._rows:
            for name, factor in each.terms.items():
                if name < real:
                    aim[name] = aim.get(name, 0) + factor
        left = sum(each.total for each in self._rows) - self._climb(aim)
        if left:
            raise ValueError("no book has these figures")
        self._leave_out_helpers(real)

    def greatest(self, name: Name, sign: int) -> float:
        """Return the greatest value of a figure, or of its opposite."""
        number = self.names.index(name)
        aim: dict[int, Number] = {number: sign}
        value: Number = 0
        for row in self._rows:
            if row.base == number:
                value = sign * row.total
                aim = {each: -sign * factor for each, factor in row.terms.items() if each != number}
        gained = self._climb(aim)
        return inf if gained == inf else float(value + gained)

    def _climb(self, aim: dict[int, Number]) -> Number | float:
        """Improve the solution step by step; return how much was gained."""
        gained: Number = 0
        while True:
            coming = min((each for each, factor in aim.items() if factor > 0), default=None)
            if coming is None:
                return gained
            limits = [
                (row.total / _number(row.terms[coming]), row.base, row)
                for row in self._rows
                if row.terms.get(coming, 0) > 0
            ]
            if not limits:
                return inf
            _, _, leaving = min(limits, key=lambda each: each[:2])
            self._swap(leaving, coming)
            factor = aim.pop(coming)
            gained += factor * leaving.total
            _take(aim, leaving.terms, factor, but=coming)

    def _swap(self, row: _Row, coming: int) -> None:
        pivot = _number(row.terms[coming])
        row.terms = {each: factor / pivot for each, factor in row.terms.items()}
        row.total, row.base = row.total / pivot, coming
        for other in self._rows:
            if other is not row and coming in other.terms:
                factor = other.terms.pop(coming)
                other.total -= factor * row.total
                _take(other.terms, row.terms, factor, but=coming)

    def _leave_out_helpers(self, real: int) -> None:
        for row in list(self._rows):
            if row.base >= real:
                coming = next((each for each in row.terms if each < real), None)
                if coming is None:
                    self._rows.remove(row)
                else:
                    self._swap(row, coming)
        for row in self._rows:
            row.terms = {each: factor for each, factor in row.terms.items() if each < real}


def _number(factor: Number) -> Fraction:
    return Fraction(factor)


def _take(terms: dict[int, Number], others: Mapping[int, Number], factor: Number, *, but: int) -> None:
    for each, other in others.items():
        if each == but:
            continue
        after = terms.get(each, 0) - factor * other
        if after:
            terms[each] = after
        else:
            terms.pop(each, None)
