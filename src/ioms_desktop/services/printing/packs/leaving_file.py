"""A paper about several cases leaves: in the register for each of them and in its place, or not at all."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from itertools import chain
from pathlib import Path

from ioms_desktop.domain.errors import Stale
from ioms_desktop.domain.printing.papers import PrintOfCase
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.services.printing.many_summaries import PrintedCase, name_taken, place_unwritable, write_copy
from ioms_desktop.services.printing.protection import protect_pdf
from ioms_desktop.services.printing.sharing_log import record_unfinished_prints
from ioms_desktop.services.printing.summaries import WantedSummary, act_of_print, as_it_leaves, open_for_print
from ioms_desktop.services.session import Session
from ioms_desktop.services.sharing.files_on_record import files_on_record
from ioms_desktop.storage.printing.as_read import time_of_reading
from ioms_desktop.storage.printing.papers import PaperEntry, register_paper

Told = Callable[[str], None]
"""Is told of each case that was read; what it raises stops the work."""
CHANGED = (
    "The record of a case was changed since the pages were shown. Nothing was printed; look at the new pages first."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnCopy:
    """A copy as it was drawn, with its entry in the register for each case that it is about."""

    pdf: bytes
    entries: tuple[PaperEntry, ...]

    @property
    def prints(self) -> tuple[PrintOfCase, ...]:
        """What the register has of it once it left."""
        return tuple(PrintOfCase(each.case.case_ref, each.print_id) for each in self.entries)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where copies go.

    Attributes:
        paths: A file for each copy, in order; none where the bytes are wanted alone, as for a printer.
        overwrite: Whether files that are there are replaced.
        passphrase: What opens the files, which are encrypted; empty for files that anybody can open.
        shown: The digest of the first copy that was looked at; empty where nobody looked.
    """

    paths: tuple[Path, ...] = ()
    overwrite: bool = False
    passphrase: str = ""
    shown: str = ""


def nobody_told(_case_ref: str) -> None:
    """Tell nobody how far the work is."""


def read_from_now(session: Session, wanted: WantedSummary) -> WantedSummary:
    """Say that the cases of a paper are read from now on: what is corrected before it leaves may be on it."""
    with session.store.read() as reading:
        return replace(wanted, read_at=time_of_reading(reading, session.clock))


def log_look(session: Session, wanted: WantedSummary, command: str, entries: Sequence[PaperEntry]) -> None:
    """Put on record that a copy was only looked at, for each case that it is about."""
    with session.store.begin(act_of_print(session, wanted), command) as tx:
        for entry in entries:
            tx.log(
                "CONSULTATION",
                object_type=Case.table,
                object_ref=entry.case.case_ref,
                subject_ref=entry.case.person_ref,
                detail=replace(entry, given_to=None, power="").detail(),
            )


def let_leave(
    session: Session, wanted: WantedSummary, command: str, copies: Sequence[DrawnCopy], places: Places
) -> PrintedCase:
    """Put copies on record for each of their cases, and then in place.

    Returns:
        What left, as what was printed of its first case and the others.

    Raises:
        Stale: They are not what was looked at.
        Refused: A case is not the user's to print, the register does not take it, or a file cannot be written.
    """
    if places.shown and sha256(copies[0].pdf).hexdigest() != places.shown:
        raise Stale(CHANGED)
    locked = bool(places.passphrase)
    pdfs = tuple(protect_pdf(each.pdf, places.passphrase) if locked else each.pdf for each in copies)
    refs = sorted({entry.case.case_ref for copy in copies for entry in copy.entries})
    prints = tuple(each.prints for each in copies)
    unmade = partial(record_unfinished_prints, session, [*chain(*prints)], reason_code=wanted.reason_code)
    try:
        with files_on_record(session, act_of_print(session, wanted), command, unmade) as (new, tx):
            # By reference, so that two who print the same cases in another order do not wait for each other.
            cases = {ref: open_for_print(session, tx, ref, wanted) for ref in refs}
            for copy, pdf in zip(copies, pdfs, strict=True):
                for entry in sorted(copy.entries, key=lambda each: each.case.case_ref):
                    case, digest = cases[entry.case.case_ref], sha256(pdf).hexdigest()
                    leaving = as_it_leaves(entry, wanted, is_protected=locked)
                    register_paper(tx, replace(leaving, case=case, digest=digest))
            for path, pdf in zip(places.paths, pdfs, strict=bool(places.paths)):
                write_copy(new, path, pdf, overwrite=places.overwrite)
    except FileExistsError as there:
        raise name_taken(there.filename or places.paths[0]) from there
    except OSError as failed:
        raise place_unwritable(places.paths, failed) from failed
    first, *others = (each.case_ref for each in prints[0])
    return PrintedCase(case_ref=first, others=tuple(others), pdfs=pdfs, prints=prints, paths=places.paths)
