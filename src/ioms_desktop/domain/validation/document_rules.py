"""What of a document never changes once it is on record, and what a delivery must say: wherever a record comes from."""

from collections.abc import Iterator
from pathlib import PurePath

from ioms_desktop.domain.file_names import readable_file_name
from ioms_desktop.domain.records.documents.delivery import LEFT_WITH, LetterDelivery
from ioms_desktop.domain.records.documents.document import FIXED_COLUMNS, Document
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.validation.findings import Finding

FILE_STAYS = "The file of a document stays as it was added, on its case; add another document."


def check_same_file(stored: Record | None, record: Record) -> Iterator[Finding]:
    """Find what a newer version of a document says otherwise of its file; nothing for other records.

    Args:
        stored: The version on record, or the one that was taken out; None where there is none.
        record: The newer one.
    """
    if not isinstance(stored, Document) or not isinstance(record, Document):
        return
    for name in FIXED_COLUMNS:
        if getattr(stored, name) != getattr(record, name):
            yield Finding(name, str(getattr(record, name)), FILE_STAYS)
    if stored.file_name == record.file_name:
        return
    ending = _ending(stored.file_name)
    if _ending(record.file_name) != ending or readable_file_name(record.file_name) != record.file_name:
        reason = f'A file name has no folder and none of < > : " | ? *, and this one ends in {ending}. Correct it.'
        yield Finding("file_name", record.file_name, reason)


def check_delivery(delivery: LetterDelivery, _facts: object) -> Iterator[Finding]:
    """Find what an attempt to deliver a letter leaves unsaid."""
    if delivery.method == LEFT_WITH and not delivery.given_to:
        yield Finding("given_to", "", "Say who it was left with, and who they are to the person.")


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower()
