"""Every case with its history and its triggers, one after the other: what lists of the program show only part of."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from ioms_desktop.domain.access.roles import visible_programmes
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.triggers import Trigger, evaluate, visible_triggers
from ioms_desktop.services.every_case.histories import iter_histories
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records.cases_asked import CasesAsked


class EvaluatedCase(NamedTuple):
    case_ref: str
    history: Sequence[CaseFacts]
    triggers: tuple[Trigger, ...]


def evaluate_caseload(session: Session, as_of: date, known_at: datetime | None = None) -> Iterator[EvaluatedCase]:
    """Evaluate every case that a user may see, as of a day and as it was known at an instant, or is known now."""
    policies, seen = session.policy_timeline, visible_programmes(session.role)
    with session.store.read(facts_only=True) as reading:
        for history in iter_histories(reading, policies, CasesAsked(known_at=known_at)):
            if seen is None or history[-1].programme in seen:
                found = visible_triggers(session.role, evaluate(policies, history, as_of), history)
                yield EvaluatedCase(history[-1].case_ref, history, found)
