"""The calendar of a worker on both databases, and its file for another calendar program."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.appointments.lanes import Lane, lanes_of
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import BreakGlassReadOnly, Refused
from ioms_desktop.domain.records.appointments import Span
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import Order
from ioms_desktop.exchange.calendar_file import MAX_LINE_OCTETS, CalendarEvent, calendar_text
from ioms_desktop.services.appointments.calendar_export import DESCRIPTION, export_calendar
from ioms_desktop.services.appointments.diary import EVERYBODY, read_diary
from ioms_desktop.services.recording.appointments import (
    CancelAppointment,
    MakeAppointment,
    cancel_appointment,
    make_appointment,
)
from ioms_desktop.storage import access_lists
from ioms_desktop.storage.schema import tables
from ui.case_sessions import HARKER, MARLOW, TODAY, at, filled, session_of

if TYPE_CHECKING:
    from pathlib import Path

    from ioms_desktop.services.session import Session
    from shared_people import Office

DAY = timedelta(days=1)
MONDAY = date(2026, 11, 30)


def made(session: Session, ref: str, on: date, at_time: time | None = None, **more: Any) -> str:  # noqa: ANN401 - fields of the command
    entry = MakeAppointment(
        request="", case_refs=(ref,), starts_at=DayTime(on, at_time), contact_type="HOME_VISIT_UNANNOUNCED", **more
    )
    return make_appointment(session, replace(entry, contact_type=a_type(session))).ref


def a_type(session: Session) -> str:
    return session.lists.of("contact_type").offered()[0].code


def test_a_calendar_holds_the_worker_s_own_and_others_within_the_rights(location: str) -> None:
    me = session_of(filled(location), Role.OFFICER)
    navigator = session_of(me.store, Role.NAVIGATOR)
    mine = made(me, HARKER, MONDAY, time(14, 30), minutes=45)
    all_day = made(me, HARKER, MONDAY + DAY)
    theirs = made(navigator, MARLOW, MONDAY, time(14))
    gone = made(me, HARKER, MONDAY, time(9))
    cancel_appointment(
        me, CancelAppointment(request="", appointment_ref=gone, revision=1, asked_by="OURS", reason="Ill")
    )
    week = (MONDAY, MONDAY + 6 * DAY)
    own = read_diary(me, *week)
    assert [each.appointment.appointment_ref for each in own.entries] == [mine, all_day]
    assert own.entries[0].words.startswith("30 Nov 2026, 14:30, 45 minutes: HARKER, Callum, ")
    assert own.workers[0] == me.names.of(me.user)
    assert navigator.user in own.workers
    everybody = read_diary(me, *week, EVERYBODY)
    assert {each.appointment.appointment_ref for each in everybody.entries} == {mine, all_day, theirs}
    of_navigator = read_diary(me, *week, navigator.user)
    assert [each.appointment.appointment_ref for each in of_navigator.entries] == [theirs]
    seen = {each.appointment.case_ref for each in read_diary(navigator, *week, EVERYBODY).entries}
    assert seen == {MARLOW}, "a navigator knows of no case of IOM"
    release = partial(read_diary, me, date(2026, 12, 15), date(2026, 12, 15), EVERYBODY)
    assert [each.words for each in release().marks] == ["Release expected: HARKER, Callum"]
    with me.store.begin(me.command_context()) as tx:
        case = tx.get(Case, HARKER)
        licence = Order(order_ref="O-1", person_ref=case.person_ref, order_type="LICENCE", made_on=TODAY)
        tx.add(replace(licence, ends_on=date(2026, 12, 15)))
    assert [each.words for each in release().marks] == [
        "Release expected: HARKER, Callum",
        "Licence ends: HARKER, Callum",
    ]
    with me.store.begin(me.command_context()) as tx:
        tx.save(replace(case, status="CLOSED", closed_on=TODAY))
    assert release().marks == (), "nobody waits for either on a closed case"
    with pytest.raises(Refused):
        read_diary(replace(me, role=Role.ANALYST), *week)
    me.store.close()


def test_what_overlaps_stands_side_by_side_and_nothing_else_does() -> None:
    def lanes(*spans: tuple[int, int]) -> list[tuple[int, int]]:
        return [(lane.number, lane.columns) for lane in lanes_of([Span(*span) for span in spans])]

    assert lanes() == []
    assert lanes((0, 60), (60, 120)) == [(0, 1), (0, 1)]
    assert lanes((0, 60), (30, 90), (60, 120)) == [(0, 2), (1, 2), (0, 2)]
    assert lanes((0, 0), (0, 0)) == [(0, 2), (1, 2)]
    spans = [Span(since, since + 50) for since in range(0, 600, 20)]
    placed = lanes_of(spans)
    for one, lane in zip(spans, placed, strict=True):
        for other, there in zip(spans, placed, strict=True):
            assert one is other or not one.overlaps(other) or lane.number != there.number
    assert lanes_of([Span(0, 10)]) == [Lane(0, 1)]


def parsed(text: str) -> list[dict[str, str]]:
    """Read the events of a calendar file by the rules of RFC 5545, without the code that wrote it."""
    assert text.endswith("\r\n")
    assert all(len(line.encode()) <= MAX_LINE_OCTETS for line in text.split("\r\n"))
    events: list[dict[str, str]] = []
    for line in re.sub(r"\r\n[ \t]", "", text).split("\r\n"):
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and "STATUS" not in events[-1]:
            unescaped = re.sub(r"\\([\\;,nN])", lambda found: "\n" if found[1] in "nN" else found[1], value)
            events[-1][name] = unescaped
    return events


@pytest.mark.parametrize("summary", ["a; b, c\\d\ne", "é" * 200, "=1+1", "BEGIN:VEVENT\r\nEND:VEVENT", "x" * 75])
def test_whatever_an_event_says_is_read_back_as_it_was(summary: str) -> None:
    starts = datetime.combine(date(2026, 3, 28), time(1, 30))
    event = CalendarEvent(uid="1", sequence=0, starts=starts, minutes=60, summary=summary, description="d")
    (found,) = parsed(calendar_text("n", [event], at(TODAY)))
    assert found["SUMMARY"] == summary.replace("\r\n", "\n")
    assert found["DTSTART;TZID=Europe/London"] == "20260328T013000"


def test_the_file_has_one_s_own_appointments_with_initials_alone_and_is_on_record(
    location: str, tmp_path: Path
) -> None:
    me = session_of(filled(location), Role.OFFICER)
    made(me, HARKER, MONDAY, time(14, 30), minutes=45, location="14 Narborough Road")
    made(me, HARKER, MONDAY + DAY)
    gone = made(me, HARKER, MONDAY, time(9))
    cancel_appointment(
        me, CancelAppointment(request="", appointment_ref=gone, revision=1, asked_by="OURS", reason="Ill")
    )
    made(session_of(me.store, Role.NAVIGATOR), MARLOW, MONDAY, time(14))
    path = tmp_path / "week.ics"
    week = (MONDAY, MONDAY + 6 * DAY)
    report = export_calendar(me, path, *week, reason="CASE_WORK")
    text = path.read_bytes().decode()
    events = parsed(text)
    assert report.appointments == len(events) == 3
    assert {event["STATUS"] for event in events} == {"CONFIRMED", "CANCELLED"}
    timed = next(event for event in events if event.get("DTSTART;TZID=Europe/London") == "20261130T143000")
    assert timed["DTEND;TZID=Europe/London"] == "20261130T151500"
    assert timed["SUMMARY"].endswith(": C.H.")
    assert timed["DESCRIPTION"] == DESCRIPTION
    assert timed["DTSTAMP"] == "20261125T100000Z"
    assert len({event["UID"] for event in events}) == 3
    for kept_back in ("HARKER", "Harker", "Callum", "Narborough", HARKER):
        assert kept_back not in text
    again = tmp_path / "again.ics"
    export_calendar(me, again, *week, reason="CASE_WORK")
    assert again.read_bytes() == path.read_bytes()
    with me.store.begin(me.command_context()) as tx:
        access_lists.break_glass(tx, HARKER, "his mother called, he is in danger")
    with pytest.raises(BreakGlassReadOnly):
        export_calendar(me, tmp_path / "glass.ics", *week, reason="CASE_WORK")
    assert not (tmp_path / "glass.ics").exists()
    with me.store.read() as reading:
        query = select(tables.audit.c.subject_ref, tables.audit.c.reason_code, tables.audit.c.after)
        rows = list(reading.connection.execute(query.where(tables.audit.c.kind == "DISCLOSURE")))
    assert [(row.reason_code, row.after["calendar"], row.after["appointments"]) for row in rows] == [
        ("CASE_WORK", "week.ics", 3),
        ("CASE_WORK", "again.ics", 3),
    ]
    me.store.close()


@pytest.mark.parametrize(
    ("name", "days", "reason"),
    [("a.ics", 0, ""), ("a.ics", 0, "NONSENSE"), ("a.txt", 0, "CASE_WORK"), ("a.ics", -1, "CASE_WORK"),
     ("a.ics", 400, "CASE_WORK"), ("missing/a.ics", 0, "CASE_WORK"), ("a.ics", 0, "TRAINING")],
)  # fmt: skip
def test_a_file_that_is_refused_is_not_written_nor_on_record(
    local_location: str, tmp_path: Path, name: str, days: int, reason: str
) -> None:
    me = session_of(filled(local_location), Role.OFFICER)
    with pytest.raises(Refused):
        export_calendar(me, tmp_path / name, MONDAY, MONDAY + days * DAY, reason=reason)
    with pytest.raises(Refused):
        export_calendar(replace(me, role=Role.ANALYST), tmp_path / "a.ics", MONDAY, MONDAY, reason="CASE_WORK")
    assert not (tmp_path / name).exists()
    with me.store.read() as reading:
        query = select(tables.audit.c.id).where(tables.audit.c.kind == "DISCLOSURE")
        assert reading.connection.execute(query).first() is None
    me.store.close()


def test_a_login_of_a_server_reads_and_writes_its_own_calendar(office: Office, tmp_path: Path) -> None:
    navigator, partner = office.session(Role.NAVIGATOR), office.session(Role.PARTNER)
    made(navigator, "PHX-1", MONDAY, time(11))
    assert len(read_diary(navigator, MONDAY, MONDAY).entries) == 1
    assert len(read_diary(office.session(Role.OFFICER), MONDAY, MONDAY, EVERYBODY).entries) == 1
    report = export_calendar(navigator, tmp_path / "n.ics", MONDAY, MONDAY, reason="CASE_WORK")
    assert report.appointments == 1
    with pytest.raises(Refused):
        read_diary(partner, MONDAY, MONDAY, EVERYBODY)
