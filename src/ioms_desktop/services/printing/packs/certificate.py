"""The certificate of a disposal as a paper: printed again from its number, and on record each time that it leaves."""

from datetime import date
from pathlib import Path
from typing import Any

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.printing.packs.certificates import NO_NAMES_MARKING, DisposalCertificate
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.retention import Disposal, removed_records
from ioms_desktop.domain.text_format import capitalise
from ioms_desktop.services.printing.packs.plain_file import check_paper_path, let_file_leave, plain_print_facts
from ioms_desktop.services.retention.retention import REVIEW_REASON_CODE, get_certificate
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.retention import disposals
from ioms_desktop.storage.transaction import Transaction

OBJECT = "disposal"


def list_certificates(session: Session) -> list[Disposal]:
    """List the disposals that were carried out, the latest first.

    Raises:
        NotAllowed: The user may not review records.
    """
    session.require(Right.MANAGE_RETENTION)
    with session.store.read() as reading:
        return disposals.list_done_disposals(reading)


def print_certificate(session: Session, disposal_ref: str, path: Path, *, overwrite: bool = False) -> Outcome:
    """Print the certificate of a disposal into a file.

    Raises:
        NotAllowed: The user may not review records.
        Missing: Nothing was disposed of under this number.
        FileRefused: The file cannot be written.
    """
    facts = certificate_facts(session, disposal_ref)
    check_paper_path(path)

    def note(tx: Transaction, known: dict[str, Any]) -> None:
        whom = f"carried by {facts.about.printed_by}"
        detail = {"certificate": disposal_ref, **known}
        tx.log("DISCLOSURE", object_type=OBJECT, object_ref=disposal_ref, subject_ref=None, recipient=whom,
               detail=detail)  # fmt: skip

    let_file_leave(session, "print_certificate", path, facts, note, reason_code=REVIEW_REASON_CODE, overwrite=overwrite)
    return Outcome(notice=f"Certificate saved as {path}, and put on record.", changed=frozenset(), ref=disposal_ref)


def certificate_facts(session: Session, disposal_ref: str) -> DisposalCertificate:
    """Return what the certificate is drawn from.

    Raises:
        NotAllowed: The user may not review records.
        Missing: Nothing was disposed of under this number.
    """
    told = get_certificate(session, disposal_ref)
    removed = ((_kind(name), count) for name, count in removed_records(told["removed"]).items())
    return DisposalCertificate(
        about=plain_print_facts(session, REVIEW_REASON_CODE, NO_NAMES_MARKING),
        number=str(told["certificate"]),
        disposed_on=date.fromisoformat(told["disposed_on"]),
        authority=str(told["authority"]),
        reason=str(told["reason"]),
        proposed_by=session.names.of(told["proposed_by"]),
        authorised_by=session.names.of(told["authorised_by"]),
        removed=tuple(sorted(removed)),
        emptied=int(told["audit_entries_emptied"]),
        tasks=tuple(told["tasks_to_redact"]),
        copies=tuple(told["copies"]),
    )


def _kind(table: str) -> str:
    """Return the kind of record that a table holds, in words."""
    known = RECORD_TYPE_BY_TABLE.get(table)
    return known.label if known is not None else capitalise(table.replace("_", " "))
