"""What is owed on each case by the rules: from kept results, evaluating only the cases of which none stands."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from ioms_desktop import __version__
from ioms_desktop.domain.access.roles import Right, may, visible_programmes
from ioms_desktop.domain.duties.case_duties import CaseDuty, find_case_duties
from ioms_desktop.domain.duties.kept_figures import figures_of_case
from ioms_desktop.domain.duties.next_change import next_change_on
from ioms_desktop.domain.duties.policy_key import is_of_newer_program, policy_key
from ioms_desktop.domain.duties.row_figures import row_figures
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.policy.case_facts import CaseFacts
from ioms_desktop.domain.policy.policy import Policies
from ioms_desktop.domain.policy.triggers import evaluate, visible_triggers
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Offence
from ioms_desktop.services.case_history import CASES_AT_ONCE, RULE_RECORD_TYPES, get_case_record, iter_case_histories
from ioms_desktop.services.every_case.histories import iter_histories
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.reference_data import load_rulebook
from ioms_desktop.storage.cases.case_records import read_case_content
from ioms_desktop.storage.cases.due_cases import list_due_cases
from ioms_desktop.storage.cases.results import (
    CaseResult,
    DueCase,
    ResultScope,
    keep_results,
    list_other_policy_keys,
    read_kept_duties,
    read_versions,
    sum_versions,
)
from ioms_desktop.storage.cases.standing_rows import list_failing, list_kept_since
from ioms_desktop.storage.queries.today import count_cases
from ioms_desktop.storage.records.cases_asked import CasesAsked
from ioms_desktop.storage.records.read import Reading

CASES_PER_TRANSACTION = 500
PROGRESS_EVERY_CASES = 50
NOT_READ_BACK = 0
"""Stands for the number of a result that was just worked out: it is read again, and then known by its number."""
MOST_LOOKED_AT = 5_000
"""If more cases than this may have changed, every one is looked at."""
MOST_READ_ALONE = 3
"""Up to this many cases, reading them one by one is faster."""
LEAST_SHARE_TO_STREAM = 5
"""Of more than a fifth of the book a server is asked for the whole book in one stream; of less, for some hundred cases
at once. A file streams as many cases as are asked for."""


class RuleWork(NamedTuple):
    """What the rules find owed on the cases of which it is not known yet, and which cases are no longer there.

    Attributes:
        duties: What is owed, by case; nothing where there is nothing.
        gone: Cases that were known and are not the user's to see any longer.
        versions: Which result of each case is known now, or of each that was looked at where only some were; to be
            given at the next reading.
    """

    duties: Mapping[str, Sequence[CaseDuty]]
    gone: frozenset[str]
    versions: dict[str, int]


def read_rule_work(
    session: Session,
    known: Mapping[str, int] | None = None,
    *,
    only: Collection[str] | None = None,
    progress: ProgressCallback = no_progress,
) -> RuleWork:
    """Read what the rules find owed, as of today, on the cases the user may see.

    All of it is read in one view of the database, and every case in it of which no result stands is evaluated there, so
    that it is what a full evaluation would give. Results are kept meanwhile, some hundred at a time, and what was
    stopped goes on where it was; a database that cannot be written only costs more time.

    Args:
        known: Which result of each case was read before, by the same policy, today or on a day before; those are left
            out.
        only: The few cases of which anything changed since then; None where that is to be found out.
        progress: Called with the number of cases evaluated and how many there are; may raise to stop the work.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    session = session.at_one_instant()
    with session.store.read(facts_only=True) as reading:
        return read_rule_work_in(session, reading, known, only=only, progress=progress)


def read_rule_work_in(
    session: Session,
    reading: Reading,
    known: Mapping[str, int] | None = None,
    *,
    only: Collection[str] | None = None,
    progress: ProgressCallback = no_progress,
) -> RuleWork:
    """Read the same in a reading of facts that is under way; the clock of the session stands still."""
    known, scope, programmes = known or {}, result_scope(session), visible_programmes(session.role)
    looked = _may_differ(reading, scope, programmes, known) if only is None else sorted(only)
    due = list_due_cases(reading, scope, programmes, refs=looked)
    duties: dict[str, Sequence[CaseDuty]] = {
        each.due.case_ref: each.duties for each in evaluate_due(session, reading, scope, due, progress)
    }
    standing = None if looked is None else [ref for ref in looked if ref not in duties]
    kept = {} if standing == [] else read_versions(reading, scope, programmes, standing)
    versions = {ref: version for ref, version in kept.items() if ref not in due}
    changed = [ref for ref, version in versions.items() if known.get(ref) != version]
    duties.update(read_kept_duties(reading, scope, changed))
    versions.update(dict.fromkeys(due.keys() & duties.keys(), NOT_READ_BACK))
    gone = frozenset(known if looked is None else known.keys() & looked) - versions.keys()
    if looked is not None and only is None:
        others = {ref: version for ref, version in known.items() if ref not in gone} if gone else known
        versions = {**others, **versions}
    return RuleWork(duties, gone, versions)


def cases_of_days_since(session: Session, reading: Reading, day: date) -> set[str]:
    """Name the cases of which by the passing of days another result than that of an earlier day may stand.

    They are those of which none stands, and those which somebody else has evaluated since.
    """
    scope = result_scope(session)
    return list_failing(reading, scope) | list_kept_since(reading, scope, day)


def _may_differ(
    reading: Reading, scope: ResultScope, programmes: frozenset[str] | None, known: Mapping[str, int]
) -> list[str] | None:
    """Name the few cases of which another result may stand than the known one; None where each has to be looked at."""
    looked = {ref for ref, version in known.items() if version == NOT_READ_BACK}
    if known and len(looked) <= MOST_LOOKED_AT:
        looked |= list_failing(reading, scope)
    if not known or len(looked) > MOST_LOOKED_AT:
        return None
    there = read_versions(reading, scope, programmes, sorted(looked))
    others = [version for ref, version in known.items() if ref not in looked]
    expected = (len(there) + len(others), sum(there.values()) + sum(others))
    return sorted(looked) if sum_versions(reading, scope, programmes) == expected else None


def result_scope(session: Session) -> ResultScope:
    """Return whose results the user reads and keeps, and what must hold of one that stands."""
    name = "ALL" if may(session.role, Right.READ_INTELLIGENCE) else "WITHOUT_INTELLIGENCE"
    return ResultScope(name, policy_key(session.policy_timeline, __version__), session.today())


def evaluate_due(
    session: Session,
    reading: Reading,
    scope: ResultScope,
    due: Mapping[str, DueCase],
    progress: ProgressCallback = no_progress,
) -> Iterator[CaseResult]:
    """Evaluate the cases of which no result stands, and keep what is found: the last of it once the reading has ended.

    Args:
        session: Whose results; its clock stands still.
        reading: Where it was read which cases are due.
        scope: The same as there.
        due: The cases.
        progress: Called with the number of cases evaluated and how many there are; may raise to stop the work.
    """
    if not due:
        return
    keeper = _Keeper(session, scope, keeps=_may_keep(session, reading, scope))
    policies = session.policy_timeline
    for number, history in enumerate(_histories(session, reading, due)):
        if number % PROGRESS_EVERY_CASES == 0:
            progress(number, len(due))
        result = work_out(session, policies, scope.today, due[history[-1].case_ref], history)
        keeper.add(result)
        yield result
    reading.afterwards.append(keeper.finish)


def _may_keep(session: Session, reading: Reading, scope: ResultScope) -> bool:
    """Whether the user's results may take the place of those by another policy or program.

    Whoever signed in before the policy or a list changed, or has an older program, evaluates for themselves: otherwise
    each of two who differ would have the other work out everything again.
    """
    others = list_other_policy_keys(reading, scope)
    if not others:
        return True
    book = load_rulebook(reading)
    present = replace(session, lists=book.lists, policies=book.policies)
    newest = result_scope(present).policy_key == scope.policy_key
    return newest and not any(is_of_newer_program(key, __version__) for key in others)


def _histories(session: Session, reading: Reading, due: Mapping[str, DueCase]) -> Iterator[Sequence[CaseFacts]]:
    """Read the histories of the cases that are due: one by one, some at once, or in one stream."""
    policies = session.policy_timeline
    if len(due) <= MOST_READ_ALONE:
        found = (reading.find(Case, ref) for ref in due)
        return (_history_alone(reading, case, policies) for case in found if case is not None)
    if reading.is_local or len(due) > max(CASES_AT_ONCE, count_cases(reading) // LEAST_SHARE_TO_STREAM):
        return iter_histories(reading, policies, CasesAsked(only=due))
    return iter_case_histories(reading, list(due), None, policies)


def _history_alone(reading: Reading, case: Case, policies: Policies) -> Sequence[CaseFacts]:
    content = read_case_content(reading, case, RULE_RECORD_TYPES)
    records = {**content.records, Offence: ()}  # which lists do not read
    return get_case_record(reading, case, policies=policies, records=records, corrected=content.corrected).history


def work_out(
    session: Session, policies: Policies, today: date, due: DueCase, history: Sequence[CaseFacts]
) -> CaseResult:
    """Return what the rules find on a case, from what the user may read of it."""
    case = history[-1]
    found = evaluate(policies, history, today)
    shown = visible_triggers(session.role, found, history)
    return CaseResult(
        due,
        next_change_on(policies, history, today, found),
        tuple(find_case_duties(policies, case, shown, today)),
        shown,
        # Measures say no more than numbers: they count what may be read, whether or not it may be shown.
        figures_of_case(policies, case, found, today),
        row_figures(policies, case, today),
    )


class _Keeper:
    """Keeps results in portions while further cases are evaluated, as far as the database can be written."""

    def __init__(self, session: Session, scope: ResultScope, *, keeps: bool) -> None:
        self._session, self._scope, self._keeps = session, scope, keeps
        self._waiting: list[CaseResult] = []

    def add(self, result: CaseResult) -> None:
        """Keep a result, at once or with the next ones."""
        self._waiting.append(result)
        if len(self._waiting) >= CASES_PER_TRANSACTION:
            self.finish()

    def finish(self) -> None:
        """Keep what is waiting. A result that is not kept is worked out again by whoever reads next."""
        portion, self._waiting = self._waiting, []
        if not portion or not self._keeps:
            return
        try:
            with self._session.store.begin(replace(self._session.command_context(), request="")) as tx:
                keep_results(tx, self._scope, portion)
        except Refused:  # a copy that can only be read, or a file that somebody else is writing
            self._keeps = False
