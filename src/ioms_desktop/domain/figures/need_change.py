"""How a need changed since a case was selected: the level then beside that of any later day."""

from collections.abc import Iterable
from dataclasses import dataclass

from ioms_desktop.domain.records.cases import Case, Need


def need_at_selection(case: Case, needs: Iterable[Need], pathway: str) -> Need | None:
    """Return the need on a pathway as it was when a case was selected; None where the pathway was never assessed.

    That is the last assessment up to the day of selection (without one, of adoption or notification); where the pathway
    was assessed only later, the first one.
    """
    assessed = sorted((each for each in needs if each.pathway == pathway), key=lambda each: each.assessed_on)
    turn = case.selected_on or case.starts_on
    before = [each for each in assessed if turn is not None and each.assessed_on <= turn]
    return before[-1] if before else next(iter(assessed), None)


@dataclass(frozen=True, slots=True)
class NeedChange:
    """What became of the need on one pathway.

    Attributes:
        assessed: Every assessment from that at selection to the latest, in order of their days; never empty.
    """

    pathway: str
    assessed: tuple[Need, ...]

    @property
    def change(self) -> int:
        """How much higher the need is now than then; below zero where it is lower."""
        return self.assessed[-1].level - self.assessed[0].level


def need_changes(case: Case, needs: Iterable[Need]) -> tuple[NeedChange, ...]:
    """Return what became of each need that was assessed, the highest first as it is now; else in order of pathways."""
    known = sorted(needs, key=lambda each: each.assessed_on)
    found = []
    for pathway in sorted({each.pathway for each in known}):
        then = need_at_selection(case, known, pathway)
        on_it = [each for each in known if each.pathway == pathway]
        found.append(
            NeedChange(pathway, tuple(each for each in on_it if then and each.assessed_on >= then.assessed_on))
        )
    return tuple(sorted(found, key=lambda each: -each.assessed[-1].level))
