"""A server strikes out for who recorded a record or a supervisor, with a reason, whatever program its people use."""

# ruff: noqa: S608 - statements as somebody would type them, with names of our own
import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg.types.json import Json

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import NotAllowed
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.exchange.import_report import RowOutcome
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.recording.corrections import (
    MoveRecord,
    RestoreStruckOut,
    StrikeOut,
    list_struck_out,
    may_correct,
    move_record,
    restore_struck_out,
    strike_out,
)
from ioms_desktop.services.session import Session
from raw_rows import row_of
from services.exchange_session import put
from sessions import NOW, TODAY
from shared_people import ANOTHER, Office, login_of, weaken

CASE = "PHX-1"
DENIED = psycopg.errors.InsufficientPrivilege
STRIKE = "SELECT strike_out_record('{}', {}, 1, '{}')"


def rows(connection: psycopg.Connection, sql: str) -> list[tuple[Any, ...]]:
    return connection.execute(sql.encode()).fetchall()


def recorded(session: Session) -> Contact:
    """Record a contact as the session's user."""
    outcome = record_contact(
        session,
        RecordContact(
            request=str(uuid4()),
            entries=(ContactEntry(case_ref=CASE, outcome="SEEN", note="in his words"),),
            occurred_at=DayTime(TODAY),
            planned=True,
            contact_type="OFFICE",
        ),
    )
    return next(each for each in open_case(session, CASE).contacts if each.contact_ref == outcome.ref)


def struck(record: Contact, reason: str = "somebody else") -> StrikeOut:
    return StrikeOut(
        request=str(uuid4()),
        case_ref=CASE,
        table="contacts",
        key_text=record.contact_ref,
        revision=record.revision,
        reason=reason,
    )


def remaining(office: Office) -> int:
    with office.owner() as owner:
        ((count,),) = rows(owner, "SELECT count(*) FROM contacts")
    return int(count)


def number_of(office: Office, table: str, where: str) -> int:
    with office.owner() as owner:
        ((number,),) = rows(owner, f"SELECT id FROM {table} WHERE {where}")
    return int(number)


def test_who_recorded_it_strikes_it_out_and_puts_it_back_through_the_window(office: Office) -> None:
    for role in ("navigator", "officer", "supervisor"):
        session = office.session(role)
        contact = recorded(session)
        assert may_correct(session, contact)
        strike_out(session, struck(contact))
        (entry,) = list_struck_out(session, CASE)
        assert (entry.by, entry.reason) == (session.user, "somebody else")
        restore_struck_out(
            session,
            RestoreStruckOut(request=str(uuid4()), case_ref=CASE, table="contacts", record_id=entry.record.id),
        )
        assert list_struck_out(session, CASE) == ()


def test_another_officer_is_refused_and_a_supervisor_moves_it(office: Office) -> None:
    contact = recorded(office.session("navigator"))
    officer = office.session("officer")
    assert not may_correct(officer, contact)
    with pytest.raises(NotAllowed):
        strike_out(officer, struck(contact))
    outcome = move_record(
        office.session("supervisor"),
        MoveRecord(
            request=str(uuid4()),
            case_ref=CASE,
            table="contacts",
            key_text=contact.contact_ref,
            revision=1,
            to_case_ref="IOM-1",
            reason="his brother's",
        ),
    )
    assert [each.contact_ref for each in open_case(office.session("officer"), "IOM-1").contacts] == [outcome.ref]
    (whole,) = list_struck_out(office.session("supervisor"), CASE)
    assert whole.reason == "Moved to case IOM-1: his brother's"
    (entry,) = list_struck_out(office.session("navigator"), CASE)
    assert (entry.reason, entry.is_withheld) == ("Moved to the case it belongs to", True)
    assert entry.record.note is None  # type: ignore[attr-defined]  # a contact; a note may be of what they must not read


def test_no_role_strikes_out_what_somebody_else_recorded_by_sql_of_its_own(office: Office) -> None:
    contact, count = recorded(office.session("supervisor")), remaining(office)
    for role in ("officer", "navigator", "coordinator", "partner", "analyst", "auditor", "administrator"):
        with office.raw(role) as psql:
            if role in {"officer", "navigator", "coordinator"}:
                assert rows(psql, f"SELECT open_case('{CASE}')") == [(True,)]
            with pytest.raises(DENIED):
                rows(psql, STRIKE.format("contacts", contact.id, "mine now"))
            for sql in ("DELETE FROM contacts", "DELETE FROM former_version", "UPDATE former_version SET reason = ''"):
                with pytest.raises(DENIED):
                    psql.execute(sql.encode())
    assert remaining(office) == count


@pytest.mark.parametrize(
    "call",
    [
        STRIKE.format("contacts", "{}", " "),
        STRIKE.format("contacts", "{}", "\\n\\t ").replace("'\\n", "E'\\n"),
        "SELECT strike_out_record('contacts', {}, 1, NULL)",
        "SELECT strike_out_record('contacts', {}, 1, 'why', '2026-01-01T10:00', 'SOMEBODY')",
        "SELECT strike_out_record('people', 1, 1, 'why')",
        "SELECT strike_out_record('cases', 1, 1, 'why')",
        "SELECT strike_out_record('proposals', 1, 1, 'why')",
        "SELECT strike_out_record('users', 1, 1, 'why')",
        "SELECT strike_out_record('contacts; DROP TABLE contacts', {}, 1, 'why')",
        "SELECT strike_out_record(NULL, {}, 1, 'why')",
        "SELECT ioms_private.passes('contacts', 'opened', '{{}}')",
        "SELECT ioms_private.stood_before('x', '{{}}')",
    ],
)
def test_a_supervisor_strikes_nothing_out_without_a_reason_nor_in_another_name_or_table(
    office: Office, call: str
) -> None:
    count, number = remaining(office), number_of(office, "contacts", "contact_ref = 'N-1'")
    with office.raw("supervisor") as psql:
        rows(psql, f"SELECT open_case('{CASE}')")
        with pytest.raises(DENIED):
            rows(psql, call.format(number))
        assert remaining(office) == count
        assert rows(psql, STRIKE.format("contacts", number, "why")) == [(True,)], "the control: with a reason"


def test_nobody_strikes_out_what_they_may_not_open_or_read(office: Office) -> None:
    number, secret = (
        number_of(office, "contacts", "contact_ref = 'N-1'"),
        number_of(office, "concerns", "concern_ref = 'K-2'"),
    )
    with office.owner() as owner:  # as if the navigator had recorded what they may not read since
        owner.execute("UPDATE concerns SET recorded_by = 't_navigator', revision = 2 WHERE concern_ref = 'K-2'")
    with office.raw("supervisor") as psql:
        assert rows(psql, STRIKE.format("contacts", number, "not opened")) == [(False,)]
        assert rows(psql, f"SELECT set_standing('{CASE}', true, NULL)") == [(True,)]
    with office.raw("second") as psql:
        assert rows(psql, f"SELECT open_case('{CASE}')") == [(False,)]
        assert rows(psql, STRIKE.format("contacts", number, "hidden")) == [(False,)]
        assert rows(psql, f"SELECT break_glass('{CASE}', 'his mother called, he is in danger')") == [(True,)]
        assert rows(psql, f"SELECT open_case('{CASE}')") == [(True,)]
        with pytest.raises(DENIED):
            rows(psql, STRIKE.format("contacts", number, "through broken glass"))
    with office.raw("supervisor") as psql:
        rows(psql, f"SELECT set_standing('{CASE}', false, NULL)")
    with office.raw("navigator") as psql:
        rows(psql, f"SELECT open_case('{CASE}')")
        assert rows(psql, f"SELECT strike_out_record('concerns', {secret}, 2, 'mine')") == [(False,)]
    with office.raw("supervisor") as psql:
        rows(psql, f"SELECT open_case('{CASE}')")
        assert rows(psql, f"SELECT strike_out_record('concerns', {secret}, 2, 'why')") == [(True,)]
    with office.raw("navigator") as psql:
        assert rows(psql, f"SELECT * FROM struck_out_of('{CASE}')") == []
    with office.raw("coordinator") as psql:
        assert rows(psql, f"SELECT * FROM struck_out_of('{CASE}')") == []


def test_a_review_of_ones_own_restricted_access_is_not_struck_out(office: Office) -> None:
    with office.raw("supervisor") as psql:
        rows(psql, "SELECT set_standing('IOM-1', true, NULL)")
    with office.raw("officer") as psql:
        assert rows(psql, "SELECT break_glass('IOM-1', 'his mother called, he is in danger')") == [(True,)]
    number = number_of(office, "actions", "action_ref LIKE 'AC-GLASS-%'")
    for role in ("officer", "supervisor"):
        with office.raw(role) as psql:
            rows(psql, "SELECT open_case('IOM-1')")
            with pytest.raises(DENIED):
                rows(psql, STRIKE.format("actions", number, "never happened"))


def test_nobody_puts_back_what_somebody_else_recorded_and_struck_out(office: Office) -> None:
    supervisor = office.session("supervisor")
    contact, count = recorded(supervisor), remaining(office)
    strike_out(supervisor, struck(contact))
    number = number_of(office, "former_version", "struck_out_by IS NOT NULL")
    with office.raw("officer") as psql:
        assert rows(psql, f"SELECT restore_struck_out({number})") == [(False,)], "not opened"
        rows(psql, f"SELECT open_case('{CASE}')")
        with pytest.raises(DENIED):
            rows(psql, f"SELECT restore_struck_out({number})")
    assert remaining(office) == count - 1
    with office.raw("supervisor") as psql:
        assert rows(psql, f"SELECT restore_struck_out({number})") == [(True,)]
        assert rows(psql, f"SELECT restore_struck_out({number})") == [(False,)]
    assert remaining(office) == count


def test_what_was_struck_out_elsewhere_tells_an_import_of_no_case_that_is_hidden(office: Office) -> None:
    with office.raw("supervisor") as psql:
        psql.execute("SELECT open_case('IOM-1')")
        rows(psql, f"SELECT set_access('IOM-1', '{login_of(ANOTHER)}', 'EXCLUDED', true)")
    contact = row_of(Contact, "NEW", login_of(ANOTHER)) | {"recorded_at": str(NOW)}

    def kept(psql: psycopg.Connection, ref: str, of: str) -> str:
        row = {"table_name": "contacts", "record_key": "K", "case_ref": ref, "reason": "no"}
        try:
            with psql.transaction(force_rollback=True):
                psql.execute("SELECT keep_struck_out(%s)", (Json([row | {"data": contact | {"case_ref": of}}]),))
        except psycopg.Error as refusal:
            return f"{refusal.sqlstate} {refusal.diag.message_primary}"
        return ""

    with office.raw(ANOTHER) as psql:
        psql.execute("SELECT open_book('IMPORT')")
        answers = {
            kept(psql, *refs) for refs in (("IOM-1", "IOM-1"), ("NONE", "NONE"), ("IOM-1", CASE), (CASE, "NONE"))
        }
        assert answers == {"42501 permission denied: this is not kept as struck out"}
        assert kept(psql, CASE, CASE) == ""
        with office.owner() as owner:  # the control
            weaken(owner, "keep_struck_out", "ioms_private.is_there('case', each.case_ref)", "true")
        assert kept(psql, "NONE", "NONE") == ""


def test_an_import_of_a_supervisor_alone_brings_what_was_struck_out_elsewhere(office: Office, tmp_path: Path) -> None:
    rows = json.dumps([{"table_name": "contacts", "record_key": "K", "case_ref": CASE, "reason": "no", "data": {}}])
    for role in ("officer", "navigator", "coordinator", "supervisor"):
        with office.raw(role) as psql:
            rows_open = psql.execute("SELECT open_case(%s)", (CASE,)).fetchall()
            assert rows_open == [(True,)]
            with pytest.raises(DENIED):
                psql.execute("SELECT keep_struck_out(%s::json)", (rows,))
    supervisor = office.session("supervisor")
    put(
        tmp_path,
        "contacts",
        [
            {
                "contact_ref": ref,
                "case_ref": CASE,
                "occurred_at": "2026-09-21",
                "planned": "yes",
                "contact_type": "OFFICE",
                "outcome": "SEEN",
                "struck_out_on": "2026-10-01T10:00",
                "struck_out_by": "ELSEWHERE",
                "struck_out_reason": "not his",
            }
            for ref in ("N-1", "NEW")
        ],
    )
    assert run_import(supervisor, tmp_path).written
    assert {(each.record.key_text, each.by) for each in list_struck_out(supervisor, CASE)} == {
        ("N-1", "ELSEWHERE"),
        ("NEW", "ELSEWHERE"),
    }
    assert "N-1" not in {each.contact_ref for each in open_case(supervisor, CASE).contacts}
    assert not run_import(supervisor, tmp_path).count(RowOutcome.CREATED)
