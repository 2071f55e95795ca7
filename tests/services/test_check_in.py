"""A file that was taken away comes back: what only one side changed, what both did, and what is refused."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TypeVar

import pytest
from sqlalchemy import select

from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.edit_merge import MergeChoice
from ioms_desktop.domain.errors import CheckedOut, NotAllowed
from ioms_desktop.domain.records.cases import Action, Case, RagEntry
from ioms_desktop.domain.records.concerns_and_decisions import Decision, Proposal
from ioms_desktop.domain.records.engagement import Contact, Offer
from ioms_desktop.domain.records.people import CustodySpell, Person
from ioms_desktop.domain.records.record import Record
from ioms_desktop.domain.records.workers.names import WorkerNames
from ioms_desktop.services.intake.steps import ChangeStatus, change_status
from ioms_desktop.services.offline.check_in import check_in
from ioms_desktop.services.offline.check_in_answers import read_answers, write_questions
from ioms_desktop.services.offline.check_in_records import CheckInOutcome, describe_record
from ioms_desktop.services.offline.check_in_rules import OFFLINE_DECISION_MESSAGE
from ioms_desktop.services.offline.checkout import CheckOutCases, check_out_cases, list_open_checkouts
from ioms_desktop.services.recording.contacts import ContactEntry, RecordContact, record_contact
from ioms_desktop.services.recording.decisions import (
    AnswerProposal,
    ProposeDecision,
    authorise_proposal,
    propose_decision,
)
from ioms_desktop.services.recording.offers import AnswerOffer, EndOffer, answer_offer, end_offer
from ioms_desktop.services.recording.rag import SetRag, set_rag
from ioms_desktop.services.session import Session
from ioms_desktop.services.sign_in.sign_in import sign_in
from ioms_desktop.storage.audit import imported_audit
from ioms_desktop.storage.offline.checkout import RECORD_TYPES
from ioms_desktop.storage.records.row_mapping import field_values
from ioms_desktop.storage.schema import tables
from ioms_desktop.storage.store import Store
from ioms_desktop.storage.transaction import CommandContext
from keys import opened
from listening import LONG_WORK, statements_of
from sessions import NOW, fill, request, session_of
from shared_people import ANOTHER, Office, login_of
from shared_people import PASSWORD as LOGIN

R = TypeVar("R", bound=Record)
PASSWORD = "another four plain words"
TODAY = date(2026, 10, 15)
MANY, ODDS = 60, 0.4
ACT = CommandContext(request="", user="holt", role="coordinator", at=NOW, workstation="0")


@dataclass
class Place:
    """Where cases are kept, of either kind, and who works there."""

    keeper: Store
    session: Session
    other: Session
    folder: Path
    files: list[Session] = field(default_factory=list)

    def take(self, *refs: str) -> Session:
        """Take cases away and open the file."""
        path = self.folder / f"away-{len(self.files)}.ioms"
        check_out_cases(self.session, CheckOutCases(path=path, cases=refs, reason="CASE_WORK", password=PASSWORD))
        self.files.append(sign_in(str(path), self.session.user, PASSWORD, clock=lambda: NOW))
        return self.files[-1]

    def everything(self, *, but: str = "") -> dict[str, list[str]]:
        """Every row of every table but the register of what is out, and one more."""
        with self.keeper.read() as reading:
            return {
                name: sorted(repr(row) for row in reading.connection.execute(select(table)))
                for name, table in tables.metadata.tables.items()
                if name not in {"take_away", "seal", but}
            }

    def get(self, noun: type[R], *key: str | date) -> R:
        """Read a record as whoever keeps the database."""
        found = self.seek(noun, *key)
        assert found is not None
        return found

    def seek(self, noun: type[R], *key: str | date) -> R | None:
        """Read a record, where it is there."""
        with self.keeper.read() as reading:
            return reading.find(noun, *key)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    if request.param == "postgres":
        office: Office = request.getfixturevalue("office")
        other = sign_in(office.location, login_of(ANOTHER), LOGIN, clock=lambda: NOW)
        made = Place(opened(office.location), office.session("officer"), other, tmp_path)
    else:
        store = opened(request.getfixturevalue("local_location"))
        fill(store)
        session = session_of(store, "adeyemi", Role.OFFICER, lambda: NOW)
        made = Place(store, session, session_of(store, "wright", Role.SUPERVISOR, lambda: NOW), tmp_path)
    with made.keeper.begin(ACT) as tx:
        for number in (2, 3):
            tx.add(
                Offer(offer_ref=f"O-{number}", case_ref="PHX-1", offer_type="MENTORING", offered_on=date(2026, 9, 18))
            )
        tx.add(Action(action_ref="AC-1", case_ref="PHX-1", text="Ring", owner="x", due_on=TODAY))
        tx.add(Action(action_ref="AC-2", case_ref="PHX-1", text="Write", owner="x", due_on=TODAY))
    yield made
    for seat in (*made.files, made.other):
        seat.store.close()
    made.keeper.close()


def contact(session: Session) -> str:
    entry = ContactEntry(case_ref="PHX-1", outcome="SEEN", note="seen in prison")
    at = DayTime(TODAY)
    return record_contact(
        session, RecordContact(request=request(), entries=(entry,), occurred_at=at, planned=True, contact_type="OFFICE")
    ).ref


def _offer(session: Session, ref: str) -> Offer:
    with session.store.read() as reading:
        reading.open_case("PHX-1", "CASE_WORK", "")
    with session.store.read() as reading:
        return reading.get(Offer, ref)


def answered(session: Session, ref: str, response: str) -> None:
    entry = AnswerOffer(
        request=request(),
        offer_ref=ref,
        revision=_offer(session, ref).revision,
        response=response,
        responded_on=date(2026, 10, 1),
    )
    answer_offer(session, entry)


def ended(session: Session, ref: str) -> None:
    entry = EndOffer(
        request=request(), offer_ref=ref, revision=_offer(session, ref).revision, ended_on=TODAY, end_reason="moved"
    )
    end_offer(session, entry)


def test_taking_every_case_and_bringing_it_back_unchanged_writes_nothing(place: Place) -> None:
    file = place.take("PHX-1", "IOM-1", "PHX-C")
    assert [each.number for each in list_open_checkouts(place.session)] == [
        file.checkout.number if file.checkout else ""
    ]
    before = place.everything()
    report = check_in(place.session, file)
    assert not report.written
    assert place.everything() == before
    assert list_open_checkouts(place.session) == []


def test_two_sides_are_merged_and_what_both_said_is_asked_before_anything_is_written(
    place: Place, tmp_path: Path
) -> None:
    file = place.take("PHX-1")
    ref = contact(file)
    answered(file, "O-2", "ACCEPTED")
    answered(file, "O-3", "ACCEPTED")
    ended(place.other, "O-2")  # another group of fields: merged
    answered(place.other, "O-3", "DECLINED")  # the same: asked
    before = place.everything(but="audit")
    asked = check_in(place.session, file)
    assert place.everything(but="audit") == before  # looking is on record; nothing else changed
    assert (
        asked.written,
        asked.count(CheckInOutcome.ADDED),
        asked.count(CheckInOutcome.MERGED),
        asked.count(CheckInOutcome.CONFLICTS),
    ) == (
        False,
        1,
        1,
        1,
    )
    (question,) = asked.questions
    assert question.record == "Support offer on 18 Sep 2026, case PHX-1"
    assert next((line.mine, line.theirs) for line in question.lines) == ("Accepted", "Declined")

    answers = tmp_path / "conflicts.csv"
    write_questions(place.session, answers, asked.questions)
    assert answers.stat().st_mode & 0o077 == 0
    answers.write_text(
        answers.read_text(encoding="utf-8").replace("mine;theirs,", "mine;theirs,mine"), encoding="utf-8"
    )
    done = check_in(place.session, file, read_answers(answers))
    assert done.written
    assert place.get(Contact, ref).note == "seen in prison"
    assert place.get(Contact, ref).recorded_by == place.session.user
    merged = place.get(Offer, "O-2")
    assert (merged.response, merged.ended_on) == ("ACCEPTED", TODAY)
    assert place.get(Offer, "O-3").response == "ACCEPTED"
    _on_record(place, file, ref)

    before = place.everything()
    again = check_in(place.session, file)
    assert not again.written
    assert place.everything() == before
    contact(file)  # something more, after it was back
    more = check_in(replace(place.session, clock=lambda: NOW + timedelta(minutes=1)), file)
    assert (more.written, more.count(CheckInOutcome.ADDED), more.questions) == (True, 1, ())
    _nothing_stays_of_whoever_is_removed(place)


def _on_record(place: Place, file: Session, ref: str) -> None:
    """When it was recorded in the file stands in the audit, and the file's own audit is kept and proved."""
    with place.keeper.read() as reading, file.store.read() as held:
        audit = tables.audit
        said = (
            reading.connection.execute(
                select(audit.c.after).where(audit.c.kind == "COMBINATION", audit.c.object_type == "cases")
            )
            .scalars()
            .all()
        )
        told = [line for each in said for line in each["recorded"] if line[1] == ref]
        mine = held.get(Contact, ref)
        (proof,) = imported_audit.verify_imported_audits(reading)
        entries = held.connection.execute(select(audit.c.id)).all()
    assert mine.recorded_at is not None
    assert told == [["contacts", ref, 1, mine.recorded_at.isoformat(), mine.recorded_by]]
    assert (proof.entries, proof.reason) == (len(entries), "")


def _nothing_stays_of_whoever_is_removed(place: Place) -> None:
    """The audit that a file brought says who did what when, and no longer of whom; it proves whole all the same."""

    def words() -> str:
        with place.keeper.read() as reading:
            read = (tables.kept_trail, tables.take_away)
            return "".join(repr(row) for table in read for row in reading.connection.execute(select(table)))

    assert all(word in words() for word in ("PHX-1", "P-JM", "seen in prison"))
    with place.keeper.begin(ACT) as tx:
        for noun in reversed(RECORD_TYPES):
            owner = {"person_ref": "P-JM"} if "case_ref" not in noun.__dataclass_fields__ else {"case_ref": "PHX-1"}
            for record in tx.list_records(noun, **owner):
                tx.remove(record, "disposed of")
    assert [word for word in ("PHX-1", "P-JM", "seen in prison") if word in words()] == []
    with place.keeper.read() as reading:
        (proof,) = imported_audit.verify_imported_audits(reading)
    assert (proof.reason, proof.entries > 0) == ("", True)


def test_a_naive_copy_would_overwrite_a_colleague(place: Place) -> None:
    """The control: the same two changes, with the file's rows replacing those stored."""
    file = place.take("PHX-1")
    answered(file, "O-2", "ACCEPTED")
    ended(place.other, "O-2")
    with file.store.read() as held, place.keeper.begin(ACT) as tx:
        mine, present = held.get(Offer, "O-2"), tx.get(Offer, "O-2")
        tx.save(replace(present, **field_values(mine)))
    assert place.get(Offer, "O-2").ended_on is None


def test_what_was_removed_on_one_side_is_asked_and_an_answer_holds_for_what_was_asked_alone(place: Place) -> None:
    file = place.take("PHX-1")
    with file.store.begin(ACT) as tx:
        tx.save(replace(tx.get(Action, "AC-1"), done_on=TODAY))
        tx.remove(tx.get(Action, "AC-2"), "done already")
    with place.keeper.begin(ACT) as tx:
        tx.remove(tx.get(Action, "AC-1"), "written twice")
    asked = check_in(place.session, file)
    assert {each.key: each.picks for each in asked.questions} == {
        "AC-1": (MergeChoice.MINE, MergeChoice.THEIRS),
        "AC-2": (MergeChoice.THEIRS,) if place.session.store.case_gate else (MergeChoice.MINE, MergeChoice.THEIRS),
    }
    picks = {each.id: MergeChoice.THEIRS for each in asked.questions}
    with place.keeper.begin(ACT) as tx:
        tx.save(replace(tx.get(Action, "AC-2"), owner="somebody else"))
    again = check_in(place.session, file, picks)
    assert [each.key for each in again.questions] == ["AC-2"]
    picks |= {each.id: MergeChoice.THEIRS for each in again.questions}
    assert check_in(place.session, file, picks).written
    assert place.seek(Action, "AC-1") is None
    assert place.get(Action, "AC-2").owner == "somebody else"
    assert not check_in(place.session, file).written


def test_a_removal_is_asked_about_with_its_reason_in_brackets_and_without_brackets_where_it_has_none(
    place: Place,
) -> None:
    file = place.take("PHX-1")
    with file.store.begin(ACT) as tx:
        tx.remove(tx.get(Action, "AC-1"), "")
        tx.remove(tx.get(Action, "AC-2"), "done already")
    named = replace(place.session, names=WorkerNames({"holt": "R. HOLT"}))
    questions = check_in(named, file).questions
    said = {each.key: each.sentence for each in questions}
    assert said["AC-1"].startswith("It was removed from the file by R. HOLT, and the database still has it.")
    assert said["AC-2"].startswith(
        "It was removed from the file by R. HOLT (done already), and the database still has it."
    )
    assert {each.last_saved.split(",")[0] for each in questions} == {"R. HOLT"}


def test_what_a_service_would_refuse_is_refused_with_its_words(place: Place) -> None:
    file = place.take("PHX-1", "IOM-1")
    propose_decision(
        file, ProposeDecision(request=request(), case_ref="PHX-1", decision="HOLD", reason="came to the next one")
    )
    with file.store.begin(ACT) as tx:  # by whoever can write to the file without the program
        proposal = next(iter(tx.list_records(Proposal, case_ref="PHX-1")))
        tx.add(
            Decision(
                decision_ref="D-FORGED",
                case_ref="PHX-1",
                decided_on=TODAY,
                decision="HOLD",
                reason="x",
                proposed_by=place.other.user,
                authorised_by=place.session.user,
            )
        )
        tx.add(Offer(offer_ref="O-EARLY", case_ref="PHX-1", offer_type="MENTORING", offered_on=TODAY,
                     responded_on=date(2026, 1, 1), response="ACCEPTED"))  # fmt: skip
        tx.add(RagEntry(case_ref="IOM-1", set_on=TODAY, rag="GREEN", reason="kept all"))
        for begins, ends in ((1, 3), (8, 10)):
            received, released = date(2026, 10, begins), date(2026, 10, ends)
            tx.add(CustodySpell(person_ref="P-JM", received_on=received, released_on=released))
    with place.keeper.begin(ACT) as tx:
        tx.add(CustodySpell(person_ref="P-JM", received_on=date(2026, 10, 2), released_on=date(2026, 10, 6)))
    with pytest.raises(CheckedOut):
        authorise_proposal(file, AnswerProposal(request=request(), proposal_ref=proposal.proposal_ref, revision=1))
    set_rag(place.other, SetRag(request=request(), case_ref="IOM-1", rag="RED", set_on=TODAY, reason="arrested"))
    asked = check_in(place.session, file)
    told = {each.key: (each.sentence, each.picks) for each in asked.questions}
    assert told["D-FORGED"] == (OFFLINE_DECISION_MESSAGE, (MergeChoice.THEIRS,))
    assert told["O-EARLY"][0].startswith("The offer was made on 15 Oct 2026; it cannot be answered before.")
    assert told["P-JM/2026-10-01"] == (
        "This overlaps the custody spell received on 2 Oct 2026, which lasts until 6 Oct 2026.",
        (MergeChoice.THEIRS,),
    )
    assert told["IOM-1/2026-10-15"][1] == (MergeChoice.MINE, MergeChoice.THEIRS)  # a colour is always asked
    done = check_in(place.session, file, {each.id: MergeChoice.THEIRS for each in asked.questions})
    assert done.written
    assert place.seek(Decision, "D-FORGED") is None
    assert place.seek(Offer, "O-EARLY") is None
    assert place.seek(CustodySpell, "P-JM", date(2026, 10, 1)) is None
    assert place.get(CustodySpell, "P-JM", date(2026, 10, 8)).released_on == date(2026, 10, 10)
    assert place.get(RagEntry, "IOM-1", TODAY).rag == "RED"
    there = place.get(Proposal, proposal.proposal_ref)
    assert (there.status, there.proposed_by) == ("PROPOSED", place.session.user)
    with pytest.raises(NotAllowed, match="took this file offline"):
        check_in(place.other, file)


def test_on_a_server_a_case_that_is_no_longer_theirs_takes_nothing(office: Office, tmp_path: Path) -> None:
    session = office.session("officer")
    path = tmp_path / "away.ioms"
    check_out_cases(session, CheckOutCases(path=path, cases=("PHX-1",), reason="CASE_WORK", password=PASSWORD))
    file = sign_in(str(path), session.user, PASSWORD, clock=lambda: NOW)
    contact(file)
    with office.raw("supervisor") as psql:
        psql.execute("SELECT set_access('PHX-1', 't_officer', 'EXCLUDED', true)")
    asked = check_in(session, file)
    assert [each.sentence for each in asked.questions] == [
        "There is no case PHX-1 that you may open. Check the reference or ask a supervisor."
    ]
    file.store.close()


def test_whatever_the_two_sides_do_each_change_is_kept_or_asked_about(place: Place) -> None:
    """A seeded crowd of changes against the rule in one line: mine, theirs, both, or a question."""
    chance = Random(3)  # noqa: S311 - a choice of what to try
    refs = [f"AC-M-{number}" for number in range(MANY)]
    with place.keeper.begin(ACT) as tx:
        for ref in refs:
            tx.add(Action(action_ref=ref, case_ref="PHX-1", text="text", owner="owner", due_on=TODAY))
    file = place.take("PHX-1")
    done = {
        ref: [
            {name: chance.choice(("one", "two")) for name in ("text", "owner") if chance.random() < ODDS} for _ in "mt"
        ]
        for ref in refs
    }
    for store, side in ((file.store, 0), (place.keeper, 1)):
        with store.begin(ACT) as tx:
            for ref in refs:
                if done[ref][side]:
                    tx.save(replace(tx.get(Action, ref), **done[ref][side]))  # type: ignore[arg-type]  # texts by name
    asked = check_in(place.session, file)
    differing = {
        (ref, name)
        for ref, (mine, theirs) in done.items()
        for name in mine.keys() & theirs
        if mine[name] != theirs[name]
    }
    assert {(each.key, each.group) for each in asked.questions} == differing
    assert differing
    picks = {each.id: chance.choice(each.picks) for each in asked.questions}
    chosen = {(each.key, each.group): picks[each.id] for each in asked.questions}
    check_in(place.session, file, picks)
    for ref, (mine, theirs) in done.items():
        now = place.get(Action, ref)
        for name in ("text", "owner"):
            mine_wins = name in mine and (name not in theirs or chosen.get((ref, name)) is MergeChoice.MINE)
            expected = mine[name] if mine_wins else theirs.get(name, mine.get(name, name))
            assert getattr(now, name) == expected, (ref, name)
    before = place.everything()
    assert not check_in(place.session, file, picks).written
    assert place.everything() == before


def test_on_a_server_each_brings_back_what_their_role_may_write(office: Office, tmp_path: Path) -> None:
    """A navigator's contact and an officer's next status: what a navigator cannot read stays as it was."""
    keeper = opened(office.location)
    with keeper.read() as reading:
        hidden = (reading.get(Case, "PHX-1").trial_arm, reading.get(Contact, "N-1").note)
    for role in ("navigator", "officer"):
        session, path = office.session(role), tmp_path / f"{role}.ioms"
        check_out_cases(session, CheckOutCases(path=path, cases=("PHX-1",), reason="CASE_WORK", password=PASSWORD))
        file = sign_in(str(path), session.user, PASSWORD, clock=lambda: NOW)
        contact(file)
        if role == "officer":
            entry = ChangeStatus(request=request(), case_ref="PHX-1", revision=1, status="IN_CUSTODY")
            change_status(file, entry)
        with statements_of(session.store.engine) as statements:
            report = check_in(session, file)
        assert set(LONG_WORK) <= set(statements)
        assert (report.written, report.questions) == (True, ())
        file.store.close()
    with keeper.read() as reading:
        case = reading.get(Case, "PHX-1")
        assert (case.trial_arm, reading.get(Contact, "N-1").note) == hidden
        assert (case.status, case.recorded_by) == ("IN_CUSTODY", "t_officer")
        notes = [each for each in reading.list_records(Contact, case_ref="PHX-1") if each.note == "seen in prison"]
    assert {each.recorded_by for each in notes} == {"t_navigator", "t_officer"}
    keeper.close()


def test_a_person_and_a_case_are_named_by_their_reference_and_the_rest_by_its_day() -> None:
    person = Person(person_ref="P-1", family_name="Marlow", given_names="Jayden", date_of_birth=date(2008, 10, 28))
    case = Case(case_ref="PHX-1", person_ref="P-1", programme="PHOENIX", status="POOL", referred_on=date(2026, 9, 7))
    rag = RagEntry(case_ref="IOM-1", set_on=date(2026, 10, 13), rag="RED", reason="why")
    assert [describe_record(each) for each in (person, case, rag)] == [
        "Person P-1",
        "Case PHX-1",
        "RAG on 13 Oct 2026, case IOM-1",
    ]
