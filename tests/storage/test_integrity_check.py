"""A whole database is called whole, and one that lacks something is not."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from psycopg.errors import CheckViolation
from sqlalchemy import delete as deletion
from sqlalchemy import text

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.storage.audit import sealing
from ioms_desktop.storage.database.integrity_check import IntegrityFault, check_integrity
from ioms_desktop.storage.database.migrate import upgrade_database
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.version import SCHEMA_HEAD
from keys import key_of, opened
from stored_samples import CASE, PERSON, act
from tampering import Tamper, actor, delete, insert, payload, swap, unguarded

if TYPE_CHECKING:
    from ioms_desktop.storage.store import Store
    from shared_people import Office

CONTACT = Contact(
    contact_ref="K1",
    case_ref="C1",
    occurred_at=DayTime.parse("2026-10-06T14:30"),
    planned=True,
    contact_type="OFFICE",
    outcome="SEEN",
)


def faults(store: Store) -> list[str]:
    with store.read() as reading:
        return [fault.description for fault in check_integrity(reading)[1] if isinstance(fault, IntegrityFault)]


def test_a_record_after_a_removed_one_is_no_fault(store: Store) -> None:
    """A local file numbers the new one as the removed one was, whose former versions are not the new one's."""
    with store.begin(act()) as tx:
        tx.add(PERSON)
        tx.add(CASE)
        first = tx.add(CONTACT)
        tx.remove(tx.save(replace(first, minutes=20)), "entered in error")
        tx.save(replace(tx.add(replace(CONTACT, contact_ref="K2")), minutes=30))
    assert faults(store) == []


def test_a_note_of_the_migrations_that_nobody_knows_is_found_and_not_migrated(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    assert faults(store) == [f"The note of the migrations says schema 0000, and the database is at {SCHEMA_HEAD}."]
    with pytest.raises(Refused, match="changed by another program"):
        upgrade_database(store.location, key_of(store.location))
    with store.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    assert faults(store) == [f"The note of the migrations says schema none, and the database is at {SCHEMA_HEAD}."]
    with pytest.raises(Refused, match="says none"):
        upgrade_database(store.location, key_of(store.location))


@pytest.mark.parametrize("tamper", [payload, actor, delete, swap, insert], ids=lambda tamper: tamper.__name__)
def test_tampering_below_the_newest_seal_is_found(store: Store, tamper: Tamper) -> None:
    with store.begin(act()) as tx:
        tx.add(PERSON)
        tx.add(CASE)
    with store.begin(act()) as tx:
        sealing.seal_now(tx)
    assert faults(store) == []
    with unguarded(store) as reading:
        tamper(reading.connection, random.Random(1))  # noqa: S311 - a place to tamper with
        found = [fault.description for fault in check_integrity(reading)[1]]
    assert len(found) == 1
    assert "Entry" in found[0] or "Seal 1" in found[0]


def test_a_former_version_that_is_gone_is_found(store: Store) -> None:
    with store.begin(act()) as tx:
        tx.add(PERSON)
        tx.add(CASE)
        tx.save(replace(tx.add(CONTACT), minutes=20))
        tx.connection.execute(deletion(tables.former_version))
    assert faults(store) == ["1 rows of contacts lack former versions."]


def test_rows_from_before_the_bounds_are_named_with_what_to_do(office: Office) -> None:
    with office.owner() as owner:
        kept = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_contacts_values'"
        (test,) = owner.execute(kept).fetchone() or ("",)
        owner.execute("ALTER TABLE contacts DROP CONSTRAINT ck_contacts_values")
        change = "UPDATE contacts SET {}, revision = revision + 1 WHERE contact_ref = '{}'"
        owner.execute(change.format("note = repeat('x', 100001)", "N-1").encode())
        owner.execute(change.format("occurred_at = '2026-02-30'", "N-2").encode())
        owner.execute(f"ALTER TABLE contacts ADD CONSTRAINT ck_contacts_values {test} NOT VALID".encode())
        store = opened(office.location)
        (fault,) = (each for each in faults(store) if "Contacts" in each)
        assert fault.startswith("Under Contacts, two older records hold values that would be refused today")
        assert (
            ": N-1 and N-2. They can still be read. They cannot be changed until every such value is corrected" in fault
        )
        with pytest.raises(CheckViolation):
            owner.execute(change.format("minutes = 5", "N-1").encode())
        owner.execute(change.format("note = 'x', minutes = 5", "N-1").encode())  # the control: all of it is right
        (fault,) = (each for each in faults(store) if "Contacts" in each)
        assert fault.startswith("Under Contacts, one older record holds")
        assert ": N-2. " in fault
        store.close()
