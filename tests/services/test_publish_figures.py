"""A quarter is published by a supervisor and read by whom no record is open to, on a file and on a server."""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import func, insert, select

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.dates.quarters import Quarter
from ioms_desktop.domain.errors import FileUnwritable, Missing, MissingReason, NotAllowed, NothingToDo, NotOver
from ioms_desktop.domain.figures.figure_tables import FigureCell
from ioms_desktop.domain.records.cases import Case, RagEntry
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.people import Person
from ioms_desktop.services.cases.case_json import measures_json
from ioms_desktop.services.cases.rule_runs import count_measures
from ioms_desktop.services.figures.publish_figures import PublishQuarter, publish_quarter
from ioms_desktop.services.figures.read_figures import (
    SavedTable,
    count_current_quarter,
    export_published_figures,
    get_figure_history,
    get_measures,
    get_publication,
    list_editions,
    list_published_quarters,
    save_tables,
)
from ioms_desktop.services.session import Session
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from keys import opened
from postgres_cluster import Server
from sessions import request, session_of
from shared_people import Office, furnish

QUARTER = Quarter(2024, 3)  # over by the clock of any server
AT = datetime(2025, 1, 10, 9, tzinfo=UTC)
CASES = 60


@pytest.fixture(scope="module")
def furnished(postgres_server: Server, _shared_template: str) -> Iterator[Office]:
    location = postgres_server.create("publishing", _shared_template)
    office = furnish(location)
    keeper = opened(location)
    fill(keeper)
    keeper.close()
    yield office
    office.close()
    postgres_server.drop("publishing")
    postgres_server.forget_logins()


@pytest.fixture(params=["file", "server"])
def sessions(request: pytest.FixtureRequest) -> Iterator[dict[str, Session]]:
    """Return a supervisor, an officer and an analyst on a book of some size, on each kind of database."""
    wanted = (Role.SUPERVISOR, Role.OFFICER, Role.ANALYST)
    if request.param == "server":
        office: Office = request.getfixturevalue("furnished")
        yield {role: office.session(role) for role in wanted}
        with office.owner() as owner:
            owner.execute(
                "DELETE FROM figure_cell; DELETE FROM figure_edition; DELETE FROM case_standing; "
                "DELETE FROM access_entry; DELETE FROM offers WHERE offer_ref LIKE 'L-%'"
            )
    else:
        store = opened(request.getfixturevalue("local_location"))
        fill(store)
        yield {role: session_of(store, role, role, lambda: AT) for role in wanted}
        store.close()


@pytest.fixture
def keeper(sessions: dict[str, Session], request: pytest.FixtureRequest) -> Iterator[Store]:
    """Return the database as whoever keeps it sees it."""
    own = sessions[Role.SUPERVISOR].store
    if own.case_gate is None:
        yield own
        return
    office: Office = request.getfixturevalue("furnished")
    store = opened(office.location)
    yield store
    store.close()


def fill(store: Store) -> None:
    """Put cases in that began by the summer of 2024: two in three on Phoenix, all with an offer."""
    random = Random(1)  # noqa: S311 - invented cases, no secret
    with store.begin(CommandContext(request="", user="holt", role="coordinator", at=AT, workstation="session 0")) as tx:
        for number in range(CASES):
            person, ref = f"P-{number:03}", f"C-{number:03}"
            phoenix = number % 3 != 0
            tx.add(
                Person(
                    person_ref=person,
                    family_name=f"Family{number}",
                    given_names="Alex",
                    date_of_birth=date(1990 if number % 4 == 0 else 2007, 3, 1),
                    sex="FEMALE" if number % 4 == 0 else "MALE",
                    ethnicity_self="W1",
                )
            )
            tx.add(
                Case(
                    case_ref=ref,
                    person_ref=person,
                    programme="PHOENIX" if phoenix else "IOM",
                    cohort=None if phoenix else "FIXED",
                    status="ENGAGED" if phoenix else "ACTIVE",
                    referred_on=date(2024, 5, 1),
                    adopted_on=None if phoenix else date(2024, 6, 3),
                    notified_on=date(2024, 6, 3) if phoenix else None,
                )
            )
            tx.add(RagEntry(case_ref=ref, set_on=date(2024, 6, 3), rag=random.choice(("AMBER", "GREEN")), reason="x"))
            offered = date(2024, 7, 1) + timedelta(days=number % 80)
            accepted = number % 3 == 1
            tx.add(
                Offer(
                    offer_ref=f"O-{number:03}",
                    case_ref=ref,
                    offer_type="MENTORING" if phoenix else "ETE",
                    offered_on=offered,
                    response="ACCEPTED" if accepted else None,
                    responded_on=offered if accepted else None,
                )
            )
            tx.add(
                Contact(
                    contact_ref=f"K-{number:03}",
                    case_ref=ref,
                    occurred_at=DayTime(offered),
                    planned=True,
                    contact_type="OFFICE",
                    outcome="SEEN",
                )
            )


def publish(session: Session, quarter: Quarter = QUARTER, reason: str = "") -> str:
    return publish_quarter(session, PublishQuarter(request=request(), quarter=quarter, reason=reason)).notice


def test_an_analyst_reads_what_a_supervisor_published_and_counts_nothing(sessions: dict[str, Session]) -> None:
    analyst, officer = sessions[Role.ANALYST], sessions[Role.OFFICER]
    with pytest.raises(Missing, match="No quarter is published yet; ask a supervisor"):
        get_measures(analyst, QUARTER.first, QUARTER.last)
    assert publish(sessions[Role.SUPERVISOR]).startswith("2024-Q3 is published: ")
    read = get_measures(analyst, QUARTER.first, QUARTER.last)
    live = measures_json(count_measures(officer, QUARTER.first, QUARTER.last))
    assert {key: set(value) for key, value in live.items() if isinstance(value, dict)} == {
        key: set(value) for key, value in read.items() if key in live and isinstance(value, dict)
    }
    assert read["balance"]["offers_made"] == live["balance"]["offers_made"] == CASES
    assert read["funnel"]["selected"] == live["funnel"]["selected"]
    with pytest.raises(NotAllowed, match="may count performance figures from the record"):
        count_measures(analyst, QUARTER.first, QUARTER.last)
    with pytest.raises(Missing, match=r"not a quarter\. Published: 2024-Q3 \(1 Jul 2024 to 30 Sep 2024\)"):
        get_measures(analyst, QUARTER.first, QUARTER.last - timedelta(days=1))


def test_supervisors_and_officers_keep_the_live_measures(sessions: dict[str, Session]) -> None:
    for role in (Role.SUPERVISOR, Role.OFFICER):
        found = get_measures(sessions[role], date(2024, 7, 2), date(2024, 7, 9))
        assert "published" not in found
        assert found["balance"]["offers_made"] == 8


def test_what_is_too_few_is_null_and_said_in_words(sessions: dict[str, Session]) -> None:
    publish(sessions[Role.SUPERVISOR])
    found = get_publication(sessions[Role.ANALYST], QUARTER)
    lines = {line.label: line for _, lines in found.tables.values() for line in lines}
    assert lines["Offers made, Female"].count == 15
    assert lines["Mentoring, Accepted"].display_text == "20"
    assert lines["Offers made"].display_text == "60"
    hidden = [line for line in lines.values() if line.display_text == "too few to say"]
    assert hidden
    assert all(line.count is None and line.share is None for line in hidden)


def test_a_restricted_case_is_counted_by_nobody(sessions: dict[str, Session], keeper: Store) -> None:
    """Whoever may know of it would publish other figures than whoever may not."""
    supervisor = sessions[Role.SUPERVISOR]
    with keeper.engine.begin() as connection:
        connection.execute(insert(tables.case_standing).values(case_ref="C-001", restricted=True))
        if supervisor.store.case_gate is not None:  # the one supervisor is admitted, and counts without it all the same
            connection.execute(
                insert(tables.access_entry).values(
                    case_ref="C-001", user_name=supervisor.user, kind="ADMITTED", begins_at=AT, set_by="holt"
                )
            )
    publish(supervisor)
    found = get_measures(sessions[Role.ANALYST], QUARTER.first, QUARTER.last)
    assert found["balance"]["offers_made"] == CASES - 1


def test_what_is_not_published_is_named_by_edition_only_where_the_quarter_is(sessions: dict[str, Session]) -> None:
    analyst = sessions[Role.ANALYST]
    with pytest.raises(Missing, match=r"^2024-Q3 is not published"):
        get_publication(analyst, QUARTER, edition=2)
    publish(sessions[Role.SUPERVISOR])
    with pytest.raises(Missing, match=r"^Edition 2 of 2024-Q3 is not published"):
        get_publication(analyst, QUARTER, edition=2)
    with pytest.raises(Missing, match=r"^2024-Q2 is not published"):
        get_publication(analyst, Quarter(2024, 2))


def test_a_quarter_that_is_not_over_is_not_published(sessions: dict[str, Session]) -> None:
    supervisor = sessions[Role.SUPERVISOR]
    with pytest.raises(NotOver):
        publish(supervisor, Quarter.containing(supervisor.today()))


def test_another_edition_needs_something_new_and_a_reason(sessions: dict[str, Session], keeper: Store) -> None:
    supervisor = sessions[Role.SUPERVISOR]
    publish(supervisor)
    with pytest.raises(NothingToDo):
        publish(supervisor, reason="Again.")
    with keeper.begin(
        CommandContext(request="", user="holt", role="coordinator", at=AT, workstation="session 0")
    ) as tx:
        for number in range(40):
            late = Offer(
                offer_ref=f"L-{number}", case_ref=f"C-{number:03}", offer_type="GYM", offered_on=date(2024, 8, 1)
            )
            tx.add(late)
    with pytest.raises(MissingReason):
        publish(supervisor)
    publish(supervisor, reason="A gym sent its list late.")
    editions = list_editions(sessions[Role.ANALYST])
    assert [(each.edition, each.reason) for each in editions] == [(1, None), (2, "A gym sent its list late.")]
    old, new = (get_publication(sessions[Role.ANALYST], QUARTER, number) for number in (1, 2))
    assert (old.figures.measure("balance.offers_made"), new.figures.measure("balance.offers_made")) == (60, 100)
    assert list_published_quarters(sessions[Role.ANALYST])[0].edition == 2


def test_a_figure_is_read_quarter_by_quarter(sessions: dict[str, Session]) -> None:
    for quarter in (QUARTER, QUARTER.previous):
        publish(sessions[Role.SUPERVISOR], quarter)
    found = get_figure_history(sessions[Role.ANALYST], FigureCell("measures", "balance.offers_made"))
    assert [(quarter, line.count) for quarter, line in found] == [(QUARTER.previous, 0), (QUARTER, 60)]


def test_the_same_request_publishes_once(sessions: dict[str, Session]) -> None:
    supervisor = sessions[Role.SUPERVISOR]
    entry = PublishQuarter(request=request(), quarter=QUARTER)
    assert publish_quarter(supervisor, entry) == publish_quarter(supervisor, entry)
    assert len(list_editions(supervisor)) == 1


def test_publishing_is_on_record_and_so_is_that_the_book_was_opened(
    sessions: dict[str, Session], keeper: Store
) -> None:
    supervisor = sessions[Role.SUPERVISOR]
    publish(supervisor)
    with keeper.read() as reading:
        audit = tables.audit.c
        query = select(audit.kind, audit.object_type, audit.object_ref, audit.actor).order_by(audit.id.desc()).limit(2)
        found = [tuple(row) for row in reading.connection.execute(query)]
    assert found[0] == ("DISCLOSURE", "figures", "2024-Q3", supervisor.user)
    if keeper is not supervisor.store:
        assert found[1] == ("CONSULTATION", "book", "PUBLISHED_FIGURES", supervisor.user)


def test_the_export_has_every_figure_and_nobody_in_it(sessions: dict[str, Session], tmp_path: Path) -> None:
    publish(sessions[Role.SUPERVISOR])
    path = tmp_path / "figures.csv"
    count = export_published_figures(sessions[Role.ANALYST], path)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    assert len(rows) == count
    assert {row["count"] == "" for row in rows if row["note"] == "too few to say"} == {True}
    text = path.read_text(encoding="utf-8")
    assert not any(word in text for word in ("Family1", "Alex", "P-001", "C-001", "O-001", "holt"))


def test_nothing_is_exported_before_anything_is_published(sessions: dict[str, Session], tmp_path: Path) -> None:
    with pytest.raises(Missing, match="nothing to export"):
        export_published_figures(sessions[Role.ANALYST], tmp_path / "figures.csv")
    assert list(tmp_path.glob("figures*")) == []


def test_the_quarter_that_runs_is_counted_for_who_may(sessions: dict[str, Session]) -> None:
    supervisor = sessions[Role.SUPERVISOR]
    inside = replace(supervisor, clock=lambda: datetime(2024, 8, 15, 9, tzinfo=UTC))
    ((_, lines),) = count_current_quarter(inside).values()
    assert {line.label: line.count for line in lines}["Offers made"] == 46
    with pytest.raises(NotAllowed):
        count_current_quarter(sessions[Role.ANALYST])


@pytest.mark.parametrize("sessions", ["file"], indirect=True)  # a server's clock cannot be set back
def test_a_status_is_that_of_the_last_day(sessions: dict[str, Session]) -> None:
    supervisor = sessions[Role.SUPERVISOR]
    later = CommandContext(request="", user="holt", role="coordinator", at=AT, workstation="session 0")
    with supervisor.store.begin(later) as tx:
        for number in range(0, CASES, 3):
            tx.save(replace(tx.get(Case, f"C-{number:03}"), status="SUSPENDED"))
        former = tables.former_version
        # As if they had been recorded in summer: versions count from when they were recorded.
        tx.connection.execute(former.update().values(current_from=datetime(2024, 6, 3, tzinfo=UTC)))
    publish(supervisor)
    found = get_publication(sessions[Role.ANALYST], QUARTER).tables["cases_by_status"][1]
    counts = {line.cell.name: line.count for line in found}
    assert (counts["IOM/ACTIVE"], counts["IOM/SUSPENDED"]) == (20, 0)


def test_nothing_but_the_figures_is_stored(sessions: dict[str, Session]) -> None:
    publish(sessions[Role.SUPERVISOR])
    with sessions[Role.ANALYST].store.read() as reading:
        count = reading.connection.scalar(select(func.count()).select_from(tables.figure_cell))
        words = set(reading.connection.scalars(select(tables.figure_cell.c.cell)))
    assert count == len(get_publication(sessions[Role.ANALYST], QUARTER).figures.cells) + 4
    codes = {code.code for each in sessions[Role.ANALYST].lists for code in each}
    assert {part for word in words for part in word.split("/")} <= codes


def test_a_picture_is_saved_with_its_numbers_or_not_at_all(sessions: dict[str, Session], tmp_path: Path) -> None:
    publish(sessions[Role.SUPERVISOR])
    _, lines = next(iter(get_publication(sessions[Role.ANALYST], QUARTER).tables.values()))
    save_tables([SavedTable(tmp_path / "flow.png", b"picture", "Flow", lines)])
    assert (tmp_path / "flow.png").read_bytes() == b"picture"
    assert len((tmp_path / "flow.csv").read_text(encoding="utf-8-sig").splitlines()) == len(lines) + 1
    with pytest.raises(FileUnwritable):
        save_tables([SavedTable(tmp_path / "none" / "flow.png", b"picture", "Flow", lines)])
