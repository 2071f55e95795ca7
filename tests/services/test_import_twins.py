"""Rows that are probably about one person or thing under two references are taken with a warning."""

from itertools import count
from pathlib import Path

import pytest

from ioms_desktop.services.exchange.import_report import ImportReport
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.storage.store import Store
from services.exchange_session import person, phoenix, put, session_at, taken

PNC, CRO = "2012/0052494Q", "265416/21G"


def warned(report: ImportReport) -> list[tuple[int, str, str]]:
    assert not report.has_rejects
    assert report.written
    return [(problem.line, problem.column, problem.reason) for problem in report.warnings()]


LIKE_P_0001 = ["p-0001", "P- 0001", "P\u00a0-0001", "P\u20110001", "P\u20130001", " p -0001", "\uff30-0001"]


@pytest.mark.parametrize("ref", LIKE_P_0001)
def test_a_new_reference_that_is_nearly_a_known_one_is_warned_of(store: Store, tmp_path: Path, ref: str) -> None:
    session = session_at(store)
    taken(session, put(tmp_path / "one", "people", [person("P-0001"), person("P-0002")]))
    ((line, column, reason),) = warned(run_import(session, put(tmp_path / "two", "people", [person(ref)])))
    assert (line, column) == (2, "person_ref")
    assert "differs from P-0001 (on record) only by case, blanks or the kind of hyphen" in reason


def test_a_reference_is_warned_of_once_though_it_is_like_several(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    taken(session, put(tmp_path / "one", "people", [person("P-0001")]))
    rows = [person("P-0001"), person("p-0001")]
    ((line, _, _),) = warned(run_import(session, put(tmp_path / "two", "people", rows)))
    assert line == 3


def test_every_spelling_in_one_file_is_warned_of_but_the_usual_one(store: Store, tmp_path: Path) -> None:
    rows = [person("P-0001"), *(person(ref) for ref in LIKE_P_0001), person("P-0002")]
    found = warned(run_import(session_at(store), put(tmp_path, "people", rows)))
    assert [line for line, _, _ in found] == [3, 4, 5, 6, 7, 8, 9]
    assert all("differs from P-0001 (line 2 of people.csv)" in reason for _, _, reason in found)


def test_an_unusual_reference_on_record_is_seen_from_a_usual_new_one(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    taken(session, put(tmp_path / "one", "people", [person("p-0001"), person("q 7")]))
    rows = [person("P-0001"), person("Q  7"), person("R-1")]
    found = warned(run_import(session, put(tmp_path / "two", "people", rows)))
    assert [(line, reason.partition(" (")[0]) for line, _, reason in sorted(found)] == [
        (2, "P-0001 differs from p-0001"),
        (3, "Q  7 differs from q 7"),
    ]


def test_a_case_and_other_references_of_their_own_are_compared_too(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person("P1")])
    put(tmp_path, "cases", [phoenix("C-1", "P1"), phoenix("c-1", "P1")])
    order = {"person_ref": "P1", "order_type": "COMMUNITY_ORDER", "made_on": "2026-09-01"}
    put(tmp_path, "orders", [{"order_ref": "O-1", **order}, {"order_ref": "o-1", **order}])
    found = warned(run_import(session_at(store), tmp_path))
    assert [column for _, column, _ in found] == ["case_ref", "order_ref"]
    assert "it is taken as another case" in found[0][2]


def test_a_reference_is_found_whatever_is_not_seen_in_it(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    taken(session, put(tmp_path / "one", "people", [person("P-0001")]))
    rows = [phoenix("C1", "P-0001\u200b"), phoenix("C2", "\ufeffP-0001")]
    taken(session, put(tmp_path / "two", "cases", rows))
    report = run_import(session, put(tmp_path / "three", "people", [person("\u200bP-\u00ad0001\u2060", phone="1")]))
    assert report.to_dict()["files"][0]["updated"] == 1
    assert warned(report) == []


def test_two_people_of_one_file_with_one_identifier_are_both_warned_of(store: Store, tmp_path: Path) -> None:
    rows = [
        person("D1", pnc_id=PNC, crn="X1"),
        person("D2", pnc_id="12/52494q", crn="X2"),
        person("D3", pnc_id="", crn="x 1"),
        person("D4", pnc_id="", crn=""),
        person("D5", pnc_id="", crn=""),
    ]
    found = warned(run_import(session_at(store), put(tmp_path, "people", rows)))
    assert [(line, column, reason.partition(" has")[0]) for line, column, reason in sorted(found)] == [
        (2, "crn", "Line 4 of people.csv"),
        (2, "pnc_id", "Line 3 of people.csv"),
        (3, "pnc_id", "Line 2 of people.csv"),
        (4, "crn", "Line 2 of people.csv"),
    ]


@pytest.mark.parametrize(
    ("column", "value"),
    [("pnc_id", PNC), ("cro_number", CRO), ("crn", "X123456"), ("prison_number", "A1234AA"), ("niche_id", "5220153")],
)
def test_an_identifier_of_somebody_on_record_is_warned_of(
    store: Store, tmp_path: Path, column: str, value: str
) -> None:
    session = session_at(store)
    taken(session, put(tmp_path / "one", "people", [person("D1", **{column: value}), person("D2")]))
    rows = [person("D3", **{column: value.lower() if column == "crn" else value}), person("D2", **{column: ""})]
    found = warned(run_import(session, put(tmp_path / "two", "people", rows)))
    assert [(line, name, reason.partition(" has")[0]) for line, name, reason in found] == [
        (2, column, "D1 (on record)")
    ]


def test_an_identifier_that_moves_or_stays_is_not_warned_of(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    taken(
        session, put(tmp_path / "one", "people", [person("D1", pnc_id=PNC, crn="X1"), person("D2", pnc_id="", crn="")])
    )
    moved = [person("D1", pnc_id="", crn="X1"), person("D2", pnc_id=PNC, crn="")]
    found = warned(run_import(session, put(tmp_path / "two", "people", moved)))
    assert [reason for _, _, reason in found] == [f"The cell is empty, so the value on record will be removed: {PNC}"]
    taken(session, put(tmp_path / "three", "people", [person("D1", crn="X1"), person("D9")]))
    assert warned(run_import(session, put(tmp_path / "four", "people", moved))) == []


def test_a_number_of_another_agency_that_somebody_else_has_is_warned_of(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    numbers = count(1)

    def row(ref: str, kind: str, number: str, key: str = "") -> dict[str, str]:
        return {"number_ref": key or f"N{next(numbers)}", "person_ref": ref, "kind": kind, "number": number}

    def of_file(name: str, rows: list[dict[str, str]]) -> list[tuple[int, str, str]]:
        report = run_import(session, put(tmp_path / name, "person_numbers", rows))
        return sorted((line, column, reason.partition(" has")[0]) for line, column, reason in warned(report))

    taken(session, put(tmp_path / "people", "people", [person(ref) for ref in ("D1", "D2", "D3")]))
    known = [row("D1", "ASN", "12/0000/00/1234X"), row("D1", "UPN", "H801200001001"), row("D1", "OTHER", "77")]
    assert of_file("first", known) == []
    assert of_file("again", known) == [], "the control: nothing is new"
    assert of_file("several", [
        row("D2", "ASN", "12 0000 00 1234x"),
        row("D2", "UPN", "H801200001002"),
        row("D3", "UPN", "h801200001002"),
        row("D1", "UPN", "H801200001001"),  # once more for the same person
        row("D3", "NHS", "12/0000/00/1234X"),  # of another kind
        row("D3", "OTHER", "77"),  # of any agency
    ]) == [
        (2, "number", "D1 (on record)"),
        (3, "number", "Line 4 of person_numbers.csv"),
        (4, "number", "Line 3 of person_numbers.csv"),
    ]  # fmt: skip
    moved = [row("D1", "NHS", "9434765919", "N90"), row("D2", "NHS", "9434765870", "N91")]
    assert of_file("before", moved) == []
    swapped = [{**moved[0], "number": "9434765870"}, {**moved[1], "number": "9434765919"}]
    assert of_file("moved", swapped) == [], "a number that moves is nobody else's"
