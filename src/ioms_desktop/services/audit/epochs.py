"""A new epoch of the audit after a restore: opened by one in a file, by two administrators on a server."""

from collections.abc import Iterable
from pathlib import Path

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.audit.seals import ChainHead, Epoch, parse_heads
from ioms_desktop.domain.database_location import is_shared
from ioms_desktop.domain.errors import (
    Missing,
    MissingReason,
    NeedsAnotherPerson,
    WrongDatabaseKind,
)
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.services.audit.audit_anchors import anchor_of, read_local_heads
from ioms_desktop.services.session import Session
from ioms_desktop.storage.audit import sealing
from ioms_desktop.storage.audit.sealing import ProposedEpoch
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext

NOTHING_PROPOSED_MESSAGE = (
    "There is no restore waiting for a second administrator. Nothing was changed; record it with audit restored."
)


def record_restore(session: Session, reason: str, anchor: Path | None = None) -> str:
    """Record that the database was restored, and name the seals that were lost.

    In a file that opens a new epoch. On a server it is a proposal, which another administrator confirms.

    Args:
        anchor: An anchor whose seals were lost as well; those that this workstation saw are known.

    Returns:
        What was done, in one sentence.

    Raises:
        NotAllowed: The user is not an administrator.
        Refused: No reason is given, or the anchor cannot be read or is another database's.
    """
    session.require(Right.ADMINISTER)
    reason = reason.strip()
    if not reason:
        raise MissingReason("A restore needs a reason. Nothing was changed; say what happened.")
    with session.store.read() as reading:
        kept = anchor_of(anchor, database_id(reading)) if anchor is not None else ()
    context = session.command_context(reason_text=reason)
    if not is_shared(session.store.location):
        return open_epoch_in_file(session.store, context, kept)
    with session.store.read() as reading:
        lost = _find_lost_heads(reading, kept)
    with session.store.begin(context, "propose_epoch") as tx:
        sealing.propose_epoch(tx, reason, lost)
    return (
        f"Recorded, and not in force yet: {reason} {_describe_lost(lost)}".rstrip()
        + " Another administrator must now confirm it: run `audit restored` to see its number, then `--confirm N`."
        + " With one administrator only, appoint a second one, who confirms it."
    )


def get_proposed_restore(session: Session) -> ProposedEpoch:
    """Return the restore that waits for a second administrator.

    Raises:
        NotAllowed: The user is not an administrator.
        Missing: None does.
        WrongDatabaseKind: It is a local file.
    """
    session.require(Right.ADMINISTER)
    if not is_shared(session.store.location):
        raise WrongDatabaseKind(
            "In a local file nobody confirms a restore. Nothing was changed; the auditor accepts it when verifying."
        )
    with session.store.read() as reading:
        proposed = sealing.find_proposed_epoch(reading)
    if proposed is None:
        raise Missing(NOTHING_PROPOSED_MESSAGE)
    return proposed


def confirm_restore(session: Session, entry: int) -> str:
    """Confirm a restore that another administrator recorded, which opens a new epoch of the audit.

    Args:
        entry: The number of its entry in the audit, as `get_proposed_restore` gives it.

    Raises:
        NotAllowed: The user is not an administrator.
        Missing: This restore does not wait for confirmation.
        NeedsAnotherPerson: The user recorded it themselves.
    """
    proposed = get_proposed_restore(session)
    if proposed.entry != entry:
        raise Missing(NOTHING_PROPOSED_MESSAGE)
    if proposed.proposed_by == session.user:
        raise NeedsAnotherPerson(
            "You recorded this restore. Seals can only be declared lost by two administrators. Nothing was changed; "
            "another administrator confirms it; where there is none, appoint one."
        )
    with session.store.begin(session.command_context(reason_text=proposed.reason), "confirm_epoch") as tx:
        number = sealing.confirm_epoch(tx, entry)
    return (
        f"Epoch {number} of the audit is open: {proposed.reason} {_describe_lost(parse_heads(proposed.lost))}".strip()
    )


def withdraw_restore(session: Session, entry: int, reason: str) -> str:
    """Withdraw a restore that was recorded by mistake and waits for a second administrator.

    Args:
        entry: The number of its entry in the audit, as `get_proposed_restore` gives it.

    Raises:
        NotAllowed: The user is not an administrator.
        Missing: This restore does not wait for confirmation.
        MissingReason: It is not said why.
    """
    proposed = get_proposed_restore(session)
    reason = reason.strip()
    if not reason:
        raise MissingReason("Withdrawing a restore needs a reason. Nothing was changed; say why.")
    if proposed.entry != entry:
        raise Missing(NOTHING_PROPOSED_MESSAGE)
    with session.store.begin(session.command_context(reason_text=reason), "withdraw_epoch") as tx:
        sealing.withdraw_epoch(tx, entry, reason)
    return f"The restore was withdrawn and can no longer be confirmed: {proposed.reason}"


def open_epoch_in_file(store: Store, context: CommandContext, kept: Iterable[ChainHead] = ()) -> str:
    """Open an epoch in a restored file, with the reason given in the command context.

    Returns:
        What was done, in one sentence.
    """
    with store.read() as reading:
        lost = _find_lost_heads(reading, kept)
    with store.begin(context, "open_epoch") as tx:
        number = sealing.open_epoch_of_file(tx, context.reason_text, lost)
    return f"Epoch {number} of the audit is open: {context.reason_text} {_describe_lost(lost)}".strip()


def describe_epoch(epoch: Epoch, place: str) -> str:
    """Say that an epoch supersedes what is held somewhere, and who opened it."""
    return f"{place} was superseded by epoch {epoch.number}, opened by {epoch.people}: {epoch.reason}"


def _find_lost_heads(reading: Reading, kept: Iterable[ChainHead]) -> list[tuple[int, str]]:
    """The heads kept outside the database that are not in its chain."""
    number = database_id(reading)
    heads = {(each.n, each.hash) for each in (*read_local_heads(number), *kept) if each.database_id == number}
    return sorted(heads - sealing.seals_in_chain(reading, heads))


def _describe_lost(lost: Iterable[tuple[int, str]]) -> str:
    numbers = sorted({str(n) for n, _ in lost}, key=int)
    if not numbers:
        return ""
    return f"Superseded: seal{'s' if len(numbers) > 1 else ''} {join_words(numbers)}."
