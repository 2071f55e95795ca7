"""Files that leave: first they are on record, then they are in place.

A machine may stop at any moment. Stopped between the two it leaves an entry about a file that is not there, which does
no harm and can be said; the other way round it would leave a file of which nobody knows who has it. Paper is put on
record before it goes to the printer for the same reason.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

from ioms_desktop.atomic_file import NewFiles
from ioms_desktop.domain.errors import FileNotFound, FileUnwritable, Refused, Unreachable
from ioms_desktop.domain.text_format import join_words
from ioms_desktop.services.session import Session
from ioms_desktop.storage.requests import find_command_answer
from ioms_desktop.storage.transaction import CommandContext, Transaction

NOT_KNOWN = (
    "The database stopped answering at the last moment, and it is not known whether {what} is on record. No file of "
    "it was kept; {look}"
)
NOT_IN_PLACE = (
    "{where} could not be written at the last moment: {why}. No new file was left there, and a file that was "
    "already there is unchanged. {noted} Choose another place."
)
MAYBE_IN_PLACE = (
    "{where} could not be written at the last moment: {why}. {left} could not be taken back, and may be there: delete "
    "it first. {noted} Choose another place."
)
NOTED = "It is on record that {what} was not made."
NOT_MADE = "nobody: it was not made"
"""The recipient of what was on record as given and was not made."""


class Told(NamedTuple):
    """What is told of files of a kind that are on record and not there.

    Attributes:
        what: What they are called.
        look: What to do where it is not known whether they are on record.
        not_noted: What is told where the record still says that they left.
    """

    what: str
    look: str
    not_noted: str


A_COPY = Told(
    what="the copy",
    look="look in Papers before it is printed again.",
    not_noted="The record still says that the copy was given; say in Papers that it was never made.",
)
A_FILE = Told(
    what="the file",
    look="make it again, even if it is then on record twice.",
    not_noted="The record still says that the file left; tell a supervisor.",
)


class OutcomeNotKnown(Unreachable):
    """The database was to save, and neither answered nor could be asked whether it did."""


class NotInPlace(FileUnwritable):
    """Files were on record and could not be given their names."""


class StillOnRecord(NotInPlace):
    """The record could not say of them that they were not made: whoever tries again puts them on record twice."""


def check_folders(paths: Iterable[Path]) -> None:
    """Refuse files that could not be put in place, before anything is read.

    Raises:
        FileNotFound: There is no folder for a file.
    """
    for path in paths:
        if not path.parent.is_dir():
            raise FileNotFound(f"There is no folder {path.parent}. Nothing left the application; choose another place.")


@contextmanager
def files_on_record(
    session: Session,
    act: CommandContext,
    command: str,
    note_unmade: Callable[[], None] | None = None,
    *,
    told: Told = A_COPY,
) -> Iterator[tuple[NewFiles, Transaction]]:
    """Give files that are written in the transaction that puts them on record; as for `put_on_record`."""
    with NewFiles() as new, put_on_record(session, new, act, command, note_unmade, told=told) as tx:
        yield new, tx


@contextmanager
def put_on_record(
    session: Session,
    new: NewFiles,
    act: CommandContext,
    command: str,
    note_unmade: Callable[[], None] | None = None,
    *,
    told: Told = A_FILE,
) -> Iterator[Transaction]:
    """Give the transaction that puts files on record; once it is committed, the files take their places.

    What may fail is done before it: the content is on the disk, and no place is taken. Where it is not known whether
    the files are on record, none appears: a paper that nobody can trace does more harm than an entry about none.

    Args:
        session: Whose files they are.
        new: The files. What takes long to write is written before, so that nobody waits for the transaction.
        act: Who acts and why, with a request by which the database is asked whether it saved.
        command: The command's name.
        note_unmade: Puts on record that files on record were not made; None where the record cannot say so.
        told: What the user is told of them.

    Raises:
        OutcomeNotKnown: It is not known whether the files are on record; none is there.
        NotInPlace: They were on record and could not take their places; none is there.
        StillOnRecord: So it is, and the record still says that they were given, as where one may be there.
        OSError: A file cannot be written; none is there or on record.
        Refused: The database refuses them; none is there or on record.
    """
    is_saving = False
    try:
        with session.store.begin(act, command) as tx:
            yield tx
            new.make_ready()
            is_saving = True
    except Exception:
        if not (is_saving and _was_saved(session, act, told)):
            raise
    try:
        new.put_in_place()
    except OSError as failed:
        raise _not_in_place(failed, new.not_taken_back, note_unmade, told) from failed


def record_unmade_file(session: Session, act: CommandContext, name: str) -> None:
    """Put on record of a file that is not in the register of papers that it was not made.

    Args:
        session: Whose file it was to be.
        act: The act whose entries say that it left; they are found by its request.
        name: The name of the file.

    Raises:
        Refused: The database cannot be written; nothing was recorded.
    """
    with session.store.begin(replace(act, request=str(uuid4())), "file_not_made") as tx:
        log_unmade_file(tx, act, name)


def log_unmade_file(tx: Transaction, act: CommandContext, name: str) -> None:
    """Write the entry of `record_unmade_file`."""
    detail = {"file": name, "made": False, "request": act.request}
    tx.log("DISCLOSURE", object_type="list", object_ref=name, subject_ref=None, recipient=NOT_MADE, detail=detail)


def _was_saved(session: Session, act: CommandContext, told: Told) -> bool:
    try:
        return find_command_answer(session.store, act) is not None
    except Refused as unanswered:
        raise OutcomeNotKnown(NOT_KNOWN.format(what=told.what, look=told.look)) from unanswered


def _not_in_place(
    failed: OSError, left: Sequence[Path], note_unmade: Callable[[], None] | None, told: Told
) -> NotInPlace:
    """Put on record that the files were not made, unless one may be there, and return the refusal that says so."""
    refusal: type[NotInPlace] = StillOnRecord
    sentence, noted = MAYBE_IN_PLACE if left else NOT_IN_PLACE, told.not_noted
    if note_unmade is not None and not left:
        with suppress(Refused):
            note_unmade()
            refusal, noted = NotInPlace, NOTED.format(what=told.what)
    where, why = failed.filename or "The file", failed.strerror or "the place does not take it"
    names = join_words([str(each) for each in left])
    return refusal(sentence.format(where=where, why=why, left=names, noted=noted))
