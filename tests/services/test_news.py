"""What is new on a case since its reader last looked, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import psycopg
import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.workers.names import WorkerNames
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.reading.news import CHANGED, NEW, last_look, read_news
from ioms_desktop.services.recording.corrections import StrikeOut, strike_out
from ui.case_sessions import HARKER, MARLOW, filled, session_of

if TYPE_CHECKING:
    from ioms_desktop.services.session import Session
    from shared_people import Office

START = datetime(2026, 11, 25, 10, tzinfo=UTC)


def later(session: Session, hours: int) -> Session:
    return replace(session, clock=lambda: START + timedelta(hours=hours))


def noted(session: Session, place: int, note: str) -> Contact:
    """Change the note of one of the contacts, as a colleague does."""
    contact = sorted(open_case(session, MARLOW).contacts, key=lambda each: each.contact_ref)[place]
    with session.store.begin(session.command_context()) as tx:
        tx.save(replace(contact, note=note))
    return contact


def taken_out(session: Session, place: int) -> None:
    """Take one of the contacts out as entered in error."""
    gone = sorted(open_case(session, MARLOW).contacts, key=lambda each: each.contact_ref)[place]
    strike_out(
        session,
        StrikeOut(
            request="",
            case_ref=MARLOW,
            table=Contact.table,
            key_text=gone.key_text,
            revision=gone.revision,
            reason="Entered on the wrong day",
        ),
    )


def added(session: Session, ref: str) -> None:
    template = open_case(session, MARLOW).contacts[0]
    with session.store.begin(session.command_context()) as tx:
        tx.add(replace(template, id=0, revision=0, contact_ref=ref, note="Saw him"))


def test_what_others_did_since_the_last_look_is_new_and_nothing_else_is(location: str) -> None:
    me = replace(session_of(filled(location)), names=WorkerNames({"Insp. WRIGHT": "Jo Wright"}))
    colleague = session_of(me.store, Role.OFFICER)
    assert last_look(me, MARLOW) is None, "never looked at yet"
    open_case(me, MARLOW)
    looked = last_look(me, MARLOW)
    assert looked == START
    assert last_look(me, HARKER) is None
    assert last_look(colleague, MARLOW) is None
    changed = noted(later(colleague, 1), 0, "By a colleague")
    mine = noted(later(me, 2), 1, "By me")
    added(later(colleague, 3), "C-NEW")
    taken_out(later(me, 4), 6)
    taken_out(later(session_of(me.store, Role.SUPERVISOR, user="Insp. OTHER"), 4), 5)
    news = read_news(later(me, 5), MARLOW, looked)
    view = open_case(later(me, 5), MARLOW)
    said = {each.contact_ref: news.of(each) for each in view.contacts if news.of(each)}
    assert said == {changed.contact_ref: CHANGED, "C-NEW": NEW}
    assert mine.contact_ref not in said
    assert (news.count(view.contacts), news.count_gone(Contact)) == (2, 1)
    assert news.describe(3, START + timedelta(days=1)) == "3 changes since 25 Nov 2026"
    assert news.describe(1, START + timedelta(hours=5)) == "1 change since 10:00"
    assert news.describe(0, START) == ""
    after = read_news(later(me, 6), MARLOW, last_look(later(me, 6), MARLOW))
    assert after.count(open_case(later(me, 6), MARLOW).contacts) == 0, "once looked at, nothing is new any longer"
    assert after.gone == ()
    first = read_news(colleague, HARKER, last_look(colleague, HARKER))
    assert first.count(open_case(colleague, HARKER).contacts) == 0, "to whom never looked nothing is marked"
    me.store.close()


def test_who_may_read_no_cases_is_told_of_no_look(location: str) -> None:
    session = session_of(filled(location))
    with pytest.raises(Refused):
        last_look(replace(session, role=Role.ANALYST), MARLOW)
    session.store.close()


def test_a_server_tells_each_login_its_own_looks_alone(office: Office) -> None:
    me, colleague = office.session(Role.OFFICER), office.session(Role.NAVIGATOR)
    assert last_look(me, "PHX-1") is None
    open_case(me, "PHX-1")
    looked = last_look(me, "PHX-1")
    assert looked is not None
    assert last_look(colleague, "PHX-1") is None
    template = open_case(colleague, "PHX-1").contacts[0]
    with colleague.store.begin(colleague.command_context()) as tx:
        tx.add(replace(template, id=0, revision=0, contact_ref="C-NEW", note=None))
    for reader, said in ((me, NEW), (colleague, "")):
        news = read_news(reader, "PHX-1", looked)
        (added_there,) = (each for each in open_case(reader, "PHX-1").contacts if each.contact_ref == "C-NEW")
        assert news.of(added_there) == said
    with office.raw(Role.PARTNER) as partner:
        assert partner.execute("SELECT open_case('PHX-1')").fetchone() == (False,)
        assert partner.execute("SELECT my_last_look('PHX-1')").fetchone() == (None,), "a refused attempt is no look"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            partner.execute("SELECT at FROM audit")
