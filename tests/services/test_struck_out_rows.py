"""Struck-out rows go out and come in with when, by whom and why, and an old file brings none of them back."""

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.engagement import Contact, Rating
from ioms_desktop.services.exchange.exports import export_records
from ioms_desktop.services.exchange.import_report import ImportReport
from ioms_desktop.services.exchange.imports import plan_import, run_import
from ioms_desktop.services.recording.corrections import StrikeOut, list_struck_out, strike_out
from ioms_desktop.services.recording.ratings import RateWeek, rate_week
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from keys import opened
from services.exchange_session import AT, person, phoenix, put, session_at
from sessions import request as number

MARKS = {"struck_out_on": "2026-11-20T10:05", "struck_out_by": "OKORO", "struck_out_reason": "=his brother"}
NONE: dict[str, str] = dict.fromkeys(MARKS, "")


def contact(ref: str = "K1", **more: str) -> dict[str, str]:
    return {
        "contact_ref": ref,
        "case_ref": "C1",
        "occurred_at": "2026-11-02T10:00",
        "planned": "yes",
        "contact_type": "OFFICE",
        "outcome": "SEEN",
        **more,
    }


def rating(level: str, **more: str) -> dict[str, str]:
    return {
        "case_ref": "C1",
        "week_commencing": "2026-11-02",
        "rated_on": "2026-11-03",
        "level": level,
        "role": "POLICE",
        **more,
    }


def offer(ref: str = "O1", **more: str) -> dict[str, str]:
    return {"offer_ref": ref, "case_ref": "C1", "offer_type": "MENTORING", "offered_on": "2026-11-01", **more}


def folder_of(path: Path, **tables: list[dict[str, str]]) -> Path:
    put(path, "people", [person()])
    put(path, "cases", [phoenix()])
    for name, rows in tables.items():
        put(path, name, rows)
    return path


def counted(report: ImportReport, table: str) -> tuple[int, int, int, int]:
    (file,) = (each for each in report.to_dict()["files"] if each["table"] == table)
    return file["created"], file["updated"], file["unchanged"], file["rejected"]


def stored(session: Session, record_type: type[Any] = Contact) -> list[Any]:
    with session.store.read() as reading:
        return list(reading.list_records(record_type, case_ref="C1"))


def struck(session: Session) -> list[tuple[str, str, str]]:
    return [(each.record.key_text, each.by, each.reason) for each in list_struck_out(session, "C1")]


def later(session: Session, minutes: int) -> Session:
    return session_at(session.store, at=AT + timedelta(minutes=minutes))


def exported(session: Session, path: Path) -> dict[str, bytes]:
    export_records(session, path, reason="CASE_WORK")
    return {file.name: file.read_bytes() for file in sorted(path.iterdir())}


def test_a_struck_out_row_never_counts_and_comes_back_to_the_byte(
    store: Store, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    session = session_at(store)
    rows = {
        "offers": [offer(**MARKS)],
        "contacts": [contact(**MARKS, offer_ref="O1"), contact("K2", **NONE, offer_ref=""), contact("K3", **MARKS)],
        "ratings": [rating("2", **MARKS), rating("4", **NONE)],
    }
    folder = folder_of(tmp_path / "in", **rows)
    assert counted(plan_import(session, folder), "contacts") == (3, 0, 0, 0)
    report = run_import(session, folder)
    assert (counted(report, "offers"), counted(report, "ratings")) == ((1, 0, 0, 0), (2, 0, 0, 0))
    assert [each.contact_ref for each in stored(session)] == ["K2"]
    assert [each.level for each in stored(session, Rating)] == [4]
    assert ("K1", "OKORO", "=his brother") in struck(session)
    again = run_import(later(session, 5), folder)
    assert [sum(file[name] for file in again.to_dict()["files"]) for name in ("created", "updated")] == [0, 0]
    first = exported(session, tmp_path / "one")
    other = opened(str(shutil.copy(request.getfixturevalue("_local_template"), tmp_path / "other.ioms")))
    run_import(session_at(other, at=AT + timedelta(days=2)), tmp_path / "one")
    assert exported(session_at(other), tmp_path / "two") == first
    other.close()


def test_a_strike_out_takes_out_what_stands_and_an_old_file_does_not_bring_it_back(
    store: Store, tmp_path: Path
) -> None:
    session = session_at(store)
    old = folder_of(tmp_path / "old", offers=[offer()], contacts=[contact(offer_ref="O1"), contact("K2", offer_ref="")])
    run_import(session, old)
    newer = folder_of(tmp_path / "newer", offers=[offer(**MARKS)], contacts=[contact(**MARKS, offer_ref="O1")])
    report = run_import(later(session, 5), newer)
    assert (counted(report, "offers"), counted(report, "contacts")) == ((0, 1, 0, 0), (0, 1, 0, 0))
    assert [each.contact_ref for each in stored(session)] == ["K2"]
    assert [by for _, by, _ in struck(session)] == ["OKORO", "OKORO"]
    assert counted(run_import(later(session, 6), newer), "contacts") == (0, 0, 1, 0)
    back = run_import(later(session, 10), old)
    assert counted(back, "contacts") == (0, 0, 2, 0)
    assert [each["reason"][:35] for each in back.to_dict()["warnings"]] == ["This was marked as entered in error"] * 2
    assert [each.contact_ref for each in stored(session)] == ["K2"]
    replaced = folder_of(tmp_path / "replaced", contacts=[contact(outcome="NO_REPLY")])
    assert counted(run_import(later(session, 15), replaced), "contacts") == (1, 0, 0, 0)
    assert [each.outcome for each in stored(session)] == ["NO_REPLY", "SEEN"]


def test_what_was_struck_out_here_is_exported_with_the_minute_and_not_revived(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    old = folder_of(tmp_path / "old", contacts=[contact()])
    run_import(session, old)
    (record,) = stored(session)
    entry = StrikeOut(
        request=number(), case_ref="C1", table="contacts", key_text="K1", revision=record.revision, reason="not his"
    )
    strike_out(later(session, 7), entry)
    files = exported(session, tmp_path / "out")
    assert files["contacts.csv"].decode().splitlines()[1].endswith(",2026-11-23T09:07,HOLT,not his")
    assert counted(run_import(later(session, 9), old), "contacts") == (0, 0, 1, 0)
    assert stored(session) == []
    assert counted(run_import(later(session, 9), tmp_path / "out"), "contacts") == (0, 0, 1, 0)


def test_two_of_one_key_in_one_minute_go_out_with_two_instants_and_come_in_once(store: Store, tmp_path: Path) -> None:
    session = session_at(store)
    run_import(session, folder_of(tmp_path / "in"))
    entry = RateWeek(request="", case_ref="C1", on=AT.date(), level=2)
    for level in (2, 4):
        rate_week(session, replace(entry, request=number(), level=level))
        (wrong,) = stored(session, Rating)
        out = StrikeOut(
            request=number(), case_ref="C1", table="ratings", key_text=wrong.key_text, revision=1, reason=f"not {level}"
        )
        strike_out(session, out)
    files = exported(session, tmp_path / "out")
    lines = files["ratings.csv"].decode("utf-8-sig").splitlines()
    head = lines[0].split(",")
    instants = [line.split(",")[head.index("struck_out_on")] for line in lines[1:]]
    assert len(set(instants)) == len(instants) == 2
    assert counted(run_import(session, tmp_path / "out"), "ratings") == (0, 0, 2, 0)
    assert exported(session, tmp_path / "again") == files


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        ({"struck_out_on": ""}, "struck_out_on"),
        ({"struck_out_on": "soon"}, "struck_out_on"),
        ({"struck_out_reason": " "}, "struck_out_reason"),
        ({"struck_out_on": "2026-11-20T10:05+05:00"}, "struck_out_on"),
        ({"outcome": "NOWHERE"}, "outcome"),
        ({"case_ref": "C9"}, "case_ref"),
    ],
)
def test_a_wrong_struck_out_row_is_rejected_by_its_column(
    store: Store, tmp_path: Path, wrong: dict[str, str], column: str
) -> None:
    session = session_at(store)
    report = run_import(session, folder_of(tmp_path / "in", contacts=[contact(**{**MARKS, **wrong})]))
    assert [each["column"] for each in report.to_dict()["rejects"]] == [column]
    assert not report.written


def test_a_person_and_a_case_are_not_struck_out_by_an_import(store: Store, tmp_path: Path) -> None:
    put(tmp_path, "people", [person(**MARKS)])
    report = run_import(session_at(store), tmp_path)
    assert [each["column"] for each in report.to_dict()["rejects"]] == ["struck_out_on"]


def test_an_appointment_is_without_outcome_again_when_a_file_strikes_its_contact_out(
    store: Store, tmp_path: Path
) -> None:
    session = session_at(store)
    appointment = {
        "appointment_ref": "A1",
        "case_ref": "C1",
        "starts_at": "2026-11-02T10:00",
        "contact_type": "OFFICE",
        "contact_ref": "K1",
    }
    run_import(session, folder_of(tmp_path / "first", contacts=[contact()], appointments=[appointment]))
    assert [each.contact_ref for each in stored(session, Appointment)] == ["K1"]
    report = run_import(later(session, 1), folder_of(tmp_path / "second", contacts=[contact(**MARKS)]))
    assert counted(report, "contacts") == (0, 1, 0, 0)
    assert stored(session) == []
    assert [each.contact_ref for each in stored(session, Appointment)] == [None]
