"""How heavily the offences on a person's record weigh: what they did apart from what was done to them.

A weight that was given with an offence stands; without one it is that of the table the office loaded, as it held on the
day of the offence. An offence that the table does not name has none, and adds nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ioms_desktop.domain.records.code_lists import Code, CodeLists
from ioms_desktop.domain.records.people import Offence
from ioms_desktop.domain.validation.column_rules import is_number

VICTIM = "VICTIM"
WEIGHTS = "harm_weight"
"""The list of the weights that the office loaded."""


class Part(StrEnum):
    """A person's part in offences; what they did and what was done to them are never added up."""

    AGAINST = "Suspect or convicted"
    HARMED = "The one harmed"
    UNKNOWN = "No part on record"


@dataclass(frozen=True, slots=True)
class Weight:
    """How heavily an offence weighs.

    Attributes:
        source: The scheme and version of the table; empty where the weight was given with the offence.
    """

    value: Decimal
    source: str = ""

    @property
    def words(self) -> str:
        """The weight, with the table that it comes from."""
        return f"{self.value:,} ({self.source})" if self.source else f"{self.value:,}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HarmSum:
    """The offences of one part.

    Attributes:
        weight: The sum of the weights that are known.
        unweighted: How many offences have none, and add nothing.
    """

    part: Part
    offences: int
    weight: Decimal
    unweighted: int


class HarmTable:
    """The weights that the office loaded, by the offence as the table names it."""

    def __init__(self, lists: CodeLists) -> None:
        """Index them; of several versions the newest that held on a day counts."""
        self._by_offence: dict[str, list[Code]] = {}
        for code in lists.of(WEIGHTS):
            self._by_offence.setdefault(fold_offence(code.label), []).append(code)

    def weigh(self, offence: Offence) -> Weight | None:
        """Return the weight of an offence; None where none is known."""
        if offence.harm_weight is not None:
            return Weight(Decimal(offence.harm_weight)) if is_number(offence.harm_weight) else None
        named = self._by_offence.get(fold_offence(offence.offence), ())
        held = [each for each in named if each.valid_on(offence.offence_on)]
        newest = max(held, key=lambda each: each.valid_from or date.min, default=None)
        if newest is None:
            return None
        return Weight(Decimal(newest.more["weight"]), f"{newest.more['scheme']} {newest.more['version']}")


def fold_offence(name: str | None) -> str:
    """Return the name of an offence as it is compared: whatever its case and spacing."""
    return " ".join((name or "").casefold().split())


def harm_by_part(offences: Iterable[Offence], table: HarmTable) -> tuple[HarmSum, ...]:
    """Return the offences of each part that has any, in the order of `Part`."""
    parts: dict[Part, list[Offence]] = {part: [] for part in Part}
    for offence in offences:
        parts[_part_of(offence)].append(offence)
    return tuple(_sum_up(part, found, table) for part, found in parts.items() if found)


def _part_of(offence: Offence) -> Part:
    if offence.role is None:
        return Part.UNKNOWN
    return Part.HARMED if offence.role == VICTIM else Part.AGAINST


def _sum_up(part: Part, offences: list[Offence], table: HarmTable) -> HarmSum:
    weights = [weight.value for weight in map(table.weigh, offences) if weight is not None]
    return HarmSum(
        part=part,
        offences=len(offences),
        weight=sum(weights, Decimal(0)),
        unweighted=len(offences) - len(weights),
    )
