"""Documents of a case or its person: adding one, looking at one, and saving a copy of one, each on record."""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from secrets import token_hex

from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.documents.file_types import (
    FILE_FIELD,
    MAX_CASE_BYTES,
    MAX_FILE_BYTES,
    MIB,
    TYPE_BY_ENDING,
    FileType,
)
from ioms_desktop.domain.errors import (
    FileExists,
    FileNotFound,
    FileUnreadable,
    FileUnwritable,
    Missing,
    MissingReason,
    OutOfRange,
    WrongFile,
)
from ioms_desktop.domain.file_names import readable_file_name
from ioms_desktop.domain.printing.papers import Recipient, make_print_id
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.documents.document import NO_ROOM, POLICE_ONLY, Document
from ioms_desktop.services.case_access import refuse_under_break_glass
from ioms_desktop.services.commands import DEFAULT_REASON_CODE, clean_entry, get_visible_case, run_command
from ioms_desktop.services.documents.apart import FileProcess
from ioms_desktop.services.documents.of_person import list_person_documents
from ioms_desktop.services.reason_codes import refuse_training_reason, refuse_unknown_reason
from ioms_desktop.services.recording.records import AddRecord, add_in_command
from ioms_desktop.services.records.copy_entries import DOCUMENT_DETAIL
from ioms_desktop.services.records.readable import may_read
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.services.sharing.files_on_record import files_on_record
from ioms_desktop.services.sharing.leaving import Leaving, check_leaving
from ioms_desktop.storage.documents.content import (
    NOT_HERE,
    add_content,
    bytes_of_case,
    content_digest,
    new_key,
    read_content,
)
from ioms_desktop.storage.printing.papers import PaperEntry, register_paper
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.transaction import Transaction

NOT_THERE = "This document is no longer there for you. Nothing was opened; reload the case."
NOT_TAKEN = (
    "The content of this document was not taken along in this offline copy. Nothing was opened; open it in the main "
    "database."
)
CHECKING = "Checking what the file contains"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenFile:
    """A file as it was read from where somebody chose it.

    Attributes:
        name: Its name, without a folder and without what is hidden in it.
        content: All of it.
    """

    name: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddDocument:
    """A document to be added.

    Attributes:
        file: The file.
        handling: Who may read it, as a code.
        belongs_to: `OF_PERSON` for a document about the person, shown on all their cases; None for one of this case.
    """

    request: str
    case_ref: str
    file: ChosenFile
    title: str
    kind: str
    dated_on: date
    handling: str
    source: str | None = None
    scanned_by: str | None = None
    belongs_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedDocument:
    """A document that was opened, on record.

    Attributes:
        document: Its description.
        content: The file.
    """

    document: Document
    content: bytes = field(repr=False)

    @property
    def file_type(self) -> FileType:
        """Which kind of file it is."""
        return FileType(self.document.file_type)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveDocumentCopy:
    """A copy of a document to be written to a file of its own, outside of this program.

    Attributes:
        path: Where to; its ending is that of the kind of file.
        reason: Why, as a reason code.
        reason_text: Why, in words.
        given_to: Who receives it; None where who saves it keeps it.
        power: The power under which it is given, as a code.
        overwrite: Whether a file that is there is replaced.
    """

    case_ref: str
    document_ref: str
    path: Path
    reason: str
    reason_text: str = ""
    given_to: Recipient | None = None
    power: str = ""
    overwrite: bool = False


def read_chosen_file(path: Path) -> ChosenFile:
    """Read a file that somebody chose, where it is not larger than is kept.

    Raises:
        Refused: It is not there, cannot be read, is no file, or is too large.
    """
    name = readable_file_name(path.name)
    try:
        if path.is_dir():
            raise WrongFile(f"{name} is a folder. Nothing was added; choose a file.", field=FILE_FIELD)
        with path.open("rb") as stream:
            content = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError as error:
        raise FileNotFound(f"There is no file {path}. Nothing was added; choose it again.", field=FILE_FIELD) from error
    except OSError as error:
        raise FileUnreadable(
            f"{name} cannot be read: {error.strerror or 'the place does not give it'}. Nothing was added; copy it to "
            "your own folder first.",
            field=FILE_FIELD,
        ) from error
    if len(content) > MAX_FILE_BYTES:
        raise WrongFile(
            f"{name} is larger than {MAX_FILE_BYTES // MIB} MiB, which is the most that is kept. Nothing "
            "was added; scan it at a lower resolution, or split it.",
            field=FILE_FIELD,
        )
    return ChosenFile(name=name, content=content)


def check_chosen_file(file: ChosenFile, progress: ProgressCallback = no_progress) -> FileType:
    """Say which kind a file is, by its content, in a process of its own.

    Args:
        file: The file.
        progress: Called while it is looked at; if it raises, the process ends.

    Raises:
        Refused: It is not kept as a document; the sentence says why.
    """
    check = partial(progress, 0, 0, CHECKING)
    check()
    with FileProcess(file.name) as process:
        return process.inspect(file.content, check)


def add_document(session: Session, entry: AddDocument, progress: ProgressCallback = no_progress) -> Outcome:
    """Add a document to a case.

    Args:
        entry: The file and its description.
        progress: Told how far it is; if it raises, nothing is added.

    Raises:
        NotAllowed: The user may not add documents, not one of this handling, or sees the case by break-glass access.
        Missing: The case is not there for this user.
        FileRefused: The file is not kept as a document.
        OutOfRange: The case has no room for it.
        InvalidRecord: A value of the description is not accepted; the refusal names its field.
    """
    session.require(Document.rights.add)
    file = replace(entry.file, name=readable_file_name(entry.file.name))
    file_type = check_chosen_file(file, progress)
    return run_command(
        session,
        "add_documents",
        Document.rights.add,
        entry.request,
        lambda tx: _add(session, tx, replace(entry, file=file), file_type, progress),
    )


def _add(
    session: Session, tx: Transaction, entry: AddDocument, file_type: FileType, progress: ProgressCallback
) -> Outcome:
    tx.extend_timeouts()
    content, key = entry.file.content, new_key()
    described = Document(
        document_ref="",
        case_ref=entry.case_ref,
        title=entry.title,
        kind=entry.kind,
        dated_on=entry.dated_on,
        source=entry.source,
        handling=entry.handling,
        scanned_by=entry.scanned_by,
        file_name=entry.file.name,
        file_type=file_type.value,
        size_bytes=len(content),
        digest=content_digest(key, content),
        belongs_to=entry.belongs_to,
    )
    outcome = add_in_command(session, tx, AddRecord(request=entry.request, case_ref=entry.case_ref, record=described))
    _refuse_full_case(tx, entry)
    add_content(tx, tx.get(Document, outcome.ref), key, content, progress)
    return replace(outcome, notice=f"{entry.file.name} added.")


def _refuse_full_case(tx: Transaction, entry: AddDocument) -> None:
    if bytes_of_case(tx, entry.case_ref, entry.handling) + len(entry.file.content) > MAX_CASE_BYTES:
        raise OutOfRange(NO_ROOM, field=FILE_FIELD)


def open_document(
    session: Session, case_ref: str, document_ref: str, reason_code: str = DEFAULT_REASON_CODE
) -> OpenedDocument:
    """Open a document to look at it; who looked at which is on record before anything is shown.

    Raises:
        NotAllowed: The user may not read cases.
        Missing: The case or the document is not there for this user, or its content is not in this database.
        DatabaseDamaged: The content is not the one that was added.
    """
    session.require(Document.rights.read)
    with session.store.begin(session.command_context(reason_code=reason_code), "open_document") as tx:
        case = get_visible_case(session, tx, case_ref, reason_code)
        document = _get_document(session, tx, case, document_ref)
        opened = OpenedDocument(document=document, content=_content(session, tx, case, document))
        tx.log(
            "CONSULTATION",
            object_type=Document.table,
            object_ref=document.document_ref,
            subject_ref=case.person_ref,
        )
    return opened


def _content(session: Session, tx: Transaction, case: Case, document: Document) -> bytes:
    through = None if document.case_ref == case.case_ref else case.case_ref
    return read_content(tx, document, NOT_HERE if session.checkout is None else NOT_TAKEN, through=through)


def _get_document(session: Session, reading: Reading, case: Case, document_ref: str) -> Document:
    """Return a document of a case, or of its person, whatever case of theirs it was added on."""
    document = reading.find(Document, document_ref)
    if document is not None and document.case_ref == case.case_ref and may_read(session, document):
        return document
    for each in list_person_documents(session, reading, case):
        if each.document_ref == document_ref:
            return each
    raise Missing(NOT_THERE)


def save_document_copy(session: Session, entry: SaveDocumentCopy) -> Path:
    """Write a copy of a document to a file that its owner alone may read; it is on record as a disclosure.

    Raises:
        NotAllowed: The user may not take anything out, or sees the case by break-glass access.
        Missing: As for `open_document`.
        FileExists: There is a file of that name, and it is not to be replaced.
        FileRefused: The ending is another, or the place cannot be written.
        Refused: The reason is missing, is no reason code, or not one for live records.
    """
    session.require(Right.PRINT)
    if not entry.reason.strip():
        raise MissingReason("A copy needs its reason. Nothing was written; choose one.", field="reason")
    refuse_unknown_reason(session, entry.reason, "a copy", "Nothing was written")
    words = clean_entry(entry.reason_text, "reason_text")
    leaving = check_leaving(session, entry.given_to, entry.power)
    context = session.command_context(reason_code=entry.reason, reason_text=words)
    try:
        with files_on_record(session, context, "save_document_copy") as (new, tx):
            refuse_training_reason(session, tx, entry.reason)
            case = get_visible_case(session, tx, entry.case_ref, entry.reason)
            refuse_under_break_glass(session, tx, entry.case_ref)
            document = _get_document(session, tx, case, entry.document_ref)
            path = _checked_path(entry, document)
            content = _content(session, tx, case, document)
            new.write(path, content, overwrite=entry.overwrite)
            # With the copies of the case, so that the sharing log and recalls tell it.
            register_paper(tx, _entry_of_copy(session, case, document, path, content, leaving))
    except FileExistsError as there:
        raise _exists(entry.path) from there
    except OSError as failed:
        raise FileUnwritable(
            f"{entry.path} could not be written: {failed.strerror or 'the place does not take it'}. Nothing left the "
            "application; choose another place.",
            field="path",
        ) from failed
    return path


def _entry_of_copy(
    session: Session, case: Case, document: Document, path: Path, content: bytes, leaving: Leaving
) -> PaperEntry:
    """Return what is registered of a copy; others read it who may not read what is for the police alone."""
    is_told = document.handling != POLICE_ONLY
    return PaperEntry(
        case=case,
        print_id=make_print_id(token_hex(16)),
        audience="document",
        copy="1 of 1",
        digest=sha256(content).hexdigest() if is_told else "",
        given_to=leaving.given_to,
        power=leaving.power,
        kept_by=session.names.of(session.user),
        more={
            DOCUMENT_DETAIL: document.document_ref,
            **({"file": path.name, "digest": document.digest} if is_told else {}),
        },
    )


def _checked_path(entry: SaveDocumentCopy, document: Document) -> Path:
    path = entry.path
    if not path.suffix:
        path = path.with_name(f"{path.name}{Path(document.file_name).suffix.lower()}")
    if TYPE_BY_ENDING.get(path.suffix.lower()) != document.file_type:
        ending = Path(document.file_name).suffix.lower()
        raise WrongFile(
            f"A copy of {document.file_name} ends in {ending}. Nothing was written; name it so.", field="path"
        )
    if not path.parent.is_dir():
        raise FileNotFound(
            f"There is no folder {path.parent}. Nothing left the application; choose another place.", field="path"
        )
    if path.exists() and not entry.overwrite:
        raise _exists(path)
    return path


def _exists(path: Path) -> FileExists:
    return FileExists(
        f"There is a file {path.name} already. Nothing was written; choose another name, or say that it is to be "
        "replaced.",
        field="path",
    )
