"""Today: the user's outstanding work in order of urgency. It only lists; it decides and raises nothing."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

from ioms_desktop.domain.access.roles import Right, may, visible_programmes
from ioms_desktop.domain.dates.calendar import DAY, LONDON
from ioms_desktop.domain.duties.case_duties import LOOK_AHEAD, CaseDuty, Duty, take_out_answered
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.services.cases.owed.lines import OF_NO_CASE, Group, OrderedLines, OwedLines, ShownLines, Work
from ioms_desktop.services.cases.owed.people import (
    READ_AHEAD,
    PeoplesWork,
    proposal_item,
    read_reviews,
    read_work_of_people,
)
from ioms_desktop.services.cases.owed.unannounced import Unannounced, has_unannounced, read_unannounced
from ioms_desktop.services.cases.results import (
    RuleWork,
    cases_of_days_since,
    read_rule_work,
    read_rule_work_in,
    result_scope,
)
from ioms_desktop.services.retention.due_reviews import have_other_groups
from ioms_desktop.services.session import Session
from ioms_desktop.storage.queries.today import LineHeader, line_headers
from ioms_desktop.storage.records.read import Reading

FEW_APART, LEAST_SHARE = 200, 10
"""If more cases than these changed, and more than a tenth of all, everything is read again."""
WHOLE_EVERY = timedelta(minutes=10)
"""How long notices of changes are relied on before everything is read again, in case a change was not announced."""


@dataclass
class _Known:
    """What was read.

    Attributes:
        stands_for: By what it is, and in whose names; nothing where nothing was read.
        day: Of which day it is.
        whole_at: When everything was read.
        versions: Which result of each case is known.
        rules: What the rules find, by case, where there is something.
        people: What people gave themselves and each other; retention reviews are among the items.
        unannounced: What was known then of that of which no notice comes.
    """

    stands_for: tuple[object, ...] = ()
    day: date = date.max
    whole_at: datetime | None = None
    versions: dict[str, int] = field(default_factory=dict)
    rules: dict[str, Sequence[CaseDuty]] = field(default_factory=dict)
    people: PeoplesWork = field(default_factory=lambda: PeoplesWork({}, {}, {}))
    unannounced: Unannounced = field(default_factory=lambda: Unannounced({}, 0))


class OwedWork:
    """The work that is owed, remembered by case, so that reading it again costs what changed.

    Attributes:
        day: The day of the last reading: one list is of one day, also where midnight passes while it is read.
        due_at: When the list will have changed by the clock, or has to be read again in any event.
    """

    def __init__(
        self,
        session: Session,
        read_rules: Callable[..., RuleWork] = read_rule_work,
        read_some_rules: Callable[..., RuleWork] = read_rule_work_in,
    ) -> None:
        """Remember nothing yet.

        Args:
            session: Whose work.
            read_rules: What reads the work that the rules find, as `read_rule_work`.
            read_some_rules: What reads that of some cases, as `read_rule_work_in`.
        """
        self.day, self.due_at = session.today(), session.clock()
        self._session, self._read_rules, self._read_some_rules = session, read_rules, read_some_rules
        self._known, self._lines = _Known(), OrderedLines()
        self._shown = ShownLines(self.day, session.user, session.names)

    @property
    def known_cases(self) -> Collection[str]:
        """The cases that the user sees, as of the last reading."""
        return self._known.versions.keys()

    def begin_anew(self) -> None:
        """Forget everything, as after a fault, of which nobody can say how far it came."""
        self._known, self._lines = _Known(), self._lines.emptied()

    def read(self, progress: ProgressCallback = no_progress, changed: Collection[str] | None = None) -> OwedLines:
        """List the work that is due, the most urgent first; cases are evaluated only where no kept result stands.

        A line keeps its number as long as it is owed.

        Args:
            progress: Called with the number of cases evaluated and how many there are; may raise to stop the work.
            changed: The only cases of which anything changed since the last reading; None where any may have, and
                what is of no case. Now and then everything is read again all the same.

        Raises:
            NotAllowed: The user may not read cases.
        """
        session = self._session.at_one_instant()
        today, scope = session.today(), result_scope(session)
        stands_for = (scope.name, scope.policy_key, session.names.shown)
        is_told = changed is not None and self._known.stands_for == stands_for and self._is_relied_on(session)
        is_read = is_told and self._read_some(session, set(changed or ()), progress)
        if not is_read:
            self._read_whole(session, stands_for, progress)
        if not is_read or self._shown.day != today:
            self._shown = ShownLines(today, session.user, session.names)
        self.day, self.due_at = today, self._due_after(session.clock())
        return self._lines.as_of(self._shown)

    def _due_after(self, now: datetime) -> datetime:
        known, today = self._known, now.astimezone(LONDON).date()
        midnight = datetime.combine(today + DAY, time(), LONDON)
        times = (at.local_time for at in known.people.turns.values() if at.on == today)
        turns = (datetime.combine(today, at, LONDON) for at in times if at is not None)
        limit = (known.whole_at or now) + WHOLE_EVERY
        return min(limit, midnight, *turns, *known.unannounced.accesses.values())

    def _is_relied_on(self, session: Session) -> bool:
        """Whether what is known is relied on, but for what was told since: for some minutes, or on a new day.

        What a new day changes comes first even where everything is due to be read again, which then follows.
        """
        known, today = self._known, session.today()
        if known.whole_at is None:
            return False
        if known.day < today:
            ahead = known.whole_at.astimezone(LONDON).date() + READ_AHEAD
            return today <= ahead and not (
                may(session.role, Right.MANAGE_RETENTION)  # to all others, reviews are not shown
                and have_other_groups(session, known.day + LOOK_AHEAD, today + LOOK_AHEAD)
            )
        return known.day == today and timedelta() <= session.clock() - known.whole_at < WHOLE_EVERY

    def _read_some(self, session: Session, told: set[str], progress: ProgressCallback) -> bool:
        """Read again what is told to have changed, and what the clock changed; False where other things may have.

        Of a case whose day came, what people gave each other is as it was, unless it has a time of its own or the case
        closes.
        """
        known, today = self._known, session.today()
        turned = known.people.turned_by(session.day_time())
        given = {*told, *(group for group in turned if isinstance(group, str))}
        with session.store.read(facts_only=True) as reading:
            unannounced = read_unannounced(session, reading)
            if has_unannounced(session, reading, known.unannounced, unannounced):
                return False
            came = cases_of_days_since(session, reading, known.day) if known.day < today else set()
            refs = given | came
            if None in turned or len(refs) > max(FEW_APART, len(known.versions) // LEAST_SHARE):
                return False
            if not (refs or turned or known.day < today):
                return True
            heads = _read_headers(session, reading, refs)
            untold = (refs & known.versions.keys()) - told
            if not told <= heads.keys() or heads.keys() - told != untold:  # no longer the user's to see, or a new case
                return False
            work = self._read_some_rules(session, reading, known.versions, only=heads.keys(), progress=progress)
            closed = {ref for ref, head in heads.items() if known.day < (head.closed_on or date.min) <= today}
            people = read_work_of_people(session, reading, {ref: heads[ref] for ref in heads.keys() & (given | closed)})
            persons = {heads[ref].person_ref for ref in told}
            persons.update(group[1] for group in turned if isinstance(group, tuple))
            people.add(read_reviews(session, reading, sorted(persons)))
        reviews = {(Duty.RETENTION, ref) for ref in persons}
        known.unannounced = unannounced
        known.people.replace({*given, *closed, *reviews}, people)
        known.versions.update(work.versions)
        known.rules.update(work.duties)
        groups: set[Group] = {*heads, *reviews}
        self._take(session, {group: _owed_in(session, known, group) for group in groups}, heads)
        return True

    def _read_whole(self, session: Session, stands_for: tuple[object, ...], progress: ProgressCallback) -> None:
        """Read everything again; lines of which nothing changed stay as they are, also on a later day."""
        former, today = self._known, session.today()
        is_same = former.stands_for == stands_for and former.day <= today
        if not is_same:
            former = _Known(stands_for, today)
        known = replace(former)
        with session.store.read() as reading:  # before the rest: what changes meanwhile is found the next time
            known.unannounced = read_unannounced(session, reading)
        work = self._read_rules(session, former.versions, progress=progress)
        known.versions, known.rules = work.versions, {**former.rules, **work.duties}
        for ref in work.gone:
            known.rules.pop(ref, None)
        with session.store.read(facts_only=True) as reading:
            reading.extend_timeouts()
            known.people = read_work_of_people(session, reading)
            known.people.add(read_reviews(session, reading))
            groups = known.people.groups_beside(work.duties) | known.people.groups_unlike(former.people)
            groups |= {*work.gone, *(() if is_same else self._lines.groups)}
            owed = dict[Group, Sequence[Work]](work.duties.items())
            owed.update((group, _owed_in(session, known, group)) for group in groups)
            refs = {group for group, each in owed.items() if each and isinstance(group, str)}
            heads = _read_headers(session, reading, refs)
        known.whole_at = session.clock()
        self._known = known
        self._take(session, owed, heads)

    def _take(self, session: Session, owed: Mapping[Group, Sequence[Work]], heads: Mapping[str, LineHeader]) -> None:
        """Put what is owed in some groups of lines in place of what was."""
        known, anew = self._known, list[tuple[Group, Sequence[Work], LineHeader]]()
        for group, work in owed.items():
            header = heads.get(group) if isinstance(group, str) else OF_NO_CASE
            if work and header is None:
                known.versions.pop(str(group), None)  # kept from the user since: read again, in case it is not for long
            anew.append((group, (), OF_NO_CASE) if header is None else (group, work, header))
        self._lines.replace(anew, known.day, session.today())
        known.day = session.today()


def _owed_in(session: Session, known: _Known, group: Group) -> Sequence[Work]:
    """Return what is owed in a group of lines; the decisions that proposals answer are left out."""
    items, proposals = known.people.items.get(group, ()), known.people.proposals.get(group)
    rules = known.rules.get(group, ()) if isinstance(group, str) else ()
    if not proposals:
        return [*rules, *items] if items else rules
    today = session.today()
    rest, clocks = take_out_answered((each.item(str(group), today) for each in rules), proposals)
    open_ = {(each.duty, each.ref) for each in rest}
    answers = (proposal_item(session, each, clocks.get((each.case_ref, each.rule or ""))) for each in proposals)
    return [*(each for each in rules if (each.duty, each.ref) in open_), *answers, *items]


def _read_headers(session: Session, reading: Reading, refs: Collection[str]) -> dict[str, LineHeader]:
    """Read what stands beside the lines of some cases, without the cases that the user may not see."""
    programmes = visible_programmes(session.role)
    heads = line_headers(reading, refs)
    return {head.case_ref: head for head in heads if programmes is None or head.programme in programmes}
