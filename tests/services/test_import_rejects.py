"""The rows an import does not take come back as they were sent, to be mended and sent again."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter  # type: ignore[import-untyped]  # it has no stubs

from ioms_desktop.domain.errors import FileExists, FileUnreadable, WrongFile
from ioms_desktop.domain.validation.findings import Finding
from ioms_desktop.services.exchange import import_check
from ioms_desktop.services.exchange.import_report import MAX_LISTED_ROWS, FileReport, RowOutcome
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.storage.store import Store
from services.exchange_session import counts, person, phoenix, put, rows_of, session_at, taken


def test_rejected_rows_go_to_the_rejects_unchanged_with_their_reason(store: Store, tmp_path: Path) -> None:
    path = put(
        tmp_path, "people", [person("P1", known_as="  =1+1 "), person("P2", date_of_birth="soon", known_as=" '@x ")]
    )
    report = run_import(session_at(store), path, rejects_path=tmp_path / "rejects.csv")
    rows = rows_of(tmp_path / "rejects.csv")
    assert rows == [
        ["person_ref", "family_name", "given_names", "date_of_birth", "known_as", "reject_reason"],
        [
            "P2",
            "Marlow",
            "Jayden",
            "soon",
            " '@x ",
            "date_of_birth: This is not a date; write it as YYYY-MM-DD or DD/MM/YYYY.",
        ],
    ]
    assert report.rejects_path == tmp_path / "rejects.csv"


def test_a_header_that_is_refused_rejects_every_row_and_says_so_once(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person(shoe_size="9"), person("P2", shoe_size="8")])
    put(tmp_path, "cases", [phoenix()])
    report = run_import(session_at(store), tmp_path, accept_partial=True, rejects_path=tmp_path / "out")
    assert [(problem.file, problem.line, problem.column) for problem in report.rejects()] == [
        ("people.csv", 1, "shoe_size"),
        ("cases.csv", 2, "person_ref"),
    ]
    assert report.count(RowOutcome.REJECTED) == 3
    rows = rows_of(tmp_path / "out" / "people.csv")
    assert len(rows) == 3


def test_the_rejects_of_a_workbook_are_a_workbook_that_can_be_mended_and_sent_again(
    store: Store, tmp_path: Path
) -> None:
    book = xlsxwriter.Workbook(tmp_path / "caseload.xlsx")
    people, cases = book.add_worksheet("people"), book.add_worksheet("cases")
    for line, row in enumerate(
        [list(person()), list(person().values()), list(person("P2", date_of_birth="?").values())]
    ):
        people.write_row(line, 0, row)
    for line, row in enumerate([list(phoenix()), list(phoenix().values()), list(phoenix("C2", "P2").values())]):
        cases.write_row(line, 0, row)
    book.close()
    out = tmp_path / "rejects.xlsx"
    report = run_import(session_at(store), tmp_path / "caseload.xlsx", accept_partial=True, rejects_path=out)
    assert [(problem.table, problem.line, problem.column) for problem in report.rejects()] == [
        ("people", 3, "date_of_birth"),
        ("cases", 3, "person_ref"),
    ]
    mended = openpyxl.load_workbook(out)
    assert [cell.value for cell in mended["people"][1]][-1] == "reject_reason"
    mended["people"]["D2"] = date(2008, 10, 28)
    mended.save(out)
    mended.close()
    taken(session_at(store), out)
    assert (counts(store)["people"], counts(store)["cases"]) == (2, 2)


def test_the_rejects_of_several_sheets_do_not_fit_one_csv_file(store: Store, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(tmp_path / "caseload.xlsx")
    for name in ("people", "cases"):
        book.add_worksheet(name).write(0, 0, f"{name}_ref")
    book.close()
    with pytest.raises(WrongFile):
        run_import(session_at(store), tmp_path / "caseload.xlsx", rejects_path=tmp_path / "rejects.csv")


def test_the_rejects_never_overwrite_what_is_imported(store: Store, tmp_path: Path) -> None:
    path = put(tmp_path, "people", [person()])
    with pytest.raises(FileExists):
        run_import(session_at(store), path, rejects_path=path)


def test_a_file_that_is_wrong_throughout_is_given_up(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_check, "MAX_REJECTED_ROWS", 3)
    rows = [person(f"P{number}", date_of_birth="31/02/2001") for number in range(4)]
    before = counts(store)
    with pytest.raises(FileUnreadable, match=r"More than 3 rows of people\.csv are rejected, the first on line 2: "):
        run_import(session_at(store), put(tmp_path, "people", rows), accept_partial=True)
    assert counts(store) == before
    report = run_import(session_at(store), put(tmp_path, "people", rows[:3]))
    assert report.files[0].read == 3


def test_the_warnings_beyond_those_that_are_listed_are_counted() -> None:
    report = FileReport(file="people.csv", table="people", format_label="CSV", header_line=1)
    report.lines.extend(range(2, MAX_LISTED_ROWS + 5))
    report.outcomes.extend(RowOutcome.CREATED for _ in report.lines)
    for place in range(len(report.lines)):
        report.warn(place, Finding("known_as", "x", "Odd."))
    *listed, last = report.warnings()
    assert len(listed) == MAX_LISTED_ROWS
    assert last.reason == "3 more rows have warnings and are not listed."
