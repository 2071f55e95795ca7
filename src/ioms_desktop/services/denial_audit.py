"""Run a command the database may deny; log the attempt even if it is denied."""

from collections.abc import Callable
from dataclasses import replace

from ioms_desktop.domain.errors import NotAllowed
from ioms_desktop.services.change_feed import notify_others
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.transaction import CommandContext, Rollback, Transaction


def run_or_record_denial(
    session: Session,
    name: str,
    context: CommandContext,
    do: Callable[[Transaction], bool],
    outcome: Outcome,
    refusal: str = "",
) -> Outcome:
    """Run a command once, in one transaction; a denial is committed to the audit before it is raised.

    A refusal is asked once more, without the number of the request: what undoes the request would take the entry of the
    refusal with it, and what was refused is not to look done.
    """
    answer = _run_once(session, name, context, do, outcome)
    if answer is not None:
        return answer
    with session.store.begin(replace(context, request=""), name) as tx:
        do(tx)
    raise NotAllowed(refusal or f"You may not say this of case {outcome.ref}. Nothing was changed; ask a supervisor.")


def _run_once(
    session: Session, name: str, context: CommandContext, do: Callable[[Transaction], bool], outcome: Outcome
) -> Outcome | None:
    done = False
    with session.store.begin(context, name) as tx:
        if tx.earlier_answer is not None:
            return Outcome.from_dict(tx.earlier_answer)
        if not do(tx):
            raise Rollback
        tx.changed_case_refs.add(outcome.ref)
        tx.save_answer(outcome.to_dict())
        notify_others(session, tx, outcome.changed)
        done = True
    return outcome if done else None
