"""Whoever may know of a result may know of its case, so that results can be counted in the place of cases."""

from sqlalchemy import Table, select

from ioms_desktop.services.cases.results import read_rule_work
from ioms_desktop.services.session import Session
from ioms_desktop.storage.schema.case_results import RESULT_VIEWS, case_result, known_case_result
from ioms_desktop.storage.schema.tables import cases
from services.access_bureau import Bureau

READERS = ("officer", "navigator", "supervisor", "coordinator", "second")


def refs(session: Session, table: Table) -> set[str]:
    with session.store.read(facts_only=True) as reading:
        return set(reading.connection.scalars(select(table.c.case_ref)))


def test_each_result_that_somebody_reads_is_of_a_case_that_they_may_know_of(bureau: Bureau) -> None:
    sessions = {who: bureau.session(who) for who in READERS}
    for who in ("second", "coordinator"):  # of both scopes
        read_rule_work(sessions[who])
    bureau.restrict("second")
    for who, session in sessions.items():
        known = refs(session, cases)
        assert all(refs(session, view) <= known for view in RESULT_VIEWS.values()), who
        assert ("IOM-1" in known) is (who == "second"), who
    for who in ("officer", "second"):  # who see every programme: none is missing, so that a count tells it
        assert refs(sessions[who], known_case_result) == refs(sessions[who], cases) != set()
    with bureau.keeper.engine.connect() as everything:
        assert "IOM-1" in set(everything.scalars(select(case_result.c.case_ref))), "the control: it is kept"
