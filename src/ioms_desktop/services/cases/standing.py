"""Readers of kept results besides Today: alerts, measures of the quarter, rows of the caseload, and who checks them.

Each reads in one view of the database, in which every case without a standing result is evaluated first, so that it
says what a full evaluation of that view would say.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from ioms_desktop.domain.access.roles import Right, visible_programmes
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.duties.case_duties import CaseDuty
from ioms_desktop.domain.duties.kept_alerts import UnreadableResultError
from ioms_desktop.domain.duties.kept_figures import add_figures, tally_of_quarter
from ioms_desktop.domain.duties.row_figures import RowFigures
from ioms_desktop.domain.policy.measures import Tally
from ioms_desktop.domain.policy.triggers import OPEN, Trigger
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.services.cases.results import evaluate_due, result_scope, work_out
from ioms_desktop.services.cases.rule_runs import count_measures, list_triggers
from ioms_desktop.services.every_case.histories import iter_histories
from ioms_desktop.services.session import Session
from ioms_desktop.storage.cases.due_cases import list_due_cases
from ioms_desktop.storage.cases.results import (
    CaseResult,
    DueCase,
    ResultScope,
    read_kept_alerts,
    read_kept_duties,
    read_kept_figures,
    read_kept_rows,
    results_kept_by,
)
from ioms_desktop.storage.cases.standing_rows import read_standing_rows
from ioms_desktop.storage.records.cases_asked import CasesAsked
from ioms_desktop.storage.records.read import Reading


def list_alerts(
    session: Session,
    as_of: date,
    *,
    programme: str | None = None,
    only_open: bool = False,
    known_at: datetime | None = None,
) -> list[Trigger]:
    """List all triggers as of a day, by case and by day raised; those of today by kept results.

    Args:
        as_of: Only events dated on or before this day count.
        programme: One programme only; None for both.
        only_open: Leave out what is decided or withdrawn.
        known_at: Only what had been recorded by then; None for all.

    Raises:
        NotAllowed: The user may not read cases.
    """
    session.require(Right.READ_CASES)
    session = session.at_one_instant()
    if known_at is not None or as_of != session.today():
        return list_triggers(session, as_of, programme=programme, only_open=only_open, known_at=known_at)
    scope, programmes = result_scope(session), visible_programmes(session.role)
    if programme is not None:
        programmes = frozenset({programme}) if programmes is None else programmes & {programme}
    with session.store.read(facts_only=True) as reading:
        due = list_due_cases(reading, scope, programmes)
        found: dict[str, Iterable[Trigger]] = {
            each.due.case_ref: each.alerts for each in evaluate_due(session, reading, scope, due)
        }
        kept, wrong = read_kept_alerts(reading, scope, programmes)
        rules = {policy.version: policy.rules for policy in session.policies}
        wrong |= {
            each.case_ref for of in kept.values() for each in of if each.rule not in rules.get(each.policy_version, ())
        }
        found |= {ref: alerts for ref, alerts in kept.items() if ref not in due}
        found |= {each.due.case_ref: each.alerts for each in _anew(session, reading, scope, wrong - due.keys())}
    return [each for ref in sorted(found) for each in found[ref] if each.status == OPEN or not only_open]


def count_period(
    session: Session, first: date, last: date, as_of: date | None = None, *, progress: ProgressCallback = no_progress
) -> Tally:
    """Count the measures of a period as `count_measures` does; of the quarter up to today by kept results.

    Args:
        session: Who counts.
        first: The first day.
        last: The last day, included.
        as_of: Only events dated on or before this day count; None for the last one.
        progress: Called with the number of cases read and the most there can be; may raise to stop the work.

    Raises:
        NotAllowed: The user may not count from the record; an analyst reads what is published.
    """
    session.require(Right.COUNT_MEASURES)
    session = session.at_one_instant()
    today = session.today()
    if (first, last, as_of or last) != (Quarter.containing(today).first, today, today):
        return count_measures(session, first, last, as_of, progress=progress)
    scope, counted = result_scope(session), tally_of_quarter(today)
    with session.store.read(facts_only=True) as reading:
        due = list_due_cases(reading, scope, None, since=first)
        wrong = set[str]()
        for ref, figures in read_kept_figures(reading, scope):
            if ref in due:
                continue
            try:
                add_figures(counted, figures or "")
            except UnreadableResultError:
                wrong.add(ref)
        for results in (evaluate_due(session, reading, scope, due, progress), _anew(session, reading, scope, wrong)):
            for each in results:
                add_figures(counted, each.figures or "")
    return counted


def read_rows(session: Session, reading: Reading, refs: Sequence[str]) -> dict[str, RowFigures]:
    """Return what the caseload shows of some hundred cases besides their headers, as of today.

    Args:
        session: Who asks; its clock stands still.
        reading: Where the headers were read; of facts only.
        refs: The cases, which the user sees.
    """
    scope = result_scope(session)
    found, due = read_standing_rows(reading, scope, refs)
    for each in evaluate_due(session, reading, scope, due):
        if each.row is not None:
            found[each.due.case_ref] = each.row
    return found


def _anew(session: Session, reading: Reading, scope: ResultScope, refs: Iterable[str]) -> Iterable[CaseResult]:
    """Evaluate the cases whose results make no sense; those stay, so that `check` says who worked them out."""
    return evaluate_due(session, reading, scope, {ref: DueCase(ref, 0, ()) for ref in sorted(refs)})


def find_wrong_results(session: Session) -> dict[str, str]:
    """Name the cases of which something else is kept than the rules find, with who worked it out.

    Whoever keeps the database asks; of a result that no longer stands nothing is asked.
    """
    session = session.at_one_instant()
    scope, today, policies = result_scope(session), session.today(), session.policy_timeline
    with session.store.read(facts_only=True) as reading:
        due = list_due_cases(reading, scope, None, since=Quarter.containing(today).first)
        kept_by = results_kept_by(reading, scope)
        duties = read_kept_duties(reading, scope, sorted(kept_by.keys() - due.keys()))
        alerts, _ = read_kept_alerts(reading, scope, None)
        figures, rows = dict(read_kept_figures(reading, scope)), read_kept_rows(reading, scope)

        def differs(ref: str, found: CaseResult) -> bool:
            kept = (tuple(alerts.get(ref, ())), figures[ref], rows.get(ref), _sentences(duties[ref], today))
            return kept != (found.alerts, found.figures, found.row, _sentences(found.duties, today))

        return {
            ref: kept_by[ref]
            for history in iter_histories(reading, policies, CasesAsked(only=duties))
            if differs(ref := history[-1].case_ref, work_out(session, policies, today, DueCase(ref, 0, ()), history))
        }


def _sentences(duties: Iterable[CaseDuty], today: date) -> list[tuple[object, ...]]:
    return [(each.duty, each.words_on(today), each.due_on, each.ref) for each in duties]
