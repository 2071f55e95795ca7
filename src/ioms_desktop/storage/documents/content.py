"""Stores and reads what documents hold: encrypted chunks under a random key for each file.

The key lies in a table of its own, so that a copy of the others says nothing, and goes with the content at a disposal.
Each chunk is bound to its document, its number and how many there are: none can be left out, doubled or exchanged.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import func, insert, select

from ioms_desktop.domain.documents.file_types import CHUNK_BYTES, chunk_count
from ioms_desktop.domain.errors import DatabaseDamaged, Missing
from ioms_desktop.domain.progress import ProgressCallback, no_progress
from ioms_desktop.domain.records.documents.document import POLICE_ONLY, Document
from ioms_desktop.storage.documents.of_person import parts_through
from ioms_desktop.storage.envelope import KEY_BYTES, NONCE_BYTES, encode_associated_data, hkdf
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.documents import CONTENT_TABLES, TAG_BYTES, document_content, document_key
from ioms_desktop.storage.schema.tables import former_version
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
        key, bodies = _parts(reading, document)
    if key is None:
        raise Missing(absent)
    content = _decrypt(document, key, bodies)
    if not hmac.compare_digest(content_digest(key, content), document.digest):
        raise DatabaseDamaged(DAMAGED)
    return content


def _parts(reading: Reading, document: Document) -> tuple[bytes | None, list[bytes]]:
    key = reading.connection.scalar(
        select(document_key.c.secret).where(document_key.c.document_ref == document.document_ref)
    )
    query = (
        select(document_content.c.body)
        .where(document_content.c.document_ref == document.document_ref)
        .order_by(document_content.c.number)
    )
    return None if key is None else bytes(key), [bytes(body) for body in reading.connection.scalars(query)]


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
    size = func.sum(func.length(document_content.c.body) - TAG_BYTES)
    of_case = document_content.c.case_ref == case_ref
    query = select(document_content.c.document_ref, size).where(of_case).group_by(document_content.c.document_ref)
    sizes: dict[str, int] = {ref: int(total) for ref, total in reading.connection.execute(query)}
    handled = {each.document_ref: each.handling for each in reading.list_records(Document, case_ref=case_ref)}
    gone = sizes.keys() - handled.keys()
    if gone:  # a server shows no content of these
        former = former_version
        its = (former.c.table_name == Document.table) & former.c.record_key.in_(gone)
        rows = reading.connection.execute(select(former.c.record_key, former.c.data).where(its).order_by(former.c.id))
        handled.update({key: (data or {}).get("handling", "") for key, data in rows})
    is_police = handling == POLICE_ONLY
    return sum(total for ref, total in sizes.items() if (handled.get(ref) == POLICE_ONLY) is is_police)


def copy_content(source: Reading, tx: Transaction, documents: Iterable[Document]) -> None:
    """Copy what documents hold, encrypted as it is, into the database into which they themselves were just added.

    One document is in memory at a time. What was taken out there and comes back has its content there already.
    """
    for document in documents:
        of_it = select(document_key.c.document_ref).where(document_key.c.document_ref == document.document_ref)
        if tx.connection.scalar(of_it) is not None:
            continue
        for table in reversed(CONTENT_TABLES):  # the key first: a server takes no chunk without it
            rows = source.connection.execute(select(table).where(_is_of(table, document)).order_by(*table.primary_key))
            for row in rows:
                tx.connection.execute(insert(table), row._asdict())


def _is_of(table: Any, document: Document) -> Any:  # noqa: ANN401 - a table and a condition of SQLAlchemy's
    return (table.c.document_ref == document.document_ref) & (table.c.case_ref == document.case_ref)


def _nonce(number: int) -> bytes:
    """Return the nonce of a chunk: no key encrypts two chunks of one number."""
    return number.to_bytes(NONCE_BYTES)


def _bound_to(document: Document, number: int, count: int) -> bytes:
    return encode_associated_data("document", document.document_ref, number, count)


def _cipher(key: bytes) -> Any:  # noqa: ANN401 - named where it is imported
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - slow to import: as above

    return AESGCM(key)
