"""Files that leave in the transaction that puts them on record, and stay where its answer alone was lost."""

from collections.abc import Iterator
from contextlib import contextmanager

from ioms_desktop.atomic_file import NewFiles
from ioms_desktop.domain.errors import Refused, Unreachable
from ioms_desktop.services.session import Session
from ioms_desktop.storage.requests import find_command_answer
from ioms_desktop.storage.transaction import CommandContext, Transaction

NOT_KNOWN = (
    "The database stopped answering at the last moment, and it is not known whether the copy is on record. No file of "
    "it was kept; look in Papers before it is printed again."
)


class OutcomeNotKnown(Unreachable):
    """The database was to save, and neither answered nor could be asked whether it did."""


@contextmanager
def files_on_record(session: Session, act: CommandContext, command: str) -> Iterator[tuple[NewFiles, Transaction]]:
    """Give files and the transaction that puts them on record; when the block ends, both are there, or neither.

    The files take their place last: what is not there is not on record. Where it is not known whether they are on
    record, they are taken back, because a paper that nobody can trace does more harm than an entry about none.

    Args:
        session: Whose files they are.
        act: Who acts and why, with a request by which the database is asked whether it saved.
        command: The command's name.

    Raises:
        OutcomeNotKnown: It is not known whether the files are on record; none is there.
        OSError: A file cannot be written; none is there or on record.
        Refused: The database refuses them; none is there or on record.
    """
    is_saving = False
    with NewFiles() as new:
        try:
            with session.store.begin(act, command) as tx:
                yield new, tx
                new.put_in_place()
                is_saving = True
        except Exception:
            if not (is_saving and _was_saved(session, act)):
                raise


def _was_saved(session: Session, act: CommandContext) -> bool:
    try:
        return find_command_answer(session.store, act) is not None
    except Refused as unanswered:
        raise OutcomeNotKnown(NOT_KNOWN) from unanswered
