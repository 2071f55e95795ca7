"""Reading the history of every case, one after the other, so that memory stays small."""

from collections.abc import Iterator, Sequence
from heapq import merge

from ioms_desktop.domain.policy.build_facts import waiting_times
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.case_history import TRIGGER_TYPES
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.services.case_history import RULE_RECORD_TYPES, iter_case_histories
from ioms_desktop.storage.cases.every_case import corrected_cases
from ioms_desktop.storage.records.case_stream import stream_cases
from ioms_desktop.storage.records.cases_asked import EVERY_CASE, CasesAsked
from ioms_desktop.storage.records.read import Reading


def iter_histories(
    reading: Reading, policies: Policies, asked: CasesAsked = EVERY_CASE, *, among: Sequence[str] | None = None
) -> Iterator[Sequence[CaseFacts]]:
    """Return every case's history in order of the case reference; a case that was not known by then is left out.

    A case in which nothing was corrected is told by its present records, which are streamed; the others are read with
    their former versions, some at once.

    Args:
        reading: Where to read.
        policies: The versions of the policy.
        asked: Which cases, and what of them.
        among: The only cases, where they are a share of these, as `CasesAsked` says.
    """
    asked = asked if among is None else asked._replace(among=among)
    types = TRIGGER_TYPES if asked.known_at is None else (*TRIGGER_TYPES, *RULE_RECORD_TYPES)
    corrected = corrected_cases(reading, types, asked)
    streamed = stream_cases(reading, waiting_times(policies), asked, left_out=corrected)
    if (only := asked.only) is not None:
        streamed = (history for history in streamed if history[-1].case_ref in only)
        corrected = corrected.intersection(only)
    if not corrected:
        return streamed
    others = iter_case_histories(reading, sorted(corrected), asked.known_at, policies)
    return merge(streamed, others, key=lambda history: history[-1].case_ref)
