"""Today: the user's outstanding work in order of urgency. It only lists; it decides and raises nothing."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache

from ioms_desktop.domain.access.roles import sees_programme
from ioms_desktop.domain.dates.calendar import DAY, LONDON
from ioms_desktop.domain.duties.case_duties import CaseDuty, Duty, take_out_answered
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.text_format import format_name
from ioms_desktop.domain.validation.column_rules import is_future
from ioms_desktop.services.cases.owed.lines import OF_NO_CASE, Beside, Group, OrderedLines, OwedLines, Work
from ioms_desktop.services.cases.owed.people import (
    PeoplesWork,
    proposal_item,
    read_work_of_people,
    review_items,
)
from ioms_desktop.services.cases.owed.unannounced import Unannounced, has_unannounced, read_unannounced
from ioms_desktop.services.cases.results import RuleWork, read_rule_work, read_rule_work_in, result_scope
from ioms_desktop.services.session import Session
from ioms_desktop.storage.queries.today import LineHeader, first_worker, line_headers
from ioms_desktop.storage.records.read import Reading

MOST_CASES_APART = 200
"""If more cases than this changed, everything is read again."""
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
        is_same = self._known.stands_for == stands_for and self._known.day == today
        some = self._apart(session, changed) if is_same and changed is not None else None
        if some is None or not self._read_some(session, some, progress):
            self._read_whole(session, stands_for, progress)
        self.day, self.due_at = today, self._due_after(session.clock())
        return self._lines.as_of(self.day)

    def _due_after(self, now: datetime) -> datetime:
        known = self._known
        midnight = datetime.combine(now.astimezone(LONDON).date() + DAY, time(), LONDON)
        turns = (datetime.combine(at.on, at.local_time or time(), LONDON) for at in known.people.turns.values())
        limit = (known.whole_at or now) + WHOLE_EVERY
        return min(limit, midnight, *turns, *known.unannounced.accesses.values())

    def _apart(self, session: Session, changed: Collection[str]) -> set[str] | None:
        """Name the few cases that have to be read again, those whose appointment is over among them; None for all."""
        known, now = self._known, session.day_time()
        if known.whole_at is None or not timedelta() <= session.clock() - known.whole_at < WHOLE_EVERY:
            return None
        some = {*changed, *(ref for ref, at in known.people.turns.items() if not is_future(at, now))}
        return some if len(some) <= MOST_CASES_APART else None

    def _read_some(self, session: Session, some: set[str], progress: ProgressCallback) -> bool:
        """Read some cases again; False where one of them is not the user's to see any longer, or others may differ."""
        known = self._known
        with session.store.read(facts_only=True) as reading:
            unannounced = read_unannounced(session, reading)
            if has_unannounced(session, reading, known.unannounced, unannounced):
                return False
            if not some:
                return True
            work = self._read_some_rules(session, reading, known.versions, only=some, progress=progress)
            heads = {head.case_ref: head for head in line_headers(reading, some)}
            shown = _beside(session, heads.values())
            if not shown.keys() >= some:
                return False
            people = read_work_of_people(session, reading, heads)
            persons = sorted({each.person_ref for each in shown.values()})
            _add_reviews(session, reading, people, persons)
        groups: set[Group] = {*some, *((Duty.RETENTION, ref) for ref in persons)}
        known.unannounced = unannounced
        known.people.replace(groups, people)
        known.versions.update(work.versions)
        self._take(session, work._replace(versions=known.versions), shown, groups)
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
            _add_reviews(session, reading, people)
            groups: set[Group] = {*work.duties, *work.gone}
            groups.update(self._lines.moved_between(known.day, today) if is_same else self._lines.groups)
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
        known.people, known.day, known.whole_at = people, today, session.clock()
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
        self._lines.replace(anew, session.today())


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


def _add_reviews(
    session: Session, reading: Reading, people: PeoplesWork, person_refs: Sequence[str] | None = None
) -> None:
    """Add the retention reviews that are due, of all people or of some."""
    for item in review_items(session, reading, person_refs):
        people.items[Duty.RETENTION, item.ref] = [item]


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
