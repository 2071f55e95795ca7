"""How an arrest, charge or suspicion ended: recorded on the concern or on its offence, it stands with both."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.domain.records.people import Offence

VICTIM = "VICTIM"


class Ending(NamedTuple):
    """An outcome, as its code or in the words it was recorded in, and its day; None where no day is recorded."""

    outcome: str
    on: date | None


def concern_ending(concern: Concern, offences: Iterable[Offence], as_of: date) -> Ending | None:
    """Return how a concern had ended by a day: by its own outcome, else by that of its offence."""
    own = _ending(concern, as_of)
    if own is not None:
        return own
    linked = (_ending(offence, as_of) for offence in offences if is_same_matter(concern, offence))
    return next((ending for ending in linked if ending is not None), None)


def offence_ending(offence: Offence, concerns: Iterable[Concern], as_of: date) -> Ending | None:
    """Return how an offence had ended by a day: by its own outcome, else by that of its arrest or charge."""
    own = _ending(offence, as_of)
    if own is not None:
        return own
    linked = (_ending(concern, as_of) for concern in concerns if is_same_matter(concern, offence))
    return next((ending for ending in linked if ending is not None), None)


def is_same_matter(concern: Concern, offence: Offence) -> bool:
    """Whether an offence is what a concern was recorded as.

    It names the concern; where it names none, it is of the same day and offence group, and not done to the person.
    """
    if offence.concern_ref:
        return offence.concern_ref == concern.concern_ref
    return (
        concern.offence_group is not None
        and (offence.offence_on, offence.offence_group) == (concern.occurred_on, concern.offence_group)
        and offence.role != VICTIM
    )


def _ending(record: Concern | Offence, as_of: date) -> Ending | None:
    if not record.outcome or (record.outcome_on is not None and record.outcome_on > as_of):
        return None
    return Ending(record.outcome, record.outcome_on)
