"""Carries out a disposal in a local file, as a server's function does: in one transaction, nothing left in freed pages.

Deleted content is overwritten with zeros; afterwards the file is vacuumed and its log emptied, because pages that were
split and merged may hold old cells beside current ones.
"""

import json
from collections.abc import Container, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import case, delete, func, insert, or_, select, text, update

from ioms_desktop.domain.audit.entries import SALT_DIGITS, AuditEntry, Redaction
from ioms_desktop.domain.audit.evidence import redactions_digest
from ioms_desktop.domain.dates.calendar import LONDON
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record, columns_of
from ioms_desktop.domain.records.record_types import EXCHANGE_RECORD_TYPES, INTERNAL_RECORD_TYPES
from ioms_desktop.domain.retention import Disposal
from ioms_desktop.storage.audit.sealing import audit_entries_by_id, seal_now
from ioms_desktop.storage.retention.disposals import DONE
from ioms_desktop.storage.retention.name_mentions import find_mentions, mention_pattern, other_names, other_numbers
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.documents import CONTENT_TABLES
from ioms_desktop.storage.schema.tables import audit, disposal, former_version, redaction, request
from ioms_desktop.storage.sqlite.engine import connect, driver_error
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import Transaction

NEUTRAL_ANSWER = {"notice": "Done. The record was disposed of since.", "changed": [], "ref": "", "raised": []}
MAX_ACTION_TEXT_CHARS = 2_000
REQUESTS_PER_UPDATE = 500


def dispose_in_file(tx: Transaction, job: Disposal, redact_by: date) -> dict[str, Any]:
    """Carry out a disposal.

    Args:
        tx: Where to write.
        job: The proposal; the caller has checked that it may be carried out.
        redact_by: The due date for redacting mentions in others' records.

    Returns:
        The certificate.
    """
    tx.connection.exec_driver_sql("PRAGMA secure_delete=ON")
    seal_now(tx)  # the proposal is sealed before anything of it is carried out
    person = tx.get(Person, job.person_ref)
    refs = [found.case_ref for found in tx.list_records(Case, person_ref=person.person_ref)]
    others = (*other_names(tx, person.person_ref), *other_numbers(tx, person.person_ref))
    pattern = mention_pattern(person, refs, others)
    counts = _remove_person(tx, job, person, refs)
    tasks = _add_redaction_actions(tx, job, [*find_mentions(tx, pattern)], redact_by)
    emptied = _empty_audit_entries(tx, job, [person.person_ref, *refs])
    certificate = {
        "certificate": job.disposal_ref,
        "disposed_on": tx.command.at.astimezone(LONDON).date().isoformat(),
        "authority": job.authority,
        "reason": job.reason,
        "proposed_by": job.proposed_by,
        "authorised_by": tx.command.user,
        "removed": counts,
        "audit_entries_emptied": emptied,
        "tasks_to_redact": tasks,
    }
    done = {"status": DONE, "answered_by": tx.command.user, "answered_at": tx.command.at, "certificate": certificate}
    tx.connection.execute(update(disposal).where(disposal.c.disposal_ref == job.disposal_ref).values(**done))
    number = job.disposal_ref
    tx.log("ERASURE", object_type=disposal.name, object_ref=number, subject_ref=number, detail=certificate)
    return certificate


def _remove_person(tx: Transaction, job: Disposal, person: Person, refs: Sequence[str]) -> dict[str, int]:
    """Delete every row of a person: records through `Transaction.remove`, so that each is logged, then the history."""
    theirs = or_(former_version.c.person_ref == person.person_ref, former_version.c.case_ref.in_(refs))
    counts = {former_version.name: tx.connection.execute(delete(former_version).where(theirs)).rowcount}
    of_case: list[type[Record]] = [
        record_type
        for record_type in (*EXCHANGE_RECORD_TYPES, *INTERNAL_RECORD_TYPES)
        if _owned_by(record_type, "case_ref")
    ]
    owners = {column.owner for record_type in of_case for column in columns_of(record_type)}
    for record_type in sorted(
        of_case, key=lambda record_type: record_type.table in owners
    ):  # contacts before offers, which they may refer to
        found = [record for ref in refs for record in tx.list_records(record_type, case_ref=ref)]
        counts[record_type.table] = _remove_all(tx, found, job.disposal_ref)
    for table in (tables.access_entry, *CONTENT_TABLES, tables.case_standing):
        counts[table.name] = tx.connection.execute(delete(table).where(table.c.case_ref.in_(refs))).rowcount
    tx.connection.execute(update(disposal).where(disposal.c.disposal_ref == job.disposal_ref).values(person_ref=None))
    search, review = tables.search_key, tables.retention_review
    for table in (search, review, disposal):
        gone = delete(table).where(table.c.person_ref == person.person_ref)
        counts[table.name] = tx.connection.execute(gone).rowcount
    of_person = [
        record_type
        for record_type in EXCHANGE_RECORD_TYPES
        if _owned_by(record_type, "person_ref") and record_type is not Person and record_type is not Case
    ]
    for record_type in (*of_person, Case, Person):
        counts[record_type.table] = _remove_all(
            tx, tx.list_records(record_type, person_ref=person.person_ref), job.disposal_ref
        )
    tx.connection.execute(delete(former_version).where(theirs))  # the previous versions that the removal itself stored
    return counts


def _owned_by(record_type: type[Record], owner: str) -> bool:
    return any(column.name == owner for column in columns_of(record_type)) and not (
        record_type is Case and owner == "case_ref"
    )


def _remove_all(tx: Transaction, records: Sequence[Record], number: str) -> int:
    for record in records:
        tx.remove(record, number)
    return len(records)


def _add_redaction_actions(tx: Transaction, job: Disposal, found: Sequence[Any], redact_by: date) -> list[str]:
    """Add actions to redact mentions in others' records, which are not changed here."""
    places: dict[str, list[str]] = {}
    for mention in found:
        owner = mention.case_ref or _first_case_ref(tx, mention.person_ref)
        places.setdefault(owner, []).append(mention.place)
    made: list[str] = []
    for owner in sorted(places, key=lambda owner: (not owner, owner)):
        ref = f"{job.disposal_ref}-{len(made) + 1}"
        where = "; ".join(sorted(places[owner]))
        words = f"Redact what is said here of the person disposed of as {job.disposal_ref}: {where}"[
            :MAX_ACTION_TEXT_CHARS
        ]
        tx.add(Action(action_ref=ref, case_ref=owner or None, text=words, owner="supervisor", due_on=redact_by))
        made.append(ref)
    return made


def _first_case_ref(tx: Transaction, person_ref: str | None) -> str:
    refs = [] if person_ref is None else [found.case_ref for found in tx.list_records(Case, person_ref=person_ref)]
    return min(refs, default="")


def _empty_audit_entries(tx: Transaction, job: Disposal, refs: Sequence[str]) -> int:
    """Redact a person from the audit; who did what and when stays, under a neutral reference.

    From an entry about several people (a search, an export) only the reference and the typed text are removed.
    """
    guard = tx.connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'audit_no_UPDATE'"))
    tx.connection.exec_driver_sql("DROP TRIGGER audit_no_UPDATE")
    own = _entries_about_person(tx, refs)
    others = _find_entries_about_others(tx, job, refs, {row.id for row in own})
    were = _entries(tx, [*(row.id for row in own), *others])
    _neutralise_answers(tx, own)
    _empty_own_entries(tx, job, own)
    for id_, changed in others.items():
        # Salted anew: what is left of it says nothing of what went.
        tx.connection.execute(
            text(
                "UPDATE audit SET before = :before, after = :after, "
                "salt = substr(salt, 1, :digits) || lower(hex(randomblob(:digits / 2))) WHERE id = :id"
            ),
            {**changed, "digits": SALT_DIGITS, "id": id_},
        )
    tx.connection.exec_driver_sql(guard)
    _record_redactions(tx, job, were)
    return len(were)


def _entries(tx: Transaction, ids: Sequence[int]) -> list[AuditEntry]:
    return list(audit_entries_by_id(tx, sorted(ids)))


def _empty_own_entries(tx: Transaction, job: Disposal, own: Sequence[Any]) -> None:
    """Leave of the entries about the person who did what when, under a neutral reference."""
    named = sorted({(row.object_type, row.object_ref) for row in own})
    places = {each: place for place, each in enumerate(named, 1)}
    for row in own:
        tx.connection.execute(
            update(audit)
            .where(audit.c.id == row.id)
            .values(
                object_ref=f"{job.disposal_ref}/{places[row.object_type, row.object_ref]}",
                subject_ref=case((audit.c.subject_ref.is_(None), None), else_=job.disposal_ref),
                recipient=None,
                reason_text=None,
                before=text("NULL"),
                after=text("NULL"),
                salt=case((audit.c.salt.is_(None), None), else_=""),
            )
        )


def _entries_about_person(tx: Transaction, refs: Sequence[str]) -> Sequence[Any]:
    """Find the entries about the person: by their reference, and denied accesses, which name only the case."""
    before_slash = func.substr(audit.c.object_ref, 1, func.instr(audit.c.object_ref + "/", "/") - 1)
    nameless = audit.c.subject_ref.is_(None) & or_(audit.c.object_ref.in_(refs), before_slash.in_(refs))
    query = select(audit.c.id, audit.c.request, audit.c.object_type, audit.c.object_ref)
    return tx.connection.execute(query.where(or_(audit.c.subject_ref == refs[0], nameless))).all()


def _find_entries_about_others(
    tx: Transaction, job: Disposal, refs: Sequence[str], own: Container[int]
) -> dict[int, dict[str, Any]]:
    """Find the entries about others that have the references; gives what each says without them."""
    said, number = [json.dumps(ref) for ref in refs], json.dumps(job.disposal_ref)
    found: dict[int, dict[str, Any]] = {}
    query = text(
        "SELECT id, object_type, CAST(before AS TEXT), CAST(after AS TEXT) FROM audit "
        "WHERE before IS NOT NULL OR after IS NOT NULL"
    )
    for id_, object_type, *recorded in tx.connection.execute(query):
        if id_ in own or not any(ref in (each or "") for ref in said for each in recorded):
            continue
        for place, name in enumerate(("before", "after")):
            words = recorded[place]
            for ref in said:
                words = words and words.replace(ref, number)
            if words and object_type == "search":
                words = json.dumps({**json.loads(words), "query": ""})
            found.setdefault(id_, {})[name] = words
    return found


def _neutralise_answers(tx: Transaction, own: Sequence[Any]) -> None:
    """Neutralise the stored answers of commands about the person."""
    ids = sorted({row.request for row in own if row.request and row.request != tx.command.request})
    for start in range(0, len(ids), REQUESTS_PER_UPDATE):
        some = request.c.id.in_(ids[start : start + REQUESTS_PER_UPDATE]) & request.c.answer.is_not(None)
        tx.connection.execute(update(request).where(some).values(answer=NEUTRAL_ANSWER))


def _record_redactions(tx: Transaction, job: Disposal, were: Sequence[AuditEntry]) -> None:
    """Record the digests of what the entries said, and their hashes as they are now, by which the audit verifies."""
    kept = []
    for was, now in zip(were, _entries(tx, [int(each.fields[0] or 0) for each in were]), strict=True):
        before = was.redaction
        kept.append(
            Redaction(
                job.disposal_ref,
                int(was.fields[0] or 0),
                now.present_hash,
                (before and before.about_hash) or was.about_hash,
                (before and before.words_hash) or was.words_hash,
            )
        )
    if kept:
        tx.connection.execute(insert(redaction), [each._asdict() for each in kept])
    said = redactions_digest(job.disposal_ref, kept)
    detail = {"entries": len(kept)}
    tx.log("ERASURE", object_type=redaction.name, object_ref=said, subject_ref=job.disposal_ref, detail=detail)


def vacuum_file(store: Store) -> bool:
    """Rebuild a local file, without the removed content in its pages or its log.

    Returns:
        False where it was not possible, for instance because another program has the file open or the disk is full. The
        removal stands, and the removed content is overwritten with zeros in any case.
    """
    try:
        store.engine.dispose()  # this program's own connections would block it
        with closing(connect(Path(store.location), store.key)) as connection:
            connection.execute("PRAGMA temp_store=MEMORY")
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("VACUUM")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except (driver_error(), OSError, MemoryError):
        return False
    return not busy
