"""Exporting the audit for an auditor who checks it without this program, with the checker beside it."""

from functools import partial
from hashlib import sha256
from pathlib import Path

from ioms_desktop.atomic_file import NewFiles
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.errors import FileExists, FileNotFound, FileUnwritable
from ioms_desktop.paths import resource
from ioms_desktop.services.audit.audit import try_seal_audit
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.files_on_record import put_on_record, record_unmade_file
from ioms_desktop.storage.audit.audit_export import audit_lines
from ioms_desktop.storage.records.read import Reading

AUDIT_REASON = "AUDIT"
AUDIT_FILE = "audit.jsonl"
CHECKER = resource("audit", "check_audit.py")
"""One file of Python's standard library, which shares no code with the program."""


def export_audit(session: Session, folder: Path) -> int:
    """Write the whole audit and its checker into a folder; that it left is on record.

    It has what an auditor reads in the program, and nothing of what records held.

    Returns:
        How many lines were written.

    Raises:
        NotAllowed: The user may not read the audit.
        FileNotFound: There is no such folder.
        FileExists: An export lies there already.
        FileUnwritable: The folder cannot be written.
        NotInPlace: The files were on record, and could not be put in place.
    """
    session.require(Right.READ_AUDIT)
    if not folder.is_dir():
        raise FileNotFound(f"There is no folder {folder}. Nothing was exported; choose another place.")
    try_seal_audit(session)
    act = session.command_context(reason_code=AUDIT_REASON)
    try:
        with NewFiles() as new:
            with session.store.read() as reading:
                lines, digest = _write_lines(reading, new.add(folder / AUDIT_FILE, overwrite=False))
            new.write(folder / CHECKER.name, CHECKER.read_bytes(), overwrite=False)
            new.make_ready()
            unmade = partial(record_unmade_file, session, act, AUDIT_FILE)
            with put_on_record(session, new, act, "export_audit", unmade) as tx:
                tx.log(
                    "DISCLOSURE",
                    object_type="audit",
                    object_ref="export",
                    subject_ref=None,
                    recipient=f"carried by {session.names.of(session.user)}",
                    detail={"file": AUDIT_FILE, "lines": lines, "sha256": digest},
                )
    except FileExistsError as there:
        raise FileExists(
            f"{there.filename or folder} is already there. Nothing was exported; choose an empty folder."
        ) from there
    except OSError as failed:
        raise FileUnwritable(
            f"{folder} cannot be written: {failed.strerror or 'the place does not take it'}. Nothing was exported; "
            "choose another place."
        ) from failed
    return lines


def _write_lines(reading: Reading, part: Path) -> tuple[int, str]:
    reading.extend_timeouts()
    written, digest = 0, sha256()
    with part.open("wb") as file:
        for line in audit_lines(reading):
            octets = line.encode()
            file.write(octets)
            digest.update(octets)
            written += 1
    return written, digest.hexdigest()
