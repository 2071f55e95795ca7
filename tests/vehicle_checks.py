"""What must hold of the record type and the field that `test_new_record_type` adds to a copy of the program."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import inspect

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import InvalidEntry, NotAllowed
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.edit_conflicts import EditConflict
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.recording.corrections import (
    RestoreStruckOut,
    StrikeOut,
    list_struck_out,
    restore_struck_out,
    strike_out,
)
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_record_by_form, change_record_by_form
from ioms_desktop.services.session import Session
from ioms_desktop.storage.retention.name_mentions import find_mentions, mention_pattern
from ioms_desktop.storage.store import Store
from ioms_desktop.ui.cases.case_section import ShownCase
from ioms_desktop.ui.cases.header_facts import Fact, about_facts
from ioms_desktop.ui.cases.sections import SECTIONS
from ioms_desktop.ui.recording.case_subject import subject_of
from ioms_desktop.ui.recording.record_dialog import RecordDialog
from ioms_desktop.ui.tasks import Tasks
from paper_prints import printed_pdf
from reports.reading import pages_of
from services.exchange_session import iom, person, put, rows_of, session_at, taken
from sessions import request
from shared_people import Office
from ui.hands import CTRL, focused, press, show, write

PROBATION = "HMPPS_PROBATION"

Vehicle: Any = RECORD_TYPE_BY_TABLE["vehicles"]
"""Any, because the type checker reads the program without it."""
CSV = (
    "person_ref,registration,make,from,to,struck_out_on,struck_out_by,struck_out_reason\r\n"
    "P1,AB12 CDE,Ford Focus,2026-03-01,,,,\r\n"
    "P1,XY70 ZZZ,,2026-05-01,2026-09-30,,,\r\n"
)
CASE, TABLE = "C2", "vehicles"


@pytest.fixture
def session(store: Store, tmp_path: Path) -> Session:
    made = session_at(store)
    folder = tmp_path / "in"
    put(folder, "people", [person()])
    put(folder, "cases", [iom()])
    (folder / "vehicles.csv").write_bytes(CSV.encode())
    taken(made, folder)
    return made


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    assert qapp is not None
    runner = Tasks()
    yield runner
    runner.close()


def added(session: Session, **values: Any) -> Any:  # noqa: ANN401 - see `Vehicle`
    filled = {"person_ref": "", "registration": "LM19 OPQ", "make": "Vauxhall", "from_on": date(2026, 9, 1), **values}
    entry = AddRecord(request=request(), case_ref=CASE, record=Vehicle(**filled))
    add_record_by_form(session, entry)
    return next(each for each in open_case(session, CASE).of(Vehicle) if each.registration == filled["registration"])


def changed(record: Any, **values: Any) -> ChangeRecord:  # noqa: ANN401 - see `Vehicle`
    return ChangeRecord(request=request(), case_ref=CASE, record=replace(record, **values), revision=record.revision)


def test_the_migration_makes_its_table(store: Store) -> None:
    columns = {column["name"] for column in inspect(store.engine).get_columns("vehicles")}
    assert columns == {
        *("id", "person_ref", "registration", "make", "from_on", "to_on"),
        *("revision", "recorded_at", "recorded_by"),
    }


def test_what_is_imported_is_exported_to_the_byte(session: Session, tmp_path: Path) -> None:
    export_records(session, tmp_path / "out", reason="CASE_WORK")
    assert (tmp_path / "out" / "vehicles.csv").read_bytes().decode() == CSV


def test_one_that_was_entered_in_error_is_taken_out_and_put_back(session: Session) -> None:
    with session.store.read() as reading:
        (first, other) = reading.list_records(Vehicle, person_ref="P1")
    entry = StrikeOut(
        request=request(),
        case_ref=CASE,
        table="vehicles",
        key_text=first.key_text,
        revision=first.revision,
        reason="his brother's",
    )
    strike_out(session, entry)
    with session.store.read() as reading:
        assert reading.list_records(Vehicle, person_ref="P1") == [other]
    assert [each.reason for each in list_struck_out(session, CASE)] == ["his brother's"]
    restore_struck_out(
        session, RestoreStruckOut(request=request(), case_ref=CASE, table="vehicles", record_id=first.id)
    )
    with session.store.read() as reading:
        assert len(reading.list_records(Vehicle, person_ref="P1")) == 2


def test_a_row_that_breaks_a_check_is_rejected_by_its_column(session: Session, tmp_path: Path) -> None:
    row = {"person_ref": "P1", "registration": "AB12 CDE", "from": "2026-03-01", "to": "2026-02-01"}
    report = run_import(session, put(tmp_path / "wrong", "vehicles", [row]))
    (problem,) = report.rejects()
    assert problem.reason == "To cannot be before From (1 Mar 2026). Correct the date."


def test_the_case_lists_it_in_a_section_of_its_own_those_of_today_first(session: Session) -> None:
    section = next(each for each in SECTIONS if each.record_type is Vehicle)
    rows = section.rows(ShownCase(session, open_case(session, CASE)))
    assert section.title == "Vehicles"
    assert [column.title for column in section.columns] == ["Now", "Registration", "Make", "From", "To"]
    assert [section.columns[1].text(row) for row in rows] == ["AB12 CDE", "XY70 ZZZ"]


def test_it_is_taken_out_as_entered_in_error_and_put_back(session: Session) -> None:
    vehicle = added(session)
    entry = StrikeOut(
        request=request(), case_ref=CASE, table=TABLE, key_text=vehicle.key_text, revision=1, reason="his brother's"
    )
    strike_out(session, entry)
    assert vehicle.registration not in {each.registration for each in open_case(session, CASE).of(Vehicle)}
    (wrong,) = list_struck_out(session, CASE)
    assert (wrong.record.registration, wrong.reason) == (vehicle.registration, "his brother's")  # type: ignore[attr-defined]  # see `Vehicle`
    restore_struck_out(
        session, RestoreStruckOut(request=request(), case_ref=CASE, table=TABLE, record_id=wrong.record.id)
    )
    assert vehicle.registration in {each.registration for each in open_case(session, CASE).of(Vehicle)}


def test_it_is_added_and_changed_by_the_commands_of_plain_records(session: Session) -> None:
    vehicle = added(session)
    assert (vehicle.person_ref, vehicle.revision) == ("P1", 1)
    change_record_by_form(session, changed(vehicle, make="Vauxhall Corsa", to_on=date(2026, 10, 1)))
    with pytest.raises(EditConflict):
        change_record_by_form(session, changed(vehicle, make="Opel"))
    with session.store.read() as reading:
        (former,) = reading.list_former_versions(Vehicle, person_ref="P1")
    assert former.record.make == "Vauxhall"


def test_its_checks_and_rights_hold_for_the_commands_too(session: Session) -> None:
    for wrong in ({"to_on": date(2026, 8, 31)}, {"from_on": date(2027, 1, 1)}, {"registration": ""}):
        with pytest.raises(InvalidEntry):
            added(session, **wrong)
    with pytest.raises(NotAllowed):
        added(replace(session, role=Role.COORDINATOR))


def test_a_disposal_finds_a_name_in_its_words(session: Session) -> None:
    added(session, make="His mother's, Mrs Oldham")
    with session.store.read() as reading:
        somebody = replace(open_case(session, CASE).person, family_name="Oldham", person_ref="P-OLD", given_names="Sam")
        places = [mention.place for mention in find_mentions(reading, mention_pattern(somebody, ()))]
    assert any("vehicles" in place for place in places)


def test_a_server_holds_it_to_its_rights_and_writes_its_audit(office: Office) -> None:
    officer = office.session("officer")
    vehicle = Vehicle(person_ref="", registration="AB12 CDE", from_on=date(2026, 9, 1))
    add_record_by_form(officer, AddRecord(request=request(), case_ref="IOM-1", record=vehicle))
    (stored,) = open_case(officer, "IOM-1").of(Vehicle)
    change_record_by_form(
        officer,
        ChangeRecord(
            request=request(), case_ref="IOM-1", record=replace(stored, make="Ford"), revision=stored.revision
        ),
    )
    with office.owner() as connection:
        kinds = connection.execute("SELECT kind FROM audit WHERE object_type = 'vehicles' ORDER BY id").fetchall()
    assert kinds == [("COLLECTION",), ("ALTERATION",)]


def test_the_generated_form_adds_and_changes_it_by_keys(session: Session, tasks: Tasks, qtbot: QtBot) -> None:
    subject = subject_of(session, open_case(session, CASE))
    dialog = RecordDialog(session, tasks, subject, Vehicle)
    qtbot.addWidget(dialog)
    show(qtbot, dialog)
    for text in ("LM19 OPQ", "Vauxhall", "1/9/2026", "31/8/2026"):
        write(focused(), text)
        press(focused(), Qt.Key.Key_Tab)
    press(dialog, Qt.Key.Key_Return, CTRL)
    assert list(dialog.form.problems) == ["to_on"]
    dialog.form.field("to_on").set_raw_text("")
    with qtbot.waitSignal(dialog.completed):
        press(dialog, Qt.Key.Key_Return, CTRL)
    stored = next(each for each in open_case(session, CASE).of(Vehicle) if each.registration == "LM19 OPQ")
    assert stored.make == "Vauxhall"
    changing = RecordDialog(session, tasks, subject, Vehicle, stored)
    qtbot.addWidget(changing)
    show(qtbot, changing)
    changing.form.field("make").set_raw_text("Vauxhall Corsa")
    with qtbot.waitSignal(changing.completed):
        press(changing, Qt.Key.Key_Return, CTRL)
    assert {each.make for each in open_case(session, CASE).of(Vehicle)} == {"Ford Focus", None, "Vauxhall Corsa"}


def test_the_new_field_of_a_person_is_imported_exported_shown_and_printed(session: Session, tmp_path: Path) -> None:
    taken(session, put(tmp_path / "in", "people", [person(preferred_language="Gujarati")]))
    export_records(session, tmp_path / "out", reason="CASE_WORK")
    header, row = rows_of(tmp_path / "out" / "people.csv")
    assert dict(zip(header, row, strict=True))["preferred_language"] == "Gujarati"
    view = open_case(session, CASE)
    assert Fact("Preferred language", "Gujarati") in about_facts(session, view)
    for audience in (Audience.FULL, Audience.PARTNER):
        printed = printed_pdf(session, CASE, audience=audience, agency=PROBATION, reason_code="CASE_WORK")
        assert "Preferred language Gujarati" in " ".join(pages_of(printed))


def test_a_server_takes_the_new_field_from_whom_the_person_may_be_changed_by(office: Office) -> None:
    supervisor = office.session("supervisor")
    with supervisor.store.begin(supervisor.command_context()) as tx:
        assert tx.open_case("IOM-1", "CASE_WORK", "test")
        read = tx.get(RECORD_TYPE_BY_TABLE["people"], "P-CH")
        values: Any = {"preferred_language": "Welsh"}
        tx.save(replace(read, **values))
    officer = office.session("officer")
    shown = about_facts(officer, open_case(officer, "IOM-1"))
    assert Fact("Preferred language", "Welsh") in shown
