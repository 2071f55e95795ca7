"""What proves the audit whole: the hash of an entry, the seal over many, and the walk that recomputes them all.

An entry's hash covers every field of it. A seal covers the hashes of all entries of a range and the seal before, so
that nothing sealed can be changed, removed, added or put in another order without every later seal being wrong. Who
rebuilds them all is found by a head that was kept elsewhere.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

FIELDS = (
    "id",
    "at",
    "kind",
    "actor",
    "actor_role",
    "workstation",
    "request",
    "object_type",
    "object_ref",
    "subject_ref",
    "recipient",
    "reason_code",
    "reason_text",
    "before",
    "after",
    "mark",
)
"""What the hash of an entry covers, in this order."""


def canonical(fields: Iterable[str | None]) -> bytes:
    """Write texts so that no two lists of them are written alike: the number of octets, a colon, the text.

    Args:
        fields: The texts; None is written as a dash.
    """
    parts: list[bytes] = []
    for text in fields:
        if text is None:
            parts.append(b"-")
        else:
            octets = text.encode()
            parts.append(b"%d:" % len(octets))
            parts.append(octets)
    return b"".join(parts)


def entry_hash(fields: Sequence[str | None]) -> str:
    """Give the hash of an entry: its `FIELDS`, each as text.

    Args:
        fields: Their values; `at` in UTC as `2026-11-23T09:00:00.000000Z`.
    """
    return sha256(canonical(fields)).hexdigest()
