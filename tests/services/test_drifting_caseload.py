"""The caseload lists the cases in which nothing has changed for 90 days: exactly those whose header says so."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.records.cases import Case, Need, RagEntry
from ioms_desktop.domain.records.concerns_and_decisions import Decision
from ioms_desktop.domain.records.people import Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.services.cases.case_lists import case_ids, case_rows
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.oversight import describe_drift
from ioms_desktop.services.list_query import ListQuery
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from sessions import TODAY, Clock, session_of
from shared_people import Office

CASES = 60
DRIFT = ListQuery(filters=(("drift", "yes"),))
DAYS = (400, 130, 91, 90, 89, 60, 1, 0, -1)
"""How many days ago things happened: on either side of the ninetieth, today, and what is still to come."""


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def histories(random: Random) -> Iterator[Record]:
    for number in range(CASES):
        ref, iom = f"C-{number:02}", random.random() < 0.7
        began = ago(random.choice((400, 91, 90, 89)))
        closed = random.choice((None, None, None, ago(1), ago(0), ago(-1)))
        yield Person(person_ref=f"P-{number}", family_name="Marlow", given_names="Jo", date_of_birth=date(1999, 3, 4))
        yield Case(
            case_ref=ref,
            person_ref=f"P-{number}",
            programme="IOM" if iom else "PHOENIX",
            status="ACTIVE" if iom else "ENGAGED",
            referred_on=ago(400),
            adopted_on=began if iom else None,
            notified_on=None if iom else began,
            closed_on=closed,
        )
        for days in random.sample(DAYS, random.randint(0, 3)):
            yield RagEntry(case_ref=ref, set_on=ago(days), rag=random.choice(("RED", "AMBER")), reason="Looked at")
        for pathway in ("ATTITUDES_THINKING_AND_BEHAVIOUR", "ATTITUDES_THINKING_BEHAVIOUR", "ACCOMMODATION"):
            for days in random.sample(DAYS, random.randint(0, 2)):
                status = random.choice((None, "ONGOING"))
                yield Need(
                    case_ref=ref, pathway=pathway, assessed_on=ago(days), level=random.randint(1, 2), status=status
                )
        for place, days in enumerate(random.choices(DAYS, k=random.randint(0, 3))):
            yield Decision(
                decision_ref=f"{ref}-D{place}",
                case_ref=ref,
                decided_on=ago(days),
                decision=random.choice(("ESCALATE", "DE_ESCALATE", "HOLD")),
                step=random.choice(("L0", "L1", None)),
                reason="As it stands",
                proposed_by="adeyemi",
            )


def listed(session: Session) -> set[str]:
    return {row.case_ref for row in case_rows(session, list(case_ids(session, DRIFT)))}


def test_the_list_has_exactly_the_cases_whose_header_says_that_nothing_changed(store: Store) -> None:
    session = session_of(store, "wright", Role.SUPERVISOR, Clock())
    with store.begin(session.command_context()) as tx:
        for record in histories(Random(20)):  # noqa: S311 - the same histories on every run
            tx.add(record)
    refs = [f"C-{number:02}" for number in range(CASES)]
    said = {ref for ref in refs if describe_drift(session, open_case(session, ref))}
    assert listed(session) == said
    assert 5 < len(said) < CASES - 5, "the control: there are many of either"


def test_a_server_lists_them_without_opening_any(office: Office) -> None:
    with office.owner() as owner:
        owner.execute("UPDATE cases SET notified_on = current_date - 400, revision = revision + 1")
    seen = [listed(office.session(name)) for name in ("supervisor", "coordinator", "navigator")]
    assert [refs >= {"PHX-1"} for refs in seen] == [True] * 3
    with office.owner() as owner:
        assert owner.execute("SELECT count(*) FROM ioms_private.look").fetchone() == (0,)
