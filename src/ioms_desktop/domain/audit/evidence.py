"""By whose decision entries were emptied and epochs opened, and what was there when version 2 began.

The chain itself says it: a disposal is proposed by one and authorised by another, each in an entry of their own; so is
an epoch that declares seals superseded. The entry with which version 2 begins holds the digest of all that was there.
"""

import json
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import Any, NamedTuple

from ioms_desktop.domain.audit.entries import AuditEntry, Redaction, digest
from ioms_desktop.domain.audit.seals import Epoch

CHANGES = frozenset({"ALTERATION", "ERASURE"})
OWN_OBJECT_TYPES = ("audit", "redaction", "disposal")
"""The object types of entries by which the audit speaks of itself or of a disposal; none of them names a person."""
PROMOTION_OBJECT_TYPE = "promotion"
"""The object type by which an audit records the import of another: number of entries and digest, sealed as usual."""
VERSION_REF = "version 2"
"""The object reference of the entry with which version 2 begins, in a database that has entries of version 1."""
ENTRIES_PER_BLOCK = 1_000

MIXED_VERSIONS = "Version 1 and version 2 entries are mixed, or the entry that starts version 2 is missing or repeated."


def epoch_ref(number: int) -> str:
    """Return the object reference of the entry that opens an epoch."""
    return f"epoch {number}"


def proposed_epoch_ref(number: int) -> str:
    """Return the object reference of the entry that proposes an epoch."""
    return f"epoch {number} proposed"


def withdrawn_epoch_ref(number: int) -> str:
    """Return the object reference of the entry that withdraws a proposal of an epoch."""
    return f"epoch {number} withdrawn"


def kept_audit_ref(database_id: str) -> str:
    """Return the object reference of the entry that says what a disposal here left of another database's audit."""
    return f"kept {database_id}"


class _Said(NamedTuple):
    """What an entry says of the audit or of a disposal."""

    entry: int
    mark: int
    is_first_version: bool
    actor: str
    object_ref: str
    subject_ref: str
    detail: dict[str, Any]


class _FormerEntries:
    """The digest of the entries of version 1, block by block, in the order of mark and id."""

    def __init__(self) -> None:
        self.count = 0
        self._root, self._block = sha256(), sha256()

    def add(self, entry: AuditEntry) -> None:
        self._block.update(f"{entry.original_hash}{entry.row_hash}".encode())
        self.count += 1
        if self.count % ENTRIES_PER_BLOCK == 0:
            self._close()

    def finish(self) -> str:
        if self.count % ENTRIES_PER_BLOCK:
            self._close()
        return self._root.hexdigest()

    def _close(self) -> None:
        self._root.update(self._block.hexdigest().encode())
        self._block = sha256()


class AuditEvidence:
    """What the chain says of its own versions, redactions and epochs, gathered while it is read."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._former = _FormerEntries()
        self._last_former, self._first_new = 0, 0
        self._said: dict[tuple[str, str], list[_Said]] = {}
        self._seal_ends: list[int] = []

    @property
    def former_epochs(self) -> int:
        """The last epoch that was opened under version 1."""
        begins = self._beginnings()
        counted = begins[0].detail.get("epochs") if begins else None
        return counted if isinstance(counted, int) else 1

    def note_seal(self, to_mark: int) -> None:
        """Take note of where the next seal ends."""
        self._seal_ends.append(to_mark)

    def note(self, entry: AuditEntry) -> str:
        """Take note of the next entry; say what is wrong with it, or nothing."""
        number = int(entry.fields[0] or 0)
        if entry.is_first_version:
            self._former.add(entry)
            self._last_former = max(self._last_former, number)
        else:
            self._first_new = min(self._first_new or number, number)
        object_type = entry.get("object_type")
        if object_type not in OWN_OBJECT_TYPES or (kind := entry.get("kind")) not in CHANGES:
            return ""
        if entry.detail is not None and not entry.is_detail_as_hashed():
            return f"Entry {number} does not say what it was sealed with."
        detail = _parsed(entry.detail)
        if detail.get("denied"):
            return ""
        said = _Said(
            number,
            int(entry.get("mark") or 0),
            entry.is_first_version,
            entry.get("actor"),
            entry.get("object_ref"),
            entry.get("subject_ref"),
            detail,
        )
        named = said.object_ref if object_type == "audit" else said.subject_ref
        self._said.setdefault((f"{object_type} {kind}", named), []).append(said)
        return ""

    def _about(self, what: str, named: str) -> list[_Said]:
        kind = "ALTERATION" if what == "audit" else "ERASURE"
        return self._said.get((f"{what} {kind}", named), [])

    def _beginnings(self) -> list[_Said]:
        """The entries that say that version 2 begins; one that is of version 1 itself is from before a downgrade."""
        return [each for each in self._about("audit", VERSION_REF) if not each.is_first_version]

    def find_fault(self, redactions: Sequence[Redaction], epochs: Sequence[Epoch]) -> str:
        """Say what was done without being on record, or not by those who have to do it; empty where nothing was."""
        return self._version_fault() or self._redactions_fault(redactions) or self._epochs_fault(epochs)

    def _version_fault(self) -> str:
        held, root = self._former.count, self._former.finish()
        begins = self._beginnings()
        if not self._first_new or not (held or begins):
            return ""
        if len(begins) != 1 or self._last_former >= self._first_new:
            return MIXED_VERSIONS
        detail = begins[0].detail
        if (detail.get("entries"), detail.get("root")) != (held, root):
            return "The entries of version 1 are not those that were there when version 2 began."
        return ""

    def _redactions_fault(self, redactions: Sequence[Redaction]) -> str:
        by_ref: dict[str, list[Redaction]] = {}
        for each in redactions:
            by_ref.setdefault(each.disposal_ref, []).append(each)
        listed = {named for what, named in self._said if what == "redaction ERASURE"}
        for ref in sorted({*by_ref, *listed}):
            reason = self._disposal_fault(ref, by_ref.get(ref, []))
            if reason:
                return reason
        return ""

    def _disposal_fault(self, ref: str, redactions: list[Redaction]) -> str:
        done = self._about("redaction", ref)
        if len(done) > 1:
            return f"Entries were emptied under {ref} more than once."
        if len(done) != 1 or done[0].object_ref != redactions_digest(ref, redactions):
            return f"The entries emptied under {ref} are not those that its disposal put on record."
        if not done[0].is_first_version and any(each.about_hash is None for each in redactions):
            return f"The entries emptied under {ref} lack the digests of what they said."
        if not self._two_people(ref):
            return f"The entries emptied under {ref} were not emptied by a disposal of two people."
        return ""

    def _two_people(self, ref: str) -> tuple[str, str] | None:
        """Who proposed a disposal and who authorised it, each by an entry of their own; None where it was not so."""
        certificates = self._about("disposal", ref)
        done = self._about("redaction", ref)
        if len(certificates) != 1 or not done:
            return None
        (certificate,) = certificates
        proposer, authoriser = (str(certificate.detail.get(name)) for name in ("proposed_by", "authorised_by"))
        proposals = self._said.get(("disposal ALTERATION", ref), [])
        # Nothing is emptied before the proposal is sealed: two names that were written at once are no two people.
        proposed = any(
            each.actor == proposer
            and each.entry < done[0].entry
            and (done[0].is_first_version or self._is_sealed_between(each, done[0]))
            for each in proposals
        )
        authorised = authoriser == certificate.actor == done[0].actor
        return (proposer, authoriser) if proposed and authorised and proposer != authoriser else None

    def _is_sealed_between(self, first: _Said, then: _Said) -> bool:
        return any(first.mark < end <= then.mark for end in self._seal_ends)

    def _epochs_fault(self, epochs: Sequence[Epoch]) -> str:
        former = self.former_epochs
        # The server opens an epoch by itself, and whoever holds the key of a file could write anything: of both one is
        # enough, but neither makes a head that was kept elsewhere count for nothing on a server.
        is_server = any(epoch.system_id for epoch in epochs)
        for place, epoch in enumerate(epochs, 1):
            if epoch.number != place:
                return f"Epoch {place} of the audit is missing."
            if place > former and not self._is_on_record(epoch, needs_two=is_server and bool(epoch.superseded)):
                return f"Epoch {place} of the audit is not the one that was put on record, or not by two people."
        last = len(epochs) + 1
        return f"Epoch {last} of the audit is missing." if self._about("audit", epoch_ref(last)) else ""

    def _is_on_record(self, epoch: Epoch, *, needs_two: bool) -> bool:
        opened = self._about("audit", epoch_ref(epoch.number))
        if len(opened) != 1 or opened[0].detail.get("epoch") != epoch.hash or opened[0].actor != epoch.opened_by:
            return False
        if not needs_two:
            return True
        proposals = self._about("audit", proposed_epoch_ref(epoch.number))
        withdrawals = self._about("audit", withdrawn_epoch_ref(epoch.number))
        withdrawn = max((each.entry for each in withdrawals if each.entry < opened[0].entry), default=0)
        return epoch.proposed_by != epoch.opened_by and any(
            each.actor == epoch.proposed_by
            and withdrawn < each.entry < opened[0].entry
            and each.detail.get("superseded") == epoch.superseded
            for each in proposals
        )

    def describe_disposals(self, redactions: Iterable[Redaction]) -> tuple[str, ...]:
        """Name each disposal that emptied entries, with the two people."""
        counts: dict[str, int] = {}
        for each in redactions:
            counts[each.disposal_ref] = counts.get(each.disposal_ref, 0) + 1
        people = {ref: self._two_people(ref) for ref in counts}
        return tuple(
            f"{ref}, proposed by {who[0]} and authorised by {who[1]}: {counts[ref]} entries emptied"
            for ref, who in people.items()
            if who is not None
        )


def redactions_digest(disposal_ref: str, redactions: Iterable[Redaction]) -> str:
    """Return the hash over all the entries that a disposal redacted, as the audit records it."""
    said: list[str | None] = [disposal_ref]
    found = sorted(redactions, key=lambda each: each.entry)
    if not found:
        return ""
    for each in found:
        said.extend((str(each.entry), each.kept_hash))
        if (each.about_hash, each.words_hash) != (None, None):
            said.extend((each.about_hash, each.words_hash))
    return digest(said)


def _parsed(detail: str | None) -> dict[str, Any]:
    try:
        said = json.loads(detail or "{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
