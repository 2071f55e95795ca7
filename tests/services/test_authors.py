"""Authors change their own entries for a period, and afterwards with a reason; others as the record type says."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from form_records import form_record
from ioms_desktop.domain.access.record_rights import Keeper
from ioms_desktop.domain.access.roles import Right, Role, roles_with
from ioms_desktop.domain.errors import MissingReason, NotAllowed, NothingToDo, OutOfRange, ReasonToChange
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.record import ColumnKind, Record, columns_of
from ioms_desktop.domain.records.record_types import CHANGE_FORM_TYPES
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.commands import save_record
from ioms_desktop.services.database.office_settings import (
    DecideAuthorPeriod,
    decide_author_period,
    read_author_period,
)
from ioms_desktop.services.entries.authors import find_known_author
from ioms_desktop.services.recording.corrections import RestoreStruckOut, StrikeOut, restore_struck_out, strike_out
from ioms_desktop.services.recording.offers import AnswerOffer, answer_offer
from ioms_desktop.services.recording.records import ChangeRecord, change_record_by_form
from ioms_desktop.services.records.history import read_history
from ioms_desktop.services.session import Session
from ioms_desktop.storage.schema.tables import audit
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import Rollback
from sessions import NOW, TODAY, Clock, fill, request, session_of
from shared_people import Office

CASE = "PHX-1"
DAY = timedelta(days=1)
WHY = "The wrong line of the notebook"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def adeyemi(store: Store, clock: Clock) -> Session:
    fill(store)
    return session_of(store, "adeyemi", Role.OFFICER, clock)


def stored(session: Session, record_type: type[Record]) -> Record:
    """Store a record of the case as its author, with a value in every column but those that name other records."""
    made = form_record(record_type, session.lists, TODAY)
    values: dict[str, Any] = {
        column.name: None
        for column in columns_of(record_type)
        if column.kind is ColumnKind.REF and column.owner and column.name != record_type.subject
    }
    person = open_case(session, CASE).case.person_ref
    values[made.subject] = CASE if made.subject == "case_ref" else person
    own = columns_of(record_type)[0]
    if not own.owner:
        values[own.name] = "X-1"
    with session.store.begin(session.command_context()) as tx:
        return tx.add(replace(made, **values))


def change(session: Session, record: Record, why: str = "", **values: Any) -> None:  # noqa: ANN401 - of the columns' types
    wanted = replace(record, **values)
    entry = ChangeRecord(request=request(), case_ref=CASE, record=wanted, revision=record.revision)
    change_record_by_form(replace(session, change_reason=why), entry)


def contested(record: Record) -> str:
    """Name a column whose value would be taken away from what its author said."""
    kept = {*type(record).key, *record.rights.carried_on, record.rights.masked, "statement_basis"}
    return next(
        column.name
        for column in columns_of(type(record))
        if column.name not in kept
        and not column.required
        and column.kind is not ColumnKind.REF
        and column.value_of(record) is not None
    )


def now_of(session: Session, record: Record) -> Record:
    return next(each for each in open_case(session, CASE).of(type(record)) if each.id == record.id)


def tries(adeyemi: Session) -> Iterator[tuple[Session, timedelta, str, bool, bool]]:
    """Every person, time and reason, and whether an author's and a team's entry is changed so."""
    colleague = replace(adeyemi, user="okafor")
    boss = replace(adeyemi, user="wright", role=Role.SUPERVISOR)
    within, after, ahead = timedelta(hours=23, minutes=59), timedelta(hours=24), timedelta(hours=-1)
    yield adeyemi, within, "", True, True
    yield adeyemi, after, "", False, False
    yield adeyemi, after, "  ", False, False
    yield adeyemi, after, WHY, True, True
    yield adeyemi, ahead, "", False, False  # recorded while the clock was ahead
    yield adeyemi, ahead, WHY, True, True
    yield colleague, within, "", False, True
    yield colleague, within, WHY, False, True
    yield colleague, after, "", False, False
    yield colleague, after, WHY, False, True
    yield boss, within, "", False, True
    yield boss, after, "", False, False
    yield boss, after, WHY, True, True


def is_saved(session: Session, after: Record) -> bool:
    """Whether a change is let through by the one way in which every command saves; nothing of it stays."""
    saved = []
    with session.store.begin(session.command_context()) as tx:
        with suppress(ReasonToChange, NotAllowed):
            saved.append(save_record(tx, after))
        roll_back()
    return bool(saved)


def roll_back() -> None:
    raise Rollback


def test_every_type_is_changed_by_whom_when_and_with_what_its_declaration_says(adeyemi: Session, clock: Clock) -> None:
    kinds = set()
    for record_type in CHANGE_FORM_TYPES:
        clock.now = NOW
        record = stored(adeyemi, record_type)
        column = contested(record)
        for session, later, why, by_author, by_team in tries(adeyemi):
            clock.now = NOW + later
            kinds.add(record_type.rights.kept_by)
            expected = by_author if record_type.rights.kept_by is Keeper.AUTHOR else by_team
            tried = (record_type.table, column, session.user, later, why)
            acting = replace(session, change_reason=why)
            emptied: Any = {column: None}
            assert is_saved(acting, replace(record, **emptied)) is expected, tried
        assert is_saved(acting, record), "the control: what changes nothing is nobody's affair"
    assert kinds == set(Keeper)


def test_what_was_empty_is_filled_in_by_any_colleague_at_any_time(adeyemi: Session, clock: Clock) -> None:
    """An answer to an offer or a release carries a record on; taking it back is a change of what it said."""
    with adeyemi.store.begin(adeyemi.command_context()) as tx:
        offer = tx.add(Offer(offer_ref="O-9", case_ref=CASE, offer_type="MENTORING", offered_on=TODAY))
        spell = tx.add(CustodySpell(person_ref="P-JM", received_on=TODAY, kind="REMAND"))
    clock.now = NOW + 30 * DAY
    okafor = replace(adeyemi, user="okafor")
    answer = AnswerOffer(
        request=request(), offer_ref="O-9", revision=offer.revision, response="ACCEPTED", responded_on=TODAY
    )
    answer_offer(okafor, answer)
    change(okafor, spell, released_on=TODAY + DAY)
    answered, released = now_of(okafor, offer), now_of(okafor, spell)
    again = replace(answer, request=request(), revision=answered.revision, response="DECLINED")
    for wrong in (
        lambda: answer_offer(okafor, again),
        lambda: change(okafor, released, released_on=None),
    ):
        with pytest.raises(ReasonToChange) as refused:
            wrong()
        assert refused.value.field == "why_changed"
    with pytest.raises(NotAllowed, match="adeyemi recorded this"):
        change(okafor, now_of(okafor, offer), WHY, provider="Another club")
    answer_offer(replace(okafor, change_reason=WHY), again)
    change(okafor, released, WHY, released_on=None)


def test_the_reason_stays_with_the_version_in_its_history_and_in_the_audit(adeyemi: Session, clock: Clock) -> None:
    record = stored(adeyemi, Contact)
    clock.now = NOW + 2 * DAY
    change(adeyemi, record, WHY, minutes=None)
    newest, first = read_history(adeyemi, CASE, Contact, now_of(adeyemi, record)).versions
    assert (newest.reason, first.reason) == (WHY, "")
    with adeyemi.store.read() as reading:
        query = select(audit.c.reason_text).where(audit.c.object_ref == record.key_text, audit.c.kind == "ALTERATION")
        assert list(reading.connection.scalars(query)) == [WHY]
    okoro = replace(adeyemi, user="okoro", role=Role.NAVIGATOR)
    assert WHY not in str(read_history(okoro, CASE, Contact))  # free text is for who reads intelligence


def test_taking_out_and_putting_back_begins_no_new_period(adeyemi: Session, clock: Clock) -> None:
    record = stored(adeyemi, Contact)
    clock.now = NOW + 2 * DAY
    out = StrikeOut(
        request=request(), case_ref=CASE, table="contacts", key_text=record.key_text, revision=1, reason="Twice"
    )
    strike_out(adeyemi, out)
    restore_struck_out(
        adeyemi, RestoreStruckOut(request=request(), case_ref=CASE, table="contacts", record_id=record.id)
    )
    again = next(each for each in open_case(adeyemi, CASE).contacts if each.contact_ref == record.key_text)
    assert not find_known_author(adeyemi, again).known.is_recent
    with pytest.raises(ReasonToChange):
        change(adeyemi, again, minutes=None)
    change(adeyemi, again, WHY, minutes=None)


def test_the_period_is_a_setting_with_a_default_for_every_type_at_once(adeyemi: Session, clock: Clock) -> None:
    wright = replace(adeyemi, user="wright", role=Role.SUPERVISOR)
    assert set(roles_with(Right.SET_OFFICE)) == {Role.SUPERVISOR, Role.ADMINISTRATOR}
    assert (read_author_period(adeyemi).hours, read_author_period(adeyemi).decided_by) == (24, "")
    record = stored(adeyemi, Contact)
    clock.now = NOW + timedelta(hours=30)

    def decide(session: Session, hours: int, reason: str = "Shifts of two days") -> None:
        decide_author_period(session, DecideAuthorPeriod(request=request(), hours=hours, reason=reason))

    for session, hours, reason, refusal in (
        (adeyemi, 48, WHY, NotAllowed),
        (wright, 48, " ", MissingReason),
        (wright, 337, WHY, OutOfRange),
        (wright, -1, WHY, OutOfRange),
        (wright, 24, WHY, NothingToDo),
    ):
        with pytest.raises(refusal):
            decide(session, hours, reason)
    with pytest.raises(ReasonToChange):
        change(adeyemi, record, minutes=None)
    decide(wright, 48)
    change(adeyemi, record, minutes=None)
    decide(replace(wright, user="sato", role=Role.ADMINISTRATOR), 0, "The inspection asked for it")
    period = read_author_period(adeyemi)
    assert (period.hours, period.decided_by, period.reason) == (0, "sato", "The inspection asked for it")
    with pytest.raises(ReasonToChange, match="recorded before"):
        change(adeyemi, now_of(adeyemi, record), worker=None)


def test_a_server_asks_by_its_own_clock(office: Office) -> None:
    """The clock of the workstation is years behind; the server's, which wrote the time, says that it is recent."""
    officer = office.session("officer")
    open_case(officer, CASE)
    record = stored(officer, Contact)
    record = next(each for each in open_case(officer, CASE).contacts if each.contact_ref == record.key_text)
    change(officer, record, minutes=None)
    colleague = office.session("navigator")
    with pytest.raises(NotAllowed):
        change(colleague, now_of(colleague, record), WHY, worker=None)
    boss = office.session("supervisor")
    with pytest.raises(ReasonToChange, match="Somebody else"):
        change(boss, now_of(boss, record), worker=None)
    change(boss, now_of(boss, record), WHY, worker=None)
    newest = read_history(boss, CASE, Contact, now_of(boss, record)).versions[0]
    assert (newest.reason, newest.by) == (WHY, boss.user)
