"""A copy that went out with what was later found to be in error is listed for recall, until somebody dealt with it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.duties.case_duties import Duty
from ioms_desktop.domain.errors import Missing, MissingReason, NotAllowed
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.papers import PrintOfCase
from ioms_desktop.domain.records.concerns_and_decisions import Concern
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.selection.screening import ScreeningCheck
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.today import OwedWork
from ioms_desktop.services.printing.papers import PaperRow, PaperState, list_papers
from ioms_desktop.services.printing.sharing_log import list_disclosures, record_never_made, record_unfinished_prints
from ioms_desktop.services.printing.summaries import preview_summary
from ioms_desktop.services.recording.corrections import (
    MoveRecord,
    RestoreStruckOut,
    StrikeOut,
    list_struck_out,
    move_record,
    restore_struck_out,
    strike_out,
)
from ioms_desktop.services.records.recalls import (
    MarkRecalled,
    RecallResult,
    get_copies_to_recall,
    list_copies_to_recall,
    mark_recalled,
    printed_copies,
)
from ioms_desktop.services.session import Session
from ioms_desktop.storage.queries.recalls import known_strike_outs
from ioms_desktop.storage.store import Store
from paper_prints import printed_pdf
from sessions import TODAY, Clock, fill, given_to, request, session_of
from shared_people import Office

CASE = "PHX-1"
HOUR = timedelta(hours=1)
WRONG = "It was his brother"
ENTRIES: tuple[Record, ...] = (
    Contact(
        contact_ref="K-9",
        case_ref=CASE,
        occurred_at=DayTime(TODAY),
        planned=True,
        contact_type="OFFICE",
        outcome="SEEN",
    ),
    Concern(concern_ref="N-9", case_ref=CASE, occurred_on=TODAY, recorded_on=TODAY, concern_type="ARREST"),
    CustodySpell(person_ref="P-JM", received_on=TODAY, kind="REMAND"),
)


KEPT: tuple[Record, ...] = (
    ScreeningCheck(case_ref=CASE, check_type="MARAC", answered_on=TODAY, answer="KNOWN", answered_by="MARAC", note="x"),
    Concern(concern_ref="N-8", case_ref=CASE, occurred_on=TODAY, recorded_on=TODAY, concern_type="INTELLIGENCE"),
)
"""What a navigator does not read, and so is not told of when it is in error."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wright(store: Store, clock: Clock) -> Session:
    fill(store)
    return session_of(store, "wright", Role.SUPERVISOR, clock)


def stored(session: Session, record: Record) -> Record:
    with session.store.begin(session.command_context()) as tx:
        return tx.add(record)


def printed(session: Session, recipient: str = "Leicestershire Police", audience: Audience = Audience.FULL) -> str:
    """Print the case and return the number of the print."""
    before = _prints(session)
    printed_pdf(session, CASE, reason_code="CASE_CONFERENCE", audience=audience, **given_to(recipient))
    (made,) = _prints(session) - before
    return made


def _prints(session: Session) -> set[str]:
    from ioms_desktop.storage.audit.audit import list_disclosures as told  # noqa: PLC0415 - beside the service's own

    with session.store.read() as reading:
        reading.open_case(CASE, "CASE_WORK", "test")
        rows = told(reading, CASE, session.clock() + 400 * 24 * HOUR)
    return {row.after["print_id"] for row in rows if "print_id" in row.after}


def out(session: Session, record: Record, reason: str = WRONG) -> None:
    strike_out(
        session,
        StrikeOut(
            request=request(),
            case_ref=CASE,
            table=record.table,
            key_text=record.key_text,
            revision=record.revision,
            reason=reason,
        ),
    )


def listed(session: Session) -> list[tuple[str, list[str]]]:
    return [(each.print_id, [wrong.key_text for wrong in each.errors]) for each in list_copies_to_recall(session)]


def mark(session: Session, print_id: str, reason: str = "Rang J. Reid") -> None:
    entry = MarkRecalled(request=request(), case_ref=CASE, print_id=print_id, result=RecallResult.TOLD, reason=reason)
    mark_recalled(session, entry)


def an_hour_later(clock: Clock) -> None:
    clock.now += HOUR


def test_a_copy_printed_while_an_entry_stood_is_listed_and_no_other(wright: Session, clock: Clock) -> None:
    printed(wright, "Before It Was Recorded Police")
    for record in ENTRIES:
        an_hour_later(clock)
        stored_now = stored(wright, record)
        an_hour_later(clock)
        during = printed(wright, "Between Police")
        preview_summary(wright, CASE, reason_code="CASE_CONFERENCE")
        printed_pdf(wright, "IOM-1", reason_code="CASE_CONFERENCE", **given_to("Leicestershire Police"))
        an_hour_later(clock)
        assert listed(wright) == [], "the control: nothing is in error"
        out(wright, stored_now)
        an_hour_later(clock)
        printed(wright, "After It Was Taken Out Police")
        assert listed(wright) == [(during, [record.key_text])], record.table
        (copy,) = get_copies_to_recall(wright, during)
        assert (copy.recipient, copy.copy, copy.printed_by) == ("Jo Reid, officer, Between Police", "1 of 1", "wright")
        assert (copy.errors[0].reason, copy.errors[0].is_moved) == (WRONG, False)
        assert "so it may hold it" in copy.describe()
        mark(wright, during)
        assert listed(wright) == []


def test_what_is_in_error_is_found_by_its_index_however_much_is_on_record(wright: Session) -> None:
    asked: list[tuple[str, Any]] = []
    with wright.store.read() as reading:
        connection = reading.connection
        listening = event.listens_for(connection, "before_cursor_execute")
        listening(lambda _connection, _cursor, sql, values, *_: asked.append((sql, values)))
        assert list(known_strike_outs(reading)) == []
        sql, values = asked[0]
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
            told = connection.exec_driver_sql(f"EXPLAIN {sql}", values).all()
        else:
            told = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
    assert "ix_former_version_struck_out" in "\n".join(str(row) for row in told)


def test_what_was_moved_or_put_back_is_told_apart(wright: Session, clock: Clock) -> None:
    first, second = stored(wright, ENTRIES[0]), stored(wright, ENTRIES[1])
    an_hour_later(clock)
    print_id = printed(wright)
    an_hour_later(clock)
    move_record(
        wright,
        MoveRecord(
            request=request(), case_ref=CASE, table="contacts", key_text="K-9", revision=1, to_case_ref="IOM-1",
            reason=WRONG,
        ),
    )  # fmt: skip
    an_hour_later(clock)
    out(wright, second)
    (copy,) = list_copies_to_recall(wright)
    assert [(each.table, each.is_moved) for each in copy.errors] == [("concerns", False), ("contacts", True)]
    restore_struck_out(
        wright, RestoreStruckOut(request=request(), case_ref=CASE, table="concerns", record_id=second.id)
    )
    assert listed(wright) == [(print_id, [first.key_text])]
    told = []
    for session in (wright, replace(wright, role=Role.OFFICER)):
        (copy,), (entry,) = list_copies_to_recall(session), list_struck_out(session, CASE)
        (error,) = copy.errors
        assert error.reason == entry.reason, "the list of copies tells what the list of the case tells"
        told.append((error.what, error.reason))
    assert told == [
        (f"Contact of {format_day(TODAY)}", f"Moved to case IOM-1: {WRONG}"),
        ("Contact", "Moved to the case it belongs to"),
    ]


def test_one_that_was_dealt_with_comes_back_with_a_later_error_only(wright: Session, clock: Clock) -> None:
    first, second = stored(wright, ENTRIES[0]), stored(wright, ENTRIES[1])
    an_hour_later(clock)
    print_id = printed(wright)
    an_hour_later(clock)
    out(wright, first)
    an_hour_later(clock)
    mark(wright, print_id)
    with pytest.raises(Missing):
        mark(wright, print_id)
    an_hour_later(clock)
    out(wright, second)
    assert listed(wright) == [(print_id, [second.key_text])]


def test_supervisors_see_every_copy_and_others_their_own(wright: Session, clock: Clock) -> None:
    adeyemi = replace(wright, user="adeyemi", role=Role.OFFICER)
    okoro = replace(wright, user="okoro", role=Role.NAVIGATOR)
    record, *kept = [stored(wright, each) for each in (ENTRIES[1], *KEPT)]
    an_hour_later(clock)
    his, hers = printed(adeyemi), printed(okoro, audience=Audience.PARTNER)
    an_hour_later(clock)
    for each in kept:
        out(wright, each)
    assert (len(listed(wright)), [each for each, _ in listed(adeyemi)], listed(okoro)) == (2, [his], [])
    out(wright, record)
    assert listed(okoro) == [(hers, [record.key_text])]
    assert {each for each, _ in listed(wright)} == {his, hers}
    assert [each for each, _ in listed(adeyemi)] == [his]
    assert [each for each, _ in listed(okoro)] == [hers]
    assert (set(owed(wright)), owed(adeyemi), owed(okoro)) == ({his, hers}, [his], [hers])
    with pytest.raises(Missing):
        mark(adeyemi, hers)
    with pytest.raises(MissingReason):
        mark(adeyemi, his, " ")
    with pytest.raises(NotAllowed):
        list_copies_to_recall(replace(wright, role=Role.ANALYST))
    mark(adeyemi, his)
    assert [each for each, _ in listed(wright)] == [hers]
    mark(wright, hers)
    assert owed(okoro) == []
    with wright.store.read() as reading:
        told = list_disclosures(reading, CASE, TODAY + timedelta(days=2), wright.lists)
    assert [line.what for line in told][-2:] == [f"Print {his}: recipient told", f"Print {hers}: recipient told"]


def test_a_copy_without_an_error_is_recalled_once_by_who_printed_it_or_a_supervisor(wright: Session) -> None:
    adeyemi = replace(wright, user="adeyemi", role=Role.OFFICER)
    his, mine = printed(adeyemi), printed(wright)
    assert listed(wright) == []
    with pytest.raises(Missing):
        mark(adeyemi, mine)
    assert {row.print_id for row in list_papers(wright) if row.may_recall} == {his, mine}
    assert [row.print_id for row in list_papers(adeyemi) if row.may_recall] == [his]
    assert get_copies_to_recall(adeyemi, his)[0].errors == ()
    mark(adeyemi, his)
    assert [row.print_id for row in list_papers(wright) if row.may_recall] == [mine]
    for session in (adeyemi, wright):
        with pytest.raises(Missing):
            mark(session, his)
    mark(wright, mine)


def test_of_two_alike_one_that_was_not_made_leaves_the_other_out(wright: Session) -> None:
    code = printed(wright)
    again(wright)
    record_unfinished_prints(wright, [PrintOfCase(CASE, code)], reason_code="CASE_CONFERENCE")
    unmade, made = list_papers(wright)
    assert unmade.print_id == made.print_id
    assert [(each.state, each.may_recall) for each in (unmade, made)] == [
        (PaperState.NOT_PRINTED, False),
        (PaperState.OUT, True),
    ]
    with pytest.raises(Missing):
        get_copies_to_recall(wright, unmade.ref)
    mark(wright, code)
    assert [each.state for each in list_papers(wright)] == [PaperState.NOT_PRINTED, PaperState.TOLD]


def again(session: Session) -> PaperRow:
    """Print the same paper once more in the same minute, so that it has the same code; return its entry."""
    printed_pdf(
        session, CASE, reason_code="CASE_CONFERENCE", audience=Audience.FULL, **given_to("Leicestershire Police")
    )
    return list_papers(session)[0]


def test_what_is_done_about_one_of_several_alike_is_said_of_that_one(wright: Session) -> None:
    def became() -> list[PaperState]:
        return [each.state for each in reversed(list_papers(wright))]

    unmade, told, third = printed(wright), again(wright), again(wright)
    first = list_papers(wright)[-1]
    assert {unmade, first.print_id} == {told.print_id} == {third.print_id}, "the control: one code at the foot of all"
    (copy,) = get_copies_to_recall(wright, first.ref)
    asked = request()
    for _ in range(2):  # its answer was lost
        record_never_made(wright, copy, "It jammed", asked)
    mark(wright, told.ref)
    assert became() == [PaperState.NOT_PRINTED, PaperState.TOLD, PaperState.OUT]
    with pytest.raises(Missing):
        record_never_made(wright, copy, "It jammed", request())
    with pytest.raises(Missing):
        mark(wright, told.ref)
    with wright.store.read() as reading:
        reading.open_case(CASE, "CASE_WORK", "test")
        copies = printed_copies(reading, CASE, wright.clock() + HOUR)
        left = [each.id for each in copies if "print_id" in (each.detail or {})]
    assert left == [told.id, third.id]
    again(wright)
    mark(wright, told.print_id)
    assert became() == [PaperState.NOT_PRINTED, *[PaperState.TOLD] * 3], "the code alone means each that is out"
    last = again(wright)
    assert became()[-1] == PaperState.OUT
    mark(wright, last.ref)
    assert became()[-1] == PaperState.TOLD


def test_one_printed_again_after_the_recall_of_one_alike_is_listed_for_an_error(wright: Session, clock: Clock) -> None:
    entry = stored(wright, ENTRIES[0])
    an_hour_later(clock)
    mark(wright, printed(wright))
    clock.now += timedelta(seconds=1)
    again(wright)
    an_hour_later(clock)
    assert listed(wright) == [], "the control: nothing is in error"
    (copy,) = get_copies_to_recall(wright, list_papers(wright)[0].ref)
    assert copy.errors == ()
    out(wright, entry)
    assert len(listed(wright)) == 2


def owed(session: Session) -> list[str]:
    work = OwedWork(session)
    whole, apart = (
        [item.ref.partition("/")[0] for item in work.read(changed=changed) if item.duty is Duty.RECALL]
        for changed in (None, {CASE})
    )
    assert whole == apart, "a reading of the case alone"
    return whole


@pytest.fixture
def prints(office: Office) -> tuple[Office, str, str]:
    """A shared database with a print of an officer's and a navigator's of a case on which an entry is in error."""
    officer, navigator = office.session("officer"), office.session("navigator")
    open_case(officer, CASE)
    wrong = {stored(officer, each).key_text for each in (*ENTRIES[:2], *KEPT)}
    open_case(navigator, CASE)
    his, hers = printed(officer), printed(navigator, audience=Audience.PARTNER)
    with officer.store.read() as reading:
        on_record = [each for kind in (Concern, ScreeningCheck) for each in reading.list_records(kind, case_ref=CASE)]
    for each in on_record:
        if each.key_text in wrong:
            out(officer, each)
    open_case(officer, "IOM-1")
    entry = MoveRecord(
        request=request(), case_ref=CASE, table="contacts", key_text="K-9", revision=1, to_case_ref="IOM-1", reason="x"
    )
    move_record(officer, entry)
    return office, his, hers


def test_a_server_tells_each_user_of_the_copies_that_are_theirs_to_recall(prints: tuple[Office, str, str]) -> None:
    office, his, hers = prints
    officer, navigator, boss = (office.session(role) for role in ("officer", "navigator", "supervisor"))
    assert {each for each, _ in listed(boss)} == {his, hers}
    assert [each for each, _ in listed(officer)] == [his]
    (copy,) = list_copies_to_recall(navigator)
    assert (copy.print_id, [(each.what, each.reason) for each in copy.errors]) == (
        *(hers, [("Contact", ""), ("Concern", "")]),
    )
    for role, told in (("officer", "Moved to case "), ("supervisor", "Moved to case IOM-1: x")):
        with office.raw(role) as psql:
            rows = psql.execute(b"SELECT record_key, data IS NULL, reason FROM known_strike_outs()").fetchall()
        assert {*rows} == {
            *((key, False, WRONG) for key in ("N-9", "N-8", f"{CASE}/MARAC/{TODAY}")),
            ("K-9", role == "officer", told),
        }, "where it went a supervisor alone is told"
    with office.raw("navigator") as psql:
        rows = psql.execute(b"SELECT record_key, data, reason FROM known_strike_outs()").fetchall()
        assert {*rows} == {("N-9", None, None), ("K-9", None, None)}, "no words, and nothing of what they do not read"
        query = b"SELECT DISTINCT actor = session_user FROM known_copies(ARRAY['PHX-1', 'IOM-1'])"
        assert psql.execute(query).fetchall() == [(True,)]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            psql.execute(b"SELECT * FROM copies_of(ARRAY['PHX-1'], true)")
        # A recall that somebody writes of another's copy counts for nothing.
        detail = f'{{"recall_of": "{his}", "result": "RECALLED"}}'
        psql.execute(b"SELECT log_audit('DISCLOSURE', 'cases', 'PHX-1', 'P-JM', '', %s::json)", (detail,))
    for role in ("partner", "analyst", "auditor", "administrator"):
        with office.raw(role) as psql, pytest.raises(psycopg.errors.InsufficientPrivilege):
            psql.execute(b"SELECT * FROM known_strike_outs()")
    assert [each for each, _ in listed(officer)] == [his]
    mark(officer, his)
    mark(boss, hers)
    assert (listed(officer), listed(navigator), listed(boss)) == ([], [], [])


def test_a_server_says_nothing_of_a_case_that_is_kept_from_a_user(prints: tuple[Office, str, str]) -> None:
    office, his, _ = prints
    officer, boss = office.session("officer"), office.session("supervisor")
    with office.raw("supervisor") as psql:
        psql.execute(b"SELECT set_access('PHX-1', %s, 'EXCLUDED', true)", (officer.user,))
    assert listed(officer) == []
    with office.raw("officer") as psql:
        assert psql.execute(b"SELECT count(*) FROM known_strike_outs()").fetchone() == (0,)
        assert psql.execute(b"SELECT count(*) FROM known_copies(ARRAY['PHX-1'])").fetchone() == (0,)
    assert his in {each for each, _ in listed(boss)}
