"""What inspections ask for and files bring: own words, windows, harm apart from suspicion, opinions that end."""

from datetime import date
from pathlib import Path

import psycopg
import pytest

from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.oversight import describe_outcomes
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from paper_prints import printed_pdf
from reports.reading import pages_of
from services.exchange_session import iom, person, put, rows_of, session_at, taken
from shared_people import Office

PROBATION = "HMPPS_PROBATION"

SAID = {
    "own_words_ref": "W1",
    "case_ref": "C2",
    "said_on": "2026-09-10",
    "strengths": "I fix bikes",
    "help_wanted": "Somewhere to sleep",
    "said_to": "N. OKORO",
}
GROUP = {
    "group_response_ref": "G1",
    "case_ref": "C2",
    "incident_on": "2026-09-03",
    "group_name": "Northside",
    "source_grade": "2",
    "information_grade": "B",
    "expires_on": "2026-10-31",
}
WINDOWS = {"look_back_from": "2025-09-01", "selected_on": "2026-09-01", "look_forward_to": "2026-10-31"}


def printed(session: Session, audience: Audience, as_of: date | None = None) -> str:
    paper = printed_pdf(session, "C2", audience=audience, agency=PROBATION, reason_code="CASE_WORK", as_of=as_of)
    return " ".join(" ".join(pages_of(paper)).split())


def filled(store: Store, folder: Path, **case: str) -> Session:
    put(folder, "people", [person()])
    put(folder, "cases", [iom(**case)])
    session = session_at(store)
    taken(session, folder)
    return session


def test_own_words_go_out_and_come_back_and_are_printed_as_what_the_participant_says(
    store: Store, tmp_path: Path
) -> None:
    later = {**SAID, "own_words_ref": "W2", "said_on": "2026-10-10", "strengths": "I listen", "help_wanted": ""}
    put(tmp_path, "own_words", [later, SAID])
    session = filled(store, tmp_path)
    export_records(session, tmp_path / "out", reason="CASE_WORK")
    assert rows_of(tmp_path / "out" / "own_words.csv")[1] == [*SAID.values(), "", "", ""]
    office, partners = (printed(session, each) for each in (Audience.FULL, Audience.PARTNER))
    assert "Good at: I listen" in office
    assert "I fix bikes" not in office, "what was said last stands"
    assert "I listen" not in partners
    assert "Help wanted: Somewhere to sleep" in printed(session, Audience.FULL, date(2026, 10, 9))


def test_the_opinion_that_somebody_is_of_a_group_is_printed_to_its_last_day(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "group_responses", [GROUP])
    session = filled(store, tmp_path)
    assert "Northside" in printed(session, Audience.FULL, date(2026, 10, 31))
    assert "Northside" not in printed(session, Audience.FULL, date(2026, 11, 1))
    assert "Northside" not in printed(session, Audience.PARTNER, date(2026, 10, 31))


@pytest.mark.parametrize("left_out", ["source_grade", "information_grade", "expires_on"])
def test_an_opinion_on_a_group_without_grade_or_end_is_taken_from_no_file(
    store: Store, tmp_path: Path, left_out: str
) -> None:
    session = filled(store, tmp_path)
    put(tmp_path / "more", "group_responses", [{**GROUP, left_out: ""}])
    report = run_import(session, tmp_path / "more")
    assert [problem.column for problem in report.rejects()] == [left_out]


def test_harm_is_counted_apart_from_suspicion_in_the_windows_that_were_fixed(store: Store, tmp_path: Path) -> None:
    days = [
        ("2025-08-31", "SUSPECT"),  # before the window
        *(("2025-09-01", "SUSPECT"), ("2026-08-31", "VICTIM")),
        *(("2026-09-01", "VICTIM"), ("2026-09-02", "CONVICTED"), ("2026-10-31", "VICTIM"), ("2026-10-30", "")),
        ("2026-11-01", "SUSPECT"),  # after it
    ]
    put(
        tmp_path,
        "offences",
        [
            {
                "person_ref": "P1",
                "offence_on": on,
                "offence_group": "VIOLENCE",
                "role": role,
                "offence": f"Affray of part {role or 'unknown'}",
                **({"outcome": "NFA", "outcome_on": "2026-09-20"} if on == "2025-09-01" else {}),
            }
            for on, role in days
        ],
    )
    session = filled(store, tmp_path, **WINDOWS)
    view = open_case(session, "C2")
    assert describe_outcomes(session.lists, view) == (
        "1 Sep 2025 to 31 Aug 2026: 1 as suspect or convicted (1 of them NFA), 1 as the one harmed. "
        "1 Sep 2026 to 31 Oct 2026: 1 as suspect or convicted, 2 as the one harmed, 1 with no part on record"
    )
    early = open_case(session, "C2", as_of=date(2026, 9, 1))
    assert "NFA" not in describe_outcomes(session.lists, early), "an outcome stands from its own day on"
    first_day = "1 Sep 2026 to 1 Sep 2026: 0 as suspect or convicted, 1 as the one harmed"
    assert describe_outcomes(session.lists, early).endswith(first_day)
    full, partner = (printed(session, audience) for audience in (Audience.FULL, Audience.PARTNER))
    assert "2 as the one harmed" in full
    assert "as the one harmed" not in partner
    assert [page.count("Affray of part VICTIM") for page in (full, partner)] == [6, 3], "harm is safeguarding to both"
    assert "Affray of part CONVICTED" in partner


@pytest.mark.parametrize(
    ("column", "on", "refused"),
    [
        ("selected_on", "2025-08-31", "selected_on"),
        ("look_forward_to", "2026-08-31", "look_forward_to"),
        ("look_back_from", "2026-09-02", "selected_on"),
    ],
)
def test_windows_out_of_order_are_refused_beside_their_column(
    store: Store, tmp_path: Path, column: str, on: str, refused: str
) -> None:
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom(**{**WINDOWS, column: on})])
    report = run_import(session_at(store), tmp_path)
    assert [problem.column for problem in report.rejects()] == [refused]
    put(tmp_path / "right", "people", [person()])
    put(tmp_path / "right", "cases", [iom(**WINDOWS)])
    assert not run_import(session_at(store), tmp_path / "right").has_rejects  # the control


def test_a_server_lets_nobody_but_an_import_move_windows_once_they_are_fixed(office: Office) -> None:
    fix = "UPDATE cases SET look_back_from = '2025-09-01', revision = revision + 1 WHERE case_ref = 'PHX-1'"
    move = fix.replace("2025-09-01", "2026-01-01")
    for name in ("officer", "supervisor"):
        with office.owner() as owner:
            owner.execute("UPDATE cases SET look_back_from = NULL, revision = revision + 1 WHERE case_ref = 'PHX-1'")
        with office.raw(name) as psql:
            psql.execute("SELECT open_case('PHX-1')")
            assert psql.execute(fix).rowcount == 1  # the control: nothing was fixed yet
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="fixed when it is selected"):
                psql.execute(move.encode())
            told = "UPDATE cases SET release_plan_on = '2026-10-01', revision = revision + 1 WHERE case_ref = 'PHX-1'"
            assert psql.execute(told).rowcount == 1
