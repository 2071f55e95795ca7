"""The one rule that keeps the history of workers and the columns of a case equal, at the end of every transaction.

Where a column was written, by an import or when a case is taken in, the former holder's time ends and the one named
begins. Where the history was written, by an assignment say, the column follows. A server checks the result itself.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import product
from typing import Any

from sqlalchemy import select

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import InvalidRecord
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.workers.case_workers import CASE_COLUMNS, CaseWorker, free_ref
from ioms_desktop.storage.records.bulk_read import StagedChange, batches, list_by_owners
from ioms_desktop.storage.schema.tables import users
from ioms_desktop.storage.settling.staged_changes import add_settled, save_staged
from ioms_desktop.storage.transaction import Transaction

Terms = dict[tuple[str, str], list[CaseWorker]]
"""Who held a role of a case, by both."""


def settle_workers(tx: Transaction) -> None:
    """Make column and history equal on every case of which this transaction wrote either.

    Raises:
        InvalidRecord: A role of a case would have two holders at once.
    """
    changes = tx.worker_changes
    touched = frozenset(changes.touched)  # without what is settled here, which is noted too
    logins = _logins(tx) if any(changes.named.values()) else {}
    for refs in batches(sorted(changes.cases)):  # of very many cases, all together would fill the memory
        terms: Terms = defaultdict(list)
        for each in list_by_owners(tx, CaseWorker, "case_ref", refs):
            terms[each.case_ref, each.worker_role].append(each)
        _refuse_two_holders(terms)
        _follow_columns(tx, refs, terms, logins)
        cases = list_by_owners(tx, Case, "case_ref", touched.intersection(refs))
        followed = (_follow_history(tx, case, terms) for case in sorted(cases, key=lambda each: each.case_ref))
        save_staged(tx, [each for each in followed if each is not None])


def _refuse_two_holders(terms: Terms) -> None:
    for (case_ref, _), held in terms.items():
        current = [each.worker for each in held if each.is_current]
        if len(current) > 1:
            raise InvalidRecord(
                f"Case {case_ref} would have {' and '.join(current)} in one role at once. Nothing was saved; give the "
                "former one the day it ended.",
                field="ended_on",
            )


def _follow_columns(tx: Transaction, refs: Iterable[str], terms: Terms, logins: dict[str, str]) -> None:
    """Let the history of some cases follow what their columns came to say."""
    changes, today = tx.worker_changes, tx.command.at.astimezone(LONDON).date()
    added: list[CaseWorker] = []
    ended: list[StagedChange] = []
    for case_ref, role in product(refs, CASE_COLUMNS):
        if (case_ref, role) not in changes.named:
            continue
        value = changes.named[case_ref, role]
        held = terms.get((case_ref, role), [])
        holder = next((each for each in held if each.is_current), None)
        if (None if holder is None else holder.worker) == value:
            continue
        if holder is not None:
            ended.append(StagedChange(holder, replace(holder, ended_on=max(today, holder.started_on or today))))
        if value is not None:
            began = None if case_ref in changes.created and not held else today
            added.append(_begun(case_ref, role, value, began, logins, held))
    save_staged(tx, ended)
    add_settled(tx, added)


def _begun(
    case_ref: str, role: str, worker: str, on: date | None, logins: dict[str, str], held: Sequence[CaseWorker]
) -> CaseWorker:
    return CaseWorker(
        case_worker_ref=free_ref(case_ref, role, held),
        case_ref=case_ref,
        worker_role=role,
        worker=worker,
        user_name=logins.get(worker.lower().strip()),
        started_on=on,
    )


def _logins(tx: Transaction) -> dict[str, str]:
    """Return the login of each user by login and by display name, in small letters."""
    found: dict[str, str] = {}
    for name, display_name in tx.connection.execute(select(users.c.name, users.c.display_name)):
        found |= {each.lower(): name for each in (display_name, name) if each}
    return found


def _follow_history(tx: Transaction, case: Case, terms: Terms) -> StagedChange | None:
    """Say how the columns of a case follow its history, but for what a column came to say in this transaction."""
    said: dict[str, Any] = {}
    for role, column in CASE_COLUMNS.items():
        if (case.case_ref, role) in tx.worker_changes.named:
            continue
        holder = next((each for each in terms.get((case.case_ref, role), ()) if each.is_current), None)
        value = None if holder is None else holder.worker
        if value != getattr(case, column):
            said[column] = value
    return StagedChange(case, replace(case, **said)) if said else None
