"""What is typed outlives the window: kept while one types, offered again, sent once, forgotten when it was saved."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access.case_access import CaseRestriction, OrphanedCase
from ioms_desktop.domain.dates.day_time import DayTime
from ioms_desktop.domain.drafts import NOTE_FORMS, PRINTED_PAPERS_FORM, Draft, KnownNames, without_people
from ioms_desktop.domain.errors import Refused
from ioms_desktop.domain.printing.papers import PrintOfCase
from ioms_desktop.domain.records.appointments import Appointment
from ioms_desktop.domain.records.cases import Action, Referral
from ioms_desktop.domain.records.concerns_and_decisions import Concern, Decision, Proposal
from ioms_desktop.domain.records.people import CustodySpell
from ioms_desktop.domain.records.record_types import RECORD_TYPE_BY_TABLE
from ioms_desktop.domain.retention import Disposal
from ioms_desktop.services import drafts
from ioms_desktop.services.access.case_access_admin import CaseAccess
from ioms_desktop.services.cases.cases import CaseView, open_case
from ioms_desktop.services.printing.packs.printed_letter import PrintedLetter
from ioms_desktop.services.printing.packs.printed_papers import PrintedPapers
from ioms_desktop.services.recording.decisions import DecisionPage, decision_page
from ioms_desktop.services.records.recalls import CopyToRecall
from ioms_desktop.services.retention.due_reviews import DueReview, list_reviews
from ioms_desktop.services.session import Outcome, Session
from ioms_desktop.services.user_paths import data_folder
from ioms_desktop.ui.actions.casework.letter_actions import PRINTED_LETTER
from ioms_desktop.ui.actions.dialog_action import DialogAction, Gathered, Target
from ioms_desktop.ui.actions.file_actions import PRINTED_PAPERS
from ioms_desktop.ui.actions.launcher import FORM_UNAVAILABLE_MESSAGE, DialogLauncher
from ioms_desktop.ui.actions.loaders import (
    ACTION,
    APPOINTMENT,
    CASE_ACCESS,
    CERTIFICATES,
    COPY,
    DECISION_PAGE,
    EDITIONS,
    NEXT_REVIEW,
    ORPHANED_CASES,
    PEOPLE,
    PERSON,
    REVIEW,
    TEAMS,
    VIEW,
    find_cases,
)
from ioms_desktop.ui.actions.recording_actions import RECORD_CONTACT
from ioms_desktop.ui.actions.registry import DRAFT_TITLES, action_for_draft
from ioms_desktop.ui.dialogs.autosave import IDLE_SAVE_DELAY_MS, MAX_SAVE_DELAY_MS, open_draft_ids, write_open_drafts
from ioms_desktop.ui.forms.choice_fields import Option
from ioms_desktop.ui.forms.fields import LongTextField, TextField
from ioms_desktop.ui.main_window.draft_dialog import UnsavedDialog
from ioms_desktop.ui.recording.record_contact import RecordContactDialog
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme.tokens import Theme
from plain_samples import sample_record
from ui.case_sessions import HARKER, MARLOW, session_of
from ui.entries import DAY, WORDS, answered, contact, files, keeping_session, on_record, typed_here
from ui.hands import CTRL, click, focused, press, write
from ui.held import held
from ui.kit_checks import nameless, shared_mnemonics
from ui.window_at_work import at_work, idle


@pytest.fixture
def session(local_location: str, theme: Theme) -> Iterator[Session]:
    assert theme.name == "light"
    kept = keeping_session(local_location)
    yield kept
    kept.store.close()


def test_it_is_kept_after_two_seconds_of_rest_and_every_ten_of_typing(
    qtbot: QtBot, tasks: Tasks, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (IDLE_SAVE_DELAY_MS, MAX_SAVE_DELAY_MS) == (2_000, 10_000)
    dialog = contact(session, tasks, qtbot)
    assert dialog.autosave is not None
    rest, longest = dialog.autosave.idle_timer, dialog.autosave.max_delay_timer
    dialog.what.edit.setFocus()
    write(focused(), "Seen")
    assert rest.isActive()
    assert longest.isActive()
    left = longest.remainingTime()
    write(dialog.what.edit, " at home")
    assert longest.remainingTime() <= left  # a key puts off the first, never the second
    rest.timeout.emit()
    qtbot.waitUntil(lambda: len(files()) == 1)
    assert not longest.isActive()
    qtbot.waitUntil(lambda: dialog.draft_status.text() == "Draft kept")
    write(dialog.what.edit, " with his mother")
    longest.timeout.emit()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    (entry,) = drafts.list_drafts(session).entries
    assert entry.draft.fields["done"] == "Seen at home with his mother"
    assert entry.draft.focus == "done"
    said: list[str] = []
    dialog.autosave.draft_saved.connect(lambda: said.append("kept"))
    with held(monkeypatch, drafts, "save_draft") as older:
        dialog.autosave.flush()
        older.has_result.wait()
        write(dialog.what.edit, ", who was well")
        dialog.autosave.flush()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert said == ["kept"], "not before the newest is"


def test_an_untouched_form_leaves_nothing_and_an_emptied_one_takes_its_file_away(
    qtbot: QtBot, tasks: Tasks, session: Session
) -> None:
    dialog = contact(session, tasks, qtbot)
    typed_here(dialog, qtbot, tasks)
    assert files() == []
    dialog.what.set_value("Seen")
    typed_here(dialog, qtbot, tasks)
    assert len(files()) == 1
    dialog.what.set_value("")
    typed_here(dialog, qtbot, tasks)
    assert files() == []


def test_without_a_key_nothing_is_kept_and_the_form_says_so(qtbot: QtBot, tasks: Tasks, session: Session) -> None:
    dialog = contact(replace(session, draft_key=None), tasks, qtbot)
    answered(dialog)
    typed_here(dialog, qtbot, tasks)
    assert dialog.draft_status.text() == "Kept only while this window is open"
    assert not data_folder().exists()


def test_a_folder_that_cannot_be_written_is_said_and_stops_nobody(qtbot: QtBot, tasks: Tasks, session: Session) -> None:
    data_folder().parent.mkdir()
    data_folder().write_text("a file in place of the folder", encoding="utf-8")
    dialog = contact(session, tasks, qtbot)
    answered(dialog)
    typed_here(dialog, qtbot, tasks)
    assert "cannot be kept on this computer" in dialog.banner.text_label.text()
    with qtbot.waitSignal(dialog.completed):
        dialog.accept()
    assert on_record(session) == 1


def test_only_an_acknowledged_save_takes_it_away(
    qtbot: QtBot, tasks: Tasks, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = contact(session, tasks, qtbot)
    answered(dialog)
    with monkeypatch.context() as patched:
        patched.setattr(dialog, "build_command", lambda: refuse)
        dialog.accept()
        qtbot.waitUntil(lambda: "in the meantime" in dialog.banner.text_label.text())
    assert len(files()) == 1  # written before it was sent
    with qtbot.waitSignal(dialog.completed):
        dialog.accept()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert files() == []
    assert on_record(session) == 1


def refuse() -> Outcome:
    raise Refused("The case was closed in the meantime. Your entry is kept.")


def test_cancel_asks_whether_to_keep_it_only_where_something_was_typed(
    qtbot: QtBot, tasks: Tasks, session: Session
) -> None:
    untouched = contact(session, tasks, qtbot)
    press(untouched, Qt.Key.Key_Escape)
    assert not untouched.isVisible()
    dialog = contact(session, tasks, qtbot)
    write(dialog.what.edit, WORDS)
    press(dialog, Qt.Key.Key_Escape)
    assert dialog.unsaved_prompt.isVisible()
    assert dialog.unsaved_prompt.keep_for_later_button.isVisible()
    assert shared_mnemonics(dialog) == []
    press(focused(), Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    qtbot.waitUntil(lambda: len(files()) == 1)
    other = contact(session, tasks, qtbot)
    assert "left here" in other.banner.text_label.text()
    write(other.what.edit, "Something else")
    assert not other.banner.isVisible()  # restored now it would take the place of what is being typed
    typed_here(other, qtbot, tasks)
    press(other, Qt.Key.Key_Escape)
    press(focused(), Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: not other.isVisible() and not tasks.is_busy)
    assert [each.draft.fields["done"] for each in drafts.list_drafts(session).entries] == [WORDS]


def test_the_same_form_on_the_same_case_offers_it_with_every_field(
    qtbot: QtBot, tasks: Tasks, session: Session
) -> None:
    dialog = contact(session, tasks, qtbot)
    answered(dialog)
    dialog.what.edit.setFocus()
    typed_here(dialog, qtbot, tasks)
    before, number = dialog.form.kept(), dialog.request
    dialog.keep_for_later()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    elsewhere = contact(session, tasks, qtbot, HARKER)
    assert not elsewhere.banner.isVisible()
    elsewhere.reject()
    tomorrow = replace(session, clock=lambda: session_of(session.store, today=date(2026, 10, 15)).clock())
    again = contact(tomorrow, tasks, qtbot)
    assert "from 14 Oct 2026" in again.banner.text_label.text()
    assert again.request != number
    click(again.banner.action_button)
    assert again.form.kept() == before
    assert again.when.value() == dialog.when.value()  # yesterday of the day on which it was typed
    assert again.request == number
    assert focused() is again.what.edit


def test_one_restored_twice_is_saved_once(qtbot: QtBot, tasks: Tasks, session: Session) -> None:
    dialog = contact(session, tasks, qtbot)
    answered(dialog)
    typed_here(dialog, qtbot, tasks)
    dialog.keep_for_later()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    (entry,) = drafts.list_drafts(session).entries
    for _ in range(2):
        again = contact(session, tasks, qtbot)
        again.restore(entry.draft)
        with qtbot.waitSignal(again.completed):
            again.accept()
        qtbot.waitUntil(lambda: not tasks.is_busy)
    assert on_record(session) == 1
    # Typed anew it has a number of its own, and is a second contact.
    anew = contact(session, tasks, qtbot)
    answered(anew)
    with qtbot.waitSignal(anew.completed):
        anew.accept()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert on_record(session) == 2


def test_several_people_come_back_with_what_was_said_of_each(qtbot: QtBot, tasks: Tasks, session: Session) -> None:
    dialog = contact(session, tasks, qtbot)
    answered(dialog)
    (near,) = find_cases(session)("Callum Harkar")
    assert "one letter" in near.detail, "it says why somebody is found whose name was typed wrongly"
    assert dialog.who is not None
    dialog.who.choose(near)
    dialog.fields_by_case[HARKER][1].set_value("Came along for the first hour")
    typed_here(dialog, qtbot, tasks)
    assert dialog.autosave is not None
    assert dialog.autosave.current_draft().cases == (HARKER,)
    dialog.keep_for_later()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    again = contact(session, tasks, qtbot)
    click(again.banner.action_button)
    assert [each.ref for each in again.chosen] == [HARKER]
    assert again.fields_by_case[HARKER][1].value() == "Came along for the first hour"


def test_every_form_opens_again_as_it_was_left(
    qtbot: QtBot, session: Session, tmp_path: Path, subtests: pytest.Subtests
) -> None:
    read = read_for_all(session)
    with at_work(qtbot, session, tmp_path) as window:
        for form in DRAFT_TITLES:
            with subtests.test(form):
                assert_opens_again(window.services.dialogs, session, form, read)


class Read(NamedTuple):
    """What many of the forms are opened with, as it was read before the first of them."""

    view: CaseView
    review: DueReview
    page: DecisionPage


def read_for_all(session: Session) -> Read:
    return Read(open_case(session, MARLOW), list_reviews(session, DAY)[0], decision_page(session, MARLOW, None))


def assert_opens_again(dialogs: DialogLauncher, session: Session, form: str, read: Read) -> None:
    action, gathered = action_for_draft(form), gathered_for(session, form, read)
    assert action is not None
    dialog = dialogs.make_for_draft(draft_of(session, form), action, gathered)
    assert dialog is not None, f"The dialog of {action.name} does not restore {form}: see its Origin."
    assert dialog.autosave is not None
    for number, field in enumerate(dialog.form.fields):
        if isinstance(field, TextField | LongTextField):
            field.set_value(f"{WORDS} {number}")
    draft = replace(dialog.autosave.current_draft(), revision=41)
    named = {line for text in draft.fields.values() for line in text.splitlines() if "\t" in line}
    assert all(any(ref in line for ref in draft.cases) for line in named), "a form says which cases it names: see Draft"
    typed = {name: f"{text}\nWith Jayden Marlow (P-MARLOW)" for name, text in draft.fields.items()}
    for kept in (draft, replace(draft, fields=typed, words="\n".join(typed.values()))):
        without = without_people(kept, {MARLOW, "P-MARLOW"}, KnownNames.of("MARLOW", "Jayden"))
        assert "marlow" not in str((without.fields, without.words, without.cases)).casefold(), (
            "nobody disposed of stays"
        )
    again = dialogs.make_for_draft(draft, action, gathered)
    assert again is not None
    again.restore(draft)
    assert again.form.kept() == dialog.form.kept()
    is_note = form in NOTE_FORMS  # which its form leaves as it is
    assert ((again.request, again.revision) == (dialog.request, 41)) is not is_note
    assert again.autosave is not None
    assert (again.autosave.id == draft.id) is not is_note
    for each in (dialog, again):
        each.deleteLater()


OFFER_REF = "O1-MARLOW"
SPELL = CustodySpell(person_ref="P-MARLOW", received_on=DAY)


def draft_of(session: Session, form: str) -> Draft:
    named = {
        "answer_proposal": "PR-1",
        "served": "DE-1",
        "finish_action": "AC-1",
        "action_day": "AC-1",
        "answer_referral": "RF-1",
        "name_somebody": "EXCLUDED",
    }
    named |= {"concern_end": "CN-1", "move_appointment": "AP-1", "cancel_appointment": "AP-1"}
    named |= {"release_custody": SPELL.key_text}
    about = named.get(form, OFFER_REF)
    return Draft(id="1", form=form, request="r", saved_at=session.clock(), case_ref=MARLOW, about=about)


def change_action_of(form: str) -> DialogAction:
    action = action_for_draft(form)
    assert action is not None
    return action


def gathered_for(session: Session, form: str, read: Read) -> Gathered:
    view = read.view
    verb = next((each for each in ("change_", "strike_out_", "move_") if form.startswith(each)), "")
    if form.removeprefix(verb) in RECORD_TYPE_BY_TABLE and verb:  # the last of what its action needs is the record
        changed = RECORD_TYPE_BY_TABLE[form.removeprefix(verb)]
        refs = {"case_ref": MARLOW, "person_ref": view.person.person_ref}
        record = sample_record(changed, session.lists, DAY, **refs)
        return Gathered(session, Target(case_ref=MARLOW), {VIEW: view, change_action_of(form).needs[-1]: record})
    proposal = Proposal(
        proposal_ref="PR-1", case_ref=MARLOW, rule=None, proposed_on=DAY, decision="HOLD", reason="Support changed.",
        proposed_by="A colleague", status="PROPOSED",
    )  # fmt: skip
    decision = Decision(
        decision_ref="DE-1", case_ref=MARLOW, decided_on=DAY, decision="ESCALATE", step="L1", reason="", proposed_by=""
    )
    concern = Concern(
        concern_ref="CN-1", case_ref=MARLOW, occurred_on=DAY, recorded_on=DAY, concern_type="ARREST"
    )  # fmt: skip
    offer = replace(view.offers[0], offer_ref=OFFER_REF)
    referral = Referral(referral_ref="RF-1", case_ref=MARLOW, unit="MACE", sent_on=DAY, status="SENT")
    appointment = Appointment(
        appointment_ref="AP-1", case_ref=MARLOW, starts_at=DayTime(DAY), contact_type="HOME_VISIT_ANNOUNCED"
    )
    waiting = Disposal(
        disposal_ref="DS-1", person_ref="P", proposed_by="A colleague", proposed_at=session.clock(), authority="RRD 1",
        reason="Six clear years.", status="PROPOSED", answered_by=None, answered_at=None, certificate=None,
    )  # fmt: skip
    given = {
        VIEW: replace(
            view,
            proposals=(proposal,),
            decisions=(decision,),
            offers=(offer,),
            concerns=(concern,),
            custody=(SPELL,),
            plain_records={**view.plain_records, Referral: (referral,)},
        ),
        APPOINTMENT: appointment,
        ACTION: Action(action_ref="AC-1", case_ref=MARLOW, text="Ring the college", owner="okoro", due_on=DAY),
        REVIEW: replace(
            read.review,
            proposed_disposal=waiting if form == "answer_disposal" else None,
            case_refs=(MARLOW,),
        ),
        CERTIFICATES: [waiting],
        PRINTED_LETTER: PrintedLetter(
            case_ref=MARLOW, document_ref="DO-1", title="Letter", recipients=("x",), reason_code="CASE_WORK"
        ),
        PRINTED_PAPERS: PrintedPapers(
            note=Draft(id="n", form=PRINTED_PAPERS_FORM, request="", saved_at=session.clock()),
            copies=((PrintOfCase(MARLOW, "P-1"),),),
            recipient="x",
            reason_code="CASE_WORK",
        ),
        DECISION_PAGE: read.page,
        CASE_ACCESS: CaseAccess(
            case_ref=MARLOW, restriction=CaseRestriction(), entries=(), at=session.clock(), shared=True
        ),
        PEOPLE: (Option("okoro", "okoro"),),
        PERSON: view.person,
        TEAMS: ("City",),
        COPY: CopyToRecall(
            id=1,
            case_ref=MARLOW,
            name="MARLOW, Jayden",
            programme="PHOENIX",
            print_id="P-1",
            document="",
            audience="full",
            copy="1 of 1",
            recipient="A colleague",
            printed_by="okoro",
            printed_at=session.clock(),
            errors=(),
        ),
        EDITIONS: (),
        NEXT_REVIEW: "",
        ORPHANED_CASES: (OrphanedCase(case_ref=MARLOW),),
    }
    draft = draft_of(session, form)
    return Gathered(session, Target(case_ref=draft.case_ref, about=draft.about), given)


def test_the_window_offers_what_was_left_and_opens_it(
    qtbot: QtBot, session: Session, tasks: Tasks, tmp_path: Path
) -> None:
    dialog = contact(session, tasks, qtbot)
    answered(dialog)
    dialog.what.edit.setFocus()
    typed_here(dialog, qtbot, tasks)
    dialog.keep_for_later()
    qtbot.waitUntil(lambda: not tasks.is_busy)
    with at_work(qtbot, session, tmp_path) as window:
        assert window.unsaved_banner.message.text() == "You have one unsaved entry."
        click(window.unsaved_banner.show_button)
        shown = window.findChild(UnsavedDialog)
        assert shown is not None
        shown.activateWindow()
        qtbot.waitUntil(shown.isActiveWindow)
        assert focused() is shown.entry_list
        item = shown.entry_list.currentItem()
        assert item is not None
        assert [item.text(column) for column in range(3)] == [
            "Contact",
            f"Jayden MARLOW, {MARLOW}",
            "14 Oct 2026, 11:00",
        ]
        assert f"What was done: {WORDS}" in shown.preview.toPlainText().splitlines()
        assert nameless(shown) == []
        assert shared_mnemonics(shown) == []
        press(focused(), Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: any(each.isVisible() for each in window.findChildren(RecordContactDialog)))
        idle(qtbot, window)
        again = next(each for each in window.findChildren(RecordContactDialog) if each.isVisible())
        assert again.what.value() == WORDS
        assert focused() is again.what.edit
        with qtbot.waitSignal(again.completed):
            press(focused(), Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        qtbot.waitUntil(lambda: not window.unsaved_banner.isVisible())
        assert on_record(session) == 1
        assert files() == []


def test_an_entry_is_thrown_away_with_an_undo(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    drafts.save_draft(session, draft_of(session, "rag"))
    with at_work(qtbot, session, tmp_path) as window:
        window.unsaved_banner.show_list()
        shown = window.findChild(UnsavedDialog)
        assert shown is not None
        click(shown.delete_button)
        idle(qtbot, window)
        assert (files(), shown.current_entry) == ([], None)
        qtbot.waitUntil(lambda: not window.unsaved_banner.isVisible())
        click(shown.message.action_button)
        idle(qtbot, window)
        assert len(files()) == 1
        assert shown.current_entry is not None
        shown.reject()


def test_an_entry_whose_record_has_changed_is_not_opened_and_its_words_stay(
    qtbot: QtBot, session: Session, tmp_path: Path
) -> None:
    draft = Draft(
        id="1", form="answer_proposal", request="r", saved_at=session.clock(), case_ref=MARLOW, about="PR-GONE",
        fields={"reason": WORDS}, words=f"Reason: {WORDS}",
    )  # fmt: skip
    drafts.save_draft(session, draft)
    with at_work(qtbot, session, tmp_path) as window:
        window.unsaved_banner.reopen(draft)
        idle(qtbot, window)
        assert window.messages.text_label.text() == FORM_UNAVAILABLE_MESSAGE
        window.unsaved_banner.show_list()
        shown = window.findChild(UnsavedDialog)
        assert shown is not None
        assert shown.preview.toPlainText() == f"Reason: {WORDS}"
        shown.reject()
        assert len(files()) == 1


def test_a_form_left_open_when_the_window_closes_is_kept(qtbot: QtBot, session: Session, tmp_path: Path) -> None:
    with at_work(qtbot, session, tmp_path) as window:
        gathered = gathered_for(session, "record_contact", read_for_all(session))
        dialog = RECORD_CONTACT.make(window.services.dialogs.context, gathered)
        assert isinstance(dialog, RecordContactDialog)
        dialog.what.set_value(WORDS)
        assert dialog.autosave is not None
        assert open_draft_ids(session) == {dialog.autosave.id}
        window.sign_out()
        assert len(files()) == 1
        assert write_open_drafts(session, 5.0)
