"""What inspections ask of a case and its lists do not answer at sight: what has stayed the same, and who has come.

Source: what the field would correct, 28 November 2026, "What inspections and evaluations keep finding missing".
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.policy.case_facts import CaseFacts, DecisionFact, latest_step
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.records.cases import Need, RagEntry
from ioms_desktop.domain.records.engagement import Contact

JOINT_VISIT = "JOINT_VISIT"
POLICE_MARK = "POLICE"
POLICE, PROBATION = "LEICESTERSHIRE_POLICE", "HMPPS_PROBATION"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCount:
    """How many contacts one agency had for one purpose; empty where a contact does not name it.

    Attributes:
        contacts: All contacts and attempts.
        completed: Those that count as completed.
        minutes: The minutes of the completed ones.
    """

    agency: str = ""
    purpose: str = ""
    contacts: int = 0
    completed: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """Who saw the person in person in a period, both ends included.

    Attributes:
        by_agency: Completed contacts in person by agency; under an empty text those that name none.
    """

    first: date
    last: date
    by_agency: tuple[tuple[str, int], ...] = ()

    @property
    def are_by_police_alone(self) -> bool:
        """Whether nobody but the police is known to have come; a visit that names no agency proves nothing else."""
        return bool(self.by_agency) and all(not agency or is_police(agency) for agency, _ in self.by_agency)


def is_police(agency: str) -> bool:
    """Whether an agency, by its code or in somebody's own words, is the police."""
    return POLICE_MARK in agency.upper()


def count_contacts(
    contacts: Iterable[Contact], completed: frozenset[str], canonical: Callable[[str, str], str]
) -> tuple[ContactCount, ...]:
    """Count contacts by agency and purpose, the most frequent first.

    Args:
        contacts: The contacts of a case.
        completed: The references of those that count as completed.
        canonical: Gives the code that a value of a code list stands for.
    """
    counts: dict[tuple[str, str], ContactCount] = {}
    for contact in contacts:
        key = (canonical("agency", contact.agency or ""), canonical("contact_purpose", contact.purpose or ""))
        before = counts.get(key, ContactCount(agency=key[0], purpose=key[1]))
        done = contact.contact_ref in completed
        counts[key] = replace(
            before,
            contacts=before.contacts + 1,
            completed=before.completed + done,
            minutes=before.minutes + (contact.minutes or 0) * done,
        )
    return tuple(sorted(counts.values(), key=lambda each: (-each.contacts, each.agency, each.purpose)))


def visits_in_final_third(
    policies: Policies, case: CaseFacts, final_third_from: date | None, contacts: Iterable[Contact], as_of: date
) -> Visits | None:
    """Return who has come since probation contact ended, at most as far back as the policy looks for change.

    Returns:
        The visits; None before the final third, and for a case that had closed by the day.
    """
    if final_third_from is None or final_third_from > as_of or case.ended_by(as_of):
        return None
    back = timedelta(days=policies.on(as_of).standards.drift_days)
    first = max(final_third_from, as_of - back + DAY)
    seen = {c.ref for c in case.contacts if c.type in policies.in_person_types and c.completed(policies)}
    by_agency: dict[str, int] = defaultdict(int)
    for contact in contacts:
        if contact.contact_ref in seen and first <= contact.occurred_at.on <= as_of:
            came = (POLICE, PROBATION) if contact.contact_type == JOINT_VISIT else (contact.agency or "",)
            for agency in came:
                by_agency[agency] += 1
    ordered = sorted(by_agency.items(), key=lambda each: (-each[1], each[0]))
    return Visits(first=first, last=as_of, by_agency=tuple(ordered))


def unchanged_since(
    case: CaseFacts, rag: Iterable[RagEntry], needs: Iterable[Need], as_of: date, canonical: Callable[[str, str], str]
) -> date | None:
    """Return the day since which RAG, every need and the step of a case have been what they are.

    A review that confirms the colour, or an assessment that finds the same need, changes nothing.

    Returns:
        The day of the last change, or else the first day of the case; None where the case is not open on the day.
    """
    if case.starts_on is None or case.starts_on > as_of or case.ended_by(as_of):
        return None
    colours = [(entry.set_on, entry.rag) for entry in rag if entry.set_on <= as_of]
    levels: dict[str, list[tuple[date, tuple[int, str]]]] = defaultdict(list)
    for need in needs:
        if need.assessed_on <= as_of:
            levels[canonical("pathway", need.pathway)].append((need.assessed_on, (need.level, need.status or "")))
    days = [case.starts_on, _last_change(colours), _last_step(case.decisions, as_of)]
    days += [_last_change(each) for each in levels.values()]
    return max(filter(None, days))


def is_drifting(policies: Policies, since: date | None, as_of: date) -> bool:
    """Whether nothing has changed for as long as the policy has somebody ask why."""
    return since is not None and (as_of - since).days >= policies.on(as_of).standards.drift_days


def _last_change(values: Sequence[tuple[date, object]]) -> date | None:
    """Return the day on which a value last became another; of several on one day, the greatest stands."""
    on_day = dict(sorted(values, key=lambda each: (each[0], str(each[1]))))
    changed, before = None, None
    for day, value in on_day.items():
        if value != before:
            changed, before = day, value
    return changed


def _last_step(decisions: Sequence[DecisionFact], as_of: date) -> date | None:
    """Return the day of the last decision that changed the step; None where it is still that of the first day."""
    days = sorted({decision.decided_on for decision in decisions if decision.decided_on <= as_of})
    steps = [(day, latest_step(decisions, day)[0]) for day in days]
    before = [latest_step((), as_of)[0], *(step for _, step in steps)]
    changes = [day for (day, step), former in zip(steps, before, strict=False) if step != former]
    return max(changes, default=None)
