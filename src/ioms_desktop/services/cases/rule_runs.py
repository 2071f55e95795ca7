"""Running the rules over every case as of a day, one case at a time so that memory stays small."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from heapq import merge
from typing import NamedTuple, TypeVar

from ioms_desktop.domain.access.roles import Right, may, visible_programmes
from ioms_desktop.domain.policy.build_facts import CountedFacts, counted_facts
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.case_history import TRIGGER_TYPES
from ioms_desktop.domain.policy.measures import Tally, tally_measures
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.rules import waiting_times
from ioms_desktop.domain.policy.triggers import Trigger, evaluate, without_intelligence
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.services.case_history import RULE_RECORD_TYPES, iter_case_histories
from ioms_desktop.services.session import Session
from ioms_desktop.storage.queries.today import count_cases
from ioms_desktop.storage.records.case_stream import corrected_cases, stream_cases
from ioms_desktop.storage.records.read import Reading

T = TypeVar("T")
PROGRESS_EVERY_CASES = 50


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
    return _evaluate_cases(session, as_of, programme, known_at, triggers_only=False)


def _evaluate_cases(
    session: Session, as_of: date, programme: str | None, known_at: datetime | None, *, triggers_only: bool
) -> Iterator[EvaluatedCase]:
    session.require(Right.READ_CASES)
    policies, seen = session.policy_timeline, visible_programmes(session.role)
    counted = counted_facts(policies) if triggers_only else None
    with session.store.read(facts_only=True) as reading:
        for history in iter_histories(reading, policies, programme=programme, known_at=known_at, counted=counted):
            if seen is None or history[-1].programme in seen:
                yield evaluate_case(session, policies, history, as_of)


def evaluate_case(session: Session, policies: Policies, history: Sequence[CaseFacts], as_of: date) -> EvaluatedCase:
    """Evaluate a case as of a day, and leave out what the user may not know of."""
    found = evaluate(policies, history, as_of)
    return EvaluatedCase(history[-1].case_ref, history, visible_triggers(session, found, history))


def visible_triggers(session: Session, found: tuple[Trigger, ...], history: Sequence[CaseFacts]) -> tuple[Trigger, ...]:
    """Leave out of a case's triggers what the user may not know of."""
    return found if may(session.role, Right.READ_INTELLIGENCE) else without_intelligence(found, history)


def iter_histories(
    reading: Reading,
    policies: Policies,
    programme: str | None = None,
    known_at: datetime | None = None,
    counted: Mapping[str, CountedFacts] | None = None,
    only: Collection[str] | None = None,
) -> Iterator[Sequence[CaseFacts]]:
    """Return every case's history in order of the case reference; a case that was not known by then is left out.

    A case in which nothing was corrected is told by its present records, which are streamed; the others are read with
    their former versions, some at once. `counted` leaves out what can raise no trigger, as `stream_cases` says;
    `only` leaves out all other cases.
    """
    types = TRIGGER_TYPES if known_at is None else (*TRIGGER_TYPES, *RULE_RECORD_TYPES)
    corrected = corrected_cases(reading, types, programme)
    streamed = stream_cases(reading, waiting_times(policies), programme, counted, known_at=known_at, left_out=corrected)
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
) -> list[Trigger]:
    """List all triggers as of a day, by case and by day raised.

    Raises:
        NotAllowed: The user may not read cases.
    """
    return [
        trigger
        for each in _evaluate_cases(session, as_of, programme, known_at, triggers_only=True)
        for trigger in each.triggers
        if trigger.status == "OPEN" or not only_open
    ]


def count_measures(
    session: Session, first: date, last: date, as_of: date | None = None, *, progress: ProgressCallback = no_progress
) -> Tally:
    """Count the measures of a period, both ends included, as of a day (default: its last day).

    Args:
        progress: Called with the number of cases read and the most there can be; may raise to stop the work.

    Raises:
        NotAllowed: The user may not count from the record; an analyst reads what is published.
    """
    session.require(Right.COUNT_MEASURES)
    policies = session.policy_timeline
    seen = last if as_of is None else as_of
    total = 0 if progress is no_progress else count_known_cases(session)
    with session.store.read(facts_only=True) as reading:
        histories = report_progress(iter_histories(reading, policies), total, progress)
        return tally_measures(policies, histories, first, last, seen)


def count_known_cases(session: Session) -> int:
    """Count the cases, for the progress of what reads all of them."""
    with session.store.read() as reading:
        return count_cases(reading)


def report_progress(each_case: Iterable[T], total: int, progress: ProgressCallback) -> Iterator[T]:
    """Pass cases on, and say now and then how many there were.

    Args:
        total: The most there can be.
        progress: Called with the number of cases so far and the total; may raise to stop the work.
    """
    for number, case in enumerate(each_case):
        if number % PROGRESS_EVERY_CASES == 0:
            progress(number, total)
        yield case
