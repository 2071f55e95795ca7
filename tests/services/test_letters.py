"""Letters: filled from the case, kept exactly as they were sent, in the register, and none that may not be."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from ioms_desktop.domain.access.case_access import AccessList
from ioms_desktop.domain.access.roles import Role
from ioms_desktop.domain.errors import (
    ConflictingValues,
    FileExists,
    MalformedValue,
    Missing,
    MissingValue,
    NotAllowed,
    NotOnThisProgramme,
    NotPossibleNow,
    NotToldYet,
    Refused,
    StepNotReady,
    UnknownCode,
    WrongFile,
)
from ioms_desktop.domain.letters.kinds import LetterKind
from ioms_desktop.domain.printing.audiences import Audience
from ioms_desktop.domain.records.cases import Case
from ioms_desktop.domain.records.documents.document import Document
from ioms_desktop.services.cases.cases import open_case
from ioms_desktop.services.commands import find_outcome
from ioms_desktop.services.documents.documents import open_document
from ioms_desktop.services.drafts import begin_note, list_drafts, save_draft
from ioms_desktop.services.letters.letters import (
    WriteLetter,
    offered_letters,
    preview_letter,
    read_letter_facts,
    write_letter,
)
from ioms_desktop.services.printing.packs.printed_letter import find_printed_letter, note_of_print, record_what_came_out
from ioms_desktop.services.printing.papers import PaperState, list_papers
from ioms_desktop.services.printing.sharing_log import record_never_made, record_unfinished_letter
from ioms_desktop.services.recording.corrections import StrikeOut, strike_out
from ioms_desktop.services.records.copy_entries import DOCUMENT_DETAIL
from ioms_desktop.services.records.recalls import (
    CopyToRecall,
    MarkRecalled,
    RecallResult,
    get_copies_to_recall,
    list_copies_to_recall,
    mark_recalled,
    printed_copies,
)
from ioms_desktop.services.session import Session
from ioms_desktop.services.user_paths import data_folder
from ioms_desktop.storage.access_lists import set_access_entry
from ioms_desktop.storage.printing.papers import STOPPED, papers_of_cases
from ioms_desktop.storage.store import Store
from keys import opened
from paper_prints import printed_pdf
from reports.reading import pages_of
from services.exchange_session import decision, iom, person, phoenix, put, session_at, taken
from sessions import given_to, request
from shared_people import Office

AT = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)
CHECKED = {"child_checks": "NRM=yes;YJS=yes;PARENT=yes;DIVERSION=yes;COMMUNICATION=yes;GILLICK=yes"}
SAID = {"om": "Sam Adeyemi", "phone": "0116 496 0000", "place": "the centre", "why": "You did it."}


def caseload(folder: Path) -> None:
    """Write a child who was warned and whose father may not be told, a nominal, and somebody in the control arm."""
    where = {"address": "14 Narborough Road, Leicester", "postcode": "LE3 0BP"}
    people = [
        person("P1", date_of_birth="2011-03-01", parent_or_carer="Kim Marlow (mother); Joe Marlow (father)", **where),
        person("P2", date_of_birth="1990-03-01", **where),
        person("P3", date_of_birth="1994-02-14"),
        person("P4", date_of_birth="2011-03-01", parent_or_carer="Kim Marlow", **where),
    ]
    put(folder, "people", people)
    father = {"carer_ref": "CR1", "person_ref": "P1", "name": "Joe MARLOW", "relation": "father"}
    put(folder, "carers", [{**father, "may_be_told": "no"}])
    control = phoenix("C2", "P2", status="RANDOMISED", notified_on="", trial_arm="CONTROL")
    put(folder, "cases", [phoenix("C1", "P1"), control, iom("C3", "P3"), phoenix("C4", "P4")])
    told = {"told_participant": "in plain words", "actioned_on": "2026-11-03", **CHECKED}
    untold = {**told, "child_checks": CHECKED["child_checks"].replace("PARENT=yes", "PARENT=no: not safe")}
    put(folder, "decisions", [decision("D1", "C1", **told), decision("D2", "C4", **untold)])
    offer = {"case_ref": "C1", "offered_on": "2026-10-20", "offer_ref": "O1", "offer_type": "MENTORING"}
    put(folder, "offers", [{**offer, "offer_ref": "O0", "offer_type": "SUBSTANCE"}, offer])
    meeting = {"case_ref": "C1", "contact_type": "OFFICE", "worker": "N. OKORO", "location": "Harbour Road"}
    check = {**meeting, "appointment_ref": "A0", "contact_type": "HOME_VISIT_UNANNOUNCED"}
    planned = {**meeting, "appointment_ref": "A1", "starts_at": "2026-12-01T16:30"}
    put(folder, "appointments", [{**check, "starts_at": "2026-11-30T16:30"}, planned])


@pytest.fixture
def session(store: Store, tmp_path: Path) -> Session:
    folder = tmp_path / "in"
    folder.mkdir()
    caseload(folder)
    taken(session_at(store, at=AT), folder)
    return session_at(store, at=AT)


def entry(session: Session, kind: LetterKind, case_ref: str = "C1", **said: str) -> WriteLetter:
    facts = read_letter_facts(session, open_case(session, case_ref), kind)
    return WriteLetter(
        request=request(),
        case_ref=case_ref,
        kind=kind,
        values={**SAID, "day": "2026-11-03", "conduct": "On 2 November you had a knife.", **facts.values, **said},
        address=facts.address or "1 High Street",
        parent=facts.parent,
    )


def documents(session: Session, case_ref: str = "C1") -> list[Document]:
    return list(open_case(session, case_ref).of(Document))


def test_a_letter_is_kept_exactly_as_it_was_previewed_and_sent_and_the_register_says_who_has_it(
    session: Session, tmp_path: Path
) -> None:
    wanted, path = entry(session, LetterKind.VERBAL_WARNING), tmp_path / "letter.pdf"
    before = len(list_papers(session))
    preview = preview_letter(session, wanted).pdf
    with pytest.raises(NotPossibleNow, match="wording of this letter has changed"):
        write_letter(session, replace(wanted, wording="the one before"), path)
    assert (documents(session), len(list_papers(session))) == ([], before), "neither keeps and hands out anything"
    written = write_letter(session, wanted, path)
    (kept,) = documents(session)
    assert path.read_bytes() == written.pdf == preview == open_document(session, "C1", kept.document_ref).content
    assert (kept.kind, kept.source, kept.title[:23]) == ("LETTER", "HOLT", "Verbal warning, confirm")
    assert written.copies == 2, "the parent has one too"
    papers = list_papers(session)[: len(list_papers(session)) - before]
    assert {each.recipient.split(",")[0] for each in papers} == {
        read_letter_facts(session, open_case(session, "C1"), wanted.kind).full_name,
        "Kim Marlow",
    }
    for each in papers:
        assert (each.digest, each.what) == (sha256(preview).hexdigest(), "Letter: Verbal warning, confirmed")
        assert each.power == "Common-law policing purpose"
    text = " ".join(" ".join(pages_of(preview)).split())
    assert text.count("The offer of support remains open.") == 1
    for words in (
        "14 Narborough Road",
        "Copy to: Kim Marlow",
        "On 3 November 2026 we spoke",
        papers[0].print_id,
        "Identity restricted",
    ):
        assert words in text
    again = write_letter(session, wanted)
    assert (again, len(documents(session))) == (written, 1), "as many copies as before, for the printer"
    assert written.outcome.undo is None
    assert "Record on the decision when it is served" in written.outcome.notice


def test_what_the_printer_did_not_make_is_said_of_that_letter_and_of_no_other_paper(session: Session) -> None:
    wanted = entry(session, LetterKind.VERBAL_WARNING)
    first = write_letter(session, wanted)
    same = write_letter(session, replace(wanted, request=request()))  # of the same code: the same words on one day
    printed_pdf(session, "C1", audience=Audience.PARTNER, reason_code="CASE_CONFERENCE", **given_to("Jo Reid"))

    def became() -> list[tuple[str, PaperState]]:
        return [(each.recipient.split(",")[0], each.state) for each in reversed(list_papers(session))]

    child, out, stopped = became()[0][0], PaperState.OUT, PaperState.NOT_PRINTED
    record_unfinished_letter(session, "C1", first.outcome.ref, whole=1, reason_code="CASE_WORK")
    told = [(child, out), ("Kim Marlow", stopped), (child, out), ("Kim Marlow", out), ("Jo Reid", out)]
    assert became() == told, "her copy of the first alone; what was printed since did leave"
    with pytest.raises(Missing):
        record_unfinished_letter(session, "C1", first.outcome.ref, whole=1, reason_code="CASE_WORK")
    note_twice(session, first.outcome.ref)  # as it could be said before that was refused
    printed = find_printed_letter(session, open_case(session, "C1"), first.outcome.ref)
    assert [each.split(",")[0] for each in printed.recipients] == [child], "what is settled is not asked about"
    unanswered = entry(session, LetterKind.VERBAL_WARNING, day="2026-11-04")
    write_letter(session, unanswered)
    kept = find_outcome(session, unanswered.request)
    assert kept is not None
    record_unfinished_letter(session, "C1", kept.ref, whole=0, reason_code="CASE_WORK")
    told += [(child, stopped), ("Kim Marlow", stopped)]
    assert became() == told, "neither came out, though the answer was lost"
    with session.store.read() as reading:
        log = printed_copies(reading, "C1", datetime.max.replace(tzinfo=UTC))
    assert [each.recipient.split(",")[0] for each in log] == [name for name, state in told if state is out]
    for ref, whole in ((kept.ref, 2), ("", 0), (same.outcome.ref, 2)):
        with pytest.raises(Missing):
            record_unfinished_letter(session, "C1", ref, whole=whole, reason_code="CASE_WORK")
    assert became() == told, "what is no copy of the letter is not said to be on record"


def test_what_became_of_one_copy_of_a_letter_is_not_said_of_the_other(session: Session) -> None:
    write_letter(session, entry(session, LetterKind.VERBAL_WARNING))
    (kept,) = documents(session)
    later = replace(session, clock=lambda: AT + timedelta(hours=1))
    wrong = StrikeOut(
        request=request(), case_ref="C1", table=kept.table, key_text=kept.key_text, revision=1, reason="Twice"
    )
    strike_out(later, wrong)

    def due() -> dict[str, CopyToRecall]:
        return {each.recipient.split(",")[0]: each for each in list_copies_to_recall(later)}

    def became() -> dict[str, tuple[PaperState, bool]]:
        return {each.recipient.split(",")[0]: (each.state, each.may_recall) for each in list_papers(later)}

    (child,) = due().keys() - {"Kim Marlow"}
    childs, parents = due()[child], due()["Kim Marlow"]
    assert childs.print_id == parents.print_id, "the control: one code at the foot of both"
    assert [get_copies_to_recall(later, each.ref, "C1") for each in (childs, parents)] == [(childs,), (parents,)]
    either = MarkRecalled(
        request=request(), case_ref="C1", print_id=childs.print_id, result=RecallResult.RECALLED, reason="Back"
    )
    with pytest.raises(Missing, match="it does not say whose is meant"):
        mark_recalled(later, either)
    with pytest.raises(Missing):
        record_never_made(replace(later, user="colleague"), childs, "The printer stopped", request())
    assert became() == dict.fromkeys((child, "Kim Marlow"), (PaperState.OUT, True))
    record_never_made(later, childs, "The printer stopped", request())
    assert due() == {"Kim Marlow": parents}, "she still has hers"
    assert became() == {child: (PaperState.NOT_PRINTED, False), "Kim Marlow": (PaperState.OUT, True)}
    with pytest.raises(Missing):
        record_never_made(later, childs, "The printer stopped", request())
    write_letter(later, entry(later, LetterKind.VERBAL_WARNING, day="2026-11-04"))
    again = {each.recipient.split(",")[0]: each for each in list_papers(later) if each.state is PaperState.OUT}[child]
    for ref in (parents.ref, again.ref):
        mark_recalled(later, replace(either, request=request(), print_id=ref))
    assert due() == {}
    states = [(each.recipient.split(",")[0], each.state) for each in reversed(list_papers(later))]
    assert states == [
        (child, PaperState.NOT_PRINTED),
        ("Kim Marlow", PaperState.RECALLED),
        (child, PaperState.RECALLED),
        ("Kim Marlow", PaperState.OUT),
    ]


def note_twice(session: Session, document_ref: str) -> None:
    """Put a second time on record that the copy of a parent was not printed."""
    with session.store.begin(session.command_context(reason_code="CASE_WORK"), "print_not_made") as tx:
        (entry,) = (each for each in papers_of_cases(tx, ["C1"]) if each.act == STOPPED)
        assert entry.detail[DOCUMENT_DETAIL] == document_ref
        tx.log(
            "DISCLOSURE",
            object_type=Case.table,
            object_ref="C1",
            subject_ref=entry.person_ref,
            recipient=entry.recipient or "",
            detail=entry.detail,
        )


def test_a_case_fills_what_it_can_and_leaves_the_rest_to_be_asked(session: Session) -> None:
    view = open_case(session, "C1")
    meet = read_letter_facts(session, view, LetterKind.APPOINTMENT)
    assert [meet.values[name] for name in ("day", "time", "place")] == ["2026-12-01", "16:30", "Harbour Road"]
    assert "phone" not in meet.values
    assert read_letter_facts(session, view, LetterKind.OFFER).values["offer"] == "a mentor"
    abc = read_letter_facts(session, view, LetterKind.ABC).values
    assert abc["support"] == "We have offered you a mentor.", "the parent signs it, and is not told of other help"
    assert (abc["day"], abc["until"], "promises" in abc) == ("2026-11-28", "2027-05-28", False)
    assert read_letter_facts(session, open_case(session, "C3"), LetterKind.OFFER).address == ""
    offered = {each.kind for each in offered_letters(session, view)}
    assert LetterKind.VERBAL_WARNING in offered
    assert not {LetterKind.WRITTEN_WARNING, LetterKind.ABC, LetterKind.IOM_NOTICE} & offered


def test_no_letter_is_written_that_may_not_be_and_nothing_is_left_of_the_attempt(
    session: Session, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    there = tmp_path / "there.pdf"
    there.write_text("kept")
    meet, warn = entry(session, LetterKind.APPOINTMENT), entry(session, LetterKind.VERBAL_WARNING)
    untold = entry(session, LetterKind.VERBAL_WARNING, "C4")
    assert untold.parent == "", "the parent who must not be told is not proposed"
    wrong: list[tuple[str, WriteLetter, type[Refused], str]] = [
        ("a step that nobody authorised", entry(session, LetterKind.WRITTEN_WARNING), StepNotReady, "kind"),
        ("a contract that nobody authorised", entry(session, LetterKind.ABC), StepNotReady, "kind"),
        ("another programme", entry(session, LetterKind.IOM_NOTICE), NotOnThisProgramme, "kind"),
        ("the control arm", entry(session, LetterKind.OFFER, "C2"), Refused, "trial_arm"),
        ("the parent of an adult", entry(session, LetterKind.PARENT, "C3"), NotToldYet, "kind"),
        ("no parent of a child who is warned", replace(warn, parent=""), MissingValue, "parent"),
        ("a parent who must not be told", replace(untold, parent="Kim Marlow"), ConflictingValues, "parent"),
        ("no address", replace(meet, address=" \n "), MissingValue, "address"),
        ("no number to call", replace(meet, values={**meet.values, "phone": ""}), MissingValue, "phone"),
        (
            "a threat",
            replace(meet, values={**meet.values, "place": "here or you will be arrested"}),
            MalformedValue,
            "place",
        ),
        ("no power", replace(meet, power="WISHES"), UnknownCode, "power"),
    ]
    for name, each, error, field in wrong:
        for act in (preview_letter, write_letter):
            with subtests.test(f"{name}: {act.__name__}"), pytest.raises(error) as refused:
                act(session, each)
            assert refused.value.field == field
    with pytest.raises(FileExists):
        write_letter(session, meet, there)
    with pytest.raises(WrongFile):
        write_letter(session, meet, tmp_path / "letter.docx")
    for role in (Role.COORDINATOR, Role.ANALYST, Role.AUDITOR, Role.PARTNER):
        with subtests.test(role.value), pytest.raises(NotAllowed):
            write_letter(replace(session, role=role), meet)
    assert there.read_text() == "kept"
    assert (documents(session), list_papers(session)) == ([], [])
    assert write_letter(session, replace(warn, parent="", no_copy="not safe at home")).pdf, "the controls"
    assert "Kim" not in " ".join(pages_of(write_letter(session, replace(untold, no_copy="not safe")).pdf))
    assert write_letter(session, meet, there, overwrite=True).pdf == there.read_bytes()


def test_on_a_server_who_works_with_the_person_writes_the_letter_and_nobody_else_learns_of_it(
    office: Office,
) -> None:
    navigator = office.session("navigator")
    facts = read_letter_facts(navigator, open_case(navigator, "PHX-1"), LetterKind.OFFER)
    wanted = WriteLetter(
        request=request(),
        case_ref="PHX-1",
        kind=LetterKind.OFFER,
        values={**SAID, **facts.values},
        address="1 High Street",
    )
    preview, written = preview_letter(navigator, wanted).pdf, write_letter(navigator, wanted)
    assert preview == written.pdf
    assert written.outcome.notice.endswith("by whom, and who was there.")
    (paper,) = list_papers(navigator)
    assert (paper.what, paper.digest != "", paper.is_given) == ("Letter: Offer of support", True, True)
    record_unfinished_letter(navigator, "PHX-1", written.outcome.ref, whole=0, reason_code="CASE_WORK")
    assert [each.state for each in list_papers(navigator)] == [PaperState.NOT_PRINTED]
    for role in ("coordinator", "analyst", "administrator"):
        with pytest.raises(NotAllowed):
            write_letter(office.session(role), replace(wanted, request=request()))
    with pytest.raises(Refused):  # a navigator knows of no case of IOM
        write_letter(navigator, replace(wanted, request=request(), case_ref="IOM-1"))
    assert len(list_papers(office.session("auditor"))) == 1


def test_a_note_of_a_print_asks_once_its_user_signed_in_again_until_it_is_known_what_came_out(
    session: Session, location: str
) -> None:
    now = [AT]
    mine = replace(session, draft_key=bytes(32), clock=lambda: now[0])
    wanted, never = entry(mine, LetterKind.VERBAL_WARNING), entry(mine, LetterKind.APPOINTMENT)
    note, unwritten = note_of_print(mine, wanted), note_of_print(mine, never)
    begin_note(mine, note)
    elsewhere = [save_draft(mine, replace(each, id=f"{number}")) for number, each in enumerate((note, unwritten))]
    now[0] += timedelta(minutes=1)
    assert asked(mine) == [], "neither is written yet, and none of the three is lost"
    written = write_letter(mine, wanted)
    assert asked(mine) == [elsewhere[0].id], "not while it prints in this window"
    store = opened(location)
    try:
        again = replace(mine, store=store)
        assert asked(again) == sorted([elsewhere[0].id, note.id]), "the window in which it printed is no longer there"
        write_letter(again, never)
        now[0] += timedelta(days=20)
        assert len(asked(again)) == 3, "no note is too old to be answered"
        save_draft(again, replace(unwritten, id="lost", about="of a letter that was never written"))
        now[0] += timedelta(hours=2)
        assert list_drafts(again).notes == ()
        assert len(asked(again)) == 3
        assert list(data_folder().rglob("lost.draft")) == [], "by now it would be written"
        keep_away(again, listed=True)
        (closed, *_) = list_drafts(again).entries
        assert (closed.is_closed, closed.can_reopen) == (True, False)
        keep_away(again, listed=False)
        assert {each.can_reopen for each in list_drafts(again).entries} == {True}
        wrong = {"case_ref": "C1", "table": Document.table, "key_text": written.outcome.ref}
        strike_out(again, StrikeOut(request=request(), **wrong, revision=1, reason="Written to the wrong person."))
        assert len(asked(again)) == 3, "it went out, though it was taken out"
        view = open_case(again, "C1")
        letter = find_printed_letter(again, view, wanted.request)
        assert (letter.title, len(letter.recipients)) == ("Letter: Verbal warning, confirmed", 2)
        record_what_came_out(again, letter, whole=1)
        left = [each.draft.about for each in list_drafts(again).entries]
        assert left == [never.request], "answered for the two that ask about it"
        other = find_printed_letter(again, view, never.request)
        record_unfinished_letter(again, "C1", other.document_ref, whole=0, reason_code="CASE_WORK")
        assert asked(again) == [], "it is on record, and nobody needs to be asked"
    finally:
        store.close()


def asked(session: Session) -> list[str]:
    return sorted(each.draft.id for each in list_drafts(session).entries)


def keep_away(session: Session, *, listed: bool) -> None:
    with session.store.begin(replace(session, user="WRIGHT").command_context(), "test") as tx:
        set_access_entry(tx, "C1", session.user, AccessList.EXCLUDED, listed=listed)
