"""Whether a paper came from here: by the code at its foot, or by the bytes of a file.

What is said of a paper is said only to who may read its case. Others are told the same as of a code that nobody knows.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ioms_desktop.domain.access.roles import Right, Role
from ioms_desktop.domain.documents.file_types import FileType
from ioms_desktop.domain.errors import (
    CaseNotFound,
    FileNotFound,
    FileUnreadable,
    MalformedValue,
    Missing,
    Refused,
    WrongFile,
)
from ioms_desktop.domain.printing.papers import read_print_id
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.services.commands import get_visible_case
from ioms_desktop.services.documents.apart import FileProcess
from ioms_desktop.services.labels import format_instant
from ioms_desktop.services.printing.papers import PaperRow, PaperState, rows_of
from ioms_desktop.services.session import Session
from ioms_desktop.storage.printing.papers import cases_of_paper, papers_of_code
from ioms_desktop.storage.transaction import Transaction

MAX_PAPER_BYTES = 64 * 1024 * 1024
CODE_ON_PAGE = re.compile(r"\bP-[0-9A-F]{12}(?:-[0-9A-F]{2})?\b")
LOOKED_AT_WIDTH_PX = 8
"""A page is drawn as small as may be: of it only the words are wanted."""
NOT_KNOWN = (
    "No paper that you may read about was printed here under this code. That may mean that it does not come from here, "
    "or that its case is not yours to read: give the paper to a supervisor, who can ask again."
)
FILE_NOT_KNOWN = (
    "No paper that you may read about has left here with these bytes, and none is named in this file that could be "
    "compared. That may mean that it does not come from here, or that its case is not yours to read: ask a supervisor."
)
COMPARE = "A code can be copied onto another page: compare the page with what stands here."
SAME_BYTES = "The file is, to the byte, what left here."
OTHER_BYTES = (
    "The file carries the code of this paper, but its bytes are not those that left here: it was changed, encrypted "
    "or saved again since. Do not rely on it; print the case again."
)
STATE_SENTENCES = {
    PaperState.REPLACED: "It was replaced by a later copy for the same recipient: use that one.",
    PaperState.RECALLED: "It was recalled: what is on it is or may be in error, and it should not be here.",
    PaperState.TOLD: "Its recipient was told that what is on it may be in error: do not rely on it.",
    PaperState.NOT_PRINTED: (
        "It is on record that this copy was never made: the printout was incomplete, or the file could not be saved."
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperAnswer:
    """What is said of a paper.

    Attributes:
        papers: Its entries in the register: more than one where it is about several cases, or was printed again.
        is_same_file: Whether a file is to the byte what left; None where a code was asked for.
    """

    papers: tuple[PaperRow, ...]
    is_same_file: bool | None = None

    @property
    def is_genuine(self) -> bool:
        """Whether nothing speaks against it."""
        return self.is_same_file is not False and all(row.state is not PaperState.NOT_PRINTED for row in self.papers)

    @property
    def sentences(self) -> tuple[str, ...]:
        """What there is to say, the most important first."""
        about = {None: COMPARE, True: SAME_BYTES, False: OTHER_BYTES}[self.is_same_file]
        states = dict.fromkeys(_state_sentence(row) for row in self.papers if row.state in STATE_SENTENCES)
        return (*states, about) if self.is_same_file is not False else (about, *states)


def lines_of(row: PaperRow) -> tuple[str, ...]:
    """Return what the register has of a paper, a line each, as it is compared with the page."""
    power = f", under {row.power}" if row.power else ""
    return (
        f"{row.what}, copy {row.copy}, print {row.print_id}",
        f"Case {row.case_ref}" + (f", {row.name}" if row.name else ""),
        f"Printed {format_instant(row.at)} by {row.printed_by} on {row.workstation}",
        f"Recipient: {row.recipient}",
        f"Why: {row.reason}{power}",
        row.state_words,
    )


def check_code(session: Session, typed: str) -> PaperAnswer:
    """Say what was printed under a code; that it was asked for is on record.

    Raises:
        NotAllowed: The user may not read the register.
        MalformedValue: It is no code, or a digit of it is wrong.
        Missing: Nothing that this user may read about was printed under it.
    """
    session.require(Right.READ_PAPERS)
    code = read_print_id(typed)
    with session.store.begin(session.command_context(), "check_paper") as tx:
        rows = _readable(session, tx, code)
        if not rows:
            _log_unknown(tx, "paper", code)
    if not rows:
        raise Missing(NOT_KNOWN, field="code")
    return PaperAnswer(papers=tuple(rows))


def check_file(session: Session, path: Path) -> PaperAnswer:
    """Say whether a file is what left here; that it was asked for is on record.

    Raises:
        NotAllowed: The user may not read the register.
        FileRefused: The file cannot be read.
        Missing: Nothing that this user may read about left with these bytes, or is named in it.
    """
    session.require(Right.READ_PAPERS)
    content = _read(path)
    digest = sha256(content).hexdigest()
    codes = _codes_in(path.name, content)
    with session.store.begin(session.command_context(), "check_paper_file") as tx:
        same = _readable(session, tx, "", digest)
        if same:
            return PaperAnswer(papers=tuple(same), is_same_file=True)
        for code in codes:
            named = _readable(session, tx, code)
            if named:
                return PaperAnswer(papers=tuple(named), is_same_file=False)
        _log_unknown(tx, "paper_file", digest)
    raise Missing(FILE_NOT_KNOWN, field="path")


def _readable(session: Session, tx: Transaction, code: str, digest: str = "") -> list[PaperRow]:
    """Return the entries of a paper whose cases the user may read; that they looked is on record."""
    # On a server a paper can be read once its case is open; of one about several cases each is opened.
    refs = [ref for ref in cases_of_paper(tx, code, digest) if _may_read(session, tx, ref)]
    found = papers_of_code(tx, code, digest, of=refs)
    for entry in found:
        tx.log(
            "CONSULTATION",
            object_type=Case.table,
            object_ref=entry.case_ref,
            subject_ref=entry.person_ref,
            detail={"paper": entry.print_id},
        )
    return list(rows_of(session, tx, found))


def _log_unknown(tx: Transaction, what: str, asked: str) -> None:
    """Put on record that a paper was asked about of which the user was told nothing; of no case, whosever it is."""
    tx.log("CONSULTATION", object_type=what, object_ref=asked, subject_ref=None, detail={"found": False})


def _may_read(session: Session, tx: Transaction, case_ref: str) -> bool:
    if session.role is Role.AUDITOR:
        return True
    with suppress(CaseNotFound):
        get_visible_case(session, tx, case_ref)
        return True
    return False


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(MAX_PAPER_BYTES + 1)
    except FileNotFoundError as error:
        raise FileNotFound(f"There is no file {path}. Nothing was compared; choose it again.", field="path") from error
    except OSError as error:
        why = error.strerror or "the place does not give it"
        raise FileUnreadable(f"{path} cannot be read: {why}. Nothing was compared.", field="path") from error
    if len(content) > MAX_PAPER_BYTES:
        raise WrongFile(f"{path.name} is larger than any paper that leaves here. Nothing was compared.", field="path")
    return content


def _codes_in(name: str, content: bytes) -> Sequence[str]:
    """Return the codes on the first page of a PDF, which a process of its own reads; none where it cannot be read."""
    with suppress(Refused), FileProcess(name) as process:
        process.hold(FileType.PDF, content)
        words = process.page(0, LOOKED_AT_WIDTH_PX).text
        return tuple(dict.fromkeys(_known(each) for each in CODE_ON_PAGE.findall(words)))
    return ()


def _known(code: str) -> str:
    with suppress(MalformedValue):
        return read_print_id(code)
    return code


def _state_sentence(row: PaperRow) -> str:
    later = f" Its code is {row.replaced_by}." if row.replaced_by else ""
    return f"{STATE_SENTENCES[row.state]}{later}"
