"""The work of Today that people give themselves and each other, of every case or of some."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import NamedTuple

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.duties.case_duties import LOOK_AHEAD, Duty, WorklistItem, transition_duty, worker_duty
from ioms_desktop.domain.intelligence import INTELLIGENCE_RULE
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Action
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.domain.records.network.associates import Associate
from ioms_desktop.domain.records.network.memberships import GroupMembership
from ioms_desktop.domain.records.protection import GroupResponse
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.domain.validation.column_rules import is_future
from ioms_desktop.services.cases.owed.lines import Group
from ioms_desktop.services.network.group_dues import list_groups_due
from ioms_desktop.services.network.link_dues import list_links_due
from ioms_desktop.services.recording.actions import describe_moves, describe_owner
from ioms_desktop.services.records.recalls import read_copies_to_recall
from ioms_desktop.services.retention import retention
from ioms_desktop.services.session import Session
from ioms_desktop.storage.queries.appointments import waiting_appointments
from ioms_desktop.storage.queries.today import (
    LineHeader,
    OpenAction,
    cases_without_worker,
    first_worker,
    growing_up,
    open_actions,
    tables_with_given_work,
    waiting_proposals,
)
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import former_version

Refs = Collection[str] | None
"""Some cases; None for all."""


class PeoplesWork(NamedTuple):
    """What people gave themselves and each other.

    Attributes:
        items: By the group of lines, without proposals and retention reviews.
        proposals: By case, the oldest first; they answer decisions.
        turns: When the next appointment of a case will be over, so that its outcome is wanted.
    """

    items: dict[Group, list[WorklistItem]]
    proposals: dict[Group, list[Proposal]]
    turns: dict[str, DayTime]

    def replace(self, groups: Collection[Group], anew: "PeoplesWork") -> None:
        """Put what was read of some groups in place of what was known of them."""
        for group in groups:
            self.items.pop(group, None)
            self.proposals.pop(group, None)
            if isinstance(group, str):
                self.turns.pop(group, None)
        self.items.update(anew.items)
        self.proposals.update(anew.proposals)
        self.turns.update(anew.turns)


def read_work_of_people(
    session: Session, reading: Reading, heads: Mapping[str, LineHeader] | None = None
) -> PeoplesWork:
    """Read what people gave themselves and each other.

    Args:
        session: Whose work; its clock stands still.
        reading: Where to read.
        heads: The headers of the only cases of which it is read; None for all, and for what is of no case.
    """
    today, now, refs = session.today(), session.day_time(), None if heads is None else heads.keys()
    given_in = tables_with_given_work(reading, None if heads is None else heads.values())
    appointments = waiting_appointments(reading, today + LOOK_AHEAD, refs) if Appointment.table in given_in else []
    coming = [(each.starts_at, each.case_ref) for each in appointments if each.starts_at.on == today]
    coming.sort(key=lambda each: each[0].order)
    proposals = defaultdict[Group, list[Proposal]](list)
    waiting = waiting_proposals(reading, refs) if Proposal.table in given_in else ()
    for each in _without_hidden_intelligence(session, waiting):
        proposals[each.case_ref].append(each)
    items = defaultdict[Group, list[WorklistItem]](list)
    items_of_cases = (
        (_appointment_item(session, each) for each in appointments),
        _given_items(session, reading, refs, given_in),
        _case_items(session, reading, heads),
    )
    for item in chain.from_iterable(items_of_cases):
        items[item.case_ref].append(item)
    return PeoplesWork(items, proposals, {ref: at for at, ref in reversed(coming) if is_future(at, now)})


def _given_items(session: Session, reading: Reading, refs: Refs, given_in: frozenset[str]) -> Iterator[WorklistItem]:
    """List actions, copies to recall, and what is to be reviewed of links and groups."""
    today = session.today()
    if Action.table in given_in:
        yield from (_action_item(session, each) for each in open_actions(reading, today, today + LOOK_AHEAD, refs))
    if former_version.name in given_in:
        yield from _recall_items(session, reading, refs)
    if {GroupMembership.table, GroupResponse.table} & given_in:
        for ref, due, words, said in list_groups_due(session, reading, LOOK_AHEAD, refs):
            yield WorklistItem(duty=Duty.GROUP, description=words, due_on=due, case_ref=ref, ref=said)
    if Associate.table in given_in:
        yield from list_links_due(session, reading, LOOK_AHEAD, refs)


def _case_items(session: Session, reading: Reading, heads: Mapping[str, LineHeader] | None) -> Iterator[WorklistItem]:
    """List who has no worker, and who grows up; what is known of a few cases says of which it is to be asked."""
    unnamed = None if heads is None else {ref for ref, head in heads.items() if first_worker(head) is None}
    phoenix = None if heads is None else {ref for ref, head in heads.items() if head.programme == "PHOENIX"}
    if unnamed != set():
        unmanned = (worker_duty(ref, ()) for ref in cases_without_worker(reading, session.today(), unnamed))
        yield from (found for found in unmanned if found)
    if phoenix != set():
        yield from _transition_items(session, reading, phoenix)


def _without_hidden_intelligence(session: Session, proposals: Iterable[Proposal]) -> list[Proposal]:
    """Drop proposals on intelligence for roles that may not see any; a server's row policy drops them itself."""
    sees = may(session.role, Right.READ_INTELLIGENCE)
    return [proposal for proposal in proposals if sees or proposal.rule != INTELLIGENCE_RULE]


def proposal_item(session: Session, proposal: Proposal, due_on: date | None) -> WorklistItem:
    """List a proposal, with the clock of the decision that it answers; the user's own waits for somebody else."""
    ending = "waits for a second person" if proposal.proposed_by == session.user else "waits for your answer"
    return WorklistItem(
        duty=Duty.PROPOSAL,
        description=f"{describe_proposal(session, proposal)}, {ending}.",
        due_on=due_on,
        case_ref=proposal.case_ref,
        ref=proposal.proposal_ref,
        revision=proposal.revision,
        is_own=may(session.role, Right.PROPOSE),
    )


def describe_proposal(session: Session, proposal: Proposal) -> str:
    """Say what is proposed, by whom and since when, as the beginning of a sentence."""
    step = f": {session.lists.of('enforcement_step').label(proposal.step)}" if proposal.step else ""
    label = session.lists.of("decision").label(proposal.decision)
    by = session.names.of(proposal.proposed_by)
    return f"{label}{step}, proposed by {by} on {format_day(proposal.proposed_on)}"


def review_items(
    session: Session, reading: Reading, person_refs: Sequence[str] | None = None
) -> Iterator[WorklistItem]:
    """List retention reviews that are due, of all people or some, for those who may do them."""
    if not may(session.role, Right.MANAGE_RETENTION):
        return
    last = session.today() + LOOK_AHEAD
    found = retention.read_reviews(session, reading, last, person_refs, only_due=True)
    for each in (review for review in found if review.due.on <= last):
        waiting = each.proposed_disposal
        words = f"Retention review due. {each.due.reason}"
        if waiting is not None:
            mine = waiting.proposed_by == session.user
            ending = "waits for a second person" if mine else "waits for your answer"
            by = session.names.of(waiting.proposed_by)
            words = f"Disposal of this record, proposed by {by} as {waiting.disposal_ref}, {ending}."
        yield WorklistItem(
            duty=Duty.RETENTION,
            description=words,
            due_on=each.due.on,
            name=each.name,
            ref=each.person_ref,
            is_own=waiting is not None and waiting.proposed_by != session.user,
        )


def _appointment_item(session: Session, appointment: Appointment) -> WorklistItem:
    """List an appointment that is to come, or one past whose outcome is still to be recorded."""
    how = session.lists.of("contact_type").label(appointment.contact_type)
    worker = f", with {session.names.of(appointment.worker)}" if appointment.worker else ""
    all_day = appointment.starts_at == DayTime(session.today())
    ahead = all_day or is_future(appointment.starts_at, session.day_time())
    words = f"{how}{worker}, {appointment.starts_at.words}"
    return WorklistItem(
        duty=Duty.APPOINTMENT if ahead else Duty.OUTCOME,
        description=f"{words}." if ahead else f"{words}: no outcome is recorded.",
        due_on=appointment.starts_at.on,
        case_ref=appointment.case_ref,
        ref=appointment.appointment_ref,
        revision=appointment.revision,
        is_own=session.names.matches(appointment.worker, session.user),
    )


def _action_item(session: Session, action: OpenAction) -> WorklistItem:
    """List an action with who does it, and what became of the day it was due at first."""
    told = (
        describe_owner(session, action.owner, action.agency),
        describe_moves(action.first_due_on, action.due_moves),
    )
    own = session.names.matches(action.owner, session.user) or action.owner == session.role
    return WorklistItem(
        duty=Duty.ACTION,
        description=f"{session.names.in_text(action.text)} ({'; '.join(filter(None, told))})",
        due_on=action.due_on,
        case_ref=action.case_ref,
        ref=action.action_ref,
        revision=action.revision,
        is_own=own,
        is_given=not own and session.names.matches(action.given_by, session.user),
    )


def _recall_items(session: Session, reading: Reading, refs: Refs) -> Iterator[WorklistItem]:
    """List the copies that went out with what is in error, for supervisors and whoever printed them."""
    if may(session.role, Right.PRINT):
        for copy in read_copies_to_recall(session, reading, refs):
            yield WorklistItem(
                duty=Duty.RECALL,
                description=copy.describe(),
                due_on=copy.found_at.astimezone(LONDON).date(),
                case_ref=copy.case_ref,
                ref=copy.ref,
                is_own=copy.printed_by == session.user,
            )


def _transition_items(session: Session, reading: Reading, refs: Refs) -> Iterator[WorklistItem]:
    """List who came as a child and turns 18 soon, until a supervisor has confirmed what follows then."""
    today = session.today()
    for each in growing_up(reading, today, refs):
        by = None if each.proposed_on is None else session.names.of(each.proposed_by or "")
        owed = transition_duty(each.case_ref, each.born_on, each.referred_on, by, today)
        if owed is not None:
            yield owed
