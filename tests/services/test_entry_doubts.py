"""What is odd is asked of whoever fills in a form, and warned of by an import, in the same words, on both databases."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.errors import EntryDoubtful, FutureDate
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.services.exchange.imports import run_import
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.recording.offers import MakeOffer, make_offer
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.session import Session
from ioms_desktop.storage.store import Store
from services.exchange_session import iom, person, put, session_at
from services.fresh_cases import Ledger
from sessions import TODAY, request

IN_CUSTODY = "This person was in custody on 14 Oct 2026; check day and how."
AT_NIGHT = "02:00 is at night; check the time of the contact."
ADOPTED = "Adopted on (7 Sep 2026) is before Referred on (8 Sep 2026)."


def visit(*cases: str, on: DayTime, minutes: int | None = None) -> RecordContact:
    return RecordContact(
        request=request(),
        entries=tuple(ContactEntry(case_ref=each, outcome="SEEN") for each in cases),
        occurred_at=on,
        planned=True,
        contact_type="HOME_VISIT_ANNOUNCED",
        minutes=minutes,
    )


def asking(session: Session, *confirmed: str) -> Session:
    """Return the session as a form uses it."""
    return replace(session, confirmed=frozenset(confirmed))


def held(ledger: Ledger, case_ref: str) -> str:
    """Put the person of a case into custody from 10 October."""
    owner = ledger.get(Case, case_ref).person_ref
    ledger.put(CustodySpell(person_ref=owner, received_on=date(2026, 10, 10)))
    return case_ref


def test_a_home_visit_to_somebody_in_custody_is_asked_about_and_stored_once_confirmed(ledger: Ledger) -> None:
    case, entry = held(ledger, ledger.phoenix()), DayTime(date(2026, 10, 14))
    session = ledger.session()
    with ledger.nothing_written(), pytest.raises(EntryDoubtful) as asked:
        record_contact(asking(session), visit(case, on=entry))
    assert asked.value.doubts == (IN_CUSTODY,)
    assert asked.value.sentence.startswith(f"{IN_CUSTODY} "), "of one person alone no case is named"
    with ledger.nothing_written(), pytest.raises(EntryDoubtful):
        record_contact(asking(session, AT_NIGHT), visit(case, on=entry))  # another answer than to this question
    assert record_contact(asking(session, IN_CUSTODY), visit(case, on=entry)).ref
    assert record_contact(session, visit(case, on=entry)).ref  # the control: a command with nobody to ask


def test_what_is_odd_of_several_people_is_asked_at_once_by_their_cases(ledger: Ledger) -> None:
    one, two, free = held(ledger, ledger.phoenix()), held(ledger, ledger.phoenix()), ledger.phoenix()
    entry = visit(one, free, two, on=DayTime(date(2026, 10, 14), time(2)))
    with ledger.nothing_written(), pytest.raises(EntryDoubtful) as asked:
        record_contact(asking(ledger.session()), entry)
    assert asked.value.doubts == (IN_CUSTODY, AT_NIGHT)
    assert [asked.value.sentence.count(f"{case}: ") for case in (one, two, free)] == [1, 1, 1]
    assert record_contact(asking(ledger.session(), *asked.value.doubts), entry).ref


@pytest.mark.parametrize("at", [time(10, 31), time(23, 59)])
def test_a_contact_later_today_is_refused_to_the_minute(ledger: Ledger, at: time) -> None:
    """The clock of these sessions says half past nine in UTC, which is half past ten in London."""
    case, session = ledger.phoenix(), ledger.session()
    with ledger.nothing_written(), pytest.raises(FutureDate, match="is still to come"):
        record_contact(session, visit(case, on=DayTime(TODAY, at)))
    assert record_contact(session, visit(case, on=DayTime(TODAY, time(10, 30)))).ref


def test_other_entries_are_asked_about_as_well(ledger: Ledger) -> None:
    case = ledger.phoenix()
    offer = MakeOffer(request=request(), case_ref=case, offer_type="GYM", offered_on=date(1950, 1, 1))
    with ledger.nothing_written(), pytest.raises(EntryDoubtful, match="before the birth of this person"):
        make_offer(asking(ledger.session()), offer)


def test_a_reason_copied_from_the_last_rag_is_asked_about_whatever_the_colour(ledger: Ledger) -> None:
    case, session = ledger.iom(), asking(ledger.officer())

    def entry(on: date, rag: str, reason: str) -> SetRag:
        return SetRag(request=request(), case_ref=case, rag=rag, set_on=on, reason=reason)

    assert set_rag(session, entry(date(2026, 10, 1), "RED", "Two arrests this month.")).notice
    with ledger.nothing_written(), pytest.raises(EntryDoubtful, match="that of 1 Oct 2026, word for word") as asked:
        set_rag(session, entry(date(2026, 10, 8), "AMBER", "two arrests this month"))
    confirmed = asking(ledger.officer(), *asked.value.doubts)
    assert set_rag(confirmed, entry(date(2026, 10, 8), "AMBER", "two arrests this month")).notice
    assert set_rag(session, entry(date(2026, 10, 12), "AMBER", "No arrest since; seen weekly.")).notice  # the control
    before = entry(date(2026, 9, 30), "RED", "Two arrests this month.")  # a later entry says nothing of an earlier one
    assert set_rag(session, before).notice


def test_an_import_warns_of_a_copied_reason_once_whatever_was_stored_before(store: Store, tmp_path: Path) -> None:
    row = {"case_ref": "C2", "set_on": "2026-09-08", "rag": "RED", "reason": "Two arrests."}
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom()])
    put(
        tmp_path, "rag", [row, {**row, "set_on": "2026-10-01"}, {**row, "set_on": "2026-10-20", "reason": "None since"}]
    )
    (warned,) = run_import(session_at(store), tmp_path).warnings()
    assert (warned.line, warned.reason) == (
        3,
        "The reason is that of 8 Sep 2026, word for word; write what is known now.",
    )
    put(tmp_path / "more", "rag", [{**row, "set_on": "2026-11-01", "reason": "none since."}])
    (later,) = run_import(session_at(store), tmp_path / "more").warnings()
    assert "that of 20 Oct 2026" in later.reason


def test_an_import_warns_of_a_contact_later_today_to_the_minute(store: Store, tmp_path: Path) -> None:
    now = session_at(store).day_time()
    assert now.local_time is not None
    rows = [
        {
            "contact_ref": f"T{minute}",
            "case_ref": "C2",
            "occurred_at": f"{now.on}T{now.local_time.hour:02}:{minute:02}",
            "planned": "yes",
            "contact_type": "PHONE",
            "outcome": "SEEN",
        }
        for minute in (now.local_time.minute, now.local_time.minute + 1)
    ]
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom()])
    put(tmp_path, "contacts", rows)
    report = run_import(session_at(store), tmp_path)
    assert report.written
    (warning,) = report.warnings()
    assert warning.line == 3
    assert "is still to come; it is kept as it was sent." in warning.reason


def test_an_import_takes_what_is_odd_and_warns_in_the_words_of_the_form(store: Store, tmp_path: Path) -> None:
    """The folder's own custody counts, whatever the order of its tables; a second run says nothing again."""
    contact = {
        "contact_ref": "T1",
        "case_ref": "C2",
        "occurred_at": "2026-10-14T02:00",
        "planned": "yes",
        "contact_type": "HOME_VISIT_ANNOUNCED",
        "outcome": "SEEN",
    }
    put(tmp_path, "people", [person()])
    put(tmp_path, "cases", [iom(referred_on="2026-09-08")])
    put(tmp_path, "custody", [{"person_ref": "P1", "received_on": "2026-10-10"}])
    put(tmp_path, "contacts", [contact, {**contact, "contact_ref": "T2", "occurred_at": "2026-10-09T09:00"}])
    report = run_import(session_at(store), tmp_path)
    assert report.written
    assert sorted(problem.reason for problem in report.warnings()) == sorted([ADOPTED, AT_NIGHT, IN_CUSTODY])
    assert [problem.reason for problem in run_import(session_at(store), tmp_path).warnings()] == []
    put(tmp_path / "more", "contacts", [{**contact, "contact_ref": "T3"}])  # the stored custody counts too
    later = run_import(session_at(store), tmp_path / "more")
    assert sorted(problem.reason for problem in later.warnings()) == sorted([AT_NIGHT, IN_CUSTODY])
