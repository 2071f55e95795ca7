"""Reads what tells whether a person died."""

from collections.abc import Iterable

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.leaving.deaths import has_died
from ioms_desktop.storage.records.previous_versions import case_histories
from ioms_desktop.storage.records.read import Reading


def person_died(reading: Reading, cases: Iterable[Case]) -> bool:
    """Whether a person died by any of their cases; their previous versions are read only where the cases disagree.

    Args:
        reading: Where the cases were read.
        cases: Those that the user may open.
    """
    by_ref = {case.case_ref: case for case in cases}
    told = {case.closed_by_death for case in by_ref.values()}
    return has_died(case_histories(reading, by_ref)) if len(told) > 1 else told == {True}
