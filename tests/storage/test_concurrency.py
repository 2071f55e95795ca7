"""Several people at once lose nothing; each test has a control in which they would."""

import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, select, text, update

from ioms_desktop.domain.errors import Refused, Stale
from ioms_desktop.domain.records.people import Person
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from stored_samples import PERSON, act

THREADS, ROUNDS = 8, 10


def at_once(work: Callable[[int], None]) -> list[BaseException]:
    """Run a piece of work in every thread, all released together; give what was raised."""
    gate = threading.Barrier(THREADS)
    raised: list[BaseException] = []

    def run(number: int) -> None:
        gate.wait()
        try:
            work(number)
        except Exception as error:  # noqa: BLE001 - handed to the test
            raised.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def counted(store: Store) -> int:
    with store.read() as reading:
        return int(reading.get(Person, "P1").gender_identity or 0)


def start(store: Store) -> None:
    with store.begin(act()) as tx:
        tx.add(replace(PERSON, gender_identity="0"))


def one_more(store: Store) -> None:
    """Read, add one, save; begin again when someone else was quicker."""
    while True:
        try:
            with store.begin(act()) as tx:
                person = tx.get(Person, "P1")
                tx.save(replace(person, gender_identity=str(int(person.gender_identity or 0) + 1)))
                return
        except Stale:
            continue


def test_read_then_write_commands_of_many_people_lose_nothing(store: Store) -> None:
    start(store)

    def many(_: int) -> None:
        for _round in range(ROUNDS):
            one_more(store)

    assert at_once(many) == []
    assert counted(store) == THREADS * ROUNDS
    with store.read() as reading:
        assert len(reading.list_former_versions(Person, person_ref="P1")) == THREADS * ROUNDS


def test_the_naive_writer_would_lose_updates(store: Store) -> None:
    """The control: read in one transaction, write in another, no revision compared."""
    start(store)
    table = tables.people
    have_read = threading.Barrier(THREADS)

    def naive(_: int) -> None:
        for number in range(ROUNDS):
            with store.read() as reading:
                known = int(reading.get(Person, "P1").gender_identity or 0)
            if number == 0:  # or one might be done before the next begins
                have_read.wait(timeout=30)
            with store.begin(act()) as tx:
                tx.connection.execute(
                    update(table).values(gender_identity=str(known + 1), revision=table.c.revision + 1)
                )

    assert at_once(naive) == []
    assert counted(store) < THREADS * ROUNDS


def test_with_a_plain_begin_a_local_file_would_refuse_or_lose(tmp_path: Path) -> None:
    """The control for BEGIN IMMEDIATE: a transaction that reads first cannot always become a writer."""
    engine = create_engine(f"sqlite:///{tmp_path / 'plain.db'}", connect_args={"timeout": 10})
    event.listen(engine, "connect", lambda raw, _: setattr(raw, "isolation_level", None))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE meta (name TEXT, value TEXT)"))
        connection.execute(text("INSERT INTO meta VALUES ('count', '0')"))

    have_read = threading.Barrier(THREADS)

    def plain(_: int) -> None:
        for number in range(ROUNDS):
            with engine.begin() as connection:
                count = int(connection.scalar(text("SELECT value FROM meta WHERE name = 'count'")) or 0)
                if number == 0:  # or one might be done before the next begins
                    have_read.wait(timeout=30)
                connection.execute(text("UPDATE meta SET value = :v WHERE name = 'count'"), {"v": str(count + 1)})

    raised = at_once(plain)
    with engine.connect() as connection:
        count = int(connection.scalar(text("SELECT value FROM meta WHERE name = 'count'")) or 0)
    engine.dispose()
    assert raised or count < THREADS * ROUNDS


def test_one_request_sent_by_many_at_once_is_done_once(store: Store) -> None:
    def same(_: int) -> None:
        with store.begin(act("the-same"), "add") as tx:
            if tx.earlier_answer is None:
                tx.add(PERSON)
                tx.save_answer({"ref": "P1"})

    raised = at_once(same)
    # On a server the slower ones may be told that the request is being carried out; none of them does it again.
    assert all(isinstance(error, Refused) for error in raised), raised
    with store.read() as reading:
        assert len(reading.list_records(Person)) == 1
        assert len(reading.connection.execute(select(tables.audit)).all()) == 1


@pytest.mark.parametrize("noun", ["people", "cases", "contacts"])
def test_every_versioned_table_refuses_a_blind_overwrite(store: Store, noun: str) -> None:
    statement = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if store.engine.dialect.name == "postgresql":
        statement = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with store.read() as reading:
        triggers = set(reading.connection.scalars(text(statement)))
    assert f"{noun}_revision" in triggers
