"""The work of Today that people give themselves and each other, of every case or of some."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import NamedTuple

from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.dates.calendar import DAY, LONDON, adult_on
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.duties.case_duties import (
    LOOK_AHEAD,
    Duty,
    TimedWork,
    WorklistItem,
    first_turn,
    transition_begins_on,
    transition_duty,
    worker_duty,
)
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
from ioms_desktop.services.labels import describe_action_moves, describe_action_owner
from ioms_desktop.services.network.group_dues import list_groups_due
from ioms_desktop.services.network.link_dues import list_links_due
from ioms_desktop.services.records.recalls import read_copies_to_recall
from ioms_desktop.services.retention import due_reviews
from ioms_desktop.services.retention.due_reviews import DueReview
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
READ_AHEAD = timedelta(days=7)
"""How far ahead it is known what the clock will change: over a weekend, and some days more."""


class PeoplesWork(NamedTuple):
    """What people gave themselves and each other.

    Attributes:
        items: By the group of lines, without proposals.
        proposals: By case, the oldest first; they answer decisions.
        turns: When the clock alone next changes anything of a group, as far as `READ_AHEAD`; but for the days on which
            cases close, which are those of the rules, too.
    """

    items: dict[Group, list[WorklistItem]]
    proposals: dict[Group, list[Proposal]]
    turns: dict[Group, DayTime]

    @classmethod
    def of(cls, work: Iterable[tuple[Group, TimedWork]], until: date) -> "PeoplesWork":
        """Put work in its groups; when it turns is kept up to a day, included."""
        made = cls(defaultdict(list), {}, {})
        for group, each in work:
            if each.item is not None:
                made.items[group].append(each.item)
            if each.turns is not None and each.turns.on <= until:
                made.turns[group] = min(each.turns, made.turns.get(group, each.turns), key=lambda at: at.order)
        return made

    def turned_by(self, now: DayTime) -> set[Group]:
        """Name the groups of which the clock has changed something."""
        return {group for group, at in self.turns.items() if not is_future(at, now)}

    def groups_beside(self, rules: Mapping[str, object]) -> set[Group]:
        """Name the cases of which the rules find something, too."""
        return {*rules.keys() & (self.items.keys() | self.proposals.keys())}

    def groups_unlike(self, other: "PeoplesWork") -> set[Group]:
        """Name the groups in which something else is owed than in another."""
        groups: set[Group] = set()
        for mine, theirs in ((self.items, other.items), (self.proposals, other.proposals)):
            groups |= {group for group in mine.keys() | theirs.keys() if mine.get(group) != theirs.get(group)}
        return groups

    def replace(self, groups: Collection[Group], anew: "PeoplesWork") -> None:
        """Put what was read of some groups in place of what was known of them."""
        for group in groups:
            for known in self:
                known.pop(group, None)
        self.add(anew)

    def add(self, more: "PeoplesWork") -> None:
        """Add what is of other groups."""
        self.items.update(more.items)
        self.proposals.update(more.proposals)
        self.turns.update(more.turns)


def read_work_of_people(
    session: Session, reading: Reading, heads: Mapping[str, LineHeader] | None = None
) -> PeoplesWork:
    """Read what people gave themselves and each other.

    Args:
        session: Whose work; its clock stands still.
        reading: Where to read.
        heads: The headers of the only cases of which it is read; None for all, and for what is of no case.
    """
    if heads is not None and not heads:
        return PeoplesWork({}, {}, {})
    refs = None if heads is None else heads.keys()
    given_in = tables_with_given_work(reading, None if heads is None else heads.values())
    work = chain(_given_work(session, reading, refs, given_in), _case_work(session, reading, heads))
    made = PeoplesWork.of(((each.case_ref, each) for each in work), session.today() + READ_AHEAD)
    waiting = waiting_proposals(reading, refs) if Proposal.table in given_in else ()
    for each in _without_hidden_intelligence(session, waiting):
        made.proposals.setdefault(each.case_ref, []).append(each)
    return made


def _given_work(session: Session, reading: Reading, refs: Refs, given_in: frozenset[str]) -> Iterator[TimedWork]:
    """List appointments, actions, copies to recall, and what is to be reviewed of links and groups."""
    today = session.today()
    until = today + LOOK_AHEAD + READ_AHEAD
    if Appointment.table in given_in:
        yield from (_appointment_work(session, each) for each in waiting_appointments(reading, until, refs))
    if Action.table in given_in:
        yield from (_action_work(session, each, today) for each in open_actions(reading, today, until, refs))
    if former_version.name in given_in:
        yield from (TimedWork(item.case_ref, item) for item in _recall_items(session, reading, refs))
    if {GroupMembership.table, GroupResponse.table} & given_in:
        yield from list_groups_due(session, reading, refs)
    if Associate.table in given_in:
        yield from list_links_due(session, reading, until, refs)


def _case_work(session: Session, reading: Reading, heads: Mapping[str, LineHeader] | None) -> Iterator[TimedWork]:
    """List who has no worker, and who grows up; what is known of a few cases says of which it is to be asked."""
    unnamed = None if heads is None else {ref for ref, head in heads.items() if first_worker(head) is None}
    phoenix = None if heads is None else {ref for ref, head in heads.items() if head.programme == "PHOENIX"}
    if unnamed != set():
        for ref in cases_without_worker(reading, session.today(), unnamed):
            yield TimedWork(ref, worker_duty(ref, ()))
    if phoenix != set():
        yield from _transition_work(session, reading, phoenix)


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


def read_reviews(session: Session, reading: Reading, person_refs: Sequence[str] | None = None) -> PeoplesWork:
    """Read the retention reviews that are due, of all people or some, for those who may do them."""
    work: list[tuple[Group, TimedWork]] = []
    if person_refs != [] and may(session.role, Right.MANAGE_RETENTION):
        last = session.today() + LOOK_AHEAD
        for each in due_reviews.read_reviews(session, reading, last, person_refs, until=last + READ_AHEAD):
            turns = None if each.turns_on is None else DayTime(each.turns_on - LOOK_AHEAD)
            item = _review_item(session, each) if each.due.on <= last else None
            work.append(((Duty.RETENTION, each.person_ref), TimedWork(None, item, turns)))
    return PeoplesWork.of(work, session.today() + READ_AHEAD)


def _review_item(session: Session, review: DueReview) -> WorklistItem:
    waiting = review.proposed_disposal
    words = f"Retention review due. {review.due.reason}"
    if waiting is not None:
        mine = waiting.proposed_by == session.user
        ending = "waits for a second person" if mine else "waits for your answer"
        by = session.names.of(waiting.proposed_by)
        words = f"Disposal of this record, proposed by {by} as {waiting.disposal_ref}, {ending}."
    return WorklistItem(
        duty=Duty.RETENTION,
        description=words,
        due_on=review.due.on,
        name=review.name,
        ref=review.person_ref,
        is_own=waiting is not None and waiting.proposed_by != session.user,
    )


def _appointment_work(session: Session, appointment: Appointment) -> TimedWork:
    """List an appointment that is to come, or one past whose outcome is still to be recorded."""
    starts_at = appointment.starts_at
    if starts_at.on > session.today() + LOOK_AHEAD:
        return TimedWork(appointment.case_ref, None, DayTime(starts_at.on - LOOK_AHEAD))
    over_at = DayTime(starts_at.on + DAY) if starts_at.local_time is None else starts_at
    ahead = is_future(over_at, session.day_time())
    how = session.lists.of("contact_type").label(appointment.contact_type)
    worker = f", with {session.names.of(appointment.worker)}" if appointment.worker else ""
    words = f"{how}{worker}, {starts_at.words}"
    item = WorklistItem(
        duty=Duty.APPOINTMENT if ahead else Duty.OUTCOME,
        description=f"{words}." if ahead else f"{words}: no outcome is recorded.",
        due_on=starts_at.on,
        case_ref=appointment.case_ref,
        ref=appointment.appointment_ref,
        revision=appointment.revision,
        is_own=session.names.matches(appointment.worker, session.user),
    )
    return TimedWork(appointment.case_ref, item, over_at if ahead else None)


def _action_work(session: Session, action: OpenAction, today: date) -> TimedWork:
    """List an action with who does it, and what became of the day it was due at first."""
    if action.due_on > today + LOOK_AHEAD:
        return TimedWork(action.case_ref, None, DayTime(action.due_on - LOOK_AHEAD))
    told = (
        describe_action_owner(session, action.owner, action.agency),
        describe_action_moves(action.first_due_on, action.due_moves),
    )
    own = session.names.matches(action.owner, session.user) or action.owner == session.role
    item = WorklistItem(
        duty=Duty.ACTION,
        description=f"{session.names.in_text(action.text)} ({'; '.join(filter(None, told))})",
        due_on=action.due_on,
        case_ref=action.case_ref,
        ref=action.action_ref,
        revision=action.revision,
        is_own=own,
        is_given=not own and session.names.matches(action.given_by, session.user),
    )
    return TimedWork(action.case_ref, item, first_turn(today, action.done_on, action.cancelled_on))


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


def _transition_work(session: Session, reading: Reading, refs: Refs) -> Iterator[TimedWork]:
    """List who came as a child and turns 18, until a supervisor has confirmed what follows then."""
    today = session.today()
    for each in growing_up(reading, today, refs):
        by = None if each.proposed_on is None else session.names.of(each.proposed_by or "")
        owed = transition_duty(each.case_ref, each.born_on, each.referred_on, by, today)
        turns = first_turn(today, transition_begins_on(each.born_on), adult_on(each.born_on))
        yield TimedWork(each.case_ref, owed, turns)
