"""The hash of an audit entry.

In version 2 it covers three digests: of the header (who did what kind of thing when), of what the entry is about (the
references, the recipient, the reason in words) and of the words that were recorded. The last two are salted, each entry
with salts of its own. A disposal takes their content and their salts away and keeps the digests: the header is still
proved, and what went cannot be found by guessing. In version 1 one hash covers all fields, and an emptied entry proves
no more than that it was there.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from operator import itemgetter
from typing import NamedTuple

ENTRY_FIELDS = (
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
"""The fields of an entry, in the order in which version 1 hashes them.

`before` and `after` stand for their digests, so that verifying the audit does not require reading the records."""
HEADER_FIELDS = (
    "id",
    "mark",
    "at",
    "kind",
    "actor",
    "actor_role",
    "workstation",
    "request",
    "object_type",
    "reason_code",
)
ABOUT_FIELDS = ("object_ref", "subject_ref", "recipient", "reason_text")
SALT_DIGITS = 32
"""Hexadecimal digits of each of an entry's two salts: first that of what it is about, then that of its words."""
SECOND_VERSION = "audit entry 2"
_PLACES = {name: place for place, name in enumerate(ENTRY_FIELDS)}
_header_of, _about_of = (itemgetter(*map(ENTRY_FIELDS.index, names)) for names in (HEADER_FIELDS, ABOUT_FIELDS))
_BEFORE, _AFTER = ENTRY_FIELDS.index("before"), ENTRY_FIELDS.index("after")


class Redaction(NamedTuple):
    """That a disposal emptied an entry.

    Attributes:
        disposal_ref: The disposal.
        entry: The entry's number.
        kept_hash: The hash of the entry as the disposal left it.
        about_hash: The digest of what the entry was about when it was written; None of a redaction under version 1,
            empty of an entry of version 1.
        words_hash: The digest of its words when it was written; None of a redaction under version 1.
    """

    disposal_ref: str
    entry: int
    kept_hash: str
    about_hash: str | None = None
    words_hash: str | None = None


class AuditEntry(NamedTuple):
    """An audit entry in the form in which it is verified.

    Attributes:
        fields: Its values as text, in the order of `ENTRY_FIELDS`; in version 2 without `before` and `after`.
        row_hash: The hash with which it was written and sealed.
        about_salt: The salt of what it is about; None for an entry of version 1, empty once that was emptied.
        words_digest: The digest of its words as they are now; None for an entry of version 1.
        redaction: The latest redaction; None if it was never redacted.
        detail: What it recorded, only of an entry by which the audit speaks of itself or of a disposal.
        words_salt: The salt of `detail`; None where that is not shown, and in version 1.
    """

    fields: tuple[str | None, ...]
    row_hash: str | None
    about_salt: str | None = None
    words_digest: str | None = None
    redaction: Redaction | None = None
    detail: str | None = None
    words_salt: str | None = None

    def get(self, name: str) -> str:
        """Return a field by its name; empty where it has no value."""
        return self.fields[_PLACES[name]] or ""

    @property
    def is_first_version(self) -> bool:
        """Whether it was written under version 1."""
        return self.about_salt is None

    @property
    def about_hash(self) -> str:
        """The digest of what it is about, as that is now; empty in version 1.

        Without a salt it would be found by trying every person, so there that of its words covers both.
        """
        return "" if self.about_salt is None else digest((self.about_salt, *_about_of(self.fields)))

    @property
    def words_hash(self) -> str:
        """The digest of its words as they are now, in version 1 with what it is about."""
        if self.words_digest is not None:
            return self.words_digest
        return digest((*_about_of(self.fields), self.fields[_BEFORE], self.fields[_AFTER]))

    def hash_of(self, about_hash: str, words_hash: str) -> str:
        """Return its hash under version 2, with the digests of its other two parts."""
        return _joint_hash(digest(_header_of(self.fields)), about_hash, words_hash)

    @property
    def present_hash(self) -> str:
        """Its hash under version 2 as it is now."""
        return self.hash_of(self.about_hash, self.words_hash)

    @property
    def original_hash(self) -> str:
        """Its hash under version 2 as it was before any redaction of that version."""
        was = self.redaction
        if was is None or was.about_hash is None or was.words_hash is None:
            return self.present_hash
        return self.hash_of(was.about_hash, was.words_hash)

    def is_detail_as_hashed(self) -> bool:
        """Whether `detail` is what the hash covers."""
        recorded = None if self.detail is None else text_digest(self.detail)
        if self.is_first_version:
            return self.fields[_AFTER] == recorded
        return self.words_digest == digest((self.words_salt, None, recorded))


def canonical_bytes(fields: Iterable[str | None]) -> bytes:
    """Serialise texts unambiguously, as netstrings: the number of bytes, a colon, the text.

    Args:
        fields: The texts; None is written as a dash.
    """
    texts = tuple(fields)
    written = "".join(["-" if text is None else f"{len(text)}:{text}" for text in texts])
    if written.isascii():  # nearly always, so that it is asked once of all
        return written.encode()
    each = ["-" if text is None else f"{len(text.encode('utf-8', 'surrogatepass'))}:{text}" for text in texts]
    return "".join(each).encode("utf-8", "surrogatepass")


def digest(fields: Iterable[str | None]) -> str:
    """Hash a list of texts."""
    return sha256(canonical_bytes(fields)).hexdigest()


NO_WORDS = digest(("", None, None))
"""The digest of the words of an emptied entry of version 2."""


def text_digest(text: str) -> str:
    """Return the digest by which an entry's hash covers a recorded text."""
    return sha256(text.encode()).hexdigest()


def first_version_hash(fields: Sequence[str | None]) -> str:
    """Hash an entry under version 1.

    Args:
        fields: The values of `ENTRY_FIELDS` as text; `at` in UTC as `2026-11-23T09:00:00.000000Z`.
    """
    return digest(fields)


def entry_hash(fields: Sequence[str | None], salt: str) -> str:
    """Hash an entry under version 2.

    Args:
        fields: As `first_version_hash`.
        salt: Its two salts.
    """
    about = digest((salt[:SALT_DIGITS], *_about_of(fields)))
    words = digest((salt[SALT_DIGITS:], fields[_BEFORE], fields[_AFTER]))
    return _joint_hash(digest(_header_of(fields)), about, words)


def _joint_hash(header: str, about_hash: str, words_hash: str) -> str:
    """Return an entry's hash under version 2, of the digests of its three parts."""
    # As `digest` would write it, in half the time: most of what proving a long audit takes is done here.
    lengths = f"64:{header}{len(about_hash)}:{about_hash}{len(words_hash)}:{words_hash}"
    return sha256(f"{len(SECOND_VERSION)}:{SECOND_VERSION}{lengths}".encode()).hexdigest()


def find_entry_fault(entry: AuditEntry) -> str:
    """Say how an entry differs from what was written; empty where it does not."""
    was, number = entry.redaction, entry.fields[0]
    changed = f"Entry {number} was changed after it was written."
    if entry.is_first_version and (was is None or was.about_hash is None):
        expected = entry.row_hash if was is None else was.kept_hash
        return "" if entry.row_hash and first_version_hash(entry.fields) == expected else changed
    if was is None:
        return "" if entry.present_hash == entry.row_hash else changed
    if entry.present_hash != was.kept_hash or not entry.row_hash:
        return f"Entry {number} was changed after {was.disposal_ref} emptied it."
    # Of an entry of version 1 the seal cannot prove this; what was there at the change of versions does.
    if not entry.is_first_version and entry.original_hash != entry.row_hash:
        return f"Entry {number} has been altered beyond the emptying: its header no longer matches."
    if _is_about_several(entry, was) or _is_emptied(entry, was.disposal_ref):
        return ""
    return f"Entry {number} no longer refers to what it originally referred to."


def _is_about_several(entry: AuditEntry, was: Redaction) -> bool:
    """Whether an entry is about what it was about: a disposal took something out of its words alone."""
    if entry.is_first_version:  # of what it was about there is no digest of its own
        return bool(entry.get("before") or entry.get("after"))
    return entry.about_hash == was.about_hash


def _is_emptied(entry: AuditEntry, disposal_ref: str) -> bool:
    """Whether an entry is about nothing but the number of the disposal that emptied it."""
    place, subject, *others = (entry.get(name) for name in ABOUT_FIELDS)
    left = entry.get("before") or entry.get("after") if entry.is_first_version else entry.words_hash != NO_WORDS
    neutral = (not place or place.startswith(f"{disposal_ref}/")) and subject in {"", disposal_ref}
    return neutral and not any(others) and not left


def format_instant(at: datetime) -> str:
    """Write an instant as it is hashed: `2026-11-23T09:00:00.000000Z`."""
    return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"
