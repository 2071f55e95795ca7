"""A row that refers to nobody is refused, and told which reference was probably meant."""

from pathlib import Path

import pytest

from ioms_desktop.domain.records.references import reference_likeness
from ioms_desktop.services.exchange.import_report import FileReport
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.exchange.row_index import RowIndex
from ioms_desktop.storage.store import Store
from services.exchange_session import person, phoenix, put, reasons, rows_of, session_at, taken

UNUSUAL = ["p-0001", "P- 0001", "P\u00a0-0001", "P\u20110001", "P\u20130001", "\uff30-0001", "P-\u20070001"]


@pytest.mark.parametrize("ref", UNUSUAL)
def test_an_owner_of_the_same_import_is_offered(store: Store, tmp_path: Path, ref: str) -> None:
    put(tmp_path, "people", [person("P-0002"), person("P-0001")])
    put(tmp_path, "cases", [phoenix("C1", ref)])
    ((_, line, column, value, reason),) = reasons(session_at(store), tmp_path)
    assert (line, column, value) == (2, "person_ref", ref)
    assert reason == (
        f"There is no person {ref} in this import or in the database. Did you mean P-0001 (line 3 of people.csv)?"
    )


def test_an_owner_on_record_is_offered_for_every_table_that_refers_to_one(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    put(tmp_path / "one", "people", [person("p 1")])
    put(tmp_path / "one", "cases", [phoenix("Phx-1", "p 1")])
    taken(session, tmp_path / "one")
    rows = {
        "custody": {"person_ref": "P1", "received_on": "2026-01-05"},
        "rag": {"case_ref": "PHX-1", "set_on": "2026-11-02", "rag": "RED", "reason": "missed three"},
        "needs": {"case_ref": "phx\u20111", "pathway": "HOUSING", "assessed_on": "2026-11-02", "level": "1"},
    }
    for table, row in rows.items():
        told = reasons(session, put(tmp_path / table, table, [row]))
        (reason,) = [reason for _, _, column, _, reason in told if column.endswith("_ref")]
        assert reason.endswith(f" Did you mean {'p 1' if table == 'custody' else 'Phx-1'} (on record)?")


def test_somebody_elses_reference_is_never_offered(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person("P1"), person("P10", family_name="")])
    put(tmp_path, "cases", [phoenix("C1", "P2"), phoenix("C2", "P-1"), phoenix("C3", "P1O"), phoenix("C4", "P10")])
    found = [reason for _, _, column, _, reason in reasons(session_at(store), tmp_path) if column == "person_ref"]
    assert len(found) == 4
    assert not any("mean" in reason for reason in found)


def _new_report() -> FileReport:
    return FileReport(file="people.csv", table="people", format_label="CSV", header_line=1)


def test_rows_alike_are_found_by_their_reference_alone() -> None:
    rows, report = RowIndex(keeps_refs=True), _new_report()
    for key in ("P-0001", ("P-0001", "2026-01-05"), "P-0002", "p-0001"):
        rows.add(key, report, 0)
    assert [(ref, at.place) for ref, at in rows.alike({reference_likeness("P-0001")})] == [("P-0001", 0), ("p-0001", 3)]


def test_of_very_many_rows_the_first_with_each_key_and_those_alike_are_found() -> None:
    rows, report = RowIndex(keeps_refs=True), _new_report()
    keys = [f"P-{number % 3_000}" if number % 7 else ("P-1", number % 2_000) for number in range(8_000)]
    known: dict[object, int] = {}
    assert [rows.add(key, report, 0) for key in keys] == [known.setdefault(key, n) for n, key in enumerate(keys)]
    assert [rows.first(key) for key in (keys[0], "P-2999", "P-3000")] == [(report, 0), (report, known["P-2999"]), None]
    later = [*(f"Q-{number}" for number in range(5_000)), "q-1"]
    places = [rows.add(key, report, 0) for key in later]
    assert list(rows.alike({"Q-1", "Q-4999"})) == [
        (later[place], (report, places[place])) for place in (1, 4_999, 5_000)
    ]


def test_the_offer_stands_in_the_rejects_file_on_every_row(store: Store, tmp_path: Path) -> None:
    put(tmp_path / "in", "people", [person("P1")])
    put(tmp_path / "in", "cases", [phoenix("C1", "p1"), phoenix("C2", "p1"), phoenix("C3", "P1")])
    run_import(session_at(store), tmp_path / "in", rejects_path=tmp_path / "out")
    _, *rows = rows_of(tmp_path / "out" / "cases.csv")
    assert len(rows) == 2
    assert all(row[-1].endswith("Did you mean P1 (line 2 of people.csv)?") for row in rows)
