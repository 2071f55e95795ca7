"""The audit of another database, kept beside this one's: emptied by a disposal here, it still proves who did what."""

import json
import runpy
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
from sqlalchemy import text

from ioms_desktop.domain.audit.entries import first_version_hash
from ioms_desktop.domain.audit.evidence import PROMOTION_OBJECT_TYPE
from ioms_desktop.paths import resource
from ioms_desktop.storage.audit import imported_audit, sealing
from ioms_desktop.storage.audit.audit_export import audit_lines
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.store import Store
from keys import opened
from stored_samples import PERSON, act
from tampering import unguarded

CHECK = runpy.run_path(str(resource("audit", "check_audit.py")))["main"]


PLANTED = (
    ("SEAL", "5"),
    ("ENTRY", "[]"),
    ("ENTRY", json.dumps([1, *[None] * 21])),
    ("ENTRY", "[1e999" + ", null" * 21 + "]"),
    ("ENTRY", json.dumps([1, *[7] * 21])),
    ("ENTRY", json.dumps([1, *[None] * 6, 7, 7, *[None] * 8, "x", *[None] * 4])),
)
"""Rows that are no audit, each read and passed over in its own way."""


def planted(store: Store) -> None:
    """Keep rows that nobody put on record as imported, before all that anybody did."""
    insertion = (
        "INSERT INTO kept_trail (database_id, kept_by, part, n, fields, kept_at) "
        "VALUES ('0', :by, :part, 1, :fields, '2026-10-15 09:30:00')"
    )
    with store.begin(act()) as tx:
        for place, (part, fields) in enumerate(PLANTED):
            tx.connection.execute(text(insertion), {"by": f"x{place}", "part": part, "fields": fields})


def reason(reading: Reading) -> str:
    *others, proof = imported_audit.verify_imported_audits(reading)
    assert {(each.on_record, each.reason != "") for each in others} <= {(False, True)}
    return proof.reason


def imported(file: Store, store: Store) -> None:
    """Write an audit in a file, and keep it in a database in which the same person is recorded."""
    with file.begin(act()) as tx:
        tx.add(PERSON)
        tx.log("CONSULTATION", object_type="people", object_ref="P1", subject_ref="P1")
        tx.log("CONSULTATION", object_type="search", object_ref="quick", subject_ref=None, detail={"shown": ["P1"]})
        tx.log("CONSULTATION", object_type="people", object_ref="P2", subject_ref="P2")
    with file.begin(act()) as tx:
        sealing.seal_now(tx)
    with store.begin(act()) as tx, file.read() as held:
        tx.add(PERSON)
        kept = imported_audit.import_audit(held, tx)
        assert kept.fault == ""
        object_type, number = PROMOTION_OBJECT_TYPE, database_id(held)
        detail = kept.detail
        tx.log("COMBINATION", object_type=object_type, object_ref=number, subject_ref=None, detail=detail)


def forged(store: Store, number: int, change: Callable[[list[str | None]], list[str | None]], found: str) -> None:
    """Change a kept entry, and look what is found; nothing of it stays."""
    where = {"n": number}
    with unguarded(store) as reading:
        ask = "SELECT fields FROM kept_trail WHERE part = 'ENTRY' AND n = :n AND database_id <> '0'"
        row = reading.connection.scalar(text(ask), where)
        fields = json.dumps(change(json.loads(row or "")), ensure_ascii=False)
        change_it = "UPDATE kept_trail SET fields = :fields WHERE part = 'ENTRY' AND n = :n AND database_id <> '0'"
        reading.connection.execute(text(change_it), {"fields": fields, **where})
        said = reason(reading)
        checked(reading, is_whole=not found)
    assert found in said if found else not said


def checked(reading: Reading, *, is_whole: bool) -> None:
    """Export the audit, with what is kept beside it, and hold the checker's answer to the program's."""
    with NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.writelines(audit_lines(reading))
        file.flush()
        assert CHECK([file.name]) == (0 if is_whole else 1)


def as_of_version_1(row: list[str | None]) -> list[str | None]:
    """Put an entry into another name, as one of version 1 that a disposal emptied before it was brought."""
    fields = [*row[:3], "nobody", *row[4:16]]
    return [*fields, row[16], first_version_hash(fields)]


def test_an_emptied_entry_of_another_database_still_proves_who_did_what(
    store: Store, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    empty = request.getfixturevalue("_local_template")
    file = opened(str(shutil.copy(empty, tmp_path / "brought.ioms")))
    imported(file, store)
    file.close()
    planted(store)
    forged(store, 4, as_of_version_1, "mixed")
    forged(store, 4, lambda row: [*row[:13], "other", *row[14:]], "its digest is not the one")
    forged(store, 4, lambda row: row, "")  # the control
    with store.read() as reading:
        assert reason(reading) == ""
        checked(reading, is_whole=True)
        person = reading.get(type(PERSON), "P1")
    with store.begin(act()) as tx:
        tx.remove(person, "DS-1")
    with store.read() as reading:
        assert reason(reading) == ""
        checked(reading, is_whole=True)
        ask = "SELECT fields FROM kept_trail WHERE part = 'ENTRY' AND database_id <> '0' ORDER BY n"
        kept = reading.connection.scalars(text(ask)).all()
    assert ['"P1"' in fields for fields in kept] == [False] * 4
    assert ["emptied" in fields for fields in kept] == [True, True, True, False]
    for name, other in (("ADEYEMI", "nobody"), ("CONSULTATION", "DISCLOSURE"), ("officer", "auditor")):
        changed = text("UPDATE kept_trail SET fields = replace(fields, :name, :other) WHERE n = 2 AND part = 'ENTRY'")
        with store.engine.connect() as connection, connection.execution_options(ioms_command=True).begin() as doing:
            connection.execute(changed, {"name": name, "other": other})
            assert "altered beyond the emptying" in reason(Reading(connection)), name
            doing.rollback()
    forged(store, 2, lambda row: [*row[:8], "P2", *row[9:]], "altered beyond the emptying")
    forged(store, 4, as_of_version_1, "Version 1 and version 2 entries are mixed")
    for number in range(1, 5):
        forged(store, number, as_of_version_1, "mixed" if number > 1 else "no disposal emptied it")


def in_version_1(row: list[str | None]) -> list[str | None]:
    """What an entry would be if the whole audit were of version 1; its hash then covers all of it."""
    return [*row[:16], first_version_hash(row[:16]), None]


def test_of_an_audit_of_version_1_no_entry_is_emptied_but_by_a_disposal_that_says_so(
    store: Store, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    empty = request.getfixturevalue("_local_template")
    file = opened(str(shutil.copy(empty, tmp_path / "brought.ioms")))
    imported(file, store)
    file.close()
    with unguarded(store, kept=True) as reading:  # as from a program of before: no seals, and another digest on record
        ask = "SELECT n, fields FROM kept_trail WHERE part = 'ENTRY' ORDER BY n"
        for n, fields in reading.connection.execute(text(ask)).all():
            changed = {"n": n, "fields": json.dumps(in_version_1(json.loads(fields)), ensure_ascii=False)}
            reading.connection.execute(
                text("UPDATE kept_trail SET fields = :fields WHERE part = 'ENTRY' AND n = :n"), changed
            )
        reading.connection.execute(text("DELETE FROM kept_trail WHERE part = 'SEAL'"))
    with store.begin(act()) as tx:
        tx.remove(tx.get(type(PERSON), "P1"), "DS-1")
    with store.read() as reading:
        assert reason(reading) == "", "the control: what the disposal left"
        checked(reading, is_whole=True)
    left = (0, 1, 2, 4, 5, 7, 11, 15, 16)
    emptied = "no disposal here put that on record"
    forged(store, 4, lambda row: [row[n] if n in left else None for n in range(17)] + ["emptied"], emptied)
    forged(store, 2, lambda row: [*row[:3], "nobody", *row[4:]], "not as it left them")


def test_what_nobody_put_on_record_as_imported_proves_nothing_and_breaks_nothing(store: Store) -> None:
    planted(store)
    with store.read() as reading:
        checked(reading, is_whole=True)
        proofs = imported_audit.verify_imported_audits(reading)
    assert len(proofs) == len(PLANTED)
    assert {each.on_record for each in proofs} == {False}


@pytest.mark.parametrize(
    ("kind", "said", "is_import"),
    [
        ("COMBINATION", {"sha256": "x"}, True),
        ("COMBINATION", {"entries": "1"}, True),
        ("COMBINATION", {"entries": 1, "fault": 5}, True),
        ("COMBINATION", {"entries": 1, "denied": True}, False),
        ("DISCLOSURE", {"entries": 1}, False),
    ],
)
def test_what_an_import_says_of_itself_is_read_with_suspicion(
    store: Store, kind: str, said: dict[str, object], *, is_import: bool
) -> None:
    planted(store)
    with store.begin(replace(act(), user="x2")) as tx:
        tx.log(kind, object_type=PROMOTION_OBJECT_TYPE, object_ref="0", subject_ref=None, detail=said)
    with store.read() as reading:
        proofs = {each.kept_by: each for each in imported_audit.verify_imported_audits(reading)}
        checked(reading, is_whole=not is_import)
    assert (proofs["x2"].on_record, proofs["x3"].on_record) == (is_import, False)
    assert proofs["x2"].reason
