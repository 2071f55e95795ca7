"""Seals in a real database: what they cover, what cannot slip in behind them, and what is found when somebody tampers.

Every tampering is done with all rights over the database and every trigger off.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ioms_desktop.domain.audit.chain import ChainCheck
from ioms_desktop.domain.audit.seals import ChainHead, seal_hash
from ioms_desktop.storage.audit import sealing
from ioms_desktop.storage.engine import open_store
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import Transaction
from proof.trail import prove, walked
from stored_samples import AT, CASE, PERSON, act
from tampering import FOUND_BY_ANCHOR, FOUND_INSIDE, Tamper, unguarded

FEW_ENTRIES, ENTRIES = 2_000, 7_000
LATE = AT + timedelta(hours=1)
ROUNDS = 10
"""Times each kind of tampering is tried, each in another place: 8 kinds make 80 on each database."""


@pytest.fixture
def shared_store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """Return an open store on an empty shared database."""
    template: str = request.getfixturevalue("_shared_template")
    opened = open_store(request.getfixturevalue("postgres_database")(template))
    yield opened
    opened.close()


def worked(store: Store, seals: int = 4, each: int = 6) -> None:
    """Write entries and seal them, and leave a few unsealed."""
    with store.begin(act()) as tx:
        tx.add(PERSON)
        tx.add(CASE)
    for number in range(seals * each):
        with store.begin(act(at=AT + timedelta(minutes=number))) as tx:
            tx.log("CONSULTATION", object_type="cases", object_ref=f"C{number}", subject_ref="P1", detail={"n": number})
        if number % each == each - 1:
            seal(store)
    with store.begin(act(at=LATE)) as tx:
        tx.log("CONSULTATION", object_type="cases", object_ref="late", subject_ref="P1")


def seal(store: Store) -> int | None:
    with store.begin(act(at=LATE)) as tx:
        return sealing.seal_now(tx)


def proved(store: Store) -> ChainCheck:
    with store.read() as reading:
        return walked(reading)


def head_of(store: Store) -> ChainHead:
    with store.read() as reading:
        head = sealing.chain_head(reading)
    assert head is not None
    return head


def test_what_is_sealed_is_proved_and_what_is_not_yet_is_counted(store: Store) -> None:
    worked(store)
    found = proved(store)
    assert (found.fault, found.entries, found.sealed) == (None, 27, 26)
    assert found.last is not None
    assert found.last.n == 4
    assert head_of(store).rows == 26


def test_a_seal_is_of_the_documented_form(store: Store) -> None:
    worked(store)
    with store.read() as reading:
        name = database_id(reading)
        found = list(sealing.seals(reading))
    assert [each.n for each in found] == [1, 2, 3, 4]
    assert [each.prev for each in found] == ["", *(each.hash for each in found[:-1])]
    assert [each.from_mark for each in found] == [0, *(each.to_mark for each in found[:-1])]
    assert all(each.hash == seal_hash(each, name) for each in found)
    assert seal_hash(found[0], "another database") != found[0].hash


def test_where_there_is_nothing_new_there_is_no_seal(store: Store) -> None:
    assert seal(store) is None
    worked(store)
    assert seal(store) == 5
    assert seal(store) is None


@pytest.mark.parametrize("table", ["seal", "epoch"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = 9", "DELETE FROM {}"])
def test_seals_and_epochs_cannot_be_changed_by_raw_sql(store: Store, table: str, statement: str) -> None:
    worked(store)
    column = "rows" if table == "seal" else "base"
    with pytest.raises(DBAPIError, match="append-only"), store.engine.begin() as connection:
        connection.execute(text(statement.format(table, column)))
    assert proved(store).fault is None


@pytest.mark.parametrize("table", ["seal", "epoch", "audit"])
def test_nothing_of_the_proof_can_be_truncated(shared_store: Store, table: str) -> None:
    worked(shared_store)
    with pytest.raises(DBAPIError, match="append-only"), shared_store.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {table}"))


@pytest.mark.parametrize("tamper", FOUND_INSIDE, ids=lambda tamper: tamper.__name__)
def test_tampering_is_found_wherever_it_is_done(store: Store, tamper: Tamper) -> None:
    worked(store)
    head = head_of(store)
    for number in range(ROUNDS):
        chance = random.Random(number)  # noqa: S311 - places to tamper with, the same each time
        with unguarded(store) as reading:
            assert walked(reading, head).fault is None
            tamper(reading.connection, chance)
            found = walked(reading, head)
        assert found.fault is not None, number
        assert found.fault.seal is not None, number


@pytest.mark.parametrize("tamper", FOUND_BY_ANCHOR, ids=lambda tamper: tamper.__name__)
def test_a_tail_cut_off_or_a_trail_rebuilt_is_found_by_the_anchor_and_only_by_it(store: Store, tamper: Tamper) -> None:
    worked(store)
    head = head_of(store)
    for number in range(ROUNDS):
        chance = random.Random(number)  # noqa: S311 - as above
        with unguarded(store) as reading:
            assert walked(reading, head).hashes == {head.n: head.hash}
            tamper(reading.connection, chance)
            found = walked(reading, head)
        # The control: inside the database everything fits.
        assert found.fault is None, number
        assert found.hashes.get(head.n) != head.hash, number


def test_what_commits_late_is_not_below_a_seal_that_was_made_meanwhile(shared_store: Store) -> None:
    """Two connections: the one that began first commits last."""
    worked(shared_store)
    with shared_store.begin(act()) as slow:
        slow.log("CONSULTATION", object_type="cases", object_ref="slow", subject_ref="P1")
        with shared_store.begin(act()) as quick:
            quick.log("CONSULTATION", object_type="cases", object_ref="quick", subject_ref="P1")
        seal(shared_store)
        held = proved(shared_store)
    assert held.last is not None
    seal(shared_store)
    found = proved(shared_store)
    assert (found.fault, found.entries) == (None, 29)
    assert found.sealed == 29
    with shared_store.read() as reading:
        marks = {entry.fields[8]: int(entry.fields[-1] or 0) for entry in sealing.audit_entries(reading)}
        *_, last = sealing.seals(reading)
    # The quick one waited for the slow one, and both lie in the seal made after both were done.
    assert marks["slow"] < marks["quick"]
    assert last.from_mark <= marks["slow"]


def test_a_seal_up_to_the_newest_entry_would_let_a_late_one_slip_in(shared_store: Store) -> None:
    """The control: the naive way of ending a seal, at the greatest mark that is there."""
    worked(shared_store)
    with shared_store.begin(act()) as slow:
        slow.log("CONSULTATION", object_type="cases", object_ref="slow", subject_ref="P1")
        with shared_store.begin(act()) as quick:
            quick.log("CONSULTATION", object_type="cases", object_ref="quick", subject_ref="P1")
        with shared_store.begin(act()) as naive:
            naive.connection.execute(
                text(
                    "INSERT INTO seal SELECT max(s.n) + 1, now(), 1, max(s.to_mark), "
                    "(SELECT max(mark) + 1 FROM audit), (SELECT count(*) FROM audit WHERE mark >= max(s.to_mark)), "
                    "'', '', '' FROM seal AS s"
                )
            )
    with shared_store.read() as reading:
        *_, last = sealing.seals(reading)
        covered = [e for e in sealing.audit_entries(reading) if last.from_mark <= int(e.fields[-1] or 0) < last.to_mark]
    assert len(covered) == last.rows + 1


def test_one_seals_at_a_time_and_the_other_does_not_wait(shared_store: Store) -> None:
    worked(shared_store)
    with shared_store.begin(act()) as first:
        assert sealing.seal_now(first) == 5
        with shared_store.begin(act()) as second:
            second.connection.execute(text("SET LOCAL lock_timeout = '1ms'"))
            assert sealing.seal_now(second) is None
    assert proved(shared_store).fault is None


def test_what_is_undone_leaves_a_gap_in_the_numbers_and_none_in_the_proof(shared_store: Store) -> None:
    worked(shared_store)
    with shared_store.begin(act()) as tx:
        tx.log("CONSULTATION", object_type="cases", object_ref="undone", subject_ref="P1")
        tx.connection.rollback()
    with shared_store.begin(act()) as tx:
        tx.log("CONSULTATION", object_type="cases", object_ref="done", subject_ref="P1")
    seal(shared_store)
    with shared_store.read() as reading:
        numbers = [int(entry.fields[0] or 0) for entry in sealing.audit_entries(reading)]
    assert numbers[-1] - numbers[-2] == 2
    assert proved(shared_store).fault is None


def test_in_another_server_another_epoch_begins_by_itself_above_what_was_before(shared_store: Store) -> None:
    """As after a dump into a new cluster, where transactions are numbered from the beginning again."""
    worked(shared_store)
    with unguarded(shared_store) as reading:
        connection = reading.connection
        # Everything that was written has marks far above what this server gives now.
        for table, column in (("audit", "mark"), ("seal", "from_mark"), ("seal", "to_mark")):
            raised = f"UPDATE {table} SET {column} = {column} + 1000000000 WHERE {column} > 0"  # noqa: S608 - our own
            connection.execute(text(raised))
        connection.execute(text("UPDATE epoch SET system_id = 'another', base = 0"))
        connection.execute(text("SET LOCAL session_replication_role = origin"))
        connection.execute(text("SELECT log_audit('CONSULTATION', 'cases', 'restored', 'P1', NULL, NULL)"))
        found = list(sealing.audit_entries(reading))
        opened = sealing.epochs(reading)
        greatest = connection.scalar(text("SELECT max(to_mark) FROM seal"))
    assert [epoch.number for epoch in opened] == [1, 2]
    assert [entry.fields[8] for entry in found[-2:]] == ["epoch 2", "restored"]
    assert all(int(entry.fields[-1] or 0) > (greatest or 0) for entry in found[-2:])


LOST = [(5, "5" * 64), (9, "9" * 64)]


def open_epoch(tx: Transaction, reason: str, lost: Sequence[tuple[int, str]]) -> int:
    """Open an epoch as either kind of database does, on a server by a second administrator."""
    if tx.connection.dialect.name != "postgresql":
        return sealing.open_epoch_of_file(tx, reason, lost)
    tx.connection.execute(text("SET LOCAL ioms.actor = 'holt'"))
    sealing.propose_epoch(tx, reason, lost)
    proposed = sealing.find_proposed_epoch(tx)
    assert proposed is not None
    tx.connection.execute(text("SET LOCAL ioms.actor = 'ADEYEMI'"))
    return sealing.confirm_epoch(tx, proposed.entry)


def test_an_epoch_opened_by_hand_names_what_was_lost_and_is_itself_on_record(store: Store) -> None:
    worked(store)
    with store.begin(replace(act(), reason_text="restored from Monday")) as tx:
        assert open_epoch(tx, "restored from Monday", LOST) == 2
    seal(store)
    with store.read() as reading:
        (_, opened) = sealing.epochs(reading)
        *_, entry = sealing.audit_entries(reading)
        *_, last = sealing.seals(reading)
    assert (opened.opened_by, opened.reason) == ("ADEYEMI", "restored from Monday")
    assert (opened.superseded_from, opened.superseded_to) == (5, 9)
    assert opened.superseded_heads == LOST
    assert (entry.fields[2], entry.fields[8], entry.fields[12]) == ("ALTERATION", "epoch 2", "restored from Monday")
    assert last.epoch == 2
    assert proved(store).fault is None


def test_many_entries_are_proved_in_the_memory_of_a_few(store: Store) -> None:
    proof = prove(store, ENTRIES, FEW_ENTRIES)
    assert proof.entries == ENTRIES
    assert proof.many < 1.5 * proof.few
    # The control: held all at once they take as much more as they are more.
    assert proof.held > 3 * proof.few
