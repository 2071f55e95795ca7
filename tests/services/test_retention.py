"""Reviews and disposal on both kinds of database: who may, when not, what goes, and what stays as it was."""

from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, text, update

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.errors import (
    AlreadyDone,
    CaseStillOpen,
    CheckedOut,
    ConflictingValues,
    Missing,
    MissingReason,
    NamesPerson,
    NotAllowed,
    OnLegalHold,
    OutOfRange,
    ServerRefused,
)
from ioms_desktop.domain.records.cases import Action, Case
from ioms_desktop.domain.records.engagement import Contact
from ioms_desktop.domain.records.people import Offence, Person
from ioms_desktop.domain.records.person_sets.addresses import Address
from ioms_desktop.domain.records.person_sets.names import PersonName
from ioms_desktop.domain.records.person_sets.numbers import PersonNumber
from ioms_desktop.domain.records.workers.names import WorkerNames
from ioms_desktop.services import drafts
from ioms_desktop.services.audit.audit import verify_audit
from ioms_desktop.services.printing.packs.certificate import certificate_facts
from ioms_desktop.services.retention.due_reviews import list_due_reviews, list_reviews, read_reviews
from ioms_desktop.services.retention.labels import certificate_text
from ioms_desktop.services.retention.retention import (
    AnswerDisposal,
    ProposeDisposal,
    RecordReview,
    dispose_of_record,
    get_certificate,
    get_review,
    propose_disposal,
    record_review,
    refuse_disposal,
)
from ioms_desktop.services.session import Session
from ioms_desktop.services.user_paths import data_folder
from ioms_desktop.storage.audit.sealing import audit_entries
from ioms_desktop.storage.drafts import draft_store, load_drafts
from ioms_desktop.storage.records.code_lists import database_id
from ioms_desktop.storage.records.read import Reading
from ioms_desktop.storage.retention import disposals, retention
from ioms_desktop.storage.retention.file_disposal import vacuum_file
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.schema.case_results import RESULT_TABLES
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from keys import opened
from sessions import CASES, Clock, fill, request, session_of
from tampering import set_field, unguarded

LATER = date(2040, 1, 10)
GROUPS = ("OTHER", "SEXUAL", "VIOLENCE")
NOTE = "Seen with Callum HARKER; Callumny is another word."


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def seat(store: Store, clock: Clock) -> Callable[[str], Session]:
    """Return supervisors' sessions on a database in which every case of P-CH is closed."""
    fill(store)
    act = CommandContext(request="", user="holt", role="supervisor", at=clock.now, workstation="session 0")
    with store.begin(act) as tx:
        case = tx.get(Case, "IOM-1")
        tx.save(replace(case, status="DESELECTED", closed_on=date(2026, 10, 14), close_reason="SUSTAINED_REDUCTION"))
        person = tx.get(Person, "P-JM")
        tx.save(replace(person, parent_or_carer=NOTE))
    return lambda user: session_of(store, user, Role.SUPERVISOR, clock)


def proposed(session: Session) -> str:
    entry = ProposeDisposal(
        request=request(), person_ref="P-CH", authority="RRD panel 12/2026", reason="Six clear years."
    )
    return propose_disposal(session, entry).ref


def test_two_people_dispose_of_a_record_and_the_trail_still_proves(
    seat: Callable[[str], Session], store: Store
) -> None:
    wright, holt = seat("wright"), seat("holt")
    auditor = session_of(store, "shah", Role.AUDITOR, wright.clock)
    assert verify_audit(auditor).ok
    ref = proposed(wright)
    outcome = dispose_of_record(holt, AnswerDisposal(request=request(), disposal_ref=ref))
    told = get_certificate(holt, ref)
    assert (told["certificate"], told["authority"]) == (ref, "RRD panel 12/2026")
    assert (told["proposed_by"], told["authorised_by"]) == ("wright", "holt")
    assert (told["removed"]["people"], told["removed"]["cases"], told["removed"]["rag"]) == (1, 1, 1)
    assert told["removed"]["search_key"] > 0
    said = (certificate_text(told, holt.names), *dict(certificate_facts(holt, ref).removed))
    assert "Authorised by: Supt. HOLT\n" in certificate_text(told, WorkerNames({"holt": "Supt. HOLT"}))
    counted = certificate_text({**told, "removed": {"former_version": 31, "people": 1, "search_key": 4}}, holt.names)
    assert "Removed:\n  former versions: 31\n  people: 1\nEntries" in counted
    assert not [line for line in said if "earch key" in line], "what is worked out of records is none"
    assert "Case" in said, "the control"
    assert sum(dict(certificate_facts(holt, ref).removed).values()) < sum(told["removed"].values())
    # Every table that says whose a row is has been looked through; a new one would be missing here.
    owners = {"person_ref", "case_ref"}
    owned = {t.name for t in tables.metadata.tables.values() if owners & set(t.columns.keys())}
    assert owned - {t.name for t in RESULT_TABLES} <= set(told["removed"])  # what the rules found goes with its case
    assert "Callum" not in str(told) + outcome.notice
    report = verify_audit(auditor)
    assert (report.ok, report.reason) == (True, "")
    with pytest.raises(Missing):
        get_review(holt, "P-CH")


def test_others_stay_and_a_person_is_told_where_they_mention_whom_is_gone(seat: Callable[[str], Session]) -> None:
    wright, holt = seat("wright"), seat("holt")
    ref = proposed(wright)
    dispose_of_record(holt, AnswerDisposal(request=request(), disposal_ref=ref))
    certificate = get_certificate(holt, ref)
    (task,) = certificate["tasks_to_redact"]
    mention = f"Others' records mention the person; one task to redact: {task}"
    assert mention in certificate_text(certificate, WorkerNames())
    assert "mention the person" not in certificate_text({**certificate, "tasks_to_redact": []}, WorkerNames())
    with holt.store.read() as reading:
        assert reading.get(Person, "P-JM").parent_or_carer == NOTE
        action = reading.get(Action, task)
    assert action.case_ref == "PHX-1"
    assert action.text.endswith("people P-JM, parent_or_carer (at 11 and 18)")
    assert action.due_on == date(2026, 10, 29)


def test_a_disposal_looks_for_every_name_and_number_that_the_person_had(
    seat: Callable[[str], Session], store: Store
) -> None:
    said = "Met Cee-Jay, once de Brun; Kim Roe called 07700 900999 on UR-77/1. Jo Roe and a brunette roamed, by Lane."
    theirs = ("Cee-Jay", "de Brun", "Kim Roe", "07700 900999", "UR-77/1", "Roe")
    ref, ended = "P-CH", date(2020, 1, 1)
    with store.begin(seat("wright").command_context()) as tx:
        tx.add(PersonName(name_ref="N1", kind="ALIAS", name="Cee-Jay", person_ref=ref))
        tx.add(PersonName(name_ref="N2", kind="FORMER", name="Callum de Brun", to_on=ended, person_ref=ref))
        tx.add(PersonName(name_ref="N3", kind="FORMER", name="Kim Roe", to_on=ended, person_ref=ref))
        tx.add(PersonNumber(number_ref="U1", kind="OTHER", number="UR-77/1", person_ref=ref))
        tx.add(Address(address_ref="A1", kind="PHONE", address="07700 900999", to_on=ended, person_ref=ref))
        tx.add(Address(address_ref="A2", kind="HOME", address="Lane", to_on=ended, person_ref=ref))
        wrong = tx.add(PersonName(name_ref="N4", kind="ALIAS", name="Met", person_ref=ref))
        tx.strike_out(wrong, "somebody else's")
        tx.add(
            Contact(
                contact_ref="C1", case_ref="PHX-1", occurred_at=DayTime(ended), planned=True, contact_type="OFFICE",
                outcome="SEEN", note=said,
            )
        )  # fmt: skip
    for words in ("Brun left", "cee", "see UR-77/1"):
        with pytest.raises((NamesPerson, ServerRefused)):
            propose_disposal(
                seat("wright"), ProposeDisposal(request=request(), person_ref=ref, authority="R", reason=words)
            )
    number = proposed(seat("wright"))
    dispose_of_record(seat("holt"), AnswerDisposal(request=request(), disposal_ref=number))
    with store.read() as reading:
        (task,) = (each.text for each in reading.list_records(Action) if each.action_ref.startswith(number))
    places, since = list[str](), 0
    for name in theirs:
        since = said.index(name, since) + 1
        places.append(str(since))
    assert f"contacts C1, note (at {' and '.join(places)})" in task


def test_an_unsaved_entry_about_others_as_well_names_who_is_gone_no_longer(seat: Callable[[str], Session]) -> None:
    wright, holt = (replace(seat(who), draft_key=bytes(32)) for who in ("wright", "holt"))
    both = "IOM-1\tCallum Harker\nPHX-1\tJayden Marlow"
    found = "7\tCallum Harker\tborn 14 Feb 1994 · IOM-1\n8\tJayden Marlow\tborn 28 Oct 2008 · PHX-1"
    for session in (wright, holt):
        common: dict[str, Any] = {"request": request(), "saved_at": session.clock()}
        printed = {"cases": both, "reason_text": "Asked for by Marlow's and HARKER's court"}
        met = {"who": found, "note IOM-1": "Calm", "done": "Met; callum harker left (P-CH)", "to": "P-CH"}
        for draft in (
            Draft(
                id="a1", form="print_cases", fields=printed, words=f"Cases: {both}", cases=("IOM-1", "PHX-1"), **common
            ),
            Draft(id="a2", form="record_contact", fields=met, words=found, cases=("IOM-1", "PHX-1"), **common),
            Draft(id="a3", form="rag", case_ref="IOM-1", fields={"reason": "theirs"}, **common),
            Draft(id="a4", form="rag", case_ref="PHX-1", fields={"reason": "another's"}, focus="reason", **common),
            Draft(id="a5", form="rag", case_ref="PHX-1", fields={"reason": "As HARKER, Callum"}, **common),
        ):
            drafts.save_draft(session, draft)
        assert len(named_in(session)) == 4, "the control"
    drafts.save_tabs(holt, ("IOM-1", "PHX-1"), "IOM-1", "today")
    done = dispose_of_record(holt, AnswerDisposal(request=request(), disposal_ref=proposed(wright)))
    assert "one about the person deleted and three that also named the person changed" in done.notice
    assert named_in(holt) == set()
    left = {each.draft.id: each.draft for each in drafts.list_drafts(holt).entries}
    assert left["a1"].fields == {
        "cases": "PHX-1\tJayden Marlow",
        "reason_text": "Asked for by Marlow's and [removed]'s court",
    }
    assert left["a2"].fields == {"who": found.splitlines()[1], "done": "Met; [removed] left ([removed])", "to": ""}
    assert left.keys() == {"a1", "a2", "a4", "a5"}
    assert left["a5"].fields == {"reason": "As [removed]"}
    assert (left["a4"].fields, left["a4"].focus, left["a1"].cases) == ({"reason": "another's"}, "reason", ("PHX-1",))
    tabs = drafts.restore_tabs(holt)
    assert tabs is not None
    assert (tabs.cases, tabs.shown) == (("PHX-1",), "")
    drafts.list_drafts(wright)  # a colleague, when they next sign in: what their forms showed is gone from the disk
    kept = {each.draft.id: each.draft.fields for each in drafts.list_drafts(wright).entries}
    assert (kept["a1"]["cases"], kept["a2"]["who"]) == ("PHX-1\tJayden Marlow", found.splitlines()[1])
    assert "note IOM-1" not in kept["a2"]


def named_in(session: Session) -> set[str]:
    """Name the drafts on the disk that name the person in any way."""
    with session.store.read() as reading:
        number = database_id(reading)
    kept = load_drafts(draft_store(data_folder(), number, session.user, session.draft_key or b"")).drafts
    names = ("callum", "harker", "p-ch", "iom-1")
    return {each.id for each in kept if any(name in str(asdict(each)).casefold() for name in names)}


def test_a_disposal_stands_where_the_file_cannot_be_written_anew(local_location: str, tmp_path: Path) -> None:
    store = opened(local_location)
    assert vacuum_file(store)
    for wrong in (tmp_path / "nowhere" / "cases.ioms", tmp_path):
        store.location = str(wrong)
        assert not vacuum_file(store)


def test_nobody_disposes_alone_or_twice_or_of_what_is_open(seat: Callable[[str], Session]) -> None:
    wright, holt = seat("wright"), seat("holt")
    ref = proposed(wright)
    with pytest.raises(NotAllowed, match="alone"):
        dispose_of_record(wright, AnswerDisposal(request=request(), disposal_ref=ref))
    with pytest.raises(AlreadyDone):
        proposed(holt)
    with pytest.raises(CaseStillOpen):
        propose_disposal(
            wright, ProposeDisposal(request=request(), person_ref="P-JM", authority="RRD 13", reason="why not")
        )
    assert _people(holt.store) == len(CASES)
    dispose_of_record(holt, AnswerDisposal(request=request(), disposal_ref=ref))
    with pytest.raises(Missing):
        dispose_of_record(holt, AnswerDisposal(request=request(), disposal_ref=ref))
    assert _people(holt.store) == len(CASES) - 1


def test_a_case_that_is_out_in_a_file_comes_back_first(seat: Callable[[str], Session], store: Store) -> None:
    wright = seat("wright")
    away = {"number": "TA-1", "taken_by": "okoro", "taken_at": wright.clock(), "reason": "CASE_WORK"}
    with store.begin(wright.command_context()) as tx:
        tx.connection.execute(insert(tables.take_away).values(**away, cases=["IOM-1"]))
    with pytest.raises(CheckedOut):
        proposed(wright)
    with store.begin(wright.command_context()) as tx:
        if tx.connection.dialect.name == "postgresql":
            assert not disposals.propose_disposal(tx, "DS-1", "P-CH", "RRD 1", "why")
        tx.connection.execute(update(tables.take_away).values(returned_at=wright.clock()))
    assert proposed(wright)


def test_the_same_request_again_answers_the_same(seat: Callable[[str], Session]) -> None:
    wright, holt = seat("wright"), seat("holt")
    entry = AnswerDisposal(request=request(), disposal_ref=proposed(wright))
    assert dispose_of_record(holt, entry) == dispose_of_record(holt, entry)


def test_a_refused_or_withdrawn_proposal_leaves_the_record(seat: Callable[[str], Session]) -> None:
    wright, holt = seat("wright"), seat("holt")
    said = refuse_disposal(holt, AnswerDisposal(request=request(), disposal_ref=proposed(wright)))
    assert "refused" in said.notice
    assert (
        "withdrawn" in refuse_disposal(wright, AnswerDisposal(request=request(), disposal_ref=proposed(wright))).notice
    )
    assert _people(holt.store) == len(CASES)


@pytest.mark.parametrize("words", ["Callum was de-selected", "see IOM-1", "harker", "CRN X123456", "prison A1234BC"])
def test_what_outlives_the_person_does_not_name_them(seat: Callable[[str], Session], store: Store, words: str) -> None:
    wright = seat("wright")
    with store.begin(wright.command_context()) as tx:
        tx.save(replace(tx.get(Person, "P-CH"), crn="X123456", prison_number="A1234BC"))
    for authority, reason in ((words, "why"), ("RRD 1", words)):
        # A server also knows the identifiers that are not read before a case is opened, and refuses in its own words.
        with pytest.raises((NamesPerson, ServerRefused)):
            propose_disposal(
                seat("wright"),
                ProposeDisposal(request=request(), person_ref="P-CH", authority=authority, reason=reason),
            )


def test_a_hold_keeps_what_is_due_until_a_review_lifts_it(seat: Callable[[str], Session]) -> None:
    wright = seat("wright")
    review = RecordReview(
        request=request(), person_ref="P-CH", result="LEGAL_HOLD", reason="Inquiry.", next_on=date(2027, 10, 1)
    )
    record_review(wright, review)
    with pytest.raises(OnLegalHold):
        proposed(wright)
    assert get_review(wright, "P-CH").due.on == date(2027, 10, 1)
    record_review(wright, replace(review, request=request(), result="RETAIN", reason="Inquiry closed."))
    assert proposed(wright)


def test_a_review_names_a_day_within_its_groups_interval(seat: Callable[[str], Session]) -> None:
    review = RecordReview(request=request(), person_ref="P-CH", result="RETAIN", reason="", next_on=date(2027, 10, 1))
    with pytest.raises(MissingReason):
        record_review(seat("wright"), review)
    late = replace(review, reason="Needed.", next_on=date(2031, 10, 16))
    with pytest.raises(OutOfRange):
        record_review(seat("wright"), late)
    record_review(seat("wright"), replace(late, next_on=date(2031, 10, 15)))
    moved = replace(review, reason="MAPPA.", result="RETAIN_RECATEGORISE", group="GROUP_1", request=request())
    with pytest.raises(ConflictingValues):
        record_review(seat("wright"), replace(moved, group=""))
    record_review(seat("wright"), moved)
    assert get_review(seat("wright"), "P-CH").due.group.code == "GROUP_1"


def test_what_is_due_is_listed_and_nothing_goes_by_itself(seat: Callable[[str], Session], clock: Clock) -> None:
    wright = seat("wright")
    # Somebody under 18 is reviewed on the 18th birthday; the others years later.
    assert [each.person_ref for each in list_due_reviews(wright)] == []
    assert [(each.person_ref, each.due.on) for each in list_due_reviews(wright, date(2026, 10, 28))] == [
        ("P-JM", date(2026, 10, 28))
    ]
    assert {each.person_ref for each in list_due_reviews(wright, LATER)} == {"P-JM", "P-CH", "P-XX"}
    for year in (2040, 2070, 2115):
        clock.move_to(date(year, 1, 10))
        assert len(list_reviews(wright, wright.today())) == len(list_due_reviews(wright)) == len(CASES)
    assert _people(wright.store) == len(CASES)


def renamed(connection: Connection) -> None:
    """Put an emptied entry into another's name."""
    set_field(connection, _emptied(connection), "actor", "nobody")


def emptied_by_hand(connection: Connection) -> None:
    """Take the words of an entry that no disposal emptied, and note it as a disposal would."""
    untouched = "SELECT min(id) FROM audit WHERE id NOT IN (SELECT entry FROM redaction)"
    number = connection.scalar(text(untouched)) or 0
    set_field(connection, number, "after", None)
    kept = {entry.fields[0]: entry.present_hash for entry in audit_entries(Reading(connection))}
    insert = "INSERT INTO redaction (id, entry, disposal_ref, kept_hash) VALUES (999, :entry, 'DS-FORGED', :hash)"
    connection.execute(text(insert), {"entry": number, "hash": kept[str(number)]})


def forgotten(connection: Connection) -> None:
    """Take away that an entry was emptied."""
    connection.execute(text("DELETE FROM redaction WHERE entry = :entry"), {"entry": _emptied(connection)})


def said_otherwise(connection: Connection) -> None:
    """Put an emptied entry into another's name, and say that this is what it was emptied to."""
    number = _emptied(connection)
    set_field(connection, number, "actor", "nobody")
    kept = {entry.fields[0]: entry.present_hash for entry in audit_entries(Reading(connection))}
    change = "UPDATE redaction SET kept_hash = :hash WHERE entry = :entry"
    connection.execute(text(change), {"entry": number, "hash": kept[str(number)]})


def _emptied(connection: Connection) -> int:
    return connection.scalar(text("SELECT min(entry) FROM redaction")) or 0


@pytest.mark.parametrize("tamper", [renamed, emptied_by_hand, forgotten, said_otherwise])
def test_what_was_emptied_is_proved_as_well(
    seat: Callable[[str], Session], store: Store, tamper: Callable[[Connection], None]
) -> None:
    wright, holt = seat("wright"), seat("holt")
    dispose_of_record(holt, AnswerDisposal(request=request(), disposal_ref=proposed(wright)))
    auditor = session_of(store, "shah", Role.AUDITOR, wright.clock)
    assert verify_audit(auditor).ok
    with unguarded(store, kept=True) as reading:
        tamper(reading.connection)
    report = verify_audit(auditor)
    assert not report.ok
    assert any(words in report.reason for words in ("changed after", "emptied under", "altered beyond"))


def _people(store: Store) -> int:
    with store.read() as reading:
        return reading.connection.scalar(select(func.count()).select_from(tables.people)) or 0


def test_who_is_due_is_found_without_looking_at_everybody(
    seat: Callable[[str], Session], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    wright = seat("wright")
    act = CommandContext(
        request="", user="holt", role="supervisor", at=datetime(2026, 9, 3, 9, tzinfo=UTC), workstation=""
    )
    with store.begin(act) as tx:
        for number, (born, referred) in enumerate(
            (born, referred)
            for born in (date(1950, 2, 28), date(1988, 2, 29), date(2007, 3, 1), date(2012, 2, 29), date(2016, 5, 5))
            for referred in (None, date(2016, 2, 29), date(2020, 3, 1), date(2026, 9, 1))
        ):
            ref = f"P-D{number}"
            tx.add(Person(person_ref=ref, family_name="Due", given_names="Kit", date_of_birth=born))
            tx.add(Offence(person_ref=ref, offence_on=date(2011 + number % 9, 2, 28), offence_group=GROUPS[number % 3]))
            if referred is not None:
                case = Case(
                    case_ref=f"C-D{number}",
                    person_ref=ref,
                    programme="IOM",
                    status="DESELECTED",
                    referred_on=referred,
                    closed_on=referred if number % 2 else None,
                )
                tx.add(case)
            if number % 3 == 0:
                row = {"result": "RETAIN", "retention_group": "GROUP_3", "reason": "As told.", "reviewed_by": "holt"}
                days = (
                    (date(2025, 3, 1), date(2026, 1, 5 + number)),
                    (date(2026, 3, 1), date(2027 + number % 4, 2, 28)),
                )
                tx.connection.execute(
                    insert(tables.retention_review),
                    [
                        {**row, "person_ref": ref, "reviewed_on": on, "next_on": later, "recorded_at": act.at}
                        for on, later in days
                    ],
                )
    monkeypatch.setattr(retention, "NAMED_AT_ONCE", 3)
    seen = set[tuple[int, bool]]()
    for day in ("2026-02-28", "2026-10-15", "2027-03-01", "2028-02-29", "2030-03-01", "2033-09-02", "2038-02-28"):
        on = date.fromisoformat(day)
        everybody = list_reviews(wright, on)
        due = [each for each in everybody if each.due.on <= on]
        assert list(list_due_reviews(wright, on)) == due, on
        seen.add((len(due), len(list_reviews(wright, on, only_due=True)) < len(everybody)))
        if on.year in {2027, 2028}:
            with store.read() as reading:  # who can be due by then is known two months before
                ahead = read_reviews(wright, reading, on - timedelta(days=60), until=on)
            assert {each.person_ref for each in ahead} >= {each.person_ref for each in due} != set()
    assert len(seen) > 3
    assert any(fewer for _, fewer in seen), "the control: of some it is not even asked"
