"""The hash of an audit entry in a local file, called by a trigger so that no entry can be written without it."""

from collections.abc import Sequence
from typing import Any

from ioms_desktop.domain.audit.entries import (
    ENTRY_FIELDS,
    SALT_DIGITS,
    digest,
    entry_hash,
    first_version_hash,
    text_digest,
)

AT_INDEX = ENTRY_FIELDS.index("at")
RECORDED_INDEXES = (ENTRY_FIELDS.index("before"), ENTRY_FIELDS.index("after"))


def hashed_instant(text: str) -> str:
    """Convert an instant from the form of a local file to the form that is hashed."""
    return f"{text.replace(' ', 'T', 1)}Z"


def register_hash_functions(connection: Any) -> None:  # noqa: ANN401 - the driver's own connection
    """Register the hash functions on a connection; without them, a connection cannot write to the audit."""
    # What a file that is yet to be brought to the newest schema asks for.
    connection.create_function("entry_hash", len(ENTRY_FIELDS), _first_hash_of_row, deterministic=True)
    connection.create_function("entry_hash_2", len(ENTRY_FIELDS) + 1, _hash_of_row, deterministic=True)
    connection.create_function("words_hash", 3, _hash_of_words, deterministic=True)
    connection.create_function("text_hash", 1, _hash_of_text, deterministic=True)


def _hash_of_text(text: str | None) -> str | None:
    return None if text is None else text_digest(text)


def _hash_of_words(salt: str | None, before: str | None, after: str | None) -> str | None:
    """Hash what an entry recorded; nothing of an entry of version 1, which has no salts."""
    if salt is None:
        return None
    return digest((salt[SALT_DIGITS:], _hash_of_text(before), _hash_of_text(after)))


def _first_hash_of_row(*row: Any) -> str:  # noqa: ANN401 - whatever the columns hold
    return first_version_hash(_hashed_fields(row))


def _hash_of_row(*row: Any) -> str:  # noqa: ANN401 - as above
    *fields, salt = row
    return entry_hash(_hashed_fields(fields), salt)


def _hashed_fields(row: Sequence[Any]) -> list[str | None]:
    fields = [None if value is None else str(value) for value in row]
    fields[AT_INDEX] = hashed_instant(fields[AT_INDEX] or "")
    for place in RECORDED_INDEXES:
        fields[place] = _hash_of_text(fields[place])
    return fields
