"""How a letter was delivered: recorded with the letter, put right like every entry, and told to the office alone."""

from dataclasses import replace
from datetime import date

import pytest

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.calendar import DAY
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import BuiltUpon, CaseClosed, NotAllowed, Refused
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.printing.print_facts import PrintFacts
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.documents.delivery import LetterDelivery, latest_delivery
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.domain.text_format import format_day
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.cases.undo import UndoAct, undo_act
from ioms_desktop.services.letters.letters import WriteLetter, offered_letters, read_letter_facts, write_letter
from ioms_desktop.services.printing.summary_facts import gather_for_reader
from ioms_desktop.services.recording.corrections import StrikeOut, strike_out
from ioms_desktop.services.recording.records import AddRecord, ChangeRecord, add_record_by_form, change_record_by_form
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.storage.store import Store
from sessions import TODAY, Clock, fill, request, session_of
from shared_people import Office

CASE = "PHX-1"


def written(session: Session, kind: LetterKind = LetterKind.OFFER) -> Document:
    facts = read_letter_facts(session, open_case(session, CASE), kind)
    said = {"om": "Sam Adeyemi", "phone": "0116", "offer": "boxing", "why": "You did it.", **facts.values}
    entry = WriteLetter(request=request(), case_ref=CASE, kind=kind, values=said, address="1 High Street")
    ref = write_letter(session, entry).outcome.ref
    return next(each for each in open_case(session, CASE).of(Document) if each.document_ref == ref)


def tried(session: Session, letter: Document | None, outcome: str = "DELIVERED", **more: object) -> Outcome:
    values: dict[str, object] = {"method": "READ_OUT", "attempted_at": DayTime(session.today()), **more}
    record = LetterDelivery(
        delivery_ref="",
        case_ref=CASE,
        document_ref=None if letter is None else letter.document_ref,
        outcome=outcome,
        **values,  # type: ignore[arg-type]  # of the columns' types
    )
    return add_record_by_form(session, AddRecord(request=request(), case_ref=CASE, record=record))


def deliveries(session: Session) -> tuple[LetterDelivery, ...]:
    return open_case(session, CASE).of(LetterDelivery)


def strike(session: Session, record: Document | LetterDelivery) -> Outcome:
    wanted = StrikeOut(
        request=request(),
        case_ref=CASE,
        table=record.table,
        key_text=record.key_text,
        revision=record.revision,
        reason="twice",
    )
    return strike_out(session, wanted)


def test_what_became_of_a_letter_is_recorded_put_right_and_told_to_the_office_alone(
    store: Store, subtests: pytest.Subtests
) -> None:
    fill(store)
    okoro = session_of(store, "okoro", Role.NAVIGATOR, Clock())
    letter = written(okoro)
    tried(okoro, letter, "REFUSED", method="BY_HAND", note="Did not open the door")
    done = tried(okoro, letter, witnessed_by="Kim Marlow", given_to="his aunt")
    latest = latest_delivery(deliveries(okoro), letter.document_ref)
    assert latest is not None
    assert (latest.outcome, latest.witnessed_by, latest.delivered_by) == ("DELIVERED", "Kim Marlow", "okoro")
    wrong: list[tuple[str, dict[str, object], str]] = [
        ("before it was written", {"attempted_at": DayTime(date(2026, 10, 1))}, "cannot have been delivered earlier"),
        ("still to come", {"attempted_at": DayTime(date(2026, 10, 16))}, "16 Oct 2026"),
        ("left with nobody", {"method": "LEFT_WITH"}, "Say who it was left with"),
        ("in no way there is", {"method": "BY_PIGEON"}, "BY_PIGEON"),
    ]
    for name, more, words in wrong:
        with subtests.test(name), pytest.raises(Refused, match=words):
            tried(okoro, letter, **more)  # type: ignore[arg-type]  # no outcome is among them
    with pytest.raises(Refused, match="not a letter on this case"):
        tried(okoro, replace(letter, document_ref="DO-OTHER"))
    tried(okoro, None, method="BY_POST")
    with pytest.raises(BuiltUpon):
        strike(okoro, letter)  # it left, as its deliveries say
    change = replace(latest, note="He asked for a mentor")
    entry = ChangeRecord(request=request(), case_ref=CASE, record=change, revision=change.revision)
    change_record_by_form(okoro, entry)
    assert done.undo is not None
    strike(okoro, next(each for each in deliveries(okoro) if each.outcome == "REFUSED"))
    third = tried(okoro, letter, "NOT_REACHED")
    assert third.undo is not None
    undo_act(okoro, UndoAct(request=request(), case_ref=CASE, done=third.undo))
    assert sorted(each.method for each in deliveries(okoro)) == ["BY_POST", "READ_OUT"]
    written(okoro)
    wright = session_of(store, "wright", Role.SUPERVISOR, Clock())
    view = open_case(wright, CASE)
    untried = f"{letter.title}, {format_day(TODAY)}"
    with store.read() as reading:
        for audience in (Audience.FULL, Audience.PARTNER, Audience.PANEL):
            summary = gather_for_reader(wright, reading, view, PrintFacts(audience=audience), "TURNING_POINT")
            told = [(each.letter, each.outcome) for each in summary.deliveries or ()]
            assert bool(told) is (audience is Audience.FULL), audience
            if told:
                assert ("Offer of support, letter to Jayden MARLOW", "Read out and explained: his aunt") in told
                assert ("A letter that is not kept here", "By post") in told
                assert [line.letter for line in summary.deliveries or () if line.at is None] == [untried]
    assert view.as_of == TODAY
    for role in (Role.COORDINATOR, Role.ANALYST, Role.PARTNER):
        with subtests.test(role.value), pytest.raises(NotAllowed):
            tried(replace(okoro, role=role), letter)


def test_after_its_closing_a_case_takes_the_closing_letter_and_what_became_of_every_letter_it_keeps(
    store: Store,
) -> None:
    fill(store)
    session = session_of(store, "okoro", Role.NAVIGATOR, Clock())
    offered = written(session)
    with store.begin(session.command_context(), "leave") as tx:
        tx.save(replace(tx.get(Case, CASE), status="COMPLETED", closed_on=TODAY - DAY, close_reason="GOALS_MET"))
    view = open_case(session, CASE)
    assert [each.kind for each in offered_letters(session, view)] == [LetterKind.CLOSING]
    closed_today = replace(view, case=replace(view.case, closed_on=TODAY))
    assert len(offered_letters(session, closed_today)) > 1, "its closing day is a day of the case"
    assert read_letter_facts(session, view, LetterKind.CLOSING).values["day"] == (TODAY - DAY).isoformat()
    with pytest.raises(CaseClosed):
        written(session)
    closing = written(session, LetterKind.CLOSING)
    assert (closing.title[:7], closing.dated_on) == ("Closing", TODAY)
    tried(session, offered, "NOT_REACHED", method="BY_POST")  # it came back
    tried(session, closing, method="BY_POST")
    latest = latest_delivery(deliveries(session), closing.document_ref)
    assert latest is not None
    change = replace(latest, note="His aunt signed for it")
    change_record_by_form(
        session, ChangeRecord(request=request(), case_ref=CASE, record=change, revision=change.revision)
    )
    with pytest.raises(CaseClosed):
        tried(session, None)  # nothing says that it was the closing letter
    assert len(deliveries(session)) == 2


def test_on_a_server_who_works_with_the_person_records_it_and_who_reads_the_case_reads_it(office: Office) -> None:
    navigator = office.session("navigator")
    letter = written(navigator)
    tried(navigator, letter)
    assert [each.document_ref for each in deliveries(office.session("officer"))] == [letter.document_ref]
    with pytest.raises(Refused):
        tried(office.session("coordinator"), letter)
