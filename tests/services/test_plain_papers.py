"""Papers about no case: a certificate that names nobody, and a report from the audit for who may read it alone."""

from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ioms_desktop.domain.access.roles import Right, Role, roles_with
from ioms_desktop.domain.errors import FileExists, Missing, NotAllowed, OutOfRange, WrongFile
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.packs.paper_kinds import OfficePaper
from ioms_desktop.domain.records.people import Offence
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.printing.many_summaries import SummaryTarget, print_summaries
from ioms_desktop.services.printing.packs import audit_report
from ioms_desktop.services.printing.packs.audit_report import (
    ABOUT_A_COPY,
    WantedReport,
    print_audit_report,
    read_audit_report,
)
from ioms_desktop.services.printing.packs.office_paper import print_office_paper
from ioms_desktop.services.printing.papers import PaperState
from ioms_desktop.services.printing.sharing_log import record_unfinished_prints
from ioms_desktop.services.recording.records import AddRecord, add_record_by_form
from ioms_desktop.services.records.recalls import MarkRecalled, RecallResult, mark_recalled
from ioms_desktop.storage.printing.papers import RECALL, STOPPED
from ioms_desktop.storage.schema.tables import audit
from paper_prints import printer_stopped
from reports.reading import pages_of
from services.access_bureau import Bureau
from services.test_papers import listed, printed
from sessions import given_to, request


def words_of(path: Path) -> str:
    return " ".join(pages_of(path.read_bytes()))


def test_a_report_says_who_did_what_and_names_nobody_on_record(bureau: Bureau, tmp_path: Path) -> None:
    auditor, officer = bureau.session(Role.AUDITOR), bureau.session(Role.OFFICER)
    open_case(officer, "PHX-1")
    theft = Offence(
        person_ref="P-JM", offence_on=date(2026, 9, 1), offence_group="VEHICLE_CRIME", offence="Theft from a car"
    )
    add_record_by_form(officer, AddRecord(request=request(), case_ref="PHX-1", record=theft))
    bureau.restrict("second", "IOM-1")
    with pytest.raises(Missing):
        open_case(officer, "IOM-1")
    out = tmp_path / "report.pdf"
    auditor.names.replace({officer.user: "N. OKORO"})
    done = print_audit_report(auditor, WantedReport(ref="PHX-1"), out)
    text = words_of(out)
    assert "Looked at Case PHX-1" in text
    assert f"N. OKORO ({officer.user})" in text, "the name may be another's later"
    assert officer.workstation in text
    assert "MARLOW" not in text.upper()
    assert "Recorded Offence P-JM" in text
    assert ("VEHICLE" in text, "Theft" in text, "2026-09-01" in text) == (False, False, False), "what was recorded"
    assert "entr" in done.notice
    of_person, _ = read_audit_report(auditor, WantedReport(ref="P-JM"))
    assert {line.what for line in of_person.lines} >= {"Case PHX-1"}
    assert not any("IOM-1" in line.what for line in of_person.lines), "nobody else's case"
    whole, _ = read_audit_report(auditor, WantedReport(first=auditor.today() - timedelta(days=3650)))
    refused = [line for line in whole.lines if line.is_refused]
    told = any("IOM-1" in line.what for line in refused)
    assert told is bureau.shared, "a server says what it refused; a file knows of no look that did not take place"
    later = auditor.today() + timedelta(days=3650)
    none, _ = read_audit_report(auditor, WantedReport(ref="PHX-1", first=later, last=later))
    assert none.lines == ()
    with bureau.keeper.read() as reading:
        query = select(audit.c.actor, audit.c.after).where(audit.c.kind == "DISCLOSURE", audit.c.object_type == "audit")
        ((actor, detail),) = reading.connection.execute(query).all()
    assert actor == auditor.user
    assert detail["sha256"] == sha256(out.read_bytes()).hexdigest()


def test_a_report_is_for_who_may_read_the_audit_and_of_something(
    bureau: Bureau, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    auditor, out = bureau.session(Role.AUDITOR), tmp_path / "report.pdf"
    for role in Role:
        if role not in roles_with(Right.READ_AUDIT):
            with pytest.raises(NotAllowed):
                print_audit_report(bureau.session(role), WantedReport(ref="PHX-1"), out)
    today = auditor.today()
    out.write_bytes(b"mine")
    wrong: list[tuple[type[Exception], WantedReport, Path]] = [
        (OutOfRange, WantedReport(), out),
        (OutOfRange, WantedReport(ref="PHX-1", first=today, last=today - timedelta(days=1)), out),
        (Missing, WantedReport(ref="NOBODY"), out),
        (WrongFile, WantedReport(ref="PHX-1"), tmp_path / "report.txt"),
        (FileExists, WantedReport(ref="PHX-1"), out),
    ]
    for kind, wanted, path in wrong:
        with pytest.raises(kind):
            print_audit_report(auditor, wanted, path)
    assert out.read_bytes() == b"mine"
    monkeypatch.setattr(audit_report, "MAX_ENTRIES", 0)
    with pytest.raises(OutOfRange):
        print_audit_report(auditor, WantedReport(ref="PHX-1"), out, overwrite=True)
    monkeypatch.undo()
    print_audit_report(auditor, WantedReport(ref="PHX-1"), out, overwrite=True)  # the control
    assert out.read_bytes().startswith(b"%PDF")


def test_a_report_says_of_a_copy_that_came_back_or_was_not_printed_that_nothing_was_passed_on(bureau: Bureau) -> None:
    supervisor, auditor = bureau.session("supervisor"), bureau.session("auditor")
    printed(supervisor)
    printer_stopped(supervisor, "PHX-1")
    with pytest.raises(Missing, match="Nothing was recorded"):  # the one copy is on record as not printed already
        printer_stopped(supervisor, "PHX-1")
    printed(supervisor, given=given_to("Leicester City Council"))
    back = listed(supervisor)[0]
    entry = MarkRecalled(
        request=request(), case_ref="PHX-1", print_id=back.print_id, result=RecallResult.RECALLED, reason="Back"
    )
    mark_recalled(supervisor, entry)
    told, _ = read_audit_report(auditor, WantedReport(ref="PHX-1"))
    did = [(each.did, bool(each.recipient)) for each in told.lines if each.did in {"Passed on", *ABOUT_A_COPY.values()}]
    assert did == [
        ("Passed on", True),
        (ABOUT_A_COPY[STOPPED], False),
        ("Passed on", True),
        (ABOUT_A_COPY[RECALL], False),
    ]


def test_a_stop_is_noted_of_the_copy_that_did_not_come_out_whatever_was_printed_since(bureau: Bureau) -> None:
    supervisor = bureau.session("supervisor")
    asked: dict[str, Any] = {"audience": Audience.FULL, "reason_code": "CASE_CONFERENCE"}
    (stopped,) = print_summaries(supervisor, [SummaryTarget(case_ref="PHX-1")], copies=2, **asked)
    sheet = print_office_paper(supervisor, OfficePaper.ACTION_SHEET, ["PHX-1"], **asked)
    printed(supervisor)
    _, second = stopped.prints
    record_unfinished_prints(supervisor, [*second, *sheet.prints[0]], reason_code="CASE_CONFERENCE")
    states = {row.print_id: row.state for row in listed(supervisor)}
    unmade = {each.print_id for each in (*second, *sheet.prints[0])}
    assert {code for code, state in states.items() if state is PaperState.NOT_PRINTED} == unmade
    assert len(states) == 4
    with pytest.raises(Missing, match="Nothing was recorded"):  # it is not theirs
        record_unfinished_prints(bureau.session("second"), stopped.prints[0], reason_code="CASE_CONFERENCE")


def test_a_case_that_was_restricted_since_keeps_no_other_copy_from_being_noted(bureau: Bureau) -> None:
    officer = bureau.session("officer")
    refs = ("PHX-1", "IOM-1", "PHX-C")
    asked: dict[str, Any] = {"audience": Audience.FULL, "reason_code": "CASE_CONFERENCE"}
    done = list(print_summaries(officer, [SummaryTarget(case_ref=ref) for ref in refs], **asked))
    prints = [each for case in done for (each,) in case.prints]
    bureau.restrict("supervisor", "IOM-1")
    with pytest.raises(Missing, match=f"{prints[1].print_id}: There is no case .* The other 2 of 3 are on record"):
        record_unfinished_prints(officer, prints, reason_code="CASE_CONFERENCE")
    states = {row.case_ref: row.state for row in listed(bureau.session("supervisor"))}
    assert states == {
        "PHX-1": PaperState.NOT_PRINTED,
        "IOM-1": PaperState.OUT,
        "PHX-C": PaperState.NOT_PRINTED,
    }


def test_each_stop_is_of_the_print_before_it_although_both_have_one_code(bureau: Bureau) -> None:
    supervisor = bureau.session("supervisor")
    printed(supervisor)
    printed(supervisor)
    assert len({each.print_id for each in listed(supervisor)}) == 1
    for _ in range(2):
        printer_stopped(supervisor, "PHX-1")
    with pytest.raises(Missing, match="Nothing was recorded"):  # the control: there is no third
        printer_stopped(supervisor, "PHX-1")
