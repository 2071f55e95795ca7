"""`documents`: the files kept on a case and for its person: which there are, another one, and a copy of one."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from ioms_desktop.cli.command import FORMAT, CommandGroup, option, parse_day
from ioms_desktop.cli.commands.print import RECIPIENT, RECIPIENT_PARTS
from ioms_desktop.cli.output import write_result
from ioms_desktop.cli.session import open_session
from ioms_desktop.domain.access.roles import Right, may
from ioms_desktop.domain.printing.papers import Recipient
from ioms_desktop.domain.text_format import format_day, format_size

if TYPE_CHECKING:
    from ioms_desktop.domain.records.documents.document import Document
    from ioms_desktop.services.session import Session

COMMANDS = CommandGroup("documents", "files kept on a case and for its person")
CASE = option("case_ref", metavar="CASE", help="a case of the person")


@COMMANDS.command("list", "what is kept on a case and for its person, the newest first, without content", FORMAT, CASE)
def documents_list(options: argparse.Namespace) -> int:
    """Print the descriptions; that the case was looked at is on record."""
    from ioms_desktop.services.cases.cases import open_case

    with open_session(options) as at:
        listed = open_case(at, options.case_ref).documents
        found = sorted(listed, key=lambda each: (each.dated_on, each.document_ref), reverse=True)
        rows = [_json(at, each) for each in found]
        sees_all = may(at.role, Right.READ_INTELLIGENCE)
        none = "No documents." if sees_all else "There are no documents that you may see."
    payload = {"case_ref": options.case_ref, "documents": rows}
    return write_result(options, payload, "\n".join(map(_line, found)) or none)


@COMMANDS.command(
    "add",
    "keep a file on a case: PDF, PNG, JPEG, DOCX, XLSX, TXT or EML, checked by its content",
    FORMAT,
    CASE,
    option("file", type=Path, metavar="FILE", help="it stays where it is"),
    option("--title", required=True, metavar="TEXT", help="what it is, as one would look for it"),
    option("--kind", required=True, metavar="CODE", help="of document_kind"),
    option("--dated-on", type=parse_day, metavar="YYYY-MM-DD", help="the day it bears (default today)"),
    option("--source", metavar="TEXT", help="who wrote or sent it"),
    option("--handling", default="TEAM", metavar="CODE", help="who may read it, of document_handling; default TEAM"),
    option("--of-person", action="store_true", help="it is about the person, and is shown on all their cases"),
    option("--scanned-by", metavar="NAME", help="the virus scanner that looked at it"),
)
def documents_add(options: argparse.Namespace) -> int:
    """Add a document."""
    from ioms_desktop.domain.records.documents.document import OF_PERSON
    from ioms_desktop.services.documents.documents import AddDocument, add_document, read_chosen_file

    with open_session(options) as at:
        entry = AddDocument(
            request=str(uuid4()),
            case_ref=options.case_ref,
            file=read_chosen_file(options.file),
            title=options.title,
            kind=options.kind,
            dated_on=options.dated_on or at.today(),
            source=options.source,
            handling=options.handling,
            belongs_to=OF_PERSON if options.of_person else None,
            scanned_by=options.scanned_by,
        )
        outcome = add_document(at, entry)
    return write_result(options, {"ref": outcome.ref, "notice": outcome.notice}, f"{outcome.ref}  {outcome.notice}")


@COMMANDS.command(
    "save",
    "write a copy of a document to a file that its owner alone may read; it is on record as a disclosure",
    FORMAT,
    CASE,
    option("document_ref", metavar="DOCUMENT", help="its reference, as the list names it"),
    option("--reason", required=True, metavar="CODE", help="why, as a reason code"),
    option("--reason-text", default="", metavar="TEXT", help="why, in words"),
    *RECIPIENT,
    option("--out", required=True, type=Path, metavar="PATH", help="the file; its ending is that of the document"),
    option("--overwrite", action="store_true", help="replace a file that is there"),
)
def documents_save(options: argparse.Namespace) -> int:
    """Save a copy."""
    from ioms_desktop.services.documents.documents import SaveDocumentCopy, save_document_copy

    with open_session(options) as at:
        entry = SaveDocumentCopy(
            case_ref=options.case_ref,
            document_ref=options.document_ref,
            path=options.out,
            reason=options.reason,
            reason_text=options.reason_text,
            given_to=Recipient.of(*(getattr(options, name) for name in RECIPIENT_PARTS)),
            power=options.power,
            overwrite=options.overwrite,
        )
        path = save_document_copy(at, entry)
    return write_result(options, {"path": str(path)}, str(path))


def _json(at: Session, document: Document) -> dict[str, Any]:
    return {
        "document_ref": document.document_ref,
        "case_ref": document.case_ref or None,
        "belongs_to": document.belongs_to,
        "title": document.title,
        "kind": document.kind,
        "dated_on": document.dated_on.isoformat(),
        "source": document.source,
        "handling": document.handling,
        "file_name": document.file_name,
        "file_type": document.file_type,
        "size_bytes": document.size_bytes,
        "added_by": None if document.added_by is None else at.names.of(document.added_by),
        "scanned_by": document.scanned_by,
    }


def _line(document: Document) -> str:
    whose = "" if document.belongs_to is None else "  (about the person)"
    size = format_size(document.size_bytes)
    return f"{document.document_ref}  {format_day(document.dated_on)}  {document.title}  {size}{whose}"
