"""Every entry of the audit is hashed whoever writes it, and on a server every change leaves its traces by itself."""

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Text, cast, select, text
from sqlalchemy.exc import DBAPIError

from ioms_desktop.domain.audit.entries import entry_hash, first_version_hash, text_digest
from ioms_desktop.domain.audit.evidence import ENTRIES_PER_BLOCK
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import Assessment, Offence
from ioms_desktop.paths import migrations
from ioms_desktop.storage.audit.sealing import audit_entries, verify_stored_audit
from ioms_desktop.storage.database.migrate import upgrade_database
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.schema.tables import audit
from ioms_desktop.storage.sqlite.engine import connect
from ioms_desktop.storage.store import Store
from keys import TEST_KEY, key_of
from proof.trail import add_entries
from stored_samples import AT, CASE, PERSON, act

PASSWORD = "four plain words here"
Raw = Callable[..., list[tuple[Any, ...]]]
ODD = "Ω 12:- \U0001f600 'quoted' \"twice\" \\ {braces} \n second line\t%s :name"
TRACES = (
    "SELECT kind, actor, object_type, object_ref, subject_ref, before::text, after::text FROM audit "
    "WHERE kind <> 'COLLECTION' ORDER BY id"
)
VERSIONS = "SELECT table_name, record_key, revision, changed_by, ended, data ->> 'gender_identity' FROM former_version"


def filled(store: Store) -> None:
    contact = Contact(
        contact_ref="K1",
        case_ref="C1",
        occurred_at=DayTime.parse("2026-10-06T14:30"),
        planned=True,
        contact_type="OFFICE",
        outcome="SEEN",
        note=ODD,
    )
    with store.begin(act()) as tx:
        tx.add(PERSON)
        tx.add(CASE)
        tx.add(Assessment(person_ref="P1", tool="OGRS", assessed_on=date(2026, 9, 1), value="0.5"))
        tx.add(contact)
    with store.begin(replace(act("r-1"), reason_code="CASE_WORK", reason_text=ODD)) as tx:
        tx.log("CONSULTATION", object_type="cases", object_ref="C1", subject_ref="P1", detail={"said": ODD, "n": [1]})


@pytest.fixture
def shared(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Return an open store on an empty shared database."""
    template: str = request.getfixturevalue("_shared_template")
    opened = open_store(request.getfixturevalue("postgres_database")(template))
    yield opened
    opened.close()


@pytest.fixture
def raw(shared: Store) -> Iterator[Raw]:
    """Return what psql would be: statements one after the other on a connection that says nothing of itself."""
    with psycopg.connect(shared.location, autocommit=True) as connection:
        connection.execute("SET search_path = public, ioms_audit")

        def go(statement: str) -> list[tuple[Any, ...]]:
            done = connection.execute(statement.encode())
            return done.fetchall() if done.description else []

        yield go


def test_every_entry_carries_the_hash_of_what_it_says(store: Store) -> None:
    filled(store)
    with store.read() as reading:
        found = list(audit_entries(reading))
    assert len(found) == 5
    for entry in found:
        assert entry.present_hash == entry.row_hash
    # The control: one letter more and it is another hash.
    other = found[0]._replace(fields=(*found[0].fields[:3], "ADEYEMIS", *found[0].fields[4:]))
    assert other.present_hash != found[0].row_hash
    assert len({entry.about_salt for entry in found} | {None}) == 6, "each has salts of its own"


def test_the_hash_is_of_the_documented_form() -> None:
    fields = ("1", "2026-11-23T09:00:00.000000Z", *"ab", None, "é", *([None] * 9), "7")
    from hashlib import sha256  # noqa: PLC0415 - the form, written out once more

    def hashed(text: str) -> str:
        return sha256(text.encode()).hexdigest()

    written = "1:1" + "27:2026-11-23T09:00:00.000000Z" + "1:a" + "1:b" + "-" + "2:é" + "-" * 9 + "1:7"
    assert first_version_hash(fields) == hashed(written)
    header = hashed("1:1" + "1:7" + "27:2026-11-23T09:00:00.000000Z" + "1:a" + "1:b" + "-" + "2:é" + "-" * 3)
    about, words = hashed(f"32:{'a' * 32}----"), hashed(f"32:{'b' * 32}--")
    whole = hashed("13:audit entry 2" + "".join(f"64:{part}" for part in (header, about, words)))
    assert entry_hash(fields, "a" * 32 + "b" * 32) == whole


def test_the_mark_on_a_server_is_the_transaction_and_in_a_file_the_row(store: Store) -> None:
    filled(store)
    with store.read() as reading:
        marks = [int(entry.fields[-1] or 0) for entry in audit_entries(reading)]
        rows = [int(entry.fields[0] or 0) for entry in audit_entries(reading)]
    if store.engine.dialect.name == "postgresql":
        assert marks[:4] == [marks[0]] * 4
        assert marks[4] > marks[0]
    else:
        assert marks == rows


def test_a_local_file_takes_no_entry_from_a_program_that_cannot_hash(store: Store) -> None:
    if store.engine.dialect.name == "postgresql":
        pytest.skip("a server hashes by itself: tested below")
    filled(store)
    with closing(connect(Path(store.location), TEST_KEY)) as connection:
        columns = "(at, kind, actor, actor_role, workstation, object_type, object_ref)"
        values = "('2026-11-23 09:00:00.000000', 'CONSULTATION', 'x', '', '', 'cases', 'C1')"
        with pytest.raises(Exception, match="no such function: entry_hash_2"):
            connection.execute(f"INSERT INTO audit {columns} VALUES {values}")  # noqa: S608 - written above
        # The control: what the trigger needs is the function, and what a wrong one writes is not the hash.
        connection.create_function("entry_hash_2", 17, lambda *_: "forged")
        connection.execute(f"INSERT INTO audit {columns} VALUES {values}")  # noqa: S608 - written above
    with store.read() as reading:
        *before, forged = audit_entries(reading)
    assert len(before) == 5
    assert forged.row_hash != forged.present_hash


def test_a_server_replaces_a_hash_and_a_mark_that_come_with_an_entry(shared: Store, raw: Raw) -> None:
    filled(shared)
    raw(
        "INSERT INTO audit (at, kind, actor, actor_role, workstation, object_type, object_ref, mark, row_hash) "
        "VALUES (now(), 'CONSULTATION', 'nobody', '', '', 'cases', 'C1', 5, 'forged')"
    )
    with shared.read() as reading:
        *_, last = audit_entries(reading)
    assert last.row_hash == last.present_hash
    assert int(last.fields[-1] or 0) > 5


def test_a_raw_update_leaves_an_entry_and_the_former_version(shared: Store, raw: Raw) -> None:
    filled(shared)
    raw("UPDATE people SET gender_identity = 'Bee', revision = revision + 1")
    assert raw(TRACES)[1:] == [
        ("ALTERATION", "postgres", "people", "P1", "P1", '{"gender_identity": null}', '{"gender_identity": "Bee"}')
    ]
    assert raw(VERSIONS) == [("people", "P1", 1, "postgres", "CHANGED", None)]
    with shared.read() as reading:
        (former,) = reading.list_former_versions(type(PERSON), person_ref="P1")
    assert replace(former.record, id=0, revision=0, recorded_at=None, recorded_by="") == PERSON
    assert former.current_to > former.current_from


def test_a_raw_delete_leaves_an_entry_and_the_last_version(shared: Store, raw: Raw) -> None:
    filled(shared)
    raw("DELETE FROM contacts")
    raw("DELETE FROM assessments")
    kinds = [(row[0], row[1], row[2], row[3], row[4]) for row in raw(TRACES)[1:]]
    assert kinds == [
        ("ERASURE", "postgres", "contacts", "K1", "P1"),
        ("ERASURE", "postgres", "assessments", "P1/OGRS//2026-09-01", "P1"),
    ]
    assert [row[:5] for row in raw(VERSIONS)] == [
        ("contacts", "K1", 1, "postgres", "DELETED"),
        ("assessments", "P1/OGRS//2026-09-01", 1, "postgres", "DELETED"),
    ]
    with shared.read() as reading:
        (former,) = reading.list_former_versions(Assessment, person_ref="P1")
    assert former.record.version is None


def test_without_the_triggers_a_raw_delete_would_leave_nothing(shared: Store, raw: Raw) -> None:
    """The control: what a superuser can do, and what the seals are there to show."""
    filled(shared)
    raw("SET session_replication_role = replica")
    raw("DELETE FROM contacts")
    assert raw(VERSIONS) == []


def test_many_rows_in_one_statement_leave_one_trace_each(shared: Store, raw: Raw) -> None:
    with shared.begin(act()) as tx:
        for number in range(300):
            tx.add(replace(PERSON, person_ref=f"P{number:03}"))
    raw("UPDATE people SET gender_identity = 'all', revision = revision + 1 WHERE person_ref < 'P250'")
    assert len(raw(TRACES)) == len(raw(VERSIONS)) == 250
    assert [row[3] for row in raw(TRACES)] == [f"P{number:03}" for number in range(250)]


def test_a_record_keeps_its_number_and_a_table_is_not_emptied_at_a_stroke(shared: Store, raw: Raw) -> None:
    filled(shared)
    with pytest.raises(psycopg.Error, match="number of a record never changes"):
        raw("UPDATE people SET id = id + 1, revision = revision + 1")
    with pytest.raises(psycopg.Error, match="one by one"):
        raw("TRUNCATE contacts, appointments")


def test_somebody_with_a_login_cannot_act_in_anothers_name_or_time(shared: Store, raw: Raw) -> None:
    filled(shared)
    raw("DROP ROLE IF EXISTS traces_okoro")
    raw(f"CREATE ROLE traces_okoro LOGIN PASSWORD '{PASSWORD}'")
    try:
        raw("GRANT ioms_partner TO traces_okoro")
        raw(
            "INSERT INTO users (name, role, password_hash, active, created_at, failed) "
            "VALUES ('traces_okoro', 'partner', '', true, now(), 0)"
        )
        raw("CREATE POLICY test ON people TO traces_okoro USING (true) WITH CHECK (true)")
        raw("GRANT SELECT, UPDATE ON people TO traces_okoro")
        raw("GRANT EXECUTE ON FUNCTION log_audit(text, text, text, text, text, json) TO traces_okoro")
        with psycopg.connect(shared.location, user="traces_okoro", password=PASSWORD, autocommit=True) as login:
            login.execute("SET ioms.actor = 'ADEYEMI'; SET ioms.at = '2020-01-01'; SET ioms.role = 'officer'")
            login.execute("SET search_path = pg_temp; SET DateStyle = 'German'")
            login.execute("UPDATE public.people SET gender_identity = 'Bee', revision = revision + 1")
            login.execute("SELECT public.log_audit('CONSULTATION', 'cases', 'C1', 'P1', NULL, NULL)")
            for refused in (
                "SELECT public.log_audit('ERASURE', 'cases', 'C1', 'P1', NULL, NULL)",
                "SELECT public.write_audit('CONSULTATION', 'cases', 'C1', 'P1', NULL, NULL)",
                "SELECT public.begin_epoch('x', 'x', 'y', '')",
                "DELETE FROM ioms_audit.audit",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    login.execute(refused.encode())
        found = raw("SELECT kind, actor, at > now() - interval '1 day' FROM audit ORDER BY id OFFSET 5")
        assert found == [("ALTERATION", "traces_okoro", True), ("CONSULTATION", "traces_okoro", True)]
        assert raw("SELECT changed_by FROM former_version") == [("traces_okoro",)]
    finally:
        raw("DROP OWNED BY traces_okoro")
        raw("DROP ROLE traces_okoro")


PLANNED_EACH_TIME = """
    WITH RECURSIVE named (oid, prosrc) AS (
      SELECT p.oid, p.prosrc FROM pg_proc AS p
      WHERE p.proname LIKE 'keep\\_trace\\_%' OR p.proname IN ('hash_entry', 'watch_epoch')
      UNION
      SELECT p.oid, p.prosrc FROM named AS n JOIN pg_proc AS p ON n.prosrc LIKE '%' || p.proname || '(%'
      WHERE p.pronamespace IN ('public'::regnamespace, 'ioms_private'::regnamespace)
    )
    SELECT DISTINCT p.proname FROM named JOIN pg_proc AS p USING (oid) JOIN pg_language AS l ON l.oid = p.prolang
    WHERE l.lanname = 'sql' AND (p.prosecdef OR p.proconfig IS NOT NULL)
"""
"""What runs for each entry of the audit and may not become part of a query, in the language that keeps no plan."""


def test_what_every_entry_needs_keeps_its_plan(raw: Raw) -> None:
    assert raw(PLANNED_EACH_TIME) == []
    # The control: in the other language it is found.
    other = "RETURNS text LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT NULL::text'"
    raw(f"CREATE OR REPLACE FUNCTION audit_role() {other}")
    assert raw(PLANNED_EACH_TIME) == [("audit_role",)]


def test_the_part_of_a_key_that_is_missing_is_missing_in_the_trace_too(store: Store) -> None:
    with store.begin(act()) as tx:
        tx.add(PERSON)
        offence = tx.add(Offence(person_ref="P1", offence_on=date(2026, 9, 1), offence_group="THEFT"))
    with store.begin(act(at=AT + timedelta(days=1))) as tx:
        tx.save(replace(offence, offence="shoplifting"))
    with store.read() as reading:
        (former,) = reading.list_former_versions(Offence, person_ref="P1")
        *_, last = audit_entries(reading)
        before = reading.connection.scalar(select(cast(audit.c.before, Text)).order_by(audit.c.id.desc()).limit(1))
    assert former.record.offence is None
    assert last.fields[8] == "P1/2026-09-01/THEFT/shoplifting"
    assert before in {'{"offence": null}', '{ "offence" : null }'}


def test_a_database_of_the_first_schema_is_brought_up_with_its_entries_hashed(store: Store) -> None:
    with store.engine.connect() as connection, connection.execution_options(ioms_command=True).begin():
        config = Config()
        config.set_main_option("script_location", str(migrations()))
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")
        for number in range(3):
            connection.execute(
                text(
                    "INSERT INTO audit (at, kind, actor, actor_role, workstation, object_type, object_ref, after) "
                    "VALUES ('2026-11-23 09:00:00.123456', 'CONSULTATION', :who, '', '', 'cases', 'C1', :after)"
                ),
                {"who": f"{ODD}{number}", "after": '{"a":  "é"}'},
            )
        add_entries(connection, ENTRIES_PER_BLOCK - 2)  # one more than a block of what version 2 begins with
        connection.execute(text("UPDATE meta SET value = '0001' WHERE name = 'schema'"))
    upgrade_database(store.location, key_of(store.location))
    with store.read() as reading:
        found = list(audit_entries(reading))
    *found, begins = found
    assert [first_version_hash(entry.fields) == entry.row_hash for entry in found] == [True] * (ENTRIES_PER_BLOCK + 1)
    assert (begins.present_hash, begins.get("object_ref")) == (begins.row_hash, "version 2")
    assert [entry.fields[14] for entry in found[:3]] == [text_digest('{"a":  "é"}')] * 3
    with pytest.raises(DBAPIError, match="append-only"), store.engine.begin() as connection:
        connection.execute(text("UPDATE audit SET row_hash = 'x'"))
    filled(store)
    with store.read() as reading:
        assert verify_stored_audit(reading).fault is None
