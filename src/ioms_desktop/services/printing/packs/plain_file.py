"""A paper about no case leaves: on record in the audit with the digest of its bytes and in its place, or not at all."""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.errors import FileNotFound, WrongFile
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.services.printing.many_summaries import name_taken, place_unwritable, write_copy
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.files_on_record import A_FILE, files_on_record, record_unmade_file
from ioms_desktop.storage.transaction import Transaction

Note = Callable[[Transaction, dict[str, Any]], None]
"""Puts what left on record, given what is known of the file."""


def plain_print_facts(session: Session, reason_code: str, marking: str) -> PrintFacts:
    """Return what a paper about no case says about itself."""
    return PrintFacts(
        marking=marking,
        printed_by=session.names.of(session.user),
        role=session.role,
        printed_at=session.clock().astimezone(LONDON),
        reason=session.lists.of("reason_code").label(reason_code),
    )


def check_paper_path(path: Path) -> None:
    """Refuse a place before anything is read.

    Raises:
        WrongFile: The name is not that of a PDF.
        FileNotFound: There is no such folder.
    """
    if path.suffix.lower() != ".pdf":
        raise WrongFile(
            f"{path.name} is not the name of a PDF. Nothing was printed; end the name in .pdf.", field="where"
        )
    if not path.parent.is_dir():
        raise FileNotFound(
            f"There is no folder {path.parent}. Nothing left the application; choose another place.", field="where"
        )


def let_file_leave(
    session: Session, command: str, path: Path, facts: object, note: Note, *, reason_code: str, overwrite: bool
) -> None:
    """Draw a paper, put it on record and in place.

    Raises:
        FileExists: There is such a file, and it is not to be replaced.
        FileUnwritable: The file cannot be written.
        NotInPlace: It was on record, and could not be put in place.
    """
    from ioms_desktop.reports.documents import document_pdf  # noqa: PLC0415 - slow to import: loads when first needed

    pdf = document_pdf(facts)
    act = session.command_context(reason_code=reason_code)
    unmade = partial(record_unmade_file, session, act, path.name)
    try:
        with files_on_record(session, act, command, unmade, told=A_FILE) as (new, tx):
            note(tx, {"file": path.name, "sha256": sha256(pdf).hexdigest()})
            write_copy(new, path, pdf, overwrite=overwrite)
    except FileExistsError as there:
        raise name_taken(there.filename or path) from there
    except OSError as failed:
        raise place_unwritable((path,), failed) from failed
