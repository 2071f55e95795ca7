"""What a folder says of a person in their columns and otherwise in their current entries: nothing of it is lost."""

from pathlib import Path

from ioms_desktop.services.exchange.import_report import RowOutcome
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.storage.store import Store
from person_acts import assert_agree, entries, of_person, said
from services.exchange_session import person, put, reasons, session_at, taken

HOME = {"address_ref": "A1", "person_ref": "P1", "kind": "HOME", "address": "1 High Street", "to_on": ""}
ALIAS = {"name_ref": "N1", "person_ref": "P1", "kind": "ALIAS", "name": "Jojo", "to_on": ""}


def folder_of(folder: Path, *addresses: dict[str, str], **columns: str) -> Path:
    put(folder, "people", [person(**columns)])
    put(folder, "addresses", addresses)
    put(folder, "person_names", [ALIAS])
    return folder


def test_what_a_folder_leaves_out_of_a_column_is_kept_and_is_not_ended_by_the_same_folder(
    store: Store, tmp_path: Path
) -> None:
    session = session_at(store)
    folder = folder_of(tmp_path, HOME, address="", known_as="Jay; JJ")
    report = run_import(session, folder)
    assert report.written
    assert sorted(each[:3] for each in report.warnings()) == [
        ("addresses.csv", 2, "to_on"),
        ("person_names.csv", 2, "to_on"),
    ]
    kept = entries(session, "P1")
    assert {what for _, what, to_on in said(session, "P1") if to_on is None} == {"1 High Street", "Jojo", "Jay", "JJ"}
    again = reasons(session, folder)
    assert sorted(each[:3] for each in again) == [("people.csv", 2, "address"), ("people.csv", 2, "known_as")]
    assert any("leaves out 1 High Street, which line 2 of addresses.csv has as current" in each[4] for each in again)
    assert entries(session, "P1") == kept
    folder_of(tmp_path, HOME, address="1 High Street", known_as="Jay; JJ; Jojo")
    taken(session, folder)
    assert run_import(session, folder).count(RowOutcome.UNCHANGED) == 3
    folder_of(tmp_path, {**HOME, "to_on": "2026-11-20"}, address="", known_as="Jay; JJ; Jojo")
    taken(session, folder)  # the control: the folder itself says that it ended
    assert of_person(session, "P1").address is None
    assert_agree(store, "P1")


def test_of_two_values_where_one_can_stand_none_gives_way_unsaid(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    folder = folder_of(tmp_path, HOME, address="2 Low Street", known_as="Jojo")
    ((*place, _, reason),) = reasons(session, folder)
    assert place == ["addresses.csv", 2, "to_on"]
    assert reason.startswith(
        "This entry is current and says 1 High Street, but address in line 2 of people.csv does not."
    )
    folder_of(tmp_path, HOME, address="1 High Street", known_as="Jojo")
    taken(session, folder)
    folder_of(tmp_path, HOME, address="2 Low Street", known_as="Jojo")
    taken(session, folder)  # a new value in the column of what is on record
    kept = entries(session, "P1")
    assert [(what, to_on is None) for _, what, to_on in said(session, "P1")][1:] == [
        ("1 High Street", False),
        ("2 Low Street", True),
    ]
    assert [each[:3] for each in reasons(session, folder)] == [("addresses.csv", 2, "to_on")], "it would come back"
    assert entries(session, "P1") == kept
    put(tmp_path / "alone", "addresses", [HOME])
    taken(session, tmp_path / "alone")  # the control: nothing else is said of the person
    assert of_person(session, "P1").address == "1 High Street"
    assert_agree(store, "P1")
