"""Running the rules over every case as of a day, on several cores; one case at a time keeps memory small."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import partial

from ioms_desktop.domain.access.roles import Right, Role, visible_programmes
from ioms_desktop.domain.policy.build_facts import counted_facts
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.measures import Tally, tally_measures
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.triggers import Trigger, evaluate, visible_triggers
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.services.every_case.found_triggers import FoundTriggers
from ioms_desktop.services.every_case.histories import iter_histories
from ioms_desktop.services.every_case.shares import for_every_case
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.cases_asked import CasesAsked


def list_triggers(
    session: Session,
    as_of: date,
    *,
    programme: str | None = None,
    only_open: bool = False,
    known_at: datetime | None = None,
    processes: int | None = None,
) -> list[Trigger]:
    """List all triggers as of a day, by case and by day raised.

    Args:
        as_of: Only events dated on or before this day count.
        programme: One programme only; None for both.
        only_open: Leave out what is decided or withdrawn.
        known_at: Only what had been recorded by then; None for all.
        processes: How many processes evaluate besides this one; None for as many as are worth it.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    policies = session.policy_timeline
    asked = CasesAsked(programme, counted_facts(policies), known_at, as_of)
    read = partial(iter_histories, policies=policies, asked=asked)
    work = partial(_list_triggers_of, policies=policies, role=session.role, as_of=as_of)
    with session.store.read(facts_only=True) as reading:
        found = for_every_case(session.store, reading, read, work, processes=processes)
        return [trigger for share in found for trigger in share if trigger.status == "OPEN" or not only_open]


def _list_triggers_of(
    histories: Iterable[Sequence[CaseFacts]], *, policies: Policies, role: Role, as_of: date
) -> FoundTriggers:
    seen = visible_programmes(role)
    found = FoundTriggers()
    for history in histories:
        if seen is None or history[-1].programme in seen:
            triggers = evaluate(policies, history, as_of)
            if triggers:
                found += visible_triggers(role, triggers, history)
    return found


def count_measures(
    session: Session, first: date, last: date, as_of: date | None = None, *, progress: ProgressCallback = no_progress
) -> Tally:
    """Count the measures of a period, both ends included, as of a day (default: its last day).

    Args:
        progress: Called with the number of cases read and how many there are; may raise to stop the work.

    Raises:
        NotAllowed: The user may not count from the record; an analyst reads what is published.
    """
    session.require(Right.COUNT_MEASURES)
    counted = Tally(first, last, last if as_of is None else as_of)
    policies = session.policy_timeline
    read = partial(iter_histories, policies=policies, asked=CasesAsked(as_of=counted.as_of))
    work = partial(tally_measures, policies, first=first, last=last, as_of=counted.as_of)
    with session.store.read(facts_only=True) as reading:
        for share in for_every_case(session.store, reading, read, work, progress=progress):
            counted.add(share)
    return counted
