"""Today: the user's outstanding work in order of urgency. It only lists; it decides and raises nothing."""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from operator import itemgetter
from typing import NamedTuple

from ioms_desktop.domain.access.roles import Right, may, sees_programme
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.duties.case_duties import (
    LOOK_AHEAD,
    RELEASE_PLAN_REF,
    TRANSITION_OPEN_REF,
    TRANSITION_WAITS_REF,
    WITHOUT_WORKER_REF,
    CaseDuty,
    Duty,
    WorklistItem,
    take_out_answered,
    transition_duty,
    worker_duty,
)
from ioms_desktop.domain.intelligence import INTELLIGENCE_RULE
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.concerns_and_decisions import Proposal
from ioms_desktop.domain.search.search_terms import fold
from ioms_desktop.domain.text_format import format_day, format_name
from ioms_desktop.domain.validation.column_rules import is_future
from ioms_desktop.services.cases.results import RuleWork, read_rule_work, result_scope
from ioms_desktop.services.network.group_dues import list_groups_due
from ioms_desktop.services.network.link_dues import list_links_due
from ioms_desktop.services.recording.actions import describe_moves, describe_owner
from ioms_desktop.services.records.recalls import read_copies_to_recall
from ioms_desktop.services.retention import retention
from ioms_desktop.services.session import Session
from ioms_desktop.storage.queries.appointments import waiting_appointments
from ioms_desktop.storage.queries.today import (
    OpenAction,
    TodayCaseHeader,
    cases_without_worker,
    growing_up,
    open_actions,
    today_case_headers,
    waiting_proposals,
)
from ioms_desktop.storage.records.read import Reading

__all__ = [
    "LOOK_AHEAD",
    "RELEASE_PLAN_REF",
    "TRANSITION_OPEN_REF",
    "TRANSITION_WAITS_REF",
    "WITHOUT_WORKER_REF",
    "Duty",
    "WorklistItem",
    "describe_proposal",
    "list_owed_work",
]


class OwedWork:
    """The work that is owed, remembered by case, so that reading it again costs what changed.

    Attributes:
        day: The day of the last reading: one list is of one day, also where midnight passes while it is read.
    """

    def __init__(self, session: Session, read_rules: Callable[..., RuleWork] = read_rule_work) -> None:
        """Remember nothing yet.

        Args:
            session: Whose work.
            read_rules: What reads the work that the rules find, as `read_rule_work`.
        """
        self.day = session.today()
        self._session, self._read_rules = session, read_rules
        self._numbers: dict[tuple[Duty, str | None, str], int] = {}
        self._stands_for: tuple[object, ...] = ()
        self._versions: dict[str, int] = {}
        self._of_rules = _OrderedLines()

    def read(self, progress: ProgressCallback = no_progress) -> list[WorklistItem]:
        """List the work that is due, the most urgent first; cases are evaluated only where no kept result stands.

        A line keeps its number as long as it is owed.

        Args:
            progress: Called with the number of cases evaluated and how many there are; may raise to stop the work.

        Raises:
            NotAllowed: The user may not read cases.
        """
        session = self._session.at_one_instant()
        today = session.today()
        stands_for = (today, result_scope(session), session.names.shown)
        known = self._versions if self._stands_for == stands_for else {}
        work = self._read_rules(session, known, progress=progress)
        with session.store.read() as reading:
            proposals, of_people = _work_of_people(session, reading)
            answered = [each.case_ref for each in proposals]
            refs = (*(ref for ref, duties in work.duties.items() if duties), *(each.case_ref for each in of_people))
            shown = _shown_of(session, today_case_headers(reading, filter(None, (*refs, *answered))).values())
        versions = dict(work.versions)
        anew: dict[str, list[_Placed]] = {ref: [] for ref in work.gone}
        for ref, duties in work.duties.items():
            beside = shown.get(ref)
            anew[ref] = [] if beside is None else [self._placed_duty(today, ref, duty, beside) for duty in duties]
            if duties and ref not in shown:  # kept from the user since: read again, in case it is not for long
                versions.pop(ref, None)
        if not known:
            self._of_rules = _OrderedLines()
        self._of_rules.replace(anew)
        self.day, self._stands_for, self._versions = today, stands_for, versions
        rest, waiting = _with_proposals(session, self._of_rules, proposals)
        lines = [*rest, *sorted(self._placed(today, (*waiting, *of_people), shown), key=itemgetter(0))]
        lines.sort(key=itemgetter(0))  # two runs in order, which are only merged
        return [line for _, line in lines]

    def _placed(self, today: date, lines: Iterable[WorklistItem], shown: Mapping[str, "_Shown"]) -> list["_Placed"]:
        """Add number and person to each line, and leave out those of cases that are not shown."""
        placed = []
        for line in lines:
            beside = _OF_NO_CASE if line.case_ref is None else shown.get(line.case_ref)
            if beside is None:
                continue
            named = replace(
                line,
                id=self._number_of(line.duty, line.case_ref, line.ref),
                name=beside.name or line.name,
                programme=beside.programme,
                worker=beside.worker,
                is_own=line.is_own or beside.is_own,
            )
            placed.append(((*named.urgency(today), named.case_ref or ""), named))
        return placed

    def _placed_duty(self, today: date, ref: str, duty: CaseDuty, beside: "_Shown") -> "_Placed":
        """Make the line of a duty of the rules: most lines are one."""
        line = WorklistItem(
            id=self._number_of(duty.duty, ref, duty.ref),
            duty=duty.duty,
            description=duty.words.on(today),
            due_on=duty.due_on,
            case_ref=ref,
            name=beside.name,
            programme=beside.programme,
            worker=beside.worker,
            ref=duty.ref,
            is_own=beside.is_own,
        )
        return (*line.urgency(today, beside.name_key), ref), line

    def _number_of(self, duty: Duty, case_ref: str | None, ref: str) -> int:
        return self._numbers.setdefault((duty, case_ref, ref), len(self._numbers) + 1)


_Placed = tuple[tuple[int, int, date, str, str, str], WorklistItem]
"""A line with its place in the order."""
MOST_MOVED = 500
"""Of more lines that come and go, all are put in order again."""


class _OrderedLines:
    """The lines that the rules find, by case and in their order; a few that come and go leave the others in place."""

    def __init__(self) -> None:
        self._by_case: dict[str, list[_Placed]] = {}
        self._ordered: list[_Placed] = []

    def of(self, refs: Iterable[str]) -> list[_Placed]:
        """Return the lines of some cases."""
        return [line for ref in refs for line in self._by_case.get(ref, ())]

    def replace(self, anew: Mapping[str, list[_Placed]]) -> None:
        """Put other lines in place of those of some cases; none for a case that is gone."""
        former, coming = self.of(anew), [line for lines in anew.values() for line in lines]
        self._by_case.update(anew)
        if len(former) + len(coming) > MOST_MOVED:
            every = (line for lines in self._by_case.values() for line in lines)
            self._ordered = sorted(every, key=itemgetter(0))
            return
        self._ordered = self.without(former)
        for line in coming:
            insort(self._ordered, line, key=itemgetter(0))

    def without(self, left_out: Iterable[_Placed]) -> list[_Placed]:
        """Return the lines in order but for some of them."""
        rest = self._ordered.copy()
        for line in left_out:
            place = bisect_left(rest, line[0], key=itemgetter(0))
            while rest[place] is not line:
                place += 1
            del rest[place]
        return rest


def list_owed_work(session: Session, *, progress: ProgressCallback = no_progress) -> tuple[WorklistItem, ...]:
    """List the work that is due, the most urgent first, as `OwedWork` does, numbered from 1.

    Raises:
        NotAllowed: The user may not read cases.
    """
    return tuple(replace(line, id=number) for number, line in enumerate(OwedWork(session).read(progress), 1))


def _work_of_people(session: Session, reading: Reading) -> tuple[list[Proposal], list[WorklistItem]]:
    """List what people gave themselves and each other: the proposals, which answer decisions, and everything else."""
    today = session.today()
    proposals = _without_hidden_intelligence(session, waiting_proposals(reading))
    unmanned = (worker_duty(ref, ()) for ref in cases_without_worker(reading, today))
    return proposals, [
        *(_appointment_item(session, each) for each in waiting_appointments(reading, today + LOOK_AHEAD)),
        *(_action_item(session, each) for each in open_actions(reading, today, today + LOOK_AHEAD)),
        *(found for found in unmanned if found),
        *_recall_items(session, reading),
        *_transition_items(session, reading),
        *(
            WorklistItem(duty=Duty.GROUP, description=words, due_on=due, case_ref=ref, ref=said)
            for ref, due, words, said in list_groups_due(session, reading, LOOK_AHEAD)
        ),
        *list_links_due(session, reading, LOOK_AHEAD),
        *_retention_items(session, today),
    ]


def _without_hidden_intelligence(session: Session, proposals: Iterable[Proposal]) -> list[Proposal]:
    """Drop proposals on intelligence for roles that may not see any; a server's row policy drops them itself."""
    sees = may(session.role, Right.READ_INTELLIGENCE)
    return [proposal for proposal in proposals if sees or proposal.rule != INTELLIGENCE_RULE]


def _with_proposals(
    session: Session, of_rules: _OrderedLines, proposals: Sequence[Proposal]
) -> tuple[list[_Placed], list[WorklistItem]]:
    """Take out the decisions that proposals answer, and list those; the user's own wait for somebody else."""
    of_theirs = of_rules.of(sorted({each.case_ref for each in proposals}))
    left, clocks = take_out_answered((line for _, line in of_theirs), proposals)
    open_ids = {line.id for line in left}
    rest = of_rules.without(each for each in of_theirs if each[1].id not in open_ids)
    return rest, [_proposal_item(session, each, clocks.get((each.case_ref, each.rule or ""))) for each in proposals]


def _proposal_item(session: Session, proposal: Proposal, due_on: date | None) -> WorklistItem:
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


def _retention_items(session: Session, today: date) -> Iterator[WorklistItem]:
    """List retention reviews that are due, for those who may do them; the case named need not be open."""
    if not may(session.role, Right.MANAGE_RETENTION):
        return
    for each in retention.list_due_reviews(session, today + LOOK_AHEAD):
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
        description=f"{action.text} ({'; '.join(filter(None, told))})",
        due_on=action.due_on,
        case_ref=action.case_ref,
        ref=action.action_ref,
        revision=action.revision,
        is_own=own,
        is_given=not own and session.names.matches(action.given_by, session.user),
    )


def _recall_items(session: Session, reading: Reading) -> Iterator[WorklistItem]:
    """List the copies that went out with what is in error, for supervisors and whoever printed them."""
    if may(session.role, Right.PRINT):
        for copy in read_copies_to_recall(session, reading):
            yield WorklistItem(
                duty=Duty.RECALL,
                description=copy.describe(),
                due_on=copy.found_at.astimezone(LONDON).date(),
                case_ref=copy.case_ref,
                ref=copy.print_id,
                is_own=copy.printed_by == session.user,
            )


def _transition_items(session: Session, reading: Reading) -> Iterator[WorklistItem]:
    """List who came as a child and turns 18 soon, until a supervisor has confirmed what follows then."""
    today = session.today()
    for each in growing_up(reading, today):
        by = None if each.proposed_on is None else session.names.of(each.proposed_by or "")
        owed = transition_duty(each.case_ref, each.born_on, each.referred_on, by, today)
        if owed is not None:
            yield owed


class _Shown(NamedTuple):
    """What stands beside every line of a case.

    Attributes:
        is_own: Whether the user is named on the case.
    """

    name: str
    name_key: str
    programme: str
    worker: str | None
    is_own: bool


_OF_NO_CASE = _Shown("", "", "", None, is_own=False)


def _shown_of(session: Session, headers: Iterable[TodayCaseHeader]) -> dict[str, _Shown]:
    """Return what stands beside the lines of each case, without the cases that the user may not see."""
    is_mine = cache(lambda worker: session.names.matches(worker, session.user))  # few workers have many cases
    return {
        head.case_ref: _Shown(
            name=(name := format_name(head.family_name, head.given_names)),
            name_key=fold(name),
            programme=head.programme,
            worker=session.names.of(head.worker) or None,
            is_own=any(map(is_mine, (head.police_om, head.probation_practitioner, head.navigator))),
        )
        for head in headers
        if sees_programme(session.role, head.programme)
    }
