"""A database whose audit began under version 1: entries, sealed or not, a redaction and an epoch; then version 2."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, text

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.audit.entries import ENTRY_FIELDS, Redaction
from ioms_desktop.domain.audit.evidence import redactions_digest
from ioms_desktop.domain.audit.seals import Seal, seal_hash
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.services.retention.retention import (
    AnswerDisposal,
    ProposeDisposal,
    dispose_of_record,
    propose_disposal,
)
from ioms_desktop.storage.audit import sealing
from ioms_desktop.storage.database.migrate import _run_alembic as run_alembic
from ioms_desktop.storage.database.migrate import upgrade_database
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.schema.tables import epoch, redaction, seal
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext, Transaction
from keys import key_of
from sessions import Clock, fill, request, session_of
from stored_samples import AT, act
from tampering import unguarded

FORMER_SCHEMA = "0078"
LOST = [(90, "9" * 64), (91, "a" * 64)]
OLD_DISPOSAL = "DS-OLD"


def upgraded(store: Store) -> str:
    """Fill an empty database under the former schema, bring it up to date, and go on working; return the disposal."""
    with store.engine.connect() as connection, connection.execution_options(ioms_command=True).begin():
        downgraded(connection)
    _work_under_first_version(store)
    with store.engine.connect() as connection, connection.execution_options(ioms_command=True).begin():
        # Only now: a program of this version works with no database that says it is of another.
        connection.execute(text("UPDATE meta SET value = :schema WHERE name = 'schema'"), {"schema": FORMER_SCHEMA})
    upgrade_database(store.location, key_of(store.location))
    return _work_under_second_version(store)


def downgraded(connection: Connection) -> None:
    """Take a database back to the schema before version 2 of the audit."""
    run_alembic(connection, "downgrade", FORMER_SCHEMA)


def _work_under_first_version(store: Store) -> None:
    fill(store)
    with store.begin(act()) as tx:  # what a downgrade leaves of an earlier beginning of version 2
        detail = {"entries": 1, "root": "", "epochs": 9}
        tx.log("ALTERATION", object_type="audit", object_ref="version 2", subject_ref=None, detail=detail)
    _look(store, "IOM-1", "P-CH")
    _dispose_formerly(store)
    _seal_formerly(store)
    _open_epoch_formerly(store)
    _look(store, "PHX-1", "P-JM")
    _seal_formerly(store)
    _look(store, "IOM-1", "P-CH")  # and no seal: version 2 seals it


def _look(store: Store, case_ref: str, person_ref: str, minutes: int = 0) -> None:
    with store.begin(act(at=AT + timedelta(minutes=minutes))) as tx:
        tx.log("CONSULTATION", object_type="cases", object_ref=case_ref, subject_ref=person_ref)
        detail = {"query": "harker", "shown": [person_ref, "P-XX"]}
        tx.log("CONSULTATION", object_type="search", object_ref="quick_search", subject_ref=None, detail=detail)


def _dispose_formerly(store: Store) -> None:
    """Leave what a disposal left: two emptied entries, their redactions, and what was put on record of them."""
    named = {"object_type": "disposal", "subject_ref": "P-OLD", "object_ref": OLD_DISPOSAL}
    with store.begin(act()) as tx:
        tx.log("CONSULTATION", object_type="cases", object_ref="IOM-OLD", subject_ref="P-OLD")
        tx.log("ALTERATION", **named, detail={"status": "PROPOSED"})
    with unguarded(store, kept=True) as reading:
        reading.connection.execute(
            text(
                "UPDATE audit SET object_ref = 'DS-OLD/1', subject_ref = 'DS-OLD', before = NULL, after = NULL "
                "WHERE subject_ref = 'P-OLD'"
            )
        )
        emptied = _emptied_formerly(reading.connection)
        connection = reading.connection
        values = ", ".join(f"({number}, '{OLD_DISPOSAL}', '{kept}')" for number, kept in emptied)
        connection.execute(text(f"INSERT INTO redaction (entry, disposal_ref, kept_hash) VALUES {values}"))  # noqa: S608 - our own
    told = {"certificate": OLD_DISPOSAL, "proposed_by": "ADEYEMI", "authorised_by": "holt"}
    digest = redactions_digest(OLD_DISPOSAL, [Redaction(OLD_DISPOSAL, number, kept) for number, kept in emptied])
    with store.begin(replace(act(), user="holt")) as tx:
        tx.log("ERASURE", object_type=redaction.name, object_ref=digest, subject_ref=OLD_DISPOSAL)
        tx.log("ERASURE", **named | {"subject_ref": OLD_DISPOSAL}, detail=told)


def _emptied_formerly(connection: Connection) -> list[tuple[int, str]]:
    server = connection.dialect.name == "postgresql"
    hashed = "kept_hash(a)" if server else f"entry_hash({', '.join(ENTRY_FIELDS)})"
    query = f"SELECT id, {hashed} FROM audit AS a WHERE subject_ref = 'DS-OLD' ORDER BY id"  # noqa: S608 - our own
    return [(int(row[0]), str(row[1])) for row in connection.execute(text(query))]


def _seal_formerly(store: Store) -> None:
    with store.begin(act()) as tx:
        if tx.connection.dialect.name == "postgresql":
            tx.connection.execute(text("SELECT seal_audit()"))
            return
        last = tx.connection.execute(text("SELECT n, to_mark, hash FROM seal ORDER BY n DESC LIMIT 1")).first()
        n, start, prev = last or (0, 0, "")
        query = text("SELECT mark, row_hash FROM audit WHERE mark >= :start ORDER BY mark, id")
        rows = tx.connection.execute(query, {"start": start}).all()
        number = tx.connection.scalar(text("SELECT max(number) FROM epoch")) or 1
        root = sha256("".join(row.row_hash for row in rows).encode()).hexdigest()
        made = Seal(
            n=n + 1,
            at=AT,
            epoch=number,
            from_mark=start,
            to_mark=rows[-1].mark + 1,
            rows=len(rows),
            root=root,
            prev=prev,
        )
        made = replace(made, hash=seal_hash(made, database_id(tx)))
        columns = (column.name for column in seal.columns if column.name != "epochs")
        tx.connection.execute(insert(seal), {name: getattr(made, name) for name in columns})


def _open_epoch_formerly(store: Store) -> None:
    with store.begin(act()) as tx:
        if tx.connection.dialect.name == "postgresql":
            tx.connection.execute(text("SELECT open_epoch('restored once', 70, 71)"))
            return
        values: dict[str, Any] = {"number": 2, "opened_at": AT, "opened_by": "ADEYEMI", "reason": "restored once"}
        values |= {"system_id": "", "base": 0, "superseded_from": 70, "superseded_to": 71}
        tx.connection.execute(insert(epoch), values)
        tx.log("ALTERATION", object_type="audit", object_ref="epoch 2", subject_ref=None)


def _work_under_second_version(store: Store) -> str:
    seal_now(store)
    _look(store, "PHX-1", "P-JM", 1)
    _look(store, "IOM-1", "P-CH", 1)
    seal_now(store)
    with store.begin(act()) as tx:
        open_epoch(tx, "restored from Monday", LOST)
    clock = Clock()
    wright, holt = (session_of(store, user, Role.SUPERVISOR, clock) for user in ("wright", "holt"))
    with store.begin(_supervising(clock.now)) as tx:
        case = tx.get(Case, "IOM-1")
        tx.save(replace(case, status="DESELECTED", closed_on=date(2026, 10, 14), close_reason="SUSTAINED_REDUCTION"))
    entry = ProposeDisposal(request=request(), person_ref="P-CH", authority="RRD panel 12/2026", reason="Clear years.")
    ref = propose_disposal(wright, entry).ref
    dispose_of_record(holt, AnswerDisposal(request=request(), disposal_ref=ref))
    seal_now(store)
    _look(store, "PHX-1", "P-JM", 2)
    seal_now(store)
    return ref


def _supervising(at: datetime) -> CommandContext:
    return CommandContext(request="", user="holt", role="supervisor", at=at, workstation="session 0")


def seal_now(store: Store) -> None:
    """Seal what was written."""
    with store.begin(act(at=AT + timedelta(hours=1))) as tx:
        sealing.seal_now(tx)


def open_epoch(tx: Transaction, reason: str, lost: Sequence[tuple[int, str]]) -> int:
    """Open an epoch as either kind of database does, on a server by a second administrator."""
    if tx.connection.dialect.name != "postgresql":
        return sealing.open_epoch_of_file(tx, reason, lost)
    tx.connection.execute(text("SET LOCAL ioms.actor = 'holt'"))
    sealing.propose_epoch(tx, reason, lost)
    proposed = sealing.find_proposed_epoch(Reading(tx.connection))
    assert proposed is not None
    tx.connection.execute(text("SET LOCAL ioms.actor = 'ADEYEMI'"))
    return sealing.confirm_epoch(tx, proposed.entry)
