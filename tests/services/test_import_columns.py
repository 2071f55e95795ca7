"""A file speaks only of the columns it has; what an empty cell takes away is named before it goes."""

from pathlib import Path

import pytest

from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Assessment, Person
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.exchange.import_report import ImportReport, RowOutcome
from ioms_desktop.services.exchange.imports import plan_import, run_import
from ioms_desktop.storage.store import Store
from services.exchange_session import counts, person, phoenix, put, rows_of, session_at, taken

REQUIRED = {"date_of_birth", "status", "referred_on"}
REQUIRED = {"date_of_birth", "status", "referred_on"}
FULL = person(
    "P1",
    known_as="Jay",
    sex="MALE",
    pnc_id="2012/0052494Q",
    crn="X123456",
    phone="07700900123",
    address="1 Test Street",
    parent_or_carer="Ruth Marlow",
)


def stored(store: Store, ref: str = "P1") -> Person:
    with store.read() as reading:
        return reading.get(Person, ref)


def warned(report: ImportReport) -> list[tuple[int, str, str]]:
    return [(problem.line, problem.column, problem.reason) for problem in report.warnings()]


def test_a_file_with_fewer_columns_leaves_the_others_alone(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    taken(session, put(tmp_path / "full", "people", [FULL]))
    before = stored(store)
    report = run_import(session, put(tmp_path / "few", "people", [person("P1", known_as="Jayden M")]))
    assert report.written
    assert warned(report) == []
    after = stored(store)
    assert after.known_as == "Jayden M"
    kept = ("sex", "pnc_id", "crn", "phone", "address", "parent_or_carer", "date_of_birth")
    assert [getattr(after, name) for name in kept] == [getattr(before, name) for name in kept]


def test_a_file_that_mentions_only_what_is_on_record_changes_nothing(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    taken(session, put(tmp_path / "full", "people", [FULL]))
    before = counts(store)
    report = run_import(session, put(tmp_path / "few", "people", [person("P1")]))
    assert report.count(RowOutcome.UNCHANGED) == 1
    assert counts(store) == before


def test_an_empty_cell_empties_and_every_value_that_goes_is_named_before_and_after(
    store: Store, tmp_path: Path
) -> None:
    session = session_at(store)
    taken(session, put(tmp_path / "full", "people", [FULL]))
    path = put(tmp_path / "few", "people", [person("P1", phone="", address="", sex="MALE", crn="")])
    told = [
        (2, "crn", "The cell is empty, so the value on record will be removed: X123456"),
        (2, "phone", "The cell is empty, so the value on record will be removed: 07700900123"),
        (2, "address", "The cell is empty, so the value on record will be removed: 1 Test Street"),
    ]
    assert warned(plan_import(session, path)) == told
    assert stored(store).phone == "07700900123"
    assert warned(run_import(session, path)) == told
    after = stored(store)
    assert (after.phone, after.address, after.crn) == (None, None, None)
    assert (after.sex, after.pnc_id) == ("MALE", "2012/0052494Q")
    assert warned(run_import(session, path)) == []


@pytest.mark.parametrize("known", [True, False])
def test_the_rules_see_the_record_as_it_will_be(store: Store, tmp_path: Path, *, known: bool) -> None:
    session = session_at(store)
    put(tmp_path / "full", "people", [FULL])
    put(tmp_path / "full", "cases", [phoenix("C1", navigator="Okoro", trial_arm="INTERVENTION")])
    taken(session, tmp_path / "full")
    # An allocation of the trial is never changed: to leave the column out is not to change it, an empty cell is.
    row = phoenix("C1", referred_by="Court", **({} if known else {"trial_arm": ""}))
    report = run_import(session, put(tmp_path / "few", "cases", [row]))
    assert report.written is known
    with store.read() as reading:
        case = reading.get(Case, "C1")
    assert (case.referred_by, case.navigator, case.trial_arm) == ("Court" if known else None, "Okoro", "INTERVENTION")


def test_a_column_of_the_key_that_is_absent_is_empty(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    put(tmp_path / "full", "people", [FULL])
    row = {"person_ref": "P1", "tool": "OGRS4", "assessed_on": "2026-11-02", "version": "2", "value": "40"}
    put(tmp_path / "full", "assessments", [row])
    taken(session, tmp_path / "full")
    report = run_import(
        session, put(tmp_path / "few", "assessments", [{k: v for k, v in row.items() if k != "version"}])
    )
    assert report.count(RowOutcome.CREATED) == 1
    with store.read() as reading:
        assert {each.version for each in reading.list_records(Assessment, person_ref="P1")} == {"2", None}


def test_a_new_row_has_nothing_in_the_columns_that_are_absent(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    taken(session, put(tmp_path / "few", "people", [person("P2")]))
    found = stored(store, "P2")
    assert (found.phone, found.sex, found.pnc_id) == (None, None, None)


def test_all_columns_but_one_of_an_export_change_nothing(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    put(tmp_path / "full", "people", [FULL])
    put(tmp_path / "full", "cases", [phoenix("C1", navigator="Okoro")])
    taken(session, tmp_path / "full")
    export_records(session, tmp_path / "out", (), reason="CASE_WORK")
    for table in ("people", "cases"):
        header, *rows = rows_of(tmp_path / "out" / f"{table}.csv")
        for left_out in range(4, len(header), 3):
            cells = [
                {name: cell for place, (name, cell) in enumerate(zip(header, row, strict=True)) if place != left_out}
                for row in rows
            ]
            report = run_import(session, put(tmp_path / "again", table, cells), dry_run=True)
            if report.has_rejects and header[left_out] in REQUIRED:
                continue
            assert (report.count(RowOutcome.UNCHANGED), list(report.warnings())) == (len(rows), []), header[left_out]
