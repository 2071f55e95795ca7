"""Run a command the database may deny; log the attempt even if it is denied."""

from collections.abc import Callable
from dataclasses import replace

from ioms_desktop.domain.errors import NotAllowed
from ioms_desktop.services.change_feed import save_and_announce
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.transaction import CommandContext, Rollback, Transaction


def run_or_record_denial(
    session: Session,
    name: str,
    context: CommandContext,
    do: Callable[[Transaction], bool],
    outcome: Outcome | Callable[[], Outcome],
    refusal: str = "",
) -> Outcome:
    """Run a command once, in one transaction; a denial is committed to the audit before it is raised.

    A refusal is asked once more, without the number of the request: what undoes the request would take the entry of the
    refusal with it, and what was refused is not to look done. Where what is answered depends on what was done, the
    outcome is a function that is called afterwards.
    """
    answer = _run_once(session, name, context, do, outcome)
    if answer is not None:
        return answer
    with session.store.begin(replace(context, request=""), name) as tx:
        do(tx)
    if not refusal and isinstance(outcome, Outcome):
        refusal = f"You may not say this of case {outcome.ref}. Nothing was changed; ask a supervisor."
    raise NotAllowed(refusal)


def _run_once(
    session: Session,
    name: str,
    context: CommandContext,
    do: Callable[[Transaction], bool],
    outcome: Outcome | Callable[[], Outcome],
) -> Outcome | None:
    answer: Outcome | None = None
    with session.store.begin(context, name) as tx:
        if tx.earlier_answer is not None:
            return Outcome.from_dict(tx.earlier_answer)
        if not do(tx):
            raise Rollback
        answer = outcome if isinstance(outcome, Outcome) else outcome()
        tx.changed_case_refs.add(answer.ref)
        save_and_announce(session, tx, answer)
    return answer
