"""Audits of other databases, kept as they were hashed there, beside this database's own audit.

A file that is migrated to a server or checked in has an audit of its own. Adding its entries to this database's audit
would say that they happened here. They are kept entry by entry, under the identifier of the database they come from,
with its seals, so that they can be verified in the same way.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import Text, cast, func, insert, select

from ioms_desktop.domain.audit.chain import verify_chain
from ioms_desktop.domain.audit.entries import (
    ENTRY_FIELDS,
    AuditEntry,
    Redaction,
    digest,
    first_version_hash,
    format_instant,
)
from ioms_desktop.domain.audit.evidence import MIXED_VERSIONS, PROMOTION_OBJECT_TYPE, kept_audit_ref
from ioms_desktop.domain.audit.seals import Epoch, Seal
from ioms_desktop.storage.audit import sealing
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import audit, kept_trail, redaction
from ioms_desktop.storage.schema.views import audit_trail
from ioms_desktop.storage.transaction import Transaction

EMPTIED_MARKER = "emptied"
"""Replaces the hash since a disposal, where the disposal was here."""
HERE = "/here"
"""Stands for the number of a disposal here, which is not kept with the entries of another database."""
ENTRY, SEAL, EPOCH = "ENTRY", "SEAL", "EPOCH"
ROWS_PER_BATCH = 1_000
SHORT_ENTRY = len(ENTRY_FIELDS) + 2
"""How long the list of an entry of version 1 is that no disposal under version 2 emptied."""
FORMER_STAYS = frozenset({0, 1, 2, 3, 4, 5, 7, 11, 15, 16, 17})
STAYS = FORMER_STAYS | {6, 18, 20, 21}
"""The places of what a disposal here leaves of an entry of version 1 and of version 2: header, hashes, the marker."""
OBJECT_REF = ENTRY_FIELDS.index("object_ref")
MALFORMED = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError)
"""What reading a text that is not of an audit may end in: users who may import an audit may import anything."""


class ImportedAuditSummary(NamedTuple):
    """What was imported of an audit.

    Attributes:
        entries: How many entries.
        digest: The SHA-256 of all entries and seals, for this database's own audit.
        fault: What was wrong with the file's audit, disposals and epochs included; empty where nothing was.
    """

    entries: int
    digest: str
    fault: str

    @property
    def detail(self) -> dict[str, Any]:
        """What this database's own audit says of the import."""
        said = {"entries": self.entries, "sha256": self.digest}
        return said | ({"fault": self.fault} if self.fault else {})


class ImportedAuditProof(NamedTuple):
    """The verification of an imported audit.

    Attributes:
        database_id: The database it comes from.
        kept_by: The user who imported it.
        entries: How many entries were read.
        sealed: How many of them are sealed.
        reason: The fault; empty where it verifies.
        on_record: Whether this database's own audit records the import; without that, anybody may have written it.
    """

    database_id: str
    kept_by: str
    entries: int
    sealed: int
    reason: str
    on_record: bool


def import_audit(file: Reading, tx: Transaction) -> ImportedAuditSummary:
    """Import the new entries of a file's audit.

    Args:
        file: The file.
        tx: The database to import into.

    Returns:
        What was imported this time.
    """
    number = database_id(file)
    known = {
        part: tx.connection.scalar(
            select(func.coalesce(func.max(kept_trail.c.n), 0)).where(
                kept_trail.c.database_id == number,
                kept_trail.c.kept_by == tx.command.user,
                kept_trail.c.part == part,
            )
        )
        for part in (ENTRY, SEAL, EPOCH)
    }
    own = {"database_id": number, "kept_by": tx.command.user, "kept_at": tx.command.at}
    rows = (row | own for row in _trail_rows(file) if row["n"] > (known[row["part"]] or 0))
    kept, digest = 0, sha256()
    while part := list(islice(rows, ROWS_PER_BATCH)):
        tx.connection.execute(insert(kept_trail), part)
        kept += sum(row["part"] == ENTRY for row in part)
        for row in part:
            digest.update(row["fields"].encode())
    fault = sealing.verify_stored_audit(file).fault
    return ImportedAuditSummary(kept, digest.hexdigest(), fault.reason if fault else "")


def _trail_rows(file: Reading) -> Iterator[dict[str, Any]]:
    """Iterate over a file's epochs, seals and entries, the entries in order of their marks."""
    empty = {"before": None, "after": None}
    for epoch in sealing.epochs(file):
        said = {name: getattr(epoch, name) for name in Epoch.__dataclass_fields__ if name != "opened_at"}
        told = said | {"opened_at": format_instant(epoch.opened_at)}
        yield {"part": EPOCH, "n": epoch.number, "fields": json.dumps(told), **empty}
    for seal in sealing.seals(file):
        said = {name: getattr(seal, name) for name in Seal.__dataclass_fields__ if name != "at"}
        yield {"part": SEAL, "n": seal.n, "fields": json.dumps(said | {"at": format_instant(seal.at)}), **empty}
    recorded = (cast(audit.c.before, Text), cast(audit.c.after, Text))
    query = select(*recorded).order_by(sealing.mark_of(file, audit), audit.c.id)
    with file.connection.execute(query, execution_options={"yield_per": ROWS_PER_BATCH}) as found:
        for (before, after), entry in zip(found, sealing.audit_entries(file), strict=True):
            fields = json.dumps(_stored_entry(entry), ensure_ascii=False)
            yield {"part": ENTRY, "n": int(entry.fields[0] or 0), "fields": fields, "before": before, "after": after}


def _stored_entry(entry: AuditEntry) -> list[str | None]:
    """What is kept of an entry: its fields and hashes; of one under version 2 its salt and three digests as well."""
    was = entry.redaction
    first = [*entry.fields, entry.row_hash, was and was.kept_hash]
    if entry.is_first_version and (was is None or was.about_hash is None):
        return first
    about_hash, words_hash = (was and was.about_hash) or entry.about_hash, (was and was.words_hash) or entry.words_hash
    return [*first, entry.about_salt, entry.words_digest, about_hash, words_hash]


def kept_lines(reading: Reading) -> Iterator[dict[str, Any]]:
    """Iterate over every imported audit as it is kept: whose it is, then its epochs, seals and entries."""
    whose = (kept_trail.c.database_id, kept_trail.c.kept_by)
    for number, by in reading.connection.execute(select(*whose).distinct().order_by(*whose)).all():
        yield {"part": "kept audit", "database": number, "by": by}
        for part in (EPOCH, SEAL, ENTRY):
            for at, fields in _stored_rows(reading, number, by, part):
                yield {"part": "kept", "of": part, "at": format_instant(at), "fields": fields}


def verify_imported_audits(reading: Reading) -> list[ImportedAuditProof]:
    """Verify every imported audit."""
    whose = (kept_trail.c.database_id, kept_trail.c.kept_by)
    query = select(*whose).distinct().order_by(*whose)
    return [_verify_imported_audit(reading, number, by) for number, by in reading.connection.execute(query).all()]


def _verify_imported_audit(reading: Reading, number: str, by: str) -> ImportedAuditProof:
    records = _records_of_imports(reading, number, by)
    emptied_there, on_record = _EmptiedThere(), bool(records)
    try:
        count = sum(each["entries"] for each in records)
        epochs = [_epoch_from_json(text) for text in _stored_fields(reading, number, by, EPOCH)]
        found = verify_chain(
            emptied_there.watched(_entries(reading, number, by)),
            (_seal_from_json(text) for text in _stored_fields(reading, number, by, SEAL)),
            database_id=number,
            epochs=epochs,
        )
        reason = next((f"When it was imported: {each['fault']}" for each in records if "fault" in each), "")
        reason = reason or (found.fault.reason if found.fault else emptied_there.fault())
        if not reason and count != found.entries:
            reason = f"{count} entries were put on record as kept, and {found.entries} are there."
        reason = reason or _digests_fault(reading, number, by, records) or _emptying_fault(reading, number, by)
    except _NotEmptiedError as wrong:
        return ImportedAuditProof(number, by, 0, 0, str(wrong), on_record)
    except MALFORMED:
        return ImportedAuditProof(number, by, 0, 0, "What was imported is not an audit.", on_record)
    return ImportedAuditProof(number, by, found.entries, found.sealed, reason, on_record)


class _NotEmptiedError(ValueError):
    """An entry says that a disposal here emptied it, and says more than one leaves."""


class _EmptiedThere:
    """Entries that were emptied before they were imported, after which their audit has the disposal that did it."""

    def __init__(self) -> None:
        self._last_emptied, self._last_disposal = 0, 0
        self._first_new, self._last_former = 0, 0

    def watched(self, entries: Iterable[AuditEntry]) -> Iterator[AuditEntry]:
        """Take note of each entry."""
        for entry in entries:
            number = int(entry.fields[0] or 0)
            if entry.is_first_version:
                self._last_former = number
            else:
                self._first_new = self._first_new or number
            if (entry.get("kind"), entry.get("object_type")) == ("ERASURE", redaction.name):
                self._last_disposal = max(self._last_disposal, number)
            if entry.redaction is not None and entry.redaction.disposal_ref != HERE:
                self._last_emptied = max(self._last_emptied, number)
            yield entry

    def fault(self) -> str:
        """Say that one was emptied without a disposal, or put back to version 1; empty where none was."""
        if self._last_former > self._first_new > 0:
            return MIXED_VERSIONS
        if self._last_emptied < self._last_disposal or not self._last_emptied:
            return ""
        return f"Entry {self._last_emptied} was changed after it was written: no disposal emptied it."


def _digests_fault(reading: Reading, number: str, by: str, records: Sequence[dict[str, Any]]) -> str:
    """Compare each import of which no disposal here emptied an entry with the digest that was put on record with it."""
    if not all("sha256" in each for each in records):
        return ""
    recorded = [each["sha256"] for each in records if each["sha256"] != sha256().hexdigest()]
    kept: defaultdict[datetime, Any] = defaultdict(sha256)
    emptied = set()
    for part in (EPOCH, SEAL, ENTRY):
        for at, fields in _stored_rows(reading, number, by, part):
            kept[at].update(fields.encode())
            if part == ENTRY and EMPTIED_MARKER in fields and json.loads(fields)[SHORT_ENTRY - 1] == EMPTIED_MARKER:
                emptied.add(at)
    whole = Counter(made.hexdigest() for at, made in kept.items() if at not in emptied)
    if len(kept) == len(recorded) and whole <= Counter(recorded):
        return ""
    return "What is kept is not what was imported: its digest is not the one that was put on record."


def _emptying_fault(reading: Reading, number: str, by: str) -> str:
    """Compare what disposals here left of entries with the digest that each put on record of them."""
    texts = (fields for _, fields in _stored_rows(reading, number, by, ENTRY) if EMPTIED_MARKER in fields)
    left = {int(said[0] or 0): text for text in texts if (said := json.loads(text))[SHORT_ENTRY - 1] == EMPTIED_MARKER}
    query = select(audit_trail.c.detail).where(
        audit_trail.c.kind == "ERASURE",
        audit_trail.c.object_type == audit.name,
        audit_trail.c.object_ref == kept_audit_ref(number),
    )
    known: set[int] = set()
    for detail in reading.connection.scalars(query):
        if not detail or detail["kept_by"] != by:
            continue
        known.update(detail["entries"])
        whole = "".join(left.get(each, "") for each in sorted(detail["entries"]))
        if sha256(whole.encode()).hexdigest() != detail["sha256"]:
            return "Entries that a disposal here emptied are not as it left them."
    strange = left.keys() - known
    return f"Entry {min(strange)} was emptied, and no disposal here put that on record." if strange else ""


def _records_of_imports(reading: Reading, number: str, by: str) -> list[dict[str, Any]]:
    """What this database's own audit says of each import."""
    query = select(audit_trail.c.detail).where(
        audit_trail.c.kind == "COMBINATION",
        audit_trail.c.object_type == PROMOTION_OBJECT_TYPE,
        audit_trail.c.object_ref == number,
        audit_trail.c.actor == by,
    )
    told = (detail for detail in reading.connection.scalars(query) if isinstance(detail, dict))
    return [detail for detail in told if detail and not detail.get("denied")]


def _entries(reading: Reading, number: str, by: str) -> Generator[AuditEntry, None, None]:
    for text in _stored_fields(reading, number, by, ENTRY):
        yield _entry_from_json(text)


def _entry_from_json(text: str) -> AuditEntry:
    said = json.loads(text)
    fields: tuple[str | None, ...] = tuple(said[: len(ENTRY_FIELDS)])
    row_hash, kept_hash = said[len(ENTRY_FIELDS) : SHORT_ENTRY]
    number = int(fields[0] or 0)
    if kept_hash == EMPTIED_MARKER:
        stays = FORMER_STAYS if len(said) == SHORT_ENTRY else STAYS
        if any(value is not None for place, value in enumerate(said) if place not in stays):
            raise _NotEmptiedError(f"Entry {number} has been altered beyond the emptying.")
    if len(said) == SHORT_ENTRY:
        # One of version 1 that a disposal here redacted only proves that it existed, by the hash it was sealed with.
        if kept_hash == EMPTIED_MARKER:
            return AuditEntry(fields, row_hash, redaction=Redaction(HERE, number, first_version_hash(fields)))
        return AuditEntry(fields, row_hash, redaction=Redaction("", number, kept_hash) if kept_hash else None)
    about_salt, words_digest, about_hash, words_hash = said[SHORT_ENTRY:]
    if kept_hash != EMPTIED_MARKER:
        disposal_ref = str(fields[OBJECT_REF]).partition("/")[0]
        was = Redaction(disposal_ref, number, kept_hash, about_hash, words_hash) if kept_hash else None
        return AuditEntry(fields, row_hash, about_salt, words_digest, was)
    left = AuditEntry(fields, row_hash, about_salt, None if about_salt is None else digest(("", None, None)))
    return left._replace(redaction=Redaction(HERE, number, left.present_hash, about_hash, words_hash))


def _epoch_from_json(text: str) -> Epoch:
    said = json.loads(text)
    return Epoch(**said | {"opened_at": datetime.fromisoformat(said["opened_at"])})


def _seal_from_json(text: str) -> Seal:
    said = json.loads(text)
    return Seal(**said | {"at": datetime.fromisoformat(said["at"])})


def _stored_fields(reading: Reading, number: str, by: str, part: str) -> Generator[str, None, None]:
    for _, fields in _stored_rows(reading, number, by, part):
        yield fields


def _stored_rows(reading: Reading, number: str, by: str, part: str) -> Generator[tuple[datetime, str], None, None]:
    query = select(kept_trail.c.kept_at, kept_trail.c.fields).where(
        kept_trail.c.database_id == number, kept_trail.c.kept_by == by, kept_trail.c.part == part
    )
    with reading.connection.execute(
        query.order_by(kept_trail.c.n), execution_options={"yield_per": ROWS_PER_BATCH}
    ) as rows:
        yield from rows
