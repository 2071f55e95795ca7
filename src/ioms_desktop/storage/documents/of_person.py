"""Reads the documents of a person through one of their cases, on a server that shows no row of another for that."""

from functools import cache
from typing import Any

from sqlalchemy import Integer, LargeBinary, Select, column, func, select

from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.records.row_mapping import record_columns, row_mapper
from ioms_desktop.storage.schema.tables import table_of
from ioms_desktop.storage.schema.types import text_parameter


def documents_through(reading: Reading, case_ref: str) -> list[Document]:
    """List the documents of the person that are of other cases; without the case where the user may not know of it."""
    read = row_mapper(Document)
    return [read(row) for row in reading.connection.execute(_documents_query(), {"case_ref": case_ref})]


def parts_through(reading: Reading, case_ref: str, document_ref: str) -> tuple[bytes | None, list[bytes]]:
    """Read the key and the encrypted chunks of one of them; no key where it is not there for the user."""
    values = {"case_ref": case_ref, "document_ref": document_ref}
    parts = [bytes(body) for body in reading.connection.scalars(_parts_query(), values)]
    return (parts[0], parts[1:]) if parts else (None, [])


@cache
def _documents_query() -> Select[Any]:
    columns = (column(each.name, each.type) for each in table_of(Document).columns)
    given: Any = func.person_documents(text_parameter("case_ref")).table_valued(*columns, name="theirs")
    return select(*record_columns(Document, given))


@cache
def _parts_query() -> Select[Any]:
    asked = func.person_document_parts(text_parameter("case_ref"), text_parameter("document_ref"))
    given: Any = asked.table_valued(column("part", Integer()), column("content", LargeBinary()), name="parts")
    return select(given.c.content).order_by(given.c.part)
