"""The audit: sealing, verification, anchors outside the database, and who looked at whom."""

import json
from collections.abc import Container, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from ioms_desktop.atomic_file import write_file
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.audit.chain import ChainCheck, ChainFault
from ioms_desktop.domain.audit.seals import ChainHead, Epoch, spoken_digits
from ioms_desktop.domain.errors import (
    FileExists,
    FileUnwritable,
    Missing,
    NothingToDo,
    Refused,
)
from ioms_desktop.services.audit.audit_anchors import (
    anchor_of,
    head_to_json,
    read_local_heads,
    save_local_head,
)
from ioms_desktop.services.audit.epochs import describe_epoch
from ioms_desktop.services.session import Session
from ioms_desktop.storage.audit import sealing
from ioms_desktop.storage.audit.audit import find_subject, refusal_log, viewing_log
from ioms_desktop.storage.audit.imported_audit import ImportedAuditProof, verify_imported_audits
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.records.read import Reading

NO_ENTRY = "the record of disposals, epochs or the version change"
"""Where a fault is that lies at no entry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """The result of verifying the audit.

    Attributes:
        ok: Whether every entry and every seal is as it was made, and every head kept elsewhere is in the chain.
        entries: How many entries were read.
        sealed: How many of them are sealed.
        head: The newest seal that is right; None before the first.
        anchored: Whether the chain contains the anchor given; None where none was.
        local_heads: How many heads that this workstation saw were looked for.
        broken_at: Where the first fault is: `seal 3, entry 57`; None where there is none.
        reason: What is wrong, or what was superseded by name, in a sentence; empty where there is nothing to say.
        epochs: The epochs after the first, each with its reason.
        disposals: The disposals that emptied entries, each with the two people, in words.
        imported_audits: The audits of files that were promoted or brought back, each proved as it was kept.
        held_up: Whose transactions keep the newest entries from being sealed, in a sentence; empty for nobody's.
    """

    ok: bool
    entries: int
    sealed: int
    head: ChainHead | None
    anchored: bool | None
    local_heads: int
    broken_at: str | None
    reason: str
    epochs: tuple[Epoch, ...]
    disposals: tuple[str, ...] = ()
    imported_audits: tuple[ImportedAuditProof, ...] = ()
    held_up: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a person or a case, or one disclosure about them; also one attempt that was refused.

    Attributes:
        at: When (UTC).
        who: The user.
        role: In what role.
        workstation: From where.
        kind: CONSULTATION, DISCLOSURE or COMBINATION; of an attempt, any kind.
        what: What was looked at: `cases PHX-1`.
        recipient: Who received it; empty for a look.
        reason: The reason given, as a code, in words, or both.
    """

    at: datetime
    who: str
    role: str
    workstation: str
    kind: str
    what: str
    recipient: str
    reason: str


def seal_audit(session: Session) -> ChainHead | None:
    """Seal the finished entries, and keep the newest head on this workstation.

    Returns:
        The head; None before the first seal.
    """
    with session.store.read() as reading:
        waiting = sealing.has_unsealed_entries(reading)
    if waiting:
        # No request: to seal twice does no harm, and each would leave a row.
        with session.store.begin(replace(session.command_context(), request=""), "seal") as tx:
            sealing.seal_now(tx)
    with session.store.read() as reading:
        head = sealing.chain_head(reading)
    if head is not None:
        save_local_head(head)
    return head


def try_seal_audit(session: Session) -> None:
    """Seal the audit if possible; a failure must not keep the user from working or from leaving."""
    with suppress(Refused):
        seal_audit(session)


def verify_audit(session: Session, anchor: Path | None = None, *, accepted_epochs: Container[int] = ()) -> VerifyReport:
    """Recompute every entry's hash and every seal, and look for every head kept outside the database.

    Args:
        anchor: The file that an earlier `write_anchor` wrote; without one, a trail whose end was cut off or that was
            rebuilt whole is found only where this workstation saw it before.
        accepted_epochs: The epochs of which the auditor knows that there was a restore: only these may supersede the
            anchor.

    Raises:
        NotAllowed: The user may not read the audit.
        Refused: The anchor cannot be read, or is another database's.
    """
    session.require(Right.READ_AUDIT)
    with session.store.read() as reading:
        number = database_id(reading)
        before = read_local_heads(number)
    kept = anchor_of(anchor, number) if anchor is not None else ()
    try_seal_audit(session)
    with session.store.read() as reading:
        reading.extend_timeouts()
        return build_report(reading, kept, before, accepted_epochs=accepted_epochs)


def find_audit_fault(reading: Reading) -> str:
    """Recompute every entry's hash and every seal of a database, without the heads kept elsewhere.

    Returns:
        Where and how it is broken, in a sentence; empty where it is whole.
    """
    reading.extend_timeouts()
    fault = sealing.verify_stored_audit(reading).fault
    place = f"at {fault.location}" if fault and fault.location else f"in {NO_ENTRY}"
    return f"The audit is broken {place}: {fault.reason}" if fault else ""


def build_report(
    reading: Reading,
    kept: tuple[ChainHead, ...],
    local_heads: tuple[ChainHead, ...] = (),
    *,
    accepted_epochs: Container[int] = (),
) -> VerifyReport:
    """Verify the audit as it stands.

    Args:
        reading: Where to read.
        kept: The heads of an anchor; none without one.
        local_heads: The heads that this workstation saw.
        accepted_epochs: As `verify_audit`.
    """
    epochs = sealing.epochs(reading)
    found = sealing.verify_stored_audit(reading, {head.n for head in (*kept, *local_heads)})
    anchor_mismatches = [_find_missing_head(head, found, epochs, "the anchor") for head in kept]
    local_mismatches = [_find_missing_head(head, found, epochs, "this workstation") for head in local_heads]
    mismatches = [each for each in (*anchor_mismatches, *local_mismatches) if each is not None]
    lost = next((each for each in mismatches if each.superseded_by is None), None)
    lost = lost or next((e for e in anchor_mismatches if e and e.number_superseding not in accepted_epochs), None)
    first_mismatch = lost or next(iter(mismatches), None)
    fault = found.fault
    kept_trails = tuple(verify_imported_audits(reading))
    wrong = next((each for each in kept_trails if each.reason and each.on_record), None)
    own = fault is None and lost is None
    if own and wrong is not None:
        fault = ChainFault(None, None, f"In the audit of {wrong.database_id}, kept by {wrong.kept_by}: {wrong.reason}")
    return VerifyReport(
        ok=own and wrong is None,
        entries=found.entries,
        sealed=found.sealed,
        head=_verified_head(reading, found),
        anchored=not any(anchor_mismatches) if kept else None,
        local_heads=len(local_heads),
        broken_at=(fault.location or (NO_ENTRY if not own else "a kept audit"))
        if fault
        else (f"seal {lost.head.n}" if lost else None),
        reason=fault.reason if fault else (first_mismatch.reason if first_mismatch else ""),
        epochs=tuple(epochs[1:]),
        disposals=found.disposals,
        imported_audits=kept_trails,
        held_up=sealing.sealing_held_up_by(reading) if found.sealed < found.entries else "",
    )


@dataclass(frozen=True, slots=True)
class _MissingHead:
    """A head that the chain does not contain, and the epoch that supersedes it by number."""

    head: ChainHead
    superseded_by: Epoch | None
    reason: str

    @property
    def number_superseding(self) -> int:
        """The number of the epoch that supersedes it; 0 where none does."""
        return self.superseded_by.number if self.superseded_by else 0


def _find_missing_head(head: ChainHead, found: ChainCheck, epochs: list[Epoch], holder: str) -> _MissingHead | None:
    there = found.hashes.get(head.n)
    if there == head.hash:
        return None
    epoch = next((epoch for epoch in epochs if epoch.supersedes(head, found.former_epochs)), None)
    if epoch is not None:
        words = describe_epoch(epoch, f"Seal {head.n}, which {holder} holds,")
    elif head.epoch > epochs[-1].number:
        words = (
            f"Seal {head.n}, which {holder} holds, is of epoch {head.epoch}, which this database does not know: it was "
            "restored elsewhere, and people worked in what was restored."
        )
    elif there is None:
        words = f"Seal {head.n}, which {holder} holds, is not there: the end of the audit was taken away."
    else:
        words = f"Seal {head.n} is another than {holder} holds: the audit was written anew."
    return _MissingHead(head, epoch, words)


def _verified_head(reading: Reading, found: ChainCheck) -> ChainHead | None:
    last = found.last
    if last is None:
        return None
    return ChainHead(
        database_id=database_id(reading),
        n=last.n,
        hash=last.hash,
        at=last.at,
        epoch=last.epoch,
        rows=found.sealed,
    )


def write_anchor(session: Session, path: Path) -> ChainHead:
    """Write the newest head to a file, to be kept where no administrator of the database can change it.

    Raises:
        NotAllowed: The user may not read the audit.
        Refused: There is nothing to anchor, or a file of that name.
    """
    session.require(Right.READ_AUDIT)
    head = seal_audit(session)
    if head is None:
        raise NothingToDo("The audit has no entries yet. Nothing was written; anchor it when work has begun.")
    heads = [{**head_to_json(head), "code": spoken_digits(head.hash)}]
    try:
        write_file(path, json.dumps({"heads": heads}, indent=2) + "\n", overwrite=False)
    except FileExistsError as error:
        raise FileExists(
            f"There is a file at {path} already, perhaps an older anchor. Nothing was written; name another."
        ) from error
    except OSError as error:
        raise FileUnwritable(
            f"No anchor can be written to {path}. Check that the folder exists and may be written."
        ) from error
    return head


def who_looked(session: Session, ref: str) -> list[Look]:
    """List who looked at a person or a case or received something about them, oldest first; the query is audited.

    Raises:
        NotAllowed: The user may not read the audit.
        Missing: The audit knows no such person or case.
    """
    session.require(Right.READ_AUDIT)
    with session.store.begin(session.command_context(reason_code="AUDIT"), "who_looked") as tx:
        subject = find_subject(tx, ref)
        if subject is None:
            raise Missing(f"The audit knows no person or case {ref}. Check the reference.")
        person, is_case = subject
        found = viewing_log(tx, person, ref if is_case else "")
        tx.log("CONSULTATION", object_type="audit", object_ref=ref, subject_ref=person)
    return _looks(found)


def list_refusals(session: Session, ref: str = "") -> list[Look]:
    """List the attempts that were refused, oldest first; the query is audited.

    Args:
        ref: Only those on this case, person or account; empty for all. A reference that nobody knows has none.

    Raises:
        NotAllowed: The user may not read the audit.
    """
    session.require(Right.READ_AUDIT)
    with session.store.begin(session.command_context(reason_code="AUDIT"), "list_refusals") as tx:
        found = refusal_log(tx, ref)
        tx.log("CONSULTATION", object_type="audit", object_ref=ref or "refusals", subject_ref=None)
    return _looks(found)


def _looks(found: Iterable[Any]) -> list[Look]:
    return [
        Look(
            at=row.at,
            who=row.actor,
            role=row.actor_role,
            workstation=row.workstation,
            kind=row.kind,
            what=f"{row.object_type} {row.object_ref}",
            recipient=row.recipient or "",
            reason=": ".join(part for part in (row.reason_code, row.reason_text) if part),
        )
        for row in found
    ]
