"""What the rules found on each case, kept until a fact changes, its day comes, or the policy is another.

The database marks a case in the transaction that changes a fact of it. A result is kept with the marks that were seen
when its facts were read, and takes those away: what changed since has marks of its own. It is not kept where somebody
else kept one since, which may rest on newer facts.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cache
from json import dumps
from secrets import randbelow
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)

from ioms_desktop.domain.duties.case_duties import CaseDuty, Duty
from ioms_desktop.domain.duties.kept_alerts import UnreadableResultError, read_trigger, write_trigger
from ioms_desktop.domain.duties.row_figures import RowFigures
from ioms_desktop.domain.policy.triggers import Trigger
from ioms_desktop.storage.cases.file_rows import read_rows, write_differences
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.case_results import (
    case_alert,
    case_duty,
    case_result,
    known_case_alert,
    known_case_duty,
    known_case_result,
)
from ioms_desktop.storage.schema.plain_text import ask_file, write_driver_rows
from ioms_desktop.storage.schema.tables import cases
from ioms_desktop.storage.transaction import Transaction

REFS_PER_QUERY = 500
MOST_VERSION = 2**31 - 1
MOST_PARTS = 4
KNOWN_CASES = "SELECT case_ref FROM cases WHERE case_ref IN (SELECT value FROM json_each(?))"
TAKE_MARK = "DELETE FROM case_mark WHERE case_ref = ? AND scope = ? AND number = ?"
KEEP_ON_SERVER = text("SELECT keep_case_results(:scope, CAST(:given AS json))")


class ResultScope(NamedTuple):
    """Whose results they are, and what must hold of one that still stands.

    Attributes:
        name: Whether intelligence is in them, as the database names it.
        policy_key: The policy and the program that they rest on.
        today: The day on which they are shown.
    """

    name: str
    policy_key: str
    today: date


class DueCase(NamedTuple):
    """A case whose result does not stand, as it was when its facts were read.

    Attributes:
        version: The number of the result that is kept; 0 where there is none.
        marks: The changes that the result is to take in.
    """

    case_ref: str
    version: int
    marks: tuple[int, ...]


class CaseResult(NamedTuple):
    """What the rules find on a case, and the first day on which that may differ by itself.

    Attributes:
        figures: What it adds to the measures, as `figures_of_case` writes it; None where nobody worked that out.
        row: What the caseload shows of it.
    """

    due: DueCase
    next_change_on: date | None
    duties: tuple[CaseDuty, ...]
    alerts: tuple[Trigger, ...] = ()
    figures: str | None = None
    row: RowFigures | None = None


def list_other_policy_keys(reading: Reading, scope: ResultScope) -> set[str]:
    """List the keys of the other policies and programs by which kept results were worked out.

    Nearly always there are none, and the index says so: only where there are is every result looked through.
    """
    given = {"scope": scope.name, "key": scope.policy_key}
    ask = ask_file if reading.is_local else Connection.execute
    if not any(key for row in ask(reading.connection, _other_keys_query(), given) for key in row):
        return set()
    query = select(known_case_result.c.policy_key).where(known_case_result.c.scope == scope.name).distinct()
    return set(reading.connection.scalars(query)) - {scope.policy_key}


@cache
def _other_keys_query() -> Select[Any]:
    key, own = known_case_result.c.policy_key, bindparam("key", type_=Text())
    mine = known_case_result.c.scope == bindparam("scope", type_=Text())
    return select(*(select(key).where(mine, side).limit(1).scalar_subquery() for side in (key < own, key > own)))


def read_versions(
    reading: Reading, scope: ResultScope, programmes: Collection[str] | None, refs: Sequence[str] | None = None
) -> dict[str, int]:
    """Return the number of the result of each case of some programmes: only those that differ are read again.

    Args:
        reading: Where to read.
        scope: Whose results.
        programmes: The programmes the user sees; None for all.
        refs: Only some thousand cases; None for all.
    """
    kept = known_case_result
    query = select(kept.c.case_ref, kept.c.version).where(kept.c.scope == scope.name, *_of(programmes, kept))
    if refs is not None:
        query = query.where(kept.c.case_ref.in_(refs))
    return {ref: version for rows in _in_parts(reading, query) for ref, version in rows}


def sum_versions(reading: Reading, scope: ResultScope, programmes: Collection[str] | None) -> tuple[int, int]:
    """Count the results of some programmes and add up their numbers: where both are as before, so is every result.

    A result that was kept since has another number at random, and one that is gone, or kept from the user, is missing.
    """
    kept = known_case_result
    query = select(func.count(), func.coalesce(func.sum(kept.c.version), 0))
    # What was thrown away keeps its number, and no policy.
    standing = query.where(kept.c.scope == scope.name, kept.c.policy_key == scope.policy_key)
    number, total = reading.connection.execute(standing.where(*_of(programmes, kept))).one()
    return int(number), int(total)


def _of(programmes: Collection[str] | None, kept: Table) -> tuple[ColumnElement[bool], ...]:
    if programmes is None:
        return ()
    return (kept.c.case_ref.in_(select(cases.c.case_ref).where(cases.c.programme.in_(sorted(programmes)))),)


def read_kept_duties(reading: Reading, scope: ResultScope, refs: Sequence[str]) -> dict[str, list[CaseDuty]]:
    """Read what is owed on some cases by their results, whether or not those still stand; each case has its entry."""
    if not refs:
        return {}
    kept = known_case_duty
    columns = (kept.c[name] for name in ("case_ref", "duty", "words", "counted_from", "due_on", "ref"))
    query = select(*columns).where(kept.c.scope == scope.name).order_by(kept.c.case_ref, kept.c.scope, kept.c.place)
    # Of many, all are read in one go.
    parts = [refs[begin : begin + REFS_PER_QUERY] for begin in range(0, len(refs), REFS_PER_QUERY)]
    queries = [query.where(kept.c.case_ref.in_(part)) for part in parts] if len(parts) <= MOST_PARTS else [query]
    found: dict[str, list[CaseDuty]] = {ref: [] for ref in refs}
    for each in queries:
        for rows in _in_parts(reading, each):
            for ref, duty, words, counted_from, due_on, about in rows:
                if ref in found:
                    found[ref].append(CaseDuty(_DUTIES[duty], words, counted_from, due_on, about))
    return found


def _in_parts(reading: Reading, query: Select[Any]) -> Iterator[Sequence[Any]]:
    """Return the rows some thousand at a time: one by one, they take SQLAlchemy half as long as the file takes."""
    return reading.connection.execute(query).partitions(_ROWS_AT_ONCE)


_ROWS_AT_ONCE = 2_000
_DUTIES = {each.value: each for each in Duty}


def read_kept_alerts(
    reading: Reading, scope: ResultScope, programmes: Collection[str] | None
) -> tuple[dict[str, list[Trigger]], set[str]]:
    """Read the triggers of each case by its result, whether or not it stands, and name the cases that cannot be read.

    A server cannot check what is written there: what makes no sense is worked out anew.
    """
    kept = known_case_alert
    query = select(kept.c.case_ref, kept.c.said).where(kept.c.scope == scope.name, *_of(programmes, kept))
    found: defaultdict[str, list[Trigger]] = defaultdict(list)
    wrong: set[str] = set()
    for ref, said in reading.connection.execute(query.order_by(kept.c.case_ref, kept.c.place)):
        try:
            found[ref].append(read_trigger(ref, said))
        except UnreadableResultError:
            wrong.add(ref)
    return found, wrong


def read_kept_figures(reading: Reading, scope: ResultScope) -> Iterator[tuple[str, str | None]]:
    """Read what each case adds to the measures by its result, whether or not it stands, in order of the references."""
    kept = known_case_result
    query = select(kept.c.case_ref, kept.c.figures).where(kept.c.scope == scope.name).order_by(kept.c.case_ref)
    yield from ((ref, figures) for ref, figures in reading.connection.execute(query))


def read_kept_rows(reading: Reading, scope: ResultScope) -> dict[str, RowFigures]:
    """Read what the caseload shows of each case by its result, whether or not it stands."""
    kept = known_case_result
    query = select(kept.c.case_ref, *(kept.c[name] for name in RowFigures._fields))
    query = query.where(kept.c.scope == scope.name, kept.c.step.is_not(None), kept.c.in_custody.is_not(None))
    return {ref: RowFigures._make(row) for ref, *row in reading.connection.execute(query)}


def results_kept_by(reading: Reading, scope: ResultScope) -> dict[str, str]:
    """Return who worked out the result of each case, as whoever keeps the database."""
    query = select(case_result.c.case_ref, case_result.c.computed_by).where(case_result.c.scope == scope.name)
    return dict(iter(reading.connection.execute(query)))


def forget_results(tx: Transaction) -> int:
    """Throw every result away, as whoever keeps the database; return how many there were."""
    for table in (case_duty, case_alert):
        tx.connection.execute(delete(table))
    # Their numbers stay: somebody who is evaluating a case as it was must not take the place of who kept it since.
    return tx.connection.execute(update(case_result).values(policy_key="")).rowcount


def keep_results(tx: Transaction, scope: ResultScope, results: Sequence[CaseResult]) -> int:
    """Keep results that were worked out as of the day of their scope; return how many were.

    Raises:
        NotAllowed: A server refuses them: the user may not read all of what they rest on.
    """
    if tx.connection.dialect.name == "postgresql":
        given = dumps([_as_json(scope, each) for each in results], default=date.isoformat)
        return int(tx.connection.scalar(KEEP_ON_SERVER, {"scope": scope.name, "given": given}) or 0)
    return _keep_in_file(tx, scope, results)


def _keep_in_file(tx: Transaction, scope: ResultScope, results: Sequence[CaseResult]) -> int:
    refs = dumps([each.due.case_ref for each in results])
    there = read_rows(tx.connection, case_result, scope.name, refs)
    version = case_result.columns.keys().index("version")
    versions = {ref: row[version] for (ref, _), row in there.items()}
    if not all(each.due.case_ref in versions for each in results):
        known = tx.connection.exec_driver_sql(KNOWN_CASES, (refs,)).scalars()
        versions = dict.fromkeys(known, 0) | versions
    kept = [each for each in results if versions.get(each.due.case_ref) == each.due.version]
    if not kept:
        return 0
    kept_refs = dumps([each.due.case_ref for each in kept])
    write_differences(
        tx.connection,
        case_result,
        {key: there[key] for each in kept if (key := (each.due.case_ref, scope.name)) in there},
        [_result_row(tx, scope, each) for each in kept],
    )
    for table, values in ((case_duty, _duties_of), (case_alert, _alerts_of)):
        former = read_rows(tx.connection, table, scope.name, kept_refs)
        rows = [{"case_ref": r.due.case_ref, "scope": scope.name, **each} for r in kept for each in values(r)]
        write_differences(tx.connection, table, former, rows)
    marks = [(each.due.case_ref, scope.name, number) for each in kept for number in each.due.marks]
    write_driver_rows(tx.connection, TAKE_MARK, marks)
    return len(kept)


def _result_row(tx: Transaction, scope: ResultScope, result: CaseResult) -> dict[str, Any]:
    return {
        "case_ref": result.due.case_ref,
        "scope": scope.name,
        "version": 1 + randbelow(MOST_VERSION),
        "as_of": scope.today,
        "next_change_on": result.next_change_on,
        "policy_key": scope.policy_key,
        "computed_by": tx.command.user,
        "computed_at": tx.command.at,
        **_shown_values(result),
    }


def _shown_values(result: CaseResult) -> dict[str, Any]:
    row = dict.fromkeys(RowFigures._fields) if result.row is None else result.row._asdict()
    return {"figures": result.figures, **row}


def _duties_of(result: CaseResult) -> list[dict[str, Any]]:
    return [
        {
            "place": place,
            "duty": each.duty.value,
            "ref": each.ref,
            "due_on": each.due_on,
            "words": each.words,
            "counted_from": each.counted_from,
        }
        for place, each in enumerate(result.duties, 1)
    ]


def _alerts_of(result: CaseResult) -> list[dict[str, Any]]:
    return [
        {"place": place, "status": each.status, "said": write_trigger(each)}
        for place, each in enumerate(result.alerts, 1)
    ]


def _as_json(scope: ResultScope, result: CaseResult) -> dict[str, Any]:
    return {
        "case_ref": result.due.case_ref,
        "version": result.due.version,
        "as_of": scope.today,
        "next_change_on": result.next_change_on,
        "policy_key": scope.policy_key,
        "marks": list(result.due.marks),
        "duties": _duties_of(result),
        "alerts": _alerts_of(result),
        **_shown_values(result),
    }
