"""Today: the user's outstanding work in order of urgency. It only lists; it decides and raises nothing."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache

from ioms_desktop.domain.access.roles import Right, may, sees_programme
from ioms_desktop.domain.dates.calendar import DAY, LONDON
from ioms_desktop.domain.duties.case_duties import LOOK_AHEAD, CaseDuty, Duty, take_out_answered
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.text_format import format_name
from ioms_desktop.services.cases.owed.lines import OF_NO_CASE, Beside, Group, OrderedLines, OwedLines, Work
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
from ioms_desktop.storage.queries.today import LineHeader, first_worker, line_headers

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
    rules: dict[str, tuple[CaseDuty, ...]] = field(default_factory=dict)
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
        self._known = _Known()
        self._lines = OrderedLines()

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
        if not is_told or not self._read_some(session, set(changed or ()), progress):
            self._read_whole(session, stands_for, progress)
        self.day, self.due_at = today, self._due_after(session.clock())
        return self._lines.as_of(self.day)

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
            heads = {head.case_ref: head for head in line_headers(reading, refs)}
            shown = _beside(session, heads.values())
            untold = (refs & known.versions.keys()) - told
            if not told <= shown.keys() or shown.keys() - told != untold:  # no longer the user's to see, or a new case
                return False
            work = self._read_some_rules(session, reading, known.versions, only=shown.keys(), progress=progress)
            closed = {ref for ref in shown if known.day < (heads[ref].closed_on or date.min) <= today}
            people = read_work_of_people(session, reading, {ref: heads[ref] for ref in given | closed})
            persons = {shown[ref].person_ref for ref in told}
            persons.update(group[1] for group in turned if isinstance(group, tuple))
            people.add(read_reviews(session, reading, sorted(persons)))
        reviews = {(Duty.RETENTION, ref) for ref in persons}
        known.unannounced = unannounced
        known.people.replace({*given, *closed, *reviews}, people)
        known.versions.update(work.versions)
        self._take(session, work._replace(versions=known.versions), shown, {*shown, *reviews})
        return True

    def _read_whole(self, session: Session, stands_for: tuple[object, ...], progress: ProgressCallback) -> None:
        """Read everything again; lines of which nothing changed stay as they are, also on a later day."""
        today = session.today()
        is_same = self._known.stands_for == stands_for and self._known.day <= today
        known = self._known if is_same else _Known(stands_for, today)
        with session.store.read() as reading:  # before the rest: what changes meanwhile is found the next time
            unannounced = read_unannounced(session, reading)
        work = self._read_rules(session, known.versions, progress=progress)
        with session.store.read(facts_only=True) as reading:
            reading.extend_timeouts()
            people = read_work_of_people(session, reading)
            people.add(read_reviews(session, reading))
            groups: set[Group] = {*work.duties, *work.gone, *(() if is_same else self._lines.groups)}
            for mine, theirs in ((known.people.items, people.items), (known.people.proposals, people.proposals)):
                groups |= {group for group in mine.keys() | theirs.keys() if mine.get(group) != theirs.get(group)}
            owed = {
                group
                for group in groups
                if isinstance(group, str)
                and (
                    work.duties.get(group, known.rules.get(group)) or group in people.items or group in people.proposals
                )
            }
            shown = _beside(session, line_headers(reading, owed))
        known.people, known.whole_at = people, session.clock()
        known.unannounced = unannounced
        self._known = known
        self._take(session, work, shown, groups)

    def _take(self, session: Session, work: RuleWork, shown: Mapping[str, Beside], groups: Iterable[Group]) -> None:
        """Put what was read of some groups of lines in place of what was known of them."""
        known = self._known
        known.versions = work.versions
        for ref, duties in work.duties.items():
            if duties:
                known.rules[ref] = duties
            else:
                known.rules.pop(ref, None)
        for ref in work.gone:
            known.rules.pop(ref, None)
        anew: dict[Group, tuple[list[Work], Beside]] = {}
        for group in groups:
            owed = _owed_in(session, known, group)
            beside = shown.get(group) if isinstance(group, str) else OF_NO_CASE
            if owed and beside is None and isinstance(group, str):
                known.versions.pop(group, None)  # kept from the user since: read again, in case it is not for long
            anew[group] = ([], OF_NO_CASE) if beside is None else (owed, beside)
        self._lines.replace(anew, known.day, session.today())
        known.day = session.today()


def _owed_in(session: Session, known: _Known, group: Group) -> list[Work]:
    """Return what is owed in a group of lines; the decisions that proposals answer are left out."""
    items, proposals = known.people.items.get(group, ()), known.people.proposals.get(group)
    rules = known.rules.get(group, ()) if isinstance(group, str) else ()
    if not proposals:
        return [*rules, *items]
    today = session.today()
    rest, clocks = take_out_answered((each.item(str(group), today) for each in rules), proposals)
    open_ = {(each.duty, each.ref) for each in rest}
    answers = (proposal_item(session, each, clocks.get((each.case_ref, each.rule or ""))) for each in proposals)
    return [*(each for each in rules if (each.duty, each.ref) in open_), *answers, *items]


def _beside(session: Session, headers: Iterable[LineHeader]) -> dict[str, Beside]:
    """Return what stands beside the lines of each case, without the cases that the user may not see."""
    is_mine = cache(lambda worker: session.names.matches(worker, session.user))  # few workers have many cases
    name_of = cache(session.names.of)
    return {
        head.case_ref: Beside(
            head.person_ref,
            format_name(head.family_name, head.given_names),
            head.name_key,
            head.programme,
            name_of(first_worker(head)) or None,
            is_mine(head.police_om) or is_mine(head.probation_practitioner) or is_mine(head.navigator),
        )
        for head in headers
        if sees_programme(session.role, head.programme)
    }
