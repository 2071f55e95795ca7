"""Running the rules over every case as of a day, on every core, one case at a time so that memory stays small."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from heapq import merge
from typing import NamedTuple

from ioms_desktop.domain.access.roles import Right, Role, may, visible_programmes
from ioms_desktop.domain.policy.build_facts import CountedFacts, counted_facts
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.case_history import TRIGGER_TYPES
from ioms_desktop.domain.policy.measures import Tally, tally_measures
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.rules import waiting_times
from ioms_desktop.domain.policy.triggers import Trigger, evaluate, without_intelligence
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.services.case_history import RULE_RECORD_TYPES, iter_case_histories
from ioms_desktop.services.every_case.shares import for_every_case
from ioms_desktop.services.session import Session
from ioms_desktop.storage.cases.every_case import corrected_cases
from ioms_desktop.storage.records.case_stream import stream_cases
from ioms_desktop.storage.records.read import Reading


class EvaluatedCase(NamedTuple):
    """One case with its triggers as of a day."""

    case_ref: str
    history: Sequence[CaseFacts]
    triggers: tuple[Trigger, ...]


def evaluate_caseload(
    session: Session, as_of: date, programme: str | None = None, known_at: datetime | None = None
) -> Iterator[EvaluatedCase]:
    """Evaluate every case the user may see, in order of the case reference.

    Args:
        as_of: Only events dated on or before this day count.
        programme: One programme only; None for both.
        known_at: Only what had been recorded by then; None for all.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    policies, seen = session.policy_timeline, visible_programmes(session.role)
    with session.store.read(facts_only=True) as reading:
        for history in iter_histories(reading, policies, programme=programme, known_at=known_at):
            if seen is None or history[-1].programme in seen:
                yield evaluate_case(session.role, policies, history, as_of)


def evaluate_case(role: Role, policies: Policies, history: Sequence[CaseFacts], as_of: date) -> EvaluatedCase:
    """Evaluate a case as of a day, and leave out what a role may not know of."""
    found = evaluate(policies, history, as_of)
    return EvaluatedCase(history[-1].case_ref, history, visible_triggers(role, found, history))


def visible_triggers(role: Role, found: tuple[Trigger, ...], history: Sequence[CaseFacts]) -> tuple[Trigger, ...]:
    """Leave out of a case's triggers what a role may not know of."""
    return found if may(role, Right.READ_INTELLIGENCE) else without_intelligence(found, history)


def iter_histories(
    reading: Reading,
    policies: Policies,
    programme: str | None = None,
    known_at: datetime | None = None,
    counted: Mapping[str, CountedFacts] | None = None,
    only: Collection[str] | None = None,
    among: Sequence[str] | None = None,
) -> Iterator[Sequence[CaseFacts]]:
    """Return every case's history in order of the case reference; a case that was not known by then is left out.

    A case in which nothing was corrected is told by its present records, which are streamed; the others are read with
    their former versions, some at once. `counted` leaves out what can raise no trigger, as `stream_cases` says;
    `only` leaves out all other cases, and so does `among`, which names every case from the first to the last of them.
    """
    types = TRIGGER_TYPES if known_at is None else (*TRIGGER_TYPES, *RULE_RECORD_TYPES)
    corrected = corrected_cases(reading, types, programme, among, only)
    waits = waiting_times(policies)
    streamed = stream_cases(
        reading, waits, programme, counted, known_at=known_at, only=only, left_out=corrected, among=among
    )
    if only is not None:
        streamed = (history for history in streamed if history[-1].case_ref in only)
        corrected = corrected.intersection(only)
    if not corrected:
        return streamed
    others = iter_case_histories(reading, sorted(corrected), known_at, policies)
    return merge(streamed, others, key=lambda history: history[-1].case_ref)


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
    work = partial(_triggers_of_share, session.policy_timeline, session.role, as_of, programme, known_at)
    with session.store.read(facts_only=True) as reading:
        found = for_every_case(session.store, reading, work, programme=programme, processes=processes)
        return [trigger for share in found for trigger in share if trigger.status == "OPEN" or not only_open]


def _triggers_of_share(
    policies: Policies,
    role: Role,
    as_of: date,
    programme: str | None,
    known_at: datetime | None,
    reading: Reading,
    share: Sequence[str],
) -> list[Trigger]:
    seen = visible_programmes(role)
    counted = counted_facts(policies)
    histories = iter_histories(reading, policies, programme, known_at, counted, among=share)
    return [
        trigger
        for history in histories
        if seen is None or history[-1].programme in seen
        for trigger in visible_triggers(role, evaluate(policies, history, as_of), history)
    ]


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
    work = partial(_measures_of_share, session.policy_timeline, first, last, counted.as_of)
    with session.store.read(facts_only=True) as reading:
        for share in for_every_case(session.store, reading, work, progress=progress):
            counted.add(share)
    return counted


def _measures_of_share(
    policies: Policies, first: date, last: date, as_of: date, reading: Reading, share: Sequence[str]
) -> Tally:
    return tally_measures(policies, iter_histories(reading, policies, among=share), first, last, as_of)
