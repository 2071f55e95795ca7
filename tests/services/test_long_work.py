"""On a server, what reads many cases is given longer limits than a click; an import holds little of what it wrote."""

import gc
from collections.abc import Callable
from pathlib import Path

from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.audit.audit import verify_audit
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.rule_runs import count_measures
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.retention.retention import list_reviews
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from listening import LONG_WORK, statements_of
from person_acts import assert_agree
from services.exchange_session import person, put, session_at
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


def test_an_import_holds_no_person_once_they_are_written_unless_entries_of_theirs_follow(
    store: Store, tmp_path: Path
) -> None:
    session = session_at(store)

    def held(address: str) -> int:
        """Import people; gives how many are in memory when their part of the file is written."""
        found: list[int] = []

        def count(_rows: int, total: int, _step: str = "") -> None:
            if total:
                found.append(sum(isinstance(each, Person) and each.address == address for each in gc.get_objects()))

        put(tmp_path, "people", [person(ref, address=address) for ref in ("P1", "P2", "P3")])
        run_import(session, tmp_path, progress=count)
        assert_agree(store, "P1")
        return found[0]

    assert held("1 High Street") == held("2 High Street") == 0, "new, and changed"
    entry = {"address_ref": "A1", "person_ref": "P1", "kind": "HOME", "address": "4 High Street"}
    put(tmp_path, "addresses", [{**entry, "from_on": "2026-10-01"}])
    assert held("3 High Street") == 3, "the control: an entry of one of them follows"
