"""Stores and reads what documents hold: encrypted chunks under a random key for each file.

The key lies in a table of its own, so that a copy of the others says nothing, and goes with the content at a disposal.
Each chunk is bound to its document, its number and how many there are: none can be left out, doubled or exchanged.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import FromClause, func, insert, select

from ioms_desktop.domain.documents.file_types import CHUNK_BYTES, chunk_count
from ioms_desktop.domain.errors import DatabaseDamaged, Missing
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.records.documents.document import POLICE_ONLY, Document
from ioms_desktop.storage.documents.of_person import parts_through
from ioms_desktop.storage.envelope import KEY_BYTES, NONCE_BYTES, encode_associated_data, hkdf
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.documents import TAG_BYTES, document_content, document_key
from ioms_desktop.storage.schema.read_functions import opened_content
from ioms_desktop.storage.transaction import Transaction

DIGEST_PURPOSE = b"document digest"
NOT_HERE = (
    "The content of this document is not in this database: only its description was imported. Nothing was opened; ask "
    "whoever sent it for the file, and add that."
)
DAMAGED = (
    "The content of this document does not fit its description, so it may have been changed. Nothing was shown; tell "
    "whoever looks after the database, and restore it from a backup."
)


def new_key() -> bytes:
    """Return the key of a new document."""
    return secrets.token_bytes(KEY_BYTES)


def content_digest(key: bytes, content: bytes) -> str:
    """Return the digest of a content under the key of its document.

    A plain hash would tell whoever has a file whether it is kept here.
    """
    return hmac.digest(hkdf(key, DIGEST_PURPOSE), content, hashlib.sha256).hex()


def add_content(
    tx: Transaction, document: Document, key: bytes, content: bytes, progress: ProgressCallback = no_progress
) -> None:
    """Store the content of a document that is added in the same transaction.

    Args:
        tx: Where to write.
        document: Its description.
        key: Its key, under which its digest was made.
        content: All of it.
        progress: Told of every chunk; if it raises, nothing is stored.
    """
    whose = {"document_ref": document.document_ref, "case_ref": document.case_ref}
    tx.connection.execute(insert(document_key), {**whose, "secret": key})
    count = chunk_count(len(content))
    cipher = _cipher(key)
    for number in range(1, count + 1):
        progress(number - 1, count, "Encrypting and storing the file")
        plain = content[(number - 1) * CHUNK_BYTES : number * CHUNK_BYTES]
        body = cipher.encrypt(_nonce(number), plain, _bound_to(document, number, count))
        tx.connection.execute(insert(document_content), {**whose, "number": number, "body": body})
    progress(count, count, "Encrypting and storing the file")


def read_content(reading: Reading, document: Document, absent: str = NOT_HERE, *, through: str | None = None) -> bytes:
    """Read the content of a document.

    Args:
        reading: Where to read.
        document: Its description.
        absent: What is said where its content is not in this database.
        through: The case through which a document of its person is read; None for its own.

    Raises:
        Missing: It is not in this database.
        DatabaseDamaged: It is not what was added.
    """
    if through is not None and reading.server_enforces_access:
        key, bodies = parts_through(reading, through, document.document_ref)
    else:
        key, bodies = _key_of(reading, document), _bodies_of(reading, document)
    if key is None:
        raise Missing(absent)
    content = _decrypt(document, key, bodies)
    if not hmac.compare_digest(content_digest(key, content), document.digest):
        raise DatabaseDamaged(DAMAGED)
    return content


def _key_of(reading: Reading, document: Document) -> bytes | None:
    query = select(document_key.c.secret).where(document_key.c.document_ref == document.document_ref)
    if reading.server_enforces_access:
        query = select(func.read_document_key(document.case_ref, document.document_ref))
    found = reading.connection.scalar(query)
    return None if found is None else bytes(found)


def _bodies_of(reading: Reading, document: Document) -> list[bytes]:
    chunks = _chunks_of(reading, document)
    its = chunks.c.document_ref == document.document_ref
    query = select(chunks.c.body).where(its).order_by(chunks.c.number)
    return [bytes(body) for body in reading.connection.scalars(query)]


def _chunks_of(reading: Reading, document: Document) -> FromClause:
    if not reading.server_enforces_access:
        return document_content
    return opened_content(document.case_ref, document.document_ref)


def _decrypt(document: Document, key: bytes, bodies: Sequence[bytes]) -> bytes:
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - slow to import: loads when first needed

    cipher, count = _cipher(key), len(bodies)
    try:
        return b"".join(
            cipher.decrypt(_nonce(number), body, _bound_to(document, number, count))
            for number, body in enumerate(bodies, 1)
        )
    except (InvalidTag, ValueError) as error:
        raise DatabaseDamaged(DAMAGED) from error


def bytes_of_case(reading: Reading, case_ref: str, handling: str) -> int:
    """Return how many bytes the documents of a case have together, those entered in error included.

    What is for the police alone is counted by itself, so that nobody else learns from the sum that it is there.

    Args:
        reading: Where to read.
        case_ref: The case.
        handling: The handling of the document to be added.
    """
    sizes = _sizes(reading, case_ref)
    handled = {each.document_ref: each.handling for each in reading.list_records(Document, case_ref=case_ref)}
    gone = sizes.keys() - handled.keys()
    if gone:  # a server shows no content of these
        former = reading.scope.former_version_table(keys=list(gone), of_table=Document.table)
        its = (former.c.table_name == Document.table) & former.c.record_key.in_(gone)
        rows = reading.connection.execute(select(former.c.record_key, former.c.data).where(its).order_by(former.c.id))
        handled.update({key: (data or {}).get("handling", "") for key, data in rows})
    is_police = handling == POLICE_ONLY
    return sum(total for ref, total in sizes.items() if (handled.get(ref) == POLICE_ONLY) is is_police)


def _sizes(reading: Reading, case_ref: str) -> dict[str, int]:
    """Return how many bytes each document of a case has."""
    if reading.server_enforces_access:
        query = select(func.document_sizes(case_ref).table_valued("document_ref", "chunks", "bytes"))
    else:
        content = document_content.c
        query = select(content.document_ref, func.count(), func.sum(func.length(content.body)))
        query = query.where(content.case_ref == case_ref).group_by(content.document_ref)
    return {ref: int(total) - chunks * TAG_BYTES for ref, chunks, total in reading.connection.execute(query)}


def copy_content(source: Reading, tx: Transaction, documents: Iterable[Document]) -> None:
    """Copy what documents hold, encrypted as it is, into the database into which they themselves were just added.

    One document is in memory at a time. What was taken out there and comes back has its content there already.
    """
    for document in documents:
        key = _key_of(source, document)
        if key is None or _key_of(tx, document) is not None:
            continue
        # The key first: a server takes no chunk without it.
        whose = {"document_ref": document.document_ref, "case_ref": document.case_ref}
        tx.connection.execute(insert(document_key), {**whose, "secret": key})
        chunks = _chunks_of(source, document)
        query = select(chunks).where(chunks.c.document_ref == document.document_ref).order_by(chunks.c.number)
        for row in source.connection.execute(query):
            tx.connection.execute(insert(document_content), row._asdict())


def _nonce(number: int) -> bytes:
    """Return the nonce of a chunk: no key encrypts two chunks of one number."""
    return number.to_bytes(NONCE_BYTES)


def _bound_to(document: Document, number: int, count: int) -> bytes:
    return encode_associated_data("document", document.document_ref, number, count)


def _cipher(key: bytes) -> Any:  # noqa: ANN401 - named where it is imported
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - slow to import: as above

    return AESGCM(key)
