"""What is typed outlives the window: kept while one types, offered again, sent once, forgotten when it was saved."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from ioms_desktop.domain.access import Role
from ioms_desktop.domain.cases import Action
from ioms_desktop.domain.drafts import Draft
from ioms_desktop.domain.enforcement import Decision, Proposal
from ioms_desktop.domain.errors import Refused, Unreachable
from ioms_desktop.domain.support import Contact
from ioms_desktop.services import drafts
from ioms_desktop.services.cases import open_case
from ioms_desktop.services.decisions import decision_page
from ioms_desktop.services.desk import Desk, Outcome
from ioms_desktop.ui.dialog import CommandDialog
from ioms_desktop.ui.dialogs.record_contact import RecordContactDialog
from ioms_desktop.ui.dialogs.subject import CaseChoice, subject_of
from ioms_desktop.ui.draft_forms import FORMS, GONE, Ground
from ioms_desktop.ui.draft_keeper import IDLE, LONGEST, open_ids, write_all
from ioms_desktop.ui.draft_list import TITLES, UnsavedDialog
from ioms_desktop.ui.fields import LongTextField, TextField
from ioms_desktop.ui.picker import Found
from ioms_desktop.ui.tasks import Tasks
from ioms_desktop.ui.theme import Theme
from ui.case_desks import HARKER, MARLOW, desk_of, filled
from ui.hands import CTRL, click, focused, press, show, write
from ui.kit_checks import nameless, shared_mnemonics
from ui.window_at_work import at_work, idle

DAY = date(2026, 10, 14)
KEY = bytes(range(32))
WORDS = "Seen at home with his mother; college starts on Monday."


@pytest.fixture
def desk(local_location: str, theme: Theme) -> Iterator[Desk]:
    assert theme.name == "light"
    store = filled(local_location)
    yield replace(desk_of(store, Role.SUPERVISOR, today=DAY), draft_key=KEY)
    store.close()


def contact(desk: Desk, tasks: Tasks, qtbot: QtBot, case_ref: str = MARLOW) -> RecordContactDialog:
    made = RecordContactDialog(desk, tasks, subject_of(desk, open_case(desk, case_ref)), find=lambda _: [])
    qtbot.addWidget(made)
    show(qtbot, made)
    qtbot.waitUntil(lambda: not tasks.busy)
    return made


def answered(dialog: RecordContactDialog) -> None:
    dialog.happened.set_value("yes")
    dialog.when.edit.setText("yesterday 1430-1515")
    dialog.kind.set_value("HOME_VISIT_ANNOUNCED")
    dialog.behaviour.set_value("no")
    dialog.worry.set_value("no")
    dialog.what.set_value(WORDS)


def typed_here(dialog: CommandDialog, qtbot: QtBot, tasks: Tasks) -> None:
    assert dialog.keeper is not None
    dialog.keeper.flush()
    qtbot.waitUntil(lambda: not tasks.busy)


def files(folder: Path) -> list[Path]:
    return sorted((folder / "data").rglob("*.draft"))


def on_record(desk: Desk, words: str = WORDS) -> int:
    with desk.store.read() as reading:
        return sum(words in (each.note or "") for each in reading.of(Contact, case_ref=MARLOW))


# While one types -----------------------------------------------------------------------------------


def test_it_is_kept_after_two_seconds_of_rest_and_every_ten_of_typing(
    qtbot: QtBot, tasks: Tasks, desk: Desk, tmp_path: Path
) -> None:
    assert (IDLE, LONGEST) == (2_000, 10_000)
    dialog = contact(desk, tasks, qtbot)
    assert dialog.keeper is not None
    rest, longest = dialog.keeper.rest, dialog.keeper.longest
    dialog.what.edit.setFocus()
    write(focused(), "Seen")
    assert rest.isActive()
    assert longest.isActive()
    left = longest.remainingTime()
    write(dialog.what.edit, " at home")
    assert longest.remainingTime() <= left  # a key puts off the first, never the second
    rest.timeout.emit()
    qtbot.waitUntil(lambda: len(files(tmp_path)) == 1)
    assert not longest.isActive()
    qtbot.waitUntil(lambda: dialog.kept_line.text() == "Draft kept")
    write(dialog.what.edit, " with his mother")
    longest.timeout.emit()
    qtbot.waitUntil(lambda: not tasks.busy)
    (entry,) = drafts.drafts(desk).entries
    assert entry.draft.fields["done"] == "Seen at home with his mother"
    assert entry.draft.focus == "done"


def test_an_untouched_form_leaves_nothing_and_an_emptied_one_takes_its_file_away(
    qtbot: QtBot, tasks: Tasks, desk: Desk, tmp_path: Path
) -> None:
    dialog = contact(desk, tasks, qtbot)
    typed_here(dialog, qtbot, tasks)
    assert files(tmp_path) == []
    dialog.what.set_value("Seen")
    typed_here(dialog, qtbot, tasks)
    assert len(files(tmp_path)) == 1
    dialog.what.set_value("")
    typed_here(dialog, qtbot, tasks)
    assert files(tmp_path) == []


def test_without_a_key_nothing_is_kept_and_the_form_says_so(
    qtbot: QtBot, tasks: Tasks, desk: Desk, tmp_path: Path
) -> None:
    dialog = contact(replace(desk, draft_key=None), tasks, qtbot)
    answered(dialog)
    typed_here(dialog, qtbot, tasks)
    assert dialog.kept_line.text() == "Kept only while this window is open"
    assert not (tmp_path / "data").exists()


def test_a_folder_that_cannot_be_written_is_said_and_stops_nobody(
    qtbot: QtBot, tasks: Tasks, desk: Desk, tmp_path: Path
) -> None:
    (tmp_path / "data").write_text("a file in place of the folder", encoding="utf-8")
    dialog = contact(desk, tasks, qtbot)
    answered(dialog)
    typed_here(dialog, qtbot, tasks)
    assert "cannot be kept on this computer" in dialog.banner.words.text()
    with qtbot.waitSignal(dialog.sent):
        dialog.accept()
    assert on_record(desk) == 1


# Saved, refused, cancelled ---------------------------------------------------------------------------


def test_only_an_acknowledged_save_takes_it_away(
    qtbot: QtBot, tasks: Tasks, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = contact(desk, tasks, qtbot)
    answered(dialog)
    with monkeypatch.context() as patched:
        patched.setattr(dialog, "work", lambda: refuse)
        dialog.accept()
        qtbot.waitUntil(lambda: "in the meantime" in dialog.banner.words.text())
    assert len(files(tmp_path)) == 1  # written before it was sent
    with qtbot.waitSignal(dialog.sent):
        dialog.accept()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert files(tmp_path) == []
    assert on_record(desk) == 1


def refuse() -> Outcome:
    raise Refused("The case was closed in the meantime. Your entry is kept.")


def test_cancel_asks_whether_to_keep_it_only_where_something_was_typed(
    qtbot: QtBot, tasks: Tasks, desk: Desk, tmp_path: Path
) -> None:
    untouched = contact(desk, tasks, qtbot)
    press(untouched, Qt.Key.Key_Escape)
    assert not untouched.isVisible()
    dialog = contact(desk, tasks, qtbot)
    write(dialog.what.edit, WORDS)
    press(dialog, Qt.Key.Key_Escape)
    assert dialog.question.isVisible()
    assert dialog.later.isVisible()
    assert shared_mnemonics(dialog) == []
    press(focused(), Qt.Key.Key_L, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: not dialog.isVisible())
    qtbot.waitUntil(lambda: len(files(tmp_path)) == 1)
    other = contact(desk, tasks, qtbot)
    assert "left here" in other.banner.words.text()
    write(other.what.edit, "Something else")
    assert not other.banner.isVisible()  # restored now it would take the place of what is being typed
    typed_here(other, qtbot, tasks)
    press(other, Qt.Key.Key_Escape)
    press(focused(), Qt.Key.Key_D, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: not other.isVisible() and not tasks.busy)
    assert [each.draft.fields["done"] for each in drafts.drafts(desk).entries] == [WORDS]


# Offered again ---------------------------------------------------------------------------------------


def test_the_same_form_on_the_same_case_offers_it_with_every_field(qtbot: QtBot, tasks: Tasks, desk: Desk) -> None:
    dialog = contact(desk, tasks, qtbot)
    answered(dialog)
    dialog.what.edit.setFocus()
    typed_here(dialog, qtbot, tasks)
    before, number = dialog.form.kept(), dialog.request
    dialog.keep_for_later()
    qtbot.waitUntil(lambda: not tasks.busy)
    elsewhere = contact(desk, tasks, qtbot, HARKER)
    assert not elsewhere.banner.isVisible()
    elsewhere.reject()
    tomorrow = replace(desk, clock=lambda: desk_of(desk.store, today=date(2026, 10, 15)).clock())
    again = contact(tomorrow, tasks, qtbot)
    assert "from 14 Oct 2026" in again.banner.words.text()
    assert again.request != number
    click(again.banner.action)
    assert again.form.kept() == before
    assert again.when.value() == dialog.when.value()  # yesterday of the day on which it was typed
    assert again.request == number
    assert focused() is again.what.edit


def test_one_restored_twice_is_saved_once(qtbot: QtBot, tasks: Tasks, desk: Desk) -> None:
    dialog = contact(desk, tasks, qtbot)
    answered(dialog)
    typed_here(dialog, qtbot, tasks)
    dialog.keep_for_later()
    qtbot.waitUntil(lambda: not tasks.busy)
    (entry,) = drafts.drafts(desk).entries
    for _ in range(2):
        again = contact(desk, tasks, qtbot)
        again.restore(entry.draft)
        with qtbot.waitSignal(again.sent):
            again.accept()
        qtbot.waitUntil(lambda: not tasks.busy)
    assert on_record(desk) == 1
    # Typed anew it has a number of its own, and is a second contact.
    anew = contact(desk, tasks, qtbot)
    answered(anew)
    with qtbot.waitSignal(anew.sent):
        anew.accept()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert on_record(desk) == 2


def test_several_people_come_back_with_what_was_said_of_each(qtbot: QtBot, tasks: Tasks, desk: Desk) -> None:
    dialog = contact(desk, tasks, qtbot)
    answered(dialog)
    also = Found(7, "Callum Harker", f"born 14 Feb 1994 · {HARKER}")
    assert dialog.who is not None
    dialog.found[7] = CaseChoice(7, HARKER, also.title, also.detail)
    dialog.who.choose(also)
    dialog.others[HARKER][1].set_value("Came along for the first hour")
    typed_here(dialog, qtbot, tasks)
    dialog.keep_for_later()
    qtbot.waitUntil(lambda: not tasks.busy)
    again = contact(desk, tasks, qtbot)
    click(again.banner.action)
    assert [each.case_ref for each in again.chosen] == [HARKER]
    assert again.others[HARKER][1].value() == "Came along for the first hour"


@pytest.mark.parametrize("form", FORMS)
def test_every_form_opens_again_as_it_was_left(qtbot: QtBot, desk: Desk, tmp_path: Path, form: str) -> None:
    with at_work(qtbot, desk, tmp_path) as window:
        ground = ground_of(desk, form)
        dialog = FORMS[form](window.shell, ground)
        assert dialog is not None
        qtbot.addWidget(dialog)
        assert dialog.keeper is not None
        assert dialog.keeper.origin.form == form
        for number, field in enumerate(dialog.form.fields):
            if isinstance(field, TextField | LongTextField):
                field.set_value(f"{WORDS} {number}")
        draft = replace(dialog.keeper.read(), revision=41)
        again = FORMS[form](window.shell, ground)
        assert again is not None
        qtbot.addWidget(again)
        again.restore(draft)
        assert again.form.kept() == dialog.form.kept()
        assert (again.request, again.revision) == (dialog.request, 41)
        assert again.keeper is not None
        assert again.keeper.id == draft.id


def ground_of(desk: Desk, form: str) -> Ground:
    view = open_case(desk, MARLOW)
    proposal = Proposal(
        proposal_ref="PR-1", case_ref=MARLOW, rule=None, proposed_on=DAY, decision="HOLD", reason="Support changed.",
        proposed_by="A colleague", status="PROPOSED",
    )  # fmt: skip
    decision = Decision(
        decision_ref="DE-1", case_ref=MARLOW, decided_on=DAY, decision="ESCALATE", step="L1", reason="", proposed_by=""
    )
    action = Action(action_ref="AC-1", case_ref=MARLOW, text="Ring the college", owner="okoro", due_on=DAY)
    view = replace(view, proposals=(proposal,), decisions=(decision,))
    about = {"answer_proposal": "PR-1", "served": "DE-1", "finish_action": "AC-1"}.get(form, view.offers[0].offer_ref)
    draft = Draft(id="1", form=form, request="r", saved_at=desk.clock(), case_ref=MARLOW, about=about)
    return Ground(draft, view, decision_page(desk, MARLOW, None), action)


def test_every_form_has_its_name_in_the_list() -> None:
    assert FORMS.keys() == TITLES.keys()


def test_the_window_offers_what_was_left_and_opens_it(qtbot: QtBot, desk: Desk, tasks: Tasks, tmp_path: Path) -> None:
    dialog = contact(desk, tasks, qtbot)
    answered(dialog)
    dialog.what.edit.setFocus()
    typed_here(dialog, qtbot, tasks)
    dialog.keep_for_later()
    qtbot.waitUntil(lambda: not tasks.busy)
    with at_work(qtbot, desk, tmp_path) as window:
        assert window.unsaved.words.text() == "You have one unsaved entry."
        click(window.unsaved.showing)
        shown = window.findChild(UnsavedDialog)
        assert shown is not None
        shown.activateWindow()
        qtbot.waitUntil(shown.isActiveWindow)
        assert focused() is shown.listed
        item = shown.listed.currentItem()
        assert item is not None
        assert [item.text(column) for column in range(3)] == [
            "Contact",
            f"Jayden MARLOW, {MARLOW}",
            "14 Oct 2026, 11:00",
        ]
        assert f"What was done: {WORDS}" in shown.words.toPlainText().splitlines()
        assert nameless(shown) == []
        assert shared_mnemonics(shown) == []
        press(focused(), Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: any(each.isVisible() for each in window.findChildren(RecordContactDialog)))
        idle(qtbot, window)
        again = next(each for each in window.findChildren(RecordContactDialog) if each.isVisible())
        assert again.what.value() == WORDS
        assert focused() is again.what.edit
        with qtbot.waitSignal(again.sent):
            press(focused(), Qt.Key.Key_Return, CTRL)
        idle(qtbot, window)
        qtbot.waitUntil(lambda: not window.unsaved.isVisible())
        assert on_record(desk) == 1
        assert files(tmp_path) == []


def test_an_entry_is_thrown_away_with_an_undo(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    drafts.keep(desk, ground_of(desk, "rag").draft)
    with at_work(qtbot, desk, tmp_path) as window:
        window.unsaved.show_list()
        shown = window.findChild(UnsavedDialog)
        assert shown is not None
        click(shown.throwing)
        idle(qtbot, window)
        assert (files(tmp_path), shown.current) == ([], None)
        qtbot.waitUntil(lambda: not window.unsaved.isVisible())
        click(shown.message.action)
        idle(qtbot, window)
        assert len(files(tmp_path)) == 1
        assert shown.current is not None
        shown.reject()


def test_an_entry_whose_record_has_changed_is_not_opened_and_its_words_stay(
    qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    draft = Draft(
        id="1", form="answer_proposal", request="r", saved_at=desk.clock(), case_ref=MARLOW, about="PR-GONE",
        fields={"reason": WORDS}, words=f"Reason: {WORDS}",
    )  # fmt: skip
    drafts.keep(desk, draft)
    with at_work(qtbot, desk, tmp_path) as window:
        window.unsaved.reopen(draft)
        idle(qtbot, window)
        assert window.messages.words.text() == GONE
        window.unsaved.show_list()
        shown = window.findChild(UnsavedDialog)
        assert shown is not None
        assert shown.words.toPlainText() == f"Reason: {WORDS}"
        shown.reject()
        assert len(files(tmp_path)) == 1


def test_a_form_left_open_when_the_window_closes_is_kept(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    with at_work(qtbot, desk, tmp_path) as window:
        dialog = FORMS["record_contact"](window.shell, ground_of(desk, "record_contact"))
        assert isinstance(dialog, RecordContactDialog)
        dialog.what.set_value(WORDS)
        assert dialog.keeper is not None
        assert open_ids(desk) == {dialog.keeper.id}
        window.sign_out()
        assert len(files(tmp_path)) == 1
        assert write_all(desk, 5.0)


# A lost connection -------------------------------------------------------------------------------------


def cut(work: Callable[[], Outcome], *, after: bool) -> Outcome:
    """Lose the connection while a command is sent, before or after it was done."""
    if after:
        work()
    raise Unreachable("The database server cannot be reached.")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_lost_connection_ends_in_saved_or_not_saved(
    qtbot: QtBot, tasks: Tasks, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, after: bool
) -> None:
    dialog = contact(desk, tasks, qtbot)
    answered(dialog)
    work = dialog.work()
    told: list[Outcome] = []
    dialog.sent.connect(told.append)
    with monkeypatch.context() as patched:
        patched.setattr(dialog, "work", lambda: partial(cut, work, after=after))
        dialog.accept()
        qtbot.waitUntil(lambda: dialog.landing is not None)
    assert "asked as soon as the database answers" in dialog.banner.words.text()
    assert not dialog.form.isEnabled()
    assert not dialog.primary.isEnabled()
    assert len(files(tmp_path)) == 1
    click(dialog.banner.action)
    qtbot.waitUntil(lambda: dialog.landing is None and not tasks.busy)
    assert on_record(desk) == int(after)
    if after:
        assert [each.notice for each in told] == ["It was saved. Contact recorded."]
        assert not dialog.isVisible()
    else:
        assert dialog.banner.words.text().startswith("Not saved. The database answers again")
        assert dialog.form.isEnabled()
        with qtbot.waitSignal(dialog.sent):
            dialog.accept()
        assert on_record(desk) == 1
    qtbot.waitUntil(lambda: not tasks.busy)
    assert files(tmp_path) == []


def test_until_the_database_answers_it_asks_again_and_claims_nothing(
    qtbot: QtBot, tasks: Tasks, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = contact(desk, tasks, qtbot)
    answered(dialog)
    monkeypatch.setattr(dialog, "work", lambda: partial(cut, lambda: Outcome(notice=""), after=False))
    dialog.accept()
    qtbot.waitUntil(lambda: dialog.landing is not None)
    landing = dialog.landing
    assert landing is not None
    assert landing.timer.isActive()  # by itself, without a press
    asked: list[int] = []

    def away() -> Outcome | None:
        asked.append(1)
        raise Unreachable("The database server cannot be reached.")

    landing.ask = away
    for times in (1, 2):
        landing.timer.timeout.emit()
        qtbot.waitUntil(lambda: not tasks.busy)
        assert len(asked) == times
        assert landing.timer.isActive()
        assert dialog.banner.words.text().endswith("Whether this was saved is asked as soon as the database answers.")
    dialog.reject()  # closing is no answer either: it is kept, and asked after before it is offered
    assert not dialog.isVisible()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert len(drafts.drafts(desk).entries) == 1


# kill -9 -----------------------------------------------------------------------------------------------

TYPIST = """
import sys
from dataclasses import replace
from PySide6.QtCore import QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from ioms_desktop.domain.access import Role
from ioms_desktop.services.cases import open_case
from keys import opened
from ioms_desktop.ui.dialogs.record_contact import RecordContactDialog
from ioms_desktop.ui.dialogs.subject import subject_of
from ioms_desktop.ui.tasks import Tasks
from ui.case_desks import MARLOW, desk_of
from datetime import date

app = QApplication([])
key = bytes.fromhex(sys.argv[2]) or None
desk = replace(desk_of(opened(sys.argv[1]), Role.SUPERVISOR, today=date(2026, 10, 14)), draft_key=key)
dialog = RecordContactDialog(desk, Tasks(), subject_of(desk, open_case(desk, MARLOW)))
dialog.show()
words = iter(sys.argv[3] * 1000)

def type_on():
    QTest.keyClicks(dialog.what.edit, next(words))
    print(len(dialog.what.edit.toPlainText()), flush=True)

timer = QTimer()
timer.timeout.connect(type_on)
timer.start(20)
if dialog.keeper.able:
    dialog.keeper.longest.setInterval(200)
app.exec()
"""


def typed_until_killed(location: str, key: bytes, folder: Path) -> int:
    """Type without a pause in another process and kill it; give how many letters had been typed."""
    environment = os.environ | {"IOMS_DATA": str(folder / "data"), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", TYPIST, location, key.hex(), WORDS]
    typed = 0
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as typist:
        assert typist.stdout is not None
        for line in typist.stdout:
            typed = int(line)
            if typed >= 150:
                break
        typist.send_signal(signal.SIGKILL)
    assert typist.returncode == -signal.SIGKILL
    return typed


def test_a_killed_program_loses_no_more_than_it_had_not_yet_written(
    qtbot: QtBot, desk: Desk, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """Keys come without a rest, so that only the longer of the two waits ever writes; it is shortened fifty times."""
    desk.store.close()
    typed = typed_until_killed(desk.store.location, KEY, tmp_path)
    with at_work(qtbot, desk, tmp_path) as window:
        assert window.unsaved.words.text() == "You have one unsaved entry."
        (entry,) = window.unsaved.waiting.entries
        kept = entry.draft.fields["done"]
        assert (WORDS * 1000).startswith(kept)
        assert on_record(desk) == 0  # nothing was acknowledged, and nothing is claimed
        record_property("keys typed, kept", (typed, len(kept)))
        assert 0 < len(kept) <= typed + 1


def test_with_drafts_switched_off_the_same_death_loses_all(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    desk.store.close()
    typed_until_killed(desk.store.location, b"", tmp_path)
    with at_work(qtbot, desk, tmp_path) as window:
        assert window.unsaved.waiting.entries == ()
        assert not window.unsaved.isVisible()
    assert files(tmp_path) == []
