"""The hash of an audit entry in a local file, called by a trigger so that no entry can be written without it."""

from typing import Any

from ioms_desktop.domain.audit_chain import ENTRY_FIELDS, entry_hash, text_digest

AT_INDEX = ENTRY_FIELDS.index("at")
RECORDED_INDEXES = (ENTRY_FIELDS.index("before"), ENTRY_FIELDS.index("after"))


def hashed_instant(text: str) -> str:
    """Convert an instant from the form of a local file to the form that is hashed."""
    return f"{text.replace(' ', 'T', 1)}Z"


def register_hash_functions(connection: Any) -> None:  # noqa: ANN401 - the driver's own connection
    """Register the hash function on a connection; without it, a connection cannot write to the audit."""
    connection.create_function("entry_hash", len(ENTRY_FIELDS), _hash_of_row, deterministic=True)
    connection.create_function("text_hash", 1, _hash_of_text, deterministic=True)


def _hash_of_text(text: str | None) -> str | None:
    return None if text is None else text_digest(text)


def _hash_of_row(*row: Any) -> str:  # noqa: ANN401 - whatever the columns hold
    fields = [None if value is None else str(value) for value in row]
    fields[AT_INDEX] = hashed_instant(fields[AT_INDEX] or "")
    for place in RECORDED_INDEXES:
        fields[place] = _hash_of_text(fields[place])
    return entry_hash(fields)
