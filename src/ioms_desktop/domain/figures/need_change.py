"""How a need changed since a case was selected: the level then beside that of any later day."""

from collections.abc import Iterable

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
