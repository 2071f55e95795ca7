"""The open cases are compared with another system's list, both ways, and whoever the answer names is on record."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from ioms_desktop.domain.access.roles import Right, Role, roles_with
from ioms_desktop.domain.errors import FileUnreadable, NotAllowed
from ioms_desktop.services.exchange.reconciliation import Reconciliation, reconcile_list
from ioms_desktop.services.session import Session
from ioms_desktop.storage.schema.tables import audit
from ioms_desktop.storage.store import Store
from services.exchange_session import iom, person, phoenix, put, session_at, taken
from shared_people import Office


@pytest.fixture
def supervisor(store: Store, tmp_path: Path) -> Session:
    """Return a session on a database with four open cases of three people and a closed one."""
    people = [
        person("P1", crn="X320741", pnc_id="2001/0000012C"),
        person("P2", family_name="O'Brien", given_names="Séan", date_of_birth="1990-01-02", niche_id="12031990"),
        person("P3", family_name="Nowak", given_names="Anna", date_of_birth="1990-03-12"),
        person("P4", family_name="Harker", given_names="Callum", date_of_birth="1994-02-14", crn="X1"),
    ]
    cases = [
        *(phoenix("C1"), iom("C2"), iom("C3", "P2"), iom("C4", "P3")),
        iom("C5", "P4", status="DESELECTED", closed_on="2026-10-01", close_reason="LONG_CUSTODY"),
    ]
    put(tmp_path / "in", "people", people)
    put(tmp_path / "in", "cases", cases)
    session = session_at(store)
    taken(session, tmp_path / "in")
    return session


def compared(session: Session, folder: Path, text: str, programme: str = "") -> Reconciliation:
    path = folder / "theirs.csv"
    path.write_text(text, encoding="utf-8")
    return reconcile_list(session, path, programme)


def left_over(found: Reconciliation) -> list[str]:
    return [case.case_ref for case in found.not_listed]


def looked_at(session: Session) -> set[str]:
    with session.store.read() as reading:
        rows = reading.connection.scalars(select(audit.c.subject_ref).where(audit.c.kind == "CONSULTATION"))
        return {ref for ref in rows if ref}


def test_both_sides_are_named_and_nobody_else_is_on_record_as_looked_at(supervisor: Session, tmp_path: Path) -> None:
    found = compared(supervisor, tmp_path, "CRN;Surname\nx320741;Marlow\nX1;Harker\nX999999;Unknown\n", "IOM")
    assert (found.rows, found.matched, left_over(found)) == (3, 1, ["C4", "C3"])
    assert [(row.line, row.cells["crn"]) for row in found.not_here] == [(3, "X1"), (4, "X999999")]
    assert found.differences == []
    assert looked_at(supervisor) == {"P2", "P3"}, "whose case is closed is not named, and who matches says nothing new"


@pytest.mark.parametrize(
    ("header", "row", "case"),
    [
        ("case_ref", "c3", "C3"),
        ("person_ref", "P2", "C3"),
        ("pnc", "01/12C", "C2"),
        ("PNC ID", "2001/0000012C", "C2"),
        ("Niche", "12031990", "C3"),  # also the date of birth of somebody else, written in figures
        ("surname,forename,dob", "OBRIEN,Sean,02/01/1990", "C3"),
        ("surname,dob", "NOWAK,12/03/1990", "C4"),
    ],
)
def test_somebody_is_found_by_whatever_the_other_system_knows(
    supervisor: Session, tmp_path: Path, header: str, row: str, case: str
) -> None:
    found = compared(supervisor, tmp_path, f"{header}\n{row}\n", "IOM")
    assert (found.matched, found.not_here) == (1, [])
    assert {"C2", "C3", "C4"} - set(left_over(found)) == {case}


def test_what_is_said_differently_or_matched_by_name_alone_is_named(supervisor: Session, tmp_path: Path) -> None:
    text = "crn,surname,forename,dob\nX320741,Marlow,Jaden,2008-10-27\nX5,Nowak,Anna,1990-03-12\n"
    found = compared(supervisor, tmp_path, text)
    said = [(each.line, each.column, each.listed, each.recorded) for each in found.differences]
    assert said == [(2, "given_names", "Jaden", "Jayden"), (2, "date_of_birth", "2008-10-27", "2008-10-28")]
    assert found.by_name == [(3, "C4")]
    assert looked_at(supervisor) == {"P1", "P2", "P3"}


def test_a_row_that_fits_two_people_is_no_match(supervisor: Session, tmp_path: Path) -> None:
    found = compared(supervisor, tmp_path, "crn,case_ref\nX320741,C3\nX320741,C2\n", "IOM")
    assert (found.matched, found.unclear) == (1, [(2, ("C2", "C3"))])


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("theirs.csv", "", "is empty"),
        ("theirs.csv", "colour\nred\n", "names nobody"),
        ("theirs.csv", "surname\nMarlow\n", "names nobody"),
        ("theirs.csv", "crn,CRN\nX1,X2\n", "two columns of the same kind"),
        ("theirs.xlsx", "crn\nX1\n", "save the list as CSV"),
        ("other.csv", None, "cannot be read"),
    ],
)
def test_a_list_that_names_nobody_is_refused_and_nobody_looked_at(
    supervisor: Session, tmp_path: Path, name: str, text: str | None, said: str
) -> None:
    if text is not None:
        (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(FileUnreadable, match=said):
        reconcile_list(supervisor, tmp_path / name)
    assert looked_at(supervisor) == set()


def test_rows_that_cannot_be_read_and_columns_that_are_not_compared_are_named(
    supervisor: Session, tmp_path: Path
) -> None:
    found = compared(supervisor, tmp_path, 'crn,team\nX320741,North\n"X1" x,South\n')
    assert ([line for line, _ in found.unreadable], found.ignored, found.matched) == ([3], ("team",), 1)


def test_supervisors_and_coordinators_compare_and_nobody_else(supervisor: Session, tmp_path: Path) -> None:
    assert set(roles_with(Right.RECONCILE)) == {Role.SUPERVISOR, Role.COORDINATOR}
    for role in Role:
        session = replace(supervisor, role=role)
        if role in roles_with(Right.RECONCILE):
            assert compared(session, tmp_path, "crn\nX320741\n").matched == 1
        else:
            with pytest.raises(NotAllowed):
                compared(session, tmp_path, "crn\nX320741\n")


def test_a_server_compares_with_what_the_user_may_know_of(office: Office, tmp_path: Path) -> None:
    for name in ("supervisor", "coordinator"):
        found = compared(office.session(name), tmp_path, "case_ref\nPHX-1\nPHX-999\n", "PHOENIX")
        assert (found.matched, [row.line for row in found.not_here]) == (1, [3])
    with office.owner() as owner:
        sql = "SELECT DISTINCT actor FROM audit WHERE object_type = 'list' AND object_ref = 'reconcile'"
        assert len(owner.execute(sql).fetchall()) == 2
