"""A file kept on a case: what it is, where it comes from and who may read it. Its content is kept apart from it."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from typing_extensions import override

from ioms_desktop.domain.access.record_rights import RecordRights
from ioms_desktop.domain.access.roles import Right
from ioms_desktop.domain.documents.file_types import MAX_CASE_BYTES, MAX_FILE_BYTES, MIB
from ioms_desktop.domain.records.record import Asked, Record, code, day, ref, short_text, whole_number, worker_name

POLICE_ONLY = "POLICE"
"""The handling of a document that is read by those alone who may read intelligence."""
OF_PERSON = "PERSON"
"""To whom a document belongs that is shown in every case of its person."""
FIXED_COLUMNS = ("case_ref", "file_type", "size_bytes", "digest")
"""What describes the file itself and where it is kept, and never changes."""

NO_ROOM = (
    f"At most {MAX_CASE_BYTES // MIB} MiB of documents are kept on a case, and this one goes beyond that. Nothing was "
    "added; scan it at a lower resolution, or keep it where your force keeps large files."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document(Record):
    """The description of a file kept on a case; its content is in no exchange file, and is not imported.

    Lists and searches read this alone, never the content. It is added on one case, whose rights it has. Where it
    belongs to the person, their other cases show it too, unless the case it was added on is kept from the reader.
    """

    table: ClassVar[str] = "documents"
    key: ClassVar[tuple[str, ...]] = ("document_ref",)
    label: ClassVar[str] = "Document"
    is_plain: ClassVar[bool] = True
    has_own_add: ClassVar[bool] = True
    rights: ClassVar[RecordRights] = RecordRights(
        add=Right.RECORD_DOCUMENTS,
        intelligence=("handling", POLICE_ONLY),
        free_text=("title", "source", "scanned_by", "file_name"),
    )

    document_ref: str = ref(prefix="DO")
    case_ref: str = ref("cases")
    title: str = short_text(required=True, help="What it is, as you would look for it.")
    kind: str = code("document_kind", required=True)
    dated_on: date = day(required=True, label="Day of the document", help="The day it bears; else the day it came.")
    source: str | None = short_text(label="Comes from", help="Who wrote or sent it.")
    handling: str = code("document_handling", required=True, label="Who may read it")
    scanned_by: str | None = short_text(
        label="Scanned by", help="The virus scanner that looked at it, where you know; this program does not scan."
    )
    added_by: str | None = worker_name(is_author=True, asked=Asked.NEVER)
    file_name: str = short_text(
        required=True,
        label="Name of the file",
        help="Its ending stays. Take out a name that should not be in it.",
        asked=Asked.WHEN_CHANGING,
    )
    file_type: str = code("document_type", required=True, label="Kind of file", asked=Asked.NEVER)
    size_bytes: int = whole_number(1, MAX_FILE_BYTES, required=True, label="Size in bytes", asked=Asked.NEVER)
    digest: str = short_text(
        required=True,
        label="Digest",
        help="Says whether the content is the one that was added; keyed, so that it confirms no guess.",
        asked=Asked.NEVER,
        shown=False,
    )
    belongs_to: str | None = code(
        "document_owner", label="About", help="Leave empty for this case only.", asked=Asked.WHEN_CHANGING
    )

    @property
    @override
    def shown_on(self) -> str | None:
        return None if self.belongs_to == OF_PERSON else self.case_ref
