"""On a server, what reads many cases at once is given longer limits than a click."""

from collections.abc import Callable
from pathlib import Path

from ioms_desktop.services.audit.audit import verify_audit
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.rule_runs import count_measures
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.retention.retention import list_reviews
from ioms_desktop.services.session import Session
from listening import LONG_WORK, statements_of
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
