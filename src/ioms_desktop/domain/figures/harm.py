"""How heavily the offences on a person's record weigh: what they did apart from what was done to them.

A weight that was given with an offence stands; without one it is that of the table the office loaded, as it held on the
day of the offence. Of two versions from the same day the one that was loaded last corrects the other. An offence that
the table of its day does not name has none, and adds nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from ioms_desktop.domain.records.code_lists import CodeLists
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
    """The weights that the office loaded: one version holds on a day, and weighs every offence of that day."""

    def __init__(self, lists: CodeLists) -> None:
        """Index them by version, the one that holds before all others first."""
        versions: dict[tuple[date, int, str], dict[str, Weight]] = {}
        for code in lists.of(WEIGHTS):
            more = code.more
            version = (code.valid_from or date.min, int(more.get("loaded", 0)), more["version"])
            weight = Weight(Decimal(more["weight"]), f"{more['scheme']} {more['version']}")
            versions.setdefault(version, {})[fold_offence(code.label)] = weight
        self._versions = [(version[0], versions[version]) for version in sorted(versions, reverse=True)]

    @property
    def is_loaded(self) -> bool:
        """Whether the office loaded any."""
        return bool(self._versions)

    def weigh(self, offence: Offence) -> Weight | None:
        """Return the weight of an offence; None where none is known."""
        if offence.harm_weight is not None:
            return Weight(Decimal(offence.harm_weight)) if is_number(offence.harm_weight) else None
        table = next((table for first_day, table in self._versions if first_day <= offence.offence_on), None)
        return None if table is None else table.get(fold_offence(offence.offence))


def fold_offence(name: str | None) -> str:
    """Return the name of an offence as it is compared: whatever its case and spacing."""
    return " ".join((name or "").casefold().split())


def harm_by_part(offences: Iterable[Offence], table: HarmTable) -> tuple[HarmSum, ...]:
    """Return the offences of each part that has any, in the order of `Part`.

    There is nothing to add up where no table is loaded and no offence was given a weight.
    """
    offences = tuple(offences)
    if not table.is_loaded and all(each.harm_weight is None for each in offences):
        return ()
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
