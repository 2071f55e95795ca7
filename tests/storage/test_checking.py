"""A whole database is called whole, and one that lacks something is not."""

from dataclasses import replace

from sqlalchemy import delete

from ioms_desktop.domain.moments import Moment
from ioms_desktop.domain.support import Contact
from ioms_desktop.storage import tables
from ioms_desktop.storage.checking import Fault, check_store
from ioms_desktop.storage.store import Store
from stored_samples import CASE, PERSON, act

CONTACT = Contact(
    contact_ref="K1",
    case_ref="C1",
    occurred_at=Moment.parse("2026-10-06T14:30"),
    planned=True,
    contact_type="OFFICE",
    outcome="SEEN",
)


def faults(store: Store) -> list[str]:
    with store.read() as reading:
        return [fault.what for fault in check_store(reading)[1] if isinstance(fault, Fault)]


def test_a_record_after_a_removed_one_is_no_fault(store: Store) -> None:
    """A local file numbers the new one as the removed one was, whose former versions are not the new one's."""
    with store.begin(act()) as tx:
        tx.add(PERSON)
        tx.add(CASE)
        first = tx.add(CONTACT)
        tx.remove(tx.save(replace(first, minutes=20)), "entered in error")
        tx.save(replace(tx.add(replace(CONTACT, contact_ref="K2")), minutes=30))
    assert faults(store) == []


def test_a_former_version_that_is_gone_is_found(store: Store) -> None:
    with store.begin(act()) as tx:
        tx.add(PERSON)
        tx.add(CASE)
        tx.save(replace(tx.add(CONTACT), minutes=20))
        tx.connection.execute(delete(tables.former_version))
    assert faults(store) == ["1 rows of contacts lack former versions."]
