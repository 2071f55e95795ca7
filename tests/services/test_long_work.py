"""On a server, what reads many cases is given longer limits than a click; an import holds little of what it wrote."""

import gc
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest

from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.person_sets.addresses import Address
from ioms_desktop.domain.records.workers.case_workers import CaseWorker
from ioms_desktop.services.audit.audit import verify_audit
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.rule_runs import count_measures
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.exchange.import_facts import FolderFacts
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.retention.due_reviews import list_reviews
from ioms_desktop.services.session import Session
from ioms_desktop.storage.records import bulk_read
from ioms_desktop.storage.store import Store
from listening import LONG_WORK, each_statement_of, statements_of
from person_acts import assert_agree
from services.exchange_session import person, phoenix, put, session_at
from sessions import TODAY
from shared_people import Office


def limits_of(session: Session, work: Callable[[Session], object]) -> set[str]:
    with statements_of(session.store.engine) as said:
        work(session)
    return {each for each in said if each in LONG_WORK}


def test_whatever_reads_many_cases_is_given_time_on_a_server(office: Office, tmp_path: Path) -> None:
    supervisor, auditor, out = office.session("supervisor"), office.session("auditor"), tmp_path / "out"
    long: dict[str, tuple[Session, Callable[[Session], object]]] = {
        "export": (supervisor, lambda session: export_records(session, out, reason="CASE_WORK")),
        "import": (supervisor, lambda session: run_import(session, out, dry_run=True)),
        "measures": (supervisor, lambda session: count_measures(session, TODAY.replace(day=1), TODAY)),
        "reviews": (supervisor, lambda session: list_reviews(session, TODAY)),
        "audit": (auditor, verify_audit),
    }
    for name, each in long.items():
        assert limits_of(*each) == set(LONG_WORK), name
    assert limits_of(supervisor, lambda session: open_case(session, "IOM-1")) == set(), "the control: a click is short"


@pytest.fixture
def only_what_follows() -> Iterator[None]:
    """Leave what was there before out of `gc.get_objects`, which would take long to go through."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("only_what_follows")
def test_an_import_holds_no_person_once_they_are_written_unless_they_are_changed_and_entries_of_theirs_follow(
    store: Store, tmp_path: Path
) -> None:
    session = session_at(store)

    def held(address: str, *refs: str) -> int:
        """Import people; gives how many are in memory when their part of the file is written."""
        found: list[int] = []

        def count(_rows: int, total: int, _step: str = "") -> None:
            if total:
                found.append(sum(isinstance(each, Person) and each.person_ref in refs for each in gc.get_objects()))

        put(tmp_path, "people", [person(ref, address=address) for ref in refs])
        run_import(session, tmp_path, progress=count)
        assert_agree(store, refs[0])
        return found[0]

    those = ("P1", "P2", "P3")
    assert held("1 High Street", *those) == held("2 High Street", *those) == 0, "new, and changed"
    put_home(tmp_path, ["N1"])
    assert held("", "N1", "N2") == 0, "new, and an entry follows"
    put_home(tmp_path, ["P1"])
    assert held("", *those) == 3, "the control: each as they were before"


@pytest.mark.usefixtures("only_what_follows")
def test_an_import_holds_no_more_the_more_people_and_cases_it_has_settled(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One at a time is settled here, otherwise thousands; of people their entries have the last word."""
    monkeypatch.setattr(bulk_read, "ROWS_PER_BATCH", 1)
    session, mine = session_at(store), list[Person]()

    def held(letter: str, street: str, keep: Callable[[], object] = int) -> tuple[list[int], list[int]]:
        """Import four people and their cases; gives how many people and workers are in memory as each is settled."""
        refs, people, workers = [f"{letter}{number}" for number in range(4)], list[int](), list[int]()

        def count(statement: str) -> None:
            if statement.startswith(("UPDATE people", "INSERT INTO case_workers")):
                keep()
                kinds = [*map(type, gc.get_objects())]
                assert FolderFacts not in kinds, "what only the check needs"
                found, kind = (people, Person) if statement.startswith("UPDATE") else (workers, CaseWorker)
                found.append(kinds.count(kind))

        put(tmp_path, "people", [person(ref, address="") for ref in refs])
        put(tmp_path, "cases", [phoenix(f"C{ref}", ref, police_om="PC 1 A") for ref in refs])
        put_home(tmp_path, refs, f"2 {street}")
        with each_statement_of(store.engine, count):
            run_import(session, tmp_path)
        assert_agree(store, refs[-1])
        return people[-4:], workers

    new, changed = held("P", "High Street"), held("P", "Low Street")
    assert new == ([new[0][0]] * 4, [1] * 4)
    assert changed == (sorted(changed[0], reverse=True), [])
    another = partial(Person, person_ref="X", family_name="Other", given_names="One", date_of_birth=TODAY)
    kept, _ = held("Q", "High Street", lambda: mine.append(another()))
    assert kept == sorted({*kept}), "the control, in which another person is kept each time"


def put_home(folder: Path, refs: Iterable[str], address: str = "The Old Mill") -> None:
    """Write a file with the address of some people."""
    entry = {"kind": "HOME", "address": address, "from_on": "2026-10-01"}
    put(folder, "addresses", [{"address_ref": f"A{ref}", "person_ref": ref, **entry} for ref in refs])


def test_of_new_people_who_are_read_again_the_entry_that_came_with_them_counts(
    store: Store, office: Office, tmp_path: Path
) -> None:
    """In each kind of database, and on a server that enforces rights, where a person is open to nobody yet."""
    for session in (session_at(store), office.session("supervisor")):
        _import_with_an_entry(session, tmp_path)


def _import_with_an_entry(session: Session, tmp_path: Path) -> None:
    put(tmp_path, "people", [person("N1", address=""), person("N2", address="1 High Street")])
    put_home(tmp_path, ["N1"])
    assert run_import(session, tmp_path).written
    with session.store.all_cases_open("EXPORT", "test"), session.store.read() as reading:
        now = {ref: reading.get(Person, ref).address for ref in ("N1", "N2")}
        entries = {ref: len(reading.list_records(Address, person_ref=ref)) for ref in now}
    assert now == {"N1": "The Old Mill", "N2": "1 High Street"}
    assert entries == {"N1": 1, "N2": 1}
